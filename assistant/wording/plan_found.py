"""Statements about a search: what was found, by which wishes, and what is said where it is not all that was wished."""

from __future__ import annotations

from decimal import Decimal

from assistant.outcome import Bundle, Found
from assistant.understanding.schema import Slots
from assistant.wording import plan_answers
from assistant.wording.phrase import MAX_ALIKE_TYPES, bare, relaxed_fields, search_phrase
from assistant.wording.plan_products import MAX_LISTED_PRODUCTS, hit_price, ids, items
from assistant.wording.speech import Speech, option_values
from assistant.wording.statement import Draft
from retrieval.search.query import Outcome
from retrieval.text.size_order import in_size_order
from retrieval.text.sizes import fits_size, is_told, own_size

_MAX_REASONS = 1
"""Why the first is shown, in so many statements at most."""
_TOLD_SIZES, _MOST_SIZES = 3, 12
"""Products whose sizes are told, and how many of these at most."""
MIN_NARROWABLE = 20
"""From so many products on, a question that narrows them down helps."""


def found(outcome: Found, draft: Draft) -> None:
    result, speech = outcome.result, draft.speech
    currency = result.hits[0].product.currency if result.hits else "USD"
    phrase = search_phrase(_said_of(outcome), speech, currency)
    if result.outcome is Outcome.NOT_CARRIED:
        draft.settle("found.not_carried", "bad")
        _not_carried(outcome, phrase if outcome.search.type else "", draft)
        draft.chip("recommend")
        draft.chip("start_over")
        draft.chip("human")
        return
    if outcome.exhausted:
        draft.settle("found.nothing", "bad")
        draft.say("nothing", "no_others_phrase" if outcome.search.type else "no_others", phrase=phrase)
        if result.hits:
            kind = speech.listing([_kind(key, speech) for key in outcome.search.type], "or")
            found_items = items(result.hits, speech)
            draft.say("nothing", "others_of_kind", sources=ids(result.hits), kind=kind, items=found_items)
        else:
            draft.say("nothing", "change_one", required=False)
        draft.chip("start_over")
        draft.chip("recommend")
        return
    if not result.hits:
        draft.settle("found.nothing", "bad")
        if phrase:
            draft.say("nothing", "nothing_matches", phrase=phrase)
        else:
            draft.say("nothing", "picture" if outcome.with_picture else "nothing_matches_plain")
        _sold_out(outcome, draft)
        draft.chip("start_over")
        draft.chip("recommend")
        draft.chip("human")
        return
    if outcome.around.thing:
        draft.settle("found.edited")
        draft.say("nothing", "no_thing", thing=bare(outcome.around.thing))
    if result.outcome is Outcome.RELAXED or result.relaxed:
        draft.settle("found.relaxed")
        draft.say(
            "relaxed",
            "none",
            phrase=phrase or speech.texts.render("phrase", "plain"),
            fields=relaxed_fields(result.relaxed, speech),
        )
        if "sizes" in result.relaxed:
            _sizes_there(outcome, draft)
        _sold_out(outcome, draft)
        near = ("nothing", "instead") if "types" in result.relaxed else ("relaxed", "list")
        measures = outcome.search.measures if "measures" in result.relaxed else ()
        draft.say(*near, sources=ids(result.hits), items=items(result.hits, speech, measures))
        _unmet(outcome, draft)
        _spoken(outcome, draft)
    else:
        if outcome.unchanged:
            draft.settle("found.edited")
            draft.say("found", "unchanged_phrase" if phrase else "unchanged", phrase=phrase, n=result.total)
            draft.say(
                "found",
                "few" if len(result.hits) > 1 else "one",
                sources=ids(result.hits),
                items=items(result.hits, speech),
            )
            _sizes_as(outcome, draft)
            draft.say("nothing", "change_one", required=False)
            _search_chips(outcome, draft)
            return
        kind = "found.picture" if outcome.with_picture else "found.edited" if outcome.edited else "found"
        draft.settle(kind, "good", closer="found.many" if _open(outcome) else None)
        if outcome.around.bundle is not None and not outcome.around.bundle.more:
            _bundle(outcome.around.bundle, draft)
        elif outcome.around.interest:
            interest, listed = outcome.around.interest, items(result.hits, speech)
            draft.say("found", "for_interest", sources=ids(result.hits), interest=interest, items=listed)
        elif outcome.around.by_meaning:
            draft.say("recommended", "list", sources=ids(result.hits), items=items(result.hits, speech))
        else:
            _count(outcome, phrase, draft)
            _top(outcome, draft)
        if outcome.around.bundle is not None and outcome.around.bundle.more:
            _bundle_with(outcome, outcome.around.bundle, draft)
        _spoken(outcome, draft)
        _sizes_as(outcome, draft)
        if missing := outcome.around.missing:
            draft.say("found", "missing", kinds=speech.listing([_kind(key, speech) for key in missing], "or"))
    if (amount := outcome.around.converted) is not None:
        draft.say("found", "converted", amount=speech.money(amount, currency))
    if (foreign := outcome.around.foreign) is not None:
        draft.say("found", "foreign", amount=speech.money(*foreign), own=speech.currency(currency))
    _search_chips(outcome, draft)


def _sold_out(outcome: Found, draft: Draft) -> None:
    """By name what would have met the wishes, if it were in stock."""
    if gone := outcome.around.sold_out:
        draft.say("found", "sold_out", sources=ids(gone), items=items(gone, draft.speech))


def _spoken(outcome: Found, draft: Draft) -> None:
    """What speaks for the first by the wishes that no filter stands for, and which of them nothing speaks for."""
    known = {hit.product.id: hit for hit in outcome.result.hits}
    for item in outcome.around.spoken[:_MAX_REASONS]:
        plan_answers.say(item, known, draft)
    if outcome.around.unsaid:
        n = len(outcome.result.hits)
        draft.say("found", "unsaid", required=False, words=outcome.around.unsaid, n=n)


def _said_of(outcome: Found) -> Slots:
    """The search as far as it says what was found: of several kinds some come in no such sizes, of some nothing is as
    wished."""
    search, missing = outcome.search, outcome.around.missing
    kinds = [key for key in search.type if key not in missing]
    sized = [hit for hit in outcome.result.hits if "size" in hit.variant.options]
    fits = all(
        any(fits_size(hit.variant.options["size"], own_size(hit.product, size)) for size in search.size)
        for hit in sized
    )
    free = len(kinds) > 1 and outcome.result.outcome is Outcome.FOUND and not fits
    return search.model_copy(update={"type": kinds, "size": [] if free else search.size})


def _sizes_as(outcome: Found, draft: Draft) -> None:
    """A size that was said in another system, as the first product has it."""
    for said in outcome.search.size:
        for hit in outcome.result.hits[:1]:
            own = own_size(hit.product, said)
            if own != said and not fits_size(own, said):
                draft.say("found", "size_as", sources=ids([hit]), said=said, own=own)


def _sizes_there(outcome: Found, draft: Draft) -> None:
    """The sizes that there are where the one wanted is not, or where it cannot be told which of them it is."""
    hits = outcome.result.hits[:_TOLD_SIZES]
    for said in outcome.search.size:
        if not all(is_told(hit.product, said) for hit in hits):
            draft.say("relaxed", "size_untold", said=said)
            break
    there = in_size_order(v.options["size"] for hit in hits for v in hit.product.variants if "size" in v.options)
    if 0 < len(there) <= _MOST_SIZES:
        draft.say("relaxed", "sizes", sources=ids(hits), sizes=draft.speech.listing(list(there)))


def _unmet(outcome: Found, draft: Draft) -> None:
    """The wishes that none of those shown meets, where they were let go."""
    wished: dict[str, list[str]] = {}
    for pair in outcome.search.attribute:
        wished.setdefault(pair.partition("=")[0], []).append(pair.partition("=")[2])
    hits, speech = outcome.result.hits, draft.speech
    names = [
        speech.lexicon.name("attribute", f"{key}={values[0]}", speech.language)
        for key, values in wished.items()
        if key != "audience" and not any(hit.product.has(key, value) for hit in hits for value in values)
    ]
    if names and hits:
        draft.say("relaxed", "unmet", sources=ids(hits), names=speech.listing([speech.inside(name) for name in names]))


def _bundle(bundle: Bundle, draft: Draft) -> None:
    """Goods that fit together into a budget, and what they come to."""
    speech = draft.speech
    hits = [hit for hit, _ in bundle.lines]
    items_ = [
        speech.texts.render(
            "found", "bundled", quantity=count, title=speech.title(hit.product.title), price=hit_price(hit, speech)
        )
        for hit, count in bundle.lines
    ]
    currency = hits[0].product.currency
    total = sum((hit.variant.price * count for hit, count in bundle.lines), Decimal(0))
    budget, all_ = speech.money(bundle.budget, currency), speech.money(total, currency)
    key = "bundle" if total <= bundle.budget else "bundle_over"
    if not bundle.left_out:
        draft.say("found", key, sources=ids(hits), items=speech.listing(items_), budget=budget, total=all_)
        return
    more = total + sum((hit.variant.price * count for hit, count in bundle.left_out), Decimal(0))
    left = [
        speech.texts.render("cart", "item_plain", title=speech.title(hit.product.title)) for hit, _ in bundle.left_out
    ]
    draft.say(
        "found",
        "bundle_part",
        sources=ids([*hits, *(hit for hit, _ in bundle.left_out)]),
        items=speech.listing(items_),
        budget=budget,
        total=all_,
        left=speech.listing(left),
        more=speech.money(more, currency),
    )


def _bundle_with(outcome: Found, bundle: Bundle, draft: Draft) -> None:
    """What the first found comes to together with what the budget is also for."""
    first = outcome.result.hits[0]
    _bundle(Bundle(bundle.budget, (*bundle.lines, (first, bundle.more))), draft)


def _not_carried(outcome: Found, phrase: str, draft: Draft) -> None:
    """That the shop has no such thing, and what comes nearest, named as what it is."""
    speech, around, hits = draft.speech, outcome.around, outcome.result.hits
    if around.thing:
        draft.say("nothing", "no_thing", thing=bare(around.thing))
    elif around.whom:
        draft.say("nothing", "nothing_for", whom=around.whom)
    else:
        draft.say("nothing", "not_carried_phrase" if phrase else "not_carried", phrase=phrase)
    if around.kind and hits:
        kind = _kind(around.kind, speech)
        draft.say("nothing", "kind_near", sources=ids(hits), kind=kind, items=items(hits, speech))
    elif hits:
        draft.say("nothing", "instead", required=False, sources=ids(hits), items=items(hits, speech))
    elif around.department:
        kinds = speech.listing([_kind(key, speech) for key in around.department])
        whole = around.department == speech.lexicon.departments
        draft.say("nothing", "departments" if whole else "department", kinds=kinds)


def _kind(key: str, speech: Speech) -> str:
    name = speech.lexicon.name("type", key, speech.language)
    return speech.inside(name)


def _open(outcome: Found) -> bool:
    """Whether there is much to choose from, and neither a price nor a colour was said yet."""
    search = outcome.search
    narrow = search.colour or search.price_max is not None or search.sort or outcome.with_picture
    return outcome.result.total >= MIN_NARROWABLE and not narrow


def _count(outcome: Found, phrase: str, draft: Draft) -> None:
    """How many match what was said. A search that cannot be named has no count: it would be one of the whole shop."""
    n = outcome.result.total
    shown = len(outcome.result.hits)
    if outcome.with_picture:
        draft.say("found", "picture_phrase" if phrase else "picture", n=shown, phrase=phrase)
    elif phrase and 0 < len(outcome.search.type) <= MAX_ALIKE_TYPES:
        draft.say("found", "left" if outcome.edited else "count", n=n, phrase=phrase)


def _top(outcome: Found, draft: Draft) -> None:
    hits, speech = outcome.result.hits, draft.speech
    if len(hits) == 1:
        draft.say("found", "one", sources=ids(hits), items=items(hits, speech))
        return
    sort = outcome.search.sort
    first = hits[0]
    title = speech.title(first.product.title)
    prices = [hit.variant.price for hit in hits]
    ratings = [hit.product.rating for hit in hits if hit.product.rating is not None]
    agreement = speech.agreement(title)
    if sort in ("cheaper", "cheapest") and first.variant.price == min(prices) and prices.count(min(prices)) == 1:
        draft.say(
            "found", "cheapest", sources=ids([first]), title=title, price=hit_price(first, speech), verbs=agreement
        )
    elif sort in ("dearer", "dearest") and first.variant.price == max(prices) and prices.count(max(prices)) == 1:
        draft.say(
            "found", "dearest", sources=ids([first]), title=title, price=hit_price(first, speech), verbs=agreement
        )
    elif (
        sort == "best_rated"
        and first.product.rating is not None
        and ratings.count(max(ratings)) == 1
        and (first.product.rating == max(ratings))
    ):
        rating = speech.rating(first.product.rating)
        draft.say("found", "best_rated", sources=ids([first]), title=title, rating=rating, verbs=agreement)
    else:
        draft.say(
            "found",
            "few" if len(hits) == outcome.result.total <= MAX_LISTED_PRODUCTS else "list",
            sources=ids(hits),
            items=items(hits, speech),
        )


def _search_chips(outcome: Found, draft: Draft) -> None:
    hits, speech = outcome.result.hits, draft.speech
    if outcome.search.sort not in ("cheaper", "cheapest") and len(hits) > 1:
        draft.chip("cheaper")
    if not outcome.search.colour:
        colours = [colour for hit in hits for colour in option_values(hit.product, "colour", in_stock=True)]
        if colours:
            most = max(dict.fromkeys(colours), key=colours.count)
            draft.chip("in_colour", colour=speech.lexicon.name("colour", most, speech.language))
    if len(hits) > 1:
        draft.chip("compare")
    draft.chip("more_about_first")
    draft.chip("add_first")
