"""A direct answer in a leading model's own words, resting on numbered lines of what the shop knows.

The model words it and names its lines; ``wording.grounded`` checks it against these; then the model is shown the answer
and its lines alone, and asked whether the one follows from the others (self-verification against the evidence, as in
Dhuliawala et al., "Chain-of-Verification", 2023). What fails either is not said: the shop's own lines stand.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answering.candidates import ANSWER, LINES, MAX_LINES, named
from assistant.languages import in_english
from assistant.llm.client import DialogueModel, Prompt, json_within
from assistant.privacy import redact
from assistant.prompts import prompt
from assistant.wording.grounded import ungrounded
from assistant.wording.sentences import sentences
from assistant.wording.statement import join

log = logging.getLogger(__name__)

MAX_TOKENS = 200
_MAX_VERDICT_TOKENS = 16

SCHEMA: dict[str, Any] = {
    "title": "answer",
    "type": "object",
    "properties": {"answer": ANSWER, "from": LINES, "drop": LINES},
    "required": ["answer", "from", "drop"],
    "additionalProperties": False,
}
VERDICT: dict[str, Any] = {
    "title": "verdict",
    "type": "object",
    "properties": {"follows": {"type": "boolean"}},
    "required": ["follows"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class DirectQuestion:
    """What an answer is asked for: the conversation before as (who, text), the message, what the reply says so far and
    what else is known. ``optional`` are places in ``reply`` that may be left out; ``always`` are lines known anyway,
    such as today's date."""

    turns: Sequence[tuple[str, str]]
    message: str
    reply: Sequence[str]
    optional: frozenset[int]
    known: Sequence[str]
    always: Sequence[str]
    language: str
    shop: str


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """What a model wants to say and the numbers of the ``lines`` that it rests on, as the model gave them. An empty
    line is one that nothing may rest on."""

    text: object
    of: object
    lines: Sequence[str]
    always: Sequence[str]


@dataclass(frozen=True, slots=True)
class Direct:
    """``drop``: places in the reply's lines that the answer makes needless."""

    text: str
    drop: frozenset[int] = frozenset()


async def answer(asked: DirectQuestion, model: DialogueModel, limit_s: float) -> Direct | None:
    """``None``: nothing is to be added, or nothing that holds up came within ``limit_s`` seconds."""
    lines = [*asked.reply, *asked.known]
    shown = prompt("answer_turn.md").render(
        turns=asked.turns,
        lines=[f"{'* ' if at in asked.optional else ''}{line}" for at, line in enumerate(lines)],
        replied=len(asked.reply),
        always=asked.always,
        message=redact(asked.message),
        language=in_english(asked.language),
    )
    system = prompt("answer.md").render(shop=asked.shop).strip()
    said = await json_within(model, Prompt(system, shown.strip(), MAX_TOKENS), SCHEMA, limit_s)
    if said is None:
        return None
    drop = frozenset(number - 1 for number in named(said.get("drop"), len(asked.reply))[:MAX_LINES]) & asked.optional
    claim = CitedAnswer(said.get("answer"), said.get("from"), lines, asked.always)
    told = "\n".join([*(text for who, text in asked.turns if who == "shopper"), asked.message])
    text = await held(claim, told, asked.language, model, limit_s)
    whole = text == join(sentences(str(said.get("answer"))), asked.language)
    return Direct(text, drop if whole else frozenset()) if text else None


async def held(claim: CitedAnswer, message: str, language: str, model: DialogueModel, limit_s: float) -> str:
    """The answer, where it stands on the lines that it names and follows from them; else nothing."""
    told = [claim.lines[number - 1] for number in named(claim.of, len(claim.lines))[:MAX_LINES]]
    if not isinstance(claim.text, str) or not claim.text.strip() or "" in told:
        return ""
    text, told = claim.text.strip(), [*told, *claim.always]
    problems = ungrounded(text, told, message, language)
    failed = {problem.sentence for problem in problems}
    kept = [sentence for sentence in sentences(text) if sentence not in failed]
    if failed:
        log.info("of a direct answer was not said: %s", ", ".join(problem.kind for problem in problems))
    if not kept or text in failed:
        return ""
    text = join(kept, language)
    shown = prompt("verdict.md").render(lines=told, message=redact(message), answer=text)
    verdict = await json_within(model, Prompt("", shown.strip(), _MAX_VERDICT_TOKENS), VERDICT, limit_s)
    return text if verdict is not None and verdict.get("follows") is True else ""
