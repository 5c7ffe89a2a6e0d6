from __future__ import annotations

from collections.abc import Sequence

import bm25s  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.text import weights
from retrieval.text.bm25 import LexicalIndex
from retrieval.text.words import terms

words = st.lists(st.sampled_from(["boot", "mug", "red", "kettle", "跑鞋", "waterproof"]), max_size=8).map(" ".join)


def of_library(texts: Sequence[str], term: str) -> np.ndarray:
    """(texts,) what bm25s gives the term in one field."""
    index = bm25s.BM25(k1=weights.K1, b=weights.B, method="lucene")
    index.index([terms(text) or [""] for text in texts], show_progress=False)
    scores: np.ndarray = index.get_scores([term])
    return scores


@settings(max_examples=50, deadline=None)
@given(documents=st.lists(st.tuples(words, words), min_size=2, max_size=12), chunk=st.integers(1, 5))
def test_a_term_weighs_what_bm25s_says_in_its_best_field(documents: list[tuple[str, str]], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "CHUNK", chunk)
        fields = [{"title": (title,), "text": (text,)} for title, text in documents]
        index = LexicalIndex.build(fields, {"title": 2.0, "text": 1.0}, frozenset(("title",)))
    for term in {term for title, text in documents for term in terms(f"{title} {text}")}:
        columns = [[title for title, _ in documents], [text for _, text in documents]]
        in_title, in_text = (
            of_library(column, term) if any(term in terms(text) for text in column) else np.zeros(len(documents))
            for column in columns
        )
        assert np.allclose(index.scores([term]), np.maximum(2 * in_title, in_text), atol=1e-5)
        assert index.is_telling(term) == bool(in_title.any())


def test_no_documents_and_no_words() -> None:
    assert len(LexicalIndex.build([], {"title": 1.0}, frozenset()).scores(["boot"])) == 0
    index = LexicalIndex.build([{"title": ("",)}, {}], {"title": 1.0}, frozenset())
    assert index.scores(["boot"]).tolist() == [0, 0]
