"""Model calls and tokens by UTC day: what the spend cap is held against."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock, Thread

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from assistant.database import Clock, Database, utc_now
from assistant.records.tables import UsageRow

log = structlog.get_logger()

LATELY_S = 5.0
"""How old a figure may be that the cap is held against: other processes spend too."""


@dataclass(frozen=True, slots=True)
class Day:
    day: str
    calls: int
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Usage:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._lately: Day | None = None
        self._looked_at = 0.0
        self._looking = Lock()

    def add(self, prompt_tokens: int, completion_tokens: int, calls: int = 1) -> None:
        row = self._database.insert(UsageRow).values(
            day=self._day(), calls=calls, prompt_tokens=prompt_tokens, completion_tokens=completion_tokens
        )
        new = row.excluded
        sums = {
            "calls": UsageRow.calls + new.calls,
            "prompt_tokens": UsageRow.prompt_tokens + new.prompt_tokens,
            "completion_tokens": UsageRow.completion_tokens + new.completion_tokens,
        }
        with self._database.write() as session:
            session.execute(row.on_conflict_do_update(index_elements=["day"], set_=sums))
        self._lately = self.today()

    def today(self) -> Day:
        day = self._day()
        with self._database.read() as session:
            row = session.get(UsageRow, day)
            return Day(day, 0, 0, 0) if row is None else _day(row)

    def tokens_lately(self) -> int:
        """Today's tokens as they were a few seconds ago. Waits for nothing, so that it may be asked anywhere."""
        known = self._lately
        if (known is None or time.monotonic() - self._looked_at > LATELY_S) and self._looking.acquire(blocking=False):
            Thread(target=self._look, name="usage", daemon=True).start()
        return known.tokens if known is not None and known.day == self._day() else 0

    def _look(self) -> None:
        try:
            self._lately = self.today()
        except SQLAlchemyError:
            log.warning("the model's use of today cannot be read", exc_info=True)
        finally:
            self._looked_at = time.monotonic()
            self._looking.release()

    def days(self, limit: int = 31) -> list[Day]:
        """The latest first; days without a call are left out."""
        with self._database.read() as session:
            query = select(UsageRow).order_by(UsageRow.day.desc()).limit(limit)
            return [_day(row) for row in session.scalars(query)]

    def _day(self) -> str:
        return self._clock().date().isoformat()


def _day(row: UsageRow) -> Day:
    return Day(row.day, row.calls, row.prompt_tokens, row.completion_tokens)
