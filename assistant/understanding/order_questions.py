"""What a sentence says of the writer's own orders, told by its meaning: which of the ways of asking that are written in
``languages/*/order_questions.toml`` it is nearest to."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.languages import FOLDER
from assistant.understanding.order_ids import OrderIds
from retrieval.encoders.embedded import TextModel
from retrieval.text.gloss import gloss
from retrieval.text.lexicon import Lexicon
from retrieval.text.words import is_chinese

_ENDS = re.compile(r"(?<=[!?。！？；\n])\s{0,4}(?=\S)|(?<=\.)\s{1,4}(?=\S)")
_AND = re.compile(
    r",? (?:and|but|oh|also|plus)(?= (?:when|what|how|where|who|why|which|will|do|does|is|are|can|should|could|has|have|did"
    r"|am|would|also|i)\b)|[，,](?=(?:那|还有|另外|请问)?(?:什么|怎么|多久|哪|能|可以|要不要|需要|是不是))",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@]{1,64}@\S{1,190}", re.IGNORECASE | re.ASCII)
_SENTENCES, _READ, _IN_ALL = 6, 300, 900
"""Sentences of a message that are read, characters of each, and of all of them: each is encoded."""


def sentences(text: str) -> list[str]:
    """A message in the pieces that may each ask for something of their own."""
    pieces = [piece.strip() for whole in _ENDS.split(text) for piece in _AND.split(whole)]
    pieces = [piece for piece in pieces if re.search(r"\w", piece)][:_SENTENCES]
    lengths = accumulate(min(len(piece), _READ) for piece in pieces)
    return [piece for piece, length in zip(pieces, lengths, strict=True) if length <= _IN_ALL]


def _singular(word: str) -> str:
    return word.rstrip("s")


class OrderQuestions:
    def __init__(self, encoder: TextModel, lexicon: Lexicon, order_ids: OrderIds | None = None) -> None:
        self._encoder = encoder
        self._order_ids = order_ids or OrderIds()
        kinds = (lexicon.name("type", key, "en").lower() for key in lexicon.types)
        self._kinds = frozenset(_singular(word) for name in kinds for word in name.split())

    @cached_property
    def _written(self) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """The names and the vectors of all the ways of asking; encoded when first needed."""
        pairs = [
            (name, text)
            for path in sorted(FOLDER.glob("*/order_questions.toml"))
            for name, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
            for text in texts
        ]
        return tuple(name for name, _ in pairs), self._encoder.encode([self._plain(text) for _, text in pairs])

    def _plain(self, text: str, names: frozenset[str] = frozenset()) -> str:
        """Numbers and addresses as "it", goods as "item": they say nothing of what is asked."""
        text = _EMAIL.sub("it", self._order_ids.replaced(text, "it"))
        if is_chinese(text):
            return text if self._encoder.reads_chinese else gloss(text)
        kept: list[str] = []
        for word in text.split():
            bare = word.lower().strip(".,!?'\"")
            goods = len(bare) > 2 and (bare in names or _singular(bare) in self._kinds)
            if not goods or kept[-1:] != ["item"]:
                kept.append("item" if goods else word)
        return " ".join(kept)

    def likeness(self, text: str, names: frozenset[str] = frozenset()) -> dict[str, float]:
        """How like ``text`` is to the nearest way of asking of each kind, from -1 to 1. ``names``: words of the
        titles of the writer's own things, in lower case."""
        plain = self._plain(text[:_READ], names)
        if not plain.strip():
            return {}
        ways, vectors = self._written
        found: dict[str, float] = {}
        for name, value in zip(ways, vectors @ self._encoder.encode_one(plain), strict=True):
            found[name] = max(found.get(name, -1.0), float(value))
        return found
