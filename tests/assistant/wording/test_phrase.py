"""A search in words: every attribute that the shop has, wanted and refused, in both languages."""

from __future__ import annotations

from itertools import pairwise

import pytest

from assistant.bootstrap import Shopclerk
from assistant.understanding.schema import Slots
from assistant.wording.phrase import bare, search_phrase
from assistant.wording.speech import Speech
from retrieval.text.measures import Measure


@pytest.mark.parametrize(
    ("kind", "wanted", "refused", "language", "said"),
    [
        ("keyboards", [], ["keyboard_layout=full size"], "en", "keyboards other than full-size keyboards"),
        ("keyboards", [], ["keyboard_layout=full size"], "zh", "非全尺寸的键盘"),
        ("mugs", [], ["insulated=yes"], "en", "mugs that are not insulated"),
        ("mugs", ["insulated=no"], [], "en", "mugs that are not insulated"),
        ("mugs", [], ["insulated=no"], "en", "insulated mugs"),
        ("mugs", ["lid=no"], [], "zh", "不带盖子的马克杯"),
        ("headphones", [], ["microphone=yes"], "en", "headphones without a microphone"),
        ("headphones", ["microphone=yes"], [], "zh", "带麦克风的耳机"),
        ("headphones", ["headphone_style=open-ear"], [], "en", "open-ear headphones"),
        ("suitcases", [], ["cabin_size=yes"], "en", "suitcases that are not cabin size"),
        ("suitcases", [], ["cabin_size=yes"], "zh", "不符合登机尺寸的行李箱"),
        ("knives", ["knife_style=bread"], [], "en", "bread knives"),
        ("knives", ["knife_style=bread"], [], "zh", "面包刀"),
        ("knives", [], ["knife_style=bread"], "en", "knives other than bread knives"),
        ("sleeping_mats", ["mat_style=foam"], [], "en", "foam sleeping mats"),
        ("cushions", ["filling=feather"], [], "en", "cushions with feathers"),
        ("boots", [], ["material=leather", "brand=Fernway"], "en", "boots without leather not by Fernway"),
        ("scarves", [], ["colour=pink"], "zh", "非粉色的围巾"),
        ("watches", ["audience=women"], ["audience=kids"], "en", "watches for women"),
    ],
)
def test_a_condition_is_said_as_one_says_it(
    shop: Shopclerk, kind: str, wanted: list[str], refused: list[str], language: str, said: str
) -> None:
    search = Slots(type=[kind], attribute=wanted, exclude=refused)
    assert search_phrase(search, Speech(language, shop.knowledge.lexicon), "USD") == said


def test_no_attribute_of_the_shop_is_said_by_its_key(shop: Shopclerk) -> None:
    for language in ("en", "zh"):
        speech = Speech(language, shop.knowledge.lexicon)
        for key, entry in shop.knowledge.lexicon.attributes.items():
            values = ("yes", "no") if entry.kind == "boolean" else tuple(entry.values)
            for value in values:
                for name in ("attribute", "exclude"):
                    search = Slots.model_validate({"type": ["backpacks"], name: [f"{key}={value}"]})
                    words = search_phrase(search, speech, "USD").split()
                    assert not {"no", "yes", key if "_" in key else ""} & set(words)
                    assert all(one != other for one, other in pairwise(words)), words


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (Measure("persons", low=1, high=1), "tents for 1 person"),
        (Measure("persons", low=3), "tents for at least 3 people"),
        (Measure("weight", high=900), "tents of up to 900 g"),
        (Measure("length", low=60, high=60, aspect="width"), "tents 60 cm wide"),
    ],
)
def test_a_quantity_is_joined_by_the_word_that_fits_it(shop: Shopclerk, measure: Measure, said: str) -> None:
    assert search_phrase(Slots(type=["tents"], measures=[measure]), Speech("en", shop.knowledge.lexicon), "USD") == said


def test_a_thing_stands_after_no_without_its_article() -> None:
    assert bare("a tea or a cookie") == "tea or cookie" and bare("筷子") == "筷子"
