"""The closed vocabulary: a sentence as its words and phrases, each with the sections that list it.

Sections are those of ``prompts/<language>/vocabulary.txt`` (where a word may stand), with the lexicon's words added:
kinds of goods may stand in questions; attributes, their values and colours nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.wording.speech import Speech
from retrieval.text.lexicon import Lexicon

Sections = frozenset[str]
UNKNOWN: Sections = frozenset()
CLAIM: Sections = frozenset({"claim"})
"""Of what states something about goods or orders: never in the reply's own words."""
NEVER: Sections = frozenset({"never"})
"""Of what could carry a promise."""
QUESTION: Sections = frozenset({"question"})
PAUSE: Sections = frozenset({"pause"})
LONGEST = {"en": 12, "zh": 16}
"""Words of the longest English phrase that is looked for, characters of the longest Chinese one."""

_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’\-][A-Za-zÀ-ÿ]+)*['’]?|\d+(?:\.\d+)?[A-Za-z]*|[^\sA-Za-z0-9]")
_PAUSES = set(",;，；、:：–—-()（）")
_SILENT = set(".!?…。！？“”\"'’‘*「」~")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase as written. ``sections`` is empty for one that is not listed."""

    text: str
    sections: Sections


class Reader:
    """Reads sentences with a language's vocabulary and this turn's names (``named``, matched in their own case)."""

    def __init__(self, speech: Speech, named: Mapping[str, Sections]) -> None:
        self._listed, self._named, self._chinese = vocabulary(speech), named, speech.language == "zh"

    def read(self, sentence: str) -> list[Word]:
        """Its words in order, each the longest name or phrase that begins there."""
        words: list[Word] = []
        position = 0
        while position < len(sentence):
            if sentence[position].isspace() or sentence[position] in _SILENT:
                position += 1
                continue
            name, phrase = self._name(sentence, position), self._phrase(sentence, position)
            found = [each for each in (name, phrase) if each]
            words.append(max(found, key=lambda each: len(each.text)) if found else _other(sentence, position))
            position += len(words[-1].text)
        return words

    def _name(self, sentence: str, position: int) -> Word | None:
        here = (name for name in self._named if sentence.startswith(name, position))
        best = max((name for name in here if _whole(sentence, position, len(name))), key=len, default=None)
        return None if best is None else Word(best, self._named[best])

    def _phrase(self, sentence: str, position: int) -> Word | None:
        for text in reversed(list(self._beginnings(sentence, position))):
            if sections := self._listed.get(text.lower().replace("’", "'")):
                return Word(text, sections)
        return None

    def _beginnings(self, sentence: str, position: int) -> Iterator[str]:
        """What a phrase could be that begins here, the shortest first."""
        if self._chinese:
            for end in range(position + 1, min(position + LONGEST["zh"], len(sentence)) + 1):
                if _whole(sentence, position, end - position):
                    yield sentence[position:end]
            return
        end = position
        for _ in range(LONGEST["en"]):
            word = _WORD.match(sentence, end)
            if not word:
                return
            yield sentence[position : word.end()]
            end = word.end()
            while end < len(sentence) and sentence[end] == " ":
                end += 1


def _other(sentence: str, position: int) -> Word:
    if sentence[position] in _PAUSES:
        return Word(sentence[position], PAUSE)
    word = _WORD.match(sentence, position)
    return Word(word[0] if word else sentence[position], UNKNOWN)


def _whole(sentence: str, start: int, length: int) -> bool:
    """Whether a match ends at word borders: Latin letters and digits must not run on."""

    def joins(one: str, two: str) -> bool:
        return one.isascii() and two.isascii() and one.isalnum() and two.isalnum()

    before, after = sentence[start - 1 : start], sentence[start + length : start + length + 1]
    return not (before and joins(before, sentence[start])) and not (
        after and joins(sentence[start + length - 1], after)
    )


_TABLES: dict[tuple[str, int], tuple[Lexicon, dict[str, Sections]]] = {}


def vocabulary(speech: Speech) -> Mapping[str, Sections]:
    """The listed words and phrases of a language over a lexicon, in lower case; made once for each lexicon object."""
    key = (speech.language, id(speech.lexicon))
    if key not in _TABLES or _TABLES[key][0] is not speech.lexicon:
        listed: dict[str, Sections] = {}
        for section, entries in speech.texts.vocabulary.items():
            for entry in entries:
                listed[entry.lower()] = listed.get(entry.lower(), UNKNOWN) | {section}
        never = {word: NEVER for word, sections in listed.items() if sections & NEVER}
        _TABLES[key] = (speech.lexicon, _of_goods(speech) | listed | never)
    return _TABLES[key][1]


def _of_goods(speech: Speech) -> dict[str, Sections]:
    lexicon, language = speech.lexicon, speech.language
    kinds = [*lexicon.umbrellas.values(), *lexicon.types.values()]
    table = {
        word: QUESTION for entry in kinds for word in (*entry.words.get(language, ()), entry.name.get(language, ""))
    }
    attributes = lexicon.attributes.values()
    values = [(key, value) for attribute in attributes for key, value in attribute.values.items()]
    stating = [key for key, _ in values] if language == "en" else []
    for entry in (
        *(value for _, value in values),
        *(attribute for attribute in attributes if attribute.kind == "boolean"),
        *lexicon.colours.values(),
    ):
        stating += [*entry.words.get(language, ()), entry.name.get(language, "")]
    for form in ("is", "has", "own"):
        for phrase in speech.texts.plain(form).values():
            stating += [phrase, re.sub(r"^an? ", "", phrase)]
    table |= dict.fromkeys(stating, CLAIM)
    return {word.lower(): sections for word, sections in table.items() if word}
