"""What is issued: a numbered edition that never changes, its manifest, and who stood for it.

Numbers: `2016.0` is preliminary, `2016.1` the first final one, `2016.1.1`, `2016.1.2` … later ones.

The files of an edition (paths relative to `editions/2016.1/`):

    manifest.json                 everything below with its sha256, and where it all came from
    article.nb.json  .nn  .en     the release page's texts, composed from cells
    places.nb.json   .nn  .en     one page per place: figures, sentences, or why there are none
    tables/IP102/IP102.csv        tidy, Bokmål; IP102.nn.csv, IP102.en.csv; IP102.semikolon.csv for Norwegian Excel
    tables/IP102/IP102.json       JSON-stat 2.0, Bokmål; .nn.json, .en.json
    tables/IP102/IP102.parquet    codes, value, status, origin
    tables/IP102/IP102.xlsx       .nn.xlsx, .en.xlsx; IP102.ods, .nn.ods, .en.ods
    charts/NAME.nb.svg            rendered, NAME.narrow.nb.svg for a phone, NAME.nb.vl.json the specification,
                                  NAME.nb.png
    release/municipalities.csv    every municipality that may be shown, a row each; .nn.csv, .en.csv, .semikolon.csv,
                                  .xlsx and .ods in each language
    changes.json                  cells that differ from the edition before
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.texts import LANGUAGES, Language
from introstat.vocabulary.years import ReportingYear

_NUMBER = re.compile(r"(\d{4})\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True, order=True)
class EditionNumber:
    """`2016.1.2` is year 2016, stage 1 (final), correction 2."""

    year: int
    stage: int
    correction: int = 0

    def __post_init__(self) -> None:
        if self.stage not in (0, 1) or self.correction < 0 or (self.stage == 0 and self.correction):
            raise ValueError("an edition is numbered YEAR.0, YEAR.1 or YEAR.1.N")
        ReportingYear(self.year)

    @classmethod
    def parse(cls, text: str) -> EditionNumber:
        """Read `2016.1`; raises ValueError on anything else."""
        found = _NUMBER.fullmatch(text)
        if not found or found[3] == "0":
            raise ValueError(f"{text!r} is not an edition number such as 2016.1")
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    @property
    def is_preliminary(self) -> bool:
        """Whether the figures carry the sign of preliminary figures."""
        return self.stage == 0

    def __str__(self) -> str:
        return f"{self.year}.{self.stage}" + (f".{self.correction}" if self.correction else "")


@dataclass(frozen=True, slots=True)
class PublicReason:
    """Why an edition was corrected, in the languages somebody wrote it in; none at all where nothing was corrected."""

    nb: str = ""
    nn: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return any(text.strip() for text in (self.nb, self.nn, self.en))

    @property
    def texts(self) -> Mapping[Language, str]:
        """What was written, by language."""
        found: Mapping[Language, str] = {"nb": self.nb, "nn": self.nn, "en": self.en}
        return {language: text.strip() for language, text in found.items() if text.strip()}

    def told(self, language: Language) -> tuple[Language, str]:
        """The reason for a reader of `language`, and the language it is in: her own, or the first of Bokmål, Nynorsk and
        English that there is. Raises LookupError where there is no reason."""
        texts = self.texts
        for known in (language, *LANGUAGES):
            if known in texts:
                return known, texts[known]
        raise LookupError("no public reason was given")


NO_REASON: Final = PublicReason()


@dataclass(frozen=True, slots=True)
class Review:
    """Two people stand for a release: one prepared it, another approved exactly those bytes (`digest`)."""

    snapshot: int
    digest: str
    prepared_by: str
    prepared: datetime
    approved_by: str
    approved: datetime
    next_release: date | None
    public_reason: PublicReason = NO_REASON

    def __post_init__(self) -> None:
        if self.prepared_by.strip().casefold() == self.approved_by.strip().casefold():
            raise ValueError("the one who prepared a release cannot approve it")


@dataclass(frozen=True, slots=True)
class EqualToPublished:
    """Which totals of a synthetic edition equal published ones, and where those were published."""

    table: str
    description_nb: str
    description_nn: str
    description_en: str
    cells: int
    source: str
    address: str


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that is released at once: number, time, provenance and the files with their bytes."""

    number: EditionNumber
    released: datetime
    provenance: Provenance
    files: Mapping[str, bytes]

    @property
    def manifest(self) -> bytes:
        """The manifest's own bytes; their sha256 stands in the ledger and in releases.json."""
        return self.files["manifest.json"]
