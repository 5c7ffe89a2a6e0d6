# ruff: noqa: E501 - coordinates read best on one line
"""Hats, socks and scarves."""

from __future__ import annotations

from .canvas import INK, Canvas
from .clothing import over


def hats(c: Canvas) -> None:
    c.shadow(200, 312, 150, 16)
    style = c.product.attributes["hat_style"]
    if style == "beanie":
        if c.named("bobble"):
            c.ellipse(200, 82, 36, fill=c.contrast if c.contrast != INK else c.pale)
            for x, y in ((186, 72), (212, 70), (200, 92), (182, 92), (218, 90)):
                c.line(f"M{x} {y}l6-8", c.dark, 3, 0.6)
        c.path("M86 250C80 150 130 100 200 100S320 150 314 250Z")
        for x in range(-96, 97, 24):
            c.line(f"M{200 + x} 246Q{200 + x * 0.9:.0f} 150 {200 + x * 0.3:.0f} 106", c.dark, 3, 0.6)
        c.rect(74, 232, 252, 66, 18)
        for x in range(92, 320, 18):
            c.line(f"M{x} 240V290", c.dark, 4, 0.55)
        c.rect(246, 262, 40, 26, 3, c.contrast, "")
    elif style == "cap":
        c.path("M238 236C300 226 354 244 372 274C330 284 270 276 226 274Z", c.dark)
        c.path("M72 262C70 160 128 112 192 112S300 160 296 256C230 276 140 278 72 262Z")
        c.line("M192 112C160 150 150 210 156 270M192 112C236 150 252 200 250 266", c.dark, 3)
        c.ellipse(192, 110, 8, 6, c.dark)
        c.ellipse(206, 206, 24, 20, c.contrast, "")
        c.path("M194 212l12-18 12 18Z", c.colour, "")
        c.line("M80 262C150 280 230 276 290 258", c.deep, 3, dash="6 5")
    elif style == "bucket":
        c.path("M104 220C106 180 116 146 132 136H268C284 146 294 180 296 220Z")
        c.ellipse(200, 138, 69, 15, c.light)
        c.path("M104 212H296C322 230 350 262 352 278C304 306 96 306 48 278C50 262 78 230 104 212Z", c.side)
        for y in (232, 250, 268):
            c.line(f"M{104 - (y - 218)} {y}Q200 {y + 26} {296 + (y - 218)} {y}", c.dark, 2, 0.6, "6 5")
        c.line("M104 213Q200 226 296 213", c.deep, 3)
    else:
        c.ellipse(200, 262, 172, 42)
        c.path("M112 258C116 180 128 130 150 122C176 130 186 140 200 140S224 130 250 122C272 130 284 180 288 258C240 282 160 282 112 258Z",
               c.side)  # fmt: skip
        c.path(
            "M112 250C160 274 240 274 288 250L285 222C240 242 160 242 115 222Z",
            INK if c.colour != "#2a2b2f" else "#a23b3b",
        )
        for y in (160, 182, 204):
            c.line(f"M{130 - (y - 160) // 5} {y}q70 22 {140 + (y - 160) // 2} 0", c.dark, 2, 0.5)


def socks(c: Canvas) -> None:
    c.shadow(200, 346, 130, 14)
    top = {"ankle": 196, "crew": 110, "knee": 44}[c.product.attributes.get("sock_length", "crew")]
    kids = c.is_("audience", "kids")
    paint = c.cloth(c.product.attributes.get("pattern", "plain"))
    for x, shade in ((-58, c.side), (44, c.fill)):
        d = f"M{140 + x} {top}H{216 + x}V238C{216 + x} 252 {230 + x} 262 {252 + x} 278C{284 + x} 300 {276 + x} 338 {244 + x} 338H{214 + x}C{170 + x} 338 {140 + x} 310 {140 + x} 270Z"
        c.path(d, shade)
        if paint:
            c.path(d, paint)
        c.path(f"M{140 + x} {top}H{216 + x}V{top + 26}H{140 + x}Z", c.dark)
        for at in range(148, 214, 11):
            c.line(f"M{at + x} {top + 4}v18", c.deep, 2, 0.7)
        c.path(
            f"M{140 + x} 258C{160 + x} 262 {172 + x} 282 {166 + x} 310C{148 + x} 300 {140 + x} 286 {140 + x} 258Z",
            c.contrast,
            "",
            opacity=0.85,
        )
        c.path(
            f"M{238 + x} 270C{224 + x} 288 {226 + x} 322 {240 + x} 338C{276 + x} 336 {284 + x} 300 {252 + x} 278Z",
            c.contrast,
            "",
            opacity=0.85,
        )
        if kids:
            c.ellipse(170 + x, 226, 5, fill=INK, stroke="")
            c.ellipse(192 + x, 226, 5, fill=INK, stroke="")
            c.line(f"M{172 + x} 240q9 10 18 0", INK, 3)
        elif c.is_("cushioned"):
            c.line(f"M{146 + x} {top + 40}H{210 + x}M{146 + x} {top + 52}H{210 + x}", c.contrast, 5)


def scarves(c: Canvas) -> None:
    c.shadow(200, 348, 120, 14)
    if c.is_("material", "silk"):
        d = "M200 62 338 200 200 338 62 200Z"
        c.path(d)
        over(c, d)
        c.path("M200 84 316 200 200 316 84 200Z", "none", c.contrast, 6)
        c.path("M200 338 338 200C330 250 280 310 200 338Z", c.dark, "", opacity=0.6)
        return
    left = "M150 150 204 166C198 230 196 280 190 330L122 324C128 270 138 210 150 150Z"
    right = "M196 160 254 142C268 210 276 250 284 300L218 312C214 260 206 210 196 160Z"
    loop = "M112 132C104 84 150 56 200 56S296 84 288 132C280 172 236 190 200 190S120 172 112 132Z"
    for d in (left, right, loop):
        c.path(d, c.side if d == left else c.fill)
        paint = (
            "url(#p)"
            if any('id="p"' in part for part in c.defs)
            else c.cloth(c.product.attributes.get("pattern", "plain"))
        )
        if paint:
            c.path(d, paint)
    c.path("M152 120C156 92 178 84 200 84S246 92 248 120C236 138 164 138 152 120Z", c.deep)
    c.line("M120 150C150 180 240 186 282 146M128 96C150 84 160 78 176 72", c.dark, 4, 0.6)
    for at in range(6):
        c.line(f"M{126 + at * 12} {326 + at}l-3 20M{222 + at * 12} {311 - at * 2}l3 20", c.dark, 4)
