"""Whether customers can be served now: what they need is tried, each for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import structlog
from sqlalchemy import text

from assistant.database import Database
from assistant.llm.availability import Availability
from retrieval.search.products import ProductSearch
from retrieval.search.query import Query

log = structlog.get_logger()

TRIED_WITHIN_S = 2.0
BELIEVED_S = 2.0
"""For how long an answer is given again: strangers may ask."""

State = Literal["ok", "bad", "off"]
Part = Literal["database", "vectors", "model"]
NEEDED: tuple[Part, ...] = ("database", "vectors")
"""Without a model the templates answer."""


@dataclass(frozen=True, slots=True)
class Ready:
    """``status``: ok; degraded: customers are served in plainer words; unavailable: they are not served."""

    parts: Mapping[Part, State]

    @property
    def status(self) -> Literal["ok", "degraded", "unavailable"]:
        if any(self.parts[part] == "bad" for part in NEEDED):
            return "unavailable"
        return "degraded" if "bad" in self.parts.values() else "ok"


class Readiness:
    """Of one event loop."""

    def __init__(self, database: Database, search: ProductSearch, model: Availability | None) -> None:
        self._tries: dict[Part, Callable[[], None]] = {
            "database": lambda: _writes(database),
            "vectors": lambda: _finds(search),
        }
        self._model = model
        self._one_at_a_time = asyncio.Lock()
        self._told: tuple[float, Ready] | None = None

    async def now(self) -> Ready:
        async with self._one_at_a_time:
            if self._told is None or time.monotonic() - self._told[0] > BELIEVED_S:
                states = await asyncio.gather(*(self._tried(part) for part in self._tries))
                model: State = "off" if self._model is None else "ok" if self._model.target() else "bad"
                ready = Ready({**dict(zip(self._tries, states, strict=True)), "model": model})
                self._told = time.monotonic(), ready
            return self._told[1]

    async def _tried(self, part: Part) -> State:
        try:
            async with asyncio.timeout(TRIED_WITHIN_S):
                await asyncio.to_thread(self._tries[part])
        except Exception:  # whatever it is, it is not ready
            log.warning("a part of the shop is not ready", part=part, exc_info=True)
            return "bad"
        return "ok"


def _writes(database: Database) -> None:
    """Takes the lock for writing, and writes nothing."""
    with database.write() as session:
        session.execute(text("select 1"))


def _finds(search: ProductSearch) -> None:
    """Raises ``LookupError`` where nothing can be found in what is for sale."""
    products = search.catalogue.products
    if not products:
        raise LookupError("there is no catalogue")
    search.search(Query(text=products[0].name("en"), limit=1))
