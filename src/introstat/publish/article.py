"""The release page of one edition in one language, composed from its cells.

    lead, key figures, what the figures say, the counties in their order, the municipalities, advice, downloads,
    definitions, quality, changes, contact, how to cite, and the question whether the reader found it

The shapes are drawn in `documents`; the site renders them and adds nothing of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.publish.documents import Article, plain
from introstat.publish.findings import findings, key_figures, lead
from introstat.publish.quality import Background, background_sections, citation
from introstat.vocabulary.tables import PROTECTED_GROUP
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.publish.documents import ChartBlock
    from introstat.publish.voice import Voice

_TITLE: Final = Text(
    nb="Resultater for introduksjonsprogrammet {year}",
    nn="Resultat for introduksjonsprogrammet {year}",
    en="Results of the introduction programme {year}",
)


def article(voice: Voice, *, background: Background, charts: Mapping[str, ChartBlock]) -> Article:
    """The page as data."""
    imprint, language = voice.imprint, voice.language
    opening = lead(voice)
    protected = next(
        (
            declared.value
            for declared in background.report.declared
            if declared.group == PROTECTED_GROUP and declared.sex == "0" and declared.reason == "0"
        ),
        None,
    )
    return Article(
        language=language,
        edition=str(imprint.number),
        year=imprint.year.value,
        title=imprint.marked(plain(voice.say(_TITLE)), language),
        description=imprint.with_marks_before(plain(opening), language),
        provenance=imprint.provenance_mark(language),
        status=imprint.status(language),
        released=imprint.release_time(language),
        next_release=imprint.next(language),
        lead=opening,
        key_figures=key_figures(voice),
        sections=(
            *findings(voice, charts=charts, protected=protected),
            *background_sections(voice, background),
        ),
        citation=citation(voice),
    )
