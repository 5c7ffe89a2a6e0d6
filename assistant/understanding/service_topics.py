"""What a message about one's own orders or account is about: a parcel broken, a refund that does not come, a password
forgotten. It says what the words are about, not whether they are a request; see ``dialogue.acts.evidence``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["problem", "order", "help", "person"]


@dataclass(frozen=True, slots=True)
class ServiceTopic:
    """``help`` is the question that a shop's help pages are asked, by language; empty where they would not hold it.
    ``person``: a question about the colleague who takes over."""

    name: str
    kind: Kind
    pattern: re.Pattern[str] | None
    help: dict[str, str]
    means: str = ""

    def helps(self, language: str) -> str:
        """What is looked up in the help pages of a language; English asks those of any other."""
        return self.help.get(language, self.help["en"])

    @property
    def told(self) -> str:
        """Its name as a model is told it."""
        return f"{self.name} ({self.means})" if self.means else self.name


_HYPOTHETICAL = re.compile(
    r"\b(?:if|what happens|in case|suppose|how do(?:es)? (?:you|i|one)|do you (?:offer|have|do))\b|如果|要是|万一|假如|的话"
    r"|支持|是否可以",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:my|mine|we|arrived?|came|turned up|showed up|received|got|delivered|opened|bought|ordered|you (?:sent|gave"
    r"|shipped)|you(?:'ve| have)|order|it'?s|it is|it was|they(?:'re| are| were)|this|these|has|had|doesn'?t|don'?t|won'?t)\b"
    r"|我|收到|买|拿到|拆|到货|订单|发给|给我|你们|刚|这|那|了|什么|[充用开穿]不",
    re.IGNORECASE,
)


@cache
def topics() -> dict[str, ServiceTopic]:
    """All topics by name, in the order in which they are looked for."""
    written = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        name: ServiceTopic(
            name,
            entry["kind"],
            re.compile(f"{entry['en']}|{entry['zh']}", re.IGNORECASE) if "en" in entry else None,
            {"en": entry["help_en"], "zh": entry["help_zh"]},
            entry.get("means", ""),
        )
        for name, entry in written.items()
    }


def read_topic(text: str) -> ServiceTopic | None:
    """The topic of ``text``; a problem only where it is the writer's own, neither supposed nor asked about."""
    text = text.replace("’", "'")
    for topic in topics().values():
        if topic.pattern and topic.pattern.search(text) and (topic.kind != "problem" or is_own(text)):
            return topic
    return None


def tells_problem(text: str) -> bool:
    """Whether words tell of something gone wrong, whosever it is."""
    every = (topic.pattern for topic in topics().values() if topic.kind == "problem" and topic.pattern)
    return any(pattern.search(text.replace("’", "'")) for pattern in every)


def is_own(text: str) -> bool:
    """Whether something that went wrong did so for the writer, and is not only supposed."""
    return _OWN.search(text) is not None and _HYPOTHETICAL.search(text) is None


def kind_of(name: str) -> Kind | None:
    """The kind of the topic of that name, where it is one."""
    topic = topics().get(name)
    return topic.kind if topic else None
