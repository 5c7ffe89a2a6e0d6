"""A drawn picture for each product colour; the shape follows the type and the attributes, the paint the colour."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.models import Product

from . import (
    accessories,
    bags,
    bicycles,
    camping,
    clothing,
    decor,
    electronics,
    furniture,
    gadgets,
    kitchen,
    paper,
    shoes,
    sport,
    toys,
)
from .canvas import Canvas

DRAWINGS: dict[str, Callable[[Canvas], None]] = {
    function.__name__: function
    for function in (
        *(shoes.running_shoes, shoes.sneakers, shoes.boots, shoes.sandals),
        *(clothing.t_shirts, clothing.jackets, clothing.jeans, clothing.dresses, clothing.sweaters),
        *(accessories.hats, accessories.socks, accessories.scarves),
        *(bags.backpacks, bags.handbags, bags.suitcases),
        *(electronics.headphones, electronics.speakers, electronics.keyboards, electronics.mice, electronics.monitors),
        *(gadgets.phone_cases, gadgets.chargers, gadgets.cameras, gadgets.watches),
        *(kitchen.mugs, kitchen.kettles, kitchen.pans, kitchen.knives),
        *(furniture.chairs, furniture.desks, furniture.lamps),
        *(decor.cushions, decor.blankets, decor.vases),
        *(sport.yoga_mats, sport.dumbbells, sport.balls, camping.tents, camping.sleeping_mats, camping.water_bottles),
        *(sport.helmets, bicycles.bicycles),
        *(toys.plush_toys, toys.puzzles, toys.building_blocks, paper.books, paper.notebooks),
    )
}
"""Product type → what draws it."""


PLACEMENT = {
    "running_shoes": "translate(0 -36)",
    "sneakers": "translate(0 -36)",
    "sandals": "translate(0 -52)",
    "socks": "translate(0 -8)",
    "pans": "translate(4 10) scale(.93)",
    "knives": "translate(0 -14)",
    "keyboards": "translate(0 -10)",
    "yoga_mats": "translate(0 -30)",
    "sleeping_mats": "translate(0 -40)",
    "hats": "translate(0 -6)",
}
"""Types whose drawing is moved to the middle of the square."""


def picture(product: Product, hex_colour: str) -> str:
    """An SVG of 400 × 400 of one product in one colour."""
    canvas = Canvas(hex_colour, product)
    DRAWINGS[product.type](canvas)
    if product.type in PLACEMENT:
        canvas.placement = f' transform="{PLACEMENT[product.type]}"'
    return canvas.svg()
