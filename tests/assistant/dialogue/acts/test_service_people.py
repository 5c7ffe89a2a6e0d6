"""Orders, identity and trouble in people's own manner: what is read, shown, proposed and handed over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded, FaqCited, HandedOff, OrdersShown
from assistant.understanding.remedies import only_part, read_kept, read_remedy
from assistant.understanding.service_topics import read_topic
from tests import app
from tests.assistant.test_dialogue import Talk, talking

LINES = [
    ("the lamp i ordered came smashed, honestly", "damaged"),
    ("my mug arrived with a crack, well it's cracked all over", "damaged"),
    ("parcel turned up completely crushed", "damaged"),
    ("快递箱都压扁了，里面的杯子碎了", "damaged"),
    ("收到的花瓶裂开了", "damaged"),
    ("this kettle won't turn on", "faulty"),
    ("my headphones stopped working after two days", "faulty"),
    ("刚买的台灯就坏了", "faulty"),
    ("耳机充不进电，质量有问题吧", "faulty"),
    ("you sent me a green jumper instead", "wrong_item"),
    ("that's not what i ordered lol", "wrong_item"),
    ("i ordered a tent but got a pillow", "wrong_item"),
    ("发错颜色了吧你们", "wrong_item"),
    ("one of the cushions is missing from my parcel", "missing"),
    ("the box had the book in it but no bookmark", "missing"),
    ("包裹里少了一件", "missing"),
    ("my jacket is way too tight", "misfit"),
    ("the boots i got don't fit", "misfit"),
    ("买的裤子太长了", "misfit"),
    ("ordered too many of these, whoops, i bought too many", "regret"),
    ("where's my refund??", "refund_when"),
    ("still haven't seen the money, is the refund coming? still waiting for my refund", "refund_when"),
    ("退款怎么还没到账", "refund_when"),
    ("钱什么时候退给我", "refund_when"),
    ("which card did i use", "paid_with"),
    ("how did i pay for this again", "paid_with"),
    ("这单我用的哪张卡付的", "paid_with"),
    ("where is it being sent to", "to_address"),
    ("which address did you put on it", "to_address"),
    ("收货地址是哪里来着", "to_address"),
    ("can you speed it up please", "rush"),
    ("any way to get it here sooner? ship it faster pls", "rush"),
    ("帮我催一下吧", "rush"),
    ("能不能快点发货", "rush"),
    ("there's a weird extra charge on my order", "fee"),
    ("i think you overcharged me", "fee"),
    ("怎么多收了我钱", "fee"),
    ("you charged me twice for one thing", "double_charge"),
    ("同一单重复扣款了", "double_charge"),
    ("bought it monday and now it's cheaper, nice", "price_drop"),
    ("do you have price protection", "price_drop"),
    ("能退差价吗", "price_drop"),
    ("says delivered but there's nothing here", "undelivered"),
    ("i never received my parcel", "undelivered"),
    ("显示已签收但我没拿到", "undelivered"),
    ("when will it get here", "arrives"),
    ("大概几天能到", "arrives"),
    ("forgot my password again", "login"),
    ("i can't log in", "login"),
    ("账号密码忘了怎么办", "login"),
    ("need an invoice for my boss", "invoice"),
    ("可以开发票吗", "invoice"),
    ("and who pays return shipping", "postage"),
    ("运费谁出", "postage"),
    ("what if it arrives broken?", None),
    ("show me ripped jeans", None),
    ("which cards do you take", None),
    ("有没有红色的杯子", None),
]


@pytest.mark.parametrize(("text", "topic"), LINES)
def test_what_people_are_on_about(text: str, topic: str | None) -> None:
    found = read_topic(text)
    assert (found.name if found else None) == topic


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("i don't want a refund, i want a new one", "replacement"),
        ("no replacement please, just my money back", "refund"),
        ("换不了就退货吧", "refund"),
        ("我不退，给我换个新的", "replacement"),
        ("get me someone who can sort this", "person"),
        ("转人工", "person"),
    ],
)
def test_what_they_want_of_it(text: str, remedy: str) -> None:
    assert read_remedy(text) == remedy


@pytest.mark.parametrize(
    "text",
    [
        "don't cancel the whole order, just the scarf",
        "cancel everything except the tablet",
        "别取消整单，只去掉围巾",
        "除了平板其他都取消",
    ],
)
def test_a_part_is_not_the_whole(text: str) -> None:
    assert only_part(text)
    assert not only_part("please cancel my order")
    assert "tablet" not in text or "tablet" in read_kept(text)


@pytest.fixture
def stranger(shop: Shopclerk, tmp_path: Path) -> Iterator[Talk]:
    with talking(app.fresh(shop, tmp_path)) as talk:
        yield talk


def test_who_they_are_is_kept_line_by_line(stranger: Talk) -> None:
    stranger.say("hi, which card did I pay my order with?")
    assert not stranger.all(ApprovalNeeded)
    assert "postcode" in stranger.say("Name: Nobody Known").text
    assert not stranger.all(OrdersShown)
    stranger.say("nobody.known@example.com")
    claim = stranger.memory().claim
    assert claim is not None and (claim.name, claim.email) == ("Nobody Known", "nobody.known@example.com")


def test_trouble_opens_no_ticket_before_it_is_talked_over(stranger: Talk) -> None:
    stranger.say("my vase came in pieces, thanks a lot")
    assert stranger.all(FaqCited) and not stranger.all(HandedOff)
    stranger.say("I want to speak to a person now")
    assert stranger.one(HandedOff)
    assert "I am the shopping assistant" not in stranger.say("hello?").text


@pytest.mark.parametrize("say", ["i want to register a complaint", "I will lodge a formal complaint", "我要投诉你们"])
def test_a_complaint_that_is_to_be_taken_goes_to_a_person(shop: Shopclerk, say: str) -> None:
    with talking(shop) as talk:
        talk.say(say)
        assert talk.all(HandedOff)
