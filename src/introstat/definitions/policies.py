"""Protection policies: which counts are sensitive, as somebody's decision and not as code.

Under ``strict-5`` a municipality where 12 ended and 4 went to work or education shows the 12 and hides the rest: 4 is
sensitive. Under ``base-5`` it shows both. Where nobody or everybody reached the goal, the result tells of each person there
and is sensitive under every policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from introstat.definitions.reading import BadDefinition, Table
from introstat.vocabulary.texts import Text


@dataclass(frozen=True, slots=True)
class ProtectionPolicy:
    """One policy; the fields named ``…_from`` are the smallest count other than zero that is shown.

    ``band_edges`` divides the shares from 0 to 100 per cent into bands, from the coarsest division to the finest, each with
    all edges of the one before it. A result that is not shown may be told as the band it lies in, where every band of the
    division holds at least ``band_values`` numbers of people. No divisions: no bands. Results of up to ``pooled_years`` years
    may be told together; one: never.
    """

    id: str
    label: Text
    description: Text
    number_from: int
    number_needs_result: bool
    result_base_from: int
    result_parts_from: int
    nobody_everybody: bool
    finer_from: int
    width: int
    band_edges: tuple[tuple[int, ...], ...]
    band_values: int
    pooled_years: int
    needs_decision: bool
    reference: str
    decided_by: str

    def __post_init__(self) -> None:
        if min(self.number_from, self.result_base_from, self.result_parts_from, self.finer_from) < 1:
            raise ValueError("a count is shown from one or more")
        if self.width < 2:
            raise ValueError("a hidden cell keeps at least two possible values")
        if self.pooled_years < 1:
            raise ValueError("a result is of one year or more")
        if self.band_edges and self.band_values < self.width:
            raise ValueError("a band holds at least as many values as a hidden cell keeps")
        for coarse, fine in zip(((), *self.band_edges), self.band_edges, strict=False):
            if not set(coarse) < set(fine) or list(fine) != sorted({*fine} & {*range(1, 100)}):
                raise ValueError("bands are divided at rising whole per cents, each division within the one before it")

    def number_is_sensitive(self, ended: int) -> bool:
        """Whether the number ended of a place, or of a group whose result is shown, must be hidden for its own sake."""
        return 0 < ended < self.number_from

    def result_is_sensitive(self, *, reached: int, rest: int) -> bool:
        """Whether the result, the rest and the share of a group must be hidden. A group of nobody has none to hide."""
        ended = reached + rest
        if ended == 0:
            return False
        if ended < self.result_base_from or (self.nobody_everybody and 0 in (reached, rest)):
            return True
        return any(0 < part < self.result_parts_from for part in (reached, rest))

    def finer_is_sensitive(self, count: int) -> bool:
        """Whether a finer count must be hidden for its own sake."""
        return 0 < count < self.finer_from


def read_policies(file: Table) -> Mapping[str, ProtectionPolicy]:
    """Build the policies from ``policies.toml``, by id. Raises BadDefinition."""
    policies = {policy.id: policy for policy in (_policy(table) for table in file.tables("policy"))}
    file.finish()
    return MappingProxyType(policies)


def _policy(table: Table) -> ProtectionPolicy:
    try:
        policy = ProtectionPolicy(
            id=table.string("id"),
            label=table.text("label"),
            description=table.text("description"),
            number_from=table.integer("number_from"),
            number_needs_result=table.flag("number_needs_result"),
            result_base_from=table.integer("result_base_from"),
            result_parts_from=table.integer("result_parts_from"),
            nobody_everybody=table.flag("nobody_everybody"),
            finer_from=table.integer("finer_from"),
            width=table.integer("width"),
            band_edges=tuple(_whole(edges) for edges in _list(table.anything("band_edges"))),
            band_values=table.integer("band_values"),
            pooled_years=table.integer("pooled_years"),
            needs_decision=table.flag("needs_decision"),
            reference=table.string("reference"),
            decided_by=table.string("decided_by"),
        )
    except ValueError as problem:
        raise BadDefinition(f"{table.where}: {problem}") from problem
    table.finish()
    return policy


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("band_edges is a list of lists of whole per cents")
    return value


def _whole(value: object) -> tuple[int, ...]:
    edges = _list(value)
    if not all(type(edge) is int for edge in edges):
        raise ValueError("band_edges is a list of lists of whole per cents")
    return tuple(edge for edge in edges if isinstance(edge, int))
