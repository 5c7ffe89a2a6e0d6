"""The measurement of turns: which files of conversations it reads, and what it reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from assistant.cli.failures import Unusable
from assistant.llm.client import ModelUnavailable
from laboratory.benchmarks import turns
from tests import app
from tests.scripted_model import ScriptedModel

SCRIPTS = [turns.Script(("hello", "a kettle under $90")), turns.Script(("where is my parcel?",), "C-DEMO2345")]
TIMES = ("p50_ms", "p95_ms", "first_content_p50_ms", "first_content_p95_ms")


def test_conversations_are_read_as_text_and_as_json_lines(tmp_path: Path) -> None:
    text = tmp_path / "some.txt"
    text.write_text("# comment\n\nhello\na kettle\n\n@C-1\nwhere is it?\n", encoding="utf-8")
    lines = tmp_path / "more.jsonl"
    told = {"id": "x-1", "turns": [{"say": "有水壶吗", "expect": {"handed": False}}, {"say": "the red one"}]}
    lines.write_text(f"{json.dumps(told)}\n\n{json.dumps({'turns': [{'say': '@home'}]})}\n", encoding="utf-8")
    assert turns.read(text, lines) == [
        turns.Script(("hello", "a kettle")),
        turns.Script(("where is it?",), "C-1"),
        turns.Script(("有水壶吗", "the red one")),
        turns.Script(("@home",)),
    ]


@pytest.mark.parametrize("line", ["no json", "[]", '{"turns": ["hello"]}', '{"id": "x-1"}'])
def test_json_lines_of_another_form_are_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(f'{{"turns": [{{"say": "hello"}}]}}\n{line}\n')
    with pytest.raises(Unusable, match="line 2"):
        turns.read(file)


def test_a_file_without_conversations_is_named(tmp_path: Path) -> None:
    (tmp_path / "none.txt").write_text("# nothing\n")
    with pytest.raises(Unusable, match=r"none\.txt"):
        turns.read(tmp_path / "none.txt")


async def test_the_report_without_a_model(own: Shopclerk) -> None:
    report = await turns.without_model(own, SCRIPTS, rounds=4)
    assert report["n"] == 4 * 3 - turns.WARM_UP
    assert 0 < report["first_content_p50_ms"] <= report["p50_ms"] <= report["p95_ms"]
    assert {"guard", "understand", "retrieve", "rank", "act", "word"} <= report["steps_p95_ms"].keys()


async def test_the_report_with_a_model(shop: Shopclerk, tmp_path: Path) -> None:
    """With one that answers nothing of use: it was asked, and the templates worded what is seen."""
    model = ScriptedModel([ModelUnavailable("busy")] * 50)
    asked = await turns.with_model(app.fresh(shop, tmp_path, model=model, policy=lambda plan: True), SCRIPTS)
    without = await turns.without_model(shop, SCRIPTS, rounds=1)
    assert {f"model_{name}" for name in TIMES} <= asked.keys() and set(TIMES) <= without.keys()
    assert asked["model_turns"] == 3 and 0 < asked["model_asked"] <= 1 and asked["model_unanswered"] == 1
    assert asked["worded_by_model"] == 0
    assert asked["model_first_content_p50_ms"] <= asked["model_p50_ms"]
