"""Goods that are asked for by name in shops of other trades: what the shop has in another form of the word or another
version, what it does not have, and what its texts say of a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from tests import own_shops
from tests.app import shops_from
from tests.assistant.test_dialogue import talking

PAGES = {
    "clothing": "question,answer\nHow much is shipping?,Shipping is $4.50.\n",
    "nursery": "Frage;Antwort\nWas kostet der Versand?;Der Versand kostet 4,90 €.\n"
    "Wie schärfe ich eine Schere?;Mit einem feinen Wetzstein.\n",
    "bookshop": "Question;Réponse\nLivrez-vous en Belgique ?;Oui, pour 9 €.\n"
    "Puis-je retourner un livre ?;Oui, sous 30 jours.\n",
    "roastery": "question,answer\nHow much is shipping?,Shipping is $4.50.\n"
    "Is your decaf really free of caffeine?,It holds less than 0.1% caffeine.\n",
}


@pytest.fixture(scope="module")
def opened(built: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shopclerk]:
    def files(name: str, folder: Path) -> dict[str, Path]:
        (folder / "pages.csv").write_text(PAGES[name], encoding="utf-8")
        return {"catalogue": getattr(own_shops, name)(folder), "faq": folder / "pages.csv"}

    return shops_from(files, built, tmp_path_factory)


ASKED = [
    # The shop has it, in another form of the word, as a part of a compound, or in one version.
    ("nursery", "Habt ihr Gießkannen?", "Gießkanne Zink 5 l.*Gießkanne Kunststoff 10 l", "nicht gefunden"),
    ("nursery", "Ist die Gießkanne Zink noch da?", "Gießkanne Zink 5 l.* ist auf Lager", "nicht gefunden"),
    ("nursery", "Gibt es die Handschuhe in M?", "Distel.*Größe M; sie ist auf Lager", ""),
    ("nursery", "gibts den gartenschlauch noch in 25 m?", "Länge 25 m; sie ist auf Lager", "nicht gefunden"),
    ("nursery", "den Gartenschlauch in 25 m?", r"Länge 25 m; sie ist auf Lager für .*36,90", ""),
    ("nursery", "Was kostet der Gartenschlauch in 50 m?", r"64,90.*ausverkauft; auf Lager: 15 m und 25 m", ""),
    ("nursery", "Gibt es den Gartenschlauch in 30 m?", r"nicht in dieser Ausführung.*15 m, 25 m und 50 m", ""),
    ("nursery", "Was kostet der Spaten Birkenhof?", "49,00", "nicht gefunden"),
    ("roastery", "the 1 kg bag of Lighthouse Espresso, is it in stock?", r"1 kg, and that is in stock at \$34\.20", ""),
    ("roastery", "do you have a decaf?", "Night Watch", "0.1%"),
    # The shop does not have it: no price and no stock of another, which may be named as what it is.
    (
        "nursery",
        "Was kostet der Spaten Kranich?",
        "„Spaten Kranich“ habe ich im Shop nicht gefunden.*aber.*Birkenhof",
        "",
    ),
    ("nursery", "Was kostet der Tomatendünger 5 kg?", "„Tomatendünger 5 kg“ habe ich im Shop nicht gefunden", ""),
    ("nursery", "Was kostet die Rosenschere?", "„Rosenschere“ habe ich im Shop nicht gefunden", "4,90"),
    ("nursery", "Wie viel kostet der Rasenmäher?", "„Rasenmäher“ habe ich im Shop nicht gefunden", "kostet"),
    ("nursery", "Habt ihr Bäume?", "„Bäume“ habe ich im Shop nicht gefunden", "Garten\\."),
    ("roastery", "how much is the Hand Grinder Burr 48?", "found no .*Burr 48.*Hand Grinder Burr 38", ""),
    ("roastery", "how much is the Lighthouse Filter Reserve?", "found no Lighthouse Filter Reserve", "costs"),
    ("roastery", "how much is the Chemex?", "found no Chemex", "costs"),
    ("bookshop", "Quel est le prix de La Cuisine des montagnes ?", "found no Cuisine des montagnes", "costs"),
    ("bookshop", "Combien coûte Cuisine du jardin ?", "24.90", "found no"),
    ("bookshop", "Avez-vous des livres en anglais ?", "", "9 €"),
    ("nursery", "Habt ihr Gießkannen unter 20 Dollar?", "Kunststoff", "34,90"),
    # Of what it is like, the shop's own text speaks, or nothing.
    ("nursery", "Ist die Gießkanne aus Zink frostsicher?", "Beschreibung.*„Frostfest.“", "auf Englisch"),
    ("nursery", "Sind die Handschuhe wasserdicht?", "", "ja|ist wasserdicht|sind wasserdicht"),
    ("roastery", "is the Night Watch fair trade?", "does not say", "caffeine"),
    # A question on the shop stays one.
    ("nursery", "Was kostet der Versand?", "4,90", "nicht gefunden"),
    ("roastery", "how much is shipping?", r"\$4\.50", "found no"),
]


@pytest.mark.parametrize(("shop", "said", "says", "never"), ASKED, ids=[said for _, said, _, _ in ASKED])
def test_goods_are_answered_by_the_name_they_are_asked_by(
    opened: Callable[[str], Shopclerk], shop: str, said: str, says: str, never: str
) -> None:
    with talking(opened(shop)) as talk:
        text = talk.say(said).text
    assert re.search(says, text), text
    assert not never or not re.search(never, text), text


def test_what_was_talked_about_is_no_answer_to_another_name(opened: Callable[[str], Shopclerk]) -> None:
    with talking(opened("roastery")) as talk:
        talk.say("Gooseneck Kettle")
        assert "79.00" not in talk.say("how much is the Aeropress?").text
        talk.say("Gooseneck Kettle")
        assert "79.00" in talk.say("how much is it?").text


@pytest.mark.parametrize(
    ("shop", "first", "then", "said", "never"),
    [
        ("clothing", "Do you have the Hoodie in green?", "and in L?", "not|no |only", "and that is in stock"),
        ("clothing", "Do you have the Hoodie in green?", "is it in stock?", "(?i)green.*in stock", "(?i)blue"),
        ("clothing", "Do you have the Hoodie in blue?", "and in L?", "L.*in stock", "green"),
        ("clothing", "Do you have the Dock Boot in red?", "in black?", "(?i)black.*in stock", "(?i)red"),
    ],
)
def test_a_version_is_talked_about_further(
    opened: Callable[[str], Shopclerk], shop: str, first: str, then: str, said: str, never: str
) -> None:
    with talking(opened(shop)) as talk:
        talk.say(first)
        told = talk.say(then).text
        assert re.search(said, told) and not re.search(never, told), told
