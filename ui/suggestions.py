"""The agent console's part for suggested replies: drafts with what backs them, the audit, and what becomes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr
from markupsafe import Markup, escape

from assistant.pages import Audited, Refused, SuggestedReplies
from assistant.service.suggestions.service import SuggestionService
from ui import render
from ui.live import Call, NotSent, Payload, whole
from ui.shopper import language_of
from ui.texts import Words, words

_parts: Any = render.ENVIRONMENT.get_template("suggestions.html").module


def marked(audited: Audited, w: Words) -> Markup:
    """The text, escaped, with its claims marked: each says what backs it, or that nothing does."""
    parts, end = [], 0
    for claim in audited.claims:
        said = w("suggest.backed", source=claim.source) if claim.backed else w(f"suggest.unbacked_{claim.kind}")
        mark = _backed if claim.backed else _unbacked
        parts += [escape(audited.text[end : claim.start]), mark.format(said, audited.text[claim.start : claim.end])]
        end = claim.end
    return Markup("").join([*parts, escape(audited.text[end:])])


_backed = Markup('<span class="claim" title="{0}">{1}</span>')
_unbacked = Markup('<mark class="claim claim-red" title="{0}">{1}<span class="unseen"> ({0})</span></mark>')


class SuggestionsPart:
    """``who`` tells the signed-in agent's name from a request's cookies."""

    def __init__(self, suggestions: SuggestionService, who: Callable[[Any], Awaitable[str]]) -> None:
        self.suggestions = suggestions
        self.who = who
        self._waiting: dict[str, SuggestedReplies] = {}

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.suggest, self.reword, self.audit, self.rework, self.use, self.report

    async def suggest(self, payload: Payload, request: gr.Request) -> Payload:
        """Drafts made by code. ``coming``: ask for the model's words with ``reword``."""
        w, ticket = words(language_of(payload)), str(payload["ticket"])
        try:
            found = await self.suggestions.suggest(ticket)
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w), "html": ""}
        coming = found.model == "coming"
        if coming:
            self._waiting[ticket] = found
        return {"html": self._html(found, w), "cursor": found.cursor, "coming": coming}

    async def reword(self, payload: Payload, request: gr.Request) -> Payload:
        w, ticket = words(language_of(payload)), str(payload["ticket"])
        before = self._waiting.pop(ticket, None)
        if before is None:
            return {"html": ""}
        try:
            found = await self.suggestions.reworded(ticket, before)
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w), "html": ""}
        return {"html": self._html(found, w), "cursor": found.cursor}

    async def audit(self, payload: Payload, request: gr.Request) -> Payload:
        """What the agent has written, with what nothing backs marked."""
        w = words(language_of(payload))
        try:
            audited = await self.suggestions.audit(str(payload["ticket"]), str(payload.get("text") or ""))
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w), "html": ""}
        red = [claim for claim in audited.claims if not claim.backed]
        return {"html": str(_parts.audited(audited, red, marked(audited, w), w)), "red": len(red)}

    async def rework(self, payload: Payload, request: gr.Request) -> Payload:
        """Shorter, warmer or in another language, audited again."""
        w = words(language_of(payload))
        try:
            audited = await self.suggestions.rework(
                str(payload["ticket"]), str(payload.get("text") or ""), str(payload.get("how")), w.language
            )
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}
        return {"text": audited.text, "marked": str(marked(audited, w)), "red": not audited.sendable}

    async def use(self, payload: Payload, request: gr.Request) -> Payload:
        """Proposes the action of a draft, shows its cards, or puts it aside."""
        w, ticket, draft = words(language_of(payload)), str(payload["ticket"]), str(payload["draft"])
        me = await self.who(request)
        try:
            match payload.get("kind"):
                case "propose":
                    await self.suggestions.propose(ticket, me, draft)
                case "show":
                    await self.suggestions.show(ticket, me, draft)
                case "discard":
                    await self.suggestions.discard(ticket, me, draft)
                case _:
                    raise NotSent("unknown button")
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}
        return {}

    async def report(self, payload: Payload, request: gr.Request) -> Payload:
        """An answer of the assistant's that was wrong, for the regression set."""
        w = words(language_of(payload))
        try:
            await self.suggestions.report(str(payload["ticket"]), await self.who(request), whole(payload, "cursor"))
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}
        return {}

    @staticmethod
    def _html(found: SuggestedReplies, w: Words) -> str:
        texts: Mapping[str, Markup] = {reply.id: marked(reply.audit, w) for reply in found.replies}
        return str(_parts.suggestions(found, texts, w))
