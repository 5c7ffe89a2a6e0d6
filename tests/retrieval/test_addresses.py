"""Addresses that lead somewhere else than they look reach no page, from whatever feed they come."""

from __future__ import annotations

from decimal import Decimal

import pytest

from retrieval.addresses import followable
from retrieval.feeds.answers import good_link
from retrieval.models import FaqEntry, Product, Variant

BAD = [
    "javascript:alert(1)", " JavaScript:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x",
    "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "https://shop.example\\@evil.example",
    "\x01javascript:alert(1)", "", "evil.example", "ftp://evil.example",
]  # fmt: skip
GOOD = [
    "/help/returns#how",
    "https://shop.example/men's boots?a=1",
    "HTTP://shop.example",
    "mailto:a@b.example",
]


@pytest.mark.parametrize("address", BAD)
def test_what_leads_elsewhere_is_dropped(address: str) -> None:
    assert followable(address) == "" and good_link(address) != address
    assert FaqEntry(id="a", language="en", topic="t", question="q", answer="a", link=address).link is None
    variant = Variant(id="v", price=Decimal(1), stock=1)
    words = {"en": "a"}
    product = Product(
        id="a", title=words, description=words, brand="b", category=("a",), type="a", variants=(variant,), link=address
    )
    assert product.link == ""


@pytest.mark.parametrize("address", GOOD)
def test_what_can_be_followed_stays(address: str) -> None:
    assert followable(address) == address
