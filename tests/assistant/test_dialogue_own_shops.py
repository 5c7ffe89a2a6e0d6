"""Shops of other trades, loaded from files of their own systems: nothing is known of them but the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant import bootstrap
from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.service.application import application
from assistant.setup import knowledge
from tests import own_shops
from tests.app import shops_from
from tests.app import test_settings as settings_of
from tests.assistant.test_dialogue import Talk, talking

SHOPS: dict[str, Callable[[Path], Path]] = {
    "clothing": own_shops.clothing,
    "jewellery": own_shops.jewellery,
    "electronics": own_shops.electronics,
    "furniture": own_shops.furniture,
    "groceries": own_shops.groceries,
    "garden": own_shops.garden,
}

BESIDE_DEMO_PAGES = "clothing"


@pytest.fixture(scope="module")
def opened(built: Shopclerk, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shopclerk]:
    def files(name: str, folder: Path) -> dict[str, Path]:
        # The demo's help pages answer nothing beside them, as one of them shows; to embed them takes long.
        pages = {} if name == BESIDE_DEMO_PAGES else {"faq": folder / "none.csv"}
        return {"catalogue": SHOPS[name](folder), **pages}

    return shops_from(files, built, tmp_path_factory)


@dataclass(frozen=True)
class Said:
    """A message, what the reply says (regular expressions), and the titles of the cards shown."""

    text: str
    says: tuple[str, ...] = ()
    never: str = ""
    shows: tuple[str, ...] | None = None
    cart: dict[str, dict[str, str]] | None = None
    """The cart after it: options by title."""


def hold(talk: Talk, said: Said) -> None:
    done = talk.say(said.text)
    for pattern in said.says:
        assert re.search(pattern, done.text), f"{said.text!r}: {done.text}"
    assert not said.never or not re.search(said.never, done.text), f"{said.text!r}: {done.text}"
    if said.shows is not None:
        assert {card.title for card in done.products} == set(said.shows), f"{said.text!r}: {done.text}"
    if said.cart is not None:
        lines = talk.shop.commerce.shop.carts.show(talk.memory().cart_id or "").lines
        assert {line.title["en"]: dict(line.options) for line in lines} == said.cart, f"{said.text!r}: {done.text}"


HOODIES = ("Hoodie", "Hoodie with Anchor", "Hoodie with Pocket")
LAPTOPS = ("Nimbus Air 13 Laptop", "Nimbus Pro 15 Laptop", "Okto Chromebook Laptop")
CONVERSATIONS: dict[str, tuple[str, list[Said]]] = {
    "a new noun begins a new request": (
        "clothing",
        [
            Said("red boots", shows=("Dock Boot", "Storm Boot")),
            Said("hoodie", shows=HOODIES),
            Said("laptop", says=("found no laptop",), shows=()),
            Said("do you have beanies?", shows=("Beanie", "Beanie with Bobble")),
            Said("sunglasses", shows=("Sunglasses",)),
            Said("laptop", says=("found no laptop",)),
            Said("red boots", shows=("Dock Boot", "Storm Boot")),
        ],
    ),
    "a title of one word is put in the cart": (
        "clothing",
        [
            Said("add the Belt to my cart", cart={"Belt": {}}),
            Said("add Cap", cart={"Belt": {}, "Cap": {}}),
            Said("beanie", shows=("Beanie", "Beanie with Bobble")),
            Said("show me the Beanie", shows=("Beanie",)),
            Said("add it", cart={"Belt": {}, "Cap": {}, "Beanie": {}}),
        ],
    ),
    "a colour is asked for and can be changed": (
        "clothing",
        [
            Said("show me the V-Neck Tee", shows=("V-Neck Tee",)),
            Said("add it", says=("red, green or blue",), cart={}),
            Said("I'd prefer the green one", cart={"V-Neck Tee": {"colour": "green"}}),
            Said("actually in blue please", cart={"V-Neck Tee": {"colour": "blue"}}),
            Said("in purple", says=("does not come in purple",), cart={"V-Neck Tee": {"colour": "blue"}}),
        ],
    ),
    "a colour that costs less than the others is not taken from a list": (
        "clothing",
        [Said("t-shirts"), Said("add the V-Neck Tee", says=("red, green or blue",), cart={})],
    ),
    "the size of a line is changed, or there is none such": (
        "clothing",
        [
            Said("add the Dock Boot in black, UK 8", cart={"Dock Boot": {"colour": "black", "size": "42"}}),
            Said("make it size 44", cart={"Dock Boot": {"colour": "black", "size": "44"}}),
            Said("size 47 instead", says=("does not come in size 47",)),
            Said("then in red", cart={"Dock Boot": {"colour": "red", "size": "44"}}),
        ],
    ),
    "the colour looked for is kept to": (
        "clothing",
        [
            Said("green hoodies", shows=("Hoodie",)),
            Said("ok add a large one", never="in your cart", cart={}),
            Said("boots", shows=("Dock Boot", "Storm Boot")),
            Said("size 42 please", shows=("Dock Boot", "Storm Boot"), cart={}),
        ],
    ),
    "a size of another system is told": (
        "clothing",
        [
            Said("boots in UK 8", says=("UK 8 is 42 here",), shows=("Dock Boot", "Storm Boot")),
            Said("sneakers US 9 women's", says=("size",)),
        ],
    ),
    "ring sizes": (
        "jewellery",
        [
            Said("rings US 7", says=("US 7 is 54 here",), shows=("Aurora Ring", "Halo", "Signet Ring")),
            Said("rings in size 58", says=("no rings in size 58", "50, 52, 54 and 56")),
            Said("add the Aurora Ring in 54", cart={"Aurora Ring": {"size": "54"}}),
            Said("actually make it 56", cart={"Aurora Ring": {"size": "56"}}),
        ],
    ),
    "any option is chosen in a sentence": (
        "jewellery",
        [
            Said("add the Pearl Necklace to my cart", says=(r"(?i)gold or silver",), cart={}),
            Said("I'd rather have it in silver", cart={"Pearl Necklace": {"metal": "Silver"}}),
            Said("earrings under 50 €", says=("US dollars", "€50.00"), shows=("Big Hoops", "Star Studs")),
        ],
    ),
    "one department for everything": (
        "electronics",
        [
            Said("laptop", shows=LAPTOPS),
            Said("under 1k", shows=(LAPTOPS[0], LAPTOPS[2])),
            Said("headphones", shows=("Quietly Headphones", "Quietly Sport Headphones")),
            Said("laptop bag", shows=("Laptop Bag",)),
            Said("show me the Nimbus Air 13 Laptop", shows=("Nimbus Air 13 Laptop",)),
            Said("tv"),
            Said("55 inch", shows=("Vista 55 inch TV",)),
            Said("cameras", says=("found no cameras",)),
            Said("do you have phone cases", says=("found no phone cases",), shows=()),
            Said("charger under 300元", says=("CN¥300.00",), never="£300"),
        ],
    ),
    "materials and rooms": (
        "furniture",
        [
            Said("armchairs", shows=("Lund Armchair", "Malmo Armchair")),
            Said("leather", shows=("Lund Armchair",)),
            Said("bookcase in oak", shows=("Fano Bookcase",)),
            Said("sofas", shows=("Bergen Corner Sofa", "Oslo Sofa")),
            Said("add the Oslo Sofa in navy", cart={"Oslo Sofa": {"colour": "navy"}}),
            Said("change it to grey", cart={"Oslo Sofa": {"colour": "grey"}}),
            Said("lamps under 1.000,00 €", says=("€1,000.00", "US dollars")),
        ],
    ),
    "groceries": (
        "groceries",
        [
            Said("milk", shows=("Oat Milk 1 l", "Whole Milk 1 l")),
            Said("vegan", shows=("Oat Milk 1 l",)),
            Said("butter", shows=("Salted Butter",)),
            Said("bread", says=("found no bread",)),
            Said("add 3 Gala Apples", cart={"Gala Apples": {}}),
            Said("coffee under 300", says=("310",), never="Milk"),
        ],
    ),
    "words with umlauts": (
        "garden",
        [
            Said("Töpfe", shows=("Blumentopf Terrakotta", "Pflanzkübel")),
            Said("show me the Gießkanne 10 l", shows=("Gießkanne 10 l",)),
            Said("Gartenschere", shows=("Gartenschere Profi",)),
        ],
    ),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_loaded_shop_is_talked_to_as_well_as_the_demo(name: str, opened: Callable[[str], Shopclerk]) -> None:
    shop, turns = CONVERSATIONS[name]
    with talking(opened(shop)) as talk:
        for said in turns:
            hold(talk, said)


def test_a_loaded_catalogue_inherits_no_word_of_the_demo(built: Shopclerk, opened: Callable[[str], Shopclerk]) -> None:
    lexicon = opened("clothing").knowledge.lexicon
    assert (
        "hoodies" in lexicon.types and "running_shoes" not in lexicon.types and "waterproof" not in lexicon.attributes
    )
    assert "running_shoes" in built.knowledge.lexicon.types


def test_a_running_shop_takes_up_the_words_of_a_new_catalogue(
    opened: Callable[[str], Shopclerk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.search.indexing import index_catalogue

    monkeypatch.setattr(bootstrap, "WORDS_S", 60.0)
    settings = settings_of(tmp_path / "state").model_copy(update={"catalogue": own_shops.groceries(tmp_path)})
    shop = bootstrap.build(settings)
    with talking(shop) as talk:
        hold(talk, Said("milk", shows=("Oat Milk 1 l", "Whole Milk 1 l")))
        known = shop.knowledge
        words = knowledge.catalogue_words(settings)
        index_catalogue(known.store, own_shops.electronics(tmp_path), known.encoders, None, words)
        known.search.refresh()
        shop.commerce.shop.stock.load(known.search.catalogue.products)
        hold(talk, Said("laptop", shows=LAPTOPS))
        assert "laptop" in shop.deps.lexicon.types and "milk" not in shop.deps.lexicon.types


async def test_a_shop_of_other_goods_has_its_own_beginnings_and_none_of_the_demos_terms(
    opened: Callable[[str], Shopclerk],
) -> None:
    shop = opened("jewellery")
    assert not shop.knowledge.of_written_shop() and shop.commerce.shop.delivery is None
    app, services = application(shop, Access.from_settings(shop.settings))
    kinds = await services.shopping.kinds_to_try("en")
    assert kinds and not {"Running shoes", "Boots"} & set(kinds)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://shop.test") as client:
        found = shop.knowledge.search.catalogue.products[0]
        picture = await client.get(f"/pictures/{found.id}/default.webp")
        assert picture.status_code == 200 and picture.headers["content-type"] == "image/svg+xml"
        assert (await client.get("/pictures/none-such/default.webp")).status_code == 404


async def test_the_demo_shop_keeps_its_terms(built: Shopclerk) -> None:
    assert built.knowledge.of_written_shop() and built.commerce.shop.delivery is not None


def test_the_demos_help_pages_answer_nothing_in_another_shop(
    built: Shopclerk, opened: Callable[[str], Shopclerk]
) -> None:
    question = "how long do I have to return something?"
    assert built.knowledge.faq.search(question)
    shop = opened(BESIDE_DEMO_PAGES)
    assert shop.knowledge.faq.entries == () and shop.knowledge.faq.search(question) == ()
    assert shop.knowledge.store.faq.live() is None, "nor were they embedded"
    with talking(shop) as talk:
        assert "30 days" not in talk.say(question).text
    faq = next(item for item in shop.health() if item.name == "FAQ")
    assert faq.state == "waiting" and "answer nothing beside this catalogue" in faq.text
    assert next(item for item in built.health() if item.name == "FAQ").state == "ok"
