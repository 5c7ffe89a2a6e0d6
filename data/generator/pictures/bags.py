# ruff: noqa: E501 - coordinates read best on one line
"""Bags and luggage."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

BRASS = "#cfa65a"


def backpacks(c: Canvas) -> None:
    c.shadow(200, 356, 120, 14)
    leather = c.is_("material", "leather")
    trim = BRASS if leather else c.contrast
    c.line("M172 74C170 40 230 40 228 74", c.deep, 10)
    c.path("M110 170C84 200 78 280 92 330L112 332ZM290 170C316 200 322 280 308 330L288 332Z", c.deep)
    if c.named("summit"):
        c.path("M104 130C104 96 130 84 200 84S296 96 296 130V330C296 350 280 356 200 356S104 350 104 330Z")
        c.path("M98 118C98 76 140 58 200 58S302 76 302 118C302 146 270 152 200 152S98 146 98 118Z", c.side)
        c.path("M96 250C110 232 120 236 122 262V330C108 330 94 316 96 250ZM304 250C290 232 280 236 278 262V330C292 330 306 316 304 250Z",
               c.dark)  # fmt: skip
        c.line("M150 152V346M250 152V346", c.deep, 8)
        c.rect(142, 176, 16, 14, 3, trim, "")
        c.rect(242, 176, 16, 14, 3, trim, "")
        c.path("M164 216H236C246 216 250 300 236 304H164C150 300 154 216 164 216Z", c.dark)
        c.line("M170 240H230", trim, 4)
        c.line("M176 104H224", trim, 5)
        return
    if c.named("roll top"):
        c.path("M116 104H284L294 330C294 350 270 354 200 354S106 350 106 330Z")
        c.rect(104, 78, 192, 44, 16, c.side)
        c.line("M112 98H288", c.deep, 3)
        c.line("M200 122V220", "#8a5a33", 12)
        c.rect(188, 196, 24, 26, 4, "none", BRASS, 5)
        c.path("M128 240H272V320C272 332 262 336 200 336S128 332 128 320Z", c.dark)
        c.line("M128 262H272", c.deep, 3, dash="6 5")
        return
    c.path("M104 160C104 96 140 66 200 66S296 96 296 160V322C296 346 282 354 200 354S104 346 104 322Z")
    if leather:
        c.path("M104 160C104 96 140 66 200 66S296 96 296 160V200C270 226 130 226 104 200Z", c.side)
        for x in (150, 250):
            c.line(f"M{x} 190V270", c.deep, 14)
            c.rect(x - 11, 236, 22, 20, 3, "none", BRASS, 5)
        c.path("M124 268H276V324C276 336 262 340 200 340S124 336 124 324Z", c.dark)
    else:
        c.line("M118 156C128 104 160 86 200 86S272 104 282 156", c.deep, 4)
        c.line("M118 158v46M282 158v46", c.deep, 4)
        c.path("M124 232C124 218 136 214 200 214S276 218 276 232V318C276 332 262 336 200 336S124 332 124 318Z", c.dark)
        c.line("M136 240C160 232 240 232 264 240", trim, 4)
        c.line("M262 240l6 20", trim, 5)
        c.rect(176, 150, 48, 22, 5, trim, "", opacity=0.9)
    if c.is_("audience", "kids") or c.named("school"):
        c.ellipse(200, 286, 30, fill=c.contrast, stroke="")
        c.path("M200 264l7 14 15 2-11 11 3 15-14-7-14 7 3-15-11-11 15-2Z", "#f2b13c", "")
    if c.is_("waterproof"):
        c.line("M112 200H288", c.deep, 6)


def handbags(c: Canvas) -> None:
    style = c.product.attributes["bag_style"]
    c.shadow(200, 336, 140, 15)
    if style == "tote":
        canvas = c.is_("material", "canvas")
        strap = "#8a5a33" if canvas else c.deep
        c.line("M140 150C136 40 192 40 196 150", strap, 10, 0.6)
        c.path("M92 140H308L326 322C326 334 318 336 308 336H92C82 336 74 334 74 322Z")
        c.line("M150 170C146 60 250 60 250 170", strap, 11)
        c.ellipse(150, 174, 7, fill=BRASS, stroke="")
        c.ellipse(250, 174, 7, fill=BRASS, stroke="")
        if canvas:
            c.path("M78 284 322 284 326 322C326 334 318 336 308 336H92C82 336 74 334 74 322Z", c.dark)
            c.line("M200 262V206M200 244q-26-4-28-26M200 228q22-4 24-24", c.contrast, 6, 0.85)
        else:
            c.line("M90 152H310", c.dark, 3, dash="7 5")
            c.path("M196 176h12l22 60-14 8Z", c.dark)
        if c.is_("zip"):
            c.line("M98 142H302", BRASS, 5)
    elif style == "crossbody":
        c.line("M104 200C90 30 310 30 296 200", BRASS if c.colour != "#c9a24a" else c.deep, 6, dash="9 5")
        c.path(
            "M88 200C88 186 96 180 108 180H292C304 180 312 186 312 200V300C312 322 300 330 282 330H118C100 330 88 322 88 300Z"
        )
        c.path("M88 200C88 186 96 180 108 180H292C304 180 312 186 312 200V236C280 268 120 268 88 236Z", c.side)
        c.rect(184, 240, 32, 28, 8, BRASS, "#8a6a2e")
    elif style == "shoulder":
        c.line("M92 210C80 60 320 60 308 210", c.deep, 11)
        c.path("M80 206H320C332 270 316 334 200 334S68 270 80 206Z")
        c.path("M80 206H320C326 250 290 294 200 294S74 250 80 206Z", c.side)
        c.line("M92 216C96 250 130 284 200 284S304 250 308 216", c.contrast, 2, 0.7, "6 5")
        c.ellipse(200, 276, 12, fill=BRASS, stroke="#8a6a2e")
        c.line("M90 206a10 10 0 1 1 4 2M310 206a10 10 0 1 0-4 2", BRASS, 5)
    elif style == "clutch":
        c.line("M92 172C60 90 250 60 306 172", BRASS if c.colour != "#c9a24a" else "#8a6a2e", 4, dash="6 4")
        c.rect(66, 170, 268, 150, 14)
        c.path("M66 184C66 174 72 170 80 170H320C328 170 334 174 334 184L210 262C204 266 196 266 190 262Z", c.side)
        c.ellipse(200, 260, 15, fill=BRASS if c.colour != "#c9a24a" else WHITE, stroke="#8a6a2e")
        c.line("M80 306H320", c.light, 3, 0.6)
    else:
        c.line("M120 160C104 30 296 30 280 160", c.deep, 10)
        c.path("M112 150C150 170 250 170 288 150L304 300C306 326 270 338 200 338S94 326 96 300Z")
        c.ellipse(200, 152, 88, 18, c.deep)
        for x in (128, 158, 200, 242, 272):
            c.line(f"M{x} 166Q{x + (200 - x) // 8} 196 {x} 226", c.dark, 4, 0.7)
        c.line("M108 186C150 204 250 204 292 186", "#6b4426", 5)
        c.line("M200 198v50M200 198l26 46", "#6b4426", 5)


def suitcases(c: Canvas) -> None:
    c.shadow(200, 368, 120, 12)
    if c.named("ride-on"):
        c.ellipse(120, 318, 26, fill=INK)
        c.ellipse(280, 318, 26, fill=INK)
        c.ellipse(120, 318, 10, fill=c.pale, stroke="")
        c.ellipse(280, 318, 10, fill=c.pale, stroke="")
        c.path(
            "M70 220C70 150 110 140 160 148C190 164 220 164 250 146C320 130 338 170 336 232C336 300 300 310 200 310S70 296 70 220Z"
        )
        c.line("M74 232H334", c.deep, 4)
        c.line("M292 146C300 116 318 110 330 118M262 142C254 112 240 108 230 116", c.dark, 12)
        c.ellipse(300, 196, 16, fill=WHITE, stroke="")
        c.ellipse(304, 198, 8, fill=INK, stroke="")
        c.line("M318 240q-12 16-32 14", c.deep, 4)
        c.ellipse(120, 190, 14, fill=c.pale, stroke="")
        c.line("M182 152q18-24 36 0", c.deep, 8)
        return
    tall = 96 if c.named("large") else 112 if c.named("medium", "alu") else 132
    c.line(f"M160 {tall}V34H240V{tall}", "#8d939a", 8)
    c.line("M152 34H248", INK, 12)
    c.ellipse(124, 356, 12, fill=INK)
    c.ellipse(276, 356, 12, fill=INK)
    c.rect(98, tall, 204, 346 - tall, 20 if not c.named("alu") else 10)
    if c.named("soft"):
        c.rect(116, tall + 86, 168, 346 - tall - 104, 10, c.dark)
        c.rect(116, tall + 18, 168, 56, 8, c.dark)
        c.line(f"M122 {tall + 30}H278M122 {tall + 100}H278", c.contrast, 4)
        c.line(f"M266 {tall + 100}v22M266 {tall + 30}v16", c.contrast, 5)
        c.rect(96, tall - 2, 208, 350 - tall, 20, "none", c.deep, 6)
    elif c.named("alu"):
        for x in range(116, 296, 18):
            c.line(f"M{x} {tall + 8}V338", c.dark, 4, 0.6)
        c.rect(98, 216, 204, 16, 0, c.deep)
        for x in (140, 232):
            c.rect(x, 208, 28, 34, 4, "#e3e6ea", "#6b7077")
        for x, y in ((96, tall - 2), (280, tall - 2), (96, 324), (280, 324)):
            c.rect(x, y, 24, 24, 6, "#4a4e55", "")
    else:
        for x in (130, 165, 200, 235, 270):
            c.line(f"M{x} {tall + 18}V328", c.dark, 8, 0.55)
            c.line(f"M{x - 5} {tall + 18}V328", c.light, 3, 0.6)
        c.rect(188, tall + 10, 24, 18, 4, "#e3e6ea", mix(c.edge, INK, 0.2), 2)
        c.line(f"M98 {tall + 26}V330M302 {tall + 26}V330", c.deep, 4)
    c.rect(172, tall - 12, 56, 14, 6, INK, "")
