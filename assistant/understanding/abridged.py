"""The part of a very long message that is read by rule and encoder: work on one message is bounded, whatever it is."""

from __future__ import annotations

import re

READ = 1000
"""Characters of a message that are read: some 170 words, or twice what people write in a long complaint."""
_BEGINNING = 400
"""Of these, how many are from where it begins; the others are from its end, where people say what they want."""
_CUTS = "\n.!?。！？；;,，"
_TELLING = re.compile(
    r"(?<!\w)(?:SC-\w{1,20}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})", re.ASCII | re.IGNORECASE
)
"""Order numbers and e-mail addresses, which are kept wherever they stand."""
_KEPT = 4


def abridged(text: str) -> str:
    """``text`` where it is no longer than ``READ``; else its beginning and its end, cut between sentences or words,
    with the order numbers and e-mail addresses of what lies between."""
    if len(text) <= READ:
        return text
    first = _cut(text[:_BEGINNING][::-1])[::-1]
    last = _cut(text[len(text) - (READ - _BEGINNING) :])
    between = text[len(first) : len(text) - len(last)]
    telling = list(dict.fromkeys(_TELLING.findall(between)))[:_KEPT]
    return "\n".join(part for part in (first.strip(), *telling, last.strip()) if part)


def _cut(piece: str) -> str:
    """``piece`` from the first sentence's, else the first word's, beginning in its nearer half."""
    half = piece[: len(piece) // 2]
    at = min((found for mark in _CUTS if (found := half.find(mark)) >= 0), default=-1)
    at = at if at >= 0 else half.find(" ")
    return piece[at + 1 :] if at >= 0 else piece
