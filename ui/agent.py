"""The agent console: who waits, what was said, suggested replies with what is behind them, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from assistant.languages import LANGUAGES
from assistant.pages import Refused
from assistant.service.agents import AgentService
from assistant.service.suggestions.service import SuggestionService
from assistant.shop.views import TicketView
from ui import live, render
from ui.live import Payload
from ui.shopper import language_of
from ui.suggestions import SuggestionsPart
from ui.texts import Words, words

_parts: Any = render.ENVIRONMENT.get_template("agent_parts.html").module


def waited(since: datetime, w: Words) -> str:
    """ "3 min", in the largest unit that fits."""
    seconds = max(0, int((datetime.now(UTC) - since).total_seconds()))
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return w(f"agent.{unit}", count=seconds // size)
    return w("agent.seconds", count=seconds)


def browser_words(w: Words) -> dict[str, str]:
    texts = {f"{name}.{key}": text for name in ("agent", "suggest") for key, text in w.section(name).items()}
    return {**texts, "team.title": w("team.title"), "language": w.language}


class AgentPage:
    """``who`` tells the signed-in agent's name from a request's cookies."""

    def __init__(self, agents: AgentService, suggestions: SuggestionService, who: Callable[[Any], str]) -> None:
        self.agents = agents
        self.suggestions = suggestions
        self.who = who

    async def hello(self, payload: Payload, request: gr.Request) -> Payload:
        return {"words": browser_words(words(language_of(payload))), "me": self.who(request)}

    async def refresh(self, payload: Payload, request: gr.Request) -> Payload:
        """The queue, and of the open ticket its head and what is new after the cursor."""
        w = words(language_of(payload))
        me = self.who(request)
        selected = payload.get("ticket")
        tickets = list(await self.agents.tickets())
        reply: Payload = {"queue": self._queue(tickets, selected, me, w)}
        ticket = next((t for t in tickets if t.id == selected), None)
        if ticket is not None:
            after = int(payload.get("after") or 0)
            news = await self.agents.transcript(ticket.id)
            reply.update(
                head=str(_parts.head(ticket, waited(ticket.opened_at, w), me, w)),
                parts=render.entries((entry for entry in news.entries if entry.cursor > after), w),
                cursor=news.cursor,
                asked=max((entry.cursor for entry in news.entries if entry.speaker == "shopper"), default=0),
                mine=ticket.state == "taken" and ticket.agent == me,
                state=ticket.state,
                note=self._note(ticket, me, w),
            )
        return reply

    def _queue(self, tickets: list[TicketView], selected: object, me: str, w: Words) -> str:
        groups = [
            (state, [(t, waited(t.opened_at, w)) for t in tickets if t.state == state])
            for state in ("waiting", "taken", "closed")
        ]
        shown = [(state, group) for state, group in groups if group or state == "waiting"]
        return str(_parts.queue(shown, selected, me, w))

    def _note(self, ticket: TicketView, me: str, w: Words) -> str:
        if ticket.state == "waiting":
            return w("agent.take_first")
        if ticket.state == "closed":
            return w("agent.is_closed")
        return "" if ticket.agent == me else w("agent.held_by", name=ticket.agent)

    async def act(self, payload: Payload, request: gr.Request) -> Payload:
        """Take, send or close; a refusal comes back in words."""
        ticket, me = str(payload["ticket"]), self.who(request)
        try:
            match payload.get("kind"):
                case "take":
                    await self.agents.take(ticket, me)
                case "send":
                    text = str(payload.get("text") or "").strip()
                    draft, vouched = str(payload.get("draft") or ""), payload.get("vouched") is True
                    if text:
                        await self.suggestions.before_sending(ticket, text, draft, vouched=vouched)
                        await self.agents.send(ticket, me, text)
                        await self.suggestions.sent(ticket, me, text, draft, vouched=vouched)
                case "close":
                    await self.agents.close(ticket, me)
                case _:
                    raise ValueError("unknown button")
        except Refused as refusal:
            return {"refused": str(refusal)}
        return {}


def build(agents: AgentService, suggestions: SuggestionService, shop_name: str, who: Callable[[Any], str]) -> gr.Blocks:
    page, part = AgentPage(agents, suggestions, who), SuggestionsPart(suggestions, who)
    w = words("en")
    skeleton = render.page("agent.html", w=w, shop=shop_name, languages=LANGUAGES, section="agent", path="/agent")
    return live.page(
        title=f"{w('agent.title')} · {shop_name}",
        skeleton=skeleton,
        scripts=("agent.js", "suggestions.js"),
        calls=(page.hello, page.refresh, page.act, *part.calls),
        streams={},
        settings={"words": browser_words(w)},
    )
