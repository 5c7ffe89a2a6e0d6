"""A reply's plan: statements that code made from facts, and the friendly words that may stand around them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from assistant.outcome import TurnFacts
from assistant.wording import tone
from assistant.wording.speech import Speech
from assistant.wording.tone import News
from retrieval.models import FaqEntry

_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")
"""What "Corner & Co." leaves at the end of a sentence."""

_ARTICLE_TWICE = re.compile(r"\b(?:the|The) (?=(?:The|A|An) [A-Z0-9])")
"""What a title that brings its own article leaves: "the The Lighthouse Ledger"."""


DIRECT = "direct"
"""The section of what a leading model has worded itself."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One true sentence (or quoted passage). ``handle`` is how the model places it; ``sources`` are the ids it rests
    on.

    ``shown_as`` is what the prompt shows instead of the text, where the text holds personal data or is long.
    """

    handle: str
    text: str
    required: bool = True
    sources: tuple[str, ...] = ()
    shown_as: str | None = None
    section: str = ""
    """Of the texts it was rendered from, with its ``key`` in it."""
    key: str = ""

    @property
    def source(self) -> Literal["model", "template"]:
        """Who has worded it."""
        return "model" if self.section == DIRECT else "template"


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """``kind`` names the situation ("found.relaxed"). ``news`` and ``yes`` say which friendly words would be true:
    nothing cheerful with bad news, "yes" only when ``yes`` is True, "no" only when it is False. An empty ``opener`` or
    ``closer`` says that none is due, whoever words the reply."""

    facts: TurnFacts
    language: str
    kind: str
    statements: tuple[Statement, ...]
    opener: str
    closer: str
    suggestions: tuple[str, ...]
    news: News = "plain"
    yes: bool | None = None
    offer: str = ""
    """What the reply offers to do, as a chip's text: a plain yes asks for it."""

    @property
    def told(self) -> str:
        """What it tells, as a mark to know it by when it would be told again."""
        return hashlib.sha256("\n".join(each.text for each in self.statements).encode()).hexdigest()[:16]

    def answered(self, text: str, drop: Collection[int]) -> ReplyPlan:
        """With ``text`` before its statements, and without those at the places ``drop``."""
        kept = [each for at, each in enumerate(self.statements) if at not in drop]
        made = [Statement("S1", text, section=DIRECT), *kept]
        statements = tuple(replace(each, handle=f"S{at}") for at, each in enumerate(made, 1))
        return replace(self, statements=statements, opener="" if drop else self.opener, yes=None)

    def statement(self, handle: str) -> Statement | None:
        return next((statement for statement in self.statements if statement.handle == handle), None)


class Draft:
    """Collects the statements of one reply; ``say`` renders a text of ``prompts/<language>/statements.toml``."""

    def __init__(self, speech: Speech, today: date | None = None) -> None:
        self.speech, self.today = speech, today
        self.kind = "default"
        self.news: News = "plain"
        self.yes: bool | None = None
        self.chips: list[str] = []
        self.closer_kind: str | None = None
        self.offered: str | None = None
        """The chip that a plain yes stands for."""
        self._statements: list[Statement] = []

    def say(
        self,
        section: str,
        key: str,
        /,
        *,
        required: bool = True,
        sources: Sequence[str] = (),
        shown_as: str | None = None,
        verbs: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        """Adds a statement. ``verbs`` are the forms that agree with its subject (see ``Speech.agreement``)."""
        text = self.speech.texts.render(section, key, **(verbs or {}), **values).strip()
        text = _ARTICLE_TWICE.sub("", _TWO_STOPS.sub(".", text))
        if not text or any(text == each.text for each in self._statements):
            return  # an agent leaves some unsaid; what two outcomes of a turn both tell is told once
        handle = f"S{len(self._statements) + 1}"
        self._statements.append(Statement(handle, text, required, tuple(sources), shown_as, section, key))

    def quote(self, entry: FaqEntry, key: str = "passage", shown_as: str | None = None, names: str = "") -> None:
        """What a help page says; ``foreign``: in another language than the reply's. ``names``: what is not in it."""
        values: dict[str, Any] = {"question": entry.question, "answer": entry.answer, "names": names}
        foreign = entry.language != self.speech.language
        self.say("faq", key, sources=(entry.id,), shown_as=shown_as, foreign=foreign, **values)

    @property
    def texts(self) -> list[str]:
        """The statements said so far."""
        return [each.text for each in self._statements]

    def chip(self, key: str, **values: Any) -> None:
        text = self.speech.texts.render("chips", key, **values)
        if text and text not in self.chips:
            self.chips.append(text)

    def settle(self, kind: str, news: News = "plain", yes: bool | None = None, closer: str | None = None) -> None:
        """The first outcome of a turn settles what kind of reply it is; its later outcomes only add statements."""
        if self.kind == "default":
            self.kind, self.news, self.yes, self.closer_kind = kind, news, yes, closer
        elif kind in ("approval", "ask"):
            # What waits for an answer has the last word.
            self.closer_kind, self.chips = closer or kind, []

    def finish(self, facts: TurnFacts, turn: str) -> ReplyPlan:
        texts = self.speech.texts
        opener = tone.opener(self.kind, self.news, facts, texts, turn)
        closer = tone.closer(self.closer_kind or self.kind, facts, texts, turn)
        offered = self.offered or (tone.OFFERS.get(self.closer_kind or self.kind) if closer else None)
        if not (opener or closer or self._statements):
            opener = texts.variants("openers", "talk.acknowledgement")[0]
        return ReplyPlan(
            facts=facts,
            language=self.speech.language,
            kind=self.kind,
            statements=tuple(self._statements),
            opener=opener,
            closer=closer,
            suggestions=tuple(self.chips[:4]),
            news=self.news,
            yes=self.yes,
            offer=texts.render("chips", offered) if offered else "",
        )


def join(parts: Iterable[str], language: str) -> str:
    """Sentences as one text: with spaces in English; in Chinese only after Latin letters, which a link may end in."""
    text = ""
    for part in parts:
        if part:
            text += gap(text, language) + part
    return text


def gap(before: str, language: str) -> str:
    """What goes between ``before`` and the next sentence."""
    return " " if before and (language != "zh" or before[-1].isascii()) else ""
