"""The shop's own checkout: sums by the shop's rules, and one order, whoever presses twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.bootstrap import Shopclerk
from assistant.shop.checkouts import Buyer
from assistant.shop.shop import Shop
from assistant.shop.views import AddressView, OrderView
from retrieval.models import Product, Variant

HOME = AddressView("1 Hill Road", city="Cedar Point", state="MA", country="US", postcode="02464")
GUEST = Buyer(HOME, name="Zoe Hill", email="zoe@example.com")


@pytest.fixture
def goods(own: Shopclerk) -> tuple[Product, Variant]:
    return next(
        (p, v)
        for p in own.knowledge.search.catalogue.products
        for v in p.variants
        if p.type == "mugs" and v.stock >= 5 and v.price < 40
    )


def filled(shop: Shop, goods: tuple[Product, Variant], quantity: int = 2, customer: str | None = None) -> str:
    cart = shop.carts.of_customer(customer) if customer else shop.carts.new_id()
    assert shop.carts.add(cart, goods[0].id, quantity, variant_id=goods[1].id).problem is None
    return cart


def key(shop: Shopclerk) -> str:
    return shop.commerce.shop.checkouts.open(shop.commerce.records.conversations.start("en").id)


def ordered(done: object) -> OrderView:
    assert isinstance(done, OrderView), done
    return done


def test_what_it_comes_to_is_by_the_shops_rules(own: Shopclerk, goods: tuple[Product, Variant]) -> None:
    shop = own.commerce.shop
    cart = filled(shop, goods, 1)
    assert shop.delivery is not None
    plain = shop.checkouts.sum(cart)
    assert (plain.goods, plain.shipping) == (goods[1].price, Decimal("4.90"))
    assert shop.checkouts.sum(cart, "DE").shipping == Decimal("19.90")
    assert shop.checkouts.sum(cart, "US", "express").shipping == Decimal("12.90")
    assert shop.checkouts.sum(cart, "XX").delivery == "country"
    shop.checkouts.enter(cart, "freeship")
    assert shop.checkouts.sum(cart).total == goods[1].price
    shop.checkouts.enter(cart, "summer24")
    gone = shop.checkouts.sum(cart)
    assert (gone.coupon, gone.coupon_problem, gone.discount) == ("SUMMER24", "expired", 0)
    shop.checkouts.enter(cart, "nonsense")
    assert shop.checkouts.sum(cart).coupon_problem == "unknown"
    shop.checkouts.enter(cart, "")
    assert shop.checkouts.sum(cart) == plain


def test_a_guest_places_one_order_however_often_it_is_sent(own: Shopclerk, goods: tuple[Product, Variant]) -> None:
    shop = own.commerce.shop
    cart = filled(shop, goods)
    before = shop.stock.of(goods[1].id)
    shop.checkouts.enter(cart, "WELCOME10")
    total = shop.checkouts.sum(cart).total
    found: list[object] = []
    page = key(own)
    at_once = [
        threading.Thread(target=lambda: found.append(shop.checkouts.place(page, cart, GUEST, expected=total)))
        for _ in range(4)
    ]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    orders = {ordered(each).id for each in found}
    assert len(orders) == 1
    order = ordered(shop.checkouts.placed(page))
    assert (order.total, order.status, order.ship_to) == (total, "pending", HOME)
    assert shop.stock.of(goods[1].id) == before - 2
    assert shop.carts.show(cart).lines == ()
    assert shop.checkouts.place(key(own), cart, GUEST) == "empty"
    with pytest.raises(KeyError):
        shop.checkouts.place("guessed", cart, GUEST)
    assert shop.checkouts.conversation_of("guessed") is None


def test_what_cannot_be_ordered_is_told_and_nothing_changes(own: Shopclerk, goods: tuple[Product, Variant]) -> None:
    shop = own.commerce.shop
    cart = filled(shop, goods)
    assert shop.checkouts.place(key(own), cart, GUEST, expected=Decimal("0.01")) == "changed"
    assert shop.checkouts.place(key(own), cart, replace(GUEST, address=replace(HOME, country="BR"))) == "country"
    shop.stock.set(goods[1].id, 1)
    assert shop.checkouts.place(key(own), cart, GUEST) == "out_of_stock"
    assert len(shop.carts.show(cart).lines) == 1
    assert shop.customers.guests_by_email(GUEST.email) == []


def test_a_customer_pays_with_a_method_of_their_own(own: Shopclerk, goods: tuple[Product, Variant]) -> None:
    shop = own.commerce.shop
    customer = next(c for c in shop.customers.list(50) if any(m.balance and m.balance > 60 for m in c.methods))
    card = next(method for method in customer.methods if method.balance)
    cart = filled(shop, goods, customer=customer.id)
    buyer = Buyer(HOME, customer.id)
    assert shop.checkouts.place(key(own), cart, buyer, payment="another") == "no_method"
    order = ordered(shop.checkouts.place(key(own), cart, buyer, payment=card.id))
    assert order.customer_id == customer.id
    after = shop.customers.get(customer.id)
    assert after is not None and card.balance is not None
    assert next(m.balance for m in after.methods if m.id == card.id) == card.balance - order.total
    assert shop.orders.of_customer(customer.id)[0].id == order.id


def test_a_guest_with_an_accounts_address_is_nobody_elses(own: Shopclerk, goods: tuple[Product, Variant]) -> None:
    """Ordering under somebody's e-mail address proves nothing of who one is."""
    shop = own.commerce.shop
    account = shop.customers.list(1)[0]
    order = ordered(shop.checkouts.place(key(own), filled(shop, goods), replace(GUEST, email=account.email)))
    assert order.customer_id != account.id
    assert shop.orders.get(order.id, account.id) is None
    found = shop.customers.by_email(account.email)
    assert found is not None and found.id == account.id
    (guest,) = shop.customers.guests_by_email(account.email.upper())
    assert (guest.id, guest.email) == (order.customer_id, account.email)
    assert shop.customers.guests_by_email("%") == []
