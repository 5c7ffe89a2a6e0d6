"""`shopclerk init`: exports are told apart, kept in one folder and served from it; what waits, and what the shop cannot
answer, is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from assistant.answering.evidence import Answer, Offered
from assistant.cli import app
from assistant.cli.failures import told
from assistant.cli.init import _tell_taken
from assistant.cli.trial import is_right
from assistant.cli.trial_questions import ABSENT, KINDS, NEED, PAGE, PROPERTY, TITLE, VERSION, Question, made_from
from assistant.events import FaqCited, FaqPassage
from assistant.outcome import ProductAnswer
from assistant.settings import ROOT, Settings
from assistant.setup.downloads import addresses_in, fetched
from assistant.setup.exports import Imported, exports_in, imported
from assistant.setup.picture_folders import PictureFolders
from assistant.setup.shop_file import write_shop_file
from retrieval.feeds import FeedError, load_catalogue, load_faq
from retrieval.models import Product

SAMPLES = ROOT / "data" / "samples"
PRODUCTS = "id,title,price,currency,stock,picture\nmug,Mug,5.00,EUR,3,mug.png\npot,Pot,free,EUR,1,\n"


@pytest.mark.parametrize(
    ("sample", "format", "products", "pages", "locale"),
    [("garten", "WooCommerce", 15, 12, "de-DE"), ("roastery", "Shopify", 15, 14, "en-US")],
)
def test_samples_are_told_apart_and_read(
    tmp_path: Path, sample: str, format: str, products: int, pages: int, locale: str
) -> None:
    exports = exports_in([SAMPLES / sample])
    assert sorted((each.holds, each.format) for each in exports)[0] == ("catalogue", format)
    with pytest.raises(FeedError, match="--currency EUR"):
        imported(exports, tmp_path)
    with pytest.raises(FeedError, match="--currency EUR"):
        imported(exports, tmp_path, locale="de")  # which is paid in three currencies
    done = imported(exports, tmp_path, locale=locale)
    assert {product.currency for product in done.products} == {"EUR" if locale == "de-DE" else "USD"}
    assert (len(done.products), len(done.entries), done.rows_waiting) == (products, pages, 0)
    assert {entry.language for entry in done.entries} == {locale[:2]}
    assert not any("cost" in key for product in done.products for key in product.attributes)
    # What was written is a shop's own form, and reads back as it was.
    assert load_catalogue(tmp_path / "products.jsonl").products == done.products
    assert load_faq(tmp_path / "faq.jsonl").entries == done.entries


def test_what_cannot_be_used_waits_and_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "products.csv").write_text(PRODUCTS)
    (folder / "notes.txt").write_text("Call the printer on Monday.\n")
    Image.new("RGB", (32, 32), "red").save(folder / "mug.png")
    shop = tmp_path / "shop"
    done = imported(exports_in([folder]), shop)
    assert [each.holds for each in done.exports] == ["nothing", "catalogue"]
    assert [product.id for product in done.products] == ["mug"] and (shop / "mug.png").is_file()
    assert done.rows_waiting == 1 and "'free' is not a price" in done.reasons[0] and "line 3" in done.reasons[0]
    assert "pot,Pot,free" in done.waiting[0].read_text()


def test_a_folder_without_a_catalogue_changes_nothing(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    imported(exports_in([SAMPLES / "roastery"]), shop, currency="USD")
    before = (shop / "products.jsonl").read_bytes()
    (tmp_path / "faq.csv").write_text("Question,Answer\nWhere are you?,By the harbour.\n")
    with pytest.raises(FeedError, match="none of the files is a catalogue"):
        imported(exports_in([tmp_path / "faq.csv"]), shop)
    assert (shop / "products.jsonl").read_bytes() == before


def test_questions_are_made_from_what_is_sold() -> None:
    products = load_catalogue(SAMPLES / "garten" / "artikel.csv", locale="de-DE").products
    entries = load_faq(SAMPLES / "garten" / "haeufige-fragen.md").entries
    trial = made_from(products, entries)
    assert trial == made_from(products, entries), "the same for the same data"
    asked = {kind: [each for each in trial.questions if each.kind == kind] for kind in KINDS}
    assert all(asked.values()) and not trial.skipped
    assert "Blumentopf Ton 30 cm" not in [each.text for each in asked[TITLE]], "it is sold out"
    light = next(each for each in asked[NEED] if "kunststoff" in each.text)
    assert (light.text, light.right) == ("bewässerung kunststoff unter 15\xa0€", {"GK-10"})
    cut = next(each for each in asked[PROPERTY] if "Astschere" in each.text)
    assert (cut.text, cut.says) == ("schnittstärke von Astschere Kranich?", "40 mm")
    assert {(each.stock or 0) > 0 for each in asked[VERSION]} == {True, False}, "in stock and sold out"
    assert all(each.says.casefold() not in str(products).casefold() for each in asked[ABSENT])


def test_what_cannot_be_asked_is_said(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("id,title,price,currency,stock\na,Lamp,5,EUR,3\n")
    trial = made_from(load_catalogue(tmp_path / "one.csv").products, [])
    assert {each.kind for each in trial.questions} == {TITLE, ABSENT}
    assert trial.skipped.keys() == set(KINDS) - {TITLE, ABSENT}
    assert trial.skipped[PAGE] == "there are no help pages" and "versions" in trial.skipped[VERSION]


def test_a_reply_is_right_that_says_what_the_data_says() -> None:
    stated = Question(PROPERTY, "weight of the spade?", frozenset(["s"]), says="1,2 kg")
    assert is_right(stated, "The spade weighs 1.2\xa0kg.", [], None)
    assert not is_right(stated, "The spade weighs 12 kg.", [], None)
    hose = Question(VERSION, "the hose in 25 m?", frozenset(["h"]), says="25 m", stock=0)

    def told(left: int, there: bool = True, value: str = "25 m") -> ProductAnswer:
        return ProductAnswer((), answer=Answer((Offered("h", (("length", value),), there, left=left),)))

    assert is_right(hose, "", [], told(0)) and not is_right(hose, "", [], told(3))
    assert not is_right(hose, "", [], told(0, there=False)) and not is_right(hose, "", [], told(0, value="5 m"))
    assert not is_right(hose, "", [], None)
    page = Question(PAGE, "when?", frozenset(["p"]))
    passage = FaqPassage(id="p", question="When?", answer="Soon.", confidence=1)
    assert is_right(page, "", [FaqCited(passages=(passage,))], None) and not is_right(page, "Soon.", [], None)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(SAMPLES))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_exports_at_web_addresses_are_fetched(tmp_path: Path, web: str) -> None:
    listed = tmp_path / "exports.txt"
    listed.write_text(f"# nightly\n{web}/roastery/FAQ.csv\n")
    (path,) = fetched(addresses_in(listed), tmp_path / "fetched")
    assert path.read_bytes() == (SAMPLES / "roastery" / "FAQ.csv").read_bytes()
    with pytest.raises(FeedError, match="answers 404"):
        fetched([f"{web}/none.csv"], tmp_path / "fetched")


def test_a_shop_is_made_and_asked(tmp_path: Path) -> None:
    shop = tmp_path / "harbour-roast"
    result = CliRunner().invoke(app, ["init", str(SAMPLES / "roastery"), "--into", str(shop), "--currency", "USD"])
    assert result.exit_code == 0, (result.output, result.exception)
    said = result.stdout
    assert "15 products, 14 help pages, 0 rows wait" in said
    counts = {
        line.split("  ")[1].strip(): [int(part) for part in line.split() if part.isdigit()][-2:]
        for line in said.splitlines()
        if line.endswith(" right")
    }
    assert counts.keys() == set(KINDS)
    assert all(right >= 0.5 * asked for right, asked in counts.values()), said
    assert "wrong, " in said
    assert "the shop is called 'Harbour Roast' (--name says otherwise)" in said
    assert "no rules.toml is made" in said and not (shop / "rules.toml").exists()
    settings = Settings(shop=shop)
    assert settings.shop_name == "Harbour Roast"
    assert settings.catalogue.is_file() and (settings.state_dir / "vectors").is_dir()


def test_it_is_said_in_which_language_customers_are_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = ({"de": "Spaten"}, {"fr": "Bêche"})
    goods = [Product.model_validate({**_BARE, "id": str(at), "title": title}) for at, title in enumerate(titles)]
    _tell_taken(tmp_path, Imported([], products=goods), "Jardin")
    said = capsys.readouterr().out
    assert "no texts in French yet: who writes French is answered in English" in said
    assert "no texts in German" not in said and "is called" not in said


_BARE = {
    "brand": "",
    "type": "tools",
    "category": ["tools"],
    "description": {},
    "variants": [{"id": "only", "price": "5", "stock": 1}],
}


def test_a_shops_folder_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = tmp_path / "first" / "my shop"
    shop.mkdir(parents=True)
    write_shop_file(shop, "embedded", "Tom's")
    with (shop / "shop.env").open("a") as file:
        file.write("SHOPCLERK_LANGUAGES=languages\nSHOPCLERK_HOURS='Mo-Fr 09:00-17:00'\n")
    moved = tmp_path / "second"
    shop.parent.rename(moved)
    shop = moved / "my shop"
    write_shop_file(shop, "e5")  # `init` again
    monkeypatch.chdir(moved)
    monkeypatch.setenv("SHOPCLERK_SHOP", "my shop")
    settings = Settings()
    assert (settings.state_dir, settings.catalogue) == (shop / "state", shop / "products.jsonl")
    assert (settings.shop_data, settings.languages) == (shop, shop / "languages")
    assert (settings.shop_name, settings.encoder, settings.hours) == ("Tom's", "e5", "Mo-Fr 09:00-17:00")
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", "elsewhere")  # what is said beside it counts more
    assert Settings().state_dir == Path("elsewhere")
    assert Settings(shop=None).shop_name == "Corner & Co."
    monkeypatch.setenv("SHOPCLERK_SHOP", "none")
    result = CliRunner().invoke(app, ["doctor"])
    assert told(result.exception) == "SHOPCLERK_SHOP=none: there is no shop.env; `shopclerk init` makes a shop's folder"


def test_pictures_in_the_shops_folder_are_found_where_it_was_moved_to(tmp_path: Path) -> None:
    shop, elsewhere = tmp_path / "first", tmp_path / "elsewhere"
    folders = PictureFolders(shop / "state", shop)
    folders.remember("v1", shop / "summer")
    folders.remember("v2", elsewhere)
    shop.rename(moved := tmp_path / "second")
    folders = PictureFolders(moved / "state", moved)
    assert [folders.of(version) for version in ("v0", "v1", "v2")] == [moved, moved / "summer", elsewhere]
