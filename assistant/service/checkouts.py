"""From the cart to the order: what it comes to, the shop's own checkout, and the demo shop's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal, InvalidOperation
from typing import cast, get_args

import structlog
from babel import Locale
from babel.dates import format_date

from assistant.bootstrap import Shopclerk
from assistant.database import clean
from assistant.dialogue.acts import cart as cart_act
from assistant.dialogue.memory import Memory
from assistant.events import CartShown, OrdersShown, TextDelta, TurnDone
from assistant.languages import spoken
from assistant.pages import (
    CheckoutField,
    CheckoutPage,
    CheckoutWay,
    Refused,
    UnknownConversation,
)
from assistant.records.contacts import NoAddress
from assistant.records.contacts import address as mail_address
from assistant.records.conversations import Conversation, Sender
from assistant.service.handover import Item, NotTaken, address, asked, kind_of
from assistant.service.open_conversations import OpenConversations, owner_of
from assistant.service.turns import cart as cart_key
from assistant.shop.checkouts import Buyer, CheckoutSum
from assistant.shop.delivery import DeliveryTerms, MethodName, arrival, fitting
from assistant.shop.views import AddressView, CartView, CustomerView, OrderView
from assistant.wording.cards import money

log = structlog.get_logger()

REQUIRED = ("name", "email", "address1", "city", "postcode", "country")
OPTIONAL = ("address2", "state")
MAX_FIELD_CHARS = 200


@dataclass(frozen=True, slots=True)
class Ready:
    """The cart can be paid for at ``url``."""

    url: str


class CheckoutService:
    """Calls on a conversation raise ``UnknownConversation``."""

    def __init__(self, app: Shopclerk, conversations: OpenConversations) -> None:
        self.app = app
        self.conversations = conversations

    async def cart(self, conversation_id: str) -> CartShown:
        """The cart with what it comes to by the shop's rules."""
        record = await self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        return await asyncio.to_thread(self._cart, record, memory)

    async def coupon(self, conversation_id: str, code: str) -> CartShown:
        """Enters a code, or with an empty one takes it off. What is wrong with it is told in the sums."""
        record = await self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        cart_id = await asyncio.to_thread(cart_act.cart_id, memory, self.app.deps)
        await asyncio.to_thread(self.app.commerce.shop.checkouts.enter, cart_id, code)
        self.app.commerce.records.changes.announce(cart_key(conversation_id))
        return await asyncio.to_thread(self._cart, record, memory)

    async def begin(self, conversation_id: str) -> Ready | None:
        """Where the cart is paid for; ``None`` where the shop has set no checkout up, which the chat then says.

        Raises Refused when the cart cannot be paid for as it is, or the checkout does not answer.
        """
        record = await self.conversations.record(conversation_id)
        memory = await self.conversations.memory(conversation_id)
        texts = self.app.cards.texts("checkout", record.language)
        kind = kind_of(self.app.settings, self.app.knowledge.of_written_shop())
        if kind == "none":
            return None
        shop = self.app.commerce.shop
        cart_id = await asyncio.to_thread(cart_act.cart_id, memory, self.app.deps)
        reply = await asyncio.to_thread(shop.carts.checkout, cart_id)
        if reply.problem is not None:
            short = {"out_of_stock": "short", "too_many": "short", "unknown_product": "gone"}
            title = self._title(reply.line.title, record.language) if reply.line else ""
            raise Refused(texts[short.get(reply.problem, "empty")].format(title=title, n=reply.available or 0))
        if kind == "demo":
            return Ready(f"/checkout/{await asyncio.to_thread(shop.checkouts.open, conversation_id)}")
        total = await asyncio.to_thread(shop.checkouts.sum, cart_id)
        items = [
            self._item(line.product_id, line.variant_id, line.quantity, line.unit_price) for line in reply.cart.lines
        ]
        code = total.coupon if total.coupon_problem in (None, "unknown") else ""
        try:
            if kind == "webhook":
                url = await asked(self.app.settings, items, code, record.language, total.currency, total.total, cart_id)
            else:
                url = address(self.app.settings, kind, items, code, record.language)
        except NotTaken as why:
            log.warning("a cart was not handed over", why=str(why))
            raise Refused(texts["not_reached"]) from why
        return Ready(url)

    async def page(self, key: str, given: Mapping[str, str] | None = None) -> CheckoutPage | None:
        """The demo checkout's page, with what has been written in so far; ``None`` for a key that is none."""
        found = await self._of_key(key)
        if found is None:
            return None
        record, memory = found
        return await asyncio.to_thread(self._page, key, record, memory, given or {}, {})

    async def place(self, key: str, given: Mapping[str, str]) -> CheckoutPage | None:
        """Places the order, or says on the page what is missing. Sent twice it is one order."""
        found = await self._of_key(key)
        if found is None:
            return None
        record, memory = found
        async with self.conversations.lock(record.id):
            memory = await self.conversations.memory(record.id)
            checkouts = self.app.commerce.shop.checkouts
            if await asyncio.to_thread(checkouts.placed, key) is not None:
                return await asyncio.to_thread(self._page, key, record, memory, {}, {})
            wrong = self._wrong(given, record)
            if wrong:
                return await asyncio.to_thread(self._page, key, record, memory, given, wrong)
            done = await asyncio.to_thread(self._place, key, record, memory, given)
            if not isinstance(done, OrderView):
                texts = self.app.cards.texts("checkout", record.language)
                wrong = {"country" if done in ("country", "bulky_abroad") else "": texts[done]}
                return await asyncio.to_thread(self._page, key, record, memory, given, wrong)
            await self._tell(record, memory, done)
        return await asyncio.to_thread(self._page, key, record, memory, {}, {})

    async def _of_key(self, key: str) -> tuple[Conversation, Memory] | None:
        conversation_id = await asyncio.to_thread(self.app.commerce.shop.checkouts.conversation_of, key)
        try:
            record = await self.conversations.record(conversation_id or "")
        except UnknownConversation:
            return None
        return record, await self.conversations.memory(record.id)

    # of the cart

    def _cart(self, record: Conversation, memory: Memory) -> CartShown:
        shop, cards = self.app.commerce.shop, self.app.cards
        cart_id = cart_act.cart_id(memory, self.app.deps)
        shown = cards.cart(shop.carts.show(cart_id), record.language, self.app.knowledge.search.product)
        customer = self._customer(record)
        country = customer.address.country if customer and customer.address and customer.address.country else None
        total = shop.checkouts.sum(cart_id, country)
        sums = cards.sums(total, shop.delivery, record.language) if shown.lines else ()
        return shown.model_copy(update={"sums": sums, "coupon": total.coupon})

    def _item(self, product_id: str, variant_id: str, quantity: int, price: Decimal) -> Item:
        product = self.app.knowledge.search.product(product_id)
        variant = product.variant(variant_id) if product else None
        return Item((variant.ref if variant else "") or variant_id, variant_id, product_id, quantity, price)

    @staticmethod
    def _title(title: Mapping[str, str], language: str) -> str:
        return title.get(language) or title.get("en") or next(iter(title.values()), "")

    def _customer(self, record: Conversation) -> CustomerView | None:
        return self.app.commerce.shop.customers.get(record.customer_id) if record.customer_id else None

    # of the demo checkout

    def _page(
        self,
        key: str,
        record: Conversation,
        memory: Memory,
        given: Mapping[str, str],
        wrong: Mapping[str, str],
    ) -> CheckoutPage:
        shop, cards, language = self.app.commerce.shop, self.app.cards, record.language
        order = shop.checkouts.placed(key)
        if order is None and "coupon" in given:
            shop.checkouts.enter(cart_act.cart_id(memory, self.app.deps), given["coupon"])
        customer, terms = self._customer(record), shop.delivery
        values = self._values(given, customer, terms)
        cart_id = cart_act.cart_id(memory, self.app.deps)
        cart = shop.carts.show(cart_id)
        method = self._method(values.get("method", ""), values["country"], cart, terms)
        total = shop.checkouts.sum(cart_id, values["country"] or None, method)
        shown = cards.cart(cart, language, self.app.knowledge.search.product)
        return CheckoutPage(
            key=key,
            language=spoken(language),
            cart=shown.model_copy(update={"sums": cards.sums(total, terms, language), "coupon": total.coupon}),
            fields=tuple(
                CheckoutField(name, values[name], wrong.get(name, ""), name in REQUIRED)
                for name in (*REQUIRED[:3], OPTIONAL[0], *REQUIRED[3:5], OPTIONAL[1])
            ),
            countries=self._countries(terms, language),
            country=values["country"],
            country_wrong=wrong.get("country", ""),
            ways=self._ways(values["country"], cart, method, total, terms, language),
            payments=tuple((m.id, cards.method(m.label, language)) for m in customer.methods) if customer else (),
            payment=values.get("payment", ""),
            customer=customer.name if customer else "",
            expected=str(total.total),
            problem=wrong.get("", ""),
            duties=bool(terms and terms.duties_at_checkout and values["country"] != terms.home),
            placed=cards.order(order, language) if order else None,
        )

    def _values(
        self, given: Mapping[str, str], customer: CustomerView | None, terms: DeliveryTerms | None
    ) -> dict[str, str]:
        home = customer.address if customer and customer.address else AddressView("")
        known = {
            "name": customer.name if customer else "",
            "email": customer.email if customer else "",
            "address1": home.address1,
            "address2": home.address2,
            "city": home.city,
            "state": home.state,
            "postcode": home.postcode,
            "country": home.country or (terms.home if terms else ""),
        }
        return known | {name: " ".join(clean(str(value)).split())[:MAX_FIELD_CHARS] for name, value in given.items()}

    @staticmethod
    def _countries(terms: DeliveryTerms | None, language: str) -> tuple[tuple[str, str], ...]:
        names = Locale(spoken(language)).territories
        codes = terms.countries if terms else ()
        return tuple(sorted(((code, str(names.get(code, code))) for code in codes), key=lambda pair: pair[1]))

    def _method(self, asked_for: str, country: str, cart: CartView, terms: DeliveryTerms | None) -> MethodName | None:
        if terms is None:
            return None
        wanted = cast(MethodName, asked_for) if asked_for in get_args(MethodName) else None
        fits = fitting(terms, self._kinds(cart), country or terms.home, wanted)
        return None if fits in ("country", "bulky_abroad") else cast(MethodName, fits)

    def _kinds(self, cart: CartView) -> list[str]:
        products = (self.app.knowledge.search.product(line.product_id) for line in cart.lines)
        return [product.type for product in products if product]

    def _ways(
        self,
        country: str,
        cart: CartView,
        chosen: MethodName | None,
        total: CheckoutSum,
        terms: DeliveryTerms | None,
        language: str,
    ) -> tuple[CheckoutWay, ...]:
        """The ways of delivery that there are to this country, each with its price and when it would be there."""
        if terms is None or chosen is None:
            return ()
        texts = self.app.cards.texts("checkout", language)
        names: list[MethodName] = [chosen]
        if chosen in ("standard", "express"):
            names = [name for name in ("standard", "express") if name in terms.methods]
        now = self.app.commerce.shop.clock().astimezone(UTC)
        ways = []
        for name in names:
            method = terms.methods[name]
            free = total.delivery_free or (method.free_from is not None and total.goods >= method.free_from)
            first, last = (format_date(day, "medium", locale=spoken(language)) for day in arrival(terms, now, name))
            price = texts["free"] if free else money(method.price, total.currency, language)
            there = texts["arrives_on" if first == last else "arrives"].format(first=first, last=last)
            ways.append(CheckoutWay(name, texts[f"way_{name}"], price, there, name == chosen))
        return tuple(ways)

    def _wrong(self, given: Mapping[str, str], record: Conversation) -> dict[str, str]:
        """What is missing, by field. A customer's name and address of mail are those of the account."""
        texts = self.app.cards.texts("checkout", record.language)
        needed = [name for name in REQUIRED if not (record.customer_id and name in ("name", "email"))]
        wrong = {name: texts["missing"] for name in needed if not str(given.get(name, "")).strip()}
        if "email" in needed and "email" not in wrong:
            try:
                mail_address(given["email"].strip())
            except NoAddress:
                wrong["email"] = texts["bad_email"]
        terms = self.app.commerce.shop.delivery
        if terms is not None and "country" not in wrong and given["country"] not in terms.countries:
            wrong["country"] = texts["country"]
        return wrong

    def _place(self, key: str, record: Conversation, memory: Memory, given: Mapping[str, str]) -> OrderView | str:
        shop = self.app.commerce.shop
        customer, terms = self._customer(record), shop.delivery
        values = self._values(given, customer, terms)
        cart_id = cart_act.cart_id(memory, self.app.deps)
        where = AddressView(
            values["address1"],
            values["address2"],
            values["city"],
            values["state"],
            values["country"],
            values["postcode"],
        )
        try:
            expected = Decimal(values.get("expected", ""))
        except InvalidOperation:
            return "changed"
        buyer = Buyer(
            where, record.customer_id, name=values["name"], email=values["email"], language=spoken(record.language)
        )
        method = self._method(values.get("method", ""), values["country"], shop.carts.show(cart_id), terms)
        if "coupon" in given:  # one that was only just written in changes the sum, which is then shown first
            shop.checkouts.enter(cart_id, given["coupon"])
        bought = shop.carts.show(cart_id).lines
        done = shop.checkouts.place(
            key, cart_id, buyer, method=method, payment=values.get("payment") or None, expected=expected
        )
        if isinstance(done, OrderView):
            for line in bought:
                self.app.commerce.profiles.record(owner_of(record), line.product_id, "purchase")
                self.app.deps.online.outcome(record.id, record.customer_id, line.product_id, "purchase")
        return done

    async def _tell(self, record: Conversation, memory: Memory, order: OrderView) -> None:
        """The chat knows of the order from now on, a guest's as well: it was placed from this very conversation."""
        records, cards = self.app.commerce.records, self.app.cards
        if memory.customer_id is None and await asyncio.to_thread(
            records.conversations.sign_in, record.id, order.customer_id
        ):
            memory.customer_id = order.customer_id
        memory.orders = [order.id]
        await self.conversations.remember(record.id, memory)
        card = cards.order(order, record.language)
        text = cards.texts("checkout", record.language)["placed"].format(id=order.id, total=card.total_text)
        turn_id = f"order-{order.id}"
        done = TurnDone(
            conversation_id=record.id,
            turn_id=turn_id,
            intent="order_placed",
            confidence=1.0,
            language=record.language,
            wording="template",
            model_calls=0,
            prompt_tokens=0,
            steps_ms={},
            text=text,
        )
        said = (TextDelta(text=text), OrdersShown(orders=(card,)), done)
        await asyncio.to_thread(records.conversations.append, record.id, turn_id, Sender.ASSISTANT, said)
        records.changes.announce(cart_key(record.id))
