"""Text to search terms: words of scripts with spaces are folded and stemmed, the others become characters and pairs.

Folding is what readers expect of a search: no case, no accents, ``ß`` as ``ss``, ``ø`` as ``o``, ``ł`` as ``l`` (the
primary strength of the Unicode Collation Algorithm, UTS 10, but for letters that a script tells apart, as Russian
does и and й). Scripts without spaces are cut as Lucene's CJK analyzer cuts them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

_SPACED = (
    "a-z0-9\u00df-\u00f6\u00f8-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u0386\u0388-\u052f\u0531-\u0556\u0561-\u0587"
    "\u05d0-\u05f2\u0620-\u0669\u066e-\u06d3\u06d5-\u06ff\u0750-\u077f\u0900-\u0963\u0966-\u0dff\u10a0-\u10ff\u1200-\u135f"
    "\u1e00-\u1fff"
)
"""Letters, marks and digits of scripts that put spaces between words."""
_UNSPACED = (
    "\u3005\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3\uac00-\ud7af"
)
"""Chinese, Japanese, Thai, Lao, Burmese, Khmer; and Korean, whose words carry their endings."""
_SIGNS = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_PIECE = re.compile(rf"[{_SPACED}]+(?:[-'’][{_SPACED}]+)*|[{_UNSPACED}]+|[{_SIGNS}]")
_CHINESE = re.compile(r"[一-鿿]")
_RUN = re.compile(f"[{_UNSPACED}]")
_ALPHABETIC = re.compile(r"[\u0e01-\u0ece\u1000-\u109f\u1780-\u17d3]")
"""Of scripts without spaces those with letters, of which two say little."""
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
"""Hiragana as katakana: a word may be written in either."""
_SPELT = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff]")

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

# What people say around what they want in other languages, as far as it is no English word.
_OTHER_STOP_TEXT = """
ich suche suchen brauche hatte habe haben hatten gerne gern bitte einen einem einer eines eine ein mit ohne und oder der
das dem des im zum zur sie gibt es auch mir zeigen zeig mochte nach von
habt ihr euch euer bei uns wir ist sind noch da was wie viel viele kostet kosten welche welcher welches welchen wo kann
man den nicht kein keine keinen etwas fur hier haben habe hat fuhrt fuhren verkauft bekomme bekommt geeignet unter uber
bis euro maximal hochstens mindestens weniger mehr als lieferbar verfugbar vorratig lager auf
je cherche voudrais avez vous nous les des du un une pour avec sans et ou est sur dans il elle au aux
combien coute coutent quel quelle quels quelles prix que qui ce cet cette ces sont encore
busco quiero tienen tiene el los las unos unas una del para con sin y por es
cuanto cuesta cuestan cual cuales que precio hay queda quedan teneis
cerco vorrei avete il gli una uno per con senza di della delle
ik zoek wil graag heeft hebben jullie een het voor met zonder
szukam czy jest dla z ze w na i
jag soker har ni en ett med utan och
есть ли у вас мне нужны нужен нужна нужно хочу купить ищу покажите пожалуйста для и в на с из без
"""
_FOR = re.compile(r"\bfür\b", re.IGNORECASE)
"""German, which is "fur" without its points."""
_OTHER_STOP = frozenset(_OTHER_STOP_TEXT.split())
_KOREAN_STOP = re.compile(r"(?:있나요|있어요|있습니까|찾아요|찾고|주세요|보여줘|보여|추천해|추천|해주세요|은요|구해요)")
_JAPANESE_STOP = re.compile(
    r"(?:は?(?:あり|売って|置いて)(?:い?ます)か?|[がを]?(?:欲しい|ほしい|探して|さがして|ください|下さい|見せて)(?:い?ます|です)?|ですか|ますか|です|ます"
    r"|について|のような|を)+"
)

_stemmer = Stemmer.Stemmer("english")
_STEMMERS = (
    (range(0x370, 0x400), Stemmer.Stemmer("greek")),
    (range(0x400, 0x530), Stemmer.Stemmer("russian")),
    (range(0x620, 0x700), Stemmer.Stemmer("arabic")),
    (range(0x900, 0x980), Stemmer.Stemmer("hindi")),
)
"""By the first letter's script: its most spoken language's."""

_FOLDED = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ς": "σ"}
    | {"ى": "ي", "ـ": None}
)
_MARKS = re.compile(
    "(?<=[a-z\u00df-\u024f\u0370-\u03ff])[\u0300-\u036f]+|(?<=\u0435)\u0308|[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]"
    "|[\ufe0e\ufe0f\u200b-\u200f]"
)
"""Accents of Latin and Greek letters, the two points of ё, vowel points of Hebrew and Arabic, what cannot be seen."""


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
    """Lower case, full-width forms made narrow, accents and vowel points taken off: what is looked up."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", text).translate(_FOLDED))


def is_chinese(text: str) -> bool:
    """Whether any character is Chinese: then the English encoder is of no use for the text as it is."""
    return _CHINESE.search(text) is not None


def in_latin(text: str) -> bool:
    """Whether most of the letters are Latin: what an encoder that was trained on English can read at all."""
    letters = _SPELT.findall(normalised(text))
    return 2 * sum(_LATIN.match(letter) is not None for letter in letters) > len(letters)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A folded word without its ending: by English in Latin letters, else by the script's most spoken language."""
    stemmer = _stemmer
    if word and not word.isascii():
        stemmer = next((one for script, one in _STEMMERS if ord(word[0]) in script), _stemmer)
    stemmed: str = stemmer.stemWord(word)
    return stemmed


def latin_words(text: str) -> list[str]:
    """Words in order, not stemmed, possessive endings removed; hyphenated words in their parts. What is written without
    spaces is a word as a whole, Chinese is none."""
    words: list[str] = []
    for piece in _PIECE.findall(normalised(text)):
        if _RUN.match(piece):
            words += [] if _CHINESE.search(piece) else [piece]
        else:
            piece = re.sub(r"['’](s|re|ve|ll|d|m|t)$", "", piece)
            words += re.split(r"[-'’]", piece)
    return words


def measures(text: str) -> list[str]:
    """Quantities with their unit as one term, whatever the unit is written like: ``27 寸``, ``27"`` → ``27inch``."""
    return [f"{float(number):g}{_UNIT_NAMES.get(unit, unit)}" for number, unit in _MEASURE.findall(normalised(text))]


def unit_of(measure: str) -> str:
    """Of one of ``measures``: ``27inch`` → ``inch``."""
    return measure.lstrip("0123456789.")


def terms(text: str) -> list[str]:
    """All index terms of a text. Hyphenated words also give their joined form: ``t-shirt`` → t, shirt, tshirt."""
    found = measures(text)
    for piece in _PIECE.findall(normalised(text)):
        if _RUN.match(piece):
            found += _cut(piece)
            continue
        piece = re.sub(r"['’](s|re|ve|ll|d|m|t)$", "", piece)
        parts = re.split(r"[-'’]", piece)
        found += [stem(part) for part in parts]
        if len(parts) > 1:
            found.append(stem("".join(parts)))
    return found


def query_terms(text: str) -> list[str]:
    """The terms of a query that can tell products apart: no stop words, no repeats, no amounts of money."""
    text = _CHINESE_PRICE.sub(" ", _PRICE.sub(" ", normalised(_FOR.sub(" ", text))))
    kept: dict[str, None] = dict.fromkeys(measures(text))
    # What a measure has said is not said again by its parts.
    for piece in _PIECE.findall(_MEASURE.sub(" ", text)):
        if _RUN.match(piece):
            for run in _without_filler(piece):
                kept.update(dict.fromkeys(_cut(run)))
            continue
        parts = re.split(r"[-'’]", re.sub(r"['’](s|re|ve|ll|d|m|t)$", "", piece))
        kept.update(dict.fromkeys(stem(part) for part in parts if part not in STOPWORDS and part not in _OTHER_STOP))
        if len(parts) > 1:
            kept[stem("".join(parts))] = None
    return list(kept)


def _cut(run: str) -> list[str]:
    """The terms of what is written without spaces: Chinese characters alone, neighbours of any kind in pairs, letters
    of alphabets in threes."""
    run = run.translate(_KATAKANA)
    if len(run) == 1:
        return [run]
    if _ALPHABETIC.match(run):
        return [run[at : at + 3] for at in range(max(1, len(run) - 2))]
    return [*_CHINESE.findall(run), *(run[at : at + 2] for at in range(len(run) - 1))]


def _without_filler(run: str) -> list[str]:
    if "\uac00" <= run[0] <= "\ud7af":
        return [] if _KOREAN_STOP.match(run) else [run]
    if re.search("[\u3040-\u30ff]", run):
        return [part for part in _JAPANESE_STOP.split(run) if part]
    return [part for part in re.split(CHINESE_FILLER, run) if part] if _CHINESE.match(run) else [run]
