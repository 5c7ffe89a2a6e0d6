"""Each format that a shop's system exports, as small samples of our own."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from retrieval.feeds import FeedError, LoadReport, load_catalogue
from retrieval.feeds.values import UNCOUNTED
from retrieval.models import GENERIC_TYPE, Product

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Tiny shop</title><link>https://x.test</link>
{items}
</channel></rss>
"""

ITEM = """<item><g:id>{id}</g:id><g:item_group_id>{group}</g:item_group_id><title>{title}</title>
<description>&lt;p&gt;Soft &amp;amp; warm.&lt;/p&gt;</description><g:brand>Nuuk</g:brand>
<g:price>{price}</g:price>{more}<g:availability>{availability}</g:availability><g:color>{colour}</g:color>
<g:size>{size}</g:size><g:product_type>Clothing &gt; Hats &amp; Scarves</g:product_type><g:material>wool</g:material>
<g:image_link>https://x.test/{id}.jpg</g:image_link>
<g:shipping><g:country>US</g:country><g:price>99.00 USD</g:price></g:shipping>
<g:product_detail><g:attribute_name>Care</g:attribute_name><g:attribute_value>by hand</g:attribute_value>
</g:product_detail></item>"""


def item(id: str, colour: str = "Gray", size: str = "M", **fields: str) -> str:
    given = {"group": "hat", "title": f"Nuuk Bobble Hat - {colour}", "price": "25.00 USD", "availability": "in_stock"}
    return ITEM.format(**{**given, "id": id, "colour": colour, "size": size, "more": "", **fields})


def load(tmp_path: Path, name: str, text: str | bytes, **options: Any) -> LoadReport:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_catalogue(path, **options)


def only(report: LoadReport) -> Product:
    assert report.bad_rows == []
    (product,) = report.products
    return product


def reasons(report: LoadReport) -> list[str]:
    return [row.reason for row in report.bad_rows]


def test_google_items_of_a_group_are_variants(tmp_path: Path) -> None:
    items = item("hat-g") + item("hat-r", "Red", availability="out of stock", price="27.50 USD")
    report = load(tmp_path, "feed.xml", RSS.format(items=items))
    hat = only(report)
    assert (hat.id, hat.title, hat.brand) == ("hat", {"en": "Nuuk Bobble Hat"}, "Nuuk")
    assert (hat.type, hat.category) == ("hats_and_scarves", ("clothing", "hats_and_scarves"))
    assert hat.description == {"en": "Soft & warm."}
    assert hat.attributes == {"material": "wool", "care": "by hand"}
    grey, red = hat.variants
    assert (grey.id, grey.options, grey.price) == ("hat-g", {"colour": "grey", "size": "M"}, Decimal("25.00"))
    assert (grey.stock, red.stock, red.price) == (UNCOUNTED, 0, Decimal("27.50"))
    assert hat.pictures == {}
    assert any("2 pictures are at web addresses" in warning.reason for warning in report.warnings)


def test_a_sale_counts_while_it_lasts(tmp_path: Path) -> None:
    sale = "<g:sale_price>19.00 USD</g:sale_price>"
    dates = "<g:sale_price_effective_date>{}</g:sale_price_effective_date>"
    for more, price, before, until in (
        (sale, "19.00", "25.00", None),
        (sale + dates.format("2001-01-01T00:00Z/2001-02-01T00:00Z"), "25.00", None, None),
        (sale + dates.format("2001-01-01T00:00Z/2999-02-01T00:00Z"), "19.00", "25.00", date(2999, 1, 31)),
        (sale + dates.format("2001-01-01T00:00Z/2999-02-01T18:00Z"), "19.00", "25.00", date(2999, 2, 1)),
        (sale + dates.format("soon"), "25.00", None, None),
    ):
        (variant,) = only(load(tmp_path, "feed.xml", RSS.format(items=item("a", more=more)))).variants
        assert variant.price == Decimal(price) and variant.sale_ends == until, more
        assert variant.list_price == (before and Decimal(before)), more


def test_google_reads_the_same_from_a_table_and_from_atom(tmp_path: Path) -> None:
    table = "id\ttitle\tprice\timage link\tavailability\titem group id\tcolor\tproduct type\tlink\n"
    table += "1\t羊毛帽\t99 CNY\thttps://x.test/1.jpg\tin stock\tg\t红色\t服装 > 帽子\t\n"
    table += "2\tOther\t5.00 EUR\thttps://x.test/2.jpg\tpreorder\t\t\t\thttps://x.test\n"
    hat, other = load(tmp_path, "feed.txt", table).products
    assert (hat.title, hat.type, hat.currency) == ({"zh": "羊毛帽"}, "帽子", "CNY")
    assert (other.id, other.type, other.variants[0].stock) == ("2", GENERIC_TYPE, 0)
    assert (hat.link, other.link) == ("", "https://x.test")
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>t</title>'
        "<entry><g:id>2</g:id><g:title>Other</g:title><g:price>5.00 EUR</g:price><g:link>https://x.test</g:link>"
        "<g:availability>preorder</g:availability></entry></feed>"
    )
    assert only(load(tmp_path, "atom.xml", atom)).model_copy(update={"pictures": {}}) == other


def test_google_rows_of_a_group_may_lie_apart(tmp_path: Path) -> None:
    items = item("a", "Red") + item("b", group="cap") + item("c", "Blue")
    report = load(tmp_path, "feed.xml", RSS.format(items=items))
    assert {product.id: len(product.variants) for product in report.products} == {"cap": 1, "hat": 2}


SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Image Src,"
    "Variant Image,Status\n"
)


def test_shopify_rows_of_a_handle_are_one_product(tmp_path: Path) -> None:
    rows = (
        'mug,Clay mug,<p>Holds <b>tea</b>.<br>And more.</p>,Kiln,Mugs,"gift, clay",true,Color,Blue,Size,S,M-1,shopify,'
        "3,deny,12.00,https://x.test/a.png,https://x.test/b.png,active\n"
        "mug,,,,,,,,Blue,,L,,shopify,-2,deny,14.00,https://x.test/c.png,,\n"
        "mug,,,,,,,,Red,,L,,,,deny,14.00,,,\n"
        "mug,,,,,,,,,,,,,,,,https://x.test/d.png,,\n"
        "old,Old mug,,Kiln,Mugs,,true,Title,Default Title,,,O-1,shopify,1,deny,3.00,,,archived\n"
        "new,New mug,,Kiln,,,true,Title,Default Title,,,N-1,shopify,0,continue,3.00,,,active\n"
    )
    report = load(tmp_path, "products_export.csv", SHOPIFY + rows, currency="GBP")
    mug, new = report.products
    assert (mug.id, mug.brand, mug.type, mug.currency) == ("mug", "Kiln", "mugs", "GBP")
    assert mug.description == {"en": "Holds tea.\nAnd more."}
    assert mug.attributes == {"tags": "gift, clay"}
    assert [v.id for v in mug.variants] == ["M-1", "mug/blue-L", "mug/red-L"]
    assert [v.stock for v in mug.variants] == [3, 0, UNCOUNTED]
    assert (new.variants[0].options, new.variants[0].stock, new.type) == ({}, UNCOUNTED, GENERIC_TYPE)
    assert any("1 product is not for sale" in warning.reason for warning in report.warnings)


def test_shopify_templates_of_later_years(tmp_path: Path) -> None:
    header = "Title,URL handle,Description,Vendor,Type,Status,SKU,Option1 name,Option1 value,Price,Inventory tracker,"
    header += "Inventory quantity,Continue selling when out of stock,Product image URL\n"
    rows = "Mug,mug,<p>Clay.</p>,Kiln,Mugs,Active,M1,Colour,Blue,9.00,shopify,4,DENY,https://x.test/a.png\n"
    mug = only(load(tmp_path, "template.csv", header + rows))
    assert (mug.id, mug.variants[0].id, mug.variants[0].options) == ("mug", "M1", {"colour": "blue"})
    assert (mug.variants[0].stock, mug.description) == (4, {"en": "Clay."})


WOO = (
    "ID,Type,SKU,Name,Published,Description,In stock?,Stock,Sale price,Regular price,Categories,Tags,Images,Parent,"
    "Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)\n"
)


def test_woocommerce_variations_find_their_parent(tmp_path: Path) -> None:
    rows = (
        '1,variable,TEE,Tee,1,"<p>Cotton.</p>",1,,,,"Clothing, Clothing > Tops > Tees",,https://x.test/t.png,,'
        'Color,"Red, Blue",Fit,"Loose, Regular"\n'
        "2,simple,CAP,Cap,1,,1,,8,10,Hats,,,,,,,\n"
        '3,variable,,Sock,1,,1,7,,,Socks,,,,Size,"S, M",,\n'
        "4,variation,TEE-R,Tee - Red,1,,1,4,,20,,,,TEE,Color,Red,,\n"
        "5,variation,TEE-B,Tee - Blue,1,,0,,,21,,,,id:1,Color,Blue,,\n"
        "6,variation,,Sock - S,1,,1,,,3,,,,id:3,Size,S,,\n"
        "7,simple,HID,Hidden,0,,1,,,10,Hats,,,,,,,\n"
        "8,variation,LOST,Lost,1,,1,1,,3,,,,NOWHERE,Size,S,,\n"
    )
    report = load(tmp_path, "wc.csv", WOO + rows)
    by_id = {product.id: product for product in report.products}
    assert set(by_id) == {"TEE", "CAP", "3"}
    tee = by_id["TEE"]
    assert (tee.category, tee.attributes) == (("clothing", "tops", "tees"), {"fit": "Loose, Regular"})
    assert [(v.id, v.options, v.stock) for v in tee.variants] == [
        ("TEE-R", {"colour": "red"}, 4),
        ("TEE-B", {"colour": "blue"}, 0),
    ]
    assert by_id["CAP"].variants[0].price == Decimal(8)
    assert [(v.id, v.stock) for v in by_id["3"].variants] == [("3/6", 7)]
    assert reasons(report) == ["Parent: 'NOWHERE' is not in the feed"]


MAGENTO = (
    "sku,store_view_code,product_type,categories,name,description,product_online,visibility,price,special_price,"
    "base_image,additional_images,additional_attributes,qty,is_in_stock,configurable_variations\n"
)


def test_magento_configurables_gather_their_simple_products(tmp_path: Path) -> None:
    (tmp_path / "pub/media/catalog/product/c/o").mkdir(parents=True)
    (tmp_path / "pub/media/catalog/product/c/o/coat-red.jpg").write_bytes(b"x")
    rows = (
        "coat-red,,simple,,Coat-Red,,1,Not Visible Individually,80,,/c/o/coat-red.jpg,/c/o/back.jpg,color=Red,5,1,\n"
        'coat-gray,,simple,,Coat-Gray,,1,Not Visible Individually,85,,,,"color=Gray",5,0,\n'
        'lamp,,simple,Default Category/Home,Lamp,,1,"Catalog, Search",20,15,,,"material=Brass,color=Black",2,1,\n'
        'coat,,configurable,"Default Category/Women/Coats,Default Category/Eco",Coat,,1,"Catalog, Search",,,,,'
        '"material=Wool|Silk,vegan=No,has_options=1",0,1,"sku=coat-red,color=Red|sku=coat-gray,color=Gray"\n'
        "coat,zh_cn,configurable,,大衣,,,,,,,,,,,\n"
        'off,,simple,,Off,,2,"Catalog, Search",20,,,,"material=Brass",2,1,\n'
    )
    report = load(tmp_path, "catalog_product.csv", MAGENTO + rows)
    coat = next(product for product in report.products if product.id == "coat")
    lamp = next(product for product in report.products if product.id == "lamp")
    assert len(report.products) == 2
    assert coat.title == {"en": "Coat", "zh": "大衣"}
    assert (coat.category, coat.type) == (("women", "coats"), "coats")
    assert coat.attributes == {"material": "Wool, Silk", "vegan": "no", "collections": "eco"}
    assert [(v.id, v.options["colour"], v.price, v.stock) for v in coat.variants] == [
        ("coat-red", "red", Decimal(80), 5),
        ("coat-gray", "grey", Decimal(85), 0),
    ]
    assert coat.pictures == {"red": "pub/media/catalog/product/c/o/coat-red.jpg"}
    assert lamp.variants[0].price == Decimal(15)
    assert lamp.attributes == {"material": "Brass"}
    assert ["/c/o/back.jpg" in warning.reason for warning in report.warnings].count(True) == 1


OFFER = {"@type": "Offer", "price": "49.90", "priceCurrency": "EUR", "availability": "https://schema.org/InStock"}
LAMP: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Product",
    "sku": "lamp",
    "name": "Desk lamp",
    "description": "<p>Bright.</p>",
    "brand": {"@type": "Brand", "name": "Lux"},
    "category": "Home > Lighting > Lamps",
    "image": ["https://x.test/a.jpg"],
    "offers": OFFER,
    "aggregateRating": {
        "@type": "AggregateRating",
        "ratingValue": "8",
        "bestRating": 10,
        "worstRating": 0,
        "ratingCount": 7,
    },
    "additionalProperty": [{"@type": "PropertyValue", "name": "Power", "value": 9, "unitText": "W"}],
}


def check_lamp(lamp: Product) -> None:
    assert (lamp.id, lamp.title, lamp.brand, lamp.currency) == ("lamp", {"en": "Desk lamp"}, "Lux", "EUR")
    assert (lamp.rating, lamp.review_count) == (4.0, 7)
    assert lamp.category == ("home", "lighting", "lamps")
    assert lamp.attributes == {"power": "9 W"}
    assert lamp.lowest_price == Decimal("49.90")


SPECIFIED = {"@type": "Offer", "priceSpecification": {"price": 49.9, "priceCurrency": "EUR"}}

AROUND: list[Callable[[dict[str, Any]], Any]] = [
    lambda p: p,
    lambda p: [p],
    lambda p: {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "x"}, p]},
    lambda p: {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": p}]},
    lambda p: {"@type": "WebPage", "mainEntity": p},
    lambda p: {**p, "@type": ["Product", "Thing"], "brand": "Lux"},
    lambda p: {**p, "offers": {"@type": "AggregateOffer", "lowPrice": 1, "offers": [OFFER]}},
    lambda p: {**p, "offers": [SPECIFIED]},
    lambda p: {"@graph": [{**p, "offers": {"@id": "#o"}}, {"@id": "#o", **OFFER}]},
]


@pytest.mark.parametrize("around", AROUND)
def test_schema_org_products_in_what_may_be_around_them(tmp_path: Path, around: Any) -> None:
    text = json.dumps(around(LAMP))
    check_lamp(only(load(tmp_path, "x.jsonld", text)))
    page = f'<!doctype html><html><head><script type="application/ld+json">{text}</script></head><body>x</body></html>'
    check_lamp(only(load(tmp_path, "x.html", page)))
    if text[0] == "{":
        check_lamp(only(load(tmp_path, "x.jsonl", text + "\n")))


def test_schema_org_groups_have_variants(tmp_path: Path) -> None:
    def variant(sku: str, colour: str, **more: Any) -> dict[str, Any]:
        return {"@type": "Product", "sku": sku, "name": f"Tee {colour}", "color": colour, "offers": OFFER, **more}

    group = {"@type": "ProductGroup", "productGroupID": "tee", "name": "Tee", "variesBy": "https://schema.org/color"}
    nested = {**group, "hasVariant": [variant("tee-r", "Red"), variant("tee-g", "Gray")]}
    apart = [variant("tee-r", "Red", isVariantOf=group), LAMP, variant("tee-g", "Gray", isVariantOf=group)]
    referred = {
        "@graph": [
            {**group, "hasVariant": [{"@id": "#r"}, {"@id": "#g"}]},
            {"@id": "#r", **variant("tee-r", "Red")},
            {"@id": "#g", **variant("tee-g", "Gray")},
        ]
    }
    for document in (nested, apart, referred):
        report = load(tmp_path, "x.json", json.dumps(document))
        tee = next(product for product in report.products if product.id == "tee")
        assert report.bad_rows == []
        assert tee.title == {"en": "Tee"}
        assert [(v.id, v.options) for v in tee.variants] == [
            ("tee-r", {"colour": "red"}),
            ("tee-g", {"colour": "grey"}),
        ]


def test_schema_org_without_a_price_is_bad(tmp_path: Path) -> None:
    nothing = {**LAMP, "sku": "none", "offers": []}
    report = load(tmp_path, "x.json", json.dumps([LAMP, nothing, {**LAMP, "sku": None}]))
    assert len(report.products) == 1
    assert [reason.partition(":")[0] for reason in reasons(report)] == ["sku", "offers"]


DUMP = [
    {
        "docid": 7,
        "title": "USB charger",
        "short_description": "Charges.",
        "supplier": "Volt",
        "price": 1999,
        "attr_t_plug_type": "EU",
        "attr_b_fast": True,
        "attr_n_ports": 2.0,
        "img_high": "https://x.test/7.jpg",
        "ean": ["123"],
        "nested": {"a": 1},
    },
    {"docid": 8, "title": "Cable", "price": "3.50", "category": "Electronics > Cables", "currency": "EUR", "stock": 4},
]


def test_dumps_with_names_of_their_own(tmp_path: Path) -> None:
    charger, cable = load(tmp_path, "dump.json", json.dumps(DUMP), price_unit="cents").products
    assert (charger.id, charger.brand, charger.type) == ("7", "", GENERIC_TYPE), "a supplier is no brand"
    assert charger.attributes == {"plug_type": "EU", "fast": "yes", "ports": "2", "ean": "123"}
    assert (charger.lowest_price, cable.lowest_price) == (Decimal("19.99"), Decimal("3.50"))
    assert (cable.category, cable.currency, cable.variants[0].stock) == (("electronics", "cables"), "EUR", 4)
    given = load(tmp_path, "dump.jsonl", "\n".join(map(json.dumps, DUMP))).products
    assert given[0].lowest_price == Decimal(1999)


def test_a_dump_with_some_of_googles_names_stays_a_dump(tmp_path: Path) -> None:
    row = {
        "id": 1,
        "title": "Fan",
        "price": 5,
        "link": "https://x.test",
        "availability": "in stock",
        "airflow": "90 m3",
    }
    assert only(load(tmp_path, "d.json", json.dumps([row]))).attributes == {"airflow": "90 m3"}


def test_cents_follow_the_currency(tmp_path: Path) -> None:
    rows = (
        "sku;name;price;currency;color\n1;Fan;1500;JPY;Gray\n2;Pan;1500;EUR;\n3;Can;15.00;EUR;\n4;Tan;1.299,00;EUR;\n"
    )
    prices = [p.lowest_price for p in load(tmp_path, "dump.csv", rows, price_unit="cents").products]
    assert prices == [Decimal(1500), Decimal(15), Decimal(15), Decimal(1299)]


def test_prices_as_they_are_written(tmp_path: Path) -> None:
    for given, amount, currency in (
        ("$1,299.00", "1299.00", "USD"),
        ("25,90 €", "25.90", "EUR"),
        ("1 299,5 EUR", "1299.5", "EUR"),
        ("CHF 1'000.50", "1000.50", "CHF"),
        ("1,299", "1299", "USD"),
        (19.989999999999998, "19.99", "USD"),
    ):
        found = only(load(tmp_path, "d.json", json.dumps([{"id": 1, "name": "x", "price": given}])))
        assert (found.lowest_price, found.currency) == (Decimal(amount), currency)
    for given in ("-1", "free", "1e999999", 10**20, True, "5 XYZ", "1.2.3", "NaN", "--5", "5 - 10", "¥99"):
        report = load(tmp_path, "d.json", json.dumps([DUMP[1], {"id": 1, "name": "x", "price": given}]))
        assert len(report.bad_rows) == 1, given


def test_a_sign_means_the_currency_of_the_feed_where_it_can(tmp_path: Path) -> None:
    for given, feed, meant in (
        ("￥99", "JPY", "JPY"),
        ("¥99", "CNY", "CNY"),
        ("$9", "CAD", "CAD"),
        ("$9", "EUR", "USD"),
    ):
        text = json.dumps([{"id": 1, "name": "x", "price": given}])
        assert only(load(tmp_path, "d.json", text, currency=feed)).currency == meant


def test_chinese_dumps(tmp_path: Path) -> None:
    rows = "商品编号,商品名称,价格,品牌,颜色\n1,保温杯,59.9,哈尔斯,蓝色\n"
    cup = only(load(tmp_path, "dump.csv", rows, currency="CNY"))
    assert (cup.title, cup.name("en"), cup.brand, cup.currency) == ({"zh": "保温杯"}, "保温杯", "哈尔斯", "CNY")
    assert load(tmp_path, "gbk.csv", rows.encode("gb18030"), currency="CNY", encoding="gb18030").products == [cup]
    assert load(tmp_path, "utf16.csv", rows.encode("utf-16-le"), currency="CNY").products == [cup]


def test_plain_xml_dumps(tmp_path: Path) -> None:
    fan = "<product><id>1</id><name>Fan</name><price>15</price><noise_level>9 dB</noise_level></product>"
    assert only(load(tmp_path, "p.xml", f"<products>{fan}</products>")).attributes == {"noise_level": "9 dB"}


def test_our_own_products_as_a_list(tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "id": "a",
        "title": {"zh": "杯子"},
        "brand": "b",
        "type": "mugs",
        "category": ["mugs"],
        "description": {},
    }
    own |= {"variants": [{"id": "a/1", "price": "5", "stock": 1}]}
    for value in ([own], {"products": [own]}):
        cup = only(load(tmp_path, "c.json", json.dumps(value)))
        assert (cup.name("en"), cup.currency) == ("杯子", "USD")
    assert only(load(tmp_path, "c.json", json.dumps([{**own, "title": "Cup"}]))).title == {"en": "Cup"}


def test_archives_and_directories_are_one_catalogue(tmp_path: Path) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    with zipfile.ZipFile(folder / "one.json.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", json.dumps(DUMP[:1]))
        archive.writestr("__MACOSX/._one.json", "junk")
    (folder / "two.json.gz").write_bytes(gzip.compress(json.dumps(DUMP[1:]).encode()))
    (folder / "judged.csv").write_text("query,docid\nx,1\n")
    (folder / "notes.md").write_text("hello")
    (folder / "notes.txt").write_text("hello, all\nof you")
    report = load_catalogue(folder)
    assert [product.id for product in report.products] == ["7", "8"]
    left_out = [warning.file for warning in report.warnings if "left out" in warning.reason]
    assert left_out == ["all/judged.csv", "all/notes.txt"]
    files = [folder / "two.json.gz", folder / "one.json.zip"]
    assert [product.id for product in load_catalogue(files).products] == ["8", "7"]


def test_files_of_different_formats_are_not_mixed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(DUMP))
    (tmp_path / "b.json").write_text(json.dumps(LAMP))
    with pytest.raises(FeedError, match="one format"):
        load_catalogue(tmp_path)


def test_what_is_no_catalogue_says_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="fields are a, b"):
        load(tmp_path, "x.csv", "a,b\n1,2\n")
    with pytest.raises(FeedError, match="is empty"):
        load(tmp_path, "x.csv", "")
