"""What is sent in a conversation: each message recorded once and answered once, whatever breaks off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Literal

import structlog
from PIL import Image

from assistant.bootstrap import Shopclerk
from assistant.bounds import TooMany, speaking_in
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Shown
from assistant.dialogue.need_edits import wishes
from assistant.dialogue.resolve import choose_variant
from assistant.dialogue.turn import BEFORE_ACTING, Stopped, Turn
from assistant.dialogue.turn import Press as TurnPress
from assistant.events import CartShown, Event, Notice
from assistant.pages import Cancel, Confirm, EditNeed, Message, Receipt
from assistant.records.conversations import Conversation as Record
from assistant.records.turns import BEAT_S, Asked
from assistant.service.admission import Admission
from assistant.service.faults import UNANSWERED, told
from assistant.service.heartbeat import Heartbeat
from assistant.service.left_turns import LeftTurns
from assistant.service.open_conversations import OpenConversations
from assistant.service.turns import ACTS_WITHIN_S, MODEL_READS, RunningTurn, RunningTurns, cart
from assistant.understanding.guard import guard
from assistant.understanding.schema import Slots
from assistant.wording.notices import notice, too_many
from retrieval.encoders.pictures import BadPicture, open_picture

log = structlog.get_logger()

_ONLY_SAID = (
    "text_delta",
    "products_shown",
    "need_shown",
    "comparison_shown",
    "faq_cited",
    "orders_shown",
    "approval_needed",
    "degraded",
    "suggestions",
    "notice",
    "turn_done",
)
"""Events of turns that changed nothing: a proposal is none until it is agreed to."""
FINISHED_WITHIN_S, FINISH_AGAIN_S = 60.0, 0.5
CROWDED_S = 10.0
"""After how long to try again where so many wait that no more are let in."""
_SILENT = ("empty", "no_words", "too_long")


class MessageService:
    """Calls raise ``UnknownConversation``."""

    def __init__(self, app: Shopclerk, conversations: OpenConversations) -> None:
        self.app = app
        self.conversations = conversations
        self.admission = Admission(app.settings.turns_at_once, app.settings.turns_waiting)
        self.running_turns = RunningTurns(app.commerce.records.changes)
        self.heartbeat = Heartbeat(app.commerce.records.turns)
        self.left = LeftTurns(app, self._start)

    async def send(self, conversation_id: str, message: Message) -> Receipt:
        """Takes a message, once whatever happens: the same turn id again joins what runs, or finds it answered. The
        reply runs on by itself; ``running`` and ``news`` show it."""
        await self.conversations.record(conversation_id)
        return await self._start(conversation_id, message).received()

    def _start(self, conversation_id: str, message: Message) -> RunningTurn:
        return self.running_turns.start(conversation_id, message.turn_id, partial(self._take, conversation_id, message))

    async def taken(self, conversation_id: str, message: Message) -> tuple[Receipt, AsyncIterator[Event]]:
        """The same, and the reply's events as they come; those of one that has been answered as they were."""
        record = await self.conversations.record(conversation_id)
        running = self._start(conversation_id, message)
        receipt = await running.received()
        return receipt, self._events(record, message, running, receipt)

    async def _events(
        self, record: Record, message: Message, running: RunningTurn, receipt: Receipt
    ) -> AsyncIterator[Event]:
        conversation_id = record.id
        if receipt.notice is not None:
            yield receipt.notice
        if receipt.state == "running":
            async for event in running.follow(lambda place: notice("waiting", record.language, place)):
                yield event
        elif receipt.state == "done":
            for event in await asyncio.to_thread(
                self.app.commerce.records.turns.reply, conversation_id, message.turn_id
            ):
                yield event

    async def _take(self, conversation_id: str, message: Message, running: RunningTurn) -> None:
        """The whole way of a message: recorded, answered, the reply recorded."""
        turns = self.app.commerce.records.turns
        async with self.conversations.lock(conversation_id):
            record = await self.conversations.record(conversation_id)
            known = await asyncio.to_thread(turns.state, conversation_id, message.turn_id)
            # One of this process that runs no more failed to be recorded as answered.
            again = known is not None and known.state == "running" and known.mine
            if known is not None and known.state == "left":
                again = await asyncio.to_thread(turns.claim, conversation_id, message.turn_id)
            if known is not None and not again:
                running.taken(Receipt("done" if known.state == "done" else "running"))
                if known.state == "running":
                    await self._elsewhere(running)
                return
            turn = await self._turn_of(record, message, again)
            if isinstance(turn, Receipt):
                if again and turn.notice is not None:  # recorded it is already: that is its answer
                    await asyncio.to_thread(turns.finish, conversation_id, message.turn_id, [turn.notice])
                    turn = Receipt("done")
                running.taken(turn)
                return
            if known is None:
                asked = await self._asked(turn, message)
                if asked.replaces:
                    await self._take_back(record.id, asked.replaces)
                if not await asyncio.to_thread(turns.begin, conversation_id, asked):
                    running.taken(Receipt("running"))
                    await self._elsewhere(running)
                    return
            elif (
                known.checkpoint and message.press is None
            ):  # it is read as it was then, whatever the run that was broken off remembered
                await self._remember_as_of(conversation_id, known.checkpoint)
            human = await asyncio.to_thread(self.app.commerce.records.tickets.human_in_charge, conversation_id)
            if human and not isinstance(message.press, Confirm | Cancel):
                await asyncio.to_thread(turns.finish, conversation_id, message.turn_id, [])
                running.taken(Receipt("human", notice("with_agent", record.language)))
                return
            turn.page = await self._page(record.id)
            with speaking_in(record.id, record.customer_id):
                await self._answer(turn, running, record.language)

    async def _turn_of(self, record: Record, message: Message, again: bool) -> Turn | Receipt:
        """The message checked and ready for the dialogue, or why it is not taken. ``again``: it has been before."""
        language = record.language
        match message.press:
            case None:
                pass
            case EditNeed() as edit:
                if not again and (refused := self._too_much(record, message)):
                    return refused
                memory = await self.conversations.memory(record.id)
                words = await asyncio.to_thread(self._edit_words, edit, memory)
                action = TurnPress(edit.what, edit.product_id, key=edit.key)
                return Turn(record.id, message.turn_id, text=words, press=action, language=memory.language)
            case press:
                memory = await self.conversations.memory(record.id)
                if memory.pending is None and memory.forgetting is None:
                    return Receipt("refused", notice("nothing_pending", language))
                name: Literal["confirm", "cancel"] = "confirm" if isinstance(press, Confirm) else "cancel"
                words = self.app.cards.texts("buttons", memory.language)[name]
                return Turn(record.id, message.turn_id, text=words, press=TurnPress(name))
        if not again and (refused := self._too_much(record, message)):
            return refused
        limit = self.app.settings.message_limit
        image: Image.Image | None = None
        if message.picture is not None:
            try:
                limit_bytes = self.app.settings.picture_limit_mb * 2**20
                image = await asyncio.to_thread(open_picture, message.picture.data, limit_bytes)
            except BadPicture as bad:
                return Receipt("refused", self._bad_picture(bad, language))
        code = guard(message.text, limit=limit, has_picture=image is not None).code
        if code in _SILENT:
            return Receipt("refused", notice(code, language, limit))
        return Turn(record.id, message.turn_id, text=message.text, image=image)

    def _too_much(self, record: Record, message: Message) -> Receipt | None:
        """Why the message is not taken now, where this shopper or all of them together ask too much."""
        if self.admission.full:
            return Receipt("refused", notice("crowded", record.language), CROWDED_S)
        try:
            self.app.bounds.take("turns", conversation=record.id, customer=record.customer_id)
            if message.picture is not None:
                self.app.bounds.take("uploads", conversation=record.id, customer=record.customer_id)
        except TooMany as many:
            return Receipt("refused", too_many(many, record.language), many.wait_s)
        return None

    def _edit_words(self, edit: EditNeed, memory: Memory) -> str:
        """What the shopper says with it."""
        texts, cards = self.app.cards.texts("need", memory.language), self.app.cards
        match edit.what:
            case "sort":
                return texts["sorted"].format(order=texts.get(edit.key, texts["best_match"]))
            case "alike":
                product = self.app.knowledge.search.product(edit.product_id)
                return texts["alike"].format(title=product.name(memory.language) if product else edit.product_id)
        products = self.app.knowledge.search.catalogue.products
        currency = products[0].currency if len(products) else "USD"
        held = {key: (kind, value) for key, kind, value in (wishes(memory.need) if memory.need else ())}
        kind, value = held.get(edit.key, ("said", edit.key.partition("=")[2] or edit.key))
        return texts["removed"].format(wish=cards.wish(kind, value, currency, memory.language))

    async def _asked(self, turn: Turn, message: Message) -> Asked:
        attachments: tuple[str, ...] = ()
        if message.picture is not None:
            attachments = (await asyncio.to_thread(self._keep, message.picture.data),)
        press = turn.press.action if turn.press is not None else None
        return Asked(
            turn.turn_id,
            turn.text,
            attachments,
            press if press == "confirm" or press == "cancel" else None,
            await self._last(turn.conversation_id, message.replaces),
            await self.app.dialogue.checkpoint(turn.conversation_id),
        )

    async def _last(self, conversation_id: str, replaces: str | None) -> str | None:
        """Only the last message can be written anew, and none that went to a person, who may have read it."""
        if replaces is None:
            return None
        last = await asyncio.to_thread(self.app.commerce.records.turns.latest, conversation_id)
        if last is None or last.turn_id != replaces:
            return None
        to_person = last.state == "done" and not await asyncio.to_thread(
            self.app.commerce.records.turns.reply, conversation_id, replaces
        )
        return None if to_person else replaces

    async def _take_back(self, conversation_id: str, turn_id: str) -> None:
        """The dialogue forgets a turn whose message is written anew, unless something came of it."""
        turns = self.app.commerce.records.turns
        old = await asyncio.to_thread(turns.state, conversation_id, turn_id)
        reply = await asyncio.to_thread(turns.reply, conversation_id, turn_id)
        if old is None or any(event.type not in _ONLY_SAID for event in reply):
            return
        await self._remember_as_of(conversation_id, old.checkpoint)

    async def _remember_as_of(self, conversation_id: str, checkpoint: str | None) -> None:
        """The dialogue forgets what came after; who speaks, the language and the cart stay."""
        now = await self.conversations.memory(conversation_id)
        before = await self.app.dialogue.recall(conversation_id, checkpoint) if checkpoint else None
        kept = {"language": now.language, "customer_id": now.customer_id, "cart_id": now.cart_id}
        await self.conversations.remember(conversation_id, (before or Memory()).model_copy(update=kept))

    async def _page(self, conversation_id: str) -> Shown | None:
        page = await asyncio.to_thread(self.app.commerce.records.pages.of, conversation_id)
        product = self.app.knowledge.search.product(page.product_id) if page and page.product_id else None
        if product is None:
            return None
        return Shown(product_id=product.id, variant_id=choose_variant(product, Slots()).id)

    async def _elsewhere(self, running: RunningTurn) -> None:
        """Another process answers it: what it recorded is what there is to tell."""
        records, conversation = self.app.commerce.records, running.conversation_id
        with records.changes.watch(conversation) as watch:
            while True:
                state = await asyncio.to_thread(records.turns.state, conversation, running.turn_id)
                if state is None or state.state != "running":
                    break
                await watch.changed(BEAT_S)
        for event in await asyncio.to_thread(records.turns.reply, conversation, running.turn_id):
            running.add(event)

    async def _answer(self, turn: Turn, running: RunningTurn, language: str) -> None:
        """Runs the dialogue, and records the reply with the turn's end. A shop that stops records neither: the turn is
        then answered after the next start."""
        turn.stop, running.turn = asyncio.Event(), turn
        running.taken(Receipt("running"))
        try:
            with self.heartbeat.beating(running.conversation_id, running.turn_id):
                async with self.admission.admitted(running.moved):
                    within_s = ACTS_WITHIN_S + MODEL_READS * self.app.deps.model_read_s
                    giving_up = asyncio.get_running_loop().call_later(within_s, running.give_up)
                    try:
                        async for event in self.app.dialogue.run(turn):
                            running.add(event)
                    finally:
                        giving_up.cancel()
        except (asyncio.CancelledError, Stopped):
            if not running.stopped and not running.late:
                raise
            running.add(notice("stopped" if running.stopped else "busy", turn.language or language))
        except TooMany as many:
            running.add(too_many(many, turn.language or language))
        except Exception as error:
            log.exception("turn failed", conversation=turn.conversation_id, turn=turn.turn_id)
            running.add(told(error, turn.language or language)[0])
        running.closing = True
        records = self.app.commerce.records
        await self._finish(running)
        if turn.language and turn.language != language:
            await asyncio.to_thread(records.conversations.set_language, turn.conversation_id, turn.language)
        if any(isinstance(event, CartShown) for event in running.events):
            records.changes.announce(cart(turn.conversation_id))

    async def _finish(self, running: RunningTurn) -> None:
        """Records the reply, where the database is locked as often as it takes within a minute: what was answered and
        is recorded nowhere would be answered again."""
        turns, began = self.app.commerce.records.turns, time.monotonic()
        while True:
            try:
                await asyncio.to_thread(turns.finish, running.conversation_id, running.turn_id, running.events)
                return
            except UNANSWERED:
                if time.monotonic() - began > FINISHED_WITHIN_S:
                    raise
            await asyncio.sleep(FINISH_AGAIN_S)

    async def stop(self, conversation_id: str, turn_id: str) -> bool:
        """The shopper wants no more of this reply: what was shown stays. False when it is not under way.

        What only reads is broken off. From the step on that may change something the turn goes to its end, and only
        words that tell of no change are left out.
        """
        running = self.running_turns.get(conversation_id, turn_id)
        if running is None or running.turn is None or running.task is None or running.closing:
            return False
        running.stopped = True
        assert running.turn.stop is not None
        running.turn.stop.set()
        if running.turn.at in BEFORE_ACTING:
            running.task.cancel()
        return True

    def _keep(self, data: bytes) -> str:
        """The upload as the conversation shows it again: shrunk, re-encoded, without its metadata."""
        return f"/uploads/{self.app.uploads.store(data).name}"

    def _bad_picture(self, bad: BadPicture, language: str) -> Notice:
        code = "not_a_picture" if bad.code == "empty" else bad.code
        return notice(f"picture_{code}", language, self.app.settings.picture_limit_mb)
