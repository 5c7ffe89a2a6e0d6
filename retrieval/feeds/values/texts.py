"""Texts as feeds write them: with markup, as names and keys, categories, options and attributes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from typing import Any

from retrieval.feeds.names import column
from retrieval.models import Localised
from retrieval.text.language import UNTOLD, language_by_script

_MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|ul|ol|li|div|span|a|strong|em|h[1-6]|table|tbody|tr|td|th|img|hr|font|script|style|section|blockquote)"
    r"\b[^<>]*>|<!--|&(?:#\d+|#x[0-9a-f]+|[a-z]+\d?);",
    re.IGNORECASE,
)

_OPTIONS = {"colour", "size", "material", "pattern"}
"""Fields whose names in other languages are told apart from other options."""


def plain_text(text: str) -> str:
    """Text without markup: tags gone, entities read, blocks and line breaks as single spaces or line ends.

    What is not HTML stays as it is, with its ends trimmed.
    """
    if not _MARKUP.search(text):
        return text.strip()
    stripper = _Stripper()
    stripper.feed(text)
    stripper.close()
    lines = (" ".join(line.split()) for line in "".join(stripper.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def without_markup(text: Any) -> Any:
    """A text that is plain already, or no text, as it is; another one without its markup."""
    return plain_text(text) if isinstance(text, str) and _MARKUP.search(text) else text


_BLOCK_TAGS = """
p br div li ul ol tr table h1 h2 h3 h4 h5 h6 section article blockquote hr dt dd header footer
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())


class _Stripper(HTMLParser):
    _SILENT = frozenset({"script", "style", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in self._SILENT
        self.parts.append("\n" if tag in _BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        self.parts.append("\n" if tag in _BLOCKS else "")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))


def localised(text: str) -> Localised:
    """A text whose language the feed does not say: its script's where that tells, else untold until the feed tells
    (``retrieval.feeds.languages``)."""
    text = plain_text(text)
    return {language_by_script(text) or UNTOLD: text} if text else {}


def key(text: str) -> str:
    """A name as a key: ``Hoodies & Sweatshirts`` → ``hoodies_and_sweatshirts``. Letters of any script stay."""
    text = unicodedata.normalize("NFKC", unescape(text)).casefold().replace("&", " and ")
    return "_".join(re.findall(r"\w+", text.replace("_", " ")))


def category_path(text: str, separator: str = ">") -> tuple[str, ...]:
    """``Clothing > Shoes`` as keys from the root down."""
    return tuple(found for part in text.split(separator) if (found := key(part)))


def deepest(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The first of the longest paths: of the categories a product is in, the one that says most what it is."""
    return max(paths, key=len, default=())


def option(name: str, value: str) -> tuple[str, str]:
    """What tells variants apart, with its key and a colour's name as the rest of the shop writes them."""
    field = column(name).field
    name, value = field if field in _OPTIONS else key(name), plain_text(value)
    if name == "colour":
        value = re.sub(r"\bgray\b", "grey", value.casefold()).replace("/", " and ")
    return name, value


def options(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in (option(*pair) for pair in pairs if pair[0] and pair[1].strip()) if value}


def attribute(value: object) -> str:
    """A scalar as an attribute's value: yes or no, a number without needless digits, or text. Empty: none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, Decimal)):
        number = Decimal(str(value))
        return f"{number.normalize():f}" if number.is_finite() and abs(number.adjusted()) < 30 else ""
    if isinstance(value, (list, tuple)):
        return ", ".join(dict.fromkeys(part for each in value if (part := attribute(each))))
    text = plain_text(value) if isinstance(value, str) else ""
    return {"true": "yes", "false": "no"}.get(text.casefold(), text)


def attributes(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Pairs as attributes; those without a value, and addresses, are none."""
    found = ((key(name), attribute(value)) for name, value in pairs)
    return {name: value for name, value in found if name and value and not is_link(value)}


def is_link(text: str) -> bool:
    return re.match(r"(?:https?|ftp|data):|//", text.strip(), re.IGNORECASE) is not None


def split_listed(text: str, separator: str = ",") -> list[str]:
    r"""``a, b\, c`` as ``a`` and ``b, c``."""
    parts = re.split(rf"(?<!\\){re.escape(separator)}", text)
    return [part.replace("\\" + separator, separator).strip() for part in parts if part.strip()]


def first(row: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that says something, else None."""
    for name in names:
        if (value := row.get(name)) or (value is not None and value not in ("", [], {})):
            return value
    return None


def text_of(row: Mapping[str, Any], *names: str) -> str:
    """The same as text; empty when there is none."""
    found = first(row, *names)
    return "" if found is None or isinstance(found, (dict, list)) else str(found).strip()


def shared_start(texts: Sequence[str]) -> str:
    """What all of the texts begin with."""
    low, high = min(texts), max(texts)
    return next((low[:at] for at, char in enumerate(low) if char != high[at : at + 1]), low)
