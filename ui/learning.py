"""The admin page's part on what is learned: how drafts fare, proposals for help pages, answers reported bad."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr

from assistant.pages import Refused
from assistant.service.learning import LearningService
from ui import render
from ui.live import Call, Payload
from ui.shopper import language_of
from ui.texts import Words, words

_parts: Any = render.ENVIRONMENT.get_template("learning_parts.html").module
_admin_parts: Any = render.ENVIRONMENT.get_template("admin_parts.html").module


class LearningPart:
    """``who`` tells the signed-in admin's name from a request's cookies."""

    def __init__(self, learning: LearningService, who: Callable[[Any], Awaitable[str]]) -> None:
        self.service = learning
        self.who = who

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.learning, self.learn, self.regression

    async def learning(self, payload: Payload, request: gr.Request) -> Payload:
        return await self._tables(words(language_of(payload)))

    async def learn(self, payload: Payload, request: gr.Request) -> Payload:
        """Takes or leaves a proposal. Says how it went."""
        w, by, proposal = words(language_of(payload)), await self.who(request), str(payload.get("id") or "")
        try:
            if payload.get("do") == "approve":
                question, answer = str(payload.get("question") or ""), str(payload.get("answer") or "")
                version = await self.service.approve(proposal, by, question, answer)
                told = w("learning.approved", id=version.id)
            else:
                await self.service.decline(proposal, by)
                told = w("learning.declined")
        except Refused as refusal:
            return {"told": str(_admin_parts.told(render.refusal(refusal, w), False))}
        return {"told": str(_admin_parts.told(told, True)), **await self._tables(w)}

    async def regression(self, payload: Payload, request: gr.Request) -> Payload:
        """The reported answers as a file, in a ``data:`` address."""
        lines = await self.service.regression()
        return {"file": "data:application/jsonl;base64," + base64.b64encode(lines.encode()).decode()}

    async def _tables(self, w: Words) -> Payload:
        learned = await self.service.learned()
        return {
            "figures": str(_parts.figures(learned.figures, w)),
            "proposals": str(_parts.proposals(learned.proposals, w)),
            "reported": str(_parts.reported(learned.reported, w)),
            "vouched": str(_parts.vouched(learned.vouched, w)),
        }
