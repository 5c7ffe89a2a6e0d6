"""Readers of catalogues, help pages and pictures, and of the values in them."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

from laboratory.fuzz.parsers.parser import Parser, as_file, as_json, as_text, each_of, folder_of
from retrieval.addresses import followable
from retrieval.encoders.pictures import BadPicture, open_picture
from retrieval.feeds import FeedError, load_faq, propose_columns, read_catalogue
from retrieval.feeds.encodings import guessed, lines_of, said
from retrieval.feeds.html_pages import loose_value
from retrieval.feeds.names import column
from retrieval.feeds.pictures import unpacked_pictures
from retrieval.feeds.values import Assumed, availability_of, for_sale, moments, money, plain_text, sale_price, stock
from retrieval.feeds.values.dates import sale_is_on, sale_period_is_on
from retrieval.feeds.values.money import list_price
from retrieval.feeds.values.units import unit_price

_ASSUMED = Assumed()
_MONEY = (
    b"12.50 USD",
    b"1.234,56 \xe2\x82\xac",
    b'{"amount": "12", "currency": "EUR"}',
    b"[12, 13]",
    b"1e400",
    b"-0",
    b"\xc2\xa5100",
)
_DATES = (
    b"2026-11-30T10:00:00+01:00",
    b"30.11.2026",
    b"11/30/26 5pm",
    b"2026-11-01/2026-12-01",
    b"1e18",
    b"1764500000",
)


def _catalogue(path: Path) -> None:
    for _ in read_catalogue(path):
        pass


def _unpacked(path: Path) -> None:
    unpacked_pictures(path, folder_of() / "pictures")


def _picture(kind: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(held, kind)
    return held.getvalue()


def _zipped(data: bytes) -> bytes:
    held = io.BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        archive.writestr("goods.csv", data)
        archive.writestr("pictures/red.png", b"x")
    return held.getvalue()


_WRONG, _BAD = (ValueError,), (FeedError,)
_catalogues = [
    Parser(f"catalogue{suffix}", as_file(suffix, _catalogue), _BAD, suffixes=suffixes)
    for suffix, suffixes in (
        (".csv", (".csv", ".tsv", ".txt")), (".json", (".json",)), (".jsonl", (".json",)), (".xml", (".xml", ".yml")),
        (".html", (".html",)), (".xlsx", (".xlsx",)),
    )
] + [
    Parser("catalogue.zip", as_file(".zip", _catalogue), _BAD, suffixes=(".csv",), packed=_zipped),
    Parser("catalogue.csv.gz", as_file(".csv.gz", _catalogue), _BAD, suffixes=(".csv",), packed=gzip.compress),
]  # fmt: skip
_faqs = [
    Parser(f"faq{suffix}", as_file(suffix, load_faq), _BAD, suffixes=suffixes)
    for suffix, suffixes in (
        (".csv", (".csv", ".tsv")), (".json", (".json",)), (".md", (".md",)), (".html", (".html",)),
        (".xlsx", (".xlsx",)),
    )
]  # fmt: skip
_amounts = each_of(
    lambda value: money(value, _ASSUMED), lambda value: sale_price(value, _ASSUMED),
    lambda value: money(value, _ASSUMED, "EUR"), lambda value: stock(value, value, _ASSUMED),
    availability_of, lambda value: for_sale(value, "published"),
    lambda value: list_price(value, money(1, _ASSUMED)[0], "USD", _ASSUMED), declared=_WRONG,
)  # fmt: skip
_days = each_of(
    lambda value: moments(value, _ASSUMED), lambda value: sale_is_on(value, value, _ASSUMED),
    lambda value: sale_period_is_on(str(value), _ASSUMED), declared=_WRONG,
)  # fmt: skip
_values = each_of(
    plain_text, followable, column, loose_value, lambda text: unit_price(money("1", _ASSUMED)[0], "USD", text, text),
    declared=_WRONG,
)  # fmt: skip
PARSERS = (
    *_catalogues,
    *_faqs,
    Parser("columns", as_file(".csv", propose_columns), _BAD, suffixes=(".csv",)),
    Parser(
        "encodings",
        lambda data: (lines_of(io.BytesIO(data).read), guessed(data), said(data)),
        suffixes=(".csv", ".xml"),
    ),
    Parser("picture", open_picture, (BadPicture,), tuple(map(_picture, ("PNG", "JPEG", "GIF", "WEBP", "BMP")))),
    Parser("pictures in a zip", as_file(".zip", _unpacked), _BAD, suffixes=(".csv",), packed=_zipped),
    Parser("amounts", as_json(*_amounts), seeds=_MONEY),
    Parser("dates", as_json(*_days), seeds=_DATES),
    Parser(
        "values",
        as_text(*_values),
        seeds=(*_MONEY, *_DATES, b"<p>a &amp; b</p>", b"{a: 'b',}", b"500 g", b"javascript:x"),
    ),
)
