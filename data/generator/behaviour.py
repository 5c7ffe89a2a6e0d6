"""Views, carts, purchases and ratings of synthetic customers with known tastes and sequences: docs/demo-shop.md."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from typing import Any

from retrieval.models import Product

from .content import Texts, rows, types
from .customers import token
from .tastes import Shelf, Taste, taste_of

FOLLOWS: dict[str, tuple[str, ...]] = {
    "running_shoes": ("socks", "t_shirts", "water_bottles"),
    "sneakers": ("socks", "jeans"),
    "boots": ("socks", "jackets"),
    "tents": ("sleeping_mats", "backpacks"),
    "bicycles": ("helmets", "water_bottles"),
    "yoga_mats": ("dumbbells", "water_bottles"),
    "monitors": ("keyboards", "mice"),
    "keyboards": ("mice",),
    "desks": ("chairs", "lamps"),
    "chairs": ("cushions",),
    "kettles": ("mugs",),
    "pans": ("knives",),
    "dresses": ("handbags", "sandals"),
    "jackets": ("scarves", "hats"),
    "jeans": ("t_shirts", "sweaters"),
    "suitcases": ("backpacks", "chargers"),
    "phone_cases": ("chargers",),
    "headphones": ("phone_cases",),
    "cameras": ("backpacks",),
    "books": ("notebooks", "lamps"),
    "blankets": ("cushions",),
    "plush_toys": ("puzzles", "building_blocks"),
}
"""After buying the first, a customer tends to come back for one of the others, more likely the first named."""
COUNT = 300
DAYS = 180.0
COLUMNS = ("customer", "product", "variant", "kind", "days_ago", "rating", "query")


@dataclass(frozen=True)
class Event:
    customer: str
    product: str
    variant: str
    kind: str
    days_ago: float
    rating: str = ""
    query: str = ""


class Shopper:
    """One customer's six months: sessions of views, some carts, some purchases, some ratings."""

    def __init__(self, taste: Taste, shelf: Shelf, names: dict[str, Texts], language: str) -> None:
        self.taste, self.shelf, self.names, self.language = taste, shelf, names, language
        self.rng = random.Random(f"behaviour {taste.customer}")
        self.bought: set[str] = set()
        self.wish: list[tuple[str, str]] = []
        self.events: list[Event] = []

    def live(self) -> list[Event]:
        sessions = max(4, int(self.rng.gammavariate(3.2, 5.2)))
        for start in sorted((self.rng.uniform(0.05, DAYS) for _ in range(sessions)), reverse=True):
            self.session(start)
        return self.events

    def session(self, start: float) -> None:
        kind, brand = self.goal()
        at = start
        seen: list[Product] = []
        query = self.query(kind) if self.rng.random() < 0.5 else ""
        for number in range(min(9, 2 + int(self.rng.expovariate(0.45)))):
            product = self.next_product(kind, brand, seen)
            if product in seen:
                continue
            seen.append(product)
            self.add(product, "view", at, query=query if number == 0 else "")
            at -= self.rng.uniform(0.0004, 0.004)
            eager = min(1.0, self.shelf.weight(self.taste, product) / self.usual(product.type))
            if (
                product.in_stock
                and product.id not in self.bought
                and self.rng.random() < (0.3 if brand else 0.08) + 0.35 * eager
            ):
                self.add(product, "cart", at)
                if self.rng.random() < 0.62:
                    self.buy(product, at - self.rng.uniform(0.001, 0.01))

    def goal(self) -> tuple[str, str]:
        """The type this visit is about: what follows the last purchase, or what the customer likes."""
        if self.wish and self.rng.random() < 0.85:
            return self.wish.pop()
        keys = sorted(self.taste.types)
        return self.rng.choices(keys, [self.taste.types[key] for key in keys])[0], ""

    def next_product(self, kind: str, brand: str, seen: list[Product]) -> Product:
        roll = self.rng.random()
        if seen and roll < 0.2:
            twins = [item for item in self.shelf.by_type[seen[-1].type] if item.brand == seen[-1].brand]
            return self.rng.choice(twins)
        if roll > 0.93:
            return self.rng.choices(self.shelf.products, list(self.shelf.popularity.values()))[0]
        group = self.shelf.by_type[kind]
        weights = [self.shelf.weight(self.taste, item) * (2.0 if item.brand == brand else 1.0) for item in group]
        return self.rng.choices(group, weights)[0]

    def buy(self, product: Product, at: float) -> None:
        self.bought.add(product.id)
        self.add(product, "purchase", at)
        following = FOLLOWS.get(product.type)
        if following and self.rng.random() < 0.8:
            weights = [3.0, *[1.0] * (len(following) - 1)]
            self.wish.append((self.rng.choices(following, weights)[0], product.brand))
        later = at - self.rng.uniform(4.0, 15.0)
        if later > 0.02 and self.rng.random() < 0.5:
            liking = (product.rating or 4.0) + (0.5 if product.brand in self.taste.brands else -0.2)
            stars = max(1, min(5, round(self.rng.gauss(liking, 0.7))))
            self.add(product, "rating", later, rating=str(stars))

    def usual(self, kind: str) -> float:
        return max(self.shelf.weight(self.taste, item) for item in self.shelf.by_type[kind]) or 1.0

    def query(self, kind: str) -> str:
        noun = self.names[kind][self.language]
        if self.rng.random() < 0.4:
            colour = self.names[self.rng.choice(self.taste.colours)][self.language]
            return f"{colour}{noun}" if self.language == "zh" else f"{colour} {noun}"
        return noun

    def add(self, product: Product, kind: str, at: float, rating: str = "", query: str = "") -> None:
        variant = self.taste.variant(product, self.rng, in_stock=kind != "view")
        self.events.append(Event(self.taste.customer, product.id, variant.id, kind, max(0.01, at), rating, query))


def events(people: list[dict[str, Any]], orders: list[dict[str, Any]], shelf: Shelf) -> list[Event]:
    """All customers' events, oldest first for each; the named customers' orders are among their purchases."""
    names = {key: spec.noun for key, spec in types().items()}
    names |= {row[0]: {"en": row[2], "zh": row[3]} for row in rows("colours.txt")}
    rng = random.Random("anonymous customers")
    known = [(str(person["id"]), str(person["language"])) for person in people]
    known += [(f"C-{token(rng)}", "zh" if rng.random() < 0.25 else "en") for _ in range(COUNT - len(known))]
    made: list[Event] = []
    for customer, language in known:
        mine = Shopper(taste_of(customer, shelf.products), shelf, names, language).live()
        for order in orders:
            if order["customer"] == customer and order["state"] != "cancelled":
                for item in order["items"]:
                    for kind, earlier in (("view", 0.02), ("cart", 0.01), ("purchase", 0.0)):
                        at = float(order["placed_days_ago"]) + earlier
                        mine.append(Event(customer, item["product"], item["variant"], kind, at))
        made.extend(sorted(mine, key=lambda event: -event.days_ago))
    return made


def as_csv(made: list[Event]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for event in made:
        days = f"{event.days_ago:.4f}"
        writer.writerow((event.customer, event.product, event.variant, event.kind, days, event.rating, event.query))
    return text.getvalue()
