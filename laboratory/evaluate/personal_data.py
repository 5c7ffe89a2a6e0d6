"""How much personal data is found in messages, and how much that is none is taken for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.privacy import MARK, redact

Span = tuple[int, int, str]
"""Where in a text, from and to, and of what kind."""
_MARKED = re.compile(r"\[(?P<kind>[a-z]+)\|(?P<text>[^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Message:
    """``spans`` are what is to be found in it."""

    text: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class Counts:
    """By kind. ``found``: spans of which nothing is left to read; ``said``: marks set; ``right``: those on such data,
    of whatever kind."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, int, float, float]]:
        """(kind, how many, precision, recall), all kinds last."""
        kinds = [*sorted(self.wanted | self.said), ""]
        return [(kind or "all", *self._figures(kind)) for kind in kinds]

    def _figures(self, kind: str) -> tuple[int, float, float]:
        def of(counter: Counter[str]) -> int:
            return counter[kind] if kind else counter.total()

        return of(self.wanted), of(self.right) / max(of(self.said), 1), of(self.found) / max(of(self.wanted), 1)


def read(path: Path) -> list[Message]:
    """Raises ``ValueError`` for a line whose marks are not closed."""
    return [message_of(line) for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def message_of(line: str) -> Message:
    text, spans, end = "", list[Span](), 0
    for mark in _MARKED.finditer(line):
        text += line[end : mark.start()]
        spans.append((len(text), len(text) + len(mark["text"]), mark["kind"]))
        text += mark["text"]
        end = mark.end()
    text += line[end:]
    if "|" in text:
        raise ValueError(f"a mark is not closed: {line}")
    return Message(text, tuple(spans))


def marked(text: str) -> list[Span]:
    """What ``redact`` takes out of a text."""
    redacted, at, found = redact(text), 0, list[Span]()
    marks, plain = MARK.findall(redacted), MARK.split(redacted)
    at = len(plain[0])
    for mark, after in zip(marks, plain[1:], strict=True):
        end = text.find(after, at) if after else len(text)
        found.append((at, end, mark.strip("[]")))
        at = end + len(after)
    return found


def evaluate(messages: Iterable[Message], find: Callable[[str], Sequence[Span]] = marked) -> Counts:
    counts = Counts()
    for message in messages:
        said = find(message.text)
        hidden = {place for start, end, _ in said for place in range(start, end)}
        for start, end, kind in message.spans:
            counts.wanted[kind] += 1
            letters = [place for place in range(start, end) if message.text[place].isalnum()]
            if hidden.issuperset(letters):
                counts.found[kind] += 1
            else:
                counts.missed.append(f"{kind}: {message.text[start:end]!r} in {message.text!r}")
        for start, end, kind in said:
            counts.said[kind] += 1
            if any(start < until and since < end for since, until, _ in message.spans):
                counts.right[kind] += 1
            else:
                counts.wrong.append(f"{kind}: {message.text[start:end]!r} in {message.text!r}")
    return counts
