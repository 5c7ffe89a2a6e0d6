"""The items of an XML feed one at a time, with nothing of the ones before kept. Document types and entities of its own
are refused, so nothing can be expanded or fetched."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import closing
from html.entities import html5
from typing import Any
from xml.parsers import expat

from retrieval.feeds.records import LINE_LIMIT, Record, flaw
from retrieval.feeds.report import BadRow, FeedError, Layout
from retrieval.feeds.sources import Source, read

_ITEM_NAMES = """
item entry product offer shopitem o article artikel produkt produit producto prodotto produto tovar товар good row
record 商品
"""
ITEMS = frozenset(_ITEM_NAMES.split())
"""What an item is called: in RSS, in Atom, in Yandex's, Heureka's and Ceneo's feeds, in feeds of a shop's own."""

_MERCHANT = "base.google.com/"
"""In the namespace of Google Merchant: its fields go before those of RSS and Atom of the same name."""

_QUALIFIED = {"excerpt:encoded": "excerpt", "content:encoded": "content"}
"""Fields of WordPress that have one local name."""

_TREES = frozenset({"category"})
"""Elements before the items that items refer to by their ``id``; ``parentId`` names the one above."""

_CHUNK = 2**18
_DEEPEST = 100
_PROLOG = 2**22


def xml_items(source: Source) -> Generator[Record | BadRow]:
    """Items as their fields by local name: text, a list of texts where a field is repeated, fields of fields as
    objects. An item's ``categoryId`` that names a category of the document adds its names from the root down as
    ``categoryPath``; the document's currency that counts 1 is ``documentCurrency``.

    Raises ``FeedError`` when the document is cut short, not well-formed, or has a document type.
    """
    with closing(source.text()) as stream:
        parser = _Parser(source.name)
        while text := read(stream, _CHUNK, source.name):
            yield from parser.feed(text)
        yield from parser.feed("", final=True)


class _Parser:
    def __init__(self, name: str) -> None:
        self._name = name
        self._expat = expat.ParserCreate(encoding="utf-8")
        self._expat.buffer_text = True
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.EntityDeclHandler = self._refuse_doctype
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._window = b""
        """The bytes from ``_base`` on: those of the item that is being read, and what follows."""
        self._base = self._last_tag = 0
        self._open: list[str] = []
        self._item_depth = 0
        self._starts_at = (0, 0)
        self._frames: list[tuple[str, dict[str, Any], list[str]]] = []
        self._layout: Layout | None = None
        self._merchant: set[str] = set()
        """The prefixes of Google Merchant's namespace."""
        self._categories: dict[str, tuple[str, str]] = {}
        """Name and parent of the document's categories, by id."""
        self._category: tuple[str, str] | None = None
        self._currency = ""
        self._found: list[Record | BadRow] = []

    def feed(self, text: str, final: bool = False) -> Iterator[Record | BadRow]:
        # Bytes that are no text would end the whole document: they become a mark that spoils their item.
        data = text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace").encode()
        self._window += data
        try:
            self._expat.Parse(data, final)
        except expat.ExpatError as error:
            what = f"{'it is cut short' if final else 'is not well-formed XML'} ({expat.errors.messages[error.code]})"
            raise FeedError(f"{self._name}, line {error.lineno}: {what}") from None
        # The next item starts behind the last tag; before the first one, all is kept to stand before bad items.
        keep = self._starts_at[0] if self._item_depth else self._last_tag if self._layout else self._base
        if len(self._window) - (keep - self._base) > LINE_LIMIT:
            raise FeedError(f"{self._name}: no item, or none that ends, within {LINE_LIMIT:,} bytes")
        self._window = self._window[keep - self._base :]
        self._base = keep
        found, self._found = self._found, []
        yield from found

    def _refuse_doctype(self, name: str, *declared: object) -> None:
        # Yandex asks for this one, which nothing fetches; names of characters in it are HTML's.
        if name == "yml_catalog" and declared[-1:] == (0,):
            self._expat.SkippedEntityHandler = self._named_character
            return
        raise FeedError(f"{self._name}: a feed with a document type or entities of its own is not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._open.append(name)
        self._last_tag = self._expat.CurrentByteIndex
        if len(self._open) > _DEEPEST:
            raise FeedError(f"{self._name}, line {self._expat.CurrentLineNumber}: is nested too deeply")
        for attribute, value in attributes.items():
            if attribute.startswith("xmlns:") and _MERCHANT in value:
                self._merchant.add(attribute.removeprefix("xmlns:"))
        if not self._item_depth and not self._layout:
            if local in _TREES and "id" in attributes:
                self._category = (attributes["id"], attributes.get("parentId", ""))
                self._categories[attributes["id"]] = ("", self._category[1])
            elif local == "currency" and attributes.get("rate") == "1":
                self._currency = attributes.get("id", "")
        if not self._item_depth and local.lower() in ITEMS and len(self._open) > 1:
            self._item_depth = len(self._open)
            self._starts_at = (self._expat.CurrentByteIndex, self._expat.CurrentLineNumber)
            if self._layout is None:
                self._layout = self._layout_of(self._open[:-1])
        if self._item_depth:
            field = _QUALIFIED.get(name, local)
            if len(self._open) == self._item_depth + 1 and ":" in name and name not in _QUALIFIED:
                field = ("g:" if name.partition(":")[0] in self._merchant else ":") + local
            self._frames.append((field, dict(attributes), []))

    def _layout_of(self, around: list[str]) -> Layout:
        before = self._window[: self._starts_at[0] - self._base].decode()
        if len(before) > _PROLOG or re.search(r"encoding\s*=", before[:200]):
            before = re.sub(r"^\ufeff?<\?xml.*?\?>\s*", "", before[:_PROLOG], count=1, flags=re.DOTALL)
            before = '<?xml version="1.0" encoding="utf-8"?>\n' + before
        return Layout(".xml", before, "\n", "\n" + "".join(f"</{name}>" for name in reversed(around)) + "\n")

    def _end(self, name: str) -> None:
        depth = len(self._open)
        self._open.pop()
        self._last_tag = self._expat.CurrentByteIndex
        self._category = None
        if not self._item_depth:
            return
        local, fields, texts = self._frames.pop()
        text = "".join(texts).strip()
        value: Any = fields if fields and not text else text
        if fields and text:
            value = {**fields, "text": text}
        if depth > self._item_depth:
            parent = self._frames[-1][1]
            held = parent.get(local)
            if isinstance(held, list):
                held.append(value)
            elif held is not None:
                parent[local] = [held, value]
            else:
                parent[local] = value
            return
        start, line = self._starts_at
        end = self._expat.CurrentByteIndex
        closing_tag = self._window.find(b">", end - self._base) + 1
        raw = self._window[start - self._base : closing_tag].decode()
        self._item_depth = 0
        assert self._layout is not None
        self._refer(fields)
        record = Record(_merged(fields), line, raw, self._name, self._layout)
        reason = "row: is not UTF-8 text" if "\ufffd" in raw else flaw(raw)
        self._found.append(record.bad(reason) if reason else record)

    def _refer(self, fields: dict[str, Any]) -> None:
        """Adds what the item's references to the document's categories and currency mean."""
        if self._currency:
            fields.setdefault("documentCurrency", self._currency)
        held = fields.get("categoryId")
        for reference in held if isinstance(held, list) else [held]:
            path: list[str] = []
            at = str(reference["text"] if isinstance(reference, dict) and "text" in reference else reference).strip()
            while at in self._categories and len(path) < _DEEPEST:
                name, at = self._categories[at]
                path.insert(0, name)
            if path:
                fields.setdefault("categoryPath", " > ".join(filter(None, path)))

    def _named_character(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._characters(html5.get(f"{name};", ""))

    def _characters(self, data: str) -> None:
        if self._category:
            at, parent = self._category
            self._categories[at] = (self._categories[at][0] + data.strip(), parent)
        if self._frames:
            self._frames[-1][2].append(data)


def _merged(fields: dict[str, Any]) -> dict[str, Any]:
    """Google Merchant's fields under their local names, then those without a prefix, then those of other namespaces."""
    own = {name.removeprefix("g:"): value for name, value in fields.items() if name.startswith("g:")}
    others = {name[1:]: value for name, value in fields.items() if name.startswith(":")}
    return {**others, **{name: value for name, value in fields.items() if not name.startswith(("g:", ":"))}, **own}
