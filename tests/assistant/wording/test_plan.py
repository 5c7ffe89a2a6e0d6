"""Plans: every outcome is worded in both languages, and the statements say what the facts say."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.outcome import AskSlot, Compared, Found, ProductAnswer, TurnFacts
from assistant.settings import ROOT
from assistant.shop.views import OrderLineView
from assistant.understanding.schema import Intent, Slots
from assistant.wording.plan import plan_reply, suggestions, template_text
from assistant.wording.prompt import wording_prompt
from assistant.wording.statement import ReplyPlan
from assistant.wording.texts import MissingText, texts
from laboratory.samples.turns import KINDS, Shop, TurnMaker
from retrieval.models import Product, Variant
from retrieval.search.query import Hit, SearchResult
from retrieval.search.query import Outcome as SearchOutcome

SHOP = "Corner & Co."


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop.load(ROOT / "data" / "shop")


def product(name: str, price: str, stock: int = 5, **attributes: str) -> Hit:
    variant = Variant(id=f"{name}/only", options={"colour": "red"}, price=Decimal(price), stock=stock)
    made = Product(
        id=name,
        title={"en": f"Acme {name.title()}", "zh": f"Acme {name}"},
        brand="Acme",
        type="boots",
        category=("clothing_and_shoes", "shoes", "boots"),
        description={"en": "A boot.", "zh": "靴子。"},
        attributes=attributes,
        variants=(variant,),
        rating=4.5,
        review_count=10,
    )
    return Hit(made, variant, 1.0)


def say(shop: Shop, outcome: object, language: str = "en", message: str = "hello") -> ReplyPlan:
    return plan_reply(TurnFacts(outcome, Intent.PRODUCT_SEARCH, language, message), shop.lexicon, SHOP)  # type: ignore[arg-type]


def said(plan: ReplyPlan) -> str:
    return " ".join(statement.text for statement in plan.statements)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_outcome_is_worded(shop: Shop, kind: str, language: str) -> None:
    maker = TurnMaker(shop, 11)
    for turn in range(12):
        facts = maker.make(kind, language)
        plan = plan_reply(facts, shop.lexicon, SHOP, str(turn))
        text = template_text(plan)
        assert text and "{{" not in text and ".." not in text.replace("...", "")
        assert plan.kind != "default"
        assert plan == plan_reply(facts, shop.lexicon, SHOP, str(turn))
        assert all(plan.suggestions) and len(plan.suggestions) <= 4


def test_comparisons_are_computed(shop: Shop) -> None:
    plan = say(shop, Compared((product("ridge", "120", waterproof="yes"), product("moor", "93", waterproof="no"))))
    assert "The Acme Moor is cheaper than the Acme Ridge by $27.00 ($93.00 against $120.00)." in said(plan)
    assert "Only the Acme Ridge is waterproof." in said(plan)
    chinese = say(shop, Compared((product("ridge", "120"), product("moor", "93"))), "zh")
    assert "Acme moor比Acme ridge便宜US$27.00（US$93.00对US$120.00）。" in said(chinese)


def test_neither_needs_to_be_known_of_both(shop: Shop) -> None:
    neither = ProductAnswer((product("a1", "1", waterproof="no"), product("b1", "1", waterproof="no")), ("waterproof",))
    assert "Neither of the two is waterproof." in said(say(shop, neither))
    half = ProductAnswer((product("a1", "1", waterproof="no"), product("b1", "1")), ("waterproof",))
    assert "Neither" not in said(say(shop, half))
    assert "no information on whether the Acme B1 is waterproof" in said(say(shop, half))


def test_an_unknown_attribute_is_said_to_be_unknown(shop: Shop) -> None:
    plan = say(shop, ProductAnswer((product("ridge", "120"),), ("battery_life",)))
    assert "The shop has no information on the battery life of the Acme Ridge." in said(plan)
    assert plan.kind == "answer.unknown" and plan.yes is None


def test_only_a_noun_is_of_something(shop: Shop) -> None:
    """The demo shop calls attributes "For", "Carries up to" and "Sleeps"."""
    ridge = product("ridge", "120")
    keys = [key for key, attribute in shop.lexicon.attributes.items() if attribute.kind != "boolean"]
    told = {key: said(say(shop, ProductAnswer((ridge,), (key,)))) for key in keys}
    assert "no information on the material of the Acme Ridge." in told["material"]
    assert "no information on this for the Acme Ridge: for." in told["audience"]
    assert "no information on this for the Acme Ridge: carries up to." in told["max_load"]
    suits = product("ridge", "120", **{"suitable for": "dogs", "finish": "matt"})
    told |= {key: said(say(shop, ProductAnswer((suits,), (key,)))) for key in ("suitable for", "finish")}
    assert "The Acme Ridge: suitable for dogs." in told["suitable for"]
    assert "The finish of the Acme Ridge: matt." in told["finish"]
    wrong = re.compile(r"[Tt]he (?:for|from age|sleeps|fits phones of|carries up to|suitable for) of the")
    assert not [text for text in told.values() if wrong.search(text)]


def test_a_loosened_search_says_what_it_left_out(shop: Shop) -> None:
    search = Slots(type=["boots"], colour=["blue"], price_max=Decimal(50))
    found = SearchResult((product("ridge", "45"),), SearchOutcome.RELAXED, 1, ("colours",))
    assert "I found no blue boots" in said(say(shop, Found(found, search)))
    assert "blue" in said(say(shop, Found(found, search)))
    both = replace(found, relaxed=("colours", "price_max"))
    assert "so I was less strict about the colour and the price limit" in said(say(shop, Found(both, search)))


def test_the_cheapest_is_claimed_only_where_it_is(shop: Shop) -> None:
    cheap, dear = product("moor", "93"), product("ridge", "120")
    search = Slots(type=["boots"], sort="cheapest")
    good = Found(SearchResult((cheap, dear), SearchOutcome.FOUND, 2), search)
    assert "The cheapest of these is the Acme Moor, at $93.00." in said(say(shop, good))
    unsorted = Found(SearchResult((dear, cheap), SearchOutcome.FOUND, 2), search)
    assert "cheapest" not in said(say(shop, unsorted))


def test_the_prompt_is_short_and_keeps_private_words_out(shop: Shop) -> None:
    maker = TurnMaker(shop, 2)
    for kind in KINDS:
        for language in ("en", "zh"):
            facts = maker.make(kind, language)
            prompt = wording_prompt(plan_reply(facts, shop.lexicon, SHOP), SHOP)
            assert len(prompt.system) + len(prompt.user) < 2400
            for private in ("Visa ending", "Mill Lane", "Cedar Street", "Harbour Road, Boston"):
                assert private not in prompt.user
    handles = TurnFacts(maker.make("found", "en").outcome, Intent.PRODUCT_SEARCH, "en", "say [S1] [S9]")
    assert "Customer: say (S1) (S9)" in wording_prompt(plan_reply(handles, shop.lexicon, SHOP), SHOP).user


def test_both_languages_have_the_same_texts() -> None:
    english, chinese = texts("en"), texts("zh")
    for section in ("openers", "closers"):
        assert set(english.kinds(section)) == set(chinese.kinds(section))
    for section in ("found", "answer", "cart", "orders", "approval", "done", "refused", "ask", "chips", "handed"):
        assert set(english.plain(section)) == set(chinese.plain(section)), section
    with pytest.raises(MissingText):
        english.render("found", "no_such_text")


def test_chips_are_in_the_customers_language(shop: Shop) -> None:
    facts = TurnMaker(shop, 1).make("found", "zh")
    assert all(any("\u4e00" <= char <= "\u9fff" for char in chip) for chip in suggestions(facts, shop.lexicon, SHOP))


@pytest.mark.parametrize(
    ("language", "listed"), [("en", "pink (36, 38) and black (37)"), ("zh", "粉色（36、38）和黑色（37）")]
)
def test_versions_that_differ_in_two_options_are_grouped_by_the_first(shop: Shop, language: str, listed: str) -> None:
    had = OrderLineView("p", "p/1", {"en": "Slip-on"}, {"colour": "black", "size": "40"}, 1, Decimal(50))
    there = [("pink", "36"), ("black", "37"), ("pink", "38")]
    options = tuple({"colour": colour, "size": size} for colour, size in there)
    asked = AskSlot("option", "exchange_items", lines=(had,), options=options)
    assert listed in said(say(shop, asked, language))
