from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.feeds import FAQ_COLUMNS, FeedError, load_catalogue, load_faq, write_bad_rows
from tests.retrieval_samples import SHOP, product

HEADER = "id,title_en,brand,type,category,attributes,variant_id,price,stock,colour,picture\n"
GOOD = "cup,A cup,Acme,mugs,home/mugs,material=clay;lid=no,cup/red,9.50,3,red,\n"


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_demo_shop_loads_whole() -> None:
    report = load_catalogue(SHOP / "products.jsonl")
    assert len(report.products) >= 300
    assert report.bad_rows == []
    assert len({product.type for product in report.products}) > 30
    assert len(load_faq(SHOP / "faq.jsonl").entries) >= 120


def test_csv_rows_of_a_product_are_its_variants(tmp_path: Path) -> None:
    rows = GOOD + "cup,A cup,Acme,mugs,home/mugs,material=clay;lid=no,cup/blue,10,0,blue,\n"
    (found,) = load_catalogue(write(tmp_path / "c.csv", HEADER + rows)).products
    assert [variant.options["colour"] for variant in found.variants] == ["red", "blue"]
    assert str(found.variants[0].price) == "9.50"
    assert found.attributes == {"material": "clay", "lid": "no"}
    assert found.category == ("home", "mugs")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("pot,Pot,Acme,mugs,,,pot/1,-1,3,,\n", "price"),
        ("pot,Pot,Acme,mugs,,,pot/1,NaN,3,,\n", "price"),
        ("pot,Pot,Acme,mugs,,,pot/1,ten,3,,\n", "price"),
        ("pot,Pot,Acme,mugs,,,pot/1,5,many,,\n", "stock"),
        ("pot,Pot,Acme,mugs,,broken,pot/1,5,1,,\n", "attributes"),
        ("pot,Pot,Acme\n", "columns"),
        ("pot,,Acme,mugs,,,pot/1,5,1,,\n", "title"),
        ("pot,Pot,Acme,mugs,,,cup/red,5,1,,\n", "twice"),
        ("p#t,Pot,Acme,mugs,,,pot/1,5,1,,\n", "#"),
        (b"pot,P\xffot,Acme,mugs,,,pot/1,5,1,,\n", "UTF-8"),
    ],
)
def test_bad_csv_rows_are_told_and_good_ones_load(tmp_path: Path, row: str | bytes, reason: str) -> None:
    data = (HEADER + GOOD).encode() + (row if isinstance(row, bytes) else row.encode())
    report = load_catalogue(write(tmp_path / "c.csv", data))
    assert [found.id for found in report.products] == ["cup"]
    (bad,) = report.bad_rows
    assert bad.line == 3
    assert reason in bad.reason


@pytest.mark.parametrize("end", ['pot,"A p', "pot,A p", 'pot,"A pot\n'])
def test_a_table_that_ends_within_a_row_is_refused(tmp_path: Path, end: str) -> None:
    with pytest.raises(FeedError, match="cut short"):
        load_catalogue(write(tmp_path / "c.csv", HEADER + GOOD + end))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"price": "-1"}, "price"),
        ({"price": "Infinity"}, "price"),
        ({"stock": -2}, "stock"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_bad_json_rows_are_told_by_line(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    good = product("cup").model_dump(mode="json")
    bad = product("pot").model_dump(mode="json")
    bad["variants"][0].update(change)
    lines = [json.dumps(good), "{not json", json.dumps(bad), '{"price": NaN}', json.dumps(good)]
    report = load_catalogue(write(tmp_path / "c.jsonl", "\n".join(lines)))
    assert [found.id for found in report.products] == ["cup"]
    assert [bad_row.line for bad_row in report.bad_rows] == [2, 3, 4, 5]
    assert reason in report.bad_rows[1].reason
    assert "earlier product" in report.bad_rows[3].reason


def test_bad_rows_are_written_to_be_fixed_and_loaded_again(tmp_path: Path) -> None:
    bad = "pot,Pot,Acme,mugs,,,pot/1,-1,3,,\n"
    report = load_catalogue(write(tmp_path / "c.csv", HEADER + GOOD + bad))
    written = write_bad_rows(report, tmp_path / "bad.csv")
    assert "line 3: price" in (tmp_path / "bad.csv.reasons.txt").read_text()
    write(written, written.read_text().replace(",-1,", ",1,"))
    assert [found.id for found in load_catalogue(written).products] == ["pot"]


def test_missing_and_outside_pictures_are_warnings(tmp_path: Path) -> None:
    rows = GOOD.replace("red,\n", "red,no.svg\n") + "pot,Pot,Acme,mugs,,,pot/1,5,1,,../../etc/passwd\n"
    report = load_catalogue(write(tmp_path / "c.csv", HEADER + rows))
    assert len(report.products) == 2
    assert [warning.raw for warning in report.warnings if warning.raw] == ["no.svg", "../../etc/passwd"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.csv", ""), ("c.csv", "a,b\n1,2\n"), ("c.jsonl", "nothing good"), ("c.txt", "x"), ("missing.csv", None)],
)
def test_unusable_files_are_refused_whole(tmp_path: Path, name: str, text: str | None) -> None:
    if text is not None:
        write(tmp_path / name, text)
    with pytest.raises(FeedError):
        load_catalogue(tmp_path / name)


def test_utf16_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    assert load_catalogue(write(tmp_path / "c.csv", (HEADER + GOOD).encode("utf-16"))).products
    assert load_catalogue(write(tmp_path / "c.csv", b"\xef\xbb\xbf" + (HEADER + GOOD).encode())).products


def test_faq_reads_the_same_from_csv_and_json(tmp_path: Path) -> None:
    row = {
        "id": "r",
        "language": "zh",
        "topic": "t",
        "question": "多久？",
        "answer": "30天",
        "also_asked": "几天|多长时间",
        "link": "",
    }
    as_csv = ",".join(FAQ_COLUMNS) + "\n" + ",".join(row[name] for name in FAQ_COLUMNS) + "\n"
    from_csv = load_faq(write(tmp_path / "f.csv", as_csv)).entries
    from_json = load_faq(write(tmp_path / "f.json", json.dumps([row]))).entries
    from_lines = load_faq(write(tmp_path / "f.jsonl", json.dumps(row))).entries
    assert from_csv == from_json == from_lines
    assert from_csv[0].also_asked == ("几天", "多长时间")
    assert from_csv[0].link is None


def test_faq_is_refused_whole_when_ids_repeat_or_nothing_is_valid(tmp_path: Path) -> None:
    entry = {"id": "a", "question": "q", "answer": "a"}
    with pytest.raises(FeedError, match="occurs twice"):
        load_faq(write(tmp_path / "f.json", json.dumps([entry, entry])))
    assert len(load_faq(write(tmp_path / "f.json", json.dumps([entry, {**entry, "language": "zh"}]))).entries) == 2
    with pytest.raises(FeedError, match="no usable"):
        load_faq(write(tmp_path / "f.json", json.dumps([{"id": "a"}, 5, None])))
    with pytest.raises(FeedError, match="not JSON"):
        load_faq(write(tmp_path / "f.json", "[{"))


@settings(deadline=None)  # the first to name a currency reads the lists of them
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("feed")
    for name, start in (("c.csv", HEADER.encode()), ("c.jsonl", b"")):
        try:
            load_catalogue(write(folder / name, start + data))
        except FeedError:
            continue
