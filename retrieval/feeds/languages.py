"""Which language a feed's texts are in where they do not say it: decided by many of them together, since a title is too
short to tell."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from typing import TypeVar

from retrieval.models import Localised, Product
from retrieval.text.language import UNTOLD, language_by_script, language_of, languages_of

T = TypeVar("T")

LOOKED_AT = 200
"""Products by which the languages of a feed are told; they are held until then."""
PROBED = 13
"""In a feed of one language every so many products are asked again."""


class Languages:
    """Names the languages of products whose texts are of an untold one (``UNTOLD``); ``said`` is what the feed's locale
    says they are in."""

    def __init__(self, said: str | None = None) -> None:
        self.found: tuple[str, ...] = (said,) if said else ()
        """The feed's languages, the commonest first."""
        self._said = said
        self._asked = 0

    def named(self, products: Generator[Product | T]) -> Generator[Product | T]:
        """The same stream, each text under its language."""
        with closing(products):
            held: list[Product | T] = []
            untold = 0
            for item in products:
                untold += isinstance(item, Product) and UNTOLD in (*item.title, *item.description)
                if untold == LOOKED_AT or (untold and self._said):
                    held.append(item)
                    break
                if untold:
                    held.append(item)
                else:
                    yield item
            if untold and not self._said:
                self.found = languages_of(map(_text, filter(_is_product, held)))  # type: ignore[arg-type]
            for item in held:
                yield self._name(item) if isinstance(item, Product) else item
            held.clear()
            for item in products:
                yield self._name(item) if isinstance(item, Product) else item

    def _name(self, product: Product) -> Product:
        texts = (product.title, product.description, *(review.text for review in product.reviews))
        if not any(UNTOLD in each for each in texts):
            return product
        language = self._language(_text(product))
        return product.model_copy(
            update={
                "title": _under(product.title, language),
                "description": _under(product.description, language),
                "reviews": tuple(
                    review.model_copy(update={"text": _under(review.text, language)}) for review in product.reviews
                ),
            }
        )

    def _language(self, text: str) -> str:
        if self._said:
            return language_by_script(text) or self._said
        self._asked += 1
        if len(self.found) == 1 and self._asked % PROBED:
            return language_by_script(text) or self.found[0]
        language = language_of(text, self.found)
        if language not in self.found and self.found:
            self.found = (*self.found, language)  # from here on each text is asked
        return language


def _is_product(item: object) -> bool:
    return isinstance(item, Product)


def _text(product: Product) -> str:
    """What of a product's texts is in an untold language."""
    return "\n".join(_untold((product.title, product.description)))


def _untold(texts: Iterable[Localised]) -> list[str]:
    return [each[UNTOLD] for each in texts if UNTOLD in each]


def _under(text: Localised, language: str) -> Localised:
    """A text with its untold part under a language, unless the feed has one of its own in it."""
    if UNTOLD not in text:
        return text
    named = {code: part for code, part in text.items() if code != UNTOLD}
    return {language: text[UNTOLD]} | named
