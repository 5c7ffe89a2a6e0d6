"""Wishes that no slot stands for: qualities such as "quiet", "not too large", "for cold ground", with the words by which
a product's text speaks for and against them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict

from assistant.understanding.languages import texts

_NOT = re.compile(r"(?:\bnot|\bnever|n't|\bno|\bnothing|\bwithout)(?: \w{1,12}){0,2} $", re.IGNORECASE)
"""English right before a quality that is not wanted: "not too large"."""
_MODEST = "太"
"""不要太大 does not ask for the smallest."""


class Wish(BaseModel):
    """``like`` are words of a text that speak for it, ``unlike`` those that speak against it. ``quality`` names what it
    is a matter of, where that is known, and ``high`` which side of it is wanted."""

    model_config = ConfigDict(frozen=True)

    say: str
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    quality: str = ""
    high: bool = True


@dataclass(frozen=True, slots=True)
class _Quality:
    name: str
    low: tuple[str, ...]
    high: tuple[str, ...]
    asks_low: re.Pattern[str]
    asks_high: re.Pattern[str]


@cache
def _qualities(language: str) -> tuple[_Quality, ...]:
    found = []
    for name, entry in texts("qualities", language).items():
        sides = {side: tuple(filter(None, words.split("|"))) for side, words in entry.items()}
        low, high = sides["low"], sides["high"]
        asks = (_words((*low, *sides["low_for"]), language), _words((*high, *sides["high_for"]), language))
        found.append(_Quality(name, low, high, *asks))
    return tuple(found)


def _words(words: Sequence[str], language: str) -> re.Pattern[str]:
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
    return re.compile(either if language == "zh" else rf"\b(?:{either})(?:er|est)?\b", re.IGNORECASE)


def wished(text: str, language: str) -> list[Wish]:
    """The qualities that a text wishes for, one wish each."""
    return [wish for quality in _qualities(language) if (wish := _wish(quality, text)) is not None]


def _wish(quality: _Quality, text: str) -> Wish | None:
    for high, asks in ((True, quality.asks_high), (False, quality.asks_low)):
        match = asks.search(text)
        if match is None:
            continue
        like, unlike = (quality.high, quality.low) if high else (quality.low, quality.high)
        if refusal := _NOT.search(text[: match.start()]):
            return Wish(say=text[refusal.start() : match.end()], unlike=like, quality=quality.name, high=not high)
        modest = _MODEST in match[0]
        return Wish(say=match[0], like=() if modest else like, unlike=unlike, quality=quality.name, high=high)
    return None


def completed(wish: Wish, language: str) -> Wish:
    """A wish with what is known of the quality that it is a matter of."""
    own = wished(wish.say, language)
    if len(own) != 1:
        return wish
    known = own[0]
    like = tuple(dict.fromkeys((*wish.like, *known.like)))
    unlike = tuple(word for word in dict.fromkeys((*wish.unlike, *known.unlike)) if word not in wish.like)
    return wish.model_copy(update={"like": like, "unlike": unlike, "quality": known.quality, "high": known.high})


def merged(before: Sequence[Wish], new: Sequence[Wish]) -> list[Wish]:
    """The wishes after a follow-up: what is said anew of a quality takes the place of what was."""
    said = {wish.quality or wish.say for wish in new}
    return [*(wish for wish in before if (wish.quality or wish.say) not in said), *new]
