"""Everything search needs of one catalogue version, computed once when it goes live. Immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from retrieval.catalogue import Catalogue
from retrieval.concepts import ConceptReader
from retrieval.expansion import Expander
from retrieval.filters import Mask, VariantTable
from retrieval.fusion import Vectors
from retrieval.heads import PhraseEnds, roles
from retrieval.lexical import LexicalIndex, best_first
from retrieval.lexicon import Lexicon
from retrieval.models import Product
from retrieval.postings import Positions, Postings
from retrieval.words import terms

FIELD_WEIGHTS = {"title": 1.0, "type": 1.0, "brand": 1.0, "attributes": 1.0, "mentions": 1.0}
BRIEF = 12
"""Descriptions of up to so many words name the thing; longer ones talk about it."""
TELLING = frozenset(("title", "type", "brand", "attributes"))
"""Fields that say what a product is."""


class SearchIndex:
    """A catalogue with its word index, its variants as columns, and its types."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon, reader: ConceptReader) -> None:
        self.catalogue = catalogue
        self.reader = reader
        self.table = VariantTable(catalogue, lexicon)
        self.lexical = LexicalIndex(
            [_fields(product, lexicon) for product in catalogue.products], FIELD_WEIGHTS, TELLING
        )
        self.types = frozenset(product.type for product in catalogue.products)
        self.brands = frozenset(term for product in catalogue.products for term in terms(product.brand))
        """Terms of the brands' names."""
        self.heads = reader.heads | {
            last
            for product in catalogue.products
            for text in (product.title.get("en", ""),)
            if (last := _last_term(text))
        }
        """Words that can be the last of what a product is called."""
        self.quality = _quality(catalogue.products)
        self.expander = Expander(self.lexical)
        self.roles = _roles(catalogue.products, lexicon)
        """What each word says of each product: see ``retrieval.heads``."""
        self._brand_at = {key: at for at, brand in enumerate(self.table.brands) if (key := tuple(terms(brand)))}

    def brand_in(self, query: Sequence[str]) -> int | None:
        """The code of the longest brand name in the terms of a query, None where there is none."""
        for length in range(min(4, len(query)), 0, -1):
            for at in range(len(query) - length + 1):
                if (code := self._brand_at.get(tuple(query[at : at + length]))) is not None:
                    return code
        return None

    def nearest(self, vector: Vectors, allowed: Mask | None, k: int) -> tuple[Positions, Vectors]:
        """The ``k`` views whose text vectors are nearest to ``vector`` (text,), as (positions, cosines), nearest first.

        ``allowed`` (views,) marks those that may be found, None all; there may be fewer than ``k``.
        """
        rows = np.arange(len(self.catalogue.text)) if allowed is None else np.flatnonzero(allowed)
        cosines = self.cosines(vector, rows)
        best = best_first(cosines, k)
        return rows[best], cosines[best]

    def cosines(self, vector: Vectors, views: Positions) -> Vectors:
        """(len(views),) cosines of ``vector`` (text,) to the text vectors of these views."""
        cosines: Vectors = self.catalogue.text[views] @ vector
        return cosines

    def best_views(
        self, score: Callable[[Positions], Vectors], products: Positions, allowed: Mask
    ) -> tuple[Vectors, Positions]:
        """Each product's best score over its views, and which view that is.

        ``score`` gives (n,) scores of views; ``products`` are ascending; of each, ``allowed`` (views,) views count, or
        all where none is.
        """
        starts = np.searchsorted(self.catalogue.view_product, products)
        counts = np.searchsorted(self.catalogue.view_product, products, side="right") - starts
        first = np.cumsum(counts) - counts
        views = np.arange(int(counts.sum())) - np.repeat(first, counts) + np.repeat(starts, counts)
        values = score(views).astype(np.float32)
        usable = allowed[views]
        usable |= np.repeat(~np.logical_or.reduceat(usable, first), counts)
        ranked = np.where(usable, values, np.float32(-np.inf))
        best = np.maximum.reduceat(ranked, first)
        which = np.flatnonzero(ranked == np.repeat(best, counts))
        owner = np.repeat(np.arange(len(products)), counts)[which]
        return best, views[which[np.searchsorted(owner, np.arange(len(products)))]]


def _fields(product: Product, lexicon: Lexicon) -> dict[str, list[str]]:
    kind = lexicon.types.get(product.type)
    names = [*kind.name.values(), *(word for words in kind.words.values() for word in words)] if kind else []
    held = [
        text
        for key, value in product.attributes.items()
        if value != "no"
        for text in _attribute_words(lexicon, key, value)
    ]
    colours = {variant.options.get("colour", "") for variant in product.variants} - {""}
    options = [value for variant in product.variants for key, value in variant.options.items() if key != "size"]
    colour_words = [lexicon.name("colour", colour, language) for colour in sorted(colours) for language in ("en", "zh")]
    return {
        "title": list(product.title.values()),
        # A type's many names count once each, so that a much-named type does not outrank the others.
        "type": [
            " ".join(dict.fromkeys(term for name in names for term in name.split())),
            product.type.replace("_", " "),
        ],
        "brand": [product.brand],
        "attributes": [*held, *dict.fromkeys(options), *colour_words],
        "mentions": [*product.description.values(), *(part.replace("_", " ") for part in product.category)],
    }


def _roles(products: Iterable[Product], lexicon: Lexicon) -> Postings:
    ends = PhraseEnds()
    for product in products:
        ends.count(_short_texts(product, lexicon))
    return Postings.of_documents(roles(_short_texts(product, lexicon), ends) for product in products)


def _short_texts(product: Product, lexicon: Lexicon) -> list[str]:
    """What says in a few words what a product is; a description only where it is no more than that."""
    kind = lexicon.types.get(product.type)
    names = [kind.name.get("en", ""), *kind.words.get("en", ())] if kind else []
    description = product.description.get("en", "")
    brief = [description] if len(description.split()) <= BRIEF else []
    return [product.title.get("en", ""), product.type.replace("_", " "), *names, *brief]


def _attribute_words(lexicon: Lexicon, key: str, value: str) -> list[str]:
    if value == "yes":
        attribute = lexicon.attributes.get(key)
        words = [word for group in attribute.words.values() for word in group] if attribute else []
        return [key.replace("_", " "), *words]
    return [value, *(lexicon.name("attribute", f"{key}={value}", code) for code in ("en", "zh"))]


def _last_term(text: str) -> str:
    found = [term for term in terms(text) if not term.isdigit()]
    return found[-1] if found else ""


def _quality(products: tuple[Product, ...]) -> Vectors:
    """(products,) from about −1 to 1: the rating around 4, believed more the more reviews it rests on."""
    ratings = np.array([product.rating or 4.0 for product in products], dtype=np.float32)
    counts = np.array([product.review_count for product in products], dtype=np.float32)
    quality: Vectors = (ratings - 4.0) * counts / (counts + 10.0)
    return quality
