"""WooCommerce's exports: in other languages, with choices left open, and WordPress's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.feeds import FeedError
from tests.feed_files import load, notes, only, options, reasons

COLUMNS = (
    "ID,Type,SKU,Name,Published,Visibility in catalog,In stock?,Stock,Regular price,Categories,Parent,Weight (kg),"
    "Height (cm),GTIN,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)"
)


def row(**fields: str) -> str:
    held = {
        "Type": "simple",
        "Published": "1",
        "Visibility in catalog": "visible",
        "In stock?": "1",
        "Regular price": "10",
    }
    held |= {name.replace("_", " "): value for name, value in fields.items()}
    names = COLUMNS.split(",")
    assert set(held) <= set(names)
    return ",".join(f'"{held.get(name, "")}"' for name in names)


def table(*rows: dict[str, str]) -> str:
    return "\n".join([COLUMNS, *(row(**fields) for fields in rows)]) + "\n"


@pytest.mark.parametrize(
    ("visibility", "seen"), [("visible", True), ("catalog", True), ("search", True), ("hidden", False)]
)
def test_hidden_products_are_left_out_and_counted(tmp_path: Path, visibility: str, seen: bool) -> None:
    rows = ({"SKU": "a", "Name": "Lamp"}, {"SKU": "b", "Name": "Rug", "Visibility_in_catalog": visibility})
    report = load(tmp_path, "w.csv", table(*rows))
    assert [p.id for p in report.products] == (["a", "b"] if seen else ["a"])
    assert ("1 product is not for sale" in notes(report)) is not seen


def test_a_simple_product_s_one_colour_and_size_are_options(tmp_path: Path) -> None:
    colour = {"Attribute_1_name": "Couleur", "Attribute_1_value(s)": "Vert", "Attribute_2_name": "Size"}
    rug = only(load(tmp_path, "w.csv", table({"SKU": "a", "Name": "Rug", **colour, "Attribute_2_value(s)": "L, XL"})))
    assert options(rug) == {"a": {"colour": "vert"}} and rug.attributes == {"size": "L, XL"}


def test_measures_and_barcodes_are_attributes(tmp_path: Path) -> None:
    text = table({"SKU": "a", "Name": "Rug", "Weight_(kg)": "1,25", "Height_(cm)": "3", "GTIN": "4006381333931"})
    assert only(load(tmp_path, "w.csv", text)).attributes == {
        "weight": "1.25 kg",
        "height": "3 cm",
        "gtin": "4006381333931",
    }
    text = table({"SKU": "a", "Name": "Rug", "GTIN": "4.00638E+12"})
    assert only(load(tmp_path, "w.csv", text)).attributes == {}


def variable(values: str, *variations: dict[str, str]) -> str:
    parent = {"ID": "1", "Type": "variable", "SKU": "rug", "Name": "Rug", "Regular_price": ""}
    parent |= {"Attribute_1_name": "Color", "Attribute_1_value(s)": "Red, Blue"}
    parent |= {"Attribute_2_name": "Length", "Attribute_2_value(s)": values}
    kinds = {"Type": "variation", "Parent": "rug", "Attribute_1_name": "Color", "Attribute_2_name": "Length"}
    return table(parent, *({"Name": "Rug", **kinds, **variation} for variation in variations))


def test_escaped_commas_are_commas(tmp_path: Path) -> None:
    made = {"Attribute_1_value(s)": "Red", "Attribute_2_value(s)": r"1\,5 m"}
    rug = only(load(tmp_path, "w.csv", variable(r"1\,5 m, 2 m", {"SKU": "a", **made})))
    assert options(rug) == {"a": {"colour": "red", "length": "1,5 m"}}


def test_a_variation_for_any_choice_is_one_variant_for_each(tmp_path: Path) -> None:
    any_red = {"SKU": "red", "Attribute_1_value(s)": "Red", "Attribute_2_value(s)": ""}
    long_red = {"SKU": "long", "Attribute_1_value(s)": "Red", "Attribute_2_value(s)": "3 m", "Regular_price": "30"}
    rug = only(load(tmp_path, "w.csv", variable("1 m, 2 m, 3 m", any_red, long_red)))
    assert {tuple(v.options.values()): (v.id, str(v.price)) for v in rug.variants} == {
        ("red", "3 m"): ("long", "30"),
        ("red", "1 m"): ("red/1_m", "10"),
        ("red", "2 m"): ("red/2_m", "10"),
    }, "one for a choice goes before one for any"
    both = {"SKU": "any", "Attribute_1_value(s)": "", "Attribute_2_value(s)": ""}
    assert len(only(load(tmp_path, "w.csv", variable("1 m, 2 m, 3 m", both))).variants) == 6


def test_a_variation_that_does_not_even_name_a_choice_is_for_any(tmp_path: Path) -> None:
    for_all = {"SKU": "red", "Attribute_1_value(s)": "Red", "Attribute_2_name": ""}
    one = {"SKU": "blue", "Attribute_1_value(s)": "Blue", "Attribute_2_value(s)": "1 m"}
    rug = only(load(tmp_path, "w.csv", variable("1 m, 2 m", for_all, one)))
    assert sorted(tuple(v.options.values()) for v in rug.variants) == [("blue", "1 m"), ("red", "1 m"), ("red", "2 m")]


def test_what_woocommerce_guards_from_spreadsheets_is_as_it_was(tmp_path: Path) -> None:
    fields = {"SKU": "'-1", "Name": "'+Plus lamp", "Attribute_1_name": "Note", "Attribute_1_value(s)": "'=5"}
    lamp = only(load(tmp_path, "w.csv", table(fields)))
    assert (lamp.id, lamp.title, lamp.attributes) == ("-1", {"en": "+Plus lamp"}, {"note": "=5"})


def test_a_variation_that_stands_for_too_much_is_a_bad_row(tmp_path: Path) -> None:
    many = ", ".join(f"{number} m" for number in range(600))
    with pytest.raises(FeedError, match="more than 500"):
        load(tmp_path, "w.csv", variable(many, {"SKU": "a", "Attribute_1_value(s)": "Red"}))


def test_skus_that_a_spreadsheet_cut_off_give_way_to_ids(tmp_path: Path) -> None:
    rows = [{"ID": str(number), "SKU": "4.00638E+12", "Name": name} for number, name in ((7, "Lamp"), (8, "Rug"))]
    report = load(tmp_path, "w.csv", table(*rows))
    assert [(p.id, p.variants[0].id) for p in report.products] == [("7", "7"), ("8", "8")]
    assert "2 ids look like what a spreadsheet makes" in notes(report)


HEADERS = {
    "German": "ID,Typ,Artikelnummer,Name,Veröffentlicht,Sichtbarkeit im Katalog,Beschreibung,Vorrätig?,Bestand,"
    "Gewicht (kg),Angebotspreis,Regulärer Preis,Kategorien,Übergeordnetes Produkt,Marken,Attribut 1 Name,"
    "Attribut 1 Wert(e)",
    "French": "ID,Type,UGS,Nom,Publié,Visibilité dans le catalogue,Description,En stock ?,Stock,Poids (kg),"
    "Tarif promo,Tarif régulier,Catégories,Parent,Marques,Nom de l’attribut 1,Valeur(s) de l’attribut 1",
    "Spanish": "ID,Tipo,SKU,Nombre,Publicado,Visibilidad en el catálogo,Descripción,¿Existencias?,Inventario,Peso (kg),"
    "Precio rebajado,Precio normal,Categorías,Superior,Marcas,Nombre del atributo 1,Valor(es) del atributo 1",
    "Dutch": "ID,Type,Artikelnummer,Naam,Gepubliceerd,Zichtbaarheid in catalogus,Beschrijving,Op voorraad?,Voorraad,"
    "Gewicht (kg),Actieprijs,Reguliere prijs,Categorieën,Hoofd,Merken,Naam eigenschap 1,Waarde eigenschap 1",
    "Italian": "ID,Tipo,COD,Nome,Pubblicato,Visibilità nel catalogo,Descrizione,In stock?,Magazzino,Peso (kg),"
    "Prezzo in offerta,Prezzo di listino,Categorie,Genitore,Marchi,Nome dell'attributo 1,Valore(i) dell'attributo 1",
    "Polish": "ID,Typ,SKU,Nazwa,Opublikowano,Widoczność w katalogu,Opis,W magazynie?,Stan magazynowy,Waga (kg),"
    "Cena promocyjna,Cena,Kategorie,Element nadrzędny,Marki,Nazwa atrybutu 1,Wartości atrybutu 1",
}


@pytest.mark.parametrize("language", HEADERS)
def test_exports_in_the_exporter_s_language(tmp_path: Path, language: str) -> None:
    rows = [
        '1,variable,RUG,Teppich,1,visible,Weich.,1,,"1,5",,,Home > Rugs,,Fjord,Farbe,"Rot, Blau"',
        '2,variation,R-r,Teppich,1,visible,,1,4,,,"24,90",,RUG,,Farbe,Rot',
        '3,variation,R-b,Teppich,1,visible,,0,0,,"19,90","24,90",,RUG,,Farbe,Blau',
        '4,simple,OLD,Alt,0,visible,,1,4,,,"5",,,,,',
        '5,simple,HID,Geheim,1,hidden,,1,4,,,"5",,,,,',
    ]
    rug = only(load(tmp_path, "w.csv", "\n".join([HEADERS[language], *rows]) + "\n", currency="EUR"))
    assert (rug.id, rug.brand, rug.category, rug.attributes) == ("RUG", "Fjord", ("home", "rugs"), {"weight": "1.5 kg"})
    assert [(v.id, v.options, str(v.price), v.stock) for v in rug.variants] == [
        ("R-r", {"colour": "rot"}, "24.90", 4),
        ("R-b", {"colour": "blau"}, "19.90", 0),
    ]


def test_a_list_in_another_language_is_no_export(tmp_path: Path) -> None:
    report = load(tmp_path, "list.csv", "SKU;Nazwa;Cena;Typ\nL1;Lampa;20;stojąca\n")
    assert only(report).attributes == {"typ": "stojąca"}


WXR = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>Tiny</title><wp:category><wp:cat_name>News</wp:cat_name></wp:category>{posts}</channel></rss>"""


def post(id: int, title: str, kind: str = "product", status: str = "publish", parent: int = 0, **more: str) -> str:
    meta = "".join(
        f"<wp:postmeta><wp:meta_key>{name}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for name, value in more.items()
        if name.startswith(("_", "attribute"))
    )
    terms = "".join(
        f'<category domain="{domain}" nicename="{name.lower()}"><![CDATA[{name}]]></category>'
        for domain, names in more.items()
        if not domain.startswith(("_", "attribute"))
        for name in names.split("|")
    )
    return (
        f"<item><title>{title}</title><content:encoded><![CDATA[<p>About {title}.</p>]]></content:encoded>"
        f"<excerpt:encoded>Short.</excerpt:encoded><wp:post_id>{id}</wp:post_id><wp:status>{status}</wp:status>"
        f"<wp:post_parent>{parent}</wp:post_parent><wp:post_type>{kind}</wp:post_type>{terms}{meta}</item>"
    )


def test_wordpress_exports_hold_products(tmp_path: Path) -> None:
    posts = [
        *(post(100 + number, "News", kind="post") for number in range(60)),
        post(1, "Rug", product_cat="Rugs", product_type="variable", pa_color="Red|Blue", _sku="RUG", _price="9"),
        post(2, "Rug red", "product_variation", parent=1, attribute_pa_color="red", _regular_price="9.50", _stock="3"),
        post(
            3,
            "Rug blue",
            "product_variation",
            parent=1,
            attribute_pa_color="blue",
            _price="9",
            _stock_status="outofstock",
        ),
        post(4, "Draft", status="draft", _price="1"),
        post(5, "Hidden", product_visibility="exclude-from-catalog|exclude-from-search", _price="1"),
        post(
            6,
            "Lamp",
            _price="7",
            _product_attributes='a:1:{s:1:"w";a:2:{s:4:"name";s:5:"Watts";s:5:"value";s:2:"40";}}',
        ),
    ]
    report = load(tmp_path, "export.xml", WXR.format(posts="".join(posts)))
    rug, lamp = report.products
    assert (rug.id, rug.category, rug.description) == ("RUG", ("rugs",), {"en": "About Rug."})
    assert [(v.options, str(v.price), v.stock) for v in rug.variants] == [
        ({"colour": "red"}, "9.50", 3),
        ({"colour": "blue"}, "9", 0),
    ]
    assert (lamp.id, lamp.attributes) == ("6", {"watts": "40"})
    assert "2 products are not for sale" in notes(report) and reasons(report) == []


REST: dict[str, Any] = {
    "id": 1,
    "name": "Rug",
    "permalink": "https://x.test/rug",
    "type": "variable",
    "status": "publish",
    "catalog_visibility": "visible",
    "sku": "RUG",
    "price": "19.90",
    "regular_price": "",
    "stock_status": "instock",
    "dimensions": {"length": "200", "width": "140", "height": ""},
    "weight": "1.5",
    "categories": [{"id": 9, "name": "Rugs"}],
    "attributes": [
        {"name": "Color", "variation": True, "options": ["Red", "Blue"]},
        {"name": "Pile", "variation": False, "options": ["1,5 cm"]},
    ],
    "variations": [2, 3],
}
VARIATIONS = [
    {
        "id": number,
        "sku": f"R-{colour}",
        "price": "19.90",
        "regular_price": "24.90",
        "sale_price": "19.90",
        "parent_id": 1,
    }
    | {"permalink": "x", "stock_status": status, "attributes": [{"name": "Color", "option": colour}]}
    for number, colour, status in ((2, "Red", "instock"), (3, "Blue", "outofstock"))
]


@pytest.mark.parametrize("items", [[REST, *VARIATIONS], [*VARIATIONS, REST], [{**REST, "variations": VARIATIONS}]])
def test_products_as_its_interfaces_give_them(tmp_path: Path, items: list[dict[str, Any]]) -> None:
    rug = only(load(tmp_path, "w.json", json.dumps(items), currency="EUR"))
    assert (rug.id, rug.title, rug.category) == ("RUG", {"en": "Rug"}, ("rugs",))
    assert [(v.id, v.options, str(v.price), v.stock) for v in rug.variants] == [
        ("R-Red", {"colour": "red"}, "19.90", 999),
        ("R-Blue", {"colour": "blue"}, "19.90", 0),
    ]
    assert rug.attributes["pile"] == "1,5 cm" and rug.attributes["weight"] == "1.5"


def test_a_variable_product_without_its_variations_says_where_they_are(tmp_path: Path) -> None:
    lamp = {**REST, "id": 7, "sku": "L", "name": "Lamp", "type": "simple", "regular_price": "20.00", "attributes": []}
    hidden = {**lamp, "id": 8, "sku": "H", "catalog_visibility": "hidden"}
    draft = {**lamp, "id": 9, "sku": "D", "status": "draft"}
    report = load(tmp_path, "w.json", json.dumps([REST, lamp, hidden, draft]))
    assert [p.id for p in report.products] == ["L"] and "2 products are not for sale" in notes(report)
    assert len(report.bad_rows) == 1 and "/variations" in report.bad_rows[0].reason


def test_the_storefront_s_prices_are_in_the_smallest_unit(tmp_path: Path) -> None:
    prices = {
        "price": "1990",
        "regular_price": "2490",
        "sale_price": "1990",
        "currency_code": "EUR",
        "currency_minor_unit": 2,
    }
    lamp = {"id": 7, "name": "Lamp", "sku": "L", "type": "simple", "prices": prices, "is_in_stock": True}
    product = only(load(tmp_path, "w.json", json.dumps([lamp])))
    assert (str(product.variants[0].price), product.currency) == ("19.90", "EUR")
