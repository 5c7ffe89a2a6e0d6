"""The first step: what may not go further. Limits, empty messages, and attempts to give the assistant orders.

The guard is a courtesy, not the wall: nothing the model writes becomes a fact or an action, whatever a message says.
It only spares the customer a silly reply and the shop a model call. It does not know intents.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_PATTERNS = Path(__file__).with_name("injection.txt").read_text(encoding="utf-8").splitlines()
_INJECTION = re.compile(
    "|".join(f"(?:{line})" for line in _PATTERNS if line and not line.startswith("#")), re.IGNORECASE | re.MULTILINE
)

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
    no_words, injection."""

    text: str
    code: str | None = None


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
    if _INJECTION.search(cleaned):
        return Verdict(cleaned, "injection")
    return Verdict(cleaned)
