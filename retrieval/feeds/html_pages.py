"""JSON-LD out of web pages: what a page says of its product to search engines."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from html.parser import HTMLParser

from retrieval.feeds.json_items import LINES, dumped, json_value
from retrieval.feeds.records import LINE_LIMIT, Record
from retrieval.feeds.report import BadRow, FeedError
from retrieval.feeds.sources import Source, read


def page_items(source: Source) -> Generator[Record | BadRow]:
    """Each JSON-LD block of a page. Raises ``FeedError`` when the page ends within one."""
    with closing(source.text()) as stream:
        text = read(stream, LINE_LIMIT + 1, source.name)
    if len(text) > LINE_LIMIT:
        raise FeedError(f"{source.name} has more than {LINE_LIMIT:,} characters, too many for a page")
    page = _Blocks()
    page.feed(text)
    page.close()
    if page.within:
        raise FeedError(f"{source.name} ends within its JSON-LD: it is cut short")
    for line, block in page.blocks:
        try:
            value = json_value(block)
        except ValueError as error:
            yield BadRow(line, f"row: the JSON-LD is not JSON: {error}", " ".join(block.split()), source.name, LINES)
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield Record(item, line, dumped(item), source.name, LINES)


class _Blocks(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[int, str]] = []
        self.within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and (dict(attrs).get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            self.within = True
            self.blocks.append((self.getpos()[0], ""))

    def handle_data(self, data: str) -> None:
        if self.within:
            line, text = self.blocks[-1]
            self.blocks[-1] = (line, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.within = False
