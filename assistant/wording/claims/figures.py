"""Numbers and units in a text."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation

DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = {
    word: value
    for value, words in enumerate(
        (
            "zero 零", "one a an 一", "two 二 两", "three 三", "four 四", "five 五", "six 六", "seven 七", "eight 八",
            "nine 九", "ten 十",
        )
    )
    for word in words.split()
}  # fmt: skip
_UNITS = (
    ("day", ("day", "工作日", "天", "日")), ("week", ("week", "周", "星期", "礼拜")), ("month", ("month", "月")),
    ("year", ("year", "年")), ("hour", ("hour", "小时", "钟头")), ("minute", ("minute", "分钟")),
    ("second", ("second", "秒")),
)  # fmt: skip
_MEASURES = (("$", ("dollar", "usd", "美元")), ("cm", ("cm", "厘米")), ("kg", ("kg", "公斤")), ("size", ("码",)))
_UNIT_OF = {word: name for name, words in (*_UNITS, *_MEASURES) for word in words}
_NUMBER = r"\d+(?:[.,]\d+)*"
_FIGURE = re.compile(
    rf"(?P<sign>[$€£¥])?(?P<low>{_NUMBER}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
    rf"(?:(?:\s?[–到至-]\s?|\sto\s)[$€£¥]?(?P<high>{_NUMBER}))?\s?(?P<percent>%|percent\b)?"
    rf"[\s-]?(?:个|business |working |calendar |full )?(?P<unit>{'|'.join(_UNIT_OF)})?",
    re.IGNORECASE,
)


def figures(text: str) -> Counter[tuple[Decimal, str]]:
    """Its numbers with the units beside them, empty where none is known, as often as they stand there."""
    found: Counter[tuple[Decimal, str]] = Counter()
    for match in _FIGURE.finditer(text):
        unit = match["sign"] or (match["percent"] and "%") or _UNIT_OF.get((match["unit"] or "").lower(), "")
        amounts = (value(number) for number in (match["low"], match["high"]) if number)
        found.update((amount, unit) for amount in amounts if amount is not None)
    return found


def value(text: str) -> Decimal | None:
    match = DIGITS.search(text)
    if match is None:
        return next(
            (Decimal(_WORDS[word]) for word in re.findall(r"[a-z]+|[一-鿿]", text.lower()) if word in _WORDS), None
        )
    plain = match[0]
    if "," in plain:
        plain = (
            plain.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain) else plain.replace(",", ".")
        )
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def alike(number: str, known: set[str]) -> bool:
    return number in known or any(value(number) == value(each) for each in known)


def unit_of(text: str) -> str:
    return next((name for name, words in _UNITS if any(word in text.lower() for word in words)), "")


def counts_in(text: str, page: str) -> bool:
    """Whether the page has a number with the unit of ``text``."""
    wanted = unit_of(text)
    return bool(wanted) and any(unit == wanted for _, unit in figures(page))


def unit_in(text: str, page: str) -> str:
    """The unit with which the page has the number of ``text``."""
    wanted = unit_of(text)
    words = next((words for name, words in _UNITS if name == wanted), ())
    for number in DIGITS.findall(text):
        near = rf"{re.escape(number)}(?:\s?[–到至-]\s?\d+)?[\s-]?个?(?:\w{{1,10}}\s)?(?:{'|'.join(words)})"
        if not re.search(near, page, re.IGNORECASE):
            return "?"
    return wanted
