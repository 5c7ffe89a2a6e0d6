"""From slots to a search request: filters, order, and the words that are left to match by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.understanding.money import MONEY
from assistant.understanding.schema import Slots
from retrieval.models import Product
from retrieval.search.query import Filters, Hit, Order, Outcome, SearchResult
from retrieval.text.lexicon import Lexicon, all_words
from retrieval.text.measures import UNIT, quantity

_ORDERS = {"cheapest": Order.CHEAPEST, "dearest": Order.DEAREST, "best_rated": Order.BEST_RATED}
_PRICE = re.compile(rf"{MONEY}|\d[\d.,]*", re.IGNORECASE | re.ASCII)
_QUANTITY = re.compile(rf"(?<![\w.])\d{{1,7}}(?:[.,]\d{{1,4}})?[ -]?(?:{UNIT})(?![a-z])", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ԯ][A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ԯ'’-]*|[\u4e00-\u9fff]+")

FILLER = frozenset(
    word
    for line in Path(__file__).with_name("filler.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
"""English words that say nothing of what is wanted."""
_STOP_ZH = re.compile(
    r"我想要?|我要|我们|咱们?|第一次|两个人|一个人|周末|平时|打算|准备|(?:想|要|先)?去|想买|想要|请问|请|帮我|给我|找一?[下个款双件条只]?|有没有|有吗|有|推荐|看看|一下|以内|以下|以上|之间|不超过|左右"
    r"|便宜一?点的?|贵一?点的?|更便宜的?|最便宜的?|的|吗|呢|吧|啊|一[双件条只个款]|那|这|换成?|改成?|不要|要|你们|店里|卖|买|什么|哪些|重新开始|和|跟|或|预算"
)


def filters(slots: Slots, lexicon: Lexicon, without: Iterable[str] = ()) -> Filters:
    """The hard conditions of a search; ``without`` are ids of products turned down.

    What is for everybody also is for men and for women.
    """
    attributes = [_pair(text) for text in slots.attribute]
    if {("audience", "men"), ("audience", "women")} & set(attributes):
        attributes.append(("audience", "unisex"))
    return Filters(
        types=lexicon.leaves(slots.type),
        brands=tuple(slots.brand),
        colours=tuple(slots.colour),
        sizes=tuple(slots.size),
        price_min=slots.price_min,
        price_max=slots.price_max,
        rating_min=slots.rating_min,
        attributes=tuple(attributes),
        measures=tuple(slots.measures),
        exclude=tuple(_pair(text) for text in slots.exclude),
        without=frozenset(without),
    )


def told_by_titles(result: SearchResult, slots: Slots, lexicon: Lexicon) -> SearchResult:
    """Of products whose data do not record what is asked, those whose title says it (静音键盘), where there are any."""
    if result.outcome is not Outcome.RELAXED or result.relaxed != ("attributes",):
        return result
    pairs = [_pair(text) for text in slots.attribute]
    kept = tuple(hit for hit in result.hits if all(says(hit.product, key, value, lexicon) for key, value in pairs))
    return SearchResult(kept, Outcome.FOUND, len(kept)) if kept else result


def says(product: Product, key: str, value: str, lexicon: Lexicon) -> bool:
    """Whether a product has an attribute by its data or, where these do not record it, by its title."""
    if key in product.attributes or key not in lexicon.attributes:
        return product.attributes.get(key) == value
    entry = lexicon.attributes[key]
    titles = [f" {title.lower()} " for title in product.title.values()]
    words = [word.lower() if not word.isascii() else f" {word.lower()} " for word in all_words(entry.words_of(value))]
    return any(word in title for word in words if len(word) > 1 for title in titles)


_CHILDREN = "audience=kids"


def _for_children(product: Product, lexicon: Lexicon) -> bool:
    return says(product, "audience", "kids", lexicon)


def young_last(hits: Sequence[Hit], slots: Slots, lexicon: Lexicon) -> tuple[Hit, ...]:
    """For somebody of an age, what is made for much younger ones comes after what is not; where no child is spoken of,
    what is made for children. For grown-ups it is left out, also where only its title tells."""
    years = max((m.high or 0 for m in slots.measures if m.dimension == "age" and m.may_lack), default=0)
    if not years and _CHILDREN not in slots.attribute:
        if _CHILDREN in slots.exclude or any(pair.startswith("audience=") for pair in slots.attribute):
            return tuple(hit for hit in hits if not _for_children(hit.product, lexicon))
        return tuple(sorted(hits, key=lambda hit: _for_children(hit.product, lexicon)))

    def much_younger(hit: Hit) -> bool:
        ages = [
            found[1] for value in hit.product.attributes.values() if (found := quantity(value)) and found[0] == "age"
        ]
        return bool(ages) and max(ages) < years / 2

    return tuple(sorted(hits, key=much_younger))


def grown_ups(hits: Sequence[Hit], slots: Slots, lexicon: Lexicon) -> tuple[Hit, ...]:
    """The cheapest of all is not a child's pair, where no child is spoken of; of toys, which tell an age, it may be."""
    if _CHILDREN in slots.attribute or any(one.dimension == "age" for one in slots.measures):
        return tuple(hits)
    others = [hit for hit in hits if "age_from" in hit.product.attributes or not _for_children(hit.product, lexicon)]
    return tuple(others or hits)


def order(slots: Slots) -> Order:
    return _ORDERS.get(slots.sort or "", Order.RELEVANCE)


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value or "yes"


def unmeasured(text: str) -> str:
    """``text`` without quantities: "like 50 litres" names no thing."""
    return _QUANTITY.sub(" ", text)


def _either(kinds: Sequence[str], colours: Sequence[str]) -> re.Pattern[str]:
    """Names of kinds and colours, in one pass; of colours with what shades them."""

    def joined(words: Sequence[str]) -> str:
        english = sorted({re.escape(word) for word in words if word.isascii()}, key=len, reverse=True)
        return "|".join(english)

    chinese = sorted({re.escape(word) for word in (*kinds, *colours) if not word.isascii()}, key=len, reverse=True)
    english = rf"\b(?:(?:{joined(kinds)})s?|(?:(?:light|dark|warm|soft|bright|cool) )?(?:{joined(colours)}))\b"
    return re.compile("|".join([english, *chinese]), re.IGNORECASE)


class UnreadWords:
    """Tells the words of a message that no slot stands for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        said = lexicon.every_word
        self._english = {word for word in said if word.isascii()}
        chinese = sorted((word for word in said if not word.isascii()), key=len, reverse=True)
        self._chinese = re.compile("|".join(map(re.escape, chinese)) or r"(?!)")
        kinds = [
            word for entry in (*lexicon.types.values(), *lexicon.umbrellas.values()) for word in all_words(entry.words)
        ]
        colours = [word for entry in lexicon.colours.values() for word in all_words(entry.words)]
        phrased = [word for entry in lexicon.attributes.values() for word in all_words(entry.words) if " " in word]
        self._named = _either([*kinds, *phrased], colours)
        phrases = sorted((word for word in self._english if " " in word or "-" in word), key=len, reverse=True)
        self._phrases = re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b" if phrases else r"(?!)")

    def unnamed(self, text: str) -> str:
        """``text`` without the names of kinds and colours: neither a "light" nor "light blue" weighs little."""
        return self._named.sub(" ", text)

    def free(self, text: str) -> str:
        """What is left of ``text`` without lexicon words, prices and filler."""
        lowered = self._phrases.sub(" ", _PRICE.sub(" ", unmeasured(text)).lower())
        kept: list[str] = []
        for token in _TOKEN.findall(lowered):
            if token.isascii():
                if token not in FILLER and token not in self._english and len(token) > 1:
                    kept.append(token)
            else:
                left = _STOP_ZH.sub("", self._chinese.sub("", token))
                if len(left) > 1:
                    kept.append(left)
        return " ".join(kept)

    def query(self, slots: Slots, free: str, language: str) -> str:
        """A search in plain words: what the slots are called, then the free words."""
        name = self._lexicon.name
        deps = [name("colour", key, language) for key in slots.colour]
        deps += [name("attribute", pair, language) for pair in slots.attribute]
        deps += [*slots.brand, *(name("type", key, language) for key in slots.type), free]
        return " ".join(part for part in deps if part)
