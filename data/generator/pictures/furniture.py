# ruff: noqa: E501 - coordinates read best on one line
"""Chairs, desks and lamps."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

WOOD, WOOD_DARK = "#b98a5a", "#6b4a2e"
GLOW = "#ffe9b0"


def chairs(c: Canvas) -> None:
    style = c.product.attributes["chair_style"]
    c.shadow(200, 366, 120, 12)
    if style == "office":
        c.line("M200 270V316M200 322 110 352M200 322 290 352M200 322 160 362M200 322 244 362", "#3a3c44", 10)
        for x, y in ((108, 358), (292, 358), (158, 368), (246, 368)):
            c.ellipse(x, y, 9, fill=INK, stroke="")
        if c.named("rally"):
            c.path("M130 60C140 30 260 30 270 60L288 130 272 236H128L112 130Z", INK)
            c.path("M150 66C160 48 240 48 250 66L258 130 246 230H154L142 130Z", c.fill)
            c.path("M130 60 150 66 142 130 154 230 128 236 112 130Z", c.dark)
            c.path("M270 60 250 66 258 130 246 230 272 236 288 130Z", c.dark)
            c.rect(160, 74, 80, 34, 14, c.contrast if c.colour == "#2a2b2f" else INK)
        else:
            leather = c.is_("material", "leather")
            c.path("M138 60C150 44 250 44 262 60C272 110 268 180 258 222H142C132 180 128 110 138 60Z")
            if leather:
                for y in (96, 140, 184):
                    c.line(f"M138 {y}q62 12 124 0", c.dark, 4)
            else:
                c.defs.append(
                    f'<pattern id="k" width="10" height="10" patternUnits="userSpaceOnUse"><path d="M0 5 5 0 10 5 5 10Z" fill="none" stroke="{c.deep}" stroke-width="1.5"/></pattern>'
                )
                c.path(
                    "M150 70C160 58 240 58 250 70C258 112 256 176 248 210H152C144 176 142 112 150 70Z", "url(#k)", ""
                )
        c.path("M110 240C116 228 284 228 290 240C298 262 286 276 270 278H130C114 276 102 262 110 240Z", c.side)
        if c.is_("armrests"):
            c.line("M108 256V196M292 256V196", "#3a3c44", 9)
            c.line("M88 192H128M272 192H312", INK, 15)
    elif style == "dining":
        c.line("M138 240 126 360M262 240 274 360M158 244 150 344M242 244 250 344M134 306H266", c.edge, 13)
        c.line("M138 240 126 360M262 240 274 360M134 306H266", c.colour, 8)
        c.path("M126 76C150 46 250 46 274 76L268 96C246 72 154 72 132 96Z")
        for x in range(-3, 4):
            c.line(f"M{200 + x * 19} {76 + abs(x) * 3}L{200 + x * 15} 222", c.dark, 6)
        c.line("M130 88 142 224M270 88 258 224", c.edge, 11)
        c.path("M110 222C150 210 250 210 290 222C296 238 284 250 270 250H130C116 250 104 238 110 222Z", c.side)
    elif style == "armchair":
        c.line("M116 318 104 360M284 318 296 360", WOOD_DARK, 12)
        c.path("M96 200C84 90 130 56 200 56S316 90 304 200V280H96Z")
        for x, y in ((150, 110), (200, 100), (250, 110), (174, 150), (226, 150)):
            c.ellipse(x, y, 4, fill=c.deep, stroke="")
        c.path(
            "M84 196C60 190 52 216 60 240L76 322H324L340 240C348 216 340 190 316 196C300 204 298 226 292 258H108C102 226 100 204 84 196Z",
            c.side,
        )
        c.path("M106 250C130 236 270 236 294 250C304 270 298 284 290 286H110C102 284 96 270 106 250Z", c.light)
        c.line("M80 308H320", c.dark, 3)
        if c.pick((True, False)):
            c.path("M160 190 240 178 252 246 168 254Z", c.contrast, c.edge)
    else:
        leg = "#3a3c44" if c.colour != "#2a2b2f" else "#8d939a"
        if c.is_("swivel"):
            c.line("M200 150V330", leg, 13)
            c.ellipse(200, 346, 76, 16, leg, INK)
            c.ellipse(200, 280, 46, 10, "none", leg, 7)
            c.path("M132 60C160 40 240 40 268 60L260 132H140Z")
        else:
            c.line("M146 146 118 360M254 146 282 360M168 146 160 350M232 146 240 350", leg, 9)
            c.line("M128 288H272M140 206H260", leg, 7)
        c.path("M122 128C140 116 260 116 278 128C284 146 276 156 262 156H138C124 156 116 146 122 128Z", c.side)


def desks(c: Canvas) -> None:
    style = c.product.attributes["desk_style"]
    c.shadow(200, 350, 180, 12)
    metal = "#4a4d55" if c.colour != "#2a2b2f" else "#6b7077"

    def grain(x: int, w: int, y: int) -> None:
        if c.colour in ("#c79b67", "#6f4a34"):
            c.line(f"M{x + 10} {y}q{w // 4} 6 {w // 2} 0t{w // 2 - 24} 0", c.dark, 2, 0.6)

    if style == "standing":
        wide = c.named("160")
        x, w = (22, 356) if wide else (46, 308)
        for lx in (x + 56, x + w - 56):
            c.rect(lx - 9, 176, 18, 160, 2, metal)
            c.rect(lx - 6, 176, 12, 70, 0, mix(metal, WHITE, 0.3), "")
            c.rect(lx - 46, 330, 92, 14, 6, metal)
        c.line(f"M{x + 56} 196H{x + w - 56}", metal, 9)
        c.rect(x, 156, w, 22, 5)
        grain(x, w, 168)
        if c.is_("electric"):
            c.rect(x + w - 70, 178, 44, 14, 4, INK, "")
            c.line(f"M{x + w - 62} 185h6M{x + w - 48} 185h14", "#8fe0b0", 3)
        else:
            c.line(f"M{x + w - 4} 196h18v26", metal, 6)
            c.ellipse(x + w + 14, 224, 7, fill=INK, stroke="")
        c.path("M104 156V134H128V156Z", c.pick(("#c9302f", "#1f7d84", "#eab937")), INK, 2)
        c.line("M128 138q12 0 10 10h-10", INK, 3)
        c.rect(238, 146, 58, 9, 2, "#2f6fc0", INK, 2)
        c.rect(232, 137, 58, 9, 2, "#e5d9c0", INK, 2)
    elif style == "writing":
        c.path("M84 200 70 342H84L106 200ZM316 200 330 342H316L294 200Z", c.dark)
        c.path("M112 200 104 318H114L128 200ZM288 200 296 318H286L272 200Z", c.deep)
        c.rect(64, 174, 272, 40, 4, c.side)
        c.rect(78, 182, 116, 26, 3, c.light)
        c.rect(206, 182, 116, 26, 3, c.light)
        c.ellipse(136, 195, 6, fill="#d9b25f", stroke="#7d5d20", width=2)
        c.ellipse(264, 195, 6, fill="#d9b25f", stroke="#7d5d20", width=2)
        c.rect(50, 158, 300, 18, 5)
        grain(50, 300, 168)
        c.rect(240, 142, 64, 16, 2, "#e9dfc8", "#8a6a4a", 2)
        c.line("M118 158V132q14-14 0-30q-14 16 0 30", "#5f8a5a", 4)
        c.path("M104 158h28l-4-16h-20Z", "#b56a45", "#6b3a22", 2)
    elif style == "corner":
        c.line("M52 224V346M238 268V354M356 214V334M120 196V300", metal, 10)
        c.path("M34 214 120 168H362L372 212H258L240 276H40Z")
        c.path("M40 276H240L258 212H372V224L262 226 244 290H40Z", c.dark)
        grain(60, 160, 244)
        c.rect(236, 100, 100, 64, 5, INK)
        c.rect(242, 106, 88, 52, 2, c.gradient("w", "#4b6fa5", "#e5b98a"), "")
        c.line("M286 164V184M262 186H310", INK, 6)
    else:
        c.line("M92 190 60 346M92 190 128 346M308 190 272 346M308 190 340 346", metal, 11)
        c.line("M76 270H324", metal, 6)
        c.rect(42, 166, 316, 24, 6, "#2f3035", INK)
        c.path("M42 172H358V182H42Z", c.colour if c.colour != "#2a2b2f" else "#55585f", "")
        c.rect(126, 74, 148, 84, 6, INK)
        c.rect(134, 82, 132, 66, 3, c.gradient("w", "#2a1d4f", c.colour if c.colour != "#2a2b2f" else "#2f9fb5"), "")
        c.line("M200 158V166", INK, 10)
        c.line("M358 186v16q14 6 16-10", metal, 6)
        if c.is_("drawers"):
            c.rect(232, 192, 100, 54, 4, "#3a3c44", INK)
            c.line("M262 219H302", "#8d939a", 5)
    if c.is_("drawers") and style == "standing":
        c.rect(120, 178, 90, 26, 3, c.dark)


def lamps(c: Canvas) -> None:
    style = c.product.attributes["lamp_style"]
    if style == "floor":
        c.shadow(200, 374, 110, 10)
        c.path("M130 40H270L292 160H108Z", "#f6ecd6", "#c9b58f")
        c.ellipse(200, 160, 92, 12, GLOW, "#c9b58f")
        c.line("M200 172V200M200 196 122 370M200 196 278 370M200 196V352", c.edge, 14)
        c.line("M200 196 122 370M200 196 278 370M200 196V352", c.colour, 9)
        c.ellipse(200, 198, 15, 11, "#d9b25f", "#7d5d20")
        c.line("M150 56 134 144M176 54 166 148M224 54 234 148M250 56 266 144", "#e2d2ad", 3)
        return
    if style == "pendant":
        c.line("M200 0V110", INK, 4)
        if c.is_("material", "paper"):
            c.shadow(200, 356, 90, 8)
            c.ellipse(200, 196, 132, 96, c.gradient("w", "#fffdf4", "#f1e2bd"), "#d4c59c")
            for rx in (28, 62, 96):
                c.ellipse(200, 196, rx, 96, "none", "#dccfa8", 2)
            c.rect(180, 98, 40, 12, 4, "#b98a5a", "#6b4a2e")
        else:
            c.shadow(200, 366, 110, 8)
            c.path("M90 250 60 340H340L310 250Z", GLOW, "", opacity=0.35)
            c.rect(182, 100, 36, 34, 6, "#d9b25f", "#7d5d20")
            c.path("M176 132H224C290 148 322 200 326 252H74C78 200 110 148 176 132Z", c.side)
            c.ellipse(200, 252, 126, 16, GLOW, c.edge)
            c.ellipse(200, 254, 26, 10, WHITE, "")
            c.line("M112 220C124 188 146 166 172 156", WHITE, 8, 0.35)
        return
    c.shadow(200, 352, 110, 14)
    if style == "desk":
        c.path("M286 176 330 330 120 330 240 194Z", GLOW, "", opacity=0.25)
        c.line("M150 330 122 214 232 106", c.edge, 15)
        c.line("M150 330 122 214 232 106", c.colour, 9)
        c.ellipse(122, 214, 12, fill=c.contrast)
        c.line("M136 316 134 226", "#9aa0a7", 3, dash="3 3")
        c.path("M96 340C96 320 204 320 204 340V350H96Z")
        c.path("M214 92C246 76 300 116 318 162L240 206C210 176 196 120 214 92Z", c.side)
        c.path("M318 162 240 206C252 222 326 184 318 162Z", GLOW, c.edge)
        c.ellipse(222, 96, 13, fill=c.dark)
        if c.is_("dimmable"):
            c.ellipse(150, 336, 9, fill=c.contrast, stroke=c.edge, width=2)
            c.line("M150 336v-7", c.edge, 3)
    else:
        c.defs.append(f'<radialGradient id="o"><stop stop-color="{mix(c.colour, GLOW, 0.5)}"/><stop offset="1" '
                      f'stop-color="{GLOW}" stop-opacity="0"/></radialGradient>')  # fmt: skip
        c.ellipse(200, 188, 176, fill="url(#o)", stroke="")
        c.ellipse(
            200, 190, 108, fill=c.gradient("w", "#fffdf2", mix(c.colour, GLOW, 0.35)), stroke=mix(c.colour, INK, 0.25)
        )
        for x, y, r in ((166, 160, 15), (236, 210, 20), (226, 142, 9), (170, 236, 11)):
            c.ellipse(x, y, r, fill=mix(c.colour, "#b9a98a", 0.3), stroke="", opacity=0.4)
        c.path("M134 296H266L280 344H120Z", "#b98a5a", "#6b4a2e")
        if c.is_("rechargeable"):
            c.rect(182, 312, 36, 16, 4, INK, "")
            c.rect(185, 315, 24, 10, 2, "#7fd08a", "")
        else:
            c.line("M280 336C340 330 330 372 388 366", INK, 4)
