"""The mood a message is written in, from the words people show it with. It knows nothing of irony."""

from __future__ import annotations

import re
from typing import Literal, cast

from assistant.understanding.phrases import phrases, words

Mood = Literal["neutral", "pleased", "annoyed", "angry", "worried", "sad"]
_STRONGEST: tuple[Mood, ...] = ("angry", "worried", "sad", "annoyed", "pleased")
_DENIED: dict[str, Mood] = {"pleased": "annoyed"}
"""What a denied mood amounts to: "not happy". Other moods that are denied are none."""
_NEGATION_SCOPE_WORDS = 3
"""How many words before a mood may deny it."""
_STOP = re.compile(r"[.,;!?。，；！？\n]")
_SHOUTED = re.compile(r"!!|！！|\b[A-Z]{5,}\b")


def read_mood(message: str, language: str) -> Mood:
    """The strongest mood the message shows. Shouting ("!!", capitals) makes annoyance anger, and is none by itself."""
    lists = phrases("mood", language)
    found: set[Mood] = set()
    for clause in _STOP.split(message):
        denied_until = 0
        for met in lists.met(words(clause, lists.language)):
            if met.kind == "deny":
                denied_until = met.end + _NEGATION_SCOPE_WORDS
            elif met.start >= denied_until:
                found.add(cast(Mood, met.kind))
            elif met.kind in _DENIED:
                found.add(_DENIED[met.kind])
    if "annoyed" in found and _SHOUTED.search(message):
        found.add("angry")
    return next((mood for mood in _STRONGEST if mood in found), "neutral")


def agrees(message: str, language: str) -> bool:
    """Whether a message is a plain yes and nothing more."""
    lists = phrases("assent", language)
    row = words(message, lists.language)
    met = list(lists.met(row))
    kinds = {each.kind for each in met}
    # "Ok, thanks" ends a talk; it agrees to nothing.
    yes = "yes" in kinds or ("nod" in kinds and "thanks" not in kinds)
    return yes and sum(each.end - each.start for each in met) == len(row)


def thanks(message: str, language: str) -> bool:
    """Whether a message thanks, and asks nothing."""
    lists = phrases("small_talk", language)
    return "?" not in message and any(met.kind == "thanks" for met in lists.met(words(message, lists.language)))


def in_passing(message: str, language: str) -> bool:
    """Whether any of its words are said in passing: thanks, praise, a nod."""
    lists = phrases("small_talk", language)
    return next(lists.met(words(message, lists.language)), None) is not None


def only_in_passing(message: str, language: str) -> bool:
    """Whether all of its words are: "hello", "在吗"."""
    lists = phrases("small_talk", language)
    row = words(message, lists.language)
    return bool(row) and sum(met.end - met.start for met in lists.met(row)) == len(row)


def greets(message: str, language: str) -> bool:
    """Whether a message begins with a greeting."""
    lists = phrases("small_talk", language)
    first = next(lists.met(words(message, lists.language)[:4]), None)
    return first is not None and first.kind == "greeting" and first.start == 0
