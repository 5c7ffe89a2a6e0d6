from __future__ import annotations

from pathlib import Path

import pytest

from laboratory.benchmarks.kill_load import run, summary


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
