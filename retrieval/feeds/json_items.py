"""JSON lines, and JSON documents whose items are read one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import closing
from decimal import Decimal
from typing import Any, TextIO

from retrieval.feeds.records import LINE_LIMIT, Record, flaw, has_bad_bytes
from retrieval.feeds.report import BadRow, FeedError, Layout
from retrieval.feeds.sources import Source, lines, read

LINES = Layout(".jsonl")
LIST = Layout(".json", "[\n", ",\n", "\n]\n")

_MEMBERS = """
@graph products items data edges nodes results records rows catalog catalogue hits docs value response collection
productos produkte produits prodotti produtos articles artikel товары 商品
"""
STREAMED = tuple(_MEMBERS.split())
"""Members of a document that hold its items, which may be too many to hold, or an object that holds them."""

_WRAPPERS = ("node", "_source", "document")
"""What an item may be wrapped in: of GraphQL's edges, of search engines' hits."""

WHOLE = 2**24
"""A document up to this size is read whole, so that its parts can refer to each other."""

_CHUNK = 2**20


def json_lines(source: Source) -> Generator[Record | BadRow]:
    """One JSON object a line. Raises ``FeedError`` when the last line is only begun."""
    decode = _Decoder()
    with closing(source.text()) as stream:
        for number, line in enumerate(lines(stream, source.name), start=1):
            raw = line.strip()
            if not raw:
                continue
            reason = flaw(raw)
            value: Any = None
            if reason is None:
                try:
                    value, end, constant = decode(raw, 0)
                    if end != len(raw):
                        reason = f"row: is not JSON: more than one value ({raw[end : end + 20]!r} follows)"
                    elif constant:
                        reason = f"row: {constant} is not a number that can be stored"
                    elif not isinstance(value, dict):
                        reason = "row: is not an object with fields"
                    else:
                        reason = _escapes(raw, value)
                except (ValueError, RecursionError) as error:
                    reason = f"row: is not JSON: {error}"
            if reason is None:
                yield Record(value, number, raw, source.name, LINES)
            elif not line.endswith("\n") and value is None:
                raise FeedError(f"{source.name}: the file ends within line {number}: it is cut short ({reason})")
            else:
                yield BadRow(number, reason, raw, source.name, LINES)


def json_document(source: Source) -> Generator[Record | BadRow]:
    """The items of a list, or of a list that is a member of the document; a document without one is itself the item.

    Raises ``FeedError`` when the document is cut short or is not JSON: what follows a mistake cannot be told from it.
    """
    with closing(source.text()) as stream:
        text = _Text(stream, source.name)
        start = text.peek()
        if start == "[":
            yield from _items(text, source.name)
        elif start == "{":
            yield from _whole(text, source.name) if text.fits(WHOLE) else _members(text, source.name)
        else:
            raise FeedError(f"{source.name} is not a JSON list or object")
        if text.peek():
            raise FeedError(f"{source.name}, line {text.line}: text follows the end of the document")


def json_value(text: str, *, strict: bool = True) -> Any:
    """A small document; raw line breaks in its texts are read where it is not ``strict``. Raises ``ValueError``, for
    infinite numbers too."""
    try:
        value, end, constant = _Decoder(strict)(text, len(text) - len(text.lstrip()))
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if constant or text[end:].strip():
        raise ValueError(f"{constant or 'text after the end'} is not JSON")
    return value


def dumped(value: Any) -> str:
    """A value as one line of JSON; decimals as the numbers they were."""
    return json.dumps(value, ensure_ascii=False, default=_number)


def _number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value.adjusted()) < 15 else float(value)
    raise TypeError(type(value).__name__)


def _whole(text: _Text, file: str) -> Generator[Record | BadRow]:
    line = text.line
    raw, value, constant = text.value()
    items = None if value.keys() & {"@type", "variants"} else _inner(value)
    if items is not None:
        yield from (_record(dumped(item), item, line, file, "") for item in map(_unwrapped, items))
    elif constant:
        yield BadRow(line, f"row: {constant} is not a number that can be stored", raw, file, LIST)
    else:
        yield Record(value, line, raw, file, LIST)


def _inner(value: dict[str, Any], depth: int = 4) -> list[Any] | None:
    """The list that a document is about, however deep in objects: ``{"data": {"products": {"edges": […]}}}``."""
    for name in STREAMED[1:]:
        held = value.get(name)
        if isinstance(held, list):
            return held
        if isinstance(held, dict) and depth and (found := _inner(held, depth - 1)) is not None:
            return found
    return None


def _unwrapped(item: Any) -> Any:
    """The item itself."""
    for name in _WRAPPERS:
        if isinstance(item, dict) and isinstance(item.get(name), dict) and "price" not in item:
            return item[name]
    return item


def _items(text: _Text, file: str) -> Generator[Record | BadRow]:
    text.take("[")
    while text.peek() != "]":
        line = text.line
        raw, value, constant = text.value()
        item = _unwrapped(value)
        yield _record(raw if item is value else dumped(item), item, line, file, constant)
        if text.peek() != "]":
            text.take(",")
            if text.peek() == "]":
                raise FeedError(f"{file}, line {text.line}: a comma without an item after it")
    text.take("]")


def _members(text: _Text, file: str) -> Generator[Record | BadRow]:
    rest: dict[str, Any] = {}
    line = text.line
    if not (yield from _streamed(text, file, rest)):
        yield _record(dumped(rest), rest, line, file, "")


def _streamed(text: _Text, file: str, rest: dict[str, Any], depth: int = 4) -> Generator[Record | BadRow, None, bool]:
    """The items of an object's members, or of the objects in these; whether there was such a member. What else there
    is goes into ``rest``."""
    text.take("{")
    found = False
    while text.peek() != "}":
        name = text.value()[1]
        text.take(":")
        if name in STREAMED and text.peek() == "[":
            found = True
            yield from _items(text, file)
        elif name in STREAMED and text.peek() == "{" and depth:
            found = (yield from _streamed(text, file, {}, depth - 1)) or found
        else:
            rest[str(name)] = text.value()[1]
        if text.peek() != "}":
            text.take(",")
    text.take("}")
    return found


def _record(raw: str, value: Any, line: int, file: str, constant: str) -> Record | BadRow:
    reason = flaw(raw) or _escapes(raw, value)
    if reason is None and constant:
        reason = f"row: {constant} is not a number that can be stored"
    if reason is None and not isinstance(value, dict):
        reason = "row: is not an object with fields"
    return BadRow(line, reason, raw, file, LIST) if reason else Record(value, line, raw, file, LIST)


_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""Of a backslash that is itself escaped it is none."""
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _escapes(raw: str, value: Any) -> str | None:
    """What stands in JSON as an escape and can neither be stored nor shown."""
    if _NUL.search(raw):
        return "row: holds a NUL character"
    if _HALF.search(raw) and has_bad_bytes(dumped(value)):
        return "row: holds half a character, which is not text"
    return None


class _Decoder:
    """The standard library's decoder, exact with decimals, that reads on past ``NaN`` and tells of it."""

    def __init__(self, strict: bool = True) -> None:
        self._constants: list[str] = []
        self._decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=self._constants.append, strict=strict)

    def __call__(self, text: str, at: int) -> tuple[Any, int, str]:
        self._constants.clear()
        value, end = self._decoder.raw_decode(text, at)
        return value, end, self._constants[0] if self._constants else ""


class _Text:
    """A document as a window of text that moves on as values are taken from it."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name
        self._text, self._at, self._ended = "", 0, False
        self._line, self._counted = 1, 0
        self._decode = _Decoder()

    @property
    def line(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def peek(self) -> str:
        """The next character that is no space, or nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\n\r":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, char: str) -> None:
        found = self.peek()
        if not found:
            raise FeedError(f"{self._name} ends where {char!r} should follow: it is cut short")
        if found != char:
            raise FeedError(f"{self._name}, line {self.line}: is not JSON: {found!r} where {char!r} should be")
        self._at += 1

    def value(self) -> tuple[str, Any, str]:
        """The next value as its text and itself, and a constant in it that is no number."""
        if not self.peek():
            raise FeedError(f"{self._name} ends where a value should follow: it is cut short")
        while True:
            try:
                value, end, constant = self._decode(self._text, self._at)
                # A number at the end of the window may go on after it.
                if end < len(self._text) or not self._more():
                    break
            except RecursionError:
                raise FeedError(f"{self._name}, line {self.line}: is nested too deeply") from None
            except ValueError as error:
                if len(self._text) - self._at > LINE_LIMIT:
                    raise FeedError(
                        f"{self._name}, line {self.line}: is not JSON, or has no end within its limit: {error}"
                    ) from None
                if not self._more():
                    raise FeedError(
                        f"{self._name}: the item at line {self.line} is not JSON or is cut short: {error}"
                    ) from None
        raw = self._text[self._at : end]
        self._at = end
        return raw, value, constant

    def fits(self, size: int) -> bool:
        """Whether all that is left has at most so many characters."""
        while len(self._text) - self._at <= size:
            if not self._more():
                return True
        return False

    def _more(self) -> bool:
        if self._ended:
            return False
        # What is not used yet is read again: twice as much each time keeps that cheap.
        kept = self._text[self._at :]
        chunk = read(self._stream, max(_CHUNK, len(kept)), self._name)
        self._ended = not chunk
        if chunk:
            self._line += self._text.count("\n", self._counted, self._at)
            self._text, self._at, self._counted = kept + chunk, 0, 0
        return bool(chunk)
