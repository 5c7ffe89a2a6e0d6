"""Replies fit the person and what came of the turn: what must not be said, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from assistant.outcome import (
    AskSlot,
    Clarify,
    Compared,
    FaqAnswer,
    Found,
    Handed,
    OrdersReply,
    Outcome,
    OutOfScope,
    ProductAnswer,
    Recommended,
    SmallTalk,
    TurnFacts,
)
from assistant.settings import ROOT
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval, CartReply
from assistant.shop.views import CartLineView, CartView, OrderStatus, OrderView
from assistant.understanding.mood import Mood, agrees, greets, read_mood
from assistant.understanding.phrases import FOLDER, phrases, words
from assistant.understanding.schema import Intent, Slots
from assistant.wording.check import Checker
from assistant.wording.compose import reword
from assistant.wording.plan import plan_reply, template_text
from assistant.wording.policy import model_words
from assistant.wording.prompt import wording_prompt
from assistant.wording.statement import ReplyPlan
from laboratory.samples.turns import KINDS, Shop, TurnMaker
from retrieval.models import FaqEntry, Product, Variant
from retrieval.search.query import FaqHit, Hit, SearchResult
from retrieval.search.query import Outcome as SearchOutcome
from retrieval.text.size_order import in_size_order

SHOP = "Corner & Co."
CHEER = r"happy to|pleasure|good news|great|lovely|good choice|welcome!|很高兴|乐意|好消息|太好了|好眼光"
CANNED = r"of course|good question|let me see|looked it up|good news|happy to|thanks for asking|sure\b"
CANNED += r"|问得好|没问题|查了一下|很高兴"
ANYTHING_ELSE = r"anything else|还有什么可以|还需要什么|还想了解"
INTRODUCES = r"shopping assistant of|购物助手"
OFFERS_CART = r"in your cart\?|加入购物车吗"
SORRY = r"sorry|抱歉"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop.load(ROOT / "data" / "shop")


def product(name: str, price: str, brand: str = "Acme", kind: str = "boots", sizes: str = "42 36 40") -> Product:
    return Product(
        id=name.lower().replace(" ", "-"),
        title={"en": f"{brand} {name}", "zh": f"{brand} {name}"},
        brand=brand,
        type=kind,
        category=(kind,),
        description={"en": "Good.", "zh": "好。"},
        currency="USD",
        variants=tuple(
            Variant(id=f"{name}-{size}", price=Decimal(price), stock=3, options={"size": size})
            for size in sizes.split()
        ),
        attributes={"waterproof": "yes"},
    )


def hit(name: str = "Ridge", price: str = "90", **more: str) -> Hit:
    item = product(name, price, **more)
    return Hit(item, item.variants[0], 1.0)


def found(*hits: Hit, total: int | None = None, relaxed: tuple[str, ...] = (), **search: Any) -> Found:
    outcome = SearchOutcome.RELAXED if relaxed else SearchOutcome.FOUND if hits else SearchOutcome.NOTHING_MATCHES
    return Found(SearchResult(hits, outcome, len(hits) if total is None else total, relaxed), Slots(**search))


def order(status: OrderStatus = OrderStatus.PENDING) -> OrderView:
    placed = datetime(2026, 11, 20, tzinfo=UTC)
    return OrderView("SC-1AB2CD3E", "c", status, placed, "USD", Decimal(10), (), (), (), "1 Mill Lane")


def cart() -> CartReply:
    line = CartLineView("p", "v", {"en": "Mug", "zh": "杯子"}, {}, 1, Decimal(10), 5)
    return CartReply("add", CartView("k", "USD", (line,)), line)


NOT_CARRIED = Found(SearchResult((), SearchOutcome.NOT_CARRIED, 0), Slots())
HELP = FaqHit(
    FaqEntry(
        id="f", language="en", question="How long?", answer="Three days.", topic="shipping", link="/help/shipping"
    ),
    0.9,
)
OUTCOMES: dict[str, Callable[[], Outcome]] = {
    "found": lambda: found(hit(), hit("Moor"), type=["boots"]),
    "found many": lambda: found(*(hit(f"B{n}") for n in range(8)), total=342),
    "found kinds": lambda: found(
        hit(), hit("Moor"), type=["keyboards", "mice", "lamps", "desks"], price_max=Decimal(300)
    ),
    "found nothing": lambda: found(type=["boots"]),
    "other kind": lambda: found(hit(), total=1, relaxed=("types",), type=["boots"]),
    "not carried": lambda: NOT_CARRIED,
    "answer": lambda: ProductAnswer((hit(sizes="XL M S XS L"),), ("size",)),
    "yes": lambda: ProductAnswer((hit(),), ("waterproof",)),
    "unclear product": lambda: ProductAnswer((), ("size",)),
    "book": lambda: ProductAnswer((hit("The Lighthouse Ledger", "14.90", brand="Quillmere Press"),), ("price",)),
    "compared": lambda: Compared((hit(), hit("Moor", "120"))),
    "recommended": lambda: Recommended((hit(), hit("Moor")), personal=False),
    "cart": cart,
    "which size": lambda: replace(cart(), problem="which_option", options=("XL", "S", "M", "XS")),
    "out of stock": lambda: replace(cart(), problem="out_of_stock"),
    "order": lambda: OrdersReply((order(),)),
    "no such order": lambda: OrdersReply((), "not_found", "SC-9"),
    "approval": lambda: Approval("cancel_order", order()),
    "done": lambda: ActionDone("cancel_order", order(OrderStatus.CANCELLED)),
    "dropped": lambda: ActionDropped("cancel_order"),
    "refused": lambda: ActionRefused("cancel_order", "not_pending", order(OrderStatus.SHIPPED)),
    "who": lambda: AskSlot("identity", "cancel_order"),
    "which order": lambda: AskSlot("order_id", "cancel_order"),
    "help": lambda: FaqAnswer((HELP,)),
    "no help": lambda: FaqAnswer(()),
    "complaint": lambda: Handed("T-1", "complaint"),
    "person": lambda: Handed("T-1", "asked"),
    "person again": lambda: Handed("T-1", "asked", already=True),
    "unanswered": lambda: Handed("T-1", "unanswered"),
    "scope": lambda: OutOfScope(),
    "clarify": lambda: Clarify((Intent.FAQ, Intent.CART)),
    "ok": lambda: SmallTalk("acknowledgement", "products"),
    "ok, product": lambda: SmallTalk("acknowledgement", "product"),
    "nah": lambda: SmallTalk("hesitation", "products"),
    "ok, cart": lambda: SmallTalk("acknowledgement", "cart"),
    "upset": lambda: SmallTalk("angry"),
    "sad": lambda: SmallTalk("sad"),
    "bot": lambda: SmallTalk("bot"),
    "lol": lambda: SmallTalk("other", "products"),
    "thanks": lambda: SmallTalk("thanks", "products"),
    "bye": lambda: SmallTalk("goodbye", "cart"),
    "hello": lambda: SmallTalk("greeting"),
}

NEVER: list[tuple[str, str, str, str]] = [
    ("en", "I am LIVID", "upset", rf"{CHEER}|{CANNED}|{INTRODUCES}"),
    ("en", "this is a scam, I want my money", "complaint", rf"{CHEER}|{ANYTHING_ELSE}|looked it up"),
    ("en", "Are you kidding me?! Where is it", "order", rf"{CHEER}|{CANNED}|{ANYTHING_ELSE}"),
    ("en", "cancel it!! I am fed up with you", "refused", rf"{CHEER}|of course|sure\b"),
    ("en", "unacceptable. cancel it", "approval", CHEER),
    ("en", "sick and tired of this, cancel it", "done", rf"{CHEER}|{ANYTHING_ELSE}"),
    ("en", "I asked already, this is useless!!", "no help", rf"{CHEER}|good question"),
    ("en", "you people are ridiculous", "who", rf"{CHEER}|{CANNED}"),
    ("en", "my dad died and he ordered this", "which order", rf"{CHEER}|{CANNED}"),
    ("en", "I'm so sad", "sad", rf"{CHEER}|{INTRODUCES}"),
    ("en", "show me boots", "found", rf"{CANNED}|“|\?|at the top of the list"),
    ("en", "anything for the office", "found many", rf"342|{CANNED}|I found \d"),
    ("en", "a keyboard, a mouse and a lamp under 300", "found kinds", r"keyboards|mice|“"),
    ("en", "boots in pink", "found nothing", rf"{CHEER}|closest|good news"),
    ("en", "boots", "other kind", r"closest|nearest"),
    ("en", "do you sell kayaks", "not carried", rf"{CHEER}|closest|thanks for asking"),
    ("en", "which sizes", "answer", rf"{CANNED}|XL, M|{OFFERS_CART}|\?"),
    ("en", "is it waterproof", "yes", rf"good question|{OFFERS_CART}|{ANYTHING_ELSE}"),
    ("en", "does it come in 42", "unclear product", rf"{CANNED}|\?.*\?"),
    ("en", "how much is the Lighthouse Ledger", "book", r"[Tt]he Quillmere|[Tt]he The|happy to tell"),
    ("en", "compare them", "compared", rf"{CANNED}|\?"),
    ("en", "what do you recommend", "recommended", rf"{CANNED}|{CHEER}|places to start"),
    ("en", "put it in my cart", "cart", rf"{CANNED}|good choice|{OFFERS_CART}|{ANYTHING_ELSE}"),
    ("en", "add it", "which size", rf"{CANNED}|\?.*\?|XL, S"),
    ("en", "add it please", "out of stock", CHEER),
    ("en", "where is my order", "order", rf"{CANNED}|{ANYTHING_ELSE}"),
    ("en", "where is SC-9", "no such order", CHEER),
    ("en", "cancel my order", "who", rf"{CANNED}|\?"),
    ("en", "cancel my order", "which order", rf"{CANNED}|\?.*\?"),
    ("en", "yes", "done", rf"happy to|{ANYTHING_ELSE}"),
    ("en", "no, leave it", "dropped", rf"{CHEER}|{ANYTHING_ELSE}"),
    ("en", "cancel it", "refused", rf"{CHEER}|sure\b"),
    ("en", "how long is shipping", "help", r"/help|good question|help pages say|read more|\?"),
    ("en", "can I pay with shells", "no help", rf"good question|{CHEER}"),
    ("en", "get me a person", "person", rf"{CHEER}|looked it up|{ANYTHING_ELSE}"),
    ("en", "hello? anyone", "person again", rf"{CHEER}|{ANYTHING_ELSE}"),
    ("en", "what is love", "scope", rf"{CHEER}|good question"),
    ("en", "Looks good", "ok", rf"{INTRODUCES}|nice to talk|{ANYTHING_ELSE}"),
    ("en", "nah", "nah", rf"{INTRODUCES}|{OFFERS_CART}|{CHEER}"),
    ("en", "ok", "ok, cart", rf"{INTRODUCES}|{OFFERS_CART}"),
    ("en", "are you human?", "bot", rf"{INTRODUCES}|good question|honest"),
    ("en", "lol", "lol", rf"{INTRODUCES}|nice to (talk|hear)"),
    ("en", "thanks", "thanks", ANYTHING_ELSE),
    ("en", "thanks, that's all", "bye", rf"{ANYTHING_ELSE}|\?"),
    ("en", "hello", "hello", INTRODUCES),
    ("zh", "气死我了", "upset", rf"{CHEER}|{CANNED}|{INTRODUCES}"),
    ("zh", "你们就是骗子", "complaint", rf"{CHEER}|{CANNED}|{ANYTHING_ELSE}"),
    ("zh", "受够了，取消", "refused", rf"{CHEER}|没问题"),
    ("zh", "太离谱了！！怎么还没到", "order", rf"{CHEER}|{CANNED}|{ANYTHING_ELSE}"),
    ("zh", "我爸去世了，想退货", "who", rf"{CHEER}|{CANNED}"),
    ("zh", "有靴子吗", "found", rf"{CANNED}|“|？|排在前面"),
    ("zh", "办公用的东西", "found many", rf"342|{CANNED}"),
    ("zh", "有没有粉色靴子", "found nothing", rf"{CHEER}|接近"),
    ("zh", "有皮划艇吗", "not carried", rf"{CHEER}|接近"),
    ("zh", "有哪些尺码", "answer", rf"{CANNED}|XL、M|{OFFERS_CART}|？"),
    ("zh", "防水吗", "yes", rf"问得好|{OFFERS_CART}"),
    ("zh", "加入购物车", "cart", rf"{CHEER}|{OFFERS_CART}|{ANYTHING_ELSE}"),
    ("zh", "买一个", "which size", r"XL、S|？.*？"),
    ("zh", "多久送到", "help", r"/help|问得好|帮助页面|？"),
    ("zh", "能用贝壳付款吗", "no help", rf"问得好|{CHEER}"),
    ("zh", "转人工", "person", rf"{CHEER}|{ANYTHING_ELSE}"),
    ("zh", "取消订单", "which order", rf"{CANNED}|？.*？"),
    ("zh", "不用了", "dropped", rf"{CHEER}|{ANYTHING_ELSE}"),
    ("zh", "好的", "ok", rf"{INTRODUCES}|聊天"),
    ("zh", "算了", "nah", rf"{INTRODUCES}|{OFFERS_CART}"),
    ("zh", "你是机器人吗", "bot", rf"{INTRODUCES}|问得好|说实话"),
    ("zh", "谢谢", "thanks", ANYTHING_ELSE),
    ("zh", "谢谢，没事了", "bye", rf"{ANYTHING_ELSE}|？"),
]


def facts(message: str, language: str, outcome: Outcome, **more: Any) -> TurnFacts:
    given: dict[str, Any] = {"mood": read_mood(message, language), "first": False, "greeted": greets(message, language)}
    return TurnFacts(outcome, Intent.SMALL_TALK, language, message, **{**given, **more})


def planned(shop: Shop, kind: str, message: str = "", language: str = "en", turn: str = "", **more: Any) -> ReplyPlan:
    return plan_reply(facts(message, language, OUTCOMES[kind](), **more), shop.lexicon, SHOP, turn)


@pytest.mark.parametrize(("language", "message", "kind", "never"), NEVER)
def test_what_must_not_be_said(shop: Shop, language: str, message: str, kind: str, never: str) -> None:
    for turn in "abcdef":
        plan = planned(shop, kind, message, language, turn)
        reply = template_text(plan)
        assert reply and not re.search(never, reply, re.IGNORECASE), reply
        assert not Checker(plan, shop.lexicon).check(reply)


@pytest.mark.parametrize(
    ("language", "message", "mood"),
    [
        ("en", "I am LIVID", "angry"),
        ("en", "this is ridiculous!!", "angry"),
        ("en", "this is ridiculous", "annoyed"),
        ("en", "I'm not happy with it", "annoyed"),
        ("en", "I'm soooo happy", "pleased"),
        ("en", "no need to worry", "neutral"),
        ("en", "a picture book about an angry bear", "neutral"),
        ("en", "RED BOOTS SIZE 42!!", "neutral"),
        ("en", "I need it by Friday, please hurry, it's urgent", "worried"),
        ("en", "my dog just died", "sad"),
        ("zh", "气死我了", "angry"),
        ("zh", "我不满意", "annoyed"),
        ("zh", "太好了，喜欢", "pleased"),
        ("zh", "别着急", "neutral"),
        ("zh", "很急，明天就要用", "worried"),
        ("zh", "我很难过", "sad"),
        ("zh", "红色靴子42码", "neutral"),
    ],
)
def test_moods_are_read(language: str, message: str, mood: Mood) -> None:
    assert read_mood(message, language) == mood


def test_anger_is_spoken_to_and_a_search_is_not(shop: Shop) -> None:
    for language in ("en", "zh"):
        for kind in ("order", "who", "refused", "complaint", "upset"):
            plan = planned(shop, kind, "", language, mood="angry")
            assert re.search(SORRY, plan.opener), (kind, plan.opener)
        assert not planned(shop, "found", "", language, mood="angry").opener


def test_nothing_is_said_twice_in_a_row(shop: Shop) -> None:
    for kind in OUTCOMES:
        if kind in ("approval",):  # the question itself
            continue
        first = planned(shop, kind, turn="x")
        said = tuple(text for text in (first.opener, first.closer) if text)
        again = planned(shop, kind, turn="y", said=said)
        assert not {again.opener, again.closer} & set(said), kind
        assert template_text(again)


def test_the_first_turn_greets_and_no_other(shop: Shop) -> None:
    assert planned(shop, "found", "Hi! any boots?", first=True).opener in ("Hello!", "Hi!")
    assert not planned(shop, "found", "Hi! any boots?").opener
    assert "shopping assistant" in template_text(planned(shop, "hello", "hi", first=True))


def test_after_a_hand_over_nothing_is_cheerful(shop: Shop) -> None:
    for language in ("en", "zh"):
        for kind in ("ok", "thanks", "lol", "hello", "bot", "help", "cart"):
            reply = template_text(planned(shop, kind, "", language, handed=True))
            assert not re.search(rf"{ANYTHING_ELSE}|{OFFERS_CART}|bring in a colleague|转接同事", reply), reply
    plan = planned(shop, "refused", handed=True)
    worded = reword(plan, Checker(plan, shop.lexicon), "Happy to help! [S1] How lovely!")
    assert "Happy" not in worded.text and "lovely" not in worded.text


def test_a_plain_yes_asks_for_what_was_offered(shop: Shop) -> None:
    assert planned(shop, "ok, product").offer == "Add it to my cart"
    assert planned(shop, "refused").offer == "I want to talk to a person"
    assert not planned(shop, "found").offer and not planned(shop, "approval").offer
    assert agrees("yes please", "en") and agrees("好的", "zh") and agrees("ok, go ahead then", "en")
    assert not agrees("yes but in red", "en") and not agrees("not ok", "en") and not agrees("好的，换红色", "zh")


def test_the_models_words_stand_only_where_words_are_due(shop: Shop) -> None:
    plan = planned(shop, "found")
    worded = reword(plan, Checker(plan, shop.lexicon), "Happy to help! [S1] [S2] Is there one you like?")
    assert worded.text == template_text(plan) and not worded.friendly
    assert not model_words(plan)
    refused = planned(shop, "refused")
    assert model_words(refused) and not model_words(planned(shop, "refused", mood="angry"))
    cheerful = reword(refused, Checker(refused, shop.lexicon), "With pleasure! [S1] Shall I ask a colleague?")
    assert "pleasure" not in cheerful.text and "colleague" in cheerful.text


def test_the_prompt_says_the_mood_and_else_reads_as_the_adapter_was_trained(shop: Shop) -> None:
    plain = wording_prompt(planned(shop, "refused"), "Corner").system
    assert plain.startswith("You are the shopping assistant of Corner. Reply in English: one friendly sentence, then ")
    assert plain.endswith(
        "in order, then one short question. The marks state the facts. Write no numbers, prices, "
        "dates or rules yourself."
    )
    angry = wording_prompt(planned(shop, "refused", mood="angry"), SHOP).system
    assert "angry" in angry and "nothing cheerful" in angry
    assert "question" not in wording_prompt(planned(shop, "found"), SHOP).system


def test_most_ordinary_turns_have_neither_opener_nor_closer(shop: Shop) -> None:
    maker = TurnMaker(shop, 4)
    ordinary = [kind for kind in KINDS if kind.startswith(("found", "answer", "compared", "cart", "order", "faq"))]
    for language in ("en", "zh"):
        plans = [
            plan_reply(replace(maker.make(kind, language), first=False), shop.lexicon, SHOP, str(number))
            for kind in ordinary
            for number in range(6)
        ]
        assert sum(bool(plan.opener) for plan in plans) < len(plans) * 0.4
        assert sum(bool(plan.closer) for plan in plans) < len(plans) * 0.4


def test_sizes_have_their_order() -> None:
    assert in_size_order(["XL", "M", "XXS", "3XL", "S", "XS", "L", "XXL"]) == (
        *("XXS", "XS", "S", "M", "L"),
        *("XL", "XXL", "3XL"),
    )
    assert in_size_order(["42", "36", "40.5", "9", "42"]) == ("9", "36", "40.5", "42")
    assert in_size_order(["red", "blue"]) == ("red", "blue")


def test_both_languages_have_the_same_lists_and_reading_is_linear() -> None:
    english, chinese = ({path.name for path in (FOLDER / code).iterdir()} for code in ("en", "zh"))
    assert {"mood.toml", "small_talk.toml", "assent.toml"} <= english & chinese
    calls = 0

    class Row(list[str]):
        def __getitem__(self, index: Any) -> Any:
            nonlocal calls
            calls += 1
            return super().__getitem__(index)

    for topic in ("mood", "small_talk", "assent"):
        counts = []
        for times in (100, 200):
            calls = 0
            list(phrases(topic, "en").met(Row(words("are you not so happy sick of " * times, "en"))))
            counts.append(calls)
        assert counts[1] <= counts[0] * 2 + 20
