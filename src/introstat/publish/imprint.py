"""What stands on every part of an edition: its number and times, and whether its people exist.

No invented figure about a real place may be taken for a real one wherever it ends up, so every renderer takes the
imprint and says what it says: a banner, a note, a column, a line on the cover.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from introstat.publish.cells import compose
from introstat.publish.documents import (
    Banner,
    Labelled,
    Link,
    NextRelease,
    Parts,
    ProvenanceMark,
    ReleaseTime,
    plain,
)
from introstat.publish.formats import long_date
from introstat.vocabulary.editions import EditionNumber, EqualToPublished
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.texts import Language, Text
from introstat.vocabulary.years import ReportingYear

OSLO: Final = ZoneInfo("Europe/Oslo")
"""Releases are told in the time of the readers."""

LICENCE: Final = "CC BY 4.0"
LICENCE_ADDRESS: Final = "https://creativecommons.org/licenses/by/4.0/"

_SYNTHETIC: Final = Text(nb="Syntetiske data", nn="Syntetiske data", en="Synthetic data")
_REGISTER: Final = Text(nb="Registerdata", nn="Registerdata", en="Register data")
_BANNER_SOME: Final = Text(
    nb="Personene bak tallene er oppdiktede. Bare summene som er nevnt her, er like offentliggjorte tall. Alle andre tall"
    " er oppdiktede og sier ingenting om virkelige personer eller kommuner.",
    nn="Personane bak tala er oppdikta. Berre summane som er nemnde her, er like offentleggjorde tal. Alle andre tal er"
    " oppdikta og seier ingenting om verkelege personar eller kommunar.",
    en="The people behind these figures are invented. Only the totals named here equal published figures. All other"
    " figures are invented and say nothing about real people or municipalities.",
)
_BANNER_NONE: Final = Text(
    nb="Personene bak tallene er oppdiktede. Tallene er også oppdiktede og sier ingenting om virkelige personer eller"
    " kommuner.",
    nn="Personane bak tala er oppdikta. Tala er òg oppdikta og seier ingenting om verkelege personar eller kommunar.",
    en="The people behind these figures are invented. So are the figures, which say nothing about real people or"
    " municipalities.",
)
_EQUAL: Final = Text(nb="{what} (kilde: {source})", nn="{what} (kjelde: {source})", en="{what} (source: {source})")
_FINAL: Final = Text(nb="Endelige tall", nn="Endelege tal", en="Final figures")
_PRELIMINARY: Final = Text(nb="Foreløpige tall", nn="Førebelse tal", en="Preliminary figures")
_UPDATED: Final = Text(nb="Sist oppdatert", nn="Sist oppdatert", en="Last updated")
_NEXT: Final = Text(nb="Neste publisering", nn="Neste publisering", en="Next release")


@dataclass(frozen=True, slots=True)
class Imprint:
    """The edition as a renderer needs to know it."""

    number: EditionNumber
    year: ReportingYear
    released: datetime
    next_release: date | None
    provenance: Provenance
    equal_to_published: tuple[EqualToPublished, ...] = ()
    release_hour: int = 8

    @property
    def is_synthetic(self) -> bool:
        """Whether the people behind the numbers are invented."""
        return self.provenance is Provenance.SYNTHETIC

    @property
    def updated(self) -> str:
        """The time of release as `2017-07-06T06:00:00Z`."""
        return _in_utc(self.released)

    @property
    def next_update(self) -> str | None:
        """The time of the next release in the same form: the hour of releases in Oslo on that day."""
        if self.next_release is None:
            return None
        return _in_utc(datetime.combine(self.next_release, time(self.release_hour), tzinfo=OSLO))

    def released_text(self, language: Language) -> str:
        """The day of release as readers say it."""
        return long_date(self.released.astimezone(OSLO).date(), language=language)

    def release_time(self, language: Language) -> ReleaseTime:
        """When it was released, for a page."""
        return ReleaseTime(
            label=_UPDATED.in_language(language),
            time=self.released.astimezone(OSLO).isoformat(),
            text=self.released_text(language),
        )

    def next(self, language: Language) -> NextRelease | None:
        """When the next figures come, where that is known."""
        if self.next_release is None:
            return None
        return NextRelease(
            label=_NEXT.in_language(language),
            date=self.next_release.isoformat(),
            text=long_date(self.next_release, language=language),
        )

    def status(self, language: Language) -> Labelled:
        """Preliminary or final."""
        if self.number.is_preliminary:
            return Labelled("preliminary", _PRELIMINARY.in_language(language))
        return Labelled("final", _FINAL.in_language(language))

    def provenance_label(self, language: Language) -> str:
        """Two words for where the people come from."""
        return (_SYNTHETIC if self.is_synthetic else _REGISTER).in_language(language)

    def provenance_mark(self, language: Language) -> ProvenanceMark:
        """The banner of a synthetic edition; none for register data."""
        texts = self.provenance_texts(language)
        label = self.provenance_label(language)
        return ProvenanceMark(self.provenance.value, label, Banner(label, texts) if texts else None)

    def provenance_texts(self, language: Language) -> tuple[Parts, ...]:
        """What a synthetic edition has to say: the warning, and each group of totals that equals published ones."""
        if not self.is_synthetic:
            return ()
        warning = _BANNER_SOME if self.equal_to_published else _BANNER_NONE
        return (
            (warning.in_language(language),),
            *(
                compose(
                    _EQUAL,
                    language=language,
                    what=_capital(_description(equal)[language]),
                    source=Link(equal.source, equal.address) if equal.address else equal.source,
                )
                for equal in self.equal_to_published
            ),
        )

    def provenance_note(self, language: Language) -> str | None:
        """The same in running text, for files that hold nothing else; None for register data."""
        texts = self.provenance_texts(language)
        if not texts:
            return None
        return f"{self.provenance_label(language)}. " + " ".join(_sentence(plain(text)) for text in texts)

    def marked(self, text: str, language: Language) -> str:
        """A title with the marks of preliminary figures and of synthetic data behind it."""
        marks = self.marks(language)
        return f"{text} ({', '.join(mark.lower() for mark in marks)})" if marks else text

    def with_provenance(self, text: str, language: Language) -> str:
        """A text with the mark of synthetic data alone behind it."""
        return f"{text} ({self.provenance_label(language).lower()})" if self.is_synthetic else text

    def with_marks_before(self, text: str, language: Language) -> str:
        """A sentence with the same marks as a title before it."""
        return " ".join([*(f"{mark}." for mark in self.marks(language)), text])

    def marks(self, language: Language) -> tuple[str, ...]:
        """What every title must say of its figures: that they are preliminary, that their people are invented."""
        status = (self.status(language).label,) if self.number.is_preliminary else ()
        return (*status, self.provenance_label(language)) if self.is_synthetic else status


def _description(equal: EqualToPublished) -> Mapping[Language, str]:
    return {"nb": equal.description_nb, "nn": equal.description_nn, "en": equal.description_en}


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
