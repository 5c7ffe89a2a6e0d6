"""Amounts of money, held against products, orders and cart."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

from assistant.wording.claims.figures import value
from assistant.wording.claims.pages import page_with
from assistant.wording.claims.sentence import Sentence

_CENT = Decimal("0.01")
CART = {"en": "cart", "zh": "购物车", "de": "Warenkorb"}


def money(text: str, s: Sentence) -> str:
    amount = value(text)
    if amount is None or not _own_currency(text, s):
        return page_with(text, s)
    if s.named:
        for product in s.named:
            if amount in {variant.price for variant in product.variants}:
                return product.name(s.known.language)
        prices = [{variant.price for variant in product.variants} for product in s.named]
        joint = s.patterns["together"].search(s.bare) or s.patterns["cheaper"].search(s.bare)
        if len(prices) > 1 and joint and amount in _sums(prices):
            return ", ".join(product.name(s.known.language) for product in s.named)
    for order in s.orders:
        known = {order.total, *(line.unit_price for line in order.lines), *s.known.amounts.get(order.id, ())}
        known |= {line.unit_price * line.quantity for line in order.lines}
        known |= {payment.amount for payment in order.payments}
        items = sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))
        known |= {items, abs(order.total - items)}
        if amount in known and (s.codes or not s.named):
            return order.id
    cart = s.known.cart
    of_cart = cart is not None and (s.patterns["together"].search(s.bare) or not s.named)
    if cart is not None and of_cart and amount in {cart.total, *(line.total for line in cart.lines)}:
        return CART.get(s.known.language, CART["en"])
    if not s.named and not s.codes:
        for product in s.products:
            if amount in {variant.price for variant in product.variants}:
                return product.name(s.known.language)
    return page_with(text, s)


def _own_currency(text: str, s: Sentence) -> bool:
    currencies = {product.currency for product in s.products} | {order.currency for order in s.orders} or {"USD"}
    signs = {"€": "EUR", "£": "GBP", "¥": "CNY", "$": "USD", "euro": "EUR", "pound": "GBP", "gbp": "GBP", "eur": "EUR",
             "欧元": "EUR", "英镑": "GBP", "人民币": "CNY"}  # fmt: skip
    meant = {code for sign, code in signs.items() if sign in text.lower()}
    return not meant or bool(meant & currencies)


def _sums(prices: list[set[Decimal]]) -> set[Decimal]:
    """What one of each comes to, and how far two are apart."""
    totals = {Decimal(0)}
    for each in prices:
        totals = {total + price for total in totals for price in each}
    gaps = {abs(one - two) for first, second in combinations(prices, 2) for one in first for two in second}
    return {amount.quantize(_CENT) for amount in totals | gaps}
