"""The model as reader: what it is shown, and what of its answer is kept."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.understanding.model_reader import SCHEMA, Scene, checked, prompt_for
from assistant.understanding.schema import Intent

SCENE = Scene(
    turns=[("shopper", "a lamp for 40"), ("assistant", "Here are two lamps.")], titles=["Moth Lamp", "Fir Lamp"]
)


def kept(text: str, scene: Scene = SCENE, **answer: Any) -> Any:
    return checked({"say": text, "act": "question", "of": [], **answer}, text, scene)


def test_the_prompt_shows_the_conversation_and_begins_the_same_every_time() -> None:
    prompt = prompt_for("the second one", SCENE)
    assert "1 Moth Lamp 2 Fir Lamp" in prompt.user and "Shop: Here are two lamps." in prompt.user
    assert prompt.user.endswith("Customer: the second one")
    assert prompt.system == prompt_for("anything else", Scene()).system  # so that the server keeps it read
    long = prompt_for("x " * 2000, Scene(turns=[("shopper", "y " * 2000)] * 9, titles=["z" * 40] * 40))
    assert len(long.user) < 2000


def test_what_waits_is_said() -> None:
    scene = Scene(asked="order_id", request="order_change", waiting=True)
    user = prompt_for("yes", scene).user
    assert "order_id" in user and "order_change" in user and "yes or no" in user


def test_yes_and_no_need_something_that_waits() -> None:
    assert kept("yes", act="yes") is None
    assert kept("yes", Scene(waiting=True), act="yes").intent is Intent.CONFIRM
    assert kept("no", Scene(waiting=True), act="no").intent is Intent.DECLINE


def test_products_must_be_on_the_list_and_are_believed_of_some_acts_only() -> None:
    assert kept("the last one", of=[2, 2, 3, 0, -1, True, "1"]).things == (2,)
    assert kept("others", of=[1, 2], act="search").things == ()


@pytest.mark.parametrize(
    ("text", "said", "standalone"),
    [
        ("and in red?", "Is the Fir Lamp there in red?", "Is the Fir Lamp there in red?"),
        ("for less", "I want a lamp for less than 40", "I want a lamp for less than 40"),
        ("for less", "I want a lamp for less than 30", "for less"),
        ("有红色的吗", "Is there a red one?", "有红色的吗"),
        ("有红色的吗", "这款灯有红色的吗？", "这款灯有红色的吗？"),
        ("and in red?", "", "and in red?"),
    ],
)
def test_a_rewriting_keeps_to_the_numbers_and_the_language(text: str, said: str, standalone: str) -> None:
    assert kept(text, say=said).standalone == standalone


def test_an_answer_of_another_shape_is_no_reading() -> None:
    answers: list[dict[str, Any]] = [{}, {"act": 3}, {"act": "search", "of": "all", "say": None, "max": 5}]
    assert [checked(answer, "hi", SCENE) is None for answer in answers] == [True, True, False]


def test_every_field_of_the_schema_is_required() -> None:
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"])
