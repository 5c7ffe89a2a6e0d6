"""Which orders and lines a message means ("my boots", "the blue one", 那双凉鞋), and which variant it wants."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from assistant.dialogue.dependencies import Dependencies
from assistant.shop.views import OrderLineView, OrderView
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.swaps import read_step
from retrieval.models import Product, Variant
from retrieval.text.words import is_chinese, query_terms, stem

_WORD = re.compile(r"[a-z0-9]{3,}")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_MINE = re.compile(r"\b(?:my|the|those|these) ((?:[\w'-]{1,20} )?[\w'-]{4,20})", re.IGNORECASE)
"""What somebody calls a thing of theirs."""
_TYPE, _TITLE, _BRAND, _OPTION = 5.0, 3.0, 2.0, 4.0
"""What it weighs that a line is of the type, title word, brand or option that a message names."""

_ALL = re.compile(
    r"\b(?:all(?: of (?:it|them))?|everything|both(?: of (?:them|these|those))?(?=\s*(?:$|[.,!?;]|please|back|items|things|are|have))|the (?:whole|entire|full|complete) (?:order|thing|lot)"
    r"|every item|each of them)\b|全部|全都|所有|整单|整个订单|都(?:要)?(?:退|换)|两[个件双]都|一起退",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:the )?other (?:one|order)\b|\bthe other\b|另一[个单笔]|另外(?:一[个单笔]|那[个单笔])|其他(?:那)?[个单]",
    re.IGNORECASE,
)
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent|last) (?:order|one|purchase)\b|\bjust (?:placed|ordered|bought)\b|最近(?:的|一|那)"
    r"|最新的?(?:订单|一)|刚(?:刚|才)?(?:下|买|拍|订)|上一[单个笔]",
    re.IGNORECASE,
)
_ORDINALS = (
    r"\b(?:first|1st|number 1|no\.? ?1)\b|第一|^\s*(?:1|一)\s*[.。]?$|前者",
    r"\b(?:second|2nd|number 2|no\.? ?2|latter)\b|第二|^\s*(?:2|二)\s*[.。]?$|后者",
    r"\b(?:third|3rd|number 3|no\.? ?3)\b|第三|^\s*(?:3|三)\s*[.。]?$",
    r"\b(?:fourth|4th|number 4)\b|第四|^\s*4\s*$",
)
_CONTRACTED = re.compile(r"['’](?:s|m|d|ll|re|ve|t)\b", re.IGNORECASE)
"""What is no size S or M: "that's right", "I'm not sure"."""
_CHEAPEST = re.compile(
    r"\b(?:cheapest|least expensive|lowest[- ]priced?|most affordable)\b|最便宜|最低价", re.IGNORECASE
)
_DEAREST = re.compile(r"\b(?:most expensive|priciest|dearest|highest[- ]priced?)\b|最贵", re.IGNORECASE)
_LAST = re.compile(r"\bthe last one\b|最后(?:一|那)", re.IGNORECASE)


def says_all(text: str) -> bool:
    return _ALL.search(expressions("cues")["partly"].sub(" ", text)) is not None


def says_other(text: str) -> bool:
    return _OTHER.search(text) is not None


def says_latest(text: str) -> bool:
    return _LATEST.search(text) is not None


def ordinal(text: str, count: int) -> int | None:
    """The 0-based place among ``count`` offered things that a message names."""
    if count and _LAST.search(text):
        return count - 1
    for place, pattern in enumerate(_ORDINALS[:count]):
        if re.search(pattern, text, re.IGNORECASE):
            return place
    return None


def read_slots(text: str, deps: Dependencies, asked: str | None = None) -> Slots:
    """All that names a product in ``text``; ``asked`` "size": a bare value is one."""
    return deps.understander.slots(text, TurnContext(asked_for=asked), Intent.ORDER_CHANGE)


def leaves(slots: Slots, deps: Dependencies) -> frozenset[str]:
    """The leaf types that the named types stand for."""
    return frozenset(deps.lexicon.leaves(slots.type))


def fitting(text: str, lines: Sequence[OrderLineView], deps: Dependencies) -> list[OrderLineView]:
    """The lines that a message names best; empty when it names none of them."""
    text = _without_set_aside(text)
    slots = read_slots(text, deps)
    said = _said(text)
    scores = [_score(said, slots, line, deps) for line in lines]
    if not any(score > 0 for score in scores):
        scores = _described(text, lines, deps)
    best = max(scores, default=0.0)
    return [line for line, score in zip(lines, scores, strict=True) if score == best and best > 0]


def fitting_orders(text: str, orders: Collection[OrderView], deps: Dependencies) -> list[OrderView]:
    """The orders that hold what a message names best."""
    text = _without_set_aside(text)
    slots = read_slots(text, deps)
    said = _said(text)
    scores = [(max((_score(said, slots, line, deps) for line in o.lines), default=0.0), o) for o in orders]
    if not any(score > 0 for score, _ in scores):
        scores = [(max(_described(text, o.lines, deps), default=0.0), o) for o in orders]
    best = max((score for score, _ in scores), default=0.0)
    return [order for score, order in scores if score == best and best > 0]


def _without_set_aside(text: str) -> str:
    """Without what is named only to say that it is not meant ("the boots I know about"); all of it, where that is all."""
    rest = expressions("cues")["set_aside"].sub(" ", text)
    return rest if re.search(r"\w", rest) else text


def _described(text: str, lines: Sequence[OrderLineView], deps: Dependencies) -> list[float]:
    """How much of what a message says stands in the shop's text on each line's product ("the weights"), where that
    tells them apart."""
    named = [frozenset(map(stem, query_terms(deps.words.free(phrase)))) for phrase in _MINE.findall(text)]
    held = [
        {stem(word) for said in product.description.values() for word in query_terms(said)}
        if (product := deps.product(line.product_id))
        else set()
        for line in lines
    ]
    said = [float(any(phrase and phrase <= words for phrase in named)) for words in held]
    if any(said):
        return said
    expanded = deps.search.index.expander.words(query_terms(deps.words.free(text)))
    others = {stem(other) for word in expanded for other, _ in word.others}
    kinds = [
        set(map(stem, query_terms(deps.lexicon.name("type", product.type, "en")))) if product else set()
        for product in (deps.product(line.product_id) for line in lines)
    ]
    return [float(bool(kind & others)) for kind in kinds]


@dataclass(frozen=True, slots=True)
class _Said:
    """A message taken apart once, to be held against every line of every order."""

    text: str
    words: frozenset[str]
    pairs: frozenset[str]
    """Of neighbouring Chinese characters."""


def _said(text: str) -> _Said:
    text = text.lower()
    words = frozenset(word.rstrip("s") for word in _WORD.findall(text))
    return _Said(text, words, frozenset(_pairs(text)))


def _pairs(text: str) -> set[str]:
    return {run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1)}


def _score(said: _Said, slots: Slots, line: OrderLineView, deps: Dependencies) -> float:
    product = deps.product(line.product_id)
    named = leaves(slots, deps)
    score = 0.0
    if product is not None and named:
        other = -_TYPE if product.type in deps.lexicon.types else 0.0  # a kind the shop's words do not tell apart
        score += _TYPE if product.type in named else other
    brand = (product.brand if product else "").lower()
    brand_words = set(_WORD.findall(brand))
    title = {word.rstrip("s") for word in _WORD.findall(" ".join(line.title.values()).lower())}
    score += _TITLE * len(said.words & (title - {word.rstrip("s") for word in brand_words}))
    score += _BRAND * bool(brand and brand in said.text)
    score += _TITLE * len(_pairs(line.title.get("zh", "")) & said.pairs) / 2
    score += _OPTION * (line.options.get("colour") in slots.colour)
    score += _OPTION * (line.options.get("size") in slots.size)
    # A colour alone ("the blue one") tells lines apart, but not an item of another kind.
    return score


@dataclass(frozen=True, slots=True)
class WantedVariant:
    """``options``: those asked for that the product has. ``unknown``: something was asked for that it does not come
    in. ``other_product``: another product altogether."""

    options: dict[str, str]
    unknown: bool = False
    other_product: bool = False

    @property
    def said(self) -> bool:
        return bool(self.options) or self.unknown or self.other_product


def wanted_options(
    text: str, line: OrderLineView, product: Product, deps: Dependencies, *, whole: bool
) -> WantedVariant:
    """What ``text`` asks for in place of ``line``. ``whole``: it also names the item had, so that a value which the
    line has already is no wish, and a type no other product."""
    line = as_in_catalogue(line, product)
    slots, loose = read_slots(text, deps), read_slots(_CONTRACTED.sub("", text), deps, "size")
    if not whole:
        types = leaves(slots, deps)
        others = [named for named in deps.titles().named(text) if named.id != product.id]
        known = product.type in deps.lexicon.types
        if (known and types and product.type not in types) or others:
            return WantedVariant({}, other_product=True)
    found: dict[str, str] = {}
    unknown = False
    for key in dict.fromkeys(key for variant in product.variants for key in variant.options):
        values = list(dict.fromkeys(v.options[key] for v in product.variants if key in v.options))
        said = list(slots.colour) if key == "colour" else list(slots.size) if key == "size" else []
        also = list(loose.size) if key == "size" else []
        hits = [v for v in values if v in said or _stands_in(v, text, also) or _means(v, key, text)]
        hits = [v for v in hits if not any(v != other and v in other for other in hits)]  # "rose gold" is no gold
        if whole:
            hits = [value for value in hits if value != line.options.get(key)]
            said = [value for value in said if value != line.options.get(key)]
        if hits:
            found[key] = hits[-1]
        elif said:
            unknown = True
        elif key == "size" and (step := read_step(text)):
            place = values.index(line.options[key]) + step if line.options.get(key) in values else -1
            if 0 <= place < len(values):
                found[key] = values[place]
            else:
                unknown = True
    keys = {key for variant in product.variants for key in variant.options}
    if (slots.colour and "colour" not in keys) or (slots.size and "size" not in keys and not found):
        unknown = unknown or not whole
    return WantedVariant(found, unknown=unknown)


def as_in_catalogue(line: OrderLineView, product: Product) -> OrderLineView:
    """With its options as the live catalogue calls them: an order keeps what they were called when it was placed."""
    variant = product.variant(line.variant_id)
    return line if variant is None else replace(line, options=variant.options)


def _stands_in(value: str, text: str, loose: Sequence[str]) -> bool:
    """Whether an option value stands in a text as such ("50 x 50 cm", "36-40", "2 kg", "W36")."""
    if value in loose or value.lstrip("W") in loose:
        return True
    code = re.fullmatch(r"[A-Za-z]\d|\d[A-Za-z]", value) is not None  # i7, 4K, A5
    if len(value) < 3 and not code:  # 鞋子要39的
        number = value.isdigit() and len(value) == 2 and is_chinese(text)
        return number and re.search(rf"(?<![\d.$¥A-Za-z-]){value}(?![\d.%A-Za-z元块天月号日件-])", text) is not None
    parts = re.findall(r"[a-z]+|\d+(?:\.\d+)?|[^\sa-z\d]", value.lower())
    # "15 inch" is 15-inch, and "v neck" v-neck
    pattern = r"[\s-]*".join(re.escape(part) for part in parts if part != "-")
    plain = text.lower().replace("×", "x").replace("*", "x").replace("公斤", "kg").replace("厘米", "cm")
    return re.search(rf"(?<![a-z0-9.]){pattern}(?![a-z0-9])", plain) is not None


def _means(value: str, key: str, text: str) -> bool:
    """Whether a text has an option that is there or is not by its name ("waterproof", "no backlight")."""
    if value.lower() not in ("yes", "no", "none"):
        return False
    named = re.search(
        rf"\b(?P<no>not? |non-?|without (?:an? )?)?{re.escape(key.replace('_', ' '))}\b", text, re.IGNORECASE
    )
    return named is not None and bool(named["no"]) == (value.lower() != "yes")


def in_place_of(line: OrderLineView, wanted: dict[str, str], product: Product) -> Variant | None:
    """The variant with the options wanted and otherwise those of the line; ``None`` when there is none such."""
    options = {**as_in_catalogue(line, product).options, **wanted}
    return next((variant for variant in product.variants if variant.options == options), None)


def by_price(text: str, there: Sequence[Variant]) -> Variant | None:
    """The cheapest or the dearest of the variants that there are, where a text asks for it."""
    if not there or _CHEAPEST.search(text) is None:
        return max(there, key=lambda v: v.price) if there and _DEAREST.search(text) else None
    return min(there, key=lambda v: v.price)


def choices(
    line: OrderLineView, wanted: dict[str, str], product: Product, units: int, deps: Dependencies
) -> list[Variant]:
    """The variants to be had in place of the line: those with the options wanted, else with most of them, the size before
    the colour; else all others in stock."""
    left = deps.shop.stock.of_many([variant.id for variant in product.variants])
    there = [v for v in product.variants if v.id != line.variant_id and left[v.id] >= units]
    met = {v.id: [key for key, value in wanted.items() if v.options.get(key) == value] for v in there}
    most = max(map(len, met.values()), default=0)
    partly = sorted((v for v in there if met[v.id] and len(met[v.id]) == most), key=lambda v: "size" not in met[v.id])
    return [v for v in there if len(met[v.id]) == len(wanted)] or partly or there
