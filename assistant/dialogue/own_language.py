"""What is said in a language of the shop's own texts, or in one that the assistant has no texts for.

Messages are read in English and Chinese, German by way of English. A shop whose catalogue and help pages are in another
language answers from these word for word: its own question, its own titles. Who writes in a language that nothing here
is in is told in which languages help is given, and a colleague is asked; no word of the message is taken for a
misspelt English one.
"""

from __future__ import annotations

import re

import numpy as np

from assistant.dialogue.acts import talk
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.goods_named import goods_named, speaks_of
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.languages import LANGUAGES
from assistant.outcome import FaqAnswer, OtherLanguage
from assistant.understanding.language import says_in
from assistant.understanding.languages import matched
from assistant.understanding.money import MONEY
from assistant.understanding.router import real_words
from assistant.understanding.schema import Intent, Slots
from assistant.understanding.translation import asks
from retrieval.search.evidence import WHOLE, said_whole
from retrieval.text.language import UNTOLD, likeliest
from retrieval.text.words import in_latin, latin_words, measures, query_terms, terms

READ = frozenset(("en", "zh"))
"""Languages whose texts are found as they are asked for."""
_MIN_WORDS = 2
_MIN_LETTERS = 3
_MAX_ENGLISH = 0.5
"""Share of a message's words that may be English ones, for it to be in another language."""
_MIN_KANA = 0.3
_SURE = 0.55
"""Confidence in a language of a sentence hardly a word of which is English; languages that are like each other share
it."""
_LIKELY = 0.35
_LETTER = re.compile(r"[^\W\d_]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MONEY = re.compile(MONEY, re.IGNORECASE | re.ASCII)
_OPAQUE = re.compile(r"[\d@]|^https?://")


def _plain(text: str) -> str:
    """The words without numbers and addresses, which are the same in every language."""
    return " ".join(word for word in text.split() if not _OPAQUE.search(word))


def settle(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether the message is in a language of its own: then the turn's intent is settled, and its outcome unless it
    looks for goods."""
    if memory.pending or memory.request or memory.asked or turn.image is not None:
        return False
    text = turn.original or turn.message
    thing, code = goods_named(turn, deps), None if turn.original else unread_language(text, deps)
    english = turn.message if turn.original else _in_english(text, code, deps)
    of_shown = english is not None and _asks_price_of_shown(english, memory)
    if not of_shown and (hit := deps.faq.said(text, READ)) and (not thing or speaks_of(hit.entry, thing)):
        _speak(turn, memory, hit.entry.language, text)
        turn.message, turn.intent, turn.answers = text, Intent.FAQ, (hit,)
        turn.outcome = FaqAnswer((hit,))
        memory.about = hit.entry.topic
        return True
    if not _asks_more(turn) and (language := _title_language(text, deps)) is not None:
        _speak(turn, memory, language, text)
        turn.message, turn.intent, turn.slots, turn.own_words = text, Intent.PRODUCT_SEARCH, Slots(), True
        return True
    if turn.original:
        return False
    if english is not None:
        turn.original, turn.message, turn.said = text, english, english
        return False
    if code is not None:
        _help_or_hand_over(text, code, turn, memory, deps)
        return True
    return False


def _asks_more(turn: Turn) -> bool:
    """Whether more is asked of what is named than to see it: its price or one below a limit, its version, what it is
    like."""
    if _MONEY.search(turn.message):
        return True
    cues = matched("cues", turn.message)
    asks = "asks" in cues and not cues & {"offers", "seeks", "which"}
    return asks or bool(cues & {"priced", "stocked"}) or ("asks" in cues and bool(measures(turn.message)))


def _asks_price_of_shown(english: str, memory: Memory) -> bool:
    """ "What does it cost?" of goods that are looked at, which shares its words with a page on what delivery costs."""
    return bool(memory.shown or memory.focus) and matched("cues", english) >= {"prices", "points_back"}


def help_or_hand_over(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Settles a foreign message that nothing else could be done with."""
    text = turn.original or turn.message
    _help_or_hand_over(text, _told_apart(text), turn, memory, deps)


def _help_or_hand_over(text: str, code: str, turn: Turn, memory: Memory, deps: Dependencies) -> None:
    if not _help_page(text, code, turn, memory, deps):
        turn.intent = Intent.HUMAN_AGENT
        turn.outcome = OtherLanguage(code, talk.hand_over(turn, memory, deps, "needs_human"))


def _help_page(text: str, code: str, turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether a help page in another language than those that are read answers a message; then the turn is settled."""
    if (hit := deps.faq.likeliest(text, code, READ)) is None:
        return False
    _speak(turn, memory, hit.entry.language, text)
    turn.intent, turn.answers, turn.outcome = Intent.FAQ, (hit,), FaqAnswer((hit,))
    memory.about = hit.entry.topic
    return True


def _in_english(text: str, code: str | None, deps: Dependencies) -> str | None:
    """What customers ask of any shop, said in English where the word list of a language of the shop's own texts knows
    it; the words for its goods stay. The reply is in English."""
    words = latin_words(text)
    if code is None and words and sum(word in real_words() for word in words) > _MAX_ENGLISH * len(words):
        return None
    own = dict.fromkeys([*deps.search.index.languages, *sorted(deps.faq.languages)])
    for language in sorted(own, key=lambda each: each != code):
        if language not in LANGUAGES and asks(text, language):
            return deps.understander.english(text, language)
    return None


def _told_apart(text: str) -> str:
    """The likeliest language of a foreign message (ISO 639), ``und`` where none is likely."""
    code, sure = likeliest(_plain(text))
    return code if sure >= _LIKELY and code not in LANGUAGES else UNTOLD


def _speak(turn: Turn, memory: Memory, language: str, text: str) -> None:
    """The reply is in the language of what was asked, where there are texts in it."""
    if language in LANGUAGES and not says_in(text, "en"):
        memory.language = turn.language = language


def _title_language(text: str, deps: Dependencies) -> str | None:
    """The language of a title that holds all that a message says."""
    if not set(deps.search.index.languages) - READ:
        return None
    index = deps.search.index
    wanted = query_terms(text)
    words = index.expander.words(wanted, correct=False)
    coverage = index.lexical.coverage(words)
    if not said_whole(index, words, coverage):
        return None
    products = (index.catalogue.products[int(at)] for at in np.flatnonzero(coverage >= WHOLE))
    return next((code for product in products for code in product.title if code not in READ), None)


def unread_language(text: str, deps: Dependencies) -> str | None:
    """The language of a message that there are no texts in (ISO 639); None for one that can be read, or may be."""
    plain = _plain(text)
    letters = _LETTER.findall(plain)
    if len(letters) < _MIN_LETTERS:
        return None
    kana = len(_KANA.findall(plain))
    if kana >= _MIN_KANA * len(letters):
        return "ja"
    if _HAN.search(plain):
        return None
    if not in_latin(plain):
        code, _ = likeliest(plain)
        return code if code not in (UNTOLD, *LANGUAGES) else None
    words = latin_words(plain)
    if len(words) < _MIN_WORDS or says_in(text, "en") or _english(words, deps) > _MAX_ENGLISH:
        return None
    code, sure = likeliest(plain)
    return code if code not in LANGUAGES and sure >= _SURE else None


def foreign(text: str, deps: Dependencies) -> bool:
    """Whether hardly a word of a message is English, or the shop's: what it asks for cannot be said to be none of the
    shop's business."""
    words = latin_words(text)
    if not words or _HAN.search(text) or _english(words, deps):
        return False
    return len(words) >= _MIN_WORDS or _told_apart(text) != UNTOLD


def _english(words: list[str], deps: Dependencies) -> float:
    """The share of words that are English, or stand in the shop's texts."""
    known = real_words()
    index = deps.search.index.lexical
    met = [word in known or all(map(index.knows, terms(word))) for word in words]
    return sum(met) / len(met) if met else 0.0
