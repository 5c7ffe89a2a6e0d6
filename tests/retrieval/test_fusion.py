"""Heads on features made up so that what they can learn is known, and the files they are kept in."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from retrieval.encoders.embedded import ImageEncoder
from retrieval.fusion import Vectors
from retrieval.fusion.compare import RECIPES, all_scores, cross_validated, measures, ranks, winner
from retrieval.fusion.gate import Gate, Recipe, episodes, train_gate
from retrieval.fusion.heads import Heads, HeadsUnusable, fit_heads
from retrieval.fusion.layers import WIDTH, LayeredEncoder, Views
from retrieval.fusion.metric import Principal, Rows, class_means, unit, within_whitening
from retrieval.fusion.photo_search import PhotoReader, save_products
from retrieval.fusion.shop import Photos, Products, sessions

COUNT, EACH = 24, 10


def made_up(seed: int = 0) -> tuple[Products, Photos]:
    """Products as points, photos as points moved and blurred by what photos have in common and products do not."""
    chance = np.random.default_rng(seed)
    of_product = chance.normal(size=(COUNT, 12)).astype(np.float32)
    looks = chance.normal(size=(12, WIDTH)).astype(np.float32)
    light = chance.normal(size=(6, WIDTH)).astype(np.float32)
    to_text = chance.normal(size=(12, 384)).astype(np.float32)
    pictures = (of_product @ looks + 0.1 * chance.normal(size=(COUNT, WIDTH))).astype(np.float32)
    owner = np.repeat(np.arange(COUNT), EACH)
    seen = of_product[owner] @ looks + 12 * chance.normal(size=(len(owner), 6)) @ light + 2
    text = unit(of_product @ to_text)
    photos = Photos(seen.astype(np.float32), np.ones((len(owner), 4), np.float32), owner)
    products = Products(
        tuple(f"p{n}" for n in range(COUNT)), text, pictures, np.ones((COUNT, 4), np.float32), np.arange(COUNT)
    )
    return products, photos


def first_right(scores: Vectors, owner: Rows) -> float:
    return float((ranks(scores, owner) == 1).mean())


def test_whitening_makes_what_varies_within_products_count_alike() -> None:
    _, photos = made_up()
    rows = Principal.of(photos.features, 20)(photos.features)
    whitened = rows @ within_whitening(rows, photos.owner)
    scatter = whitened - class_means(whitened, photos.owner, COUNT)[photos.owner]
    spread = np.linalg.eigvalsh(scatter.T @ scatter / len(scatter))
    before = rows - class_means(rows, photos.owner, COUNT)[photos.owner]
    wide = np.linalg.eigvalsh(before.T @ before / len(before))
    assert spread[-1] < 1.1
    assert wide[-1] / max(wide[0], 1e-6) > 100 * spread[-1] / max(spread[0], 1e-6)


def test_heads_beat_untrained_pictures_on_hidden_photos_and_on_new_products() -> None:
    products, photos = made_up()
    new = np.isin(photos.owner, [3, 9, 15, 21])
    last = np.tile(np.arange(EACH) >= EACH - 2, COUNT)
    heads = fit_heads(products, photos.of(~new & ~last), {"gated": RECIPES["gated"]}, "e", epochs=6)["gated"]
    index = heads.index(products)
    plain = unit(photos.features - photos.features.mean(0)) @ unit(products.pictures - products.pictures.mean(0)).T
    for asked in (last & ~new, new):
        queries = photos.of(asked)
        assert first_right(index.scores(queries.features), queries.owner) > first_right(plain[asked], queries.owner)
    assert first_right(index.scores(photos.of(last & ~new).features), photos.of(last & ~new).owner) > 0.9


def test_a_new_product_without_a_picture_is_found_by_its_words() -> None:
    products, photos = made_up()
    bare = products.pictures.copy()
    bare[[3, 9]] = 0
    heads = fit_heads(
        replace(products, pictures=bare), photos.of(~np.isin(photos.owner, [3, 9])), {"gated": Recipe()}, "e", epochs=6
    )["gated"]
    queries = photos.of(np.isin(photos.owner, [3, 9]))
    places = ranks(heads.index(replace(products, pictures=bare)).scores(queries.features), queries.owner)
    assert np.median(places) <= COUNT / 4


def test_the_best_of_a_products_pictures_counts() -> None:
    products, photos = made_up()
    heads = fit_heads(products, photos.of(photos.owner != 5), {"gated": Recipe()}, "e", epochs=1)["gated"]
    elsewhere = products.pictures[7:8] * -1
    order = np.concatenate([np.arange(6), [5], np.arange(6, COUNT)])
    more = np.concatenate([products.pictures[:6], elsewhere, products.pictures[6:]])
    several = replace(products, pictures=more, plain=products.plain[order], view_product=order)
    queries = photos.of(photos.owner == 5)
    assert heads.index(several).scores(queries.features).shape == (len(queries), COUNT)
    vectors = heads.index(several).vectors
    assert not torch.allclose(vectors[5], vectors[6])


def test_the_loss_falls_and_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    products, photos = made_up()
    text = unit(products.text - products.text.mean(0))
    plan = episodes(products, photos, Principal.of(photos.features), text, 0)
    losses: list[float] = []
    whole = train_gate(plan, Recipe(), 4, on_epoch=lambda epoch, loss: losses.append(loss)).state_dict()
    assert losses[-1] < losses[0]
    file = tmp_path / "gate"
    train_gate(plan, Recipe(), 2, file)
    seen: list[int] = []
    resumed = train_gate(plan, Recipe(), 4, file, lambda epoch, loss: seen.append(epoch)).state_dict()
    assert seen == [3, 4]
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_files_give_the_same_scores_and_are_small(tmp_path: Path, hasty: Heads) -> None:
    products, photos = made_up()
    hasty.save(tmp_path)
    loaded = Heads.load(tmp_path, "e")
    assert loaded is not None
    before, after = (h.index(products).scores(photos.features[:40]) for h in (hasty, loaded))
    assert np.abs(before - after).max() < 0.02
    assert (before.argmax(1) == after.argmax(1)).mean() > 0.95
    assert loaded.fingerprint == hasty.fingerprint
    assert (tmp_path / "heads.safetensors").stat().st_size < 4_000_000


@pytest.fixture(scope="module")
def hasty() -> Heads:
    """Heads of one epoch, for tests of what is done with them."""
    return fit_heads(*made_up(), {"gated": Recipe()}, "e", epochs=1)["gated"]


@pytest.mark.parametrize("damage", ["encoder", "missing", "cut", "json"])
def test_unusable_files_are_told(tmp_path: Path, hasty: Heads, damage: str) -> None:
    hasty.save(tmp_path)
    encoder = "e"
    match damage:
        case "encoder":
            encoder = "other"
        case "missing":
            (tmp_path / "heads.safetensors").unlink()
        case "cut":
            file = tmp_path / "photos.safetensors"
            file.write_bytes(file.read_bytes()[:-100])
        case "json":
            (tmp_path / "heads.json").write_text("{")
    with pytest.raises(HeadsUnusable, match=str(tmp_path)):
        Heads.load(tmp_path, encoder)


def test_blocks_stay_where_training_found_nothing_better(tmp_path: Path) -> None:
    (tmp_path / "heads.json").write_text(json.dumps({"format": 1, "encoder": "e", "recipe": None}))
    assert Heads.load(tmp_path, "e") is None


def test_too_few_photos_are_refused() -> None:
    products, photos = made_up()
    with pytest.raises(HeadsUnusable, match="photos of at least"):
        fit_heads(products, photos.of(photos.owner < 2), {"gated": Recipe()}, "e")


def test_heads_of_other_products_are_refused(hasty: Heads) -> None:
    products, _ = made_up()
    with pytest.raises(HeadsUnusable, match="none of these products"):
        hasty.index(replace(products, ids=tuple(f"q{n}" for n in range(COUNT))))


def test_sessions_keep_what_is_alike_together() -> None:
    chance = np.random.default_rng(0)
    centres = chance.normal(size=(3, 8)) * 10
    rows = (centres[np.arange(30) % 3] + chance.normal(size=(30, 8))).astype(np.float32)
    groups = sessions(rows, np.zeros(30, dtype=np.int64), 3)
    assert all(len(set(groups[np.arange(30) % 3 == kind])) == 1 for kind in range(3))
    assert len(set(groups)) == 3


def test_cross_validation_holds_out_and_decides() -> None:
    products, photos = made_up()
    plain = np.random.default_rng(1).normal(size=(len(photos), 4)).astype(np.float32)
    noise = replace(products, plain=np.random.default_rng(2).normal(size=(COUNT, 4)).astype(np.float32))
    table = cross_validated(noise, replace(photos, plain=plain), "e", epochs=1)
    assert table["photos"]["gated"]["n"] == len(photos)
    assert set(table["products"]) == {"blocks", "image", "text", "late", *RECIPES}
    assert winner(table) in ("gated", "gated_pictures")
    for kind in table:
        table[kind]["blocks"]["r@1"] = 1.0
    assert winner(table) == "blocks"


def test_measures() -> None:
    figures = measures(np.array([1, 1, 2, 6, 20]))
    assert (figures["r@1"], figures["r@5"], figures["r@10"], figures["n"]) == (0.4, 0.6, 0.8, 5)
    assert figures["mrr"] == pytest.approx((1 + 1 + 1 / 2 + 1 / 6 + 1 / 20) / 5, abs=1e-4)
    assert figures["ci95"]["r@1"][0] <= 0.4 <= figures["ci95"]["r@1"][1]


def test_equal_scores_count_against_the_right_product() -> None:
    assert ranks(np.zeros((2, 5), np.float32), np.array([0, 4])).tolist() == [5, 5]


def test_all_systems_score_all_products() -> None:
    products, photos = made_up()
    scores = all_scores(fit_heads(products, photos, RECIPES, "e", epochs=1), products, photos.of(photos.owner < 3))
    assert {each.shape for each in scores.values()} == {(30, COUNT)}
    assert all(np.isfinite(each).all() for each in scores.values())


def test_the_gate_without_words_ignores_them() -> None:
    products, photos = made_up()
    other = replace(products, text=products.text[::-1].copy())
    one, two = (
        fit_heads(p, photos, {"x": Recipe(text=False)}, "e", epochs=1)["x"].index(p).scores(photos.features[:20])
        for p in (products, other)
    )
    assert np.allclose(one, two, atol=1e-5)
    assert Gate(Recipe()).state_dict().keys() == Gate(Recipe(text=False)).state_dict().keys()


@pytest.fixture(scope="module")
def layered() -> LayeredEncoder:
    return LayeredEncoder(ImageEncoder())


@pytest.mark.parametrize("size", [(300, 400), (64, 900), (40, 40)])
def test_features_are_the_same_in_any_batch(layered: LayeredEncoder, size: tuple[int, int]) -> None:
    chance = np.random.default_rng(0)
    noise = Image.fromarray(chance.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))
    views = [Views.of(noise, "photo"), Views.of(Image.new("RGB", (50, 80), "red"), "catalogue")]
    plain, deep = layered.encode(views)
    assert plain.shape == (2, 1280) and deep.shape == (2, WIDTH)
    assert np.linalg.norm(plain, axis=1) == pytest.approx(1, abs=1e-3)
    alone = layered.photo(noise)
    assert float(alone @ deep[0] / np.linalg.norm(alone) / np.linalg.norm(deep[0])) > 0.999


def test_a_photo_reader_finds_the_product_of_a_photo(tmp_path: Path, layered: LayeredEncoder) -> None:
    encoder = layered._encoder
    assert PhotoReader.load(tmp_path, encoder) is None
    chance = np.random.default_rng(0)
    pictures, owner = [], []
    for product in range(8):
        base = chance.integers(0, 255, (6, 6, 3), dtype=np.uint8)
        for _ in range(6):
            noisy = np.clip(base.astype(int) + chance.integers(-30, 30, base.shape), 0, 255).astype(np.uint8)
            pictures.append(Image.fromarray(noisy).resize((240, 240), Image.Resampling.BICUBIC))
            owner.append(product)
    plain, deep = layered.encode([Views.of(picture, "photo") for picture in pictures])
    rows = np.arange(8) * 6
    words = unit(chance.normal(size=(8, 384)).astype(np.float32))
    products = Products(tuple("abcdefgh"), words, deep[rows], plain[rows], np.arange(8))
    held = np.arange(48) % 6 == 5
    photos = Photos(deep, plain, np.array(owner)).of(~held & (np.arange(48) % 6 != 0))
    heads = fit_heads(products, photos, {"gated": Recipe()}, layered.fingerprint, epochs=2)["gated"]
    heads.save(tmp_path)
    save_products(tmp_path, heads.index(products), products.ids)
    reader = PhotoReader.load(tmp_path, encoder)
    assert reader is not None and reader.ids == products.ids
    found = [int(reader.scores(pictures[at]).argmax()) for at in np.flatnonzero(held)]
    assert sum(a == b for a, b in zip(found, range(8), strict=True)) >= 7
    (tmp_path / "products.safetensors").write_bytes(b"x")
    with pytest.raises(HeadsUnusable):
        PhotoReader.load(tmp_path, encoder)
