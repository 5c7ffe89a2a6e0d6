"""The demo shop as one that writes one language only: ``python -m laboratory.benchmarks.one_language zh products.csv``.

Titles, descriptions and brands, without types, attributes and colours, for ``shopclerk evaluate search --catalog``.
Of German (``de``) there is only ``data/shop/lexicon/de.toml``: a title is then the name and the kind of thing, a
description what the attributes are called.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

from assistant.settings import ROOT
from retrieval.feeds import read_catalogue
from retrieval.models import Product

SHOP = ROOT / "data" / "shop"
Texts = Callable[[Product], tuple[str, str]]
"""A product's title and description."""


def told(language: str) -> Texts:
    """Raises ``OSError`` for a language of which there are neither texts nor words."""
    if language in ("en", "zh"):
        return lambda item: (item.title[language], item.description[language])
    words = tomllib.loads((SHOP / "lexicon" / f"{language}.toml").read_text(encoding="utf-8"))

    def names(group: str, key: str) -> list[str]:
        return [name.strip() for name in words[group].get(key, key).split(",")]

    def of(item: Product) -> tuple[str, str]:
        kind = names("types", item.type)
        said = []
        for key, value in item.attributes.items():
            if value == "yes":
                said.append(names("attributes", key)[0])
            elif value != "no":
                whole = words["attributes"].get(f"{key}={value}")
                said.append(whole.split(",")[0] if whole else f"{names('attributes', key)[0]} {value}")
        colours = {variant.options["colour"] for variant in item.variants if "colour" in variant.options}
        said += [names("colours", colour)[0] for colour in sorted(colours)]
        return f"{item.title['en']} {kind[min(1, len(kind) - 1)]}", f"{kind[0]} von {item.brand}. {', '.join(said)}."

    return of


def main(language: str, target: Path) -> None:
    texts = told(language)
    with target.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["id", "title", "description", "brand", "price", "currency"])
        for item in read_catalogue(SHOP / "products.jsonl"):
            if isinstance(item, Product):
                rows.writerow([item.id, *texts(item), item.brand, item.variants[0].price, item.currency])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
