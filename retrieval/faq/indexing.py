"""From an FAQ file to a live version: what of an entry is embedded, and loading it into the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from retrieval.encoders.embedded import TextModel, Vectors
from retrieval.feeds import FaqReport, load_faq
from retrieval.models import FaqEntry
from retrieval.store.chroma import Store
from retrieval.store.rows import Diff, Ingested, NothingStored, Progress, Row, WrongEncoder
from retrieval.text.words import is_chinese


def index_faq(
    store: Store, path: Path | str, text: TextModel, progress: Progress | None = None, only: str | None = None
) -> tuple[FaqReport, Ingested]:
    """Reads an FAQ file and makes it the live version. Raises ``FeedError`` (nothing changes) or a ``StoreError``."""
    report = load_faq(path)
    return report, index_entries(store, report.entries, text, progress, only)


def index_entries(
    store: Store,
    entries: Sequence[FaqEntry],
    text: TextModel,
    progress: Progress | None = None,
    only: str | None = None,
) -> Ingested:
    """Makes these FAQ entries the live version. ``only``: as for ``Versions.ingest``."""

    def embed(texts: Sequence[str]) -> Vectors:
        # Chinese entries that the encoder cannot read are found by their words, and their vectors stay zero.
        vectors = np.zeros((len(texts), text.dimensions), dtype=np.float32)
        read = [at for at, one in enumerate(texts) if text.reads_chinese or not is_chinese(one)]
        if read:
            vectors[read] = text.encode([texts[at] for at in read])
        return vectors

    return store.faq.ingest(_rows(entries), embed, text.fingerprint, progress, widths=(text.dimensions,), only=only)


def live_entries(store: Store, fingerprint: str) -> tuple[FaqEntry, ...]:
    """What is live now; nothing where there is nothing, or nothing that this encoder can read."""
    try:
        stored = store.faq.read(fingerprint)
    except (NothingStored, WrongEncoder):
        return ()
    return tuple(FaqEntry.model_validate_json(row.document) for row in stored.rows if row.document)


def preview_faq(store: Store, entries: Sequence[FaqEntry]) -> Diff:
    """What loading these entries would change, as ``language/id``. Nothing is embedded or written."""
    return store.faq.diff(_rows(entries))


def phrases_of(entry: FaqEntry) -> list[tuple[str, str]]:
    """(label, text) of everything an FAQ entry is found by."""
    asked = [("question", entry.question), *((f"also {at}", text) for at, text in enumerate(entry.also_asked))]
    whole = " ".join([entry.question, *entry.also_asked, entry.answer])
    return [*asked, ("answer", entry.answer), ("whole", whole)]


def _rows(entries: Sequence[FaqEntry]) -> Iterator[Row]:
    for entry in entries:
        group = f"{entry.language}/{entry.id}"
        for at, (label, text) in enumerate(phrases_of(entry)):
            key = sha256(text.encode()).hexdigest()[:24]
            yield Row(f"{group}#{at}", group, key, entry.model_dump_json() if at == 0 else "", label, text)
