"""The store that the settings name, and what customers hear of orders that it keeps: judged by what the store has in
the end, and by what is recorded here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded, HandedOff, OrdersShown
from assistant.settings import Settings
from assistant.shop.store_order import StoreFailed
from assistant.stores.shopify import Shopify
from assistant.stores.store import connected_store
from assistant.stores.sync import fetch_orders
from assistant.stores.woocommerce import WooCommerce
from tests.app import fresh
from tests.assistant.test_dialogue import Talk, talking
from tests.fake_store import (
    KEY,
    SECRET,
    TOKEN,
    FakeShopify,
    FakeStore,
    FakeWoo,
    Reply,
    served,
    shopify_order,
    woo_order,
)


def settings(**given: str) -> Settings:
    return Settings(**given)  # type: ignore[arg-type]


def test_the_store_is_told_by_its_address() -> None:
    assert connected_store(settings()) is None
    keys = {"store_key": KEY, "store_secret": SECRET}
    assert isinstance(connected_store(settings(store_url="kettles.example/", **keys)), WooCommerce)
    assert isinstance(connected_store(settings(store_url="https://scarves.myshopify.com", **keys)), Shopify)
    assert isinstance(connected_store(settings(store_url="https://scarves.example", store="shopify", **keys)), Shopify)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"store_url": "https://kettles.example", "store_key": KEY}, "SHOPCLERK_STORE_SECRET"),
        ({"store_url": "https://scarves.myshopify.com"}, "Admin API access token"),
        ({"store_url": "http://kettles.example", "store_key": KEY, "store_secret": SECRET}, "https://"),
    ],
)
def test_settings_that_do_not_fit_say_which(given: dict[str, str], told: str) -> None:
    with pytest.raises(StoreFailed, match=told):
        connected_store(settings(**given))


def test_keys_are_not_shown() -> None:
    shown = repr(settings(store_url="https://kettles.example", store_key=KEY, store_secret=SECRET))
    assert KEY not in shown and SECRET not in shown


Talking = Callable[[FakeStore], Iterator[Talk]]


@pytest.fixture
def connected(shop: Shopclerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talking:
    """A conversation with the customer of the store's orders, in a shop that is connected to it."""

    @contextmanager
    def connect(store: FakeStore) -> Iterator[Talk]:
        with served(store):
            woo = isinstance(store, FakeWoo)
            monkeypatch.setenv("SHOPCLERK_STORE", "woocommerce" if woo else "shopify")
            monkeypatch.setenv("SHOPCLERK_STORE_URL", store.url)
            monkeypatch.setenv("SHOPCLERK_STORE_KEY", KEY)
            monkeypatch.setenv("SHOPCLERK_STORE_SECRET", SECRET if woo else TOKEN)
            own = fresh(shop, tmp_path)
            there = connected_store(own.settings)
            assert there is not None
            fetch_orders(own.commerce.database, there)
            customer = own.commerce.shop.customers.by_email("ida@example.org")
            assert customer is not None
            with talking(own, customer.id) as talk:
                yield talk

    return connect  # type: ignore[return-value]


def recent(order: dict[str, object]) -> dict[str, object]:
    """Changed in a time that the first reading reaches."""
    return {**order, "date_modified_gmt": "2126-05-18T10:00:00", "updatedAt": "2126-05-18T10:00:00Z"}


def test_a_cancellation_is_asked_then_done_in_the_store(connected: Talking) -> None:
    fake = FakeWoo(orders=[recent(woo_order(72, "pending"))])
    with connected(fake) as talk:
        talk.say("I want to cancel my order")
        assert talk.one(ApprovalNeeded) and fake.orders[0]["status"] == "pending"
        assert "cancelled" in talk.say("yes, please").text
    assert fake.orders[0]["status"] == "cancelled"


def test_a_cancellation_that_is_declined_is_not_sent(connected: Talking) -> None:
    fake = FakeWoo(orders=[recent(woo_order(72, "pending"))])
    with connected(fake) as talk:
        talk.say("I want to cancel my order")
        talk.say("no, leave it")
    assert fake.orders[0]["status"] == "pending" and not [call for call in fake.calls if call.startswith("PUT")]


def test_a_store_that_fails_hands_over_to_a_colleague(connected: Talking) -> None:
    fake = FakeWoo(orders=[recent(woo_order(72, "pending"))])
    with connected(fake) as talk:
        talk.say("I want to cancel my order")
        fake.wrong = [("PUT", Reply(500))]
        said = talk.say("yes, please").text
        assert talk.one(HandedOff) and "did not confirm" in said and "has been cancelled" not in said
        order = talk.shop.commerce.shop.orders.for_staff("72")
        assert order is not None and order.status == "pending"
    assert fake.orders[0]["status"] == "pending"


def test_what_the_store_does_not_allow_goes_to_a_colleague(connected: Talking) -> None:
    fake = FakeWoo(orders=[recent(woo_order(72, "processing"))])
    with connected(fake) as talk:
        said = talk.say("I want to cancel my order").text
        assert talk.one(HandedOff) and not talk.all(ApprovalNeeded)
        assert "leaves that to a colleague" in said


def test_an_address_is_changed_after_the_yes(connected: Talking) -> None:
    fake = FakeShopify(orders=[recent(shopify_order(1001))])
    with connected(fake) as talk:
        talk.say("please send my order to another address: 9 Fell Road, Alston CA9 3QS")
        assert talk.one(ApprovalNeeded)
        talk.say("yes")
        order = talk.shop.commerce.shop.orders.for_staff("1001")
        assert order is not None and order.address == "9 Fell Road, Alston, CA9 3QS, GB"
    assert fake.orders[0]["shippingAddress"]["zip"] == "CA9 3QS"


@pytest.mark.parametrize(
    ("state", "told", "never"),
    [
        ("on-hold", "“On hold”", "packed"),
        ("completed", "“Completed”", "delivered"),
        ("awaiting-pickup", "“awaiting-pickup”", "delivered"),
    ],
)
def test_a_state_is_said_in_the_stores_words(connected: Talking, state: str, told: str, never: str) -> None:
    fake = FakeWoo(orders=[recent(woo_order(72, state))])
    with connected(fake) as talk:
        said = talk.say("where is my order?").text
        assert told in said and never not in said, said
        assert [card.id for card in talk.one(OrdersShown).orders] == ["72"]


def test_the_store_is_asked_anew_while_the_customer_talks(connected: Talking) -> None:
    fake = FakeWoo(orders=[recent(woo_order(72, "processing"))])
    with connected(fake) as talk:
        fake.orders[0] |= {"status": "completed", "date_modified_gmt": "2126-05-19T10:00:00"}
        assert "“Completed”" in talk.say("where is my order?").text
