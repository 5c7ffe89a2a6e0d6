"""Sizes in other countries' systems."""

from __future__ import annotations

from decimal import Decimal

import pytest

from retrieval.models import Product, Variant
from retrieval.text.sizes import SizeKind, corresponds, is_told, own_size, size_kind


@pytest.mark.parametrize(
    ("option", "wanted", "kind", "same"),
    [
        ("42", "UK 8", "shoes", True),
        ("41", "UK 8", "shoes", False),
        ("42", "US 9", "shoes", True),
        ("41", "US 9 women's", "shoes", True),
        ("42", "US 9 women's", "shoes", False),
        ("UK 8", "42", "shoes", True),
        ("US 9", "UK 8", "shoes", True),
        ("EU 42 / UK 8", "UK 8", "shoes", True),
        ("UK 8", "8", "shoes", True),
        ("8", "UK 8", "shoes", False),
        ("54", "US 7", "rings", True),
        ("52", "US 7", "rings", False),
        ("54", "N", "rings", True),
        ("54 (17.2 mm)", "17.2 mm", "rings", True),
        ("US 7", "54", "rings", True),
        ("38", "UK 10", "women", True),
        ("40", "US 8", "women", True),
        ("50", "UK 40", "men", True),
        ("42", "UK 8", None, False),
    ],
)
def test_sizes_of_other_systems(option: str, wanted: str, kind: SizeKind | None, same: bool) -> None:
    assert corresponds(option, wanted, kind) is same


@pytest.mark.parametrize(
    ("words", "audience", "kind"),
    [
        ("hiking boots", "", "shoes"),
        ("engagement rings", "", "rings"),
        ("earrings", "", None),
        ("key rings", "", None),
        ("summer dress", "", "women"),
        ("rain jacket", "women", "women"),
        ("rain jacket", "men", "men"),
        ("rain jacket", "", None),
        ("gloves", "women", None),
    ],
)
def test_what_a_size_is_of(words: str, audience: str, kind: SizeKind | None) -> None:
    assert size_kind(words, audience) == kind


def product(title: str, *sizes: str) -> Product:
    variants = tuple(Variant(id=size, options={"size": size}, price=Decimal(1), stock=1) for size in sizes)
    return Product(
        id="x", title={"en": title}, brand="", type="product", category=("product",), description={}, variants=variants
    )


def test_a_product_calls_a_size_its_own_way() -> None:
    assert own_size(product("Dock Boot", "40", "42"), "UK 8") == "42"
    assert own_size(product("Dock Boot", "40", "44"), "UK 8") == "UK 8"
    assert own_size(product("Dock Boot", "UK 7", "UK 8"), "42") == "UK 8"
    assert own_size(product("Gloves", "7", "8"), "UK 8") == "UK 8"


def test_what_cannot_be_told_is_known() -> None:
    assert is_told(product("Dock Boot", "40", "44"), "UK 8")
    assert not is_told(product("Dock Boot", "7", "8"), "EU 42".replace("EU ", "UK "))
    assert not is_told(product("Gloves", "7", "8"), "UK 8")
    assert is_told(product("Gloves", "7", "8"), "8")
