# ruff: noqa: E501 - coordinates read best on one line
"""Tents, sleeping mats and bottles."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas

STEEL = "#9aa0a7"


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
        c.path(
            "M36 330C60 300 70 306 92 322C130 306 150 322 146 330ZM262 330C270 312 300 306 330 320L364 330Z",
            WHITE,
            "#cdd6db",
            2,
        )
    if c.named("3"):
        c.ellipse(310, 276, 16, 20, "#dfeaf0", c.edge, 2)


def sleeping_mats(c: Canvas) -> None:
    c.shadow(200, 322, 180, 16)
    style = c.product.attributes["mat_style"]
    if c.named("bed"):
        c.path(
            "M36 232C36 214 50 208 70 206L300 190C340 190 368 204 368 222V290C368 304 350 312 330 312H70C50 312 36 304 36 290Z",
            c.side,
        )
        c.path(
            "M36 236C36 214 50 208 70 206L300 190C340 190 368 204 368 222C368 244 350 250 330 250H70C50 250 36 246 36 236Z",
            c.light,
        )
        for x in (90, 144, 198, 252, 306):
            for y in (216, 234):
                c.ellipse(x + (8 if y == 234 else 0), y, 9, 4, c.dark, "")
        c.line("M40 282H364", c.deep, 4)
        return
    if style == "foam":
        for at in range(5):
            c.path(
                f"M{50 + at * 6} {284 - at * 30}H{330 + at * 6}V{312 - at * 30}H{50 + at * 6}Z",
                c.side if at % 2 else c.fill,
            )
            for x in range(80, 330, 60):
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
        c.path(
            f"M146 {top - 16}H254C258 {top + 60} 240 210 240 226S258 260 254 350C252 362 246 364 200 364S148 362 146 350C142 260 160 240 160 226S142 {top + 60} 146 {top - 16}Z",
            c.side,
            c.edge,
            3,
            0.92,
        )
        c.line("M160 214H240M160 236H240", c.dark, 4)
        c.line("M166 270h18M166 294h18M166 318h18", c.contrast, 4)
        return
    if c.named("sleeve"):
        c.rect(172, 44, 56, 40, 8, "#b98a5a", "#6b4a2e")
        c.path(
            "M176 84H224V112C256 130 258 150 258 170V346C258 360 250 364 200 364S142 360 142 346V170C142 150 144 130 176 112Z",
            "#dfeef2",
            "#86a3b0",
            3,
            0.9,
        )
        c.path("M142 190H258V346C258 360 250 364 200 364S142 360 142 346Z", c.side)
        for x, y in (
            (170, 220),
            (200, 220),
            (230, 220),
            (170, 256),
            (200, 256),
            (230, 256),
            (170, 292),
            (200, 292),
            (230, 292),
        ):
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
    c.path(
        f"M170 {h + 12}H230V{h + 26}C258 {h + 40} 260 {h + 60} 260 {h + 76}V344C260 360 250 364 200 364S140 360 140 344V{h + 76}C140 {h + 60} 142 {h + 40} 170 {h + 26}Z",
        c.side,
    )
    c.path(f"M141 {h + 120}H259V{h + 134}H141Z", c.contrast, "", opacity=0.85)
    c.path("M200 268 230 312H170ZM176 292l14-20 10 14Z", c.contrast, "", opacity=0.9)
    c.line(f"M160 {h + 70}V336", WHITE, 9, 0.35)
    c.line("M142 346H258", STEEL, 7)
