"""A search in words: "red waterproof running shoes by Fernway in size 42 under $80.00"."""

from __future__ import annotations

from decimal import Decimal

from assistant.understanding.schema import Slots
from assistant.wording.speech import Speech, lower_first
from retrieval.size_order import in_size_order

MOST_TYPES = 2
"""More kinds of goods than this are no name for what is looked for."""


def search_phrase(search: Slots, speech: Speech, currency: str) -> str:
    """The conditions of a search as one noun phrase; empty when it has none that can be named."""
    named = _type_names(search, speech)
    kinds = {leaf for key in search.type for leaf in speech.lexicon.expand(key)}
    refused = [entry for entry in search.exclude if not _of_others(entry, kinds, speech)]
    features, owned, people = _features(search, speech)
    if len(search.type) > MOST_TYPES:  # what is one kind's feature is not all kinds'
        features, owned, people = [], [], []
    features, named = _merged(features, named)
    before = _colours(search, speech) + features
    price = _price(search, speech, currency)
    render = speech.texts.render
    brands = [render("phrase", "by", values=speech.listing(search.brand, "or"))] if search.brand else []
    sizes = [render("phrase", "size", values=speech.listing(in_size_order(search.size), "or"))] if search.size else []
    rating = [render("phrase", "rating", rating=speech.rating(search.rating_min))] if search.rating_min else []
    without = [render("phrase", "without", values=speech.listing(excluded(refused, speech), "or"))] if refused else []
    having = [render("phrase", "with", values=speech.listing(owned))] if owned else []
    whose = [render("phrase", "for", values=speech.listing(people, "or"))] if people else []
    if not (named or before or having or whose or price or brands or sizes or rating or without):
        return ""
    noun = named or render("phrase", "plain")
    if speech.language == "zh":
        # 红色的防水的 → 红色、防水的
        parts = [*price, *without, *rating, *brands, *before, *sizes]
        head = "、".join(parts) + "的" if parts else ""
        return head + noun
    return " ".join([*before, noun, *whose, *having, *brands, *sizes, *price, *rating, *without])


def _of_others(entry: str, kinds: set[str], speech: Speech) -> bool:
    """Whether a refused kind of goods is none of those looked for anyway."""
    key, _, value = entry.partition("=")
    return key == "type" and bool(kinds) and not kinds & set(speech.lexicon.expand(value))


def _type_names(search: Slots, speech: Speech) -> str:
    if len(search.type) > MOST_TYPES:
        return ""
    names = [speech.lexicon.name("type", key, speech.language) for key in search.type]
    if speech.language == "en":
        names = [lower_first(name) for name in names]
    return speech.listing(names, "or")


def _colours(search: Slots, speech: Speech) -> list[str]:
    names = [speech.lexicon.name("colour", key, speech.language) for key in search.colour]
    return [speech.listing(names, "or")] if names else []


def _features(search: Slots, speech: Speech) -> tuple[list[str], list[str], list[str]]:
    """The wanted attributes that stand before the noun ("waterproof"), those that it has ("a lid"), for whom it is."""
    before, owned, people = [], [], []
    for item in search.attribute:
        key, _, value = item.partition("=")
        if speech.language == "en" and value in ("", "yes") and speech.form(key) == "has":
            owned.append(speech.phrase(key))
        elif key == "for" and speech.language == "en":
            people.append(speech.value(key, value))
        else:
            before.append(feature(item, speech))
    return before, owned, people


def _merged(before: list[str], noun: str) -> tuple[list[str], str]:
    """A feature that names the goods itself takes their name's place: "desk lamp" and "lamps" are "desk lamps"."""
    for text in before:
        for singular in (noun, noun.removesuffix("s"), noun.removesuffix("es")):
            if singular and text.lower().endswith(singular):
                return [other for other in before if other != text], text[: len(text) - len(singular)] + noun
    return before, noun


def feature(item: str, speech: Speech) -> str:
    """A wanted attribute ``key=value`` as an adjective or noun phrase: "waterproof", "leather"."""
    key, _, value = item.partition("=")
    if value in ("", "yes"):
        return (
            speech.lexicon.name("attribute", key, speech.language)
            if speech.language == "zh"
            else lower_first(speech.lexicon.name("attribute", key, speech.language))
        )
    return speech.value(key, value)


def excluded(items: list[str], speech: Speech) -> list[str]:
    names = []
    for item in items:
        key, _, value = item.partition("=")
        if key == "brand":
            names.append(value)
        elif key in ("type", "colour"):
            name = speech.lexicon.name("type" if key == "type" else "colour", value, speech.language)
            names.append(lower_first(name) if speech.language == "en" else name)
        else:
            names.append(feature(item, speech))
    return names


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


def relaxed_fields(names: tuple[str, ...], speech: Speech) -> str:
    keys = [name if speech.texts.has("relaxed_field", name) else "other" for name in names]
    return speech.listing([speech.texts.render("relaxed_field", key) for key in dict.fromkeys(keys)])
