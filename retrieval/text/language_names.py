"""Which language a text names, in many languages' words for it: a book "en anglais", 法语版, "English books"."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from retrieval.text.words import is_chinese, normalised

_NAMED = "en de fr es it pt nl sv da nb fi pl cs sk hu ro ru uk el tr ar he fa hi zh ja ko vi th la".split()  # noqa: SIM905
"""Languages that editions come in."""
_IN = "en de fr es it pt nl pl cs ru zh".split()  # noqa: SIM905
"""Languages in whose words they are named."""
_MIN_STEM, _MAX_ENDING = 6, 3
"""Letters that another form of a name ("englische") shares with it at least, and has beside these at most."""
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _names() -> dict[str, str]:
    """By how it is called the language's code; of Chinese names those with 语 and 文."""
    found: dict[str, str] = {}
    for reader in _IN:
        for code in _NAMED:
            name = Locale(reader).languages.get(code, "")
            if name and " " not in name:
                found.setdefault(normalised(name), code)
                if is_chinese(name):
                    found.setdefault(name.replace("语", "文"), code)
    return found


def language_named(text: str) -> tuple[str, str] | None:
    """The language's code and the word that names it, as it stands in the text; the first of several."""
    if is_chinese(text):
        return next(((code, name) for name, code in _names().items() if is_chinese(name) and name in text), None)
    for match in _WORD.finditer(text):
        if code := _of_word(normalised(match[0])):
            return code, match[0]
    return None


def names_language(text: str, code: str) -> bool:
    """Whether a text names the language, in any of the words for it."""
    if any(is_chinese(name) and name in text for name, own in _names().items() if own == code):
        return True
    return any(_of_word(normalised(match[0])) == code for match in _WORD.finditer(text))


@cache
def _of_word(word: str) -> str:
    if (code := _names().get(word)) is not None:
        return code
    for cut in range(1, _MAX_ENDING + 1):
        stem = word[: len(word) - cut]
        if len(stem) >= _MIN_STEM and (code := _names().get(stem) or _stems().get(stem)):
            return code
    return ""


@cache
def _stems() -> dict[str, str]:
    """The beginnings that names of languages with many endings share with their other forms: "angielsk" in "po
    angielsku"."""
    names = [(name, code) for name, code in _names().items() if not is_chinese(name)]
    cut = ((name[: len(name) - end], code) for name, code in names for end in (1, 2))
    return {stem: code for stem, code in cut if len(stem) >= _MIN_STEM}
