"""Spans, measures, counts and bare numbers, held against products, orders, cart and help pages."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.wording.claims.figures import DIGITS, alike, value
from assistant.wording.claims.goods import versions
from assistant.wording.claims.money import CART
from assistant.wording.claims.pages import page_with
from assistant.wording.claims.sentence import Sentence

_REVIEWS = re.compile(r"review|评价", re.IGNORECASE)
_STARS = re.compile(r"star|out of|分|星", re.IGNORECASE)


def span(text: str, s: Sentence) -> str:
    if (page := page_with(text, s)) and DIGITS.search(text):
        return page
    return measure(text, s) if DIGITS.search(text) else ""


def measure(text: str, s: Sentence) -> str:
    amount = value(text)
    if amount is None:
        return ""
    for product in s.products:
        told = " ".join([*product.attributes.values(), *product.description.values()])
        if _REVIEWS.search(text):
            if amount == product.review_count:
                return product.name(s.known.language)
            continue
        if _STARS.search(text) and product.rating is not None:
            if amount == Decimal(str(product.rating)):
                return product.name(s.known.language)
            continue
        if alike(str(amount), set(DIGITS.findall(told))) and text.split()[-1].strip(".,").lower()[:2] in told.lower():
            return product.name(s.known.language)
        if s.patterns["left"].search(s.bare) and amount in {variant.stock for variant in versions(product, s)}:
            return product.name(s.known.language)
        if amount in {Decimal(len({v.options.get(key) for v in product.variants})) for key in ("size", "colour")}:
            return product.name(s.known.language)
    for order in s.orders:
        counts = {*(line.quantity for line in order.lines), len(order.lines), len(order.fulfilments)}
        counts |= {sum(line.quantity for line in order.lines), sum(p.shipped_at is not None for p in order.fulfilments)}
        if amount in counts and not s.named:
            return order.id
    if s.known.cart is not None and amount in {s.known.cart.count, *(line.quantity for line in s.known.cart.lines)}:
        return CART.get(s.known.language, CART["en"])
    return page_with(text, s)


def number(text: str, s: Sentence) -> str:
    """A bare number: a size, a count, a rating, a year of the goods, or one of the nearest page's."""
    amount = value(text)
    for product in s.products:
        sizes = {option for variant in product.variants for option in variant.options.values()}
        told = {part for option in sizes for part in DIGITS.findall(option)}
        told |= {part for each in product.attributes.values() for part in DIGITS.findall(each)}
        if text in told:
            return product.name(s.known.language)
        if product.rating is not None and amount == Decimal(str(product.rating)):
            return product.name(s.known.language)
        if s.patterns["left"].search(s.bare) and amount in {variant.stock for variant in versions(product, s)}:
            return product.name(s.known.language)
    for order in s.orders:
        told = {part for line in order.lines for option in line.options.values() for part in DIGITS.findall(option)}
        told |= {str(line.quantity) for line in order.lines} | {str(len(order.fulfilments))}
        told |= {str(sum(parcel.shipped_at is not None for parcel in order.fulfilments))}
        told |= set(DIGITS.findall(order.address)) | {d for p in order.payments for d in DIGITS.findall(p.method)}
        if text in told:
            return order.id
    return page_with(text, s)
