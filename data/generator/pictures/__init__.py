"""A drawn picture for each product colour; the shape follows the type and the attributes, the paint the colour."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.models import Product

from . import bags, bicycles, clothing, decor, electronics, furniture, gadgets, kitchen, shoes, sport, toys
from .canvas import Canvas

DRAWINGS: dict[str, Callable[[Canvas], None]] = {
    function.__name__: function
    for function in (
        *(shoes.running_shoes, shoes.sneakers, shoes.boots, shoes.sandals),
        *(clothing.t_shirts, clothing.jackets, clothing.jeans, clothing.dresses, clothing.sweaters),
        *(clothing.hats, clothing.socks, clothing.scarves),
        *(bags.backpacks, bags.handbags, bags.suitcases),
        *(electronics.headphones, electronics.speakers, electronics.keyboards, electronics.mice, electronics.monitors),
        *(gadgets.phone_cases, gadgets.chargers, gadgets.cameras, gadgets.watches),
        *(kitchen.mugs, kitchen.kettles, kitchen.pans, kitchen.knives),
        *(furniture.chairs, furniture.desks, furniture.lamps),
        *(decor.cushions, decor.blankets, decor.vases),
        *(sport.yoga_mats, sport.dumbbells, sport.balls, sport.tents, sport.sleeping_mats, sport.water_bottles),
        *(sport.helmets, bicycles.bicycles),
        *(toys.plush_toys, toys.puzzles, toys.building_blocks, toys.books, toys.notebooks),
    )
}
"""Product type → what draws it."""


def picture(product: Product, hex_colour: str) -> str:
    """An SVG of 400 × 400 of one product in one colour."""
    canvas = Canvas(hex_colour, product)
    DRAWINGS[product.type](canvas)
    return canvas.svg()
