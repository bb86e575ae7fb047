"""All checks as a page: what each holds a delivery to, how grave it is, where it comes from and what it says.

The page is `docs/checks.md`; a test holds it against what is rendered here, so that it cannot fall behind the rules.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from introstat.collect.rules import CHECKS
from introstat.collect.rules.check import PersonCheck
from introstat.vocabulary.deliveries import Audience, Severity

if TYPE_CHECKING:
    from introstat.collect.rules.check import Check

_OPENING: Final = """# Checks

Every delivery is held against the checks below, and so is every record in a form. A check's number is permanent and never
given to another. Places in braces are filled with column names, limits, places and counts, never with a person's value.

| severity | means |
|---|---|
| fatal | the file cannot be read as what it claims to be; nothing of it is stored |
| error | this row is not taken; the others are |
| warning | taken; the municipality confirms with a comment, or corrects |
| info | taken; worth knowing |

This page is made from the checks themselves: `python -m introstat.collect.documentation > docs/checks.md`.
"""
_GROUPS: Final = {
    "R": "## One record (R)",
    "P": "## One person (P)",
    "D": "## The whole delivery (D)",
}
_ABOUT: Final = {
    "R": "See one record by itself.",
    "P": "See a person's records together, in the file and in the register. Those marked *office* concern another "
    "municipality: they are found for every delivery and told to the office alone.",
    "D": "See the whole delivery. Those that are fatal concern reading the file.",
}


def checks_page() -> str:
    """The page as Markdown."""
    parts = [_OPENING]
    for group, checks in groupby(CHECKS, key=lambda check: check.number[0]):
        parts += [f"{_GROUPS[group]}\n\n{_ABOUT[group]}\n", *map(_section, checks)]
    counts = {severity: sum(check.severity is severity for check in CHECKS) for severity in Severity}
    summed = ", ".join(f"{count} {severity.value}" for severity, count in counts.items())
    return "\n".join([*parts, f"{len(CHECKS)} checks: {summed}.\n"])


def _section(check: Check) -> str:
    office = isinstance(check, PersonCheck) and check.audience is Audience.OFFICE
    return (
        f"### {check.number} {check.name}\n\n"
        f"{check.severity.value}{', office' if office else ''} · {check.reference}\n\n"
        f"- nb: {check.message.nb}\n- nn: {check.message.nn}\n- en: {check.message.en}\n"
    )


if __name__ == "__main__":
    import sys

    sys.stdout.write(checks_page())
