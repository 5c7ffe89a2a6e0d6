"""A search in words: "red waterproof running shoes by Fernway in size 42 under $80.00"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.understanding.schema import Slots
from assistant.understanding.vocabulary import stem
from assistant.wording.refusal import refusals, settled
from assistant.wording.speech import Speech
from retrieval.text.lexicon import TypeEntry
from retrieval.text.measures import Measure
from retrieval.text.size_order import in_size_order

_KILO = 1000
_APPROXIMATE_SHARE = 0.15
"""How far "about 30 litres" reaches, as it is read."""
_SUFFIXES_ZH = "子具"
"""What ends a Chinese noun without telling what it is: 帽子, 刀具."""
MAX_NAMED_TYPES, MAX_ALIKE_TYPES = 4, 2
"""More kinds of goods than this are no name for what is looked for, or have no properties in common."""


def search_phrase(search: Slots, speech: Speech, currency: str) -> str:
    """The conditions of a search as one noun phrase; empty when it has none that can be named."""
    search = settled(search)
    named = _type_names(search, speech)
    kinds = set(speech.lexicon.leaves(search.type))
    refused = [entry for entry in search.exclude if not _of_others(entry, kinds, speech)]
    things = [entry for entry in refused if not entry.startswith("audience=")]
    kind = named

    def called(pairs: Sequence[str]) -> str:
        before, noun = _merged(_features(Slots(attribute=list(pairs)), speech)[0], kind, search, speech)
        return " ".join([*before, noun or speech.texts.render("phrase", "plain")])

    features, owned, people = _features(search, speech)
    if len(search.type) > MAX_ALIKE_TYPES:  # what is one kind's feature is not all kinds'
        features, owned, people = [], [], []
    features, named = _merged(features, named, search, speech)
    before = _colours(search, speech) + features
    price = _price(search, speech, currency)
    render = speech.texts.render
    brands = [render("phrase", "by", values=speech.listing(search.brand, "or"))] if search.brand else []
    sizes = [render("phrase", "size", values=speech.listing(in_size_order(search.size), "or"))] if search.size else []
    measured = [measure_phrase(measure, speech) for measure in search.measures if _said(measure, people)]
    if len(measured) > 1 and speech.language == "en":
        measured = [" and ".join([measured[0], *(one.removeprefix("of ") for one in measured[1:])])]
    rating = [render("phrase", "rating", rating=speech.rating(search.rating_min))] if search.rating_min else []
    without = refusals(things, speech, called)
    having = [render("phrase", "with", values=speech.listing(owned))] if owned else []
    whose = [render("phrase", "for", values=speech.listing(people, "or"))] if people else []
    refused_people = [] if people else _people_refused(refused, speech)
    not_for = [render("phrase", "not_for", values=speech.listing(refused_people, "or"))] if refused_people else []
    if not (named or before or having or whose or price or brands or sizes or rating or without or measured or not_for):
        return ""
    noun = named or render("phrase", "plain")
    if speech.language == "zh":
        # 红色的防水的 → 红色、防水的
        parts = [*price, *without, *not_for, *rating, *brands, *before, *measured, *sizes]
        head = "、".join(parts) + "的" if parts else ""
        return head + noun
    if before and speech.texts.has("phrase", "described"):
        before, noun = [], render("phrase", "described", noun=noun, features=speech.series(before))
    return " ".join([*before, noun, *whose, *having, *brands, *measured, *sizes, *price, *rating, *without, *not_for])


def _people_refused(refused: Sequence[str], speech: Speech) -> list[str]:
    """For whom it is not; where somebody is named, that says it."""
    return [speech.value(*entry.split("=", 1)) for entry in refused if entry.startswith("audience=")]


def _said(measure: Measure, people: list[str]) -> bool:
    return not (measure.may_lack and people and measure.dimension != "age")


def _of_others(entry: str, kinds: set[str], speech: Speech) -> bool:
    """Whether a refused kind of goods is none of those looked for anyway."""
    key, _, value = entry.partition("=")
    return key == "type" and bool(kinds) and not kinds & set(speech.lexicon.expand(value))


def _type_names(search: Slots, speech: Speech) -> str:
    if len(search.type) > MAX_NAMED_TYPES:
        return ""
    names = [speech.lexicon.name("type", key, speech.language) for key in search.type]
    return speech.listing([speech.inside(name) for name in names], "or")


def _colours(search: Slots, speech: Speech) -> list[str]:
    names = [speech.lexicon.name("colour", key, speech.language) for key in search.colour]
    return [speech.listing(names, "or")] if names else []


def _features(search: Slots, speech: Speech) -> tuple[list[str], list[str], list[str]]:
    """The wanted attributes that stand before the noun ("waterproof"), those that it has ("a lid"), for whom it is."""
    before: list[str] = []
    owned, people = [], []
    by_key: dict[str, list[str]] = {}
    for item in search.attribute:
        by_key.setdefault(item.partition("=")[0], []).append(item)
    aged = any(measure.dimension == "age" for measure in search.measures)
    for item in search.attribute:
        if item == "audience=kids" and aged:
            continue  # the age says it
        key, _, value = item.partition("=")
        has = speech.form(key) in ("has", "own")
        if speech.language != "zh" and ((value in ("", "yes") and has) or key == "filling"):
            owned.append(speech.value(key, value) if key == "filling" else speech.phrase(key))
        elif value in ("", "yes") and has:
            before.append(speech.predicate(key, "yes", {}))
        elif key in ("for", "audience") and speech.language != "zh":
            people.append(speech.value(key, value))
        elif item == by_key[key][0]:  # of several values of one property any will do
            before.append(speech.listing([feature(each, speech) for each in by_key[key]], "or"))
    return before, owned, people


def _merged(before: list[str], noun: str, search: Slots, speech: Speech) -> tuple[list[str], str]:
    """A feature that names the goods itself takes their name's place: "desk lamp" and "lamps" are "desk lamps"."""
    kind = speech.lexicon.types.get(search.type[0]) if len(search.type) == 1 else None
    for text in before:
        goods = _named_by(text, noun, kind, speech.language)
        if goods:
            return [other for other in before if other != text], goods
    return before, noun


def _named_by(text: str, noun: str, kind: TypeEntry | None, language: str) -> str:
    """What the goods are called with a feature that names them, in the plural; empty where it does not."""
    if language == "zh":
        head = noun.rstrip(_SUFFIXES_ZH)[-1:]
        return text if head and len(text) > 1 and text.endswith(head) else ""
    for singular in (noun, noun.removesuffix("s"), noun.removesuffix("es")):
        if singular and text.lower().endswith(singular):
            return text[: len(text) - len(singular)] + noun
    first, _, last = text.rpartition(" ")
    own = noun.rpartition(" ")[2]
    if not first or not noun:
        return ""
    if stem(own) == last:  # "foam mat" of sleeping mats, "bread knife" of knives
        return f"{first} {noun}"
    if own.endswith(f"{last}s") or (kind and last in kind.words.get("en", ())):
        return f"{text}s"  # "shoulder bag" of handbags, "city bike" of bicycles
    return ""


def feature(item: str, speech: Speech) -> str:
    """A wanted attribute ``key=value`` as an adjective or noun phrase: "waterproof", "leather"."""
    key, _, value = item.partition("=")
    yes = value in ("", "yes")
    if speech.texts.has("wanted", key if yes else item):
        return speech.texts.render("wanted", key if yes else item)
    if not yes:
        return speech.value(key, value)
    if speech.language != "zh" and speech.form(key) == "is":
        return speech.phrase(key)
    return speech.inside(speech.lexicon.name("attribute", key, speech.language))


def _price(search: Slots, speech: Speech, currency: str) -> list[str]:
    def money(amount: Decimal) -> str:
        return speech.money(amount, currency)

    low, high = search.price_min, search.price_max
    render = speech.texts.render
    if low is not None and high is not None:
        return [render("phrase", "between", low=money(low), high=money(high))]
    if high is not None:
        return [render("phrase", "under", price=money(high))]
    return [render("phrase", "over", price=money(low))] if low is not None else []


_BASE_UNITS = {
    "weight": "g",
    "length": "cm",
    "volume": "l",
    "time": "h",
    "power": "W",
    "frequency": "Hz",
    "megapixels": "MP",
    "age": "years",
}


def measure_phrase(measure: Measure, speech: Speech) -> str:
    """A wish on a quantity: "up to 120 cm wide", "of about 50 litres"."""
    low, high = measure.low, measure.high
    unit = _BASE_UNITS.get(measure.dimension, measure.dimension)
    if unit == "g" and max(low or 0, high or 0) >= _KILO:
        unit, low, high = "kg", low and low / _KILO, high and high / _KILO

    def said(amount: float) -> str:
        return speech.value(measure.dimension, f"{amount:g} {unit}")

    render = speech.texts.render
    if measure.dimension == "age":
        if measure.may_lack or low is None:
            return render("phrase", "age", years=f"{high:g}")
        key = "age_from" if high is None else "age_between"
        return render("phrase", key, low=f"{low:g}", high=f"{high or 0:g}")
    aspect = render("aspect", measure.aspect) if speech.texts.has("aspect", measure.aspect) else ""
    own = measure.dimension if speech.texts.has("measured", measure.dimension) else "other"
    of = "" if aspect else render("measured", own)

    def phrase(key: str, **values: str) -> str:
        return render("phrase", key, aspect=aspect, of=of, **values).strip()

    if low is not None and high is not None:
        about = (low + high) / 2
        if low == high:
            return phrase("measure_of", value=said(low))
        if abs(about * (1 + _APPROXIMATE_SHARE) - high) < _APPROXIMATE_SHARE:
            return phrase("measure_about", value=said(round(about, 2)))
        return phrase("measure_between", low=said(low), high=said(high))
    if high is not None:
        return phrase("measure_max", value=said(high))
    return phrase("measure_min", value=said(low or 0))


_ARTICLE = re.compile(r"\b(?:an?|the|some|any)\s", re.IGNORECASE)


def bare(thing: str) -> str:
    """What somebody calls a thing, as it stands after "no": "a tea or a cookie" → "tea or cookie"."""
    return _ARTICLE.sub("", thing)


def relaxed_fields(names: tuple[str, ...], speech: Speech) -> str:
    keys = [name if speech.texts.has("relaxed_field", name) else "other" for name in names]
    return speech.listing([speech.texts.render("relaxed_field", key) for key in dict.fromkeys(keys)])
