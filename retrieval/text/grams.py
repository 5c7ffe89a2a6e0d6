"""A text as words, word pairs and runs of characters, and these as numbers: what linear readers of texts weigh."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)?|[\u3400-\u9fff]+|[^\w\s]")


def words_of(plain: str) -> list[str]:
    """Words, numbers, marks and runs of Chinese of a text in small letters."""
    return _WORD.findall(plain)


def grams(words: list[str], *, within: bool = True) -> list[str]:
    """Words, word pairs, and characters: 1–3 of Chinese, and 3–5 ``within`` English words. Digits count all alike."""
    words = [re.sub(r"\d", "0", word) for word in words]
    out = [f"w:{word}" for word in words]
    out += [f"p:{left} {right}" for left, right in zip(["^", *words], [*words, "$"], strict=True)]
    for word in words:
        if word[0] >= "\u3400":
            out += [f"c:{word[at : at + size]}" for size in (1, 2, 3) for at in range(len(word) - size + 1)]
        elif within and word.isalpha():
            padded = f" {word} "
            out += [f"c:{padded[at : at + size]}" for size in (3, 4, 5) for at in range(len(padded) - size + 1)]
    return out


def buckets(found: Iterable[str], width: int) -> NDArray[np.int64]:
    """Grams as numbers below ``width``, sorted and each once; the same on every machine."""
    return np.unique(np.fromiter((zlib.crc32(gram.encode()) % width for gram in dict.fromkeys(found)), dtype=np.int64))


def weighed(found: NDArray[np.int64], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each of a text's buckets counts by ``idf`` (width,): of length 1 together, or nothing."""
    values = idf[found]
    length = float(np.sqrt((values**2).sum()))
    of_one: NDArray[np.float32] = values / length if length else values
    return of_one
