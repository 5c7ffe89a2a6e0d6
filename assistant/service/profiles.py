"""The shopper's desk with their profile: what is held, changed, exported and forgotten; and what they do with
products."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import structlog

from assistant.desk import Press, ProductDetail, Refused, Thumbs
from assistant.events import Event, TurnDone
from assistant.profile.desk import ProfileView, ReceiptView
from assistant.profile.owner import Owner
from assistant.records.conversations import Conversation as Record
from assistant.service.profile_words import ProfileWords
from assistant.service.shoppers import ShopperService
from assistant.shop.behaviour import Kind
from retrieval.ranking.person import Preference

log = structlog.get_logger()

_THUMBS: tuple[Kind, ...] = ("thumb_up", "thumb_down")
_RECENT = 500
"""Messages among which the turn of a thumb is looked for."""


class ProfileService(ShopperService):
    """Implements ``assistant.profile.desk.ProfileDesk``, and records what the page tells."""

    async def product(self, conversation_id: str, product_id: str) -> ProductDetail:
        detail = await super().product(conversation_id, product_id)
        self._did(conversation_id, product_id, "click")
        return detail

    async def press(self, conversation_id: str, press: Press) -> AsyncIterator[Event]:
        async for event in super().press(conversation_id, press):
            yield event
        if isinstance(press, Thumbs):
            try:
                self._thumb(conversation_id, press)
            except Exception:  # what is learned from a thumb must not break the thumb
                log.exception("a thumb was not learned from", conversation=conversation_id)

    async def share(self, conversation_id: str, product_id: str) -> str:
        language = self._record(conversation_id).language
        if self.app.search.product(product_id) is None:
            raise Refused(self.app.cards.texts("notice", language)["unknown_product"])
        self._did(conversation_id, product_id, "share")
        return f"{self.app.settings.public_url.rstrip('/')}/chat/#product={quote(product_id, safe='')}"

    async def profile(self, conversation_id: str) -> ProfileView:
        return await asyncio.to_thread(self._view, self._record(conversation_id))

    async def add_preference(self, conversation_id: str, text: str) -> ProfileView:
        record = self._record(conversation_id)
        wishes = self._wishes(text, record.language)
        await asyncio.to_thread(self.app.profiles.preferences.state, _owner(record), wishes, "panel")
        return await self.profile(conversation_id)

    async def change_preference(self, conversation_id: str, preference_id: str, text: str) -> ProfileView:
        record = self._record(conversation_id)
        wishes = self._wishes(text, record.language)
        if not await asyncio.to_thread(self.app.profiles.preferences.change, _owner(record), preference_id, wishes):
            raise Refused(self.app.cards.texts("profile", record.language)["gone"])
        return await self.profile(conversation_id)

    async def remove_preference(self, conversation_id: str, preference_id: str) -> ProfileView:
        record = self._record(conversation_id)
        await asyncio.to_thread(self.app.profiles.preferences.remove, _owner(record), preference_id)
        return await self.profile(conversation_id)

    async def switch_personal(self, conversation_id: str, on: bool) -> ProfileView:
        record = self._record(conversation_id)
        await asyncio.to_thread(self.app.profiles.consent.switch, _owner(record), on)
        return await self.profile(conversation_id)

    async def export_profile(self, conversation_id: str) -> dict[str, Any]:
        return await asyncio.to_thread(self.app.profiles.export, _owner(self._record(conversation_id)))

    async def forget(self, conversation_id: str) -> ReceiptView:
        record = self._record(conversation_id)
        async with self._lock(conversation_id):  # a turn under way would remember what it began with
            memory = await self._memory(conversation_id)
            receipt = await asyncio.to_thread(self.app.profiles.forget, _owner(record))
            memory.clear()
            await self.dialogue.remember(conversation_id, memory)
        return self._profile_words.receipt(receipt, record.language)

    @property
    def _profile_words(self) -> ProfileWords:
        products = self.app.search.catalogue.products
        currency = products[0].currency if products else "USD"
        return ProfileWords(self.app.lexicon, self.app.cards, self.app.search.product, currency)

    def _view(self, record: Record) -> ProfileView:
        profiles, owner = self.app.profiles, _owner(record)
        return self._profile_words.view(
            profiles.consent.of(owner),
            owner.customer_id is not None,
            profiles.deeds(owner),
            profiles.held(owner),
            profiles.preferences.of(owner),
            self.app.shop.clock(),
            record.language,
        )

    def _wishes(self, text: str, language: str) -> tuple[Preference, ...]:
        texts = self.app.cards.texts("profile", language)
        wishes, unknown = self.app.parts.understander.wishes(text[: self.app.settings.message_limit])
        if unknown:
            raise Refused(texts["not_understood"].format(value=unknown[0]))
        if not wishes:
            raise Refused(texts["nothing_written"])
        return wishes

    def _did(self, conversation_id: str, product_id: str, kind: Kind) -> None:
        self.app.profiles.record(_owner(self._record(conversation_id)), product_id, kind)

    def _thumb(self, conversation_id: str, thumb: Thumbs) -> None:
        """A verdict on a turn is one on the products that it showed; another takes its place."""
        shown = [
            card.id
            for message in self.app.records.conversations.latest(conversation_id, _RECENT)
            if message.turn_id == thumb.turn_id and isinstance(message.event, TurnDone)
            for card in message.event.products
        ]
        if not shown:
            return
        self.app.shop.behaviours.withdraw(conversation_id, shown, _THUMBS)
        if thumb.verdict is not None:
            for product_id in shown:
                self._did(conversation_id, product_id, "thumb_up" if thumb.verdict == "up" else "thumb_down")


def _owner(record: Record) -> Owner:
    return Owner(record.customer_id, record.id)
