"""What a catalogue says of its own words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.feeds import read_catalogue
from retrieval.models import GENERIC_TYPE, Product
from retrieval.search.catalogue_words import CatalogueWords, LearnedWords
from retrieval.search.head_nouns import title_heads
from retrieval.text.lexicon import Lexicon
from retrieval.text.plurals import plural, singular
from tests import own_shops
from tests.retrieval_samples import SHOP


def products(feed: Callable[[Path], Path], folder: Path) -> list[Product]:
    return [item for item in read_catalogue([feed(folder)]) if isinstance(item, Product)]


def words(feed: Callable[[Path], Path], folder: Path) -> CatalogueWords:
    return LearnedWords(Lexicon.from_file(SHOP / "lexicon.json")).of(products(feed, folder))


@pytest.mark.parametrize(
    ("title", "brand", "heads"),
    [
        ("Beanie with Bobble", "", ["beanie"]),
        ("Acme V-Neck T-Shirt, red", "Acme", ["t-shirt"]),
        ("Nimbus Air 13 Laptop", "Nimbus", ["air", "laptop"]),
        ("Vista 43 inch TV", "Vista", ["tv"]),
        ("Oslo Sofa - Grey", "", ["sofa"]),
        ("Toner for laser printers", "", ["toner"]),
        ("Gartenschere für Rosen", "", ["gartenschere"]),
        ("1000", "", []),
    ],
)
def test_the_noun_of_a_title(title: str, brand: str, heads: list[str]) -> None:
    assert title_heads(title, brand) == heads


def test_a_coarse_category_is_told_apart_by_the_nouns_of_titles(tmp_path: Path) -> None:
    learned = words(own_shops.electronics, tmp_path)
    assert set(learned.lexicon.types) >= {"electronics", "laptop", "phone", "headphones", "tv"}
    assert "laptops" in learned.lexicon.types["laptop"].words["en"]
    assert set(learned.lexicon.expand("electronics")) >= {"electronics", "laptop"}
    refined = {each.title["en"]: learned.refined(each).type for each in products(own_shops.electronics, tmp_path)}
    assert refined["Okto Chromebook Laptop"] == "laptop" and refined["Laptop Bag"] == "electronics"


def test_categories_are_kinds_and_their_tree_is_kept(tmp_path: Path) -> None:
    lexicon = words(own_shops.clothing, tmp_path).lexicon
    assert "hoodie" in lexicon.types["hoodies"].words["en"]
    assert set(lexicon.expand("clothing")) >= {"hoodies", "t_shirts", "beanie", "boot"}
    assert "t-shirt" not in lexicon.types, "it is what its category is called"
    lexicon = words(own_shops.furniture, tmp_path).lexicon
    assert set(lexicon.expand("living_room")) >= {"sofa", "bookcase"}
    assert list(lexicon.attributes["material"].values) == ["leather", "velvet", "oak", "walnut", "pine"]
    assert lexicon.colours["forest green"].words["en"] == ("forest green", "green")


def test_options_by_other_names_are_sizes(tmp_path: Path) -> None:
    learned = words(own_shops.jewellery, tmp_path)
    ring = next(each for each in products(own_shops.jewellery, tmp_path) if each.title["en"] == "Halo")
    assert {key for variant in ring.variants for key in variant.options} == {"ring_size"}
    assert {key for variant in learned.refined(ring).variants for key in variant.options} == {"size"}


def test_a_category_that_says_no_kind_is_called_by_no_word(tmp_path: Path) -> None:
    assert words(own_shops.jewellery, tmp_path).lexicon.types["other"].name == {}


def test_the_written_lexicon_is_of_its_own_shop_alone(tmp_path: Path) -> None:
    written = Lexicon.from_file(SHOP / "lexicon.json")
    demo = [Product.model_validate_json(line) for line in (SHOP / "products.jsonl").open(encoding="utf-8")]
    assert LearnedWords(written).of(demo) == CatalogueWords(written, {})
    boots = [each.model_copy(update={"category": ("boots",)}) for each in demo if each.type == "boots"]
    assert "running_shoes" not in LearnedWords(written).of(boots).lexicon.types
    assert LearnedWords(written).of([]).lexicon == Lexicon()


def test_what_is_learned_is_read_back(tmp_path: Path) -> None:
    for feed in (own_shops.clothing, own_shops.groceries, own_shops.garden):
        learned = words(feed, tmp_path)
        assert CatalogueWords.loads(learned.dumps()) == learned


def test_a_product_without_a_category_is_of_the_kind_its_title_names(tmp_path: Path) -> None:
    bare = [
        each.model_copy(update={"type": GENERIC_TYPE, "category": (GENERIC_TYPE,)})
        for each in products(own_shops.electronics, tmp_path)
    ]
    learned = LearnedWords().of(bare)
    assert {learned.refined(each).type for each in bare} >= {"laptop", "phone", "headphones"}


@pytest.mark.parametrize(
    ("one", "many"),
    [("hoodie", "hoodies"), ("watch", "watches"), ("knife", "knives"), ("battery", "batteries"), ("jeans", "jeans")],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many and singular(many) == one and plural(many) == many and singular(one) == one
