"""Texts of a catalogue are under the language they are in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.feeds import load_catalogue
from retrieval.feeds.languages import LOOKED_AT
from retrieval.models import Product

GERMAN = [
    ("Regenschirm schwarz", "Hält dem Wind stand und passt in jede Tasche."),
    ("Kerze", "Brennt zwanzig Stunden und duftet nach Honig."),
    ("Sofa", ""),
    ("Bettwäsche aus Baumwolle", "Weich, warm und bei sechzig Grad waschbar."),
]


def load(folder: Path, rows: list[tuple[str, str]], **fields: str) -> list[Product]:
    lines = [
        json.dumps({"id": f"p{at}", "title": title, "description": text, "price": "5", **fields}) + "\n"
        for at, (title, text) in enumerate(rows)
    ]
    path = folder / "c.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return load_catalogue(path).products


def test_a_german_catalogue_is_german_down_to_its_short_titles(tmp_path: Path) -> None:
    products = load(tmp_path, GERMAN)
    assert [product.title for product in products] == [{"de": title} for title, _ in GERMAN]
    assert all(set(product.description) <= {"de"} for product in products)


def test_languages_side_by_side(tmp_path: Path) -> None:
    rows = [*GERMAN, ("折叠雨伞", "下雨天用。"), ("Folding umbrella", "It keeps the rain off in town all day long.")]
    titles = [product.title for product in load(tmp_path, rows)]
    assert titles[-2:] == [{"zh": "折叠雨伞"}, {"en": "Folding umbrella"}]


def test_a_language_that_comes_late_is_seen(tmp_path: Path) -> None:
    english = [(f"Umbrella number {n}", "It keeps the rain off in town, all day long.") for n in range(LOOKED_AT + 5)]
    products = load(tmp_path, [*english, *GERMAN * 30])
    assert all("en" in product.title for product in products[: LOOKED_AT + 5])
    assert sum("de" in product.title for product in products) > 90


@pytest.mark.parametrize("title", ["Acme X200", "Sofa"])
def test_where_nothing_tells_it_is_english(tmp_path: Path, title: str) -> None:
    assert load(tmp_path, [(title, "")])[0].title == {"en": title}
