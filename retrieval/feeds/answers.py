"""Answers as people write them for web pages, as plain text: without markup, with the addresses of good links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

_MARKUP = re.compile(
    r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>|<!--|&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}\d?);"
)
_BLOCK = re.compile(r"<(?:p|br|div|li|tr|h[1-6]|section|blockquote)\b", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(
    r"(!?)\[([^\[\]\n]{0,300})\]\(\s?<?((?:[^()\s<>]|\([^()\s<>]{0,200}\)){1,2000})>?(?:\s\"[^\"\n]{0,200}\")?\s?\)"
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1")
_BAD_ADDRESS = re.compile(
    r"\b(?:javascript|vbscript):\S{1,2000}|\bdata:[\w.+-]{1,60}/[\w.+-]{1,60}[;,]\S*", re.IGNORECASE
)
_GOOD = re.compile(
    r"https?://[^\s<>\"'\\]{3,2000}|/(?!/)[^\s<>\"'\\]{0,2000}|tel:\+?[\d\s().-]{3,30}|mailto:[^\s<>\"'?]{3,200}(?:\?\S*)?",
    re.IGNORECASE,
)

_BLOCKS_TEXT = """
p br div li ul ol tr table tbody thead h1 h2 h3 h4 h5 h6 section article blockquote hr dt dd dl header footer main
details summary figure figcaption pre aside address fieldset
"""
BLOCKS = frozenset(_BLOCKS_TEXT.split())
SILENT = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "head"})
_VOID_TEXT = """
area base br col embed hr img input link meta source track wbr
"""
VOID = frozenset(_VOID_TEXT.split())


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    link: str | None = None
    """The first good address that it links to."""


def good_link(address: str | None) -> str | None:
    """An address that may be followed from a shop's page: on the web, of this site, a mailbox or a telephone. None for
    ``javascript:``, ``data:`` and all others."""
    # Browsers leave control characters and spaces out of an address: so does what judges it.
    found = re.sub(r"[\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]+", "", address or "")
    return found if _GOOD.fullmatch(found) else None


def answer_of(text: str) -> Answer:
    """A text in HTML or with Markdown's links as plain text."""
    if _MARKUP.search(text):
        reader = _Reader(_BLOCK.search(text) is not None)
        reader.feed(text)
        reader.close()
        text, link = tidy("".join(reader.parts)), reader.link
    else:
        link = None
    links: list[str] = [link] if link else []

    def said(match: re.Match[str]) -> str:
        address = good_link(match[3])
        if address and not match[1]:
            links.append(address)
        return with_address(match[2], None if match[1] else address)

    text = _STRONG.sub(r"\2", _MARKDOWN_LINK.sub(said, text))
    return Answer(_BAD_ADDRESS.sub("", text).strip(), links[0] if links else None)


def with_address(text: str, address: str | None) -> str:
    """What a link says, and where it leads where that is something else."""
    if address is None:
        return text
    shown = (
        re.sub(r"^(?:mailto:|tel:)", "", address, flags=re.IGNORECASE).partition("?")[0]
        if ":" in address[:7]
        else address
    )
    if not text.strip():
        return shown
    same = shown.rstrip("/").removeprefix("https://").removeprefix("http://")
    return text if same in text else f"{text} ({shown})"


def tidy(text: str) -> str:
    """Single spaces, lines without empty ones between."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line and line != "-")


class _Reader(HTMLParser):
    def __init__(self, blocks: bool) -> None:
        """``blocks``: lines end where blocks do; else where the writer's own lines end."""
        super().__init__(convert_charrefs=True)
        self._blocks = blocks
        self.parts: list[str] = []
        self.link: str | None = None
        self._silent = 0
        self._anchor: tuple[int, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag == "a":
            self._end_anchor()
            address = good_link(dict(attrs).get("href"))
            self.link = self.link or address
            self._anchor = (len(self.parts), address)
        elif tag in BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent -= self._silent > 0
        elif tag == "a":
            self._end_anchor()
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " ") if self._blocks else data)

    def close(self) -> None:
        super().close()
        self._end_anchor()

    def _end_anchor(self) -> None:
        if self._anchor is None:
            return
        start, address = self._anchor
        self._anchor = None
        text = "".join(self.parts[start:])
        self.parts[start:] = [with_address(text, address)]
