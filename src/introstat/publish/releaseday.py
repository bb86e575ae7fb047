"""The file for release day: every municipality that may be shown, on one row each, ready for a story or a meeting.

    0301;Oslo;Oslo;413;195;47;42;53;…;44;kan være tilfeldig;;2016.1;…
    0104;Moss;Østfold;14;;;;;0;35;…;;;;2016.1;…

Number, share, the bounds of the 95 per cent interval rounded outwards, last year's share where there is one, and whether the
change is more than chance would give. Where the share is not shown, the edges of its band, and the result of several years
together with its own interval; what is not shown is empty. Last year is the newest edition of the year before, of the same origin, and only for a
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
from introstat.publish.reading import Codes, Seen, Unreadable, read_csv, read_sheet
from introstat.publish.sheets import Book, Entry, Line, Sheet, Style, bound, sign_lines, word_heading
from introstat.publish.tidy import COMMA, SEMICOLON, Dialect
from introstat.publish.voice import BANDS, FIRST_YEAR, POOLED, RESULTS
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
    Text(nb="andel_fra_og_med", nn="prosentdel_fraa_og_med", en="share_from"),
    Text(nb="andel_under", nn="prosentdel_under", en="share_below"),
    Text(nb="samlet_fra_aar", nn="samla_fraa_aar", en="together_from_year"),
    Text(nb="samlet_avsluttet", nn="samla_avslutta", en="together_ended"),
    Text(
        nb="samlet_til_arbeid_eller_utdanning", nn="samla_til_arbeid_eller_utdanning",
        en="together_to_work_or_education",
    ),
    Text(nb="samlet_andel_prosent", nn="samla_prosentdel", en="together_share_per_cent"),
    Text(nb="samlet_intervall_fra", nn="samla_intervall_fraa", en="together_interval_from"),
    Text(nb="samlet_intervall_til", nn="samla_intervall_til", en="together_interval_to"),
    Text(nb="andel_aaret_foer", nn="prosentdel_aaret_foer", en="share_year_before"),
    Text(nb="endring_eller_tilfeldig", nn="endring_eller_tilfeldig", en="change_or_chance"),
    Text(nb="status", nn="status", en="status"),
    Text(nb="utgave", nn="utgaave", en="edition"),
    Text(nb="kontakt", nn="kontakt", en="contact"),
    Text(nb="sitering", nn="sitering", en="citation"),
    Text(nb="opphav", nn="opphav", en="origin"),
)  # fmt: skip
"""The header of the file; letters that every program reads."""
_TOLD: Final = slice(3, 16)
_NUMBERS: Final = range(3, 17)
_FIRST_YEAR: Final = 10
_BEFORE: Final = 16
_STATUS: Final = 18
"""Where what is told stands; which of it are numbers, and which of them a year; the share of the year before; the status."""

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
        nb="Der andelen ikke vises: Andelen er minst så stor, i prosent",
        nn="Der prosentdelen ikkje blir vist: Prosentdelen er minst så stor",
        en="Where the share is not shown: it is at least this large, in per cent",
    ),
    Text(
        nb="Der andelen ikke vises: Andelen er mindre enn dette. Er tallet 100, kan alle ha gått dit",
        nn="Der prosentdelen ikkje blir vist: Prosentdelen er mindre enn dette. Er talet 100, kan alle ha gått dit",
        en="Where the share is not shown: it is less than this. Where it is 100, everyone may have",
    ),
    Text(
        nb="Der andelen ikke vises, men flere år samlet gjør det: det første av årene",
        nn="Der prosentdelen ikkje blir vist, men fleire år samla blir det: det første av åra",
        en="Where the share is not shown, but several years together are: the first of these years",
    ),
    Text(
        nb="Antall som avsluttet i disse årene", nn="Tal på personar som avslutta i desse åra",
        en="Number who ended in these years",
    ),
    Text(
        nb="Antall av dem som gikk til arbeid eller utdanning utover grunnskole",
        nn="Tal på dei av dei som gjekk til arbeid eller utdanning utover grunnskule",
        en="Number of them who went to work or education beyond primary school",
    ),
    Text(
        nb="Andelen i disse årene i hele prosent", nn="Prosentdelen i desse åra i heile prosent",
        en="The share in these years in whole per cent",
    ),
    Text(
        nb="Nedre grense for intervallet i disse årene, rundet ned", nn="Nedre grense for intervallet i desse åra, runda ned",
        en="Lower bound of the interval in these years, rounded down",
    ),
    Text(
        nb="Øvre grense for intervallet i disse årene, rundet opp", nn="Øvre grense for intervallet i desse åra, runda opp",
        en="Upper bound of the interval in these years, rounded up",
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
_WIDTHS: Final = (14, 24, 20, *(12 for _ in range(14)), 22, 10, 10, 50, 60, 12)
_SHEET: Final = Text(nb="Kommuner", nn="Kommunar", en="Municipalities")
_SHEET_AT: Final = 2
"""Where the sheet stands in the workbook: after the cover and the contents."""

_WORKBOOKS: Final[Mapping[str, Callable[[Book], bytes]]] = {"xlsx": workbook, "ods": opendocument}
_EDGES: Final = ("AndelFra", "AndelTil")
_SEVERAL: Final = (FIRST_YEAR, "Avsluttet", "ArbeidUtdanning")
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
    nb="For publiseringsdagen: antall, andel, usikkerhet, året før når det finnes, og om endringen kan være tilfeldig. Der"
    " andelen ikke vises: intervallet den ligger i, eller flere år samlet.",
    nn="For publiseringsdagen: tal på personar, prosentdel, uvisse, året før når det finst, og om endringa kan vere"
    " tilfeldig. Der prosentdelen ikkje blir vist: intervallet han ligg i, eller fleire år samla.",
    en="For release day: number, share, uncertainty, the year before where there is one, and whether the change may be"
    " chance. Where the share is not shown: the band it lies in, or several years together.",
)
_XLSX: Final = Text(nb="Excel (XLSX)", nn="Excel (XLSX)", en="Excel (XLSX)")
_ODS: Final = Text(nb="LibreOffice (ODS)", nn="LibreOffice (ODS)", en="LibreOffice (ODS)")
_CSV: Final = Text(nb="CSV (komma)", nn="CSV (komma)", en="CSV (comma)")
_SEMICOLON: Final = Text(
    nb="CSV for norsk Excel (semikolon)", nn="CSV for norsk Excel (semikolon)", en="CSV for Norwegian Excel (semicolon)"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one municipality: how many ended, its result or the band it lies in, several years together."""

    ended: int | None
    counts: Counts | None
    band: tuple[int, int] | None
    pooled: tuple[int, Counts] | None

    @property
    def has_result(self) -> bool:
        """Whether it stands in the file: with its result, or with something instead."""
        return self.counts is not None or self.band is not None or self.pooled is not None

    @property
    def figures(self) -> list[str]:
        """The columns of numbers, empty where nothing is told."""
        share = ["", "", "", ""] if self.counts is None else _share(self.counts)
        together = [""] * 6
        if self.pooled is not None:
            first, counts = self.pooled
            together = [str(first), str(counts[1]), *_share(counts)]
        band = ["", ""] if self.band is None else [str(edge) for edge in self.band]
        return ["" if self.ended is None else str(self.ended), *share, *band, *together]


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
    """Header and rows, by municipality number. A place without result, band or several years is left out."""
    found = [[voice.words(column) for column in _COLUMNS]]
    for code in sorted(voice.municipalities()):
        told = _told(voice, code)
        if not told.has_result:
            continue
        county = voice.regions.places[code].parent or ""
        found.append(
            [
                code,
                voice.name(code),
                voice.name(county),
                *told.figures,
                *(since(told.counts, before.counts.get(code), voice.language) if told.counts else ("", "")),
                Status.PRELIMINARY.value if voice.imprint.number.is_preliminary else "",
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


def release_day_problems(
    path: str, files: Mapping[str, bytes], tables: Mapping[str, Mapping[Codes, Seen]]
) -> Iterator[str]:
    """Everything in one variant of the file that the tables of results, bands and several years do not say."""
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
    shown = _seen(tables)
    named = [row[0] for row in table[1:]]
    if sorted(shown) != named:
        yield "does not name exactly the municipalities that are shown"
    starred = {
        codes[0]
        for cells in tables.values()
        for codes, seen in cells.items()
        if codes[0] in shown and seen.status == Status.PRELIMINARY.value
    }
    for row in table[1:]:
        if row[0] in shown and row[_STATUS] != (Status.PRELIMINARY.value if row[0] in starred else ""):
            yield f"does not say as the table does whether the figures of {row[0]} are preliminary"
        if row[0] in shown and row[_TOLD] != shown[row[0]].figures:
            yield f"says {', '.join(row[_TOLD])} of {row[0]}, and the tables say {', '.join(shown[row[0]].figures)}"


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
    if at == _FIRST_YEAR:
        return Entry(float(text), Style.PRELIMINARY_YEAR if starred else Style.YEAR)
    return Entry(float(text), Style.PRELIMINARY if starred and at != _BEFORE else Style.NUMBER)


def _share(counts: Counts) -> list[str]:
    """How many reached the result, their share in whole per cent, and its interval rounded outwards."""
    reached, ended = counts
    low, high = wilson(reached, ended)
    return [str(reached), str(half_up_percent(reached, ended)), str(floor(100 * low)), str(ceil(100 * high))]


def _told(voice: Voice, code: str) -> Told:
    def number(table: str, content: str) -> int | None:
        return voice.cells.at(table, content, region=code).value

    low, high = (number(BANDS, content) for content in _EDGES)
    return Told(
        ended=voice.result_cell("Avsluttet", code).value,
        counts=voice.counts(code) if voice.status(code) == "shown" else None,
        band=None if low is None or high is None else (low, high),
        pooled=_together(*(number(POOLED, content) for content in _SEVERAL)),
    )


def _seen(tables: Mapping[str, Mapping[Codes, Seen]]) -> Mapping[str, Told]:
    """What the tables of an edition as files tell of each municipality that has something to tell."""
    results = tables.get(RESULTS, {})
    shown = dict(_shown(results))

    def number(table: str, content: str, code: str, year: str) -> int | None:
        seen = tables.get(table, {}).get((code, content, year))
        return None if seen is None or seen.value is None else int(seen.value)

    found = {}
    for (code, sex, content, year), seen in results.items():
        if len(code) != 4 or sex != "0" or content != "Avsluttet":
            continue
        low, high = (number(BANDS, edge, code, year) for edge in _EDGES)
        found[code] = Told(
            ended=None if seen.value is None else int(seen.value),
            counts=shown.get(code),
            band=None if low is None or high is None else (low, high),
            pooled=_together(*(number(POOLED, several, code, year) for several in _SEVERAL)),
        )
    return {code: told for code, told in found.items() if told.has_result}


def _together(first: int | None, ended: int | None, reached: int | None) -> tuple[int, Counts] | None:
    return None if first is None or not ended or reached is None else (first, (reached, ended))


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
