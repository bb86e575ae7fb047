"""A table as the sheets of a workbook, whatever program opens it: a cover, the contents, the table, and the notes.

The table has one real header row and no merged cells. Its rows are the regions by sex; its columns are the contents, or the
reasons where a table has them. A number that is not shown stands as its sign, as text, so that no program adds it. A
preliminary number stays a number: `*` is shown behind it, and stands in a column of its own for programs.

`workbook` writes a `Book` as xlsx, `opendocument` the same one as ods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from introstat.publish.documents import plain
from introstat.publish.imprint import LICENCE, LICENCE_ADDRESS
from introstat.publish.voice import FIRST_YEAR
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import Language, Text

if TYPE_CHECKING:
    from datetime import datetime

    from introstat.publish.imprint import Imprint
    from introstat.publish.labels import TableLabels
    from introstat.vocabulary.tables import SafeCube

_ROWS: Final = ("Region", "Kjonn", "Tid")
"""The variables that name a row; all others name the columns."""

_SHEETS: Final = {
    "cover": Text(nb="Forside", nn="Framside", en="Cover"),
    "contents": Text(nb="Innhold", nn="Innhald", en="Contents"),
    "notes": Text(nb="Merknader", nn="Merknader", en="Notes"),
}
_WORDS: Final = {
    "table": Text(nb="Tabell", nn="Tabell", en="Table"),
    "period": Text(nb="Periode", nn="Periode", en="Period"),
    "status": Text(nb="Status", nn="Status", en="Status"),
    "edition": Text(nb="Utgave", nn="Utgåve", en="Edition"),
    "released": Text(nb="Publisert", nn="Publisert", en="Released"),
    "next": Text(nb="Neste publisering", nn="Neste publisering", en="Next release"),
    "source": Text(nb="Kilde", nn="Kjelde", en="Source"),
    "population": Text(nb="Hvem tallene gjelder", nn="Kven tala gjeld", en="Population"),
    "licence": Text(nb="Lisens", nn="Lisens", en="Licence"),
    "sheet": Text(nb="Ark", nn="Ark", en="Sheet"),
    "holds": Text(nb="Hva arket inneholder", nn="Kva arket inneheld", en="What the sheet holds"),
    "figure_status": Text(nb="Status", nn="Status", en="Status"),
    "code": Text(nb="kode", nn="kode", en="code"),
    "origin": Text(nb="Opphav", nn="Opphav", en="Origin"),
    "sign": Text(nb="Tegn", nn="Teikn", en="Sign"),
    "meaning": Text(nb="Betydning", nn="Tyding", en="Meaning"),
    "word": Text(nb="Begrep", nn="Omgrep", en="Term"),
    "about_cover": Text(nb="Om tabellen", nn="Om tabellen", en="About the table"),
    "about_contents": Text(nb="Oversikt over arkene", nn="Oversyn over arka", en="List of the sheets"),
    "about_notes": Text(nb="Tegnforklaring og definisjoner", nn="Teiknforklaring og definisjonar",
                        en="Signs and definitions"),
}  # fmt: skip
SIGNS: Final = {
    Status.PRELIMINARY: Text(
        nb="Foreløpig tall, som kan bli endret.",
        nn="Førebels tal, som kan bli endra.",
        en="A preliminary figure, which may change.",
    ),
    Status.HIDDEN: Text(
        nb="Tallet vises ikke, av hensyn til personvernet.",
        nn="Talet blir ikkje vist, av omsyn til personvernet.",
        en="The figure is not shown, to protect people's privacy.",
    ),
    Status.NOT_AVAILABLE: Text(
        nb="Tallet finnes ikke: Kommunen har ikke rapportert.",
        nn="Talet finst ikkje: Kommunen har ikkje rapportert.",
        en="There is no figure: the municipality has not reported.",
    ),
    Status.NOT_APPLICABLE: Text(
        nb="Et tall er ikke aktuelt her, for eksempel en andel av ingen.",
        nn="Eit tal er ikkje aktuelt her, til dømes ein del av ingen.",
        en="A figure does not apply here, such as a share of nobody.",
    ),
}
"""The signs a cell can have beside its number or instead of it. A zero is always a counted zero."""

ZERO: Final = Text(nb="Talt opp, og ingen.", nn="Talt opp, og ingen.", en="Counted, and nobody.")


class Style(StrEnum):
    """How a cell looks; each writer knows every one."""

    PLAIN = "plain"
    TITLE = "title"
    STRONG = "strong"
    WRAPPED = "wrapped"
    TOP = "top"
    WARNING = "warning"
    HEAD = "head"
    COLUMN_HEAD = "column-head"
    NUMBER = "number"
    PRELIMINARY = "preliminary"
    YEAR = "year"
    PRELIMINARY_YEAR = "preliminary-year"
    SIGN = "sign"
    LINK = "link"


class Entry(NamedTuple):
    """One cell of a sheet; a `LINK` leads to the sheet that it names."""

    value: str | float
    style: Style


Line = Sequence[Entry | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows, the width of its columns in signs, and, for a table, how many columns stand still."""

    name: str
    rows: Sequence[Line]
    widths: Sequence[float]
    still: int | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook: what it says about itself, and its sheets, of which the first is the cover."""

    language: Language
    title: str
    subject: str
    comments: str
    made: datetime
    footer: tuple[str, str]
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell stands where: `header` of the sheet, and the codes of each row and each column of figures.

    A table with preliminary numbers `has_status`: a column of its own before the last.
    """

    header: tuple[str, ...]
    row_codes: tuple[tuple[str, ...], ...]
    column_codes: tuple[tuple[str, ...], ...]
    row_variables: tuple[str, ...]
    text_columns: int
    has_status: bool


def sheet_name(kind: str, language: Language) -> str:
    """What a sheet is called: `cover`, `contents` or `notes`."""
    return _SHEETS[kind].in_language(language)


def book_of(cube: SafeCube, labels: TableLabels, *, imprint: Imprint) -> Book:
    """The workbook of a table."""
    language = labels.language
    facts = [("table", labels.id), ("period", str(imprint.year))]
    more = [("source", labels.source), ("population", labels.population)]
    return bound(
        title=labels.title,
        name=labels.id,
        facts=facts,
        more=more,
        table=_table_sheet(cube, labels, imprint),
        notes=_table_notes(cube, labels),
        further=labels.notes,
        imprint=imprint,
        language=language,
    )


def bound(
    *,
    title: str,
    name: str,
    facts: Iterable[tuple[str, str]],
    more: Iterable[tuple[str, str]],
    table: Sheet,
    notes: Iterable[tuple[str, str, bool]],
    further: Iterable[str],
    imprint: Imprint,
    language: Language,
) -> Book:
    """A table's sheet with its cover, its contents and its notes: `facts` and `more` are lines of the cover, `notes` name,
    meaning and whether it is a heading, `further` what stands below them."""
    cover, contents, noted = (sheet_name(kind, language) for kind in _SHEETS)
    names = (cover, contents, table.name, noted)
    mark = " · ".join(imprint.marks(language))
    return Book(
        language=language,
        title=imprint.marked(f"{name} {title} {imprint.year}", language),
        subject=imprint.provenance_label(language),
        comments=imprint.provenance_note(language) or "",
        made=imprint.released,
        footer=(f"{name} · {imprint.number}", mark),
        sheets=(
            Sheet(
                cover, tuple(_cover(title, (*facts, *_issue(imprint, language), *more), imprint, language)), (26, 90)
            ),
            Sheet(contents, tuple(_contents(names, title, language)), (20, 90)),
            table,
            Sheet(noted, tuple(_notes(notes, further, imprint, language)), (40, 100)),
        ),
    )


def layout(cube: SafeCube, labels: TableLabels) -> Layout:
    """Where the cells of a table stand in its sheet."""
    rows = [dimension for dimension in cube.dimensions if dimension.code in _ROWS]
    columns = [dimension for dimension in cube.dimensions if dimension.code not in _ROWS]
    named = [dimension for dimension in columns if len(dimension) > 1] or columns
    header: list[str] = []
    for dimension in rows:
        variable = labels.variables[dimension.code]
        if dimension.code != "Tid":
            header.append(f"{variable} ({_WORDS['code'].in_language(labels.language)})")
        header.append(variable)
    text_columns = len(header)
    column_codes = tuple(product(*(dimension.values for dimension in columns)))
    keep = [dimension in named for dimension in columns]
    for codes in column_codes:
        parts = zip(columns, codes, keep, strict=True)
        header.append(", ".join(labels.of(dimension.code, code) for dimension, code, kept in parts if kept))
    has_status = bool((cube.status == Status.PRELIMINARY.value).any())
    if has_status:
        header.append(_WORDS["figure_status"].in_language(labels.language))
    header.append(_WORDS["origin"].in_language(labels.language))
    return Layout(
        header=tuple(header),
        row_codes=tuple(product(*(dimension.values for dimension in rows))),
        column_codes=column_codes,
        row_variables=tuple(dimension.code for dimension in rows),
        text_columns=text_columns,
        has_status=has_status,
    )


def sign_lines(statuses: Iterable[Status], language: Language) -> Iterator[tuple[str, str, bool]]:
    """The signs with their meaning, below a heading; a zero among them."""
    yield _WORDS["sign"].in_language(language), _WORDS["meaning"].in_language(language), True
    yield from ((status.value, SIGNS[status].in_language(language), False) for status in statuses)
    yield "0", ZERO.in_language(language), False


def word_heading(language: Language) -> tuple[str, str, bool]:
    """The heading above words and their meaning."""
    return _WORDS["word"].in_language(language), _WORDS["meaning"].in_language(language), True


def _issue(imprint: Imprint, language: Language) -> Iterator[tuple[str, str]]:
    yield "status", imprint.status(language).label
    yield "edition", str(imprint.number)
    yield "released", imprint.release_time(language).text
    following = imprint.next(language)
    if following:
        yield "next", following.text


def _cover(title: str, facts: Iterable[tuple[str, str]], imprint: Imprint, language: Language) -> Iterator[Line]:
    yield None, Entry(imprint.marked(title, language), Style.TITLE)
    for number, told in enumerate(imprint.provenance_texts(language)):
        first = number == 0
        name = Entry(imprint.provenance_label(language), Style.WARNING) if first else None
        yield name, Entry(plain(told), Style.WARNING if first else Style.WRAPPED)
    for key, text in (*facts, ("licence", f"{LICENCE} {LICENCE_ADDRESS}")):
        yield Entry(_WORDS[key].in_language(language), Style.STRONG), Entry(text, Style.WRAPPED)


def _contents(names: Sequence[str], title: str, language: Language) -> Iterator[Line]:
    yield tuple(Entry(_WORDS[word].in_language(language), Style.HEAD) for word in ("sheet", "holds"))
    about = [_WORDS[word].in_language(language) for word in ("about_cover", "about_contents", "about_notes")]
    for name, text in zip(names, (*about[:2], title, about[2]), strict=True):
        yield Entry(name, Style.LINK), Entry(text, Style.PLAIN)


def _table_sheet(cube: SafeCube, labels: TableLabels, imprint: Imprint) -> Sheet:
    places = layout(cube, labels)
    numbers = len(places.column_codes)
    return Sheet(
        name=labels.id,
        rows=tuple(_table(cube, labels, places, origin=imprint.provenance_label(labels.language))),
        widths=(
            *(12 if at % 2 == 0 else 26 for at in range(places.text_columns)),
            *(16 for _ in range(numbers + places.has_status + 1)),
        ),
        still=min(2, places.text_columns),
    )


def _table(cube: SafeCube, labels: TableLabels, places: Layout, *, origin: str) -> Iterator[Line]:
    yield tuple(Entry(text, Style.COLUMN_HEAD) for text in places.header)
    order = [at for at, dimension in enumerate(cube.dimensions) if dimension.code in _ROWS]
    order += [at for at in range(len(cube.dimensions)) if at not in order]
    shape = (len(places.row_codes), len(places.column_codes))
    values = cube.values.transpose(order).reshape(shape).tolist()
    status = cube.status.transpose(order).reshape(shape).tolist()
    preliminary = Status.PRELIMINARY.value
    number, year = (Style.NUMBER, Style.PRELIMINARY), (Style.YEAR, Style.PRELIMINARY_YEAR)
    looks = [year if FIRST_YEAR in codes else number for codes in places.column_codes]
    for codes, figures, signs in zip(places.row_codes, values, status, strict=True):
        line = []
        for variable, code in zip(places.row_variables, codes, strict=True):
            if variable != "Tid":
                line.append(Entry(code, Style.PLAIN))
            line.append(Entry(labels.of(variable, code), Style.PLAIN))
        for value, mark, (bare, starred) in zip(figures, signs, looks, strict=True):
            if value != value:
                line.append(Entry(mark, Style.SIGN))
            else:
                line.append(Entry(value, starred if mark else bare))
        if places.has_status:
            line.append(Entry(preliminary if preliminary in signs else "", Style.PLAIN))
        line.append(Entry(origin, Style.PLAIN))
        yield line


def _table_notes(cube: SafeCube, labels: TableLabels) -> Iterator[tuple[str, str, bool]]:
    yield from sign_lines(SIGNS, labels.language)
    yield word_heading(labels.language)
    yield from ((labels.variables[d.code], labels.about[d.code], False) for d in cube.dimensions)
    for code in cube.dimension("ContentsCode").values:
        yield labels.of("ContentsCode", code), labels.contents_about[code], False


def _notes(
    notes: Iterable[tuple[str, str, bool]], further: Iterable[str], imprint: Imprint, language: Language
) -> Iterator[Line]:
    for name, text, is_head in notes:
        yield (
            Entry(name, Style.HEAD if is_head else Style.TOP),
            Entry(text, Style.HEAD if is_head else Style.WRAPPED),
        )
    told = [note for note in (imprint.provenance_note(language), *further) if note]
    for number, note in enumerate(told):
        heading = sheet_name("notes", language) if number == 0 else ""
        yield Entry(heading, Style.TOP), Entry(note, Style.WRAPPED)
