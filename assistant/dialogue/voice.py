"""How a turn's facts are put into words: by the model where that is the better choice and one can be asked, else by
the template."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from assistant.answering.evidence import Answer, Evidence
from assistant.languages import LANGUAGES
from assistant.llm.client import DialogueModel
from assistant.outcome import SmallTalk, TurnFacts
from assistant.understanding.schema import Intent
from assistant.understanding.translation import read_in
from assistant.wording.check import Checker
from assistant.wording.compose import Degradation, Piece, Worded, word
from assistant.wording.plan import plan_reply
from assistant.wording.plan_answers import worked_out
from assistant.wording.speech import Speech
from assistant.wording.statement import ReplyPlan
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon

Policy = Callable[[ReplyPlan], bool]
"""Whether the model words replies of this kind and language."""


@dataclass(frozen=True, slots=True)
class Voice:
    """``unready`` says why no model can be asked now; ``may_spend`` is False once the day's cap is reached, or the
    client's; ``spent`` counts prompt and completion tokens, and waits for the database. Times are in seconds."""

    lexicon: Lexicon
    shop_name: str
    policy: Policy
    model: DialogueModel | None = None
    unready: Callable[[], Degradation | None] = lambda: None
    may_spend: Callable[[], bool] = lambda: True
    spent: Callable[[int, int], None] = lambda prompt, completion: None
    first_token_s: float = 4.0
    reply_s: float = 12.0
    max_tokens: int = 160

    def plan(self, facts: TurnFacts, turn_id: str) -> ReplyPlan:
        """What is to be said; its ``suggestions`` are the chips."""
        return plan_reply(facts, self.lexicon, self.shop_name, turn_id)

    def speech(self, language: str, hits: Sequence[Hit] = ()) -> Speech:
        """How values are written, where ``hits`` are spoken of."""
        return Speech(language, self.lexicon, (hit.product.brand for hit in hits))

    def worked_out(self, answer: Answer, hits: Sequence[Hit], language: str) -> list[tuple[str, Evidence]]:
        """What code has computed of an answer, with its words."""
        return worked_out(answer, hits, self.speech(language, hits))

    async def say(self, plan: ReplyPlan) -> AsyncIterator[Piece | Worded]:
        """The checked pieces of the reply, then how it came about."""
        # What a model writes can be checked where its language is read by its own words.
        wanted = self.model is not None and self.policy(plan) and read_in(plan.language) == plan.language
        unready: Degradation | None = None
        model: DialogueModel | None = None
        if wanted:
            unready = self.unready() or (None if self.may_spend() else "overloaded")
            model = None if unready else self.model
        metered = model.metered() if model else None
        async for item in word(
            plan,
            Checker(plan, self.lexicon),
            metered,
            self.shop_name,
            unready=unready,
            first_token_s=self.first_token_s,
            reply_s=self.reply_s,
            max_tokens=self.max_tokens,
        ):
            yield item
        if metered is not None and metered.usage.calls:
            await asyncio.to_thread(self.spent, metered.usage.prompt_tokens, metered.usage.completion_tokens)

    def warm_up(self) -> None:
        """Compiles the texts and word tables that the first reply would otherwise wait for."""
        for language in tuple(LANGUAGES):
            facts = TurnFacts(SmallTalk("greeting"), Intent.SMALL_TALK, language, "")
            Checker(self.plan(facts, ""), self.lexicon)
