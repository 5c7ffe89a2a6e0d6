"""What the model is asked: the statements by handle, the customer's words, and nothing that could be left out."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.languages import in_english
from assistant.llm.client import Prompt
from assistant.prompts import prompt
from assistant.wording.statement import ReplyPlan
from assistant.wording.tone import cheerful

MAX_MESSAGE_CHARS = 240
STATEMENT_CHARS, STATEMENT_CHARS_ZH = 180, 70
"""Longer statements are shown shortened: the model places them, it does not copy them. Chinese takes more tokens a
character."""


@dataclass(frozen=True, slots=True)
class ShownStatement:
    handle: str
    shown: str


def wording_prompt(plan: ReplyPlan, shop_name: str, max_tokens: int | None = None) -> Prompt:
    """The one model call of a turn. Where an opener and a closer are due to someone in a plain mood, it reads as the
    shipped adapter was trained."""
    limit = STATEMENT_CHARS_ZH if plan.language == "zh" else STATEMENT_CHARS
    statements = [
        ShownStatement(statement.handle, shorten(statement.shown_as or statement.text, limit))
        for statement in plan.statements
    ]
    return Prompt(
        system=prompt("assistant.md")
        .render(
            shop=shop_name,
            language=in_english(plan.language),
            opener=plan.opener,
            closer=plan.closer,
            mood=plan.facts.mood,
            sober=not cheerful("plain", plan.facts),
        )
        .strip(),
        user=prompt("reply.md")
        .render(message=shorten(plan.facts.message, MAX_MESSAGE_CHARS), statements=statements)
        .strip(),
        max_tokens=max_tokens,
    )


def shorten(text: str, limit: int) -> str:
    """One line of at most ``limit`` characters; handles that a customer typed lose their brackets."""
    line = " ".join(text.split()).replace("[", "(").replace("]", ")")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
