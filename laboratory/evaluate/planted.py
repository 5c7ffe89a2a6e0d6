"""The claim audit measured: sentences on real products, orders and help pages with one thing wrong, of several kinds,
and true ones, as agents write them. Both are made from the shop's data, and share no code with the audit."""

from __future__ import annotations

import random
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency

from assistant.bootstrap import Shopclerk
from assistant.dialogue.memory import Memory
from assistant.dialogue.need import Shown
from assistant.service.suggestions.auditing import Auditing, Auditor
from assistant.shop.views import OrderStatus, OrderView
from retrieval.models import FaqEntry, Product, Variant

TEXTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "planted.toml").read_text("utf-8"))
LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of an agent's; ``kind`` names what is wrong with it, or what it is about."""

    text: str
    language: str
    kind: str
    true: bool
    product: Product | None = None
    order: OrderView | None = None


class Writer:
    """Makes sentences from the shop's data."""

    def __init__(self, shop: Shopclerk, seed: int) -> None:
        self._random = random.Random(seed)
        self.shop = shop
        left = shop.commerce.shop.stock
        products = list(shop.knowledge.search.catalogue.products)
        self._random.shuffle(products)
        self.products = []
        for product in products[:120]:
            stock = left.of_many([variant.id for variant in product.variants])
            variants = tuple(v.model_copy(update={"stock": stock[v.id]}) for v in product.variants)
            self.products.append(product.model_copy(update={"variants": variants}))
        customers = [customer.id for customer in shop.commerce.shop.customers.list(60)]
        self.orders = [order for id_ in customers for order in shop.commerce.shop.orders.of_customer(id_)]
        self._random.shuffle(self.orders)
        self._old = [each for each in self.orders if each.status is OrderStatus.DELIVERED]
        self.entries = [entry for entry in shop.deps.faq.entries if entry.language in LANGUAGES]

    def sentences(self, count: int, *, true: bool) -> list[Written]:
        """So many, as evenly as it goes by kind and language."""
        makers = self._true if true else self._wrong
        made: dict[tuple[str, str], list[Written]] = defaultdict(list)
        for language in LANGUAGES:
            for kind, make in makers().items():
                made[language, kind] = list(make(language))
                self._random.shuffle(made[language, kind])
        chosen: list[Written] = []
        while len(chosen) < count and any(made.values()):
            for each in made.values():
                if each and len(chosen) < count:
                    chosen.append(each.pop())
        return chosen

    def _wrong(self) -> dict[str, Callable[[str], Iterator[Written]]]:
        return {
            "price": self._wrong_price,
            "order total": self._wrong_total,
            "stock": self._wrong_stock,
            "how many left": self._wrong_left,
            "status": self._wrong_status,
            "date": self._wrong_date,
            "order number": self._wrong_number,
            "property": self._wrong_property,
            "rating": self._wrong_rating,
            "help page's number": self._wrong_page_number,
            "help page turned round": self._wrong_page_sense,
            "promise": lambda language: self._listed("promises", language, true=False),
            "policy": lambda language: self._listed("policies", language, true=False),
            "done": lambda language: self._listed("done", language, true=False),
        }

    def _true(self) -> dict[str, Callable[[str], Iterator[Written]]]:
        return {
            "price": self._price,
            "order total": self._total,
            "stock": self._stock,
            "status": self._status,
            "date": self._date,
            "property": self._property,
            "rating": self._rating,
            "help page": self._page,
            "help page retold": lambda language: self._listed("retold", language, true=True),
            "courtesy": lambda language: self._listed("courtesy", language, true=True),
            "asking": lambda language: self._listed("asking", language, true=True),
        }

    # writing

    def _say(self, section: str, language: str, kind: str, *, true: bool, **values: Any) -> Written:
        product, order = values.pop("product", None), values.pop("order", None)
        pattern = self._random.choice(_texts(section)[language])
        if product is not None:
            name = product.name(language)
            values["p"] = name if language == "zh" or name.startswith(("The ", "A ")) else f"the {name}"
        if order is not None:
            values["o"] = order.id
        text = pattern.format(**values)
        return Written(text[:1].upper() + text[1:], language, kind, true, product, order)

    def _money(self, amount: Decimal, language: str) -> str:
        if self._random.random() < 0.3:
            return f"{amount:.2f}{' dollars' if language == 'en' else '美元'}"
        return str(format_currency(amount, "USD", locale="en_US" if language == "en" else "zh_CN"))

    def _day(self, moment: datetime, language: str) -> str:
        if language == "zh":
            return self._random.choice((f"{moment.month}月{moment.day}日", str(format_date(moment, "long", "zh_CN"))))
        return self._random.choice(
            (f"{moment:%B} {moment.day}", f"{moment.day} {moment:%B}", str(format_date(moment, "long", "en_US")))
        )

    def _listed(self, section: str, language: str, *, true: bool) -> Iterator[Written]:
        for text in _texts(section)[language]:
            yield Written(
                text, language, section, true, self._random.choice(self.products), self._random.choice(self._old)
            )

    # products

    def _price(self, language: str) -> Iterator[Written]:
        for product in self.products[:40]:
            m = self._money(self._random.choice(product.variants).price, language)
            yield self._say("price", language, "price", true=True, product=product, m=m)

    def _wrong_price(self, language: str) -> Iterator[Written]:
        for product in self.products[:40]:
            prices = {variant.price for variant in product.variants}
            wrong = self._random.choice([p + d for p in prices for d in map(Decimal, ("1", "-0.5", "10", "-3"))])
            if wrong not in prices:
                m = self._money(wrong, language)
                yield self._say("price", language, "price", true=False, product=product, m=m)

    def _stock(self, language: str) -> Iterator[Written]:
        for product in self.products:
            if all(variant.stock for variant in product.variants):
                yield self._say("in_stock", language, "stock", true=True, product=product)
            elif not any(variant.stock for variant in product.variants):
                yield self._say("out_of_stock", language, "stock", true=True, product=product)

    def _wrong_stock(self, language: str) -> Iterator[Written]:
        for product in self.products:
            if all(variant.stock for variant in product.variants):
                yield self._say("out_of_stock", language, "stock", true=False, product=product)
            elif not any(variant.stock for variant in product.variants):
                yield self._say("in_stock", language, "stock", true=False, product=product)

    def _wrong_left(self, language: str) -> Iterator[Written]:
        for product in self.products[:60]:
            counts = {variant.stock for variant in product.variants}
            n = next(n for n in range(3, 400, 4) if n not in counts)
            yield self._say("left", language, "how many left", true=False, product=product, n=n)

    def _known(self, product: Product) -> list[tuple[str, str]]:
        attributes = self.shop.knowledge.lexicon.attributes
        return [(k, v) for k, v in product.attributes.items() if k in attributes and v in ("yes", "no")]

    def _property(self, language: str) -> Iterator[Written]:
        yield from self._properties(language, true=True)

    def _wrong_property(self, language: str) -> Iterator[Written]:
        yield from self._properties(language, true=False)

    def _properties(self, language: str, *, true: bool) -> Iterator[Written]:
        said = TEXTS["is"][language]
        for product in self.products:
            for key, value in self._known(product):
                if key in said:
                    section = "has_property" if (value == "yes") is true else "lacks_property"
                    yield self._say(section, language, "property", true=true, product=product, a=said[key])

    def _rating(self, language: str) -> Iterator[Written]:
        for product in self.products[:40]:
            if product.rating:
                yield self._say(
                    "rating", language, "rating", true=True, product=product, r=product.rating, n=product.review_count
                )

    def _wrong_rating(self, language: str) -> Iterator[Written]:
        for product in self.products[:40]:
            if product.rating:
                r = round(product.rating - 0.7 if product.rating > 2 else product.rating + 0.9, 1)
                yield self._say(
                    "rating", language, "rating", true=False, product=product, r=r, n=product.review_count + 11
                )

    # orders

    def _total(self, language: str) -> Iterator[Written]:
        for order in self.orders[:40]:
            yield self._say(
                "total", language, "order total", true=True, order=order, m=self._money(order.total, language)
            )

    def _wrong_total(self, language: str) -> Iterator[Written]:
        for order in self.orders[:40]:
            m = self._money(order.total + self._random.choice((Decimal("2"), Decimal("-1"))), language)
            yield self._say("total", language, "order total", true=False, order=order, m=m)

    def _status(self, language: str) -> Iterator[Written]:
        for order in self.orders:
            if order.status.value in TEXTS["status"]:
                yield self._say(f"status.{order.status.value}", language, "status", true=True, order=order)

    def _wrong_status(self, language: str) -> Iterator[Written]:
        follows = {
            OrderStatus.DELIVERED: ("pending", "cancelled"),
            OrderStatus.SHIPPED: ("pending", "delivered", "cancelled"),
        }
        for order in self.orders[:60]:
            others = follows.get(order.status, tuple(TEXTS["status"]))
            wrong = [each for each in others if each != order.status.value and not _implied(each, order)]
            if wrong:
                yield self._say(f"status.{self._random.choice(wrong)}", language, "status", true=False, order=order)

    def _date(self, language: str) -> Iterator[Written]:
        yield from self._dates(language, 0)

    def _wrong_date(self, language: str) -> Iterator[Written]:
        yield from self._dates(language, 3)

    def _dates(self, language: str, off: int) -> Iterator[Written]:
        for order in self.orders[:60]:
            moments = [("placed", order.placed_at)]
            for parcel in order.fulfilments:
                moments.append(("sent", parcel.shipped_at))
                moments.append(("came", parcel.delivered_at) if parcel.delivered_at else ("due", parcel.expected_at))
            every = {moment.date() for _, moment in moments if moment}
            for section, moment in moments:
                if moment is None or (off and (moment + timedelta(days=off)).date() in every):
                    continue
                said = self._day(moment + timedelta(days=off), language)
                yield self._say(f"day.{section}", language, "date", true=not off, order=order, d=said)

    def _wrong_number(self, language: str) -> Iterator[Written]:
        for order in self.orders[:30]:
            broken = order.id[:-1] + ("A" if order.id[-1] != "A" else "B")
            text = self._random.choice(TEXTS["number"][language]).format(o=broken)
            yield Written(text, language, "order number", False, None, order)

    # help pages

    def _page(self, language: str) -> Iterator[Written]:
        for entry in self.entries:
            if entry.language == language:
                yield Written(entry.answer, language, "help page", True)

    def _wrong_page_number(self, language: str) -> Iterator[Written]:
        for entry in self.entries:
            digits = [at for at, char in enumerate(entry.answer) if char.isdigit()]
            if entry.language == language and digits:
                at = self._random.choice(digits)
                changed = str((int(entry.answer[at]) + self._random.randint(1, 8)) % 10)
                text = entry.answer[:at] + changed + entry.answer[at + 1 :]
                yield Written(text, language, "help page's number", False)

    def _wrong_page_sense(self, language: str) -> Iterator[Written]:
        for entry in self.entries:
            if entry.language == language and (turned := _turned_round(entry)):
                yield Written(turned, language, "help page turned round", False)


def _texts(section: str) -> Any:
    """ "status.pending" is a section in a section."""
    found = TEXTS
    for name in section.split("."):
        found = found[name]
    return found


def _implied(status: str, order: OrderView) -> bool:
    sent = any(parcel.shipped_at for parcel in order.fulfilments)
    came = any(parcel.delivered_at for parcel in order.fulfilments)
    late = order.status in (OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED)
    return {
        "shipped": sent or late,
        "delivered": came or late,
        "processed": order.status is not OrderStatus.PENDING and order.status is not OrderStatus.CANCELLED,
        "pending": order.status is OrderStatus.PROCESSED,
    }.get(status, False)


def _turned_round(entry: FaqEntry) -> str:
    """The first sentence that denies something without its denial."""
    pairs = ((" cannot ", " can "), (" do not ", " do "), (" does not ", " does "), (" never ", " always "),
             ("不能", "能"), ("不可", "可"), ("不会", "会"), ("无法", "可以"), ("不支持", "支持"))  # fmt: skip
    stop = "。" if entry.language == "zh" else ". "
    for sentence in entry.answer.split(stop):
        for denied, said in pairs:
            if denied in sentence:
                return sentence.replace(denied, said, 1).rstrip(".") + ("。" if entry.language == "zh" else ".")
    return ""


async def evaluate_audit(shop: Shopclerk, count: int, seed: int = 15) -> dict[str, Any]:
    """Of so many planted claims how many are caught, of so many true sentences how many are marked by mistake."""
    writer = Writer(shop, seed)
    auditor = Auditor(shop)
    report: dict[str, Any] = {}
    for true, name in ((False, "planted"), (True, "true")):
        written = writer.sentences(count if not true else 2 * count, true=true)
        red, of, wrong = Counter[str](), Counter[str](), list[str]()
        for each in written:
            auditing = await _auditing(shop, auditor, each)
            marked = not auditing.audit(each.text).sendable
            key = f"{each.kind} ({each.language})"
            of[key] += 1
            red[key] += marked
            if marked is each.true:
                wrong.append(f"{key}: {each.text}")
        right = sum(red.values()) if not true else sum(of.values()) - sum(red.values())
        report[name] = {
            "sentences": len(written),
            "marked": sum(red.values()),
            "share_marked": round(sum(red.values()) / len(written), 4) if written else 0.0,
            "by_kind": {key: f"{red[key]} of {of[key]}" for key in sorted(of)},
            "mistaken": wrong,
        }
        assert right + len(wrong) == len(written)
    return report


async def _auditing(shop: Shopclerk, auditor: Auditor, each: Written) -> Auditing:
    """As in a conversation in which the product was shown, with the customer of the order."""
    record = shop.commerce.records.conversations.start(each.language, each.order.customer_id if each.order else None)
    memory = Memory(language=each.language, customer_id=record.customer_id)
    if each.product is not None:
        memory.display([_shown(each.product, each.product.variants[0])])
    if each.order is not None:
        memory.orders = [each.order.id]
    return await auditor.of(record, memory)


def _shown(product: Product, variant: Variant) -> Shown:
    return Shown(product_id=product.id, variant_id=variant.id)
