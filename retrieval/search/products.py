"""Product search: filters first, then words, meaning and picture; says why each hit is there and what it loosened."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from retrieval.encoders.cross_encoder import Reranker
from retrieval.fusion import Vectors
from retrieval.fusion.photo_search import PhotoReader
from retrieval.models import Product
from retrieval.search.candidates import EACH, Candidates, find
from retrieval.search.catalogue import Catalogue
from retrieval.search.catalogue_words import LearnedWords
from retrieval.search.evidence import PictureEvidence, WordEvidence, read_picture, read_words
from retrieval.search.filters import Mask
from retrieval.search.fits import Fits
from retrieval.search.index import SearchIndex
from retrieval.search.indexing import Encoders, view_text
from retrieval.search.query import Filters, Hit, Order, Outcome, Query, SearchResult
from retrieval.search.reasons import reasons_of
from retrieval.search.relaxation import relaxations
from retrieval.store.chroma import Store
from retrieval.store.live import Live
from retrieval.text.lexicon import Lexicon

_ANYTHING = re.compile(r"\b(?:something|anything|gifts?|presents?|ideas?)\b", re.IGNORECASE)


class ProductSearch:
    """Search over whatever catalogue version is live. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        encoders: Encoders,
        lexicon: Lexicon | LearnedWords,
        heads: PhotoReader | None = None,
        fits: Fits | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """``lexicon`` is the shop's, or is learned from each version; ``heads`` are those trained on photos of this
        shop's products, if any; ``fits`` those for the encoders, None the shipped ones; ``reranker`` reads the first
        products once more.

        Raises ``NothingStored`` or ``WrongEncoder``.
        """
        self._encoders = encoders
        self._heads = heads
        self._fits = fits or Fits.read()
        self._reranker = reranker
        self._live = Live(
            store.products,
            encoders.fingerprint,
            lambda snapshot: SearchIndex(snapshot, encoders.blocks, lexicon),
        )

    @property
    def catalogue(self) -> Catalogue:
        """The live catalogue. Keep it for the length of a turn: the next call may give a newer one."""
        return self._live().catalogue

    @property
    def index(self) -> SearchIndex:
        """The live catalogue with its indexes."""
        return self._live()

    def refresh(self) -> None:
        """Waits until the live version is in use, after a load."""
        self._live.refresh()

    def product(self, product_id: str) -> Product | None:
        return self._live().catalogue.product(product_id)

    def search(self, query: Query, text_vector: Vectors | None = None) -> SearchResult:
        """The best products for the words, the picture or both, among those that meet the filters.

        ``text_vector`` is the sentence encoder's vector of ``query.text``, if it was computed already: of use where
        the catalogue's texts were encoded by the same.
        """
        index = self._live()
        words, picture = self._evidence(
            index, query, text_vector if self._encoders.sentences is self._encoders.text else None
        )
        asked = self._asked_for(index, query, words, picture)
        if asked is None:
            return SearchResult((), Outcome.NOT_CARRIED, 0)
        outcome, filters = Outcome.FOUND, query.filters
        loosened: tuple[str, ...] = ()
        mask = index.table.matching(filters) & asked[index.table.product]
        if not mask.any():
            for names, looser in relaxations(filters):
                mask = index.table.matching(looser) & asked[index.table.product]
                if mask.any():
                    outcome, loosened, filters = Outcome.RELAXED, names, looser
                    break
            else:
                return SearchResult((), Outcome.NOTHING_MATCHES, 0)
        products = index.table.products_of(mask)
        candidates = find(
            index,
            words,
            picture,
            products,
            index.table.views_of(mask),
            _preferred(index, query.order, mask),
            max(EACH, query.limit),
        )
        hits = self._hits(index, query, filters, words, candidates, mask, loosened)
        return SearchResult(tuple(hits), outcome, int(products.sum()), loosened)

    def rank(self, query: Query, depth: int) -> list[str]:
        """The ids of the ``depth`` best products for the words and the picture of a query, whatever its filters, and
        whether or not the shop is thought to carry such a thing: the bare ranking, for measuring it."""
        index = self._live()
        candidates = self._candidates(index, query, depth)
        total = _total(self._parts(index, query, candidates))
        best = candidates.products[np.argsort(-total, kind="stable")][:depth]
        return [index.catalogue.products[at].id for at in best]

    def features(self, query: Query, depth: int = EACH) -> tuple[list[str], dict[str, Vectors]]:
        """The candidates' ids and their features, (candidates,) by name: what the second stage is fitted on."""
        index = self._live()
        candidates = self._candidates(index, query, depth)
        return [index.catalogue.products[at].id for at in candidates.products], candidates.features

    def _candidates(self, index: SearchIndex, query: Query, depth: int) -> Candidates:
        words, picture = self._evidence(index, query)
        every = np.ones(len(index.catalogue.products), dtype=bool)
        views = np.ones(len(index.catalogue.views), dtype=bool)
        return find(index, words, picture, every, views, index.quality, depth)

    def _evidence(
        self, index: SearchIndex, query: Query, text_vector: Vectors | None = None
    ) -> tuple[WordEvidence | None, PictureEvidence | None]:
        words = None
        if query.text.strip():
            words = read_words(index, query, self._encoders.text, text_vector, self._encoders.one_space)
        return words, read_picture(index, query, self._encoders.image, self._heads)

    def _parts(self, index: SearchIndex, query: Query, candidates: Candidates) -> dict[str, Vectors]:
        """What the candidates' scores are the sums of, (candidates,) by name."""
        parts = candidates.parts(self._fits.weights)
        if self._reranker is None or query.order is not Order.RELEVANCE:
            return parts

        def texts(chosen: Sequence[int]) -> list[str]:
            found = []
            for at in chosen:
                position = int(candidates.products[at])
                view = int(np.searchsorted(index.catalogue.view_product, position))
                if candidates.views is not None:
                    view = int(candidates.views[at])
                product, colour = index.catalogue.products[position], index.catalogue.views[view].colour
                found.append(view_text(product, colour, chinese=True))
            return found

        return {**parts, "reading": self._reranker.reading(query.text, _total(parts), texts)}

    def _hits(
        self,
        index: SearchIndex,
        query: Query,
        filters: Filters,
        words: WordEvidence | None,
        candidates: Candidates,
        mask: Mask,
        loosened: Sequence[str],
    ) -> list[Hit]:
        parts = self._parts(index, query, candidates)
        total = _total(parts)
        ranked = np.argsort(-total, kind="stable")
        by_relevance = query.order is Order.RELEVANCE
        if by_relevance:
            ranked = ranked[: query.limit]
        views = None if filters.colours and query.image is None else candidates.views
        hits = []
        for at in ranked:
            position = int(candidates.products[at])
            colour = None if views is None or not by_relevance else index.catalogue.views[views[at]].colour
            variant = index.table.best_variant(position, mask, colour, query.order is Order.DEAREST)
            product = index.catalogue.products[position]
            concepts = words.concepts if words else None
            hits.append(
                Hit(
                    product,
                    variant,
                    float(total[at]),
                    reasons_of(product, variant, filters, concepts, query.image is not None, loosened),
                    index.table.costs_more(position, mask, variant, colour),
                    {name: round(float(part[at]), 4) for name, part in parts.items()},
                )
            )
        match query.order:
            case Order.CHEAPEST:
                hits.sort(key=lambda hit: hit.variant.price)
            case Order.DEAREST:
                hits.sort(key=lambda hit: -hit.variant.price)
            case Order.BEST_RATED:
                hits.sort(key=lambda hit: (-(hit.product.rating or 0), -hit.product.review_count))
            case Order.RELEVANCE:
                pass
        return hits[: query.limit]

    def similar_to(self, product_id: str, limit: int = 10, filters: Filters | None = None) -> tuple[Hit, ...]:
        """Products like this one in words and looks, most alike first; of its own type as far as there are any.

        An unknown id gives nothing.
        """
        index = self._live()
        at = index.catalogue.position(product_id)
        if at is None:
            return ()
        own = index.catalogue.view_product == at
        text = index.catalogue.text @ index.catalogue.text[own].mean(axis=0)
        looks = (index.catalogue.image @ index.catalogue.image[own].T).max(axis=1)
        mask = index.table.matching(filters or Filters()) & (index.table.product != at)
        allowed = index.table.views_of(mask)
        likeness, views = index.catalogue.best_view(text + 0.5 * looks, allowed)
        likeness = likeness + 0.3 * index.table.of_types((index.catalogue.products[at].type,))
        found = np.flatnonzero(index.table.products_of(mask))
        best = found[np.argsort(-likeness[found], kind="stable")][:limit]
        return tuple(
            Hit(
                index.catalogue.products[p],
                index.table.best_variant(p, mask, index.catalogue.views[views[p]].colour),
                float(likeness[p]),
                (("similar_to", product_id),),
            )
            for p in best
        )

    def _asked_for(
        self, index: SearchIndex, query: Query, words: WordEvidence | None, picture: PictureEvidence | None
    ) -> Mask | None:
        """(products,) which products are what is asked for, filters aside; None when the shop carries no such thing."""
        every = np.ones(len(index.catalogue.products), dtype=bool)
        if query.filters.types:
            asked = index.table.of_types(query.filters.types)
            return asked if asked.any() else None
        if picture is not None:
            asked = self._fits.carried.seen(picture)
            if words is not None and words.concepts.head_types:
                # Words beside a picture say what is meant; the picture then only orders.
                return index.table.of_types(words.concepts.head_types)
            return asked if asked.any() else None
        if words is not None and not words.words and not any(map(str.isalnum, query.text)):
            return None  # signs that are nowhere indexed
        if words is None or not words.specific or _leaves_open(query.text, words):
            return every
        if not self._fits.carried.carries(index, words):
            return None
        return self._fits.carried.meant(index, words)


def _leaves_open(text: str, words: WordEvidence) -> bool:
    """Whether anything will do that has to do with the words: "something fun", "a gift for a gardener"."""
    return words.concepts.vague and not words.concepts.head_types and _ANYTHING.search(text) is not None


def _preferred(index: SearchIndex, order: Order, mask: Mask) -> Vectors:
    """(products,) how much each comes before others where neither words nor a picture tell."""
    match order:
        case Order.CHEAPEST:
            return -index.table.prices(mask)
        case Order.DEAREST:
            return index.table.prices(mask, dearest=True)
        case Order.BEST_RATED:
            return index.table.ratings
        case Order.RELEVANCE:
            return index.quality


def _total(parts: dict[str, Vectors]) -> Vectors:
    total: Vectors = np.sum(list(parts.values()), axis=0)
    return total
