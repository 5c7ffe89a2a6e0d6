"""Messages in the other's language, by the served model where it can. A translation is always shown beside what was
written, and as one."""

from __future__ import annotations

import asyncio
from typing import Literal

from assistant.bootstrap import Shopclerk
from assistant.languages import in_english
from assistant.llm.client import ModelUnavailable, Prompt
from assistant.pages import Refused, StaffMember
from assistant.prompts import prompt
from assistant.records.audit import LookedAt

MAX_CHARS = 2000
MAX_TOKENS = 900
PATIENCE_S = 25.0
WhyNot = Literal["", "off", "warming_up", "unavailable", "spent"]


class TranslationService:
    def __init__(self, app: Shopclerk) -> None:
        self.app = app

    def why_not(self) -> WhyNot:
        """Why nothing can be translated now; empty when it can."""
        model = self.app.model.client
        if model is None:
            return "off"
        unready = self.app.model.unready()
        if unready is not None:
            return "warming_up" if unready == "warming_up" else "unavailable"
        if self.app.commerce.records.usage.today().tokens >= self.app.settings.model_tokens_per_day:
            return "spent"
        return ""

    async def translate(self, who: StaffMember, conversation_id: str, text: str, language: str) -> str:
        """Into the language of that code. What a shopper wrote goes to the model, which the audit keeps. Raises
        ``Refused`` with why not."""
        text = text.strip()[:MAX_CHARS]
        if not text:
            raise Refused(key="empty")
        why = await asyncio.to_thread(self.why_not)
        model = self.app.model.client
        if why or model is None:
            raise Refused(key=f"translation_{why or 'off'}")
        audit = self.app.commerce.records.audit
        look: LookedAt = ("translation", conversation_id or None, None, language)
        await asyncio.to_thread(audit.record, who, look)
        metered = model.metered()
        asked = Prompt(prompt("translate.md").render(language=in_english(language)), text, MAX_TOKENS)
        try:
            async with asyncio.timeout(PATIENCE_S):
                pieces = [piece async for piece in metered.stream(asked)]
        except (ModelUnavailable, TimeoutError) as error:
            raise Refused(key="translation_unavailable") from error
        finally:
            usage = metered.usage
            spend = self.app.commerce.records.usage.add
            await asyncio.to_thread(spend, usage.prompt_tokens, usage.completion_tokens, usage.calls)
        translated = "".join(pieces).strip()
        if not translated:
            raise Refused(key="translation_unavailable")
        return translated
