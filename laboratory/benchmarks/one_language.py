"""The demo shop as one that writes one language only: ``python -m laboratory.benchmarks.one_language zh products.csv``.

Titles, descriptions and brands, without types, attributes and colours, for ``shopclerk evaluate search --catalog``.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from assistant.settings import ROOT
from retrieval.feeds import read_catalogue
from retrieval.models import Product

SHOP = ROOT / "data" / "shop" / "products.jsonl"


def main(language: str, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["id", "title", "description", "brand", "price", "currency"])
        for item in read_catalogue(SHOP):
            if isinstance(item, Product):
                price = item.variants[0].price
                said = item.title[language], item.description[language]
                rows.writerow([item.id, *said, item.brand, price, item.currency])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
