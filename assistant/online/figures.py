"""What an experiment says so far, from the log of lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.online.experiments import Experiment
from assistant.online.exposures import Exposure
from assistant.online.sequential import ConfidenceSequence, difference_in_means, share_of_wins
from assistant.online.view import ExperimentFigures
from retrieval.ranking.interleaving import Team, winner

MISMATCH_ALPHA = 0.001
"""A ratio of arms less likely than this, at any look, is a fault in the assignment or the log, not chance."""


@dataclass(slots=True)
class _Unit:
    """One shopper's part: each counts once, however many lists they call up or however often they click."""

    first: datetime
    taken: list[Team] = field(default_factory=list)
    """Of each item that the outcome came of, whose it was."""
    reached: bool = False


def figures(experiment: Experiment, lists: Sequence[Exposure], now: datetime) -> ExperimentFigures:
    """``lists`` are the experiment's, oldest first. A unit is judged when its window has passed, by what came of its
    lists within it, so that no verdict is changed by later lists or clicks."""
    window = timedelta(hours=experiment.window_hours)
    units: dict[str, _Unit] = {}
    for shown in lists:
        unit = units.setdefault(shown.unit, _Unit(shown.at))
        for item in shown.items:
            came = item.outcomes.get(experiment.goal)
            if came is not None and came <= unit.first + window:
                unit.reached = True
                if item.team is not None and item.sponsored is None:
                    unit.taken.append(item.team)
    ripe = {name: unit for name, unit in units.items() if unit.first + window <= now}
    arms = [experiment.arm(name) == "treatment" for name in units]
    treated = [experiment.arm(name) == "treatment" for name in ripe]
    reached = [float(unit.reached) for unit in ripe.values()]
    mismatch = False
    if experiment.kind == "ab":
        neutral, verdict = 0.0, difference_in_means(treated, reached, experiment.alpha)
        mismatch = share_of_wins(sum(arms), len(arms) - sum(arms)).p_value < MISMATCH_ALPHA
    else:
        wins = [team for unit in ripe.values() if (team := winner(unit.taken)) is not None]
        treatment = wins.count("treatment")
        neutral, verdict = 0.5, share_of_wins(treatment, len(wins) - treatment, experiment.alpha)
    return ExperimentFigures(
        id=experiment.id,
        kind=experiment.kind,
        control=experiment.control,
        treatment=experiment.treatment,
        goal=experiment.goal,
        started_at=experiment.started_at,
        stopped_at=experiment.stopped_at,
        alpha=experiment.alpha,
        units=len(ripe),
        waiting=len(units) - len(ripe),
        control_units=len(ripe) - sum(treated),
        treatment_units=sum(treated),
        control_rate=_mean([value for value, arm in zip(reached, treated, strict=True) if not arm]),
        treatment_rate=_mean([value for value, arm in zip(reached, treated, strict=True) if arm]),
        value=verdict.value,
        low=verdict.low,
        high=verdict.high,
        p_value=verdict.p_value,
        neutral=neutral,
        mismatch=mismatch,
        winner=_winner(verdict, neutral, experiment.alpha) if not mismatch else None,
    )


def _winner(verdict: ConfidenceSequence, neutral: float, alpha: float) -> Team | None:
    if not verdict.decides(alpha):
        return None
    return "treatment" if verdict.value > neutral else "control"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
