"""Files that are cut, poisoned, too large or in a wrong encoding: what can be trusted is loaded, the rest is told."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.feeds import BadRow, FeedError, LoadReport, load_catalogue, read_catalogue
from retrieval.feeds.pictures import unpacked_pictures
from retrieval.feeds.report import KEPT
from retrieval.models import Product, Variant

HEADER = "id,title_en,title_zh,brand,type,category,description_en,attributes,currency,rating,review_count,"
HEADER += "variant_id,price,stock,colour,size,option_cut,picture,more_pictures\n"


def table_row(product: Product, variant: Variant) -> str:
    def quoted(text: object) -> str:
        return '"' + str(text).replace('"', '""') + '"'

    colour = variant.options.get("colour") or "default"
    cells = [
        product.id,
        product.title.get("en", ""),
        product.title.get("zh", ""),
        product.brand,
        product.type,
        "/".join(product.category),
        product.description.get("en", ""),
        ";".join(f"{key}={value}" for key, value in product.attributes.items()),
        product.currency,
        "" if product.rating is None else product.rating,
        product.review_count,
        variant.id,
        f"{variant.price:f}",
        variant.stock,
        variant.options.get("colour", ""),
        variant.options.get("size", ""),
        variant.options.get("cut", ""),
        product.pictures.get(colour, ""),
        "|".join(product.more_pictures.get(colour, ())),
    ]
    return ",".join(map(quoted, cells)) + "\n"


def as_lines(products: list[Product]) -> str:
    return "".join(product.model_dump_json() + "\n" for product in products)


def as_list(products: list[Product]) -> str:
    return "[" + ",\n".join(product.model_dump_json() for product in products) + "]"


def as_table(products: list[Product]) -> str:
    return HEADER + "".join(table_row(product, variant) for product in products for variant in product.variants)


def as_xml(products: list[Product]) -> str:
    items = "".join(
        f"<item><id>{p.id}</id><title>{p.id}</title><price>{p.lowest_price} USD</price><link>https://x.test</link>"
        "<availability>in stock</availability></item>\n"
        for p in products
    )
    return f"<rss><channel>\n{items}</channel></rss>\n"


def sample(name: str = "cup", **fields: object) -> Product:
    value = {
        "id": name,
        "title": {"en": f"A {name}, wide", "zh": "杯子"},
        "brand": "Acme",
        "type": "mugs",
        "category": ("home", "mugs"),
        "description": {"en": 'Holds "tea".\nKeeps warm.'},
        "variants": [{"id": f"{name}/1", "price": "5.50", "stock": 3}],
    }
    return Product.model_validate({**value, **fields})


def load(folder: Path, name: str, data: str | bytes) -> LoadReport:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return load_catalogue(path)


LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="<&;=/|")
WORDS = st.text(LETTERS, min_size=1, max_size=8)
TEXTS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@st.composite
def products(draw: st.DrawFn) -> list[Product]:
    found = []
    for at in range(draw(st.integers(1, 3))):
        colours = draw(st.lists(st.sampled_from(["red", "blue", ""]), min_size=1, max_size=3, unique=True))
        variants = [
            Variant(
                id=f"{at}/{number}",
                options={key: value for key, value in {"colour": colour, "cut": draw(WORDS)}.items() if value},
                price=draw(st.decimals("0.01", 10_000, places=2)),
                stock=draw(st.integers(0, 10**6)),
            )
            for number, colour in enumerate(colours)
        ]
        found.append(
            Product(
                id=f"p{at}",
                title=draw(st.dictionaries(st.sampled_from(["en", "zh"]), TEXTS, min_size=1)),
                brand=draw(TEXTS),
                type=draw(WORDS),
                category=tuple(draw(st.lists(WORDS, min_size=1, max_size=3))),
                description=draw(st.dictionaries(st.just("en"), TEXTS)),
                attributes=draw(st.dictionaries(WORDS, TEXTS, max_size=3)),
                currency=draw(st.sampled_from(["USD", "EUR", "CNY"])),
                variants=tuple(variants),
                rating=draw(st.none() | st.floats(1, 5)),
                review_count=draw(st.integers(0, 999)),
            )
        )
    return found


@settings(max_examples=40, deadline=None)
@given(products())
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, given: list[Product]) -> None:
    folder = tmp_path_factory.mktemp("feed")
    for name, text in (("c.jsonl", as_lines(given)), ("c.json", as_list(given)), ("c.csv", as_table(given))):
        report = load(folder, name, text)
        assert report.bad_rows == []
        assert report.products == given


Writer = Callable[[list[Product]], str]
WRITERS: list[tuple[str, Writer]] = [("c.jsonl", as_lines), ("c.json", as_list), ("c.csv", as_table), ("c.xml", as_xml)]


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_a_file_cut_anywhere_is_refused_or_says_so(tmp_path: Path, name: str, write: Writer) -> None:
    given = [sample("cup"), sample("pot")]
    data = write(given).encode()
    whole = load(tmp_path, name, data).products
    rows = {at + 1 for at, byte in enumerate(data) if byte == 10} if name in ("c.jsonl", "c.csv") else set()
    for end in range(len(data)):
        try:
            report = load(tmp_path, name, data[:end])
        except FeedError:
            continue
        told = bool(report.bad_rows or report.warnings)
        # Files of lines that end with a line have nothing that could tell; nor does one whose only loss is a line end.
        assert told or end in rows or report.products == whole or end + 1 in rows, data[:end][-40:]
        assert all(product in whole for product in report.products) or told


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_a_cut_archive_is_refused(tmp_path: Path, cut: int) -> None:
    data = as_lines([sample(f"cup-{at}") for at in range(9)]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.jsonl", data)
    for name, whole in (("c.zip", buffer.getvalue()), ("c.jsonl.gz", gzip.compress(data))):
        if cut < len(whole):
            with pytest.raises(FeedError):
                load(tmp_path, name, whole[:-cut])
            with pytest.raises(FeedError):
                damaged = bytearray(whole)
                damaged[len(whole) // 2 - min(cut, 20)] ^= 255
                load(tmp_path, name, bytes(damaged))


def test_an_archive_whose_directory_lies_is_refused_or_read(tmp_path: Path) -> None:
    """Each byte of the part that says what is in it and where, set to what is least and most telling."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("c.jsonl", as_lines([sample()]))
        archive.writestr("p/c.png", b"x")
    whole, path = buffer.getvalue(), tmp_path / "c.zip"
    for at in range(whole.index(b"PK\x01\x02"), len(whole)):
        for put in (0, 1, 255):
            path.write_bytes(whole[:at] + bytes([put]) + whole[at + 1 :])
            for read in (load_catalogue, lambda path: unpacked_pictures(path, tmp_path / "pictures")):
                with suppress(FeedError):
                    read(path)


def test_bombs_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.csv", b" " * 100 * 2**20)
    with pytest.raises(FeedError, match="more than 200 times"):
        load_catalogue(tmp_path / "bomb.zip")
    with gzip.open(tmp_path / "bomb.jsonl.gz", "wb") as stream:
        stream.write(as_lines([sample()]).encode())
        for _ in range(100):
            stream.write((b" " * 1023 + b"\n") * 1024)
    with pytest.raises(FeedError, match="more than 200 times"):
        load_catalogue(tmp_path / "bomb.jsonl.gz")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("inner.zip", b"PK")
    with pytest.raises(FeedError, match="no file that may be"):
        load_catalogue(tmp_path / "none.zip")


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss SYSTEM "https://x.test/feed.dtd">',
    ],
)
def test_xml_with_entities_of_its_own_is_refused(tmp_path: Path, prolog: str) -> None:
    with pytest.raises(FeedError, match="document type"):
        load(tmp_path, "c.xml", prolog + as_xml([sample()]).replace("<title>cup", "<title>&b;"))


def test_rows_in_another_encoding_are_bad_and_come_out_as_they_went_in(tmp_path: Path) -> None:
    good, bad = as_lines([sample()]).encode(), as_lines([sample("café")]).encode("utf-8").replace(b"\xc3\xa9", b"\xe9")
    (tmp_path / "c.jsonl").write_bytes(good + bad)
    report = load_catalogue(tmp_path / "c.jsonl", bad_rows=tmp_path / "bad.jsonl")
    assert [(row.line, row.reason) for row in report.bad_rows] == [(2, "row: is not UTF-8 text")]
    assert "\ufffd" in report.bad_rows[0].shown
    assert (tmp_path / "bad.jsonl").read_bytes() == bad
    declared = f'<?xml version="1.0" encoding="iso-8859-1"?>{as_xml([sample("café")])}'.encode("latin-1")
    assert load(tmp_path, "c.xml", declared).products[0].id == "café"
    report = load(tmp_path, "d.xml", as_xml([sample()]).encode() + b"")
    mixed = as_xml([sample("cafe"), sample("pot")]).encode().replace(b"<title>cafe", b"<title>caf\xe9")
    report = load(tmp_path, "e.xml", mixed)
    assert ([p.id for p in report.products], report.bad_rows[0].reason) == (["pot"], "row: is not UTF-8 text")


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_bad_rows_are_written_like_the_file_and_load_beside_it_once_fixed(
    tmp_path: Path, name: str, write: Writer
) -> None:
    given = [sample("cup"), sample("pot"), sample("jug")]
    text = write(given)
    at = text.index("5.50", text.index("pot"))
    broken = text[:at] + "-9.9" + text[at + 4 :]
    (tmp_path / name).write_text(broken)
    bad = tmp_path / f"c.bad-rows{Path(name).suffix}"
    report = load_catalogue(tmp_path / name, bad_rows=bad)
    assert [product.id for product in report.products] == ["cup", "jug"]
    assert report.bad_files == [bad]
    assert "price" in (tmp_path / f"{bad.name}.reasons.txt").read_text()
    bad.write_text(bad.read_text().replace("-9.9", "5.50"))
    fixed = load_catalogue(bad).products
    assert [product.id for product in fixed] == ["pot"]
    both = load_catalogue([tmp_path / name, bad])
    assert sorted(p.id for p in both.products) == ["cup", "jug", "pot"]


def test_a_variant_that_was_fixed_joins_its_product(tmp_path: Path) -> None:
    pot = sample("pot", variants=[{"id": f"pot/{at}", "price": "5.50", "stock": 1} for at in range(3)])
    text = as_table([pot]).replace('"pot/1","5.50"', '"pot/1","x"')
    (tmp_path / "c.csv").write_text(text)
    report = load_catalogue(tmp_path / "c.csv", bad_rows=tmp_path / "bad.csv")
    assert [len(product.variants) for product in report.products] == [2]
    (tmp_path / "bad.csv").write_text((tmp_path / "bad.csv").read_text().replace('"x"', '"5.50"'))
    (both,) = load_catalogue([tmp_path / "c.csv", tmp_path / "bad.csv"]).products
    assert {variant.id for variant in both.variants} == {"pot/0", "pot/1", "pot/2"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"currency": "XYZ"}, "currency"),
        ({"title": {}}, "title"),
        ({"title": {"en": " "}}, "title"),
        ({"id": ""}, "id"),
        ({"id": "x" * 400}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"rating": 9}, "rating"),
        ({"variants": []}, "variants"),
        ({"brand": "a\x00b"}, "NUL"),
        ({"brand": "\ud800"}, "not text"),
        ({"variants": [{"id": "pot/1", "price": "1e20", "stock": 1}]}, "price"),
        ({"variants": [{"id": "pot/1", "price": "5.123456789", "stock": 1}]}, "price"),
        ({"variants": [{"id": "pot/1", "price": "5", "stock": 3_000_000_000}]}, "stock"),
    ],
)
def test_products_that_cannot_be_are_told(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    bad = {**sample("pot").model_dump(mode="json"), **change}
    for name, text in (
        ("c.jsonl", as_lines([sample()]) + json.dumps(bad) + "\n"),
        ("c.json", "[" + sample().model_dump_json() + "," + json.dumps(bad) + "]"),
    ):
        report = load(tmp_path, name, text)
        assert [product.id for product in report.products] == ["cup"]
        assert reason in report.bad_rows[0].reason


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999999"])
def test_numbers_that_are_none_spoil_their_item(tmp_path: Path, number: str) -> None:
    bad = sample("pot").model_dump_json().replace('"5.50"', number)
    for name, text in (
        ("c.jsonl", as_lines([sample()]) + bad + "\n"),
        ("c.json", "[" + bad + "," + sample().model_dump_json() + "]"),
    ):
        report = load(tmp_path, name, text)
        assert [product.id for product in report.products] == ["cup"]
        assert len(report.bad_rows) == 1


def test_large_rows_are_bad_and_endless_ones_refused(tmp_path: Path) -> None:
    large = sample("pot", description={"en": "x" * 10_000_000})
    for name, write in WRITERS[:3]:
        report = load(tmp_path, name, write([sample("cup"), large, sample("jug")]))
        assert [product.id for product in report.products] == ["cup", "jug"]
        assert "characters; at most" in report.bad_rows[0].reason
        assert len(report.bad_rows[0].raw) < 10_000
    endless = 'pot,"' + "x\n" * 20_000_000
    with pytest.raises(FeedError, match="within its limit"):
        load(tmp_path, "e.csv", as_table([sample()]) + endless)
    with pytest.raises(FeedError, match="more than"):
        load(tmp_path, "e.jsonl", as_lines([sample()]) + "x" * 40_000_000)


def test_a_stray_quote_spoils_its_own_row_only(tmp_path: Path) -> None:
    rows = as_table([sample(f"cup-{at}") for at in range(4)]).splitlines(keepends=True)
    spoiled = rows[0] + rows[1] + rows[2] + rows[3].replace('"cup-1"', '"cup-1') + "".join(rows[4:])
    plain = "id,title_en,brand,type,variant_id,price,stock\n"
    plain += 'a,A,b,t,a/1,1,1\nb,"B,b,t,b/1,1,1\nc,C,b,t,c/1,1,1\nd,"D",b,t,d/1,1,1\n'
    report = load(tmp_path, "c.csv", plain)
    assert [product.id for product in report.products] == ["a", "c", "d"]
    assert [row.line for row in report.bad_rows] == [3]
    assert load(tmp_path, "d.csv", spoiled).bad_rows


def test_archives_that_cannot_be_opened_are_one_line(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("c.jsonl", as_lines([sample()]))
    data = bytearray((tmp_path / "c.zip").read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1  # says that it is encrypted
    with pytest.raises(FeedError, match="encrypted"):
        load(tmp_path, "c.zip", bytes(data))
    with pytest.raises(FeedError, match="header is not UTF-8 text; another encoding"):
        load(tmp_path, "none.csv", bytes(range(128, 256)) + b",price\n1,5\n")


def test_the_encoding_of_a_table_is_found_and_said(tmp_path: Path) -> None:
    report = load(tmp_path, "gbk.csv", "编号,名称,价格\n1,杯子,5\n".encode("gb18030"))
    assert report.products[0].title == {"zh": "杯子"}
    assert any("gbk.csv is read as GB 18030" in warning.reason for warning in report.warnings)
    plain = load(tmp_path, "utf.csv", "编号,名称,价格\n1,杯子,5\n")
    assert not any("is read as" in warning.reason for warning in plain.warnings)


def test_texts_that_are_made_to_hang_do_not(tmp_path: Path) -> None:
    for price in ("1" + "' " * 200_000 + "x1", "1" * 400_000):
        row = {"id": 2, "name": "x", "price": price, "description": "<p a='" * 100_000}
        good = {"id": 1, "name": "x", "price": 5}
        report = load(tmp_path, "d.jsonl", json.dumps(good) + "\n" + json.dumps(row) + "\n")
        assert [bad.line for bad in report.bad_rows] == [2]
    deep = '{"@type": "Product", "sku": "x", "offers": ' + '{"a":' * 900 + "1" + "}" * 901
    lamp = {"@type": "Product", "sku": "y", "name": "y", "offers": {"price": 5}}
    for around in (deep, '{"@graph": [' + deep + "]}", "[" * 100_000):
        report = load(tmp_path, "g.jsonl", json.dumps(lamp) + "\n" + around + "\n")
        assert [product.id for product in report.products] == ["y"]
    with pytest.raises(FeedError, match="none that ends"):
        load(tmp_path, "e.xml", "<rss><item>" + "<a>x</a>" * 5_000_000 + "</item></rss>")


def test_nul_bytes_spoil_their_row(tmp_path: Path) -> None:
    text = as_table([sample("cup"), sample("pot")]).replace("A pot", "A\0pot")
    report = load(tmp_path, "c.csv", text)
    assert ([p.id for p in report.products], report.bad_rows[0].reason) == (["cup"], "row: holds a NUL byte")


def test_bad_rows_do_not_pile_up(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(as_lines([sample()]) + "{}\n" * 5000)
    report = load_catalogue(tmp_path / "c.jsonl", bad_rows=tmp_path / "bad.jsonl")
    assert (len(report.bad_rows), report.bad_total) == (KEPT, 5000)
    assert (tmp_path / "bad.jsonl").read_text() == "{}\n" * 5000


def test_pictures_stay_in_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "in.png").write_bytes(b"x")
    (tmp_path / "out.png").write_bytes(b"x")
    (folder / "link.png").symlink_to(tmp_path / "out.png")
    outside = {"a": "../out.png", "b": str(tmp_path / "out.png"), "c": "link.png", "d": "in.png", "e": "missing.png"}
    pictured = sample(pictures=outside, more_pictures={"d": ["./in.png", "../out.png"], "f": ["in.png"]})
    report = load(folder, "c.jsonl", as_lines([pictured]))
    assert report.products[0].pictures == {"d": "in.png", "e": "missing.png", "f": "in.png"}
    assert report.products[0].more_pictures == {"d": ("in.png",)}
    assert report.warnings_total == 5


def test_pictures_of_several_folders_are_below_what_they_share(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(b"x")
        (tmp_path / name / "c.jsonl").write_text(as_lines([sample(name, pictures={"default": "x.png"})]))
    report = load_catalogue([tmp_path / "a" / "c.jsonl", tmp_path / "b" / "c.jsonl"])
    assert report.folder == tmp_path
    assert [product.pictures["default"] for product in report.products] == ["a/x.png", "b/x.png"]


def test_a_feed_is_read_as_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(as_lines([sample("cup"), sample("pot")]) + "{broken")
    feed = read_catalogue(tmp_path / "c.jsonl")

    def items() -> Iterator[Product | BadRow]:
        yield from feed

    found = items()
    assert [getattr(next(found), "id", None) for _ in range(2)] == ["cup", "pot"]
    with pytest.raises(FeedError, match="cut short"):
        next(found)


def test_a_feed_of_bad_rows_only_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no usable product: line 2: price"):
        load(tmp_path, "c.csv", as_table([sample()]).replace('"5.50"', '""'))
    (tmp_path / "empty").mkdir()
    with pytest.raises(FeedError, match="no file"):
        load_catalogue(tmp_path / "empty")
    with pytest.raises(FeedError, match="cannot read"):
        load_catalogue(tmp_path / "missing.csv")
    with pytest.raises(FeedError, match="no catalogue file"):
        read_catalogue([])


STARTS = ["<rss><item>", "[", '{"products": [', "<html><script type='application/ld+json'>{"]


@given(st.binary(max_size=300), st.sampled_from(STARTS))
@settings(deadline=None)
def test_no_bytes_break_the_readers(tmp_path_factory: pytest.TempPathFactory, data: bytes, start: str) -> None:
    folder = tmp_path_factory.mktemp("feed")
    for name in ("c.json", "c.xml", "c.txt", "c.zip", "c.gz"):
        try:
            load(folder, name, start.encode() * (name[2] != "z") + data)
        except FeedError:
            continue
