"""Goods, the cart and the shop's own pages, as shoppers see them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue.acts import cart as cart_act
from assistant.dialogue.turn import Press as TurnPress
from assistant.events import CartShown, Event, Notice, ProductCard
from assistant.languages import Language
from assistant.pages import (
    AddToCart,
    ChangeQuantity,
    DemoCustomer,
    ProductDetail,
    Refused,
    ReviewShown,
    VariantChoice,
)
from assistant.service.open_conversations import OpenConversations
from assistant.service.profiles import ProfileService
from assistant.shop.actions import CartReply
from assistant.wording.cards import localised, money
from retrieval.models import GENERIC_TYPE, FaqEntry
from retrieval.search.query import Hit

SHOWCASE = 12
TRIED_KINDS = 2


class ShoppingService:
    """What is looked at and put into the cart. Calls on a conversation raise ``UnknownConversation``."""

    def __init__(
        self, app: Shopclerk, access: Access, conversations: OpenConversations, profiles: ProfileService
    ) -> None:
        self.app = app
        self.access = access
        self.conversations = conversations
        self.profiles = profiles

    async def cart(self, conversation_id: str) -> CartShown:
        record = self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        cart = self.app.commerce.shop.carts.show(cart_act.cart_id(memory, self.app.deps))
        return self.app.cards.cart(cart, record.language, self.app.knowledge.search.product)

    async def press(self, conversation_id: str, press: AddToCart | ChangeQuantity, language: str) -> Event:
        """Into, out of and in the cart: ``CartShown``, or a ``Notice`` that says why not."""
        memory = await self.conversations.memory(conversation_id)
        match press:
            case AddToCart(product_id=product_id, variant_id=variant_id, quantity=quantity):
                self.app.commerce.merchandising.campaigns.clicked(conversation_id, product_id)
                action = TurnPress("add_to_cart", product_id, variant_id, quantity)
            case ChangeQuantity(variant_id=variant_id, quantity=quantity):
                action = TurnPress("change_quantity", "", variant_id, quantity)
        before = memory.cart_id
        reply = cart_act.press(action, conversation_id, memory, self.app.deps)
        if memory.cart_id != before:
            await self.conversations.remember(conversation_id, memory)
        return self._cart_event(reply, language)

    def _cart_event(self, reply: CartReply, language: str) -> Event:
        if reply.problem is None:
            return self.app.cards.cart(reply.cart, language, self.app.knowledge.search.product)
        return self._notice(f"cart_{reply.problem}", language, reply.available if reply.available is not None else "")

    async def product(self, conversation_id: str, product_id: str) -> ProductDetail:
        """Raises Refused when there is no such product."""
        record = self.conversations.record(conversation_id)
        language = record.language
        product = self.app.knowledge.search.product(product_id)
        if product is None:
            raise Refused(self.app.cards.texts("notice", language)["unknown_product"])
        self.app.commerce.merchandising.campaigns.clicked(conversation_id, product_id)
        self.app.deps.online.outcome(conversation_id, record.customer_id, product_id, "click")
        self.profiles.did(conversation_id, product_id, "click")
        stock = self.app.commerce.shop.stock.of_many([variant.id for variant in product.variants])
        live = [variant.model_copy(update={"stock": stock[variant.id]}) for variant in product.variants]
        best = min(live, key=lambda variant: (variant.stock == 0, variant.price))
        cards = self.app.cards
        return ProductDetail(
            card=cards.product(Hit(product, best, 0.0), 1, language),
            description=localised(product.description, language),
            facts=cards.facts(product, language),
            variants=tuple(
                VariantChoice(
                    variant.id,
                    {key: cards.option(key, value, language) for key, value in variant.options.items()},
                    money(variant.price, product.currency, language),
                    variant.stock,
                    cards.stock(variant, language),
                    cards.picture(product, variant.options.get("colour", "")),
                )
                for variant in live
            ),
            reviews=tuple(ReviewShown(r.author, r.rating, localised(r.text, language)) for r in product.reviews),
        )

    async def demo_customers(self, language: Language) -> Sequence[DemoCustomer]:
        """Empty unless this is the demo shop."""
        if self.app.settings.environment == "production":
            return ()
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

    async def showcase(self, language: Language) -> Sequence[ProductCard]:
        """The best liked product of each of a dozen types."""
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
