"""Feeds for search engines and price comparisons: Google Merchant, Yandex, Heureka, and dumps made like them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.feeds import FeedError
from tests.feed_files import load, notes, only, options, reasons

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:{p}="http://base.google.com/ns/1.0"><channel><title>Tiny</title>
{items}</channel></rss>"""


def rss(*items: dict[str, str], prefix: str = "g") -> str:
    """Items of Google's fields; a name with a colon, or ``<``, stands as it is."""
    made = []
    for item in items:
        fields = {"price": "20.00 EUR", "availability": "in_stock", "title": "Lamp", **item}
        made.append("".join(f"<{prefix}:{n}>{v}</{prefix}:{n}>" for n, v in fields.items() if not n.startswith("<")))
        made[-1] += "".join(value for name, value in fields.items() if name.startswith("<"))
    return RSS.format(p=prefix, items="".join(f"<item>{item}</item>" for item in made))


@pytest.mark.parametrize("prefix", ["g", "m", "ns0"])
def test_google_s_fields_go_before_those_of_rss(tmp_path: Path, prefix: str) -> None:
    plain = "<title>Shop's title</title><link>https://x.test/rss</link><description>Bright.</description>"
    lamp = only(load(tmp_path, "f.xml", rss({"id": "L1", "title": "Desk lamp", "<": plain}, prefix=prefix)))
    assert lamp.title == {"en": "Desk lamp"} and lamp.description == {"en": "Bright."}


def test_a_field_that_comes_twice_is_one(tmp_path: Path) -> None:
    more = "<g:title>Desk lamp</g:title><g:link>https://x.test/1</g:link><g:link>https://x.test/2</g:link>"
    text = rss({"id": "L1", "title": "Desk lamp", "<": more + "<g:price>20.00 EUR</g:price>"})
    assert only(load(tmp_path, "f.xml", text)).title == {"en": "Desk lamp"}
    text = rss({"id": "L1", "<": '<m:title xmlns:m="http://search.yahoo.com/mrss/">Picture of it</m:title>'})
    assert only(load(tmp_path, "f.xml", text)).title == {"en": "Lamp"}


def test_ids_that_a_spreadsheet_cut_off_are_made_anew(tmp_path: Path) -> None:
    head = "id,title,price,availability,link,image_link\n"
    rows = [
        f"4.00638E+12,{n} lamp,20 EUR,in stock,https://x.test/{n},https://x.test/{n}.jpg\n" for n in ("desk", "floor")
    ]
    report = load(tmp_path, "f.csv", head + "".join(rows))
    assert [p.id for p in report.products] == ["desk", "floor"] and "2 ids look like" in notes(report)


def test_an_atom_entry_s_own_id_is_not_the_product_s(tmp_path: Path) -> None:
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>x</title>'
        '<entry><id>tag:x.test,2025:9</id><title>Desk lamp</title><link href="https://x.test/9"/><summary>Bright.</summary>'
        "<g:id>L1</g:id><g:price>20 EUR</g:price><g:availability>in stock</g:availability></entry></feed>"
    )
    lamp = only(load(tmp_path, "f.xml", text))
    assert (lamp.id, lamp.title, lamp.description) == ("L1", {"en": "Desk lamp"}, {"en": "Bright."})


def test_an_id_that_comes_twice_without_a_group_is_a_bad_row(tmp_path: Path) -> None:
    text = "id,title,price,availability,link\nL1,Desk lamp,20 EUR,in stock,https://x.test/1\n"
    text += "L2,Rug,9 EUR,in stock,https://x.test/2\nL1,Floor lamp,30 EUR,in stock,https://x.test/3\n"
    report = load(tmp_path, "f.csv", text)
    assert {p.id: p.title["en"] for p in report.products} == {"L1": "Desk lamp", "L2": "Rug"}
    assert reasons(report) == ["id: 'L1' is used by an earlier item"]
    assert report.bad_rows[0].line == 4 and "Floor lamp" in report.bad_rows[0].raw


def detail(name: str, value: str) -> str:
    inner = f"<g:attribute_name>{name}</g:attribute_name><g:attribute_value>{value}</g:attribute_value>"
    return f"<g:product_detail>{inner}</g:product_detail>"


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"<": detail("Watts", "40")}, {"<": detail("Watts", "60")}, ("watts", "40", "60")),
        ({"gender": "male"}, {"gender": "female"}, ("gender", "male", "female")),
        ({"age_group": "kids"}, {"age_group": "adult"}, ("age_group", "kids", "adult")),
        ({"condition": "new"}, {"condition": "used"}, ("condition", "new", "used")),
        ({"multipack": "2"}, {"multipack": "6"}, ("multipack", "2", "6")),
        ({"title": "Oil 250 ml"}, {"title": "Oil 500 ml"}, ("size", "250 ml", "500 ml")),
        ({"title": "Lamp, 40 W, black"}, {"title": "Lamp, 60 W, black"}, ("size", "40 W", "60 W")),
        ({"title": "Lamp - with bulb"}, {"title": "Lamp - without bulb"}, ("variant", "with bulb", "without bulb")),
        ({"title": "Lamp"}, {"title": "Lamp Pro"}, ("variant", "Lamp", "Lamp Pro")),
        ({"mpn": "A-1"}, {"mpn": "A-2"}, ("variant", "A-1", "A-2")),
        ({"price": "20 EUR"}, {"price": "30 EUR"}, ("variant", "a", "b")),
        ({"title": "Tee"}, {"title": "Tee Pro"}, ("variant", "Tee", "Tee Pro")),
        ({"material": "wood"}, {"material": "steel"}, ("material", "wood", "steel")),
    ],
)
def test_variants_are_told_apart_by_what_differs(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], told: tuple[str, str, str]
) -> None:
    items = [{"id": "a", "item_group_id": "G", **first}, {"id": "b", "item_group_id": "G", **second}]
    lamp = only(load(tmp_path, "f.xml", rss(*items)))
    name, one, other = told
    assert options(lamp) == {"a": {name: one}, "b": {name: other}}
    assert name not in lamp.attributes, "what differs is true of none of the variants"


def test_what_differs_beside_colour_and_size_makes_no_option(tmp_path: Path) -> None:
    pairs = (("a", "red", "1.2 kg"), ("b", "blue", "1.3 kg"))
    items = [{"id": i, "item_group_id": "G", "color": c, "<": detail("Weight", w)} for i, c, w in pairs]
    lamp = only(load(tmp_path, "f.xml", rss(*items)))
    assert options(lamp) == {"a": {"colour": "red"}, "b": {"colour": "blue"}}
    assert "weight" not in lamp.attributes


def test_unit_prices_say_what_is_in_it(tmp_path: Path) -> None:
    oil = only(load(tmp_path, "f.xml", rss({"id": "O", "unit_pricing_measure": "750 ml"})))
    assert oil.attributes["unit_pricing_measure"] == "750 ml"


def test_details_of_a_table_may_hold_commas(tmp_path: Path) -> None:
    head = "id\ttitle\tprice\tavailability\timage_link\tproduct_detail\n"
    row = "L1\tLamp\t20 EUR\tin stock\thttps://x.test/1.jpg\tPhysical:Weight:1,5 kg,Light:Colour warmth:2700 K\n"
    lamp = only(load(tmp_path, "f.tsv", head + row))
    assert lamp.attributes == {"weight": "1,5 kg", "colour_warmth": "2700 K"}


def test_merchant_center_s_fields_in_german(tmp_path: Path) -> None:
    head = "ID\tTitel\tBeschreibung\tLink\tBildlink\tVerfügbarkeit\tPreis\tMarke\tArtikelgruppen-ID\tFarbe\tGröße\n"
    rows = [
        f"J{size}\tJacke {size}\tWarm.\thttps://x.test/{size}\thttps://x.test/{size}.jpg\tauf Lager\t89,00 EUR\tFjord\tJ\tGrün\t{size}\n"  # noqa: E501
        for size in "SM"
    ]
    jacket = only(load(tmp_path, "f.txt", head + "".join(rows)))
    assert (jacket.id, jacket.brand, jacket.currency) == ("J", "Fjord", "EUR")
    assert options(jacket) == {"JS": {"colour": "grün", "size": "S"}, "JM": {"colour": "grün", "size": "M"}}


YML = """<?xml version="1.0" encoding="utf-8"?>{doctype}<yml_catalog date="2025-11-20 10:00"><shop><name>Tiny</name>
<currencies><currency id="RUR" rate="1"/><currency id="USD" rate="CBRF"/></currencies>
<categories><category id="1">Свет</category><category id="2" parentId="1">Настольные лампы</category></categories>
<offers>{offers}</offers></shop></yml_catalog>"""

OFFER = """<offer id="{id}" available="true" group_id="G"><url>https://x.test/{id}</url><price>1990</price>
<oldprice>2490</oldprice><currencyId>{currency}</currencyId><categoryId>2</categoryId><picture>https://x.test/1.jpg</picture>
<picture>https://x.test/2.jpg</picture><name>Лампа</name><vendor>Север</vendor><barcode>4006381333931</barcode>
<description><![CDATA[<p>Яркая&nbsp;лампа</p>]]></description><param name="Цвет">{colour}</param>
<param name="Мощность" unit="Вт">40</param></offer>"""


@pytest.mark.parametrize("doctype", ["", '<!DOCTYPE yml_catalog SYSTEM "shops.dtd">'])
def test_yandex_offers(tmp_path: Path, doctype: str) -> None:
    offers = OFFER.format(id="a", currency="RUR", colour="Красный") + OFFER.format(
        id="b", currency="RUR", colour="Белый"
    )
    lamp = only(load(tmp_path, "f.xml", YML.format(doctype=doctype, offers=offers)))
    assert (lamp.id, lamp.currency, lamp.brand) == ("G", "RUB", "Север")
    assert lamp.category == ("свет", "настольные_лампы")
    assert options(lamp) == {"a": {"colour": "красный"}, "b": {"colour": "белый"}}
    assert lamp.attributes == {"мощность": "40 Вт", "gtin": "4006381333931"}
    assert {(str(variant.price), str(variant.list_price)) for variant in lamp.variants} == {("1990", "2490")}


def test_yandex_offers_by_vendor_and_model_that_are_sold_out(tmp_path: Path) -> None:
    offer = (
        '<offer id="a" available="false" type="vendor.model"><price from="true">5</price><currencyId>UAH</currencyId>'
        "<categoryId>1</categoryId><typePrefix>Лампа</typePrefix><vendor>Север</vendor><model>X-1</model></offer>"
    )
    lamp = only(load(tmp_path, "f.xml", YML.format(doctype="", offers=offer)))
    assert list(lamp.title.values()) == ["Лампа Север X-1"]
    assert (lamp.currency, lamp.category, lamp.variants[0].stock) == ("UAH", ("свет",), 0)


def test_a_category_may_say_what_kind_it_is(tmp_path: Path) -> None:
    offer = OFFER.format(id="a", currency="RUB", colour="x").replace("<categoryId>", '<categoryId type="Own">')
    assert only(load(tmp_path, "f.xml", YML.format(doctype="", offers=offer))).category == ("свет", "настольные_лампы")


def test_a_document_type_with_anything_of_its_own_is_refused(tmp_path: Path) -> None:
    own = '<!DOCTYPE yml_catalog SYSTEM "shops.dtd" [<!ENTITY a "b">]>'
    with pytest.raises(FeedError, match="document type"):
        load(tmp_path, "f.xml", YML.format(doctype=own, offers=OFFER.format(id="a", currency="RUB", colour="x")))


HEUREKA = """<?xml version="1.0" encoding="utf-8"?><SHOP>{items}</SHOP>"""


def heureka(**fields: str) -> str:
    held = {
        "ITEM_ID": "L1",
        "PRODUCTNAME": "Lampa",
        "PRICE_VAT": "1 290,50",
        "CATEGORYTEXT": "Heureka.cz | Dům | Lampy",
    }
    made = "".join(f"<{name}>{value}</{name}>" for name, value in {**held, **fields}.items() if value)
    return f"<SHOPITEM>{made}</SHOPITEM>"


def test_heureka_items(tmp_path: Path) -> None:
    parameter = (
        "<PARAM_NAME>Barva</PARAM_NAME><VAL>Červená</VAL></PARAM><PARAM><PARAM_NAME>Příkon</PARAM_NAME><VAL>40 W</VAL>"
    )
    delivery = "<DELIVERY_ID>PPL</DELIVERY_ID><DELIVERY_PRICE>99</DELIVERY_PRICE>"
    first = heureka(ITEMGROUP_ID="G", PARAM=parameter, DELIVERY=delivery, DELIVERY_DATE="0", MANUFACTURER="Sever")
    second = heureka(ITEM_ID="L2", ITEMGROUP_ID="G", PARAM=parameter.replace("Červená", "Bílá"), DELIVERY_DATE="30")
    lamp = only(load(tmp_path, "f.xml", HEUREKA.format(items=first + second), currency="CZK"))
    assert (lamp.id, lamp.brand, lamp.category, lamp.currency) == ("G", "Sever", ("dům", "lampy"), "CZK")
    assert options(lamp) == {"L1": {"colour": "červená"}, "L2": {"colour": "bílá"}}
    assert [(str(variant.price), variant.stock > 0) for variant in lamp.variants] == [
        ("1290.50", True),
        ("1290.50", False),
    ]
    assert lamp.attributes == {"příkon": "40 W"}


def test_heureka_items_without_an_id_have_that_of_their_page(tmp_path: Path) -> None:
    report = load(tmp_path, "f.xml", HEUREKA.format(items=heureka(ITEM_ID="", URL="https://x.test/lampa/")))
    assert only(report).id == "lampa" and "made from the address" in notes(report)


def test_dumps_whose_rows_name_their_product_have_variants(tmp_path: Path) -> None:
    text = "sku;parent_sku;name;price_eur;colour;watts\nL-r;L;Lamp;20;red;40\nL-b;L;Lamp;21;blue;40\nM;;Mug;5;;\n"
    lamp, mug = load(tmp_path, "f.csv", text).products
    assert options(lamp) == {"L-r": {"colour": "red"}, "L-b": {"colour": "blue"}}
    assert (lamp.id, lamp.currency, lamp.attributes) == ("L", "EUR", {"watts": "40"})
    assert (mug.id, options(mug)) == ("M", {"M": {}})


@pytest.mark.parametrize("item", ["product", "offer", "Artikel", "produit", "row", "товар"])
def test_items_of_xml_by_many_names(tmp_path: Path, item: str) -> None:
    fields = "<Artikelnummer>L1</Artikelnummer><Bezeichnung>Lampe</Bezeichnung><Preis>9,50</Preis>"
    assert only(load(tmp_path, "f.xml", f"<liste><{item}>{fields}</{item}></liste>")).id == "L1"


@pytest.mark.parametrize(
    "around",
    [
        lambda items: {"data": {"products": {"edges": [{"cursor": "x", "node": item} for item in items]}}},
        lambda items: {"hits": {"total": 2, "hits": [{"_id": "1", "_source": item} for item in items]}},
        lambda items: {"response": {"numFound": 2, "docs": items}},
        lambda items: {"meta": {"page": 1}, "results": items},
        lambda items: {"status": "ok", "data": {"items": items}},
    ],
)
def test_json_whose_items_lie_deep(tmp_path: Path, around: object) -> None:
    assert callable(around)
    items = [{"id": "a", "name": "Lamp", "price": 5}, {"id": "b", "name": "Rug", "price": 7}]
    assert [p.id for p in load(tmp_path, "f.json", json.dumps(around(items))).products] == ["a", "b"]
    large = json.dumps({"note": "x" * 2**24, **around(items)})
    assert [p.id for p in load(tmp_path, "f.json", large).products] == ["a", "b"]


@pytest.mark.parametrize(
    "product",
    [
        {"id": "T", "name": "Tee", "price": 20, "variants": [{"sku": "T-S", "size": "S"}, {"sku": "T-M", "size": "M"}]},
        {
            "code": "T",
            "title": "Tee",
            "created": "2025",
            "skus": [
                {"sku": f"T-{size}", "price": {"amount": 20, "currency": "USD"}, "options": {"Size": size}, "qty": 3}
                for size in "SM"
            ],
        },
        {
            "id": "T",
            "Titel": "Tee",
            "variations": [
                {
                    "id": f"T-{size}",
                    "name": f"Tee {size}",
                    "preis": "20,00",
                    "attributes": [{"name": "Größe", "value": size}],
                }
                for size in "SM"
            ],
        },
    ],
)
def test_dumps_whose_products_hold_their_variants(tmp_path: Path, product: dict[str, object]) -> None:
    other = {**product, "id": "C", "name": "Cap", "Titel": "Cap", "title": "Cap", "code": "C"}
    other |= {name: [] for name in ("variants", "skus", "variations") if name in product}
    tee = load(tmp_path, "d.json", json.dumps([product, other])).products[0]
    assert (tee.id, list(tee.title.values()), tee.currency) == ("T", ["Tee"], "USD")
    assert options(tee) == {"T-S": {"size": "S"}, "T-M": {"size": "M"}}
    assert {v.price for v in tee.variants} == {20}


def test_variants_without_ids_are_named_by_their_product(tmp_path: Path) -> None:
    text = json.dumps([{"id": "T", "name": "Tee", "price": 20, "variants": [{"colour": "Red"}, {"colour": "Blue"}]}])
    assert options(only(load(tmp_path, "d.json", text))) == {"T/Red": {"colour": "red"}, "T/Blue": {"colour": "blue"}}


@pytest.mark.parametrize(
    ("measure", "base", "told"),
    [
        ("50 ml", "100 ml", "18.00 EUR / 100 ml"),
        ("750ml", "1 l", "12.00 EUR / 1 l"),
        ("1,5 kg", "", "6.00 EUR / 1 kg"),
        ("50 ml", "100 g", None),
        ("0 ml", "100 ml", None),
        ("a jar", "", None),
    ],
)
def test_what_it_costs_by_the_litre_is_an_attribute(tmp_path: Path, measure: str, base: str, told: str | None) -> None:
    row = f"c1\tCream\t9.00 EUR\tin stock\thttps://x.test/c1\thttps://x.test/c1.jpg\t{measure}\t{base}\n"
    head = "id\ttitle\tprice\tavailability\tlink\timage_link\tunit_pricing_measure\tunit_pricing_base_measure\n"
    assert only(load(tmp_path, "feed.tsv", head + row)).attributes.get("unit_price") == told


def test_what_has_no_price_is_not_given_away(tmp_path: Path) -> None:
    report = load(tmp_path, "list.csv", "id,title,price,currency,stock\nk1,Kettle,0,EUR,7\nk2,Pot,5,EUR,7\n")
    assert [(p.id, p.variants[0].stock) for p in report.products] == [("k1", 0), ("k2", 7)]
    assert "price: is 0; it is shown as sold out until it has one, as in 'k1'" in notes(report)
