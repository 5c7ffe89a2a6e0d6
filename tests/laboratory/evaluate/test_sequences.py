from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app as command_line
from assistant.cli.failures import Unusable
from retrieval.ranking.sequence_model import SequenceModel
from tests.retrieval.ranking.test_sequence_model import pairs


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    sequences = pairs(users=150, items=140)
    path = tmp_path_factory.mktemp("sequences") / "pairs.txt"
    lines = [
        f"{user} {' '.join(sequences.items[at] for at in sequences[n].items)}" for n, user in enumerate(sequences.users)
    ]
    path.write_text("\n".join(lines))
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_sequences_are_evaluated_beside_the_ladder(file: Path) -> None:
    arguments = ("evaluate", "ranker", "--sequences", str(file), "--minutes", "0.05", "--seeds", "2")
    report = json.loads(run(*arguments, "--protocol", "sampled100", "--json"))
    assert report["data"] | {"file": ""} == {
        "file": "", "users": 150, "items": 142, "events": 1350, "seeds": 2, "protocol": "sampled100"
    }  # fmt: skip
    for name in ("shopclerk", "shopclerk_before_last", "popularity", "session", "item_knn", "mf", "ease", "followers"):
        found = report[name]
        assert found["n"] == found["full"]["n"] == 150
        assert 0 <= found["ndcg@10"] <= found["hr@10"] <= 1
        assert found["full"]["hr@10"] <= found["hr@10"], "among all items it is harder than among a hundred"
    runs = report["shopclerk"]["seeds"]["hr@10"]
    assert report["shopclerk"]["hr@10"] == pytest.approx(sum(runs) / 2, abs=1e-4)
    told = run("evaluate", "ranker", "--sequences", str(file), "--minutes", "0.05", "--no-baselines")
    assert "shopclerk_before_last" in told and "popularity" not in told


def test_a_file_that_was_cut_off_is_refused(file: Path, tmp_path: Path) -> None:
    (cut := tmp_path / "cut.txt").write_text("u1 a\nu1 b\nu2")
    with pytest.raises(Unusable, match="line 3"):
        CliRunner().invoke(command_line, ["evaluate", "ranker", "--sequences", str(cut)], catch_exceptions=False)
    with pytest.raises(Unusable, match="nowhere"):
        CliRunner().invoke(
            command_line, ["evaluate", "ranker", "--sequences", str(tmp_path / "nowhere")], catch_exceptions=False
        )


def test_a_model_is_trained_from_a_file_and_goes_on_after_an_interruption(file: Path, tmp_path: Path) -> None:
    arguments = ["train", "ranker", "--sequences", str(file), "--out", str(tmp_path / "model")]
    arguments += ["--work", str(tmp_path / "work")]
    run(*arguments, "--minutes", "0.01")
    first = SequenceModel.load(tmp_path / "model").about["figures"]["epochs"]
    run(*arguments, "--minutes", "0.1")
    assert SequenceModel.load(tmp_path / "model").about["figures"]["epochs"][0] > first[0]
