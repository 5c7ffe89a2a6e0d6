"""Microdata of a page as the objects of JSON-LD. https://html.spec.whatwg.org/multipage/microdata.html, without
``itemref``; a ``content`` attribute counts on any element, as search engines take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_ADDRESSES = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(("img", "audio", "embed", "iframe", "source", "track", "video"), "src"),
    "object": "data",
    "data": "value",
    "meter": "value",
    "time": "datetime",
}

_DEEPEST = 250
"""Elements within one another that are looked at."""


@dataclass(slots=True)
class _Element:
    tag: str
    names: list[str]
    item: dict[str, Any] | None
    text: list[str] = field(default_factory=list)


class Microdata(HTMLParser):
    """``items`` are those that are no property of another: line, and properties by name, repeated ones as lists."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[tuple[int, dict[str, Any]]] = []
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        names = (held.get("itemprop") or "").split()
        item: dict[str, Any] | None = None
        if "itemscope" in held:
            item = {"@type": (held.get("itemtype") or "").rstrip("/").rpartition("/")[2]}
            if address := held.get("itemid"):
                item["@id"] = address
            if not names or self._owner() is None:
                self.items.append((self.getpos()[0], item))
        value = held.get("content")
        if value is None and tag in _ADDRESSES:
            value = held.get(_ADDRESSES[tag])
        if names and item is None and value is not None:
            self._set(names, value.strip())
            names = []
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(_Element(tag, names, item))

    def handle_data(self, data: str) -> None:
        for element in self._open:
            if element.names and element.item is None:
                element.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not any(element.tag == tag for element in self._open):
            return
        while self._open:
            element = self._open.pop()
            if element.names:
                self._set(element.names, element.item or " ".join("".join(element.text).split()))
            if element.tag == tag:
                return

    def close(self) -> None:
        super().close()
        while self._open:
            self.handle_endtag(self._open[-1].tag)

    def _owner(self) -> dict[str, Any] | None:
        return next((element.item for element in reversed(self._open) if element.item is not None), None)

    def _set(self, names: list[str], value: Any) -> None:
        owner = self._owner()
        for name in names if owner is not None else ():
            assert owner is not None
            held = owner.get(name)
            if held is None:
                owner[name] = value
            else:
                owner[name] = [*held, value] if isinstance(held, list) else [held, value]
