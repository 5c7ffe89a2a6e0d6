"""FAQ search with the encoder of questions, which reads any language."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.settings import ROOT
from laboratory.train.support import asked, contrast, topics
from retrieval.encoders.e5 import E5Encoder
from retrieval.encoders.embedded import TextEncoder
from retrieval.encoders.support import SupportEncoder
from retrieval.faq.background import background_questions, background_vectors
from retrieval.faq.indexing import index_entries
from retrieval.faq.search import FaqSearch
from retrieval.faq.topics import Topics
from retrieval.store.chroma import Store
from tests.retrieval_samples import BagOfWords, faq

installed = pytest.mark.skipif(not E5Encoder.installed(), reason="the package is built for Linux on x86_64")

VELO = [
    faq("versand", "Was kostet der Versand?", "5,90 €, ab 80 € frei.", "de"),
    faq("dauer", "Wie lange dauert die Lieferung?", "Zwei bis vier Werktage.", "de"),
    faq("retoure", "Kann ich etwas zurückgeben?", "30 Tage lang, unbenutzt.", "de"),
    faq("geld", "Wann bekomme ich mein Geld zurück?", "Eine Woche nach Eingang der Rücksendung.", "de"),
    faq("zahlung", "Welche Zahlungsarten gibt es?", "Kreditkarte, PayPal und Rechnung.", "de"),
    faq("werkstatt", "Reparieren Sie auch Fahrräder?", "Ja, mit Termin in unserer Werkstatt.", "de"),
    faq("laden", "Haben Sie ein Ladengeschäft?", "In der Kettengasse 3, dienstags bis samstags.", "de"),
    faq("rahmen", "Welche Rahmengröße brauche ich?", "Die Schrittlänge mal 0,66.", "de"),
]


@pytest.fixture(scope="module")
def encoder() -> SupportEncoder:
    return SupportEncoder()


@pytest.fixture(scope="module")
def velo(tmp_path_factory: pytest.TempPathFactory, encoder: SupportEncoder) -> FaqSearch:
    store = Store(tmp_path_factory.mktemp("velo"))
    index_entries(store, VELO, encoder)
    return FaqSearch(store, encoder)


@installed
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("meine Kette springt ständig raus, könnt ihr das richten", "werkstatt"),
        ("ist das Paket bis Ostern hier", "dauer"),
        ("hab den Helm retourniert und auf dem Konto ist noch nichts", "geld"),
        ("geht auch Mastercard", "zahlung"),
        ("do I have to pay for postage", "versand"),
        ("où est votre magasin", "laden"),
        ("不合适能退吗", "retoure"),
    ],
)
def test_questions_in_any_words_and_language_find_their_answer(velo: FaqSearch, text: str, answer: str) -> None:
    assert velo.search(text, "de")[0].entry.id == answer


@installed
@pytest.mark.parametrize("text", ["wie wird das Wetter", "erzähl mir einen Witz", "ich habe mein Passwort vergessen"])
def test_what_no_entry_is_about_is_not_answered(velo: FaqSearch, text: str) -> None:
    assert velo.search(text, "de")[0].confidence < 0.5


@installed
def test_every_entry_is_sure_of_its_own_question(velo: FaqSearch) -> None:
    for entry in VELO:
        best = velo.search(entry.question, "de")[0]
        assert best.entry.id == entry.id and best.confidence > 0.5


@installed
def test_an_entry_is_found_by_its_texts_in_every_language(tmp_path: Path, encoder: SupportEncoder) -> None:
    english = [faq("dog", "Are animals welcome?", "Yes."), faq("price", "What is a night?", "80 dollars.")]
    german = [
        faq("dog", "Darf mein Hund mit?", "Ja.", "de"),
        faq("price", "Was kostet eine Nacht?", "80 Dollar.", "de"),
    ]
    index_entries(store := Store(tmp_path), [*english, *german], encoder)
    search = FaqSearch(store, encoder)
    own = search.search("Darf mein Hund mit?", "de")[0]
    assert (own.entry.id, own.entry.language) == ("dog", "de")
    assert search.search("Darf mein Hund mit?", "en")[0].entry == english[0]


@installed
def test_minilm_says_nothing_of_what_it_does_not_read(encoder: SupportEncoder) -> None:
    texts = ["Wie lange dauert die Lieferung?", "How long does delivery take?", "多久能到货"]
    german, english, chinese = encoder.unmapped(texts)
    assert not german[:384].any() and english[:384].any() and chinese[:384].any()
    vectors = encoder.encode(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(encoder.encode_one(texts[0]), vectors[0], atol=0.02)
    assert vectors.shape == (3, encoder.dimensions)


@installed
def test_what_ships_was_made_with_the_encoder(encoder: SupportEncoder) -> None:
    assert Topics.shipped(encoder).vectors.shape == (len(asked()), encoder.dimensions)
    strange, questions = background_vectors(encoder), background_questions()
    assert strange.shape == (len(questions), encoder.dimensions)
    assert np.array_equal(strange, strange.astype(np.float16)), "read, not encoded"


def test_another_encoder_has_no_topics() -> None:
    topics_of = Topics.shipped(BagOfWords())
    assert topics_of.vectors.shape == (0, BagOfWords.dimensions)
    assert topics_of.shares(topics_of.cosines(np.ones((2, 64), dtype=np.float32))).shape == (2, 0)


def test_words_of_other_languages_fall_to_pieces() -> None:
    encoder = TextEncoder()
    assert encoder.pieces_a_word("How long does delivery take?") == 1
    assert encoder.pieces_a_word("Wie hoch sind die Versandkosten?") > 1.5
    assert encoder.pieces_a_word("?!") == 0


def test_the_loss_is_less_where_the_alike_are_near() -> None:
    texts = torch.nn.functional.normalize(torch.tensor([[1.0, 0.1], [1.0, 0.0], [0.0, 1.0], [0.1, 1.0]]), dim=-1)
    assert contrast(texts, torch.tensor([0, 0, 1, 1])) < 0.1 < contrast(texts, torch.tensor([0, 1, 0, 1]))


def test_nothing_that_is_measured_on_was_learned_from() -> None:
    learned = {text.strip(" ?？!.").casefold() for group in topics().values() for text in group}
    assert len(learned) > 1500
    assert all(len(set(group)) >= 4 for group in asked().values())
    for name in ("faq.json", "faq_de.json"):
        questions = json.loads((ROOT / "data" / "evaluation" / name).read_text())["questions"]
        assert not learned & {question["text"].strip(" ?？!.").casefold() for question in questions}
