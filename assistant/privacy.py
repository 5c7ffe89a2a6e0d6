"""Takes personal data out of text before it is logged or shown to the model: what remains names kinds, not people.

Found by their own checks, not by length alone: card numbers by Luhn's, IBANs and Chinese identity numbers by theirs.
Order and product ids, prices, dates and sizes stay. Names are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

Keep = Callable[[str], bool]


def redact(text: str) -> str:
    """The text with [email], [card], [iban], [id], [phone], [address] and [password] in place of such data; idempotent."""
    for pattern, label, holds in _RULES:
        text = pattern.sub(partial(_replaced, label=label, holds=holds), text)
    return text


def _replaced(match: re.Match[str], *, label: str, holds: Keep | None) -> str:
    """``label`` in place of the group "secret", or of the whole match; the match itself when it fails its check."""
    name = "secret" if "secret" in match.re.groupindex else 0
    if holds is not None and not holds(match[name]):
        return match[0]
    start, end = match.span(name)
    return match.string[match.start() : start] + label + match.string[end : match.end()]


def _digits(text: str) -> list[int]:
    return [int(character) for character in text if character.isdecimal()]


def _is_card(text: str) -> bool:
    digits = _digits(text)
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    iban = "".join(character for character in text if character.isalnum()).upper()
    if not 15 <= len(iban) <= 34 or not iban.isascii():
        return False
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def _is_chinese_id(text: str) -> bool:
    digits = _digits(text[:17])
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11]
    last = text[17].upper()
    return (str(int(last)) if last.isdecimal() else last) == check


def _is_phone(text: str) -> bool:
    return 7 <= len(_digits(text)) <= 15


_AFTER = r"(?![\w])"
_BEFORE = r"(?<![\w#])"
# An id such as SC-20260131-4155 is no phone number: what follows a letter or digit and a hyphen belongs to it.
_ALONE = r"(?<![\w#])(?<![\w][-.])"
_STREETS = (
    r"street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|square|sq|terrace|way|close|"
    r"crescent|parkway|pkwy|highway|hwy"
)

_RULES: tuple[tuple[re.Pattern[str], str, Keep | None], ...] = (
    (
        re.compile(
            r"(?i)\b(?:password|passwort|passcode|pass\s?phrase|pwd|pin(?:\s+(?:code|number))?|cvv|cvc)\b"
            r"\s*(?:is|was|[:：=])\s*[\"'“「]?(?P<secret>(?!\[password\])[^\s\"'”」，。]+)"
        ),
        "[password]",
        None,
    ),
    (
        re.compile(
            r"(?i)(?:密码|口令|验证码)\s*(?:是|为|[:：=])\s*[\"'“「]?(?P<secret>(?!\[password\])[^\s\"'”」，。、]+)"
        ),
        "[password]",
        None,
    ),
    (re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"), "[email]", None),
    (re.compile(rf"(?i){_BEFORE}[a-z]{{2}}\d{{2}}(?:[ \-]?[a-z0-9]{{2,4}}){{3,8}}{_AFTER}"), "[iban]", _is_iban),
    (re.compile(r"(?i)(?<![a-z0-9#])\d{17}[\dx](?![a-z0-9])"), "[id]", _is_chinese_id),
    (re.compile(r"(?<![A-Za-z0-9#])(?<![A-Za-z0-9]-)\d(?:[ \-.]?\d){12,18}(?![A-Za-z0-9])"), "[card]", _is_card),
    (re.compile(rf"{_ALONE}\+\d[\d \-().]{{5,18}}\d{_AFTER}"), "[phone]", _is_phone),
    (re.compile(rf"{_ALONE}(?:1[ \-.])?\(\d{{3}}\)[ \-.]?\d{{3}}[ \-.]?\d{{4}}{_AFTER}"), "[phone]", None),
    (re.compile(rf"{_ALONE}(?:1[ \-.])?[2-9]\d{{2}}([ \-.])\d{{3}}\1\d{{4}}{_AFTER}"), "[phone]", None),
    (
        re.compile(r"(?<![A-Za-z0-9#])(?<![A-Za-z0-9]-)(?:86[ \-]?)?1[3-9]\d([ \-]?)\d{4}\1\d{4}(?![A-Za-z0-9])"),
        "[phone]",
        None,
    ),
    (
        re.compile(r"(?<![A-Za-z0-9#])(?<![A-Za-z0-9]-)0\d{2,4}[ \-]?\d{3,4}[ \-]?\d{3,4}(?![A-Za-z0-9])"),
        "[phone]",
        _is_phone,
    ),
    (
        re.compile(
            r"(?i)(?:\b(?:phone|telephone|tel|mobile|cell|call me (?:at|on)|text me (?:at|on)|whatsapp|number is)\b|电话|手机号?|微信)"
            r"(?:\s+number)?(?:\s+is|号码|是|为)?[:：]?\s*(?P<secret>\d[\d \-.]{5,16}\d)(?!\d)"
        ),
        "[phone]",
        _is_phone,
    ),
    (
        re.compile(
            rf"(?i)\b\d{{1,5}}[a-z]?\s+(?:[a-z][\w'.]*\s+){{1,4}}(?:{_STREETS})\b\.?"
            r"(?:,?\s*(?:apt|apartment|unit|suite|flat|#)\.?\s*\w+)?"
            r"(?:,\s*[a-z][a-z .'\-]{1,40}?(?:,\s*[a-z]{2})?,?\s+(?:\d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2})\b)?"
        ),
        "[address]",
        None,
    ),
    (
        re.compile(
            r"(?:[\u4e00-\u9fff]{2,8}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,8}[市州盟])?(?:[\u4e00-\u9fff]{1,8}[区县旗])?"
            r"[\u4e00-\u9fff]{1,10}(?:路|街|道|巷|弄|胡同|大道)\s*\d{1,5}\s*[号弄](?:[\u4e00-\u9fffA-Za-z0-9\-]{0,12}(?:室|楼|栋|单元|号))?"
        ),
        "[address]",
        None,
    ),
)
