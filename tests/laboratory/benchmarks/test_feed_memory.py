"""Feeds of 80 MB that are made as they are read: memory must not follow their size."""

from __future__ import annotations

import tracemalloc
from itertools import islice

import psutil
import pytest

from laboratory.benchmarks.feed_memory import KINDS, TEXT, made
from retrieval.feeds import BadRow
from retrieval.feeds.reading import read_sources

MEGABYTE = 2**20


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_follow_the_size(kind: str) -> None:
    process = psutil.Process()
    # Long texts, so that it is the bytes that are many: what is done for each product has tests of its own.
    feed = read_sources([made(kind, 80 * MEGABYTE, TEXT * 1_000)])
    assert sum(1 for _ in islice(feed, 100)) == 100  # buffers are as large as they will be
    before = peak = process.memory_info().rss
    for count, item in enumerate(feed):
        assert not isinstance(item, BadRow), item.reason
        if count % 100 == 0:
            peak = max(peak, process.memory_info().rss)
    assert feed.products > 250
    assert peak - before < 30 * MEGABYTE


def test_what_is_kept_for_each_product_is_small() -> None:
    feed = read_sources([made("csv", 2 * MEGABYTE, "short")])
    sum(1 for _ in islice(feed, 1_000))
    tracemalloc.start()
    try:
        sum(1 for _ in islice(feed, 3_500))
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        feed.close()
    assert grown < 2 * MEGABYTE
