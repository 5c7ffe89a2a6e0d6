"""Statements that answer a question about products: one for each piece of evidence, quotations with their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from assistant.answering.evidence import (
    AgeWithin,
    Answer,
    Described,
    Difference,
    Evidence,
    Extreme,
    Fact,
    GuardedFact,
    Having,
    HavingAll,
    Missing,
    Offered,
    Passage,
    Quote,
    Rated,
    Recommendation,
    Silent,
    Total,
    Values,
)
from assistant.answering.topics import GUARDED_ATTRIBUTES
from assistant.outcome import FaqAnswer
from assistant.wording import plan_products, plan_talk
from assistant.wording.speech import Speech, option_values, verbs
from assistant.wording.statement import DIRECT, Draft
from retrieval.models import in_language
from retrieval.search.query import Hit

_COMPUTED = (AgeWithin, Difference, Extreme, Having, HavingAll, Offered, Total, Values)
MAX_STATEMENTS = 6
"""Statements of one answer at most."""
_NEXT = "” “"
"""Between sentences of one source."""


def answered(answer: Answer, hits: Sequence[Hit], draft: Draft) -> None:
    """The answer's evidence as statements, and what kind of reply that makes."""
    known = {hit.product.id: hit for hit in hits}
    match answer.evidence:
        case (Passage(hit=hit),) if not answer.direct:
            plan_talk.faq(FaqAnswer((hit,)), draft)
            return
    sold_out = any(isinstance(item, Offered) and item.there and not item.left for item in answer.evidence)
    if answer.yes is not None and not sold_out:
        draft.settle("answer.yes" if answer.yes else "answer.no", "good" if answer.yes else "bad", yes=answer.yes)
    elif answer.evidence and all(_unsettled(item, known) for item in answer.evidence):
        draft.settle("answer.unknown", "plain")
    else:
        # Where part of it is left open, a colleague is offered, not the cart; not where it is said what is.
        left = any(isinstance(item, Silent) for item in answer.evidence)
        partly = any(isinstance(item, Missing) for item in answer.evidence)
        draft.settle("answer.fact", "plain", closer="answer.unknown" if left else "answer.partly" if partly else None)
    if answer.direct:
        draft.say(DIRECT, "words", text=answer.direct)
    if len(answer.evidence) > 1 and all(isinstance(item, Silent) for item in answer.evidence):
        draft.say("answer", "silent_all", sources=tuple(known))
    else:
        items = [item for item in _together(answer.evidence) if not _is_said(item, answer.direct, known, draft)]
        rest = [item.product_id for item in items if isinstance(item, Silent) and item.rest]
        items = [item for item in items if len(rest) < 2 or not (isinstance(item, Silent) and item.rest)]
        open_ = [item for item in items[MAX_STATEMENTS:] if isinstance(item, (Silent, Missing))]
        for item in [*items[: MAX_STATEMENTS - len(open_)], *open_]:
            say(item, known, draft)
        if len(rest) > 1:  # once for all of them
            draft.say("answer", "silent_rest_all", sources=tuple(rest))
    if answer.yes is None and any(isinstance(item, (Silent, Missing)) for item in answer.evidence):
        draft.chip("human")
    if len(hits) > 1:
        draft.chip("compare")
    elif hits[0].product.in_stock and not sold_out:
        draft.chip("add_it")
    if len(option_values(hits[0].product, "size")) > 1:
        draft.chip("sizes")
    draft.chip("similar")


def _is_said(item: Evidence, direct: str, hits: dict[str, Hit], draft: Draft) -> bool:
    """Whether the direct answer gives the advice already."""
    if not isinstance(item, Recommendation) or not direct:
        return False
    return (item.size or draft.speech.title(hits[item.product_id].product.title)) in direct


def worked_out(answer: Answer, hits: Sequence[Hit], speech: Speech) -> list[tuple[str, Evidence]]:
    """What code has computed of an answer, in words."""
    known = {hit.product.id: hit for hit in hits}
    told: list[tuple[str, Evidence]] = []
    for item in answer.evidence:
        if isinstance(item, _COMPUTED):
            draft = Draft(speech)
            say(item, known, draft)
            told.append((" ".join(draft.texts), item))
    return told


def _together(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Sentences of one source that follow each other are quoted in one breath."""
    joined: list[Evidence] = []
    for item in evidence:
        last = joined[-1] if joined else None
        if isinstance(item, Quote) and isinstance(last, Quote) and replace(last, text="") == replace(item, text=""):
            joined[-1] = replace(last, text=f"{last.text}{_NEXT}{item.text}")
        else:
            joined.append(item)
    return joined


def _unsettled(item: Evidence, hits: dict[str, Hit]) -> bool:
    match item:
        case Silent() | Missing():
            return True
        case Quote(related=related):
            return related
        case Fact(product_id=id_, key=key):
            return plan_products.is_unknown(key, hits[id_])
        case _:
            return False


def say(item: Evidence, hits: dict[str, Hit], draft: Draft) -> None:
    speech = draft.speech
    match item:
        case Fact(product_id=id_, key=key):
            plan_products.fact(key, hits[id_], draft)
        case GuardedFact(product_id=id_, key=key):
            plan_products.listed(key, hits[id_], draft)
        case Quote(product_id=id_, source=source, text=text, related=related):
            templates = {
                ("description", False): "quote",
                ("description", True): "related",
                ("review", False): "review",
                ("review", True): "related_review",
            }
            several = "s" if source == "review" and not related and _NEXT in text else ""
            title, foreign = speech.title(hits[id_].product.title), speech.foreign(hits[id_].product)
            name = templates[source, related] + several
            draft.say("answer", name, sources=(id_,), title=title, text=text, foreign=foreign)
        case Described(product_id=id_):
            product = hits[id_].product
            text = in_language(product.description, speech.language)
            title, foreign = speech.title(product.title), speech.foreign(product)
            draft.say("answer", "description", sources=(id_,), title=title, text=text, foreign=foreign)
        case Rated(product_id=id_):
            plan_products.fact("rating", hits[id_], draft)
        case Silent(product_id=id_, rest=rest):
            title = speech.title(hits[id_].product.title)
            draft.say("answer", "silent_rest" if rest else "silent", sources=(id_,), title=title)
        case Having():
            _having(item, hits, draft)
        case HavingAll():
            _having_all(item, hits, draft)
        case Offered():
            _offered(item, hits, draft)
        case Extreme():
            _extreme(item, hits, draft)
        case Values(key=key, product_ids=ids):
            pairs = [
                speech.texts.render(
                    "compared", "pair", title=_title(id_, hits, speech), value=_value(key, hits[id_], speech)
                )
                for id_ in ids
            ]
            name = speech.name(key)
            draft.say("answer", "values", sources=ids, name=name[:1].upper() + name[1:], pairs=speech.listing(pairs))
        case Difference(low=low, high=high, amount=amount):
            _difference(low, high, item, hits, draft)
        case Total(product_ids=ids, amount=amount, counts=counts):
            items = [
                speech.texts.render(
                    *(("found", "bundled") if count > 1 else ("answer", "item")),
                    title=_title(id_, hits, speech),
                    price=plan_products.hit_price(hits[id_], speech),
                    quantity=count,
                )
                for id_, count in zip(ids, counts or [1] * len(ids), strict=True)
            ]
            currency = hits[ids[0]].product.currency
            draft.say("answer", "total", sources=ids, items=speech.listing(items), total=speech.money(amount, currency))
        case Recommendation(product_id=id_, size=size):
            template = "pick" if len(hits) > 1 else "pick_size"
            draft.say("answer", template, sources=(id_,), title=speech.title(hits[id_].product.title), size=size)
        case Missing(clause=clause):
            draft.say("answer", "missing", clause=clause)
        case AgeWithin(product_id=id_, age=age, within=within):
            draft.say("answer", "age_within" if within else "age_below", sources=(id_,), age=age)
        case Passage(hit=hit):
            draft.quote(hit.entry, shown_as=f"({hit.entry.question})")
        case _:
            assert_never(item)


def _title(product_id: str, hits: dict[str, Hit], speech: Speech) -> str:
    return speech.title(hits[product_id].product.title)


def _value(key: str, hit: Hit, speech: Speech) -> str:
    product = hit.product
    if key == "price":
        return plan_products.hit_price(hit, speech)
    if key == "rating":
        return speech.rating(product.rating) if product.rating is not None else "–"
    if key in product.attributes:
        return speech.value(key, product.attributes[key])
    return speech.listing([speech.value(key, value) for value in option_values(product, key)]) or "–"


def _having(item: Having, hits: dict[str, Hit], draft: Draft) -> None:
    """A yes/no attribute over several products: as one sentence where it may be claimed and is known of all."""
    speech = draft.speech
    ids = (*item.having, *item.lacking, *item.unknown)
    if item.key not in GUARDED_ATTRIBUTES and not item.unknown and len(ids) <= plan_products.MAX_LISTED_PRODUCTS:
        plan_products.together(item.key, [hits[id_] for id_ in hits if id_ in ids], draft)
        return
    joint = speech.texts.render("answer", "having_joint")
    groups = [
        speech.texts.render("answer", f"having_{name}", titles=joint.join(_title(id_, hits, speech) for id_ in group))
        for name, group in (("yes", item.having), ("no", item.lacking), ("unknown", item.unknown))
        if group
    ]
    draft.say("answer", "having", sources=ids, name=speech.name(item.key), groups=speech.series(groups))


def _having_all(item: HavingAll, hits: dict[str, Hit], draft: Draft) -> None:
    speech = draft.speech
    names = speech.listing([speech.name(key) for key in item.keys])
    if item.having:
        titles = speech.listing(
            [speech.texts.render("cart", "item_plain", title=_title(id_, hits, speech)) for id_ in item.having]
        )
        draft.say("answer", "having_all", sources=item.having, names=names, titles=titles)
    else:
        draft.say("answer", "having_none", sources=item.others, names=names)


def _offered(item: Offered, hits: dict[str, Hit], draft: Draft) -> None:
    """Whether it comes so, and what there is instead or of it."""
    speech, id_ = draft.speech, item.product_id
    title = _title(id_, hits, speech)

    values = speech.series([speech.option(key, value) for key, value in item.wanted])
    price = speech.money(item.price, hits[id_].product.currency) if item.price is not None else ""
    key = item.key or item.wanted[0][0]
    others = speech.listing([speech.value(key, value) if key == "colour" else value for value in item.others])
    template = "offered" if item.there and item.left else "offered_sold_out" if item.there else "not_offered"
    if item.there and item.key:
        template = "offered_with" if item.others else "offered_sold_out"
    verbs_ = speech.agreement(title)
    draft.say("answer", template, sources=(id_,), title=title, values=values, others=others, price=price, verbs=verbs_)


def _extreme(item: Extreme, hits: dict[str, Hit], draft: Draft) -> None:
    speech = draft.speech
    ids = (*item.winners, *item.others)
    first = item.winners[0]
    name = speech.name(item.key)
    value = _value(item.key, hits[first], speech)
    if not item.others:
        draft.say("answer", "equal", sources=ids, name=name, value=value)
        return
    section = "most" if item.most else "least"
    title = _title(first, hits, speech)
    agreement = speech.agreement(title)
    if several := len(item.winners) > 1:
        agreement = verbs(plural=True)
        title = speech.listing(
            [
                title,
                *(speech.texts.render("cart", "item_plain", title=_title(i, hits, speech)) for i in item.winners[1:]),
            ]
        )
    what = speech.texts.render(
        section, item.key if speech.texts.has(section, item.key) else "other", name=name, **agreement
    )
    others = [
        speech.texts.render(
            "answer", "extreme_value", title=_title(id_, hits, speech), value=_value(item.key, hits[id_], speech)
        )
        for id_ in item.others
    ]
    template = "extreme_tie" if several else "extreme"
    draft.say("answer", template, sources=ids, title=title, what=what, value=value, others=speech.listing(others))


def _difference(low: str, high: str, item: Difference, hits: dict[str, Hit], draft: Draft) -> None:
    speech = draft.speech
    if not item.amount:
        draft.say("compared", "same_price", sources=(low, high), price=plan_products.hit_price(hits[low], speech))
        return
    title = _title(low, hits, speech)
    draft.say(
        "answer",
        "difference",
        sources=(low, high),
        title=title,
        other=_title(high, hits, speech),
        difference=speech.money(item.amount, hits[low].product.currency),
        price=plan_products.hit_price(hits[low], speech),
        other_price=plan_products.hit_price(hits[high], speech),
        verbs=speech.agreement(title),
    )
