"""The facts of a turn as `check` asks for them: by product, order, cart and search. Built straight from the outcome,
never
from the plan's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from assistant.outcome import (
    AskSlot,
    Compared,
    DeliverySum,
    FaqAnswer,
    Found,
    Handed,
    OrderAnswer,
    OrdersReply,
    ProductAnswer,
    Recommended,
    TurnFacts,
)
from assistant.shop.actions import ActionDone, ActionRefused, Approval, CartReply
from assistant.shop.views import CartView, OrderView
from assistant.understanding.schema import Slots
from retrieval.models import Localised, Product, Variant
from retrieval.search.query import Hit
from retrieval.search.query import Outcome as SearchOutcome
from retrieval.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One product as shown this turn. ``price`` is that of the variant shown; ``varies``: other variants cost
    something else."""

    id: str
    title: Localised
    brand: str
    type: str
    price: Decimal
    currency: str
    varies: bool
    rating: float | None
    reviews: int
    stock: int
    in_stock: bool
    attributes: dict[str, str]
    colours: frozenset[str]
    sizes: frozenset[str]
    colours_in_stock: frozenset[str]
    sizes_in_stock: frozenset[str]
    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, hit: Hit) -> ProductFacts:
        product: Product = hit.product
        prices = {variant.price for variant in product.variants}

        def values(key: str, stocked: bool) -> frozenset[str]:
            return frozenset(
                variant.options[key]
                for variant in product.variants
                if key in variant.options and (variant.stock or not stocked)
            )

        return cls(
            id=product.id,
            title=product.title,
            brand=product.brand,
            type=product.type,
            price=hit.variant.price,
            currency=product.currency,
            varies=len(prices) > 1,
            rating=product.rating if product.review_count else None,
            reviews=product.review_count,
            stock=hit.variant.stock,
            in_stock=product.in_stock,
            attributes=product.attributes,
            colours=values("colour", False),
            sizes=values("size", False),
            colours_in_stock=values("colour", True),
            sizes_in_stock=values("size", True),
            variants=product.variants,
        )


@dataclass(slots=True)
class Evidence:
    """Everything a claim may rest on."""

    lexicon: Lexicon
    products: list[ProductFacts] = field(default_factory=list)
    orders: list[OrderView] = field(default_factory=list)
    cart: CartView | None = None
    search: Slots | None = None
    total: int | None = None
    exact: bool = False
    """The products found meet the whole search: nothing was loosened."""
    whole: bool = False
    """The products here are all there are: a search's total equals its hits, or the outcome was about just these."""
    links: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    quotable: list[str] = field(default_factory=list)

    def product(self, product_id: str) -> ProductFacts:
        return next(product for product in self.products if product.id == product_id)


def gather(facts: TurnFacts, lexicon: Lexicon) -> Evidence:
    evidence = Evidence(lexicon)
    for outcome in (facts.outcome, *facts.extra):
        match outcome:
            case Found(result=result, search=search):
                _products(result.hits, evidence)
                evidence.search, evidence.total = search, result.total
                evidence.exact = (
                    result.outcome is SearchOutcome.FOUND and not result.relaxed and not outcome.with_picture
                )
                evidence.whole = result.total == len(result.hits)
            case ProductAnswer(hits=hits) | Compared(hits=hits) | Recommended(hits=hits):
                _products(hits, evidence)
                evidence.whole = True
            case CartReply(cart=cart) | DeliverySum(cart=cart):
                evidence.cart = cart
            case OrdersReply(orders=orders) | AskSlot(orders=orders) | OrderAnswer(orders=orders):
                _orders(orders, evidence)
            case Approval(order=order) | ActionDone(order=order):
                _orders(() if order is None else (order,), evidence)
            case ActionRefused(order=refused) if refused is not None:
                _orders((refused,), evidence)
            case FaqAnswer(hits=faq):
                evidence.links.update(hit.entry.link for hit in faq[:1] if hit.entry.link)
            case Handed(ticket_id=ticket):
                evidence.ids.add(ticket)
            case _:
                pass
    return evidence


def _products(hits: Iterable[Hit], evidence: Evidence) -> None:
    known = {product.id for product in evidence.products}
    evidence.products += [ProductFacts.of(hit) for hit in hits if hit.product.id not in known]


def _orders(orders: Iterable[OrderView], evidence: Evidence) -> None:
    for order in orders:
        evidence.orders.append(order)
        evidence.ids.add(order.id)
        evidence.ids.update(fulfilment.tracking_id for fulfilment in order.fulfilments)


def days(moments: Iterable[datetime | None]) -> set[date]:
    return {moment.astimezone(UTC).date() for moment in moments if moment is not None}
