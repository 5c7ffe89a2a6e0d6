"""What stays when a shop's encoders are others than those that its help pages were loaded with."""

from __future__ import annotations

from pathlib import Path

from assistant.setup.knowledge import catalogue_words, load_knowledge
from retrieval.faq.indexing import index_entries, live_entries
from retrieval.search.indexing import Encoders
from retrieval.store.chroma import Store
from tests import own_shops
from tests.app import test_settings as settings_of
from tests.retrieval_samples import BagOfWords, MeanColour, faq


def test_uploaded_help_pages_stay_when_another_encoder_reads_them(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "state", catalogue=own_shops.clothing(tmp_path))
    store, words, uploaded = Store(tmp_path / "vectors"), BagOfWords(), (faq("own", "Are you open?", "At noon."),)
    index_entries(store, uploaded, BagOfWords("another"))
    load_knowledge(settings, store, Encoders(words, MeanColour()), catalogue_words(settings), lambda *_: None)
    assert live_entries(store, words.fingerprint) == uploaded
