"""The file for release day: every municipality that may be shown, on one row each, ready for a story or a meeting.

    0301;Oslo;Oslo;413;195;47;42;53;44;kan være tilfeldig;;2016.1;…

Number, share, the bounds of the 95 per cent interval rounded outwards, last year's share where there is one, and whether the
change is more than chance would give. Last year is the newest edition of the year before, of the same origin, and only for a
municipality whose code meant the same place in both years. The status is `*` where the figures are preliminary. Contact and citation stand on every row: rows travel alone.
The same rows stand in a workbook, with a cover and the columns explained.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from introstat.publish.documents import DownloadFile, DownloadTable, plain
from introstat.publish.downloads import in_language, table_path
from introstat.publish.formats import differs, half_up_percent, wilson
from introstat.publish.opendocument import opendocument
from introstat.publish.quality import citation
from introstat.publish.rankings import shown_municipalities
from introstat.publish.reading import Codes, Seen, Unreadable, read_csv, read_sheet
from introstat.publish.sheets import Book, Entry, Line, Sheet, Style, bound, sign_lines, word_heading
from introstat.publish.tidy import COMMA, SEMICOLON, Dialect
from introstat.publish.voice import RESULTS
from introstat.publish.workbook import workbook
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from introstat.publish.voice import Voice
    from introstat.vocabulary.places import Geography

FOLDER: Final = "release"
STEM: Final = "municipalities"

Counts = tuple[int, int]
"""How many reached the result, of how many who ended."""

_COLUMNS: Final = (
    Text(nb="kommunenummer", nn="kommunenummer", en="municipality_number"),
    Text(nb="kommune", nn="kommune", en="municipality"),
    Text(nb="fylke", nn="fylke", en="county"),
    Text(nb="avsluttet", nn="avslutta", en="ended"),
    Text(nb="til_arbeid_eller_utdanning", nn="til_arbeid_eller_utdanning", en="to_work_or_education"),
    Text(nb="andel_prosent", nn="prosentdel", en="share_per_cent"),
    Text(nb="intervall_fra", nn="intervall_fraa", en="interval_from"),
    Text(nb="intervall_til", nn="intervall_til", en="interval_to"),
    Text(nb="andel_aaret_foer", nn="prosentdel_aaret_foer", en="share_year_before"),
    Text(nb="endring_eller_tilfeldig", nn="endring_eller_tilfeldig", en="change_or_chance"),
    Text(nb="status", nn="status", en="status"),
    Text(nb="utgave", nn="utgaave", en="edition"),
    Text(nb="kontakt", nn="kontakt", en="contact"),
    Text(nb="sitering", nn="sitering", en="citation"),
    Text(nb="opphav", nn="opphav", en="origin"),
)
"""The header of the file; letters that every program reads."""
_NUMBERS: Final = range(3, 9)
_BEFORE: Final = 8
_STATUS: Final = 10
"""Where the numbers, the share of the year before and the status stand."""

_MEANINGS: Final = (
    Text(nb="Nummeret i året tallene gjelder", nn="Nummeret i året tala gjeld", en="The number in the year of the figures"),
    Text(nb="Kommunens norske navn", nn="Det norske namnet på kommunen", en="The municipality's Norwegian name"),
    Text(nb="Fylket den lå i", nn="Fylket han låg i", en="The county it was in"),
    Text(
        nb="Antall som avsluttet programmet i året", nn="Tal på personar som avslutta programmet i året",
        en="Number who ended the programme in the year",
    ),
    Text(
        nb="Antall av dem som gikk til arbeid eller utdanning utover grunnskole",
        nn="Tal på dei av dei som gjekk til arbeid eller utdanning utover grunnskule",
        en="Number of them who went to work or education beyond primary school",
    ),
    Text(nb="Andelen i hele prosent", nn="Prosentdelen i heile prosent", en="The share in whole per cent"),
    Text(
        nb="Nedre grense for 95 prosent konfidensintervall (Wilson), rundet ned",
        nn="Nedre grense for 95 prosent konfidensintervall (Wilson), runda ned",
        en="Lower bound of the 95 per cent confidence interval (Wilson), rounded down",
    ),
    Text(
        nb="Øvre grense for intervallet, rundet opp", nn="Øvre grense for intervallet, runda opp",
        en="Upper bound of the interval, rounded up",
    ),
    Text(
        nb="Andelen året før, der kommunen var den samme og tallet kan vises",
        nn="Prosentdelen året før, der kommunen var den same og talet kan visast",
        en="The share the year before, where the municipality was the same and the figure can be shown",
    ),
    Text(
        nb="Om forskjellen fra året før er større enn tilfeldigheter gir", nn="Om skilnaden frå året før er større enn det tilfelle gir",
        en="Whether the difference from the year before is larger than chance would give",
    ),
    Text(nb="* betyr foreløpig tall", nn="* tyder førebels tal", en="* means a preliminary figure"),
    Text(nb="Utgaven tallene står i", nn="Utgåva tala står i", en="The edition the figures stand in"),
    Text(nb="Hvor du kan spørre", nn="Kvar du kan spørje", en="Where to ask"),
    Text(nb="Slik viser du til tallene", nn="Slik viser du til tala", en="How to cite the figures"),
    Text(
        nb="Om personene bak tallene er virkelige (register) eller oppdiktede (synthetic)",
        nn="Om personane bak tala er verkelege (register) eller oppdikta (synthetic)",
        en="Whether the people behind the figures are real (register) or invented (synthetic)",
    ),
)  # fmt: skip
"""What each column holds, in their order."""
_WIDTHS: Final = (14, 24, 20, *(12 for _ in range(6)), 22, 10, 10, 50, 60, 12)
_SHEET: Final = Text(nb="Kommuner", nn="Kommunar", en="Municipalities")
_SHEET_AT: Final = 2
"""Where the sheet stands in the workbook: after the cover and the contents."""

_WORKBOOKS: Final[Mapping[str, Callable[[Book], bytes]]] = {"xlsx": workbook, "ods": opendocument}
_CHANGE: Final = Text(nb="endring", nn="endring", en="change")
_CHANCE: Final = Text(nb="kan være tilfeldig", nn="kan vere tilfeldig", en="may be chance")
_CONTACT: Final = Text(
    nb="Spørsmål: skriv i feltet nederst på siden med resultatene",
    nn="Spørsmål: skriv i feltet nedst på sida med resultata",
    en="Questions: write in the field at the bottom of the page of results",
)
_TITLE: Final = Text(
    nb="Alle kommuner som kan vises, én rad for hver",
    nn="Alle kommunar som kan visast, éi rad for kvar",
    en="Every municipality that can be shown, one row each",
)
_ABOUT: Final = Text(
    nb="For publiseringsdagen: antall, andel, usikkerhet, året før når det finnes, og om endringen kan være tilfeldig.",
    nn="For publiseringsdagen: tal på personar, prosentdel, uvisse, året før når det finst, og om endringa kan vere"
    " tilfeldig.",
    en="For release day: number, share, uncertainty, the year before where there is one, and whether the change may be"
    " chance.",
)
_XLSX: Final = Text(nb="Excel (XLSX)", nn="Excel (XLSX)", en="Excel (XLSX)")
_ODS: Final = Text(nb="LibreOffice (ODS)", nn="LibreOffice (ODS)", en="LibreOffice (ODS)")
_CSV: Final = Text(nb="CSV (komma)", nn="CSV (komma)", en="CSV (comma)")
_SEMICOLON: Final = Text(
    nb="CSV for norsk Excel (semikolon)", nn="CSV for norsk Excel (semikolon)", en="CSV for Norwegian Excel (semicolon)"
)


@dataclass(frozen=True, slots=True)
class YearBefore:
    """The results of the year before, by municipality: only those that were shown, and mean the same place this year."""

    counts: Mapping[str, Counts]


NOTHING_BEFORE: Final = YearBefore({})


def release_day_paths() -> frozenset[str]:
    """The paths of the file in its variants."""
    names = {f"{STEM}.semikolon.csv"}
    names |= {in_language(STEM, language, suffix) for language in LANGUAGES for suffix in ("csv", *_WORKBOOKS)}
    return frozenset(f"{FOLDER}/{name}" for name in names)


def release_day_files(voices: Mapping[Language, Voice], *, before: YearBefore) -> dict[str, bytes]:
    """The file in each language, and for Norwegian Excel, by path."""
    files: dict[str, bytes] = {}
    for language, voice in voices.items():
        table = rows(voice, before=before)
        book = _book(table, voice)
        files[f"{FOLDER}/{in_language(STEM, language, 'csv')}"] = _csv(table, dialect=COMMA)
        for suffix, write in _WORKBOOKS.items():
            files[f"{FOLDER}/{in_language(STEM, language, suffix)}"] = write(book)
    files[f"{FOLDER}/{STEM}.semikolon.csv"] = _csv(rows(voices["nb"], before=before), dialect=SEMICOLON)
    return files


def release_day_download(language: Language) -> DownloadTable:
    """What a reader is told about the file."""
    offered: Sequence[tuple[str, str, Text, Language]] = (
        (in_language(STEM, language, "xlsx"), "xlsx", _XLSX, language),
        (in_language(STEM, language, "ods"), "ods", _ODS, language),
        (in_language(STEM, language, "csv"), "csv", _CSV, language),
        (f"{STEM}.semikolon.csv", "csv-semicolon", _SEMICOLON, "nb"),
    )
    return DownloadTable(
        id=STEM,
        title=_TITLE.in_language(language),
        description=_ABOUT.in_language(language),
        files=tuple(
            DownloadFile(f"{FOLDER}/{name}", kind, label.in_language(language), spoken)
            for name, kind, label, spoken in offered
        ),
    )


def rows(voice: Voice, *, before: YearBefore) -> Sequence[Sequence[str]]:
    """Header and rows, by municipality number. A place that does not show all three figures is left out."""
    found = [[voice.words(column) for column in _COLUMNS]]
    for code in sorted(shown_municipalities(voice)):
        counts = voice.counts(code)
        if counts is None:
            continue
        county = voice.regions.places[code].parent or ""
        found.append(
            [
                code,
                voice.name(code),
                voice.name(county),
                *_figures(counts),
                *since(counts, before.counts.get(code), voice.language),
                voice.result_cell("AndelArbeidUtdanning", code).status.value,
                str(voice.imprint.number),
                voice.words(_CONTACT),
                plain(citation(voice)),
                voice.imprint.provenance.value,
            ]
        )
    return found


def read_year_before(
    files: Mapping[str, bytes] | None, *, year: int, provenance: str, geography: Geography
) -> YearBefore:
    """What the newest edition of the year before ``year`` may be compared with: nothing where it is of another origin.

    A municipality whose borders or number changed between the years is left out. Raises Unreadable for a broken table.
    """
    if files is None:
        return NOTHING_BEFORE
    manifest = json.loads(files["manifest.json"])
    if manifest["year"] != year - 1 or manifest["provenance"] != provenance:
        return NOTHING_BEFORE
    changed = {code for change in geography.changes if change.on.year == year for code in (change.old, change.new)}
    table = read_csv(files[table_path(RESULTS, f"{RESULTS}.csv")])
    return YearBefore({code: counts for code, counts in _shown(table.cells) if code not in changed})


def release_day_problems(path: str, files: Mapping[str, bytes], cells: Mapping[Codes, Seen]) -> Iterator[str]:
    """Everything in one variant of the file that the table of results does not say."""
    stem, suffix = path.rsplit(".", 1)
    if suffix in _WORKBOOKS:
        yield from _workbook_problems(files[path], files.get(f"{stem}.csv", b""))
        return
    table = _table(files[path], SEMICOLON if stem.endswith(".semikolon") else COMMA)
    if table is None:
        yield "cannot be read"
        return
    if not table or any(len(row) != len(_COLUMNS) for row in table):
        yield "has not the columns it should have"
        return
    shown = dict(_shown(cells))
    named = [row[0] for row in table[1:]]
    if sorted(shown) != named:
        yield "does not name exactly the municipalities that are shown"
    stars = {codes[0]: seen.status for codes, seen in cells.items() if codes[1:3] == ("0", "AndelArbeidUtdanning")}
    for row in table[1:]:
        if row[_STATUS] != stars.get(row[0], row[_STATUS]):
            yield f"does not say as the table does whether the figures of {row[0]} are preliminary"
        if row[0] in shown and row[3:8] != _figures(shown[row[0]]):
            yield f"says {', '.join(row[3:8])} of {row[0]}, and the table says {', '.join(_figures(shown[row[0]]))}"


def _workbook_problems(content: bytes, as_csv: bytes) -> Iterator[str]:
    """A workbook has the rows of the csv beside it, numbers as numbers."""
    due = _table(as_csv, COMMA)
    try:
        seen = read_sheet(content, at=_SHEET_AT)
    except Unreadable as problem:
        yield str(problem)
        return
    told = [
        ["" if value == "" else f"{value:g}" if isinstance(value, float) else str(value) for value in row]
        for row in seen
    ]
    if told != due:
        yield "does not have the rows of the csv of the same language"


def _table(content: bytes, dialect: Dialect) -> list[list[str]] | None:
    try:
        lines = StringIO(content.decode("utf-8-sig"), newline="")
        return list(csv.reader(lines, delimiter=dialect.separator, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None


def _book(table: Sequence[Sequence[str]], voice: Voice) -> Book:
    """The rows as a sheet, between a cover and what the columns mean."""
    language = voice.language
    head, *body = table
    lines: list[Line] = [[Entry(text, Style.COLUMN_HEAD) for text in head]]
    lines += [[_entry(at, text, starred=row[_STATUS] != "") for at, text in enumerate(row)] for row in body]
    used = [Status.PRELIMINARY] if voice.imprint.number.is_preliminary else []
    meanings = [(text, voice.words(means), False) for text, means in zip(head, _MEANINGS, strict=True)]
    return bound(
        title=voice.words(_TITLE),
        name=voice.words(_SHEET),
        facts=[("period", str(voice.imprint.year))],
        more=[("population", voice.words(_ABOUT))],
        table=Sheet(voice.words(_SHEET), lines, _WIDTHS, still=2),
        notes=[word_heading(language), *meanings, *(sign_lines(used, language) if used else ())],
        further=(),
        imprint=voice.imprint,
        language=language,
    )


def _entry(at: int, text: str, *, starred: bool) -> Entry:
    if at not in _NUMBERS or not text:
        return Entry(text, Style.PLAIN)
    return Entry(float(text), Style.PRELIMINARY if starred and at != _BEFORE else Style.NUMBER)


def _figures(counts: Counts) -> list[str]:
    reached, ended = counts
    low, high = wilson(reached, ended)
    return [
        str(ended), str(reached), str(half_up_percent(reached, ended)), str(floor(100 * low)), str(ceil(100 * high)),
    ]  # fmt: skip


def since(counts: Counts, before: Counts | None, language: Language) -> list[str]:
    """The share of the year before and whether the change is more than chance would give; blank without that year."""
    if before is None:
        return ["", ""]
    text = _CHANGE if differs(counts, before) else _CHANCE
    return [str(half_up_percent(*before)), text.in_language(language)]


def _shown(cells: Mapping[Codes, Seen]) -> Iterator[tuple[str, Counts]]:
    """The municipalities that show number, numerator and share, by the codes of the table of results."""
    for codes, seen in cells.items():
        region, sex, content, year = codes
        if len(region) != 4 or sex != "0" or content != "AndelArbeidUtdanning" or seen.value is None:
            continue
        reached = cells[region, sex, "ArbeidUtdanning", year].value
        ended = cells[region, sex, "Avsluttet", year].value
        if reached is not None and ended:
            yield region, (int(reached), int(ended))


def _csv(table: Sequence[Sequence[str]], *, dialect: Dialect) -> bytes:
    out = StringIO()
    csv.writer(out, delimiter=dialect.separator, lineterminator="\n").writerows(table)
    return out.getvalue().encode(dialect.encoding)
