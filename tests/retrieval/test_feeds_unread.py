"""What a feed says in a way that is not known: the row waits or the load tells, in every format."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from retrieval.feeds import FeedError, LoadReport, load_catalogue
from retrieval.feeds.values import UNCOUNTED


def load(folder: Path, name: str, text: str, **options: Any) -> LoadReport:
    (folder / name).write_text(text, encoding="utf-8")
    return load_catalogue(folder / name, **options)


def rows(folder: Path, items: list[dict[str, Any]], **options: Any) -> LoadReport:
    return load(folder, "dump.json", json.dumps(items, default=str), **options)


def prices(report: LoadReport) -> dict[str, Decimal]:
    return {product.id: product.variants[0].price for product in report.products}


def stocks(report: LoadReport) -> dict[str, int]:
    return {product.id: product.variants[0].stock for product in report.products}


def notes(report: LoadReport) -> str:
    return "\n".join(warning.reason for warning in report.warnings)


def pot(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": f"p{number}", "name": f"Pot {number}", "price": "20.00", "currency": "EUR", **fields}


GOOGLE = (
    "id\ttitle\tprice\timage_link\tavailability\tquantity\texpiration_date\tsale_price\tsale_price_effective_date\n"
)


def google(folder: Path, *lines: str, **options: Any) -> LoadReport:
    return load(folder, "feed.tsv", GOOGLE + "".join(line.replace("|", "\t") + "\n" for line in lines), **options)


def test_google_words_that_are_not_known_sell_nothing(tmp_path: Path) -> None:
    report = google(
        tmp_path,
        "a|A|9 EUR|x.jpg|in stock||||",
        "b|B|9 EUR|x.jpg|auf Lager|4|||",
        "c|C|9 EUR|x.jpg|maybe|4|||",
        "d|D|9 EUR|x.jpg|épuisé||||",
        "e|E|9 EUR|x.jpg|in stock|lots of them|||",
        "f|F|9 EUR|x.jpg|preorder|4|||",
    )
    assert stocks(report) == {"a": UNCOUNTED, "b": 4, "c": 0, "d": 0, "f": 0}
    assert [row.line for row in report.bad_rows] == [6]
    assert "'maybe' is not a word that is known" in notes(report) and "ordered ahead" in notes(report)


def test_google_offers_that_are_over_are_left_out_and_counted(tmp_path: Path) -> None:
    report = google(
        tmp_path,
        "a|A|9 EUR|x.jpg|in stock||2020-01-01T00:00+0100||",
        "b|B|9 EUR|x.jpg|in stock||2999-01-01||",
        "c|C|9 EUR|x.jpg|in stock||soon||",
    )
    assert prices(report) == {"b": Decimal(9)}
    assert "1 product is not for sale" in notes(report)
    assert [(row.line, row.reason.partition(":")[0]) for row in report.bad_rows] == [(4, "expiration_date")]


def test_google_sales_whose_dates_cannot_be_read_are_off(tmp_path: Path) -> None:
    report = google(
        tmp_path,
        "a|A|9 EUR|x.jpg|in stock|||7 EUR|2020-01-01/2999-01-01",
        "b|B|9 EUR|x.jpg|in stock|||7 EUR|all summer",
        "c|C|9 EUR|x.jpg|in stock|||0 EUR|",
        "d|D|9 EUR|x.jpg|in stock|||7 EUR|",
    )
    assert prices(report) == {"a": Decimal(7), "b": Decimal(9), "c": Decimal(9), "d": Decimal(7)}
    assert "'all summer'" in notes(report) and "sale price of 0" in notes(report)


SHOPIFY = "Handle,Title,Published,Status,Option1 Name,Option1 Value,Variant Inventory Tracker,Variant Inventory Qty,"
SHOPIFY += "Variant Inventory Policy,Variant Price,Cost per item\n"


def test_shopify_drafts_in_the_words_of_spreadsheets(tmp_path: Path) -> None:
    lines = "".join(
        f"h{at},Hat {at},{published},{status},Title,Default Title,shopify,3,deny,12.00,4.00\n"
        for at, (published, status) in enumerate(
            [
                ("WAHR", "active"),
                ("FALSCH", "active"),
                ("FAUX", ""),
                ("нет", ""),
                ("VERO", "Draft"),
                ("是", "ACTIVE"),
                ("0", ""),
            ]
        )
    )  # fmt: skip
    report = load(
        tmp_path, "export.csv", SHOPIFY + lines + "h9,Hat,perhaps,active,Title,Default Title,,,deny,12.00,4\n"
    )
    assert [product.id for product in report.products] == ["h0", "h5"]
    assert "5 products are not for sale" in notes(report)
    (bad,) = report.bad_rows
    assert bad.line == 9 and "perhaps" in bad.reason
    assert all(not product.attributes for product in report.products)


WOO = (
    "ID,Type,SKU,Name,Published,Date sale price starts,Date sale price ends,In stock?,Stock,Sale price,Regular price\n"
)


def test_woocommerce_dates_of_a_sale_in_the_order_of_the_feed(tmp_path: Path) -> None:
    def one(*dates: str, **options: Any) -> tuple[dict[str, Decimal], str]:
        lines = "".join(f"{at},simple,s{at},S,1,,{date},1,,8,10\n" for at, date in enumerate(dates))
        report = load(tmp_path, "wc.csv", WOO + lines, **options)
        return prices(report), notes(report)

    found, said = one("05/06/2999", "31/12/2999")
    assert set(found.values()) == {Decimal(8)} and "day first" in said
    assert "month first" in one("05/06/2999", "12/31/2999")[1]
    today = "02/03/2999"
    assert one(today)[0] == {"s0": Decimal(8)}, "in the future either way"
    assert "day first" not in one("05/06/2999", "31/12/2999", locale="en-US")[1]
    found, said = one("next week", "2001-01-01", "0000-00-00")
    assert found == {"s0": Decimal(10), "s1": Decimal(10), "s2": Decimal(8)} and "'next week'" in said
    one_more = load(tmp_path, "wc.csv", WOO + "1,simple,s1,S,1,,2999-12-31,1,,8,10\n").products[0].variants[0]
    assert (one_more.list_price, one_more.sale_ends) == (Decimal(10), date(2999, 12, 31))


def test_woocommerce_backorders_and_unknown_words(tmp_path: Path) -> None:
    lines = "".join(
        f"{at},simple,s{at},S,{published},,,{says},{left},,10\n"
        for at, (published, says, left) in enumerate(
            [("1", "1", "5"), ("1", "backorder", ""), ("1", "onbackorder", "4"), ("1", "eventually", "4"),
        ("WAHR", "WAHR", ""), ("-1", "1", ""),
             ("FALSCH", "1", "")]
        )
    )  # fmt: skip
    report = load(tmp_path, "wc.csv", WOO + lines + "9,simple,s9,S,sometimes,,,1,,,10\n10,simple,s10,S,1,,,1,abc,,10\n")
    assert stocks(report) == {"s0": 5, "s1": 0, "s2": 0, "s3": 0, "s4": UNCOUNTED}
    assert [row.line for row in report.bad_rows] == [9, 10]


MAGENTO = "sku,store_view_code,product_type,name,product_online,visibility,price,special_price,special_price_from_date,"
MAGENTO += "special_price_to_date,additional_attributes,qty,is_in_stock\n"


def test_magento_dates_stock_and_visibility(tmp_path: Path) -> None:
    def line(sku: str, *, online: str = "1", ends: str = "", qty: str = "5", seen: str = "Catalog, Search") -> str:
        return f'{sku},,simple,T,{online},"{seen}",100,80,,"{ends}","cost=12,material=Wool",{qty},1\n'

    lines = [
        line("a", ends="31.12.2999"),
        line("b", ends="12/31/2999"),
        line("c", ends="2999-12-31T00:00:00"),
        line("d", ends="12/31/99, 12:00 AM"),
        line("e", ends="whenever"),
        line("f", online="2"),
        line("g", online="disabled"),
        line("h", seen="Nicht einzeln sichtbar"),
        line("i", qty="viele"),
        line("j", online="who knows"),
        line("k", ends="01.01.2020, 00:00"),
        line("l", qty="3.0000"),
    ]
    report = load(tmp_path, "products.csv", MAGENTO + "".join(lines))
    assert {id: int(price) for id, price in prices(report).items()} == {
        "a": 80, "b": 80, "c": 80, "d": 80, "e": 100, "k": 100, "l": 80
    }  # fmt: skip
    assert stocks(report)["l"] == 3
    assert [row.line for row in report.bad_rows] == [10, 11]
    assert "'whenever'" in notes(report) and "3 products are not for sale" in notes(report)
    assert all(product.attributes == {"material": "Wool"} for product in report.products)


def offers(folder: Path, offer: Any) -> LoadReport:
    lamp = {"@type": "Product", "sku": "lamp", "name": "Lamp", "offers": offer}
    other = {"@type": "Product", "sku": "other", "name": "Other", "offers": {"price": "1.00", "priceCurrency": "EUR"}}
    return load(folder, "page.json", json.dumps([lamp, other]))


def spec(kind: str, price: str, **more: Any) -> dict[str, Any]:
    return {"@type": "UnitPriceSpecification", "priceType": kind, "price": price, "priceCurrency": "EUR", **more}


@pytest.mark.parametrize(
    ("specifications", "paid"),
    [
        ([spec("https://schema.org/ListPrice", "50.00"), spec("https://schema.org/SalePrice", "35.00")], "35.00"),
        ([spec("https://schema.org/StrikethroughPrice", "50.00"), spec("", "35.00")], "35.00"),
        ([spec("", "35.00"), spec("https://schema.org/MSRP", "50.00")], "35.00"),
        ([spec("RegularPrice", "50.00"), spec("SalePrice", "35.00", validThrough="2020-01-01")], "50.00"),
        ([spec("", "30.00", validForMemberTier={"name": "gold"}), spec("", "35.00")], "35.00"),
        ([spec("", "3.50", referenceQuantity={"value": 100, "unitCode": "GRM"}), spec("", "35.00")], "35.00"),
        ([spec("", "30.00", eligibleQuantity={"minValue": 10}), spec("", "35.00")], "35.00"),
        ([spec("", "35.00"), spec("", "40.00")], None),
        ([spec("", "50.00", name="UVP"), spec("", "35.00")], "35.00"),
        ([spec("", "35.00", valueAddedTaxIncluded=True), spec("", "29.41", valueAddedTaxIncluded=False)], "35.00"),
        ([spec({"@id": "https://schema.org/ListPrice"}, "50.00"), spec("", "35.00")], "35.00"),  # type: ignore[arg-type]
    ],
)
def test_the_price_that_is_paid_of_several(tmp_path: Path, specifications: list[Any], paid: str | None) -> None:
    report = offers(tmp_path, {"@type": "Offer", "priceSpecification": specifications})
    assert prices(report).get("lamp") == (paid if paid is None else Decimal(paid))
    assert bool(report.bad_rows) is (paid is None)


def test_an_offer_whose_own_price_is_crossed_out(tmp_path: Path) -> None:
    listed = [spec("https://schema.org/ListPrice", "50.00"), spec("", "35.00")]
    on_sale = spec("https://schema.org/SalePrice", "35.00")
    for offer in (
        {"price": 50, "priceSpecification": listed},
        {"price": 50, "priceCurrency": "EUR", "priceSpecification": on_sale},
        {"price": 35, "priceCurrency": "EUR", "priceSpecification": listed},
    ):
        (variant,) = offers(tmp_path, offer).products[0].variants
        assert (variant.price, variant.list_price) == (35, 50), offer


def test_our_own_products_are_read_by_the_same_rule(tmp_path: Path) -> None:
    def own(price: object, currency: str = "EUR") -> dict[str, Any]:
        variants = [{"id": "v", "price": price, "stock": 1}]
        fields = {"brand": "b", "type": "mugs", "category": ["mugs"], "description": {}, "currency": currency}
        return {"id": "a", "title": {"en": "Mug"}, "variants": variants, **fields}

    for price, currency, right in (
        ("12,50", "EUR", "12.50"),
        ("1.299,00 €", "EUR", "1299.00"),
        (1.299, "EUR", "1.299"),
    ):
        report = load(tmp_path, "own.json", json.dumps([own(price, currency)]))
        assert prices(report) == {"a": Decimal(right)}
    with pytest.raises(FeedError, match="is in EUR"):
        load(tmp_path, "own.json", json.dumps([own("5 €", "USD")]))
    header = "id,title_en,brand,type,category,attributes,variant_id,price,stock,colour,picture\n"
    report = load(tmp_path, "own.csv", header + 'cup,Cup,A,mugs,home,,v,"1.299,00 €",3,,\n')
    assert prices(report) == {"cup": Decimal("1299.00")} and report.products[0].currency == "EUR"


def test_a_range_of_prices_is_no_price(tmp_path: Path) -> None:
    for offer in ({"lowPrice": "5.00", "highPrice": "9.00"}, {"lowPrice": "5.00"}, {"price": "from 5.00"}):
        report = offers(tmp_path, {"@type": "AggregateOffer", "priceCurrency": "EUR", **offer})
        assert "lamp" not in prices(report) and len(report.bad_rows) == 1, offer
    for offer in ({"lowPrice": "5.00", "highPrice": "5.00"}, {"lowPrice": "5.00", "offerCount": 1}):
        assert prices(offers(tmp_path, {"priceCurrency": "EUR", **offer}))["lamp"] == 5


def test_schema_org_offers_that_are_over_or_not_available(tmp_path: Path) -> None:
    offer = {"price": "5.00", "priceCurrency": "EUR"}
    for more in (
        {"validThrough": "2020-01-01"},
        {"availabilityEnds": "2020-01-01T00:00:00Z"},
        {"validFrom": "2999-01-01"},
    ):
        report = offers(tmp_path, {**offer, **more})
        assert "lamp" not in prices(report) and "1 product is not for sale" in notes(report), more
    for says, there in (
        ("https://schema.org/InStock", UNCOUNTED),
        ("http://schema.org/LimitedAvailability", 1),
        ("https://schema.org/SoldOut", 0),
        ("PreSale", 0),
        ("https://schema.org/OnlineOnly", UNCOUNTED),
        ("https://schema.org/InStoreOnly", 0),
        ("https://schema.org/Whatever", 0),
        ({"@id": "https://schema.org/InStock"}, UNCOUNTED),
    ):
        assert stocks(offers(tmp_path, {**offer, "availability": says}))["lamp"] == there, says


def test_dumps_say_in_many_ways_that_something_is_not_for_sale(tmp_path: Path) -> None:
    off = [
        {"status": "draft"}, {"status": "Archiviert"}, {"published": "FALSCH"}, {"active": 0},
        {"is_active": "no"}, {"visible": "нет"}, {"hidden": True},
        {"deleted_at": "2024-01-01"}, {"is_deleted": 1}, {"expires": "2020-01-01"},
        {"valid_until": "31.12.2020"}, {"published": "2999-01-01"}, {"上架": "否"},
    ]  # fmt: skip
    on = [
        {"status": "active"}, {"status": "bestseller"}, {"published": "WAHR"}, {"active": 1}, {"hidden": False},
        {"hidden": "nein"}, {"deleted_at": None},
        {"expires": "2999-01-01"}, {"published": "2020-01-01"}, {"visible": ""},
    ]  # fmt: skip
    unread: list[dict[str, Any]] = [{"published": "sort of"}, {"hidden": "sort of"}, {"expires": "some day"}]
    report = rows(tmp_path, [pot(at, **fields) for at, fields in enumerate([*off, *on, *unread])])
    assert [product.id for product in report.products] == [f"p{at}" for at in range(len(off), len(off) + len(on))]
    assert f"{len(off)} products are not for sale" in notes(report)
    assert len(report.bad_rows) == len(unread)


def test_dumps_sell_at_the_sale_price_while_it_lasts(tmp_path: Path) -> None:
    report = rows(
        tmp_path,
        [
            pot(0, sale_price="15.00"),
            pot(1, sale_price="15.00", sale_ends="2020-01-01"),
            pot(2, sale_price="15.00", sale_starts="2999-01-01"),
            pot(3, sale_price="15.00", sale_ends="one day"),
            pot(4, sale_price="0"),
            pot(5, sale_price="25.00"),
            pot(6, list_price="about 30"),
            pot(7, list_price="30.00"),
        ],
    )
    assert [int(price) for price in prices(report).values()] == [15, 20, 20, 20, 20, 20, 20, 20]
    assert [str(p.variants[0].list_price) for p in report.products] == ["20.00", *["None"] * 6, "30.00"]
    assert "'one day'" in notes(report) and "'about 30'" in notes(report)


def test_dumps_with_stock_in_words_and_odd_numbers(tmp_path: Path) -> None:
    says = ["10+", "> 20", "sold out", "売り切れ", "vorbestellbar", "low", "12,0", "∞", "5 Stück", True, "no idea"]
    report = rows(tmp_path, [pot(at, stock=text) for at, text in enumerate(says)])
    assert list(stocks(report).values()) == [10, 20, 0, 0, 0, 1, 12, 5, UNCOUNTED]
    assert ["stock" in row.reason for row in report.bad_rows] == [True, True]


def test_dumps_that_hold_their_variants_read_prices_and_stock_by_the_same_rule(tmp_path: Path) -> None:
    amounts: list[Any] = [
        {"centAmount": 3450, "currencyCode": "EUR"},
        {"price": "3450", "currency_code": "EUR", "currency_minor_unit": 2},
    ]
    variants = [
        {"sku": f"v{at}", "size": str(at), "price": price, "stock": {"quantity": 3}} for at, price in enumerate(amounts)
    ]
    (product,) = rows(tmp_path, [{"id": "p", "name": "P", "variants": variants}]).products
    assert [(str(v.price), v.stock) for v in product.variants] == [("34.50", 3), ("34.50", 3)]
    lost = [
        *variants,
        {"sku": "v9", "size": "9", "price": "from 5", "stock": 3},
        {"sku": "v8", "size": "8", "price": 5, "stock": "some day"},
    ]
    report = rows(tmp_path, [{"id": "p", "name": "P", "variants": lost}])
    assert [len(product.variants) for product in report.products] == [2] and len(report.bad_rows) == 2


def test_variants_in_several_currencies_are_no_product(tmp_path: Path) -> None:
    shopify = SHOPIFY + "hat,Hat,true,active,Size,S,,,,12 €,\nhat,,,,,M,,,,$14,\ncap,Cap,true,active,,,,,,5 €,\n"
    report = load(tmp_path, "export.csv", shopify)
    assert [product.id for product in report.products] == ["cap"]
    assert "differs between the variants" in report.bad_rows[0].reason


def test_shopify_stock_that_is_tracked_elsewhere_is_told(tmp_path: Path) -> None:
    lines = (
        "a,A,true,active,,,shopify,,deny,5 €,\nb,B,true,active,,,shopify,-3,continue,5 €,\nc,C,true,active,,,,,,5 €,\n"
    )
    report = load(tmp_path, "export.csv", SHOPIFY + lines)
    assert stocks(report) == {"a": 0, "b": UNCOUNTED, "c": UNCOUNTED}
    assert "says no quantity" in notes(report) and "sold beyond its stock" in notes(report)


def test_a_price_in_xml_may_have_its_currency_beside_it(tmp_path: Path) -> None:
    item = '<item><id>{0}</id><title>T</title><price currency="{1}">12,50</price><link>x</link><gtin>1</gtin>'
    item += "<availability>in stock</availability></item>"
    items = "".join(item.format(at, code) for at, code in enumerate(["EUR", "zł", "XYZ"]))
    report = load(tmp_path, "feed.xml", f"<rss><channel>{items}</channel></rss>")
    assert [(p.currency, p.variants[0].price) for p in report.products] == [
        ("EUR", Decimal("12.50")),
        ("PLN", Decimal("12.50")),
    ]
    assert len(report.bad_rows) == 1


def test_what_is_the_shops_own_business_is_kept_back_and_named(tmp_path: Path) -> None:
    private = {"cost_price": "9", "Lieferant-Telefon": "1", "毛利": "5%", "notes": "ask buyer@shop.example"}
    report = rows(tmp_path, [pot(1, material="clay", **private)])
    assert report.products[0].attributes == {"material": "clay"}
    assert "kept back, as the shop's own business: cost_price" in notes(report)
    assert "shown to customers as attributes: material" in notes(report)


def test_prices_that_name_no_currency_are_told(tmp_path: Path) -> None:
    items = [{"id": f"n{at}", "name": f"N {at}", "price": 5} for at in range(3)]
    report = rows(tmp_path, items)
    assert {product.currency for product in report.products} == {"USD"}
    assert "no currency are taken as USD; say it (--currency) to change that (3 times)" in notes(report)
    report = rows(tmp_path, items, currency="SEK")
    assert {product.currency for product in report.products} == {"SEK"}
    assert "currency" not in notes(report), "it was said"
    report = rows(tmp_path, items, locale="de-DE")
    assert {product.currency for product in report.products} == {"EUR"}
    assert "no currency are in EUR, as in the locale de-DE (3 times)" in notes(report)
    assert "taken as USD" in notes(rows(tmp_path, items, locale="de")), "no country, no currency"
    shown = rows(tmp_path, [*items, {"id": "n9", "name": "N", "price": "5 zł"}])
    assert {product.currency for product in shown.products} == {"PLN"}, "as the other rows show"
    assert {p.currency for p in rows(tmp_path, [{"id": 1, "name": "保温杯", "price": "￥59"}]).products} == {"CNY"}
    assert {p.currency for p in rows(tmp_path, [{"id": 1, "name": "マグカップ", "price": "￥590"}]).products} == {"JPY"}
    for wrong in ({"currency": "XYZ"}, {"locale": "xx-YY"}):
        with pytest.raises(FeedError, match=r"XYZ|xx-YY"):
            rows(tmp_path, items, **wrong)


def test_marks_of_numbers_are_those_of_the_feed(tmp_path: Path) -> None:
    def read(*written: str, **options: Any) -> list[str]:
        report = rows(tmp_path, [pot(at, price=text) for at, text in enumerate([*written, "5"])], **options)
        found = prices(report)
        return [str(found.get(f"p{at}", "bad")) for at in range(len(written))]

    assert read("1.450") == ["1450"]
    by_point = [rows(tmp_path, [pot(1, price="1.450 €")], **said) for said in ({}, {"locale": "de-DE"})]
    assert ["say the locale (--locale)" in notes(report) for report in by_point] == [True, False]
    assert read("1.450", "19,90") == ["1450", "19.90"]
    assert read("1.450", "19.90") == ["bad", "19.90"]
    assert read("1.450", "19.90", locale="de-DE") == ["1450", "19.90"]
    written = ["19.90 USD", "1.450 €", "1,450 zł", "9,90 zł", "¥1,450 JPY"]
    mixed = rows(tmp_path, [{"id": at, "name": "N", "price": text} for at, text in enumerate(written)])
    assert [str(product.lowest_price) for product in mixed.products] == ["19.90", "1450", "9.90", "1450"]
    assert ["1,450" in row.reason for row in mixed.bad_rows] == [True]
    assert read("1.450", "0.999") == ["1.450", "0.999"]
    assert read("1,450", "19.90") == ["1450", "19.90"]
    assert read("1,450", "19,90") == ["bad", "19.90"]
    assert read("19&nbsp;€", "<b>1.450,00&nbsp;&euro;</b>", "2 x 5") == ["19", "1450.00", "bad"]


def test_a_number_keeps_its_point_in_every_format_that_json_has(tmp_path: Path) -> None:
    dump = {"id": "d", "name": "D", "price": 12.605, "currency": "EUR", "material": "clay"}
    grouped = {**dump, "parent_sku": "g"}
    variants = [{"id": 2, "price": 12.605, "sku": "s", "option1": "S"}]
    shopify = {
        "id": 1,
        "title": "S",
        "handle": "s",
        "body_html": "x",
        "vendor": "V",
        "product_type": "T",
        "variants": variants,
    }
    nested = {**dump, "variants": [{"sku": "n", "size": "S", "price": 12.605}]}
    for item in (dump, grouped, nested, shopify):
        report = load(tmp_path, "one.json", json.dumps([item]), currency="EUR")
        assert [product.lowest_price for product in report.products] == [Decimal("12.605")]


def test_a_price_of_nothing_is_told(tmp_path: Path) -> None:
    assert "price: is 0" in notes(rows(tmp_path, [pot(1, price=0)]))


def test_notes_about_the_whole_are_kept_whatever_else_is_noted(tmp_path: Path) -> None:
    lines = "".join(f"c{at},Cup,Acme,mugs,home,,v{at},9.50,3,red,lost{at}.svg\n" for at in range(1_100))
    header = "id,title_en,brand,type,category,attributes,variant_id,price,stock,colour,picture\n"
    report = load(tmp_path, "own.csv", header + lines)
    assert report.warnings_total > 1_100
    assert "no currency are taken as USD" in report.warnings[0].reason
