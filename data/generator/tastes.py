"""What a customer likes: personas (types), brands, colours and a price band. Shared by orders and behaviour."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from retrieval.models import Product, Variant

PERSONAS: dict[str, tuple[str, ...]] = {
    "runner": ("running_shoes", "socks", "t_shirts", "water_bottles", "watches", "headphones"),
    "camper": ("tents", "sleeping_mats", "backpacks", "boots", "jackets", "water_bottles"),
    "cook": ("pans", "knives", "kettles", "mugs", "books"),
    "desk": ("monitors", "keyboards", "mice", "desks", "chairs", "lamps", "headphones", "notebooks"),
    "parent": ("plush_toys", "puzzles", "building_blocks", "books", "blankets", "mugs"),
    "dresser": ("dresses", "handbags", "boots", "sandals", "scarves", "sweaters", "jeans"),
    "casual": ("sneakers", "jeans", "t_shirts", "jackets", "hats", "sweaters", "socks"),
    "listener": ("headphones", "speakers", "phone_cases", "chargers", "cameras"),
    "yogi": ("yoga_mats", "dumbbells", "water_bottles", "cushions", "balls"),
    "cyclist": ("bicycles", "helmets", "water_bottles", "jackets", "socks"),
    "nester": ("cushions", "blankets", "vases", "lamps", "chairs", "mugs"),
    "traveller": ("suitcases", "backpacks", "cameras", "chargers", "sandals", "hats", "books"),
}
GROWN_SIZES = ("S", "M", "L", "XL")
WAISTS = ("W28", "W30", "W32", "W34", "W36")


@dataclass(frozen=True)
class Taste:
    customer: str
    personas: tuple[str, str]
    types: dict[str, float]
    brands: tuple[str, ...]
    colours: tuple[str, ...]
    band: float
    """0 (cheapest of its type) to 1 (dearest)."""
    sizes: tuple[str, ...]
    """Shoes, clothes, waist, frame: whichever a product has."""

    def fits(self, product: Product) -> bool:
        """Whether it comes in the customer's size; things not worn always fit."""
        offered = {variant.options.get("size", "") for variant in product.variants}
        return product.category[1] not in ("shoes", "clothing") or bool(offered & set(self.sizes))

    def variant(self, product: Product, rng: random.Random, in_stock: bool = False) -> Variant:
        """The customer's own size, in a liked colour where there is one."""
        offers = [variant for variant in product.variants if variant.stock > 0 or not in_stock] or list(
            product.variants
        )
        mine = [variant for variant in offers if variant.options.get("size") in (None, *self.sizes)] or offers
        liked = [variant for variant in mine if variant.options.get("colour") in self.colours]
        return rng.choice(liked or mine)


class Shelf:
    """The catalogue as customers meet it: by type, with popularity and each product's place in its type's prices."""

    def __init__(self, catalogue: list[Product]) -> None:
        self.products = catalogue
        self.by_type: dict[str, list[Product]] = {}
        for product in catalogue:
            self.by_type.setdefault(product.type, []).append(product)
        rng = random.Random("popularity")
        order = list(catalogue)
        rng.shuffle(order)
        self.popularity = {
            product.id: math.pow(rank + 3, -0.9) * math.exp(0.5 * ((product.rating or 4.0) - 4.0))
            for rank, product in enumerate(order)
        }
        self.place: dict[str, float] = {}
        for group in self.by_type.values():
            ranked = sorted(group, key=lambda product: (product.lowest_price, product.id))
            for at, product in enumerate(ranked):
                self.place[product.id] = at / max(1, len(ranked) - 1)

    def weight(self, taste: Taste, product: Product) -> float:
        """How likely this customer is to pick a product of a type: popularity × brand × colour × price band."""
        weight = self.popularity[product.id]
        weight *= 6.0 if product.brand in taste.brands else 1.0
        weight *= 2.5 if any(colour in product.pictures for colour in taste.colours) else 1.0
        weight *= math.exp(-(((self.place[product.id] - taste.band) / 0.35) ** 2))
        weight *= 1.0 if taste.fits(product) else 0.1
        return weight * (1.0 if product.in_stock else 0.35)


def taste_of(customer: str, catalogue: list[Product]) -> Taste:
    rng = random.Random(f"taste {customer}")
    first, second = rng.sample(sorted(PERSONAS), 2)
    types: dict[str, float] = {}
    for persona, share in ((first, 0.7), (second, 0.3)):
        wished = [rng.gammavariate(0.9, 1.0) + 0.05 for _ in PERSONAS[persona]]
        for key, weight in zip(PERSONAS[persona], wished, strict=True):
            types[key] = types.get(key, 0.0) + share * weight / sum(wished)
    brands = sorted({product.brand for product in catalogue if product.type in types})
    colours = sorted({colour for product in catalogue for colour in product.pictures})
    return Taste(
        customer=customer,
        personas=(first, second),
        types=types,
        brands=tuple(rng.sample(brands, min(len(brands), rng.choice((2, 3))))),
        colours=tuple(rng.sample(colours, 3)),
        band=min(1.0, max(0.0, rng.betavariate(1.6, 1.9))),
        sizes=(str(rng.randint(37, 44)), rng.choice(GROWN_SIZES), rng.choice(WAISTS)),
    )
