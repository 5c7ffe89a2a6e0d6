# ruff: noqa: E501 - coordinates read best on one line
"""Books and notebooks."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix
from .toys import face

CREAM = "#f6ecd8"


def cover(c: Canvas) -> None:
    """The cover art, on x 110–310 and y 50–340."""
    genre = c.product.attributes["genre"]
    cream = "#f7efdc"
    if genre == "novel":
        c.path("M186 300 196 150H224L234 300Z", cream, c.deep)
        c.path("M190 220H230L232 250H188Z", "#c9302f", "")
        c.rect(192, 128, 36, 24, 3, "#ffe39a", c.deep)
        c.path("M188 128 210 106 232 128Z", "#c9302f", c.deep)
        c.path("M192 136 112 110V168ZM228 136 308 110V168Z", "#ffe39a", "", opacity=0.35)
        c.path("M110 300q25-14 50 0t50 0 50 0 50 0V340H110Z", mix(c.colour, WHITE, 0.35), "")
    elif genre == "crime":
        c.path("M150 300V196C150 160 270 160 270 196V300Z", INK, "")
        c.ellipse(210, 200, 34, fill=cream, stroke=INK, width=5)
        c.line("M210 200V178M210 200l16 10", INK, 5)
        c.line("M110 310H310M110 324H310", cream, 4)
        c.path("M236 250q12 18 0 28q-12-10 0-28Z", "#c9302f", "")
    elif genre == "cookery":
        c.path("M140 220H280V268C280 296 262 306 210 306S140 296 140 268Z", "#c9302f", "#7c1b18")
        c.path("M136 216C150 186 270 186 284 216Z", "#e8654a", "#7c1b18")
        c.ellipse(210, 188, 9, fill=cream, stroke="#7c1b18")
        c.line("M180 176q-8-14 0-26t0-24M210 170q8-14 0-26t0-24M240 176q-8-14 0-26t0-24", cream, 5)
    elif genre == "travel":
        c.path("M110 270C150 220 180 240 210 226S280 190 310 210V340H110Z", "#2f6a4f", "")
        c.line("M130 340C160 290 220 300 290 232", cream, 9)
        c.rect(160, 246, 56, 30, 6, "#c9302f", "#7c1b18")
        c.rect(222, 238, 46, 30, 6, "#eab937", "#8a6a1a")
        c.ellipse(260, 160, 26, fill="#ffe39a", stroke="")
    elif genre == "picture book":
        c.ellipse(252, 150, 36, fill="#ffe39a", stroke="#d9b25f")
        c.ellipse(172, 250, 46, 52, "#8a5a38", "#4a2f20")
        c.ellipse(172, 196, 38, 34, "#8a5a38", "#4a2f20")
        c.ellipse(144, 168, 13, fill="#8a5a38", stroke="#4a2f20")
        c.ellipse(200, 168, 13, fill="#8a5a38", stroke="#4a2f20")
        face(c, 172, 192, 14)
        c.ellipse(172, 208, 12, 9, cream, "")
        c.line("M206 232 240 178", "#8a5a38", 13)
        c.line("M130 130l6 6M290 220l6 6M150 110l4 4M280 110l5 5", cream, 5)
    elif genre == "nature":
        c.rect(130, 262, 160, 50, 4, "#b56a45", "#6b3a22")
        for x, h, tone in ((156, 70, "#e2742b"), (210, 100, "#eab937"), (262, 60, "#d86b8a")):
            c.line(f"M{x} 262V{262 - h}", "#dff0d2", 5)
            c.line(f"M{x} {262 - h // 3}q18-20 30-16M{x} {262 - h // 2}q-18-20-30-16", "#dff0d2", 6)
            c.ellipse(x, 258 - h, 14, fill=tone, stroke="")
    else:
        c.ellipse(216, 236, 62, fill=c.gradient("w", "#9cd3e8", "#2a4f8f"), stroke="")
        c.begin("rotate(-18 216 236)")
        c.ellipse(216, 236, 98, 20, "none", cream, 5)
        c.end()
        c.ellipse(150, 150, 15, fill=cream, stroke="")
        for x, y in ((130, 190), (280, 130), (296, 180), (180, 120), (140, 310), (290, 310)):
            c.ellipse(x, y, 3, fill=WHITE, stroke="")


def books(c: Canvas) -> None:
    c.shadow(206, 360, 130, 14)
    hard = c.is_("book_format", "hardback")
    c.path("M110 50 92 62V356L110 342Z", c.deep)
    c.path("M92 356 110 342H312L300 358H98Z", "#f3ead6", "#b9a98a")
    c.rect(110, 48, 202, 296, 3 if hard else 1, c.side)
    cover(c)
    c.rect(132, 66, 158, 12, 2, "#f7efdc", "")
    c.rect(150, 86, 122, 8, 2, "#f7efdc", "", opacity=0.8)
    c.rect(176, 324, 70, 6, 2, "#f7efdc", "", opacity=0.8)
    c.line("M122 50V342", c.dark, 3, 0.7)
    if hard:
        c.line("M312 52l6 6V350l-6-6", c.deep, 4)
        c.line("M286 344V372l-8-8-8 8V346", "#c9302f" if c.colour != "#c9302f" else "#eab937", 4)


def notebooks(c: Canvas) -> None:
    c.shadow(204, 362, 130, 14)
    page = "#f8f3e6"
    if c.named("pocket three"):
        for at, turn in enumerate((-12, -2, 9)):
            c.begin(f"rotate({turn} 200 340)")
            tone = (c.dark, c.colour, c.light)[at]
            c.rect(116, 84, 168, 240, 6, tone)
            c.rect(150, 120, 100, 40, 3, page, c.edge, 2)
            c.line("M162 136H238M162 148H216", c.edge, 3)
            c.end()
        return
    if c.named("sketchbook"):
        c.path("M108 62H304V350H108Z", page, "#b9a98a")
        c.rect(100, 56, 200, 290, 4, c.side)
        for y in range(72, 336, 18):
            c.line(f"M88 {y}h24", "#c3c8ce", 6)
        c.line("M150 260C170 180 200 150 250 140C240 200 210 240 150 260ZM150 260 240 156", page, 5)
        c.line("M262 330 340 120", "#d9a441", 12)
        c.path("M256 330h14l-12 24Z", page, INK, 2)
        return
    c.path("M116 62 308 62V352L116 352Z", page, "#b9a98a")
    for at in range(3):
        c.line(f"M{306 - at * 3} 66V350", "#d8ccb2", 2)
    leather = c.named("leather")
    c.rect(98, 52, 202, 296, 12, c.side)
    c.line("M122 54V346", c.dark, 4)
    if leather:
        c.path("M300 150C330 150 336 250 300 250Z", c.dark)
        c.line("M98 196H330M98 208H326", "#3b2416", 6)
        c.line("M318 202c20 20 10 60 24 80M318 202c4 30-10 50 0 84", "#3b2416", 5)
        c.rect(112, 64, 176, 272, 8, "none", c.pale, 2, 0.6)
        return
    if c.is_("ruling", "dotted"):
        c.defs.append(
            '<pattern id="k" width="16" height="16" patternUnits="userSpaceOnUse"><circle cx="8" cy="8" r="1.8" fill="#8a8270"/></pattern>'
        )
        c.rect(150, 110, 116, 70, 4, page, c.edge, 2)
        c.rect(150, 110, 116, 70, 4, "url(#k)", "")
    else:
        c.rect(150, 110, 116, 70, 4, page, c.edge, 2)
        c.line("M164 130H252M164 146H252M164 162H220", "#a89c84", 3)
    if c.is_("recycled"):
        c.path("M196 262c10-30 44-30 50-44c10 34-10 60-50 44Z", "#6fa06a", "#3c6a3a")
        c.line("M196 262c14-10 28-18 40-30", "#3c6a3a", 3)
    c.line("M280 54V346", c.contrast, 8)
    c.line("M214 346V378l-7-8-7 8V348", "#c9302f" if c.colour != "#c9302f" else "#eab937", 4)
