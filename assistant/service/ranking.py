"""What admins do with ranking: which ranker is live, going back to the one before, and what experiments say."""

from __future__ import annotations

import asyncio

from assistant.bootstrap import Shopclerk
from assistant.online.versions import VersionError
from assistant.online.view import RankingState
from assistant.pages import Refused


class RankingService:
    def __init__(self, app: Shopclerk) -> None:
        self.app = app

    async def ranking(self) -> RankingState:
        return await asyncio.to_thread(self.app.commerce.online.state)

    async def ranker_rollback(self) -> str:
        """The version that is live now; empty is the built-in ranking. Raises Refused when there is none before."""
        try:
            name = await asyncio.to_thread(self.app.commerce.online.versions.rollback)
        except VersionError as error:
            raise Refused(str(error)) from error
        await asyncio.to_thread(self.app.commerce.online.model.refresh)
        return name
