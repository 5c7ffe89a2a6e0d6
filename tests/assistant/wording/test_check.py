"""What ``check`` lets pass and what it stops, sentence by sentence, in English and Chinese."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.outcome import Compared, FaqAnswer, Found, OrdersReply, ProductAnswer, TurnFacts
from assistant.settings import ROOT
from assistant.shop.actions import ActionRefused
from assistant.understanding.schema import Intent, Slots
from assistant.wording.check import Checker
from assistant.wording.plan import plan_reply, template_text
from assistant.wording.texts import texts
from laboratory.evaluate.replies import evaluate_replies
from laboratory.samples.turns import KINDS, Shop, TurnMaker
from retrieval.search.query import Hit, SearchResult
from retrieval.search.query import Outcome as SearchOutcome

SHOP = "Corner & Co."
DATA = ROOT / "data" / "shop"
SENTENCES = tomllib.loads((Path(__file__).with_name("sentences.toml")).read_text("utf-8"))


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop.load(DATA)


def hit(shop: Shop, product_id: str) -> Hit:
    product = next(product for product in shop.products if product.id == product_id)
    return Hit(product, product.variants[0], 1.0)


def twins(shop: Shop) -> tuple[Hit, Hit]:
    """A backpack and its waterproof twin, with the facts the sentences are about."""
    pair = []
    for product_id, price, rating, reviews in (
        ("wayfarrow-commuter", "79.00", 3.8, 114),
        ("wayfarrow-commuter-waterproof", "99.00", 4.1, 60),
    ):
        product = hit(shop, product_id).product
        variants = tuple(variant.model_copy(update={"price": Decimal(price)}) for variant in product.variants)
        changed = product.model_copy(update={"variants": variants, "rating": rating, "review_count": reviews})
        pair.append(Hit(changed, variants[0], 1.0))
    return pair[0], pair[1]


def searched(shop: Shop, language: str) -> TurnFacts:
    pair = twins(shop)
    search = Slots(type=["backpacks"], price_max=Decimal(100))
    found = Found(SearchResult(pair, SearchOutcome.FOUND, 2), search)
    return TurnFacts(found, Intent.PRODUCT_SEARCH, language, "backpacks under 100 for my holiday")


def compared(shop: Shop, language: str) -> TurnFacts:
    return TurnFacts(Compared(twins(shop)), Intent.COMPARE, language, "compare the first two")


def checker(shop: Shop, facts: TurnFacts) -> Checker:
    return Checker(plan_reply(facts, shop.lexicon, SHOP), shop.lexicon)


def named(shop: Shop, sentence: str, language: str) -> str:
    one, two = twins(shop)
    return sentence.format(A=one.product.title[language], B=two.product.title[language])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_states_something_is_stopped_true_or_not(shop: Shop, language: str) -> None:
    for facts in (searched(shop, language), compared(shop, language)):
        judge = checker(shop, facts)
        for sentence in SENTENCES[f"false_{language}"]:
            assert judge.check(named(shop, sentence, language)), sentence
    judge = checker(shop, searched(shop, language))
    for sentence in SENTENCES[f"claims_{language}"]:
        assert judge.check(named(shop, sentence, language)), sentence


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_states_nothing_passes(shop: Shop, language: str) -> None:
    judge = checker(shop, searched(shop, language))
    for sentence in SENTENCES[f"passes_{language}"]:
        assert not judge.check(named(shop, sentence, language)), sentence


def test_a_problem_names_its_kind(shop: Shop) -> None:
    judge = checker(shop, compared(shop, "en"))
    kinds = {
        "The {A} is waterproof.": "claim",
        "The {B} is cheaper than the {A}.": "claim",
        "Would you like the waterproof {A}?": "claim",
        "I can offer you a refund.": "promise",
        "The {A} glows in the dark.": "words",
        "The {A} costs $99.00.": "words",
        "Good news!": "mood",
        "The one you like?": "question",
    }
    for sentence, kind in kinds.items():
        assert kind in {problem.kind for problem in judge.check(named(shop, sentence, "en"))}, sentence


def test_claims_and_promises_are_in_no_other_section() -> None:
    for language in ("en", "zh"):
        listed = texts(language).vocabulary
        free = {word.lower() for name, words in listed.items() if name not in ("never", "claim") for word in words}
        assert not free & {word.lower() for word in (*listed["never"], *listed["claim"])}


def test_every_friendly_line_passes_as_glue(shop: Shop) -> None:
    """Openers and closers hold to the closed vocabulary: they claim nothing."""
    maker = TurnMaker(shop, 5)
    for language in ("en", "zh"):
        for kind in KINDS:
            plan = plan_reply(maker.make(kind, language), shop.lexicon, SHOP, kind)
            judge = Checker(replace(plan, opener="", closer=""), shop.lexicon)
            for section in ("openers", "closers"):
                for line in texts(language).variants(section, plan.kind):
                    assert not judge.check(line), (kind, line)


def test_whole_template_replies_pass(shop: Shop) -> None:
    maker = TurnMaker(shop, 6)
    for language in ("en", "zh"):
        for kind in KINDS:
            plan = plan_reply(maker.make(kind, language), shop.lexicon, SHOP, kind)
            assert not Checker(plan, shop.lexicon).check(template_text(plan)), kind


def test_a_help_passage_passes_only_word_for_word(shop: Shop) -> None:
    entries = [entry for entry in shop.faq if entry.language == "en" and any(c.isdigit() for c in entry.answer)]
    from retrieval.search.query import FaqHit

    facts = TurnFacts(FaqAnswer((FaqHit(entries[0], 0.9), FaqHit(entries[1], 0.4))), Intent.FAQ, "en", "how long?")
    judge = checker(shop, facts)
    answer = entries[0].answer
    digit = next(char for char in answer if char.isdigit())
    assert not judge.check(f"Good question. {answer}")
    assert judge.check(answer.replace(digit, str((int(digit) + 1) % 10), 1))
    assert judge.check(entries[1].answer)
    assert judge.check("It is not true that " + answer)


def test_words_of_success_need_a_success(shop: Shop) -> None:
    nothing = Found(SearchResult((), SearchOutcome.NOTHING_MATCHES, 0), Slots(type=["boots"]))
    judge = checker(shop, TurnFacts(nothing, Intent.PRODUCT_SEARCH, "en", "boots"))
    assert judge.check("Good news!")
    assert not checker(shop, searched(shop, "en")).check("Good news!")
    refused = TurnFacts(ActionRefused("cancel_order", "not_pending"), Intent.ORDER_CHANGE, "en", "cancel it")
    assert checker(shop, refused).check("All done!")


def test_yes_and_no_need_the_answer(shop: Shop) -> None:
    dry, wet = twins(shop)
    no = checker(shop, TurnFacts(ProductAnswer((dry,), ("waterproof",)), Intent.PRODUCT_QUESTION, "en", "is it?"))
    yes = checker(shop, TurnFacts(ProductAnswer((wet,), ("waterproof",)), Intent.PRODUCT_QUESTION, "en", "is it?"))
    assert no.check("Yes.") and not no.check("I'm afraid not.")
    assert yes.check("I'm afraid not.") and not yes.check("Yes indeed!")


def test_the_shoppers_own_words_may_come_back_in_questions_only(shop: Shop) -> None:
    judge = checker(shop, searched(shop, "en"))
    assert not judge.check("Is it for your holiday?")
    assert judge.check("This one is for your holiday.")
    assert judge.check("Is it for your wedding?")
    told = replace(searched(shop, "en"), message="two waterproof backpacks in stock under fifty, delivered in june")
    judge = checker(shop, told)
    for word in ("waterproof", "two", "in stock", "under fifty", "delivered"):
        assert judge.check(f"Would you like one {word}?"), word
    assert not judge.check("Would you like one in june?")


def test_nothing_is_said_of_orders_but_the_statements(shop: Shop) -> None:
    maker = TurnMaker(shop, 3)
    facts = maker.make("order_one", "en")
    while facts.outcome.orders[0].status.value != "shipped":  # type: ignore[union-attr]
        facts = maker.make("order_one", "en")
    assert isinstance(facts.outcome, OrdersReply)
    order = facts.outcome.orders[0]
    judge = checker(shop, facts)
    assert judge.check(f"Your order {order.id} is on its way.")
    assert judge.check(f"Your order {order.id} has been delivered.")
    assert judge.check(f"Your order {order.id[:-1]}? is on its way.")
    assert judge.check(f"The tracking number is {order.fulfilments[0].tracking_id}.")
    assert judge.check(f"The tracking number is {order.id}.")
    assert judge.check("Your order will arrive tomorrow.")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_judged_without_error_and_numbers_never_slip_through(text: str) -> None:
    shop = _cached_shop()
    judge = checker(shop, compared(shop, "en"))
    judge.check(text)
    assert judge.check(f"{text} 31337 products.")


def test_the_figures_of_a_small_run() -> None:
    figures = evaluate_replies(DATA, rounds=1)["shopclerk"]
    assert figures["false"]["accepted"] == figures["direct"]["false"]["accepted"] == 0
    assert figures["direct"]["false"]["n"] > 5000 and figures["direct"]["true"]["share_passing"] >= 0.95
    assert figures["templates"]["share_passing"] == 1.0


_SHOPS: list[Shop] = []


def _cached_shop() -> Shop:
    if not _SHOPS:
        _SHOPS.append(Shop.load(DATA))
    return _SHOPS[0]
