"""Sentences with known truth, as a freer model might write them: true ones built from the facts, false ones with one
thing wrong.

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
    """A sentence about a turn. ``kind`` names what is true or wrong in it."""

    facts: TurnFacts
    text: str
    true: bool
    kind: str


FALSEHOODS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "falsehoods.toml").read_text("utf-8"))
NUMBERS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "zh": ("零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"),
}


class Sentences:
    """Makes cases for a turn's facts."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._random = random.Random(seed)
        self.shop = shop

    def cases(self, facts: TurnFacts) -> Iterator[Case]:
        """Everything we can say, rightly and wrongly, about a turn."""
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

    def _say(
        self, facts: TurnFacts, true: bool, kind: str, english: tuple[str, ...], chinese: tuple[str, ...], **values: str
    ) -> Case:
        pattern = self._random.choice(english if facts.language == "en" else chinese)
        text = pattern.format(**values)
        return Case(facts, text[:1].upper() + text[1:], true, kind)

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
        english: Forms
        chinese: Forms
        language, title, right = facts.language, self._title(hit, facts.language), hit.variant.price
        english = (
            "{p} costs {m}.",
            "the price of {p} is {m}.",
            "{p} is priced at {m}.",
            "you can get {p} for {m}.",
            "{p} sells for {m}.",
            "I found {p} at {m}.",
            "I'd suggest {p}, at {m}.",
            "sure, {p} is {m}.",
        )
        chinese = (
            "{p}的价格是{m}。",
            "{p}售价{m}。",
            "{p}卖{m}。",
            "推荐您看看{p}，{m}。",
            "{p}（{m}）。",
            "{p}标价{m}。",
        )
        yield self._say(facts, True, "price", english, chinese, p=title, m=self._money(right, language))
        wrong = [right + 1, right - Decimal("0.5"), right * 10, right + Decimal("10")]
        yield self._say(
            facts, False, "wrong price", english, chinese, p=title, m=self._money(self._random.choice(wrong), language)
        )
        yield self._say(
            facts,
            False,
            "wrong currency",
            english,
            chinese,
            p=title,
            m=self._money(right, language, self._random.choice(("EUR", "GBP", "CNY"))),
        )
        for other in hits:
            if other.variant.price != right:
                yield self._say(
                    facts,
                    False,
                    "swapped price",
                    english,
                    chinese,
                    p=title,
                    m=self._money(other.variant.price, language),
                )
                pair = (
                    "I found {p} at {m} and {q} at {n}.",
                    "here are {p} for {m} and {q} for {n}.",
                    "{p} costs {m}, and {q} costs {n}.",
                    "{p} is {m}, while {q} is {n}.",
                )
                pair_zh = ("{p}{m}，{q}{n}。", "我找到了{p}（{m}）和{q}（{n}）。", "{p}的价格是{m}，而{q}的价格是{n}。")
                names = {"p": title, "q": self._title(other, language)}
                one, two = self._money(right, language), self._money(other.variant.price, language)
                yield self._say(facts, True, "prices of two", pair, pair_zh, m=one, n=two, **names)
                yield self._say(facts, False, "swapped price", pair, pair_zh, m=two, n=one, **names)
                break
        stranger = self._random.choice(self.shop.products)
        shown = [other.product for other in _hits(facts)]
        if stranger not in shown and not any(
            stranger.name(language).startswith(product.name(language)) for product in shown
        ):
            name = stranger.name(language)
            yield self._say(
                facts,
                False,
                "invented product",
                english,
                chinese,
                p=f"the {name}" if language == "en" else name,
                m=self._money(stranger.lowest_price, language),
            )

    def _stock(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        title = self._title(hit, facts.language)
        stocked = ("{p} is in stock.", "{p} is available right now.", "good question: {p} is in stock.")
        gone = ("{p} is out of stock.", "{p} is sold out.", "I am sorry, {p} is currently unavailable.")
        stocked_zh, gone_zh = (
            ("{p}有货。", "{p}目前有货。", "好的，{p}现货。"),
            ("{p}缺货。", "很抱歉，{p}目前缺货。", "{p}已售罄。"),
        )
        available = hit.variant.stock > 0
        yield self._say(facts, available, "stock" if available else "wrong stock", stocked, stocked_zh, p=title)
        if available or not hit.product.in_stock:
            yield self._say(facts, not available, "wrong stock" if available else "stock", gone, gone_zh, p=title)
        if available and len(hit.product.variants) == 1:
            left, left_zh = ("{p} has {n} left.", "{p} has {n} in stock."), ("{p}还剩{n}件。", "{p}库存{n}件。")
            count = hit.variant.stock
            yield self._say(facts, True, "stock count", left, left_zh, p=title, n=str(count))
            yield self._say(
                facts, False, "wrong stock", left, left_zh, p=title, n=str(count + self._random.randint(1, 9))
            )
            if count > 3:
                word = NUMBERS[facts.language][self._random.randint(1, 3)]
                yield self._say(facts, False, "number word", left[:1], left_zh[:1], p=title, n=word)

    def _rating(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        product, title = hit.product, self._title(hit, facts.language)
        if product.rating is None or not product.review_count:
            return
        english = (
            "{p} is rated {r} out of 5.",
            "{p} has a rating of {r} out of 5 from {n} reviews.",
            "{p} has a rating of {r} stars.",
        )
        chinese = ("{p}的评分是{r}分。", "{p}评分{r}分（满分5分）。", "{p}的评分是{r}分，共{n}条评价。")
        right = product.rating
        yield self._say(facts, True, "rating", english, chinese, p=title, r=f"{right:.1f}", n=str(product.review_count))
        wrong = right - 0.3 if right > 1.5 else right + 0.4
        yield self._say(
            facts, False, "wrong rating", english, chinese, p=title, r=f"{wrong:.1f}", n=str(product.review_count)
        )
        yield self._say(
            facts,
            False,
            "wrong rating",
            english[1:2],
            chinese[2:],
            p=title,
            r=f"{right:.1f}",
            n=str(product.review_count + 7),
        )

    def _attributes(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        title, language = self._title(hit, facts.language), facts.language
        tables = texts(language)
        adjectives = tables.plain("is")
        known = [
            (key, value)
            for key, value in hit.product.attributes.items()
            if value in ("yes", "no") and key in adjectives and key not in GUARDED_ATTRIBUTES
        ]
        plus = ("{p} is {a}.", "good question: {p} is {a}.", "{p} is also {a}.")
        minus = ("{p} is not {a}.", "{p} isn't {a}.", "I am sorry, but {p} is not {a}.")
        plus_zh, minus_zh = ("{p}{a}。", "{p}也{a}。"), ("{p}不{a}。",)
        for key, value in self._random.sample(known, min(2, len(known))):
            word = adjectives[key]
            yes = value == "yes"
            yield self._say(facts, yes, "attribute" if yes else "wrong attribute", plus, plus_zh, p=title, a=word)
            yield self._say(facts, not yes, "false negation" if yes else "negation", minus, minus_zh, p=title, a=word)
        unknown = [key for key in adjectives if key not in hit.product.attributes]
        key = self._random.choice(unknown)
        yield self._say(facts, False, "unknown attribute", plus, plus_zh, p=title, a=adjectives[key])
        yield self._say(facts, False, "false negation", minus, minus_zh, p=title, a=adjectives[key])
        both = [key for key, value in known if value == "yes"]
        if len(both) > 1 and language == "en":
            one, two = self._random.sample(both, 2)
            yield self._say(
                facts,
                True,
                "two attributes",
                ("{p} is {a} and {b}.",),
                ("",),
                p=title,
                a=adjectives[one],
                b=adjectives[two],
            )
        lexicon = self.shop.lexicon
        material = hit.product.attributes.get("material")
        values = lexicon.attributes["material"].values
        if material in values:
            english, chinese = (
                ("{p} is made of {a}.", "the material of {p} is {a}."),
                ("{p}的材质是{a}。", "{p}采用{a}。"),
            )
            name = values[material].name[language]
            yield self._say(
                facts, True, "material", english, chinese, p=title, a=name.lower() if language == "en" else name
            )
            other = self._random.choice(
                [
                    key
                    for key in values
                    if key != material
                    and key not in material
                    and material not in key
                    and values[key].name[language] != name
                ]
            )
            named = values[other].name[language]
            yield self._say(
                facts,
                False,
                "wrong material",
                english,
                chinese,
                p=title,
                a=named.lower() if language == "en" else named,
            )
        brands = sorted({product.brand for product in self.shop.products} - {hit.product.brand})
        english, chinese = ("{p} is made by {b}.",), ("{p}的品牌是{b}。",)
        yield self._say(facts, True, "brand", english, chinese, p=title, b=hit.product.brand)
        yield self._say(facts, False, "wrong brand", english, chinese, p=title, b=self._random.choice(brands))

    def _options(self, facts: TurnFacts, hit: Hit) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        language, lexicon, title = facts.language, self.shop.lexicon, self._title(hit, facts.language)
        colours = list(dict.fromkeys(v.options["colour"] for v in hit.product.variants if "colour" in v.options))
        if colours:
            names = [lexicon.name("colour", colour, language) for colour in colours]
            joined = (
                names[0]
                if len(names) == 1
                else (", ".join(names[:-1]) + " and " + names[-1])
                if language == "en"
                else ("、".join(names[:-1]) + "和" + names[-1])
            )
            english, chinese = ("{p} comes in {c}.",), ("{p}有{c}。", "{p}可选{c}。")
            yield self._say(facts, True, "colours", english, chinese, p=title, c=joined)
            wrong = self._random.choice([key for key in lexicon.colours if key not in colours])
            yield self._say(
                facts, False, "wrong colour", english, chinese, p=title, c=lexicon.name("colour", wrong, language)
            )
        sizes = list(
            dict.fromkeys(
                v.options["size"] for v in hit.product.variants if "size" in v.options and v.options["size"].isdigit()
            )
        )
        if len(sizes) > 1:
            joined = ", ".join(sizes[:-1]) + " and " + sizes[-1] if language == "en" else "、".join(sizes)
            english, chinese = ("{p} comes in sizes {s}.",), ("{p}的尺码有{s}。",)
            yield self._say(facts, True, "sizes", english, chinese, p=title, s=joined)
            yield self._say(facts, False, "wrong size", english, chinese, p=title, s=str(max(map(int, sizes)) + 5))

    # safety, health, what it works with: only the shop's text may speak of it

    def _guarded(self, facts: TurnFacts) -> Iterator[Case]:
        """Claims that no shop's data settle, claims in own words of what it lists, and partial facts made whole."""
        planted = FALSEHOODS["guarded"][facts.language]
        phrases = texts(facts.language).plain("is")
        for hit in _hits(facts)[:2]:
            title = self._title(hit, facts.language)
            for pattern in self._random.sample(planted, 3):
                text = pattern.format(p=title)
                yield Case(facts, text[:1].upper() + text[1:], False, "safety, health or compatibility claimed")
            for key in hit.product.attributes:
                if key not in GUARDED_ATTRIBUTES or key not in phrases:
                    continue
                partial = hit.product.attributes[key] not in ("yes", "no")
                kind = "partial fact made whole" if partial else "listed entry claimed in own words"
                forms = ("{p} is {a}.", "sure, {p} is {a}.", "{p} is not {a}.", "it is {a}.")
                yield self._say(facts, False, kind, forms, ("{p}{a}。", "{p}也{a}。"), p=title, a=phrases[key])
        answer = facts.outcome.answer if isinstance(facts.outcome, ProductAnswer) else None
        if answer is not None and answer.yes is None:
            for kind in ("yes", "no"):
                for text in FALSEHOODS["friendly"][facts.language][kind]:
                    yield Case(facts, text, False, "yes or no where only a quotation may answer")

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
            cheaper_zh = ("{p}比{q}便宜。", "{p}比{q}更便宜。")
            dearer, dearer_zh = ("{p} is more expensive than {q}.", "{p} costs more than {q}."), ("{p}比{q}贵。",)
            by, by_zh = ("{p} is cheaper than {q} by {m}.", "{p} is {m} cheaper than {q}."), ("{p}比{q}便宜{m}。",)
            yield self._say(facts, True, "comparative", cheaper, cheaper_zh, p=p, q=q)
            yield self._say(facts, False, "false comparative", cheaper, cheaper_zh, p=q, q=p)
            yield self._say(facts, True, "comparative", dearer, dearer_zh, p=q, q=p)
            yield self._say(facts, False, "false comparative", dearer, dearer_zh, p=p, q=q)
            yield self._say(facts, True, "difference", by, by_zh, p=p, q=q, m=self._money(gap, language))
            yield self._say(facts, False, "false comparative", by, by_zh, p=p, q=q, m=self._money(gap + 3, language))
        rated = [hit for hit in (one, two) if hit.product.rating is not None]
        if len(rated) == 2 and rated[0].product.rating != rated[1].product.rating:
            best, other = sorted(rated, key=lambda hit: -(hit.product.rating or 0))
            english, chinese = (
                ("{p} is rated higher than {q}.", "{p} has a better rating than {q}."),
                ("{p}比{q}评分更高。",),
            )
            names = {"p": self._title(best, language), "q": self._title(other, language)}
            yield self._say(facts, True, "comparative", english, chinese, **names)
            yield self._say(facts, False, "false comparative", english, chinese, p=names["q"], q=names["p"])
        if whole:
            yield from self._superlatives(facts, hits)
        if len(hits) == 2 and whole:
            yield from self._counts(facts, one, two)

    def _superlatives(self, facts: TurnFacts, hits: list[Hit]) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        ordered = sorted(hits, key=lambda hit: hit.variant.price)
        english = (
            "the cheapest of these is {p}.",
            "{p} is the cheapest of these.",
            "the least expensive of these is {p}.",
        )
        chinese = ("其中最便宜的是{p}。", "其中价格最低的是{p}。")
        dear, dear_zh = ("the most expensive of these is {p}.", "{p} is the priciest of these."), ("其中最贵的是{p}。",)
        if ordered[0].variant.price < ordered[1].variant.price:
            yield self._say(facts, True, "superlative", english, chinese, p=self._title(ordered[0], facts.language))
            yield self._say(
                facts, False, "false superlative", english, chinese, p=self._title(ordered[-1], facts.language)
            )
        if ordered[-1].variant.price > ordered[-2].variant.price:
            yield self._say(facts, True, "superlative", dear, dear_zh, p=self._title(ordered[-1], facts.language))
            yield self._say(facts, False, "false superlative", dear, dear_zh, p=self._title(ordered[0], facts.language))

    def _counts(self, facts: TurnFacts, one: Hit, two: Hit) -> Iterator[Case]:
        language = facts.language
        adjectives = texts(language).plain("is")
        shared = [key for key in one.product.attributes if key in two.product.attributes and key in adjectives]
        shared = [key for key in shared if key not in GUARDED_ATTRIBUTES]
        for key in self._random.sample(shared, min(3, len(shared))):
            yes = [hit for hit in (one, two) if hit.product.attributes[key] == "yes"]
            word = adjectives[key]
            both = (
                ("both are {a}.", "both of them are {a}.", "both of these are {a}."),
                ("两款都{a}。", "两个都{a}。"),
            )
            neither = (("neither is {a}.", "neither of them is {a}.", "neither of the two is {a}."), ("两款都不{a}。",))
            single = (("only one of them is {a}.", "just one of them is {a}."), ("只有一款{a}。",))
            yield self._say(facts, len(yes) == 2, "both" if len(yes) == 2 else "false count", *both, a=word)
            yield self._say(facts, not yes, "neither" if not yes else "false count", *neither, a=word)
            yield self._say(facts, len(yes) == 1, "only one" if len(yes) == 1 else "false count", *single, a=word)
            only = (("only {p} is {a}.",), ("只有{p}{a}。",))
            for hit in (one, two):
                true = [item.product.id for item in yes] == [hit.product.id]
                yield self._say(
                    facts, true, "only" if true else "false count", *only, p=self._title(hit, language), a=word
                )
        unknown = [key for key in adjectives if key not in one.product.attributes]
        yield self._say(
            facts,
            False,
            "false count",
            ("both are {a}.", "neither is {a}."),
            ("两款都{a}。", "两款都不{a}。"),
            a=adjectives[self._random.choice(unknown)],
        )

    # searches

    def _found(self, facts: TurnFacts) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        outcome = facts.outcome
        assert isinstance(outcome, Found)
        if not outcome.result.hits or outcome.with_picture:
            return
        total, language = outcome.result.total, facts.language
        english = (
            "I found {n} products.",
            "there are {n} options for you.",
            "here are {n} products for you.",
            "we have {n} products.",
        )
        chinese = ("我找到了{n}款商品。", "为您找到{n}款商品。", "店里有{n}款商品。")
        yield self._say(facts, True, "count", english, chinese, n=str(total))
        yield self._say(facts, False, "false count", english, chinese, n=str(total + self._random.randint(1, 6)))
        if 2 <= total <= 9:
            wrong = self._random.choice([number for number in range(2, 10) if number != total])
            yield self._say(facts, True, "number word", english, chinese, n=NUMBERS[language][total])
            yield self._say(facts, False, "number word", english, chinese, n=NUMBERS[language][wrong])
        if (
            outcome.result.outcome is SearchOutcome.FOUND
            and outcome.search.type
            and language == "en"
            and not outcome.result.relaxed
        ):
            name = self.shop.lexicon.name("type", outcome.search.type[0], language).lower()
            limit = outcome.search.price_max
            if limit is not None:
                forms = ("I found {n} {t} under {m}.", "here are {n} {t} under {m}.")
                yield self._say(facts, True, "search in words", forms, ("",), n=str(total), t=name, m=f"${limit}")
                yield self._say(facts, False, "wrong price", forms, ("",), n=str(total), t=name, m=f"${limit - 5}")
            colours = outcome.search.colour
            forms = ("I found {n} {c} {t}.", "we have {n} {c} {t}.")
            wrong_colour = self._random.choice([key for key in self.shop.lexicon.colours if key not in colours])
            yield self._say(
                facts,
                False,
                "wrong colour",
                forms,
                ("",),
                n=str(total),
                t=name,
                c=self.shop.lexicon.name("colour", wrong_colour, language),
            )
            if colours:
                yield self._say(
                    facts,
                    True,
                    "search in words",
                    forms,
                    ("",),
                    n=str(total),
                    t=name,
                    c=self.shop.lexicon.name("colour", colours[0], language),
                )

    # orders

    def _orders(self, facts: TurnFacts) -> Iterator[Case]:
        outcome = facts.outcome
        assert isinstance(outcome, OrdersReply)
        for order in outcome.orders[:3]:
            yield from self._status(facts, order)
            yield from self._dates(facts, order)

    def _status(self, facts: TurnFacts, order: OrderView) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        words: dict[OrderStatus, tuple[tuple[str, ...], tuple[str, ...]]] = {
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
        for status, (english, chinese) in words.items():
            true = status is order.status
            if status is OrderStatus.DELIVERED and order.status in (
                OrderStatus.RETURN_REQUESTED,
                OrderStatus.RETURNED,
                OrderStatus.EXCHANGE_REQUESTED,
            ):
                continue
            if status is OrderStatus.SHIPPED and order.status is OrderStatus.DELIVERED:
                continue
            yield self._say(facts, true, "order status" if true else "wrong order status", english, chinese, o=order.id)
        english, chinese = words.get(order.status, words[OrderStatus.SHIPPED])
        broken = order.id[:-1] + ("A" if order.id[-1] != "A" else "B")
        yield self._say(facts, False, "wrong id", english, chinese, o=broken)
        money = self._money(order.total, facts.language)
        if len(facts.outcome.orders) == 1:  # type: ignore[union-attr]
            yield self._say(facts, True, "order total", ("the total is {m}.",), ("金额{m}。",), m=money)
            wrong = self._money(order.total + 2, facts.language)
            yield self._say(facts, False, "wrong price", ("the total is {m}.",), ("金额{m}。",), m=wrong)

    def _dates(self, facts: TurnFacts, order: OrderView) -> Iterator[Case]:
        english: Forms
        chinese: Forms
        language = facts.language
        english = ("you placed order {o} on {d}.", "order {o} was placed on {d}.")
        chinese = ("订单{o}的下单日期是{d}。", "订单{o}于{d}下单。")
        if order.placed_at is not None:
            yield self._say(facts, True, "date", english, chinese, o=order.id, d=self._day(order.placed_at, language))
            off = order.placed_at + timedelta(days=self._random.choice((-3, 2, 30)))
            yield self._say(facts, False, "wrong date", english, chinese, o=order.id, d=self._day(off, language))
        for fulfilment in order.fulfilments:
            if order.status is OrderStatus.SHIPPED and fulfilment.expected_at:
                english = (
                    "order {o} is expected on {d}.",
                    "order {o} should arrive on {d}.",
                    "order {o} is due on {d}.",
                )
                chinese = ("订单{o}预计{d}送达。",)
                yield self._say(
                    facts, True, "date", english, chinese, o=order.id, d=self._day(fulfilment.expected_at, language)
                )
                wrong = fulfilment.expected_at - timedelta(days=2)
                yield self._say(facts, False, "wrong date", english, chinese, o=order.id, d=self._day(wrong, language))
                track, track_zh = ("the tracking number is {t}.",), ("运单号是{t}。",)
                if len(facts.outcome.orders) == 1:  # type: ignore[union-attr]
                    yield self._say(facts, True, "tracking number", track, track_zh, t=fulfilment.tracking_id)
                broken = fulfilment.tracking_id[:-1] + str((int(fulfilment.tracking_id[-1]) + 1) % 10)
                yield self._say(facts, False, "wrong id", track, track_zh, t=broken)
            elif order.status is OrderStatus.DELIVERED and fulfilment.delivered_at:
                english, chinese = (
                    ("order {o} was delivered on {d}.", "order {o} arrived on {d}."),
                    ("订单{o}已于{d}送达。",),
                )
                yield self._say(
                    facts, True, "date", english, chinese, o=order.id, d=self._day(fulfilment.delivered_at, language)
                )
                wrong = fulfilment.delivered_at + timedelta(days=1)
                yield self._say(facts, False, "wrong date", english, chinese, o=order.id, d=self._day(wrong, language))

    # help pages

    def _faq(self, facts: TurnFacts) -> Iterator[Case]:
        outcome = facts.outcome
        assert isinstance(outcome, FaqAnswer)
        if not outcome.hits:
            return
        entry = outcome.hits[0].entry
        yield Case(facts, entry.answer, True, "passage")
        digits = [index for index, char in enumerate(entry.answer) if char.isdigit()]
        if digits:
            at = self._random.choice(digits)
            changed = str((int(entry.answer[at]) + self._random.randint(1, 8)) % 10)
            yield Case(
                facts, entry.answer[:at] + changed + entry.answer[at + 1 :], False, "passage with another number"
            )
        for negation in (" not ", "不", "cannot", "n't"):
            if negation in entry.answer:
                without = entry.answer.replace(
                    negation, " " if negation == " not " else "can" if negation == "cannot" else "", 1
                )
                yield Case(facts, without, False, "passage without its not")
                break
        others = [
            other
            for other in self.shop.faq
            if other.language == entry.language and other.id != entry.id and other.answer != entry.answer
        ]
        yield Case(facts, self._random.choice(others).answer, False, "passage of another question")
        if entry.link:
            english, chinese = ("have a look at {l}.",), ("请看：{l}。",)
            yield self._say(facts, True, "link", english, chinese, l=entry.link)
        wrong = self._random.choice(
            ("/help/vip-club", "https://corner-deals.example/refund", (entry.link or "/help") + "-old")
        )
        yield self._say(
            facts, False, "invented link", ("have a look at {l}.", "please see {l}."), ("请看：{l}。",), l=wrong
        )

    # words around

    def _glue(self, facts: TurnFacts) -> Iterator[Case]:
        language = facts.language
        yield Case(facts, self._random.choice(FALSEHOODS["promises"][language]), False, "invented promise")
        for kind, wrong in FALSEHOODS["friendly"][language].items():
            if _contradicts(facts, kind):
                yield Case(facts, self._random.choice(wrong), False, "friendly words that are false here")


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
