"""What shoppers wait for: kept once, seen by them alone, told once when it comes true, forgotten with them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import update

from assistant.bootstrap import Shopclerk
from assistant.pages import Refused
from assistant.profile.owner import Owner
from assistant.profile.wishes import MAX_WISHES
from assistant.service.open_conversations import OpenConversations
from assistant.service.wishes import WishService
from assistant.shop.tables import StockRow
from retrieval.models import Product, Variant


def sized(shop: Shopclerk) -> tuple[Product, Variant]:
    product = next(p for p in shop.knowledge.search.catalogue.products if any("size" in v.options for v in p.variants))
    return product, product.variants[0]


def stock(shop: Shopclerk, product: Product, quantity: int) -> None:
    with shop.commerce.database.write() as session:
        session.execute(update(StockRow).where(StockRow.product_id == product.id).values(quantity=quantity))


def conversation(shop: Shopclerk, customer: str | None = None) -> str:
    return shop.commerce.records.conversations.start("en", customer).id


def test_the_same_wish_is_kept_once_and_seen_by_its_owner_alone(own: Shopclerk) -> None:
    product, variant = sized(own)
    mine, others = Owner(None, conversation(own)), Owner(None, conversation(own))
    wishes = own.commerce.wishes
    first = wishes.add(mine, "back_in_stock", product.id, variant.id)
    again = wishes.add(mine, "back_in_stock", product.id, variant.id, email="a@example.com")
    assert first is not None and again is not None
    assert first.id == again.id
    assert [wish.email for wish in wishes.of(mine)] == ["a@example.com"]
    assert wishes.of(others) == []
    assert not wishes.remove(others, first.id)
    assert wishes.remove(mine, first.id)
    assert wishes.of(mine) == []
    assert wishes.add(mine, "back_in_stock", "no-such-thing") is None
    assert wishes.add(mine, "back_in_stock", product.id, "another/variant") is None


def test_the_oldest_goes_past_the_most(own: Shopclerk) -> None:
    products = own.knowledge.search.catalogue.products
    mine = Owner(None, conversation(own))
    for at in range(MAX_WISHES + 3):
        own.commerce.wishes.add(mine, "price_drop", products[at].id)
    kept = own.commerce.wishes.of(mine)
    assert len(kept) == MAX_WISHES
    assert products[0].id not in {wish.product_id for wish in kept}


class Letters:
    can_mail = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | None, str]] = []

    def wish_came_true(
        self,
        key: str,
        email: str | None,
        language: str,
        *,
        title: str,
        text: str,
        path: str = "/chat/",
        conversation_id: str | None = None,
    ) -> int:
        self.sent.append((key, email, f"{title}|{text}|{path}"))
        return 1


async def test_a_wish_that_comes_true_is_told_once_in_the_chat_and_by_mail(own: Shopclerk) -> None:
    product, variant = sized(own)
    letters = Letters()
    service = WishService(own, OpenConversations(own), letters)
    chat = conversation(own)
    stock(own, product, 0)
    told = await service.add(chat, "back_in_stock", product.id, variant.id, "zoe@example.com")
    assert "zoe@example.com" in told
    with pytest.raises(Refused):
        await service.add(chat, "back_in_stock", product.id, variant.id, "not an address")
    assert service.tell() == 0
    stock(own, product, 3)
    assert service.tell() == 1
    assert service.tell() == 0
    said = [m.event for m in own.commerce.records.conversations.messages_since(chat)]
    assert [event.type for event in said if event] == ["text_delta", "products_shown", "turn_done"]
    assert product.name("en") in getattr(said[0], "text", "")
    (key, email, letter) = letters.sent[0]
    assert email == "zoe@example.com" and product.name("en") in letter and f"#product={product.id}" in letter
    shown = await service.list(chat)
    assert [wish.met for wish in shown] == [True] and key == shown[0].id


async def test_a_price_that_drops_is_told_with_both_prices(own: Shopclerk, monkeypatch: pytest.MonkeyPatch) -> None:
    product, _ = sized(own)
    service = WishService(own, OpenConversations(own))
    chat = conversation(own)
    await service.add(chat, "price_drop", product.id)
    stock(own, product, 4)
    assert service.tell() == 0
    price = min(v.price for v in product.variants)
    cheaper = product.model_copy(
        update={"variants": tuple(v.model_copy(update={"price": price - Decimal(5)}) for v in product.variants)}
    )
    for holder in (own.commerce.wishes, own.knowledge.search):
        name = "_product" if hasattr(holder, "_product") else "product"
        monkeypatch.setattr(holder, name, lambda id_: cheaper if id_ == product.id else None)
    assert service.tell() == 1
    said = own.commerce.records.conversations.messages_since(chat)
    text = getattr(said[0].event, "text", "")
    assert f"${price - 5:.2f}" in text and f"${price:.2f}" in text


def test_who_is_forgotten_waits_for_nothing_and_an_export_shows_it(own: Shopclerk) -> None:
    product, _ = sized(own)
    customer = own.commerce.shop.customers.list(1)[0].id
    mine = Owner(customer, conversation(own, customer))
    own.commerce.wishes.add(mine, "price_drop", product.id, email="me@example.com")
    exported = own.commerce.profiles.export(mine)
    assert exported["wishes"][0]["email"] == "me@example.com"
    assert own.commerce.profiles.forget(mine).erased["wishes"] == 1
    assert own.commerce.wishes.of(mine) == []
