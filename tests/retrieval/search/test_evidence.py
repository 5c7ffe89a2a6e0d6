"""Titles of any script are found by their words, whatever their accents; nothing is found on noise."""

from __future__ import annotations

import json

import pytest

from retrieval.encoders.embedded import TextEncoder
from retrieval.feeds import load_catalogue
from retrieval.search.indexing import Encoders, index_products
from retrieval.search.products import ProductSearch
from retrieval.search.query import Outcome, Query
from retrieval.store.chroma import Store
from retrieval.text.lexicon import Lexicon
from tests.retrieval_samples import SHOP, MeanColour

TITLES = {
    "de1": ("Fußmatte für den Flur", "Aus Kokosfasern, hält Schmutz draußen."),
    "de2": ("Öllampe aus Messing", "Brennt einen ganzen Abend lang."),
    "de3": ("Gartenhandschuhe, Größe L", "Schützen die Hände bei der Arbeit im Beet."),
    "da1": ("Rød gryde med låg", "Til suppe og gryderetter på komfuret."),
    "pl1": ("Żółty parasol składany", "Chroni przed deszczem w mieście."),
    "fr1": ("Théière en grès émaillé", "Pour le thé vert, avec un filtre."),
    "ja1": ("ノートパソコンスタンド", "机の上で使うスタンドです。"),
    "ja2": ("てぬぐい", "綿でできています。"),
    "ko1": ("접이식 우산", "비 오는 날에 쓰는 가벼운 우산입니다."),
    "ru1": ("Зонт складной чёрный", "Защищает от дождя в городе."),
    "ru2": ("Шерстяной шарф", "Тёплый шарф для зимы."),
    "ar1": ("مظلة سوداء قابلة للطي", "تحمي من المطر في المدينة."),
    "he1": ("מטריה שחורה מתקפלת", "מגינה מהגשם בעיר."),
    "th1": ("ร่มพับสีดำ", "กันฝนได้ดีในเมือง"),
    "el1": ("Μαύρη ομπρέλα σπαστή", "Προστατεύει από τη βροχή στην πόλη."),
    "em1": ("🧸", "A surprise for children."),
    "en1": ("Folding umbrella", "Keeps the rain off in town."),
    "zh1": ("折叠雨伞", "下雨天用的轻便雨伞。"),
}


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> ProductSearch:
    folder = tmp_path_factory.mktemp("scripts")
    rows = [
        {"id": name, "title": title, "description": text, "price": "5", "currency": "EUR", "stock": 1}
        for name, (title, text) in TITLES.items()
    ]
    (folder / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    real = Encoders(TextEncoder(), MeanColour())
    store = Store(folder / "store")
    index_products(store, load_catalogue(folder / "c.jsonl").products, folder, real)
    return ProductSearch(store, real, Lexicon.from_file(SHOP / "lexicon.json"))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Fußmatte", "de1"),
        ("fussmatte", "de1"),
        ("FUSSMATTE", "de1"),
        ("Öllampe", "de2"),
        ("oellampe", "de2"),
        ("ollampe", "de2"),
        ("Handschuhe", "de3"),
        ("ich suche eine Öllampe", "de2"),
        ("rød gryde", "da1"),
        ("rod gryde", "da1"),
        ("zolty parasol", "pl1"),
        ("theiere", "fr1"),
        ("ノートパソコン", "ja1"),
        ("スタンド", "ja1"),
        ("てぬぐい", "ja2"),
        ("テヌグイ", "ja2"),
        ("우산", "ko1"),
        ("зонты", "ru1"),
        ("ЧЕРНЫЙ ЗОНТ", "ru1"),
        ("шерстяные шарфы", "ru2"),
        ("المظلة", "ar1"),
        ("מטריה", "he1"),
        ("ร่มพับ", "th1"),
        ("ΟΜΠΡΕΛΑ", "el1"),
        ("🧸", "em1"),
        ("折叠雨伞", "zh1"),
        ("umbrella", "en1"),
    ],
)
def test_found_by_the_words_of_the_title(search: ProductSearch, text: str, first: str) -> None:
    result = search.search(Query(text))
    assert result.outcome is Outcome.FOUND
    assert result.hits[0].product.id == first


@pytest.mark.parametrize(
    "text", ["🚲", "ラーメン", "велосипед", "자전거", "دراجة", "אופניים", "จักรยาน", "ποδήλατο", "§§ ¿?"]
)
def test_what_is_nowhere_said_is_not_found(search: ProductSearch, text: str) -> None:
    assert search.search(Query(text)).outcome is Outcome.NOT_CARRIED


def test_the_first_word_of_a_title_is_carried(search: ProductSearch) -> None:
    for name, (title, _) in TITLES.items():
        if not title.startswith("Folding"):  # in English the last word says what it is
            result = search.search(Query(title.split()[0].strip(",")))
            assert result.outcome is Outcome.FOUND and name in [hit.product.id for hit in result.hits], title


def test_words_of_another_language_are_no_misspellings(search: ProductSearch) -> None:
    """ "Zelt" is not "felt", nor "einen" "linen": a sentence in German is spelt as it should be."""
    result = search.search(Query("ich brauche noch einen Ollampen und Schaffenster"))
    assert result.outcome is Outcome.NOT_CARRIED
