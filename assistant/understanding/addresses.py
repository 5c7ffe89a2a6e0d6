"""Reads a postal address out of a message, and what completes one. Whether it exists, and where it lies, nobody here
knows."""

from __future__ import annotations

import re

from retrieval.text.words import is_chinese

WAY = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|way|court|ct|place|pl|boulevard|blvd|square|sq|house|close|row"
    r"|terrace|crescent|parkway|trail|hill|walk|mews)"
)
_STREET = re.compile(
    r"(?:(?:flat|apartment|apt\.?|unit|suite|room|c/o [a-z ]{1,40}|po box|p\.o\. box)\s{0,3}#?\w{1,20},\s{0,3})?"
    r"(?<![\w-])(?:po box )?\d{1,5}[a-z]?(?:-\d{1,6})?,?\s{1,3}(?!(?:of|items?|days?|weeks?|minutes?|hours?|months?"
    r"|years?|pm|am|x|pairs?"
    r"|orders?|dollars?|percent)\b)[^\W\d]",
    re.IGNORECASE,
)
_WORDS_BEFORE = re.compile(
    r"(?:address(?: (?:is|to|should be|:))?|to|is|:)\s{0,3}"
    rf"(?P<street>[A-Z][^\n]{{0,60}}?\b{WAY}\b[^\n]{{0,60}}?\d{{4,6}}[^\n]*)"
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


_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{1,3}\d[A-Z\d]{0,2} ?\d[A-Z\d]{1,3}|\d{4,6}(?:-\d{4})?)(?![A-Za-z0-9-])"
    rf"(?! (?:[\w'.-]{{1,20}} ){{1,3}}{WAY}\b)",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"^[^\d,]{0,30}\d{1,5}[a-z]?(?:-\d{1,6})?\b", re.IGNORECASE)
"""What a street's address begins with: no postcode."""
_CITY_BEFORE = re.compile(r"(?:[A-Z][\w'.-]{0,20},? ){1,4}$")
_CITY_AFTER = re.compile(r",? (?P<city>[A-Z][\w'-]{1,20}(?: [A-Z][\w'-]{0,20}){0,2})")
_NO_CITY = re.compile(
    r"\b(?:it'?s|the|and|with|yes|no|please|sorry|oh|ok|post ?code|zip|code|put|add|use|in|my)\b[\s,]{0,2}",
    re.IGNORECASE,
)
_RECIPIENT = re.compile(
    r"(?:收件人|收货人)(?:姓名|名字)?(?:是|写|填|为|:|：)?\s{0,2}(?P<zh>(?!没|不|也|都|要|写|呢|加|和|还|名|姓)[\u4e00-\u9fff]{2,4})"
    r"|\b(?:[Rr]ecipient|[Aa]ddressee|[Aa]ttn\.?|[Cc]/o|[Ii]n the name of|[Ff]or the attention of)(?: is|:)?\s{0,2}"
    r"(?P<en>[A-Z][\w'-]{0,30}(?: [A-Z][\w'-]{0,30}){0,2})"
)
_LACKS = re.compile(
    r"(?:post ?code|zip|name|city)\b[^.?!]{0,30}\b(?:missing|not (?:there|in)|isn'?t|left out|forgot\w*)\b"
    r"|\b(?:without|forgot|missing|left out|add) (?:the |my |a )?(?:post ?code|zip|name|city)\b"
    r"|(?:邮编|名字|姓名|收件人|城市)[^，。,.!?]{0,8}(?:没|缺|漏|呢|要加|加上)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[省市区县镇乡州]|街道")
_CHINESE_POSTCODE = re.compile(r"(?<!\d)\d{6}(?!\d)", re.ASCII)
"""Tells the town as well as its name does."""
_CHINESE_MORE = re.compile(
    r"[\s,，、(（]{0,3}(?:邮编|邮政编码)?(?:是|为|:|：)?\s{0,2}(?P<postcode>(?<!\d)\d{6})(?!\d)", re.ASCII
)
"""A postcode that stands right behind the rest."""
_SAID_BESIDE = re.compile(
    r"\b(?:is|are|was|were|have|has|had|i|i'm|we|my|you|your|it|that|this|because|since|so|but|if|as)\b", re.IGNORECASE
)
"""What a part of an address does not hold, but a remark beside it ("the zip is on file")."""
_CHINESE_ADVERSE = re.compile(r"[，,][\s]{0,3}(?:而不是|不是|不要|别).{0,60}$")
_ADVERSE = re.compile(r"\s{0,3}(?:(?:and|but|so),?\s)?(?:not|no|never|rather than|instead of)\b", re.IGNORECASE)
"""Begins what an address is not ("…, not mine")."""


def read_address(text: str) -> str:
    """The postal address in ``text`` on one line, or an empty string."""
    if is_chinese(text) and (found := _read_chinese(text)):
        return found
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
    found = re.sub(r",? in (?=[A-Z])", ", ", re.sub(r"^(\d{1,5}[a-z]?), ", r"\1 ", found))
    return found if len(found.split()) >= 3 else ""


def _read_chinese(text: str) -> str:
    match = _CHINESE.search(text)
    found = match["address"] if match else ""
    if not _CHINESE_LOOKS.search(found):
        part = _CHINESE_PART.search(text)
        found = part[0] if part else ""
        if part and (more := _CHINESE_MORE.match(text, part.end())):
            found = f"{found}，{more['postcode']}"
    found = _CHINESE_ADVERSE.sub("", _TAIL.sub("", _RECIPIENT.sub("", found))).strip(" ,，。()（）")
    who = _RECIPIENT.search(text) if found else None
    return f"{found}，{who['zh'] or who['en']}收" if who else found


def _without_remarks(address: str) -> str:
    """Up to the first part, after the street, that is a remark and has no number."""
    first, *others = address.split(",")
    kept = [first]
    for part in others:
        if (_SAID_BESIDE.search(part) or _ADVERSE.match(part)) and not re.search(r"\d", part):
            break
        kept.append(part)
    return ",".join(kept).strip(" ,.")


def is_whole(address: str) -> bool:
    """Whether a parcel would find it: a street with its town, in the West with the postcode."""
    if is_chinese(address):
        town = _PLACE.search(address) or _CHINESE_POSTCODE.search(address)
        return _CHINESE_LOOKS.search(address) is not None and town is not None
    number = _NUMBER.search(address)
    return _POSTCODE.search(address, number.end() if number else 0) is not None


def lacks(text: str) -> bool:
    """Whether a message says that something of an address is left out."""
    return _LACKS.search(text) is not None


def completed(address: str, text: str) -> str:
    """``address`` with what a message adds to it: its postcode, the town said beside that, who it is for."""
    chinese = is_chinese(address)
    found = _POSTCODE.search(text)
    added: list[str] = []
    if found is not None and found[0].casefold() not in address.casefold():
        before = _CITY_BEFORE.search(text[max(0, found.start() - 80) : found.start()])
        after = _CITY_AFTER.match(text, found.end())
        town = _NO_CITY.sub("", before[0] if before else after["city"] if after else "").strip(" ,.")
        town = "" if town.casefold() in address.casefold() else town
        added.append(f"，{found[0]}" if chinese else f", {town} {found[0]}" if town else f" {found[0]}")
    who = _RECIPIENT.search(text)
    if who is not None and (name := who["zh"] or who["en"]) not in address:
        added.append(f"，{name}收" if chinese else f", c/o {name}")
    return address + "".join(added)


def is_addition(text: str) -> bool:
    """Whether a message begins its numbers with a postcode rather than a house ("78701 Elm Grove with it")."""
    found = re.search(r"\d{1,6}", text)
    street = rf"\d{{5,6}},?(?: [\w'.-]{{1,20}}){{1,3}} {WAY}\b"
    return found is not None and len(found[0]) > 4 and re.search(street, text, re.IGNORECASE) is None


def means_default(text: str) -> bool:
    """Whether the customer's own default address is meant ("ship it to my home address")."""
    return _DEFAULT.search(text) is not None
