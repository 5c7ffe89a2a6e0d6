"""Experiments: which one runs, and which of its two rankings a shopper gets."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from assistant.database import Clock, Database, utc_now
from assistant.online.tables import ExperimentRow
from retrieval.ranking.interleaving import Team

Kind = Literal["ab", "interleaving"]
Goal = Literal["click", "cart", "purchase"]

POLL_S = 5.0
"""For how long a serving process believes what it last read: a start or stop elsewhere is seen this late."""


class ExperimentError(RuntimeError):
    """An experiment cannot be started or stopped; the message says why."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """``alpha`` is the probability of a false alarm over all looks together."""

    id: str
    kind: Kind
    control: str
    treatment: str
    goal: Goal
    salt: str
    alpha: float
    window_hours: float
    started_at: datetime
    stopped_at: datetime | None = None

    def arm(self, unit: str) -> Team:
        """The same for a unit at every call, and unrelated to its arm in any other experiment. Half of all units get
        either."""
        digest = hashlib.sha256(f"{self.salt}/{unit}".encode()).digest()
        return "treatment" if digest[0] < 128 else "control"

    def policy(self, arm: Team) -> str:
        return self.treatment if arm == "treatment" else self.control


class Experiments:
    """At most one runs at a time: two would each be half of the other's noise."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._read = float("-inf")
        self._running: Experiment | None = None

    def running(self, fresh: bool = False) -> Experiment | None:
        """``fresh`` asks the database; else it may be ``POLL_S`` old."""
        if fresh or time.monotonic() - self._read >= POLL_S:
            with self._database.read() as session:
                row = session.scalar(select(ExperimentRow).where(ExperimentRow.running))
            self._running, self._read = _value(row) if row else None, time.monotonic()
        return self._running

    def start(
        self,
        kind: Kind,
        control: str,
        treatment: str,
        goal: Goal = "click",
        alpha: float = 0.05,
        window_hours: float = 24.0,
    ) -> Experiment:
        """Raises ``ExperimentError`` when one runs already, both arms are the same, or a value makes no sense."""
        if kind not in get_args(Kind) or goal not in get_args(Goal):
            raise ExperimentError(f"an experiment is {' or '.join(get_args(Kind))}, for {', '.join(get_args(Goal))}")
        if control == treatment:
            raise ExperimentError(f"both arms are {control}: there is nothing to compare")
        if not 0 < alpha < 0.5 or not window_hours > 0:
            raise ExperimentError("alpha must be between 0 and 0.5, and the window longer than 0 hours")
        now = self._clock()
        row = ExperimentRow(
            id=f"exp-{now:%Y%m%d}-{secrets.token_hex(2)}",
            kind=kind,
            control=control,
            treatment=treatment,
            goal=goal,
            salt=secrets.token_hex(16),
            alpha=alpha,
            window_hours=window_hours,
            started_at=now,
        )
        try:
            with self._database.write() as session:
                session.add(row)
        except IntegrityError as error:
            raise ExperimentError("an experiment is running already; stop it first") from error
        self._read = float("-inf")
        return _value(row)

    def stop(self) -> Experiment:
        """Raises ``ExperimentError`` when none runs."""
        with self._database.write() as session:
            row = session.scalar(select(ExperimentRow).where(ExperimentRow.running).with_for_update())
            if row is None:
                raise ExperimentError("no experiment is running")
            stopped_at = self._clock()
            session.execute(
                update(ExperimentRow).where(ExperimentRow.id == row.id).values(running=False, stopped_at=stopped_at)
            )
        self._read = float("-inf")
        return self.of(row.id)

    def of(self, experiment_id: str) -> Experiment:
        """Raises ``ExperimentError`` for an unknown id."""
        with self._database.read() as session:
            row = session.get(ExperimentRow, experiment_id)
        if row is None:
            raise ExperimentError(f"there is no experiment {experiment_id}")
        return _value(row)

    def latest(self, limit: int = 10) -> list[Experiment]:
        """Newest first."""
        query = select(ExperimentRow).order_by(ExperimentRow.started_at.desc(), ExperimentRow.id).limit(limit)
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(query)]


def _value(row: ExperimentRow) -> Experiment:
    return Experiment(
        row.id,
        cast(Kind, row.kind),
        row.control,
        row.treatment,
        cast(Goal, row.goal),
        row.salt,
        row.alpha,
        row.window_hours,
        row.started_at,
        row.stopped_at,
    )
