"""What a message comes to in the middle of a conversation: the need, the things meant, the act on evidence."""

from __future__ import annotations

from decimal import Decimal

from assistant.bootstrap import Shopclerk
from assistant.events import ProductsShown, TurnDone
from assistant.understanding.schema import Intent
from tests.test_dialogue import Talk, talking


def _types(talk: Talk) -> set[str]:
    cards = [card for event in talk.all(ProductsShown) for card in event.cards]
    found = (talk.shop.search.product(card.id) for card in cards)
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
        cart = shop.shop.carts.show(talk.memory().cart_id or "")
        assert [line.product_id for line in cart.lines] == ["claymoor-morning-mug"]


def test_each_named_product_has_its_own_number(shop: Shopclerk) -> None:
    with talking(shop) as talk:
        talk.say("add 2 Norrvik Lodge 3 and 3 Fernway Egg Foam to my cart")
        cart = shop.shop.carts.show(talk.memory().cart_id or "")
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
        cart = shop.shop.carts.show(talk.memory().cart_id or "")
        assert shown[1] in [line.product_id for line in cart.lines]
