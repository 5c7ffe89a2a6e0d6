"""Reads which shown products a message means ("the second one", "#2", "it", 第二个) and how many of something it
wants."""

from __future__ import annotations

import re

from assistant.understanding.numbers import value_of
from assistant.understanding.spans import Spans

IN_FOCUS = 0
LAST = -1

_ORDINALS = {
    word: position
    for position, words in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th forth", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th"),
        start=1,
    )
    for word in words.split()
} | {"last": LAST, "final": LAST, "bottom": LAST, "top": 1, "former": 1, "latter": LAST}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_NOT_AFTER = (
    r"(?! ?-?(?:time|order|purchase|thought|floor|day|week|month|year|night|place|class|aid|name|hand|half|try|step"
    r"|of all|choice|chance|minute"
    r"|call|message|question|email|package|parcel|delivery|\d+ (?:days|weeks|months|orders)|few (?:days|weeks"
    r"|months)|resort|season))"
)
_SMALL_NUMBER = r"(?:[1-9]|10|two|three|four|five|six)"
_COUNT_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple": 2, "both": 2}
_HAN_COUNT = r"[1-9一二两三四五六七八九十]"
_MEASURE = r"(?:个|款|件|双|条|台|只|样|种|项|张|支|瓶|把|套|顶|部|块|盏|本|副|对|盒|包|份|幅|辆|箱|袋|罐)"

_FIRST_FEW = re.compile(
    rf"\b(?:the |those |these )?(?P<end>first|top|last|final) (?P<count>{_SMALL_NUMBER}|couple)\b{_NOT_AFTER}|(?P<han_end>前|头|最后|后)(?P<han_count>[2-9两二三四五六]){_MEASURE}",
    re.ASCII,
)
_PAIR = re.compile(
    r"(?:(?:number|no\.?|option|item|product|numbers|options|items|products|nos?\.?|#) ?)?(?<![\w.$#-])#?(?P<a>[1-9]"
    r"|10)(?:号)?(?: [a-z]+(?= (?:vs|and|or|versus)))? ?(?:and|&|vs\.?|versus|with|to|or|,|和|与|跟|还是|/) ?"
    r"(?:(?:number|no\.?|option|[a-z]+) |#)?(?P<b>[1-9]|10)(?:号)?(?:(?: ?(?:and|&|,|和|or) ?)#?(?P<c>[1-9]"
    r"|10))?(?![\w.%$])",
    re.ASCII,
)
_ORDINAL_ONE = re.compile(
    rf"\b(?:the |that |your |ur |this )?(?P<ordinal>{_ORDINAL})(?P<one> ones?| thing| item| product| option| choice| result| model| pair)?\b{_NOT_AFTER}",
    re.ASCII,
)
_NUMBERED = re.compile(
    r"(?:(?:\b(?:number|no\.?|nr\.?|option|item|product|choice|result|num)|#) ?#?(?P<number>[1-9]|10)\b(?![.\d]))"
    r"|(?<!\d)(?P<han>[1-9一二三四五六七八九]|10)号(?!码|楼|线)",
    re.ASCII,
)
_HAN_ORDINAL = re.compile(
    rf"第(?P<a>{_HAN_COUNT})(?![次回天步年月周期代季])(?:{_MEASURE}|(?= ?[和跟与、,]))?(?: ?(?:和|跟|与|,|还有|、) ?第?(?P<b>{_HAN_COUNT})(?:{_MEASURE}|号)?)?|最后(?:那|的|面)?一?(?P<last>{_MEASURE})|(?P<tail>后面那{_MEASURE})",
    re.ASCII,
)
_BOTH = re.compile(
    r"\b(?:both(?: of (?:them|these|those))?|(?:the|these|those) two|all (?:of )?(?:them|these|those|three|four"
    r"|five))\b|这两|那两|两(?:个|款|双|件)都|两者|这几|这些|它们|都对比|这三",
    re.ASCII,
)
_SHOWN_ONE = re.compile(
    r"\b(?:this|that|the)(?: (?:one|item|product|model|thing))\b|\b(?:this|that|dis)(?= ?(?:$|[,.?!]|in\b|to\b|come"
    r"|have|has|is\b|please|thing|for me|as\b|too\b|and\b))"
    r"|(?:这|那|该)(?:一|个|款|件|双|条|台|只|张|顶|部|套|瓶|把|支|本|盏|副)+|(?:它|牠)(?!们)",
    re.ASCII,
)
_IT = re.compile(
    r"(?<!forget )(?<!does )(?<!is )(?<!was )(?<!did )\bit\b(?!'?s? (?:possible|raining|true that|in total"
    r"|cost altogether|ok|okay|safe to|free to|matter|take|cost to ship))|\b(?:does|is|was|did) it\b(?! (?:take"
    r"|possible|cost to ship|in total|ok to|okay to|safe to|free to|true that|matter|work when|arrive|ship\b))",
    re.ASCII,
)
_THIS_ASKED = re.compile(
    r"\b(?:is|does|would|will|can|could|has|do|did|was|are) (?:this|that|these)\b(?! (?:much|order|parcel|shop|bot"
    r"|chat))",
    re.ASCII,
)
_STANDS_ALONE = re.compile(
    r" ?(?:(?<!priciest first)(?<!cheapest first)(?<!rated first)(?<!price first)(?:$|[,.?!])|and\b|or\b|vs\b"
    r"|versus\b|with\b|to\b|please|in\b)"
)
_GROUP = re.compile(r"\b(?:them|these|those)\b", re.ASCII)

_QUANTITY = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"\b(?:qty|quantity|amount)(?: of| to| is|:| =)? ?(?:to )?(?P<n>\d{1,3}|one|two|three|four|five|six|seven"
        r"|eight|nine|ten)\b",
        r"(?<![\w.])(?:x ?(?P<n>\d{1,3})|(?P<m>\d{1,3}) ?x)(?!\w)",
        r"\b(?P<n>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|a couple|couple"
        r"|both) (?:more )?(?:of (?:them|those|these|it|the|this|that)|pcs|pieces|units|copies|items|pairs?)\b",
        r"\b(?:add|get|buy|take|order|want|need|give me|grab|make (?:it|that)|change (?:it|that|this)? ?to"
        r"|up (?:it )?to|remove|i'll have|put|another|only|just|set (?:it )?to|to|purchase|throw in|keep)"
        r" (?:me )?(?:just |only )?(?P<n>\d{1,4}|two|three|four|five|six|seven|eight|nine|ten|a couple"
        r"|a dozen)(?: more)?\b(?! ?(?:%|dollars|bucks|st\b|nd\b|rd\b|th\b|days|hours|years|star|inch|cm|and \d|or "
        r"|\"|-))(?!\.\d)",
        r"\b(?P<n>one|another) more\b|\b(?P<m>another one)\b",
        rf"(?<![第前后这那最0-9])(?P<n>\d{{1,3}}|[一二两三四五六七八九十])(?!样){_MEASURE}(?!号|都)",
        r"(?:数量|改成|改为|变成|换成|加到|减到)(?:改成|改为|是|为|到|:)? ?(?P<n>\d{1,3}"
        r"|[一二两三四五六七八九十])(?! ?[\da-z]|码|号)",
        r"再(?:来|加|要)(?P<n>一)",
    )
)
_DOZEN = {"a dozen": 12, "another": 1, "another one": 1, "both": 2}


def read_references(spans: Spans, shown: int) -> list[int]:
    """Takes references to shown products out of ``spans``, 1-based; ``LAST`` and ``IN_FOCUS`` as ``Slots.reference``
    says.

    ``shown`` resolves "the last two" and "both"; without it they cannot be told and nothing is read.
    """
    found: list[int] = []
    for match in spans.take_all(_FIRST_FEW):
        count = _count(match["count"] or match["han_count"])
        from_start = (match["end"] or match["han_end"]) in ("first", "top", "前", "头")
        found += (
            range(1, count + 1) if from_start else range(shown - count + 1, shown + 1) if shown >= count else [LAST]
        )
    for match in spans.take_all(_PAIR):
        found += [int(match[group]) for group in ("a", "b", "c") if match[group]]
    for match in _ORDINAL_ONE.finditer(spans.left):
        named = match["one"] or match[0].startswith(("the ", "that "))
        alone = (
            shown
            and match["ordinal"] not in ("last", "top", "final", "bottom")
            and _STANDS_ALONE.match(spans.left, match.end())
        )
        if (named or alone) and (match["one"] or match["ordinal"] not in ("top", "bottom")):
            spans.take(match.start(), match.end())
            found.append(_ORDINALS[match["ordinal"]])
    for match in spans.take_all(_NUMBERED):
        found.append(_count(match["number"] or match["han"]))
    for match in spans.take_all(_HAN_ORDINAL):
        found += (
            [LAST] if match["last"] or match["tail"] else [_count(match[group]) for group in ("a", "b") if match[group]]
        )
    if not found:
        for _ in spans.take_all(_SHOWN_ONE):
            found = [IN_FOCUS]
    return list(dict.fromkeys(found))


def read_pronoun(spans: Spans, shown: int) -> list[int]:
    """What "it" and "them" mean: the product in focus, or all that is shown when that is a few.

    Looks at the whole message, and counts only where an intent is about products on display.
    """
    if _BOTH.search(spans.text):
        return list(range(1, shown + 1)) if 2 <= shown <= 4 else []
    if _IT.search(spans.text) or _SHOWN_ONE.search(spans.text) or _THIS_ASKED.search(spans.text):
        return [IN_FOCUS]
    if _GROUP.search(spans.text):
        return list(range(1, shown + 1)) if 2 <= shown <= 4 else [IN_FOCUS] if shown == 1 else []
    return []


def read_quantity(spans: Spans, bare_number_is_quantity: bool = False) -> int | None:
    """Takes the first quantity out of ``spans``."""
    for pattern in _QUANTITY:
        for match in spans.take_all(pattern):
            return _count(next(group for group in match.groupdict().values() if group))
    if bare_number_is_quantity and (
        alone := re.search(
            r"(?<![\w.])(\d{1,3}|one|two|three|four|five|six|[一二两三四五六七八九十])(?![\w.])", spans.left
        )
    ):
        return _count(alone[1])
    return None


def _count(written: str) -> int:
    written = written.strip()
    if written in _DOZEN:
        return _DOZEN[written]
    return _COUNT_WORDS.get(written) or int(value_of(written))
