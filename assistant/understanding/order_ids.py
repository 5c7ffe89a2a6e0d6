"""The shop's order ids as customers type them: "#W2378156" is also w2378156, "DE-2024-0815" also de 2024 0815.

The shapes are learned from ids the shop has. What begins with the letters that they begin with tells itself; a plain
number is an order only where the words around it say so, for it may as well be a price, a size or a postcode.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.understanding.spans import Spans

EXAMPLES = ("SC-4F9K2QH7", "SC-ZS86Y27E", "SC-23456789", "SC-QWERTZUP")
"""As the demo shop writes them: for a shop that has no orders."""

_MAX_SHAPES = 6
_MAX_FOUND = 10
"""Ids of one message that are read."""
_MAX_DIGITS = 24
"""Digits or letters in a row that an id may have."""
_MIN_TELLING = 5
"""Letters and digits from which on an id tells itself by the letters that it begins with: "W36" may be a size."""
_MIN_NUMBER = 3
"""Digits from which on a number right behind "order" is one, not how many are ordered."""
_MIN_LONG_NUMBER = 7
"""Digits from which on a number is an order wherever a message is about one."""

_BEFORE = 60
"""Characters before what may be an id that are looked at."""

_RUN = re.compile(r"[^\W_]+")
_PREFIXED = re.compile(r"([^\W\d_]+)(\d+)")
_ORDER = (
    r"(?:orders?|purchases?|订单|单号|bestell\w{0,12}|auftrag\w{0,8}|commandes?|pedidos?|ordin[ei]|bestelling\w{0,3}"
    r"|zam[oó]wieni\w{0,4}|заказ\w{0,3}|注文\w{0,3}|주문\w{0,3}|sipari\w{0,6})"
)
_NUMBER = r"(?:number|numbers|num|no|nr|nummer|num[eé]ro|n[uú]mero|id|ids|ref|reference|code|号码|号|编号|番号|번호)"
_AFTER_ORDER = re.compile(
    rf"(?<![^\W_])(?<!\bin ){_ORDER}(?P<said>['’]?s? ?{_NUMBER}?\.?) ?(?:is|was|are|with|ist|est|es|è|是|为|:|：|=)?"
    rf" ?(?:the )?(?P<said2>{_NUMBER}?\.?) ?(?P<mark>#?) ?$",
    re.IGNORECASE,
)
_BEFORE_ORDER = re.compile(
    r"\s?(?:is|was|,|ist)? ?(?:my|the|your|our|meine|die) (?:other )?(?:order|bestell)", re.IGNORECASE
)
_JOINED = re.compile(r"\s{0,2}(?:,|;|/|&|\+|and|or|und|oder|et|y|、|和|跟|以及|，)\s{0,2}#?\s?$", re.IGNORECASE)
_NO_ORDER_BEFORE = re.compile(
    r"(?:[$€£¥₹+]|\b(?:usd|eur|gbp)|\b(?:apt|apartment|suite|unit|flat|box|floor|room|item|zip|code|postcode|plz|size|phone"
    r"|tel|mobile|call|track\w{0,5}|parcel|model|under|below|over|above|than)\b\.?(?: (?:number|no|id|code|is|was))?|邮编|电话|手机|号楼"
    r"|\d[.,/-])[ :]?#?\s?$",
    re.IGNORECASE,
)
_NO_ORDER_AFTER = re.compile(
    r"[.,/-]\d|\s?(?:[$€£¥%°]|(?:usd|eur|gbp|dollars?|euros?|pounds?|pieces?|pcs|units?|items?|pairs?|of|x|×|mm|cm|m|km|g|kg|ml|l"
    r"|gb|tb|mb|hz|w|v|mah|inch\w{0,2}|days?|weeks?|hours?|people|元|块|个|件|双)(?![^\W_]))"
    r"|\s(?:[\w'.]{1,20}\s){1,2}(?:street|st|avenue|ave|road|rd|lane|drive|dr|blvd)\b",
    re.IGNORECASE,
)
_ABOUT_ORDERS = re.compile(
    rf"{_ORDER}|\b(?:status|where|cancel\w{{0,6}}|return\w{{0,4}}|refund\w{{0,3}}|exchang\w{{0,4}}|deliver\w{{0,4}}|ship\w{{0,4}}"
    r"|arriv\w{0,3}|track\w{0,4}|address|stornier\w{0,4})\b|取消|退|换|哪|物流|发货|地址",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of letters and digits: ``literal`` for one that all ids share, else of ``kind`` (a regular expression's
    class), ``low`` to ``high`` characters long."""

    literal: str = ""
    kind: str = ""
    low: int = 0
    high: int = 0

    @property
    def pattern(self) -> str:
        return re.escape(self.literal) if self.literal else f"({self.kind}{{{self.low},{self.high}}})"


_DIGITS, _LETTERS, _EITHER = r"\d", r"[^\W\d_]", r"[^\W_]"


@dataclass(frozen=True, slots=True)
class OrderIdFound:
    """``id`` as the shop writes it, ``start`` to ``end`` in the text."""

    start: int
    end: int
    id: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """``before``: the separators that stand before each part; ``after`` what closes the id."""

    before: tuple[str, ...]
    parts: tuple[_Part, ...]
    after: str
    upper: bool | None
    """Whether letters are capitals; ``None``: some are, or there are none."""
    whole: re.Pattern[str]
    """With the letters that all begin with; each variable part is a group."""
    rest: re.Pattern[str]
    """Without them."""
    telling: bool
    of_numbers: bool
    """Whether all that varies is digits."""

    @classmethod
    def of(cls, before: tuple[str, ...], after: str, ids: Sequence[Sequence[str]]) -> _Shape:
        parts: list[_Part] = []
        marks: list[str] = []
        for mark, runs in zip(before, zip(*ids, strict=True), strict=True):
            learned = _learned(runs)
            parts += learned
            marks += [mark, *[""] * (len(learned) - 1)]
        letters = "".join(char for runs in ids for run in runs for char in run if char.isalpha())
        upper = True if letters.isupper() else False if letters.islower() else None
        leading = next((at for at, part in enumerate(parts) if not part.literal), len(parts))
        size = sum(len(part.literal) or part.low for part in parts)
        return cls(
            tuple(marks),
            tuple(parts),
            after,
            upper if letters else None,
            _expression(marks, parts),
            _expression(marks[leading:], parts[leading:]),
            leading > 0 and size >= _MIN_TELLING,
            all(part.literal or part.kind == _DIGITS for part in parts),
        )

    def written(self, match: re.Match[str]) -> str:
        """The id as the shop writes it."""
        said = iter(match.groups())
        out = ""
        for mark, part in zip(self.before, self.parts, strict=True):
            run = part.literal or next(said)
            if not part.literal and self.upper is not None:
                run = run.upper() if self.upper else run.lower()
            out += mark + run
        return out + self.after

    def is_like(self, match: re.Match[str]) -> bool:
        """Whether what was typed is an id and no word: it has a digit, or is written just as the shop does."""
        return (
            any(char.isdigit() for char in "".join(match.groups()))
            or match[0].casefold() in self.written(match).casefold()
        )


def _learned(runs: Sequence[str]) -> list[_Part]:
    """What the runs at one place of the ids have in common. Digits are never taken to be the same in all to come."""
    folded = {run.casefold() for run in runs}
    if all(run.isalpha() for run in runs):
        return [_Part(literal=runs[0]) if len(folded) == 1 else _ranged(_LETTERS, runs)]
    if all(run.isdecimal() for run in runs):
        return [_ranged(_DIGITS, runs)]
    split = [_PREFIXED.fullmatch(run) for run in runs]
    if all(split):
        letters, digits = zip(*(match.groups() for match in split if match), strict=True)
        if len({prefix.casefold() for prefix in letters}) == 1:
            return [_Part(literal=letters[0]), _ranged(_DIGITS, digits)]
    return [_ranged(_EITHER, runs)]


def _ranged(kind: str, runs: Sequence[str]) -> _Part:
    """Where lengths differ, numbers are counted up: the next may be longer by one."""
    lengths = {len(run) for run in runs}
    return _Part(kind=kind, low=min(lengths), high=min(max(lengths) + (len(lengths) > 1), _MAX_DIGITS))


def _expression(marks: Sequence[str], parts: Sequence[_Part]) -> re.Pattern[str]:
    """What separates parts may be left out, or be another mark or a space."""
    between = (r" ?[-_./#:]?[ ]?" if mark else r"[ -]?" for mark in marks[1:])
    body = "".join(part.pattern + gap for part, gap in zip(parts, (*between, ""), strict=False))
    # Letters of scripts that put no space between words may stand right before and behind.
    return re.compile(rf"(?<![A-Za-z0-9]){body}(?![A-Za-z0-9])", re.IGNORECASE) if parts else re.compile(r"(?!)")


class OrderIds:
    """Knows shapes, no orders: whether there is an order of that id, and whose it is, the shop says. Safe to share."""

    def __init__(self, ids: Iterable[str] = EXAMPLES) -> None:
        """``ids``: some of the shop's, as it writes them; where there are none, those of the demo shop."""
        self._shapes = tuple(_shapes(ids)) or tuple(_shapes(EXAMPLES))

    def found(self, text: str, *, asked: bool = False) -> list[OrderIdFound]:
        """The ids in ``text``, in their order; ``asked``: an order was asked for, so that a bare number may be one."""
        found: list[OrderIdFound] = []
        for shape in self._shapes:
            if shape.telling:
                for match in islice(shape.whole.finditer(text), _MAX_FOUND):
                    start = match.start() - len(_mark_before(text, match.start()))
                    if shape.is_like(match) and _is_free(start, match.end(), found):
                        found.append(OrderIdFound(start, match.end(), shape.written(match)))
        for shape in self._shapes:
            for pattern in (shape.whole, shape.rest):
                for match in islice(pattern.finditer(text), _MAX_FOUND):
                    start = match.start() - len(_mark_before(text, match.start()))
                    if not _is_free(start, match.end(), found):
                        continue
                    if not any(char.isdigit() for char in match[0]):  # "order sc qwertzup": no word, where it begins so
                        begun = shape.telling and pattern is shape.whole
                        named = begun and _AFTER_ORDER.search(text[max(0, start - _BEFORE) : start]) is not None
                    else:
                        named = _said_so(text, start, match, found, asked, shape.of_numbers)
                    if named:
                        found.append(OrderIdFound(start, match.end(), shape.written(match)))
        return sorted(found[:_MAX_FOUND], key=lambda each: each.start)

    def read(self, text: str, *, asked: bool = False) -> list[str]:
        """The ids, each once, as the shop writes them."""
        return list(dict.fromkeys(each.id for each in self.found(text, asked=asked)))

    def take(self, spans: Spans, *, asked: bool = False) -> list[str]:
        """The same, taken out of what is left of a message."""
        found = self.found(spans.left, asked=asked)
        for each in found:
            spans.take(each.start, each.end)
        return list(dict.fromkeys(each.id for each in found))

    def replaced(self, text: str, by: str, *, asked: bool = False) -> str:
        """``text`` with ``by`` in place of each id."""
        for each in reversed(self.found(text, asked=asked)):
            text = text[: each.start] + by + text[each.end :]
        return text


def _shapes(ids: Iterable[str]) -> list[_Shape]:
    """Of ids with the same separators, the most frequent first."""
    groups: dict[tuple[tuple[str, ...], str, tuple[str, ...]], list[list[str]]] = {}
    for each in ids:
        runs = list(_RUN.finditer(each.strip()))
        if not runs or max(len(run[0]) for run in runs) > _MAX_DIGITS:
            continue
        ends = [0, *(run.end() for run in runs)]
        before = tuple(each.strip()[end : run.start()] for end, run in zip(ends, runs, strict=False))
        parts = [run[0] for run in runs]
        # "W1001" and "R1001" are two shapes, "4F9K2QH7" and "K2QH74F9" one.
        kinds = tuple(
            match[1].casefold() if (match := _PREFIXED.fullmatch(part)) else part.casefold() if part.isalpha() else ""
            for part in parts[:1]
        )
        groups.setdefault((before, each.strip()[ends[-1] :], kinds), []).append(parts)
    merged = _merged(groups)
    counts = Counter({key: len(parts) for key, parts in merged.items()})
    return [_Shape.of(key[0], key[1], merged[key]) for key, _ in counts.most_common(_MAX_SHAPES)]


def _merged(
    groups: dict[tuple[tuple[str, ...], str, tuple[str, ...]], list[list[str]]],
) -> dict[tuple[tuple[str, ...], str, tuple[str, ...]], list[list[str]]]:
    """Where there are many beginnings, they are chance, and one shape."""
    same: dict[tuple[tuple[str, ...], str], list[tuple[str, ...]]] = {}
    for before, after, kinds in groups:
        same.setdefault((before, after), []).append(kinds)
    out: dict[tuple[tuple[str, ...], str, tuple[str, ...]], list[list[str]]] = {}
    for (before, after), several in same.items():
        for kinds in several:
            key = (before, after, kinds if len(several) <= _MAX_SHAPES else ())
            out.setdefault(key, []).extend(groups[before, after, kinds])
    return out


def _mark_before(text: str, start: int) -> str:
    marked = re.search(r"# ?$", text[max(0, start - 2) : start])
    return marked[0] if marked else ""


def _is_free(start: int, end: int, found: Sequence[OrderIdFound]) -> bool:
    return all(end <= each.start or each.end <= start for each in found)


def _said_so(
    text: str, start: int, match: re.Match[str], found: Sequence[OrderIdFound], asked: bool, numbers: bool
) -> bool:
    """Whether the words around what may be an id say that it is one."""
    if _NO_ORDER_AFTER.match(text, match.end()):
        return False
    before = text[max(0, start - _BEFORE) : start]
    if _NO_ORDER_BEFORE.search(before):
        return False
    digits = sum(char.isalnum() for char in match[0])
    if asked:
        return digits > _MIN_NUMBER or len(text.split()) <= _MIN_NUMBER
    if (after := _AFTER_ORDER.search(before)) is not None:
        return digits >= _MIN_NUMBER or bool(after["said"].strip() or after["said2"]) or start < match.start()
    if start < match.start():  # with a mark, "#1001"
        return digits >= _MIN_NUMBER
    joined = _JOINED.search(before)
    if joined is not None and any(each.end == start - len(joined[0]) for each in found):
        return True
    if _BEFORE_ORDER.match(text, match.end()):
        return True
    plain = not any(char.isalpha() for char in match[0])
    return plain and numbers and digits >= _MIN_LONG_NUMBER and _ABOUT_ORDERS.search(text) is not None
