"""What an attack found: cells that can take too few values, and how far every other one was seen to move."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True, slots=True)
class Weakness:
    """A guarded cell that can take too few values, for everybody (`insider` −1) or for one insider."""

    cell: int
    insider: int
    low: int
    high: int
    settled: bool


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What an attack found. Safe when it is settled and nothing is weak."""

    weak: tuple[Weakness, ...]
    hidden: int
    linear_programs: int
    by_bounds: int = 0
    """Hidden cells that are open by their bounds in real numbers only: no whole table was found that moves them."""
    reach: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    """Per cell how far below and above its true value it was seen: a lower bound on its freedom."""
    tables: csr_array | None = None
    """Leaves × other tables that agree with everything shown, as changes. They agree with every pattern that hides more."""

    @property
    def settled(self) -> bool:
        """Whether every question was answered."""
        return all(weakness.settled for weakness in self.weak)

    @property
    def exact(self) -> tuple[Weakness, ...]:
        """The cells that can be computed."""
        return tuple(weakness for weakness in self.weak if weakness.settled and weakness.low == weakness.high)

    @property
    def narrow(self) -> tuple[Weakness, ...]:
        """The cells with more than one but too few possible values."""
        return tuple(weakness for weakness in self.weak if weakness.settled and weakness.low != weakness.high)
