"""What the shop asks of the live catalogue: a product by id, and which of its variants is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from retrieval.models import Product, Variant
from retrieval.text.sizes import has_option

ProductOf = Callable[[str], Product | None]
"""The product of that id in the live catalogue, or ``None``."""


def matching(product: Product, options: Mapping[str, str]) -> list[Variant]:
    """The variants with these options; case does not count, and a size may lie in a span of sizes."""
    return [
        variant
        for variant in product.variants
        if all(has_option(variant, key, value) for key, value in options.items())
    ]


def choice(variants: Iterable[Variant]) -> tuple[str, ...]:
    """The values of the first option that tells the variants apart, in catalogue order; empty when none does."""
    variants = list(variants)
    keys = dict.fromkeys(key for variant in variants for key in variant.options)
    for key in keys:
        values = tuple(dict.fromkeys(variant.options[key] for variant in variants if key in variant.options))
        if len(values) > 1:
            return values
    return ()


def instead(product: Product, options: Mapping[str, str]) -> tuple[str, ...]:
    """What there is in place of an option that the product does not come in: in blue but not in 42, the sizes in
    blue."""
    for given in options:
        others = matching(product, {key: value for key, value in options.items() if key != given})
        values = tuple(dict.fromkeys(variant.options[given] for variant in others if given in variant.options))
        if values:
            return values
    return choice(product.variants)
