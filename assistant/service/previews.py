"""Uploads that have been read and wait for a yes: what switching to each would change."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.pages import BadRow, Change, FoundInFile, Preview, Refused
from retrieval.feeds import BadRow as FeedBadRow
from retrieval.feeds import FaqReport, LoadReport, write_bad_rows
from retrieval.models import FaqEntry, Product
from retrieval.store.rows import Diff

MAX_PREVIEW_ROWS = 100
"""Bad rows and changes that a preview lists; it counts them all."""

PREVIEW_LIFETIME_S = 3600.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A validated upload that can be switched to. ``folder`` is what a catalogue's pictures are relative to."""

    kind: Literal["faq", "catalogue"]
    source: str
    made: float
    entries: tuple[FaqEntry, ...] = ()
    products: tuple[Product, ...] = ()
    folder: Path = Path()
    losses: tuple[str, ...] = ()


class Previews:
    """At most one upload of each kind waits: another of its kind takes its place."""

    def __init__(self) -> None:
        self._waiting: dict[str, Upload] = {}

    def shown(
        self,
        upload: Upload,
        report: FaqReport | LoadReport,
        diff: Diff,
        texts: Callable[[str], tuple[str, str]],
        path: Path,
        found: FoundInFile | None = None,
    ) -> Preview:
        """What the page shows of an upload, which waits if anything would change. ``texts``: an entry before and
        after, by its group in the store; ``path``: the file, beside which the bad rows of help pages are written."""
        bad: Sequence[FeedBadRow] = report.bad_rows
        if bad and isinstance(report, FaqReport):  # a catalogue's are written as they are read
            write_bad_rows(report, bad_rows_path(path))
        token = secrets.token_urlsafe(12)
        rows = len(upload.entries or upload.products)
        can_switch = rows > 0 and not diff.empty
        if can_switch:
            self._waiting = {key: each for key, each in self._waiting.items() if each.kind != upload.kind}
            self._waiting[token] = upload
        return Preview(
            token=token,
            filename=upload.source,
            rows=rows,
            bad=tuple(BadRow(row.line, row.reason, row.shown[:200]) for row in bad[:MAX_PREVIEW_ROWS]),
            bad_total=report.bad_total if isinstance(report, LoadReport) else len(bad),
            changes=tuple(_changes(diff, texts, upload.kind)),
            counts={
                "added": len(diff.added),
                "changed": len(diff.changed),
                "removed": len(diff.removed),
                "unchanged": diff.unchanged,
            },
            can_switch=can_switch,
            notes=tuple(report.notes if isinstance(report, FaqReport) else _warnings(report)),
            losses=upload.losses,
            found=found,
        )

    def losses(self, token: str) -> tuple[str, ...]:
        """Why switching to it must be confirmed; empty also where nothing waits."""
        held = self._waiting.get(token)
        return held.losses if held is not None else ()

    def take(self, token: str, kind: Literal["faq", "catalogue"]) -> Upload:
        """The upload, which then waits no longer. Raises ``Refused`` for one that is not current."""
        upload = self._waiting.pop(token, None)
        if upload is None or upload.kind != kind or time.monotonic() - upload.made > PREVIEW_LIFETIME_S:
            raise Refused("This preview is no longer current. Upload the file again.")
        return upload


def bad_rows_path(path: Path) -> Path:
    return path.with_name(f"bad-rows-{path.stem}{path.suffix}")


def _warnings(report: LoadReport) -> list[str]:
    return [note.reason for note in report.warnings[:MAX_PREVIEW_ROWS]]


def _changes(diff: Diff, texts: Callable[[str], tuple[str, str]], kind: str) -> list[Change]:
    """The first changed entries, each with what would happen to it."""
    kinds: list[tuple[Literal["added", "changed", "removed"], Sequence[str]]] = [
        ("added", diff.added), ("changed", diff.changed), ("removed", diff.removed)
    ]  # fmt: skip
    groups = [(each, group) for each, of_kind in kinds for group in of_kind[:MAX_PREVIEW_ROWS]][:MAX_PREVIEW_ROWS]
    found = []
    for each, group in groups:
        language, _, id = group.partition("/") if kind == "faq" else ("en", "", group)
        found.append(Change(each, id, language, *texts(group)))
    return found


def faq_texts(before: Sequence[FaqEntry], after: Sequence[FaqEntry]) -> Callable[[str], tuple[str, str]]:
    was, will = ({f"{entry.language}/{entry.id}": entry for entry in entries} for entries in (before, after))
    return lambda group: (_faq_text(was.get(group)), _faq_text(will.get(group)))


def product_texts(before: Sequence[Product], after: Sequence[Product]) -> Callable[[str], tuple[str, str]]:
    was, will = ({product.id: product for product in products} for products in (before, after))
    return lambda group: (_product_text(was.get(group)), _product_text(will.get(group)))


def _faq_text(entry: FaqEntry | None) -> str:
    return f"{entry.question} — {entry.answer}" if entry else ""


def _product_text(product: Product | None) -> str:
    if product is None:
        return ""
    stock = sum(variant.stock for variant in product.variants)
    return f"{product.name('en')} — {product.lowest_price} {product.currency}, {stock} in stock"
