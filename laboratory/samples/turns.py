"""Made-up turns over a loaded shop: what the act step could have come to, of every kind, in both languages.

Seeded: the same seed makes the same turns. Used to train the dialogue adapter and to evaluate replies; held-out turns
come from
other seeds and other products.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

from assistant.outcome import (
    Blocked,
    Clarify,
    Compared,
    FaqAnswer,
    Found,
    Handed,
    OrdersReply,
    Outcome,
    OutOfScope,
    ProductAnswer,
    Recommended,
    SmallTalk,
    TalkKind,
    TurnFacts,
)
from assistant.shop.actions import ActionDropped, Approval, CartReply
from assistant.shop.views import (
    CartLineView,
    CartView,
    FulfilmentView,
    OrderLineView,
    OrderStatus,
    OrderView,
    PaymentView,
)
from assistant.understanding.concerns import GRAVEST_FIRST
from assistant.understanding.schema import Intent, Slots
from assistant.wording.speech import Speech
from laboratory.samples.messages import MESSAGES
from laboratory.samples.service_turns import ADDRESSES, ServiceTurns
from retrieval.models import FaqEntry, Product, Variant
from retrieval.search.query import FaqHit, Hit, SearchResult
from retrieval.search.query import Outcome as SearchOutcome
from retrieval.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Shop:
    """What turns are made from."""

    products: tuple[Product, ...]
    faq: tuple[FaqEntry, ...]
    lexicon: Lexicon

    @classmethod
    def load(cls, folder: Path) -> Shop:
        """From ``products.jsonl``, ``faq.jsonl`` and ``lexicon.json``."""
        return cls(
            products=tuple(Product.model_validate_json(line) for line in _lines(folder / "products.jsonl")),
            faq=tuple(FaqEntry.model_validate(json.loads(line)) for line in _lines(folder / "faq.jsonl")),
            lexicon=Lexicon.from_file(folder / "lexicon.json"),
        )

    def twins(self) -> list[tuple[Product, Product]]:
        """Near-duplicates: the same type and brand, one title beginning with the other."""
        pairs = []
        for one in self.products:
            for other in self.products:
                if one.id != other.id and one.type == other.type and other.name("en").startswith(one.name("en") + " "):
                    pairs.append((one, other))
        return pairs


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


KINDS = (
    "found",
    "found_sorted",
    "found_edited",
    "found_picture",
    "found_relaxed",
    "found_nothing",
    "not_carried",
    "answer_bool",
    "answer_fact",
    "answer_twins",
    "answer_unknown",
    "answer_known",
    "answer_none",
    "compared",
    "compared_many",
    "recommended",
    "recommended_none",
    "cart_add",
    "cart_change",
    "cart_remove",
    "cart_show",
    "cart_checkout",
    "cart_problem",
    "order_one",
    "order_many",
    "order_problem",
    "approval",
    "done",
    "dropped",
    "refused",
    "ask",
    "faq",
    "faq_unknown",
    "handed",
    "small_talk",
    "out_of_scope",
    "clarify",
    "blocked",
)

CARRIERS = ("UPS", "DHL", "FedEx")
METHODS = ("Visa ending 4242", "Gift card", "PayPal", "Mastercard ending 8210")


class TurnMaker:
    """Makes turns from a shop; ``half`` 0 or 1 takes every other product, so that two halves share none."""

    def __init__(self, shop: Shop, seed: int, half: int | None = None) -> None:
        self._random = random.Random(seed)
        self.shop = shop
        keep = [product for index, product in enumerate(shop.products) if half is None or index // 2 % 2 == half]
        self._products = keep
        kept = {product.id for product in keep}
        self._twins = [pair for pair in shop.twins() if pair[0].id in kept and pair[1].id in kept]
        self._service = ServiceTurns(self._random, keep, self._order)
        self._now = datetime(2026, 11, 20, 12, tzinfo=UTC)

    def make(self, kind: str, language: str) -> TurnFacts:
        """One turn of a kind of ``KINDS``."""
        makers: dict[str, Callable[[str], tuple[Outcome, Intent]]] = {
            "found": lambda _: (self._found(), Intent.PRODUCT_SEARCH),
            "found_sorted": lambda _: (self._sorted(), Intent.PRODUCT_SEARCH),
            "found_edited": lambda _: (self._found(edited=True), Intent.PRODUCT_SEARCH),
            "found_picture": lambda _: (self._found(picture=True), Intent.PRODUCT_SEARCH),
            "found_relaxed": lambda _: (self._relaxed(), Intent.PRODUCT_SEARCH),
            "found_nothing": lambda _: (self._nothing(SearchOutcome.NOTHING_MATCHES), Intent.PRODUCT_SEARCH),
            "not_carried": lambda _: (self._nothing(SearchOutcome.NOT_CARRIED), Intent.PRODUCT_SEARCH),
            "answer_bool": lambda _: (self._answer_bool(), Intent.PRODUCT_QUESTION),
            "answer_fact": lambda _: (self._answer_fact(), Intent.PRODUCT_QUESTION),
            "answer_twins": lambda _: (self._answer_twins(), Intent.PRODUCT_QUESTION),
            "answer_unknown": lambda _: (self._answer_unknown(), Intent.PRODUCT_QUESTION),
            "answer_known": lambda _: (ProductAnswer((self._hit(),), ()), Intent.PRODUCT_QUESTION),
            "answer_none": lambda _: (ProductAnswer((), ()), Intent.PRODUCT_QUESTION),
            "compared": lambda _: (Compared(self._twin_hits()), Intent.COMPARE),
            "compared_many": lambda _: (Compared(tuple(self._same_type(3))), Intent.COMPARE),
            "recommended": lambda _: (Recommended(tuple(self._hits(4)), self._random.random() < 0.5), Intent.RECOMMEND),
            "recommended_none": lambda _: (Recommended((), False), Intent.RECOMMEND),
            "cart_add": lambda _: (self._cart("add"), Intent.CART),
            "cart_change": lambda _: (self._cart("change"), Intent.CART),
            "cart_remove": lambda _: (self._cart("remove"), Intent.CART),
            "cart_show": lambda _: (self._cart("show"), Intent.CART),
            "cart_checkout": lambda _: (self._cart("checkout"), Intent.CART),
            "cart_problem": lambda _: (self._cart_problem(), Intent.CART),
            "order_one": lambda _: (OrdersReply((self._order(),)), Intent.ORDER_STATUS),
            "order_many": lambda _: (
                OrdersReply(tuple(self._order() for _ in range(self._random.randint(2, 4)))),
                Intent.ORDER_STATUS,
            ),
            "order_problem": lambda _: (self._order_problem(), Intent.ORDER_STATUS),
            "approval": lambda _: (self._service.approval(), Intent.ORDER_CHANGE),
            "done": lambda _: (self._service.done(), Intent.CONFIRM),
            "dropped": lambda _: (ActionDropped(self._service.action()), Intent.DECLINE),
            "refused": lambda _: (self._service.refused(), Intent.ORDER_CHANGE),
            "ask": lambda _: (self._service.ask(), Intent.ORDER_CHANGE),
            "faq": lambda code: (self._faq(code), Intent.FAQ),
            "faq_unknown": lambda _: (FaqAnswer(()), Intent.FAQ),
            "handed": lambda _: (self._handed(), Intent.HUMAN_AGENT),
            "small_talk": lambda _: (self._talk(), Intent.SMALL_TALK),
            "out_of_scope": lambda _: (OutOfScope(), Intent.OUT_OF_SCOPE),
            "clarify": lambda _: (
                Clarify(tuple(self._random.sample(list(Intent)[:11], self._random.randint(0, 3)))),
                Intent.SMALL_TALK,
            ),
            "blocked": lambda _: (Blocked(self._random.choice(GRAVEST_FIRST)), Intent.OUT_OF_SCOPE),
        }
        outcome, intent = makers[kind](language)
        named = isinstance(outcome, SmallTalk) and self._random.random() < 0.5
        name = self._random.choice(("Maya", "Tom", "林晓")) if named else None
        return TurnFacts(outcome, intent, language, self._message(kind, outcome, language), name)

    def _message(self, kind: str, outcome: Outcome, language: str) -> str:
        key = f"small_talk_{outcome.kind}" if isinstance(outcome, SmallTalk) else kind
        choices = MESSAGES[language].get(key) or MESSAGES[language]["default"]
        names = self.shop.lexicon
        product = self._products[0]
        match outcome:
            case (
                Found(result=SearchResult(hits=(hit, *_))) | Recommended(hits=(hit, *_)) | ProductAnswer(hits=(hit, *_))
            ):
                product = hit.product
            case Compared(hits=(hit, *_)):
                product = hit.product
            case _:
                product = self._random.choice(self._products)
        words = names.types[product.type].words.get(language) or (product.type,)
        colours = [variant.options["colour"] for variant in product.variants if "colour" in variant.options] or [
            "black"
        ]
        order = "SC-0000"
        if isinstance(outcome, OrdersReply) and outcome.orders:
            order = outcome.orders[0].id
        elif isinstance(outcome, Approval):
            order = outcome.order.id if outcome.order else ""
        asked = ""
        if isinstance(outcome, ProductAnswer) and outcome.asked:
            asked = Speech(language, names).name(outcome.asked[0])
        return self._random.choice(choices).format(
            asked=asked,
            type=words[0],
            colour=names.name("colour", self._random.choice(colours), language),
            title=product.name(language),
            order=order,
        )

    def _hit(self, product: Product | None = None) -> Hit:
        product = product or self._random.choice(self._products)
        stocked = [variant for variant in product.variants if variant.stock > 0] or list(product.variants)
        variant: Variant = min(stocked, key=lambda item: (item.price, self._random.random()))
        return Hit(product, variant, 1.0)

    def _hits(self, n: int) -> list[Hit]:
        return [self._hit(product) for product in self._random.sample(self._products, n)]

    def _same_type(self, n: int) -> list[Hit]:
        first = self._random.choice(self._products)
        same = [product for product in self._products if product.type == first.type and product.id != first.id]
        chosen = [first, *self._random.sample(same, min(n - 1, len(same)))]
        while len(chosen) < min(2, n):
            chosen.append(self._random.choice([product for product in self._products if product.id != first.id]))
        return [self._hit(product) for product in chosen]

    def _twin_hits(self) -> tuple[Hit, Hit]:
        pair = list(self._random.choice(self._twins))
        self._random.shuffle(pair)
        return self._hit(pair[0]), self._hit(pair[1])

    def _search(self, hit: Hit) -> Slots:
        product, chance = hit.product, self._random.random
        slots = Slots(type=[product.type])
        if "colour" in hit.variant.options and chance() < 0.4:
            slots.colour = [hit.variant.options["colour"]]
        if "size" in hit.variant.options and chance() < 0.2:
            slots.size = [hit.variant.options["size"]]
        if chance() < 0.3:
            slots.price_max = Decimal(int(hit.variant.price) // 10 * 10 + self._random.choice((10, 20, 50)))
        if chance() < 0.15:
            slots.brand = [product.brand]
        wanted = [f"{key}={value}" for key, value in product.attributes.items() if value != "no"]
        if wanted and chance() < 0.3:
            slots.attribute = [self._random.choice(wanted)]
        if chance() < 0.1:
            slots.exclude = ["material=leather"]
        return slots

    def _found(self, edited: bool = False, picture: bool = False) -> Found:
        hits = tuple(self._same_type(self._random.choice((1, 2, 3, 5, 5))))
        if self._random.random() < 0.25 and self._twins:
            hits = self._twin_hits()
        search = self._search(hits[0])
        if picture and self._random.random() < 0.6:
            search = Slots()
        total = len(hits) if len(hits) < 5 else self._random.randint(5, 30)
        return Found(SearchResult(hits, SearchOutcome.FOUND, total), search, picture, edited)

    def _sorted(self) -> Found:
        found = self._found(edited=self._random.random() < 0.5)
        sort = self._random.choice(("cheaper", "cheapest", "dearest", "best_rated"))
        key: Callable[[Hit], float] = {
            "cheaper": lambda hit: float(hit.variant.price),
            "cheapest": lambda hit: float(hit.variant.price),
            "dearest": lambda hit: -float(hit.variant.price),
            "best_rated": lambda hit: -(hit.product.rating or 0.0),
        }[sort]
        hits = tuple(sorted(found.result.hits, key=key))
        search = found.search.model_copy(update={"sort": sort})
        return Found(SearchResult(hits, SearchOutcome.FOUND, found.result.total), search, False, found.edited)

    def _relaxed(self) -> Found:
        found = self._found()
        search = found.search.model_copy(update={"colour": ["lavender"], "price_max": Decimal(5)})
        fields = self._random.choice((("colours",), ("price_max",), ("colours", "price_max")))
        hits = found.result.hits
        return Found(SearchResult(hits, SearchOutcome.RELAXED, len(hits), fields), search)

    def _nothing(self, outcome: SearchOutcome) -> Found:
        search = self._search(self._hit()) if outcome is SearchOutcome.NOTHING_MATCHES else Slots()
        return Found(SearchResult((), outcome, 0), search)

    def _with_attribute(self, boolean: bool) -> tuple[Product, str]:
        while True:
            product = self._random.choice(self._products)
            keys = [key for key, value in product.attributes.items() if (value in ("yes", "no")) == boolean]
            if keys:
                return product, self._random.choice(keys)

    def _answer_bool(self) -> ProductAnswer:
        product, key = self._with_attribute(True)
        return ProductAnswer((self._hit(product),), (key,))

    def _answer_fact(self) -> ProductAnswer:
        product, key = self._with_attribute(False)
        asked = self._random.choice(
            (key, "price", "stock", "rating", "size", "colour", "brand", "description", "reviews")
        )
        return ProductAnswer((self._hit(product),), (asked,))

    def _answer_twins(self) -> ProductAnswer:
        one, two = self._twin_hits()
        shared = [key for key in one.product.attributes if key in two.product.attributes]
        differing = [key for key in shared if one.product.attributes[key] != two.product.attributes[key]]
        boolean = [key for key in differing or shared if one.product.attributes[key] in ("yes", "no")]
        asked = self._random.choice(boolean or shared or ["price"])
        return ProductAnswer((one, two), (asked,))

    def _answer_unknown(self) -> ProductAnswer:
        hit = self._hit()
        keys = [key for key in self.shop.lexicon.attributes if key not in hit.product.attributes]
        return ProductAnswer((hit,), (self._random.choice(keys),))

    def _line(self, product: Product | None = None) -> CartLineView:
        hit = self._hit(product)
        quantity = self._random.choice((1, 1, 1, 2, 3))
        variant = hit.variant
        return CartLineView(
            hit.product.id, variant.id, hit.product.title, variant.options, quantity, variant.price, variant.stock
        )

    def _cart(self, action: str) -> CartReply:
        lines = tuple(
            self._line(product) for product in self._random.sample(self._products, self._random.randint(1, 4))
        )
        if action == "remove":
            left = lines[1:]
            return CartReply("remove", CartView("c1", "USD", left), lines[0])
        if action == "show" and self._random.random() < 0.15:
            return CartReply("show", CartView("c1", "USD", ()))
        line = lines[0] if action in ("add", "change") else None
        return CartReply(action, CartView("c1", "USD", lines), line)  # type: ignore[arg-type]

    def _cart_problem(self) -> CartReply:
        line, empty = self._line(), CartView("c1", "USD", ())
        problem = self._random.choice(
            ("out_of_stock", "too_many", "not_in_cart", "which_product", "which_option", "empty", "unknown_product")
        )
        options: Sequence[str] = ()
        if problem == "which_option":
            product = self._random.choice([p for p in self._products if len(p.variants) > 1 and p.variants[0].options])
            key = next(iter(product.variants[0].options))
            options = tuple(dict.fromkeys(variant.options[key] for variant in product.variants))
        with_line = line if problem in ("out_of_stock", "too_many") and self._random.random() < 0.7 else None
        available = {"out_of_stock": 0, "too_many": self._random.randint(1, 4)}.get(problem)
        return CartReply("add", empty, with_line, problem, available, tuple(options))  # type: ignore[arg-type]

    def _order(self, status: OrderStatus | None = None) -> OrderView:
        rng = self._random
        status = status or rng.choice([each for each in OrderStatus if each is not OrderStatus.OTHER])
        placed = self._now - timedelta(days=rng.randint(5, 40), hours=rng.randint(0, 20))
        lines = tuple(
            OrderLineView(line.product_id, line.variant_id, line.title, line.options, line.quantity, line.unit_price)
            for line in (self._line() for _ in range(rng.choice((1, 1, 2, 3))))
        )
        total = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
        order_id = "SC-" + "".join(rng.choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=8))
        fulfilments: tuple[FulfilmentView, ...] = ()
        late = (
            OrderStatus.SHIPPED,
            OrderStatus.DELIVERED,
            OrderStatus.RETURN_REQUESTED,
            OrderStatus.RETURNED,
            OrderStatus.EXCHANGE_REQUESTED,
        )
        if status in late:
            shipped = placed + timedelta(days=rng.randint(1, 3))
            delivered = None if status is OrderStatus.SHIPPED else shipped + timedelta(days=rng.randint(1, 5))
            fulfilments = (
                FulfilmentView(
                    rng.choice(CARRIERS),
                    f"1Z{rng.randint(10**9, 10**10 - 1)}",
                    shipped,
                    delivered,
                    shipped + timedelta(days=4),
                    tuple(line.variant_id for line in lines),
                ),
            )
        method = rng.choice(METHODS)
        payments = [PaymentView("payment", total, method, placed)]
        if status in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
            payments.append(PaymentView("refund", total, method, placed + timedelta(days=12)))
        return OrderView(
            order_id, "u1", status, placed, "USD", total, lines, fulfilments, tuple(payments), rng.choice(ADDRESSES)
        )

    def _order_problem(self) -> OrdersReply:
        problem = self._random.choice(("need_identity", "not_found", "none"))
        order_id = self._order().id if problem == "not_found" and self._random.random() < 0.7 else None
        return OrdersReply((), problem, order_id)  # type: ignore[arg-type]

    def _faq(self, language: str) -> FaqAnswer:
        entries = [entry for entry in self.shop.faq if entry.language == language] or list(self.shop.faq)
        chosen = self._random.sample(entries, min(2, len(entries)))
        return FaqAnswer(tuple(FaqHit(entry, 0.9 - 0.3 * index) for index, entry in enumerate(chosen)))

    def _handed(self) -> Handed:
        ticket = f"T-{self._random.randint(1000, 9999)}"
        reason = self._random.choice(("asked", "complaint", "needs_human", "unanswered"))
        return Handed(ticket, reason, self._random.random() < 0.15)  # type: ignore[arg-type]

    def _talk(self) -> SmallTalk:
        kinds = get_args(TalkKind)
        return SmallTalk(self._random.choice(kinds))
