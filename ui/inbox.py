"""The desk's list: rows of conversations, filters with their counts, search, and what is new enough to be told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.languages import LANGUAGES
from assistant.notify.outbox import Told
from assistant.pages import StaffMember
from assistant.records.inbox import Listed
from assistant.records.triage import PRIORITIES
from assistant.service.inbox import VIEWS, Board, Filter, InboxService, View
from ui import render
from ui.live import Payload
from ui.texts import Words

_parts: Any = render.ENVIRONMENT.get_template("inbox_parts.html").module
PAGE = 50
"""Conversations that are shown at once; more are a press away."""
_KEPT_ROWS = 5_000


@dataclass(slots=True)
class Shown:
    """What one tab has been sent of the list, so that only what changed is sent again."""

    order: list[str] = field(default_factory=list)
    rows: dict[str, str] = field(default_factory=dict)
    rest: Payload = field(default_factory=dict)
    waiting: set[str] | None = None
    """Tickets that waited when it was last sent; ``None`` before the first time."""
    written: dict[str, int] = field(default_factory=dict)
    """Up to where shoppers had written in the agent's own conversations."""


def filter_of(payload: Payload) -> Filter:
    """What is no view is all that is open."""
    view: View = next((one for one in VIEWS if one == payload.get("view")), "open")
    language = str(payload.get("only_language") or "")
    return Filter(view, str(payload.get("tag") or "")[:40], language if language in LANGUAGES else "")


class InboxPart:
    def __init__(self, inbox: InboxService) -> None:
        self.inbox = inbox
        self._rows: OrderedDict[tuple[Listed, bool, str, str], str] = OrderedDict()

    @staticmethod
    def told(told: Sequence[Told], w: Words) -> Payload:
        """The team's notifications as a list, and when each was: the page counts those that are new to its agent."""
        return {"html": str(_parts.told(told, w)), "at": [each.at.timestamp() for each in told]}

    def row(self, one: Listed, unread: bool, me: str, w: Words) -> str:
        """Made once for all desks that see it alike. Times are told by the page's own clock."""
        mine = me if one.agent == me else ""
        key = (one, unread, mine, w.language)
        html = self._rows.get(key)
        if html is None:
            due = None if one.first_reply_at or one.state == "closed" else one.opened_at + self.inbox.first_reply_in
            html = str(_parts.row(one, unread, bool(mine), due, PRIORITIES[one.priority], w))
            if len(self._rows) >= _KEPT_ROWS:
                self._rows.popitem(last=False)
            self._rows[key] = html
        return html

    def news(self, board: Board, who: StaffMember, wanted: Filter, limit: int, shown: Shown, w: Words) -> Payload:
        """What of the list is not as the tab has it; empty when all is."""
        found = board.seen_by(who, wanted)
        rows = {one.ticket_id: self.row(one, board.unread(one, who.id), who.name, w) for one in found[:limit]}
        order = list(rows)
        news: Payload = {}
        changed = [{"key": key, "html": html} for key, html in rows.items() if shown.rows.get(key) != html]
        if changed:
            news["rows"] = changed
        if order != shown.order or not shown.rest:
            news["order"] = order
        rest = self._rest(board, who, wanted, max(0, len(found) - limit), w)
        if rest != shown.rest:
            news.update(rest)
        alerts = self._alerts(board, who, shown, w)
        if alerts:
            news["alerts"] = alerts
        shown.order, shown.rows, shown.rest = order, rows, rest
        return news

    def _rest(self, board: Board, who: StaffMember, wanted: Filter, hidden: int, w: Words) -> Payload:
        counts = board.counts(who)
        mine = sum(1 for one in board.listed if one.agent == who.name and board.unread(one, who.id))
        tags = sorted({tag for one in board.listed for tag in one.tags})
        return {
            "filters": str(_parts.filters(counts, wanted, tags, LANGUAGES, w)),
            "more": w("inbox.more", count=hidden) if hidden else "",
            "empty": "" if board.seen_by(who, wanted) else str(_parts.empty(wanted, w)),
            "attention": counts["waiting"] + mine,
        }

    def _alerts(self, board: Board, who: StaffMember, shown: Shown, w: Words) -> list[Payload]:
        """Who came into the queue, and who wrote in the agent's own conversations, since the tab was last told."""
        waiting = {one.ticket_id: one for one in board.listed if one.state == "waiting"}
        mine = {one.ticket_id: one for one in board.listed if one.state == "taken" and one.agent == who.name}
        alerts: list[Payload] = []
        if shown.waiting is not None:
            for id_ in waiting.keys() - shown.waiting:
                alerts.append({"ticket": id_, "title": w("inbox.alert_waiting"), "text": title(waiting[id_], w)})
            for id_, one in mine.items():
                if one.shopper_sequence > shown.written.get(id_, one.shopper_sequence):
                    alerts.append({"ticket": id_, "title": title(one, w), "text": one.shopper_text})
        shown.waiting = set(waiting)
        shown.written = {id_: one.shopper_sequence for id_, one in mine.items()}
        return alerts[:5]

    async def search(self, who: StaffMember, words: str, w: Words) -> str:
        hits = await self.inbox.search(who, words)
        return str(_parts.hits(hits, words, w))


def title(one: Listed, w: Words) -> str:
    """Who writes, by name where it is known."""
    return one.customer or w("inbox.visitor", id=one.ticket_id[-4:].upper())
