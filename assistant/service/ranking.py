"""The admin's desk: which ranker is live, going back to the one before, and what experiments say."""

from __future__ import annotations

import asyncio

from assistant.bootstrap import Shopclerk
from assistant.desk import Refused
from assistant.online.versions import VersionError
from assistant.online.view import RankingState


class RankingService:
    """Implements ``assistant.online.view.RankingDesk``."""

    def __init__(self, app: Shopclerk) -> None:
        self.app = app

    async def ranking(self) -> RankingState:
        return await asyncio.to_thread(self.app.online.state)

    async def ranker_rollback(self) -> str:
        try:
            name = await asyncio.to_thread(self.app.online.versions.rollback)
        except VersionError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self.app.online.model.refresh)
        return name
