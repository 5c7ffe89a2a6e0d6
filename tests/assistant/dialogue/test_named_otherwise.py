"""Goods that are asked for by name in shops of other trades: what the shop has in another form of the word or another
version, what it does not have, and what its texts say of a thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from assistant.events import ComparisonShown, Suggestions
from retrieval.models import Product
from tests import own_shops
from tests.app import shops_from
from tests.assistant.test_dialogue import talking

PAGES = {
    "clothing": "question,answer\nHow much is shipping?,Shipping is $4.50.\n",
    "nursery": "Frage;Antwort\nWas kostet der Versand?;Der Versand kostet 4,90 €.\n"
    "Wie schärfe ich eine Schere?;Mit einem feinen Wetzstein.\n"
    "Wann habt ihr geöffnet?;Montags bis samstags von 9 bis 18 Uhr.\n",
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
    ("roastery", "something for parrots", "Nothing in the shop is described as being for “parrots”", "Espresso"),
    ("nursery", "Haben Sie etwas für Papageien?", "als für „Papageien“ gedacht", "Gießkanne"),
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
    ("bookshop", "Avez-vous des livres en anglais ?", "no livres en anglais", "9 €|24.90"),
    ("bookshop", "Vendez-vous un livre de cuisine en espagnol ?", "no cuisine en espagnol", "24.90"),
    ("nursery", "Habt ihr Gießkannen unter 20 Dollar?", "Kunststoff", "34,90"),
    # Of what it is like, the shop's own text speaks, or nothing.
    ("nursery", "Ist die Gießkanne aus Zink frostsicher?", "Beschreibung.*„Frostfest.“", "auf Englisch"),
    ("nursery", "Sind die Handschuhe wasserdicht?", "", "ja|ist wasserdicht|sind wasserdicht"),
    ("roastery", "is the Night Watch fair trade?", "does not say", "caffeine"),
    # Whether it is reduced is the price's to say.
    ("nursery", "Ist die Astschere Kranich im Angebot?", "29,90.*statt.*39,90.*bis 31. Dezember 2999", ""),
    ("nursery", "Ist der Spaten Birkenhof reduziert?", "keinen reduzierten Preis.*49,00", ""),
    ("nursery", "Was ist gerade reduziert?", "Astschere Kranich.*29,90", "Spaten|Gießkanne"),
    ("roastery", "is the Gooseneck Kettle on sale?", r"reduced: \$79\.00 instead of \$99\.00", ""),
    ("roastery", "is the Hand Grinder Burr 38 reduced?", r"no reduced price.*\$64\.00", ""),
    ("roastery", "any kettles on offer?", r"Gooseneck Kettle is reduced", "Grinder"),
    ("bookshop", "La Nuit des tanneurs est en promotion ?", "no reduced price.*9.90", "9 €"),
    # A property is asked for in a sentence, and told as it is written here; of what has none nothing else is told.
    ("nursery", "Wie lange hält der Akku der Grasschere Igel?", "Laufzeit: 45 Minuten", ""),
    ("nursery", "Wie lange hält der Akku der Gartenhandschuhe?", "keine Angabe: Akkulaufzeit", "45|Ziegenleder"),
    ("nursery", "Wie schwer ist die Grasschere Igel?", "wiegt 1,5 kg", ""),
    # Two kinds are held against each other by a product of each, which is said.
    ("nursery", "Unterschied zwischen Gießkanne und Gartenschlauch", "Elba“ für „Gartenschlauch“.*günstiger", "Wetz"),
    ("nursery", "Unterschied zwischen Gießkanne und Rasenmäher", "„Rasenmäher“ habe ich .* nicht gefunden", "Wetz"),
    ("roastery", "what's the difference between a kettle and a grinder", "Burr 38 for “grinder”.*cheaper", ""),
    ("roastery", "kettle和grinder有什么区别", "“grinder”是Hand Grinder Burr 38.*便宜", ""),
    # A wish that nothing speaks for is said to be one.
    ("roastery", "something fruity", "None of them is described with “fruity”", ""),
    ("roastery", "something dark", "Lighthouse Espresso", "Fog Bell|described"),
    ("nursery", "etwas Fruchtiges für den Garten", "steht „Fruchtiges“", ""),
    # Opening hours are those of the help pages, or none.
    ("nursery", "Wann habt ihr samstags offen?", "9 bis 18 Uhr", ""),
    ("nursery", "Are you open on Sunday?", "9 bis 18 Uhr", ""),
    ("roastery", "Are you open on Sunday?", "no answer to that in our help pages", r"\$4\.50"),
    ("roastery", "你们周日开门吗？", "没有|找不到", r"\$4\.50"),
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


def test_what_is_asked_of_a_product_shown_is_not_asked_of_the_help_pages(opened: Callable[[str], Shopclerk]) -> None:
    with talking(opened("nursery")) as talk:
        talk.say("zeig mir die Gießkanne Zink")
        assert "34,90" in talk.say("was kostet sie?").text
        assert "4,90" in talk.say("was kostet der Versand?").text


def test_a_whole_request_of_the_same_kind_begins_anew(opened: Callable[[str], Shopclerk]) -> None:
    with talking(opened("clothing")) as talk:
        talk.say("red boots")
        assert "red" in talk.say("only boots under 130").text
        assert "red" not in talk.say("boots under $1,000").text


def test_the_card_beside_an_answer_is_the_version_that_is_told(opened: Callable[[str], Shopclerk]) -> None:
    with talking(opened("nursery")) as talk:
        (card,) = talk.say("den Gartenschlauch in 25 m?").products
        assert (str(card.price), card.stock) == ("36.90", 9)
        (card,) = talk.say("und in 50 m?").products
        assert (str(card.price), card.stock) == ("64.90", 0)
        assert not any("Warenkorb" in chip for chip in talk.one(Suggestions).chips), "it is sold out"


def test_what_a_shop_files_its_goods_by_is_not_told(opened: Callable[[str], Shopclerk]) -> None:
    with talking(opened("roastery")) as talk:
        told = talk.say("compare Lighthouse Espresso and Fog Bell Filter").text
        rows = dict(talk.one(ComparisonShown).rows)
        assert "Tags" not in rows and "espresso,dark" not in f"{told} {rows}"
        assert not {"Tags", "tags"} & dict(talk.shop.deps.cards.facts(_called("Night Watch", talk.shop), "en")).keys()


def _called(title: str, shop: Shopclerk) -> Product:
    return next(each for each in shop.deps.search.catalogue.products if title in each.title.values())


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
