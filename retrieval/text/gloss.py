"""Chinese said in English words, one after the other, so that an encoder which reads no Chinese gets the gist.

It is no translation: the order stays Chinese, and of a word's senses the first is taken. Words are found and looked up
in CC-CEDICT (through lindera). What a shop's customers mean by a word is said first by ``glosses.txt``, and before
that, where goods are looked for, by ``product_glosses.txt``: a "箱子" to send back is a box, one to buy is a suitcase.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from retrieval.text.words import is_chinese, normalised

_ASIDE = re.compile(r"\([^)]{0,200}\)|\[[^]]{0,200}\]")
# Senses that say how a word is used, not what it means.
_NO_MEANING = re.compile(r"variant of|classifier|^CL:|surname|^see |also pr|[一-鿿]")
_ASKS_AT_END = re.compile(r"(?<![都也还])(?:没有|[不没])(?=[\s?？!！。,，~]|$)")
"""能便宜点不, 有货没: a particle of questions, which denies nothing."""
LONGEST = 5
"""Words of the dictionary that one word of ``glosses.txt`` may span."""


def gloss(text: str, *, of_products: bool = False) -> str:
    """The text with its Chinese in English words; text without Chinese comes back as it is.

    ``of_products``: the text names goods, rather than asking how the shop works.
    """
    if not is_chinese(text):
        return text
    own, inside = _own(of_products)
    tokens = _tokenizer().tokenize(_ASKS_AT_END.sub(" ", normalised(text)))
    words: list[str] = []
    at = 0
    while at < len(tokens):
        for end in range(min(len(tokens), at + LONGEST), at, -1):
            english = own.get("".join(token.surface for token in tokens[at:end]))
            if english is not None:
                words.append(english)
                break
        else:
            end = at + 1
            surface = tokens[at].surface
            if not is_chinese(surface):
                words.append(surface)
            elif len(surface) > 2 and (parts := inside.findall(surface)):
                words += [own[part] for part in parts]
            else:
                words.append(_first_sense(tokens[at].details))
        at = end
    return " ".join(word for word in words if word.strip())


def _first_sense(details: list[str]) -> str:
    """Of a dictionary entry, whose fields from the eighth on are its senses, cut at commas."""
    for sense in ",".join(details[7:]).split("/"):
        meaning = _ASIDE.sub("", sense).strip()
        if meaning and meaning != "*" and not _NO_MEANING.search(meaning):
            return meaning.removeprefix("to ")
    return ""


@cache
def _own(of_products: bool) -> tuple[dict[str, str], re.Pattern[str]]:
    """English by the Chinese words of our own lists, and a pattern of those with two characters or more."""
    english: dict[str, str] = {}
    for name in ("glosses.txt", "product_glosses.txt")[: 1 + of_products]:
        for line in files("retrieval.text").joinpath(name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                words, _, meaning = line.partition(" =")
                english |= dict.fromkeys(normalised(words).split(), meaning.strip())
    longest_first = sorted((word for word in english if len(word) > 1), key=len, reverse=True)
    return english, re.compile("|".join(map(re.escape, longest_first)))


@cache
def _tokenizer() -> Any:
    # A tenth of a second and 16 MB, which shops without Chinese customers need not spend.
    import lindera  # type: ignore[import-untyped]

    return lindera.Tokenizer(lindera.load_dictionary("embedded://cc-cedict"), mode="normal")
