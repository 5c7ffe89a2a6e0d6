"""A search request and its answer: what is asked, what must hold, what was found, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from PIL.Image import Image

from retrieval.models import FaqEntry, Product, Variant
from retrieval.text.measures import Measure


@dataclass(frozen=True, slots=True)
class Filters:
    """Hard conditions, applied before ranking. Empty fields ask nothing.

    A product passes when **one** of its variants meets price, colour, size and stock together and the product meets the
    rest. ``types``, ``categories``, ``brands``, ``colours``, ``sizes``: any of them; a category is a node of the
    catalogue's tree, with all that lies under it. ``attributes``: (key, value) of ``Product.attributes`` or of a
    variant option; every key, and of several values of one key any. ``measures``: all of them. ``exclude`` lists
    (key, value) that must *not* hold, with key one of brand, type, category, colour, or an attribute key; ``without``
    ids of products that are not to be found. Prices are in the catalogue's currency.
    """

    types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rating_min: float | None = None
    in_stock: bool = True
    attributes: tuple[tuple[str, str], ...] = ()
    measures: tuple[Measure, ...] = ()
    exclude: tuple[tuple[str, str], ...] = ()
    without: frozenset[str] = frozenset()


class Order(StrEnum):
    """How the found products are put in order."""

    RELEVANCE = "relevance"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    BEST_RATED = "best_rated"


@dataclass(frozen=True, slots=True)
class Query:
    """Words, a picture, or both, with filters. ``language`` is that of the words."""

    text: str = ""
    image: Image | None = None
    filters: Filters = field(default_factory=Filters)
    order: Order = Order.RELEVANCE
    language: str = "en"
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A found product with the variant that met the filters best (cheapest in stock among them).

    ``score`` is only comparable within one result. ``reasons`` are (code, value) pairs that code can render in any
    language, e.g. ``("colour", "red")``, ``("price_max", "80")``, ``("attribute:waterproof", "yes")``,
    ``("looks_like_picture", "")``, ``("bought_brand", "Fernway")``. ``parts`` are the score's contributions by name.
    """

    product: Product
    variant: Variant
    score: float
    reasons: tuple[tuple[str, str], ...] = ()
    dearer_too: bool = False
    """Whether other versions that meet the filters cost more than ``variant``: its price is one to start from."""
    parts: dict[str, float] = field(default_factory=dict)
    sponsored: str | None = None
    """The campaign that pays for this place; shown as "Sponsored"."""
    propensity: float = 1.0
    """How likely the ranking policy was to put this product at this place: 1 where nothing was drawn by lot. What
    counterfactual estimates divide by."""


class Outcome(StrEnum):
    FOUND = "found"
    RELAXED = "relaxed"
    """Nothing met every filter; ``SearchResult.relaxed`` says which were loosened to find these."""
    NOTHING_MATCHES = "nothing_matches"
    """The shop carries such products, but none under these filters, even loosened."""
    NOT_CARRIED = "not_carried"
    """The shop does not carry what was asked for."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """``total`` counts every product that met the filters and the words, not only the ``hits`` returned."""

    hits: tuple[Hit, ...]
    outcome: Outcome
    total: int
    relaxed: tuple[str, ...] = ()
    """Names of loosened fields of ``Filters``, e.g. ``("colours", "price_max")``."""


@dataclass(frozen=True, slots=True)
class FaqHit:
    """``confidence`` is a calibrated probability (0–1) that this entry answers the question. ``lacks``: the countries,
    ways to pay and the like that the question names and the entry does not, as the question calls them."""

    entry: FaqEntry
    confidence: float
    lacks: tuple[str, ...] = ()
