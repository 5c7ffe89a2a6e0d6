"""Judges the direct answer that a leading model words freely, by the lines that it says it rests on.

Attributed answers as in Rashkin et al., "Measuring Attribution in Natural Language Generation Models" (2023): every
figure, day, name and action of the answer stands on one of its lines, a figure with the word or sign beside it.
Promises, questions, links and claims on safety, health or compatibility are none of its business. What stays open is
whether the conclusion follows: that is for a second reading (``direct``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from assistant.answering.candidates import MAX_ANSWER_CHARS
from assistant.answering.topics import TOPICS, row_of, words_of
from assistant.understanding.languages import expressions
from assistant.understanding.numbers import CHINESE, ENGLISH, value_of
from assistant.wording.check import Problem
from assistant.wording.sentences import sentences

MAX_SENTENCES = 3
_MARKS = re.compile(r"[\[\]<>{}*#_|`\\@]|https?:|www\.|\.\w{2,5}/")
_ADDRESS = re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,3}", re.ASCII)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+(?:['’][a-z]+)?|[$€£¥￥%°×]|[一-鿿]", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?:“\"'’(] )(?<!^)(?<![\w'’])[A-Z][\w&-]+")
_HAN_PAIR = re.compile(r"(?=([一-鿿]{2}))")
_WORD = re.compile(r"[^\W\d_][\w&'’-]*")
_LATIN_WORD = re.compile(r"[A-Za-z][\w&'’-]*", re.ASCII)
_LATIN = re.compile(r"[A-Za-z][\w&-]+", re.ASCII)
_ROOT = 5
"""Letters by which forms of one word are told: "refund", "refunded"."""
_COMMON = frozenset(
    "other there their these those about which would could shoul where while after befor every".split()  # noqa: SIM905
)
"""Roots that say nothing of what a sentence is about."""
_FORMS = {
    "paid": "pay", "sent": "send", "ship": "send", "shipp": "send", "dispa": "send", "way": "send",
    "付款": "支付", "送到": "送达", "寄出": "发货", "退还": "退款", "退回": "退款",
}  # fmt: skip
"""Words for one action, by their roots."""
_MONEY = frozenset("$€£¥￥")
_SIGNS = _MONEY | {"%", "°"}
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,4})?")
_DIGITS = "一二三四五六七八九"
_FOLD = re.compile(rf"([{_DIGITS}]{{1,2}})折")
_UNITS = frozenset("kg g m cm mm l ml litre km 公 克 米 厘 升 毫".split())  # noqa: SIM905
_CENT = Decimal("0.01")
_TIMES = re.compile(r"(?<![\d.])(\d{1,3}) ?×|×(\d{1,3})(?![\d.])")
_COUNT = re.compile(rf"{ENGLISH}|{CHINESE}(?=[个件套双本条把台只张款]|都)")
_MAX_COUNTED = 20
"""Things up to which they are counted."""
_COUNT_PLACE = -2
"""The place, in place of a line's, of a number of things."""
_MAX_TERMS = 40
"""Amounts and multiples of them that are added up."""


def ungrounded(answer: str, lines: Sequence[str], said: str, language: str) -> tuple[Problem, ...]:
    """What of ``answer`` may not be told from ``lines``; none where all may. ``said``: the customer's message, whose
    words may be used again, and whose figures and days may stand beside those of a line."""
    text = answer.strip()
    if not text or len(text) > MAX_ANSWER_CHARS or len(sentences(text)) > MAX_SENTENCES:
        return (Problem("unsupported", text[:MAX_ANSWER_CHARS], answer),)
    if "\n" in answer:  # a form that only a list has
        return (Problem("question", "\n", answer),)
    found: list[Problem] = []
    for sentence in sentences(answer):
        told = [*_form(sentence, lines), *_figures(sentence, lines, said), *_names(sentence, lines, said, language)]
        if not expressions("direct")["unknown"].search(sentence):
            told += [("attribute", span) for span in guarded(_unnamed(sentence, lines), language)]
            told += _words(sentence, lines, said)
            told += _apart(sentence, lines, language)
        found += [Problem(kind, span, sentence) for kind, span in told]
    return tuple(found)


def _unnamed(sentence: str, lines: Sequence[str]) -> str:
    """Without the titles of its lines: "Commuter Cup Dishwasher" claims nothing."""
    titles = {title for line in lines if " | " in line for title in (line.partition(" | ")[0],)}
    for title in sorted(titles, key=len, reverse=True):
        sentence = sentence.replace(title, " ")
    return sentence


def guarded(text: str, language: str) -> list[str]:
    """Words of what only the shop's own text may speak of: safety, health, what goods work with."""
    said = words_of(language).topics.found(row_of(text, language == "zh"))
    found = [words[0].strip() for name, words in said.items() if TOPICS[name].guarded and len(words[0].strip()) > 1]
    return found + [match[0] for match in expressions("direct")["guarded"].finditer(text)]


def _form(text: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    if "?" in text or "？" in text:
        yield "question", "?"
    told = " ".join(lines)
    plain = _ADDRESS.sub(lambda match: "" if match[0] in told else match[0], text)
    if mark := _MARKS.search(plain):
        yield "link", mark[0]
    if promise := expressions("direct")["promises"].search(text):
        yield "promise", promise[0]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number with the words or signs beside it; ``line``: the place of the line that has it."""

    number: str
    before: str
    after: str
    line: int = 0

    @property
    def amount(self) -> Decimal | None:
        """``None`` for what is a date or a version rather than an amount."""
        return Decimal(self.number) if _AMOUNT.fullmatch(self.number) else None

    @property
    def money(self) -> frozenset[str]:
        return frozenset({self.before, self.after}) & _MONEY

    @property
    def signs(self) -> frozenset[str]:
        return frozenset({self.before, self.after}) & _SIGNS


def _figures(sentence: str, lines: Sequence[str], said: str) -> Iterator[tuple[str, str]]:
    """Each number stands on a line with the same word before or after it, and with the same sign; each day on a line.
    What the customer named may stand beside them."""
    known = [each for at, line in enumerate(lines) for each in _numbers(line, at)]
    shares = [Decimal(each.number) / 100 for each in known if each.after == "%" and each.amount is not None]
    shares += [1 - left for line in lines for left in _discounts(line)]
    days = expressions("direct")["days"]
    told_days, own_days = set(_found(days, lines)), set(_found(days, [said]))
    figures, named = list(_numbers(sentence)), list(_found(days, [sentence]))
    things = _things(lines, said)
    known += [_Figure(number, "", "×", _COUNT_PLACE) for number in map(str, sorted(things))]
    counts = {Decimal(each.number) for each in figures if each.number.isdigit() and not each.signs} | things
    lists = {at for at, line in enumerate(lines) if "×" in line}
    open_numbers: list[str] = []
    for each in figures:
        if _is_told(each, known):
            continue
        if _is_reckoned(each, known, shares, counts, lists):
            known.append(replace(each, line=-1))  # a sum may go on from it
        else:
            open_numbers.append(each.number)
    open_days = [day for day in named if day not in told_days]
    own = {each.number: each for each in _numbers(said)}
    open_numbers = [number for number in open_numbers if not _is_measure(number, figures, own)]
    beside = len(open_numbers) < len(figures) or len(open_days) < len(named)
    if beside or expressions("direct")["unknown"].search(sentence):
        open_numbers = [number for number in open_numbers if number not in own]
        open_days = [day for day in open_days if day not in own_days]
    yield from (("number", number) for number in open_numbers)
    yield from (("date", day) for day in open_days)


def _is_measure(number: str, figures: Sequence[_Figure], own: Mapping[str, _Figure]) -> bool:
    """Whether the customer has told it of themselves or of what they have: "my 14-inch laptop", 身高170厘米."""
    said, measures = own.get(number), expressions("direct")["measures"]
    return said is not None and any(
        each.number == number and not each.signs and each.after == said.after and measures.fullmatch(each.after)
        for each in figures
    )


def _things(lines: Sequence[str], said: str) -> set[Decimal]:
    """How many things there are: on a list ("2 × …"), in all and of each; of which the lines are; and how many the
    customer speaks of."""
    listed = [[Decimal(number) for number in (one or two for one, two in _TIMES.findall(line))] for line in lines]
    all_listed = [number for each in listed for number in each]
    titles = {line.partition(" | ")[0] for line in lines if " | " in line}
    spoken = [value_of(match[0]) for match in _COUNT.finditer(said.lower())]
    sums = [sum(each, Decimal(0)) for each in (*listed, all_listed)]
    return {number for number in (*all_listed, *sums, Decimal(len(titles)), *spoken) if 1 < number <= _MAX_COUNTED}


def _is_told(figure: _Figure, known: Sequence[_Figure]) -> bool:
    alike = [each for each in known if each.number == figure.number and each.signs == figure.signs]
    units, pieces = expressions("direct")["units"], expressions("direct")["pieces"]
    free = bool(figure.signs) or units.fullmatch(figure.after) is None  # a size, a model
    counts = free or pieces.fullmatch(figure.after) is not None
    return any(
        (counts if each.line == _COUNT_PLACE else free) or each.before == figure.before or each.after == figure.after
        for each in alike
    )


def _is_reckoned(
    figure: _Figure,
    known: Sequence[_Figure],
    shares: Sequence[Decimal],
    counts: Collection[Decimal],
    lists: Collection[int],
) -> bool:
    """Whether an amount is the sum or difference of two in its currency or unit; or, of money, so many times one, a sum
    of up to three such or a percentage of one, or what that leaves. Of one line several only where it is a list."""
    wanted = figure.amount
    if wanted is None or not (figure.money or figure.after in _UNITS):
        return False
    alike = [each for each in known if (each.money == figure.money if figure.money else each.after == figure.after)]
    amounts = [(each.amount, each.line) for each in alike if each.amount is not None]
    pairs = [(one, two) for (one, here), (two, there) in combinations(amounts, 2) if here != there or here in lists]
    made = {one + two for one, two in pairs} | {abs(one - two) for one, two in pairs}
    if figure.money:
        made |= {one * part for one, _ in amounts for share in shares for part in (share, 1 - share)}
        several = [(one * many, line) for one, line in amounts for many in {Decimal(1), Decimal(2), *counts}][
            :_MAX_TERMS
        ]
        made |= {one for one, _ in several}
        for many in (2, 3):
            made |= {
                sum((one for one, _ in each), Decimal(0))
                for each in combinations(several, many)
                if _apart_in(each, lists)
            }
    return wanted in {amount.quantize(_CENT) for amount in made}


def _apart_in(terms: Sequence[tuple[Decimal, int]], lists: Collection[int]) -> bool:
    """Whether each stands on a line of its own, or on a list."""
    places = [line for _, line in terms if line not in lists]
    return len(places) == len({*places})


def _discounts(line: str) -> Iterator[Decimal]:
    """What is left of a price, as Chinese tells it: 九折 is 90%, 八五折 85%."""
    for match in _FOLD.finditer(line):
        yield Decimal("".join(str(_DIGITS.index(digit) + 1) for digit in match[1])) / 10 ** len(match[1])


def _numbers(text: str, line: int = 0) -> Iterator[_Figure]:
    tokens = [token.lower() for token in _TOKEN.findall(text.replace("美元", "$"))]
    for at, token in enumerate(tokens):
        if token[0].isdigit():
            before, after = (tokens[at - 1] if at else ""), (tokens[at + 1] if at + 1 < len(tokens) else "")
            yield _Figure(token.replace(",", ""), before, _root(after), line)


def _words(sentence: str, lines: Sequence[str], said: str) -> Iterator[tuple[str, str]]:
    """Counts in words and actions stand on a line, or were said; that something was done stands on a line."""
    done, unless = expressions("direct")["completed"], expressions("direct")["conditional"]
    told = {_verb(match[0]) for line in lines for match in done.finditer(line)}
    for match in done.finditer(sentence):
        if _verb(match[0]) not in told and not unless.search(sentence):
            yield "status", match[0]
    for kind, name in (("count", "counts"), ("status", "actions")):
        pattern = expressions("direct")[name]
        known = set(_found(pattern, [*lines, said]))
        if kind == "count":
            things = _things(lines, said)
            known |= {
                _root(match[0].lower()) for match in _COUNT.finditer(sentence.lower()) if value_of(match[0]) in things
            }
        yield from ((kind, word) for word in _found(pattern, [sentence]) if word not in known)


def _verb(done: str) -> str:
    """What was done: "has been refunded" → "refun"; in Chinese as it is said."""
    return _root(done.lower().split()[-1]) if done.isascii() else done.replace("已经", "已")


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (_root(match[0].lower()) for match in pattern.finditer(text))


def _apart(sentence: str, lines: Sequence[str], language: str) -> Iterator[tuple[str, str]]:
    """A sentence that has no word of its lines."""
    if not {word for line in lines for word in _content(line, language)} & set(_content(sentence, language)):
        yield "apart", sentence


def _content(text: str, language: str) -> Iterator[str]:
    """Longer words by their roots, numbers, and of Chinese every two characters that follow each other."""
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    roots = (token[:_ROOT] for token in tokens if token[0].isdigit() or (token.isascii() and len(token) >= _ROOT))
    yield from (root for root in roots if root not in _COMMON)
    if language == "zh":
        yield from _HAN_PAIR.findall(text)


def _root(word: str) -> str:
    return _FORMS.get(word[:_ROOT], word[:_ROOT])


def _names(answer: str, lines: Sequence[str], said: str, language: str) -> Iterator[tuple[str, str]]:
    told = (*lines, said)
    known = {word.lower() for text in told for form in (_WORD, _LATIN_WORD) for word in form.findall(text)}
    for match in (_LATIN if language == "zh" else _NAME).finditer(answer):
        if match[0].lower() not in known:
            yield "unsupported", match[0]
