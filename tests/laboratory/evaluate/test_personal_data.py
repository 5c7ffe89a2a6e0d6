"""Counting what is found of marked messages, and that the shipped detector does as it is told to do."""

from __future__ import annotations

import pytest

from assistant.settings import ROOT
from laboratory.evaluate.personal_data import evaluate, marked, message_of, read


def test_marks_are_read() -> None:
    message = message_of("call [name|Ann B.] on [phone|555]")
    assert message.text == "call Ann B. on 555"
    assert [message.text[start:end] for start, end, _ in message.spans] == ["Ann B.", "555"]
    with pytest.raises(ValueError, match="not closed"):
        message_of("call [name|Ann")


def test_found_missed_and_wrong_are_told_apart() -> None:
    messages = [message_of("[name|Ann Bo] and [name|Cy]"), message_of("nothing here")]
    counts = evaluate(messages, lambda text: [(0, 6, "name")] if text.startswith("Ann") else [(0, 7, "phone")])
    assert counts.rows() == [("name", 2, 1.0, 0.5), ("phone", 0, 0.0, 0.0), ("all", 2, 0.5, 0.5)]
    assert "'Cy'" in counts.missed[0] and "'nothing'" in counts.wrong[0]


def test_what_is_taken_out_of_a_text_is_found_in_it() -> None:
    text = "I am Daniel Brennan, mail d@x.example"
    assert [(text[start:end], kind) for start, end, kind in marked(text)] == [
        ("Daniel Brennan", "name"),
        ("d@x.example", "email"),
    ]


@pytest.mark.parametrize(("name", "least"), [("personal_data", 0.97), ("personal_data_reserve", 0.95)])
def test_little_is_missed_and_little_taken_wrongly(name: str, least: float) -> None:
    *_, (_, count, precision, recall) = evaluate(read(ROOT / "data" / "evaluation" / f"{name}.txt")).rows()
    assert count > 30 and precision >= least and recall >= least
