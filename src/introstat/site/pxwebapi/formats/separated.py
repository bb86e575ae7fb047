"""csv as the contract has it: a column per variable in the stub, a column per combination in the heading.

    "Region","Antall som avsluttet 2016","Opphav"
    "Hele landet",4469,"syntetiske data"

Texts are quoted and numbers are not; a sign stands where a number is not shown, and never beside one: a program reads the
column as numbers. Where some are preliminary, a column after the figures names the years whose numbers are. Invented figures
say so in a last column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from introstat.site.pxwebapi import wording

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.formats.layout import Layout


def separated(extract: Extract, layout: Layout) -> bytes:
    """The csv in UTF-8, lines ended by a line feed."""
    join = layout.separator.join
    lines = [f"{_quoted(extract.words.title)}\n\n"] if layout.has_title else []
    origin = [] if extract.origin is None else [_quoted(extract.origin)]
    head = [*(layout.name(extract, axis) for axis in extract.stub), *layout.heads(extract)]
    preliminary = [_quoted(", ".join(years)) for years in extract.preliminary()]
    if preliminary:
        head.append(wording.PRELIMINARY_YEARS.in_language(extract.language))
    if origin:
        head.append(wording.ORIGIN.in_language(extract.language))
    lines.append(join(_quoted(text) for text in head) + "\n")
    named = [{code: _quoted(text) for code, text in layout.values(extract, axis).items()} for axis in extract.stub]
    for number, (codes, numbers, signs) in enumerate(extract.rows()):
        cells = [str(n) if n is not None else f'"{sign}"' for n, sign in zip(numbers, signs, strict=True)]
        cells += preliminary[number : number + 1]
        lines.append(join([*(names[code] for names, code in zip(named, codes, strict=True)), *cells, *origin]) + "\n")
    return "".join(lines).encode()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
