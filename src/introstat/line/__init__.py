"""The line itself: the only package that knows the order of the stages.

    receive   collect → register    a sending becomes a receipt, and the register is the richer for it
    freeze    register → freeze     what was recorded by a time becomes a numbered snapshot
    prepare   tabulate → protect    a snapshot becomes a draft: safe cubes that wait for another person
    review                          that other person approves exactly those bytes
    release   publish               the draft becomes an edition, at once or at its announced time

`steps` has them, one method each. Beside it lies what a step needs and another can be understood without: `receiving`, what a
sending comes to in the register; `drafts`, what waits for review; `known`, what readers have already; `numbering`, what an
edition is called; `entries`, what the ledger says of a step; `overview`, where a year stands.
"""

from __future__ import annotations

from introstat.line.drafts import Draft, draft_summary
from introstat.line.overview import Overview
from introstat.line.steps import Issued, Line

__all__ = ["Draft", "Issued", "Line", "Overview", "draft_summary"]
