"""The first look at a message, before it is read: limits, and what is no message at all. What its words are about is
``concerns``'s to tell."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_INVISIBLE = dict.fromkeys(
    [
        *range(0x00, 0x09),
        0x0B,
        0x0C,
        *range(0x0E, 0x20),
        0x7F,
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
    ]
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text`` is the message as later steps see it. ``code`` is None when it may go on, else: empty, too_long,
    no_words."""

    text: str
    code: Literal["empty", "too_long", "no_words"] | None = None


def clean(text: str) -> str:
    """The message without control and invisible characters, in one Unicode form, with single spaces and at most one
    empty line in a row: what reads it later need not reckon with long gaps."""
    visible = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    spaced = re.sub(r"[^\S\n]+", " ", visible)
    return re.sub(r" ?\n[ \n]*", lambda gap: "\n" * min(2, gap[0].count("\n")), spaced).strip()


def guard(text: str, *, limit: int, has_picture: bool = False) -> Verdict:
    """Judges one message. ``limit`` is in characters of the raw message; with a picture, words are not needed."""
    if len(text) > limit:
        return Verdict(text[:limit], "too_long")
    cleaned = clean(text)
    if len(cleaned) > limit:  # one character may stand for eighteen: "ﷺ"
        return Verdict(cleaned[:limit], "too_long")
    if not cleaned:
        return Verdict("", None if has_picture else "empty")
    if not any(character.isalnum() for character in cleaned) and not has_picture:
        return Verdict(cleaned, "no_words")
    return Verdict(cleaned)
