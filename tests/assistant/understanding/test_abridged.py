"""What is read of a message that is too long to be read whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.abridged import READ, abridged

MIDDLE = "And then the weather was bad, so we stayed in and played cards until it was dark. " * 18


def test_a_message_of_usual_length_is_read_whole() -> None:
    text = "My parcel came without the mug. " * 20
    assert abridged(text) == text


def test_the_beginning_and_the_end_are_read() -> None:
    text = f"I am writing about the blue kettle. {MIDDLE}Please send me a new lid for it."
    read = abridged(text)
    assert read.startswith("I am writing about the blue kettle.")
    assert read.endswith("Please send me a new lid for it.")
    assert len(read) <= READ


def test_an_order_number_and_an_address_in_the_middle_are_kept() -> None:
    text = f"Hello. {MIDDLE}It is SC-4F9K2QH7, from mara@post.example. {MIDDLE[:500]}Where is it?"
    assert "SC-4F9K2QH7" in abridged(text) and "mara@post.example" in abridged(text)


@given(st.text(alphabet="ab .,\n好。@-SC1", max_size=3000))
def test_what_is_read_is_bounded_and_from_the_message(text: str) -> None:
    read = abridged(text)
    assert len(read) <= READ + 4 * 400
    assert all(piece in text for piece in read.split("\n"))
