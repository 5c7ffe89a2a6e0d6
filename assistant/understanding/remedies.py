"""What a customer wants of a thing gone wrong (replacement, refund, person), and which part of an order is to stay as it
is ("everything except the tablet", 红的留着)."""

from __future__ import annotations

import re
from typing import Literal

Remedy = Literal["replacement", "refund", "person"]

_REFUSED = re.compile(
    r"\b(?:don'?t|do not|didn'?t|not|no|never|without|rather than|instead of)\b(?: (?:want|need|asking for|after|to|have))*"
    r"(?: (?:a|an|my|the|any|to|get))* (?:full )?(?:refund|money(?: back)?|replacement|return(?:ing)?|exchang\w+|voucher)\b"
    r"|(?:不要|不想|不用|不是|不能|没法|无法|不|别)(?:给我)?(?:要|想|申请)?(?:退换?|换)(?:款|货|钱|新)?"
    r"|换(?:货)?(?:不了|不行|不成|不到)",
    re.IGNORECASE,
)
_WANTED: tuple[tuple[Remedy, re.Pattern[str]], ...] = (
    (
        "person",
        re.compile(
            r"\b(?:person|human|agent|colleague|manager|supervisor|someone|representative|real one|third)\b|人工|真人|客服|经理"
            r"|主管|同事",
            re.IGNORECASE,
        ),
    ),
    (
        "refund",
        re.compile(
            r"\b(?:refund\w*|money|return\w*|send (?:it|them|this|these|everything) back|credit|second)\b|退|赔",
            re.IGNORECASE,
        ),
    ),
    (
        "replacement",
        re.compile(
            r"\b(?:replac\w*|exchang\w*|swap\w*|new (?:one|ones|pair)|(?:another|different|bigger|smaller|larger|other|right"
            r"|same|working|correct) (?:one|ones|pair|size|colou?r|thing|item)|(?:send|get|give|want|ship)\b[^.?!]{0,20}"
            r"\b(?:missing|right|correct|new|another|in one piece|not broken|that works)|first)\b"
            r"|换|补|重新?发|新的|全新|同款|一模一样|修",
            re.IGNORECASE,
        ),
    ),
)

_STAYS = re.compile(
    r"\b(?:except(?: for)?|apart from|other than|but not|besides|excluding|but keep|keep(?:ing)?|not)"
    r" (?P<a>(?:the|my|that|those|these) [^,.;!?]{1,50})"
    r"|除了(?P<b>[^，。！？,.!?]{1,20}?)(?:以外|之外|外|，|,|其他|其它|其余|别的|都|全)"
    r"|(?:^|[，。；,;和]|但|不过)(?P<c>[^，。！？,.!?；;]{1,12}?)(?:我)?(?:还|也|就|要|是)*(?:留着|留下|保留|不退|不用退|不取消|不动|我?还要|要留)"
    r"|(?:留着|保留|留下|别退|不要退|别取消)(?P<d>[^，。！？,.!?了吧啊]{1,12})",
    re.IGNORECASE,
)
_NOT_ALL = re.compile(
    r"\b(?:don'?t|do not|not)\b(?: (?:want|need))?(?: to)?(?: \w+)? (?:cancel\w*|return\w*) (?:the |my |this )?"
    r"(?:whole|entire|all|everything|order)\b|\b(?:not|don'?t)\b[^.,;!?]{0,30}\bcancel\w*\b"
    r"|(?:别|不要|不用|不是|没)(?:要)?(?:给我|帮我|让你)?(?:全部|全|整单?)?取消|(?:说了|是)不取消",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"\b(?:just|only)\b (?:(?:want|need|like) to )?(?:(?:cancel|return|remove|take out|drop) )?(?:the|my|that|one|a)\b"
    r"(?! (?:whole|entire|order))|\bcancel\w* (?:just|only)\b|\b(?:cancel|remove|drop) (?:one|part|some|half) of\b"
    r"|(?:只|就|仅)(?:想|要|是|把|需要)?.{0,10}(?:取消|去掉|不要|减掉|删掉|退)|取消(?:其中|里面|一部分|部分)|去掉|删掉|减掉",
    re.IGNORECASE,
)


def read_remedy(text: str) -> Remedy | None:
    """What is wanted; what is turned down does not count, and of an "or else" the last."""
    plain = _REFUSED.sub(" ", text.replace("’", "'"))
    found = [(match.start(), name) for name, pattern in _WANTED for match in pattern.finditer(plain)]
    if any(name == "person" for _, name in found):
        return "person"
    return max(found)[1] if found else None


def read_kept(text: str) -> str:
    """The words for what is to stay as it is; empty when the message names none."""
    return " ".join(group for match in _STAYS.finditer(text) for group in match.groups() if group)


def without_kept(text: str) -> str:
    return _STAYS.sub(" ", text)


def only_part(text: str) -> bool:
    """Whether only a part of the order is meant ("don't cancel it all, just the scarf")."""
    return _NOT_ALL.search(text) is not None or _SOME.search(text) is not None or bool(read_kept(text))
