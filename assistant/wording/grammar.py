"""The words a claim is made of, by language: a one-character tag each, shared by both languages' patterns.

Entities and values:
  P product, O order, M money, N number, D date, L link, I identifier, A yes/no attribute as (key, yes or no),
  V attribute value (the (key, value) pairs it may mean), C colour, B brand, Y type of product, Z size, F carrier.
Words:
  b is, h has, n not, o no/without, c costs, f for/at, a and, u but, t than, y by/from, i in, g of these, w with,
  < under, > over, $ the price (of), % an attribute's name, K cheaper, E dearer, R rated higher, W rated lower,
  k cheapest, e dearest, r best rated, d rated, S out of five, v reviews, s in stock, X out of stock, l left,
  m made of, j made by, G comes in, z size, 2 both, * all, 0 neither or none, 1 only, # only one of them, q products,
  7 the same, U order status, x expected, p placed, T the number is, @ on, + total, ^ the cart, 9 carries (Chinese),
  J it, Q they.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from assistant.shop.views import OrderStatus
from assistant.wording.reading import GLUE, SAFE, UNKNOWN, Phrases
from assistant.wording.speech import Speech
from retrieval.text.lexicon import Lexicon


@cache
def word_lists(language: str) -> dict[str, Any]:
    """The word lists of a language: ``words`` by tag, ``status`` and ``named`` by word."""
    return tomllib.loads((Path(__file__).parent / "words" / f"{language}.toml").read_text("utf-8"))


_TABLES: dict[tuple[str, int], tuple[Lexicon, Phrases]] = {}


def phrases(speech: Speech) -> Phrases:
    """The static phrase table of a language over a lexicon, made once for each lexicon object."""
    key = (speech.language, id(speech.lexicon))
    if key not in _TABLES or _TABLES[key][0] is not speech.lexicon:
        _TABLES[key] = (speech.lexicon, _table(speech))
    return _TABLES[key][1]


def _table(speech: Speech) -> Phrases:
    sections: dict[str, set[str]] = {}
    for section, words in speech.texts.vocabulary.items():
        for word in words:
            sections.setdefault(word.lower(), set()).add(section)
    table: Phrases = {}
    for word, where in sections.items():
        if "never" in where:
            table[word] = (UNKNOWN, "promise")
        else:
            table[word] = (SAFE if "carrier" in where else GLUE, frozenset(where))
    for word, entry in _lexicon_words(speech).items():
        if word not in sections:
            table[word] = entry
    listed = word_lists(speech.language)
    for tag, entries in listed["words"].items():
        for word in entries:
            table[word] = (tag, frozenset(sections.get(word, set()) - {"never"}))
    for word, statuses in listed["status"].items():
        table[word] = ("U", tuple(OrderStatus(status) for status in statuses))
    for word, key in listed["named"].items():
        table[word] = ("%", frozenset({key}))
    return table


def _lexicon_words(speech: Speech) -> Phrases:
    lexicon, language = speech.lexicon, speech.language
    table: Phrases = {}
    for groups in (lexicon.umbrellas, lexicon.types):
        for key, entry in groups.items():
            for word in (*entry.words.get(language, ()), entry.name.get(language, "")):
                if word:
                    keys = frozenset(lexicon.expand(key)) | table.get(word.lower(), ("Y", frozenset()))[1]
                    table[word.lower()] = ("Y", keys)
    values: dict[str, set[tuple[str, str]]] = {}
    for key, attribute in lexicon.attributes.items():
        for value, named in attribute.values.items():
            for word in (
                *named.words.get(language, ()),
                named.name.get(language, ""),
                value if language == "en" else "",
            ):
                if word:
                    values.setdefault(word.lower(), set()).add((key, value))
    for word, pairs in values.items():
        table[word] = ("V", frozenset(pairs))
    for key, attribute in lexicon.attributes.items():
        if speech.form(key) == "other":
            continue
        for word in (*attribute.words.get(language, ()), attribute.name.get(language, "")):
            if word and attribute.kind == "boolean":
                table.setdefault(word.lower(), ("A", (key, "yes")))
    for key, colour in lexicon.colours.items():
        for word in (*colour.words.get(language, ()), colour.name.get(language, "")):
            if word:
                known: frozenset[Any] = (
                    table[word.lower()][1] if table.get(word.lower(), ("",))[0] == "C" else frozenset()
                )
                table[word.lower()] = ("C", known | {key})
    for form in ("is", "has", "own"):
        for key, phrase in speech.texts.plain(form).items():
            positive = speech.predicate(key, "yes", _NO_VERBS).strip()
            negative = speech.predicate(key, "no", _NO_VERBS).strip()
            table[phrase.lower()] = ("A", (key, "yes"))
            if language == "zh":
                table[positive] = ("A", (key, "yes"))
                table[negative] = ("A", (key, "no"))
                if form == "is":
                    table[f"并{negative}"] = ("A", (key, "no"))
            elif form == "has":
                bare = phrase.removeprefix("a ").removeprefix("an ")
                table[bare.lower()] = ("A", (key, "yes"))
    return table


_NO_VERBS = {"be": "", "have": "", "do": "", "cost": "", "come": ""}
