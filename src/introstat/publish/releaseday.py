"""The file for release day: every municipality that may be shown, on one row each, ready for a story or a meeting.

    0301;Oslo;Oslo;413;195;47;42;53;44;kan være tilfeldig;;2016.1;…

Number, share, the bounds of the 95 per cent interval rounded outwards, last year's share where there is one, and whether the
change is more than chance would give. Last year is the newest edition of the year before, of the same origin, and only for a
municipality whose code meant the same place in both years. The status is `*` where the figures are preliminary. Contact and citation stand on every row: rows travel alone.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import ceil, floor
from typing import TYPE_CHECKING, Final

from introstat.publish.documents import DownloadFile, DownloadTable, plain
from introstat.publish.downloads import in_language, table_path
from introstat.publish.formats import differs, half_up_percent, wilson
from introstat.publish.quality import citation
from introstat.publish.rankings import shown_municipalities
from introstat.publish.reading import Codes, Seen, read_csv
from introstat.publish.tidy import COMMA, SEMICOLON, Dialect
from introstat.publish.voice import RESULTS
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
_STATUS: Final = 10
"""Where the status stands."""
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
    names = {f"{STEM}.semikolon.csv", *(in_language(STEM, language, "csv") for language in LANGUAGES)}
    return frozenset(f"{FOLDER}/{name}" for name in names)


def release_day_files(voices: Mapping[Language, Voice], *, before: YearBefore) -> dict[str, bytes]:
    """The file in each language, and for Norwegian Excel, by path."""
    files = {
        f"{FOLDER}/{in_language(STEM, language, 'csv')}": _csv(rows(voice, before=before), dialect=COMMA)
        for language, voice in voices.items()
    }
    files[f"{FOLDER}/{STEM}.semikolon.csv"] = _csv(rows(voices["nb"], before=before), dialect=SEMICOLON)
    return files


def release_day_download(language: Language) -> DownloadTable:
    """What a reader is told about the file."""
    offered: Sequence[tuple[str, str, Text, Language]] = (
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


def release_day_problems(content: bytes, cells: Mapping[Codes, Seen], *, is_semicolon: bool) -> Iterator[str]:
    """Everything in one variant of the file that the table of results does not say."""
    separator = SEMICOLON.separator if is_semicolon else COMMA.separator
    try:
        table = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error):
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
