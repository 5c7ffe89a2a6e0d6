"""Questions on a shop's rules, in its help pages alone: a shop of its own, nothing known but a catalogue and an FAQ."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from assistant import bootstrap
from assistant.bootstrap import Shopclerk
from tests import own_shops
from tests.app import test_settings as settings_of
from tests.assistant.test_dialogue import Talk, talking

ENGLISH = {
    "How much is delivery?": "Within Ireland it is €4, and nothing from €70.",
    "Do you deliver to Norway?": "Yes, a parcel to Norway is €21.",
    "How can I pay?": "By card or by bank transfer.",
    "How long can I return things?": "Unworn things for 20 days. Earrings and opened music are excluded.",
    "How long does delivery take?": "Two working days.",
    "Do you mend shoes?": "Yes, the soles of our own boots.",
}
GERMAN = {
    "Was kostet der Versand?": "Innerhalb Deutschlands 4,90 €, ab 60 € frei.",
    "Liefern Sie nach Dänemark?": "Ja, für 11 €.",
    "Wie kann ich bezahlen?": "Mit Kreditkarte oder auf Rechnung.",
    "Wie lange dauert die Lieferung?": "Zwei bis drei Werktage.",
    "Haben Sie ein Ladengeschäft?": "Ja, am Markt 3 in Husum.",
}


@pytest.fixture(scope="module")
def shop(built: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Shopclerk:
    folder = tmp_path_factory.mktemp("pages")
    pages = folder / "faq.csv"
    with pages.open("w", encoding="utf-8", newline="") as file:
        rows = [
            (f"{language}{at}", language, *pair)
            for language, each in (("en", ENGLISH), ("de", GERMAN))
            for at, pair in enumerate(each.items())
        ]
        csv.writer(file).writerows([("id", "language", "question", "answer"), *rows])
    settings = settings_of(folder / "state", faq=pages, catalogue=own_shops.clothing(folder))
    return bootstrap.build(settings, encoders=built.knowledge.encoders)


@pytest.fixture
def talk(shop: Shopclerk) -> Iterator[Talk]:
    with talking(shop) as it:
        yield it


@pytest.mark.parametrize(
    ("text", "says", "never"),
    [
        ("How much is delivery to Norway?", "€21", "Ireland"),
        ("How much is delivery to Peru?", "nothing on Peru", ""),
        ("Can I pay with Klarna?", "nothing on Klarna", ""),
        ("How can I pay?", "By card or by bank transfer.", "nothing on"),
        ("Was kostet der Versand nach Dänemark?", "11 €", "Deutschland"),
        ("Was kostet der Versand nach Polen?", "Zu Polen habe ich", ""),
        ("Was kostet der Versand?", "4,90 €", "nichts gefunden"),
        ("Kann ich auf Rechnung zahlen?", "auf Rechnung", "nur beim Shop"),
        ("Wie lange dauert die Lieferung?", "Zwei bis drei", ""),
        ("Verleiht ihr auch Zelte?", "Dazu habe ich", "English"),
        ("How do returns work?", "Unworn things for 20 days.", "help pages"),
        ("your return policy please", "Unworn things for 20 days.", "help pages"),
        ("How does delivery work?", "Two working days. Within Ireland it is €4", "help pages"),
        ("How does the delivery to Norway work?", "€21", "Two working days"),
        ("How do gift cards work?", "no answer to that", "card or by bank"),
        ("Wie läuft die Lieferung ab?", "Zwei bis drei Werktage.", "English"),
        ("退货流程是怎样的？", "Unworn things for 20 days.", "没有"),
        ("Auf Rechnung?", "oder auf Rechnung", "habe ich"),
        ("Auf Raten?", "Zu Raten habe ich", "Englisch"),
        ("by invoice?", "nothing on invoice", "sign in"),
        ("with PayPal?", "nothing on PayPal", "sign in"),
        ("货到付款行吗", "关于货到付款", "同事"),
    ],
)
def test_a_question_gets_the_page_that_fits_it_or_is_told_that_there_is_none(
    talk: Talk, text: str, says: str, never: str
) -> None:
    said = talk.say(text).text
    assert says in said, said
    assert not never or never not in said, said


@pytest.mark.parametrize(
    "text", ["I opened the Shanties and don't like it, can I return it?", "can I send back a beanie that I wore once?"]
)
def test_the_rule_is_told_before_who_asks_is_asked(talk: Talk, text: str) -> None:
    said = talk.say(text).text
    assert "20 days" in said, said
    assert "who you are" not in said or said.index("20 days") < said.index("who you are"), said


def test_what_is_lacking_is_kept_for_the_admins(talk: Talk) -> None:
    talk.say("Can I pay with Klarna?")
    assert any("Klarna" in each.example for each in talk.shop.commerce.records.unanswered.list())
