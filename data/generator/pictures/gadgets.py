# ruff: noqa: E501 - coordinates read best on one line
"""Phone accessories, cameras and watches."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

STEEL, STEEL_DARK = "#c3c8ce", "#6b7077"


def phone_cases(c: Canvas) -> None:
    c.shadow(200, 366, 100, 12)
    if c.named("folio"):
        c.path("M120 60 60 84V350L120 346Z", c.dark)
        c.rect(118, 48, 168, 304, 18)
        c.rect(126, 56, 152, 288, 14, "none", c.contrast, 2)
        c.rect(240, 186, 66, 34, 14, c.side)
        c.ellipse(284, 203, 7, fill="#cfa65a", stroke="")
        c.line("M68 140 110 132M68 180 110 174", c.deep, 4)
        return
    big = c.is_("fits_phones", "6.7 in")
    x, w, y, h = (110, 180, 36, 326) if big else (120, 160, 54, 292)
    c.rect(x, y, w, h, 34)
    if c.named("bastion"):
        for px in (x - 6, x + w - 34):
            for py in (y - 6, y + h - 54):
                c.rect(px, py, 40, 60, 18, c.deep)
        c.rect(x + 14, y + 14, w - 28, h - 28, 22, c.fill)
        for at in range(5):
            c.line(f"M{x + 40} {190 + at * 24}H{x + w - 40}", c.dark, 7)
        if c.is_("waterproof"):
            c.path("M200 318q14 20 0 30q-14-10 0-30Z", c.contrast, "")
    c.rect(x + 8, y + 8, w - 16, h - 16, 28, "none", c.light, 3, 0.7)
    c.rect(x + 18, y + 18, 72, 76, 22, c.dark)
    for cx, cy in ((38, 40), (70, 40), (38, 72)):
        c.ellipse(x + cx, y + cy, 13, fill=INK, stroke="#55585f", width=3)
        c.ellipse(x + cx - 3, y + cy - 3, 4, fill="#7f93b8", stroke="")
    c.ellipse(x + 70, y + 72, 6, fill="#fff3d6", stroke="")
    if c.is_("magnetic"):
        c.ellipse(200, 220, 46, fill="none", stroke=WHITE, width=7, opacity=0.85)
        c.line("M200 272V300", WHITE, 8, 0.85)
    c.rect(x - 4, y + 96, 7, 40, 3, c.deep, "")
    c.path(f"M{x + w - 34} {y + 20}V{y + h - 50}", "none", WHITE, 7, 0.22)


def chargers(c: Canvas) -> None:
    if c.named("lily"):
        c.shadow(200, 306, 170, 18)
        if c.named("duo"):
            c.rect(44, 188, 312, 104, 52, c.deep)
            c.rect(44, 172, 312, 104, 52)
            for x in (110, 290):
                c.ellipse(x, 224, 44, 34, "none", c.dark, 4)
                c.path(f"M{x + 4} 206l-14 22h10l-4 16 16-24h-10Z", c.contrast, "")
        else:
            c.ellipse(200, 252, 128, 66, c.deep)
            c.ellipse(200, 232, 128, 66)
            c.ellipse(200, 232, 100, 48, "none", c.dark, 3, 0.7)
            c.path("M206 202l-24 34h18l-6 26 26-38h-18Z", c.contrast, "")
        c.line("M200 300C210 350 260 330 300 372", INK if c.colour != "#2a2b2f" else "#55585f", 6)
        return
    if c.named("dock"):
        c.shadow(200, 346, 160, 14)
        c.path("M60 330C60 306 80 300 110 300H290C320 300 340 306 340 330V344H60Z")
        c.path("M150 304 164 92H276L262 304Z", c.side)
        c.rect(172, 64, 98, 194, 16, INK, "#55585f")
        c.rect(180, 74, 82, 174, 10, c.gradient("w", "#4b3a78", "#e48fa6"), "")
        c.line("M100 304V190", c.dark, 12)
        c.ellipse(100, 176, 30, fill="none", stroke=INK, width=12)
        c.ellipse(100, 176, 22, fill="#3a3c44", stroke="")
        c.rect(290, 280, 40, 24, 12, WHITE, STEEL_DARK)
        return
    big = c.named("65")
    c.shadow(200, 330, 120, 14)
    s = 104 if big else 84
    c.rect(200 - 28, 190 - s - 40, 12, 52, 3, STEEL, STEEL_DARK)
    c.rect(200 + 16, 190 - s - 40, 12, 52, 3, STEEL, STEEL_DARK)
    c.rect(200 - s, 206 - s, s * 2, s * 2 + 10, 34)
    c.rect(200 - s + 14, 206 - s + 14, s * 2 - 28, 40, 18, c.light, "", opacity=0.5)
    ports = 3 if big else 1
    for at in range(ports):
        y = 210 + (at - (ports - 1) / 2) * 34
        c.rect(172, y - 7, 56, 16, 8, INK, STEEL_DARK, 2)
        c.line(f"M182 {y + 1:g}H218", "#8d939a", 3)
    c.path("M204 262l-14 20h11l-4 16 16-24h-11Z", "#e2a62b", "")
    if c.is_("cable_included"):
        c.line(
            "M228 212C330 214 340 300 290 340C270 360 330 376 372 352", "#d9dce0" if c.colour == "#2a2b2f" else INK, 8
        )


def cameras(c: Canvas) -> None:
    style = c.product.attributes["camera_style"]
    c.shadow(200, 324, 160, 14)

    def lens(x: float, y: float, r: float) -> None:
        c.ellipse(x, y, r, fill="#2b2c31", stroke="#141518", width=4)
        c.ellipse(x, y, r * 0.78, fill="#3c3e45", stroke="#6b7077", width=2)
        c.ellipse(x, y, r * 0.56, fill=c.gradient(f"l{x:g}", "#5a77b5", "#101a33"), stroke="#141518")
        c.ellipse(x - r * 0.2, y - r * 0.22, r * 0.15, fill=WHITE, stroke="", opacity=0.85)

    if style == "mirrorless":
        c.path("M152 128 168 92H232L248 128Z", c.side)
        c.rect(60, 124, 280, 190, 20)
        c.rect(60, 166, 280, 104, 0, "#2f3035", "", opacity=0.88)
        c.path("M60 150C96 150 100 310 96 314H80C66 314 60 306 60 294Z", "#232428", "")
        for x in (96, 290):
            c.rect(x - 20, 106, 40, 20, 4, STEEL, STEEL_DARK)
        lens(206, 218, 84)
        c.ellipse(316, 146, 6, fill="#c9302f", stroke="")
        if c.is_("image_stabilisation"):
            c.line("M78 286h22", "#eab937", 5)
    elif style == "compact":
        c.rect(58, 122, 284, 184, 26)
        c.rect(250, 106, 54, 18, 6, STEEL, STEEL_DARK)
        c.rect(78, 138, 46, 22, 6, "#f4efe0", STEEL_DARK)
        lens(208, 216, 74)
        c.line("M324 170V262", c.deep, 7)
    elif style == "instant":
        wide = c.named("wide")
        x = 60 if wide else 86
        w = 400 - 2 * x
        c.rect(x + 30, 280, w - 60, 66, 4, WHITE, "#c9c4b8")
        c.rect(x + 42, 282, w - 84, 46, 0, c.gradient("w", "#7fb8c9", "#e9b07a"), "")
        c.rect(x, 90, w, 200, 34)
        c.rect(x, 196, w, 40, 0, c.dark, "", opacity=0.5)
        for at, colour in enumerate(("#e2742b", "#eab937", "#3c8a57", "#2f6fc0")):
            c.line(f"M{x + 26 + at * 7} 236V282", colour, 6)
        c.rect(x + 20, 108, 50, 34, 8, "#f8f4e6", STEEL_DARK)
        c.rect(x + w - 66, 110, 40, 28, 6, INK, STEEL_DARK)
        c.ellipse(x + w - 40, 170, 12, fill="#c9302f", stroke="#7c1b18")
        lens(200, 196, 58)
        c.line(f"M{x + 20} 280H{x + w - 20}", c.deep, 5)
    else:
        c.rect(104, 112, 192, 196, 30)
        c.rect(120, 214, 60, 78, 8, "#1d3a4f", INK)
        c.line("M132 236h36M132 250h24", "#8fc7e8", 4)
        lens(238, 180, 48)
        c.ellipse(146, 142, 6, fill="#c9302f", stroke="")
        c.rect(150, 96, 60, 18, 8, c.dark)
        c.line("M204 240v50M220 240v50M236 240v50M252 240v50M268 240v50", c.deep, 5)
        c.path("M150 308H250L240 336H160Z", INK)


def watches(c: Canvas) -> None:
    c.shadow(200, 372, 76, 10)
    style = c.product.attributes["watch_style"]
    metal = c.is_("material", "stainless steel")
    gold = c.colour == "#c9a24a"
    case = c.gradient("m", "#f1d58f" if gold else "#eef1f4", "#a17a2e" if gold else "#8d949c")
    rim = "#7d5d20" if gold else STEEL_DARK
    r = 76 if c.named("petite") else 92
    half = 30 if c.named("petite") else 40
    for d in (
        f"M{200 - half} 128 {208 - half} 22H{192 + half}L{200 + half} 128Z",
        f"M{200 - half} 272 {208 - half} 378H{192 + half}L{200 + half} 272Z",
    ):
        c.path(d, c.side if not metal else case, c.edge if not metal else rim)
    if metal:
        for y in (*range(38, 116, 16), *range(298, 372, 16)):
            c.line(f"M{204 - half} {y}H{196 + half}M186 {y}v14M214 {y}v14", rim, 2)
    elif c.is_("material", "leather"):
        c.line(
            f"M{210 - half} 34V112M{190 + half} 34V112M{210 - half} 290V366M{190 + half} 290V366",
            c.contrast,
            2,
            0.7,
            "6 5",
        )
    else:
        for y in (304, 324, 344):
            c.ellipse(200, y, 5, fill=c.deep, stroke="")
    if style == "smart":
        c.rect(116, 108, 168, 184, 46, "#2b2c31", "#141518")
        c.rect(128, 120, 144, 160, 36, "#0f1420", "")
        c.line("M142 214h24l10-30 16 54 14-40 8 16h44", "#ff5a5a" if c.is_("heart_rate") else "#7fd08a", 5)
        c.line("M150 150h60", WHITE, 9)
        c.line("M150 250h100", "#3a4356", 7)
        c.line("M150 250h62", "#7fd08a", 7)
        if c.is_("gps"):
            c.path("M240 142c12 0 18 12 12 22l-12 16-12-16c-6-10 0-22 12-22Z", "#6fb7ff", "")
        c.rect(284, 176, 10, 36, 4, "#55585f", "")
        return
    if style == "digital":
        c.rect(110, 106, 180, 188, 26, c.side)
        c.rect(126, 126, 148, 118, 10, INK, "")
        c.rect(136, 148, 128, 74, 6, "#b9c7a3", "#55585f")
        c.line("M152 166v38M170 166h18v18h-18v20h18M212 166v18h18M230 166v38M246 166v38", "#26321f", 6)
        c.ellipse(200, 176, 3, fill="#26321f", stroke="")
        c.ellipse(200, 194, 3, fill="#26321f", stroke="")
        c.line("M150 266h40M210 266h40", c.contrast, 5)
        for x, y in ((106, 150), (106, 220), (284, 150), (284, 220)):
            c.rect(x, y, 10, 24, 3, STEEL, STEEL_DARK, 2)
        return
    kids, diver = c.is_("audience", "kids"), c.named("diver")
    c.rect(196 + r, 190, 16, 22, 4, case, rim)
    c.ellipse(200, 200, r, fill=case if not kids else c.fill, stroke=rim if not kids else c.edge)
    if diver:
        c.ellipse(200, 200, r - 6, fill=c.colour if c.colour != "#2a2b2f" else "#1b1c20", stroke="")
        for x, y in ((200, 118), (282, 200), (200, 282), (118, 200)):
            c.ellipse(x, y, 4, fill=WHITE, stroke="")
    dial = "#fbf9f3" if not diver else mix(c.colour, INK, 0.45)
    hand = INK if not diver else WHITE
    face = float(r - (20 if diver else 12))
    c.ellipse(200, 200, face, fill=dial, stroke=rim, width=2)
    for dx, dy in ((0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.5, -0.866), (0.866, -0.5), (0.866, 0.5), (0.5, 0.866), (-0.5, 0.866),
                 (-0.866, 0.5), (-0.866, -0.5), (-0.5, -0.866)):  # fmt: skip
        a, b = face * 0.78, face * 0.92
        colour = c.colour if kids else hand
        c.line(
            f"M{200 + dx * a:.0f} {200 + dy * a:.0f}L{200 + dx * b:.0f} {200 + dy * b:.0f}", colour, 6 if kids else 4
        )
    c.line(f"M200 200 {200 - face * 0.36:.0f} {200 - face * 0.32:.0f}", hand, 7)
    c.line(f"M200 200 {200 + face * 0.46:.0f} {200 - face * 0.5:.0f}", hand if not kids else "#c9302f", 5)
    c.line(f"M200 214V{200 - face * 0.7:.0f}", "#c9302f" if not kids else INK, 2)
    c.ellipse(200, 200, 6, fill=hand, stroke="")
