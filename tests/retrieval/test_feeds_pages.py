"""What pages say of products: JSON-LD as it is really written, microdata, Open Graph; and products told of twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.feeds import FeedError, load_catalogue
from retrieval.feeds.html_pages import loose_value
from retrieval.feeds.microdata import Microdata
from tests.feed_files import load, notes, only, options, reasons


def thing(**fields: Any) -> dict[str, Any]:
    offer = {"@type": "Offer", "price": "20.00", "priceCurrency": "EUR", "availability": "https://schema.org/InStock"}
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": "L1",
        "name": "Lamp",
        "offers": offer,
        **fields,
    }


def page(*blocks: str, body: str = "", head: str = "") -> str:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!doctype html><html><head><title>x</title>{head}{scripts}</head><body>{body}</body></html>"


TEXT = json.dumps(thing(description="Bright."))


@pytest.mark.parametrize(
    "block",
    [
        TEXT.replace("Bright.", "Bright.\nWarm.\tSmall."),
        f"<!-- {TEXT} -->",
        f"\n<!--\n{TEXT}\n//-->\n",
        f"//<![CDATA[\n{TEXT}\n//]]>",
        f"/*<![CDATA[*/{TEXT}/*]]>*/",
        f"<![CDATA[{TEXT}]]>",
        TEXT.replace("}}", "},}").replace('"https://schema.org/InStock"', '"https://schema.org/InStock" , '),
        f"[{TEXT},]",
        TEXT.replace('"', "&quot;"),
        f"{TEXT};",
        "\ufeff" + TEXT,
    ],
)
def test_json_ld_as_pages_write_it(tmp_path: Path, block: str) -> None:
    lamp = only(load(tmp_path, "p.html", page(block)))
    assert (lamp.id, lamp.currency, str(lamp.variants[0].price)) == ("L1", "EUR", "20.00")


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_what_is_json_is_read_as_it_is(value: Any) -> None:
    assert loose_value(json.dumps(value)) == value


def test_what_is_no_json_at_all_is_a_bad_row(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(page(TEXT))
    (tmp_path / "bad.html").write_text(page('{"@type": "Product", "name": }', TEXT.replace("L1", "L2")))
    report = load_catalogue(tmp_path)
    assert {p.id for p in report.products} == {"L1", "L2"}
    assert len(report.bad_rows) == 1 and "the JSON-LD is not JSON" in report.bad_rows[0].reason


MICRODATA = """<div itemscope itemtype="http://schema.org/Product">
<h1 itemprop="name">Desk <b>lamp</b></h1>
<img itemprop="image" src="lamp.jpg"><meta itemprop="sku" content="L1">
<p itemprop="description">Bright<br>and small.</p>
<a itemprop="url" href="https://x.test/l1">more</a>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
<span itemprop="price" content="20.50">20,50 €</span>
<meta itemprop="priceCurrency" content="EUR"><link itemprop="availability" href="https://schema.org/OutOfStock"></div>
<span itemprop="brand" itemscope itemtype="https://schema.org/Brand"><span itemprop="name">Nord</span></span>
<div itemprop="additionalProperty" itemscope itemtype="https://schema.org/PropertyValue"><i itemprop="name">Watts</i>
<i itemprop="value">40</i></div><ul><li itemprop="additionalProperty" itemscope itemtype="https://schema.org/PropertyValue">
<meta itemprop="name" content="Socket"><meta itemprop="value" content="E27"></ul></div>"""


def test_microdata(tmp_path: Path) -> None:
    lamp = only(
        load(tmp_path, "p.html", page('{"@context": "https://schema.org", "@type": "WebSite"}', body=MICRODATA))
    )
    assert (lamp.id, lamp.title, lamp.brand) == ("L1", {"en": "Desk lamp"}, "Nord")
    assert (str(lamp.variants[0].price), lamp.currency, lamp.variants[0].stock) == ("20.50", "EUR", 0)
    assert lamp.attributes == {"watts": "40", "socket": "E27"}


def test_json_ld_goes_before_microdata(tmp_path: Path) -> None:
    assert only(load(tmp_path, "p.html", page(TEXT, body=MICRODATA))).title == {"en": "Lamp"}


@given(st.text(alphabet='<>/ ="abitemscopr', max_size=200))
def test_no_markup_breaks_microdata(text: str) -> None:
    parser = Microdata()
    parser.feed("<div itemscope itemtype=Product>" + text)
    parser.close()
    assert all(isinstance(item, dict) for _, item in parser.items)


def test_open_graph(tmp_path: Path) -> None:
    held = {
        "og:title": "Desk lamp",
        "og:url": "https://x.test/lamps/desk.html",
        "product:price:amount": "20.50",
        "product:price:currency": "EUR",
        "product:availability": "out of stock",
        "product:brand": "Nord",
        "product:retailer_item_id": "L1",
    }
    head = "".join(f'<meta property="{name}" content="{value}">' for name, value in held.items())
    lamp = only(load(tmp_path, "p.html", page(head=head)))
    assert (lamp.id, lamp.title, lamp.brand, lamp.currency) == ("L1", {"en": "Desk lamp"}, "Nord", "EUR")
    assert (str(lamp.variants[0].price), lamp.variants[0].stock) == ("20.50", 0)


def test_a_page_that_tells_of_no_product_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="says nothing of a product"):
        load(tmp_path, "p.html", page(body="<h1>Lamp</h1><p>20 €</p>"))


def lines(*things: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in things)


def test_a_product_on_two_pages_is_one(tmp_path: Path) -> None:
    short = thing(offers={"@type": "Offer", "price": "20,0", "priceCurrency": "EUR", "availability": "InStock"})
    del short["offers"]["availability"]
    other = thing(sku="L2", name="Rug")
    for text in (lines(short, thing(description="Bright."), other), lines(thing(), other, short)):
        report = load(tmp_path, "p.jsonl", text)
        assert {p.id: len(p.variants) for p in report.products} == {"L1": 1, "L2": 1} and reasons(report) == []
        assert "1 rows say once more what others say" in notes(report)


def test_a_list_that_says_less_than_the_product_s_page_is_no_contradiction(tmp_path: Path) -> None:
    less = {name: value for name, value in thing().items() if name != "offers"}
    assert str(only(load(tmp_path, "p.jsonl", lines(less, thing()))).variants[0].price) == "20.00"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"name": "Floor lamp"}, "name"),
        ({"offers": {"@type": "Offer", "price": "25", "priceCurrency": "EUR"}}, "offer"),
    ],
)
def test_another_product_with_its_id_is_a_bad_row(tmp_path: Path, change: dict[str, Any], what: str) -> None:
    report = load(tmp_path, "p.jsonl", lines(thing(), thing(**change)))
    assert [p.title["en"] for p in report.products] == ["Lamp"]
    assert len(report.bad_rows) == 1 and f"another {what}" in report.bad_rows[0].reason and report.bad_rows[0].line == 2


def offers(*held: dict[str, Any]) -> dict[str, Any]:
    base = {"@type": "Offer", "priceCurrency": "EUR", "availability": "https://schema.org/InStock"}
    return thing(offers={"@type": "AggregateOffer", "offers": [{**base, **offer} for offer in held]})


def test_offers_are_variants_where_something_tells_them_apart(tmp_path: Path) -> None:
    lamp = only(load(tmp_path, "p.json", json.dumps(offers({"price": 20, "sku": "a"}, {"price": 25, "sku": "b"}))))
    assert {v.id: str(v.price) for v in lamp.variants} == {"a": "20", "b": "25"}
    used = {"price": 9, "itemCondition": "https://schema.org/UsedCondition"}
    new = {"price": 20, "itemCondition": "https://schema.org/NewCondition"}
    lamp = only(load(tmp_path, "p.json", json.dumps(offers(new, used))))
    assert [v.options for v in lamp.variants] == [{"condition": "new"}, {"condition": "used"}]
    sizes = [{"price": 20, "itemOffered": {"@type": "Product", "sku": f"L-{size}", "size": size}} for size in "SM"]
    assert options(only(load(tmp_path, "p.json", json.dumps(offers(*sizes))))) == {
        "L-S": {"size": "S"},
        "L-M": {"size": "M"},
    }


def test_offers_that_nothing_tells_apart_are_one(tmp_path: Path) -> None:
    out = {"price": 15, "availability": "https://schema.org/OutOfStock"}
    report = load(tmp_path, "p.json", json.dumps(offers(out, {"price": 25}, {"price": 20})))
    assert [str(v.price) for v in only(report).variants] == ["20"] and "nothing tells apart" in notes(report)
    dollars = offers({"price": 22, "priceCurrency": "USD"}, {"price": 20})
    assert only(load(tmp_path, "p.json", json.dumps(dollars), currency="EUR")).currency == "EUR"


def test_prices_by_the_litre_are_told(tmp_path: Path) -> None:
    quantity = {"@type": "QuantitativeValue", "value": 100, "unitCode": "MLT"}
    by_litre = {
        "@type": "UnitPriceSpecification",
        "price": "2.67",
        "priceCurrency": "EUR",
        "referenceQuantity": quantity,
    }
    offer = {"@type": "Offer", "price": "20.00", "priceCurrency": "EUR", "priceSpecification": [by_litre]}
    oil = only(load(tmp_path, "p.json", json.dumps(thing(offers=offer))))
    assert str(oil.variants[0].price) == "20.00" and oil.attributes["unit_price"] == "2.67 EUR / 100 ml"
