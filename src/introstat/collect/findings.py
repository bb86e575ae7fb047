"""What has been tried on a delivery and what was found so far.

A check is counted when it is tried, also when it finds nothing: a delivery that no check has seen cannot be received. When
one check fails on thousands of rows the first ones are told line by line and the rest are summed up in one last finding, so
that a receipt stays readable and small whatever is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from introstat.vocabulary.deliveries import Audience, Finding, Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from introstat.collect.rules.check import Check

TOLD_ONE_BY_ONE: Final = 500
"""Findings of one check and column that are told line by line; the rest become one finding that counts them."""

_ORDER: Final = {severity: place for place, severity in enumerate(Severity)}
_MORE: Final = Text(
    nb="Det samme gjelder {more} rader til. De første er listet for seg; rett årsaken og send filen på nytt.",
    nn="Det same gjeld {more} rader til. Dei første er lista for seg; rett årsaka og send fila på nytt.",
    en="The same holds for {more} more rows. The first ones are listed one by one; mend the cause and send the file again.",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the whole file is refused: what the finding needs. `values` fill the places of the check's message."""

    check: Check
    line: int | None = None
    column: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


class Findings:
    """Collects findings in the order they are made, and which checks were tried."""

    def __init__(self) -> None:
        self._tried: set[str] = set()
        self._found: list[Finding] = []
        self._told: Counter[tuple[str, str | None]] = Counter()
        self._untold: Counter[tuple[str, str | None]] = Counter()
        self._check: dict[str, tuple[Check, Audience]] = {}

    @property
    def tried(self) -> int:
        """How many different checks have been tried."""
        return len(self._tried)

    def try_all(self, checks: Iterable[Check]) -> None:
        """Note that these checks were tried."""
        self._tried.update(check.number for check in checks)

    def add(
        self,
        check: Check,
        *,
        lines: Iterable[int | None] = (None,),
        column: str | None = None,
        audience: Audience = Audience.SENDER,
        values: Mapping[str, object] | None = None,
    ) -> None:
        """Add one finding for each line, all with the same message; `values` fill its places."""
        self._tried.add(check.number)
        self._check[check.number] = (check, audience)
        key = (check.number, column)
        message = check.message.fill(**{"column": column or "", **(values or {})})
        for line in lines:
            if self._told[key] == TOLD_ONE_BY_ONE:
                self._untold[key] += 1
                continue
            self._told[key] += 1
            self._found.append(
                Finding(
                    check=check.number,
                    severity=check.severity,
                    line=line,
                    column=column,
                    message=message,
                    audience=audience,
                )
            )

    def refuse(self, refusal: Refusal) -> None:
        """Add the finding of a refusal."""
        self.add(refusal.check, lines=(refusal.line,), column=refusal.column, values=refusal.values)

    def all(self) -> tuple[Finding, ...]:
        """All findings: the gravest first, then by line; those on the whole file before those on a row."""
        return tuple(sorted([*self._found, *self._summed()], key=_place))

    def _summed(self) -> Iterable[Finding]:
        for (number, column), more in self._untold.items():
            check, audience = self._check[number]
            yield Finding(
                check=number,
                severity=check.severity,
                line=None,
                column=column,
                message=_MORE.fill(more=more),
                audience=audience,
                rows=more,
            )


def _place(finding: Finding) -> tuple[int, bool, int, str, str]:
    return (
        _ORDER[finding.severity],
        finding.rows > 1,
        finding.line or 0,
        finding.check,
        finding.column or "",
    )
