"""When another FAQ must not take the place of the live one without a yes."""

from __future__ import annotations

from retrieval.faq.losses import losses
from retrieval.models import FaqEntry


def entries(start: int, stop: int, words: int = 5) -> list[FaqEntry]:
    return [
        FaqEntry(id=f"e{n}", language="en", topic="t", question=f"Question {n}?", answer="word " * words)
        for n in range(start, stop)
    ]


def test_an_edit_is_no_loss() -> None:
    assert not losses(entries(0, 10), entries(0, 10), 0)
    assert not losses(entries(0, 10), entries(3, 14), 0)
    assert not losses(entries(0, 10), entries(0, 5, words=10), 1)
    assert not losses([], entries(0, 1), 0)


def test_entries_that_go_answers_that_shrink_and_rows_that_are_bad_are() -> None:
    (removed,) = losses(entries(0, 10), entries(0, 4, words=50), 0)
    assert "6 of the 10" in removed
    (shorter,) = losses(entries(0, 10), entries(0, 10, words=2), 0)
    assert "characters" in shorter
    (bad,) = losses([], entries(0, 10), 5)
    assert "5 of its 15 rows" in bad


def test_other_ids_for_the_same_questions_lose_nothing() -> None:
    renamed = [entry.model_copy(update={"id": "x" + entry.id}) for entry in entries(0, 10)]
    assert not losses(entries(0, 10), renamed, 0)
    other_language = [entry.model_copy(update={"language": "de"}) for entry in entries(0, 10)]
    assert losses(entries(0, 10), other_language, 0)


def test_the_demos_entries_are_no_loss() -> None:
    demo = entries(0, 100)
    assert not losses(demo, entries(200, 203), 0, shipped=demo)
    assert losses([*demo, *entries(100, 110)], entries(200, 203), 0, shipped=demo)
