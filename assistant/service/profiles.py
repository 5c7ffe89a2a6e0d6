"""A shopper's profile: what is held, changed, exported and forgotten; and what they do with
products."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import structlog

from assistant.bootstrap import Shopclerk
from assistant.events import TurnDone
from assistant.pages import Refused, Thumbs
from assistant.profile.view import ProfileView, ReceiptView
from assistant.records.conversations import Conversation as Record
from assistant.service.open_conversations import OpenConversations, owner_of
from assistant.service.profile_words import ProfileWords
from assistant.shop.behaviour import Kind
from retrieval.ranking.person import Preference

log = structlog.get_logger()

_THUMBS: tuple[Kind, ...] = ("thumb_up", "thumb_down")
_MAX_RECENT_MESSAGES = 500
"""Messages among which the turn of a thumb is looked for."""


class ProfileService:
    """What a shopper sees and changes of their profile, and what is learned of them on the pages. Calls raise
    ``UnknownConversation``; whoever has a conversation's id sees and changes its shopper's profile only."""

    def __init__(self, app: Shopclerk, conversations: OpenConversations) -> None:
        self.app = app
        self.conversations = conversations

    async def share(self, conversation_id: str, product_id: str) -> str:
        """A link to the product, to be passed on. Raises Refused when there is no such product."""
        language = (await self.conversations.record(conversation_id)).language
        if self.app.knowledge.search.product(product_id) is None:
            raise Refused(self.app.cards.texts("notice", language)["unknown_product"])
        await asyncio.to_thread(self.did, conversation_id, product_id, "share")
        return f"{self.app.settings.public_url.rstrip('/')}/chat/#product={quote(product_id, safe='')}"

    async def profile(self, conversation_id: str) -> ProfileView:
        return await asyncio.to_thread(self._view, await self.conversations.record(conversation_id))

    async def add_preference(self, conversation_id: str, text: str) -> ProfileView:
        """Reads "vegan, size 42, no leather". Raises Refused when nothing in it is known to the shop."""
        record = await self.conversations.record(conversation_id)
        wishes = await asyncio.to_thread(self._wishes, text, record.language)
        await asyncio.to_thread(self.app.commerce.profiles.preferences.state, owner_of(record), wishes, "panel")
        return await self.profile(conversation_id)

    async def change_preference(self, conversation_id: str, preference_id: str, text: str) -> ProfileView:
        """Raises Refused, also when there is no such preference (any more)."""
        record = await self.conversations.record(conversation_id)
        wishes = await asyncio.to_thread(self._wishes, text, record.language)
        if not await asyncio.to_thread(
            self.app.commerce.profiles.preferences.change, owner_of(record), preference_id, wishes
        ):
            raise Refused(self.app.cards.texts("profile", record.language)["gone"])
        return await self.profile(conversation_id)

    async def remove_preference(self, conversation_id: str, preference_id: str) -> ProfileView:
        record = await self.conversations.record(conversation_id)
        await asyncio.to_thread(self.app.commerce.profiles.preferences.remove, owner_of(record), preference_id)
        return await self.profile(conversation_id)

    async def switch_personal(self, conversation_id: str, on: bool) -> ProfileView:
        record = await self.conversations.record(conversation_id)
        await asyncio.to_thread(self.app.commerce.profiles.consent.switch, owner_of(record), on)
        return await self.profile(conversation_id)

    async def export_profile(self, conversation_id: str) -> dict[str, Any]:
        """Everything held, as JSON."""
        return await asyncio.to_thread(
            self.app.commerce.profiles.export, owner_of(await self.conversations.record(conversation_id))
        )

    async def forget(self, conversation_id: str) -> ReceiptView:
        """Erases everything but orders; the conversation goes on empty."""
        record = await self.conversations.record(conversation_id)
        async with self.conversations.lock(conversation_id):  # a turn under way would remember what it began with
            memory = await self.conversations.memory(conversation_id)
            receipt = await asyncio.to_thread(self.app.commerce.profiles.forget, owner_of(record))
            memory.clear()
            await self.conversations.remember(conversation_id, memory)
        return self._profile_words.receipt(receipt, record.language)

    @property
    def _profile_words(self) -> ProfileWords:
        products = self.app.knowledge.search.catalogue.products
        currency = products[0].currency if products else "USD"
        return ProfileWords(self.app.knowledge.lexicon, self.app.cards, self.app.knowledge.search.product, currency)

    def _view(self, record: Record) -> ProfileView:
        profiles, owner = self.app.commerce.profiles, owner_of(record)
        return self._profile_words.view(
            profiles.consent.of(owner),
            owner.customer_id is not None,
            profiles.interactions(owner),
            profiles.held(owner),
            profiles.preferences.of(owner),
            self.app.commerce.shop.clock(),
            record.language,
        )

    def _wishes(self, text: str, language: str) -> tuple[Preference, ...]:
        texts = self.app.cards.texts("profile", language)
        understander = self.app.deps.understander
        said = understander.english(text[: self.app.settings.message_limit], language)
        wishes, unknown = understander.wishes(said)
        if unknown:
            raise Refused(texts["not_understood"].format(value=unknown[0]))
        if not wishes:
            raise Refused(texts["nothing_written"])
        return wishes

    def did(self, conversation_id: str, product_id: str, kind: Kind) -> None:
        """Not on an event loop, like the next."""
        self.app.commerce.profiles.record(owner_of(self.conversations.find(conversation_id)), product_id, kind)

    def learn_from(self, conversation_id: str, thumb: Thumbs) -> None:
        """A verdict on a turn is one on the products that it showed; another takes its place."""
        shown = [
            card.id
            for message in self.app.commerce.records.conversations.latest(conversation_id, _MAX_RECENT_MESSAGES)
            if message.turn_id == thumb.turn_id and isinstance(message.event, TurnDone)
            for card in message.event.products
        ]
        if not shown:
            return
        self.app.commerce.shop.behaviours.withdraw(conversation_id, shown, _THUMBS)
        if thumb.verdict is not None:
            for product_id in shown:
                self.did(conversation_id, product_id, "thumb_up" if thumb.verdict == "up" else "thumb_down")
