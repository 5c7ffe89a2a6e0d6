"""Statements about what an order costs with delivery, and when it would be there: each figure of the shop's terms or
computed from them."""

from __future__ import annotations

from typing import Any

from assistant.outcome import DeliveryDates, DeliverySum, DeliveryWindow, Destination
from assistant.shop.delivery import DeliveryQuote, MethodName
from assistant.wording.plan_shop import line_item
from assistant.wording.speech import Speech
from assistant.wording.statement import Draft
from retrieval.models import in_language


def delivery_sum(outcome: DeliverySum, draft: Draft) -> None:
    speech, view, quote = draft.speech, outcome.cart, outcome.quote
    sources = tuple(line.product_id for line in view.lines)
    if not isinstance(quote, DeliveryQuote):
        _unserved(quote, outcome.to, outcome.kinds, draft)
        return
    draft.settle("delivery.sum")
    lines = speech.listing([line_item(line, view.currency, speech) for line in view.lines])
    goods = speech.money(quote.goods, view.currency)
    one = len(view.lines) == 1
    draft.say("delivery", "goods_of_one" if one else "goods", sources=sources, lines=lines, goods=goods)
    values: dict[str, Any] = {"method": _method(quote.method, speech), "place": _place(outcome.to, speech)}
    _instead(outcome.asked, quote.method, draft)
    if quote.free and quote.free_from is not None:
        draft.say("delivery", "free", **values, free_from=speech.money(quote.free_from, view.currency))
    else:
        draft.say("delivery", "priced", **values, price=speech.money(quote.delivery, view.currency))
    if outcome.free_asked and quote.free_from is None:
        draft.say("delivery", "never_free", method=values["method"])
    if quote.wraps:
        draft.say(
            "delivery",
            "wrapping",
            n=quote.wraps,
            each=speech.money(quote.wrapping / quote.wraps, view.currency),
            amount=speech.money(quote.wrapping, view.currency),
        )
    draft.say("delivery", "total", sources=sources, total=speech.money(quote.total, view.currency))
    if not quote.free and quote.free_from is not None:
        draft.say(
            "delivery",
            "from",
            required=False,
            method=values["method"],
            free_from=speech.money(quote.free_from, view.currency),
            missing=speech.money(quote.free_from - quote.goods, view.currency),
        )
    if outcome.duties:
        draft.say("delivery", "duties")
    _assumed(outcome.to, draft)
    draft.chip("checkout" if outcome.of_cart else "add_it")
    draft.chip("shipping")


def delivery_dates(outcome: DeliveryDates, draft: Draft) -> None:
    by = outcome.by
    if outcome.unserved is not None:
        _unserved(outcome.unserved, outcome.to, outcome.kinds, draft)
        return
    if by is None:
        draft.settle("delivery.dates")
    elif any(window.last <= by for window in outcome.windows):
        draft.settle("delivery.dates", "good")
    else:
        draft.settle("delivery.dates", "bad" if all(window.first > by for window in outcome.windows) else "plain")
    _instead(outcome.asked, outcome.windows[0].method, draft)
    for window in outcome.windows:
        _window(window, outcome, draft)
    _assumed(outcome.to, draft)
    draft.chip("shipping")


def _window(window: DeliveryWindow, outcome: DeliveryDates, draft: Draft) -> None:
    speech, by = draft.speech, outcome.by
    method = _method(window.method, speech)
    draft.say(
        "delivery",
        "window" if window.first != window.last else "window_of_one",
        when=speech.texts.render("delivery", "packed_next" if outcome.ordered else "ordered_now"),
        method=method,
        place=_place(outcome.to, speech),
        fewest=window.days[0],
        most=window.days[1],
        first=speech.full_date(window.first),
        last=speech.full_date(window.last),
    )
    if by is not None:
        verdict = "in_time" if window.last <= by else "late" if window.first > by else "perhaps"
        draft.say("delivery", verdict, method=method, day=speech.full_date(by))


def _unserved(reason: str, to: Destination, kinds: tuple[str, ...], draft: Draft) -> None:
    speech = draft.speech
    draft.settle("delivery.unserved", "bad")
    named = speech.listing([speech.inside(speech.lexicon.name("type", kind, speech.language)) for kind in kinds])
    draft.say("delivery", reason, place=in_language(to.name, speech.language), kinds=named)
    draft.chip("human")


def _instead(asked: MethodName | None, used: MethodName, draft: Draft) -> None:
    """That the method asked for is not on offer for these goods, or there."""
    if asked is not None and asked != used:
        draft.say("delivery", "instead", asked=_method(asked, draft.speech), method=_method(used, draft.speech))


def _method(name: MethodName, speech: Speech) -> str:
    return speech.texts.render("delivery_method", name)


def _place(to: Destination, speech: Speech) -> str:
    name = in_language(to.name, speech.language)
    return speech.texts.render("delivery", "of_address", place=name) if to.given == "address" else name


def _assumed(to: Destination, draft: Draft) -> None:
    if to.given == "assumed":
        draft.say("delivery", "assumed", required=False, place=in_language(to.name, draft.speech.language))
