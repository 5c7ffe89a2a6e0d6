"""Values of feeds, in whatever country's form: what is not read is neither favourable nor silent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest
from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.feeds.values import (
    UNCOUNTED,
    Assumed,
    currency_of,
    day_first_in,
    decimal_of,
    for_sale,
    has_expired,
    is_private,
    locale_of,
    moments,
    money,
    sale_is_on,
    sale_period_is_on,
    sale_status,
    stock,
    yes_or_no,
)
from retrieval.feeds.values.stock import availability_of
from retrieval.feeds.values.wordlists import words

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def unsaid(**fields: Any) -> Assumed:
    return Assumed(**{"currency_from": "default", "now": NOW, **fields})


def told(assumed: Assumed) -> str:
    return "\n".join(text for text, _, _ in assumed.notes.told())


_NAMES = """
de_DE de_CH de_AT fr_FR fr_CH fr_CA es_ES es_MX it_IT pt_BR pt_PT nl_NL en_US en_GB en_IN hi_IN
pl_PL cs_CZ sk_SK hu_HU ro_RO sv_SE da_DK nb_NO fi_FI tr_TR el_GR ru_RU uk_UA ja_JP ko_KR zh_CN
zh_TW th_TH vi_VN id_ID he_IL ar_EG ar_KW fa_IR en_AU en_CA en_ZA
"""
LOCALES = _NAMES.split()


@settings(deadline=None)
@given(st.sampled_from(LOCALES), st.decimals(0, 9_999_999, places=3), st.booleans())
def test_an_amount_of_any_country_is_read_as_it_was_meant(name: str, amount: Decimal, with_code: bool) -> None:
    locale = Locale.parse(name)
    currency = currency_of(locale)
    assert currency is not None
    meant = round(amount, get_currency_precision(currency))
    written = format_currency(meant, currency, locale=locale)
    if with_code:
        written = format_currency(meant, currency, locale=locale, format_type="standard").strip() + f" {currency}"
    for decimal in (None, decimal_of(locale)):
        assumed = unsaid(currency=currency, currency_from="said", locale=locale if decimal else None, decimal=decimal)
        assert money(written, assumed) == (meant, currency), written


@settings(deadline=None)
@given(
    st.decimals(0, 99_999, places=2),
    st.sampled_from(["EUR", "USD", "PLN", "CHF", "GBP", "JPY", "KWD"]),
    st.sampled_from(" \u00a0\u202f'’.,"),
)
def test_no_amount_is_ever_off_by_a_factor(amount: Decimal, currency: str, group: str) -> None:
    """Whatever groups thousands and whichever currency: the amount, or no price at all."""
    mark = "," if group == "." else "."
    for text in (f"{amount:,.2f}", f"{amount:,.0f}"):
        text = text.replace(".", "\0").replace(",", group).replace("\0", mark)
        try:
            found, _ = money(f"{text} {currency}", unsaid())
        except ValueError:
            continue
        whole = amount.to_integral_value(rounding="ROUND_HALF_EVEN")
        if currency == "KWD" and group == "." and mark not in text:
            continue  # three decimals are usual in dinars
        assert found in (amount, whole), text


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("2.799 €", "2799", "EUR"),
        ("€ 2.799", "2799", "EUR"),
        ("12.345.678 Ft", "12345678", "HUF"),
        ("34,50 zł", "34.50", "PLN"),
        ("3 490 Kč", "3490", "CZK"),
        ("3\u202f490,00\u00a0€", "3490.00", "EUR"),
        ("88元", "88", "CNY"),
        ("880円", "880", "JPY"),
        ("¥880 JPY", "880", "JPY"),
        ("８８０円", "880", "JPY"),
        ("450 грн", "450", "UAH"),
        ("450 грн.", "450", "UAH"),
        ("R$ 2.199,90", "2199.90", "BRL"),
        ("A$45.00", "45.00", "AUD"),
        ("AU$45", "45", "AUD"),
        ("HK$ 88", "88", "HKD"),
        ("C$9.99", "9.99", "CAD"),
        ("NZ$9.99", "9.99", "NZD"),
        ("US$ 2,799.00", "2799.00", "USD"),
        ("CHF 2’799.50", "2799.50", "CHF"),
        ("Fr. 45.–", "45", "CHF"),
        ("45,-", "45", "USD"),
        ("2.799,- €", "2799", "EUR"),
        ("45,— €", "45", "EUR"),
        ("₹2,79,900", "279900", "INR"),
        ("₹ 2,79,900.50", "279900.50", "INR"),
        ("3.4万元", "34000", "CNY"),
        ("34k", "34000", "USD"),
        ("1.5 lakh ₹", "150000", "INR"),
        ("5 тыс. руб.", "5000", "RUB"),
        ("Rp 1.250.000", "1250000", "IDR"),
        ("1.250.000 ₫", "1250000", "VND"),
        ("45 TL", "45", "TRY"),
        ("Rs.500 INR", "500", "INR"),
        ("S/.45", "45", "PEN"),
        ("$.99", "0.99", "USD"),
        ("٤٥٫٥٠ د.إ", "45.50", "AED"),
        ("12.345 KWD", "12.345", "KWD"),
        ("0.299 €", "0.299", "EUR"),
        ("2799.000 €", "2799.000", "EUR"),
        ("19,99 € inkl. MwSt.", "19.99", "EUR"),
        ("880円（税込）", "880", "JPY"),
        ("CAD 12.50", "12.50", "CAD"),
        ("25 $CA", "25", "CAD"),
        ("$US 25", "25", "USD"),
        ("25 US Dollars", "25", "USD"),
        ("25 Swiss francs", "25", "CHF"),
        ("25 euros", "25", "EUR"),
        ("'25.00", "25.00", "USD"),
        ('="25.00"', "25.00", "USD"),
        ("<span>25,00&nbsp;&euro;</span>", "25.00", "EUR"),
        ("12.50 CAD$", "12.50", "CAD"),
        ("19.9900 €", "19.9900", "EUR"),
    ],
)
def test_prices_of_many_countries(text: str, amount: str, currency: str) -> None:
    assert money(text, unsaid()) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [
        "99 kr", "₨ 500", "¥880", "500 ﷼", "12 quatloos", "12 ¤", "12 @", "ab 12,99 €", "from $5", "desde 5 €",
        "5 € - 9 €", "5–9 €", "12 99", "1.2.3",
        "1,2,3", "12-", "-12 €", "€-12", "(12.50)", "2 x 9.99", "UVP 19,99 €", "", " ", "€", "gratis", "99p",
        "12,99 €/kg", "1.299", "4.99 EUR USD",
        "from", "1e5", "0x10", "12.50€ 13.50€", "ca. 20 €", "12 $ EUR",
    ],
)  # fmt: skip
def test_what_is_no_price_of_a_known_currency_waits(text: str) -> None:
    with pytest.raises(ValueError, match=r"price|currency"):
        money(text, unsaid())


@pytest.mark.parametrize(
    ("text", "feed", "currency"),
    [
        ("99 kr", "NOK", "NOK"),
        ("99 kr.", "DKK", "DKK"),
        ("$9", "AUD", "AUD"),
        ("US$9", "AUD", "USD"),
        ("NT$9", "AUD", "TWD"),
        ("A$9", "USD", "AUD"),
        ("Rs 500", "PKR", "PKR"),
        ("88元", "TWD", "TWD"),
        ("£9", "EGP", "EGP"),
    ],
)
def test_a_shared_sign_is_the_feeds_own_and_a_country_before_it_counts(text: str, feed: str, currency: str) -> None:
    assert money(text, unsaid(currency=feed, currency_from="said"))[1] == currency


def test_a_dollar_that_nobody_named_is_told() -> None:
    assumed = unsaid()
    assert money("$9", assumed)[1] == "USD"
    assert "--currency" in told(assumed)


def test_the_field_of_the_currency_settles_a_sign_and_may_not_contradict() -> None:
    assert money("$12.50", unsaid(), "CAD") == (Decimal("12.50"), "CAD")
    assert money("12.50", unsaid(), "zł") == (Decimal("12.50"), "PLN")
    with pytest.raises(ValueError, match="is in EUR"):
        money("12 €", unsaid(), "USD")
    with pytest.raises(ValueError, match="currency"):
        money("12", unsaid(), "XYZ")


Forms = Literal[".", ","] | None


@pytest.mark.parametrize(
    ("text", "decimal", "both", "right"),
    [
        ("1.750 €", None, False, "1750"),
        ("1.750 €", ",", False, "1750"),
        ("1.750 €", ".", False, None),
        ("1.750 €", None, True, None),
        ("$1,750", None, False, "1750"),
        ("$1,750", ".", False, "1750"),
        ("$1,750", ",", False, None),
        ("1.750 KWD", None, False, "1.750"),
        ("1.750 KWD", ",", False, "1750"),
        ("1,750 TND", ",", False, "1.750"),
        ("1,750 TND", None, False, None),
        ("1.750", None, False, None),
        ("¥1,750 JPY", ",", False, None),
    ],
)
def test_a_mark_before_three_digits_is_never_a_guess(text: str, decimal: Forms, both: bool, right: str | None) -> None:
    assumed = unsaid(decimal=decimal, both_decimals=both)
    if right is None:
        with pytest.raises(ValueError, match="may be"):
            money(text, assumed)
    else:
        assert money(text, assumed)[0] == Decimal(right)


def test_a_feed_that_writes_three_decimals_is_believed() -> None:
    assert money("1.750 €", unsaid(decimal=".", long_decimals="."))[0] == Decimal("1.750")


@pytest.mark.parametrize(
    ("value", "amount", "currency"),
    [
        ({"amount": "34.50", "currency": "EUR"}, "34.50", "EUR"),
        ({"amount": "34.50", "currencyCode": "EUR"}, "34.50", "EUR"),
        ({"value": Decimal("7.75"), "currency_code": "GBP"}, "7.75", "GBP"),
        ({"centAmount": 3450, "currencyCode": "EUR", "fractionDigits": 2}, "34.50", "EUR"),
        ({"price": "3450", "currency_code": "EUR", "currency_minor_unit": 2}, "34.50", "EUR"),
        ({"amount": 3450, "currency": {"code": "EUR", "exponent": 2}, "scale": 2}, "34.50", "EUR"),
        ({"amount": 3450, "unit": "cents", "currency": "EUR"}, "34.50", "EUR"),
        ({"value": 34.5, "formatted": "34,50 €"}, "34.50", "EUR"),
        ({"value": 34.5, "unit": "EUR"}, "34.5", "EUR"),
        ({"shop_money": {"amount": "34.50", "currency_code": "CAD"}}, "34.50", "CAD"),
        ({"unit_amount": 3450, "currency": "usd"}, "34.50", "USD"),
        ({"unit_amount": 3450, "currency": "jpy"}, "3450", "JPY"),
        ({"amountMicros": "34500000", "currencyCode": "EUR"}, "34.5", "EUR"),
        ({"units": "34", "nanos": 500000000, "currencyCode": "EUR"}, "34.5", "EUR"),
        ({"text": "34.50", "currency": "EUR"}, "34.50", "EUR"),
        ({"EUR": "34.50"}, "34.50", "EUR"),
        ({"EUR": "34.50", "USD": 40}, "40", "USD"),
        ({"min": 5, "max": 5, "currency": "EUR"}, "5", "EUR"),
        ([{"amount": "34.50", "currency": "EUR"}], "34.50", "EUR"),
        (["34.50 EUR", "34.50 EUR"], "34.50", "EUR"),
        ({"price": {"amount": "34.50"}, "currency": {"code": "EUR"}}, "34.50", "EUR"),
    ],
)
def test_prices_in_objects(value: object, amount: str, currency: str) -> None:
    found = money(value, unsaid())
    assert (found[0], found[1]) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "value",
    [
        {}, [], {"a": 1}, {"price": "34.50", "currency_minor_unit": 2}, {"regular": 5, "sale": 4},
        {"amount": 5.5, "unit": "cents"}, {"min": 5, "max": 9}, ["5 EUR", "6 EUR"], {"EUR": 5, "GBP": 4},
        {"amount": {"x": "5"}},
        None, True, float("nan"), float("inf"),
        Decimal("-1"), {"amount": "-5", "currency": "EUR"}, {"amount": "5", "currency": "QQQ"}, [["5"], ["6"]],
    ],
)  # fmt: skip
def test_other_objects_are_no_prices(value: object) -> None:
    with pytest.raises(ValueError, match=r"price|currency"):
        money(value, unsaid())


@pytest.mark.parametrize(
    "text",
    """in stock|In Stock|IN_STOCK|in-stock|InStock|https://schema.org/InStock|http://schema.org/InStock
    schema:InStock|auf Lager|sofort lieferbar|en stock
    disponible|disponibile|op voorraad|i lager|på lager|skladem|w magazynie|raktáron|în stoc|stokta|в наличии
    в наявності|有货|現貨|在庫あり|재고 있음|متوفر|במלאי
    Auf Lager (3-5 Tage)|✓|in stock, ships today|Sofort lieferbar - 1-3 Werktage|verfuegbar|còn hàng|มีสินค้า
    tersedia|yes|true|TRUE|1|WAHR|ja|oui|да|是""".replace("\n", "|").split("|"),
)
def test_words_of_what_is_there(text: str) -> None:
    assert stock(None, text.strip(), unsaid()) == UNCOUNTED


@pytest.mark.parametrize(
    "text",
    """out of stock|Out-Of-Stock|OUT_OF_STOCK|OutOfStock|https://schema.org/SoldOut
    https://schema.org/Discontinued|sold out|unavailable|not available|no|false|0
    preorder|pre-order|PreOrder|https://schema.org/PreOrder|back-order|backorder|https://schema.org/BackOrder
    on backorder|coming soon
    nicht lieferbar|vergriffen|vorbestellbar|épuisé|en rupture de stock|sin stock|agotado|esgotado|esaurito
    non disponibile|uitverkocht|slutsåld|epuise|indisponivel|niedostepny|TÜKENDİ|YANLIŞ|nicht verfuegbar
    available, from 12.03.2027|in stock (preorder)|available; sold out|✗|en réassort
    Vorbestellung möglich|available in 5 days
    udsolgt|utsolgt|loppuunmyyty|brak|niedostępny|vyprodáno|elfogyott|stoc epuizat|tükendi|εξαντλημένο
    нет в наличии|під замовлення|售罄|無庫存|预售|在庫なし
    売り切れ|品切れ|予約|품절|غير متوفر|אזל מהמלאי|hết hàng|สินค้าหมด|habis|FALSCH|faux|нет|否|never heard of it|?
    in 3 weeks|ships in 5 days|ab 12.03.2027|-""".replace("\n", "|").split("|"),
)
def test_what_is_not_there_or_not_understood_is_not_in_stock(text: str) -> None:
    assert stock(None, text.strip(), unsaid()) == 0
    assert stock(7, text.strip(), unsaid()) == 0


def test_a_word_that_is_not_known_is_told() -> None:
    assumed = unsaid()
    assert stock(None, "perhaps", assumed) == 0
    assert "'perhaps'" in told(assumed)
    assumed = unsaid()
    assert stock(None, None, assumed) == UNCOUNTED
    assert "in stock" in told(assumed)


@pytest.mark.parametrize(
    ("quantity", "there"),
    [
        ("10+", 10), ("> 20", 20), (">20", 20), ("more than 20", 20), ("über 20", 20), ("<5", 1), ("< 1", 0),
        ("less than 5", 1), ("low", 1),
        ("only 3 left", 3), ("noch 3 Stück", 3), ("3 pcs", 3), ("仅剩3件", 3), ("3 шт.", 3), ("5-10", 5),
        ("12.0000", 12), ("-4", 0), ("1,250", 1),
        ("7.0", 7), (7, 7), (Decimal("7.9"), 7), ("in stock", UNCOUNTED), ("sold out", 0), (True, UNCOUNTED),
        (False, 0), ("", UNCOUNTED), ("0", 0), ("1.000", 1),
        ({"quantity": 5, "location": "B"}, 5), ("99+", 99),
        ("В наличии: 5 шт", 5), ("5 auf Lager!", 5), ("5 szt.", 5), ("restposten", 1), ("0 in stock", 0),
    ],
)  # fmt: skip
def test_quantities(quantity: object, there: int) -> None:
    assert stock(quantity, None, unsaid()) == there


def test_a_quantity_with_groups_is_read_by_the_feeds_country() -> None:
    assert stock("1.250", None, unsaid(decimal=",")) == 1250
    assert stock("1,250", None, unsaid(decimal=".")) == 1250


@pytest.mark.parametrize("quantity", ["abc", "3 weeks", "NaN", float("nan"), "1.2.3", [1], {"a": 1}, "3 of 5 shops"])
def test_what_is_no_quantity_waits(quantity: object) -> None:
    with pytest.raises(ValueError, match="stock"):
        stock(quantity, None, unsaid())


def test_no_word_says_two_things() -> None:
    there = words("availability.toml", "*", "in") | words("availability.toml", "*", "few")
    assert not there & (words("availability.toml", "*", "out") | words("availability.toml", "*", "later"))
    assert not words("answers.toml", "answers", "yes") & words("answers.toml", "answers", "no")
    assert not words("answers.toml", "sale", "on") & words("answers.toml", "sale", "off")


@pytest.mark.parametrize(
    ("start", "end", "on"),
    [
        ("", "", True), ("2026-01-01", "2026-12-31", True), ("2026-06-15", "2026-06-15", True),
        ("", "2026-06-14", False), ("2026-06-16", "", False),
        ("01.06.26, 00:00", "15.06.26, 00:00", True), ("01.06.2026", "14.06.2026", False),
        ("", "2026-06-15T00:00:00", True), ("", "2026-06-15T11:00:00Z", False),
        ("", "2026-06-15T11:00:00-0400", True), ("", "31/12/2031", True), ("", "12/31/2031", True),
        ("", "12/31/31, 12:00 AM", True), ("15/12/2031", "", False),
        ("1/1/20, 12:00 AM", "", True), ("", 1893456000, True), ("", "1577836800", False),
        ("", "1893456000000", True), ("", "31 Dec 2031", True),
        ("", "December 31, 2031", True), ("", "31. Dezember 2031", True), ("", "31 de diciembre de 2031", True),
        ("", "2031年12月31日", True), ("", "20311231", True),
        ("", "2031/12/31", True), ("", "31-Dec-31", True), ("", "2031. 12. 31.", True),
        ("", "31. 12. 2031", True), ("0000-00-00 00:00:00", "0000-00-00 00:00:00", True), ("null", "-", True),
        ("", "31-12-2031", True), ("", "31.12.31", True),
        ("", "Wed, 31 Dec 2031 00:00:00 +0100", True), ("2026-06-15 11:59:59", "2026-06-15 12:00:01", True),
        ("", "soon", False), ("whenever", "2031-01-01", False),
        ("", "32.13.2031", False), ("", "2031-02-30", False), ("", "05/07/2026", False),
        ("01/02/2026", "05/03/2030", True), ("07/06/2026", "", False),
    ],
)  # fmt: skip
def test_sales_are_on_from_their_first_day_to_the_end_of_their_last(start: object, end: object, on: bool) -> None:
    assert sale_is_on(start, end, unsaid()) is on


def test_day_and_month_are_told_apart_by_the_feed_or_its_locale() -> None:
    assert sale_is_on("", "05/07/2026", unsaid(day_first=True))
    assert not sale_is_on("", "05/07/2026", unsaid(day_first=False))
    assert len(moments("05/07/2026", unsaid())) == 2
    assert [day_first_in(locale_of(name)) for name in ("de-DE", "en-US", "en-GB", "en_AU")] == [True, False, True, True]
    for text in ("05/07/2026", "someday"):
        assumed = unsaid()
        assert not sale_is_on("", text, assumed)
        assert text in told(assumed) and "without the sale" in told(assumed)


def test_both_dates_of_a_sale_in_one_text() -> None:
    assert sale_period_is_on("2026-01-01T00:00+0100/2026-12-31T23:59+0100", unsaid())
    assert not sale_period_is_on("2026-01-01/2026-02-01", unsaid())
    assert sale_period_is_on("2026-06-01 / 2026-06-15", unsaid())
    assert sale_period_is_on("01.06.2026 - 15.06.2026", unsaid())
    assert sale_period_is_on("", unsaid())
    assert not sale_period_is_on("2026-01-01", unsaid())
    assert not sale_period_is_on("this summer", unsaid())


def test_offers_end() -> None:
    assert has_expired("2023-12-24T23:59+0100", "expiration_date", unsaid())
    assert not has_expired("2026-06-15", "expiration_date", unsaid())
    assert not has_expired("", "expiration_date", unsaid()) and not has_expired(None, "expiration_date", unsaid())
    assert has_expired("01/02/2020", "expiration_date", unsaid())
    for text in ("05/07/2026", "later"):
        with pytest.raises(ValueError, match="expiration_date"):
            has_expired(text, "expiration_date", unsaid())


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    assumed = unsaid()
    sale_is_on(text, text, assumed)
    sale_period_is_on(text, assumed)
    sale_status(text), yes_or_no(text), availability_of(text), is_private(text, text)
    for read in (
        lambda: money(text, assumed),
        lambda: stock(text, text, assumed),
        lambda: has_expired(text, "x", assumed),
    ):
        try:
            read()
        except ValueError:
            continue


def test_what_is_a_draft_in_any_language_is_not_for_sale() -> None:
    off = """
    FALSCH FALSE faux falso 0 -1 no нет 否 draft Draft archived Entwurf brouillon borrador черновик 下架 非公開 disabled
    """
    on = "WAHR TRUE vrai 1 yes да 是 active ACTIVE published veröffentlicht publié 在售"
    assert [word for word in off.split() if for_sale(word, "status")] == []
    assert [word for word in on.split() if not for_sale(word, "status")] == []
    assert for_sale("", "status") and for_sale(None, "status") and not for_sale(False, "status")
    with pytest.raises(ValueError, match="status: 'tbd'"):
        for_sale("tbd", "status")
    assert sale_status("tbd") is None


def test_what_is_the_shops_own_business() -> None:
    private = """cost|Cost per item|cost_price|unit_cost|Meta: _cost|costPrice|margin|Margin %|gross_margin
    supplier_email|vendor phone|internal_note|Internal notes
    wholesale_price|purchase price EUR|EK|EK-Preis|Einkaufspreis netto|Händler-EK|Lieferant|Marge|interne Notiz
    prix d'achat|fournisseur|marge|precio de costo|proveedor|margen
    preço de custo|fornecedor|prezzo d'acquisto|fornitore|inkoopprijs|leverancier|inköpspris|indkøbspris
    ostohinta|cena zakupu|dostawca|marża|nákupní cena|dodavatel
    beszerzési ár|furnizor|alış fiyatı|maliyet|προμηθευτής|закупочная цена|себестоимость|наценка|постачальник
    成本价|进货价|供应商电话|毛利|原価|仕入価格|仕入先|원가|마진
    سعر التكلفة|ספק|giá nhập|ต้นทุน|harga modal|staff note|b2b price"""
    for name in private.replace("\n", "|").split("|"):
        assert is_private(name.strip()), name
    public = """material|colour|costume|internal modem|internal_storage|shipping cost|print margin left
    cost per page|interne Festplatte|Versandkosten|Spannung|内部尺寸
    mémoire interne|memoria interna|user password protection|marginal gain|notebook|power|weight
    quantity per pack|collar"""
    for name in public.replace("\n", "|").split("|"):
        assert not is_private(name.strip()), name
    assert is_private("contact", "write to buyer@shop.example")


def test_locales_are_known_or_refused() -> None:
    assert currency_of(locale_of("de-DE")) == "EUR" and currency_of(locale_of("sv_SE")) == "SEK"
    assert currency_of(locale_of("de")) is None
    assert (decimal_of(locale_of("de-DE")), decimal_of(locale_of("en-US"))) == (",", ".")
    for name in ("xx-YY", "", "german please"):
        with pytest.raises(ValueError, match="locale"):
            locale_of(name)


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("lieferbar in 2-3 Tagen", True),
        ("Lieferzeit: 1 – 2 Werktage", True),
        ("ships in 24 hours", True),
        ("1-2 Tage", True),
        ("disponible en 3 días", True),
        ("lieferbar in 6-8 Wochen", False),
        ("nicht lieferbar in 3 Tagen", False),
        ("ausverkauft, wieder in 3 Tagen", False),
    ],
)
def test_what_comes_in_a_few_days_is_in_stock(said: str, there: bool) -> None:
    assert (stock(None, said) > 0) is there
