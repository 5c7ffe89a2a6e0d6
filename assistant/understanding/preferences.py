"""Reads lasting preferences out of messages: "I'm vegan", "I always wear 42", "I don't like Fernway", 我吃素.

Only whole clauses in a form that speaks of oneself count, and only what the shop has a word for: "red shoes size 42" is
a search, and says nothing about next year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.understanding.language import normalise
from assistant.understanding.numbers import NUMBER, value_of
from assistant.understanding.schema import Slots, TurnContext
from assistant.understanding.slots import SlotReader
from retrieval.ranking.person import Preference
from retrieval.text.lexicon import Lexicon

_NEXT = (
    r"i|i'm|im|my|please|show|find|give|can|could|do|does|what|which|any|need|looking|search|got|have|never|nothing|no"
    r"|don't|and i|but|so|remember"
)
_CLAUSES = re.compile(
    rf"(?<=[.!?;]) | ?[,;] ?(?=(?:{_NEXT})\b)| (?:and|but|so) (?=(?:i|i'm|im|my|show|find|please|don't)\b)"
    r"|[,，;；] ?(?=[我请别不给有想帮推找以])|(?<=[\u4e00-\u9fff])(?:而且|并且|但是|所以)(?=我|请|别|不)"
)
_LEAD = (
    r"(?:(?:hi|hello|hey|oh|ok|okay|by the way|btw|just so you know|fyi|please remember(?: that)?|remember(?: that)?"
    r"|please note(?: that)?|note(?: that)?|also|and|but|so|well|actually|for the record|about me"
    r"|你好|对了|顺便说一下|请记住|记住|记得|另外|还有|其实|因为)[ ,:]*+)*"
)
_SAYS_NOTHING = re.compile(rf"{_LEAD}[ .!,;:]*")
_OFTEN = r"(?:always |usually |normally |generally |typically |only )"
_SIZE = r"(?P<size>x{0,3}[sml]|w?\d{2}|\d{1,2}y)"
_WEAR = r"(?: (?:in |for )?(?:shoes?|sneakers|trainers|boots|clothes|clothing|tops|shirts?|t-shirts?|dresses|trousers|jeans))?"
_FACET = r"(?:colou?rs?|brands?|materials?)"

_VEGAN = re.compile(
    rf"{_LEAD}(?:(?:i'm|im|i am)(?: a)?(?: strict(?:ly)?| fully| completely| 100%)? vegan(?: now| these days| myself)?"
    r"|我(?:是|一直)?(?:都)?(?:个)?(?:吃素|吃纯素|吃全素|纯素食?(?:主义)?者?|素食(?:主义)?者)(?:的|的人)?)"
)
_SIZES = re.compile(
    rf"{_LEAD}(?:i {_OFTEN}?wear(?: an?)?(?: size)? {_SIZE.replace('size>', 'a>')}{_WEAR}"
    rf"|i (?:{_OFTEN}(?:take|need|buy)|take)(?: an?)? size {_SIZE.replace('size>', 'b>')}{_WEAR}"
    rf"|(?:i'm|im|i am)(?: an?)? size {_SIZE.replace('size>', 'c>')}{_WEAR}"
    rf"|my (?:shoe |clothing |clothes |shirt |usual |trouser |dress )?size is {_SIZE.replace('size>', 'd>')}"
    rf"|我(?:一直|平时|通常|一般|总是|只)?(?:都)?穿 ?{_SIZE.replace('size>', 'e>')} ?(?:码|号)?的?(?:鞋子?|衣服|上衣|裤子)?"
    rf"|我的?(?:鞋子?|衣服|上衣|裤子)?(?:码|尺码|码数|号码)?是 ?{_SIZE.replace('size>', 'f>')} ?(?:码|号))"
)
_LIKES = re.compile(
    rf"{_LEAD}(?:i (?:really |absolutely |just |always )*(?:love|adore)|my favou?rite {_FACET} (?:is|are)"
    r"|(?:i'm|im|i am) (?:a )?(?:big |huge )?fan of|i (?:always|generally|usually) (?:buy|choose|prefer|like|go for|wear)"
    r"|i only (?:ever )?(?:wear|buy|use|like)"
    r"|我(?:最|特别|非常|很|超级?|一直|总是|真的|都|只)+(?:喜欢|爱)(?:穿|用|买)?|我(?:最)?爱(?:穿|用|买)?|我只(?:买|穿|用))"
    r" ?(?P<what>.+)"
)
_LIKES_WEAKLY = re.compile(rf"{_LEAD}(?:i like|我喜欢(?:穿|用|买)?) ?(?P<what>.+?)(?<!的)")
_DISLIKES = re.compile(
    rf"{_LEAD}(?:i (?:really )?(?:don't|do not|dont|never) (?:really |ever )?(?:like|wear|buy|use)"
    r"|i (?:really |absolutely )?(?:hate|dislike|avoid|detest|can't stand|cannot stand)|(?:i'm|im|i am) allergic to"
    r"|(?:please )?(?:never|don't ever|do not ever) (?:show|recommend|suggest|offer)(?: me)?"
    r"|我(?:从来|从|一直|真的|很|最|都)*(?:不喜欢|讨厌|不爱|受不了|不穿|不买|不用)(?:穿|用|买)?"
    r"|(?:请)?(?:以后|永远|千万|再也)+(?:都)?(?:不要|别)(?:再)?(?:给我)?(?:推荐|看|显示|买)?)"
    r" ?(?P<what>.+?)(?: (?:ever|at all|please|ever again)){0,3}"
)
_DISLIKES_WEAKLY = re.compile(
    rf"{_LEAD}(?:(?:no|nothing) (?P<never>.+?) (?:ever|ever again)|(?:不要|别推荐) ?(?P<what>[^的]+)的?(?:东西|产品|牌子)?)"
)
_ALLERGIC = re.compile(rf"{_LEAD}我对 ?(?P<what>.+?) ?过敏")
_MONEY = rf"(?:[$€£¥]|us\$|usd )? ?(?P<n>{NUMBER}) ?(?:dollars?|usd|bucks|euros?|pounds?|元|块钱?|美元|美金|刀)?"
_LIMIT = re.compile(
    rf"{_LEAD}(?:(?:i )?(?:never|don't ever|do not ever) (?:want to )?(?:spend|pay) (?:more than|over|above) "
    rf"{_MONEY.replace('<n>', '<a>')}(?: (?:on|for) (?:anything|things|one thing|a single item))?"
    rf"|(?:please )?(?:show me )?(?:nothing|never anything) (?:over|above|more than) {_MONEY.replace('<n>', '<b>')}"
    r",? (?:ever|at all|in general)"
    rf"|my (?:budget|limit|maximum) is always {_MONEY.replace('<n>', '<c>')}"
    rf"|我?(?:从来|永远|一律|一向|从|都|绝)+不(?:会)?(?:买|要|看|考虑)?(?:超过|贵于|高于) ?{_MONEY.replace('<n>', '<d>')}"
    r"的?(?:东西|商品|产品)?)"
)
_FILLER = re.compile(
    r"\b(?:colou?rs?|brands?|materials?|things?|stuff|anything|everything|products?|clothes|items?|by|from|in|of|made"
    r"|with|the brand|the colou?r|and|or|a lot|very much|so much|best|most|any)\b|[,.!。！的和或跟及、]|颜色|牌子|品牌|材质|东西|产品|商品"
)
_POINTS = re.compile(r"(?:the|this|that|these|those|it|them|an?|your|one|ones|which|这|那|它)\b|[这那它]")
_BARE_SIZE = re.compile(r"x{0,3}[sml]|w?\d{2}|\d{1,2}y", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stating:
    """``lasting`` are those that hold even while a search is under way, which "not leather" only edits. ``whole``: the
    message says nothing else."""

    preferences: tuple[Preference, ...] = ()
    lasting: tuple[Preference, ...] = ()
    whole: bool = False


class PreferenceReader:
    """Rules and the shop's words; no learning, no state. Safe to share between threads."""

    def __init__(self, lexicon: Lexicon, reader: SlotReader) -> None:
        self._lexicon = lexicon
        self._reader = reader

    def stated(self, text: str) -> Stating:
        """What the message says of its writer for good."""
        parts = (part.strip() for part in _CLAUSES.split(normalise(text)) if part)
        clauses = [part for part in parts if not _SAYS_NOTHING.fullmatch(part)]
        found: list[Preference] = []
        lasting: list[Preference] = []
        whole = bool(clauses)
        for clause in clauses:
            said = clause.strip(" .!,;:") if not clause.rstrip().endswith("?") else ""
            read, holds = self._clause(said)
            found += read
            lasting += read if holds else []
            whole = whole and bool(read)
        kept = found if whole else lasting  # beside a request, "not leather" is part of it
        return Stating(tuple(dict.fromkeys(kept)), tuple(dict.fromkeys(lasting)), whole)

    def wishes(self, text: str) -> tuple[tuple[Preference, ...], tuple[str, ...]]:
        """What is written into a list of preferences ("vegan, size 42, no leather"), and the parts not understood."""
        found: list[Preference] = []
        unknown: list[str] = []
        for part in re.split(r"[,，、;；\n]+", text):
            if not (part := part.strip()):
                continue
            asked = "size" if _BARE_SIZE.fullmatch(part) else None
            slots = self._reader.read(part, TurnContext(asked_for=asked)).slots
            read = self._of(slots)
            found += read
            unknown += [] if read else [part]
        return tuple(dict.fromkeys(found)), tuple(unknown)

    def _clause(self, said: str) -> tuple[list[Preference], bool]:
        """The preferences of one clause, and whether they hold beside a search."""
        if _VEGAN.fullmatch(said):
            return [Preference("vegan", "yes")], True
        if match := _SIZES.fullmatch(said):
            size = next(group for group in match.groupdict().values() if group)
            return [Preference("size", size.upper())], True
        if match := _LIMIT.fullmatch(said):
            amount = _amount(next(group for group in match.groupdict().values() if group))
            return ([Preference("price_max", amount)] if amount else []), True
        for pattern, wanted, holds in (
            (_ALLERGIC, False, True),
            (_LIKES, True, True),
            (_DISLIKES, False, True),
            (_LIKES_WEAKLY, True, False),
            (_DISLIKES_WEAKLY, False, False),
        ):
            if match := pattern.fullmatch(said):
                what = next(group for group in match.groupdict().values() if group)
                return self._things(what, wanted), holds
        return [], False

    def _things(self, what: str, wanted: bool) -> list[Preference]:
        """Brands, colours and attributes, when the words are nothing else; of what is not wanted also one type."""
        if _POINTS.match(what.strip()):
            return []
        plain = " ".join(_FILLER.sub(" ", what).split())
        if not plain:
            return []
        reading = self._reader.read(plain)
        slots = reading.slots
        if reading.share_read < 0.99 or slots.exclude or slots.size or slots.order_id or slots.reference:
            return []
        if slots.type and (wanted or slots.colour or slots.brand or slots.attribute):
            return []
        return [Preference(said.key, said.value, wanted) for said in self._of(slots)]

    def _of(self, slots: Slots) -> list[Preference]:
        found = [Preference("type", key) for key in slots.type if key in self._lexicon.types]
        found += [Preference("colour", key) for key in slots.colour]
        found += [Preference("brand", name) for name in slots.brand]
        found += [Preference("size", size.upper()) for size in slots.size]
        found += [_pair(entry, wanted=True) for entry in slots.attribute]
        found += [_pair(entry, wanted=False) for entry in slots.exclude]
        if slots.price_max is not None:
            found.append(Preference("price_max", format(slots.price_max, "f")))
        return found


def _pair(entry: str, wanted: bool) -> Preference:
    key, _, value = entry.partition("=")
    return Preference(key, value or "yes", wanted)


def _amount(written: str) -> str | None:
    try:
        amount = value_of(written)
    except ValueError:
        return None
    return format(amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize(), "f")
