"""Chinese glossed word by word in English, so that an encoder blind to Chinese still gets the gist of a message."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.understanding.language import normalise
from retrieval.text.lexicon import Lexicon

FILE = Path(__file__).with_suffix(".txt")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Glossary:
    """Longest match first over the glossary's and the lexicon's Chinese words; what neither knows is left out.

    It is no translation: word order stays Chinese. That is enough for a bag-of-meanings embedding.
    """

    def __init__(self, lexicon: Lexicon, file: Path = FILE) -> None:
        self._english: dict[str, str] = {}
        for kind in (lexicon.attributes, lexicon.colours, lexicon.umbrellas, lexicon.types):
            for key, entry in kind.items():
                english = entry.name.get("en", key).casefold()
                for word in (entry.name.get("zh", ""), *entry.words.get("zh", ())):
                    self._english[word.casefold()] = english
        for attribute in lexicon.attributes.values():
            for value, choice in attribute.values.items():
                for word in (choice.name.get("zh", ""), *choice.words.get("zh", ())):
                    self._english.setdefault(word.casefold(), choice.name.get("en", value).casefold())
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                words, _, english = line.partition(" =")
                self._english |= dict.fromkeys(words.split(), english.strip())
        self._english.pop("", None)
        self._longest = max(map(len, self._english), default=0)

    def gloss(self, text: str) -> str:
        """The text with Chinese replaced by English words; text without Chinese comes back as it is."""
        if not _HAN.search(text):
            return text
        text = normalise(text)
        words: list[str] = []
        position = 0
        other = ""
        while position < len(text):
            if not _HAN.match(text[position]):
                other += text[position]
                position += 1
                if position < len(text) and not _HAN.match(text[position]):
                    continue
            if other:
                words.append(other.strip())
                other = ""
                continue
            for length in range(min(self._longest, len(text) - position), 0, -1):
                if (english := self._english.get(text[position : position + length])) is not None:
                    words.append(english)
                    position += length
                    break
            else:
                position += 1
        return " ".join(word for word in words if word)
