"""Takes personal data out of text before it is logged or shown to the model: what remains names kinds, not people.

Found by their own checks, not by length alone: card numbers by Luhn's, IBANs and Chinese identity numbers by theirs.
Names are found by what leads to them. Order and product ids, prices, dates and sizes stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from assistant.privacy.names import NAMES

Find = Callable[[str], tuple[int, int] | None]
"""Where in the matched text the personal data is, as (start, end); ``None`` when the match is none."""


def redact(text: str) -> str:
    """The text with [email], [card], [iban], [id], [phone], [address], [password], [name] in place of such data.
    Idempotent."""
    while (redacted := _once(text)) != text:  # what one replacement uncovers, the next round finds
        text = redacted
    return text


MARK = re.compile(r"\[[a-z ]{2,20}\]")
"""What stands in place of personal data."""


def restored(text: str, original: str) -> str | None:
    """``text``, written from ``original`` as it is redacted, with what its marks stand for; ``None`` where one of them
    stands for nothing there."""
    redacted, hidden = redact(original), dict[str, list[str]]()
    marks, plain = MARK.findall(redacted), MARK.split(redacted)
    at = len(plain[0])
    for mark, after in zip(marks, plain[1:], strict=True):
        end = original.find(after, at) if after else len(original)
        hidden.setdefault(mark, []).append(original[at:end])
        at = end + len(after)
    for mark in MARK.findall(text):
        if not hidden.get(mark):
            return None
        text = text.replace(mark, hidden[mark].pop(0), 1)
    return text


def _once(text: str) -> str:
    for pattern, label, find in _RULES:
        text = pattern.sub(partial(_replaced, label=label, find=find), text)
    return text


def _replaced(match: re.Match[str], *, label: str, find: Find | None) -> str:
    """``label`` in place of what ``find`` finds in the group "secret" (or in the whole match), or of all of it."""
    first, last = match.span("secret" if "secret" in match.re.groupindex else 0)
    if find is not None:
        found = find(match.string[first:last])
        if found is None:
            return match[0]
        first, last = first + found[0], first + found[1]
    return match.string[match.start() : first] + label + match.string[last : match.end()]


def _digits(text: str) -> list[int]:
    return [int(character) for character in text if character.isdecimal()]


def _card(text: str) -> tuple[int, int] | None:
    digits = _digits(text)
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return None
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return (0, len(text)) if sum(doubled) % 10 == 0 else None


def _iban(text: str) -> tuple[int, int] | None:
    """The longest valid start that ends where a word ends: the words after an IBAN look like more of it."""
    ends = [end for end in range(len(text), 14, -1) if end == len(text) or not text[end].isalnum()]
    for end in ends:
        iban = "".join(character for character in text[:end] if character.isalnum()).upper()
        if 15 <= len(iban) <= 34 and int("".join(str(int(part, 36)) for part in iban[4:] + iban[:4])) % 97 == 1:
            return 0, end
    return None


def _chinese_id(text: str) -> tuple[int, int] | None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(digit * weight for digit, weight in zip(_digits(text[:17]), weights, strict=True))
    last = text[17].upper() if text[17] in "xX" else str(int(text[17]))
    return (0, len(text)) if "10X98765432"[total % 11] == last else None


def _phone(text: str) -> tuple[int, int] | None:
    return (0, len(text)) if 7 <= len(_digits(text)) <= 15 else None


def _chinese_address(text: str) -> tuple[int, int] | None:
    """Without the words that lead to it ("寄到"), which the pattern takes for part of a place name."""
    leads = [
        lead.end()
        for lead in re.finditer(r"寄到|寄往|寄去|送到|送去|发到|住在|改成|改到|改为|地址[是为]?|收货|我在|家在", text)
    ]
    return max(leads, default=0), len(text)


# What stands before and after a number that is no part of an id such as SC-20260131-4155 or #1234567890.
_FROM = r"(?<![A-Za-z0-9#+])(?<![A-Za-z0-9][-.])"
_TO = r"(?![A-Za-z0-9])"
_MAIL = r"A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-"
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|way|close|"
    r"crescent|parkway|pkwy|highway|hwy|row)\b\.?"
)
_FLAT = r"(?:,?\s*(?:apt|apartment|unit|suite|flat|#)\.?\s*\w{1,6}\b)?"
_POSTCODE = r"(?:\d{5}-\d{4}|\d{5,6}|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|[a-z]\d[a-z]\s?\d[a-z]\d)\b"
_WITHIN = r"(?:(?:flat|apt|apartment|unit|suite)\s\w{1,6},\s)?"
_CITY = rf"(?:(?:,\s?[^\W\d_][\w.' \-]{{1,40}}?){{0,2}},?\s{_POSTCODE}(?:,\s?[a-z]{{2,3}}\b)?)?"
_NO_NAME = r"(?!(?:for|my|the|a|an|of|in|on|to|and|or|with|per|from|at|by|is|are|your|this|that|off|x)\b)"
_SAID = r"(?:phone|telephone|tel|mobile|cell|call me (?:at|on)|text me (?:at|on)|whatsapp|number is)"
_HAN = r"[\u4e00-\u9fff]"

_RULES: tuple[tuple[re.Pattern[str], str, Find | None], ...] = (
    (
        re.compile(
            r"(?i)\b(?:password|passwort|passcode|pass\s?phrase|pwd|pin(?:\s(?:code|number))?|cvv|cvc)\b"
            r"\s{0,3}(?:(?:ist|is|was|war|lautet)\b|[:：=])\s{0,3}[\"'“「]?(?P<secret>(?!\[password\])(?=[^\s\"'”」，。]{0,40}\w)[^\s\"'”」，。]+)"
        ),
        "[password]",
        None,
    ),
    (
        re.compile(
            r"(?:密码|口令|验证码)\s{0,3}(?:是|为|[:：=])\s{0,3}[\"'“「]?(?P<secret>(?!\[password\])[^\s\"'”」，。、]+)"
        ),
        "[password]",
        None,
    ),
    (re.compile(rf"(?<![{_MAIL}])[{_MAIL}]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"), "[email]", None),
    (re.compile(r"(?i)(?<![a-z0-9#])[a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]){11,40}(?![a-z0-9])"), "[iban]", _iban),
    (re.compile(r"(?<![A-Za-z0-9#])\d{17}[\dxX](?![A-Za-z0-9])"), "[id]", _chinese_id),
    (re.compile(rf"{_FROM}\d(?:[ \-.]?\d){{12,18}}{_TO}"), "[card]", _card),
    (re.compile(rf"(?<![A-Za-z0-9#])\+\d[\d \-().]{{5,18}}\d{_TO}"), "[phone]", _phone),
    (re.compile(rf"{_FROM}(?:1[ \-.])?\(\d{{3}}\)[ \-.]?\d{{3}}[ \-.]?\d{{4}}{_TO}"), "[phone]", None),
    (re.compile(rf"{_FROM}(?:1[ \-.])?[2-9]\d{{2}}([ \-.])\d{{3}}\1\d{{4}}{_TO}"), "[phone]", None),
    (re.compile(rf"{_FROM}(?:86[ \-]?)?1[3-9]\d([ \-]?)\d{{4}}\1\d{{4}}{_TO}"), "[phone]", None),
    (re.compile(rf"{_FROM}0\d{{2,4}}[ \-/]?\d{{3,4}}[ \-]?\d{{3,4}}{_TO}"), "[phone]", _phone),
    (
        re.compile(
            rf"(?i)(?:\b{_SAID}\b|电话|手机号?|微信)(?:\snumber)?(?:\sis|号码|是|为)?[:：]?\s{{0,3}}"
            r"(?P<secret>\d[\d \-.]{5,16}\d)(?!\d)"
        ),
        "[phone]",
        _phone,
    ),
    # With capitals it is an address wherever it stands; without, "2 trail road shoes" must not be one.
    (
        re.compile(
            rf"\b(?i:{_WITHIN})\d{{1,5}}[A-Za-z]?\s(?:[A-Z][\w'.]{{0,30}}\s){{1,4}}(?i:{_STREET}{_FLAT}{_CITY})"
        ),
        "[address]",
        None,
    ),
    (
        re.compile(
            rf"(?i)\b\d{{1,5}}[a-z]?\s(?:{_NO_NAME}[a-z][\w'.]{{0,30}}\s){{1,3}}{_STREET}{_FLAT}{_CITY}"
            r"(?=\s*(?:$|[,.;!?，。]|(?:in|and|please|thanks|instead|now)\b))"
        ),
        "[address]",
        None,
    ),
    (re.compile(rf"(?i)\bp\.?\s?o\.?\sbox\s\d{{1,6}}\b{_CITY}"), "[address]", None),
    (
        re.compile(
            r"\b(?:(?:Am|Im|Zum|Zur|An\sder|An\sden|In\sder|Auf\sdem|Unter\sden)\s[A-ZÄÖÜ][\w\-]{1,30}"
            r"|[A-ZÄÖÜ][\w\-]{1,30}(?:weg|ring|damm|ufer|markt|hof|berg))\s\d{1,4}[a-z]?,?\s\d{5}\s[A-ZÄÖÜ]\w{1,30}"
        ),
        "[address]",
        None,
    ),
    (
        re.compile(
            r"\b[A-ZÄÖÜ][\w\-]{0,30}(?:straße|strasse|str\.|allee|gasse|platz)\s\d{1,4}[a-z]?\b"
            r"(?:,?\s\d{5}\s[A-ZÄÖÜ]\w{1,30})?"
        ),
        "[address]",
        None,
    ),
    (
        re.compile(
            rf"(?:{_HAN}{{2,8}}(?:省|自治区))?(?:{_HAN}{{2,8}}[市州盟])?(?:{_HAN}{{1,8}}[区县旗])?"
            rf"{_HAN}{{1,10}}[路街道巷弄]\s?\d{{1,5}}\s?[号弄](?:[\u4e00-\u9fffA-Za-z0-9\-]{{0,12}}[室楼栋幢座号]\d{{0,5}})?"
        ),
        "[address]",
        _chinese_address,
    ),
    *((pattern, "[name]", None) for pattern in NAMES),
)
