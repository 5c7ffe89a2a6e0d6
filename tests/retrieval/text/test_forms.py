"""Words of a catalogue in other forms, and compounds that end in a word."""

from __future__ import annotations

import pytest

from retrieval.text.forms import Forms, ends_in, same_word

WORDS = ("giesskann", "gartenscher", "astscher", "blumentopf", "schwarzte", "handschaufel", "rose")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("giesskannen", "giesskann", True),
        ("rosen", "rose", True),
        ("topf", "topfe", True),
        ("kanne", "kanten", False),
        ("gabel", "garten", False),
    ],
)
def test_forms_differ_by_their_endings(one: str, other: str, same: bool) -> None:
    assert same_word(one, other) is same is same_word(other, one)


def test_a_compound_is_what_its_last_part_is() -> None:
    assert ends_in("gartenscher", "scheren") and ends_in("blumentopf", "topf") and ends_in("schwarzte", "tee")
    assert not ends_in("gartenscher", "garten") and not ends_in("schere", "schere")


def test_only_words_of_the_catalogue_are_given() -> None:
    forms = Forms(WORDS, ("de",))
    assert forms.of("giesskannen") == ("giesskann",) and forms.of("kannen") == ()
    assert forms.compounds("scheren") == ("astscher", "gartenscher")
    assert forms.siblings("rosenscher") == ("gartenscher", "astscher")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_english_and_chinese_catalogues_need_none(language: str) -> None:
    forms = Forms(("necklace", "garden"), (language,))
    assert forms.of("gardener") == () == forms.compounds("lace") == forms.siblings("shoelace")
