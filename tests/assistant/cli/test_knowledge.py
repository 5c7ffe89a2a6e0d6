"""`shopclerk shop load`: bad rows are written beside the file, fixed, and loaded with it; pictures are found where the
catalogue is; and the real data, where it is at hand."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from assistant.cli import app
from assistant.setup.picture_folders import PictureFolders
from retrieval.feeds import load_catalogue
from retrieval.store.chroma import Store

HEADER = "id,title_en,brand,type,variant_id,price,stock,picture\n"
SHARED = next(
    (folder for parent in Path(__file__).resolve().parents if (folder := parent / "shared" / "data").is_dir()),
    Path("shared/data"),
)


def shared(name: str) -> Path:
    if not (SHARED / name).is_dir():
        pytest.skip(f"needs {name} in a folder shared/data above the checkout")
    return SHARED / name


def test_bad_rows_are_fixed_and_loaded_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "shop"
    folder.mkdir()
    Image.new("RGB", (32, 32), "red").save(folder / "cup.png")
    file, bad = folder / "c.csv", folder / "c.bad-rows.csv"
    file.write_text(HEADER + "cup,Cup,b,mugs,cup/1,5,1,cup.png\npot,Pot,b,mugs,pot/1,-5,1,\n")

    def run(*arguments: str, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["shop", "load", *arguments])
        assert result.exit_code == status, (result.output, result.exception)
        return result.stdout

    said = run(str(file), "--dry-run")
    assert "1 added" in said and "c.csv:3: price" in said and "dry run" in said
    assert Store(tmp_path / "state" / "vectors").products.live() is None
    said = run(str(file))
    assert f"shopclerk shop load {file} {bad}" in said and "1 product (shopclerk)" in said
    live = Store(tmp_path / "state" / "vectors").products.live()
    assert live is not None
    assert PictureFolders(tmp_path / "state", tmp_path).of(live.name) == folder.resolve()
    bad.write_text(bad.read_text().replace("-5", "x"))
    said = run(str(file), str(bad))
    assert "c.bad-rows-2.csv" in said, "the file that is read is not written to"
    assert "pot,Pot,b,mugs,pot/1,x,1," in bad.read_text()
    bad.write_text(bad.read_text().replace(",x,", ",5,"))
    file.write_text(HEADER + "cup,Cup,b,mugs,cup/1,5,1,cup.png\n")
    assert "1 added" in run(str(file), str(bad))
    # What is refused leaves the live version as it was.
    live = Store(tmp_path / "state" / "vectors").products.live()
    file.write_text(HEADER + "jug,Jug,b,mugs,jug/1,5,1,\npot,Po")
    run(str(file), status=1)
    assert Store(tmp_path / "state" / "vectors").products.live() == live


def test_what_was_said_for_a_feed_is_said_again_and_what_was_not_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    file = tmp_path / "artikel.csv"
    file.write_text("id;name;price;cost;material\na;Anna;1.250;5;Ton\nb;Berta;19,90;5;Ton\nc;Carla;ab 5;5;Ton\n")

    def run(*arguments: str, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["shop", "load", "--dry-run", str(file), *arguments])
        assert result.exit_code == status, (result.output, result.exception)
        return result.stdout

    said = run("--locale", "de-DE")
    assert "prices that name no currency are in EUR, as in the locale de-DE (2 times)" in said
    assert (
        "shown to customers as attributes: material" in said and "kept back, as the shop's own business: cost" in said
    )
    assert said.splitlines()[-3].endswith(".csv --locale de-DE"), "the command that loads both"
    assert "--currency CHF --locale de-CH" in run("--locale", "de-CH", "--currency", "CHF")
    assert "are taken as USD" in run()
    run("--locale", "german", status=1)
    run("--currency", "EURO", status=1)


def test_a_load_says_what_becomes_of_the_help_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    goods, pages, few = tmp_path / "goods.csv", tmp_path / "pages.csv", "Question,Answer\nDo you deliver?,On Mondays.\n"
    goods.write_text("id,title,category,price,currency,stock\nsaw,Saw,Tools,9,EUR,3\n")
    pages.write_text(few)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    assert "The demo shop's help pages answer nothing beside this catalogue" in run("shop", "load", str(goods))
    assert "help pages" not in run("shop", "load", str(goods), "--dry-run")
    run("faq", "reload", str(pages))
    assert "The help pages stay as they are, 1 of them" in run("shop", "load", str(goods))
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("SHOPCLERK_FAQ", str(tmp_path / "none.csv"))
    assert "There are no help pages" in run("shop", "load", str(goods))


def test_folders_of_pictures_survive_damage(tmp_path: Path) -> None:
    folders = PictureFolders(tmp_path / "state", tmp_path)
    assert folders.of("x") == tmp_path
    folders.remember("x", tmp_path / "a")
    folders.remember("y", tmp_path / "b")
    assert (folders.of("x"), folders.of("y")) == (tmp_path / "a", tmp_path / "b")
    (tmp_path / "state" / "picture-folders.json").write_text("{")
    assert folders.of("x") == tmp_path


def test_the_sample_shop_of_magento_loads_whole() -> None:
    report = load_catalogue(shared("luma-shop"))
    products = {product.id: product for product in report.products}
    export = [product for product in report.products if not product.id.startswith("24")]
    assert (len(export), sum(len(product.variants) for product in export)) == (147, 1847)
    assert len(products) == 191 and report.bad_total == 0
    linked = {path for p in report.products for path in (*p.pictures.values(), *sum(p.more_pictures.values(), ()))}
    assert len(linked) == 721, "of 725 pictures; four are of products that are not there"
    assert all((report.folder / path).is_file() for path in linked)
    assert all({v.options["colour"] for v in p.variants} & p.pictures.keys() for p in export)
    assert sum(product.review_count for product in report.products) == 351
    odd, shown, *taken = [warning.reason for warning in report.warnings]
    assert odd == "149 reviews are of products that are not there" and shown.startswith(
        "shown to customers as attributes"
    )
    assert [re.sub(r" \([\d,]+ times\)$", "", reason) for reason in taken] == [
        "prices that name no currency are taken as USD; say it (--currency) to change that",
        "what says nothing about stock is taken as in stock, uncounted (999)",
        "price: is 0; it is shown as sold out until it has one, as in '240-LV09'",
    ]
    hoodie = products["MH01"]
    assert {str(variant.price) for variant in hoodie.variants} == {"52"}
    assert hoodie.type == "hoodies_and_sweatshirts" and "<" not in hoodie.description["en"]


def test_an_electronics_dump_loads_whole() -> None:
    report = load_catalogue(shared("electronics"), price_unit="cents")
    assert (len(report.products), report.bad_total) == (19406, 0)
    toner = report.products[0]
    assert str(toner.lowest_price) == "49.95" and toner.attributes["print_technology"] == "Laser printing"
    assert all(not value.startswith("http") for product in report.products for value in product.attributes.values())


def test_bad_rows_beside_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(tmp_path / "state"))
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "c.csv").write_text(HEADER + "cup,Cup,b,mugs,cup/1,5,1,\npot,Pot,b,mugs,pot/1,-5,1,\n")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    result = CliRunner().invoke(app, ["shop", "load", str(folder / "c.csv"), "--dry-run"])
    assert str(tmp_path / "state" / "loads" / "c.bad-rows.csv") in result.stdout
