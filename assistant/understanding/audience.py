"""For whom a message wants something: "for my dad" is men, 给女朋友 is women. Kinship words, not the shop's words."""

from __future__ import annotations

import re

from assistant.understanding.negation import refused
from assistant.understanding.vocabulary import Match

_WORDS = (
    (
        "audience=kids",
        r"\b(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies)|newborn|my (?:\w+ )?(?:son|daughter|nephew|niece|grandson"
        r"|granddaughter|godson|boy|girl)|(?:\w+ )?year[- ]old (?:boy|girl|kid|son|daughter|child|nephew|niece))\b"
        r"|孩子|小孩|儿童|宝宝|小朋友|儿子|女儿|侄子|侄女|外甥|孙子|孙女|婴儿|男孩|女孩|娃",
    ),
    (
        "audience=women",
        r"\b(?:my (?:\w+ )?(?:wife|girlfriend|gf|mum|mom|mother|sister|aunt|grandma|grandmother|granny|nan|fiancee)"
        r"|for (?:her|mum|mom|women|ladies|grandma)|mother's day|mother[- ]in[- ]law|women'?s?|woman|ladies"
        r"|girlfriend|wife|female|mum|mom)\b"
        r"|老婆|妻子|媳妇|女朋友|女友|妈妈|母亲|老妈|我妈|丈母娘|婆婆|姐姐|妹妹|姐妹|闺蜜|奶奶|外婆|阿姨|女士|女款|女式|女生|女性|女同事|女老师",
    ),
    (
        "audience=men",
        r"\b(?:my (?:\w+ )?(?:husband|boyfriend|bf|dad|father|brother|uncle|grandpa|grandfather|fiance)|for (?:him"
        r"|dad|men|guys|grandpa)|father's day|father[- ]in[- ]law|men'?s|mens|gents|boyfriend|husband|male|dad)\b"
        r"|老公|丈夫|男朋友|男友|爸爸|父亲|老爸|我爸|岳父|公公|哥哥|弟弟|爷爷|外公|叔叔|男士|男款|男式|男生|男性|男同事|男老师",
    ),
)
_COMPILED = tuple((entry, re.compile(pattern, re.ASCII)) for entry, pattern in _WORDS)


_ADDRESSED = re.compile(r"(?:\b(?:for|get|buy|give|to|is|suits?)|给|送|帮|替|为) ?$", re.ASCII)


_MAX_DISTANCE = 30
_REFUSED = re.compile(
    r"(?:\b(?:not|no|isn't|aren't|without|never)(?: meant| made)?(?: for)?(?: an?| my| the| any| more)?"
    r"|不要|不是|不适合|别) ?$",
    re.ASCII,
)
"""Before those whom the goods are not for."""
_BELONGS = re.compile(
    r"(?:\b(?:that's|thats|that is|it's|its|this is|these are|those are|they're|they are|looks?)(?: all| only| more| just| rather)? for(?: an?| the)?"
    r") ?$",
    re.ASCII,
)
"""Before those whom the goods on display are said to be for: no wish."""
_GROWN_UP = re.compile(r"\b(?:grown[- ]?ups?|adults?)\b|大人|成年?人", re.ASCII)


def read_not_for(text: str) -> list[str]:
    """Those whom goods are not for, as attributes: "not for kids", 带娃的那种不要, "for a grown-up"."""
    named = [(match.start(), match, entry) for entry, pattern in _COMPILED for match in pattern.finditer(text)]
    named.sort(key=lambda each: each[0])
    words = [Match(match.start(), match.end(), match[0], (("attribute", entry),)) for _, match, entry in named]
    at = refused(text, words)
    not_for = [
        entry
        for index, (start, _, entry) in enumerate(named)
        if index in at or _REFUSED.search(text[max(0, start - _MAX_DISTANCE) : start])
    ]
    grown = [
        match
        for match in _GROWN_UP.finditer(text)
        if not _REFUSED.search(text[max(0, match.start() - _MAX_DISTANCE) : match.start()])
    ]
    return list(dict.fromkeys([*not_for, *(["audience=kids"] if grown else [])]))


def read_audience(text: str, is_gift: bool = False) -> list[str]:
    """``["audience=men"]`` or the like for normalised text; empty when it names nobody. Children come before parents.

    In a search "my husband" must be addressed ("for my husband"); where a gift is asked for (``is_gift``) naming is
    enough.
    """
    for entry, pattern in _COMPILED:
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _MAX_DISTANCE) : match.start()]
            if _REFUSED.search(before) or _BELONGS.search(before):
                continue
            if not match[0].startswith("my ") or is_gift or _ADDRESSED.search(before):
                return [entry]
    return []
