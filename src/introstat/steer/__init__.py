"""From released figures and goals to what each municipality follows up.

    follow_up(results, goals=…, national_target=…) -> tuple[FollowUp, ...]

Reads `SafeCube`s only: a municipality without a published result gets an answer that says so, never a number.
"""

from introstat.steer.followup import FollowUp, Standing, follow_up
from introstat.steer.goals import Goal

__all__ = ["FollowUp", "Goal", "Standing", "follow_up"]
