"""A draft made shorter, warmer or another language: by the served model, held to what the draft stated; where none is
served, shorter and warmer by code."""

from __future__ import annotations

import asyncio
import re
from typing import Literal

from assistant.dialogue.voice import Voice
from assistant.languages import in_english
from assistant.llm.client import ModelUnavailable, Prompt
from assistant.pages import Audited, Refused
from assistant.prompts import prompt
from assistant.understanding.language import detect_language
from assistant.wording.sentences import sentences
from assistant.wording.statement import join
from assistant.wording.texts import texts

How = Literal["shorter", "warmer", "translate"]
_HOW = {
    "shorter": "Make it shorter: leave out what is not needed to answer, keep the answer itself.",
    "warmer": "Make it warmer and friendlier, in at most one more sentence.",
    "translate": "Translate it.",
}
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*|\b[A-Z]{2,8}-[A-Z0-9]+")
_MAX_TOKENS = 400


async def rework(how: str, audited: Audited, theirs: str, own: str, voice: Voice) -> str:
    """The text anew. ``theirs``: the customer's language, ``own``: the agent's. Raises ``Refused``."""
    if how not in _HOW:
        raise Refused(key="rework_no_model")
    written = detect_language(audited.text, theirs)
    language = (own if written == theirs else theirs) if how == "translate" else written
    made = await _by_model(how, audited.text, language, voice)
    if made is not None and _keeps(made, audited.text, shorter=how == "shorter"):
        return made
    if how == "translate":
        raise Refused(key="rework_not_checked" if made is not None else "rework_no_model")
    return _shorter(audited) if how == "shorter" else _warmer(audited.text, written)


async def _by_model(how: str, text: str, language: str, voice: Voice) -> str | None:
    """``None`` where no model answers in time."""
    model = voice.model
    if model is None or not model.ready or voice.unready() or not voice.may_spend():
        return None
    metered = model.metered()
    system = prompt("rework.md").render(how=_HOW[how], language=in_english(language))
    try:
        async with asyncio.timeout(voice.reply_s):
            pieces = [piece async for piece in metered.stream(Prompt(system, text, _MAX_TOKENS))]
    except (TimeoutError, ModelUnavailable):
        return None
    finally:
        await asyncio.to_thread(voice.spent, metered.usage.prompt_tokens, metered.usage.completion_tokens)
    return "".join(pieces).strip().strip('"“”') or None


def _keeps(made: str, text: str, *, shorter: bool) -> bool:
    """Whether no figure or id has come to it, and none has gone that was not left out to make it shorter."""
    before, after = set(_FIGURES.findall(text)), set(_FIGURES.findall(made))
    return after <= before and (shorter or before <= after) and (not shorter or len(made) < len(text))


def _shorter(audited: Audited) -> str:
    """Its first sentence and those that state something; raises ``Refused`` where that is all of it."""
    said = sentences(audited.text)
    kept = [each for at, each in enumerate(said) if at == _answer_at(said) or _states(each, audited)]
    if len(kept) >= len(said):
        kept = [each for each in said if not each.endswith(("?", "？"))] or kept
    if len(kept) >= len(said):
        raise Refused(key="nothing_shorter")
    return join(kept, detect_language(audited.text, "en"))


def _answer_at(said: list[str]) -> int:
    """The first sentence of more than a few words: before it stand courtesies."""
    return next((at for at, each in enumerate(said) if len(each) > 24), 0)


def _states(sentence: str, audited: Audited) -> bool:
    at = audited.text.find(sentence)
    return any(at <= claim.start < at + len(sentence) for claim in audited.claims)


def _warmer(text: str, language: str) -> str:
    own = texts(language, "agent")
    before = own.render("desk", "warm_thanks")
    after = own.render("desk", "warm_end")
    parts = [part for part in (before, text, after) if part == text or part not in text]
    return join(parts, language)
