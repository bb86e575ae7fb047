"""Reading an edition back as a stranger would: every hash, format, sum and text, and an attack on what is hidden.

Needs the released files and nothing else, so anybody can do it; whoever has the ledger compares its own record as well.
"""

from __future__ import annotations

from pathlib import Path

from introstat import publish
from introstat.storage.editions import Editions
from introstat.storage.files import read_folder
from introstat.storage.home import Home
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import NotFound


def verify(home: Home, edition: str, *, vouched: str | None = None) -> tuple[str, ...]:
    """What is wrong with an edition, a sentence each; empty when nothing is.

    `edition` is the number of a released edition, or a folder that holds one: then its manifest is not compared with the
    list of releases. `vouched` is the hash of the manifest that the ledger has, where there is one to ask. Raises NotFound.
    """
    if Path(edition).is_dir():
        files, listed = read_folder(Path(edition)), None
    else:
        editions = Editions(home.editions)
        number = edition_number(edition)
        files, listed = editions.read(number), editions.release(number).manifest_sha256
    problems = [str(problem) for problem in publish.verify(files, manifest_sha256=listed)]
    if vouched is not None and listed is not None and listed != vouched:
        problems.append("releases.json names another manifest than the ledger vouches for.")
    return tuple(problems)


def edition_number(text: str) -> EditionNumber:
    """An edition's number as it is given in words. Raises NotFound for words that are none."""
    try:
        return EditionNumber.parse(text)
    except ValueError:
        raise NotFound(f"{text} is neither an edition's number, such as 2016.1, nor a folder.") from None
