"""What shoppers do: conversations, turns, buttons, history and live messages."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import structlog
from PIL import Image

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Press as TurnPress
from assistant.dialogue.turn import Turn
from assistant.events import Event, Notice
from assistant.languages import Language, spoken
from assistant.pages import (
    AddToCart,
    Cancel,
    ChangeQuantity,
    Confirm,
    Conversation,
    ModelState,
    News,
    Picture,
    Press,
    Thumbs,
)
from assistant.records.conversations import Conversation as Record
from assistant.records.conversations import Sender
from assistant.service.history import Speaker, news
from assistant.service.open_conversations import OpenConversations
from assistant.service.profiles import ProfileService
from assistant.service.shopping import ShoppingService
from assistant.understanding.guard import guard
from retrieval.encoders.pictures import BadPicture, open_picture

log = structlog.get_logger()

_AGENTS: tuple[Speaker, ...] = ("agent",)
_SILENT = ("empty", "no_words", "too_long")


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

    async def start(self, customer_token: str | None, language: Language) -> Conversation:
        """A new conversation. A wrong or stale token starts an anonymous one."""
        customer_id = self.access.read_customer(customer_token)
        customer = self.app.commerce.shop.customers.get(customer_id) if customer_id else None
        record = self.app.commerce.records.conversations.start(language, customer.id if customer else None)
        await self.conversations.remember(record.id, Memory(language=language, customer_id=record.customer_id))
        return self._conversation(record)

    async def resume(self, conversation_id: str) -> Conversation:
        """Raises UnknownConversation."""
        return self._conversation(self.conversations.record(conversation_id))

    async def set_language(self, conversation_id: str, language: Language) -> None:
        """The shopper chose it by hand: replies follow until a message is plainly in another language."""
        self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        memory.language = language
        await self.conversations.remember(conversation_id, memory)
        self.app.commerce.records.conversations.set_language(conversation_id, language)

    async def turn(self, conversation_id: str, text: str, picture: Picture | None) -> AsyncIterator[Event]:
        """The events of one turn as they come, ended by ``TurnDone``. Bad input is answered with a ``Notice``.

        While a human is in charge the message goes to the agent: the turn then yields nothing, or a ``Notice``.
        """
        record = self.conversations.record(conversation_id)
        async with self.conversations.lock(conversation_id):
            language = record.language
            if wait := self.access.turn_wait_s(conversation_id):
                yield self._notice("too_fast", language, round(wait) or 1)
                return
            image: Image.Image | None = None
            attachments: list[str] = []
            if picture is not None:
                try:
                    image = await asyncio.to_thread(
                        open_picture, picture.data, self.app.settings.picture_limit_mb * 2**20
                    )
                    attachments = [await asyncio.to_thread(self._keep, picture.data)]
                except BadPicture as bad:
                    yield self._bad_picture(bad, language)
                    return
            limit = self.app.settings.message_limit
            code = guard(text, limit=limit, has_picture=image is not None).code
            if code in _SILENT:
                yield self._notice(code, language, limit)
                return
            turn = Turn(conversation_id, _turn_id(), text=text, image=image)
            self.app.commerce.records.conversations.say(conversation_id, turn.turn_id, text, attachments)
            if self.app.commerce.records.tickets.human_in_charge(conversation_id):
                yield self._notice("with_agent", language)
                return
            async for event in self._run(turn, language):
                yield event

    async def press(self, conversation_id: str, press: Press) -> AsyncIterator[Event]:
        record = self.conversations.record(conversation_id)
        async with self.conversations.lock(conversation_id):
            match press:
                case Thumbs(turn_id=turn_id, verdict=verdict):
                    self.app.deps.online.thumb(conversation_id, turn_id, verdict)
                    if verdict is None:
                        self.app.commerce.records.feedback.withdraw(conversation_id, turn_id)
                    else:
                        self.app.commerce.records.feedback.give(conversation_id, turn_id, verdict)
                    try:
                        self.profiles.learn_from(conversation_id, press)
                    except Exception:  # what is learned from a thumb must not break the thumb
                        log.exception("a thumb was not learned from", conversation=conversation_id)
                case AddToCart() | ChangeQuantity():
                    yield await self.shopping.press(conversation_id, press, record.language)
                case Confirm() | Cancel():
                    memory = await self.conversations.memory(conversation_id)
                    if memory.pending is None and memory.forgetting is None:
                        yield self._notice("nothing_pending", record.language)
                        return
                    confirm = isinstance(press, Confirm)
                    words = self.app.cards.texts("buttons", memory.language)["confirm" if confirm else "cancel"]
                    turn = Turn(
                        conversation_id, _turn_id(), text=words, press=TurnPress("confirm" if confirm else "cancel")
                    )
                    self.app.commerce.records.conversations.say(conversation_id, turn.turn_id, words)
                    async for event in self._run(turn, record.language):
                        yield event

    async def history(self, conversation_id: str) -> News:
        """Everything so far, oldest first. Raises UnknownConversation."""
        record = self.conversations.record(conversation_id)
        return news(self.app.commerce.records, record, after=0)

    async def poll(self, conversation_id: str, after: int) -> News:
        """Agents' messages only: the assistant's own are streamed by the turn that makes them."""
        record = self.conversations.record(conversation_id)
        return news(self.app.commerce.records, record, after=min(after, record.sequence), speakers=_AGENTS)

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

    async def _run(self, turn: Turn, language: str) -> AsyncIterator[Event]:
        """One turn, recorded as it was streamed, whatever ends it."""
        events: list[Event] = []
        try:
            async for event in self.app.dialogue.run(turn):
                events.append(event)
                yield event
        except Exception:
            log.exception("turn failed", conversation=turn.conversation_id, turn=turn.turn_id)
            failed = self._notice("failed", language)
            events.append(failed)
            yield failed
        finally:
            if events:
                self.app.commerce.records.conversations.append(
                    turn.conversation_id, turn.turn_id, Sender.ASSISTANT, events
                )
            if turn.language and turn.language != language:
                self.app.commerce.records.conversations.set_language(turn.conversation_id, turn.language)

    def _keep(self, data: bytes) -> str:
        """The upload as the conversation shows it again: shrunk, re-encoded, without its metadata."""
        return f"/uploads/{self.app.uploads.store(data).name}"

    def _notice(self, code: str, language: str, value: object = "") -> Notice:
        return Notice(code=code, text=self.app.cards.texts("notice", language)[code].format(value=value))

    def _bad_picture(self, bad: BadPicture, language: str) -> Notice:
        code = "not_a_picture" if bad.code == "empty" else bad.code
        return self._notice(f"picture_{code}", language, self.app.settings.picture_limit_mb)

    def _conversation(self, record: Record) -> Conversation:
        customer = self.app.commerce.shop.customers.get(record.customer_id) if record.customer_id else None
        return Conversation(record.id, spoken(record.language), customer.name if customer else None)


def _turn_id() -> str:
    return secrets.token_urlsafe(9)
