"""Sentences of the demo shop's own texts, as they stand in help pages and descriptions."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.settings import Settings
from retrieval.feeds import load_catalogue, load_faq
from retrieval.text.ordering import sentences


def shop_sentences(settings: Settings) -> Iterator[str]:
    """Of every language. Reviews are left out: strangers wrote them, and one gives orders."""
    for entry in load_faq(settings.faq, trusted=True).entries:
        for text in (entry.question, *entry.also_asked, entry.answer):
            yield from sentences(text)
    for product in load_catalogue(settings.catalogue, trusted=True).products:
        for text in (*product.title.values(), *product.description.values()):
            yield from sentences(text)
