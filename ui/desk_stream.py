"""The desk's one event stream: each open tab is told what changed in its list and in the conversation it shows.

A tab says what it shows in the stream's address, and later by ``look``: opening a conversation keeps the stream.
Where the process that holds it is another, or was restarted, the tab opens its stream anew from its own cursor.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.notify.outbox import Told
from assistant.pages import Refused, StaffMember
from assistant.records.changes import QUEUE, Changes, Watch
from assistant.service.agents import AgentService, Talk
from assistant.service.inbox import BOARD, Board, Filter, InboxService
from assistant.service.presence import Presence
from assistant.service.staff import StaffService
from ui import login
from ui.conversation import ConversationPart
from ui.inbox import PAGE, InboxPart, Shown, filter_of
from ui.live import MOST, Payload, whole
from ui.shopper import language_of
from ui.texts import words

BEAT_S = 10.0
"""How often a quiet stream says that it is there, renews the agent's presence and looks whether they are signed in."""
MOST_SHOWN = 1000


@dataclass(eq=False)
class Tab:
    """What one tab of one agent shows. ``cursor``: up to where it has the conversation, ``None`` for no part of it."""

    id: str
    who: StaffMember
    language: str
    wanted: Filter = field(default_factory=Filter)
    limit: int = PAGE
    ticket: str = ""
    conversation: str = ""
    cursor: int = 0
    visible: bool = True
    list: Shown = field(default_factory=Shown)
    board: Board | None = None
    """The one its list was made of."""
    told: tuple[Told, ...] | None = None
    """The notifications that it was sent last."""
    frame: Payload = field(default_factory=dict)
    """What surrounds the conversation's log, as it was sent last."""

    @property
    def key(self) -> str:
        return f"desk:{self.id}"

    def show(self, ticket: str, conversation: str, cursor: int) -> None:
        self.ticket, self.conversation, self.cursor, self.frame = ticket, conversation, cursor, {}


class DeskStream:
    def __init__(
        self,
        staff: StaffService,
        agents: AgentService,
        inbox: InboxService,
        presence: Presence,
        changes: Changes,
        listing: InboxPart,
        conversation: ConversationPart,
    ) -> None:
        self.staff = staff
        self.agents = agents
        self.inbox = inbox
        self.presence = presence
        self.changes = changes
        self.listing = listing
        self.conversation = conversation
        self.tabs: dict[str, Tab] = {}

    def tab(self, who: StaffMember, payload: Payload) -> Tab | None:
        """The tab that asks, where its stream is held here."""
        tab = self.tabs.get(str(payload.get("tab") or ""))
        return tab if tab is not None and tab.who.id == who.id else None

    def turn_to(self, tab: Tab, talk: Talk, news: Payload) -> None:
        """The tab shows this conversation from now on, and has all of it, as ``news`` told it."""
        if tab.conversation and tab.conversation != talk.listed.conversation_id:
            self.presence.gone(tab.conversation, "agent", tab.key)
        tab.show(talk.listed.ticket_id, talk.listed.conversation_id, talk.news.cursor)
        frame = {key: value for key, value in news.items() if key not in ("parts", "cursor")}
        tab.frame = {**frame, "notes": _notes(news["parts"])}
        self._present(tab)
        self.changes.announce(tab.key)

    def look(self, tab: Tab, payload: Payload) -> None:
        """Another filter, a longer list, or not looking."""
        tab.wanted = filter_of(payload)
        tab.limit = max(PAGE, min(MOST_SHOWN, whole(payload, "limit", PAGE)))
        tab.visible = payload.get("visible") is not False
        tab.language = language_of(payload)
        tab.board, tab.told = None, None
        self.changes.announce(tab.key)

    def typing(self, tab: Tab, typing: bool) -> None:
        if tab.conversation:
            self.presence.here(tab.conversation, "agent", tab.key, tab.who.name, typing=typing)

    def _present(self, tab: Tab) -> None:
        self.presence.here(QUEUE, "agent", tab.key, tab.who.name)  # at the desk: shoppers are told that somebody is
        if tab.conversation and tab.visible:
            self.presence.here(tab.conversation, "agent", tab.key, tab.who.name)

    async def events(self, tab: Tab, cookie: str) -> AsyncIterator[ServerSentEvent]:
        """Until the browser goes, or the agent is signed out."""
        self.tabs[tab.id] = tab
        try:
            async with self.inbox.joined():
                with self.changes.watch(BOARD, tab.key) as board:
                    while True:
                        async for event in self._while_shown(tab, board, cookie):
                            yield event
                        if await self.staff.who("agent", cookie) is None:
                            yield ServerSentEvent(event="out", data="{}")
                            return
        finally:
            if self.tabs.get(tab.id) is tab:
                del self.tabs[tab.id]
                self.presence.gone(QUEUE, "agent", tab.key)
            if tab.conversation:
                self.presence.gone(tab.conversation, "agent", tab.key)

    async def _while_shown(self, tab: Tab, board: Watch, cookie: str) -> AsyncIterator[ServerSentEvent]:
        """While the tab shows the same conversation. Watched first and read afterwards: nothing falls between."""
        shown, beat = tab.ticket, 0.0
        if tab.ticket and not tab.conversation:
            talk = await self._talk(tab)
            tab.conversation = talk.listed.conversation_id if talk else ""
        with self.changes.watch(tab.conversation or tab.key) as talk_watch:
            said = True
            while tab.ticket == shown:
                if time.monotonic() - beat > BEAT_S:
                    beat = time.monotonic()
                    self._present(tab)
                    if await self.staff.who("agent", cookie) is None:
                        return
                    yield ServerSentEvent(event="beat", data=_json({"shows": shown}))
                    said = True  # also what nobody announced is read now and then
                listed = self._list_news(tab)
                if listed:
                    yield ServerSentEvent(event="list", data=_json(listed))
                if tab.board is not None and tab.board.told != tab.told:
                    tab.told = tab.board.told
                    yield ServerSentEvent(event="told", data=_json(self.listing.told(tab.told, words(tab.language))))
                if said and tab.ticket == shown and shown:
                    news = await self._talk_news(tab)
                    if news:
                        yield ServerSentEvent(event="talk", data=_json(news))
                said = await _either(board, talk_watch, BEAT_S)

    def _list_news(self, tab: Tab) -> Payload:
        if tab.board is self.inbox.board:
            return {}
        tab.board = self.inbox.board
        return self.listing.news(tab.board, tab.who, tab.wanted, tab.limit, tab.list, words(tab.language))

    async def _talk(self, tab: Tab) -> Talk | None:
        try:
            return await self.agents.talk(tab.ticket, tab.cursor)
        except Refused:
            return None

    async def _talk_news(self, tab: Tab) -> Payload:
        """Parts that are new; of head, tags, presence and note what is not as it was sent last."""
        ticket, after = tab.ticket, tab.cursor
        talk = await self._talk(tab)
        if talk is None or tab.ticket != ticket:
            return {}
        news = await self.conversation.news(talk, tab.who, after, words(tab.language))
        if tab.ticket != ticket:  # the tab turned to another while this one was read
            return {}
        parts, cursor = news.pop("parts"), news.pop("cursor")
        frame = {**news, "asked": news["asked"] or tab.frame.get("asked", 0)}
        changed = {key: value for key, value in frame.items() if tab.frame.get(key) != value}
        fresh = [part for part in parts if part["key"] not in tab.frame.get("notes", ())]
        tab.frame, tab.cursor = {**frame, "notes": _notes(parts)}, cursor
        unread = talk.listed.shopper_sequence > after
        if unread and tab.visible and talk.listed.state != "closed":
            await self.agents.read(tab.who, ticket)
        if not changed and not fresh:
            return {}
        return {**changed, "ticket": ticket, "parts": fresh, "cursor": cursor}


def _notes(parts: list[Payload]) -> tuple[str, ...]:
    return tuple(part["key"] for part in parts if part["key"].startswith("n"))


async def _either(board: Watch, talk: Watch, within_s: float) -> bool:
    """Waits for one of them; whether it was (also) the conversation."""
    waits = [asyncio.create_task(watch.changed(within_s)) for watch in (talk, board)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    results = await asyncio.gather(*waits, return_exceptions=True)
    return results[0] is True


def _json(payload: Payload) -> str:
    return json.dumps(payload, ensure_ascii=False)


def router(stream: DeskStream) -> APIRouter:
    """``/agent/stream``; to be included before the mount."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/agent/stream")
    async def events(
        request: Request,
        tab: Annotated[str, Query(min_length=8, max_length=40)],
        language: str = "en",
        view: str = "open",
        tag: str = "",
        only_language: str = "",
        limit: int = PAGE,
        ticket: Annotated[str, Query(max_length=60)] = "",
        after: Annotated[int, Query(ge=0, le=MOST)] = 0,
        visible: bool = True,
    ) -> EventSourceResponse:
        who = await login.member(stream.staff, "agent", request)
        if who is None:
            raise HTTPException(401)
        wanted = filter_of({"view": view, "tag": tag, "only_language": only_language})
        shown = Tab(tab, who, language_of({"language": language}), wanted, max(PAGE, min(MOST_SHOWN, limit)))
        shown.ticket, shown.cursor, shown.visible = ticket, after, visible
        cookie = request.cookies.get(login.cookie_name("agent"), "")
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return EventSourceResponse(stream.events(shown, cookie), ping=3600, headers=headers)

    return routes
