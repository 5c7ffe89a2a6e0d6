"""A real shop, killed and started again, and a frame that keeps nothing: a run of each; the benchmark makes fifty."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from laboratory.benchmarks import line
from tests.app import fresh

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_nothing_is_lost_and_nothing_doubled(built: Shopclerk, tmp_path: Path) -> None:
    runs = line.run(fresh(built, tmp_path), ("restart", "blocked"), runs=1, seed=7)
    assert [(run.kind, run.wrong) for run in runs] == [("restart", []), ("blocked", [])]
    told = line.summary(runs)
    assert told["messages"] == sum(run.sent for run in runs) >= 4
    assert told["runs_with_something_wrong"] == {"restart": 0, "blocked": 0}
