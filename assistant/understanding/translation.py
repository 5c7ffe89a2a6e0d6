"""What is said in a language that has no cues of its own, in English, word by word.

What reads messages then reads English alone: the words that decide, prices, sizes, the router's features. It is
"translate-test" (Conneau et al. 2018, XNLI) by a word list; the verb that ends a clause goes where English has it, as
Collins, Koehn and Kučerová (2005) reorder German before they translate it. What the list does not know stays as it is:
titles, names, addresses, numbers of orders. Replies are worded in the customer's own language all the same.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, partial
from typing import Any

import Stemmer  # type: ignore[import-not-found]
from babel import Locale

from assistant.understanding.languages import FOLDER
from retrieval.text.lexicon import Lexicon

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_CLAUSE = re.compile(r"(?<![.!?;:,\n])[.!?;:,\n]++(?=\s|$)|\s(?=(?:und|oder|aber)\s)")
_POINT = re.compile(r"(?<![\d.,])(\d{1,3})\.(\d{3})(?![\d.])")
_DECIMALS = re.compile(r"(?<![\d.,])(\d+),(\d{1,2})(?![\d,])")
_FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_MIN_PART_CHARS = 4
"""Letters of the parts of a compound; of one that the shop names, three will do."""
_LINKS = ("", "s", "n", "en", "es", "e")
_MAX_PHRASE_WORDS = 3
"""Words of the list that are looked up together."""
_TO = "\uf8ff"
"""Where "to" goes before a verb."""
_HIDDEN = 0xE000
"""English that is not to be read once more stands behind characters for private use from here on."""


def translated(language: str) -> bool:
    """Whether messages of the language are said in English before they are read."""
    return (FOLDER / language / "english.toml").exists()


def in_english(lexicon: Lexicon, names: Mapping[str, Collection[str]] | None = None) -> Callable[[str, str], str]:
    """What says a text in English: (text, its language) → the text; as it is where the language has no word list.
    ``names``: by language the words of the shop's own titles, for which no word is guessed."""
    translators: dict[str, WordByWord] = {}

    def english(text: str, language: str) -> str:
        if not translated(language):
            return text
        if language not in translators:
            translators[language] = WordByWord(language, lexicon, (names or {}).get(language, ()))
        return translators[language].english(text)

    return english


def read_in(language: str) -> str:
    """The language whose words read messages of a language: its own where it has cues, else English."""
    return language if (FOLDER / language / "cues.toml").exists() else "en"


def fold(word: str) -> str:
    return word.lower().translate(_FOLDED)


@cache
def _data(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / language / "english.toml").read_text(encoding="utf-8"))


@cache
def phrases(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Expressions that are more than their words, with what they are in English."""
    listed: dict[str, str] = _data(language)["phrases"]
    return tuple((re.compile(one, re.IGNORECASE), english) for one, english in listed.items())


def asks(text: str, language: str) -> bool:
    """Whether a text holds one of the expressions that the word list of a language knows as a whole."""
    return translated(language) and any(english and one.search(text) for one, english in phrases(language))


def _listed(group: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Words with their English."""
    for english, words in group.items():
        for word in words.split(","):
            yield fold(word.strip()), english


class WordByWord:
    """Says one language in English; ``lexicon`` knows what the shop's goods and their properties are called in it.
    Words of its titles (``names``) are only said in English where the list has just them: a "Spaten" is not late."""

    def __init__(self, language: str, lexicon: Lexicon, names: Collection[str] = ()) -> None:
        data = _data(language)
        self._stemmer = Stemmer.Stemmer(data["stemmer"])
        self._phrases = phrases(language)
        verbs = dict(_listed(data.get("verbs", {})))
        goods = dict(_goods(language, lexicon))
        self._goods = frozenset(goods)
        self._words = {**_countries(language), **goods, **verbs, **dict(_listed(data["words"]))}
        self._stems: dict[str, str] = {}
        for word, english in self._words.items():
            self._stems.setdefault(self._stem(word), english)
        self._names = frozenset(self._stem(fold(name)) for name in names)
        self._to = frozenset(map(fold, data.get("to", "").split()))
        self._moved = _verb_last(data, verbs) if "moved_by" in data else None

    def _stem(self, word: str) -> str:
        stemmed: str = self._stemmer.stemWord(word)
        return stemmed

    def english(self, text: str) -> str:
        text = _DECIMALS.sub(r"\1.\2", _POINT.sub(r"\1\2", text))
        hidden: list[str] = []

        def hide(english: str) -> str:
            hidden.append(english)
            return chr(_HIDDEN + len(hidden) - 1)

        if self._moved is not None:
            text = self._reordered(text, self._moved).replace(_TO, hide("to"))
        for pattern, english in self._phrases:
            text = pattern.sub(partial(_filled, english, hide), text)
        said = self._word_by_word(text)
        for at, english in enumerate(hidden):
            said = said.replace(chr(_HIDDEN + at), english)
        return re.sub(r"\s{2,}", " ", said).strip()

    def _reordered(self, text: str, moved: re.Pattern[str]) -> str:
        """Each clause with its last verb behind what moves it."""
        parts, end = [], 0
        for stop in [*_CLAUSE.finditer(text), None]:
            clause = text[end : stop.start() if stop else len(text)]
            bare = clause.strip()
            # Folding changes lengths, so the pieces are cut from the text by words.
            if match := moved.match(fold(bare)):
                words = bare.split()
                lead, verb = len(match["lead"].split()), words[-1]
                rest = words[lead : -2 if fold(words[-2]) == "zu" else -1]
                to = [_TO] if any(word in self._to for word in match["lead"].split()) else []
                clause = clause.replace(bare, " ".join([*words[:lead], *to, verb, *rest]))
            parts += [clause, stop[0] if stop else ""]
            end = stop.end() if stop else end
        return "".join(parts)

    def _word_by_word(self, text: str) -> str:
        found = list(_WORD.finditer(text))
        parts, end, at = [], 0, 0
        while at < len(found):
            for several in range(min(_MAX_PHRASE_WORDS, len(found) - at), 0, -1):
                start, stop = found[at].start(), found[at + several - 1].end()
                words = text[start:stop]
                english = self._words.get(fold(" ".join(words.split()))) if several > 1 else self._one(words)
                if english is not None:
                    parts += [text[end:start], english]
                    end, at = stop, at + several
                    break
            else:
                at += 1
        return "".join([*parts, text[end:]])

    def _one(self, word: str) -> str | None:
        plain = fold(word)
        found = self._words.get(plain)
        if found is None and len(plain) >= _MIN_PART_CHARS and self._stem(plain) not in self._names:
            found = self._stems.get(self._stem(plain)) or (self._compound(plain) if self._moved else None)
        if found is None and "-" in word:
            parts = [self._one(part) or part for part in word.split("-")]
            return " ".join(parts) if parts != word.split("-") else None
        return found

    def _compound(self, word: str) -> str | None:
        """The parts' English, the head as long as can be: Damen|laufschuhe."""
        for cut in range(_MIN_PART_CHARS - 1, len(word) - 2):
            head, before = word[cut:], word[:cut]
            if min(len(head), len(before)) < _MIN_PART_CHARS and head not in self._goods:
                continue
            english = self._words.get(head) or self._stems.get(self._stem(head))
            first = next((w for link in _LINKS if (w := self._words.get(before.removesuffix(link)))), None)
            if english and first:
                # "for women" stands behind what it is said of
                return f"{english} {first}" if first.startswith("for ") else f"{first} {english}"
        return None


def _verb_last(data: dict[str, Any], verbs: dict[str, str]) -> re.Pattern[str]:
    """A clause whose verb stands last: in a language that has such clauses, words are compounded too."""
    ending = "|".join(sorted(map(re.escape, verbs), key=len, reverse=True))
    moves, stays = ("|".join(map(fold, data[name].split())) for name in ("moved_by", "stays"))
    # That it ends in a verb is seen first: else every lead would be tried with every rest.
    return re.compile(
        rf"^(?=.*\s(?:{ending})$)(?P<lead>.*?\b(?:{moves})\b(?:\s(?:{stays})\b)*)\s(?P<rest>.+?)\s(?:zu\s)?(?P<verb>{ending})$"
    )


def _filled(english: str, hide: Callable[[str], str], match: re.Match[str]) -> str:
    """English with what the groups hold between, which is still to be said in English."""
    parts = re.split(r"\{(\d)\}", english)
    return "".join(
        (match[int(part)] or "") if at % 2 else hide(part) if part.strip() else part for at, part in enumerate(parts)
    )


def _countries(language: str) -> dict[str, str]:
    english = Locale("en").territories
    return {fold(name): english[code] for code, name in Locale(language).territories.items() if code in english}


def _goods(language: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """What the shop's goods, colours and properties are called, with what it calls them in English."""
    for group, entries in lexicon.translations.get(language, {}).items():
        for key, words in entries.items():
            kind = group.removesuffix("s")
            yield from _listed({lexicon.name(kind, key, "en").lower(): words})  # type: ignore[arg-type]
