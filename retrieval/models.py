"""What is searched: products with variants, and FAQ entries. Plain values, no behaviour beyond look-ups of their own
fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from retrieval.addresses import followable

FILED = frozenset(("tags", "collections", "gtin", "mpn", "list_price"))
"""Attributes by which shops file their goods, and the former name of a version's list price: not told unasked."""

Localised = dict[str, str]
"""Text by language code, e.g. ``{"en": "Running shoes", "zh": "跑鞋"}``. No language need be there."""

GENERIC_TYPE = "product"
"""The type of a product whose feed says no category: a word that tells nothing apart."""


def in_language(text: Localised, language: str) -> str:
    """A text in this language, else in English, else in any; empty when there is none."""
    return text.get(language) or text.get("en") or next((other for other in text.values() if other), "")


class Value(BaseModel):
    """A frozen value that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Review(Value):
    author: str
    rating: int = Field(ge=1, le=5)
    text: Localised


class Variant(Value):
    """One buyable form of a product: what a cart line and an order line name.

    ``options`` holds what tells the variants of a product apart, e.g. ``{"colour": "red", "size": "42"}``.
    Colours are keys of the demo shop's lexicon (lower case English), sizes are free strings.
    """

    id: str = Field(examples=["trail-runner-2/red-42"])
    options: dict[str, str] = {}
    price: Decimal = Field(ge=0, allow_inf_nan=False)
    list_price: Decimal | None = Field(default=None, ge=0, allow_inf_nan=False, exclude_if=lambda price: price is None)
    """What it costs without the sale that it is in, in the product's currency."""
    sale_ends: date | None = Field(default=None, exclude_if=lambda day: day is None)
    """The sale's last day, where the feed says one."""
    stock: int = Field(ge=0)
    ref: str = Field(default="", exclude_if=lambda ref: not ref)
    """The number by which the store's own checkout knows it, where that is not its id."""

    def reduced_on(self, day: date | None) -> bool:
        """Whether it is in a sale that goes on on that day; ``None``: in any."""
        return self.list_price is not None and (day is None or self.sale_ends is None or day <= self.sale_ends)


class Product(Value):
    """A product. ``type`` is a leaf of the category tree, ``category`` the path from the root down to it.

    ``attributes`` are English keys and values as data (``{"material": "leather", "waterproof": "yes"}``);
    their words in other languages come from the lexicon. ``pictures`` maps a colour key to a picture path
    relative to the catalogue file; products without colour options use the key ``"default"``. ``more_pictures`` holds
    further pictures of a colour in the same way. ``brand`` is empty where the feed names none.
    """

    id: str = Field(examples=["trail-runner-2"])
    title: Localised
    brand: str
    type: str = Field(examples=["running_shoes"])
    category: tuple[str, ...] = Field(examples=[("clothing_and_shoes", "shoes", "running_shoes")])
    description: Localised
    attributes: dict[str, str] = {}
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    variants: tuple[Variant, ...] = Field(min_length=1)
    rating: float | None = Field(default=None, ge=1, le=5)
    review_count: int = Field(default=0, ge=0)
    reviews: tuple[Review, ...] = ()
    pictures: dict[str, str] = {}
    more_pictures: dict[str, tuple[str, ...]] = {}
    link: str = Field(default="", exclude_if=lambda link: not link)
    """The product's page in the shop, where the feed names it."""

    @field_validator("link")
    @classmethod
    def _leads_somewhere(cls, link: str) -> str:
        return followable(link)

    @field_validator("title")
    @classmethod
    def _titled(cls, title: Localised) -> Localised:
        if not any(text.strip() for text in title.values()):
            raise ValueError("is empty in every language")
        return title

    def name(self, language: str) -> str:
        """The title in this language, else in English, else in any that there is."""
        return in_language(self.title, language)

    def variant(self, variant_id: str) -> Variant | None:
        return next((variant for variant in self.variants if variant.id == variant_id), None)

    def has(self, key: str, value: str) -> bool:
        """Whether an attribute has this value, among others or alone; case does not count."""
        held = self.attributes.get(key, "").casefold()
        return bool(held) and value.casefold() in (held, *(part.strip() for part in held.split(",")))

    @property
    def told(self) -> dict[str, str]:
        """The attributes that customers are told unasked: without those by which shops file their goods."""
        return {key: value for key, value in self.attributes.items() if key not in FILED}

    @property
    def in_stock(self) -> bool:
        return any(variant.stock > 0 for variant in self.variants)

    @property
    def lowest_price(self) -> Decimal:
        return min(variant.price for variant in self.variants)


class FaqEntry(Value):
    """One question and its answer in one language. ``id`` is shared by the languages of the same entry."""

    id: str = Field(examples=["return-window"])
    language: str = Field(examples=["en", "zh"])
    topic: str = Field(examples=["returns"])
    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    also_asked: tuple[str, ...] = ()
    link: str | None = None

    @field_validator("link")
    @classmethod
    def _leads_somewhere(cls, link: str | None) -> str | None:
        return followable(link) or None
