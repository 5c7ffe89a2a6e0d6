"""Goods, the cart and the shop's own pages, as shoppers see them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue.acts import cart as cart_act
from assistant.dialogue.acts.cart_wishes import version_wanted
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Press as TurnPress
from assistant.events import CartShown, Event, Notice, ProductCard
from assistant.languages import Language
from assistant.pages import (
    AddToCart,
    ChangeQuantity,
    DemoCustomer,
    ProductDetail,
    Refused,
)
from assistant.records.conversations import Conversation
from assistant.service.checkouts import CheckoutService
from assistant.service.open_conversations import OpenConversations, owner_of
from assistant.service.product_pages import decided, detail
from assistant.service.profiles import ProfileService
from assistant.service.turns import cart as cart_key
from assistant.shop.actions import CartReply
from assistant.understanding.schema import Slots
from retrieval.models import GENERIC_TYPE, FaqEntry, Product
from retrieval.search.query import Hit

SHOWCASE = 12
MAX_BESIDE = 4
"""Passages of the same topic that are offered beside one."""
TRIED_KINDS = 2


class ShoppingService:
    """What is looked at and put into the cart. Calls on a conversation raise ``UnknownConversation``."""

    def __init__(
        self,
        app: Shopclerk,
        access: Access,
        conversations: OpenConversations,
        profiles: ProfileService,
        checkouts: CheckoutService,
    ) -> None:
        self.app = app
        self.access = access
        self.conversations = conversations
        self.profiles = profiles
        self.checkouts = checkouts

    async def cart(self, conversation_id: str) -> CartShown:
        return await self.checkouts.cart(conversation_id)

    async def press(self, conversation_id: str, press: AddToCart | ChangeQuantity, language: str) -> Event:
        """Into, out of and in the cart: ``CartShown``, or a ``Notice`` that says why not."""
        memory = await self.conversations.memory(conversation_id)
        match press:
            case AddToCart(product_id=product_id, variant_id=variant_id, quantity=quantity):
                clicked = self.app.commerce.merchandising.campaigns.clicked
                await asyncio.to_thread(clicked, conversation_id, product_id)
                action = TurnPress("add_to_cart", product_id, variant_id, quantity)
            case ChangeQuantity(variant_id=variant_id, quantity=quantity):
                action = TurnPress("change_quantity", "", variant_id, quantity)
        before = memory.cart_id
        reply = await asyncio.to_thread(cart_act.press, action, conversation_id, memory, self.app.deps)
        if memory.cart_id != before:
            await self.conversations.remember(conversation_id, memory)
        if reply.problem is None:
            return await self.checkouts.cart(conversation_id)
        return self._cart_problem(reply, language)

    def _cart_problem(self, reply: CartReply, language: str) -> Notice:
        return self._notice(f"cart_{reply.problem}", language, reply.available if reply.available is not None else "")

    async def put(
        self, conversation_id: str, product_id: str, chosen: Mapping[str, str], quantity: int = 1
    ) -> Event | ProductDetail:
        """Into the cart, once it is clear which version: what was chosen here, or said before. Else the product's page,
        on which it is chosen: no version is ever taken for the shopper."""
        record = await self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        product = self._product(product_id, record.language)
        said = version_wanted(memory.search or Slots(), product)
        variant = decided(product, {**said, **chosen})
        if variant is None:
            return await self.product(conversation_id, product_id, chosen)
        event = await self.press(conversation_id, AddToCart(product_id, variant.id, quantity), record.language)
        self.app.commerce.records.changes.announce(cart_key(conversation_id))
        return event

    async def product(
        self,
        conversation_id: str,
        product_id: str,
        chosen: Mapping[str, str] | None = None,
        shown: str | None = None,
    ) -> ProductDetail:
        """``chosen`` are options by key, ``None`` when it is opened: then those that the shopper has said before are.
        ``shown`` is the variant of the card it was opened from. Raises Refused when there is no such product."""
        record = await self.conversations.record(conversation_id)
        language = record.language
        product = self._product(product_id, language)
        memory = await self.conversations.memory(conversation_id)
        opened = chosen is None
        if opened:
            await asyncio.to_thread(self._opened, record, product_id)
        known = await asyncio.to_thread(self._said_before, record, memory, product)
        return await asyncio.to_thread(self._detail, record, product, {**known, **(chosen or {})}, shown)

    def _opened(self, record: Conversation, product_id: str) -> None:
        self.app.commerce.merchandising.campaigns.clicked(record.id, product_id)
        self.app.deps.online.outcome(record.id, record.customer_id, product_id, "click")
        self.profiles.did(record.id, product_id, "click")

    def _detail(
        self, record: Conversation, product: Product, chosen: Mapping[str, str], shown: str | None
    ) -> ProductDetail:
        found = detail(self.app, product, chosen, record.language, shown)
        open_ = [wish for wish in self.app.commerce.wishes.of(owner_of(record)) if wish.told_at is None]
        mine = tuple(w.kind for w in open_ if (w.product_id, w.variant_id) == (product.id, found.variant_id))
        customer = self.app.commerce.shop.customers.get(record.customer_id) if record.customer_id else None
        return replace(found, wished=mine, email=customer.email if customer else "")

    def _said_before(self, record: Conversation, memory: Memory, product: Product) -> dict[str, str]:
        """The version that the shopper is looking for, and the size that they wear, as this product calls them."""
        worn = [
            said.preference.value
            for said in self.app.commerce.profiles.preferences.of(owner_of(record))
            if said.preference.key == "size" and said.preference.wanted
        ]
        own = version_wanted(Slots(size=worn[-1:]), product, ("size",))
        return {**own, **version_wanted(memory.search or Slots(), product)}

    def _product(self, product_id: str, language: str) -> Product:
        """Raises Refused when there is no such product."""
        product = self.app.knowledge.search.product(product_id)
        if product is None:
            raise Refused(self.app.cards.texts("notice", language)["unknown_product"])
        return product

    async def demo_customers(self, language: Language) -> Sequence[DemoCustomer]:
        """Empty unless this is the demo shop."""
        if self.app.settings.environment == "production":
            return ()
        return await asyncio.to_thread(self._demo_customers, language)

    def _demo_customers(self, language: Language) -> Sequence[DemoCustomer]:
        texts = self.app.cards.texts("demo", language)
        found = []
        for customer in self.app.commerce.shop.customers.list(200):
            if customer.id.startswith("C-DEMO"):
                states = dict.fromkeys(
                    order.status.value for order in self.app.commerce.shop.orders.of_customer(customer.id)
                )
                names = self.app.cards.texts("order", language)
                note = texts["orders"].format(value=", ".join(names[state] for state in list(states)[:3]))
                found.append(DemoCustomer(customer.name, self.access.sign_customer(customer.id), note))
        return found

    async def help_pages(self, language: Language) -> Sequence[FaqEntry]:
        """The live FAQ in one language, for the demo shop's help pages, where the entries' links lead."""
        return [entry for entry in self.app.knowledge.faq.entries if entry.language == language]

    async def passage(self, conversation_id: str, entry_id: str) -> tuple[FaqEntry, Sequence[FaqEntry]]:
        """A help passage as it is now, in the conversation's language where there is one, with others of its topic.
        Raises Refused when it is gone."""
        language = (await self.conversations.record(conversation_id)).language
        entries = self.app.knowledge.faq.entries
        of_id = [entry for entry in entries if entry.id == entry_id]
        found = next((entry for entry in of_id if entry.language == language), of_id[0] if of_id else None)
        if found is None:
            raise Refused(self.app.cards.texts("notice", language)["unknown_passage"])
        beside = (e for e in entries if e.topic == found.topic and e.language == found.language and e.id != found.id)
        return found, list(islice(beside, MAX_BESIDE))

    async def showcase(self, language: Language) -> Sequence[ProductCard]:
        """The best liked product of each of a dozen types."""
        return await asyncio.to_thread(self._showcase, language)

    def _showcase(self, language: Language) -> Sequence[ProductCard]:
        best: dict[str, Hit] = {}
        for product in sorted(
            self.app.knowledge.search.catalogue.products,
            key=lambda p: (-(p.rating or 0) * min(p.review_count, 50), p.id),
        ):
            if product.in_stock and product.type not in best:
                variant = min((v for v in product.variants if v.stock), key=lambda v: v.price)
                best[product.type] = Hit(product, variant, 0.0)
        return [self.app.cards.product(hit, at, language) for at, hit in enumerate(list(best.values())[:SHOWCASE], 1)]

    async def kinds_to_try(self, language: Language) -> Sequence[str]:
        """Kinds of goods that a shopper may begin with; none where the pages' own texts were written for the goods."""
        if self.app.knowledge.of_written_shop() and self.app.knowledge.written_types:
            return ()
        kinds = self.app.knowledge.search.index.table.types
        names = (self.app.deps.lexicon.name("type", kind, language) for kind in kinds if kind != GENERIC_TYPE)
        return list(islice((f"{name[:1].upper()}{name[1:]}" for name in names), TRIED_KINDS))

    def _notice(self, code: str, language: str, value: object = "") -> Notice:
        return Notice(code=code, text=self.app.cards.texts("notice", language)[code].format(value=value))
