"""Suggested replies to the customer of a ticket: made, kept until one is used, proposed as an action, reworked."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from assistant.bootstrap import Shopclerk
from assistant.dialogue import direct
from assistant.dialogue.show import approval as approval_card
from assistant.events import OrdersShown, ProductCard, ProductsShown
from assistant.outcome import FaqAnswer, Found, Handed, OutOfScope
from assistant.pages import Audited, ModelWording, Refused, SuggestedReplies, SuggestedReply
from assistant.privacy import redact
from assistant.records.conversations import Conversation
from assistant.records.drafts import ACCEPTED_UNDER, DraftFate, Fate
from assistant.records.tickets import NotYourTicket, Shown
from assistant.service.merchandisers import contributions
from assistant.service.suggestions.auditing import Auditing, Auditor
from assistant.service.suggestions.drafting import Draft, drafts
from assistant.service.suggestions.reworking import rework
from assistant.service.suggestions.standing import Standing, Standings
from assistant.shop.actions import ActionRefused
from assistant.shop.views import TicketView
from assistant.wording.compose import Worded
from assistant.wording.statement import Statement
from retrieval.search.query import Hit

_KEPT = 2_000
"""Drafts that are remembered until they are used or overtaken."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A draft as it was shown."""

    ticket_id: str
    conversation_id: str
    cursor: int
    asked: str
    language: str
    unanswered: bool
    """The help pages had no answer to it."""
    shown: SuggestedReply
    draft: Draft


class SuggestionService:
    def __init__(self, app: Shopclerk) -> None:
        self.app = app
        self._standings = Standings(app.commerce.records)
        self._made: OrderedDict[str, _Made] = OrderedDict()
        self._auditor = Auditor(app)

    async def suggest(self, ticket_id: str) -> SuggestedReplies:
        """Up to three replies of different kinds to what the customer asked last, best first, made by code at once.
        Raises ``Refused``."""
        conversation = await self._conversation(ticket_id)
        deps = await asyncio.to_thread(self.app.current_deps)
        standing = await self._standings.of(conversation, self.app.dialogue, deps)
        if standing is None:
            return SuggestedReplies((), language=conversation.language)
        made = await drafts(standing, conversation.id, deps)
        auditing = await self._auditor.of(conversation, standing.rehearsed.memory, *_backing(made))
        shown = [await asyncio.to_thread(self._shown, draft, standing, auditing) for draft in made]
        await self._keep(ticket_id, conversation.id, standing, shown, made)
        language = standing.rehearsed.facts.language
        return SuggestedReplies(tuple(shown), standing.asked.text, standing.cursor, language, self._model_state())

    async def reworded(self, ticket_id: str, before: SuggestedReplies) -> SuggestedReplies:
        """The same with the first in a served model's words, where one answers in time and the audit finds nothing
        against it. Raises ``Refused``."""
        if before.model != "coming" or not before.replies:
            return before
        conversation = await self._conversation(ticket_id)
        worded = await self._in_models_words(conversation, before.replies)
        return replace(before, replies=worded or before.replies, model="done")

    async def propose(self, ticket_id: str, agent: str, draft_id: str) -> None:
        """Puts the card of an action before the customer, who alone can say yes to it; policy and identity are checked
        now and again then. Raises ``Refused``."""
        made = self._of(ticket_id, draft_id)
        proposed = made.draft.proposed
        if proposed is None:
            raise Refused(key="nothing_to_propose")
        conversation = await self._conversation(ticket_id)
        await asyncio.to_thread(self._must_have, ticket_id, agent)
        conversations = self.app.commerce.records.conversations
        if not await asyncio.to_thread(conversations.sign_in, conversation.id, proposed.customer_id):
            raise Refused(key="other_customers")
        deps = self.app.deps
        asked = await asyncio.to_thread(
            deps.shop.pending.ask,
            conversation.id,
            proposed.customer_id,
            proposed.order_id or None,
            proposed.request,
        )
        if isinstance(asked, ActionRefused):
            raise Refused(key="not_allowed_now")
        memory = await self.app.dialogue.memory(conversation.id)
        if memory is not None:
            memory.customer_id, memory.pending, memory.request = proposed.customer_id, asked.action, None
            memory.orders = [asked.order.id] if asked.order else memory.orders
            await self.app.dialogue.remember(conversation.id, memory)
        card = approval_card(asked, deps, conversation.language)
        await asyncio.to_thread(self._put, ticket_id, agent, card)

    async def show(self, ticket_id: str, agent: str, draft_id: str) -> None:
        """Puts the products or orders behind a draft before the customer, as cards. Raises ``Refused``."""
        made = self._of(ticket_id, draft_id)
        if products := made.shown.products:
            await asyncio.to_thread(self._put, ticket_id, agent, ProductsShown(cards=products, total=len(products)))
        elif orders := made.shown.orders:
            await asyncio.to_thread(self._put, ticket_id, agent, OrdersShown(orders=orders))

    async def audit(self, ticket_id: str, text: str) -> Audited:
        """What the text states, each with what backs it or not. Raises ``Refused``."""
        conversation = await self._conversation(ticket_id)
        memory = await self.app.dialogue.memory(conversation.id)
        auditing = await self._auditor.of(conversation, memory, *self._lying(ticket_id))
        return await asyncio.to_thread(auditing.audit, text)

    async def rework(self, ticket_id: str, text: str, how: str, language: str) -> Audited:
        """Shorter, warmer, or in another language: the customer's, or for a text in that the agent's ``language``.
        Audited again. Raises ``Refused`` with a key of the page's texts: no_model, not_checked, nothing_shorter."""
        conversation = await self._conversation(ticket_id)
        memory = await self.app.dialogue.memory(conversation.id)
        auditing = await self._auditor.of(conversation, memory, *self._lying(ticket_id))
        audited = await asyncio.to_thread(auditing.audit, text)
        made = await rework(how, audited, conversation.language, language, self.app.deps.voice)
        return await asyncio.to_thread(auditing.audit, made)

    async def before_sending(self, ticket_id: str, text: str, draft_id: str, *, vouched: bool) -> None:
        """Raises ``Refused`` where something in the text is backed by nothing: a draft of ours is then to be changed
        first, and for their own words an agent must vouch."""
        audited = await self.audit(ticket_id, text)
        if audited.sendable:
            return
        made = self._made.get(draft_id)
        if made is not None and _same(made.shown.text, text):
            raise Refused(key="draft_red")
        if not vouched:
            raise Refused(key="must_vouch")

    async def sent(self, ticket_id: str, agent: str, text: str, draft_id: str, *, vouched: bool) -> None:
        """Keeps what became of the drafts that lay beside a message when it was sent."""
        conversation = await self._conversation(ticket_id)
        records = self.app.commerce.records
        if vouched:
            audited = await self.audit(ticket_id, text)
            red = [text[claim.start : claim.end] for claim in audited.claims if not claim.backed]
            if red:
                await asyncio.to_thread(records.drafts.vouch, conversation.id, agent, text, red)
        # What is proposed is no text: it may still be put before the customer after a message.
        lay = [made for made in self._made.values() if made.ticket_id == ticket_id and made.draft.proposed is None]
        fates = [self._fate(made, agent, *_became(made, text, made.shown.id == draft_id)) for made in lay]
        self._forget(lay)
        await asyncio.to_thread(records.drafts.keep, fates)
        if lay and lay[0].unanswered and not text.rstrip().endswith(("?", "？")):
            last = lay[0]
            await asyncio.to_thread(records.proposals.add, conversation.id, agent, last.language, last.asked, text)

    async def report(self, ticket_id: str, agent: str, cursor: int) -> None:
        """An answer of the assistant's, at that place of the conversation, was wrong. Raises ``Refused``."""
        conversation = await self._conversation(ticket_id)
        await asyncio.to_thread(self._report, conversation.id, agent, cursor)

    def _report(self, conversation_id: str, agent: str, cursor: int) -> None:
        records = self.app.commerce.records
        for message in records.conversations.messages_since(conversation_id, cursor - 1):
            if message.sequence == cursor:
                records.reported.report(conversation_id, message.turn_id, agent)

    async def discard(self, ticket_id: str, agent: str, draft_id: str) -> None:
        made = self._of(ticket_id, draft_id)
        self._forget([made])
        fate = self._fate(made, agent, "discarded", "", 1.0)
        await asyncio.to_thread(self.app.commerce.records.drafts.keep, [fate])

    def _fate(self, made: _Made, agent: str, fate: Fate, sent: str, edited: float) -> DraftFate:
        shown = made.shown
        return DraftFate(
            shown.id,
            made.conversation_id,
            agent,
            shown.kind,
            made.language,
            shown.wording,
            fate,
            made.asked,
            shown.text,
            sent,
            edited,
            self.app.commerce.records.drafts.now(),
        )

    def _forget(self, made: Sequence[_Made]) -> None:
        for each in made:
            self._made.pop(each.shown.id, None)

    async def _keep(
        self,
        ticket_id: str,
        conversation_id: str,
        standing: Standing,
        shown: Sequence[SuggestedReply],
        made: Sequence[Draft],
    ) -> None:
        """Drafts of an older message are overtaken; those of the same are only made anew."""
        lay = [each for each in self._made.values() if each.ticket_id == ticket_id]
        overtaken = [each for each in lay if each.cursor < standing.cursor]
        self._forget(lay)
        asked, language = redact(standing.asked.text), standing.rehearsed.facts.language
        outcomes = standing.rehearsed.outcomes
        unanswered = any(isinstance(each, FaqAnswer) and not each.hits for each in outcomes) or any(
            isinstance(each, (Handed, OutOfScope)) and getattr(each, "reason", "unanswered") == "unanswered"
            for each in outcomes
        )
        for reply, draft in zip(shown, made, strict=True):
            self._made[reply.id] = _Made(
                ticket_id, conversation_id, standing.cursor, asked, language, unanswered, reply, draft
            )
        if overtaken:
            fates = [self._fate(each, "", "overtaken", "", 1.0) for each in overtaken]
            await asyncio.to_thread(self.app.commerce.records.drafts.keep, fates)
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)

    def _lying(self, ticket_id: str) -> tuple[list[str], list[Hit]]:
        """What code has stated in the drafts that lie beside the conversation, and the products behind them."""
        return _backing([each.draft for each in self._made.values() if each.ticket_id == ticket_id])

    def _of(self, ticket_id: str, draft_id: str) -> _Made:
        made = self._made.get(draft_id)
        if made is None or made.ticket_id != ticket_id:
            raise Refused(key="draft_gone")
        return made

    def _shown(self, draft: Draft, standing: Standing, auditing: Auditing) -> SuggestedReply:
        language = standing.rehearsed.facts.language
        cards, deps = self.app.cards, self.app.deps
        return SuggestedReply(
            id=secrets.token_urlsafe(9),
            kind=draft.kind,
            text=draft.text,
            audit=auditing.audit(draft.text),
            passages=tuple((hit.entry.question, hit.entry.answer) for hit in draft.pages),
            products=self._products(draft, language),
            orders=tuple(cards.order(order, language) for order in draft.orders),
            approval=approval_card(draft.approval, deps, language) if draft.approval else None,
            contributions=tuple(contributions(hit, language) for hit in self._ranked(draft)),
        )

    def _products(self, draft: Draft, language: str) -> tuple[ProductCard, ...]:
        return tuple(self.app.cards.product(hit, at, language) for at, hit in enumerate(draft.hits, 1))

    @staticmethod
    def _ranked(draft: Draft) -> list[Hit]:
        return [hit for each in draft.outcomes if isinstance(each, Found) for hit in each.result.hits]

    async def _in_models_words(
        self, conversation: Conversation, shown: Sequence[SuggestedReply]
    ) -> tuple[SuggestedReply, ...] | None:
        """The same drafts, the first as a model words it, where the audit finds nothing against it."""
        deps = self.app.deps
        standing = await self._standings.of(conversation, self.app.dialogue, deps, model=True)
        made = self._made.get(shown[0].id)
        if standing is None or made is None or standing.cursor != made.cursor:
            return None
        again = await drafts(standing, conversation.id, deps)
        first = again[0]
        if first.plan is None:
            return None
        found = standing.rehearsed
        auditing = await self._auditor.of(conversation, found.memory, *_backing(again))
        plan = await direct.answered(first.plan, found.turn, found.memory, deps)
        text = ""
        async for item in deps.voice.say(plan):
            if isinstance(item, Worded):
                text = item.text
        audited = await asyncio.to_thread(auditing.audit, text)
        if not text or not audited.sendable or text == shown[0].text:
            return None
        fresh = await asyncio.to_thread(self._shown, replace(first, text=text), standing, auditing)
        fresh = replace(fresh, id=shown[0].id, audit=audited, wording="model")
        self._made[fresh.id] = replace(made, shown=fresh, draft=first)
        return (fresh, *shown[1:])

    def _model_state(self) -> ModelWording:
        if self.app.model.client is None:
            return "off"
        match self.app.model.unready():
            case None:
                return "coming"
            case "warming_up":
                return "warming_up"
            case _:
                return "unavailable"

    def _must_have(self, ticket_id: str, agent: str) -> None:
        ticket = self._ticket(ticket_id)
        if ticket.state != "taken" or ticket.agent != agent:
            raise Refused(key="take_first")

    def _put(self, ticket_id: str, agent: str, card: Shown) -> None:
        try:
            self.app.commerce.records.tickets.show(ticket_id, agent, card)
        except NotYourTicket as error:
            raise Refused(key="take_first") from error

    async def _conversation(self, ticket_id: str) -> Conversation:
        return await asyncio.to_thread(self._read, ticket_id)

    def _read(self, ticket_id: str) -> Conversation:
        record = self.app.commerce.records.conversations.get(self._ticket(ticket_id).conversation_id)
        if record is None:
            raise Refused(key="conversation_gone")
        return record

    def _ticket(self, ticket_id: str) -> TicketView:
        ticket = self.app.commerce.records.tickets.get(ticket_id)
        if ticket is None:
            raise Refused(key="no_ticket")
        return ticket


def _backing(drafts: Sequence[Draft]) -> tuple[list[str], list[Hit]]:
    """The statements that code has made from live facts, and the products they are of. A model's words are none."""
    said = [text for draft in drafts for text in (draft.text, *(each.text for each in _statements(draft)))]
    return said, [hit for draft in drafts for hit in draft.hits]


def _statements(draft: Draft) -> Sequence[Statement]:
    return draft.plan.statements if draft.plan is not None else ()


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def _became(made: _Made, text: str, used: bool) -> tuple[Fate, str, float]:
    """Of a draft beside which ``text`` was sent: how it was used, and how much of it was changed."""
    edited = Levenshtein.normalized_distance(" ".join(made.shown.text.split()), " ".join(text.split()))
    if made.shown.text and (used or edited < ACCEPTED_UNDER):
        return ("edited" if edited else "sent"), text, round(edited, 3)
    return "discarded", "", 1.0
