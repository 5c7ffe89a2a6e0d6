# ruff: noqa: E501 - coordinates read best on one line
"""Fitness, balls and helmets."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

STEEL = "#9aa0a7"


def yoga_mats(c: Canvas) -> None:
    c.shadow(200, 318, 176, 18)
    thick = {"1.5 mm": 4, "4 mm": 7, "5 mm": 8, "6 mm": 10, "8 mm": 13}.get(c.product.attributes["thickness"], 7)
    if c.is_("foldable"):
        for at in range(4):
            c.rect(84, 276 - at * 26, 232, 26, 8, c.side if at % 2 else c.fill)
        c.path("M84 198 130 160H330L316 198Z", c.light)
        c.line("M180 160 160 304M250 160 240 304", c.contrast, 9)
        return
    c.path("M120 236 356 262 330 312 92 296Z", c.light)
    c.path(f"M92 296 330 312V{312 + thick}L92 {296 + thick}Z", c.deep)
    c.path("M96 178C150 150 300 160 330 190V250C290 280 150 270 96 258Z", c.side)
    c.path("M330 190C352 204 352 240 330 252Z", c.dark)
    c.ellipse(94, 226, 54, 66, c.fill)
    for r in (44, 32, 20, 9):
        c.ellipse(94 + (44 - r) / 8, 228, r * 0.82, r, "none", c.deep, min(4.5, thick / 2 + 1))
    if c.is_("material", "cork"):
        for x, y in ((150, 200), (186, 216), (220, 196), (256, 226), (290, 206), (170, 240), (236, 248), (306, 240)):
            c.ellipse(x, y, 4, 3, c.deep, "", opacity=0.7)
    elif c.is_("non_slip"):
        for x in range(160, 320, 26):
            c.line(f"M{x} 188q6 34 0 66", c.dark, 3, 0.5)
    c.path("M208 164C222 190 222 240 210 268L230 269C242 240 242 190 228 165Z", c.contrast, "", opacity=0.9)


def dumbbells(c: Canvas) -> None:
    c.shadow(200, 320, 170, 18)
    pair = c.is_("sold_as_pair")

    def one(hex_: bool) -> None:
        c.rect(128, 186, 144, 26, 12, "#c3c8ce", "#6b7077")
        for x in range(150, 250, 9):
            c.line(f"M{x} 190l8 18", "#8d939a", 2)
        if c.named("dial"):
            for x, h in ((46, 150), (64, 140), (82, 126), (100, 108), (282, 108), (300, 126), (318, 140), (336, 150)):
                c.rect(x, 199 - h / 2, 17, h, 5, c.side if x not in (46, 336) else INK)
            c.ellipse(129, 199, 14, 28, "#c9302f" if c.colour == "#2a2b2f" else INK)
            c.ellipse(271, 199, 14, 28, "#c9302f" if c.colour == "#2a2b2f" else INK)
        elif hex_:
            for x in (58, 264):
                c.path(f"M{x} 160 {x + 20} 134H{x + 58}L{x + 78} 160V238L{x + 58} 264H{x + 20}L{x} 238Z")
                c.path(
                    f"M{x + 14} 168 {x + 26} 150H{x + 52}L{x + 64} 168V230L{x + 52} 248H{x + 26}L{x + 14} 230Z",
                    c.dark,
                    "",
                )
        else:
            for x in (54, 268):
                c.rect(x, 138, 78, 122, 40 if c.named("neo") else 22, c.side)
                c.ellipse(x + 39, 199, 18, 26, c.light, "", opacity=0.6)
            if c.named("classic"):
                c.rect(120, 168, 18, 62, 6, c.dark)
                c.rect(262, 168, 18, 62, 6, c.dark)

    shape = c.named("hex")
    if pair:
        c.begin("translate(70 -10) rotate(-7 200 200) scale(.72)")
        one(shape)
        c.end()
        c.begin("translate(34 112) rotate(5 200 200) scale(.78)")
        one(shape)
        c.end()
    else:
        c.begin("translate(0 40) rotate(-6 200 200)")
        one(shape)
        c.end()


def balls(c: Canvas) -> None:
    style = c.product.attributes["ball_style"]
    c.defs.append(
        f'<radialGradient id="o" cx=".36" cy=".3" r=".75"><stop stop-color="{c.pale}"/><stop offset=".5" stop-color="{c.colour}"/>'
        f'<stop offset="1" stop-color="{c.dark}"/></radialGradient>'
    )
    c.shadow(200, 342, 120, 16)
    if style == "tennis":
        c.rect(220, 70, 108, 252, 14, "#dfeaf0", "#86a3b0", 3, 0.85)
        for x, y in ((274, 266), (274, 182), (274, 112), (138, 284)):
            c.ellipse(x, y, 48 if x == 274 else 52, fill="url(#o)")
            c.line(f"M{x - 40} {y - 22}q40 20 78-10M{x - 34} {y + 30}q34-22 74-6", WHITE, 5)
        c.rect(214, 58, 120, 22, 6, "#c9302f", "#7c1b18")
        c.rect(220, 200, 108, 46, 0, "#2f6fc0", "", opacity=0.75)
        return
    if style == "rugby":
        c.begin("rotate(-24 200 210)")
        c.ellipse(200, 210, 160, 98, "url(#o)")
        c.line(
            "M44 210C120 180 280 180 356 210M64 160C140 206 260 206 336 160M64 260C140 214 260 214 336 260",
            c.contrast,
            6,
        )
        c.line(
            "M164 186V204M182 184V202M200 183V201M218 184V202M236 186V204", WHITE if c.colour != "#f7f7f4" else INK, 6
        )
        c.end()
        return
    c.ellipse(200, 206, 132, fill="url(#o)")
    if style == "football":
        ink = INK if c.colour in ("#f7f7f4", "#eab937") else WHITE
        c.path("M200 160 244 192 228 244H172L156 192Z", ink, mix(ink, "#888888", 0.4))
        for d in ("M200 76 232 92 222 122H178L168 92Z", "M326 168 328 214 298 222 282 186 300 160Z", "M74 168 72 214 102 222 118 186 100 160Z",
                  "M264 322 292 290 276 264 244 284 246 316Z", "M136 322 108 290 124 264 156 284 154 316Z"):  # fmt: skip
            c.path(d, ink, "")
        c.line("M200 160V122M244 192 282 186M228 244 244 284M172 244 156 284M156 192 118 186M222 122 300 160M178 122 100 160"
               "M298 222 276 264M102 222 124 264M244 284H156", c.deep, 3)  # fmt: skip
    elif style == "basketball":
        seam = INK if c.colour != "#2a2b2f" else "#c9a24a"
        c.line("M200 74V338M68 206H332M108 112C176 150 176 262 108 300M292 112C224 150 224 262 292 300", seam, 5)
    else:
        second = WHITE if c.colour != "#f7f7f4" else "#2f6fc0"
        c.path("M200 206C160 170 120 110 118 102C148 78 200 70 240 80C230 120 216 170 200 206Z", second, c.edge, 2, 0.9)
        c.path(
            "M200 206C250 196 310 200 332 206C332 250 310 290 280 310C250 280 220 240 200 206Z", second, c.edge, 2, 0.9
        )
        c.path("M200 206C180 250 150 300 134 320C96 298 70 256 68 210C110 200 160 200 200 206Z", second, c.edge, 2, 0.9)
        c.line(
            "M200 206C210 160 250 110 300 120M200 206C226 250 230 300 210 338M200 206C150 186 100 170 84 144", c.dark, 3
        )
    c.ellipse(156, 142, 34, 22, WHITE, "", opacity=0.25)


def helmets(c: Canvas) -> None:
    c.shadow(200, 320, 160, 16)
    road = c.named("vent")
    kids = c.is_("audience", "kids")
    c.line("M120 250C140 340 210 350 250 262", INK, 8)
    c.rect(188, 318, 28, 18, 5, "#55585f", INK)
    if c.named("trail"):
        c.path("M268 176 372 150C384 150 384 168 374 172L300 224Z", c.dark)
    elif c.named("dome"):
        c.path("M300 226 352 236C362 240 358 254 348 254L296 256Z", c.deep)
    deep = 290 if c.named("trail") else 262
    c.path(
        f"M64 {deep - 20}C52 140 120 76 206 76C300 76 344 150 340 226C300 232 270 236 246 262C190 {deep} 110 {deep} 64 {deep - 20}Z"
    )
    if road or c.named("trail"):
        for d in ("M104 210C110 150 140 116 170 104C140 150 132 190 134 226Z", "M162 232C160 170 180 120 214 100C204 150 200 200 206 240Z",
                  "M232 232C228 180 236 130 256 106C284 130 292 180 284 222Z", "M304 216C304 180 298 150 286 128C312 150 324 186 324 214Z"):  # fmt: skip
            c.path(d, mix(c.colour, INK, 0.72), c.edge)
    else:
        for x in (130, 176, 222, 266):
            c.rect(x, 118 + abs(x - 200) // 6, 16, 44, 8, mix(c.colour, INK, 0.7), "")
        c.line("M66 232C150 252 260 240 338 214", c.contrast, 6, 0.9)
        if kids:
            for x, y in ((112, 196), (196, 204), (274, 190)):
                c.path(f"M{x} {y - 16}l5 10 11 2-8 8 2 11-10-5-10 5 2-11-8-8 11-2Z", "#fff3d6", "")
    c.path("M100 150C124 110 160 94 196 90", "none", WHITE, 8, 0.35)
    if c.is_("lights"):
        c.rect(56, 200, 18, 40, 8, "#ff4a3d", "#7c1b18")
        c.ellipse(52, 220, 28, fill="#ff4a3d", stroke="", opacity=0.2)
