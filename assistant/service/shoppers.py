"""What shoppers do: conversations, turns, buttons, history and live messages."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

import structlog

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue.memory import Memory
from assistant.events import Event
from assistant.languages import Language, spoken
from assistant.pages import (
    AddToCart,
    Cancel,
    ChangeQuantity,
    Confirm,
    Conversation,
    Message,
    ModelState,
    News,
    PageSeen,
    Picture,
    Press,
    Receipt,
    Thumbs,
    UnknownConversation,
)
from assistant.records.changes import Watch
from assistant.records.conversations import Conversation as Record
from assistant.service.history import news
from assistant.service.messages import MessageService
from assistant.service.open_conversations import OpenConversations
from assistant.service.profiles import ProfileService
from assistant.service.shopping import ShoppingService
from assistant.service.streams import Most, Streams
from assistant.service.turns import RunningTurn, cart, progress
from retrieval.models import Product

log = structlog.get_logger()


class ShopperService:
    """What the chat does. Calls on a conversation raise ``UnknownConversation``."""

    def __init__(
        self,
        app: Shopclerk,
        access: Access,
        conversations: OpenConversations,
        profiles: ProfileService,
        shopping: ShoppingService,
    ) -> None:
        self.app = app
        self.access = access
        self.conversations = conversations
        self.profiles = profiles
        self.shopping = shopping
        self.messages = MessageService(app, conversations)
        most = Most(app.settings.streams_of_conversation, app.settings.streams_of_address, app.settings.streams_in_all)
        self.streams = Streams(most)

    async def start(self, customer_token: str | None, language: Language) -> Conversation:
        """A new conversation. A wrong or stale token starts an anonymous one. Raises ``TooMany``."""
        self.app.bounds.take("conversations", language=language)
        customer_id = self.access.read_customer(customer_token)

        def begun() -> Record:
            customer = self.app.commerce.shop.customers.get(customer_id) if customer_id else None
            return self.app.commerce.records.conversations.start(language, customer.id if customer else None)

        record = await asyncio.to_thread(begun)
        await self.conversations.remember(record.id, Memory(language=language, customer_id=record.customer_id))
        return await self._conversation(record)

    async def resume(self, conversation_id: str, customer_token: str | None = None) -> Conversation:
        """Raises UnknownConversation; also for the conversation of somebody else than a valid ``customer_token`` names,
        or of a customer where it is empty: they have signed out."""
        record = await self.conversations.record(conversation_id)
        customer = self.access.read_customer(customer_token)
        if customer_token is not None and (customer or not customer_token) and customer != record.customer_id:
            raise UnknownConversation(conversation_id)
        return await self._conversation(record)

    async def set_language(self, conversation_id: str, language: Language) -> None:
        """The shopper chose it by hand: replies follow until a message is plainly in another language."""
        await self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        memory.language = language
        await self.conversations.remember(conversation_id, memory)
        await asyncio.to_thread(self.app.commerce.records.conversations.set_language, conversation_id, language)

    async def turn(
        self, conversation_id: str, text: str, picture: Picture | None, turn_id: str = ""
    ) -> AsyncIterator[Event]:
        """Sends a message and yields the reply's events as they come, ended by ``TurnDone``; the same ``turn_id`` again
        yields the same reply. Bad input is answered with a ``Notice``. Whoever stops reading stops nothing.

        While a human is in charge the message goes to the agent: the turn then yields a ``Notice``.
        """
        _, events = await self.taken(conversation_id, text, picture, turn_id)
        async for event in events:
            yield event

    async def taken(
        self, conversation_id: str, text: str, picture: Picture | None, turn_id: str = ""
    ) -> tuple[Receipt, AsyncIterator[Event]]:
        """The same, with what became of the message before the first event is there."""
        return await self.messages.taken(conversation_id, Message(turn_id or _turn_id(), text, picture))

    async def press(self, conversation_id: str, press: Press, turn_id: str = "") -> AsyncIterator[Event]:
        match press:
            case Confirm() | Cancel():
                _, events = await self.messages.taken(conversation_id, Message(turn_id or _turn_id(), press=press))
                async for event in events:
                    yield event
            case _:
                record = await self.conversations.record(conversation_id)
                async with self.conversations.lock(conversation_id):
                    async for event in self._pressed(conversation_id, press, record.language):
                        yield event

    async def _pressed(
        self, conversation_id: str, press: AddToCart | ChangeQuantity | Thumbs, language: str
    ) -> AsyncIterator[Event]:
        match press:
            case Thumbs():
                await asyncio.to_thread(self._thumb, conversation_id, press)
            case AddToCart() | ChangeQuantity():
                yield await self.shopping.press(conversation_id, press, language)
                self.app.commerce.records.changes.announce(cart(conversation_id))

    def _thumb(self, conversation_id: str, thumb: Thumbs) -> None:
        records, turn_id = self.app.commerce.records, thumb.turn_id
        self.app.deps.online.thumb(conversation_id, turn_id, thumb.verdict)
        if thumb.verdict is None:
            records.feedback.withdraw(conversation_id, turn_id)
        else:
            records.feedback.give(conversation_id, turn_id, thumb.verdict, thumb.reason)
        try:
            self.profiles.learn_from(conversation_id, thumb)
        except Exception:  # what is learned from a thumb must not break the thumb
            log.exception("a thumb was not learned from", conversation=conversation_id)

    async def send(self, conversation_id: str, message: Message) -> Receipt:
        """Takes a message, once whatever happens: the same turn id again joins what runs, or finds it answered. The
        reply runs on by itself; ``running`` and ``news`` show it."""
        return await self.messages.send(conversation_id, message)

    async def stop(self, conversation_id: str, turn_id: str) -> bool:
        """The shopper wants no more of this reply: what was shown stays. False when it is not under way."""
        return await self.messages.stop(conversation_id, turn_id)

    async def answer_left(self, conversation_id: str) -> None:
        """Begins to answer what was sent to a process that died before it did."""
        await self.messages.left.answer(conversation_id)

    def running(self, conversation_id: str) -> RunningTurn | None:
        """The turn whose reply is under way, in this process."""
        return self.messages.running_turns.shown(conversation_id)

    def answering(self, conversation_id: str) -> str | None:
        """The turn whose reply is still to be recorded, by this process or, as far as it waits for it, by another."""
        return self.messages.running_turns.answering(conversation_id)

    def watch(self, conversation_id: str) -> AbstractContextManager[Watch]:
        """Wakes for what is recorded, for the pieces of running turns, and for the cart."""
        changes = self.app.commerce.records.changes
        return changes.watch(conversation_id, progress(conversation_id), cart(conversation_id))

    async def close(self) -> None:
        """Lets running turns come to their end, as the shop stops."""
        await self.messages.running_turns.close()

    async def see(self, conversation_id: str, page: PageSeen) -> None:
        """The shopper looks at this page of the shop."""
        product = await asyncio.to_thread(self._product_of, page.product)
        await asyncio.to_thread(
            self.app.commerce.records.pages.put,
            conversation_id,
            product_id=product.id if product else None,
            query=page.query,
            url=page.url,
            title=page.title or page.product,
            cart=page.cart,
        )

    def _product_of(self, said: str) -> Product | None:
        """By its id, that of a version, or its title."""
        look_up = self.app.knowledge.search.product
        if not said or (found := look_up(said) or look_up(said.rpartition("/")[0])):
            return found if said else None
        named = self.app.deps.titles().named(said[:200])
        return named[0] if len(named) == 1 else None

    async def news(self, conversation_id: str, after: int) -> News:
        """What everybody said after the cursor, oldest first; all of it after 0. Raises UnknownConversation."""

        def read() -> News:
            record = self.conversations.find(conversation_id)
            return news(self.app.commerce.records, record, min(after, record.sequence))

        return await asyncio.to_thread(read)

    async def model_state(self) -> ModelState:
        if self.app.model.client is None:
            return ModelState(False, "off")
        match self.app.model.unready():
            case None:
                return ModelState(True)
            case "warming_up":
                return ModelState(False, "warming_up")
            case _:
                return ModelState(False, "unavailable")

    async def _conversation(self, record: Record) -> Conversation:
        customers = self.app.commerce.shop.customers
        customer = await asyncio.to_thread(customers.get, record.customer_id) if record.customer_id else None
        return Conversation(record.id, spoken(record.language), customer.name if customer else None)


def _turn_id() -> str:
    return secrets.token_urlsafe(9)
