"""Shoppers over HTTP: real turns, each sent again under its id until it is answered, as the page does; and what each
try showed them."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx

from laboratory.benchmarks.shop_process import ShopProcess

Seen = Literal["whole", "sentence", "empty", "error", "hang", "away"]
"""What one try showed: the whole answer; one sentence that says why not; nothing at all; a status that tells of a fault
of the shop's; nothing within ``HANGS_S``; or that the shop was not reached, or broke off because it died."""
HANGS_S = 30.0
GIVES_UP_S = 900.0
AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Visit:
    """``order``: the one that the visit changes, once, if at all."""

    messages: tuple[str, ...]
    customer: str | None = None
    order: str | None = None
    language: str = "en"


LOOKING = (
    Visit(("red running shoes under $80", "compare the first two", "is the first one waterproof?")),
    Visit(("how long do I have to return something?", "do you ship to Canada?")),
    Visit(("有没有100块以内的蓝色马克杯", "最便宜的是哪个"), language="zh"),
    Visit(("a gift for my dad", "under $50")),
)
FILLING = Visit(("kettles", "add the first one to my cart", "what is in my cart?"))


@dataclass(slots=True)
class Try:
    began: float
    ended: float
    seen: Seen
    told: str = ""
    done: Mapping[str, Any] = field(default_factory=dict)
    """The event that closed the turn."""
    again_s: float = AGAIN_S
    """After how long it is to be tried again."""
    waited: bool = False
    """It was told its place in the line."""


@dataclass(slots=True)
class Said:
    conversation: str
    turn_id: str
    tries: list[Try] = field(default_factory=list)
    taken: bool = False
    """The shop said that it has the message."""

    @property
    def answered(self) -> bool:
        return any(each.seen == "whole" for each in self.tries)


@dataclass(slots=True)
class World:
    """What all shoppers did. Times are ``time.monotonic()``."""

    said: list[Said] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    """Those that somebody agreed to change, once."""
    carts_doubled: int = 0

    def tries(self) -> list[Try]:
        return [each for said in self.said for each in said.tries]


class Shopper:
    def __init__(self, shop: ShopProcess, client: httpx.AsyncClient, world: World, died: Callable[[], bool]) -> None:
        """``died``: whether the shop's process was killed lately: then a stream that breaks off is no wonder."""
        self.shop, self.client, self.world, self._died = shop, client, world, died

    async def visit(self, visit: Visit, pause_s: Callable[[], float]) -> None:
        conversation = await self.begin(visit)
        if conversation is None:
            return
        for number, message in enumerate(visit.messages):
            events = await self.say(conversation, message)
            if visit.order and number == 0 and "approval_needed" not in {event["type"] for event in events}:
                return
            if visit.order and number == 1:
                self.world.orders.append(visit.order)
            await asyncio.sleep(pause_s())
        if visit is FILLING and await self._in_cart(conversation) > 1:
            self.world.carts_doubled += 1

    async def begin(self, visit: Visit) -> str | None:
        token = self.shop.access.sign_customer(visit.customer) if visit.customer else None
        until = time.monotonic() + GIVES_UP_S
        while time.monotonic() < until:
            try:
                body = {"language": visit.language, "customer_token": token}
                reply = await self.client.post(f"{self.shop.url}/api/conversations", json=body, timeout=HANGS_S)
                if reply.status_code == 200:
                    return str(reply.json()["id"])
                self._note_status(reply.status_code, reply.text)
            except (httpx.HTTPError, OSError):
                pass
            await asyncio.sleep(AGAIN_S)
        return None

    def _note_status(self, status: int, text: str) -> None:
        """A conversation that could not be begun counts as a turn of one try, where it was a fault."""
        if status not in (503, 429):
            now = time.monotonic()
            self.world.said.append(Said("", "", [Try(now, now, "error", told=f"{status} {text[:200]}")]))

    async def say(self, conversation: str, text: str, until: float | None = None) -> list[dict[str, Any]]:
        """Sends a message until it is answered; the events of the answer. ``until``: when it is given up."""
        said = Said(conversation, uuid.uuid4().hex)
        self.world.said.append(said)
        until = until or time.monotonic() + GIVES_UP_S
        while time.monotonic() < until:
            done, events = await self._try(said, text)
            said.tries.append(done)
            if done.seen == "whole" or (done.seen == "sentence" and said.taken):
                return events
            await asyncio.sleep(done.again_s)
        return []

    async def _try(self, said: Said, text: str) -> tuple[Try, list[dict[str, Any]]]:
        began, events = time.monotonic(), list[dict[str, Any]]()
        url = f"{self.shop.url}/api/conversations/{said.conversation}/turns"

        def done(seen: Seen, told: str, again_s: float = AGAIN_S) -> tuple[Try, list[dict[str, Any]]]:
            ended = next((event for event in events if event["type"] == "turn_done"), {})
            waited = any(event.get("code") == "waiting" for event in events)
            return Try(began, time.monotonic(), seen, told, ended, again_s, waited), events

        try:
            async with (
                asyncio.timeout(HANGS_S) as patience,
                self.client.stream("POST", url, json={"text": text, "turn_id": said.turn_id}, timeout=HANGS_S) as reply,
            ):
                if reply.status_code != 200:
                    detail = (await reply.aread()).decode(errors="replace")
                    honest = reply.status_code in (503, 429) and "detail" in detail
                    again_s = float(reply.headers.get("Retry-After", AGAIN_S))
                    return done("sentence" if honest else "error", f"{reply.status_code} {detail[:300]}", again_s)
                said.taken = True
                async for line in reply.aiter_lines():
                    if line.startswith("data: "):
                        events.append(json.loads(line[6:]))
                        patience.reschedule(asyncio.get_running_loop().time() + HANGS_S)
        except (TimeoutError, httpx.TimeoutException) as error:
            slow = time.monotonic() - began >= HANGS_S - 1
            return done("hang" if slow else "away", repr(error))
        except (httpx.HTTPError, OSError, ValueError) as error:
            return done("away" if self._died() else "error", repr(error))
        return done(*judged(events))

    async def _in_cart(self, conversation: str) -> int:
        until = time.monotonic() + GIVES_UP_S
        while time.monotonic() < until:
            try:
                reply = await self.client.get(f"{self.shop.url}/api/conversations/{conversation}/cart", timeout=HANGS_S)
                if reply.status_code == 200:
                    return sum(line["quantity"] for line in reply.json()["lines"])
            except (httpx.HTTPError, OSError):
                pass
            await asyncio.sleep(AGAIN_S)
        return 0


def judged(events: Sequence[dict[str, Any]]) -> tuple[Seen, str]:
    """What a stream's events were, and what they told."""
    kinds = {event["type"] for event in events}
    words = "".join(event.get("text", "") for event in events if event["type"] in ("text_delta", "notice"))
    if not words.strip():
        return "empty", ""
    return "whole" if "turn_done" in kinds else "sentence", words[:200]


def orders_to_change(database: Path, choose: random.Random) -> list[Visit]:
    """Returns and cancellations, each of another order, in a random order."""
    asked = {"delivered": "I want to return order {}", "pending": "cancel my order {}"}
    query = "select id, customer_id, status from orders where status in ('delivered', 'pending')"
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(query).fetchall()
    choose.shuffle(rows)
    return [Visit((asked[status].format(id_), "yes"), customer, id_) for id_, customer, status in rows]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the shop's record says at the end."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]


def kept(database: Path, world: World) -> Kept:
    """Compares what was said with what is recorded: every message that was taken once, and answered once."""
    lost, doubled = list[str](), ["a cart"] * world.carts_doubled
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("select conversation_id, turn_id, role, kind from messages").fetchall()
        done = dict(connection.execute("select turn_id, done_at from turns").fetchall())
        changed = "select order_id, count(*) from order_changes where key not like 'demo:%' group by order_id"
        changes = dict(connection.execute(changed).fetchall())
    asked = Counter(turn for _, turn, role, _ in rows if role == "shopper")
    answers = Counter(turn for _, turn, role, kind in rows if role == "assistant" and kind == "turn_done")
    spoken = {turn for _, turn, role, _ in rows if role == "assistant"}
    for said in world.said:
        turn = said.turn_id
        if turn and (said.taken or turn in done) and (not asked[turn] or not done.get(turn) or turn not in spoken):
            lost.append(f"{said.conversation} {turn}: {[each.told for each in said.tries][-2:]}")
        elif said.taken and not any(each.seen in ("whole", "sentence") for each in said.tries):
            lost.append(f"{said.conversation} {turn}: recorded, never shown")
        if asked[turn] > 1 or answers[turn] > 1:
            doubled.append(f"{said.conversation} {turn}")
    doubled += [f"order {order}" for order in world.orders if changes.get(order, 0) > 1]
    return Kept(tuple(lost), tuple(doubled))
