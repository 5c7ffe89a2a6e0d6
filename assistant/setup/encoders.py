"""The encoders that the settings name, and what searches with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from assistant.settings import Settings
from retrieval.encoders.cross_encoder import CrossEncoder, Reranker
from retrieval.encoders.e5 import E5Encoder
from retrieval.encoders.embedded import ImageEncoder, TextEncoder
from retrieval.encoders.support import SupportEncoder
from retrieval.encoders.text_image import TextImageModel, known_kinds
from retrieval.models import Product
from retrieval.search.fits import E5_FITS, Fits
from retrieval.search.indexing import Encoders
from retrieval.text.lexicon import Lexicon

ENGLISH, SEVERAL = "embedded", "e5"
"""Encoders of goods, as the setting names them."""
_READ = frozenset(("en", "zh"))


def suited(products: Iterable[Product]) -> str:
    """The encoder for goods in these languages: half of them must be told in English or Chinese for ``ENGLISH``."""
    read = [bool(_READ & product.title.keys()) for product in products]
    return ENGLISH if 2 * sum(read) >= len(read) or not E5Encoder.installed() else SEVERAL


@cache
def _several() -> E5Encoder:
    # Reading its vocabulary takes seconds.
    return E5Encoder()


def shop_encoders(settings: Settings, lexicon: Lexicon | None = None) -> Encoders:
    """The catalogue's encoders; the one of sentences, which is always MiniLM: what reads messages was fitted to its
    vectors; and that of questions, which is learned on both encoders, or MiniLM where the package of the other is not
    to be had. ``lexicon``: the shop's words, if they are not those of the settings.

    Raises ``ModelFilesMissing``.
    """
    sentences = TextEncoder()
    questions = SupportEncoder(sentences, _several()) if E5Encoder.installed() else sentences
    if settings.encoder == SEVERAL:
        return Encoders(_several(), ImageEncoder(), sentences, questions)
    if settings.encoder == ENGLISH:
        return Encoders(sentences, ImageEncoder(), sentences, questions)
    words = Lexicon.from_file(settings.shop_data / "lexicon.json") if lexicon is None else lexicon
    kinds = [entry.name["en"] for entry in words.types.values() if "en" in entry.name]
    model = TextImageModel(Path(settings.encoder), [*kinds, *known_kinds()])
    return Encoders(model.text, model.image, sentences, questions)


def search_fits(settings: Settings) -> Fits:
    """Raises ``BadFit``."""
    return Fits.read(settings.search_fits or (E5_FITS if settings.encoder == SEVERAL else None))


def reranker(settings: Settings) -> Reranker | None:
    """None where the settings name none. Raises ``ModelFilesMissing``."""
    if settings.reranker is None:
        return None
    return Reranker(CrossEncoder(settings.reranker), settings.reranker_weight, settings.reranker_s)
