"""A language read by way of English and answered in its own: German on the demo shop, without a model. Judged by what
the shop has done in the end, and by the language of every reply."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ApprovalNeeded, CartShown, HandedOff, OrdersShown, ProductsShown, Suggestions
from assistant.languages import LANGUAGES, spoken
from assistant.settings import ROOT
from assistant.shop.views import OrderStatus
from assistant.understanding.language import detect_language
from assistant.understanding.translation import WordByWord, read_in
from assistant.wording.cards import card_texts, money
from assistant.wording.texts import texts
from retrieval.text.lexicon import Lexicon
from tests.assistant.test_dialogue import DEMO, Talk, talking
from ui.texts import words

CARDIGAN = "SC-ZS86Y27E"
QUOTED = re.compile("„[^“]*“")
ENGLISH = re.compile(r"\b(?:the|is|are|you|your|with|for|and|of|order|cart)\b")


@pytest.fixture
def german(own: Shopclerk) -> Iterator[Talk]:
    with talking(own) as talk:
        yield talk


@pytest.fixture(scope="module")
def in_english() -> WordByWord:
    return WordByWord("de", Lexicon.from_file(ROOT / "data/shop/lexicon.json"))


def say(talk: Talk, text: str) -> str:
    """The reply, which is in German whatever titles and quotations it holds, as what is offered next is."""
    done = talk.say(text)
    own_words = QUOTED.sub("", done.text)
    assert done.language == "de", done
    assert not ENGLISH.search(own_words), done.text
    for chips in talk.all(Suggestions):
        assert not any(ENGLISH.search(chip) for chip in chips.chips), chips
    return done.text


@pytest.mark.parametrize(
    ("message", "before", "language"),
    [
        ("Ich suche rote Laufschuhe unter 80 Euro", "en", "de"),
        ("Damenlaufschuhe in Blau", "en", "de"),
        ("Wo ist meine Bestellung?", "zh", "de"),
        ("ich moechte etwas zurueckgeben, bitte", "en", "de"),
        ("red running shoes under 80 euro", "de", "en"),
        ("Where is my order?", "de", "en"),
        ("我的订单在哪里", "de", "zh"),
        ("42", "de", "de"),
        ("SC-4F9K2QH7", "de", "de"),
        ("Trail Runner", "de", "de"),
        ("ja", "de", "de"),
        ("XL", "en", "en"),
        ("Max Mustermann", "en", "en"),
        ("a garden hose", "en", "en"),
        ("pullover in rot", "de", "de"),
    ],
)
def test_the_language_of_a_message(message: str, before: str, language: str) -> None:
    assert detect_language(message, before) == language


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Ich möchte meine Bestellung SC-4F9K2QH7 stornieren", "I want to cancel my order SC-4F9K2QH7"),
        ("Bitte ändern Sie die Lieferadresse auf Lindenstraße 12, 10969 Berlin",
         "please change the delivery address to Lindenstraße 12, 10969 Berlin"),
        ("Ich moechte die Sandalen gegen Groesse 41 umtauschen", "I want to exchange the sandals for size 41"),
        ("unter 1.299,90 €", "under 1299.90 €"),
        ("Gibt es den auch in Rot?", "do you have it in red?"),
        ("Damenlaufschuhe aus Leder", "running shoes for women from leather"),
        ("Fernway Trail Runner 2", "Fernway Trail Runner 2"),
        ("Ja, bitte", "yes please"),
    ],
)  # fmt: skip
def test_german_is_read_by_way_of_english(in_english: WordByWord, german: str, english: str) -> None:
    assert in_english.english(german) == english


def test_a_shopper_finds_narrows_asks_and_fills_the_cart(german: Talk) -> None:
    assert "Laufschuhe (rot) unter 100,00" in say(german, "Guten Tag, ich suche rote Laufschuhe unter 100 Dollar")
    assert german.one(ProductsShown).cards
    say(german, "Haben Sie die auch in Größe 42?")
    assert "kostet" in say(german, "Was kostet das erste?")
    assert "nicht wasserdicht" in say(german, "Ist das erste wasserdicht?")
    assert "günstiger als" in say(german, "Vergleichen Sie die ersten beiden")
    say(german, "Legen Sie das erste in den Warenkorb")
    assert "Warenkorb gelegt" in say(german, "Größe 42")
    say(german, "Was ist in meinem Warenkorb?")
    (line,) = german.one(CartShown).lines
    assert (line.quantity, line.options["size"], line.options["colour"]) == (1, "42", "rot")
    assert "auf Englisch" in say(german, "Wie lange kann ich etwas zurückgeben?")
    say(german, "Nehmen Sie die Schuhe aus dem Warenkorb")
    assert "leer" in say(german, "Was ist in meinem Warenkorb?")


def test_a_kind_in_one_word_and_what_is_wished_beside(german: Talk) -> None:
    assert "Rucksäcke (wasserdicht) für Damen" in say(german, "Ich brauche einen wasserdichten Rucksack für Damen")
    assert "Am günstigsten" in say(german, "etwas günstiger bitte")
    assert "Rucksäcke (schwarz, wasserdicht)" in say(german, "in Schwarz")
    assert "Laufschuhe" in say(german, "Damenlaufschuhe in Blau")


def test_an_order_is_followed_and_cancelled_with_a_yes(german: Talk) -> None:
    assert "E-Mail-Adresse" in say(german, f"Wo ist meine Bestellung {CARDIGAN}?")
    assert f"Bestellung {CARDIGAN} ist in Bearbeitung" in say(
        german, "Meine E-Mail ist nora.whitfield@example.com, Postleitzahl 02464"
    )
    assert german.memory().customer_id == DEMO
    assert "würde storniert" in say(german, f"Ich möchte die Bestellung {CARDIGAN} stornieren")
    assert german.one(ApprovalNeeded).action == "cancel_order"
    assert status(german) is OrderStatus.PENDING, "nothing happens before the yes"
    assert "ist jetzt storniert" in say(german, "Ja, bitte")
    assert status(german) is OrderStatus.CANCELLED


def test_a_no_leaves_everything_as_it_is(own: Shopclerk) -> None:
    with talking(own, DEMO) as german:
        assert "in Bearbeitung" in say(german, "Wo ist meine Bestellung?") and german.all(OrdersShown)
        say(german, f"Bitte stornieren Sie {CARDIGAN}, ich brauche es nicht mehr")
        assert "nichts storniert" in say(german, "Nein, doch nicht")
        assert status(german) is OrderStatus.PENDING


def test_a_person_is_reached_and_reads_the_shoppers_own_words(german: Talk) -> None:
    said = "Ich möchte mit einem Mitarbeiter sprechen"
    say(german, said)
    ticket = german.shop.commerce.records.tickets.get(german.one(HandedOff).ticket_id)
    assert ticket is not None and (ticket.language, ticket.summary) == ("de", said)


def status(talk: Talk) -> OrderStatus:
    found = talk.shop.commerce.shop.orders.for_staff(CARDIGAN)
    assert found is not None
    return found.status


def test_what_a_language_lacks_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(LANGUAGES) == ["en", "de", "zh"] and LANGUAGES["de"] == "Deutsch" and spoken("de-AT") == "de"
    assert words("de")("cart.title") == "Ihr Warenkorb" and words("de")("admin.title") == words("en")("admin.title")
    assert texts("de").render("names", "price") == "Preis" and card_texts("de")["stock"]["some"] == "Auf Lager"
    assert texts("de").render("direct", "words", text="as it is") == "as it is"
    monkeypatch.setitem(LANGUAGES, "es", "español")  # which has no file at all
    assert texts("es").render("names", "price") == "price" and words("es")("cart.title") == "Your cart"
    assert card_texts("es")["stock"]["some"] == "In stock" and money(Decimal(3), "USD", "es").startswith("3,00")
    assert detect_language("¿Dónde está mi pedido?", "es") == "en" and read_in("es") == "en"


@pytest.mark.parametrize("language", [each for each in LANGUAGES if read_in(each) != each])
def test_no_text_of_a_language_has_a_name_that_english_has_not(language: str) -> None:
    for path in [*(ROOT / "prompts" / language).glob("*.toml"), ROOT / "prompts/cards" / f"{language}.toml"]:
        english = tomllib.loads(
            (path.parent / "en.toml" if path.parent.name == "cards" else ROOT / "prompts/en" / path.name).read_text()
        )
        for section, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            names = {name for name, text in entries.items() if not isinstance(text, dict)}
            unknown = names - set(english[section]) - {"described"}
            assert not unknown, (path.name, section, unknown)
