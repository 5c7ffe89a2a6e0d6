"""What every service asks of a conversation: its record, what the dialogue remembers, and its turn in the queue."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from assistant.bootstrap import Shopclerk
from assistant.dialogue.memory import Memory
from assistant.pages import UnknownConversation
from assistant.profile.owner import Owner
from assistant.records.conversations import Conversation

_MAX_LOCKS = 10_000
"""Conversations whose locks are kept."""


class OpenConversations:
    def __init__(self, app: Shopclerk) -> None:
        self._app = app
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()

    async def record(self, conversation_id: str) -> Conversation:
        """Raises ``UnknownConversation``."""
        return await asyncio.to_thread(self.find, conversation_id)

    def find(self, conversation_id: str) -> Conversation:
        """The same where SQL may be waited for: not on an event loop."""
        record = self._app.commerce.records.conversations.get(conversation_id)
        if record is None:
            raise UnknownConversation(conversation_id)
        return record

    async def memory(self, conversation_id: str) -> Memory:
        """Raises ``UnknownConversation``."""
        record = await self.record(conversation_id)
        return await self._app.dialogue.memory(conversation_id) or Memory(
            language=record.language, customer_id=record.customer_id
        )

    async def remember(self, conversation_id: str, memory: Memory) -> None:
        await self._app.dialogue.remember(conversation_id, memory)

    def lock(self, conversation_id: str) -> asyncio.Lock:
        """One turn at a time in a conversation; the oldest idle locks are forgotten."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._locks.move_to_end(conversation_id)
        while len(self._locks) > _MAX_LOCKS and not next(iter(self._locks.values())).locked():
            self._locks.popitem(last=False)
        return lock


def owner_of(record: Conversation) -> Owner:
    """Whose profile a conversation's is: the customer's, else its own."""
    return Owner(record.customer_id, record.id)
