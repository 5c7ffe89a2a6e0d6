"""Questions and answers out of help pages: HTML, and Markdown, which is made HTML first (CommonMark with tables).

What a page says of its FAQ to search engines (``FAQPage``) is taken where there is any. Else its blocks are read in
their order: ``<dt>`` and ``<summary>`` are questions, so are headings of the level that asks most, lines beginning with
"Q:", and, where there is none of these, what is in bold or ends in a question mark. What follows is the answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import zip_longest

from markdown_it import MarkdownIt

from retrieval.feeds.answers import BLOCKS, SILENT, good_link, tidy, with_address
from retrieval.feeds.faq_fields import asks, field_names, language_code, marks
from retrieval.feeds.faq_items import Item, by_fields

_LEFT_OUT = SILENT | {"nav", "footer", "select", "textarea"}
_ASKED_IN = ("dt", "summary", "button")


@dataclass(slots=True)
class Block:
    """A piece of a page's text. ``tag`` is its innermost block, ``strong`` what of its beginning is bold, ``within``
    the number of the ``<details>`` or ``<dl>`` around it."""

    tag: str
    line: int
    text: str
    strong: str = ""
    within: int = 0


@dataclass(slots=True)
class Page:
    language: str = ""
    """What the page says that it is in (ISO 639), if it does."""
    blocks: list[Block] = field(default_factory=list)
    tables: list[tuple[int, list[list[str]]]] = field(default_factory=list)


def markdown_page(text: str) -> Page:
    """A Markdown document; its lines stand for HTML's."""
    return read_page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def read_page(html: str) -> Page:
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    return reader.page


def page_items(page: Page) -> Iterator[tuple[int, Item]]:
    """(line, fields) of each entry. A question without an answer comes with an empty one."""
    for line, rows in page.tables:
        columns = field_names(rows[0])
        for row in rows[1:]:
            value = dict(zip(rows[0], row, strict=False))
            yield from ((line, item) for item in by_fields(value, columns, "", page.language))
    yield from _read(_lines(page.blocks), page.language)


def _lines(blocks: Sequence[Block]) -> list[Block]:
    """Blocks, those with a "Q:" and an "A:" in them as two."""
    question, answer = marks()
    found: list[Block] = []
    for block in blocks:
        rows = block.text.split("\n")
        if not any(question.match(row) for row in rows) or len(rows) == 1:
            found.append(block)
            continue
        for row in rows:
            if question.match(row) or answer.match(row) or not found:
                found.append(Block("p", block.line, row, "", block.within))
            else:
                found[-1].text += "\n" + row
    return found


def _read(blocks: Sequence[Block], language: str) -> Iterator[tuple[int, Item]]:
    asked_by = _question_test(blocks)
    question, answer = marks()
    topics: dict[str, str] = {}
    open_item: tuple[int, Item] | None = None
    within = 0
    for at, block in enumerate(blocks):
        heading = re.fullmatch(r"h[1-6]", block.tag)
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if asked_by(block, following):
            if open_item:
                yield open_item
            text, rest = block.text, ""
            if block.strong and block.tag not in _ASKED_IN and not heading and text != block.strong:
                text, rest = block.strong, text[len(block.strong) :]
            topic = topics[max(topics)] if topics else ""
            open_item = (
                block.line,
                {
                    "question": question.sub("", text, count=1),
                    "answer": rest.strip(" \n:–—-"),
                    "topic": topic,
                    "language": language,
                },
            )
            within = block.within
        elif heading or block.tag == "topic":
            # What is above ends what is below it; a page's own title is no topic of its questions.
            topics = {level: name for level, name in topics.items() if level < block.tag}
            if block.tag != "h1":
                topics[block.tag] = block.text
            if open_item:
                yield open_item
            open_item = None
        elif open_item and block.within == within:
            said = answer.sub("", block.text, count=1)
            open_item[1]["answer"] = "\n".join(
                filter(None, (open_item[1]["answer"], ("- " if block.tag == "li" else "") + said))
            )
        elif open_item and within and open_item[1]["answer"]:
            yield open_item
            open_item = None
    if open_item:
        yield open_item


def _question_test(blocks: Sequence[Block]):  # type: ignore[no-untyped-def]
    """What tells a page's questions from the rest of it."""
    question, _ = marks()
    if any(block.tag in ("dt", "summary") for block in blocks):
        return lambda block, following: block.tag in ("dt", "summary")
    if sum(question.match(block.text) is not None for block in blocks) >= 1 and any(
        marks()[1].match(block.text) for block in blocks
    ):
        return lambda block, following: question.match(block.text) is not None
    level = _asking_level(blocks)
    if level:
        # A heading over other headings is a topic, unless it asks.
        return lambda block, following: (
            block.tag == level
            and (asks(block.text) or (following is not None and not re.fullmatch(r"h[1-6]", following.tag)))
        )
    if any(block.tag == "button" and asks(block.text) for block in blocks):
        return lambda block, following: block.tag == "button" and asks(block.text)
    if any(block.strong and asks(block.strong) for block in blocks):
        return lambda block, following: bool(block.strong) and (asks(block.strong) or block.strong == block.text)
    return lambda block, following: asks(block.text) and "\n" not in block.text and len(block.text) < 300


def _asking_level(blocks: Sequence[Block]) -> str | None:
    """The level of headings that questions are at: most of those that ask, or, where none does, the commonest with text
    below it."""
    asking: Counter[str] = Counter()
    telling: Counter[str] = Counter()
    for block, following in zip_longest(blocks, blocks[1:]):
        if re.fullmatch(r"h[1-6]", block.tag):
            asking[block.tag] += asks(block.text)
            telling[block.tag] += following is not None and not re.fullmatch(r"h[1-6]", following.tag)
    asking, telling = +asking, +telling
    if asking:
        return asking.most_common(1)[0][0]
    if any(block.tag == "button" or (block.strong and asks(block.strong)) for block in blocks):
        return None
    del telling["h1"]
    return telling.most_common(1)[0][0] if telling else None


class _Blocks(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._parts: list[str] = []
        self._strong: list[str] = []
        self._line = 0
        self._tags: list[str] = []
        self._silent = 0
        self._bold = 0
        self._anchor: tuple[int, str | None] | None = None
        self._within: list[int] = []
        self._groups = 0
        self._table: list[list[str]] | None = None
        self._table_at = 0
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html" or (not self.page.language and given.get("lang")):
            said = given.get("lang") or given.get("xml:lang") or ""
            self.page.language = language_code(said) or self.page.language
        if tag in _LEFT_OUT:
            self._silent += 1
        elif tag == "br":
            self._parts.append("\n")
        elif tag in ("strong", "b"):
            self._bold += 1
        elif tag == "a":
            self._end_anchor()
            self._anchor = (len(self._parts), good_link(given.get("href")))
        elif tag == "body":
            self._silent = 0  # a head that is never closed
        elif tag == "table":
            self._flush()
            self._table, self._cell = [], False
            self._table_at = self.getpos()[0]
        elif self._table is not None and tag in ("tr", "td", "th"):
            self._end_cell()
            self._cell = tag != "tr"
            if tag == "tr" or not self._table:
                self._table.append([])
        elif self._cell:
            self._parts.append("\n" if tag in BLOCKS else "")
        elif tag in BLOCKS or tag == "button":
            self._flush()
            if tag in ("details", "dl"):
                self._groups += 1
                self._within.append(self._groups)
            self._tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LEFT_OUT:
            self._silent -= self._silent > 0
        elif tag in ("strong", "b"):
            self._bold -= self._bold > 0
        elif tag == "a":
            self._end_anchor()
        elif tag == "table":
            self._end_table()
        elif self._table is not None and tag in ("tr", "td", "th"):
            self._end_cell()
        elif self._cell:
            self._parts.append("\n" if tag in BLOCKS else "")
        elif tag in BLOCKS or tag == "button":
            self._flush()
            if tag in ("details", "dl") and self._within:
                self._within.pop()
            if tag in self._tags:
                del self._tags[len(self._tags) - 1 - self._tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if not "".join(self._parts).strip() and data.strip():
            self._line = self.getpos()[0]
        if self._bold and (
            not "".join(self._parts).strip() or "".join(self._strong).strip() == "".join(self._parts).strip()
        ):
            self._strong.append(data)
        # A line of its own that begins with "A:" stays one.
        self._parts.append(data)

    def close(self) -> None:
        super().close()
        self._end_table()
        self._flush()

    def _end_cell(self) -> None:
        if self._cell and self._table:
            self._end_anchor()
            self._table[-1].append(tidy("".join(self._parts)))
            self._parts, self._strong = [], []
        self._cell = False

    def _end_table(self) -> None:
        """A table of questions and answers; the cells of another one are blocks of the page."""
        self._end_cell()
        table, self._table = self._table or [], None
        columns = {name for name, _ in field_names(table[0]).values()} if table else set()
        if {"question", "answer"} <= columns:
            self.page.tables.append((self._table_at, table))
            return
        self.page.blocks += [Block("p", self._table_at, cell) for row in table for cell in row if cell]

    def _end_anchor(self) -> None:
        if self._anchor is not None:
            start, address = self._anchor
            self._anchor = None
            self._parts[start:] = [with_address("".join(self._parts[start:]), address)]

    def _flush(self) -> None:
        self._end_anchor()
        text, strong = tidy("".join(self._parts)), tidy("".join(self._strong))
        self._parts, self._strong = [], []
        if text:
            named = ("summary", "dt", "button", "li", *(f"h{level}" for level in range(1, 7)))
            tag = next((tag for tag in reversed(self._tags) if tag in named), "p")
            within = self._within[-1] if self._within else 0
            self.page.blocks.append(Block(tag, self._line, _unwrapped(text), strong, within))


def _unwrapped(text: str) -> str:
    """A paragraph's lines as one, as pages show them, but for those that a mark begins."""
    question, answer = marks()
    found: list[str] = []
    for line in text.split("\n"):
        if not found or question.match(line) or answer.match(line):
            found.append(line)
        else:
            found[-1] += " " + line
    return "\n".join(found)
