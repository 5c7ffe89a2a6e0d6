"""The reply as a stream of checked pieces: the model's friendly words where they pass, the shop's statements always.

Nothing reaches the customer unchecked. A sentence of the model's is held back until its end, judged, and dropped when
it
fails; a handle becomes its statement. Whatever the model leaves out, is late with or dies over comes from the template.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from assistant.llm.client import DialogueModel, ModelUnavailable
from assistant.wording.check import Checker, Problem
from assistant.wording.prompt import wording_prompt
from assistant.wording.statement import ReplyPlan, gap

Degradation = Literal["warming_up", "unavailable", "interrupted", "overloaded", "abridged"]
MAX_OWN_SENTENCES = 5
"""More of the model's own sentences than this are not friendly any more."""

_HANDLE = re.compile(r"\[\s{0,3}S\s{0,3}(\d{1,2})\s{0,3}\]")
_OPEN_HANDLE = re.compile(r"\[\s{0,3}S?\s{0,3}\d{0,2}\s{0,3}$")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"”’)]*+(?=\s)|[。！？]+[”」）]*|\n+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A checked piece of the reply; joined as they are, the pieces are the reply."""

    text: str
    source: Literal["model", "template"]


@dataclass(frozen=True, slots=True)
class Worded:
    """How the reply came about; the last item of the stream."""

    text: str
    wording: Literal["model", "template"]
    model_calls: int = 0
    prompt_tokens: int = 0
    problems: tuple[Problem, ...] = ()
    degraded: Degradation | None = None
    friendly: tuple[str, ...] = ()
    """The friendly sentences that were said: the model's own, the template's opener and closer, all of small talk."""


@dataclass(slots=True)
class _Reply:
    plan: ReplyPlan
    checker: Checker
    pieces: list[Piece] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    own: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    held: str = ""
    """A question that came before everything required was said: it is asked at the end."""

    def add(self, text: str, source: Literal["model", "template"]) -> Piece:
        before = self.pieces[-1].text if self.pieces else ""
        piece = Piece(gap(before, self.plan.language) + text, source)
        self.pieces.append(piece)
        return piece

    def handle(self, number: str) -> list[Piece]:
        """A statement, after the required ones that the plan puts before it."""
        handle = f"S{number}"
        if self.plan.statement(handle) is None or handle in self.said:
            return []
        pieces = []
        for statement in self.plan.statements:
            if statement.handle not in self.said and (statement.required or statement.handle == handle):
                self.said.add(statement.handle)
                pieces.append(self.add(statement.text, statement.source))
            if statement.handle == handle:
                break
        return pieces

    @property
    def complete(self) -> bool:
        return all(statement.handle in self.said for statement in self.plan.statements if statement.required)

    def sentence(self, text: str, leads: bool = False) -> list[Piece]:
        """The model's own words: kept when they pass. ``leads``: they run into a statement, so they must end in a
        pause."""
        text = text.strip().lstrip(".,;:!?。，；：！？、").strip()
        if not text or (leads and text[-1] not in ":,：，.!?。！？"):
            return []
        if text in self.own or len(self.own) >= MAX_OWN_SENTENCES:
            return []
        problems = self.checker.judge(text)
        if problems:
            self.problems += problems
            return []
        if not self._due(text):
            return []
        self.own.append(text)
        if text.endswith(("?", "？")) and not self.complete:
            self.held = self.held or text
            return []
        return [self.add(text, "model")]

    def _due(self, text: str) -> bool:
        """Whether there is a place for it: friendly words only where an opener is due, a question where a closer is,
        and neither twice in a row."""
        if text in self.plan.facts.said:
            return False
        if text.endswith(("?", "？")):
            return bool(self.plan.closer)
        return bool(self.plan.opener)

    def rest(self) -> list[Piece]:
        """What is missing, in the template's words; the whole template when nothing has been said."""
        plan = self.plan
        started = bool(self.pieces)
        pieces = [] if started or not plan.opener else [self.add(plan.opener, "template")]
        for statement in plan.statements:
            if statement.handle not in self.said and (statement.required or not started):
                self.said.add(statement.handle)
                pieces.append(self.add(statement.text, statement.source))
        if self.held:
            pieces.append(self.add(self.held, "model"))
        elif plan.closer and not any(sentence.endswith(("?", "？")) for sentence in self.own):
            pieces.append(self.add(plan.closer, "template"))
        return pieces

    def friendly(self) -> tuple[str, ...]:
        plan, said = self.plan, {piece.text.strip() for piece in self.pieces}
        talk = [statement.text for statement in plan.statements] if plan.kind.startswith("talk") else []
        return tuple(text for text in (plan.opener, *self.own, *talk, plan.closer) if text and text in said)


async def word(
    plan: ReplyPlan,
    checker: Checker,
    model: DialogueModel | None,
    shop_name: str,
    *,
    unready: Degradation | None = None,
    first_token_s: float = 4.0,
    reply_s: float = 12.0,
    max_tokens: int = 160,
) -> AsyncIterator[Piece | Worded]:
    """The pieces of the reply, then one ``Worded``. ``model`` None: the template; ``unready`` then says why, if the
    model was
    wanted. ``first_token_s`` and ``reply_s`` are the longest waits before the template takes over."""
    reply = _Reply(plan, checker)
    degraded: Degradation | None = unready if model is None else None
    calls = prompt_tokens = 0
    if model is not None and not model.ready:
        degraded = unready or "unavailable"
    elif model is not None:
        metered = model.metered()
        stream = metered.stream(wording_prompt(plan, shop_name, max_tokens))
        deadline = time.monotonic() + reply_s
        buffer = ""
        try:
            first = True
            while True:
                patience = min(first_token_s, deadline - time.monotonic()) if first else deadline - time.monotonic()
                try:
                    buffer += await asyncio.wait_for(anext(stream), max(patience, 0.001))
                except StopAsyncIteration:
                    break
                first = False
                pieces, buffer = _take(buffer, reply, final=False)
                for piece in pieces:
                    yield piece
            pieces, buffer = _take(buffer, reply, final=True)
            for piece in pieces:
                yield piece
        except TimeoutError:
            degraded = "interrupted" if reply.pieces else "overloaded"
        except ModelUnavailable:
            degraded = "interrupted" if reply.pieces or buffer else "unavailable"
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()
            calls, prompt_tokens = metered.usage.calls, metered.usage.prompt_tokens
    for piece in reply.rest():
        yield piece
    yield Worded(
        text="".join(piece.text for piece in reply.pieces),
        wording="model" if any(piece.source == "model" for piece in reply.pieces) else "template",
        model_calls=calls,
        prompt_tokens=prompt_tokens,
        problems=tuple(reply.problems),
        degraded=degraded,
        friendly=reply.friendly(),
    )


def _take(buffer: str, reply: _Reply, final: bool) -> tuple[list[Piece], str]:
    """The finished sentences and handles at the start of the buffer as pieces, and what is left of it."""
    pieces: list[Piece] = []
    while True:
        handle, end = _HANDLE.search(buffer), _SENTENCE_END.search(buffer)
        if handle and (end is None or handle.start() < end.end()):
            pieces += reply.sentence(buffer[: handle.start()], leads=True)
            pieces += reply.handle(handle.group(1))
            buffer = buffer[handle.end() :]
        elif end and not _OPEN_HANDLE.search(buffer[: end.end()]):
            pieces += reply.sentence(buffer[: end.end()])
            buffer = buffer[end.end() :]
        else:
            break
    if final:
        pieces += reply.sentence(buffer)
        buffer = ""
    return pieces, buffer


def reword(plan: ReplyPlan, checker: Checker, raw: str) -> Worded:
    """What the customer would see for a model's whole raw output; for evaluation and training data."""
    reply = _Reply(plan, checker)
    _take(raw, reply, final=True)
    reply.rest()
    return Worded(
        text="".join(piece.text for piece in reply.pieces),
        wording="model" if any(piece.source == "model" for piece in reply.pieces) else "template",
        problems=tuple(reply.problems),
        friendly=reply.friendly(),
    )
