"""Statements about products beside each other: prices, ratings and what sets them apart."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assistant.answering.sentences import quotable, split
from assistant.answering.topics import GUARDED_ATTRIBUTES
from assistant.outcome import Compared
from assistant.wording.plan_products import MAX_LISTED_PRODUCTS, fact, hit_price, ids, together
from assistant.wording.statement import Draft
from retrieval.models import in_language
from retrieval.search.query import Hit


def compared(outcome: Compared, draft: Draft) -> None:
    hits = outcome.hits
    if len(hits) < 2:
        draft.settle("compared.too_few")
        draft.say("compared", "too_few")
        draft.chip("recommend")
        return
    draft.settle("compared", "plain")
    if outcome.kinds:
        speech = draft.speech
        pairs = [
            speech.texts.render("compared", "example", title=speech.title(hit.product.title), kind=kind)
            for hit, kind in zip(hits, outcome.kinds, strict=True)
        ]
        draft.say("compared", "examples", sources=ids(hits), pairs=speech.listing(pairs))
    if len(hits) == 2:
        _two_prices(hits[0], hits[1], draft)
        _two_ratings(hits[0], hits[1], draft)
    else:
        _many_prices(hits, draft)
        _best_rated(hits, draft)
    _differences(hits, draft)
    for hit in hits:
        if not hit.product.in_stock:
            title = draft.speech.title(hit.product.title)
            draft.say(
                "compared", "out_of_stock", sources=(hit.product.id,), title=title, verbs=draft.speech.agreement(title)
            )
    draft.chip("add_first")
    draft.chip("more_about_first")
    draft.chip("similar")


def _two_prices(first: Hit, second: Hit, draft: Draft) -> None:
    speech = draft.speech
    if first.product.currency != second.product.currency:
        for hit in (first, second):
            fact("price", hit, draft)
        return
    low, high = sorted((first, second), key=lambda hit: hit.variant.price)
    difference: Decimal = high.variant.price - low.variant.price
    if difference == 0:
        draft.say("compared", "same_price", sources=ids([first, second]), price=hit_price(first, speech))
        return
    title = speech.title(low.product.title)
    draft.say(
        "compared",
        "cheaper",
        sources=ids([low, high]),
        title=title,
        other=speech.title(high.product.title),
        difference=speech.money(difference, low.product.currency),
        price=hit_price(low, speech),
        other_price=hit_price(high, speech),
        verbs=speech.agreement(title),
    )


def _two_ratings(first: Hit, second: Hit, draft: Draft) -> None:
    speech = draft.speech
    one, two = first.product.rating, second.product.rating
    if one is None or two is None:
        return
    if speech.rating(one) == speech.rating(two):
        draft.say("compared", "same_rating", required=False, sources=ids([first, second]), rating=speech.rating(one))
        return
    high, low = (first, second) if one > two else (second, first)
    title = speech.title(high.product.title)
    draft.say(
        "compared",
        "better_rated",
        required=False,
        sources=ids([high, low]),
        title=title,
        rating=speech.rating(max(one, two)),
        other_rating=speech.rating(min(one, two)),
        verbs=speech.agreement(title),
    )


def _many_prices(hits: Sequence[Hit], draft: Draft) -> None:
    speech = draft.speech
    if len({hit.product.currency for hit in hits}) > 1:
        return
    ordered = sorted(hits, key=lambda hit: hit.variant.price)
    low, high = ordered[0], ordered[-1]
    title = speech.title(low.product.title)
    if low.variant.price == high.variant.price:
        draft.say("compared", "all_same_price", sources=ids(hits), price=hit_price(low, speech))
    elif ordered[1].variant.price == low.variant.price or ordered[-2].variant.price == high.variant.price:
        for hit in ordered[:MAX_LISTED_PRODUCTS]:
            fact("price", hit, draft)
    else:
        draft.say(
            "compared",
            "cheapest",
            sources=ids([low, high]),
            title=title,
            other=speech.title(high.product.title),
            price=hit_price(low, speech),
            other_price=hit_price(high, speech),
            verbs=speech.agreement(title),
        )


def _best_rated(hits: Sequence[Hit], draft: Draft) -> None:
    speech = draft.speech
    rated = [(hit.product.rating, hit) for hit in hits if hit.product.rating is not None]
    if len(rated) < len(hits):
        return
    best = max(rating for rating, _ in rated)
    winners = [hit for rating, hit in rated if rating == best]
    if len(winners) == 1:
        title = speech.title(winners[0].product.title)
        draft.say(
            "compared",
            "best_rated",
            required=False,
            sources=ids(winners),
            title=title,
            rating=speech.rating(best),
            verbs=speech.agreement(title),
        )


def _differences(hits: Sequence[Hit], draft: Draft) -> None:
    """Attributes known of every product that set them apart: the yes/no ones first; else what each one's text begins
    with."""
    speech = draft.speech
    limit = 4 if len(hits) == 2 else 2
    shared = [key for key in hits[0].product.told if all(key in hit.product.attributes for hit in hits)]
    shared = [key for key in shared if key not in GUARDED_ATTRIBUTES]
    differing = [key for key in shared if len({hit.product.attributes[key] for hit in hits}) > 1]
    boolean = [key for key in differing if all(hit.product.attributes[key] in ("yes", "no") for hit in hits)]
    said = 0
    for key in boolean:
        if said < limit and sum(hit.product.attributes[key] == "yes" for hit in hits) == 1:
            together(key, hits, draft)
            said += 1
    for key in [key for key in differing if key not in boolean]:
        if said < limit and len(hits) <= MAX_LISTED_PRODUCTS:
            pairs = speech.listing(
                [
                    speech.texts.render(
                        "compared",
                        "pair",
                        title=speech.title(hit.product.title),
                        value=speech.value(key, hit.product.attributes[key]),
                    )
                    for hit in hits
                ]
            )
            name = speech.name(key)
            draft.say(
                "compared", "differs", required=False, sources=ids(hits), name=name[:1].upper() + name[1:], pairs=pairs
            )
            said += 1
    if said == 0 and len(hits) == 2:
        for hit in hits:
            first = next(iter(split(in_language(hit.product.description, speech.language))), "")
            if quotable(first):
                title = speech.title(hit.product.title)
                foreign = speech.foreign(hit.product)
                draft.say(
                    "answer",
                    "quote",
                    required=False,
                    sources=(hit.product.id,),
                    title=title,
                    text=first,
                    foreign=foreign,
                )
