"""What a product is and what it is merely for: a "mouse pad" is a pad, "toner for laser printers" is toner.

English noun phrases end in their head. In short texts (titles, type names) a word is the head where its phrase ends:
before punctuation, a number, a colour, a preposition, or a word that itself seldom ends a phrase in this catalogue. It
knows no grammar beyond that, and reads nothing of Chinese.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from retrieval.text.words import normalised, stem

_TOKEN = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?|[,;:()|/–—.]")
_ENDS_TEXT = """
for with without to of from by on in at under and or plus per inch cm mm m ft gb tb mb ml l kg g w v pack pcs piece
pieces set size
"""
_ENDS = frozenset(_ENDS_TEXT.split())
"""Words before which a phrase has ended."""
_TURNS = frozenset(("for", "with", "without", "to", "of", "from", "by"))
"""What follows these, up to punctuation, is not the thing itself."""
_COLOURS_TEXT = """
black white grey gray red blue green silver pink yellow gold brown beige transparent orange purple navy cream tan teal
clear multicolour multicolor
"""
_COLOURS = frozenset(_COLOURS_TEXT.split())
_TITLE_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d|[,;:()|/–—.+]| - ")
_TITLE_ENDS_TEXT = """
für mit ohne aus von zum zur im und pour avec sans con sin para per da inkl incl vs featuring feat who that
"""
_TITLE_ENDS = frozenset(_TITLE_ENDS_TEXT.split())
"""The same in titles of other languages."""
_MEASURED = frozenset(("inch", "cm", "mm", "m", "ft", "gb", "tb", "mb", "ml", "l", "kg", "g", "w", "v", "per"))
"""What follows these may still name the thing: a "43 inch TV"."""
LONGEST = 16
"""Texts of more words are prose, whose nouns are not what the product is."""

Roles = dict[str, float]
"""By stem: 1 where a word is the head of some phrase, −1 where it only says what the thing is for or made of."""


class PhraseEnds:
    """How often each word ends a phrase in a catalogue's short texts."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()

    def count(self, texts: Iterable[str]) -> None:
        """Take up the short texts of one product."""
        for tokens in map(_tokens, texts):
            for at, token in enumerate(tokens):
                if token.isalpha() and len(token) > 1:
                    self._seen[stem(token)] += 1
                    self._ended[stem(token)] += _phrase_ends(tokens, at)

    def share(self, word: str) -> float:
        """How likely a phrase ends with this stem, between 0 and 1; little is claimed of rare words."""
        return (self._ended[word] + 1) / (self._seen[word] + 4)


def roles(texts: Sequence[str], ends: PhraseEnds) -> Roles:
    """The role of every word of a product's short texts: the best it has in any of them."""
    found: Roles = {}
    for tokens in map(_tokens, texts):
        turned = False
        for at, token in enumerate(tokens):
            if not token[0].isalnum():
                turned = False
            elif token in _TURNS:
                turned = True
            elif token.isalnum():
                word = stem(token)
                if turned:
                    role = -1.0
                elif _phrase_ends(tokens, at):
                    role = 1.0
                else:
                    # "Laser mouse": "laser" describes a mouse, for phrases do end in "mouse".
                    role = 1 - 2 * max(ends.share(stem(other)) for other in _rest(tokens, at))
                found[word] = max(role, found.get(word, -1.0))
    return found


def title_heads(title: str, brand: str = "") -> list[str]:
    """The nouns that may be what a title calls the thing, in lower case, the likeliest last: "beanie" of "Beanie with
    Pompom, red", "air" and "laptop" of "Acme Air 13 Laptop"."""
    own = set(brand.casefold().split())
    found: list[str] = []
    phrase: list[str] = []
    for token in (*_TITLE_TOKEN.findall(title.casefold()), ","):
        if token in own or (token[0].isalpha() and len(token) == 1):
            continue
        ends = token in _ENDS or token in _TITLE_ENDS
        if token[0].isalpha() and not ends:
            phrase.append(token)
            continue
        while phrase and phrase[-1] in _COLOURS:
            phrase.pop()
        if phrase:
            found.append(phrase[-1].split("'")[0].split("’")[0])
            phrase = []
        if found and not token.isdigit() and token not in _MEASURED:
            break
    return found


def _tokens(text: str) -> list[str]:
    tokens = [token.split("'")[0].split("’")[0] for token in _TOKEN.findall(normalised(text))]
    return tokens if len(tokens) <= LONGEST * 2 else tokens[:LONGEST]


def _rest(tokens: Sequence[str], at: int) -> Iterator[str]:
    """The words of the phrase that follow this token."""
    while not _phrase_ends(tokens, at):
        at += 1
        yield tokens[at]


def _phrase_ends(tokens: Sequence[str], at: int) -> bool:
    """Whether the phrase ends with this token."""
    if at + 1 == len(tokens):
        return True
    following = tokens[at + 1]
    return not following.isalpha() or len(following) == 1 or following in _ENDS or following in _COLOURS
