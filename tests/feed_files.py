"""What tests of feeds ask of a load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrieval.feeds import LoadReport, load_catalogue
from retrieval.models import Product


def load(tmp_path: Path, name: str, text: str, **options: Any) -> LoadReport:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_catalogue(path, **options)


def only(report: LoadReport) -> Product:
    assert report.bad_rows == []
    (product,) = report.products
    return product


def options(product: Product) -> dict[str, dict[str, str]]:
    """A product's variants by id, with what tells them apart."""
    return {variant.id: variant.options for variant in product.variants}


def reasons(report: LoadReport) -> list[str]:
    return [row.reason for row in report.bad_rows]


def notes(report: LoadReport) -> str:
    return "\n".join(row.reason for row in report.warnings)
