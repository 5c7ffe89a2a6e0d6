"""Who is writing, for the agent who answers: name, orders and cart as they are now, need, mood, what was before."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from assistant.bootstrap import Shopclerk
from assistant.dialogue.memory import Memory
from assistant.events import CartShown, OrderCard
from assistant.pages import Refused, StaffMember
from assistant.records.audit import LookedAt
from assistant.records.conversations import Conversation, Sender
from assistant.service.open_conversations import OpenConversations
from assistant.service.shopping import ShoppingService
from assistant.understanding.mood import Mood, read_mood
from assistant.wording.cards import money

ORDERS = 6
PAST = 12
MOOD_OF = 3
"""The shopper's latest messages that their mood is read in; the strongest that one of them shows counts."""
_WORST: tuple[Mood, ...] = ("angry", "annoyed", "worried", "sad", "pleased")


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier conversation: ``text`` is the last that the shopper said in it."""

    conversation_id: str
    at: datetime
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What they look for: ``wishes`` in words, ``rejected`` titles of what they did not like, ``words`` beyond them."""

    wishes: tuple[str, ...] = ()
    budget: str = ""
    words: str = ""
    rejected: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Customer:
    """``name`` and ``email`` are of an account, so only of who has signed in or proven who they are; ``left_email`` is
    what they left for an answer."""

    conversation_id: str
    name: str | None
    email: str | None
    customer_id: str | None
    left_email: str | None
    language: str
    mood: Mood
    since: datetime
    messages: int
    orders: tuple[OrderCard, ...]
    cart: CartShown
    wanted: Wanted
    page: str
    past: tuple[Past, ...]


class CustomerService:
    def __init__(self, app: Shopclerk, conversations: OpenConversations, shopping: ShoppingService) -> None:
        self.app = app
        self.conversations = conversations
        self.shopping = shopping

    async def of_ticket(self, who: StaffMember, ticket_id: str, language: str, *, look: bool = True) -> Customer:
        """The panel beside a conversation, in the agent's language; ``look``: it is opened, not renewed, which is kept
        in the audit. Raises Refused."""
        records = self.app.commerce.records
        ticket = await asyncio.to_thread(records.tickets.get, ticket_id)
        record = await asyncio.to_thread(records.conversations.get, ticket.conversation_id) if ticket else None
        if record is None:
            raise Refused(key="no_ticket")
        memory = await self.conversations.memory(record.id)
        cart = await self.shopping.cart(record.id)
        if look:
            seen: LookedAt = ("customer", record.id, record.customer_id, "")
            await asyncio.to_thread(records.audit.record, who, seen)
        return await asyncio.to_thread(self._customer, record, memory, cart, language)

    def _customer(self, record: Conversation, memory: Memory, cart: CartShown, language: str) -> Customer:
        commerce, cards = self.app.commerce, self.app.cards
        customer_id = record.customer_id or memory.customer_id
        account = commerce.shop.customers.get(customer_id) if customer_id else None
        orders = commerce.shop.orders.of_customer(account.id, limit=ORDERS) if account else []
        said = [
            message.text
            for message in commerce.records.conversations.latest(record.id, 60)
            if message.role is Sender.SHOPPER and message.text
        ]
        contact = commerce.records.contacts.of(record.id)
        return Customer(
            conversation_id=record.id,
            name=account.name if account else None,
            email=account.email if account else None,
            customer_id=account.id if account else None,
            left_email=contact.email if contact else None,
            language=record.language,
            mood=self._mood(said[-MOOD_OF:], memory),
            since=record.started_at,
            messages=len(said),
            orders=tuple(cards.order(order, language) for order in orders),
            cart=cart,
            wanted=self._wanted(memory, cart.currency, language),
            page=self._page(record, language),
            past=self._past(record, account.id if account else None),
        )

    def _page(self, record: Conversation, language: str) -> str:
        """Which page of the shop they look at: the product's title, else what the page said of itself."""
        page = self.app.commerce.records.pages.of(record.id)
        if page is None:
            return ""
        title = self.app.knowledge.title(page.product_id, language) if page.product_id else None
        return title or page.title or (f"“{page.query}”" if page.query else page.url)

    def _past(self, record: Conversation, customer_id: str | None) -> tuple[Past, ...]:
        """Others of the same customer, else of the same browser."""
        conversations = self.app.commerce.records.conversations
        if customer_id is not None:
            found = conversations.page(PAST + 1, customer_id=customer_id)
        elif record.visitor is not None:
            found = conversations.page(PAST + 1, visitor=record.visitor)
        else:
            return ()
        others = [each for each in found if each.id != record.id and each.sequence][:PAST]
        return tuple(Past(each.id, each.updated_at, each.language, each.shopper_text) for each in others)

    @staticmethod
    def _mood(said: list[str], memory: Memory) -> Mood:
        moods = {read_mood(text, memory.reads) for text in said}
        return next((mood for mood in _WORST if mood in moods), "neutral")

    def _wanted(self, memory: Memory, currency: str, language: str) -> Wanted:
        need = memory.need
        if need is None:
            return Wanted()
        slots, named = need.slots, self.app.deps.lexicon.name
        wishes = [named("type", kind, language) for kind in slots.type]
        wishes += [named("colour", colour, language) for colour in slots.colour]
        wishes += [*slots.size, *slots.brand]
        wishes += [named("attribute", pair, language) for pair in slots.attribute]
        wishes += [f"≠ {self._pair(pair, language)}" for pair in slots.exclude]
        if slots.rating_min is not None:
            wishes.append(f"≥ {slots.rating_min:g} ★")
        if slots.price_min is not None:
            wishes.append(f"≥ {money(slots.price_min, currency, language)}")
        if slots.price_max is not None:
            wishes.append(f"≤ {money(slots.price_max, currency, language)}")
        title = self.app.knowledge.title
        return Wanted(
            wishes=tuple(wishes),
            budget=money(need.budget, currency, language) if need.budget is not None else "",
            words=need.words,
            rejected=tuple(filter(None, (title(id_, language) for id_ in need.turned_down[:6]))),
            shown=tuple(filter(None, (title(one.product_id, language) for one in memory.shown[:4]))),
        )

    def _pair(self, pair: str, language: str) -> str:
        key, _, value = pair.partition("=")
        named = self.app.deps.lexicon.name
        match key:
            case "type":
                return named("type", value, language)
            case "colour":
                return named("colour", value, language)
            case "brand":
                return value
            case _:
                return named("attribute", pair, language)
