"""Facts as cards: products, carts, orders and comparison tables, rendered from the shop's data in the customer's
language."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from assistant.events import (
    CartLine,
    CartShown,
    CartSum,
    ComparisonShown,
    FaqCited,
    FaqPassage,
    NeedShown,
    NeedSort,
    NeedWish,
    OrderCard,
    OrdersShown,
    ProductCard,
    Reason,
)
from assistant.languages import FALLBACK, added, spoken
from assistant.shop.checkouts import CheckoutSum
from assistant.shop.delivery import DeliveryQuote, DeliveryTerms
from assistant.shop.views import CartView, OrderLineView, OrderStatus, OrderView, SwapView, TransferView
from assistant.wording.phrase import measure_phrase
from assistant.wording.speech import Speech, option_values
from retrieval.models import Product, Variant, in_language
from retrieval.search.query import FaqHit, Hit
from retrieval.text.lexicon import Lexicon
from retrieval.text.measures import Measure

TEXTS = Path(__file__).resolve().parents[2] / "prompts" / "cards"
LOW_STOCK = 5
"""Stock up to which a card says how many are left."""

PictureUrl = Callable[[Product, str], str]
"""The address of a product's picture in a colour (empty colour: its main one)."""


@cache
def card_texts(language: str) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for code in (FALLBACK, spoken(language)):
        for section, entries in _read(code).items():
            texts[section] = texts.get(section, {}) | entries
    return texts


def _meant_options(hit: Hit) -> dict[str, str]:
    """Of the version that was found: its colour, which is pictured, what all versions have, and what was wished for. A
    size that nobody asked for is not told, unless that version is gone."""
    variant = hit.variant
    if variant.stock == 0:
        return variant.options
    asked = {code.rpartition(":")[2] for code, _ in hit.reasons} | {"colour"}
    if any(code == "in_your_size" for code, _ in hit.reasons):
        asked.add("size")
    every = hit.product.variants
    return {
        key: value
        for key, value in variant.options.items()
        if key in asked or len({other.options.get(key) for other in every}) == 1
    }


def _read(language: str) -> dict[str, dict[str, str]]:
    path = TEXTS / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else added(language, "cards")


def money(amount: Decimal, currency: str, language: str) -> str:
    return format_currency(amount, currency, locale=spoken(language))


def localised(text: dict[str, str], language: str) -> str:
    return in_language(text, language)


class Cards:
    """Renders cards. ``picture_url`` says where pictures are served."""

    def __init__(self, lexicon: Lexicon, picture_url: PictureUrl, title_of: Callable[[str, str], str | None]) -> None:
        """``title_of`` gives a product's title by id and language."""
        self._lexicon = lexicon
        self._picture_url = picture_url
        self._title_of = title_of

    @staticmethod
    def texts(section: str, language: str) -> dict[str, str]:
        return card_texts(language)[section]

    @staticmethod
    def degraded(reason: str, language: str) -> str:
        return card_texts(language)["degraded"][reason]

    def option(self, key: str, value: str, language: str) -> str:
        return self._lexicon.name("colour", value, language) if key == "colour" else value

    def reason(self, code: str, value: str, hit: Hit, language: str) -> Reason | None:
        """A reason in words; None where the texts do not know the code."""
        texts = card_texts(language)["reason"]
        kind, _, key = code.partition(":")
        template = texts.get(kind)
        if template is None:
            return None
        match kind:
            case "attribute" | "excluded":
                if key == "colour":
                    value = self._lexicon.name("colour", value, language)
                elif key not in ("brand",):
                    value = self._lexicon.name("attribute", f"{key}={value}" if key else value, language)
            case "colour":
                value = self._lexicon.name("colour", value, language)
            case "type" | "viewed_type" | "bought_type":
                value = self._lexicon.name("type", value, language)
            case "price_min" | "price_max":
                value = money(Decimal(value), hit.product.currency, language)
            case "wished":
                whole = value if key in ("brand", "colour", "size") else f"{key}={value}"
                value = self._lexicon.name("colour" if key == "colour" else "attribute", whole, language)
            case "often_bought_with" | "because_bought":
                value = self._title_of(value, language) or ""
        if "{value}" in template and not value:
            return None
        return Reason(code=code, text=template.format(value=value))

    def stock(self, variant: Variant, language: str) -> str:
        texts = card_texts(language)["stock"]
        if variant.stock == 0:
            return texts["none"]
        return texts["few" if variant.stock <= LOW_STOCK else "some"].format(value=variant.stock)

    def product(self, hit: Hit, position: int, language: str) -> ProductCard:
        product, variant = hit.product, hit.variant
        reasons = (self.reason(code, value, hit, language) for code, value in hit.reasons)
        options = _meant_options(hit)
        return ProductCard(
            id=product.id,
            variant_id=variant.id,
            position=position,
            title=localised(product.title, language),
            brand=product.brand,
            price=variant.price,
            currency=product.currency,
            price_text=self._price(hit, language),
            stock=variant.stock,
            # How few there are of a version that is not told says nothing.
            stock_text=self.stock(variant, language) if options == variant.options else self._there(language),
            rating=product.rating,
            review_count=product.review_count,
            picture_url=self._picture_url(product, variant.options.get("colour", "")),
            options={key: self.option(key, value, language) for key, value in options.items()},
            reasons=tuple(reason for reason in reasons if reason is not None),
            sponsored=hit.sponsored is not None,
        )

    @staticmethod
    def _there(language: str) -> str:
        return card_texts(language)["stock"]["some"]

    @staticmethod
    def _price(hit: Hit, language: str) -> str:
        price = money(hit.variant.price, hit.product.currency, language)
        return card_texts(language)["price"]["from"].format(value=price) if hit.dearer_too else price

    def wish(self, kind: str, value: object, currency: str, language: str) -> str:
        """One wish of a need as a chip says it."""
        texts, name = card_texts(language)["need"], self._lexicon.name
        match kind:
            case "type" | "colour":
                return name("type" if kind == "type" else "colour", str(value), language)
            case "attribute":
                return name("attribute", str(value).removesuffix("=yes"), language)
            case "exclude":
                key, _, own = str(value).partition("=")
                said = name("attribute", f"{key}={own}", language)
                if key in ("type", "colour", "brand"):
                    said = own if key == "brand" else name("type" if key == "type" else "colour", own, language)
                return texts["exclude"].format(value=said)
            case "price_min" | "price_max" | "budget":
                return texts[kind].format(value=money(Decimal(str(value)), currency, language))
            case "rating_min":
                return texts[kind].format(value=format_decimal(Decimal(str(value)), locale=spoken(language)))
            case "measure" if isinstance(value, Measure):
                return measure_phrase(value, Speech(language, self._lexicon)).removeprefix("of ")
            case "size":
                return texts["size"].format(value=value)
        return str(value)

    def need(
        self,
        wishes: Iterable[tuple[str, str, object]],
        sort: str | None,
        currency: str,
        language: str,
        changed: str = "",
    ) -> NeedShown:
        """``wishes`` as (key, kind, value), ``sort`` the order there is; ``None``: what fits best comes first."""
        texts = card_texts(language)["need"]
        told = [(key, self.wish(kind, value, currency, language)) for key, kind, value in wishes]
        sorts = ("best_match", "cheapest", "dearest", "best_rated")
        return NeedShown(
            wishes=tuple(NeedWish(key=key, text=text, say=texts["removed"].format(wish=text)) for key, text in told),
            sorts=tuple(
                NeedSort(
                    key=key,
                    text=texts[key],
                    say=texts["sorted"].format(order=texts[key]),
                    chosen=key == (sort or "best_match"),
                )
                for key in sorts
            ),
            changed=changed,
        )

    def comparison(self, hits: Sequence[Hit], language: str) -> ComparisonShown:
        """One row for each fact that at least one of the products has; attributes all share come last."""
        names = card_texts(language)["comparison"]
        cards = tuple(self.product(hit, position, language) for position, hit in enumerate(hits, 1))
        rows = [
            (names["price"], tuple(card.price_text for card in cards)),
            (names["rating"], tuple(f"{c.rating:.1f} ({c.review_count})" if c.rating else "—" for c in cards)),
            (names["stock"], tuple(card.stock_text for card in cards)),
            (names["brand"], tuple(card.brand for card in cards)),
        ]
        for option, name in (("colour", names["colours"]), ("size", names["sizes"])):
            cells = tuple(self._options(hit.product, option, language) for hit in hits)
            if any(cells):
                rows.append((name, tuple(cell or "—" for cell in cells)))
        differing: list[tuple[str, tuple[str, ...]]] = []
        same: list[tuple[str, tuple[str, ...]]] = []
        for key in dict.fromkeys(key for hit in hits for key in hit.product.told):
            cells = tuple(self._attribute(hit.product, key, language) for hit in hits)
            row = (self._lexicon.name("attribute", key, language), cells)
            (same if len(set(cells)) == 1 else differing).append(row)
        return ComparisonShown(cards=cards, rows=tuple([*rows, *differing, *same]))

    def _attribute(self, product: Product, key: str, language: str) -> str:
        value = product.attributes.get(key)
        if value is None:
            return "—"
        if value in ("yes", "no"):
            return card_texts(language)["comparison"][value]
        return Speech(language, self._lexicon).value(key, value)

    def _options(self, product: Product, key: str, language: str) -> str:
        values = option_values(product, key, in_stock=True)
        return ", ".join(self.option(key, value, language) for value in values)

    def cart(self, cart: CartView, language: str, product: Callable[[str], Product | None]) -> CartShown:
        def picture(product_id: str, colour: str) -> str:
            found = product(product_id)
            return self._picture_url(found, colour) if found else ""

        lines = tuple(
            CartLine(
                product_id=line.product_id,
                variant_id=line.variant_id,
                title=localised(line.title, language),
                options={key: self.option(key, value, language) for key, value in line.options.items()},
                quantity=line.quantity,
                unit_price=line.unit_price,
                line_total=line.total,
                price_text=money(line.unit_price, cart.currency, language),
                total_text=money(line.total, cart.currency, language),
                picture_url=picture(line.product_id, line.options.get("colour", "")),
            )
            for line in cart.lines
        )
        return CartShown(
            lines=lines, total=cart.total, currency=cart.currency, total_text=money(cart.total, cart.currency, language)
        )

    @staticmethod
    def sums(total: CheckoutSum, terms: DeliveryTerms | None, language: str) -> tuple[CartSum, ...]:
        """What a cart comes to, row by row, by the shop's rules: what they leave open is said to be so."""
        texts = card_texts(language)["sums"]

        def amount(value: Decimal) -> str:
            return money(value, total.currency, language)

        rows = [CartSum(kind="goods", label=texts["goods"], text=amount(total.goods))]
        if total.coupon and total.coupon_problem is not None:
            why = texts[f"coupon_{total.coupon_problem}"]
            rows.append(CartSum(kind="note", label=why.format(code=total.coupon, amount=amount(total.coupon_from))))
        elif total.coupon:
            off = f"−{amount(total.discount)}" if total.discount else texts["free_delivery"]
            rows.append(CartSum(kind="discount", label=texts["coupon"].format(code=total.coupon), text=off))
        quote = total.delivery
        if isinstance(quote, DeliveryQuote) and terms is not None:
            place = Locale(spoken(language)).territories.get(quote.country, quote.country)
            label = texts["delivery"].format(place=place, method=texts[f"method_{quote.method}"])
            free = total.delivery_free or quote.free
            rows.append(CartSum(kind="delivery", label=label, text=texts["free"] if free else amount(quote.delivery)))
            if not free and quote.free_from is not None and quote.free_from > quote.goods:
                missing = amount(quote.free_from - quote.goods)
                rows.append(CartSum(kind="note", label=texts["until_free"].format(amount=missing)))
        elif quote is None:
            rows.append(CartSum(kind="note", label=texts["delivery_later"]))
        else:
            rows.append(CartSum(kind="note", label=texts[f"delivery_{quote}"]))
        return (*rows, CartSum(kind="total", label=texts["total"], text=amount(total.total)))

    def facts(self, product: Product, language: str) -> tuple[tuple[str, str], ...]:
        """The attributes as (name, value), for the product's page."""
        return tuple(
            (self._lexicon.name("attribute", key, language), self._attribute(product, key, language))
            for key in product.told
        )

    def picture(self, product: Product, colour: str) -> str:
        return self._picture_url(product, colour)

    def orders(self, orders: Iterable[OrderView], language: str) -> OrdersShown:
        return OrdersShown(orders=tuple(self.order(order, language) for order in orders))

    def order(self, order: OrderView, language: str) -> OrderCard:
        locale = spoken(language)
        expected = [f.expected_at for f in order.fulfilments if f.expected_at and not f.delivered_at]
        return OrderCard(
            id=order.id,
            status=order.status.value,
            status_text=order.origin.said
            if order.origin is not None and order.status is OrderStatus.OTHER
            else card_texts(language)["order"][order.status.value],
            placed_on=format_date(order.placed_at, "long", locale=locale) if order.placed_at else "",
            total_text=money(order.total, order.currency, language),
            items=tuple(self._ordered(order, line, language) for line in order.lines),
            tracking=tuple(f"{f.carrier} {f.tracking_id}".strip() for f in order.fulfilments),
            expected=format_date(max(expected), "long", locale=locale) if expected else None,
        )

    def _ordered(self, order: OrderView, line: OrderLineView, language: str) -> str:
        """A line of the order; of several, those that go back are marked."""
        going_back = line.variant_id in (*order.return_items, *order.exchange_items)
        mark = f" · {card_texts(language)['order'][order.status.value]}" if going_back and len(order.lines) > 1 else ""
        return self.line(line, language) + mark

    def line(self, line: OrderLineView, language: str) -> str:
        return self._line(line.title, line.options, line.quantity, language)

    def swap(self, swap: SwapView, language: str) -> str:
        """One unit and what takes its place: "Trail Runner (red, 42) → (red, 43)"."""
        title = localised(swap.old.title, language)
        old, new = (
            ", ".join(self.option(key, value, language) for key, value in line.options.items())
            for line in (swap.old, swap.new)
        )
        return f"{title} ({old}) → ({new})"

    def transfer(self, transfer: TransferView, language: str) -> str:
        """An amount, where it goes or comes from, and when."""
        texts = card_texts(language)["approval"]
        amount = money(transfer.amount, transfer.currency, language)
        arrow = "→" if transfer.kind == "refund" else "←"
        method = self.method(transfer.method.label, language)
        key = "arrived_now" if transfer.when == "arrived" and not transfer.days else transfer.when
        return f"{texts[transfer.kind]}: {amount} {arrow} {method} ({texts[key].format(days=transfer.days)})"

    @staticmethod
    def method(label: str, language: str) -> str:
        """A payment method as a customer of this language reads it."""
        texts = card_texts(language)["method"]
        if label == "Gift card":
            return texts["gift_card"]
        name, ending, digits = label.partition(" ending ")
        return texts["card"].format(name=name, digits=digits) if ending else label

    def _line(self, title: dict[str, str], options: dict[str, str], quantity: int, language: str) -> str:
        chosen = ", ".join(self.option(key, value, language) for key, value in options.items())
        return f"{quantity} × {localised(title, language)}" + (f" ({chosen})" if chosen else "")

    @staticmethod
    def faq(hits: Iterable[FaqHit]) -> FaqCited:
        return FaqCited(
            passages=tuple(
                FaqPassage(
                    id=hit.entry.id,
                    question=hit.entry.question,
                    answer=hit.entry.answer,
                    link=hit.entry.link,
                    confidence=round(hit.confidence, 3),
                )
                for hit in hits
            )
        )
