"""What a reader may choose about a table that is laid out in rows and columns: codes or texts, a title, a separator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from introstat.site.pxwebapi.extract import CODES, presented

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Axis, Extract


@dataclass(frozen=True, slots=True)
class Layout:
    """How the codes are shown, whether the title stands above, and what stands between the columns of a csv."""

    how: str
    has_title: bool
    separator: str = ","

    def name(self, extract: Extract, axis: Axis) -> str:
        """What a variable is called at the head of its column."""
        return axis.variable.code if self.how == CODES else extract.spoken(axis).label

    def values(self, extract: Extract, axis: Axis) -> dict[str, str]:
        """What each chosen code is called."""
        shown = presented(axis.codes, extract.spoken(axis).labels, self.how)
        return dict(zip(axis.codes, shown, strict=True))

    def heads(self, extract: Extract) -> list[str]:
        """The head of each column of figures: its codes or texts in the heading, after one another."""
        named = [self.values(extract, axis) for axis in extract.heading]
        return [
            " ".join(names[code] for names, code in zip(named, codes, strict=True)) or extract.words.title
            for codes in extract.columns()
        ]
