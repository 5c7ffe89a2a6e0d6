"""The desk's open conversation: its head, what was said with the team's notes between, and what an agent does to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistant.events import TextDelta
from assistant.pages import Entry, Refused, StaffMember
from assistant.records.notes import Note
from assistant.records.triage import PRIORITIES
from assistant.service.agents import CLOSE_REASONS, RESTS, AgentService, Talk
from assistant.service.suggestions.service import SuggestionService
from assistant.service.translation import TranslationService
from ui import render
from ui.inbox import title
from ui.live import NotSent, Payload, whole
from ui.texts import Words

_parts: Any = render.ENVIRONMENT.get_template("agent_parts.html").module
_drafts: Any = render.ENVIRONMENT.get_template("suggestions.html").module


def words_of(entry: Entry) -> str:
    """What was said in it, without cards."""
    return entry.text or "".join(event.text for event in entry.events if isinstance(event, TextDelta))


class ConversationPart:
    def __init__(self, agents: AgentService, suggestions: SuggestionService, translation: TranslationService) -> None:
        self.agents = agents
        self.suggestions = suggestions
        self.translation = translation

    async def news(self, talk: Talk, who: StaffMember, after: int, w: Words) -> Payload:
        """The conversation as it stands, with what came after the cursor."""
        listed, ticket = talk.listed, talk.listed
        team = await self.agents.team() if who.leads else ()
        mine = ticket.state == "taken" and ticket.agent == who.name
        others = [one for one in talk.present if one.side == "agent" and one.name != who.name]
        writes = any(one.typing for one in talk.present if one.side == "shopper")
        return {
            "ticket": ticket.ticket_id,
            "head": str(_parts.head(ticket, title(listed, w), who, mine, team, PRIORITIES, RESTS, w)),
            "tags": str(_parts.tags(listed.tags, w)),
            "present": str(_parts.present(others, writes, title(listed, w), w)),
            "parts": self._log(talk.news.entries, talk.notes, after, listed.language, w),
            "cursor": talk.news.cursor,
            "asked": max((one.cursor for one in talk.news.entries if one.speaker == "shopper"), default=0),
            "mine": mine,
            "state": ticket.state,
            "note": self._note(talk, who, w),
            "foreign": listed.language if listed.language != w.language else "",
        }

    def _note(self, talk: Talk, who: StaffMember, w: Words) -> str:
        ticket = talk.listed
        if ticket.state == "waiting":
            return w("agent.take_first")
        if ticket.state == "closed":
            return w("agent.is_closed")
        return "" if ticket.agent == who.name else w("agent.held_by_more", name=ticket.agent)

    def _log(
        self, entries: Iterable[Entry], notes: Iterable[Note], after: int, language: str, w: Words
    ) -> list[render.Part]:
        """Notes stand where they were written; on an open page they come last, as they come."""
        parts: list[tuple[int, int, render.Part]] = []
        for entry in entries:
            if entry.cursor > after:
                parts += [(entry.cursor, 0, part) for part in self._said(entry, language, w)]
        for note in notes:
            if note.after >= after:
                html = str(_parts.note(note, w))
                parts.append((note.after, note.id, {"key": f"n{note.id}", "html": html}))
        return [part for _, _, part in sorted(parts, key=lambda each: each[:2])]

    def _said(self, entry: Entry, language: str, w: Words) -> list[render.Part]:
        parts = render.entries((entry,), w)
        if entry.speaker == "assistant" and words_of(entry).strip():
            wrong = str(_drafts.report(entry.cursor, w))
            parts = [{**part, "html": part["html"].replace("</article>", f"{wrong}</article>")} for part in parts]
        if language != w.language and words_of(entry).strip():
            offer = str(_parts.translate(entry.cursor, w))
            return [{**part, "html": part["html"].replace("</article>", f"{offer}</article>")} for part in parts]
        return parts

    async def past(self, who: StaffMember, conversation_id: str, w: Words) -> str:
        """An earlier conversation, to be read only."""
        record, news = await self.agents.past(who, conversation_id)
        parts = render.entries(news.entries, w)
        return str(_parts.past(record, [part["html"] for part in parts], w))

    async def translated(self, who: StaffMember, ticket_id: str, cursor: int, w: Words) -> str:
        """What was said at that place, in the agent's language."""
        talk = await self.agents.talk(ticket_id, cursor - 1)
        entry = next((one for one in talk.news.entries if one.cursor >= cursor), None)
        text = words_of(entry) if entry else ""
        translated = await self.translation.translate(who, talk.listed.conversation_id, text, w.language)
        return str(_parts.translated(translated, w))

    async def act(self, who: StaffMember, payload: Payload, w: Words) -> Payload:
        """One thing done to the open conversation; a refusal comes back in words."""
        try:
            await self._do(who, str(payload["ticket"]), payload)
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w), "why": refusal.key}
        return {}

    async def _do(self, who: StaffMember, ticket: str, payload: Payload) -> None:
        agents, value = self.agents, str(payload.get("value") or "")
        match payload.get("kind"):
            case "take":
                await agents.take(ticket, who.name)
            case "send":
                await self._send(who, ticket, payload)
            case "close":
                await agents.close(ticket, who.name, next((one for one in CLOSE_REASONS if one == value), None))
            case "hand-back":
                await agents.hand_back(ticket, who.name)
            case "release":
                await agents.release(who, ticket)
            case "take-over":
                await agents.assign(who, ticket, who.name)
            case "assign":
                await agents.assign(who, ticket, value)
            case "reopen":
                await agents.reopen(who, ticket)
            case "priority":
                await agents.set_priority(ticket, value)
            case "snooze":
                await agents.snooze(ticket, value, whole(payload, "zone", 0))
            case "wake":
                await agents.wake(ticket)
            case "tag" | "untag":
                await agents.tag(ticket, value, on=payload["kind"] == "tag")
            case "note":
                await agents.note(who, ticket, str(payload.get("text") or ""))
            case "unread":
                await agents.unread(who, ticket)
            case _:
                raise NotSent("unknown button")

    async def _send(self, who: StaffMember, ticket: str, payload: Payload) -> None:
        text, key = str(payload.get("text") or "").strip(), str(payload.get("key") or "")
        draft, vouched = str(payload.get("draft") or ""), payload.get("vouched") is True
        await self.suggestions.before_sending(ticket, text, draft, vouched=vouched)
        await self.agents.send(ticket, who.name, text, key)
        await self.suggestions.sent(ticket, who.name, text, draft, vouched=vouched)
