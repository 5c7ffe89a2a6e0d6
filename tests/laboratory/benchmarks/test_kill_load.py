from __future__ import annotations

import multiprocessing
import signal
import time
from pathlib import Path

import pytest

from laboratory.benchmarks import kill_load
from laboratory.benchmarks.kill_load import NeverEnds, ended, run, summary


@pytest.mark.timeout(180)
def test_loads_killed_at_any_moment_never_show(tmp_path: Path) -> None:
    """The benchmark kills 50; here a few do."""
    moments, readings, succeeded = run(tmp_path, moments=6)
    result = summary(moments, readings, succeeded)
    assert succeeded
    assert [reading.wrong for reading in readings] == [[], []]
    assert result["reads"] > 20
    assert result["live_other"] == 0
    assert result["kills"] == 6


def test_a_load_that_never_ends_is_told_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kill_load, "LONGEST_S", 0.2)
    loader = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    loader.start()
    with pytest.raises(NeverEnds, match="not ended in 0 s"):
        ended(loader)
    loader.join(10)
    assert loader.exitcode == -signal.SIGKILL
