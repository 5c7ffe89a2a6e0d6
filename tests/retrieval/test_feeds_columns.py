"""Columns by their names in many languages, by hand, and by what they hold; ids where there are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.feeds import FeedError, SavedColumns, load_catalogue, parsed
from retrieval.feeds.ids import made_id, mangled
from retrieval.feeds.names import column, fields, fold
from retrieval.feeds.proposals import proposals
from tests.feed_files import load, notes, only, reasons

LISTS = {
    "de": ("Artikel-Nr.;Bezeichnung;Beschreibung;Preis (EUR);Lagerbestand;Farbe;Größe;Hersteller", "Grün"),
    "fr": ("Référence;Désignation;Description;Prix TTC (€);Quantité;Couleur;Taille;Marque", "Vert"),
    "es": ("Código;Nombre del producto;Descripción;Precio EUR;Existencias;Color;Talla;Marca", "Verde"),
    "it": ("Codice articolo;Nome prodotto;Descrizione;Prezzo (€);Giacenza;Colore;Taglia;Marca", "Verde"),
    "pt": ("Código do produto;Nome do produto;Descrição;Preço (EUR);Estoque;Cor;Tamanho;Marca", "Verde"),
    "nl": ("Artikelnummer;Productnaam;Omschrijving;Verkoopprijs in EUR;Voorraad;Kleur;Maat;Merk", "Groen"),
    "pl": ("Kod produktu;Nazwa produktu;Opis;Cena brutto EUR;Stan magazynowy;Kolor;Rozmiar;Producent", "Zielony"),
    "cs": ("Kód zboží;Název;Popis;Cena s DPH (EUR);Sklad;Barva;Velikost;Výrobce", "Zelená"),
    "sv": ("Artikelnr;Produktnamn;Beskrivning;Pris (EUR);Lagersaldo;Färg;Storlek;Varumärke", "Grön"),
    "ru": ("Артикул;Наименование;Описание;Цена, EUR;Остаток;Цвет;Размер;Бренд", "Зелёный"),
    "tr": ("Ürün Kodu;Ürün Adı;Açıklama;Fiyat (EUR);Stok Adedi;Renk;Beden;Marka", "Yeşil"),
    "ja": ("商品コード;商品名;商品説明;販売価格（EUR）;在庫数;カラー;サイズ;ブランド", "緑"),
    "ko": ("상품코드;상품명;상품설명;판매가(EUR);재고수량;색상;사이즈;브랜드", "녹색"),
    "zh": ("商品编码;商品名称;商品描述;售价（EUR）;库存数量;颜色;尺码;品牌", "绿色"),
}


@pytest.mark.parametrize("language", LISTS)
def test_lists_with_headers_in_their_language(tmp_path: Path, language: str) -> None:
    header, green = LISTS[language]
    product = only(load(tmp_path, "list.csv", f"{header}\nJ1;Jacket 7;Keeps dry.;64,90;4;{green};M;Fjord\n"))
    (variant,) = product.variants
    assert (product.id, product.brand, product.currency, str(variant.price)) == ("J1", "Fjord", "EUR", "64.90")
    assert variant.stock == 4
    assert variant.options == {"colour": green.casefold(), "size": "M"}
    assert list(product.title.values()) == ["Jacket 7"] and list(product.description.values()) == ["Keeps dry."]


@pytest.mark.parametrize(
    "header", ["Preis", "PREIS", "preis_eur", "Preis in €", "Preis brutto (inkl. MwSt.)", "VK-Preis"]
)
def test_a_price_is_known_however_its_column_is_written(header: str) -> None:
    assert column(header).field == "price"


@pytest.mark.parametrize(
    ("header", "currency"),
    [
        *[
            ("Preis (EUR)", "EUR"),
            ("价格（元）", "CNY"),
            ("price_usd", "USD"),
            ("Cena (Kč)", "CZK"),
            ("Цена, руб.", "RUB"),
        ],
        *[("価格(円)", "JPY"), ("Fiyat TL", "TRY"), ("Price £", "GBP"), ("Pris SEK", "SEK"), ("Cena zł", "PLN")],
    ],
)
def test_a_currency_in_a_header_is_that_of_its_prices(tmp_path: Path, header: str, currency: str) -> None:
    product = only(load(tmp_path, "list.csv", f"id;name;{header}\nL1;Lamp;20\n"))
    assert product.currency == currency
    assert only(load(tmp_path, "list.csv", f"id;name;{header}\nL1;Lamp;20 {currency}\n")).currency == currency
    report = load(tmp_path, "list.csv", f"id;name;{header}\nL1;Lamp;20\nL2;Rug;20 CHF\n")
    assert len(report.products) == 1 and "CHF" in reasons(report)[0], "what contradicts itself is not guessed at"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        *[("Bestand (Stück)", "stock"), ("Titel*", "title"), ("Preis / Price", "price"), ("Name EN", "title")],
        *[("Produkt-Name", "title"), ("Größe (EU)", "size"), ("№", "id"), ("EUR", "price"), ("Farbe/Color", "colour")],
        *[("Preis / Menge", ""), ("Preis pro 100 g", ""), ("Weight (kg)", ""), ("name_xx", "")],
    ],
)
def test_what_a_name_adds_does_not_matter(header: str, field: str) -> None:
    assert column(header).field == field


def test_a_price_with_tax_is_believed_before_one_without(tmp_path: Path) -> None:
    report = load(tmp_path, "list.csv", "id;name;Preis netto;Preis brutto\nL1;Lamp;20,00;23,80\n")
    assert str(only(report).variants[0].price) == "23.80"
    report = load(tmp_path, "list.csv", "id;name;Preis netto\nL1;Lamp;20,00\n")
    assert str(only(report).variants[0].price) == "20.00" and "without tax" in notes(report)


def test_a_sale_is_what_is_paid_and_the_price_before_it_is_told(tmp_path: Path) -> None:
    text = "id;name;Preis;Aktionspreis\nL1;Lamp;30,00 EUR;24,50 EUR\nL2;Lamp two;30,00 EUR;\n"
    first, second = load(tmp_path, "list.csv", text).products
    assert [(str(v.price), str(v.list_price)) for v in first.variants] == [("24.50", "30.00")]
    assert [(str(v.price), v.list_price) for v in second.variants] == [("30.00", None)]


def test_names_that_say_nothing_of_a_field_are_attributes(tmp_path: Path) -> None:
    for name in ("cost of living", "priced", "Idee", "colourful", "Gerätegröße in der Box"):
        assert column(name).field == "", name
    product = only(load(tmp_path, "list.csv", "id;name;price;Wattage\nL1;Lamp;5;40\n"))
    assert product.attributes == {"wattage": "40"}


@given(st.sampled_from(fields()), st.sampled_from([str.upper, str.title, lambda name: name.replace("_", " - ")]))
def test_capitals_and_marks_in_names_do_not_matter(field: str, written: object) -> None:
    assert callable(written)
    assert column(written(field)).field == field


@given(st.text(max_size=60))
def test_any_name_is_read(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert column(name).field in {"", *fields()}


def test_rows_without_an_id_have_one_of_their_page_or_title(tmp_path: Path) -> None:
    text = "name,price,url\nRed mug,5,https://x.test/mugs/red.html?utm_source=mail\nBlue mug,6,\n"
    report = load(tmp_path, "list.csv", text)
    assert [product.id for product in report.products] == ["mugs-red", "blue-mug"]
    assert "made from the address of their page" in notes(report) and "made from their title" in notes(report)
    again = load(tmp_path, "list.csv", "price,name,url\n6,Blue mug,\n7,Red mug,https://www.x.test/mugs/red\n")
    assert {product.id for product in again.products} == {"mugs-red", "blue-mug"}, "ids stay when the feed is made anew"


def test_a_row_whose_id_is_missing_where_others_have_one_is_bad(tmp_path: Path) -> None:
    assert reasons(load(tmp_path, "list.csv", "id,name,price\n1,Mug,5\n,Pot,6\n")) == ["id: is empty"]


def test_two_rows_of_one_title_without_ids_are_told_apart_by_their_size(tmp_path: Path) -> None:
    report = load(tmp_path, "list.csv", "name,size,price\nMug,S,5\nMug,L,6\nMug,L,7\n")
    assert [product.id for product in report.products] == ["mug-s", "mug-l"]
    assert len(report.bad_rows) == 1 and "mug-l" in report.bad_rows[0].reason


@given(st.text(min_size=1, max_size=300), st.text(max_size=30), st.text(max_size=300))
def test_made_ids_are_ids(url: str, gtin: str, title: str) -> None:
    made, of = made_id("https://x.test/" + url, gtin, title)
    assert len(made) <= 80 and "#" not in made and (made == made.strip())
    assert made_id("https://x.test/" + url, gtin, title) == (made, of)


@pytest.mark.parametrize("text", ["4.00638E+12", "1,23457E+15", "'4E+12", "4.00638e+12", "#REF!", "#NAME?", "#####"])
def test_what_spreadsheets_make_of_long_numbers_is_known(tmp_path: Path, text: str) -> None:
    assert mangled(text) and not mangled("E+12") and not mangled("12E10") and not mangled("4006381333931")
    report = load(tmp_path, "list.tsv", f"sku\tname\tprice\n{text}\tPan\t5\n{text}\tPot\t6\n")
    assert [product.id for product in report.products] == ["pan", "pot"]
    assert "4.00638E+12" in notes(report) and "as text" in notes(report)


ODD = "Ware;Betrag;Wo\nRoter Krug;12,50 €;https://x.test/krug\nBlauer Teller;8,00 €;https://x.test/teller\n"


def test_a_refusal_says_which_column_could_be_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FeedError) as error:
        load(tmp_path, "odd.csv", ODD)
    said = str(error.value)
    assert "needed is a title" in said and "--map Ware=title" in said
    assert "needed is a price" in said and "--map Betrag=price" in said
    with pytest.raises(FeedError, match="no column looks like one"):
        load(tmp_path, "odd.csv", "name;what\nMug;round\n")


def test_columns_are_what_a_person_says(tmp_path: Path) -> None:
    report = load(tmp_path, "odd.csv", ODD, columns=parsed(["Ware=title", "Betrag=price", "Wo = url"]))
    assert [product.id for product in report.products] == ["krug", "teller"]
    assert str(report.products[0].variants[0].price) == "12.50"
    # What a person says goes before what a name says; what is not wanted is left out.
    text = "id;name;price;offer\n1;Mug;9,00;7,50\n"
    product = only(load(tmp_path, "odd.csv", text, columns=parsed(["offer=price"])))
    assert str(product.variants[0].price) == "7.50"
    text = "id;name;price;form\n1;Mug;9,00;round\n"
    assert only(load(tmp_path, "odd.csv", text)).attributes == {"form": "round"}
    assert only(load(tmp_path, "odd.csv", text, columns=parsed(["form=ignore"]))).attributes == {}


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [(["Betrag"], "COLUMN=FIELD"), (["Betrag=preis"], "no field"), (["a=price", "b=price"], "cannot both be price")],
)
def test_mappings_that_cannot_be_are_refused(pairs: list[str], reason: str) -> None:
    with pytest.raises(FeedError, match=re.escape(reason)):
        parsed(pairs)


def test_a_column_that_is_not_there_cannot_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="no column 'Preise'; its columns are Ware, Betrag, Wo"):
        load(tmp_path, "odd.csv", ODD, columns={"Preise": "price"})


def test_columns_that_were_kept_are_used_for_the_same_header_and_told(tmp_path: Path) -> None:
    saved = SavedColumns(tmp_path / "state" / "columns.json")
    assert saved.find(["Ware", "Betrag", "Wo"]) == {}
    saved.keep(["Wo", "Ware", "Betrag"], {"Ware": "title", "Betrag": "price", "Wo": "url"})
    report = load(tmp_path, "odd.csv", ODD, saved=saved)
    assert len(report.products) == 2 and "as they were saved: Ware is title" in notes(report)
    path = tmp_path / "other.csv"
    path.write_text(ODD.replace("Wo", "Ort"))
    with pytest.raises(FeedError):
        load_catalogue(path, saved=saved)
    saved.keep(["Betrag", "Ware", "Wo"], {})
    assert saved.find(["Ware", "Betrag", "Wo"]) == {}
    saved.path.write_text("{")
    with pytest.raises(FeedError, match="remove it"):
        saved.find(["Ware"])


def test_a_mapping_works_for_json_too(tmp_path: Path) -> None:
    text = '[{"ware": "Krug", "betrag": 12.5, "mehr": {"x": 1}}, {"ware": "Teller", "betrag": 8, "wo": "https://x.test/t"}]'
    mapped = {"ware": "title", "betrag": "price", "wo": "url"}
    assert [product.id for product in load(tmp_path, "odd.json", text, columns=mapped).products] == ["krug", "t"]


def test_columns_are_proposed_by_what_they_hold() -> None:
    rows = [
        {
            "a": f"A-{n}",
            "b": f"Fine thing number {n}",
            "c": f"{n},99 €",
            "d": f"https://x.test/p/{n}",
            "e": f"https://x.test/p/{n}.jpg",
            "f": code,
            "g": "Home > Lamps",
            "h": "EUR",
            "cost price": f"{n},10 €",
        }
        for n, code in ((1, "4006381333931"), (2, "4006381333900"), (3, "96385074"))
    ]
    found = {each.column: (each.field, each.by) for each in proposals(rows)}
    assert {name: field for name, (field, _) in found.items()} == {
        **{"a": "id", "b": "title", "c": "price", "d": "url", "e": "picture", "f": "gtin", "g": "category"},
        **{"h": "currency", "cost price": ""},
    }
    assert {by for _, by in found.values()} == {"values", ""}


def test_what_is_named_is_not_proposed_again() -> None:
    rows = [{"Preis": "5,00 €", "Angebot": "4,00 €", "Titel": "Mug"}]
    assert {each.column: each.field for each in proposals(rows)} == {"Preis": "price", "Angebot": "", "Titel": "title"}


def test_a_mark_may_make_another_word_of_a_column(tmp_path: Path) -> None:
    report = load(tmp_path, "m.csv", "Kod,Nazwa,Cena,Waluta,Stan,Skład\nt1,Zasłona,49.00,PLN,3,100% len\n")
    assert only(report).attributes == {"skład": "100% len"} and only(report).variants[0].stock == 3
    report = load(tmp_path, "z.csv", "Kód,Název,Cena,Měna,Sklad\nt1,Závěs,490,CZK,3\n")
    assert only(report).variants[0].stock == 3


@pytest.mark.parametrize(
    ("name", "field"), [("可用库存", "stock"), ("仓库可售库存数", "stock"), ("店頭在庫数", "stock"), ("安全库存", "")]
)
def test_a_number_of_pieces_is_known_by_what_its_name_ends_in(name: str, field: str) -> None:
    assert column(name).field == field
