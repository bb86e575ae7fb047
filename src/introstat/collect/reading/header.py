"""What a header says: which form a file follows, and which of its columns stand where.

Names are compared without regard to case or the space around them; their order is free. The form is the one whose
required columns are all there; a file that could be two forms follows the one more of its names belong to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks
from introstat.vocabulary.deliveries import DeliveryKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from introstat.definitions.form import Form, Forms

_FEWEST_NAMES: Final = 2
"""A first row with fewer known names is not a header: one known word may stand in a title."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header that is understood.

    `names` has one name per column of the file: the form's own, or `kolonne_7` for the seventh column where its name is
    not one the form has. `width` is how many columns that is.
    """

    form: Form
    names: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.names)

    @property
    def unknown(self) -> tuple[int, ...]:
        """The positions, from 1, of columns that are not read."""
        known = set(self.form.names)
        return tuple(position for position, name in enumerate(self.names, start=1) if name not in known)


def known_names(cells: Sequence[str], *, forms: Forms) -> int:
    """How many different names in a header are known to any form."""
    known = {name for form in forms.by_kind.values() for name in form.names}
    return len({_name(cell) for cell in cells} & known)


def read_header(cells: Sequence[str], *, line: int, forms: Forms, kind: DeliveryKind | None) -> Header | Refusal:
    """Understand the first row. `kind` None: the header is to tell which form it is."""
    names = [_name(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if known_names(names, forms=forms) < _FEWEST_NAMES:
        return Refusal(checks.NO_HEADER, line=line)
    form = forms[kind] if kind is not None else _form(names, forms)
    missing = _missing(form, names)
    if missing:
        return Refusal(checks.MISSING_COLUMN, line=line, values={"missing": ", ".join(missing)})
    twice = next((name for name in form.names if names.count(name) > 1), None)
    if twice is not None:
        return Refusal(checks.COLUMN_TWICE, line=line, column=twice)
    own = set(form.names)
    return Header(
        form=form,
        names=tuple(name if name in own else f"kolonne_{position}" for position, name in enumerate(names, start=1)),
    )


def _name(cell: str) -> str:
    return cell.strip().casefold()


def _form(names: list[str], forms: Forms) -> Form:
    present = set(names)
    return max(
        forms.by_kind.values(),
        key=lambda form: (
            not _missing(form, names),
            len(present & set(form.required)) / len(form.required),
            len(present & set(form.names)),
        ),
    )


def _missing(form: Form, names: list[str]) -> list[str]:
    """Columns a file of this form must have. One that may have to be empty can be left out altogether."""
    excused = {rule.column for rule in form.empty_when}
    missing = [name for name in form.required if name not in names and name not in excused]
    if form.one_of and not set(form.one_of) & set(names):
        missing.append("/".join(form.one_of))
    return missing
