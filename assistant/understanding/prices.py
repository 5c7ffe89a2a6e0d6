"""Reads price limits and a lowest rating out of a message. Knows no currencies' rates: amounts are in the shop's
currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.understanding.money import AFTER as _AFTER
from assistant.understanding.money import AMOUNT as NUMBER
from assistant.understanding.money import BEFORE as _BEFORE
from assistant.understanding.money import MONEY as _MONEY
from assistant.understanding.money import amount_of
from assistant.understanding.spans import Spans

AROUND = Decimal("0.2")
"""How far "around 60" reaches to both sides."""

_DIGIT = "一二两三四五六七八九"
# What a bare number counts when one of these follows; then it is no price.
_OTHER_UNIT = (
    r"(?! ?(?:stars?\b|days?|weeks?|months?|years?|yrs?\b|yo\b|hours?|hrs?\b|min(?:ute)?s?\b|sec|am\b|pm\b|%|percent"
    r"|inch|in\b|\"|''|cm\b|mm\b"
    r"|m\b|ft\b|feet|kg|lbs?\b|g\b|grams?|oz\b|ml\b|l\b|lit|gb\b|tb\b|mb\b|mah|w\b|watts?|v\b|volts?|hz|mp\b|p\b"
    r"|people|persons?|pieces?|pcs"
    r"|items?|of\b|pairs?|times|x\b|products?|orders?|reviews?|ones?\b|one\b|colou?rs?|options?|meters?|metres?"
    r"|miles?|kids?|st\b|nd\b|rd\b"
    r"|th\b|[天周月年岁星寸码号个件双台条只款本张位人分小升毫厘克公斤瓦次种套盒瓶把层页]|英寸|[.,]?\d))"
)
_ANY = rf"(?:{_MONEY}|{NUMBER}{_OTHER_UNIT})"

_MAX = (
    r"(?:(?:no|not|nothing|never|isn't|don't (?:want to |wanna )?(?:spend|pay|go)|can't (?:spend|pay|afford"
    r"|go))(?: (?:spend|pay|go))?"
    r" (?:any ?thing )?(?:more than|over|above|higher than|costing over|past|beyond)"
    r"|(?<!no )(?<!not )(?:under|below|beneath|less th[ae]n)|lower than|cheaper than|fewer than|up to|upto"
    r"|at (?:the )?most|max(?:imum)?(?: of| is|:)?|within|<=?|≤"
    r"|(?:my |a |the |on a )?(?:budget|limit|price limit|max budget|price cap|cap)(?: is| of|:| at| around"
    r"| about)? ?|no dearer than"
    r"|(?:only )?(?:have|got) (?:only |just |about )?(?=[$£€¥]|\w+(?: \w+)? (?:dollars|bucks|euros|quid|pounds))"
    r"|(?:afford|spend)(?: about| around| up to| only)?"
    r"|(?:不|不要|别|不能)超过?|不高于|不多于|低于|少于|小于|不到|(?:最多|最高|至多|顶多|上限)(?:花|出|给|是|就)?|预算(?:是|在|有|为|:|大概|大约"
    r"|只有|可以|能|加到|提到|提高到|放宽到|到){0,4}|控制在)"
)
_MIN = (
    r"(?:(?:no|not|nothing) (?:less than|under|below|cheaper than|lower than)|over|above|more th[ae]n|at least|from"
    r"|starting (?:at|from)"
    r"|min(?:imum)?(?: of|:)?|upwards? of|higher than|pricier than|>=?|≥|不低于|不少于|高于|大于|超过|至少|最低|起码)"
)
_MAX_AFTER = (
    r"(?: ?(?:or less|or under|or below|or cheaper|or lower|and under|and below|and less|tops|max(?:imum)?"
    r"|at (?:the )?most|budget|limit|to spend"
    r"|(?:is|are) (?:my|the) (?:max|limit|budget)|or so max|is too (?:much|expensive)|(?:is|would be|will be) (?:also )?(?:ok|okay|fine|possible|alright|all right)\b|以内|以下|之内|之下|以里|封顶|内))"
)
_MIN_AFTER = r"(?: ?(?:or more|or above|or over|or higher|and up|and above|and over|and more|upwards?|plus\b|\+|minimum|以上|之上|往上|起步|起))"
_AROUND_BEFORE = r"(?:around|about|approx(?:\.|imately)?|roughly|circa|close to|near|in the|~|大约|大概|差不多|约)"
_AROUND_AFTER = r"(?:-?ish\b| or so\b| range\b|(?: ?)(?:左右|上下|出头|档|价位))"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.ASCII))
    for name, pattern in (
        (
            "between",
            rf"(?<![{_DIGIT}十百千])([{_DIGIT}])([{_DIGIT}])([十百千])(?:来|多)?(?![{_DIGIT}十百千]){_OTHER_UNIT}{_AFTER}?(?:以内|左右|上下)?",
        ),
        ("tens", rf"几([十百千])(?:来|多)?{_AFTER}(?:以内|左右|上下)?"),
        ("around", rf"({NUMBER})(?:来|把|多)(?:点(?!钟)|(?:块|元|刀)钱?|美元|美金|左右)"),
        ("range", rf"\b(?:between|from|anywhere from|somewhere between) ({_ANY}) ?(?:and|to|-|&|~) ?({_ANY})"),
        ("range", rf"({_BEFORE}?{NUMBER}{_AFTER}?) ?(?:到|至|-|~|to) ?({_MONEY})(?:之间|以内)?"),
        (
            "range",
            rf"(?:价格|价位|预算|价钱)(?:在|是|大概|大约){{0,4}}({NUMBER}{_AFTER}?) ?(?:到|至|-|~|和) ?({NUMBER}{_AFTER}?)",
        ),
        ("range", rf"({NUMBER}{_AFTER}?) ?(?:到|至|和|-|~) ?({NUMBER}{_AFTER}?) ?(?:之间|的价|价位)"),
        ("range", rf"({_MONEY}) ?(?:and|to|-|~|到|至) ?({_ANY})"),
        (
            "range",
            r"(?<![\w.-])(\d{2,5}) ?(?:to|-|~|到|至) ?(\d{2,5})(?![\w%-])(?! ?(?:days|weeks|inch|cm|years|pieces"
            r"|天|码|寸"
            r"|岁|片))",
        ),
        ("max", rf"(?:\b|(?=[^a-z])){_MAX} ?({_ANY})"),
        ("max", rf"({_ANY}){_MAX_AFTER}"),
        ("around", rf"{_AROUND_BEFORE} ?({_ANY})(?:{_AROUND_AFTER})?"),
        ("around", rf"({_ANY}){_AROUND_AFTER}"),
        ("around", rf"({NUMBER})(?:块|元|刀|美元)?(?:左右|上下)(?:{_AFTER})?"),
        ("min", rf"(?:\b|(?=[^a-z])){_MIN} ?({_MONEY}|{NUMBER}{_OTHER_UNIT}(?!\w))"),
        ("min", rf"({_MONEY}|{NUMBER}{_OTHER_UNIT}){_MIN_AFTER}"),
        ("max", rf"({_MONEY})"),
    )
)
_RATING = (
    re.compile(
        r"(?:(?:at least|over|above|more than|minimum|min|rated|rating(?: of| is)?|with) ){1,6}"
        r"(?P<a>[1-5](?:\.\d)?|three|four|five)(?!\d)(?: ?\+| stars?\b| and (?:up|above)| or (?:more|above|better"
        r"|higher))(?: (?:or|and) (?:more|above|up|better|higher))?"
    ),
    re.compile(
        r"\b(?P<a>[1-5](?:\.\d)?|three|four|five)(?: ?\+)?[ -]?stars?\b(?: (?:or|and) (?:more|above|up|better"
        r"|higher)|\+| plus)?(?: (?:rating|reviews?))?"
    ),
    re.compile(
        r"\b(?:rated|rating(?: of)?)(?: at least| above| over| higher than)? (?P<a>[1-5](?:\.\d)?)(?!\d)(?: ?\+"
        r"| (?:or|and) (?:more|above|up|better|higher))?"
    ),
    re.compile(
        r"(?P<c>[1-5](?:\.\d)?)分(?:以上|及以上)|(?:评分|评价|好评)?(?:至少|不低于|高于|大于|超过"
        r"|在)? ?(?P<a>[1-5](?:\.\d)?"
        r"|[一二三四五])(?:颗)?星(?:级)?(?:以上|及以上|或以上|的)?|(?:评分|评价)(?:至少|不低于|高于|大于|超过"
        r"|在)? ?(?P<b>[1-5](?:\.\d)?)(?!\d)分?(?:以上)?"
    ),
)
_CAPPED = re.compile(r"上限|封顶|最多|\bmax\b|\bat most\b|\btops\b")
_RATING_WORDS = {"three": 3.0, "four": 4.0, "five": 5.0, "一": 1.0, "二": 2.0, "三": 3.0, "四": 4.0, "五": 5.0}


@dataclass(slots=True)
class PriceLimits:
    """Price limits in the shop's currency and the lowest rating in stars; None where the message sets none."""

    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rating_min: float | None = None


def read_limits(spans: Spans, bare_number_is_price: bool = False) -> PriceLimits:
    """Takes ratings and price limits out of ``spans``. A lone number is a highest price when the assistant asked for
    one."""
    limits = PriceLimits()
    for pattern in _RATING:
        for match in spans.take_all(pattern):
            written = next(group for group in match.groupdict().values() if group)
            limits.rating_min = _RATING_WORDS.get(written) or float(written)
    for name, price_pattern in _PATTERNS:
        if name == "around" and _CAPPED.search(spans.text):
            name = "max"
        for match in spans.take_all(price_pattern):
            said = [group for group in match.groups() if group]
            if name == "between":  # 两三百: 200 to 300
                said = [said[0] + said[2], said[1] + said[2]]
            amounts = [_amount(part) for part in said]
            if None not in amounts:
                _apply(limits, name, [amount for amount in amounts if amount is not None])
    if bare_number_is_price and limits.price_max is None:
        for match in spans.take_all(re.compile(rf"({_ANY})")):
            limits.price_max = limits.price_max or _amount(match[1])
    return limits


def _apply(limits: PriceLimits, name: str, amounts: list[Decimal]) -> None:
    if name == "tens":
        name, amounts = "max", [amount * 10 for amount in amounts]
    if name in ("range", "between") and limits.price_max is None and limits.price_min is None:
        limits.price_min, limits.price_max = sorted(amounts[:2])
    elif name == "max" and limits.price_max is None:
        limits.price_max = amounts[0]
    elif name == "min" and limits.price_min is None:
        limits.price_min = amounts[0]
    elif name == "around" and limits.price_max is None and limits.price_min is None:
        limits.price_min, limits.price_max = amounts[0] * (1 - AROUND), amounts[0] * (1 + AROUND)
    limits.price_min = _tidy(limits.price_min)
    limits.price_max = _tidy(limits.price_max)


def _tidy(amount: Decimal | None) -> Decimal | None:
    """Without trailing zeros or an exponent, so that equal limits look equal."""
    if amount is None:
        return None
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


def _amount(written: str) -> Decimal | None:
    if match := re.search(NUMBER, written):
        try:
            return amount_of(match[0])
        except ValueError:
            return None
    return None
