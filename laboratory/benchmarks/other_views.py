"""Photo to product where a product has several pictures: ``python -m laboratory.benchmarks.other_views CATALOGUE``.

A product keeps its main picture of each colour; its further pictures (from behind, closer, worn differently) are the
photos that ask for it. The words are the last two of its name ("Rain Jacket"), or with ``--reviews`` what customers
wrote about it, which seldom says what it is. Nothing is trained: this is what a shop has on its first day. Figures are
those of ``shopclerk evaluate images``.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from laboratory.evaluate.images import evaluate_images
from retrieval.encoders.embedded import ImageEncoder, TextEncoder
from retrieval.feeds import read_catalogue
from retrieval.fusion.layers import LayeredEncoder
from retrieval.models import Product

MAX_WORDS = 40
"""Of a review, at most."""
KINDS = ("photo", "text", "text+photo")


def lay_out(catalogue: Path, folder: Path, reviews: bool) -> None:
    """Writes ``products`` and ``queries`` as ``evaluate images`` reads them."""
    feed = read_catalogue(catalogue)
    asked: list[tuple[str, str, str]] = []
    for item in feed:
        if isinstance(item, Product):
            asked += _laid_out(item, feed.folder, folder, reviews)
    with (folder / "queries" / "queries.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("file", "text", "product_id"), *asked])


def _laid_out(product: Product, pictures: Path, folder: Path, reviews: bool) -> list[tuple[str, str, str]]:
    name = product.id.replace("/", "_")
    shown = {file for file in product.pictures.values() if (pictures / file).is_file()}
    further = {file for more in product.more_pictures.values() for file in more} - shown
    queries = [file for file in sorted(further) if (pictures / file).is_file()]
    if not shown or not queries:
        return []
    own = folder / "products" / name
    own.mkdir(parents=True)
    (own / "title.txt").write_text(product.name("en"), encoding="utf-8")
    (own / "description.txt").write_text(product.description.get("en", ""), encoding="utf-8")
    for at, file in enumerate(sorted(shown)):
        shutil.copy(pictures / file, own / f"{at}{Path(file).suffix}")
    if reviews:
        said = [" ".join(review.text.get("en", "").split()[:MAX_WORDS]) for review in product.reviews]
    else:
        said = [" ".join(product.name("en").split()[-2:])]
    said = [text for text in said if text]
    rows = []
    (folder / "queries").mkdir(exist_ok=True)
    for at, file in enumerate(queries):
        photo = f"{name}-{at}{Path(file).suffix}"
        shutil.copy(pictures / file, folder / "queries" / photo)
        rows.append((photo, "", name))
        if said:
            rows.append((photo, said[at % len(said)], name))
    return rows + [("", text, name) for text in said]


def measure(catalogue: Path, reviews: bool, cache: Path | None) -> dict[str, Any]:
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        lay_out(catalogue, folder, reviews)
        report = evaluate_images(
            folder / "products", folder / "queries", TextEncoder(), LayeredEncoder(ImageEncoder()), cache=cache
        )
    systems = {name: found for name, found in report.items() if name != "data"}
    return {
        "products": report["data"]["products"],
        **{
            kind: {
                name: {key: found["by"][kind][key] for key in ("r@1", "r@5", "mrr", "n")}
                for name, found in systems.items()
                if kind in found["by"]
            }
            for kind in KINDS
        },
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("catalogue", type=Path, help="A catalogue of any format, with its pictures.")
    arguments.add_argument("--reviews", action="store_true", help="Words of reviews instead of names.")
    arguments.add_argument("--cache", type=Path, help="Folder that keeps the pictures' features.")
    chosen = arguments.parse_args()
    print(json.dumps(measure(chosen.catalogue, chosen.reviews, chosen.cache), indent=1))


if __name__ == "__main__":
    main()
