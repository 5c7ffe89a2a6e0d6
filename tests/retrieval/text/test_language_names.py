"""Languages that texts name."""

from __future__ import annotations

import pytest

from retrieval.text.language_names import language_named, names_language


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("Avez-vous des romans en anglais ?", "en", "anglais"),
        ("una novela inglesa", "en", "inglesa"),
        ("Habt ihr englische Hörbücher?", "en", "englische"),
        ("książki po angielsku", "en", "angielsku"),
        ("книги на английском", "en", "английском"),
        ("knihy v angličtině", "en", "angličtině"),
        ("有法文版的小说吗", "fr", "法文"),
        ("a book in Swedish", "sv", "Swedish"),
    ],
)
def test_a_language_is_named_in_the_words_of_many(text: str, code: str, word: str) -> None:
    assert language_named(text) == (code, word)
    assert names_language(f"Format: {text}", code)


@pytest.mark.parametrize(
    "text", ["un livre de cuisine", "Kettenöl, 100 ml", "a portfolio of prints", "红色跑步鞋", "Russell"]
)
def test_other_words_name_none(text: str) -> None:
    assert language_named(text) is None and not names_language(text, "ru")
