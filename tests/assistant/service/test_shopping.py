"""Putting goods into the cart: a version is chosen by the shopper, here or in what they said, and never for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.events import CartShown
from assistant.pages import ProductDetail, Refused
from assistant.service.product_pages import decided, product_link
from assistant.service.services import Services
from assistant.shop.tables import StockRow
from retrieval.models import Product, Variant


@pytest.fixture
async def services(own: Shopclerk) -> AsyncIterator[Services]:
    async with own.opened():
        yield Services.of(own, Access.from_settings(own.settings))


def shoe(shop: Shopclerk) -> Product:
    return next(p for p in shop.knowledge.search.catalogue.products if p.type == "running_shoes")


async def said(services: Services, *texts: str) -> str:
    chat = await services.shoppers.start(None, "en")
    for text in texts:
        async for _ in services.shoppers.turn(chat.id, text, None):
            pass
    return chat.id


async def test_a_size_is_asked_for_and_what_was_said_is_chosen_already(own: Shopclerk, services: Services) -> None:
    product = shoe(own)
    chat = await said(services)
    asked = await services.shopping.put(chat, product.id, {})
    assert isinstance(asked, ProductDetail)
    assert [choice.chosen for choice in asked.choices] == ["", ""]
    assert asked.variant_id == ""
    there = next(variant for variant in product.variants if variant.stock)
    colour, size = there.options["colour"], there.options["size"]
    chat = await said(services, f"{colour} running shoes")
    asked = await services.shopping.put(chat, product.id, {})
    assert isinstance(asked, ProductDetail)
    assert {c.key: c.chosen for c in asked.choices} == {"colour": colour, "size": ""}
    put = await services.shopping.put(chat, product.id, {"colour": colour, "size": size})
    assert isinstance(put, CartShown)
    assert put.lines[0].options["size"] == size
    chat = await said(services, f"{colour} running shoes in size {size}")
    assert isinstance(await services.shopping.put(chat, product.id, {}), CartShown), "nothing is open any more"


async def test_sizes_stand_in_their_order_and_sold_out_ones_say_so(own: Shopclerk, services: Services) -> None:
    product = shoe(own)
    gone = product.variants[0]
    with own.commerce.database.write() as session:
        session.execute(update(StockRow).where(StockRow.variant_id == gone.id).values(quantity=0))
    chat = await said(services)
    page = await services.shopping.product(chat, product.id, {"colour": gone.options["colour"]})
    sizes = next(choice for choice in page.choices if choice.key == "size")
    numbers = [int(value.value) for value in sizes.values]
    assert numbers == sorted(numbers)
    state = {value.value: value.state for value in sizes.values}
    assert state[gone.options["size"]] == "sold_out"
    colours = next(choice for choice in page.choices if choice.key == "colour")
    assert all(value.swatch.startswith("#") for value in colours.values)
    chosen = await services.shopping.product(chat, product.id, dict(gone.options))
    assert (chosen.variant_id, chosen.stock) == (gone.id, 0)
    with pytest.raises(Refused):
        await services.shopping.product(chat, "no-such-thing")


def test_what_leaves_no_choice_is_not_asked_for() -> None:
    def made(*options: dict[str, str]) -> Product:
        variants = tuple(Variant(id=str(at), options=each, price=1, stock=1) for at, each in enumerate(options))
        return Product(
            id="p", title={"en": "P"}, brand="", type="t", category=("t",), description={}, variants=variants
        )

    assert decided(made({}), {}) is not None
    assert decided(made({"colour": "red", "size": "S"}), {}) is not None
    two = made({"colour": "red", "size": "S"}, {"colour": "red", "size": "M"})
    assert decided(two, {}) is None
    assert (found := decided(two, {"size": "M", "colour": "mauve"})) is not None and found.id == "1"


def test_the_shops_own_page_by_pattern_or_by_the_feed(own: Shopclerk) -> None:
    product = shoe(own)
    variant = product.variants[0].model_copy(update={"ref": "4711"})
    assert product_link("", product) == ""
    assert product_link("", product.model_copy(update={"link": "https://shop.example/x"})) == "https://shop.example/x"
    made = product_link("https://shop.example/p/{handle}?variant={variant}", product, variant)
    assert made == f"https://shop.example/p/{product.id}?variant=4711"


def test_a_pattern_that_cannot_be_filled_is_refused(own: Shopclerk) -> None:
    from pydantic import ValidationError

    from assistant.settings import Settings

    for wrong in ("https://x.example/{colour}", "x.example/{handle}"):
        with pytest.raises(ValidationError):
            Settings(product_url=wrong)
