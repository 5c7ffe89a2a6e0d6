"""What the columns of FAQ files are called, and which of an FAQ's fields each of them is."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

FIELDS = ("id", "language", "topic", "question", "answer", "also_asked", "link")

_AT_END = re.compile(r"(.*?)[\s(\[]{0,3}\b([a-z]{2}|zh (?:cn|tw|hans|hant)|[a-z]{2} [a-z]{2})[)\]]?")
_ALIASES = {"cn": "zh", "jp": "ja", "kr": "ko", "gr": "el", "cz": "cs", "ua": "uk", "dk": "da", "se": "sv", "nb": "no"}
_GREEK = re.compile(r"[α-ω]")


@cache
def _named() -> dict[str, dict[str, int]]:
    """What each field may be called, with its place among its names."""
    data = tomllib.loads(files("retrieval.feeds").joinpath("faq_fields.toml").read_text(encoding="utf-8"))
    return {field: {plain(name): at for at, name in enumerate(data[field].split(","))} for field in FIELDS}


@cache
def marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a line of a question, and one of an answer, begins with: "Q:", "Frage 3:", "答：". A word is a mark
    only with a colon or a point behind it."""
    data = tomllib.loads(files("retrieval.feeds").joinpath("faq_fields.toml").read_text(encoding="utf-8"))

    def mark(name: str) -> re.Pattern[str]:
        words = "|".join(map(re.escape, data[name].split()))
        return re.compile(rf"\s*(?:{words})\s?\d{{0,4}}\s?[:.：．)](?:\s+|(?<=[：:])|\Z)", re.IGNORECASE)

    return mark("question_mark"), mark("answer_mark")


def plain(name: str) -> str:
    """A column's name as it is looked up."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", unicodedata.normalize("NFKC", name))
    return " ".join(re.sub(r"[_\-]+", " ", text.casefold().strip("\ufeff \t\r\n*:\"'")).split())


def field_names(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(field, language or nothing) of each column that is one of an FAQ's: ``question_de`` is a question in German.

    A field that several columns may be is the one whose name says so best; the others are none.
    """
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for name in names:
        for field, language, rank in _readings(plain(name)):
            at = (field, language)
            if at not in found or rank < found[at][0]:
                found[at] = (rank, name)
    columns: dict[str, tuple[str, str]] = {}
    for (field, language), (_, name) in sorted(found.items(), key=lambda item: item[1][0]):
        columns.setdefault(name, (field, language))
    # A column for each language leaves none for those that say none.
    return columns


def _readings(name: str) -> Iterable[tuple[str, str, int]]:
    for field, words in _named().items():
        if name in words:
            yield field, "", words[name]
            return
    if (parted := _AT_END.fullmatch(name)) and (code := language_code(parted[2].replace(" ", "-"))):
        for field, words in _named().items():
            if (rank := words.get(parted[1].strip())) is not None:
                yield field, code, rank


@cache
def language_code(said: str) -> str | None:
    """ISO 639 for what a file calls a language: ``de``, ``de-AT``, ``de_DE``, ``German``, ``Deutsch``; None for what
    is none."""
    text = unicodedata.normalize("NFKC", said).strip().casefold()
    code = re.split(r"[-_]", text)[0]
    code = _ALIASES.get(code, code)
    if re.fullmatch(r"[a-z]{2,3}", code):
        try:
            Locale(code)
        except (UnknownLocaleError, ValueError):
            return _language_names().get(text)
        return code
    return _language_names().get(text)


@cache
def _language_names() -> dict[str, str]:
    """Codes by what languages are called in English and by themselves."""
    english = Locale("en").languages
    names = {str(name).casefold(): str(code) for code, name in english.items() if len(str(code)) == 2}
    for code in sorted(names.values()):
        try:
            own = Locale(code).get_display_name(code)
        except (UnknownLocaleError, ValueError):
            continue
        if own:
            names.setdefault(own.casefold(), code)
    return names | {"中文": "zh", "简体中文": "zh", "繁體中文": "zh", "汉语": "zh", "mandarin": "zh"}


def asks(text: str) -> bool:
    """Whether a text ends as questions do."""
    end = text.rstrip(" \t\r\n\"'”»)*_")
    return end.endswith(("?", "？", "؟", "\u037e")) or (end.endswith(";") and _GREEK.search(text) is not None)


def by_content(rows: Sequence[Mapping[str, str]]) -> tuple[str, str] | None:
    """The columns of questions and of answers by what is in them: most of the former end in a question mark, the latter
    are the longest texts beside them. None where that is not clear."""
    if not rows:
        return None
    names = list(rows[0])
    asked = {name: sum(asks(row.get(name) or "") for row in rows) / len(rows) for name in names}
    length = {name: sum(len(row.get(name) or "") for row in rows) / len(rows) for name in names}
    question = max(names, key=lambda name: asked[name])
    others = [name for name in names if name != question and length[name] >= 8]
    if asked[question] < 0.6 or not others:
        return None
    return question, max(others, key=lambda name: length[name])
