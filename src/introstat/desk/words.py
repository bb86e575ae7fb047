"""The desk's words for states and kinds, with the design system's colour for each: one place, so that no page differs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from introstat.vocabulary.deliveries import DeliveryKind, DeliveryStatus, Severity
from introstat.vocabulary.snapshots import Provenance, SnapshotKind

STATUS: Final[Mapping[DeliveryStatus, tuple[str, str]]] = MappingProxyType(
    {
        DeliveryStatus.ACCEPTED: ("tatt imot", "success"),
        DeliveryStatus.PARTLY: ("delvis tatt imot", "warning"),
        DeliveryStatus.REJECTED: ("avvist", "danger"),
    }
)
SEVERITY: Final[Mapping[Severity, tuple[str, str]]] = MappingProxyType(
    {
        Severity.FATAL: ("stopper filen", "danger"),
        Severity.ERROR: ("feil", "danger"),
        Severity.WARNING: ("bekreft", "warning"),
        Severity.INFO: ("til orientering", "info"),
    }
)
KIND: Final[Mapping[DeliveryKind | None, str]] = MappingProxyType(
    {
        DeliveryKind.PARTICIPANTS: "deltakere",
        DeliveryKind.MEASURES: "tiltak",
        DeliveryKind.EVENTS: "hendelser",
        DeliveryKind.DIRECT_REPORT: "direkterapport",
        DeliveryKind.NIL_REPORT: "nullrapport",
        None: "ukjent",
    }
)
SNAPSHOT: Final[Mapping[SnapshotKind, str]] = MappingProxyType(
    {SnapshotKind.PRELIMINARY: "foreløpig", SnapshotKind.FINAL: "endelig"}
)
LEVEL: Final[Mapping[str, str]] = MappingProxyType(
    {
        "country": "landet",
        "county": "fylker",
        "imdi_region": "IMDi-regioner",
        "economic_region": "næringsregioner",
        "region": "regioner ved siden av fylkene",
        "municipality": "kommuner",
        "district": "bydeler",
    }
)
PROVENANCE: Final[Mapping[Provenance, str]] = MappingProxyType(
    {Provenance.REGISTER: "fra registeret", Provenance.SYNTHETIC: "syntetiske"}
)
