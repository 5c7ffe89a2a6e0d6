"""Nasty strings for a regular expression, derived from the expression itself, and whether its work on them outgrows
their length."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_ALPHABET = " \n\ta0Zé@.,-'/:?_#%$中的一不了换。，（"
_CLASSES: dict[Any, Callable[[str], bool]] = {
    ops.CATEGORY_DIGIT: str.isdigit,
    ops.CATEGORY_SPACE: str.isspace,
    ops.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    ops.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
    ops.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    ops.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_LONG = 100
"""Repeats bounded below this cost a constant."""


class Sampler:
    """Texts that parts of one parsed expression match, look-arounds aside."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._groups: dict[int, str] = {}

    def text(self, nodes: Any) -> str:
        return "".join(self._one(op, argument) for op, argument in nodes)

    def pumps(self, nodes: Any, before: str = "") -> Iterator[tuple[str, str]]:
        """Every unbounded repeat of the expression: a text that leads up to it, and one that it repeats."""
        for op, argument in nodes:
            if op in _REPEATS:
                _, most, body = argument
                if most is ops.MAXREPEAT or most >= _LONG:
                    for _ in range(2):
                        yield before, self.text(body)
                yield from self.pumps(body, before)
            elif op is ops.SUBPATTERN:
                yield from self.pumps(argument[3], before)
            elif op is ops.ATOMIC_GROUP:
                yield from self.pumps(argument, before)
            elif op is ops.BRANCH:
                for branch in argument[1]:
                    yield from self.pumps(branch, before)
            elif op in (ops.ASSERT, ops.ASSERT_NOT):
                yield from self.pumps(argument[1], before)
            before += self._one(op, argument)

    def _one(self, op: Any, argument: Any) -> str:
        if op is ops.LITERAL:
            return chr(argument)
        if op is ops.NOT_LITERAL:
            return self._random.choice([c for c in _ALPHABET if ord(c) != argument])
        if op is ops.ANY:
            return self._random.choice(_ALPHABET)
        if op is ops.IN:
            return self._random.choice(members(argument) or ["x"])
        if op in _REPEATS:
            least, most, body = argument
            times = least if most is not ops.MAXREPEAT and most <= least else least + self._random.randint(0, 1)
            return "".join(self.text(body) for _ in range(times))
        if op is ops.SUBPATTERN:
            text = self.text(argument[3])
            if argument[0] is not None:
                self._groups[argument[0]] = text
            return text
        if op is ops.ATOMIC_GROUP:
            return self.text(argument)
        if op is ops.BRANCH:
            return self.text(self._random.choice(argument[1]))
        if op is ops.GROUPREF:
            return self._groups.get(argument, "")
        return ""


def members(items: Any) -> list[str]:
    """Some characters of a set."""
    offered = list(_ALPHABET)
    for op, argument in items:
        if op is ops.LITERAL:
            offered.append(chr(argument))
        elif op is ops.RANGE:
            offered += [chr(argument[0]), chr(argument[1])]
    negated = any(op is ops.NEGATE for op, _ in items)
    return [c for c in dict.fromkeys(offered) if _within(items, c) is not negated]


def _within(items: Any, char: str) -> bool:
    return any(
        (op is ops.LITERAL and ord(char) == argument)
        or (op is ops.RANGE and argument[0] <= ord(char) <= argument[1])
        or (op is ops.CATEGORY and _CLASSES[argument](char))
        for op, argument in items
    )


def seeds(pattern: re.Pattern[str], seed: int = 0, most: int = 24) -> list[tuple[str, str]]:
    """What to put once and what to repeat after it, to make the expression work hardest."""
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    sampler = Sampler(seed)
    found: dict[tuple[str, str], None] = {}
    for before, body in sampler.pumps(parsed):
        if body:
            found[before, body] = None
            found["", before + body] = None
        if before:
            found["", before] = None
            found["", before + " "] = None
    for _ in range(3):
        if whole := sampler.text(parsed):
            found["", whole] = None
            found["", whole[:-1] or whole] = None
            found["", whole + " "] = None
    for char in " \na0中@.":
        found["", char] = None
    for pair in ("a ", "a@", "1 ", "a.", "中，", "\n "):
        found["", pair] = None
    kept = list(found)
    return kept if len(kept) <= most else random.Random(seed).sample(kept, most)


def grown(before: str, pump: str, length: int) -> str:
    return (before + pump * (length // len(pump) + 1))[:length] + "\0"


def outgrows(
    work: Callable[[str], object],
    before: str,
    pump: str,
    lengths: tuple[int, ...] = (250, 500, 1000, 2000),
    floor: float = 0.002,
    ratio: float = 3.0,
    tries: int = 5,
) -> bool:
    """Whether doubling the text more than doubles the processor time, by so much that it is no noise.

    ``floor``: seconds below which nothing is called slow. ``ratio``: 2 is linear, 4 quadratic.
    """
    length = 8
    while (length := length + length // 5 + 1) < lengths[0]:  # what doubles with each character would never come back
        text = grown(before, pump, length)
        if _seconds(work, text) > 10 * floor and min(_seconds(work, text) for _ in range(2)) > 10 * floor:
            return True
    least: float | None = None
    for length in lengths:
        text = grown(before, pump, length)
        now = _seconds(work, text)
        if least is not None and now > floor and now > ratio * least:
            shorter = grown(before, pump, length // 2)
            now = min(now, *(_seconds(work, text) for _ in range(tries)))
            least = min(_seconds(work, shorter) for _ in range(tries))
            if now > floor and now > ratio * least:
                return True
        least = now
    return False


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    work(text)
    return time.thread_time() - start


_PIECES = (
    "a", "@", "a@", " ", "\n", " \n", ".", ",", ";", "!", "(", "[", "-", "'", "1",
    "1,000,", "$", "$1 ", "SC-", "sc-aaaa1111 ", "not ", "no red ", "and ", "or ",
    "and then ", "cancel ", ", cancel ", "change the address to ", "street ", "12 ",
    "over ", "between 1 and ", "nine ", "shoe ", "waterproof ", "boots, ", "vissa ",
    "qwrtz", "xq zv ", "my name is ", "exchange it for ", "please ", "the first one ",
    "http://", "not red, ", "i love ", "中", "不", "不要红色", "换", "换成大的，", "市", "路", "是",
    "一百", "然后", "，", "我要", "我要你", "吧", "送到", "取消订单，", "防水的鞋子", "叫", "ﷺ", "é",
    "\U0001f45f", "\u200b",
)  # fmt: skip
_BEGINNINGS = ("", "red", "cancel SC-4F9K2QH7 ", "ship to 12 ", "show me shoes ", "我要", "地址改成")
_ENDINGS = ("", "boots", "!", "@", "取消", " to pay", "\n.")


def messages(count: int, seed: int) -> list[Callable[[int], str]]:
    """Nasty messages of any length: a beginning, one to three pieces over and over, and an ending."""
    chosen = random.Random(seed)
    alone = [
        ((piece,), begin, end) for piece, begin, end in zip(_PIECES, _BEGINNINGS * 99, _ENDINGS * 99, strict=False)
    ]
    mixed = [
        (tuple(chosen.choices(_PIECES, k=chosen.randint(2, 3))), chosen.choice(_BEGINNINGS), chosen.choice(_ENDINGS))
        for _ in range(count)
    ]
    return [partial(_message, *parts) for parts in chosen.sample(alone + mixed, count)]


def _message(pieces: tuple[str, ...], begin: str, end: str, length: int) -> str:
    body = "".join(pieces)
    return begin + (body * (length // len(body) + 1))[: length - len(begin) - len(end)] + end
