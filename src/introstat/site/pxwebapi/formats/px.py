"""A PX file: keywords, then the cells. UTF-8; text in lines of at most 256 signs; the cells last.

A cell that is not shown is a run of dots in quotation marks: `"."` not applicable, `".."` not available, and `"..."` for what
is hidden, which DATASYMBOL3 says is shown as a colon. The format has no sign beside a number: a note says which are
preliminary.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Axis, Extract

LONGEST: Final = 256
"""How long a line of text may be, quotation marks and what stands before it included."""

_PIECE: Final = 200
_SHORTEST: Final = 20
_MARKS: Final = 3
"""Two quotation marks, and what ends the line."""

DOTS: Final = {
    Status.NOT_APPLICABLE.value: '"."',
    Status.NOT_AVAILABLE.value: '".."',
    Status.HIDDEN.value: '"..."',
}
"""How each sign is written among the cells."""

_SYMBOLS: Final = {1: ".", 2: "..", 3: ":", 4: "....", 5: ".....", 6: "......"}


def px(extract: Extract) -> bytes:
    """The file's bytes."""
    table, words, language = extract.table, extract.words, extract.language
    updated = datetime.fromisoformat(table.updated).strftime("%Y%m%d %H:%M")
    contents = next(axis for axis in extract.axes if axis.variable.role is Role.CONTENTS)
    spoken = extract.spoken(contents)
    labels = dict(zip(contents.codes, extract.labels(contents), strict=True))
    name = spoken.label
    units = [spoken.units.get(code, ("", 0)) for code in contents.codes]
    lines: list[str] = [
        'CHARSET="ANSI";',
        'AXIS-VERSION="2013";',
        'CODEPAGE="utf-8";',
        _text("LANGUAGE", [TAGS[language]]),
        _text("CREATION-DATE", [updated]),
        f"DECIMALS={max((decimals for _, decimals in units), default=0)};",
        f"SHOWDECIMALS={max((decimals for _, decimals in units), default=0)};",
        _text("MATRIX", [table.id]),
        "AGGREGALLOWED=NO;",
        "COPYRIGHT=NO;",
        _text("SUBJECT-CODE", [str(table.stored.px.get("subject-code", "IP"))]),
        _text("SUBJECT-AREA", [wording.SUBJECT.in_language(language)]),
        _text("TITLE", [words.title]),
        _text("CONTENTS", [words.title]),
        _text("DESCRIPTION", [words.title]),
        "DESCRIPTIONDEFAULT=YES;",
        _text("UNITS", [" / ".join(dict.fromkeys(unit for unit, _ in units)) or "-"]),
    ]
    for keyword, axes in (("STUB", extract.stub), ("HEADING", extract.heading)):
        if axes:
            lines.append(_text(keyword, [extract.spoken(axis).label for axis in axes]))
    lines.append(_text("CONTVARIABLE", [name]))
    for axis in extract.axes:
        lines += _variable(extract, axis)
    for code, (unit, decimals) in zip(contents.codes, units, strict=True):
        label = labels[code]
        lines += [
            _text("LAST-UPDATED", [updated], of=[label]),
            _text("UNITS", [unit or "-"], of=[label]),
            f"PRECISION({_quoted(name)},{_quoted(label)})={decimals};" if decimals else "",
            _text("STOCKFA", ["F"], of=[label]),
        ]
    lines += [
        _text("DATABASE", ["introstat"]),
        _text("SOURCE", [words.source]),
        _text("INFOFILE", [table.id]),
        _text("TABLEID", [table.id]),
        *(_text(keyword, ["#".join(notes)]) for keyword, notes in _notes(extract).items() if notes),
        *(_text(f"DATASYMBOL{number}", [symbol]) for number, symbol in _SYMBOLS.items()),
        _text("DATASYMBOLNIL", ["-"]),
    ]
    cells = ["DATA="]
    for _, numbers, signs in extract.rows():
        cells.append(
            " ".join(DOTS[sign] if number is None else str(number) for number, sign in zip(numbers, signs, strict=True))
        )
    return "\n".join([*(line for line in lines if line), *cells, ";", ""]).encode()


def _variable(extract: Extract, axis: Axis) -> Iterable[str]:
    spoken, variable = extract.spoken(axis), axis.variable
    of = [spoken.label]
    yield _text("VARIABLECODE", [variable.code], of=of)
    yield _text("VALUES", extract.labels(axis), of=of)
    if variable.role is Role.TIME and extract.table.is_annual:
        years = ",\n".join(_quoted(code) for code in axis.codes)
        yield f"TIMEVAL({_quoted(spoken.label)})=TLIST(A1),{years};"
    yield _text("CODES", list(axis.codes), of=of)
    kind = {Role.TIME: "T", Role.PLACE: "G", Role.CONTENTS: "C"}.get(variable.role, "N")
    yield _text("VARIABLE-TYPE", [kind], of=of)
    if variable.total is not None and variable.total in axis.codes:
        yield _text("ELIMINATION", [spoken.labels[variable.total]], of=of)
    if spoken.notes:
        yield _text("NOTE", ["#".join(spoken.notes)], of=of)
    for code in axis.codes:
        if code in spoken.value_notes:
            yield _text("VALUENOTE", ["#".join(spoken.value_notes[code])], of=[spoken.label, spoken.labels[code]])


def _notes(extract: Extract) -> dict[str, list[str]]:
    """The notes that must be shown, and the others with the signs that are used."""
    found: dict[str, list[str]] = {"NOTEX": [], "NOTE": []}
    for note in extract.words.notes:
        found["NOTEX" if note.is_mandatory else "NOTE"].append(note.text)
    for sign in extract.used_signs():
        found["NOTE"].append(f"{sign} = {wording.SIGNS[sign].in_language(extract.language)}")
    return found


def _text(keyword: str, values: Sequence[str], *, of: Sequence[str] = ()) -> str:
    """A keyword with its texts, each on lines of its own where they would be too long together."""
    head = f"{keyword}({','.join(_quoted(name) for name in of)})=" if of else f"{keyword}="
    flat = head + ",".join(_quoted(value) for value in values) + ";"
    if len(flat) <= LONGEST:
        return flat
    room = max(_SHORTEST, LONGEST - len(head) - _MARKS)
    pieces = [_pieces(value, first=room if at == 0 else _PIECE) for at, value in enumerate(values)]
    return head + ",\n".join("\n".join(value) for value in pieces) + ";"


def _pieces(value: str, *, first: int) -> list[str]:
    """A text as quoted pieces that fit a line each, the first of them beside the keyword; an empty text is a pair of marks."""
    cuts = [0, *range(min(first, _PIECE), max(1, len(value)), _PIECE), len(value)]
    return [_quoted(value[start:stop]) for start, stop in pairwise(cuts)]


def _quoted(value: str) -> str:
    return '"' + value.replace('"', "'").replace("\n", "#") + '"'
