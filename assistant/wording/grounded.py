"""Judges the direct answer that a leading model words freely, by the lines that it says it rests on.

Attributed answers as in Rashkin et al., "Measuring Attribution in Natural Language Generation Models" (2023): every
figure, day, name and deed of the answer stands on one of its lines, a figure with the word or sign beside it. Promises,
questions, links and claims on safety, health or compatibility are none of its business. What stays open is whether the
conclusion follows: that is for a second reading (``direct``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.answering.topics import TOPICS, row_of, words_of
from assistant.understanding.languages import expressions
from assistant.wording.check import Problem

LONGEST = 300
"""Characters of an answer."""
SENTENCES = 3
_ENDS = re.compile(r"[.!…](?=\s|$)|[。！]")
_MARKS = re.compile(r"[\[\]<>{}*#_|`\\@]|https?:|www\.|\.\w{2,5}/")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+(?:['’][a-z]+)?|[$€£¥￥%°]|[一-鿿]", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?:“\"'’(] )(?<!^)(?<![\w'’])[A-Z][\w&-]+")
_HAN_PAIR = re.compile(r"(?=([一-鿿]{2}))")
_LATIN = re.compile(r"[A-Za-z][\w&-]+")
_ROOT = 5
"""Letters by which forms of one word are told: "refund", "refunded"."""
_FORMS = {"paid": "pay", "sent": "send", "held": "hold"}
_SIGNS = frozenset("$€£¥￥%°")


def ungrounded(answer: str, lines: Sequence[str], said: str, language: str) -> tuple[Problem, ...]:
    """What of ``answer`` may not be told from ``lines``; none where all may. ``said``: the customer's message, whose
    names may be used, but neither its figures nor its days."""
    problems = [
        *_form(answer),
        *_figures(answer, lines),
        *_words(answer, lines),
        *_names(answer, lines, said, language),
        *_apart(answer, lines, language),
    ]
    problems += [("attribute", span) for span in guarded(answer, language)]
    return tuple(Problem(kind, span, answer) for kind, span in problems)


def guarded(text: str, language: str) -> list[str]:
    """Words of what only the shop's own text may speak of: safety, health, what goods work with."""
    said = words_of(language).says.found(row_of(text, language == "zh"))
    found = [words[0].strip() for name, words in said.items() if TOPICS[name].guarded]
    return found + [match[0] for match in expressions("direct")["guarded"].finditer(text)]


def _form(answer: str) -> Iterator[tuple[str, str]]:
    text = answer.strip()
    if not text or len(text) > LONGEST or len(_ENDS.findall(text)) > SENTENCES:
        yield "unsupported", text[:LONGEST]
    if "?" in text or "？" in text or "\n" in text:
        yield "question", "?"
    if mark := _MARKS.search(text):
        yield "link", mark[0]
    if promise := expressions("direct")["promises"].search(text):
        yield "promise", promise[0]


def _figures(answer: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each number stands on a line with the same word before or after it, and with the same sign."""
    known = [each for line in lines for each in _numbers(line)]
    for before, number, after in _numbers(answer):
        sign = {before, after} & _SIGNS
        alike = [(left, right) for left, same, right in known if same == number and {left, right} & _SIGNS == sign]
        if not any(sign or left == before or right == after for left, right in alike):
            yield "number", number


def _numbers(text: str) -> Iterator[tuple[str, str, str]]:
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    for at, token in enumerate(tokens):
        if token[0].isdigit():
            before, after = (tokens[at - 1] if at else ""), (tokens[at + 1] if at + 1 < len(tokens) else "")
            yield before, token.replace(",", "").rstrip("."), _root(after)


def _words(answer: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Days, counts in words and deeds stand on a line, too."""
    done = expressions("direct")["completed"]
    told = " ".join(lines).lower()
    yield from (("status", match[0]) for match in done.finditer(answer) if match[0].lower() not in told)
    for kind, name in (("date", "days"), ("count", "counts"), ("status", "deeds")):
        pattern = expressions("direct")[name]
        known = set(_found(pattern, lines))
        yield from ((kind, word) for word in _found(pattern, [answer]) if word not in known)


def _found(pattern: re.Pattern[str], texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (_root(match[0].lower()) for match in pattern.finditer(text))


def _apart(answer: str, lines: Sequence[str], language: str) -> Iterator[tuple[str, str]]:
    """Sentences that have no word of their lines."""
    known = {word for line in lines for word in _content(line, language)}
    for sentence in _ENDS.split(answer):
        if sentence.strip() and known.isdisjoint(_content(sentence, language)):
            yield "unsupported", sentence.strip()


def _content(text: str, language: str) -> Iterator[str]:
    """Longer words by their roots, numbers, and of Chinese every two characters that follow each other."""
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    yield from (token[:_ROOT] for token in tokens if token[0].isdigit() or (token.isascii() and len(token) >= _ROOT))
    if language == "zh":
        yield from _HAN_PAIR.findall(text)


def _root(word: str) -> str:
    return _FORMS.get(word, word)[:_ROOT]


def _names(answer: str, lines: Sequence[str], said: str, language: str) -> Iterator[tuple[str, str]]:
    known = {word.lower() for text in (*lines, said) for word in re.findall(r"[A-Za-z][\w&'’-]*", text)}
    for match in (_LATIN if language == "zh" else _NAME).finditer(answer):
        if match[0].lower() not in known:
            yield "unsupported", match[0]
