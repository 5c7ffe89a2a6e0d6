"""What a question names that its answer must name too: countries, ways to pay, carriers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from retrieval.encoders.embedded import TextEncoder
from retrieval.faq.indexing import index_entries
from retrieval.faq.named import lacking, named
from retrieval.faq.search import FaqSearch
from retrieval.models import FaqEntry
from retrieval.store.chroma import Store
from tests.retrieval_samples import BagOfWords, faq

KITES = [
    faq("post", "How much is delivery?", "Within Ireland it is €4."),
    faq("norway", "Do you deliver to Norway?", "Yes, a parcel to Norway is €21."),
    faq("union", "Do you deliver within the EU?", "Yes, for €12."),
    faq("pay", "How can I pay?", "By card, by PayPal or in two instalments."),
    faq("repair", "Do you mend torn kites?", "Yes, in our workshop, for €15."),
    faq("wind", "Which wind does a kite need?", "Three to five Beaufort."),
]


@pytest.mark.parametrize(
    ("text", "language", "keys"),
    [
        ("Was kostet der Versand nach Österreich?", "de", ["AT"]),
        ("innerhalb Deutschlands und deutschlandweit", "de", ["DE"]),
        ("Liefern Sie ins Ausland oder in die Schweiz?", "de", ["abroad", "CH"]),
        ("do you ship to germany or the US", "en", ["DE", "US"]),
        ("tell us how, in which country", "en", []),
        ("can i return a turkey roaster or a china teapot", "en", []),
        ("shipping to the united kingdom, worldwide and within the EU", "en", ["GB", "abroad", "EU"]),
        ("能发到美国吗，可以用支付宝吗", "zh", ["US", "alipay"]),
        ("wysyłka do kraju Niemcy", "pl", ["DE"]),
        ("can I use apple pay, or klarna", "en", ["apple_pay", "klarna"]),
        ("an Packstationen, per Nachnahme?", "de", ["parcel_locker", "cash_on_delivery"]),
    ],
)
def test_places_and_things_are_named(text: str, language: str, keys: list[str]) -> None:
    assert [each.key for each in named(text, language)] == keys


@pytest.mark.parametrize(
    ("question", "answer", "lacks"),
    [
        ("Delivery to Austria?", "Within the EU it is €12.", ()),
        ("Delivery to Switzerland?", "Within the EU it is €12.", ("Switzerland",)),
        ("Delivery to Switzerland?", "In Europe it is €15.", ()),
        ("Delivery to Japan?", "We ship worldwide for €30.", ()),
        ("Do you ship abroad?", "To Austria for €12.", ()),
        ("Delivery to Austria?", "Within Germany it is €5.", ("Austria",)),
        ("May I pay with PayPal or Twint?", "By card or PayPal.", ("Twint",)),
    ],
)
def test_a_page_lacks_what_it_neither_names_nor_includes(question: str, answer: str, lacks: tuple[str, ...]) -> None:
    assert lacking(named(question, "en"), [faq("it", "How is it?", answer)]) == lacks


@pytest.fixture(scope="module")
def kites(tmp_path_factory: pytest.TempPathFactory) -> FaqSearch:
    store, encoder = Store(tmp_path_factory.mktemp("kites")), TextEncoder()
    index_entries(store, KITES, encoder)
    return FaqSearch(store, encoder)


@pytest.mark.parametrize(
    ("text", "answer", "lacks"),
    [
        ("How much is delivery to Norway?", "norway", ()),
        ("How much is delivery to France?", "union", ()),
        ("How much is delivery to Peru?", "post", ("Peru",)),
        ("How much is delivery?", "post", ()),
        ("How can I pay by Klarna?", "pay", ("Klarna",)),
    ],
)
def test_the_page_that_names_the_country_comes_first(
    kites: FaqSearch, text: str, answer: str, lacks: tuple[str, ...]
) -> None:
    best = kites.search(text)[0]
    assert (best.entry.id, best.lacks) == (answer, lacks)


def test_nearly_the_same_words_for_another_country_are_not_the_entrys_own(tmp_path: Path) -> None:
    store, encoder = Store(tmp_path), BagOfWords()
    index_entries(store, [faq("versand", "Was kostet der Versand?", "Innerhalb Deutschlands 5 €.", "de")], encoder)
    search = FaqSearch(store, encoder)
    assert search.said("Was kostet der Versand?") is not None
    assert search.said("Was kostet der Versand nach Österreich?") is None


class Counted(frozenset[FaqEntry]):
    asked = 0

    def issuperset(self, other: Iterable[object]) -> bool:
        type(self).asked += 1
        return super().issuperset(other)


def test_the_demos_entries_answer_only_beside_its_goods_and_are_known_once_a_version(tmp_path: Path) -> None:
    store, encoder, demo = Store(tmp_path), BagOfWords(), Counted(KITES)
    index_entries(store, KITES, encoder)
    own = False
    search = FaqSearch(store, encoder, demo=demo, of_demo=lambda: own)
    assert search.search("How can I pay?") == () and search.entries == ()
    own = True
    assert all(search.search("How can I pay?")[0].entry.id == "pay" for _ in range(3))
    assert demo.asked == 1
    own = False
    index_entries(store, [*KITES, faq("own", "Are you open?", "At noon.")], encoder)
    search.refresh()
    assert search.search("How can I pay?")[0].entry.id == "pay"
