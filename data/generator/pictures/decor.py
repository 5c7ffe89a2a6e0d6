# ruff: noqa: E501 - coordinates read best on one line
"""Cushions, blankets and vases."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix


def cushions(c: Canvas) -> None:
    c.shadow(200, 346, 140, 16)
    if c.named("floor seat"):
        c.path("M52 250C52 190 110 160 200 160S348 190 348 250V282C348 322 290 340 200 340S52 322 52 282Z", c.side)
        c.ellipse(200, 236, 148, 72, c.fill)
        for x in (-110, -70, -24, 24, 70, 110):
            c.line(f"M200 236Q{200 + x // 2} {220 + abs(x) // 4} {200 + x} {236 + (60 - abs(x) // 2)}", c.dark, 3, 0.6)
        c.ellipse(200, 232, 10, 6, c.deep, "")
        c.line("M60 278C100 318 300 318 340 278", c.dark, 3, dash="6 5")
        return
    shape = "M72 84C130 104 270 104 328 84C342 80 348 92 344 104C322 160 322 250 344 308C348 326 338 332 326 328C270 308 130 308 74 328C62 332 52 326 56 308C78 250 78 160 56 104C52 92 58 80 72 84Z"
    c.path(shape)
    paint = c.cloth(c.product.attributes.get("pattern", "plain"))
    if paint:
        c.path(shape, paint)
    if c.is_("material", "velvet"):
        c.path("M100 110C180 130 170 250 96 300C110 240 112 170 100 110Z", WHITE, "", opacity=0.2)
        c.path("M300 112C250 150 240 240 304 300C288 240 288 170 300 112Z", c.deep, "", opacity=0.45)
    elif c.is_("material", "linen"):
        for y in range(124, 304, 20):
            c.line(f"M84 {y}q58 8 116 0t116 0", c.dark, 1.5, 0.35)
    c.line("M84 96C140 114 260 114 316 96M84 318C140 300 260 300 316 318", c.dark, 3, 0.7)
    c.line("M96 120q12 16 30 22M304 120q-12 16-30 22M96 294q12-16 30-22M304 294q-12-16-30-22", c.deep, 4, 0.5)


def blankets(c: Canvas) -> None:
    c.shadow(200, 336, 160, 16)
    pattern = c.product.attributes.get("pattern", "plain")
    paint = c.cloth(pattern)
    if c.named("picnic"):
        for d in ("M96 150H318C344 170 344 290 318 314H96Z",):
            c.path(d)
            if paint:
                c.path(d, paint)
        c.ellipse(96, 232, 42, 82, c.light)
        c.line("M96 160a34 72 0 1 0 30 76a24 46 0 1 0-36 18a12 22 0 1 1 8-34", c.dark, 5)
        for x in (180, 268):
            c.line(f"M{x} 150q20 80 0 164", "#6b4426", 14)
        c.line("M186 158C190 96 262 96 266 158", "#6b4426", 11)
        return
    layers = [
        ("M58 250C50 250 48 322 60 322H340C352 322 350 250 342 250Z", c.side),
        ("M60 184C52 184 50 252 62 252H338C350 252 348 184 340 184Z", c.fill),
    ]
    for d, shade in layers:
        c.path(d, shade)
        if paint:
            c.path(d, paint)
    top = "M64 128C56 128 54 186 66 186H334C346 186 344 128 336 128Z"
    c.path(top, c.light)
    if paint:
        c.path(top, paint)
    c.line("M74 212H330M72 280H332M76 152H328", c.dark, 2, 0.45)
    if c.is_("weighted"):
        for y in (146, 168, 206, 230, 272, 298):
            c.line(f"M66 {y}H336", c.dark, 2, 0.7)
        for x in range(90, 330, 34):
            c.line(f"M{x} 130V320", c.dark, 2, 0.7)
    elif c.named("waffle"):
        c.defs.append(
            f'<pattern id="k" width="14" height="14" patternUnits="userSpaceOnUse"><rect x="2" y="2" width="9" height="9" fill="{c.dark}" opacity=".35"/></pattern>'
        )
        c.path("M62 132H338V318H62Z", "url(#k)", "")
    if c.is_("material", "wool"):
        for x in range(68, 340, 11):
            c.line(f"M{x} 322l{-2 if x % 2 else 2} 20", c.dark, 4)
    if c.is_("machine_washable"):
        c.rect(312, 296, 22, 30, 2, WHITE, "#b9b2a6", 2)


def stems(c: Canvas, y: int, spread: int = 60) -> None:
    green = "#5f8a5a"
    flower = c.pick(("#e2742b", "#eab937", "#d86b8a", "#f4efe6", "#7a5aa8"))
    for at, x in enumerate((-spread, 0, spread)):
        top = 70 + abs(x) // 2 + at * 6
        c.line(f"M200 {y}Q{200 + x // 3} {(y + top) // 2} {200 + x} {top}", green, 5)
        c.line(f"M{200 + x * 2 // 3} {top + 46}q{14 if x <= 0 else -14}-18 {30 if x <= 0 else -30}-18", green, 7)
        for dx, dy in ((-12, 0), (12, 0), (0, -13), (0, 12)):
            c.ellipse(200 + x + dx, top + dy, 11, fill=flower, stroke=mix(flower, INK, 0.3), width=1.5)
        c.ellipse(200 + x, top, 8, fill="#8a5a2a" if flower != "#eab937" else "#7a4e31", stroke="")


def vases(c: Canvas) -> None:
    c.shadow(200, 366, 90, 14)
    if c.named("column"):
        for x in (-34, -12, 14, 36):
            c.line(f"M200 180Q{200 + x} 120 {200 + x * 2} 60", "#b99a62", 4)
            c.ellipse(200 + x * 2, 56, 8, 24, "#d9c08a", "#a3854f", 2)
        c.rect(152, 172, 96, 194, 6, c.side)
        c.line("M170 182V356", WHITE, 10, 0.35)
        c.ellipse(200, 174, 48, 9, c.deep)
    elif c.named("bud"):
        c.line("M200 190Q190 130 206 92", "#5f8a5a", 5)
        c.line("M196 150q-26-6-34-26", "#5f8a5a", 7)
        for dx, dy in ((-14, -4), (14, -4), (0, -18), (-8, 12), (10, 12)):
            c.ellipse(
                206 + dx,
                80 + dy,
                14,
                fill=c.contrast if c.contrast != "#3a3c44" else "#e2742b",
                stroke="#b9a98a",
                width=1.5,
            )
        c.ellipse(206, 80, 9, fill="#eab937", stroke="")
        c.path(
            "M186 186H214L218 240C256 262 262 300 256 334C250 366 228 366 200 366S150 366 144 334C138 300 144 262 182 240Z",
            c.side,
        )
        c.ellipse(200, 186, 15, 5, c.deep)
        c.line("M164 288C160 316 164 336 172 346", WHITE, 8, 0.45)
    elif c.is_("material", "glass"):
        stems(c, 220)
        c.path(
            "M150 176H250C240 210 262 240 276 300C284 352 260 366 200 366S116 352 124 300C138 240 160 210 150 176Z",
            c.fill,
            c.edge,
            3,
            0.72,
        )
        for x in (-48, -24, 0, 24, 48):
            c.line(
                f"M{200 + x * 0.8:.0f} 180Q{200 + x * 1.4:.0f} 270 {200 + x} 360",
                c.light if c.is_("handmade") else c.dark,
                4,
                0.55,
            )
        c.ellipse(200, 176, 50, 9, "none", c.edge)
        c.line("M150 268C140 310 146 334 154 346", WHITE, 8, 0.6)
    else:
        tall = c.named("tall")
        top = 150 if tall else 206
        stems(c, top, 46)
        if tall:
            c.path(
                f"M172 {top}H228C226 200 280 240 274 310C272 356 250 366 200 366S128 356 126 310C120 240 174 200 172 {top}Z",
                c.side,
            )
        else:
            c.path(
                "M180 206H220C222 222 296 232 306 296C308 350 262 366 200 366S92 350 94 296C104 232 178 222 180 206Z",
                c.side,
            )
        c.ellipse(200, top, 27 if tall else 20, 6, c.deep)
        for x, y in ((150, 290), (230, 270), (206, 330), (250, 320), (170, 340), (190, 282), (268, 300), (136, 322)):
            c.ellipse(x, y, 3, fill=c.deep, stroke="", opacity=0.6)
        c.line("M132 276C122 304 126 326 136 340", WHITE, 9, 0.3)
