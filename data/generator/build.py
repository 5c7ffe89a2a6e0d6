"""Writes the demo shop's files. Everything is seeded: the same code and content give the same bytes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from . import behaviour, faq
from .catalogue import products
from .customers import customers
from .lexicon import colours, lexicon
from .orders import orders
from .pictures import picture
from .tastes import Shelf


def dump(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def dump_lines(path: Path, values: list[Any]) -> None:
    lines = (json.dumps(value, ensure_ascii=False, separators=(", ", ": ")) for value in values)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def build(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    catalogue = products()
    dump_lines(
        out / "products.jsonl", [product.model_dump(mode="json", exclude={"more_pictures"}) for product in catalogue]
    )
    dump(out / "lexicon.json", lexicon())
    (out / "pictures").mkdir(exist_ok=True)
    paints = colours()
    drawn = {out / path for product in catalogue for path in product.pictures.values()}
    for stale in set((out / "pictures").glob("*.svg")) - drawn:
        stale.unlink()
    for product in catalogue:
        for colour, path in product.pictures.items():
            (out / path).write_text(picture(product, paints[colour]["hex"]), encoding="utf-8")
    entries = faq.entries()
    dump_lines(out / "faq.jsonl", [entry.model_dump(mode="json") for entry in entries])
    (out / "faq-edited.csv").write_text(faq.as_csv(faq.edited(entries)), encoding="utf-8")
    shelf = Shelf(catalogue)
    people = customers()
    placed = orders(people, shelf)
    dump(out / "customers.json", people)
    dump(out / "orders.json", placed)
    (out / "events.csv").write_text(behaviour.as_csv(behaviour.events(people, placed, shelf)), encoding="utf-8")


def main(default: Path) -> None:
    parser = argparse.ArgumentParser(prog="python data/generator", description=__doc__)
    parser.add_argument("--out", type=Path, default=default, help="folder to write (default: %(default)s)")
    build(parser.parse_args().out)
