"""What can go wrong with the program, as one tree.

What is wrong with the *data* is never an exception: it is a `Finding` in a receipt.

    IntrostatError
    ├── UnknownYear            no definitions for this reporting year
    ├── NotFound               no such snapshot, edition, delivery, place …
    ├── Misused                a table or specification given to a command cannot be used as it is
    ├── Refused                a rule says no, and says which
    │   ├── NotAllowed         this person may not do this (access.py)
    │   ├── CannotProtect      no pattern of hidden cells satisfies the policy
    │   └── ReleaseRefused     attack, review or metadata stands in the way
    └── Damaged                stored bytes are not what was written
        ├── ChainBroken        the ledger's hash chain does not verify
        └── EditionDamaged     an edition does not match its manifest

Every message is complete, says what to do, and holds no person's value. It is written for the one who runs a command. One
that a person may meet in the desk has a `reason` too, a name that never moves, and the `values` its words need; the desk has
the words in the languages of the people there.
"""

from __future__ import annotations


class IntrostatError(Exception):
    """The root: everything the program itself raises on purpose."""

    def __init__(self, message: str = "", *, reason: str = "", **values: object) -> None:
        super().__init__(message)
        self.reason = reason
        self.values = values


class UnknownYear(IntrostatError):
    """There are no definitions for this reporting year."""


class NotFound(IntrostatError):
    """What was asked for by name or number does not exist."""


class Misused(IntrostatError):
    """What was given to a command cannot be used as it is; the message names the row or key."""


class Refused(IntrostatError):
    """A rule says no. The message names the rule and the way forward."""


class NotAllowed(Refused):
    """The access table does not let this actor do this."""


class CannotProtect(Refused):
    """No pattern of hidden cells satisfies the protection policy as asked."""


class ReleaseRefused(Refused):
    """Something blocks the release: the attack, the review, or missing metadata."""


class Damaged(IntrostatError):
    """Stored bytes are not the bytes that were written."""


class ChainBroken(Damaged):
    """An entry of the ledger does not follow from the one before it."""


class EditionDamaged(Damaged):
    """An edition's files do not match its manifest, or the manifest not its release entry."""
