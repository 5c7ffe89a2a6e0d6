"""Fitness, camping and cycling."""

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
                c.path(f"M{x + 14} 168 {x + 26} 150H{x + 52}L{x + 64} 168V230L{x + 52} 248H{x + 26}L{x + 14} 230Z", c.dark, "")
        else:
            for x in (54, 268):
                c.rect(x, 138, 78, 122, 40 if c.named("neo") else 22, c.side)
                c.ellipse(x + 39, 199, 18, 26, c.light, "", opacity=0.6)
            if c.named("classic"):
                c.rect(120, 168, 18, 62, 6, c.dark)
                c.rect(262, 168, 18, 62, 6, c.dark)

    shape = c.named("hex")
    if pair:
        c.begin("translate(24 -34) rotate(-8 200 200) scale(.86)")
        one(shape)
        c.end()
        c.begin("translate(30 84) rotate(6 200 200) scale(.9)")
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
        c.line("M44 210C120 180 280 180 356 210M64 160C140 206 260 206 336 160M64 260C140 214 260 214 336 260", c.contrast, 6)
        c.line("M164 186V204M182 184V202M200 183V201M218 184V202M236 186V204", WHITE if c.colour != "#f7f7f4" else INK, 6)
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
        c.path("M200 206C250 196 310 200 332 206C332 250 310 290 280 310C250 280 220 240 200 206Z", second, c.edge, 2, 0.9)
        c.path("M200 206C180 250 150 300 134 320C96 298 70 256 68 210C110 200 160 200 200 206Z", second, c.edge, 2, 0.9)
        c.line("M200 206C210 160 250 110 300 120M200 206C226 250 230 300 210 338M200 206C150 186 100 170 84 144", c.dark, 3)
    c.ellipse(156, 142, 34, 22, WHITE, "", opacity=0.25)


def tents(c: Canvas) -> None:
    c.path("M10 330Q200 300 390 330V352H10Z", "#a9b98f", "", opacity=0.75)
    c.shadow(200, 336, 180, 12)
    trim = c.contrast
    if c.is_("pop_up"):
        c.path("M48 330C48 170 120 110 214 110S360 190 356 330Z")
        c.path("M214 110C150 130 112 220 118 330H48C48 170 120 110 214 110Z", c.dark)
        c.path("M140 330C146 226 190 164 236 156C290 170 312 250 312 330Z", c.deep)
        c.path("M140 330C146 226 190 164 236 156C206 200 196 270 204 330Z", c.pale)
        c.line("M48 330C48 170 120 110 214 110S360 190 356 330", trim, 4)
        if c.is_("waterproof"):
            c.path("M96 196C130 130 180 104 222 102C280 108 320 150 336 192C260 150 170 150 96 196Z", c.light)
        return
    if c.named("family"):
        c.path("M24 330 64 160C70 140 84 134 100 134H300C316 134 330 140 336 160L376 330Z")
        c.path("M24 330 64 160C70 140 84 134 100 134H150L132 330Z", c.dark)
        c.path("M250 134H300C316 134 330 140 336 160L376 330H268Z", c.dark)
        c.path("M162 330 172 190C180 176 220 176 228 190L238 330Z", c.deep)
        c.path("M162 330 172 190C176 182 188 178 198 178L176 330Z", c.pale)
        for x in (84, 296):
            c.rect(x - 14, 196, 44, 40, 6, "#dfeaf0", c.edge, 2)
        c.path("M96 134C150 110 250 110 304 134Z", c.light)
        return
    if c.named("feather"):
        c.path("M40 330C70 240 140 150 210 132C270 150 340 240 366 330Z")
        c.path("M210 132C270 150 340 240 366 330H262C262 250 240 170 210 132Z", c.dark)
        c.path("M150 330C156 270 176 220 206 196C226 230 236 280 236 330Z", c.deep)
        c.line("M210 132V96", "#9aa0a7", 5)
        c.line("M40 330 14 344M366 330 390 344", STEEL, 3)
        return
    c.path("M36 330C60 220 124 128 200 112C276 128 340 220 364 330Z")
    c.path("M200 112C150 150 116 240 110 330H36C60 220 124 128 200 112Z", c.dark)
    c.path("M146 330C152 250 172 190 206 172C246 196 258 260 262 330Z", c.deep)
    c.path("M146 330C152 250 172 190 206 172C186 220 184 280 188 330Z", c.pale)
    c.line("M36 330C60 220 124 128 200 112S340 220 364 330", trim, 5)
    c.line("M200 112C260 160 290 250 296 330", c.dark, 4)
    c.line("M36 330 10 346M364 330 392 346M120 190 60 236M282 190 344 240", STEEL, 2.5)
    if c.is_("four_season"):
        c.path("M36 330C60 300 70 306 92 322C130 306 150 322 146 330ZM262 330C270 312 300 306 330 320L364 330Z", WHITE, "#cdd6db", 2)
    if c.named("3"):
        c.ellipse(310, 276, 16, 20, "#dfeaf0", c.edge, 2)


def sleeping_mats(c: Canvas) -> None:
    c.shadow(200, 322, 180, 16)
    style = c.product.attributes["mat_style"]
    if c.named("bed"):
        c.path("M36 232C36 214 50 208 70 206L300 190C340 190 368 204 368 222V290C368 304 350 312 330 312H70C50 312 36 304 36 290Z", c.side)
        c.path("M36 236C36 214 50 208 70 206L300 190C340 190 368 204 368 222C368 244 350 250 330 250H70C50 250 36 246 36 236Z", c.light)
        for x in (90, 144, 198, 252, 306):
            for y in (216, 234):
                c.ellipse(x + (8 if y == 234 else 0), y, 9, 4, c.dark, "")
        c.line("M40 282H364", c.deep, 4)
        return
    if style == "foam":
        for at in range(5):
            c.path(f"M{50 + at * 6} {284 - at * 30}H{330 + at * 6}V{312 - at * 30}H{50 + at * 6}Z", c.side if at % 2 else c.fill)
            for x in range(66, 326, 30):
                c.ellipse(x + at * 6, 298 - at * 30, 10, 7, c.dark, "", opacity=0.55)
        c.path("M74 164 120 132H390L354 164Z", c.light)
        for x in range(110, 350, 34):
            c.ellipse(x + 10, 148, 10, 5, c.dark, "", opacity=0.6)
        return
    c.path("M92 190H300C372 190 384 216 384 244S372 300 300 300H92Z", c.side)
    c.line("M110 212H330M104 234H356M104 256H356M110 278H330" if c.is_("insulated", "no") or style == "self-inflating" else
           "M120 196V296M160 194V298M200 194V298M240 194V298M280 194V298M320 198V292", c.dark, 6, 0.6)  # fmt: skip
    c.ellipse(86, 244, 52, 62)
    for r in (42, 30, 18, 8):
        c.ellipse(86, 246, r * 0.84, r, "none", c.deep, 5)
    c.ellipse(352, 222, 8, fill=INK, stroke="")
    if c.is_("insulated"):
        c.line("M330 262l14 14M344 262l-14 14M337 258v22M327 269h20", WHITE, 3)


def water_bottles(c: Canvas) -> None:
    c.shadow(200, 364, 80, 14)
    if c.named("squeeze"):
        top = 118 if c.named("750") else 140
        c.path("M180 70H220L226 98H174Z", INK)
        c.rect(188, 48, 24, 26, 8, c.contrast, c.edge)
        c.path(f"M150 {top - 16}C150 {top - 22} 156 100 176 98H224C244 100 250 {top - 16} 250 {top - 16}Z", INK)
        c.path(f"M146 {top - 16}H254C258 {top + 60} 240 210 240 226S258 260 254 350C252 362 246 364 200 364S148 362 146 350C142 260 160 240 160 226S142 {top + 60} 146 {top - 16}Z", c.side, c.edge, 3, 0.92)
        c.line("M160 214H240M160 236H240", c.dark, 4)
        c.line("M166 270h18M166 294h18M166 318h18", c.contrast, 4)
        return
    if c.named("sleeve"):
        c.rect(172, 44, 56, 40, 8, "#b98a5a", "#6b4a2e")
        c.path("M176 84H224V112C256 130 258 150 258 170V346C258 360 250 364 200 364S142 360 142 346V170C142 150 144 130 176 112Z", "#dfeef2", "#86a3b0", 3, 0.9)
        c.path("M142 190H258V346C258 360 250 364 200 364S142 360 142 346Z", c.side)
        for x, y in ((170, 220), (200, 220), (230, 220), (170, 256), (200, 256), (230, 256), (170, 292), (200, 292), (230, 292)):
            c.ellipse(x, y, 10, 13, "#eef6f8", c.dark, 2)
        c.line("M160 132V182", WHITE, 9, 0.9)
        return
    if c.named("sip"):
        c.line("M214 80C214 40 250 50 252 78", c.contrast, 11)
        c.path("M152 110C152 84 170 78 200 78S248 84 248 110Z", c.dark)
        c.rect(144, 110, 112, 254, 22, c.side)
        c.line("M148 120C96 150 96 250 142 290", c.deep, 7)
        c.ellipse(180, 210, 8, fill=INK, stroke="")
        c.ellipse(220, 210, 8, fill=INK, stroke="")
        c.line("M182 236q18 18 36 0", INK, 5)
        c.ellipse(166, 232, 9, 6, "#f2a0a0", "")
        c.ellipse(234, 232, 9, 6, "#f2a0a0", "")
        return
    h = {"500 ml": 140, "750 ml": 112, "1000 ml": 84}.get(c.product.attributes["capacity"], 130)
    c.line(f"M172 {h - 12}C166 {h - 66} 234 {h - 66} 228 {h - 12}", INK, 9)
    c.rect(166, h - 18, 68, 30, 7, INK)
    c.path(f"M170 {h + 12}H230V{h + 26}C258 {h + 40} 260 {h + 60} 260 {h + 76}V344C260 360 250 364 200 364S140 360 140 344V{h + 76}C140 {h + 60} 142 {h + 40} 170 {h + 26}Z", c.side)
    c.path(f"M141 {h + 120}H259V{h + 134}H141Z", c.contrast, "", opacity=0.85)
    c.path("M200 268 230 312H170ZM176 292l14-20 10 14Z", c.contrast, "", opacity=0.9)
    c.line(f"M160 {h + 70}V336", WHITE, 9, 0.35)
    c.line("M142 346H258", STEEL, 7)


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
    c.path(f"M64 {deep - 20}C52 140 120 76 206 76C300 76 344 150 340 226C300 232 270 236 246 262C190 {deep} 110 {deep} 64 {deep - 20}Z")
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
