"""Workbooks of spreadsheet programs as catalogues, and what these programs write into CSV."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from retrieval.feeds import BadRow, FeedError, read_catalogue
from retrieval.models import Product

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _workbook(path: Path, sheets: dict[str, list[list[object]]], hidden: str = "") -> Path:
    """The least that is a workbook; cells are texts, numbers or nothing."""
    with ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        names = list(sheets)
        hiding = 'state="hidden"'
        listed = "".join(
            f'<sheet name="{name}" sheetId="{at}" r:id="r{at}" {hiding if name == hidden else ""}/>'
            for at, name in enumerate(names, start=1)
        )
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>'
        )
        relations = "".join(
            f'<Relationship Id="r{at}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
            for at in range(1, len(names) + 1)
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>')
        for at, name in enumerate(names, start=1):
            rows = "".join(
                f'<row r="{number}">{"".join(_cell(cell, number, column) for column, cell in enumerate(row))}</row>'
                for number, row in enumerate(sheets[name], start=1)
            )
            archive.writestr(
                f"xl/worksheets/sheet{at}.xml", f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
            )
    return path


def _cell(value: object, row: int, column: int) -> str:
    place = f"{chr(65 + column)}{row}"
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def _read(path: Path) -> tuple[list[Product], list[BadRow], list[str]]:
    feed = read_catalogue(path)
    items = list(feed)
    products = [item for item in items if isinstance(item, Product)]
    return products, [item for item in items if isinstance(item, BadRow)], [w.reason for w in feed.warnings.rows]


def test_a_workbook_is_read_below_its_heading_with_numbers_as_they_were_meant(tmp_path: Path) -> None:
    path = _workbook(
        tmp_path / "lamps.xlsx",
        {
            "Lamps": [
                ["Our lamps, autumn"],
                [],
                ["sku", "name", "price", "gtin", "stock"],
                ["L1", "Desk lamp", 19.990000000000002, 4006381333931.0, 3.0],
                ["L2", "Floor lamp", "a lot", None, 3],
            ]
        },
    )
    products, bad, _ = _read(path)
    assert [(p.id, str(p.variants[0].price), p.variants[0].stock) for p in products] == [("L1", "19.99", 3)]
    assert products[0].attributes["gtin"] == "4006381333931"
    assert [(row.line, row.file) for row in bad] == [(5, "lamps.xlsx/Lamps.csv")]  # the sheet's own row


def test_three_decimals_of_a_number_are_no_thousands(tmp_path: Path) -> None:
    rows: list[list[object]] = [["id", "title", "price", "weight"], ["a", "A", 1.299, 0.125], ["b", "B", 12.605, 2.5]]
    products, _, _ = _read(_workbook(tmp_path / "net.xlsx", {"Goods": rows}))
    assert [str(product.lowest_price) for product in products] == ["1.2990", "12.6050"]


def test_sheets_that_are_no_catalogue_are_told_and_hidden_ones_are_not_read(tmp_path: Path) -> None:
    goods: list[list[object]] = [["id", "title", "price"], ["L1", "Lamp", 5]]
    sheets = {"Goods": goods, "Notes": [["who", "what"], ["Eva", "calls"]], "Old": [goods[0], ["L0", "Old lamp", 4]]}
    products, bad, notes = _read(_workbook(tmp_path / "all.xlsx", sheets, hidden="Old"))
    assert [p.id for p in products] == ["L1"] and not bad
    assert [note for note in notes if "Notes" in note and "left out" in note]


def test_a_damaged_workbook_is_refused_with_what_it_is(tmp_path: Path) -> None:
    whole = _workbook(tmp_path / "whole.xlsx", {"Goods": [["id", "title", "price"], ["L1", "Lamp", 5]]})
    path = tmp_path / "cut.xlsx"
    with ZipFile(whole) as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(FeedError, match="workbook"):
        list(read_catalogue(path))


@pytest.mark.parametrize(
    "first",
    [
        "sep=;\n",
        "Our lamps 2025\n",
        "Our lamps\n\n",
        "sep=;\nLamps\n",
        '"sep=;"\n',
        "\ufeffsep=;\n",
        "SEP=;\n\n",
        "\n\n",
    ],
)
def test_lines_above_the_header_that_are_empty_or_name_the_delimiter_are_passed_over(
    tmp_path: Path, first: str
) -> None:
    path = tmp_path / "lamps.csv"
    path.write_text(first + "id;title;price\nL1;Lamp, small;5\nL2;;6\n")
    products, bad, _ = _read(path)
    assert [p.title["en"] for p in products] == ["Lamp, small"]
    assert [row.line for row in bad] == [first.count("\n") + 3]
    assert bad[0].layout and ("sep" in bad[0].layout.header.lower()) == ("sep" in first.lower())


def test_a_table_with_one_column_has_no_heading(tmp_path: Path) -> None:
    path = tmp_path / "lamps.csv"
    path.write_text("name\nLamp, small, red\n")
    with pytest.raises(FeedError, match="has 3 of 1 columns"):
        read_catalogue(path)
