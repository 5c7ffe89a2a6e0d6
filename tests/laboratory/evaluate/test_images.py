"""Folders of products, photos and queries, and the commands that train and measure on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from assistant.cli import app
from assistant.cli.failures import Unusable
from laboratory.evaluate.images import evaluate_images
from laboratory.samples.held_out import held_out
from laboratory.train.fusion import TABLE, train_fusion
from retrieval.encoders.embedded import ImageEncoder, TextEncoder
from retrieval.fusion.folders import BadFolder, FolderReader, list_photos, list_products, list_queries
from retrieval.fusion.layers import LayeredEncoder
from tests.retrieval_samples import product

NAMES = ("red-mug", "blue-mug", "green-tray", "tall-vase", "wide-bowl", "brown-jug")
SHAPES = ((200, 40, 40), (40, 60, 200), (50, 170, 60), (220, 200, 60), (160, 60, 190), (120, 80, 40))


def picture(kind: int, seed: int) -> Image.Image:
    """A coloured pattern of a kind; ``seed`` moves and lights it."""
    chance = np.random.default_rng(seed)
    pattern = np.random.default_rng(kind).integers(0, 2, (7, 7, 1)) * np.array(SHAPES[kind])
    lit = np.clip(pattern * chance.uniform(0.6, 1.2) + chance.integers(0, 40, pattern.shape), 0, 255)
    drawn = Image.fromarray(lit.astype(np.uint8)).resize((180, 180), Image.Resampling.NEAREST)
    scene = Image.new("RGB", (240, 300), tuple(int(v) for v in chance.integers(100, 255, 3)))
    scene.paste(drawn, (int(chance.integers(10, 50)), int(chance.integers(20, 100))))
    return scene


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("shop")
    for kind, name in enumerate(NAMES):
        folder = root / "products" / "shelf" / name
        folder.mkdir(parents=True)
        picture(kind, 999).save(folder / "main.png")
        (folder / "description.txt").write_text(f"A {name.replace('-', ' ')} for the kitchen.", encoding="utf-8")
        for part, seeds in (("photos", range(6)), ("queries", range(50, 52))):
            folder = root / part / name
            folder.mkdir(parents=True)
            for seed in seeds:
                picture(kind, 31 * kind + seed).save(folder / f"{seed}.jpg")
    return root


@pytest.fixture(scope="module")
def encoders() -> tuple[TextEncoder, LayeredEncoder]:
    return TextEncoder(), LayeredEncoder(ImageEncoder())


def test_products_from_nested_folders(shop: Path) -> None:
    listed = list_products(shop / "products")
    assert [each.id for each in listed] == sorted(NAMES)
    assert listed[0].text == "blue mug. A blue mug for the kitchen."


def test_products_from_a_catalogue(tmp_path: Path) -> None:
    picture(0, 0).save(tmp_path / "a.png")
    made = product("mug-1", title={"en": "Mug"}).model_copy(
        update={"pictures": {"default": "a.png", "red": "../b.png"}}
    )
    (tmp_path / "products.jsonl").write_text(made.model_dump_json() + "\n")
    [listed] = list_products(tmp_path)
    assert listed.id == "mug-1" and listed.text.startswith("Mug.")
    assert [file.name for file in listed.pictures] == ["a.png"]


def write_queries(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "queries.csv").write_text(text)


@pytest.mark.parametrize(
    ("prepare", "read", "said"),
    [
        (lambda folder: None, list_products, "no products in it"),
        (lambda folder: None, list_photos, "no sub-folder with photos"),
        (lambda folder: folder.rmdir(), list_queries, "no such folder"),
        (write_queries("file,text\n"), list_queries, "line 1: no column product_id"),
        (write_queries("file,text,product_id\n"), list_queries, "no queries"),
        (write_queries("file,text,product_id\n,,x\n"), list_queries, "line 2: a query needs"),
        (write_queries("file,text,product_id\nno.jpg,,x\n"), list_queries, "line 2: no file no.jpg"),
        (write_queries("file,text,product_id\n../q.jpg,,x\n"), list_queries, "line 2: no file"),
        (write_queries('file,text,product_id\n"a,b\n'), list_queries, "cannot be read"),
    ],
)
def test_bad_folders_are_told(
    tmp_path: Path, prepare: Callable[[Path], object], read: Callable[[Path], object], said: str
) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    prepare(folder)
    with pytest.raises(BadFolder, match=said):
        read(folder)


def test_one_id_in_two_places_is_refused(tmp_path: Path) -> None:
    for shelf in "ab":
        (tmp_path / shelf / "mug").mkdir(parents=True)
        (tmp_path / shelf / "mug" / "title.txt").write_text("Mug")
    with pytest.raises(BadFolder, match="two folders of a product named mug"):
        list_products(tmp_path)


def test_corrupt_pictures_are_named_and_skipped(
    shop: Path, tmp_path: Path, encoders: tuple[TextEncoder, LayeredEncoder]
) -> None:
    (tmp_path / "photos" / NAMES[0]).mkdir(parents=True)
    (tmp_path / "photos" / NAMES[0] / "bad.jpg").write_bytes(b"\xff\xd8\xff no picture")
    picture(0, 1).save(tmp_path / "photos" / NAMES[0] / "good.jpg")
    for _ in range(2):  # the second time from the cache
        reader = FolderReader(*encoders, cache=tmp_path / "cache")
        products = reader.products(shop / "products")
        photos, kept = reader.photos(list_photos(tmp_path / "photos"), products, "photos")
        assert len(photos) == 1 and kept == [1]
        assert [line.split(":")[0].endswith("bad.jpg") for line in reader.skipped] == [True]


def test_features_are_kept_by_content(shop: Path, tmp_path: Path, encoders: tuple[TextEncoder, LayeredEncoder]) -> None:
    first = FolderReader(*encoders, cache=tmp_path).products(shop / "products")
    files = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    again = FolderReader(*encoders, cache=tmp_path).products(shop / "products")
    assert np.array_equal(first.pictures, again.pictures)
    assert files == {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    next(tmp_path.iterdir()).write_bytes(b"half a file")
    assert np.array_equal(FolderReader(*encoders, cache=tmp_path).products(shop / "products").pictures, first.pictures)


def test_photos_are_found_and_groups_told_apart(
    shop: Path, tmp_path: Path, encoders: tuple[TextEncoder, LayeredEncoder]
) -> None:
    held = tmp_path / "held.txt"
    held.write_text("tall-vase\n")
    report = evaluate_images(
        shop / "products",
        shop / "queries",
        *encoders,
        photos=shop / "photos",
        hidden=str(held),
        cache=tmp_path / "cache",
        epochs=2,
    )
    ours = report["shopclerk"]
    assert ours["n"] == 12 and ours["by"]["held_out"]["n"] == 2 and ours["by"]["seen"]["n"] == 10
    assert ours["r@1"] >= 0.7 and ours["r@1"] > report["random"]["r@1"]
    assert ours["recall@10"] == ours["r@10"] == 1
    assert set(ours["ci95"]) == {"r@1", "r@5", "r@10", "recall@10", "mrr"}
    assert {"image", "text", "blocks", "gated_pictures"} < set(report)
    assert (report["data"]["products"], report["data"]["seen"]) == (6, 5)


def test_words_and_photos_in_one_query_file(
    shop: Path, tmp_path: Path, encoders: tuple[TextEncoder, LayeredEncoder]
) -> None:
    picture(0, 7).save(tmp_path / "q.jpg")
    (tmp_path / "queries.csv").write_text(
        "file,text,product_id\nq.jpg,,red-mug\n,blue mug,blue-mug\nq.jpg,a red mug,red-mug\n,a hat,no-such-product\n"
    )
    report = evaluate_images(shop / "products", tmp_path, *encoders)
    assert report["data"]["not_used"] == 1
    assert {name: part["n"] for name, part in report["shopclerk"]["by"].items() if name != "held_out"} == {
        "photo": 1,
        "text": 1,
        "text+photo": 1,
    }
    assert report["image"]["n"] == 2 and report["text"]["n"] == 2
    assert report["shopclerk"]["by"]["text"]["r@1"] == 1


Trained = tuple[Path, dict[str, Any]]
"""The folder of a training and its report."""


@pytest.fixture(scope="module")
def trained(
    shop: Path, tmp_path_factory: pytest.TempPathFactory, encoders: tuple[TextEncoder, LayeredEncoder]
) -> Trained:
    """Trained in one go, for tests that read it only."""
    folder = tmp_path_factory.mktemp("trained")
    out = folder / "heads"
    args = (shop / "products", shop / "photos", out, *encoders)
    return out, train_fusion(*args, epochs=1, cache=folder / "cache")


def test_training_writes_what_evaluation_reads(
    shop: Path, trained: Trained, encoders: tuple[TextEncoder, LayeredEncoder]
) -> None:
    out, report = trained
    assert json.loads((out / TABLE).read_text()) == json.loads(json.dumps(report))
    assert not (out / "checkpoint").exists()
    for kind in ("photos", "products"):
        assert {"blocks", "image", "text", "late", "gated", "attention"} <= set(report["cross_validated"][kind])
    found = evaluate_images(shop / "products", shop / "queries", *encoders, heads=out)
    assert found["data"]["heads"] == ("none" if report["shipped"] == "blocks" else found["data"]["heads"])
    assert found["shopclerk"]["n"] == 12


def test_an_interrupted_training_goes_on_and_ends_the_same(
    shop: Path, tmp_path: Path, trained: Trained, encoders: tuple[TextEncoder, LayeredEncoder]
) -> None:
    class Stopped(Exception):
        pass

    steps = 0

    def stop(done: int, total: int, what: str) -> None:
        nonlocal steps
        steps += what == "training heads"
        if steps == 7:
            raise Stopped

    whole, _ = trained
    args = (shop / "products", shop / "photos", tmp_path, *encoders)
    with pytest.raises(Stopped):
        train_fusion(*args, epochs=1, progress=stop)
    assert list((tmp_path / "checkpoint").rglob("*.gate"))
    counted: list[str] = []
    train_fusion(*args, epochs=1, resume=True, progress=lambda done, total, what: counted.append(what))
    assert counted.count("training heads") < 21
    assert (whole / TABLE).read_text() == (tmp_path / TABLE).read_text()


def test_held_out_is_a_number_or_a_file(tmp_path: Path) -> None:
    owner = np.array([0, 0, 1, 2, 3])
    assert held_out("2", "abcd", owner, 0).sum() == 2
    assert held_out("2", "abcd", owner, 0).tolist() == held_out("2", "abcd", owner, 0).tolist()
    assert not held_out(None, "abcd", owner, 0).any()
    with pytest.raises(BadFolder, match="4 products cannot"):
        held_out("4", "abcd", owner, 0)
    (tmp_path / "ids").write_text("b\nx\n")
    with pytest.raises(BadFolder, match="no product x"):
        held_out(str(tmp_path / "ids"), "abcd", owner, 0)
    with pytest.raises(BadFolder, match="neither a number nor"):
        held_out(str(tmp_path / "none"), "abcd", owner, 0)


def test_the_command_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    wrong = tmp_path / "nowhere"
    result = CliRunner().invoke(app, ["evaluate", "images", "--products", str(wrong), "--queries", str(wrong)])
    assert isinstance(result.exception, Unusable) and str(result.exception) == f"{wrong}: no such folder"


def test_the_command_prints_one_object(shop: Path) -> None:
    where = ["--products", str(shop / "products"), "--queries", str(shop / "queries")]
    result = CliRunner().invoke(app, ["evaluate", "images", *where, "--json"])
    assert result.exit_code == 0
    assert {"shopclerk", "blocks", "image", "random", "data"} <= json.loads(result.stdout).keys()
    assert "R@1" in CliRunner().invoke(app, ["evaluate", "images", *where]).stdout
