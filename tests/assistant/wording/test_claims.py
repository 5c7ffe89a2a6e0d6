"""The claim audit: what help pages and orders back, and what they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from assistant.understanding.schema import Slots
from assistant.wording.claims.audit import stated
from assistant.wording.claims.figures import counts_in, figures
from assistant.wording.claims.pages import told
from assistant.wording.claims.sentence import Known
from assistant.wording.sentences import placed, sentences
from retrieval.models import FaqEntry, Product, Variant
from retrieval.text.lexicon import Lexicon


def page(id_: str, question: str, answer: str, language: str = "en") -> FaqEntry:
    return FaqEntry(id=id_, language=language, topic="shop", question=question, answer=answer)


SHIPPING = page("time", "How long does shipping take?", "Standard shipping takes 4–6 business days, express 2.")
COST = page("cost", "What does shipping cost?", "Standard shipping costs $4.50. Orders of $60 or more ship free.")
ABROAD = page("abroad", "Do you ship abroad?", "Yes. It takes 9–15 business days and costs $21.50.")
RETURNS = page("returns", "How long can I return things?", "You can return unused items within 28 days of delivery.")
REFUNDS = page(
    "refunds", "When is my refund there?", "After a return arrives, PayPal takes 3 days, credit cards take 8."
)
POINTS = page("points", "How do points work?", "A hundred points become a voucher of $5. Points stay for 18 months.")
PAGES = (SHIPPING, COST, ABROAD, RETURNS, REFUNDS, POINTS)
退货 = page("退货", "退款多久到账？", "收到退货后，PayPal需3天，信用卡最多8天，礼品卡立即到账。", "zh")


def known(language: str = "en", pages: tuple[FaqEntry, ...] = PAGES) -> Known:
    """A shop with nothing but these pages, each near every sentence."""
    return Known(
        language=language,
        now=datetime(2026, 11, 30, tzinfo=UTC),
        lexicon=Lexicon(types={}, colours={}, attributes={}),
        named=lambda text: [],
        pages=lambda text: pages,
        read=lambda text: Slots(),
        entries=pages,
    )


@pytest.mark.parametrize(
    ("sentence", "backing"),
    [
        ("Standard shipping takes 4 to 6 business days.", SHIPPING),
        ("Unused items can be returned within 28 days of delivery.", RETURNS),
        ("PayPal takes 3 days once the return arrives.", REFUNDS),
        ("Orders of $60 or more ship free.", COST),
        ("Shipping abroad takes 9–15 business days.", ABROAD),
    ],
)
def test_a_page_backs_its_own_numbers_in_other_words(sentence: str, backing: FaqEntry) -> None:
    assert told(sentence, PAGES, "en") == backing


@pytest.mark.parametrize(
    "sentence",
    [
        "Standard shipping costs $21.50.",  # a number of another page that has most of its words
        "Unused items can be returned within 3 days of delivery.",
        "Orders of $5 or more ship free.",
        "Standard shipping takes 6–6 business days.",  # its own number, more often than it stands there
        "Standard shipping takes 4–6 weeks.",  # in another unit
        "Credit cards take 3 days after a return arrives.",  # of another clause
        "Eighteen points become a voucher of $18.",
    ],
)
def test_a_number_from_elsewhere_backs_nothing(sentence: str) -> None:
    assert told(sentence, PAGES, "en") is None
    assert any(not claim.source for claim in stated(sentence, known()))


def test_chinese_numbers_are_held_clause_by_clause() -> None:
    assert told("信用卡最多8天到账。", (退货,), "zh") == 退货
    assert told("信用卡最多3天到账。", (退货,), "zh") is None


def test_a_page_that_counts_in_the_unit_and_says_another_number_is_the_last_word() -> None:
    assert counts_in("14 days", SHIPPING.answer) and counts_in("5天", 退货.answer)
    assert not counts_in("2 months", SHIPPING.answer)
    claims = stated("Is it there within 9 days?", known(pages=(SHIPPING, ABROAD)))
    assert [claim.source for claim in claims] == [""], "the nearest page counts in days and knows no 9"


def test_figures_have_the_unit_beside_them() -> None:
    told_units = {
        (str(amount), unit) for amount, unit in figures("$4.50 or 5%: 2–3 business days, three weeks, 8 pages")
    }
    assert told_units == {("4.50", "$"), ("5", "%"), ("2", "day"), ("3", "day"), ("3", "week"), ("8", "")}


def test_what_a_page_says_word_for_word_may_be_said_and_courtesy_states_nothing() -> None:
    assert all(claim.source for claim in stated(COST.answer, known()))
    assert stated("Thank you for your patience. Could you send me a photo?", known()) == []
    assert [claim.kind for claim in stated("I have refunded your order.", known()) if not claim.source]


def test_one_way_to_tell_sentences() -> None:
    text = "He said “no.” Then left! 好的。“不行。”走了\nEnd"
    assert sentences(text) == ["He said “no.”", "Then left!", "好的。", "“不行。”", "走了", "End"]
    assert all(text[start : start + len(part)] == part for start, part in placed(text))


def test_a_size_is_marked_where_it_stands_and_not_in_a_word() -> None:
    variant = Variant(id="v", options={"size": "M"}, price=Decimal(20), stock=1)
    jumper = Product(
        id="jumper", title={"en": "Jumper"}, brand="Oak", type="jumpers", category=("tops",),
        description={"en": "A jumper."}, variants=(variant,),
    )  # fmt: skip
    of_goods = replace(known(), named=lambda text: [(jumper, 21, 27)], read=lambda text: Slots(size=["M"]))
    text = "From your order: the Jumper in size M."
    claims = [text[claim.start : claim.end] for claim in stated(text, of_goods) if claim.kind == "property"]
    assert claims == ["M"] and stated(text, of_goods)[-1].start == text.index("M.")
