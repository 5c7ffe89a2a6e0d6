# ruff: noqa: E501 - coordinates read best on one line
"""Mugs, kettles, pans and knives."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

STEEL, STEEL_DARK = "#c9ced4", "#6b7077"
WOOD, WOOD_DARK = "#a9744a", "#6b4426"


def steam(c: Canvas, x: float, y: float) -> None:
    c.line(
        f"M{x - 24} {y}q-10-16 0-30t0-28M{x} {y - 6}q10-16 0-30t0-28M{x + 24} {y}q-10-16 0-30t0-28", "#b9b2a6", 5, 0.55
    )


def mugs(c: Canvas) -> None:
    c.shadow(196, 334, 120, 16)
    if c.named("commuter"):
        c.path("M142 110H258L246 324C246 334 240 338 200 338S154 334 154 324Z")
        c.path("M138 84H262C268 84 270 110 264 116H136C130 110 132 84 138 84Z", INK)
        c.rect(176, 66, 48, 20, 8, "#3a3c44", INK)
        c.path("M147 190H253L249 250H151Z", c.contrast, "", opacity=0.3)
        c.line("M164 126 172 316", WHITE, 9, 0.3)
        if c.is_("dishwasher_safe"):
            c.line("M150 312H250", c.contrast, 5)
        return
    if c.named("double wall"):
        c.path("M112 120H270L252 314C250 328 232 332 192 332S132 328 130 314Z", "#dfeaf0", "#9fb4bf", 3, 0.7)
        c.path(
            "M128 160H254L240 282C238 300 222 306 192 306S146 300 144 282Z", c.gradient("w", "#d7b48a", "#6b3f22"), ""
        )
        c.ellipse(191, 160, 63, 12, "#e9cfa8", "")
        c.line("M270 150C330 150 330 260 258 266", "#b9cdd6", 13, 0.8)
        c.line("M132 140 146 296", WHITE, 8, 0.7)
        if c.is_("lid"):
            c.ellipse(191, 120, 82, 18, "#6f9a86", "#3f6353")
            c.ellipse(191, 108, 18, 10, "#86b39d", "#3f6353")
        else:
            c.ellipse(191, 120, 79, 14, "none", "#9fb4bf")
            steam(c, 190, 104)
        return
    espresso = c.named("espresso")
    big = c.named("large")
    top, left, right, bottom = (170, 116, 264, 300) if espresso else (94 if big else 122, 96, 276, 326)
    if espresso:
        c.ellipse(190, 312, 130, 20, c.pale, c.edge)
        c.ellipse(190, 308, 70, 9, c.dark, "", opacity=0.5)
    mid = (top + bottom) // 2
    c.line(
        f"M{right - 4} {top + 36}C{right + 76} {top + 24} {right + 76} {bottom - 40} {right - 10} {bottom - 50}",
        c.edge,
        28,
    )
    c.line(
        f"M{right - 4} {top + 36}C{right + 76} {top + 24} {right + 76} {bottom - 40} {right - 10} {bottom - 50}",
        c.colour,
        21,
    )
    c.path(
        f"M{left} {top}H{right}L{right - 10} {bottom - 24}C{right - 14} {bottom + 8} {left + 14} {bottom + 8} {left + 10} {bottom - 24}Z",
        c.side,
    )
    c.ellipse((left + right) / 2, top, (right - left) / 2, 16, c.deep)
    c.ellipse(
        (left + right) / 2, top + 4, (right - left) / 2 - 10, 10, "#5b3a24" if not c.named("animal") else "#f4e6cf", ""
    )
    if c.is_("material", "enamel"):
        c.ellipse((left + right) / 2, top, (right - left) / 2, 16, "none", "#2b3a66", 6)
        for x, y in ((130, 180), (160, 240), (210, 200), (240, 280), (140, 290), (250, 170), (190, 270)):
            c.ellipse(x, y, 3, fill=WHITE, stroke="", opacity=0.75)
    elif c.named("animal"):
        c.path(f"M112 {top - 2}L120 70 160 {top - 10}ZM260 {top - 2}L252 70 212 {top - 10}Z", c.dark)
        c.ellipse(152, 208, 9, fill=INK, stroke="")
        c.ellipse(220, 208, 9, fill=INK, stroke="")
        c.path("M174 232h24l-12 14Z", "#5b3a24", "")
        c.line(
            "M186 246v12q-14 12-26 2M186 258q14 12 26 2M110 240l30 6M108 262l32-4M262 240l-30 6M264 262l-32-4", INK, 3
        )
    elif c.is_("material", "stoneware"):
        c.path(f"M{left + 2} {mid + 20}Q{(left + right) // 2} {mid + 40} {right - 4} {mid + 20}L{right - 10} {bottom - 24}"
               f"C{right - 14} {bottom + 8} {left + 14} {bottom + 8} {left + 10} {bottom - 24}Z", "#cdb898", c.edge)  # fmt: skip
        c.line(f"M{left + 6} {top + 40}q40 10 84 4", c.light, 4, 0.6)
        steam(c, 186, top - 14)
    else:
        c.line(f"M{left + 4} {top + 28}Q{(left + right) // 2} {top + 46} {right - 4} {top + 28}", c.contrast, 5, 0.8)
        steam(c, 190, top - 16)
    c.line(f"M{left + 22} {top + 40}L{left + 28} {bottom - 50}", WHITE, 10, 0.28)


def kettles(c: Canvas) -> None:
    c.shadow(200, 346, 140, 15)
    knob = WOOD
    if c.named("gooseneck"):
        c.line("M128 280C60 290 96 150 60 130", c.edge, 22)
        c.line("M128 280C60 290 96 150 60 130", c.colour, 15)
        c.path("M148 148H258C272 190 290 260 292 322H114C116 260 134 190 148 148Z", c.side)
        c.path("M146 148C150 132 256 132 260 148Z", c.dark)
        c.ellipse(203, 126, 13, 10, knob, WOOD_DARK)
        c.line("M262 156C350 140 360 240 322 290", WOOD_DARK, 18)
        c.line("M262 156C350 140 360 240 322 290", knob, 12)
        if c.is_("electric"):
            c.rect(98, 322, 212, 22, 8, INK)
            c.rect(250, 328, 40, 10, 3, "#8fe0b0" if c.is_("temperature_control") else "#55585f", "")
        else:
            c.path("M114 322H292V332H114Z", c.deep)
    elif c.is_("material", "enamel"):
        c.line("M100 150C100 30 300 30 300 150", WOOD_DARK, 16)
        c.line("M126 90C160 54 240 54 274 90", knob, 18)
        c.path("M286 222 360 168C372 164 374 178 366 184L308 262Z", c.dark)
        c.path("M80 296C72 206 130 148 200 148S328 206 320 296C318 330 300 338 200 338S82 330 80 296Z")
        c.path("M148 158C156 130 244 130 252 158C230 172 170 172 148 158Z", c.dark)
        c.ellipse(200, 132, 13, fill=knob, stroke=WOOD_DARK)
        c.line("M112 220C124 190 146 176 160 172", WHITE, 10, 0.4)
        c.line("M84 310H316", c.deep, 5)
    else:
        glass = c.is_("material", "glass")
        small = c.named("1.0")
        top = 128 if small else 92
        c.path(f"M122 {top + 34} 84 {top + 16}C78 {top + 14} 78 {top + 24} 84 {top + 30}L126 {top + 82}Z", c.dark)
        c.line(f"M278 {top + 24}C350 {top + 10} 356 230 322 292L286 300", INK, 20)
        body = f"M130 {top}H272L292 316H108Z"
        if glass:
            c.path(body, c.gradient("w", "#e4f0f4", "#a9cfe0"), "#86a3b0", 3, 0.85)
            c.path("M119 210H283L291 306H109Z", "#6fb2e0", "", opacity=0.55)
            for x, y in ((150, 280), (180, 250), (210, 286), (240, 240), (256, 282)):
                c.ellipse(x, y, 6, fill=WHITE, stroke="", opacity=0.7)
            c.path(f"M130 {top}H272L275 {top + 30}H127Z", c.colour)
        else:
            c.path(body, c.side)
            c.rect(148, top + 56, 20, 110, 8, "#dfeaf0", "#86a3b0", 2)
            c.rect(150, top + 110, 16, 54, 6, "#6fb2e0", "")
            c.line("M250 120 262 300", WHITE, 9, 0.3)
        c.path(f"M128 {top}C134 {top - 22} 268 {top - 22} 274 {top}Z", INK)
        c.rect(98, 312, 204, 18, 6, c.dark if not glass else c.colour)
        c.rect(92, 328, 216, 16, 8, INK)
        if c.is_("temperature_control"):
            c.rect(224, 258, 44, 26, 5, INK, "")
            c.line("M232 271h8M246 271h14", "#8fe0b0", 5)


def pans(c: Canvas) -> None:
    style = c.product.attributes["pan_style"]
    iron = c.is_("material", "cast iron")
    enamel = iron and c.colour != "#2a2b2f"
    inner = (
        "#3a3b40"
        if not c.is_("material", "stainless steel") and not c.is_("material", "copper-coated steel")
        else STEEL
    )
    if style == "casserole":
        c.shadow(200, 322, 170, 16)
        s = 1.08 if c.named("28") else 1
        c.begin(f"translate({200 - 200 * s:.0f} {310 - 310 * s:.0f}) scale({s})")
        c.line("M66 222C34 214 34 250 70 250M334 222C366 214 366 250 330 250", c.edge, 17)
        c.line("M66 222C34 214 34 250 70 250M334 222C366 214 366 250 330 250", c.dark, 11)
        c.path("M66 196H334V272C334 304 316 314 290 314H110C84 314 66 304 66 272Z")
        c.path("M60 196C70 140 140 126 200 126S330 140 340 196Z", c.side)
        c.line("M64 198H336", c.deep, 6)
        c.path("M178 126C178 106 190 104 200 104S222 106 222 126Z", "#d9b25f" if enamel else INK)
        c.ellipse(200, 104, 24, 9, "#d9b25f" if enamel else INK, "#7d5d20" if enamel else "#17181b")
        c.line("M96 174C116 152 144 144 168 142", WHITE, 9, 0.35)
        c.end()
        return
    if style == "saucepan":
        c.shadow(170, 318, 130, 15)
        c.path(
            "M262 176 380 150C390 148 392 166 384 170L264 204Z",
            STEEL_DARK if not c.is_("material", "copper-coated steel") else "#d9b25f",
        )
        c.path("M70 164H270V282C270 304 256 310 240 310H100C84 310 70 304 70 282Z", c.side)
        c.ellipse(170, 164, 100, 26, c.light)
        c.ellipse(170, 168, 88, 19, mix(STEEL, INK, 0.25), STEEL_DARK)
        c.line("M98 200V286", WHITE, 12, 0.45)
        c.ellipse(284, 184, 4, fill=INK, stroke="")
        c.path("M66 158 54 152 66 172Z", c.light)
        return
    if style == "grill pan":
        c.shadow(180, 300, 150, 14)
        c.path("M282 196 378 178C392 176 392 204 378 204L286 222Z", "#2f3035", "#17181b")
        c.path(
            "M58 158C58 146 66 142 78 142H270C282 142 290 146 290 158L302 270C302 284 294 288 282 288H66C54 288 46 284 46 270Z"
        )
        c.path("M72 156H276L286 274H62Z", "#2f3035", "#17181b")
        for x in range(88, 276, 22):
            c.line(f"M{x} 162L{x + (x - 174) // 16} 268", "#55575e", 7)
        return
    if style == "wok":
        c.shadow(180, 320, 140, 15)
        c.path("M296 168 384 134C396 130 400 148 388 154L304 196Z", WOOD, WOOD_DARK)
        c.path("M40 170C50 262 110 312 176 312S302 262 312 170Z", c.fill)
        c.ellipse(176, 170, 136, 32, "#55575e", "#17181b")
        c.ellipse(176, 178, 104, 20, "#3a3b40", "")
        c.line("M70 210C84 258 116 284 140 294", WHITE, 8, 0.22)
        c.line("M44 172C30 150 60 140 66 154", "#55575e", 8)
        return
    r = 128 if c.named("28") else 112
    c.shadow(165, 314, r + 14, 16)
    c.path(
        f"M{150 + r - 10} 226 384 172C396 168 400 190 390 196L{150 + r - 6} 258Z", "#2f3035" if iron else INK, "#17181b"
    )
    if iron:
        c.ellipse(374, 186, 6, 4, "#e5e0d8", "")
    c.ellipse(150, 258, r, 56, c.deep)
    c.path(f"M{150 - r} 232C{150 - r} 300 {150 + r} 300 {150 + r} 232Z", c.fill)
    c.ellipse(150, 232, r, 60, c.side)
    c.ellipse(150, 234, r - 12, 49, inner, "#17181b")
    c.ellipse(150, 240, r - 34, 34, mix(inner, WHITE, 0.1), "")
    c.path(f"M{170 - r} 226C{180 - r} 200 130 188 176 190", "none", WHITE, 6, 0.35)
    if c.is_("dishwasher_safe"):
        c.ellipse(150, 240, 26, 13, "none", mix(inner, WHITE, 0.35), 3)
    if c.is_("material", "aluminium"):
        c.ellipse(150, 240, 9, 5, "#c9302f", "")


def knives(c: Canvas) -> None:
    style = c.product.attributes["knife_style"]
    ceramic = c.is_("material", "ceramic")
    top, bottom = ("#fbfbf9", "#d5d8da") if ceramic else ("#f1f4f7", "#9aa2aa")
    if c.is_("material", "carbon steel"):
        top, bottom = "#b9bec4", "#6b7178"
    blade = c.gradient("k", top, bottom)
    edge = STEEL_DARK
    c.shadow(200, 300, 170, 16)
    c.begin("rotate(-22 200 200)")
    if style == "cleaver":
        shape = "M20 150H244V226C180 236 90 240 24 236C18 210 18 180 20 150Z"
    elif style == "bread":
        shape = "M6 186C8 178 20 172 40 172H244V214" + "q-7 10-14 0" * 15 + "C24 212 8 204 6 186Z"
    elif style == "paring":
        shape = "M96 204C120 184 160 178 244 178V214C180 218 130 216 96 204Z"
    elif style == "santoku":
        shape = "M26 214C34 178 70 164 110 164H244V220C180 226 90 228 26 214Z"
    else:
        shape = "M6 216C60 176 140 164 244 164V218C170 232 70 236 6 216Z"
    c.path(shape, blade, edge)
    if c.is_("material", "damascus steel"):
        for y in (182, 194, 206):
            c.line(f"M70 {y + 8}q20-12 40 0t40-4 40 2 40-2", "#7b838b", 2, 0.8)
    else:
        gleam = {"cleaver": "M30 162H236", "paring": "M140 192C180 186 210 186 240 186"}
        c.line(gleam.get(style, "M60 196C120 184 190 182 240 182"), WHITE, 4, 0.8)
    if style == "santoku" and not ceramic:
        for x in range(80, 232, 30):
            c.ellipse(x, 206, 9, 5, "#b9c0c7", "")
    c.rect(240, 166 if style != "paring" else 174, 14, 52 if style != "paring" else 42, 3, "#8d939a", edge)
    c.path("M252 172H372C392 176 396 212 378 218C350 214 300 222 252 214Z" if style != "paring" else
           "M252 178H350C366 182 368 206 352 212C320 206 290 214 252 210Z")  # fmt: skip
    if style != "paring":
        for x in (282, 318, 354):
            c.ellipse(x, 194, 5, fill="#d9b25f", stroke=c.deep, width=2)
    c.end()
