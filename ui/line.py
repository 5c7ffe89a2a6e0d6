"""The line between a shopper's page and the shop: what is sent, and one stream of all that happens in the conversation.

Sending is answered once the message is recorded; the reply comes on the stream, like everything else. Both may be
tried again at any time: a message has an id made by its page, and the stream begins after a cursor.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, cast

import anyio
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from sse_starlette import ServerSentEvent

from assistant.dialogue.stopping import until
from assistant.events import TurnDone
from assistant.languages import spoken
from assistant.pages import Cancel, Confirm, EditNeed, Message, News, Receipt, UnknownConversation
from assistant.service.shoppers import ShopperService
from assistant.service.shopping import ShoppingService
from assistant.service.streams import HeldStream
from assistant.service.turns import cart as cart_key
from assistant.wording.notices import notice
from ui import render
from ui.live import MOST, NotSent, Payload
from ui.page import MayCall, sent
from ui.shopper import ShopperPage, language_of, picture_of
from ui.texts import Words, words

BEAT_S = 10
"""How often an idle stream says that it is there. A page that hears nothing for longer than twice that comes anew."""
PIECE_S = 0.1
"""The shortest time between two pieces: each holds the whole reply so far."""
LOOK_S = 10.0
"""How often is looked what nobody announces: whether the model is ready."""
READ_S = 60.0
"""How often the record is read though nothing was announced: hundreds of open pages ask the database nothing else."""
LOOK_WARMING_S = 2.0
MAX_TURN_ID = 64
GRACE_S = 1.0

State = Callable[[str, Words], Awaitable[Payload]]
"""What else a page is told of a conversation's state, by its id: who types, how long the queue is. Recomputed whenever
something about the conversation is announced."""


def message_of(payload: Payload) -> Message:
    """Raises NotSent."""
    turn_id = payload.get("id")
    if not isinstance(turn_id, str) or not 8 <= len(turn_id) <= MAX_TURN_ID or not turn_id.isascii():
        raise NotSent("a message needs an id of its own")
    if payload.get("kind") in ("confirm", "cancel"):
        return Message(turn_id, press=Confirm() if payload["kind"] == "confirm" else Cancel())
    if payload.get("kind") in ("remove_wish", "sort", "alike"):
        what, key, product = (str(payload.get(name) or "")[:200] for name in ("kind", "key", "product"))
        return Message(turn_id, press=EditNeed(cast(Any, what), key, product))
    replaces = payload.get("replaces")
    return Message(
        turn_id,
        str(payload.get("text") or ""),
        picture_of(payload),
        replaces=replaces if isinstance(replaces, str) and replaces else None,
    )


class Line:
    """The stream of one page. ``states`` are asked for what else its state holds."""

    def __init__(
        self,
        shoppers: ShopperService,
        shopping: ShoppingService,
        page: ShopperPage,
        states: list[State],
        here: Callable[[str], None] = lambda conversation: None,
    ) -> None:
        """``here`` is told every ``LOOK_S`` that the page is there."""
        self.shoppers = shoppers
        self.shopping = shopping
        self.page = page
        self.states = states
        self.here = here

    async def send(self, payload: Payload) -> Payload:
        """``state`` of the receipt; for a refused message what is to be shown in place of a reply."""
        conversation, w = str(payload.get("conversation")), words(language_of(payload))
        message = message_of(payload)
        try:
            receipt = await self.shoppers.send(conversation, message)
        except UnknownConversation:
            return {"state": "lost"}
        return self._receipt(receipt, message, w)

    def _receipt(self, receipt: Receipt, message: Message, w: Words) -> Payload:
        reply: Payload = {"state": receipt.state, "wait": receipt.wait_s}
        if receipt.wait_s and receipt.notice is not None:
            reply["notice"] = receipt.notice.text
        if receipt.state == "refused" and receipt.notice is not None and not receipt.wait_s:
            turn = render.Turn(w)
            turn.add(receipt.notice)
            turn.close()
            reply["parts"] = [render.assistant_turn(render.reply_key(message.turn_id), turn, w)]
        return reply

    async def stop(self, payload: Payload) -> Payload:
        try:
            return {"stopped": await self.shoppers.stop(str(payload.get("conversation")), str(payload.get("id")))}
        except UnknownConversation:
            return {"lost": True}

    async def stream(self, conversation: str, after: int, w: Words) -> AsyncIterator[tuple[str, Payload]]:
        """(name, what it holds), for ever. ``parts``: finished entries after the cursor, ``turn``: the reply under way
        as it stands, ``cart``, ``state``. Raises UnknownConversation."""
        shown: tuple[str, int, int] | None = None
        state: Payload = {}
        with self.shoppers.watch(conversation) as watch:
            await self.shoppers.answer_left(conversation)
            answering = self.shoppers.answering(conversation)
            looks: frozenset[str] = frozenset({conversation, cart_key(conversation)})
            read_at = time.monotonic()
            here_at = -LOOK_S
            more: Payload = {}
            while True:
                if time.monotonic() - here_at >= LOOK_S:
                    here_at = time.monotonic()
                    self.here(conversation)
                if conversation in looks:
                    read_at = time.monotonic()
                    news = await self.shoppers.news(conversation, after)
                    if news.cursor > after:
                        after = news.cursor
                        yield "parts", self._parts(news, w)
                running = self.shoppers.running(conversation)
                if running is not None and shown != (running.turn_id, len(running.events), running.place):
                    shown = running.turn_id, len(running.events), running.place
                    turn = render.Turn(w)
                    if running.place:
                        turn.add(notice("waiting", w.language, running.place))
                    for event in running.events[: shown[1]]:
                        turn.add(event)
                    part = render.assistant_turn(render.reply_key(running.turn_id), turn, w)
                    yield "turn", {"id": running.turn_id, "parts": [part]}
                if cart_key(conversation) in looks:
                    yield "cart", await self.page.cart(conversation, w)
                if conversation in looks:  # a piece of a reply changes nothing of them
                    more = await self._more(conversation, w)
                now = {"human": news.human, "model": await self.page.model(), "running": answering, **more}
                if now != state:
                    state = now
                    yield "state", state
                await asyncio.sleep(PIECE_S)
                warming = state["model"] is not True
                woken = await watch.changed(LOOK_WARMING_S if warming else LOOK_S)
                # In this order: where none is being answered any more, its reply was announced, and is read before
                # the state says so.
                answering = self.shoppers.answering(conversation)
                looks = watch.keys()
                if not woken and time.monotonic() - read_at >= READ_S:
                    looks |= {conversation}

    def _parts(self, news: News, w: Words) -> Payload:
        told: Payload = {
            "parts": render.entries(news.entries, w, own=True),
            "cursor": news.cursor,
            "replaced": list(news.replaced),
        }
        for entry in news.entries:
            for event in entry.events:
                if isinstance(event, TurnDone):
                    told["language"] = event.language
        return told

    async def _more(self, conversation: str, w: Words) -> Payload:
        told: Payload = {}
        for state in self.states:
            told.update(await state(conversation, w))
        return told


def router(line: Line, may_call: MayCall, limit_bytes: int) -> APIRouter:
    """``POST /chat/send``, ``POST /chat/stop``, ``GET /chat/stream`` (the conversation's id in a header: addresses end
    in logs)."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/chat/send")
    async def send(request: Request) -> JSONResponse:
        try:
            return JSONResponse(await line.send(await sent(request, may_call, limit_bytes)))
        except NotSent as error:
            raise HTTPException(422, str(error)) from error

    @routes.post("/chat/stop")
    async def stop(request: Request) -> JSONResponse:
        return JSONResponse(await line.stop(await sent(request, may_call, limit_bytes)))

    @routes.get("/chat/stream")
    async def stream(
        request: Request, after: Annotated[int, Query(ge=0, le=MOST)] = 0, language: str = "en"
    ) -> Response:
        if not may_call(request.headers.get("origin"), request.headers.get("host")):
            raise HTTPException(403, "This page may not call the shop: its origin is not on the list.")
        conversation = request.headers.get("x-conversation", "")
        try:
            await line.shoppers.resume(conversation)
        except UnknownConversation as error:
            raise HTTPException(404, "There is no such conversation.") from error
        held = line.shoppers.streams.take(conversation, spoken(language))
        stopping = anyio.Event()  # set when the shop stops: the stream then ends of itself, and the page comes again

        async def events() -> AsyncIterator[ServerSentEvent]:
            try:
                async for name, told in until(line.stream(conversation, after, words(spoken(language))), stopping):
                    yield ServerSentEvent(json.dumps(told, ensure_ascii=False), event=name)
            except UnknownConversation:
                yield ServerSentEvent("{}", event="lost")

        headers: dict[str, Any] = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        end: dict[str, Any] = {"shutdown_event": stopping, "shutdown_grace_period": GRACE_S}
        return HeldStream(line.shoppers.streams, held, events(), ping=BEAT_S, headers=headers, **end)

    return routes
