"""The claim audit with the shop's live facts: see ``assistant.wording.claims``."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.bootstrap import Shopclerk
from assistant.dialogue.memory import Memory
from assistant.pages import Audited
from assistant.records.conversations import Conversation


@dataclass(frozen=True, slots=True)
class Auditing:
    app: Shopclerk
    memory: Memory
    language: str

    def audit(self, text: str) -> Audited:
        return Audited(text)


@dataclass(frozen=True, slots=True)
class Auditor:
    app: Shopclerk

    async def of(self, conversation: Conversation, memory: Memory | None) -> Auditing:
        return Auditing(self.app, memory or Memory(language=conversation.language), conversation.language)
