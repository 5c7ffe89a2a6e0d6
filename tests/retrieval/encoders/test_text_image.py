"""The GPU profile's text–image model, on a tiny one with random weights: everything but how well it understands."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assistant.bootstrap import build
from assistant.cli.session import conversation
from assistant.events import ProductsShown
from assistant.settings import Settings
from assistant.setup.encoders import shop_encoders
from retrieval.encoders.embedded import ModelFilesMissing, TextEncoder
from retrieval.encoders.pictures import catalogue_picture
from retrieval.encoders.text_image import NEEDED, OTHERWISE, TextImageModel
from retrieval.feeds import load_catalogue
from retrieval.models import Product
from retrieval.search import evidence
from retrieval.search.fits import BadFit, Fits
from retrieval.search.indexing import Encoders, index_products, view_text
from retrieval.search.products import ProductSearch
from retrieval.search.query import Query
from retrieval.store.chroma import Store
from retrieval.store.rows import WrongEncoder
from retrieval.text.lexicon import Lexicon
from tests import app
from tests.gpu_models import cross_encoder, text_image_model
from tests.retrieval_samples import SHOP, product

pytestmark = pytest.mark.filterwarnings("ignore:.*bos_token_id.*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_image_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def model(folder: Path) -> TextImageModel:
    return TextImageModel(folder, ["mug", "tent"])


@pytest.fixture(scope="module")
def products() -> list[Product]:
    return load_catalogue(SHOP / "products.jsonl").products[::40]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.from_file(SHOP / "lexicon.json")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, model: TextImageModel, products: list[Product]) -> Store:
    kept = Store(tmp_path_factory.mktemp("store"))
    index_products(kept, products, SHOP, Encoders(model.text, model.image))
    return kept


@pytest.fixture(scope="module")
def search(store: Store, model: TextImageModel, lexicon: Lexicon) -> ProductSearch:
    return ProductSearch(store, Encoders(model.text, model.image, TextEncoder()), lexicon)


def picture_of(one: Product) -> Image.Image:
    return catalogue_picture((SHOP / next(iter(one.pictures.values()))).read_bytes(), 224)


def test_both_sides_give_unit_vectors_of_one_space(model: TextImageModel) -> None:
    texts = ["red mug", "红色杯子", "蓝色帐篷", "", "a long text about a tent " * 40]
    together = model.text.encode(texts)
    assert together.shape == (5, model.dimensions) == (5, 24)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-4)
    assert np.allclose(together, np.stack([model.text.encode_one(text) for text in texts]), atol=2e-2)
    assert together[1] @ together[2] < 0.999, "Chinese is read, not replaced by one unknown token"
    pictures = [Image.new("RGB", size, colour) for size, colour in (((50, 80), "red"), ((300, 20), "blue"))]
    seen = model.image.encode(pictures)
    assert np.allclose(np.linalg.norm(seen, axis=1), 1, atol=1e-4)
    assert np.allclose(seen[1], model.image.see(pictures[1])[0], atol=2e-2)
    assert model.text.encode([]).shape == model.image.encode([]).shape == (0, 24)
    assert Encoders(model.text, model.image).one_space


def test_upper_case_reads_as_lower_case(model: TextImageModel) -> None:
    assert np.array_equal(model.text.encode_one("Red MUG"), model.text.encode_one("red mug"))


def test_kinds_and_everything_else_share_the_probability(model: TextImageModel) -> None:
    vector, kinds = model.image.see(Image.new("RGB", (60, 60), "red"))
    assert set(kinds) == {"mug", "tent"}
    assert 0 < sum(kinds.values()) < 1
    prompts = model.encode_texts([f"This is a photo of {words}." for words in ("mug", "tent", *OTHERWISE)])
    assert max(kinds, key=lambda kind: kinds[kind]) == ("mug", "tent")[int(np.argmax(prompts[:2] @ vector))]


def test_fingerprints_follow_weights_and_preparation(folder: Path, model: TextImageModel, tmp_path: Path) -> None:
    assert TextImageModel(folder).fingerprint == model.fingerprint
    assert model.text.fingerprint != model.image.fingerprint
    other = TextImageModel(text_image_model(tmp_path / "other", seed=1))
    assert other.fingerprint != model.fingerprint
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed)
    settings = changed / "preprocessor_config.json"
    settings.write_text(settings.read_text().replace("0.5", "0.4"))
    assert TextImageModel(changed).fingerprint != model.fingerprint


def test_missing_or_wrong_files_say_what_to_do(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ModelFilesMissing, match=r"lacks config\.json.*SHOPCLERK_ENCODER.*siglip2.*hf download"):
        TextImageModel(tmp_path / "nowhere")
    partial = tmp_path / "partial"
    shutil.copytree(folder, partial)
    (partial / "tokenizer.json").unlink()
    with pytest.raises(ModelFilesMissing, match=r"lacks tokenizer\.json:"):
        TextImageModel(partial)
    wrong = cross_encoder(tmp_path / "wrong")
    shutil.copy(folder / "preprocessor_config.json", wrong)
    assert all((wrong / name).exists() for name in NEEDED)
    with pytest.raises(ModelFilesMissing, match="no text-image model"):
        TextImageModel(wrong)


def test_products_are_found_by_text_picture_and_both(search: ProductSearch, products: list[Product]) -> None:
    wanted = products[2]
    by_words = search.search(Query(wanted.name("en"), limit=50))
    assert wanted.id in {hit.product.id for hit in by_words.hits}
    assert {"meaning", "pictured"} <= set(by_words.hits[0].parts)
    assert search.search(Query(image=picture_of(wanted))).hits[0].product.id == wanted.id
    both = search.search(Query(wanted.name("en"), image=picture_of(wanted)))
    assert both.hits[0].product.id == wanted.id
    assert {"meaning", "picture", "kind"} <= set(both.hits[0].parts)


def test_chinese_is_read_without_a_gloss(
    search: ProductSearch, products: list[Product], model: TextImageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its English words still find what is written in English; what the model reads is the Chinese itself.
    monkeypatch.setattr(evidence, "gloss", lambda text, of_products: "nonsense")
    text = products[1].name("zh")
    words = evidence.read_words(search.index, Query(text), model.text, None)
    assert words.vector is not None and np.allclose(words.vector, model.text.encode_one(text), atol=1e-3)
    assert products[1].id in search.rank(Query(text), 3)


def test_sentence_vectors_do_not_stand_for_the_catalogues(search: ProductSearch, products: list[Product]) -> None:
    text = products[0].name("en")
    given = search.search(Query(text), TextEncoder().encode_one(text))
    assert given.hits == search.search(Query(text)).hits


def test_words_of_what_has_no_english_are_encoded() -> None:
    only = product("mug", title={"zh": "杯子"}, description={"zh": "很好"})
    assert view_text(only, "red").startswith("cup mug")
    assert view_text(only, "red", chinese=True).startswith("杯子")


def test_vectors_of_another_model_are_refused(store: Store, lexicon: Lexicon, tmp_path: Path) -> None:
    other = TextImageModel(text_image_model(tmp_path, seed=2))
    with pytest.raises(WrongEncoder):
        ProductSearch(store, Encoders(other.text, other.image), lexicon)


def test_fits_of_an_own_folder_replace_the_shipped_ones(tmp_path: Path) -> None:
    shipped = Fits.read()
    (tmp_path / "second_stage.json").write_text('{"weights": {}}')
    with pytest.raises(BadFit, match="words"):
        Fits.read(tmp_path)
    weights = ", ".join(f'"{name}": 2' for name in shipped.weights)
    (tmp_path / "second_stage.json").write_text(f'{{"weights": {{{weights}}}}}')
    assert set(Fits.read(tmp_path).weights.values()) == {2.0}
    assert Fits.read(tmp_path).carried == shipped.carried
    with pytest.raises(BadFit, match="no folder"):
        Fits.read(tmp_path / "nowhere")


def test_the_shop_runs_on_it_by_settings_alone(folder: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "products.jsonl"
    catalogue.write_text("".join((SHOP / "products.jsonl").read_text().splitlines(True)[::6]))
    reader = cross_encoder(tmp_path / "reader")
    settings: Settings = app.test_settings(tmp_path / "state").model_copy(
        update={"encoder": str(folder), "catalogue": catalogue, "reranker": reader}
    )
    assert shop_encoders(settings).sentences.fingerprint == TextEncoder().fingerprint
    shop = build(settings)
    assert (
        shop.knowledge.store.products.live().fingerprint
        == shop.knowledge.encoders.fingerprint
        != TextEncoder().fingerprint
    )  # type: ignore[union-attr]

    async def turn() -> list[object]:
        async with conversation(shop) as session:
            return list(await session.say(session.turn("do you have tents?")))

    shown = [event for event in asyncio.run(turn()) if isinstance(event, ProductsShown)]
    assert shown
