"""Text to search terms: English words are stemmed, Chinese becomes single characters and pairs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

_PIECE = re.compile(r"[a-z0-9]+(?:[-'’][a-z0-9]+)*|[一-鿿]+")
_CHINESE = re.compile(r"[一-鿿]")

# What people say around what they want. Words of the trade ("cheap", "best") are here because order and price are
# read elsewhere and no product is described by them.
_STOPWORDS_TEXT = """
a an the and or but if of in on at by to for from with without under over below above between than as is are was
were be been am do does did can could would should will shall may might must have has had having not no nor so such
this that these those it its they them their he she his her him we us our you your i me my mine im ive id please
thanks thank hi hello hey show find search look looking want wants wanted need needs get got give buy buying sell
selling sold carry stock offer offers offering recommend suggest suggestion suggestions see there here any some
something anything everything one ones thing things stuff item items product products which what who whom where when
why how about into out up down off just only also too very really quite much many more most less least few good
great nice best better cheap cheaper cheapest affordable expensive price priced prices cost costs dollar dollars usd
bucks budget less around approximately maximum max minimum min kind kinds type types sort like similar available
availability options option new shop store got let know tell help all every each other others another else own same
both either neither don doesn isn aren won couldn wouldn re ve ll thats whats dont doesnt didnt isnt theres hes shes
wheres lets youre theyre cant wont lol u ur pls plz yeah nope ok okay hmm then together altogether total
"""
STOPWORDS = frozenset(_STOPWORDS_TEXT.split())
_CHINESE_STOP = (
    "的了吗呢吧啊我你您他她它们想要有没是在和与或给个一这那些请帮买卖找看下上点几多少很太都"
    "也就还可以能不会什么怎么哪款种件条双只以内之间左右到最"
)
CHINESE_FILLER = f"[\\s{_CHINESE_STOP}]+"
"""A pattern of what stands between Chinese content words."""

_stemmer = Stemmer.Stemmer("english")


_PRICE = re.compile(
    r"(?:\b(?:under|below|over|above|less than|more than|up to|at most|at least|around|about|between|max|from)\s?)?"
    r"(?:[$€£¥]\s?\d{1,12}(?:[.,]\d{1,6})?|\b\d{1,12}(?:[.,]\d{1,6})?\s?(?:dollars?|usd|bucks|euros?|eur|pounds|gbp|quid|[$€£¥]))"
    r"|\b(?:under|below|less than|up to|at most|cheaper than)\s?\d{1,12}(?:\.\d{1,6})?(?!\s?(?:[a-z\"″]|\d))"
)
"""An amount of money: what it limits is read elsewhere, and the number says nothing of the thing."""
_MEASURE = re.compile(
    r"(\d{1,12}(?:\.\d{1,6})?)\s{0,2}-?\s{0,2}(inch(?:es)?|in\b(?=\s{0,2}(?:$|[,.;)]))|[\"″]|英寸|寸|厘米|公分|毫米|毫升|升|公斤|千克|克|瓦"
    r"|(?:tb|gb|mb|mah|ghz|mhz|hz|kg|mg|g|ml|cl|l|cm|mm|m|ft|feet|foot|w|watts?|kw|v|volts?|oz|lbs?|mp|k)\b)"
)
_UNIT_NAMES = {
    "inches": "inch", "in": "inch", '"': "inch", "″": "inch", "英寸": "inch", "寸": "inch", "厘米": "cm", "公分": "cm",
    "毫米": "mm", "毫升": "ml", "升": "l", "公斤": "kg", "千克": "kg", "克": "g", "瓦": "w", "watt": "w", "watts": "w",
    "volt": "v", "volts": "v", "feet": "ft", "foot": "ft", "lbs": "lb",
}  # fmt: skip
_CHINESE_PRICE = re.compile(r"多少钱|\d{1,12}(?:\.\d{1,6})?(?:块钱?|元|美元|刀|欧元?)")


def normalised(text: str) -> str:
    """Lower case, full-width forms made narrow, accents taken off Latin letters."""
    text = unicodedata.normalize("NFKD", text).lower()
    return unicodedata.normalize("NFC", "".join(char for char in text if not unicodedata.combining(char)))


def is_chinese(text: str) -> bool:
    """Whether any character is Chinese: then the English encoder is of no use for the text as it is."""
    return _CHINESE.search(text) is not None


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    stemmed: str = _stemmer.stemWord(word)
    return stemmed


def latin_words(text: str) -> list[str]:
    """English words in order, not stemmed, possessive endings removed; hyphenated words in their parts."""
    words: list[str] = []
    for piece in _PIECE.findall(normalised(text)):
        if not _CHINESE.match(piece):
            piece = re.sub(r"['’](s|re|ve|ll|d|m|t)$", "", piece)
            words += re.split(r"[-'’]", piece)
    return words


def measures(text: str) -> list[str]:
    """Quantities with their unit as one term, whatever the unit is written like: ``27 寸``, ``27"`` → ``27inch``."""
    return [f"{float(number):g}{_UNIT_NAMES.get(unit, unit)}" for number, unit in _MEASURE.findall(normalised(text))]


def terms(text: str) -> list[str]:
    """All index terms of a text. Hyphenated words also give their joined form: ``t-shirt`` → t, shirt, tshirt."""
    found = measures(text)
    for piece in _PIECE.findall(normalised(text)):
        if _CHINESE.match(piece):
            found += piece
            found += [piece[at : at + 2] for at in range(len(piece) - 1)]
            continue
        piece = re.sub(r"['’](s|re|ve|ll|d|m|t)$", "", piece)
        parts = re.split(r"[-'’]", piece)
        found += [stem(part) for part in parts]
        if len(parts) > 1:
            found.append(stem("".join(parts)))
    return found


def query_terms(text: str) -> list[str]:
    """The terms of a query that can tell products apart: no stop words, no repeats, no amounts of money."""
    text = _CHINESE_PRICE.sub(" ", _PRICE.sub(" ", normalised(text)))
    kept: dict[str, None] = dict.fromkeys(measures(text))
    # What a measure has said is not said again by its parts.
    for piece in _PIECE.findall(_MEASURE.sub(" ", text)):
        if _CHINESE.match(piece):
            for run in re.split(CHINESE_FILLER, piece):
                kept.update(dict.fromkeys([*run, *(run[at : at + 2] for at in range(len(run) - 1))]))
            continue
        parts = re.split(r"[-'’]", re.sub(r"['’](s|re|ve|ll|d|m|t)$", "", piece))
        kept.update(dict.fromkeys(stem(part) for part in parts if part not in STOPWORDS))
        if len(parts) > 1:
            kept[stem("".join(parts))] = None
    return list(kept)
