"""One conversation from the command line: the same dialogue as behind the pages, with the same records."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from assistant.bootstrap import Shopclerk, build
from assistant.cli.failures import Unusable
from assistant.cli.progress import Steps
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.events import Event
from assistant.llm.endpoint import find_running
from assistant.settings import Settings

MAX_SERVER_WAIT_S = 300.0
"""Longest wait for a model server that this command had to start itself."""


@dataclass(slots=True)
class ChatSession:
    dialogue: Dialogue
    id: str

    async def say(self, turn: Turn) -> list[Event]:
        return [event async for event in self.dialogue.run(turn)]

    def turn(self, text: str) -> Turn:
        return Turn(self.id, secrets.token_urlsafe(9), text=text)


def opened_shop(settings: Settings, *, model: bool) -> Shopclerk:
    """The shop for one command. ``model``: use the running model server, or start one for this command."""
    if not model:
        settings = settings.model_copy(update={"llm": "off"})
    own = model and not settings.llm_url and find_running(settings.state_dir) is None
    with Steps() as steps:
        return build(settings, managed=own, tell=steps.tell)


@asynccontextmanager
async def conversation(shop: Shopclerk, customer_id: str | None = None) -> AsyncIterator[ChatSession]:
    """The shop, opened for one conversation. Raises ``Unusable`` for an unknown customer."""
    async with shop.opened() as dialogue:
        session = await begun(shop, dialogue, customer_id)
        await warm(shop)
        yield session


async def begun(shop: Shopclerk, dialogue: Dialogue, customer_id: str | None = None) -> ChatSession:
    """A new conversation with the opened shop. Raises ``Unusable`` for an unknown customer."""
    if customer_id and await asyncio.to_thread(shop.commerce.shop.customers.get, customer_id) is None:
        raise Unusable(f"there is no customer {customer_id}")
    record = await asyncio.to_thread(shop.commerce.records.conversations.start, "en", customer_id)
    await dialogue.remember(record.id, Memory(customer_id=customer_id))
    return ChatSession(dialogue, record.id)


async def warm(shop: Shopclerk) -> None:
    """Waits for a model that is being started; says so, and goes on without it when it fails."""
    if shop.model.client is None:
        return
    begin, told = time.monotonic(), ""
    patience = MAX_SERVER_WAIT_S if shop.model.server else 5.0
    while not shop.model.client.ready and time.monotonic() - begin < patience:
        state = shop.model.server.state if shop.model.server else None
        if state and state.detail != told:
            told = state.detail
            print(f"==> {told}", file=sys.stderr, flush=True)
        if state and state.name in ("failed", "absent"):
            return
        await asyncio.sleep(0.1)
