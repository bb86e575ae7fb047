"""Safe cubes become an edition: every file, and the manifest that vouches for each.

The manifest says what is in the edition and where it all comes from; its own sha256 stands in the ledger and in the list of
releases. The same arguments give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from introstat.publish.article import article
from introstat.publish.cells import Cells
from introstat.publish.changes import changes_since
from introstat.publish.documents import to_json
from introstat.publish.downloads import download_table, table_files
from introstat.publish.figures import charts
from introstat.publish.imprint import LICENCE, LICENCE_ADDRESS, Imprint
from introstat.publish.labels import Regions, table_labels
from introstat.publish.places import places
from introstat.publish.quality import FROM_DIRECT, FROM_REGISTER, Background
from introstat.publish.releaseday import read_year_before, release_day_download, release_day_files
from introstat.publish.turns import Each, in_turn
from introstat.publish.voice import REASONS, RESULTS, Voice
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.errors import ReleaseRefused
from introstat.vocabulary.places import Level
from introstat.vocabulary.texts import LANGUAGES

if TYPE_CHECKING:
    from datetime import datetime

    from introstat.definitions.catalogue import Definitions
    from introstat.publish.changes import Changes
    from introstat.vocabulary.editions import EditionNumber, EqualToPublished, Review
    from introstat.vocabulary.snapshots import SnapshotMeta
    from introstat.vocabulary.tables import ProtectionReport, SafeCubes

MANIFEST_FORMAT: Final = 1
PARAMETERS: Final = ("key_figure_ended", "key_figure_share")
"""The limits that texts name; they stand in the manifest so that the texts can be read back against it."""

_OF_MUNICIPALITIES: Final = "municipalities_"
"""How the names of quality figures begin that count municipalities and not people."""

_SOURCES: Final = frozenset({FROM_REGISTER, FROM_DIRECT})

POLICY_LIMITS: Final = ("number_from", "result_base_from", "result_parts_from", "finer_from")


def issue(
    safe: SafeCubes,
    *,
    definitions: Definitions,
    snapshot: SnapshotMeta,
    snapshot_number: int,
    snapshot_checksum: str,
    review: Review,
    number: EditionNumber,
    released: datetime,
    equal_to_published: tuple[EqualToPublished, ...] = (),
    previous: Mapping[str, bytes] | None = None,
    year_before: Mapping[str, bytes] | None = None,
    rule_set: str = "",
    each: Each = in_turn,
) -> Edition:
    """Make the edition. `previous` holds the files of the edition before it, by path; None when it is the first;
    `year_before` those of the newest edition of the year before, where there is one. `each` does what has no order.

    Raises ReleaseRefused when the attack was not settled or found something, when a final edition has no date for the next
    release, when a correction has no public reason, or when a table is not the year's.
    """
    check_issue(safe, definitions=definitions, snapshot=snapshot, review=review, number=number, released=released)
    if number.is_preliminary:
        safe = replace(safe, tables={table: cube.as_preliminary() for table, cube in safe.tables.items()})
    imprint = Imprint(
        number=number,
        year=safe.year,
        released=released,
        next_release=review.next_release,
        provenance=snapshot.provenance,
        equal_to_published=equal_to_published,
        release_hour=definitions.parameters(definitions.year.last_day).release_hour,
    )
    regions = Regions(definitions)
    labels = {
        table: {
            language: table_labels(cube, definitions.tables[table], regions=regions, language=language)
            for language in LANGUAGES
        }
        for table, cube in safe.tables.items()
    }
    files: dict[str, bytes] = {}
    for part in each(
        lambda which: table_files(safe.tables[which[0]], labels[which[0]], imprint=imprint, language=which[1]),
        [(table, language) for table in safe.tables for language in LANGUAGES],
    ):
        files |= part
    changes = changes_since(previous, files, tables=safe.tables, reason=review.public_reason)
    files["changes.json"] = changes.to_json()
    facts = _facts(safe, definitions, regions, changes)
    cells = Cells(safe.tables, facts=dict(_numbers(facts)))
    voices = {language: Voice(cells, regions, imprint, language) for language in LANGUAGES}
    earlier = read_year_before(
        year_before, year=safe.year.value, provenance=snapshot.provenance.value, geography=definitions.geography
    )
    files |= release_day_files(voices, before=earlier)
    pages = each(
        lambda voice: to_json(
            places(voice, results=labels[RESULTS][voice.language], reasons=labels[REASONS][voice.language])
        ),
        voices.values(),
    )
    files |= {f"places.{language}.json": content for language, content in zip(voices, pages, strict=True)}
    for language, voice in voices.items():
        drawn = charts(voice)  # here and in order: what draws them is another program inside this one
        background = Background(
            definitions=definitions,
            report=safe.report,
            changes=changes,
            downloads=tuple(download_table(labels[table][language]) for table in safe.tables),
            others=(release_day_download(language),),
        )
        files[f"article.{language}.json"] = to_json(
            article(voice, background=background, charts={name: chart.block for name, chart in drawn.items()})
        )
        for chart in drawn.values():
            files |= chart.files
    manifest = {
        "format": MANIFEST_FORMAT,
        "edition": str(number),
        "year": safe.year.value,
        "kind": snapshot.kind.value,
        "released": imprint.updated,
        "next_release": review.next_release.isoformat() if review.next_release else None,
        "provenance": snapshot.provenance.value,
        "licence": {"name": LICENCE, "address": LICENCE_ADDRESS},
        "definitions": {"version": definitions.version, "checksum": definitions.checksum},
        "rule_set": rule_set,
        "snapshot": {
            "number": snapshot_number,
            "checksum": snapshot_checksum,
            "as_of": snapshot.as_of.isoformat(),
            "definitions": snapshot.definitions,
            "ledger_head": snapshot.ledger_head,
        },
        "review": {
            "digest": review.digest,
            "prepared_by": review.prepared_by,
            "prepared": review.prepared.isoformat(),
            "approved_by": review.approved_by,
            "approved": review.approved.isoformat(),
            "public_reason": {str(language): told for language, told in review.public_reason.texts.items()},
        },
        "policy": _policy(safe.report),
        "equal_to_published": [
            {
                "table": equal.table,
                "cells": equal.cells,
                "source": equal.source,
                "address": equal.address,
                "description": {"nb": equal.description_nb, "nn": equal.description_nn, "en": equal.description_en},
            }
            for equal in equal_to_published
        ],
        "tables": list(safe.tables),
        "previous": changes.previous,
        "files": {
            path: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for path, content in files.items()
        },
        **facts,
    }
    files["manifest.json"] = to_json(manifest)
    return Edition(number=number, released=released, provenance=snapshot.provenance, files=dict(sorted(files.items())))


def check_issue(
    safe: SafeCubes,
    *,
    definitions: Definitions,
    snapshot: SnapshotMeta,
    review: Review,
    number: EditionNumber,
    released: datetime,
) -> None:
    """Raise ReleaseRefused with the reason when these cannot become an edition."""
    if not safe.report.is_safe:
        raise ReleaseRefused(
            "The attack found something, or was not carried through; prepare the year again.", reason="attack_succeeded"
        )
    if not safe.year == snapshot.year == definitions.year or number.year != safe.year.value:
        raise ReleaseRefused(
            "Tables, snapshot, definitions and number are not of one year; prepare the year again.",
            reason="years_differ",
        )
    if released.tzinfo is None:
        raise ReleaseRefused("The time of release needs a time zone.")
    if review.next_release is None:
        raise ReleaseRefused(
            "There is no date for the next release; approve again with one.", reason="next_date_missing"
        )
    if number.correction and not review.public_reason:
        raise ReleaseRefused(
            "A correction needs a public reason; approve again with one.",
            reason="public_reason_missing",
            number=str(number),
        )
    if tuple(safe.tables) != definitions.tables.ids:
        raise ReleaseRefused(
            "The tables are not those that the year's definitions lay down; prepare the year again.",
            reason="tables_differ",
        )


def _policy(report: ProtectionReport) -> dict[str, Any]:
    return {
        "name": report.policy,
        "decision": report.policy_decision,
        "seed": report.seed,
        "hidden": {level: dict(kinds) for level, kinds in report.hidden.items()},
        "declared": [
            {"group": declared.group, "sex": declared.sex, "reason": declared.reason, "value": declared.value}
            for declared in report.declared
        ],
        "attack": {
            "settled": report.attack_settled,
            "exact": report.attack_exact,
            "narrow": report.attack_narrow,
        },
        "notes": list(report.notes),
    }


def _facts(safe: SafeCubes, definitions: Definitions, regions: Regions, changes: Changes) -> dict[str, dict[str, int]]:
    """The numbers of the manifest that texts may name, by where they stand in it."""
    parameters = definitions.parameters(definitions.year.last_day)
    policy = definitions.policy(safe.report.policy)
    codes = safe.tables[RESULTS].dimension("Region").values
    levels = [regions.places[code].level for code in codes]
    return {
        "funnel": dict(safe.funnel),
        "quality": _quality(safe, least=policy.finer_from),
        "parameters": {name: parameters.threshold(name) for name in PARAMETERS},
        "protection": {
            **{name: int(getattr(policy, name)) for name in POLICY_LIMITS},
            "places_number": safe.report.places_number,
            "places_result": safe.report.places_result,
            "places_band": safe.report.places_band,
            "places_pooled": safe.report.places_pooled,
        },
        "regions": {level.value: levels.count(level) for level in (Level.COUNTY, Level.MUNICIPALITY)},
        "changes": {"cells": len(changes.cells)},
    }


def _quality(safe: SafeCubes, *, least: int) -> dict[str, int]:
    """The quality figures; a number of people that the policy would hide in a finer cell is left out here too.

    The two sources add up to everyone who ended, so one that is left out takes the other with it.
    """
    found = {
        name: value
        for name, value in safe.quality.items()
        if name.startswith(_OF_MUNICIPALITIES) or value == 0 or value >= least
    }
    if not (found.keys() >= _SOURCES):
        found = {name: value for name, value in found.items() if name not in _SOURCES}
    return found


def _numbers(facts: Mapping[str, Mapping[str, int]]) -> tuple[tuple[tuple[str, str], int], ...]:
    return tuple(((group, name), value) for group, numbers in facts.items() for name, value in numbers.items())
