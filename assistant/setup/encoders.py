"""The encoders that the settings name, and what searches with them."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import Settings
from retrieval.encoders.cross_encoder import CrossEncoder, Reranker
from retrieval.encoders.e5 import E5Encoder
from retrieval.encoders.embedded import ImageEncoder, TextEncoder
from retrieval.encoders.text_image import TextImageModel, known_kinds
from retrieval.search.fits import E5_FITS, Fits
from retrieval.search.indexing import Encoders
from retrieval.text.lexicon import Lexicon


def shop_encoders(settings: Settings, lexicon: Lexicon | None = None) -> Encoders:
    """The catalogue's encoders, and the one of sentences, which is always MiniLM: what reads messages was fitted to its
    vectors. ``lexicon``: the shop's words, if they are not those of the settings.

    Raises ``ModelFilesMissing``.
    """
    sentences = TextEncoder()
    if settings.encoder == "embedded":
        return Encoders(sentences, ImageEncoder())
    if settings.encoder == "e5":
        several = E5Encoder()
        return Encoders(several, ImageEncoder(), sentences, several)
    words = Lexicon.from_file(settings.shop_data / "lexicon.json") if lexicon is None else lexicon
    kinds = [entry.name["en"] for entry in words.types.values() if "en" in entry.name]
    model = TextImageModel(Path(settings.encoder), [*kinds, *known_kinds()])
    return Encoders(model.text, model.image, sentences)


def search_fits(settings: Settings) -> Fits:
    """Raises ``BadFit``."""
    return Fits.read(settings.search_fits or (E5_FITS if settings.encoder == "e5" else None))


def reranker(settings: Settings) -> Reranker | None:
    """None where the settings name none. Raises ``ModelFilesMissing``."""
    if settings.reranker is None:
        return None
    return Reranker(CrossEncoder(settings.reranker), settings.reranker_weight, settings.reranker_s)
