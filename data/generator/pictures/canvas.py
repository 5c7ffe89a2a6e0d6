# ruff: noqa: E501 - coordinates read best on one line
"""A 400 × 400 drawing: a neutral ground, soft gradients from one colour, and a few shapes that write short SVG."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from typing import TypeVar

from retrieval.models import Product

T = TypeVar("T")
WHITE, INK = "#ffffff", "#26272b"


def channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with ``share`` of ``other`` in it."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    red, green, blue = channels(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


class Canvas:
    """``fill``, ``side`` are gradients of the colour from above and from the left; ``edge`` is the outline."""

    def __init__(self, colour: str, product: Product) -> None:
        self.colour, self.product = colour, product
        self.rng = random.Random(f"drawing {product.id}")
        self.light = mix(colour, WHITE, 0.28)
        self.pale = mix(colour, WHITE, 0.55)
        self.dark = mix(colour, "#101014", 0.26)
        self.deep = mix(colour, "#101014", 0.48)
        self.edge = mix(colour, "#101014", 0.42 if luminance(colour) < 0.8 else 0.34)
        self.contrast = "#f4efe6" if luminance(colour) < 0.55 else "#3a3c44"
        self.fill, self.side = "url(#g)", "url(#h)"
        self.defs: list[str] = []
        self.parts: list[tuple[str, str]] = []
        self.placement = ""

    def is_(self, attribute: str, value: str = "yes") -> bool:
        return self.product.attributes.get(attribute) == value

    def named(self, *names: str) -> bool:
        return any(name.lower() in self.product.title["en"].lower() for name in names)

    def pick(self, options: Sequence[T]) -> T:
        return self.rng.choice(options)

    def _style(self, fill: str, stroke: str | None, width: float, opacity: float) -> str:
        line = self.edge if stroke is None else stroke
        text = f' fill="{fill}"'
        if line:
            text += f' stroke="{line}"' + (f' stroke-width="{width:g}"' if width != 3 else "")
        return text + (f' opacity="{opacity:g}"' if opacity != 1 else "")

    def path(
        self, d: str, fill: str | None = None, stroke: str | None = None, width: float = 3, opacity: float = 1
    ) -> None:
        self.parts.append((f'<path d="{d}"/>', self._style(fill or self.fill, stroke, width, opacity)))

    def line(self, d: str, stroke: str | None = None, width: float = 3, opacity: float = 1, dash: str = "") -> None:
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append((f'<path d="{d}"/>', self._style("none", stroke, width, opacity) + extra))

    def rect(
        self, x: float, y: float, w: float, h: float, r: float = 0, fill: str | None = None, stroke: str | None = None,
        width: float = 3, opacity: float = 1,
    ) -> None:  # fmt: skip
        box = f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"' + (f' rx="{r:g}"' if r else "")
        self.parts.append((f"{box}/>", self._style(fill or self.fill, stroke, width, opacity)))

    def ellipse(
        self, x: float, y: float, rx: float, ry: float | None = None, fill: str | None = None,
        stroke: str | None = None, width: float = 3, opacity: float = 1,
    ) -> None:  # fmt: skip
        shape = f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{rx if ry is None else ry:g}"'
        self.parts.append((f"{shape}/>", self._style(fill or self.fill, stroke, width, opacity)))

    def shadow(self, x: float, y: float, rx: float, ry: float = 16) -> None:
        self.ellipse(x, y, rx, ry, "url(#s)", "")

    def begin(self, transform: str) -> None:
        self.parts.append((f'<g transform="{transform}">', ""))

    def end(self) -> None:
        self.parts.append(("</g>", ""))

    def gradient(self, name: str, top: str, bottom: str, across: bool = False) -> str:
        """A further gradient; returns its paint."""
        way = 'x2="1"' if across else 'x2="0" y2="1"'
        self.defs.append(
            f'<linearGradient id="{name}" {way}><stop stop-color="{top}"/>'
            f'<stop offset="1" stop-color="{bottom}"/></linearGradient>'
        )
        return f"url(#{name})"

    def cloth(self, kind: str) -> str | None:
        """A woven or printed pattern to lay over the shape (None for plain): its paint."""
        ink = mix(self.colour, self.contrast, 0.72)
        body = {
            "striped": f'<path d="M0 8h30" stroke="{ink}" stroke-width="8"/>',
            "checked": f'<path d="M0 8h30M8 0v30" stroke="{ink}" stroke-width="8" opacity=".5"/>'
            f'<path d="M0 22h30M22 0v30" stroke="{self.deep}" stroke-width="3" opacity=".8"/>',
            "dotted": f'<g fill="{ink}"><circle cx="7" cy="7" r="4"/><circle cx="22" cy="22" r="4"/></g>',
            "floral": f'<g fill="{ink}"><circle cx="8" cy="5" r="3"/><circle cx="5" cy="10" r="3"/>'
            '<circle cx="11" cy="10" r="3"/><circle cx="22" cy="22" r="2"/></g>'
            '<circle cx="8" cy="8" r="2" fill="#eab937"/><path d="M15 24q4-6 8-3" stroke="#6fa06a" stroke-width="2" fill="none"/>',
            "geometric": f'<path d="M0 15 15 0 30 15 15 30Z" stroke="{ink}" stroke-width="3" fill="none"/>'
            f'<circle cx="15" cy="15" r="4" fill="{ink}"/>',
        }.get(kind)
        if body is None:
            return None
        self.defs.append(f'<pattern id="p" width="30" height="30" patternUnits="userSpaceOnUse">{body}</pattern>')
        return "url(#p)"

    def body(self) -> str:
        """Runs of shapes in one style become one group (or one path), which keeps the files small."""
        made = ""
        for style, run in groupby(self.parts, key=lambda part: part[1]):
            shapes = [shape for shape, _ in run]
            if 'fill="none"' in style and all(shape.startswith("<path") for shape in shapes):
                shapes = ['<path d="' + "".join(shape[9:-3] for shape in shapes) + '"/>']
            if not style:
                made += "".join(shapes)
            elif len(shapes) == 1:
                made += shapes[0][:-2] + style + "/>"
            else:
                made += f"<g{style}>{''.join(shapes)}</g>"
        return made

    def svg(self) -> str:
        ground = (
            '<radialGradient id="b" cx=".5" cy=".42" r=".75"><stop stop-color="#fbfaf7"/>'
            '<stop offset="1" stop-color="#e5e0d8"/></radialGradient>'
            '<radialGradient id="s"><stop stop-color="#3b342b" stop-opacity=".38"/>'
            '<stop offset="1" stop-color="#3b342b" stop-opacity="0"/></radialGradient>'
        )
        body, defs = self.body(), "".join(self.defs)
        for name, way in (("g", 'x2="0" y2="1"'), ("h", 'x2="1"')):
            if f"url(#{name})" not in body:
                continue
            ground += (
                f'<linearGradient id="{name}" {way}><stop stop-color="{self.light}"/>'
                f'<stop offset=".55" stop-color="{self.colour}"/><stop offset="1" stop-color="{self.dark}"/></linearGradient>'
            )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs>{ground}{defs}</defs>'
            '<rect width="400" height="400" fill="url(#b)"/>'
            f'<g stroke-width="3" stroke-linecap="round" stroke-linejoin="round"{self.placement}>'
            f"{body}</g></svg>\n"
        )
