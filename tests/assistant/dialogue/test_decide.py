"""What a message comes to in the middle of a conversation: the need, the things meant, the act on evidence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import FaqCited, OrdersShown, ProductsShown, TurnDone
from assistant.understanding.schema import Intent
from tests.assistant.test_dialogue import Talk, talking


def _types(talk: Talk) -> set[str]:
    cards = [card for event in talk.all(ProductsShown) for card in event.cards]
    found = (talk.shop.knowledge.search.product(card.id) for card in cards)
    return {product.type for product in found if product is not None}


def test_a_shops_word_for_goods_is_never_out_of_scope(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        assert talk.say("hiya im after a novel or smth").intent != Intent.OUT_OF_SCOPE
        assert _types(talk) == {"books"}


def test_a_budget_alone_goes_on_with_what_was_looked_for(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("any kettles?")
        talk.say("i only have 40 dollars")
        assert talk.memory().search is not None
        assert talk.memory().search.price_max == Decimal(40)  # type: ignore[union-attr]
        assert _types(talk) == {"kettles"}


def test_what_was_turned_down_is_not_shown_again(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        first = {card.id for card in talk.say("show me backpacks").products}
        second = {card.id for card in talk.say("hmm no, i don't like those. anything else?").products}
        assert second and not first & second
        assert _types(talk) == {"backpacks"}


def test_when_nothing_else_is_left_the_reply_says_so_and_the_list_stays(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("tents for 6 people")
        talk.say("something else please")
        assert "nothing else" in talk.one_text() or talk.one(TurnDone).products
        assert talk.memory().shown


def test_another_kind_begins_anew_and_the_first_is_taken_up_again(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("running shoes in size 42 under 90")
        talk.say("do you sell vases?")
        search = talk.memory().search
        assert search is not None and not search.size and search.price_max is None
        talk.say("ok, back to the running shoes")
        again = talk.memory().search
        assert again is not None and again.size == ["42"] and again.price_max == Decimal(90)


def test_several_kinds_at_once_are_all_served(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("i need a helmet and a water bottle")
        assert _types(talk) == {"helmets", "water_bottles"}


def test_an_exact_title_never_shown_goes_into_the_cart(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("i'll take the Claymoor Morning Mug in teal")
        cart = shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [line.product_id for line in cart.lines] == ["claymoor-morning-mug"]


def test_each_named_product_has_its_own_number(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("add 2 Norrvik Lodge 3 and 3 Fernway Egg Foam to my cart")
        cart = shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert {line.product_id: line.quantity for line in cart.lines} == {"norrvik-lodge-3": 2, "fernway-egg-foam": 3}


def test_a_protest_asks_for_what_it_names(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("你们家不是有水壶吗")
        assert _types(talk) == {"kettles"} and not talk.memory().search.exclude  # type: ignore[union-attr]


def test_a_rule_is_told_without_asking_who_wants_to_know(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("show me sandals")
        assert talk.say("and how do i send them back if they don't fit?").intent == Intent.FAQ


def test_the_size_asked_for_is_taken_as_the_shop_writes_it(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("put the Kitewood Little Sprinter in my cart please")
        size = talk.memory().asked
        assert size is not None and size.slot == "size"


def test_words_with_a_space_between_are_no_name(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("我要退货")
        talk.say("自己装还是你们装 要多久")
        claim = talk.memory().claim
        assert claim is None or not claim.name


def test_a_second_request_of_a_message_means_things_too(shop: Shopclerk) -> None:
    with talking(shop, "C-DEMO2345") as talk:
        shown = [card.id for card in talk.say("show me vases").products]
        talk.say("where is order SC-ZYS48DXT and add the second one to my cart")
        cart = shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert shown[1] in [line.product_id for line in cart.lines]


def _cart(talk: Talk) -> dict[str, int]:
    memory = talk.memory()
    lines = talk.shop.commerce.shop.carts.show(memory.cart_id).lines if memory.cart_id else ()
    return {line.product_id: line.quantity for line in lines}


def test_what_tells_a_product_from_the_others_puts_it_in_the_cart(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("any cookbooks?")
        talk.say("add the paperback please")
        assert _cart(talk) == {"quillmere-press-one-pot-many-guests-paperback": 1}
        talk.say("no wait, swap it for the hardback")
        assert _cart(talk) == {"quillmere-press-one-pot-many-guests": 1}
    with talking(shop) as talk:
        talk.say("any cookbooks?")
        talk.say("put the 19 dollar one in my basket")
        assert _cart(talk) == {"quillmere-press-one-pot-many-guests-paperback": 1}
    with talking(shop) as talk:
        talk.say("想买一本书,菜谱")
        talk.say("把精装的放进购物车")
        assert _cart(talk) == {"quillmere-press-one-pot-many-guests": 1}


def test_each_thing_has_its_own_number_and_version(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("show me sleeping mats")
        text = talk.say("i'll take the Lodge 2 and three self rises").text
        assert _cart(talk) == {"norrvik-lodge-2": 1, "fernway-self-rise": 3}
        assert "Lodge 2" in text and "Self Rise" in text
        talk.say("2 Air Lite and 1 Guest Air Bed as well")
        assert _cart(talk) == {
            "norrvik-lodge-2": 1,
            "fernway-self-rise": 3,
            "norrvik-air-lite": 2,
            "tidewell-guest-air-bed": 1,
        }
        talk.say("remove the guest air bed")
        talk.say("remove the air lite")
        talk.say("take the tent out again, it costs too much")
        assert _cart(talk) == {"fernway-self-rise": 3}
        talk.say("make it two")
        assert _cart(talk) == {"fernway-self-rise": 2}


def test_the_version_asked_about_is_taken_as_the_customer_says_it(shop: Shopclerk) -> None:
    for said, size in (("130x170", "130 × 170 cm"), ("the bigger one", "150 × 200 cm")):
        with talking(shop) as talk:
            talk.say("the Picnic Fleece and the Spring bottle into my cart please")
            assert "130 × 170" in talk.one_text()
            talk.say(said)
            memory = talk.memory()
            assert memory.cart_id is not None
            lines = talk.shop.commerce.shop.carts.show(memory.cart_id).lines
            assert size in {line.options.get("size") for line in lines} and len(lines) == 2


def test_a_colour_that_there_is_not_is_said(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        text = talk.say("add the Tempo Wide in pink, size 42").text
        assert "does not come in pink" in text


def test_one_of_several_that_fit_is_asked_for(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("water bottles")
        talk.say("add the red one")
        assert "Which one do you mean" in talk.one_text() and not _cart(talk)


def test_a_cart_wish_and_a_question_are_both_served(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("frying pans")
        talk.say("i'll take the Daily Fry 28. do you have kettles too?")
        assert _cart(talk) == {"emberly-daily-fry-28": 1} and _types(talk) == {"kettles"}


def test_goods_to_go_with_what_is_talked_about_are_looked_for(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("tell me about the Quick 17")
        talk.say("and a mug to go with it, a blue one")
        assert _types(talk) == {"mugs"}


def test_what_together_costs_is_answered_of_goods_not_of_an_empty_cart(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("tents")
        assert "$316.87" in talk.say("what do the Lodge 3 and 3 egg foams cost together?").text


def test_a_budget_for_several_goods_is_held_against_their_sum(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        assert "Together within $300.00" in talk.say("a tent and 2 sleeping mats, 300 dollars in total").text
    with talking(shop) as talk:
        talk.say("what is the Lodge 3 like?")
        talk.say("and 3 sleeping mats for it, 350 dollars for everything")
        assert talk.memory().search is not None and talk.memory().search.price_max == Decimal("40.03")  # type: ignore[union-attr]


def test_conditions_are_withdrawn(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("blue chairs")
        talk.say("any colour is fine")
        search = talk.memory().search
        assert search is not None and not search.colour and search.type == ["chairs"]


def test_what_a_word_says_of_another_kind_is_no_condition(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("a keyboard for the office")
        search = talk.memory().search
        assert search is not None and search.attribute == [] and search.type == ["keyboards"]


def test_what_only_one_kind_has_asks_for_that_kind(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("got some science fiction?")
        assert _types(talk) == {"books"}


def test_what_the_shop_lacks_is_said_with_what_comes_nearest(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        text = talk.say("do you sell slippers?").text
        assert "no slippers" in text and "sandals" in text and _types(talk) == {"sandals"}
    with talking(shop) as talk:
        assert "departments" in talk.say("do you sell bird seed?").text
    with talking(shop) as talk:
        talk.say("a sleeping bag please")
        assert _types(talk) == {"sleeping_mats"}


def test_a_gift_is_for_what_somebody_likes(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        text = talk.say("a present for my brother, he loves photography").text
        assert "someone who likes photography" in text and "cameras" in _types(talk)


def test_a_rule_asked_for_while_looking_at_goods_needs_no_sign_in(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("sandals in 40")
        assert "30 days" in talk.say("and if they don't fit, can i send them back?").text
        assert "business days" in talk.say("how long does the Pool Slide take to arrive? my trip is on friday").text


@pytest.mark.parametrize(
    ("said", "page"),
    [
        (("换货的话运费我出吗",), "exchange-window"),
        (("退货回来扣不扣运费",), "return-cost"),
        (("大小不对能换不",), "exchange-window"),
        (("收到货以后后悔了能退不",), "return-window"),
        (("能包起来当礼物不",), "gift-wrapping"),
        (("有自行车吗", "我问这车多久能送到"), "bulky-delivery"),
        (("能再便宜点不",), "promo-code"),
        (("该选几号的车架呀",), "size-bicycle"),
        (("分成两个包裹发 会多收运费不",), "split-shipment"),
    ],
)
def test_a_chinese_question_on_the_rules_is_answered_by_their_page(
    shop: Shopclerk, said: tuple[str, ...], page: str
) -> None:
    with talking(shop) as talk:
        for text in said:
            talk.say(text)
        assert [passage.id for cited in talk.all(FaqCited) for passage in cited.passages][:1] == [page]
        assert talk.memory().request is None


def test_the_colour_and_size_asked_about_are_those_answered(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("有羊绒围巾吗")
        assert "有灰色的，但目前缺货" in talk.say("灰的还有货没").text and "是的" not in talk.one_text()
        talk.say("那来条米色的")
        cart = shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [line.variant_id for line in cart.lines] == ["oakmere-featherweight/beige"]


def test_the_sides_of_a_chinese_comparison_are_the_products_compared(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("想看不粘煎锅")
        talk.say("24跟28的差多少钱")
        assert set(talk.memory().talked[:2]) == {"emberly-daily-fry-24", "emberly-daily-fry-28"}


def test_what_was_listed_is_bought_by_a_short_description(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("五岁小孩的拼图")
        talk.say("行吧 就那个48片的 来一个")
        cart = shop.commerce.shop.carts.show(talk.memory().cart_id or "")
        assert [line.product_id for line in cart.lines] == ["bumbleton-farm-friends-48"]


def test_what_only_a_title_says_is_found(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        shown = [card.id for card in talk.say("有没有静音的键盘").products]
        assert set(shown) == {"pepperbeat-deskmate", "pepperbeat-deskmate-wireless"}
        assert "没有找到" not in talk.one_text()


def test_a_bound_that_is_said_holds_beside_cheaper(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("小孩玩的积木")
        assert "30.00" in talk.say("便宜点 三十块以内的").text  # that there is none, and what comes nearest
        search = talk.memory().search
        assert search is None or search.price_max == Decimal(30)


def test_what_is_told_of_a_purchase_is_no_search(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        assert talk.say("我前天买的花瓶和台灯").intent != Intent.PRODUCT_SEARCH
        assert talk.say("刚收到的水壶 把手是松的").intent == Intent.COMPLAINT


def test_an_e_mail_and_a_postcode_keep_the_language(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("想取消订单")
        assert talk.say("nobody.here@example.com ZX9 4QT").language == "zh"


def test_done_or_not_is_answered_from_the_order(shop: Shopclerk) -> None:
    with talking(shop, "C-DEMO2345") as talk:
        talk.say("我最近那单到哪了")
        talk.say("没给我取消吧")
        assert talk.all(OrdersShown) and talk.memory().request is None


def test_a_question_takes_nothing_out_of_the_cart_and_puts_nothing_in(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("wireless headphones please")
        talk.say("add the cream Aria NC")
        held = _cart(talk)
        assert len(held) == 1
        talk.say("how long till it runs empty & does it work by cable then")
        assert _cart(talk) == held
        talk.say("so its in there already? is shipping free then")
        assert _cart(talk) == held


@pytest.mark.parametrize("asked", ["how much is the postage?", "price with shipping?", "how do i pay"])
def test_who_looks_at_goods_is_told_the_rules_and_not_asked_who_they_are(shop: Shopclerk, asked: str) -> None:
    with talking(shop) as talk:
        talk.say("desk lamps")
        talk.say(asked)
        cited = [passage.id for event in talk.all(FaqCited) for passage in event.passages][:1]
        assert cited in (["shipping-cost"], ["payment-methods"]) and talk.memory().request is None
