"""What the admin sees of ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["live", "earlier", "kept", "rejected"]
"""``earlier`` ones were live before and are gone back to; ``kept`` passed the gate and never went live."""


@dataclass(frozen=True, slots=True)
class Gate:
    """How a trained ranker did on the replay. Gains are in nDCG@10 of ``candidate`` over ``running``, with the interval
    within which the mean lies with 95% confidence on either side."""

    running: str
    """The version it was compared with; empty is the built-in ranking."""
    customers: int
    candidate: float
    incumbent: float
    gain: float
    low: float
    high: float
    passed: bool
    rule: str


@dataclass(frozen=True, slots=True)
class RankerVersion:
    name: str
    trained_at: datetime
    events: int
    state: State
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class ExperimentFigures:
    """``value`` is the difference of shares of units with the outcome (A/B), or the share of units that preferred the
    treatment (interleaving); ``neutral`` is what it is when both rankings are as good. The interval may be looked at
    any time. ``waiting`` units are not judged yet; ``mismatch`` says that the arms' sizes cannot be chance, so that
    nothing may be concluded."""

    id: str
    kind: Literal["ab", "interleaving"]
    control: str
    treatment: str
    goal: str
    started_at: datetime
    stopped_at: datetime | None
    alpha: float
    units: int
    waiting: int
    control_units: int
    treatment_units: int
    control_rate: float
    treatment_rate: float
    value: float
    low: float
    high: float
    p_value: float
    neutral: float
    mismatch: bool
    winner: Literal["control", "treatment"] | None


@dataclass(frozen=True, slots=True)
class RankingState:
    """``versions`` newest first; ``experiments`` newest first, at most one of them running. ``can_roll_back`` says
    whether there is something to go back to; ``lists`` counts the log."""

    versions: tuple[RankerVersion, ...]
    live: str
    """Empty: the built-in ranking."""
    can_roll_back: bool
    experiments: tuple[ExperimentFigures, ...]
    lists: int
