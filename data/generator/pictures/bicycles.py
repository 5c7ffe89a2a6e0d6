# ruff: noqa: E501 - coordinates read best on one line
"""Bicycles, facing right: the frame's geometry, bars, tyres and extras follow the kind of bicycle."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas


def wheel(c: Canvas, x: int, y: int, r: int, tyre: float) -> None:
    c.ellipse(x, y, r, fill="none", stroke=INK, width=tyre)
    c.ellipse(x, y, r - tyre / 2 - 2, fill="none", stroke="#b9bec4", width=3)
    for dx, dy in ((1, 0), (0.5, 0.866), (-0.5, 0.866)):
        a, b = dx * (r - 8), dy * (r - 8)
        c.line(f"M{x - a:.0f} {y - b:.0f}L{x + a:.0f} {y + b:.0f}", "#a3a8ae", 1.5)
    c.ellipse(x, y, 6, fill="#6b7077", stroke="")


def tube(c: Canvas, d: str, width: float = 11) -> None:
    c.line(d, c.edge, width)
    c.line(d, c.colour, width - 4)


def bicycles(c: Canvas) -> None:
    style = c.product.attributes["bike_style"]
    c.shadow(200, 338, 186, 12)
    if style == "folding":
        for x in (96, 312):
            wheel(c, x, 284, 48, 9)
        tube(c, "M96 284 178 262 312 230")
        tube(c, "M178 262 160 130", 9)
        tube(c, "M312 284 296 116", 9)
        c.rect(222, 236, 22, 26, 4, "#c3c8ce", "#6b7077", 2)
        c.line("M132 126H186", INK, 13)
        c.line("M270 112H320", INK, 9)
    else:
        kids = style == "kids"
        r = 58 if kids else 74
        y = 330 - r
        tyre = {"mountain": 15, "gravel": 11, "road": 6, "kids": 11}.get(style, 9)
        left, right = (108, 296) if kids else (92, 308)
        wheel(c, left, y, r, tyre)
        wheel(c, right, y, r, tyre)
        bb, seat, head = (184, y + 10), (160, y - 92), (268, y - 100)
        if c.named("step") or kids:
            tube(c, f"M{head[0]} {head[1] + 20}C{head[0] - 40} {y - 10} {bb[0] + 20} {bb[1] - 6} {bb[0]} {bb[1]}", 13)
        else:
            tube(c, f"M{seat[0] + 3} {seat[1] + 16}L{head[0]} {head[1]}", 9)
            tube(c, f"M{bb[0]} {bb[1]}L{head[0] + 3} {head[1] + 18}", 13 if not c.is_("electric") else 20)
        tube(c, f"M{bb[0]} {bb[1]}L{seat[0]} {seat[1]}", 9)
        tube(c, f"M{left} {y}L{bb[0]} {bb[1]}", 7)
        tube(c, f"M{left} {y}L{seat[0] + 4} {seat[1] + 22}", 7)
        tube(c, f"M{right} {y}L{head[0] - 4} {head[1] - 12}", 10 if style == "mountain" else 8)
        if style == "mountain":
            c.line(f"M{right - 14} {y - 40}L{head[0] + 8} {head[1] + 24}", "#c3c8ce", 10)
        c.line(f"M{seat[0]} {seat[1]}L{seat[0] - 4} {seat[1] - 22}", "#6b7077", 6)
        c.path(
            f"M{seat[0] - 36} {seat[1] - 30}q30-8 62 0q-10 12-30 10q-26 4-32-10Z",
            "#8a5a33" if style == "city" else INK,
            INK,
        )
        hx, hy = head[0] - 6, head[1] - 20
        if style in ("road", "gravel"):
            c.line(f"M{hx} {hy}h30c24 0 26 40-6 40", INK if style == "road" else "#8a5a33", 8)
        elif style == "mountain":
            c.line(f"M{hx} {hy}l22-8M{hx - 8} {hy - 12}l42 6", INK, 9)
        else:
            c.line(f"M{hx} {hy}V{hy - 22}q-4-12-42-8", "#6b7077", 7)
            c.line(f"M{hx - 42} {hy - 30}h-14", "#8a5a33" if style == "city" else INK, 12)
        if style == "city":
            c.line(
                f"M{left - r - 6} {y - 8}A{r + 8} {r + 8} 0 0 1 {left + r - 8} {y - 46}M{right - r + 10} {y - 52}A{r + 8} {r + 8} 0 0 1 {right + r + 6} {y - 8}",
                c.deep,
                6,
            )
            c.line(f"M{left - 46} {y - 88}H{left + 66}M{left - 20} {y - 88}L{left} {y}", "#6b7077", 5)
            c.ellipse(head[0] + 16, head[1] + 4, 10, fill="#fff3c4")
        if kids:
            c.ellipse(left - 34, 314, 16, fill="none", stroke=INK, width=7)
            c.line(f"M{left} {y}L{left - 34} 314", "#6b7077", 5)
            c.line(f"M{hx - 56} {hy - 30}q-14 20-4 40M{hx - 56} {hy - 30}q-24 10-20 34", "#e2742b", 4)
        if c.is_("electric"):
            c.rect(bb[0] - 18, bb[1] - 20, 42, 34, 10, INK, "")
            c.path(f"M{bb[0] + 60} {bb[1] - 66}l-12 18h10l-4 14 14-20h-10Z", "#fb3", "")
    x, y = (178, 268) if style == "folding" else (184, (272 if style == "kids" else 256) + 10)
    c.ellipse(x, y, 17, fill="none", stroke="#6b7077", width=6)
    c.line(f"M{x} {y}L{x + 22} {y + 30}M{x + 12} {y + 31}h22", "#55585f", 6)
    c.ellipse(x, y, 5, fill=WHITE, stroke=INK, width=2)
