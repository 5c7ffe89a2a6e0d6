"""What a format is: how its rows are recognised, which of them are one product, and what product they make."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.feeds.records import Record
from retrieval.feeds.values import Assumed
from retrieval.models import GENERIC_TYPE, Localised, Product, Review, Variant


class Format(ABC):
    """``product`` and ``check`` raise ``ValueError`` with a reason that names the field (``price: …``).

    One is made for each load: what it notes is of that load.
    """

    name: str
    grouped = False
    """Whether several rows make one product; then ``key`` says which."""
    aliased = False
    """Whether rows may name their product in several ways; then ``aliases`` says how."""
    common = 1
    """How far other systems name their fields alike; the least common is asked first whether a row is of it."""
    picture_folders: tuple[str, ...] = ()
    """Where pictures may lie below the feed's folder, besides in it."""
    shares_ids = False
    """Whether variants of different products may have one id; the later is then named by its product."""

    def __init__(self) -> None:
        self.noted: Counter[str] = Counter()
        """What is odd, as what follows a number: ``barcodes were cut off by a spreadsheet``."""

    @abstractmethod
    def recognises(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is of this format, by its fields' names and what is telling in their values."""

    def is_doubtful(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of this format may well be no product: then its file has to be named, not only found."""
        return False

    def parts(self, record: Record) -> Iterable[Record]:
        """The records in a record, where items are wrapped in others."""
        return (record,)

    def key(self, record: Record) -> str:
        return ""

    def aliases(self, record: Record) -> Iterable[tuple[str, str]]:
        """(another name, the product's key)."""
        return ()

    def check(self, row: Mapping[str, Any], assumed: Assumed) -> None:  # noqa: B027
        """Raises for a row that is bad by itself; the product's other rows are used without it. What it notes is not
        told: ``product`` reads the same values."""

    def misfits(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        """Which of the rows with one key are not of their product, and why. An empty reason: the row says once more
        what another says, and is no loss."""
        return {}

    def remarks(self) -> Iterable[str]:
        """What is odd about the whole, once it is read."""
        return [f"{number:,} {what}" for what, number in self.noted.items()]

    @abstractmethod
    def product(self, rows: Sequence[dict[str, Any]], assumed: Assumed) -> Product | None:
        """The product that the rows make; None when it is not for sale (a draft, an archived product)."""


Pictures = Mapping[str, Sequence[str]]
"""Paths and addresses by colour, the main picture first."""


def assemble(
    *,
    id: str,
    title: Localised,
    variants: Sequence[Variant],
    currency: str,
    brand: str = "",
    category: tuple[str, ...] = (),
    description: Localised | None = None,
    attributes: Mapping[str, str] | None = None,
    pictures: Pictures | None = None,
    rating: float | None = None,
    review_count: int = 0,
    reviews: Sequence[Review] = (),
    link: str = "",
) -> Product:
    """A product from a foreign feed. Its type is the leaf of its category, or one that says nothing."""
    if not title:
        raise ValueError("title: is empty")
    if not variants:
        raise ValueError("variants: none is for sale")
    kind = category[-1] if category else GENERIC_TYPE
    held = {colour: tuple(dict.fromkeys(filter(None, paths))) for colour, paths in (pictures or {}).items()}
    return Product(
        id=id,
        title=title,
        brand=brand,
        type=kind,
        category=category or (kind,),
        description=description or {},
        attributes=dict(attributes or {}),
        currency=currency,
        variants=tuple(variants),
        rating=rating if rating is not None and 1 <= rating <= 5 else None,
        review_count=max(0, review_count),
        reviews=tuple(reviews),
        pictures={colour: paths[0] for colour, paths in held.items() if paths},
        more_pictures={colour: paths[1:] for colour, paths in held.items() if len(paths) > 1},
        link=link.strip() if link.strip().lower().startswith(("https://", "http://")) else "",
    )


def one_currency(currencies: Iterable[str]) -> str:
    found = dict.fromkeys(currencies)
    if len(found) > 1:
        raise ValueError(f"currency: differs between the variants: {', '.join(found)}")
    return next(iter(found))


def distinct(variants: Sequence[Variant], product_id: str) -> list[Variant]:
    """Variants with ids of their own: one without, or with another's, is named by its options."""
    used: set[str] = set()
    kept: list[Variant] = []
    for variant in variants:
        name = variant.id
        if not name or name in used:
            name = "/".join([product_id, "-".join(variant.options.values()) or str(len(kept) + 1)])
        kept.append(variant.model_copy(update={"id": name}))
        used.add(name)
    return kept
