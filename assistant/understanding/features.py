"""What the router sees of a message: its embedding, its words and characters, the slots read, and the conversation so
far.

Characters matter because the sentence encoder knows no Chinese and no typos; the conversation matters because "in blue"
is a search after results and a size "M" is whatever the assistant had just asked it for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.language import normalise
from assistant.understanding.order_ids import OrderIds
from assistant.understanding.schema import LEARNED, Intent, TurnContext
from assistant.understanding.slots import Reading
from retrieval.text.grams import buckets, grams, weighed, words_of

Vector = NDArray[np.float32]

EMBEDDING_WIDTH = 384
HASHED_WIDTH = 1 << 15
_ASKED = (
    "order_id",
    "email",
    "size",
    "colour",
    "quantity",
    "price_max",
    "address",
    "reason",
    "resolution",
    "item",
    "type",
    "other",
)
_ASKED_ALIASES = {
    "price": "price_max",
    "budget": "price_max",
    "items": "item",
    "variant": "size",
    "product": "item",
    "order": "order_id",
}
_SLOTS = (
    "type", "colour", "size", "brand", "price_min", "price_max", "rating_min", "attribute", "exclude", "sort", "reference", "quantity",
    "order_id", "cart_action", "change", "resolution", "reset",
)  # fmt: skip
_ALIKE = np.ones(HASHED_WIDTH, dtype=np.float32)
_LENGTHS = (1, 2, 3, 5, 8, 12, 20)
_AN_ORDER = " orderid "
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}\.\w+")
_ASKS = re.compile(
    r"^(?:(?:and|so|ok|but|hi|hello|hey|please)[, ]+)*(?:is|are|does|do|can|could|will|would|what|whats|what's|how"
    r"|when|where|wheres|where's|which|who|why)\b|[?]|吗|呢|什么|怎么|多少|哪|几"
)

DENSE = EMBEDDING_WIDTH + len(LEARNED) * 3 + len(_ASKED) * 2 + 9 + len(_SLOTS) * 3 + 3 + len(_LENGTHS)


@dataclass(frozen=True, slots=True)
class Features:
    """``dense``: (DENSE,) float32. ``hashed``: indexes into ``HASHED_WIDTH`` buckets, each with the value of ``values``."""

    dense: Vector
    hashed: NDArray[np.int64]
    values: Vector


def features_of(
    text: str,
    gloss: str,
    context: TurnContext,
    embedding: Vector,
    reading: Reading,
    idf: Vector | None = None,
    order_ids: OrderIds | None = None,
) -> Features:
    """``gloss``: Chinese in English words (see ``Glossary``), else the text itself. ``embedding``: (384,) unit vector
    of the gloss. ``idf``: (HASHED_WIDTH,) weights of the buckets; None counts all alike.
    ``order_ids``: the shop's, which all mean the same to the router."""
    plain, ids = normalise(text), order_ids or OrderIds()
    asked = context.asked_for == "order_id"
    found = grams_of(ids.replaced(plain, _AN_ORDER, asked=asked), context)
    if gloss != text:
        found += grams_of(ids.replaced(normalise(gloss), _AN_ORDER, asked=asked), context)
    hashed = buckets(found, HASHED_WIDTH)
    values = weighed(hashed, _ALIKE if idf is None else idf)
    return Features(_dense(plain, context, embedding, reading), hashed, values)


def grams_of(plain: str, context: TurnContext) -> list[str]:
    """The text's grams; short words once more with the state."""
    words = words_of(_EMAIL.sub(" emailaddress ", plain))
    state = _state(context)
    units = [
        part
        for word in (re.sub(r"\d", "0", word) for word in words)
        for part in ([word] if word[0] < "\u3400" else [word[at : at + 2] for at in range(len(word))])
    ]
    return grams(words) + [f"s:{state}:{unit}" for unit in units]


def _state(context: TurnContext) -> str:
    if context.pending:
        return "pending"
    if context.asked_for:
        return "asked"
    if context.last_intent in (Intent.ORDER_STATUS, Intent.ORDER_CHANGE, Intent.RETURN_REFUND):
        return "order"
    if context.last_intent is Intent.CART:
        return "cart"
    return "focus" if context.in_focus else "shown" if context.shown else "none"


def _dense(plain: str, context: TurnContext, embedding: Vector, reading: Reading) -> Vector:
    out = np.zeros(DENSE, dtype=np.float32)
    out[:EMBEDDING_WIDTH] = embedding
    at = EMBEDDING_WIDTH
    tokens = len(words_of(plain)) + sum(len(run) // 2 for run in re.findall(r"[\u3400-\u9fff]+", plain))
    bare = reading.share_read > 0.8
    if context.last_intent in LEARNED:
        last = LEARNED.index(context.last_intent)
        out[at + last] = 1
        out[at + len(LEARNED) + last] = tokens <= 3
        out[at + 2 * len(LEARNED) + last] = bare
    at += len(LEARNED) * 3
    if context.asked_for:
        asked = _ASKED_ALIASES.get(context.asked_for, context.asked_for)
        place = _ASKED.index(asked if asked in _ASKED else "other")
        out[at + place] = 1
        out[at + len(_ASKED) + place] = bare or tokens <= 3
    at += len(_ASKED) * 2
    asks = bool(_ASKS.search(plain))
    shown, focus = context.shown > 0, context.in_focus
    for offset, flag in enumerate(
        (
            shown,
            focus,
            bool(context.pending),
            context.search is not None,
            asks,
            asks and focus,
            asks and shown,
            bool(context.pending) and tokens <= 4,
            tokens <= 4 and shown,
        )
    ):
        out[at + offset] = flag
    at += 9
    slots = reading.slots
    for offset, name in enumerate(_SLOTS):
        present = getattr(slots, name) not in (None, [], False)
        out[at + offset] = present
        out[at + len(_SLOTS) + offset] = present and focus
        out[at + 2 * len(_SLOTS) + offset] = present and shown
    at += len(_SLOTS) * 3
    out[at], out[at + 1], out[at + 2] = (
        reading.share_read,
        bool(reading.pronoun),
        any(char >= "\u3400" for char in plain),
    )
    at += 3
    for offset, limit in enumerate(_LENGTHS):
        out[at + offset] = tokens <= limit
    return out
