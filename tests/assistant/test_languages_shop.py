"""A shop answers in the language of its own texts, and tells who writes in a language without texts which there are."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from assistant.bootstrap import Shopclerk, build
from assistant.events import FaqCited, HandedOff, ProductsShown
from assistant.languages import LANGUAGES, offer_of_help
from tests.app import test_settings as settings_for
from tests.assistant.test_dialogue import Talk, talking

GOODS = [
    ("t1", "Fußmatte für den Flur", "Aus Kokosfasern, hält den Schmutz draußen."),
    ("t2", "Öllampe aus Messing", "Brennt einen ganzen Abend lang und flackert nicht."),
    ("t3", "Gartenhandschuhe", "Schützen die Hände bei der Arbeit im Beet."),
    ("t4", "Alfombra de lana", "Suave y resistente, para el salón de su casa."),
]
PAGES = """Frage;Antwort
Wie lange habe ich Garantie auf die Lampen?;Zwei Jahre ab dem Kauf.
Kann ich mit Lastschrift bezahlen?;Ja, per Lastschrift, Karte und auf Rechnung.
Verschicken Sie auch in die Schweiz?;Ja, für 12 Euro.
¿Dónde está su tienda de alfombras?;En la calle Mayor de Zaragoza.
"""


@pytest.fixture(scope="module")
def german_shop(tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    folder = tmp_path_factory.mktemp("german-shop")
    rows = [
        {"id": name, "title": title, "description": text, "price": "20", "currency": "EUR", "stock": 4}
        for name, title, text in GOODS
    ]
    (folder / "goods.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "pages.csv").write_text(PAGES, encoding="cp1252")
    settings = settings_for(folder / "state")
    return build(settings.model_copy(update={"catalogue": folder / "goods.jsonl", "faq": folder / "pages.csv"}))


@pytest.fixture
def german(german_shop: Shopclerk) -> Iterator[Talk]:
    with talking(german_shop) as talk:
        yield talk


@pytest.fixture
def demo(own: Shopclerk) -> Iterator[Talk]:
    with talking(own) as talk:
        yield talk


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Wie lange habe ich Garantie auf die Lampen?", "Zwei Jahre ab dem Kauf."),
        ("wie lange ist die Garantie auf Lampen", "Zwei Jahre ab dem Kauf."),
        ("Kann ich mit Lastschrift bezahlen?", "Ja, per Lastschrift, Karte und auf Rechnung."),
        ("Verschicken Sie in die Schweiz?", "Ja, für 12 Euro."),
    ],
)
def test_a_shop_answers_its_own_questions(german: Talk, question: str, answer: str) -> None:
    done = german.say(question)
    assert (done.intent, done.language) == ("faq", "de")
    assert answer in done.text and german.one(FaqCited)


@pytest.mark.parametrize(
    ("message", "title", "language"),
    [
        ("Fußmatte", "Fußmatte für den Flur", "de"),
        ("fussmatte", "Fußmatte für den Flur", "de"),
        ("show me Öllampe aus Messing", "Öllampe aus Messing", "en"),
        ("Ich suche eine Öllampe", "Öllampe aus Messing", "de"),
        ("Gartenhandschuhe", "Gartenhandschuhe", "de"),
        ("Handschuhe", "Gartenhandschuhe", "de"),
    ],
)
def test_a_shop_finds_its_own_titles(german: Talk, message: str, title: str, language: str) -> None:
    done = german.say(message)
    assert (done.intent, done.language) == ("product_search", language)
    assert [card.title for card in german.one(ProductsShown).cards] == [title]
    assert title in done.text


def test_texts_in_a_language_without_replies_are_given_all_the_same(german: Talk) -> None:
    assert "En la calle Mayor de Zaragoza." in german.say("¿Dónde está su tienda de alfombras?").text
    german.say("alfombra de lana")
    assert [card.title for card in german.one(ProductsShown).cards] == ["Alfombra de lana"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("¿tienen mochilas impermeables?", "Puedo ayudarle en inglés"),
        ("je cherche un sac à dos imperméable", "Je peux vous aider en anglais"),
        ("防水のリュックはありますか", "ご案内できます"),
        ("방수 배낭 있어요?", "도와드릴 수 있습니다"),
        ("есть непромокаемые рюкзаки?", "Я могу помочь"),
        ("هل لديكم حقائب ظهر مقاومة للماء؟", "يمكنني المساعدة"),
        ("czy macie wodoodporne plecaki?", "Mogę pomóc"),
    ],
)
def test_who_writes_in_another_language_is_told_which_there_are(demo: Talk, message: str, said: str) -> None:
    done = demo.say(message)
    assert said in done.text
    assert all(name in done.text for name in LANGUAGES.values())
    assert demo.one(HandedOff).ticket_id in done.text
    assert "only help with the shop" not in done.text
    assert not demo.all(ProductsShown)


@pytest.mark.parametrize("message", ["waterproof backpack", "do you have a kayak", "naïve café", "Fernway", "XL", "hm"])
def test_english_is_not_taken_for_another_language(demo: Talk, message: str) -> None:
    demo.say(message)
    assert not demo.all(HandedOff)


def test_no_word_of_a_german_sentence_is_corrected_to_an_english_one(demo: Talk) -> None:
    text = demo.say("ich suche einen wasserdichten Rucksack").text
    assert "Rucksäcke (wasserdicht)" in text and "Leinen" not in text


def test_every_offer_of_help_names_the_languages() -> None:
    assert offer_of_help("und") == ""
    for code in ("es", "ja", "ar", "no"):
        assert "{" not in offer_of_help(code) and len(offer_of_help(code)) > 20
