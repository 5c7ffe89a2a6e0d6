"""Statements about products: searches, answers about one or several, comparisons, suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.answering.sentences import review_quotable
from assistant.answering.topics import GUARDED_ATTRIBUTES
from assistant.outcome import ProductAnswer, Recommended
from assistant.wording import plan_answers
from assistant.wording.speech import Speech, option_values, verbs
from assistant.wording.statement import Draft
from retrieval.models import Variant, in_language
from retrieval.search.query import Hit
from retrieval.text.measures import Measure, quantity

MAX_LISTED_PRODUCTS = 3
"""A reply mentions at most this many products; the cards show the rest."""


def hit_price(hit: Hit, speech: Speech) -> str:
    return speech.money(hit.variant.price, hit.product.currency)


def items(hits: Sequence[Hit], speech: Speech, measures: Sequence[Measure] = ()) -> str:
    """``measures``: wishes that are not quite met; how near each product comes is said with it."""
    parts = []
    for hit in hits[:MAX_LISTED_PRODUCTS]:
        values = {"title": speech.title(hit.product.title), "price": hit_price(hit, speech), "more": hit.dearer_too}
        if near := [value for measure in measures if (value := _missed(measure, hit, speech))]:
            parts.append(speech.texts.render("found", "item_measured", value=speech.series(near), **values))
        else:
            parts.append(speech.texts.render("found", "item", **values))
    if speech.language == "en":
        parts = [part if index == 0 else f"the {part}" for index, part in enumerate(parts)]
    return speech.listing(parts)


def _missed(measure: Measure, hit: Hit, speech: Speech) -> str:
    """The product's own measure where it is not as wished."""
    for key, value in hit.product.attributes.items():
        known = quantity(value)
        if known and known[0] == measure.dimension and measure.aspect in key and not measure.admits(known[1]):
            return speech.value(key, value)
    return ""


def ids(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(hit.product.id for hit in hits[:MAX_LISTED_PRODUCTS])


def product_answer(outcome: ProductAnswer, draft: Draft) -> None:
    speech = draft.speech
    if not outcome.hits:
        draft.settle("answer.none")
        draft.say("answer", "none")
        draft.chip("recommend")
        return
    if outcome.answer is not None:
        plan_answers.answered(outcome.answer, outcome.hits, draft)
        return
    hits = outcome.hits[:MAX_LISTED_PRODUCTS]
    asked = outcome.asked
    if len(asked) == 1 and asked[0] in GUARDED_ATTRIBUTES and any(asked[0] in hit.product.attributes for hit in hits):
        draft.settle("answer.fact", "plain")
        for hit in hits:
            fact(asked[0], hit, draft)
    elif len(asked) == 1 and _boolean(asked[0], hits, speech):
        _yes_no(asked[0], hits, draft)
    elif not asked:
        draft.settle("answer.fact", "plain")
        for hit in hits:
            _known(hit, draft)
    else:
        unknown = all(is_unknown(key, hit) for key in asked for hit in hits)
        draft.settle("answer.unknown" if unknown else "answer.fact", "plain")
        for hit in hits:
            for key in asked:
                fact(key, hit, draft)
    if len(hits) > 1:
        draft.chip("compare")
    elif hits[0].product.in_stock:
        draft.chip("add_it")
    if len(option_values(hits[0].product, "size")) > 1 and "size" not in asked:
        draft.chip("sizes")
    if "stock" not in asked and len(hits) == 1:
        draft.chip("in_stock")
    draft.chip("similar")


SPECIAL = ("price", "sale", "stock", "rating", "size", "colour", "brand", "description", "review", "reviews")


def _boolean(key: str, hits: Sequence[Hit], speech: Speech) -> bool:
    if key in SPECIAL:
        return False
    values = [hit.product.attributes[key] for hit in hits if key in hit.product.attributes]
    return all(speech.is_boolean(key, value) for value in values) if values else speech.is_boolean(key)


def is_unknown(key: str, hit: Hit) -> bool:
    return key not in SPECIAL and key not in hit.product.attributes and not option_values(hit.product, key)


def _yes_no(key: str, hits: Sequence[Hit], draft: Draft) -> None:
    values = [hit.product.attributes.get(key) for hit in hits]
    known = [value for value in values if value is not None]
    if not known:
        draft.settle("answer.unknown")
    elif len(set(values)) == 1:
        draft.settle(
            "answer.yes" if known[0] == "yes" else "answer.no",
            "good" if known[0] == "yes" else "bad",
            yes=known[0] == "yes",
        )
    else:
        draft.settle("answer.fact")
    if len(hits) > 1 and len(known) == len(hits):
        together(key, hits, draft)
        return
    for hit in hits:
        fact(key, hit, draft)


def together(key: str, hits: Sequence[Hit], draft: Draft) -> None:
    """One sentence on a yes/no attribute that is known of all the products: both, neither, only one, or each."""
    speech = draft.speech
    if key in GUARDED_ATTRIBUTES:
        for hit in hits:
            fact(key, hit, draft)
        return
    having = [hit for hit in hits if hit.product.attributes.get(key) == "yes"]
    n = len(hits)
    values: dict[str, Any] = {
        "n": n,
        "predicate": speech.predicate(key, "yes", verbs(n != 2 or len(having) == n)),
        "negative": speech.predicate(key, "no", verbs(True)),
    }
    if len(having) == n:
        values["predicate"] = speech.predicate(key, "yes", verbs(True))
        draft.say("answer", "both" if n == 2 else "all", sources=ids(hits), **values)
    elif not having:
        values["predicate"] = speech.predicate(key, "yes", verbs(n != 2))
        draft.say("answer", "neither" if n == 2 else "none_of", sources=ids(hits), **values)
    elif len(having) == 1:
        title = speech.title(having[0].product.title)
        values["predicate"] = speech.predicate(key, "yes", speech.agreement(title))
        draft.say("compared" if n == 2 else "answer", "only_one", sources=ids(hits), title=title, **values)
    else:
        for hit in hits:
            fact(key, hit, draft)


def fact(key: str, hit: Hit, draft: Draft) -> None:
    """The statement that answers one question about one product, or that the shop does not know."""
    speech, product = draft.speech, hit.product
    title = speech.title(product.title)
    agreement = speech.agreement(title)

    def say(template: str, /, **values: Any) -> None:
        draft.say("answer", template, sources=(product.id,), title=title, verbs=agreement, **values)

    def unknown() -> None:
        say("unknown", name=speech.name(key), noun=speech.is_noun(key))

    special: dict[str, Callable[[], None]] = {
        "price": lambda: _price(hit, draft, say),
        "sale": lambda: _sale(hit, draft, say),
        "stock": lambda: _stock(hit, draft, say),
        "rating": lambda: _rating(hit, draft, say),
        "size": lambda: _options("size", hit, draft, say),
        "colour": lambda: _options("colour", hit, draft, say),
        "brand": lambda: say("brand", brand=product.brand) if product.brand else unknown(),
        "description": lambda: say("description", text=in_language(product.description, speech.language)),
        "review": lambda: _review(hit, draft, say),
        "reviews": lambda: _review(hit, draft, say),
    }
    if key in special:
        special[key]()
    elif key in product.attributes:
        value = product.attributes[key]
        if key in GUARDED_ATTRIBUTES:
            listed(key, hit, draft)
        elif key == "audience":
            say("audience", value=speech.value(key, value))
        elif speech.is_boolean(key, value):
            say("yes_no", predicate=speech.predicate(key, value, agreement))
        elif speech.texts.has("value", key):
            text = speech.value(key, value)
            draft.say("value", key, sources=(product.id,), title=title, value=text, verbs=agreement)
        else:
            say("value", name=speech.name(key), noun=speech.is_noun(key), value=speech.value(key, value))
    elif option_values(product, key):
        say(
            "value",
            name=speech.name(key),
            noun=speech.is_noun(key),
            value=speech.listing([speech.value(key, v) for v in option_values(product, key)]),
        )
    elif speech.is_boolean(key):
        say("unknown_bool", predicate=speech.predicate(key, "whether", agreement))
    else:
        unknown()


def listed(key: str, hit: Hit, draft: Draft) -> None:
    """What the product data have on safety, health or what goes with it: named as theirs, claimed by nobody."""
    speech, value = draft.speech, hit.product.attributes[key]
    boolean = value in ("yes", "no")
    text = speech.texts.render("answer", f"entry_{value}") if boolean else speech.value(key, value)
    title = speech.title(hit.product.title)
    draft.say("answer", "listed", sources=(hit.product.id,), title=title, name=speech.name(key), value=text)


Say = Callable[..., None]


def _price(hit: Hit, draft: Draft, say: Say) -> None:
    speech, currency = draft.speech, hit.product.currency
    prices = [variant.price for variant in hit.product.variants]
    if min(prices) == max(prices):
        say("price", price=speech.money(min(prices), currency))
    else:
        say("price_range", low=speech.money(min(prices), currency), high=speech.money(max(prices), currency))


def _sale(hit: Hit, draft: Draft, say: Say) -> None:
    """What it costs instead of what, version by version where these differ; that the shop says no reduced price is no
    more than that."""
    speech, currency = draft.speech, hit.product.currency
    reduced = [each for each in hit.product.variants if each.reduced_on(draft.today)]
    if not reduced:
        say("not_reduced")
        _price(hit, draft, say)
        return

    def values(variant: Variant) -> dict[str, str]:
        until = speech.long_date(variant.sale_ends) if variant.sale_ends else ""
        before = speech.money(variant.list_price or variant.price, currency)
        return {"price": speech.money(variant.price, currency), "before": before, "until": until}

    if len(reduced) == len(hit.product.variants) and len({tuple(values(each).items()) for each in reduced}) == 1:
        say("reduced", **values(reduced[0]))
        return
    versions = [
        speech.texts.render("answer", "reduced_version", options=speech.options(each.options), **values(each))
        for each in reduced
    ]
    say("reduced_versions", versions=speech.listing(versions[:MAX_LISTED_PRODUCTS]), all=len(reduced))


def _stock(hit: Hit, draft: Draft, say: Say) -> None:
    product, variant = hit.product, hit.variant
    several = len(product.variants) > 1
    if not product.in_stock:
        say("out_of_stock")
        return
    suffix = "_variant" if several and variant.options else ""
    options = draft.speech.options(variant.options)
    if variant.stock > 0:
        say("in_stock" + suffix, n=variant.stock, options=options)
    else:
        say("out_of_stock" + suffix, options=options)


def _rating(hit: Hit, draft: Draft, say: Say) -> None:
    product = hit.product
    if product.rating is None or not product.review_count:
        say("no_rating")
    else:
        say("rating", rating=draft.speech.rating(product.rating), n=product.review_count)


def _options(key: str, hit: Hit, draft: Draft, say: Say) -> None:
    speech = draft.speech
    values = option_values(hit.product, key)
    if not values:
        say("no_option", name=speech.name(key))
        return
    named = [speech.value(key, value) if key == "colour" else value for value in values]
    say("colours" if key == "colour" else "sizes", values=speech.listing(named), n=len(named))
    stocked = option_values(hit.product, key, in_stock=True)
    if stocked and len(stocked) < len(values):
        there = [speech.value(key, value) if key == "colour" else value for value in stocked]
        say("sizes_in_stock" if key == "size" else "colours_in_stock", values=speech.listing(there), n=len(there))


def _review(hit: Hit, draft: Draft, say: Say) -> None:
    _rating(hit, draft, say)
    language = draft.speech.language
    texts = (review.text.get(language, review.text.get("en", "")) for review in hit.product.reviews)
    for text in [text for text in texts if review_quotable(text)][:1]:
        say("review", text=text)


def _known(hit: Hit, draft: Draft) -> None:
    speech, product = draft.speech, hit.product
    features = [speech.feature(key, value) for key, value in product.told.items()]
    features = [feature for feature in features if feature][:4]
    title = speech.title(product.title)
    agreement = speech.agreement(title)
    fact("price", hit, draft)
    if features:
        draft.say(
            "answer", "known", sources=(product.id,), title=title, features=speech.series(features), verbs=agreement
        )
    fact("rating", hit, draft)


def recommended(outcome: Recommended, draft: Draft) -> None:
    if not outcome.hits:
        draft.settle("recommended.none")
        draft.say("recommended", "none")
        draft.chip("my_orders")
        return
    draft.settle("recommended", "good")
    if outcome.personal:
        draft.say("recommended", "personal", required=False)
    draft.say("recommended", "list", sources=ids(outcome.hits), items=items(outcome.hits, draft.speech))
    draft.chip("cheaper")
    draft.chip("compare")
    draft.chip("more_about_first")
    draft.chip("add_first")
