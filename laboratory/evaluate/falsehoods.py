"""Falsehoods, as a freer model might write them: made from the facts of a turn, with one thing wrong.

This is the other code path that ``check`` is measured against: it shares the data with it, and no logic.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency

from assistant.answering.answerer import Answerer
from assistant.answering.topics import GUARDED_ATTRIBUTES
from assistant.outcome import Compared, FaqAnswer, Found, OrdersReply, ProductAnswer, TurnFacts
from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.schema import Intent
from assistant.wording.texts import texts
from laboratory.samples.turns import Shop
from retrieval.search.query import Hit
from retrieval.search.query import Outcome as SearchOutcome

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence about a turn that does not hold. ``kind`` names what is wrong in it."""

    facts: TurnFacts
    text: str
    kind: str


FALSEHOODS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "falsehoods.toml").read_text("utf-8"))
NUMBERS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "zh": ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"),
}


_IMPLY = {
    OrderStatus.SHIPPED: (OrderStatus.DELIVERED,),
    OrderStatus.DELIVERED: (OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED),
}
"""States in which saying another is no falsehood."""


class Falsehoods:
    """Makes cases for a turn's facts."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._random = random.Random(seed)
        self.shop = shop

    def cases(self, facts: TurnFacts) -> Iterator[Case]:
        """Everything that we can say wrongly about a turn."""
        makers: list[Callable[[TurnFacts], Iterator[Case]]] = [self._glue]
        outcome = facts.outcome
        if isinstance(outcome, ProductAnswer | Compared | Found):
            makers += [self._products, self._two, self._guarded]
        if isinstance(outcome, Found):
            makers.append(self._found)
        if isinstance(outcome, OrdersReply):
            makers.append(self._orders)
        if isinstance(outcome, FaqAnswer):
            makers.append(self._faq)
        for make in makers:
            yield from make(facts)

    # writing

    def _pick(self, *options: str) -> str:
        return self._random.choice(options)

    def _money(self, amount: Decimal, language: str, currency: str = "USD") -> str:
        plain = format_currency(amount, currency, locale="en_US" if language == "en" else "zh_CN")
        if currency != "USD":
            return str(plain)
        whole = f"{amount:.2f}"
        return self._pick(plain, plain, f"${whole}", f"{whole} {'dollars' if language == 'en' else '美元'}")

    def _day(self, moment: datetime, language: str) -> str:
        if language == "zh":
            return self._pick(format_date(moment.date(), "long", locale="zh_CN"), f"{moment.month}月{moment.day}日")
        return self._pick(
            format_date(moment.date(), "long", locale="en_US"),
            f"{moment.day} {moment:%B %Y}",
            f"{moment:%b} {moment.day}",
            moment.date().isoformat(),
        )

    def _title(self, hit: Hit, language: str) -> str:
        title = hit.product.name(language)
        return f"the {title}" if language == "en" else title

    def _say(self, facts: TurnFacts, kind: str, english: Forms, chinese: Forms, **values: str) -> Case:
        pattern = self._random.choice(english if facts.language == "en" else chinese)
        text = pattern.format(**values)
        return Case(facts, text[:1].upper() + text[1:], kind)

    # products

    def _products(self, facts: TurnFacts) -> Iterator[Case]:
        hits = _hits(facts)[:3]
        for hit in hits:
            yield from self._price(facts, hit, hits)
            yield from self._stock(facts, hit)
            yield from self._rating(facts, hit)
            yield from self._attributes(facts, hit)
            yield from self._options(facts, hit)

    def _price(self, facts: TurnFacts, hit: Hit, hits: list[Hit]) -> Iterator[Case]:
        language, title, right = facts.language, self._title(hit, facts.language), hit.variant.price
        forms: tuple[Forms, Forms] = (
            (
                "{p} costs {m}.",
                "the price of {p} is {m}.",
                "{p} is priced at {m}.",
                "you can get {p} for {m}.",
                "{p} sells for {m}.",
                "I found {p} at {m}.",
                "I'd suggest {p}, at {m}.",
                "sure, {p} is {m}.",
            ),
            ("{p}的价格是{m}。", "{p}售价{m}。", "{p}卖{m}。", "推荐您看看{p}，{m}。", "{p}（{m}）。", "{p}标价{m}。"),
        )
        wrong = self._random.choice([right + 1, right - Decimal("0.5"), right * 10, right + Decimal("10")])
        yield self._say(facts, "wrong price", *forms, p=title, m=self._money(wrong, language))
        foreign = self._money(right, language, self._random.choice(("EUR", "GBP", "CNY")))
        yield self._say(facts, "wrong currency", *forms, p=title, m=foreign)
        other = next((other for other in hits if other.variant.price != right), None)
        if other is not None:
            one, two = self._money(right, language), self._money(other.variant.price, language)
            yield self._say(facts, "swapped price", *forms, p=title, m=two)
            pair = (
                "I found {p} at {m} and {q} at {n}.",
                "here are {p} for {m} and {q} for {n}.",
                "{p} costs {m}, and {q} costs {n}.",
                "{p} is {m}, while {q} is {n}.",
            )
            pair_zh = ("{p}{m}，{q}{n}。", "我找到了{p}（{m}）和{q}（{n}）。", "{p}的价格是{m}，而{q}的价格是{n}。")
            named = self._title(other, language)
            yield self._say(facts, "swapped price", pair, pair_zh, p=title, q=named, m=two, n=one)
        stranger = self._random.choice(self.shop.products)
        shown = [other.product for other in _hits(facts)]
        name = stranger.name(language)
        if stranger not in shown and not any(name.startswith(product.name(language)) for product in shown):
            price = self._money(stranger.lowest_price, language)
            called = f"the {name}" if language == "en" else name
            yield self._say(facts, "invented product", *forms, p=called, m=price)

    def _stock(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        title = self._title(hit, facts.language)
        if not hit.variant.stock:
            stocked = ("{p} is in stock.", "{p} is available right now.", "good question: {p} is in stock.")
            yield self._say(facts, "wrong stock", stocked, ("{p}有货。", "{p}目前有货。", "好的，{p}现货。"), p=title)
            return
        gone = ("{p} is out of stock.", "{p} is sold out.", "I am sorry, {p} is currently unavailable.")
        yield self._say(facts, "wrong stock", gone, ("{p}缺货。", "很抱歉，{p}目前缺货。", "{p}已售罄。"), p=title)
        if len(hit.product.variants) == 1:
            left, left_zh = ("{p} has {n} left.", "{p} has {n} in stock."), ("{p}还剩{n}件。", "{p}库存{n}件。")
            count = hit.variant.stock
            wrong = str(count + self._random.randint(1, 9))
            yield self._say(facts, "wrong stock", left, left_zh, p=title, n=wrong)
            if count > 3:
                word = NUMBERS[facts.language][self._random.randint(1, 3)]
                yield self._say(facts, "number word", left[:1], left_zh[:1], p=title, n=word)

    def _rating(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        product, title = hit.product, self._title(hit, facts.language)
        if product.rating is None or not product.review_count:
            return
        english = (
            "{p} is rated {r} out of 5.",
            "{p} has a rating of {r} out of 5 from {n} reviews.",
            "{p} has a rating of {r} stars.",
        )
        chinese = ("{p}的评分是{r}分。", "{p}评分{r}分（满分5分）。", "{p}的评分是{r}分，共{n}条评价。")
        right, reviews = product.rating, product.review_count
        wrong = right - 0.3 if right > 1.5 else right + 0.4
        yield self._say(facts, "wrong rating", english, chinese, p=title, r=f"{wrong:.1f}", n=str(reviews))
        counted = (english[1:2], chinese[2:])
        yield self._say(facts, "wrong rating", *counted, p=title, r=f"{right:.1f}", n=str(reviews + 7))

    def _attributes(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        title, language = self._title(hit, facts.language), facts.language
        adjectives = texts(language).plain("is")
        known = [
            (key, value)
            for key, value in hit.product.attributes.items()
            if value in ("yes", "no") and key in adjectives and key not in GUARDED_ATTRIBUTES
        ]
        plus = ("{p} is {a}.", "good question: {p} is {a}.", "{p} is also {a}."), ("{p}{a}。", "{p}也{a}。")
        minus = ("{p} is not {a}.", "{p} isn't {a}.", "I am sorry, but {p} is not {a}."), ("{p}不{a}。",)
        for key, value in self._random.sample(known, min(2, len(known))):
            kind, forms = ("false negation", minus) if value == "yes" else ("wrong attribute", plus)
            yield self._say(facts, kind, *forms, p=title, a=adjectives[key])
        unknown = adjectives[self._random.choice([key for key in adjectives if key not in hit.product.attributes])]
        yield self._say(facts, "unknown attribute", *plus, p=title, a=unknown)
        yield self._say(facts, "false negation", *minus, p=title, a=unknown)
        material = hit.product.attributes.get("material")
        values = self.shop.lexicon.attributes["material"].values
        if material in values:
            name = values[material].name[language]
            others = [
                value.name[language]
                for key, value in values.items()
                if key not in material and material not in key and value.name[language] != name
            ]
            wrong = self._random.choice(others)
            made = ("{p} is made of {a}.", "the material of {p} is {a}."), ("{p}的材质是{a}。", "{p}采用{a}。")
            yield self._say(facts, "wrong material", *made, p=title, a=wrong.lower() if language == "en" else wrong)
        brands = sorted({product.brand for product in self.shop.products} - {hit.product.brand})
        by = ("{p} is made by {b}.",), ("{p}的品牌是{b}。",)
        yield self._say(facts, "wrong brand", *by, p=title, b=self._random.choice(brands))

    def _options(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        lexicon, title = self.shop.lexicon, self._title(hit, facts.language)
        colours = {v.options["colour"] for v in hit.product.variants if "colour" in v.options}
        if colours:
            wrong = self._random.choice([key for key in lexicon.colours if key not in colours])
            name = lexicon.name("colour", wrong, facts.language)
            yield self._say(
                facts, "wrong colour", ("{p} comes in {c}.",), ("{p}有{c}。", "{p}可选{c}。"), p=title, c=name
            )
        sizes = {v.options["size"] for v in hit.product.variants if v.options.get("size", "").isdigit()}
        if len(sizes) > 1:
            larger = str(max(map(int, sizes)) + 5)
            yield self._say(facts, "wrong size", ("{p} comes in sizes {s}.",), ("{p}的尺码有{s}。",), p=title, s=larger)

    # safety, health, what it works with: only the shop's text may speak of it

    def _guarded(self, facts: TurnFacts) -> Iterator[Case]:
        """Claims that no shop's data settle, claims in own words of what it lists, and partial facts made whole."""
        planted = FALSEHOODS["guarded"][facts.language]
        phrases = texts(facts.language).plain("is")
        for hit in _hits(facts)[:2]:
            title = self._title(hit, facts.language)
            for pattern in self._random.sample(planted, 3):
                text = pattern.format(p=title)
                yield Case(facts, text[:1].upper() + text[1:], "safety, health or compatibility claimed")
            for key in hit.product.attributes:
                if key not in GUARDED_ATTRIBUTES or key not in phrases:
                    continue
                partial = hit.product.attributes[key] not in ("yes", "no")
                kind = "partial fact made whole" if partial else "listed entry claimed in own words"
                forms = ("{p} is {a}.", "sure, {p} is {a}.", "{p} is not {a}.", "it is {a}.")
                yield self._say(facts, kind, forms, ("{p}{a}。", "{p}也{a}。"), p=title, a=phrases[key])
        answer = facts.outcome.answer if isinstance(facts.outcome, ProductAnswer) else None
        if answer is not None and answer.yes is None:
            for kind in ("yes", "no"):
                for text in FALSEHOODS["friendly"][facts.language][kind]:
                    yield Case(facts, text, "yes or no where only a quotation may answer")

    def guarded_turns(self) -> Iterator[TurnFacts]:
        """Questions on safety, health and compatibility, also of products whose entry holds in part only."""
        answerer = Answerer(self.shop.lexicon)
        for language in ("en", "zh"):
            for question in FALSEHOODS["guarded"][f"asked_{language}"]:
                product = self._random.choice(self.shop.products)
                keys = [key for key in product.attributes if key in GUARDED_ATTRIBUTES]
                if keys:
                    partial = {self._random.choice(keys): self._random.choice(FALSEHOODS["guarded"]["partial"])}
                    product = product.model_copy(update={"attributes": {**product.attributes, **partial}})
                hits = (Hit(product, product.variants[0], 1.0),)
                outcome = ProductAnswer(hits, answer=answerer.answer(question, hits, language))
                yield TurnFacts(outcome, Intent.PRODUCT_QUESTION, language, question)

    # two products side by side

    def _two(self, facts: TurnFacts) -> Iterator[Case]:
        outcome, hits = facts.outcome, _hits(facts)
        whole = not isinstance(outcome, Found) or outcome.result.total == len(hits)
        if len(hits) < 2:
            return
        language = facts.language
        one, two = hits[0], hits[1]
        low, high = sorted((one, two), key=lambda hit: hit.variant.price)
        p, q = self._title(low, language), self._title(high, language)
        gap = high.variant.price - low.variant.price
        if gap:
            cheaper = ("{p} is cheaper than {q}.", "{p} is less expensive than {q}.", "{p} costs less than {q}.")
            yield self._say(facts, "false comparative", cheaper, ("{p}比{q}便宜。", "{p}比{q}更便宜。"), p=q, q=p)
            dearer = ("{p} is more expensive than {q}.", "{p} costs more than {q}.")
            yield self._say(facts, "false comparative", dearer, ("{p}比{q}贵。",), p=p, q=q)
            by = ("{p} is cheaper than {q} by {m}.", "{p} is {m} cheaper than {q}."), ("{p}比{q}便宜{m}。",)
            yield self._say(facts, "false comparative", *by, p=p, q=q, m=self._money(gap + 3, language))
        if None not in (one.product.rating, two.product.rating) and one.product.rating != two.product.rating:
            worse, better = sorted((one, two), key=lambda hit: hit.product.rating or 0)
            rated = ("{p} is rated higher than {q}.", "{p} has a better rating than {q}."), ("{p}比{q}评分更高。",)
            lower, higher = self._title(worse, language), self._title(better, language)
            yield self._say(facts, "false comparative", *rated, p=lower, q=higher)
        if whole:
            yield from self._superlatives(facts, hits)
        if len(hits) == 2 and whole:
            yield from self._counts(facts, one, two)

    def _superlatives(self, facts: TurnFacts, hits: list[Hit]) -> Iterator[Case]:
        ordered = sorted(hits, key=lambda hit: hit.variant.price)
        cheapest, dearest = (self._title(ordered[at], facts.language) for at in (0, -1))
        if ordered[0].variant.price < ordered[1].variant.price:
            cheap = (
                "the cheapest of these is {p}.",
                "{p} is the cheapest of these.",
                "the least expensive of these is {p}.",
            )
            yield self._say(
                facts, "false superlative", cheap, ("其中最便宜的是{p}。", "其中价格最低的是{p}。"), p=dearest
            )
        if ordered[-1].variant.price > ordered[-2].variant.price:
            dear = ("the most expensive of these is {p}.", "{p} is the priciest of these.")
            yield self._say(facts, "false superlative", dear, ("其中最贵的是{p}。",), p=cheapest)

    def _counts(self, facts: TurnFacts, one: Hit, two: Hit) -> Iterator[Case]:
        language = facts.language
        adjectives = texts(language).plain("is")
        shared = [key for key in one.product.attributes if key in two.product.attributes and key in adjectives]
        shared = [key for key in shared if key not in GUARDED_ATTRIBUTES]
        for key in self._random.sample(shared, min(3, len(shared))):
            yes = [hit for hit in (one, two) if hit.product.attributes[key] == "yes"]
            wrong: list[tuple[Forms, Forms]] = []
            if len(yes) != 2:
                both = ("both are {a}.", "both of them are {a}.", "both of these are {a}.")
                wrong.append((both, ("两款都{a}。", "两个都{a}。")))
            if yes:
                neither = ("neither is {a}.", "neither of them is {a}.", "neither of the two is {a}.")
                wrong.append((neither, ("两款都不{a}。",)))
            if len(yes) != 1:
                wrong.append((("only one of them is {a}.", "just one of them is {a}."), ("只有一款{a}。",)))
            for forms in wrong:
                yield self._say(facts, "false count", *forms, a=adjectives[key])
            for hit in (one, two):
                if yes != [hit]:
                    title = self._title(hit, language)
                    only = ("only {p} is {a}.",), ("只有{p}{a}。",)
                    yield self._say(facts, "false count", *only, p=title, a=adjectives[key])
        unknown = adjectives[self._random.choice([key for key in adjectives if key not in one.product.attributes])]
        told = ("both are {a}.", "neither is {a}."), ("两款都{a}。", "两款都不{a}。")
        yield self._say(facts, "false count", *told, a=unknown)

    # searches

    def _found(self, facts: TurnFacts) -> Iterator[Case]:
        outcome = facts.outcome
        assert isinstance(outcome, Found)
        if not outcome.result.hits or outcome.with_picture:
            return
        total, language = outcome.result.total, facts.language
        counted: tuple[Forms, Forms] = (
            (
                "I found {n} products.",
                "there are {n} options for you.",
                "here are {n} products for you.",
                "we have {n} products.",
            ),
            ("我找到了{n}款商品。", "为您找到{n}款商品。", "店里有{n}款商品。"),
        )
        yield self._say(facts, "false count", *counted, n=str(total + self._random.randint(1, 6)))
        if 2 <= total <= 9:
            wrong = self._random.choice([number for number in range(2, 10) if number != total])
            yield self._say(facts, "number word", *counted, n=NUMBERS[language][wrong])
        search = outcome.search
        straight = outcome.result.outcome is SearchOutcome.FOUND and not outcome.result.relaxed
        if straight and search.type and language == "en":
            name = self.shop.lexicon.name("type", search.type[0], language).lower()
            if search.price_max is not None:
                under = ("I found {n} {t} under {m}.", "here are {n} {t} under {m}.")
                limit = f"${search.price_max - 5}"
                yield self._say(facts, "wrong price", under, ("",), n=str(total), t=name, m=limit)
            wrong_colour = self._random.choice([key for key in self.shop.lexicon.colours if key not in search.colour])
            called = self.shop.lexicon.name("colour", wrong_colour, language)
            coloured = ("I found {n} {c} {t}.", "we have {n} {c} {t}.")
            yield self._say(facts, "wrong colour", coloured, ("",), n=str(total), t=name, c=called)

    # orders

    def _orders(self, facts: TurnFacts) -> Iterator[Case]:
        outcome = facts.outcome
        assert isinstance(outcome, OrdersReply)
        for order in outcome.orders[:3]:
            yield from self._status(facts, order)
            yield from self._dates(facts, order)

    def _status(self, facts: TurnFacts, order: OrderView) -> Iterator[Case]:
        words: dict[OrderStatus, tuple[Forms, Forms]] = {
            OrderStatus.SHIPPED: (
                ("your order {o} is on its way.", "order {o} has been shipped.", "order {o} is in transit."),
                ("订单{o}已发货。", "您的订单{o}在路上了。"),
            ),
            OrderStatus.DELIVERED: (
                ("order {o} has been delivered.", "your order {o} was delivered."),
                ("订单{o}已送达。", "订单{o}已签收。"),
            ),
            OrderStatus.CANCELLED: (
                ("order {o} is cancelled.", "your order {o} has been cancelled."),
                ("订单{o}已取消。",),
            ),
            OrderStatus.PENDING: (("order {o} is pending.",), ("订单{o}正在等待处理。",)),
            OrderStatus.PROCESSED: (("order {o} has been packed.",), ("订单{o}已打包。",)),
        }
        for status, forms in words.items():
            if status is not order.status and order.status not in _IMPLY.get(status, ()):
                yield self._say(facts, "wrong order status", *forms, o=order.id)
        broken = order.id[:-1] + ("A" if order.id[-1] != "A" else "B")
        yield self._say(facts, "wrong id", *words.get(order.status, words[OrderStatus.SHIPPED]), o=broken)
        if len(facts.outcome.orders) == 1:  # type: ignore[union-attr]
            wrong = self._money(order.total + 2, facts.language)
            yield self._say(facts, "wrong price", ("the total is {m}.",), ("金额{m}。",), m=wrong)

    def _dates(self, facts: TurnFacts, order: OrderView) -> Iterator[Case]:
        def dated(moment: datetime, *forms: Forms) -> Case:
            return self._say(facts, "wrong date", *forms, o=order.id, d=self._day(moment, facts.language))

        if order.placed_at is not None:
            placed = ("you placed order {o} on {d}.", "order {o} was placed on {d}.")
            off = order.placed_at + timedelta(days=self._random.choice((-3, 2, 30)))
            yield dated(off, placed, ("订单{o}的下单日期是{d}。", "订单{o}于{d}下单。"))
        for fulfilment in order.fulfilments:
            if order.status is OrderStatus.SHIPPED and fulfilment.expected_at:
                due = (
                    "order {o} is expected on {d}.",
                    "order {o} should arrive on {d}.",
                    "order {o} is due on {d}.",
                )
                yield dated(fulfilment.expected_at - timedelta(days=2), due, ("订单{o}预计{d}送达。",))
                broken = fulfilment.tracking_id[:-1] + str((int(fulfilment.tracking_id[-1]) + 1) % 10)
                yield self._say(facts, "wrong id", ("the tracking number is {t}.",), ("运单号是{t}。",), t=broken)
            elif order.status is OrderStatus.DELIVERED and fulfilment.delivered_at:
                there = ("order {o} was delivered on {d}.", "order {o} arrived on {d}.")
                yield dated(fulfilment.delivered_at + timedelta(days=1), there, ("订单{o}已于{d}送达。",))

    # help pages

    def _faq(self, facts: TurnFacts) -> Iterator[Case]:
        outcome = facts.outcome
        assert isinstance(outcome, FaqAnswer)
        if not outcome.hits:
            return
        entry = outcome.hits[0].entry
        digits = [index for index, char in enumerate(entry.answer) if char.isdigit()]
        if digits:
            at = self._random.choice(digits)
            changed = str((int(entry.answer[at]) + self._random.randint(1, 8)) % 10)
            other_number = entry.answer[:at] + changed + entry.answer[at + 1 :]
            yield Case(facts, other_number, "passage with another number")
        for negation in (" not ", "不", "cannot", "n't"):
            if negation in entry.answer:
                without = entry.answer.replace(
                    negation, " " if negation == " not " else "can" if negation == "cannot" else "", 1
                )
                yield Case(facts, without, "passage without its not")
                break
        others = [
            other
            for other in self.shop.faq
            if other.language == entry.language and other.id != entry.id and other.answer != entry.answer
        ]
        yield Case(facts, self._random.choice(others).answer, "passage of another question")
        wrong = self._random.choice(
            ("/help/vip-club", "https://corner-deals.example/refund", (entry.link or "/help") + "-old")
        )
        look = ("have a look at {l}.", "please see {l}."), ("请看：{l}。",)
        yield self._say(facts, "invented link", *look, l=wrong)

    # words around

    def _glue(self, facts: TurnFacts) -> Iterator[Case]:
        language = facts.language
        yield Case(facts, self._random.choice(FALSEHOODS["promises"][language]), "invented promise")
        for kind, wrong in FALSEHOODS["friendly"][language].items():
            if _contradicts(facts, kind):
                yield Case(facts, self._random.choice(wrong), "friendly words that are false here")


def _hits(facts: TurnFacts) -> list[Hit]:
    match facts.outcome:
        case Found(result=result):
            return list(result.hits)
        case ProductAnswer(hits=hits) | Compared(hits=hits):
            return list(hits)
    return []


def _contradicts(facts: TurnFacts, kind: str) -> bool:
    """Whether words of a kind ("found", "yes", "done") would be false in this turn."""
    outcome = facts.outcome
    if kind == "found":
        return isinstance(outcome, Found) and not outcome.result.hits
    if kind == "done":
        return type(outcome).__name__ in ("ActionRefused", "ActionDropped", "Approval", "OutOfScope", "AskSlot")
    if (
        kind in ("yes", "no")
        and isinstance(outcome, ProductAnswer)
        and len(outcome.asked) == 1
        and len(outcome.hits) == 1
    ):
        value = outcome.hits[0].product.attributes.get(outcome.asked[0])
        return value == ("no" if kind == "yes" else "yes")
    return False
