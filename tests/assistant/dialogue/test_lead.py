"""The model leads: what of its reading is believed, and what the shop does with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from assistant.answering.candidates import candidates, of_lines
from assistant.answering.evidence import Fact, GuardedFact, Missing, Passage, Recommendation, Silent
from assistant.bootstrap import Shopclerk
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.lead import needed
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.events import ApprovalNeeded, ComparisonShown, FaqCited, HandedOff, ProductsShown
from assistant.llm.client import Prompt
from assistant.understanding.conversation_reader import (
    INTENTS,
    SEARCHES,
    KnownLabels,
    NeedRead,
    checked,
    schema,
    slots_of,
)
from assistant.understanding.schema import Intent
from assistant.wording.speech import Speech
from retrieval.models import Product
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon
from tests.assistant.test_dialogue import Talk, talking
from tests.scripted_model import ScriptedModel

REQUEST = {
    "say": "",
    "things": [],
    "colour": "",
    "size": "",
    "quantity": None,
    "page": "",
    "order": "",
    "topic": "",
    "talk": "",
    "need": None,
}
NEED: dict[str, Any] = {
    "new": False, "kinds": [], "brands": [], "colours": [], "sizes": [], "price_min": None, "price_max": None,
    "together": None,
    "attributes": [], "without": [], "limits": [], "words": "", "not_a_kind": "", "sort": "", "rejected": [],
}  # fmt: skip


NOTHING_TO_ADD = {"answer": "", "from": [], "drop": []}


def reading(*requests: dict[str, Any], **need: Any) -> dict[str, Any]:
    """``need``: that of the first search."""
    made = [{**REQUEST, **one} for one in requests]
    if need:
        next(one for one in made if one["act"] in SEARCHES)["need"] = {**NEED, **need}
    return {"requests": made}


class Leading(ScriptedModel):
    async def complete_json(self, prompt: Prompt, schema: Mapping[str, Any]) -> dict[str, Any]:
        following = self.queue[0] if self.queue else None
        if schema["title"] == "answer" and not (isinstance(following, dict) and "drop" in following):
            return NOTHING_TO_ADD
        return await super().complete_json(prompt, schema)


@contextmanager
def led(shop: Shopclerk, *replies: dict[str, Any], customer: str | None = None) -> Iterator[tuple[Talk, ScriptedModel]]:
    """A conversation that a model leads, which answers from ``replies`` in order; it adds a direct answer to a reply
    only where the next of them is one."""
    model = Leading(replies)
    deps = dataclasses.replace(shop.deps, model=model, model_reads=lambda: "all")
    with talking(shop, customer) as talk:
        session = talk._session
        own = session.dialogue
        session.dialogue = Dialogue(deps, own._graph.checkpointer)  # type: ignore[arg-type]
        yield talk, model


def test_the_schema_allows_nothing_beside_what_it_names() -> None:
    made = schema()
    for part in (made, *made["$defs"].values()):
        assert part["additionalProperties"] is False and set(part["required"]) == set(part["properties"])
    assert set(made["$defs"]["RequestRead"]["properties"]["act"]["enum"]) == set(INTENTS)


def test_what_the_shop_does_not_have_is_not_believed(shop: Shopclerk) -> None:
    known = KnownLabels(["P1"], ["return-cost"], ["SC-AAAAAAAA"], shop.knowledge.lexicon, ["Kitewood"])
    answer = reading(
        {"act": "question", "things": ["P1", "P7", "P1"], "page": "no-such", "order": "SC-BBBBBBBB", "topic": "gossip"}
    )
    kept = checked(answer, known)
    assert kept is not None
    request = kept.requests[0]
    assert (request.things, request.page, request.order, request.topic) == (["P1"], "", "", "")
    assert checked({"requests": [], "need": None}, known) is None
    assert checked({"requests": [{"act": "dance"}], "need": None}, known) is None


def test_words_that_are_no_keys_of_the_shop_are_left_to_meaning(shop: Shopclerk) -> None:
    known = KnownLabels([], [], [], shop.knowledge.lexicon, ["Kitewood"])
    need = NeedRead.model_validate(
        NEED
        | {"kinds": ["tents", "teapots"], "brands": ["Acme"], "attributes": ["waterproof=yes", "mood=cosy"],
           "without": ["colour=red", "colour=loud"], "price_max": -3, "words": "festival",
           "limits": [{"of": "persons", "low": 2, "high": None}]}
    )  # fmt: skip
    slots, words = slots_of(need, known)
    assert slots.type == ["tents"] and slots.brand == [] and slots.attribute == ["waterproof=yes"]
    assert slots.exclude == ["colour=red"] and slots.price_max is None
    assert [(one.dimension, one.low) for one in slots.measures] == [("persons", 2)]
    assert words.split() == ["festival", "teapots", "Acme", "cosy"]


def test_a_need_is_restated_whole_so_that_a_condition_can_be_taken_back(shop: Shopclerk) -> None:
    with led(
        shop,
        reading(
            {"act": "search", "say": "a blue mug below 20"}, new=True, kinds=["mugs"], colours=["blue"], price_max=20
        ),
        reading({"act": "search", "say": "any colour will do"}, kinds=["mugs"], price_max=20),
    ) as (talk, _):
        assert talk.say("got a blue mug for, say, twenty?").model_calls == 1
        talk.say("oh the colour doesnt matter really")
        search = talk.memory().search
        assert search is not None and search.colour == [] and search.price_max == Decimal(20)
        products = [talk.shop.knowledge.search.product(card.id) for card in talk.one(ProductsShown).cards]
        assert {product.type for product in products if product} == {"mugs"}


def test_a_wish_on_one_kind_is_not_asked_of_another(shop: Shopclerk) -> None:
    both = reading(
        {"act": "search", "say": "a cookery book or a pan"},
        new=True, kinds=["pans", "books"], attributes=["genre=cookery"],
    )  # fmt: skip
    with led(shop, both) as (talk, _):
        talk.say("something for a keen cook, a pan maybe, or a cookbook")
        products = [talk.shop.knowledge.search.product(card.id) for card in talk.one(ProductsShown).cards]
        assert {product.type for product in products if product} == {"pans", "books"}
        assert {p.attributes["genre"] for p in products if p and p.type == "books"} == {"cookery"}


def test_a_reading_points_at_things_by_their_labels(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
        reading({"act": "compare", "say": "compare the first and the third tent", "things": ["P1", "P3"]}),
        reading({"act": "add", "say": "put the third tent in my cart", "things": ["P2"]}),
    ) as (talk, model):
        shown = [card.id for card in talk.say("tents pls").products]
        talk.say("hm, number one against number three?")
        assert [card.id for card in talk.one(ComparisonShown).cards] == [shown[0], shown[2]]
        talk.say("the latter then")
        cart = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [line.product_id for line in cart.lines] == [shown[2]]
        assert "On display:\nP1" in model.history[1][0].user


def test_several_requests_of_one_message_are_all_served(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "kettles"}, new=True, kinds=["kettles"]),
        reading(
            {"act": "add", "say": "put the second kettle in my cart", "things": ["P2"]},
            {"act": "help", "say": "who pays for sending something back?", "page": "return-cost"},
        ),
    ) as (talk, _):
        second = talk.say("kettles").products[1].id
        talk.say("second one please, and if i dont like it whos paying for the way back")
        assert [passage.id for event in talk.all(FaqCited) for passage in event.passages] == ["return-cost"]
        cart = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [line.product_id for line in cart.lines] == [second]


def test_a_help_question_that_no_page_answers_cites_none(shop: Shopclerk) -> None:
    with led(shop, reading({"act": "help", "say": "Do you ship by pigeon?"})) as (talk, _):
        talk.say("do you also deliver by pigeon post")
        assert not talk.all(FaqCited)


def test_without_an_answer_that_holds_up_the_encoders_reading_stands(shop: Shopclerk) -> None:
    for reply in ({"acts": "search"}, reading({"act": "nonsense"})):
        with led(shop, reply) as (talk, _):
            done = talk.say("red running shoes under $80")
            assert done.intent == "product_search" and done.products and done.model_calls == 1
    with led(shop) as (talk, model):
        model.ready = False
        assert talk.say("red running shoes under $80").model_calls == 0


def test_the_model_sees_marks_and_personal_data_stays_with_the_shop(shop: Shopclerk) -> None:
    request = {"act": "order", "say": "Where is the order of [email]?"}
    with led(shop, reading(request)) as (talk, model):
        talk.say("wheres my order?? ordered with henrik.s@example.org last week")
        prompt = model.history[0][0]
        assert "[email]" in prompt.user and "example.org" not in prompt.user + prompt.system
        claim = talk.memory().claim
        assert claim is not None and claim.email == "henrik.s@example.org"


@pytest.mark.parametrize(("text", "asked"), [("yes please", False), ("is that with the shipping?", True)])
def test_a_plain_yes_to_a_proposal_needs_no_model(shop: Shopclerk, text: str, asked: bool) -> None:
    turn = Turn("c", "t", text=text, message=text, said=text)
    assert needed(turn, Memory(pending="cancel_order"), shop.deps) is asked


def test_evidence_is_chosen_by_number_and_said_by_the_shop(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "backpacks"}, new=True, kinds=["backpacks"]),
        reading({"act": "question", "say": "Would the first one survive a monsoon?", "things": ["P1"]}),
        {"lines": [4], "missing": "whether it floats", "pick": 0, "size": ""},
    ) as (talk, model):
        talk.say("backpacks")
        done = talk.say("would that first one survive a monsoon")
        shown = model.history[2][0].user
        assert "Question, in English: Would the first one survive a monsoon?" in shown
        assert done.model_calls == 2 and done.intent == Intent.PRODUCT_QUESTION


def test_claims_on_safety_are_only_ever_listed_or_quoted(shop: Shopclerk) -> None:
    lexicon: Lexicon = shop.knowledge.lexicon
    product = next(p for p in shop.knowledge.search.catalogue.products if p.attributes.get("bpa_free"))
    hit = Hit(product, product.variants[0], 0.0)
    listed = candidates([hit], [], Speech("en", lexicon))
    kinds = {item.key: type(item) for _, item in listed if isinstance(item, (Fact, GuardedFact))}
    assert kinds["bpa_free"] is GuardedFact and kinds["price"] is Fact
    number = 1 + next(at for at, (_, item) in enumerate(listed) if isinstance(item, GuardedFact))
    items = [item for _, item in listed]
    said = {"lines": [number, 99, 0, True], "missing": "whether it floats", "pick": 0, "size": ""}
    answer = of_lines(said, items, [hit])
    assert answer is not None and answer.yes is None
    assert answer.evidence == (items[number - 1], Missing("whether it floats"))
    assert of_lines({**said, "lines": "1"}, items, [hit]) is None
    # What is no clause is not said; that something is missing is.
    for clause in ("see https://evil.example", "whether it costs $5. It does"):
        answer = of_lines({**said, "missing": clause}, items, [hit])
        assert answer is not None and answer.evidence == (items[number - 1], Silent(product.id, rest=True))


def test_a_size_is_advised_only_where_it_is_in_stock(shop: Shopclerk) -> None:
    product = next(p for p in shop.knowledge.search.catalogue.products if any("size" in v.options for v in p.variants))
    sizes = [v.options["size"] for v in product.variants if v.stock]
    hit = Hit(product, product.variants[0], 0.0)
    said = {"lines": [], "missing": "", "pick": 1, "size": sizes[0]}
    answer = of_lines(said, [], [hit])
    assert answer is not None and answer.evidence == (Recommendation(product.id, sizes[0]),)
    answer = of_lines({**said, "size": "no such"}, [], [hit])
    assert answer is not None and answer.evidence == (Silent(product.id),)


@pytest.mark.parametrize(
    ("search", "asked", "said"),
    [("tents", "Which of the two suits a beginner?", "Of these I would take the"),
     ("有帐篷吗", "前两款哪个适合新手？", "这几款里，我更推荐")],
)  # fmt: skip
def test_advice_names_one_product_which_then_is_the_one_talked_about(
    shop: Shopclerk, search: str, asked: str, said: str
) -> None:
    with led(
        shop,
        reading({"act": "search", "say": search}, new=True, kinds=["tents"]),
        reading({"act": "question", "say": asked, "things": ["P1", "P2"]}),
        {"lines": [1], "missing": "", "size": "", "pick": 2},
    ) as (talk, model):
        first, second = talk.say(search).products[:2]
        talk.say(asked)
        assert f"Products: 1 {first.title}; 2 {second.title}" in model.history[2][0].user
        assert f"{said}{second.title}" in talk.one_text().replace(f"{said} ", said)
        assert talk.memory().focus == second.id


def test_a_help_page_named_beside_a_fact_is_said_and_cited_with_it(shop: Shopclerk) -> None:
    asked = "What does it cost, and how long do I have to send it back?"
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
        reading({"act": "question", "say": asked, "things": ["P1"]}),
    ) as (talk, model):
        product = talk.shop.knowledge.search.product(talk.say("tents").products[0].id)
        assert product is not None
        pages = talk.shop.knowledge.faq.search(asked, "en")
        listed = candidates([Hit(product, product.variants[0], 0.0)], pages, Speech("en", talk.shop.knowledge.lexicon))
        number = 1 + next(at for at, (_, item) in enumerate(listed) if isinstance(item, Passage))
        model.enqueue({"lines": [1, number], "missing": "", "size": "", "pick": 0})
        talk.say(asked)
        assert "$" in talk.one_text() and pages[0].entry.answer in talk.one_text()
        assert [passage.id for event in talk.all(FaqCited) for passage in event.passages] == [pages[0].entry.id]


def test_a_thing_named_twice_in_one_request_is_put_in_once(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
    ) as (talk, model):
        title = talk.say("tents").products[0].title
        say = f"put the cheaper one, the {title}, in my cart"
        model.enqueue(reading({"act": "add", "say": say, "things": ["P1"]}))
        talk.say("the cheaper one, in the cart")
        cart = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [line.quantity for line in cart.lines] == [1]


def test_a_size_that_there_is_not_is_answered_by_those_there_are(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "boots"}, new=True, kinds=["boots"]),
        reading({"act": "question", "say": "Is the first one in stock in size 49?", "things": ["P1"], "size": "49"}),
    ) as (talk, _):
        talk.say("boots please, i have huge feet")
        text = talk.say("is that first one there in a 49").text
        assert "comes in size" in text and "in stock" not in text


@pytest.mark.parametrize("topic", ["person_when", "refund_when", "damaged", "login"])
def test_a_topic_of_every_kind_can_be_read(shop: Shopclerk, topic: str) -> None:
    with led(shop, reading({"act": "order", "say": "When does somebody answer me?", "topic": topic})) as (talk, _):
        assert talk.say("and when does somebody answer me").text


def test_a_leading_model_that_fails_is_not_asked_a_second_time(shop: Shopclerk) -> None:
    with led(shop, {"acts": "?"}, {"say": "hi", "act": "chat", "of": []}) as (talk, model):
        assert talk.say("zzz qqq").model_calls == 1 and len(model.queue) == 1


def test_a_question_before_anything_is_ordered_asks_for_no_identity(shop: Shopclerk) -> None:
    """Read as about an arrival: of a page where it is help, whatever its topic; and "there is no order" ends what a
    wrong reading began."""
    when = {"act": "help", "say": "How long does delivery take?", "page": "shipping-time", "topic": "arrives"}
    with led(shop, reading(when)) as (talk, _):
        talk.say("when is it here if i order tonight")
        assert talk.all(FaqCited) and "e-mail address" not in talk.one_text()
    where = {"act": "order", "say": "Where is my order?", "topic": "where"}
    express = {"act": "help", "say": "What does express cost?", "page": "express-shipping"}
    none = {"act": "no", "say": "I have not ordered anything."}
    with led(shop, reading(where), reading(none, express), reading(express)) as (talk, _):
        talk.say("when does it come")
        assert talk.memory().request is not None
        talk.say("i never ordered!! is there express")
        assert talk.memory().request is None and "e-mail" not in talk.one_text()
        assert [p.id for event in talk.all(FaqCited) for p in event.passages] == ["express-shipping"]


@pytest.mark.parametrize(
    "say", ["Do you deliver to England, yes or no?", "Send it to England: does that cost extra? And how much?"]
)
def test_the_page_that_is_named_is_the_one_said(shop: Shopclerk, say: str) -> None:
    with led(shop, reading({"act": "help", "say": say, "page": "international-shipping"})) as (talk, _):
        talk.say(say)
        assert [p.id for event in talk.all(FaqCited) for p in event.passages] == ["international-shipping"]


def test_what_else_is_asked_is_answered_before_what_waits(shop: Shopclerk) -> None:
    order = {"act": "order", "say": "Where is my order?", "topic": "where"}
    wrap = {"act": "help", "say": "Can it be wrapped?", "page": "gift-wrapping"}
    tents = {"act": "search", "say": "tents", "need": {**NEED, "new": True, "kinds": ["tents"]}}
    with led(shop, reading(order, wrap, tents)) as (talk, _):
        done = talk.say("where is my order, can you wrap it, and show me tents")
        assert done.products and talk.all(FaqCited)
        assert talk.memory().request is not None and talk.one_text().count("e-mail") == 1
        assert talk.one_text().index("per item") < talk.one_text().index("e-mail")


def test_each_search_has_its_own_need(shop: Shopclerk) -> None:
    one = {"act": "search", "say": "a tent", "need": {**NEED, "new": True, "kinds": ["tents"], "price_max": 90}}
    two = {"act": "search", "say": "a kettle", "need": {**NEED, "new": True, "kinds": ["kettles"], "price_max": 50}}
    with led(shop, reading(one, two)) as (talk, _):
        talk.say("a tent under 90 for dad, a kettle under 50 for mum")
        kinds = [
            {product.type for card in event.cards if (product := shop.knowledge.search.product(card.id))}
            for event in talk.all(ProductsShown)
        ]
        assert kinds == [{"tents"}, {"kettles"}]


def test_what_there_is_not_is_said_beside_what_there_is(shop: Shopclerk) -> None:
    said = "a tent and a caravan"
    with led(shop, reading({"act": "search", "say": said}, new=True, kinds=["tents"], not_a_kind="caravan")) as (
        talk,
        _,
    ):
        done = talk.say(said)
        assert done.products and "I found no caravan in the shop." in talk.one_text()


def test_differences_are_told_whatever_words_ask_for_them(shop: Shopclerk) -> None:
    say = "What do I get for the extra money: weight, material?"
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
        reading({"act": "compare", "say": say, "things": ["P1", "P2"]}),
    ) as (talk, _):
        talk.say("tents")
        talk.say(say)
        assert talk.one(ComparisonShown)


def test_two_questions_are_taken_up_by_one_answer(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
        reading(
            {"act": "question", "say": "Is the first good in a storm?", "things": ["P1"]},
            {"act": "question", "say": "Does the second smell?", "things": ["P2"]},
        ),
        {**NOTHING_TO_ADD, "answer": "I cannot see here whether the second one smells."},
        {"follows": True},
    ) as (talk, model):
        first, second = talk.say("tents").products[:2]
        done = talk.say("is the first good in a storm and does the second smell")
        assert done.model_calls == 3 and done.text.startswith("I cannot see here whether the second one smells.")
        asked = model.history[2][0].user
        assert all(f"{card.title} | description: " in asked for card in (first, second))


FIVE = [{"of": "age", "low": 5, "high": 5}]


@pytest.mark.parametrize(
    ("said", "words"),
    [("soft toys or blocks for a five-year-old", "for a child of 5"), ("给五岁孩子的毛绒玩具或积木", "适合5岁")],
)  # fmt: skip
def test_an_age_is_a_persons_and_what_is_for_much_younger_ones_comes_last(
    shop: Shopclerk, said: str, words: str
) -> None:
    kinds = ["plush_toys", "building_blocks"]
    with led(shop, reading({"act": "search", "say": said}, new=True, kinds=kinds, limits=FIVE)) as (talk, _):
        done = talk.say(said)
        products = [product for card in done.products if (product := talk.shop.knowledge.search.product(card.id))]
        ages = [int(product.attributes["age_from"].split()[0]) for product in products]
        assert words in done.text
        assert max(ages) <= 5 and min(ages[:2]) >= 3


def test_what_is_for_grown_ups_does_not_suit_a_child(shop: Shopclerk) -> None:
    with led(
        shop, reading({"act": "search", "say": "dinosaurs for a child of 5"}, new=True, limits=FIVE, words="dinosaurs")
    ) as (talk, _):
        products = [
            talk.shop.knowledge.search.product(card.id)
            for card in talk.say("she is 5 and mad about dinosaurs").products
        ]
        assert products and all(p and {"age_from", "audience"} & p.attributes.keys() for p in products)


def test_a_size_that_one_kind_does_not_come_in_empties_no_list(shop: Shopclerk) -> None:
    need = {"new": True, "kinds": ["running_shoes", "t_shirts"], "sizes": ["L"], "attributes": ["audience=men"]}
    with led(
        shop,
        reading({"act": "search", "say": "socks"}, new=True, kinds=["socks"]),
        reading({"act": "search", "say": "running shoes or shirts in L"}, **need, price_max=40, rejected=["P1"]),
    ) as (talk, _):
        talk.say("socks")
        done = talk.say("got those. running shoes or a shirt below 40? he is an L")
        kinds = {p.type for card in done.products if (p := talk.shop.knowledge.search.product(card.id))}
        assert kinds == {"t_shirts"} and "size L" in done.text and "no running shoes" in done.text


def test_what_was_turned_down_excludes_only_itself(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "boots"}, new=True, kinds=["boots"]),
        reading({"act": "search", "say": "boots in 49"}, kinds=["boots"], sizes=["49"], rejected=["P1"]),
    ) as (talk, _):
        first = talk.say("boots").products[0]
        done = talk.say("not that one, and I need a 49")
        assert done.products and first.id not in {card.id for card in done.products}
        assert "less strict about the size" in done.text


@pytest.mark.parametrize(("words", "said"), [("gardening", "she lives for gardening"), ("园艺", "她喜欢园艺")])
def test_words_that_name_no_goods_are_looked_for_by_meaning(shop: Shopclerk, words: str, said: str) -> None:
    with led(shop, reading({"act": "search", "say": said}, new=True, words=words, price_max=37.5)) as (talk, _):
        assert talk.say(said).products[0].id == "quillmere-press-window-garden"


@pytest.mark.parametrize(
    ("say", "words", "kinds", "first"),
    [
        ("a treat for a penguin fan, 30 at most", "penguins, cute", ["mugs", "socks", "plush_toys"], "pip-penguin"),
        ("给喜欢企鹅的朋友挑个东西", "企鹅，可爱", ["mugs", "socks", "plush_toys"], "pip-penguin"),
        ("he adores penguins, 30 at most", "penguins", ["mugs", "cushions"], "pip-penguin"),
        ("他最爱企鹅，挑个礼物", "企鹅", ["mugs", "cushions"], "pip-penguin"),
        ("she is mad about penguins, 30 at most", "penguins, birthday", [], "pip-penguin"),
        ("a knife for the wok", "wok", ["knives"], "kesshin-cleaver-18"),
        ("手冲用的水壶", "手冲", ["kettles"], "emberly-gooseneck"),
    ],
)
def test_a_definite_word_of_a_need_comes_before_all_that_lacks_it(
    shop: Shopclerk, say: str, words: str, kinds: list[str], first: str
) -> None:
    wishes = [{"say": "可爱" if kinds[:1] == ["mugs"] else "", "like": ["柔软", "soft"], "unlike": []}]
    need = {"new": True, "kinds": kinds, "words": words, "price_max": 300, "wishes": wishes}
    with led(shop, reading({"act": "search", "say": say}, **need)) as (talk, _):
        assert first in talk.say(say).products[0].id


@pytest.mark.parametrize("size", ["41-46", "43"])
def test_a_size_may_be_a_span_of_sizes(shop: Shopclerk, size: str) -> None:
    say = f"put two of the Hike Merino in grey in size {size} in my cart"
    with led(
        shop,
        reading({"act": "search", "say": "socks"}, new=True, kinds=["socks"], sizes=[size], words="merino hiking"),
        reading({"act": "add", "say": say, "things": ["P1"], "colour": "grey", "size": size, "quantity": 2}),
    ) as (talk, _):
        done = talk.say("socks for hiking, big feet")
        assert done.products[0].options["size"] == "41-46"
        title = done.products[0].title
        talk.say("two of those, grey")
        lines = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "").lines
        assert [(line.title["en"], line.options["size"], line.quantity) for line in lines] == [(title, "41-46", 2)]


@pytest.mark.parametrize(
    ("search", "asked", "said"),
    [("cushioned shoes", "Is it there in grey in 43, and how much is it?", "size 43, and that is in stock at $64.45"),
     ("缓震跑鞋", "灰色43有吗，多少钱？", "灰色、43码的，有货，US$64.45")],
)  # fmt: skip
def test_a_version_asked_about_is_told_with_its_own_price(shop: Shopclerk, search: str, asked: str, said: str) -> None:
    with led(
        shop,
        reading({"act": "search", "say": search}, new=True, kinds=["running_shoes"], colours=["grey"], price_max=66),
        reading({"act": "question", "say": asked, "things": ["P1"], "colour": "grey", "size": "43"}),
        {"lines": [1], "settled": True, "pick": 0},
    ) as (talk, _):
        talk.say(search)
        assert said in talk.say(asked).text


def test_a_total_and_a_list_are_told_once_a_reply(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "helmets"}, {"act": "search", "say": "a helmet"}, new=True, kinds=["helmets"]),
        reading({"act": "add", "say": "add it in M", "things": ["P2"], "size": "M"}, {"act": "cart", "say": "total?"}),
    ) as (talk, _):  # fmt: skip
        text = talk.say("a helmet, which one").text
        assert len(talk.all(ProductsShown)) == 1 and "still" not in text
        assert talk.say("second one in M, and the total?").text.count(" in all") == 1


def test_other_colours_than_one_are_asked_of_all(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "tents"}, new=True, kinds=["tents"]),
        reading({"act": "question", "say": "Which colours beside green does the first come in?", "things": ["P1"]}),
        {"lines": [2], "missing": "", "pick": 0, "size": ""},
    ) as (talk, model):
        talk.say("tents")
        talk.say("other colours than green?")
        assert model.history[2][0].user and "comes in" in talk.one_text() and "Yes" not in talk.one_text()


def test_pieces_are_counted_in_a_sum(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "sleeping mats"}, new=True, kinds=["sleeping_mats"]),
    ) as (talk, model):
        first, second = talk.say("sleeping mats").products[:2]
        say = f"What do two {first.title} and one {second.title} cost in all?"
        model.enqueue(reading({"act": "question", "say": say, "things": ["P1", "P2"]}))
        model.enqueue({"lines": [1], "missing": "", "pick": 0, "size": ""})
        talk.say(say)
        assert f"{2 * first.price + second.price:,.2f}" in talk.one_text()


def test_of_several_kinds_each_is_held_against_what_it_has(shop: Shopclerk) -> None:
    wish = reading(
        {"act": "search", "say": "a tent for three and mats"},
        new=True,
        kinds=["tents", "sleeping_mats"],
        limits=[{"of": "persons", "low": 3, "high": None}],
    )
    with led(shop, wish) as (talk, _):
        cards = talk.say("tent for 3 and smth to sleep on").products
        kinds = {product.type for card in cards if (product := shop.knowledge.search.product(card.id))}
        assert kinds == {"tents", "sleeping_mats"}


def test_what_waits_for_identity_goes_on_before_what_is_said_with_it(own: Shopclerk) -> None:
    """And what is wanted instead is what the model names, whatever the words."""
    size = {"act": "items", "say": "Can the denim jacket still become an M?", "size": "M", "colour": "blue"}
    out = {"act": "part", "say": "Take the knit shoes out."}
    with led(own, reading(size), reading(out)) as (talk, _):
        talk.say("the denim jacket is too big, make it an M?")
        asked = talk.memory().request
        assert (
            asked is not None and asked.asked == "identity" and [swap.wanted for swap in asked.swaps] == ["blue size M"]
        )
        customer = own.commerce.shop.customers.get("C-5JH5R2JX")
        assert customer is not None and customer.address is not None
        talk.say(f"{customer.email} {customer.address.postcode} and drop the shoes")
        assert talk.all(ApprovalNeeded), talk.one_text()
        lines = " ".join(talk.one(ApprovalNeeded).lines)
        assert "M" in lines and [one.text for one in talk.memory().agenda] == ["Take the knit shoes out."]


def test_only_a_part_of_an_order_is_taken_out_by_a_colleague(own: Shopclerk) -> None:
    with led(
        own,
        reading({"act": "cancel", "say": "Cancel only that order.", "order": "SC-Z7C69EVC"}),
        reading({"act": "yes", "say": "Cancel it."}),
        customer="C-5JH5R2JX",
    ) as (talk, _):
        talk.say("please cancel only that order SC-Z7C69EVC")
        assert talk.one(ApprovalNeeded).action == "cancel_order"
        talk.say("well cancel it then")
        order = own.commerce.shop.orders.get("SC-Z7C69EVC", "C-5JH5R2JX")
        assert order is not None and order.status.value == "cancelled"
    with led(own, reading({"act": "part", "say": "Take the socks out of it."}), customer="C-5JH5R2JX") as (talk, _):
        talk.say("take the socks out")
        assert talk.all(HandedOff)


@pytest.mark.parametrize(
    ("say", "part"),
    [
        ("hold on, the rest I still want, it is only the socks I meant", "Take only the socks out of the order."),
        ("等下 其他的我还是要的 光把袜子去掉行不行", "其他的还要，把袜子去掉"),
        ("那行李架我留着，袜子去掉", "行李架留着，把袜子去掉"),
    ],
)
def test_a_change_of_mind_is_no_yes_to_what_waits(own: Shopclerk, say: str, part: str) -> None:
    first = reading({"act": "cancel", "say": "Cancel the order.", "order": "SC-Z7C69EVC"})
    with led(own, first, customer="C-5JH5R2JX") as (talk, model):
        talk.say("please cancel my order SC-Z7C69EVC")
        assert talk.one(ApprovalNeeded).action == "cancel_order"
        model.enqueue(reading({"act": "part", "say": part, "order": "SC-Z7C69EVC"}))
        talk.say(say)
        after = own.commerce.shop.orders.get("SC-Z7C69EVC", "C-5JH5R2JX")
        assert after is not None and after.status.value != "cancelled"
        assert talk.all(HandedOff) and talk.memory().pending is None


def test_both_in_one_colour_are_one_of_each(shop: Shopclerk) -> None:
    with led(
        shop,
        reading({"act": "search", "say": "mugs"}, new=True, kinds=["mugs"], colours=["white"]),
    ) as (talk, model):
        first, second = talk.say("white mugs").products[:2]
        say = f"Add both the {first.title} and the {second.title}, white ones, to the cart."
        model.enqueue(reading({"act": "add", "say": say, "things": ["P1", "P2"], "colour": "white", "quantity": 1}))
        talk.say("ok add both, white ones")
        cart = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [(line.quantity, line.options["colour"]) for line in cart.lines] == [(1, "white"), (1, "white")]


@pytest.mark.parametrize(
    ("say", "size", "quantity", "count"),
    [("把儿童雨衣换成4Y", "4Y", None, 2), ("儿童雨衣换成4码", "4码", None, 2), ("雨衣要一件，4码的", "4", 1, 1),
     ("Change the puddle jacket to 4Y", "4Y", None, 2), ("One puddle jacket, but in size 4", "size 4", 1, 1)],
)  # fmt: skip
def test_a_size_is_no_number_of_pieces(shop: Shopclerk, say: str, size: str, quantity: int | None, count: int) -> None:
    first = "找儿童雨衣" if "码" in say or "换" in say else "a rain jacket for a child"
    with led(
        shop,
        reading({"act": "search", "say": first}, new=True, kinds=["jackets"], attributes=["audience=kids"]),
        reading({"act": "add", "say": "Puddle Jacket", "things": ["P1"], "size": "6Y", "quantity": 2}),
        reading({"act": "change", "say": say, "things": ["P1"], "size": size, "quantity": quantity}),
    ) as (talk, _):
        talk.say(first)
        talk.say("two in 6Y" if first[0] == "a" else "要两件6Y的")
        talk.say(say)
        lines = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "").lines
        assert [(line.options["size"], line.quantity) for line in lines] == [("4Y", count)]


def test_a_budget_for_all_is_held_against_their_sum(shop: Shopclerk) -> None:
    wish = {"act": "search", "say": "a tent and a sleeping mat, 150 together"}
    with led(shop, reading(wish, new=True, kinds=["tents", "sleeping_mats"], together=150)) as (talk, _):
        tent, mat = talk.say("tent and a mat, 150 all in").products[:2]
        assert tent.price + mat.price <= 150 and f"{tent.price + mat.price:.2f}" in talk.one_text()


def test_when_an_order_comes_that_is_not_sent_is_reckoned_by_where_it_goes(own: Shopclerk) -> None:
    customer = "C-5JH5R2JX"
    order = next(one for one in own.commerce.shop.orders.of_customer(customer) if one.status.value == "pending")
    when = {"act": "order", "say": f"When does {order.id} arrive?", "order": order.id, "topic": "arrives"}
    with led(own, reading(when), customer=customer) as (talk, _):
        talk.say("when does it come")
        assert "Packed next, with international delivery to mainland China" in talk.one_text()


def test_a_yes_to_another_question_is_quoted_with_the_question(shop: Shopclerk) -> None:
    say = "Can one of two pans be called off once it is on the lorry?"
    with led(shop, reading({"act": "help", "say": say, "page": "cancel-order"})) as (talk, _):
        talk.say(say)
        assert "Our help page “Can I cancel my order?” says: “Yes" in talk.one_text()
    plain = "Can I cancel my order?"
    with led(shop, reading({"act": "help", "say": plain, "page": "cancel-order"})) as (talk, _):
        talk.say(plain)
        assert talk.one_text().startswith("Yes")


def test_only_what_is_named_is_returned(own: Shopclerk) -> None:
    order = own.commerce.shop.orders.get("SC-BMTYAA7S", "C-AGPMWPP9")
    assert order is not None and len(order.lines) == 2
    line = order.lines[1]
    with led(own, customer="C-AGPMWPP9") as (talk, model):
        model.enqueue(reading({"act": "chat", "say": "Hello.", "talk": "greeting"}))
        talk.say("hello there, it is me again with a thing to send back")
        title = line.title["en"]
        label = next(row.split()[0] for row in model.history[0][0].user.splitlines() if f" {title} |" in row)
        say = "Return the one that is still wrapped, please."
        model.enqueue(reading({"act": "return", "say": say, "things": [label], "order": order.id}))
        talk.say("the wrapped one goes back, the other stays here")
        waiting = own.commerce.shop.pending.get(talk.id)
        assert waiting is not None and [item[0] for item in waiting.arguments["items"]] == [line.variant_id]


def test_a_budget_that_is_not_enough_says_what_would_be(shop: Shopclerk) -> None:
    wish = {"act": "search", "say": "a desk and a chair, 20 together"}
    with led(shop, reading(wish, new=True, kinds=["desks", "chairs"], together=20)) as (talk, _):
        talk.say("desk and chair for 20 all in")
        assert "does not fit within $20.00. The cheapest of each:" in talk.one_text()


def test_what_none_of_those_shown_meets_is_named(shop: Shopclerk) -> None:
    wish = {"act": "search", "say": "noise cancelling headphones under 60"}
    with led(
        shop, reading(wish, new=True, kinds=["headphones"], attributes=["noise_cancelling=yes"], price_max=60)
    ) as (talk, _):
        cards = talk.say("noise cancelling under 60").products
        met = [
            p
            for card in cards
            if (p := shop.knowledge.search.product(card.id)) and p.attributes.get("noise_cancelling") == "yes"
        ]
        assert met or "What none of them meets: noise cancelling." in talk.one_text()


def test_an_adults_age_is_no_bound_on_goods(shop: Shopclerk) -> None:
    known = KnownLabels([], [], [], shop.knowledge.lexicon, [])
    need = NeedRead.model_validate({**NEED, "kinds": ["watches"], "limits": [{"of": "age", "low": 81, "high": 81}]})
    slots, _ = slots_of(need, known)
    assert slots.measures == [] and slots.exclude == ["audience=kids"]


def test_a_wish_that_the_kind_does_not_record_is_named(shop: Shopclerk) -> None:
    wish = {"act": "search", "say": "noise cancelling kettles"}
    with led(shop, reading(wish, new=True, kinds=["kettles"], attributes=["noise_cancelling=yes"])) as (talk, _):
        talk.say("noise cancelling kettles")
        assert "None of them is described with “noise cancelling”." in talk.one_text()


@pytest.mark.parametrize(
    ("say", "yes", "asks", "faulty"),
    [
        ("Return the hiking socks.", "Yes, return them.", "You know they are opened?", "only unopened"),
        ("退掉徒步袜。", "好的，退吧。", "拆开过也行吗？", "拆封后不能退换"),
    ],
)
def test_goods_that_are_not_taken_back_are_not_returned(
    own: Shopclerk, say: str, yes: str, asks: str, faulty: str
) -> None:
    """Neither where it is said with the request nor where it is said beside the yes."""
    order = own.commerce.shop.orders.get("SC-BMTYAA7S", "C-AGPMWPP9")
    assert order is not None
    socks = next(line for line in order.lines if "socks" in line.title["en"].lower())
    back = {"act": "return", "say": say, "order": order.id, "condition": "opened"}
    with led(own, customer="C-AGPMWPP9") as (talk, model):
        model.enqueue(reading({"act": "chat", "say": "Hello.", "talk": "greeting"}))
        talk.say("你好" if not say.isascii() else "hello again to all of you there")
        title = socks.title["en" if say.isascii() else "zh"]
        label = next(row.split()[0] for row in model.history[0][0].user.splitlines() if f" {title} |" in row)
        model.enqueue(reading({**back, "things": [label]}))
        talk.say(say)
        assert not talk.all(ApprovalNeeded) and faulty in talk.one_text()
    with led(own, customer="C-AGPMWPP9") as (talk, model):
        model.enqueue(reading({**back, "things": [label], "condition": ""}))
        talk.say(say)
        assert talk.all(ApprovalNeeded)
        told = {"act": "help", "say": asks, "page": "no-return-items", "condition": "opened"}
        model.enqueue(reading({"act": "yes", "say": yes}, told))
        talk.say(f"{yes} {asks}")
        assert faulty in talk.one_text() and talk.memory().pending is None
        after = own.commerce.shop.orders.get(order.id, "C-AGPMWPP9")
        assert after is not None and after.status.value == "delivered"


@pytest.mark.parametrize(
    ("said", "size", "address", "place"),
    [
        (
            "From 39 to 40 please, and send it to the office: 12 Mill Lane, Boston MA 02118.",
            "The shoes should be in size 40.",
            "Change the address of order SC-25VB545K to [address].",
            "12 Mill Lane, Boston MA 02118",
        ),
        (
            "39码换成40码，另外送到青石区望江路88号。",
            "鞋子换成40码。",
            "订单SC-25VB545K的地址改到[address]。",
            "青石区望江路88号",
        ),
    ],
)
def test_what_waits_is_done_as_it_was_read(own: Shopclerk, said: str, size: str, address: str, place: str) -> None:
    """The order and the thing that the model named are kept over the turn, and what is personal stays in its place."""
    items = {"act": "items", "say": size, "size": "40", "order": "SC-25VB545K"}
    moved = {"act": "address", "say": address, "order": "SC-25VB545K"}
    with led(own, reading(items, moved), customer="C-TQ2GF54B") as (talk, model):
        talk.say(said)
        approved = talk.one(ApprovalNeeded)
        assert approved.action == "change_address" and approved.lines[-1].endswith(f": {place}")
        kept = talk.memory().agenda[0].led
        assert kept is not None and (kept.request.size, kept.request.order) == ("40", "SC-25VB545K")
        talk.say("是的" if not said.isascii() else "yes")
        assert len(model.history) == 1
        assert talk.one(ApprovalNeeded).action == "change_items" and "40" in " ".join(talk.one(ApprovalNeeded).lines)


def test_a_second_thing_waits_with_its_size_and_is_no_guess_of_words(own: Shopclerk) -> None:
    order = own.commerce.shop.orders.get("SC-BMTYAA7S", "C-AGPMWPP9")
    assert order is not None
    second = order.lines[1]
    with led(own, customer="C-AGPMWPP9") as (talk, model):
        model.enqueue(reading({"act": "chat", "say": "Hello.", "talk": "greeting"}))
        talk.say("hello there, it is me again with things to send back")
        rows = model.history[0][0].user.splitlines()
        label = next(row.split()[0] for row in rows if f" {second.title['en']} |" in row)
        cancel = {"act": "exchange", "say": "Exchange one for another option.", "order": order.id, "things": [label]}
        back = {"act": "return", "say": "The other goes back.", "order": order.id, "things": [label]}
        model.enqueue(reading(cancel, back))
        talk.say("one for another, the other back")
        waits = talk.memory().agenda
        assert [one.led.product_ids for one in waits if one.led] == [(second.product_id,)]
        model.enqueue(reading({**back, "say": "As I said, it goes back."}))
        talk.say("as i said, it goes back")
        assert not talk.memory().agenda, "said anew, it waits no longer"
        waiting = own.commerce.shop.pending.get(talk.id)
        assert waiting is not None and [item[0] for item in waiting.arguments["items"]] == [second.variant_id]


EXCHANGED, PARCELS, PACKED = "SC-E5YKMQMW", "SC-BZEBEFTK", "SC-PF5E2KQH"
EMILY, ELEANOR, AISHA = "C-M3XY6AT6", "C-K9FK4HKK", "C-7QSHBNER"


@pytest.mark.parametrize(
    ("say", "topic", "told"),
    [
        ("What about my exchange?", "exchange", ("requested on {day}", "navy in place of red", "booked")),
        ("我的换货怎么样了？", "exchange", ("{day}", "由红色换成藏青色", "没有登记收到")),
        ("When do I get the new one?", "refund_when", ("no money moves", "colleague can change or withdraw")),
        ("Can it still be navy?", "changeable", ("navy in place of red", "colleague can change or withdraw")),
    ],
)
def test_an_exchange_under_way_is_told_for_itself(shop: Shopclerk, say: str, topic: str, told: tuple[str, ...]) -> None:
    with led(shop, reading({"act": "order", "say": say, "order": EXCHANGED, "topic": topic}), customer=EMILY) as (
        talk,
        _,
    ):
        talk.say(say)
        asked = shop.commerce.shop.orders.asked_at(EXCHANGED)
        assert asked is not None
        day = shop.deps.voice.speech("en" if say.isascii() else "zh").day(asked)
        assert all(each.format(day=day) in talk.one_text() for each in told) and not talk.all(FaqCited), talk.one_text()


@pytest.mark.parametrize(
    ("say", "why"),
    [
        ("Cancel the exchange, I keep the red one.", "Withdrawing a return or an exchange"),
        ("取消换货，红色的我留着。", "要由同事撤回"),
    ],
)
def test_what_is_withdrawn_is_handed_to_a_colleague(own: Shopclerk, say: str, why: str) -> None:
    with talking(own, EMILY) as talk:  # also by rule, and of the only order that has something to withdraw
        talk.say(say)
        assert talk.all(HandedOff) and why in talk.one_text()
    with led(own, reading({"act": "cancel", "say": say, "order": EXCHANGED}), customer=EMILY) as (talk, _):
        talk.say(say)
        assert talk.all(HandedOff) and why in talk.one_text() and "already" not in talk.one_text()


@pytest.mark.parametrize(
    ("say", "topic", "first", "second"),
    [
        ("Where is my order?", "where", "Run Ankle Thin (order", "Dot Sport (order SC-BZEBEFTK) has not been shipped"),
        ("我的订单到哪了？", "where", "已于", "还没有发出"),
        ("Marked as delivered, and not here!", "undelivered", "Run Ankle Thin (order", "delivered on"),
    ],
)
def test_each_parcel_is_told_with_what_is_in_it(shop: Shopclerk, say: str, topic: str, first: str, second: str) -> None:
    with led(shop, reading({"act": "order", "say": say, "order": PARCELS, "topic": topic}), customer=ELEANOR) as (
        talk,
        _,
    ):
        text = talk.say(say).text
        assert first in text and second in text
        assert ("Dot Sport" not in text) or topic == "where"


@pytest.mark.parametrize(
    ("act", "say", "left"),
    [
        ("cancel", "Cancel the order of the desk.", "within 30 days of delivery, for a refund"),
        ("items", "Make the desk oak instead.", "exchange it unused within 30 days"),
        ("part", "Take the lamp out of it.", "within 30 days of delivery, for a refund"),
        ("cancel", "取消这个订单。", "送达后30天内"),
    ],
)
def test_a_packed_order_is_refused_with_the_way_left(shop: Shopclerk, act: str, say: str, left: str) -> None:
    with led(shop, reading({"act": act, "say": say, "order": PACKED}), customer=AISHA) as (talk, _):
        talk.say(say)
        assert left in talk.one_text() and not talk.all(HandedOff), talk.one_text()


@pytest.mark.parametrize(
    ("say", "sum_"),
    [
        ("What would I get back for all of it, if I send it back?", "brings you $602.85"),
        ("都退的话能退多少钱？", "US$602.85"),
    ],
)
def test_what_a_return_would_bring_is_reckoned_for_this_customer(shop: Shopclerk, say: str, sum_: str) -> None:
    """To England: 526.85 and 83.90, less the 7.90 that a return from there costs."""
    with led(
        shop, reading({"act": "order", "say": say, "order": PACKED, "topic": "refund_amount"}), customer=AISHA
    ) as (talk, _):
        talk.say(say)
        assert sum_ in talk.one_text() and "7.90" in talk.one_text()


def test_what_was_just_done_is_not_refused_in_the_same_reply(own: Shopclerk) -> None:
    say = "Return the socks."
    back = {"act": "return", "say": say, "order": "SC-QDW857U4"}
    with led(own, reading(back), customer=ELEANOR) as (talk, model):
        talk.say(say)
        assert talk.all(ApprovalNeeded)
        model.enqueue(reading({"act": "yes", "say": "Yes, return them."}, {**back, "say": "Send the socks back."}))
        talk.say("yes. and they do go back to you, dont they")
        assert "is requested" in talk.one_text() and "cannot" not in talk.one_text()


@pytest.mark.parametrize(
    ("say", "yes", "part"),
    [
        ("Yes. But I also asked you to leave out the socks.", "Yes, change it.", "Leave out the socks."),
        ("好的。但是我还说了袜子不要。", "好的，改吧。", "把袜子去掉。"),
    ],
)
def test_a_but_that_is_a_request_of_its_own_binds_no_yes(own: Shopclerk, say: str, yes: str, part: str) -> None:
    first = {"act": "address", "say": "Send it to 9 Mill Lane, Boston MA 02118.", "order": "SC-25VB545K"}
    with led(own, reading(first), customer="C-TQ2GF54B") as (talk, model):
        talk.say("send order SC-25VB545K to 9 Mill Lane, Boston MA 02118, would you")
        assert talk.one(ApprovalNeeded).action == "change_address"
        model.enqueue(reading({"act": "yes", "say": yes}, {"act": "part", "say": part, "order": "SC-25VB545K"}))
        talk.say(say)
        after = own.commerce.shop.orders.get("SC-25VB545K", "C-TQ2GF54B")
        assert after is not None and "9 Mill Lane" in after.address and talk.all(HandedOff)


@pytest.mark.parametrize(
    ("customer", "order", "say", "told"),
    [
        (AISHA, PACKED, "Who pays the way back?", "for order SC-PF5E2KQH $7.90 is deducted from your refund"),
        (ELEANOR, PARCELS, "Who pays the way back?", "for order SC-BZEBEFTK sending back costs you nothing"),
        (AISHA, PACKED, "退货运费谁出？", "订单SC-PF5E2KQH退货会从退款中扣除US$7.90"),
    ],
)
def test_a_rule_that_differs_by_country_is_told_for_this_one(
    shop: Shopclerk, customer: str, order: str, say: str, told: str
) -> None:
    with led(
        shop,
        reading({"act": "order", "say": say, "order": order, "topic": "contents"}),
        reading({"act": "help", "say": say, "page": "return-cost"}),
        customer=customer,
    ) as (talk, _):
        talk.say("订单里有什么，我忘了" if not say.isascii() else "what was in it again, i forgot")
        talk.say(say)
        assert told in talk.one_text() and talk.all(FaqCited)


def _address_after(own: Shopclerk, say: str) -> str:
    """Where an order goes after a new address was proposed and ``say`` was read as a yes."""
    first = {"act": "address", "say": "Send it to 9 Mill Lane, Boston MA 02118.", "order": "SC-25VB545K"}
    with led(own, reading(first), customer="C-TQ2GF54B") as (talk, model):
        talk.say("send order SC-25VB545K to 9 Mill Lane, Boston MA 02118, would you")
        model.enqueue(reading({"act": "yes", "say": say}))
        talk.say(say)
        after = own.commerce.shop.orders.get("SC-25VB545K", "C-TQ2GF54B")
        assert after is not None
        return after.address


@pytest.mark.parametrize(
    "say", ["Dearer by two? But the same one. Ok then, yes, do it", "又贵两块？但是都一样的。好吧，那就可以"]
)
def test_what_is_said_before_a_yes_does_not_bind_it(own: Shopclerk, say: str) -> None:
    assert "9 Mill Lane" in _address_after(own, say)


@pytest.mark.parametrize("say", ["Yes. But only if it costs nothing", "可以，但只要不另收钱"])
def test_a_condition_on_a_yes_is_none(own: Shopclerk, say: str) -> None:
    assert "9 Mill Lane" not in _address_after(own, say)


@pytest.mark.parametrize(
    ("first", "say", "ask", "person"),
    [
        (
            "Where is the pan I ordered?",
            "what can i do then? fetch me a real human",
            "What can be done?",
            "A human, please.",
        ),
        ("我订的锅在哪？", "那我还能怎么办？给我找个真人", "还能怎么办？", "我要找真人。"),
    ],
)
def test_a_person_waits_for_nothing_that_is_asked(shop: Shopclerk, first: str, say: str, ask: str, person: str) -> None:
    with led(shop, reading({"act": "order", "say": first, "topic": "where"})) as (talk, model):
        talk.say(first)
        assert talk.memory().request is not None
        model.enqueue(reading({"act": "help", "say": ask, "page": "contact"}, {"act": "person", "say": person}))
        talk.say(say)
        assert talk.all(HandedOff) and talk.memory().request is None
        assert "e-mail address" not in talk.one_text() and "邮编" not in talk.one_text()


def test_a_proposal_waits_on_while_a_person_is_asked_for(own: Shopclerk) -> None:
    say = "Return the socks."
    with led(own, reading({"act": "return", "say": say, "order": "SC-QDW857U4"}), customer=ELEANOR) as (talk, model):
        talk.say(say)
        model.enqueue(reading({"act": "person", "say": "Let somebody look at this."}))
        talk.say("could somebody of yours look at this first")
        assert talk.all(HandedOff) and talk.memory().pending == "return_items"


@pytest.mark.parametrize(
    ("first", "slip", "say"),
    [
        ("Send back the weights.", "The slip says SC-BMTYAA7S.", "It was a present, their mail is unknown to me."),
        ("把哑铃退掉。", "单子上写的是SC-BMTYAA7S。", "这是别人送的，我不知道对方的邮箱。"),
    ],
)
def test_who_has_nothing_but_a_slip_is_not_asked_again(shop: Shopclerk, first: str, slip: str, say: str) -> None:
    back = {"act": "return", "say": first}
    with led(shop, reading(back), reading({**back, "say": slip}), reading({**back, "say": say})) as (talk, _):
        talk.say(first)
        talk.say(slip)
        assert not talk.all(HandedOff)
        talk.say(say)
        assert talk.all(HandedOff) and ("I may open it" in talk.one_text() or "才能查看" in talk.one_text())


@pytest.mark.parametrize("say", ["How long is a return open?", "退货期限是多久？"])
def test_identity_is_asked_for_once_more_beside_other_answers_and_then_no_more(shop: Shopclerk, say: str) -> None:
    asked = reading({"act": "help", "say": say, "page": "return-window"})
    with led(shop, reading({"act": "return", "say": "Send back the weights."}), *[asked] * 3) as (talk, _):
        talk.say("my weights shall go back")
        talk.say(say)
        assert "a colleague looks into it" in talk.one_text() or "由同事来处理" in talk.one_text()
        talk.say(say)
        assert "colleague" not in talk.one_text() and "邮箱" not in talk.one_text()


@pytest.mark.parametrize(
    ("say", "when", "cost", "comes", "less"),
    [
        ("Send it to 40 Fern Walk, Singapore 238801, not here.", "When does it come?", "What does sending back cost?",
         "international delivery to Singapore", "$7.90 is deducted"),
        ("把它改到新加坡芬兰路40号 238801，不是原来那里。", "什么时候到？", "退货要运费吗？", "新加坡", "扣除US$7.90"),
    ],
)  # fmt: skip
def test_an_address_in_another_country_is_reckoned_with(
    own: Shopclerk, say: str, when: str, cost: str, comes: str, less: str
) -> None:
    order = "SC-25VB545K"
    move = {"act": "address", "say": say, "order": order}
    with led(own, reading(move), customer="C-TQ2GF54B") as (talk, model):
        talk.say(say)
        waits = talk.one(ApprovalNeeded)
        assert waits.action == "change_address"
        talk.say("是的" if not say.isascii() else "yes")
        after = own.commerce.shop.orders.get(order, "C-TQ2GF54B")
        assert after is not None and after.ship_to is not None and after.ship_to.country == "SG"
        assert "not here" not in after.address and "不是" not in after.address
        model.enqueue(reading({"act": "order", "say": when, "order": order, "topic": "arrives"}))
        talk.say(when)
        assert comes in talk.one_text()
        model.enqueue(reading({"act": "help", "say": cost, "page": "return-cost"}))
        talk.say(cost)
        assert less in talk.one_text()


@pytest.mark.parametrize(
    ("say", "lower", "told"),
    [
        ("Has it become cheaper since I ordered?", False, "costs the same today"),
        ("Has it become cheaper since I ordered?", True, "costs $1.00 today, so it has become cheaper"),
        ("我下单以后降价了吗？", False, "今天的价格还是一样"),
        ("我下单以后降价了吗？", True, "今天是US$1.00，确实便宜了"),
    ],
)
def test_what_was_paid_is_held_against_what_it_costs_now(shop: Shopclerk, say: str, lower: bool, told: str) -> None:
    own = shop.deps.product

    def reduced(product_id: str) -> Product | None:
        found = own(product_id)
        if found is None or not lower:
            return found
        variants = tuple(each.model_copy(update={"price": Decimal(1)}) for each in found.variants)
        return found.model_copy(update={"variants": variants})

    shop = dataclasses.replace(shop, deps=dataclasses.replace(shop.deps, product=reduced))
    asked = reading({"act": "order", "say": say, "order": PACKED, "topic": "price_drop"})
    with led(shop, asked, customer=AISHA) as (talk, _):
        talk.say(say)
        assert told in talk.one_text() and bool(talk.all(HandedOff)) is lower


@pytest.mark.parametrize(
    ("first", "say", "nothing"),
    [
        ("a vase, 40 dollars at most", "is there a taller one?", "nothing else"),
        ("花瓶，40美元以内", "有没有再高一点的", "没有别的了"),
    ],
)
def test_where_nothing_new_is_within_the_price_what_is_slightly_above_it_is_shown(
    shop: Shopclerk, first: str, say: str, nothing: str
) -> None:
    need = {"kinds": ["vases"], "attributes": ["material=stoneware"], "price_max": 40}
    with led(
        shop,
        reading({"act": "search", "say": first}, new=True, **need),
        reading({"act": "search", "say": say}, **need),
    ) as (talk, _):
        before = talk.say(first).products
        text = talk.say(say).text
        cards = talk.one(ProductsShown).cards
        assert nothing in text and all(40 < card.price <= 64 for card in cards)
        assert not {card.id for card in cards} & {card.id for card in before}


@pytest.mark.parametrize(
    ("say", "limit", "told"),
    [("a lamp for 80 euros at most", 92, "converted roughly into $92.00"), ("找个灯，600块以内", 84, "折算为US$84.00"),
     ("a lamp for 80 dollars at most", 80, ""), ("找个灯，80美元以内", 80, "")],
)  # fmt: skip
def test_an_amount_in_another_currency_is_called_converted(shop: Shopclerk, say: str, limit: int, told: str) -> None:
    with led(shop, reading({"act": "search", "say": say}, new=True, kinds=["lamps"], price_max=limit)) as (talk, _):
        text = talk.say(say).text
        assert told in text if told else "converted" not in text and "折算" not in text


@pytest.mark.parametrize("say", ["the cheapest headphones", "最便宜的耳机"])
def test_the_cheapest_is_none_for_children_where_no_child_is_spoken_of(shop: Shopclerk, say: str) -> None:
    with led(shop, reading({"act": "search", "say": say}, new=True, kinds=["headphones"], sort="cheapest")) as (
        talk,
        _,
    ):
        cards = talk.say(say).products
        assert "kids" not in cards[0].id and cards[0].price == min(card.price for card in cards)


@pytest.mark.parametrize("quantity", [1, None])
@pytest.mark.parametrize("say", ["I want to keep only one of the two.", "两件我只留一件。"])
def test_which_of_several_goes_back_is_asked(own: Shopclerk, say: str, quantity: int | None) -> None:
    order = own.commerce.shop.orders.get("SC-BMTYAA7S", "C-AGPMWPP9")
    assert order is not None
    titles = [line.title["en" if say.isascii() else "zh"] for line in order.lines]
    with led(own, customer="C-AGPMWPP9") as (talk, model):
        model.enqueue(reading({"act": "chat", "say": "Hello.", "talk": "greeting"}))
        talk.say("hello there, one thing to send back" if say.isascii() else "你好，我想退一件")
        rows = model.history[0][0].user.splitlines()
        labels = [next(row.split()[0] for row in rows if f" {title} |" in row) for title in titles]
        model.enqueue(reading({"act": "return", "say": say, "things": labels, "order": order.id, "quantity": quantity}))
        talk.say(say)
        request = talk.memory().request
        assert not talk.all(ApprovalNeeded) and request is not None and request.asked == "item"
