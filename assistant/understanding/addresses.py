"""Reads a postal address out of a message. Whether it exists, and where it lies, nobody here knows."""

from __future__ import annotations

import re

_STREET = re.compile(
    r"(?:(?:flat|apartment|apt\.?|unit|suite|room|c/o [a-z ]{1,40}|po box|p\.o\. box)\s{0,3}#?\w{1,20},\s{0,3})?"
    r"(?<![\w-])(?:po box )?\d{1,5}[a-z]?(?:-\d{1,6})?,?\s{1,3}(?!(?:of|items?|days?|weeks?|minutes?|hours?|months?"
    r"|years?|pm|am|x|pairs?"
    r"|orders?|dollars?|percent)\b)[^\W\d]",
    re.IGNORECASE,
)
_WORDS_BEFORE = re.compile(
    r"(?:address(?: (?:is|to|should be|:))?|to|is|:)\s{0,3}(?P<street>[A-Z][^\n]{0,60}?\b(?:street|st|avenue|ave|road|rd"
    r"|lane|ln|drive|dr"
    r"|way|court|ct|place|pl|boulevard|blvd|square|sq|house|close)\b[^\n]{0,60}?\d{4,6}[^\n]*)"
)
_END = re.compile(
    r"(?<!\bst)(?<!\bave)(?<!\bapt)(?<!\brd)(?<!\bno)(?<!\bdr)\.(?=\s|$)|[!?\n;]|(?<!\s)\s++(?:please|thanks|thank you"
    r"|instead|pls)\b"
                  r"|,? (?:and|then) (?=(?:cancel|return|exchange|change|please|also|tell"
                  r"|let)\b)", re.IGNORECASE)  # fmt: skip
_CHINESE = re.compile(
    r"(?:地址)?(?:改成|改为|改到|换成|换到|更新为|更新成|设为|设成|寄到|送到|发到|寄往|地址是|地址为|地址[:：]"
    r"|是|为|到|[:：])\s{0,3}"
    r"(?P<address>[^，。！？!?\n]{0,60}?(?:[路街道巷村镇区市县号楼栋][^。！？!?\n]*))"
)
_CHINESE_PART = re.compile(
    r"[\u4e00-\u9fff]{2,16}(?:省|市|区|县|镇|路|街|道|巷)[^。！？!?\n]{0,30}?\d+[\u4e00-\u9fff\d-]*", re.ASCII
)
_CHINESE_LOOKS = re.compile(r"[省市区县镇路街道巷村].{0,40}?(?:\d|[一二三四五六七八九十]号)")
_TAIL = re.compile(
    r"(?:[，,\s]{0,4}(?:谢谢|麻烦了?|可以[吗不]|能行?[吗不]|[行成好可][吗不]|就行|[吧哦啊不吗么呗]|please|thanks|thank you|instead|pls)){1,6}[。.!！?？]{0,6}$",
    re.IGNORECASE,
)
_DEFAULT = re.compile(
    r"\b(?:my|the) (?:default|usual|home|account|saved|registered) address\b|address (?:on|in) my (?:account|profile)"
    r"|默认地址|账户(?:里|上)?的?地址|常用地址",
    re.IGNORECASE,
)


_SAID_BESIDE = re.compile(
    r"\b(?:is|are|was|were|have|has|had|i|i'm|we|my|you|your|it|that|this|because|since|so|but|if|as)\b", re.IGNORECASE
)
"""What a part of an address does not hold, but a remark beside it ("the zip is on file")."""


def read_address(text: str) -> str:
    """The postal address in ``text`` on one line, or an empty string."""
    if re.search(r"[\u4e00-\u9fff]", text):
        match = _CHINESE.search(text)
        found = match["address"] if match else ""
        if not _CHINESE_LOOKS.search(found):
            part = _CHINESE_PART.search(text)
            found = part[0] if part else ""
        if found:
            return _TAIL.sub("", found).strip(" ,，。")
    match = _WORDS_BEFORE.search(text)
    start = _STREET.search(text)
    if start:
        found = text[start.start() :]
    elif match:
        found = match["street"]
    else:
        return ""
    end = _END.search(found)
    found = found[: end.start()] if end else found
    found = _without_remarks(_TAIL.sub("", found).strip(" ,."))
    return found if len(found.split()) >= 3 else ""


def _without_remarks(address: str) -> str:
    """Up to the first part, after the street, that is a remark and has no number."""
    first, *others = address.split(",")
    kept = [first]
    for part in others:
        if _SAID_BESIDE.search(part) and not re.search(r"\d", part):
            break
        kept.append(part)
    return ",".join(kept).strip(" ,.")


def means_default(text: str) -> bool:
    """Whether the customer's own default address is meant ("ship it to my home address")."""
    return _DEFAULT.search(text) is not None
