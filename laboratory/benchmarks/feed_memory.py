"""Reads feeds that are made as they are read, and prints how many products came, how long it took and what memory it
took: ``python laboratory/benchmarks/feed_memory.py --gigabytes 2``. Only what reading itself spools is written."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval.feeds import BadRow
from retrieval.feeds.reading import read_sources
from retrieval.feeds.sources import Source

COLOURS = ("red", "blue", "green")
TEXT = "Made to last, and easy to look after. Comes with everything that is needed, in one box. "


@dataclass(frozen=True, slots=True)
class Kind:
    """How a feed of one kind is written: what stands before, between and after its rows, and a product's rows."""

    name: str
    before: str
    between: str
    after: str
    rows: Callable[[int, str], list[str]]


def _object(at: int, text: str) -> str:
    variants = [
        {"id": f"p{at}/{colour}", "options": {"colour": colour}, "price": f"{at % 90 + 5}.90", "stock": at % 7}
        for colour in COLOURS
    ]
    value = {"id": f"p{at}", "title": {"en": f"Thing number {at}"}, "brand": f"Brand {at % 50}", "type": "things"}
    value |= {"category": ["home", "things"], "description": {"en": text}, "attributes": {"material": "wood"}}
    return json.dumps({**value, "variants": variants})


def _lines(at: int, text: str) -> list[str]:
    head = f'p{at},Thing number {at},Brand {at % 50},things,home/things,"{text}",material=wood,USD'
    return [f"{head},p{at}/{colour},{at % 90 + 5}.90,{at % 7},{colour}" for colour in COLOURS]


def _items(at: int, text: str) -> list[str]:
    head = f"<g:item_group_id>p{at}</g:item_group_id><title>Thing number {at}</title><description>{text}</description>"
    tail = f"<g:price>{at % 90 + 5}.90 USD</g:price><g:availability>in_stock</g:availability>"
    return [
        f"<item><g:id>p{at}/{colour}</g:id>{head}<g:color>{colour}</g:color>{tail}<link>https://x.test/{at}</link></item>"
        for colour in COLOURS
    ]


HEADER = "id,title_en,brand,type,category,description_en,attributes,currency,variant_id,price,stock,colour\n"
RSS = '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Things</title>\n'

KINDS = {
    "jsonl": Kind("c.jsonl", "", "\n", "\n", lambda at, text: [_object(at, text)]),
    "json": Kind("c.json", "[\n", ",\n", "\n]\n", lambda at, text: [_object(at, text)]),
    "csv": Kind("c.csv", HEADER, "\n", "\n", _lines),
    "xml": Kind("c.xml", RSS, "\n", "\n</channel></rss>\n", _items),
}


class Made:
    """A stream of so many bytes of products, made as they are read."""

    def __init__(self, kind: Kind, size: int, text: str) -> None:
        self._pieces = self._make(kind, size, text)
        self._piece, self._at = b"", 0

    @staticmethod
    def _make(kind: Kind, size: int, text: str) -> Iterator[bytes]:
        if kind.before:  # nothing at all would be the end
            yield kind.before.encode()
        made, at = 0, 0
        while made < size:
            rows = [row for number in range(at, at + 10) for row in kind.rows(number, text)]
            piece = (kind.between if at else "") + kind.between.join(rows)
            made, at = made + len(piece), at + 10
            yield piece.encode()
        yield kind.after.encode()

    def read(self, size: int, /) -> bytes:
        if self._at == len(self._piece):
            self._piece, self._at = next(self._pieces, b""), 0
        data = self._piece[self._at : self._at + size]
        self._at += len(data)
        return data

    def close(self) -> None:
        self._pieces = iter(())


def made(kind: str, size: int, text: str) -> Source:
    return Source(KINDS[kind].name, Path("/"), lambda: Made(KINDS[kind], size, text))


def measure(kind: str, size: int) -> dict[str, float | str]:
    """Reads one feed in this process; memory is its growth over what Python and the libraries take, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    products = variants = 0
    for item in read_sources([made(kind, size, TEXT * 6)]):
        if isinstance(item, BadRow):
            raise SystemExit(f"{item.line}: {item.reason}")
        products += 1
        variants += len(item.variants)
    seconds = time.monotonic() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"kind": kind, "products": products, "variants": variants, "seconds": seconds, "grown_mb": grown}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--json", action="store_true", help="one object instead of the table")
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    size = int(options.gigabytes * 1e9)
    if options.one:
        print(json.dumps(measure(options.one, size)))
        return
    if not options.json:
        print(f"{options.gigabytes:g} GB each; read twice where several rows make a product\n")
        print(f"{'kind':<6} {'products':>10} {'variants':>10} {'seconds':>8} {'MB/s':>6} {'peak memory':>12}")
    results = []
    for kind in options.kinds:
        # Each in a process of its own, so that the peak is its own.
        command = [sys.executable, __file__, "--gigabytes", str(options.gigabytes), "--one", kind]
        result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        results.append(result)
        if not options.json:
            rate = size / 1e6 / result["seconds"]
            numbers = f"{result['products']:>10,} {result['variants']:>10,} {result['seconds']:>8.0f} {rate:>6.1f}"
            print(f"{kind:<6} {numbers} {result['grown_mb']:>9.0f} MB", flush=True)
    if options.json:
        print(json.dumps({"bytes": size, "feeds": results}, indent=1))


if __name__ == "__main__":
    main()
