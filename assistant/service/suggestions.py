"""Suggested replies to the customer of a ticket, each with what it rests on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.bootstrap import Shopclerk
from assistant.dialogue.finding import POOL_SIZE
from assistant.dialogue.memory import Memory
from assistant.dialogue.searching import filters
from assistant.dialogue.show import shown_cards
from assistant.events import ProductCard
from assistant.merchandising.view import Contributions
from assistant.outcome import FaqAnswer, Found, OrdersReply, Outcome, ProductAnswer, TurnFacts
from assistant.pages import Refused, SuggestedReply
from assistant.privacy import redact
from assistant.profile.owner import Owner
from assistant.records.conversations import Sender
from assistant.service.merchandisers import contributions
from assistant.shop.views import OrderStatus, TicketView
from assistant.understanding.schema import Intent, TurnContext, Understanding
from assistant.wording.compose import Worded
from retrieval.encoders.embedded import Vectors
from retrieval.search.query import Outcome as SearchOutcome
from retrieval.search.query import Query

MAX_EARLIER_MESSAGES = 6
"""Of how many of the shopper's latest messages the one worth answering is looked for."""

MAX_SUGGESTIONS = 3
_Read = tuple[str, Understanding, Vectors]
"""A message, what it means, and its embedding."""

_SAYS_NOTHING = (Intent.HUMAN_AGENT, Intent.SMALL_TALK, Intent.CONFIRM, Intent.DECLINE, Intent.OUT_OF_SCOPE)


class SuggestionService:
    def __init__(self, app: Shopclerk) -> None:
        self.app = app

    async def suggest(self, ticket_id: str) -> Sequence[SuggestedReply]:
        """Up to three replies to the shopper's last message, best first."""
        ticket = self._ticket(ticket_id)
        memory = await self.app.dialogue.memory(ticket.conversation_id) or Memory(language=ticket.language)
        read = await asyncio.to_thread(self._worth_answering, ticket)
        if read is None:
            return ()
        message, understanding, _ = read
        owner = Owner(memory.customer_id, ticket.conversation_id)
        outcomes = await asyncio.to_thread(lambda: list(self._outcomes(read, memory, owner)))
        replies: list[SuggestedReply] = []
        for outcome in outcomes[:MAX_SUGGESTIONS]:
            text = await self._worded(outcome, understanding, memory, message, f"{ticket_id}/{len(replies)}")
            if all(text != reply.text for reply in replies):
                cards = self._cards(outcome, memory.language)
                replies.append(
                    SuggestedReply(text, _passages(outcome), cards, _contributions(outcome, memory.language))
                )
        return replies

    def _worth_answering(self, ticket: TicketView) -> _Read | None:
        """The latest message that asks for something, with what it means; the latest at all when none does."""
        messages = [
            self.app.deps.understander.english(message.text, ticket.language)
            for message in self.app.commerce.records.conversations.latest(ticket.conversation_id, 60)
            if message.role is Sender.SHOPPER and message.text.strip()
        ][-MAX_EARLIER_MESSAGES:]
        deps = self.app.deps
        latest = None
        for text in reversed(messages):
            embedding = deps.text_encoder.encode_one(text)
            found = (text, deps.understander.understand(text, TurnContext(), embedding), embedding)
            latest = latest or found
            if found[1].intent not in _SAYS_NOTHING:
                return found
        return latest

    def _outcomes(self, read: _Read, memory: Memory, owner: Owner) -> Iterator[Outcome]:
        """What could be answered, the likeliest first: the customer's orders, passages, products."""
        deps, (message, understanding, embedding) = self.app.deps, read
        about_orders = understanding.intent in (
            Intent.ORDER_STATUS,
            Intent.ORDER_CHANGE,
            Intent.RETURN_REFUND,
            Intent.COMPLAINT,
        )
        if memory.customer_id and about_orders:
            orders = deps.shop.orders
            named = [o for id_ in understanding.slots.order_id if (o := orders.get(id_, memory.customer_id))]
            found = named or [
                o for o in orders.of_customer(memory.customer_id) if o.status is not OrderStatus.CANCELLED
            ]
            if found:
                yield OrdersReply(tuple(found[:2]))
        answers = deps.faq.search(message, memory.language, embedding)
        products: list[Outcome] = []
        query = Query(
            text=message, filters=filters(understanding.slots, deps.lexicon), language=memory.language, limit=3
        )
        result = deps.search.search(replace(query, limit=POOL_SIZE), embedding)
        ranked = deps.ranker.rerank(result.hits, deps.profiles.person(owner), query.limit, query)
        result = replace(result, hits=tuple(ranked))
        if understanding.intent in (Intent.PRODUCT_SEARCH, Intent.RECOMMEND, Intent.COMPARE, Intent.PRODUCT_QUESTION):
            if result.outcome in (SearchOutcome.FOUND, SearchOutcome.RELAXED):
                products.append(Found(result, understanding.slots))
            shown = [p for s in memory.shown if (p := deps.product(s.product_id)) and p.id == memory.focus]
            if shown and understanding.intent is Intent.PRODUCT_QUESTION:
                hits = tuple(hit for hit in result.hits if hit.product.id == shown[0].id)[:1]
                if hits:
                    answer = deps.answerer.answer(message, hits, memory.language)
                    products = [ProductAnswer(hits, answer=answer), *products]
            yield from products
        yield from (FaqAnswer((answer,)) for answer in answers)
        if result.outcome is SearchOutcome.FOUND and not products:
            yield Found(result, understanding.slots)

    async def _worded(
        self, outcome: Outcome, understanding: Understanding, memory: Memory, message: str, key: str
    ) -> str:
        customer = self.app.commerce.shop.customers.get(memory.customer_id) if memory.customer_id else None
        facts = TurnFacts(
            outcome=outcome,
            intent=understanding.intent,
            language=memory.language,
            message=redact(message),
            customer_name=customer.name.split()[0] if customer else None,
        )
        text, voice = "", self.app.deps.voice
        async for item in voice.say(voice.plan(facts, key)):
            if isinstance(item, Worded):
                text = item.text
        return text

    def _cards(self, outcome: Outcome, language: str) -> tuple[ProductCard, ...]:
        return shown_cards(outcome, self.app.cards, language)

    def _ticket(self, ticket_id: str) -> TicketView:
        ticket = self.app.commerce.records.tickets.get(ticket_id)
        if ticket is None:
            raise Refused("There is no such ticket.")
        return ticket


def _contributions(outcome: Outcome, language: str) -> tuple[Contributions, ...]:
    match outcome:
        case Found(result=result):
            return tuple(contributions(hit, language) for hit in result.hits)
        case _:
            return ()


def _passages(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    if isinstance(outcome, FaqAnswer):
        return tuple((hit.entry.question, hit.entry.answer) for hit in outcome.hits)
    return ()
