"""How the words of a query are read: measures, money, typos, compounds, synonyms, and what heads a phrase."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.search.head_nouns import PhraseEnds, roles
from retrieval.text.bm25 import LexicalIndex, Word, best_among
from retrieval.text.expansion import Expander, shipped_synonyms
from retrieval.text.words import query_terms, terms

TITLES = (
    "Fernway waterproof jacket",
    "Laser mouse with cable",
    "Mouse pad grey",
    "Gaming notebook 15 inch",
    "Smartwatch for runners",
    "Toner for laser printers",
    "Adira running sneakers",
)


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex.build([{"title": (title,)} for title in TITLES], {"title": 1.0}, frozenset({"title"}))


def _best(index: LexicalIndex, query: Sequence[Word | str]) -> list[int]:
    """The documents that have any of the words, best first."""
    scores = index.scores(query)
    return best_among(scores, scores > 0, len(scores)).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27 inch monitor", ["27inch", "monitor"]),
        ('27" monitor', ["27inch", "monitor"]),
        ("red shoes under $80", ["red", "shoe"]),
        ("laptop under 500", ["laptop"]),
        ("jacket under 60 euros", ["jacket"]),
        ("rtx 2060", ["rtx", "2060"]),
        ("100 ml shampoo", ["100ml", "shampoo"]),
        ("d battery", ["d", "batteri"]),
        ("5 in 1 tool", ["5", "1", "tool"]),
    ],
)
def test_terms_of_a_query(text: str, expected: list[str]) -> None:
    assert query_terms(text) == expected


@pytest.mark.parametrize(
    "written", ["27寸 屏幕", "27 寸屏幕", "27英寸屏幕", '27" screen', "27-inch screen", "27inch screen"]
)
def test_a_measure_is_the_same_in_every_writing(written: str) -> None:
    assert "27inch" in terms(written)
    assert "27inch" in query_terms(written)


@pytest.mark.parametrize(
    ("typed", "meant"), [("waterprof", "waterproof"), ("jackett", "jacket"), ("snekers", "sneaker"), ("mosue", "mous")]
)
def test_typos_become_the_catalogues_words(index: LexicalIndex, typed: str, meant: str) -> None:
    assert [word.term for word in Expander(index).words(query_terms(typed))] == [meant]


def test_known_and_foreign_words_stay_as_they_are(index: LexicalIndex) -> None:
    expander = Expander(index)
    assert [word.term for word in expander.words(["jacket", "zeppelin", "跑鞋"])] == ["jacket", "zeppelin", "跑鞋"]
    assert expander.corrected("a warm jacket", query_terms("a warm jacket")) == "a warm jacket"
    assert expander.corrected("a waterprof jacket", query_terms("a waterprof jacket")) == "a waterproof jacket"


def test_words_written_apart_find_those_written_together(index: LexicalIndex) -> None:
    found = _best(index, Expander(index).words(query_terms("smart watch")))
    assert TITLES[found[0]].startswith("Smartwatch")


def test_synonyms_find_what_the_word_does_not_but_come_after_it(index: LexicalIndex) -> None:
    expander = Expander(index)
    assert Word("laptop", (("notebook", 0.6),)) in expander.words(["laptop"])
    both = LexicalIndex.build([{"title": ("notebook",)}, {"title": ("laptop",)}], {"title": 1.0}, frozenset())
    assert _best(both, Expander(both).words(["laptop"])) == [1, 0]


def test_synonyms_are_weights_between_nothing_and_the_word_itself() -> None:
    shipped = shipped_synonyms()
    assert len(shipped) > 100
    assert all(0 < weight < 1 for others in shipped.values() for weight in others.values())


def test_a_document_with_all_words_comes_before_one_with_a_rare_one() -> None:
    documents = [{"title": ("red gadget gadget",)}, {"title": ("usb hub red",)}, *[{"title": ("usb hub",)}] * 8]
    index = LexicalIndex.build(documents, {"title": 1.0}, frozenset())
    assert _best(index, ["usb", "red"])[:1] == [1]


def _roles(title: str, catalogue: tuple[str, ...] = TITLES) -> dict[str, float]:
    ends = PhraseEnds()
    for other in (*catalogue, "wrist pad", "desk pad black", "optical mouse"):
        ends.count([other])
    return roles([title], ends)


def test_the_head_of_a_phrase_is_told_from_what_it_is_for() -> None:
    assert _roles("Laser mouse, black")["mous"] == 1
    assert _roles("Mouse pad")["pad"] == 1
    assert _roles("Mouse pad")["mous"] < 0
    assert _roles("Toner for laser printers")["toner"] == 1
    assert _roles("Toner for laser printers")["printer"] == -1


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_has_roles_between_minus_one_and_one(texts: list[str]) -> None:
    ends = PhraseEnds()
    ends.count(texts)
    assert all(-1 <= role <= 1 for role in roles(texts, ends).values())
