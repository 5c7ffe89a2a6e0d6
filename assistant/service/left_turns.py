"""Messages that were taken and not answered: their process died, or could not record what it had answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from assistant.bootstrap import Shopclerk
from assistant.pages import Cancel, Confirm, Message, Picture

log = structlog.get_logger()

MOST_LEFT = 500
"""Messages that are looked at at a time."""
AGAIN_S = 30.0


class LeftTurns:
    """Answers them. ``begin`` begins to answer a message of a conversation, unless that is under way."""

    def __init__(self, app: Shopclerk, begin: Callable[[str, Message], object]) -> None:
        self._app = app
        self._begin = begin

    async def follow(self) -> None:
        """Everybody's, from the shop's start until this is cancelled: also of those who are on no page just now."""
        while True:
            try:
                left = await asyncio.to_thread(self._app.commerce.records.turns.unanswered, MOST_LEFT)
            except Exception:  # the database is away; it comes back
                log.exception("what is left cannot be seen")
                left = []
            for conversation_id in left:
                try:
                    await self.answer(conversation_id)
                except Exception:  # one that cannot be answered keeps no other from it
                    log.exception("what was left is not answered", conversation=conversation_id)
            await asyncio.sleep(AGAIN_S)

    async def answer(self, conversation_id: str) -> None:
        """Begins to answer those of a conversation."""
        for asked in await asyncio.to_thread(self._app.commerce.records.turns.left, conversation_id):
            picture: Picture | None = None
            if asked.attachments:
                path = self._app.uploads.directory / asked.attachments[0].rpartition("/")[2]
                picture = Picture(await asyncio.to_thread(path.read_bytes), path.name) if path.is_file() else None
            press = Confirm() if asked.press == "confirm" else Cancel() if asked.press == "cancel" else None
            text = "" if press else asked.text
            self._begin(conversation_id, Message(asked.turn_id, text, picture, press, asked.replaces))
