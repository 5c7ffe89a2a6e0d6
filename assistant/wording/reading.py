"""Reads a sentence as a row of tagged tokens: entities of this turn, values, grammar words, safe words, unknown words.

A tag is one character, so that a sentence's tags are a string that the claim patterns of
``grammar_en``/``grammar_zh`` match.
Knows words, not facts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

UNKNOWN = "!"
SAFE = "."
"""A word of the carrier vocabulary: it may stand around a claim without changing it."""
GLUE = "_"
"""A word that is safe only where nothing is claimed."""

Entry = tuple[str, Any]
Phrases = dict[str, Entry]

CURRENCIES = {
    "us$": "USD",
    "$": "USD",
    "usd": "USD",
    "€": "EUR",
    "eur": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "¥": "CNY",
    "￥": "CNY",
    "rmb": "CNY",
    "cny": "CNY",
    "元": "CNY",
    "块钱": "CNY",
    "块": "CNY",
    "人民币": "CNY",
    "美元": "USD",
    "美金": "USD",
    "刀": "USD",
    "dollars": "USD",
    "dollar": "USD",
    "euros": "EUR",
    "euro": "EUR",
    "pounds": "GBP",
    "pound": "GBP",
    "yuan": "CNY",
    "欧元": "EUR",
    "英镑": "GBP",
    "bucks": "USD",
    "yen": "JPY",
    "日元": "JPY",
}
_AMOUNT = r"(?>\d{1,3}(?:,\d{3}){1,6}(?:\.\d+)?|\d+(?:\.\d+)?)"
_AFTER = "|".join(sorted((re.escape(word) for word in CURRENCIES if word[0].isalpha()), key=len, reverse=True))
_BEFORE = r"US\$|\$|€|£|¥|￥|USD ?|EUR ?|GBP ?|CNY ?|RMB ?"
MONEY = re.compile(
    rf"(?P<before>{_BEFORE})\s?(?P<amount>{_AMOUNT})(?:\s?(?P<tail>{_AFTER})(?![a-z]))?"
    rf"|(?<!\d)(?P<amount2>{_AMOUNT})\s?(?P<after>{_AFTER})(?![a-z])",
    re.IGNORECASE,
)
LINK = re.compile(r"(?:https?://|www\.)[^\s，。！？、）)]+|(?<![\w/])/[A-Za-z][\w\-./#?=&]*", re.IGNORECASE)
IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])#?(?:[A-Z]{1,4}-[0-9A-Z]{3,}|(?=[0-9A-Z]*[0-9])(?=[0-9A-Z]*[A-Z])[0-9A-Z]{7,}|\d{9,})(?![A-Za-z0-9])"
)
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "|".join(f"{month}|{month[:3]}\\.?" for month in MONTHS)
DATE = re.compile(
    rf"(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y1>\d{{4}}))?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m2>{_MONTH})(?:,?\s+(?P<y2>\d{{4}}))?"
    r"|(?P<y3>\d{4})[-/](?P<m3>\d{1,2})[-/](?P<d3>\d{1,2})"
    r"|(?:(?P<y4>\d{4})年)?(?P<m4>\d{1,2})月(?P<d4>\d{1,2})[日号]",
    re.IGNORECASE,
)
NUMBER = re.compile(rf"(?:{_AMOUNT})%?")
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
NUMBER_WORDS = {word: value for value, word in enumerate(_COUNTED.split())} | {
    "dozen": 12,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
    "couple": 2,
    "pair": 2,
    "single": 1,
}
CHINESE_NUMBERS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {
    "两": 2,
    "十一": 11,
    "十二": 12,
    "十五": 15,
    "二十": 20,
    "三十": 30,
    "五十": 50,
    "百": 100,
    "一百": 100,
}
MEASURES = "款个件种条双只台本套张把份位项"


@dataclass(frozen=True, slots=True)
class Token:
    tag: str
    text: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date as written; ``year`` None when it names none."""

    month: int
    day: int
    year: int | None

    def matches(self, moments: Iterable[date]) -> bool:
        return any((self.month, self.day) == (m.month, m.day) and self.year in (None, m.year) for m in moments)


def _money(match: re.Match[str]) -> Token:
    amount = Decimal((match["amount"] or match["amount2"]).replace(",", ""))
    named = {CURRENCIES[word.strip().lower()] for word in (match["before"], match["after"], match["tail"]) if word}
    return Token("M", match[0], Money(amount, named.pop() if len(named) == 1 else "?"))


def _date(match: re.Match[str]) -> Token:
    groups = match.groupdict()
    index = next(i for i in "1234" if groups[f"d{i}"])
    month, year = groups[f"m{index}"], groups[f"y{index}"]
    number = int(month) if month.isdigit() else [name[:3] for name in MONTHS].index(month[:3].lower()) + 1
    return Token("D", match[0], Day(number, int(groups[f"d{index}"]), int(year) if year else None))


def _number(match: re.Match[str]) -> Token:
    if match[0].endswith("%"):
        return Token(UNKNOWN, match[0], "number")
    return Token("N", match[0], Decimal(match[0].replace(",", "")))


Literal = tuple[re.Pattern[str], Callable[[re.Match[str]], Token]]
LITERALS: tuple[Literal, ...] = (
    (LINK, lambda match: Token("L", match[0], match[0].rstrip("."))),
    (DATE, _date),
    (MONEY, _money),
    (IDENTIFIER, lambda match: Token("I", match[0], match[0].lstrip("#"))),
    (NUMBER, _number),
)
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’\-][A-Za-zÀ-ÿ]+)*['’]?|\d+(?:\.\d+)?[A-Za-z]*|[^\sA-Za-z0-9]")
_PUNCTUATION = {
    ",": ",",
    ";": ",",
    "，": ",",
    "；": ",",
    "、": ",",
    ":": ",",
    "：": ",",
    "–": ",",
    "—": ",",
    "(": "(",
    "（": "(",
    ")": ")",
    "）": ")",
    "&": "a",
    "-": ",",
}
_SILENT = set(".!?…。！？“”\"'’‘*「」~")


class Reader:
    """Reads sentences with a static phrase table and this turn's names (``named``, matched in their own case)."""

    def __init__(self, static: Mapping[str, Entry], named: Mapping[str, Entry], chinese: bool) -> None:
        self._static, self._named, self._chinese = static, named, chinese
        self._longest = max((len(name) for name in named), default=0)

    def read(self, sentence: str) -> list[Token]:
        tokens: list[Token] = []
        position = 0
        while position < len(sentence):
            contracted = (
                position > 0
                and sentence[position] in "'’"
                and sentence[position + 1 : position + 3].lower().strip() in ("s", "re")
            )
            if not contracted and (sentence[position].isspace() or sentence[position] in _SILENT):
                position += 1
                continue
            name, phrase = self._name(sentence, position), self._phrase(sentence, position)
            if name and phrase:
                name = name if len(name.text) >= len(phrase.text) else phrase
            token = name or self._literal(sentence, position, long=True)
            token = token or phrase or self._literal(sentence, position, long=False)
            token = token or self._other(sentence, position)
            tokens.append(token)
            position += len(token.text)
        return tokens

    def _name(self, sentence: str, position: int) -> Token | None:
        """A name of this turn, the longest one that begins here."""
        here = (name for name in self._named if sentence.startswith(name, position))
        best = max((name for name in here if _whole(sentence, position, len(name))), key=len, default=None)
        if best is None:
            return None
        tag, value = self._named[best]
        return Token(tag, best, value)

    def _literal(self, sentence: str, position: int, long: bool) -> Token | None:
        """Links, dates, money and ids before phrases; bare numbers after them ("4K video" is a phrase)."""
        for pattern, make in LITERALS[:-1] if long else LITERALS[-1:]:
            match = pattern.match(sentence, position)
            if match and _whole(sentence, position, len(match[0]), digits=True):
                return make(match)
        return None

    def _phrase(self, sentence: str, position: int) -> Token | None:
        if self._chinese:
            for length in range(min(16, len(sentence) - position), 0, -1):
                text = sentence[position : position + length]
                entry = self._static.get(text) or self._static.get(text.lower())
                if entry and _whole(sentence, position, length):
                    return Token(entry[0], text, entry[1])
            return None
        matches = []
        index = position
        for _ in range(12):
            word = _WORD.match(sentence, index)
            if not word:
                break
            matches.append(word.end())
            index = word.end()
            while index < len(sentence) and sentence[index] == " ":
                index += 1
        for end in reversed(matches):
            text = sentence[position:end]
            if entry := self._static.get(text.lower().replace("’", "'")):
                return Token(entry[0], text, entry[1])
        return None

    def _other(self, sentence: str, position: int) -> Token:
        char = sentence[position]
        if char in _PUNCTUATION:
            return Token(_PUNCTUATION[char], char)
        if self._chinese:
            for length in (2, 1):
                text = sentence[position : position + length]
                following = sentence[position + length : position + length + 1]
                if text in CHINESE_NUMBERS and following and following in MEASURES:
                    return Token("N", text, Decimal(CHINESE_NUMBERS[text]))
            if not char.isascii():
                return Token(UNKNOWN, char)
        word = _WORD.match(sentence, position)
        text = word[0] if word else char
        if text.lower() in NUMBER_WORDS:
            return Token("N", text, Decimal(NUMBER_WORDS[text.lower()]))
        return Token(UNKNOWN, text)


def _whole(sentence: str, start: int, length: int, digits: bool = False) -> bool:
    """Whether a match ends at word borders: Latin letters and digits must not run on."""
    before, after = sentence[start - 1 : start], sentence[start + length : start + length + 1]
    first, last = sentence[start], sentence[start + length - 1]

    def joins(one: str, two: str) -> bool:
        return one.isascii() and two.isascii() and one.isalnum() and two.isalnum()

    if digits and after and after.isascii() and after.isalpha() and last.isdigit():
        return False
    return not (before and joins(before, first)) and not (after and joins(last, after))


def tags(tokens: Iterable[Token]) -> str:
    return "".join(token.tag for token in tokens)
