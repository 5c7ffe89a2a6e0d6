# ruff: noqa: E501 - coordinates read best on one line
"""Sound, keys and screens."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix


def headphones(c: Canvas) -> None:
    style = c.product.attributes["headphone_style"]
    pad = mix(c.colour, "#18181b", 0.65)
    if style == "in-ear":
        c.shadow(200, 340, 140, 14)
        c.rect(104, 214, 192, 118, 56)
        c.line("M106 258H294", c.deep, 3)
        c.ellipse(200, 282, 5, fill="#7fd08a", stroke="")
        for sign in (-1, 1):
            x = 200 + sign * 62
            c.path(f"M{x - 12} 112H{x + 12}V186C{x + 12} 198 {x - 12} 198 {x - 12} 186Z", c.side)
            c.ellipse(x, 104, 36, 34)
            c.ellipse(x - sign * 28, 112, 16, 20, pad)
            c.ellipse(x + sign * 8, 100, 12, fill=c.light, stroke="")
            if c.is_("waterproof"):
                c.line(f"M{x + sign * 10} 72C{x + sign * 30} 30 {x + sign * 70} 60 {x + sign * 50} 110", c.deep, 9)
        return
    if style == "open-ear":
        c.shadow(200, 330, 150, 14)
        c.line("M92 150C92 330 308 330 308 150", c.deep, 15)
        c.line("M92 150C92 326 308 326 308 150", c.colour, 9)
        for sign in (-1, 1):
            x = 200 + sign * 108
            c.line(f"M{x} 176C{x + sign * 6} 60 {x - sign * 70} 70 {x - sign * 52} 150", c.deep, 13)
            c.rect(x - sign * 52 - 21, 140, 42, 62, 20)
            c.ellipse(x - sign * 52, 170, 9, fill=c.contrast, stroke="")
        c.rect(150, 268, 100, 26, 13, c.side)
        return
    c.shadow(200, 346, 140, 14)
    small = style == "on-ear"
    c.line("M92 220C80 40 320 40 308 220", c.deep, 26)
    c.line("M92 220C80 42 320 42 308 220", c.colour, 18)
    c.line("M134 96C170 66 230 66 266 96", c.light, 6, 0.8)
    high, wide = (84, 44) if small else (118, 54)
    for sign in (-1, 1):
        x = 200 + sign * 106
        c.rect(x - sign * 26 - wide / 2, 262 - high / 2, wide, high, 26, pad)
        c.rect(x + sign * 8 - wide / 2, 262 - high / 2 - 4, wide, high + 8, 26, c.side if sign < 0 else c.fill)
        c.ellipse(x + sign * 8, 262, 13 if small else 18, 22 if small else 34, c.dark, "")
        c.line(f"M{x} 190V{262 - high / 2 - 2}", "#9aa0a7", 9)
    if c.is_("noise_cancelling"):
        c.line("M300 252q8 10 0 20M312 246q14 16 0 32", c.contrast, 4)
        c.ellipse(96, 330, 4, fill="#7fd08a", stroke="")
    if c.is_("wireless", "no"):
        c.line("M94 324C92 372 160 360 190 340S270 330 300 356", INK, 5)
    if c.is_("audience", "kids"):
        c.path("M200 50l7 13 15 2-11 10 3 15-14-7-14 7 3-15-11-10 15-2Z", c.contrast, "")


def speakers(c: Canvas) -> None:
    if c.named("hearth"):
        c.shadow(200, 354, 110, 14)
        c.rect(112, 56, 176, 292, 12)
        for y in (90, 150, 210, 270, 320):
            c.line(f"M118 {y}q50 10 90-2t76 4", c.dark, 2, 0.4)
        c.rect(128, 72, 144, 260, 8, "#2b2b2f", "#17181b")
        c.ellipse(200, 128, 30, fill="#4a4b51", stroke="#7b7d85")
        c.ellipse(200, 128, 11, fill="#a9acb3", stroke="")
        c.ellipse(200, 236, 60, fill="#3a3b40", stroke="#7b7d85", width=5)
        c.ellipse(200, 236, 38, fill="#4f5057", stroke="#2b2b2f")
        c.ellipse(200, 236, 15, fill="#9da0a8", stroke="")
        if c.is_("wireless", "no"):
            c.line("M288 330C340 330 330 372 380 366", INK, 5)
        else:
            c.ellipse(200, 320, 4, fill="#6fb7ff", stroke="")
        return
    c.defs.append(
        f'<pattern id="k" width="9" height="9" patternUnits="userSpaceOnUse"><circle cx="4.5" cy="4.5" r="2" fill="{c.deep}"/></pattern>'
    )
    if c.named("barline"):
        c.shadow(200, 262, 180, 12)
        c.rect(28, 184, 344, 66, 18)
        c.rect(40, 196, 320, 42, 10, c.dark)
        c.rect(40, 196, 320, 42, 10, "url(#k)", "")
        c.rect(180, 190, 40, 8, 4, c.light, "")
        c.ellipse(338, 217, 4, fill="#7fd08a", stroke="")
        c.path("M60 250H100L96 258H64ZM300 250H340L336 258H304Z", INK, "")
    elif c.named("boomlet"):
        c.shadow(200, 322, 160, 14)
        c.line("M84 190C100 60 300 60 316 190", INK, 10)
        c.rect(54, 166, 292, 144, 70)
        c.rect(112, 166, 176, 144, 8, c.dark)
        c.rect(112, 166, 176, 144, 8, "url(#k)", "")
        for x in (86, 314):
            c.ellipse(x, 238, 26, 52, "#3a3b40", INK, 4)
            c.ellipse(x, 238, 10, 22, "#777a82", "")
        c.rect(168, 178, 64, 18, 9, c.contrast, "")
    else:
        big = c.named("max")
        c.shadow(200, 316, 130 if not big else 150, 14)
        c.line("M286 150C330 96 350 150 312 190", c.deep, 8)
        if big:
            c.path("M72 230C72 150 120 112 200 112S328 150 328 230S290 312 200 312S72 300 72 230Z")
            c.path("M96 232C96 172 136 142 200 142S304 172 304 232S270 290 200 290S96 282 96 232Z", c.dark)
            c.path("M96 232C96 172 136 142 200 142S304 172 304 232S270 290 200 290S96 282 96 232Z", "url(#k)", "")
        else:
            c.path("M98 226C98 154 140 120 200 120S302 154 302 226S260 308 200 308S98 292 98 226Z")
            c.ellipse(200, 218, 72, fill=c.dark)
            c.ellipse(200, 218, 72, fill="url(#k)", stroke="")
        c.path(
            "M186 204h10l16-12v52l-16-12h-10Z" if not big else "M190 200h20M200 190v20",
            c.contrast,
            c.contrast,
            3 if big else 1,
        )
        if c.is_("waterproof"):
            c.path("M146 268q12 16 0 24q-12-8 0-24Z", c.contrast, "")


def keyboards(c: Canvas) -> None:
    layout = c.product.attributes["keyboard_layout"]
    x, w = {"full size": (22, 356), "tenkeyless": (44, 312), "compact": (70, 260)}[layout]
    slim = c.named("slate")
    c.shadow(200, 292, w / 2 + 10, 14)
    cap = mix(c.colour, WHITE, 0.5 if c.contrast != INK and c.colour != "#2a2b2f" else 0.16)
    if c.colour == "#f7f7f4":
        cap = "#ffffff"
    if c.is_("backlit"):
        c.rect(x - 5, 133, w + 10, 156, 18, "#7fb8e8", "", opacity=0.45)
    if c.is_("wireless", "no"):
        c.line("M200 140C200 90 260 110 270 50", INK, 6)
    c.rect(x, 138, w, 146, 8 if slim else 14)
    radius = 3 if slim else 5
    c.defs.append(
        f'<pattern id="k" x="{x + 12}" y="150" width="22" height="24" patternUnits="userSpaceOnUse">'
        f'<rect x="1" y="1" width="19" height="20" rx="{radius}" fill="{cap}" stroke="{c.dark}" stroke-width="1.5"/></pattern>'
    )
    end = x + w - 12
    main = {"full size": 242, "tenkeyless": 242, "compact": 236}[layout]
    c.rect(x + 12, 150, main, 96, 0, "url(#k)", "")
    c.rect(x + 12, 247, main, 22, 0, "url(#k)", "")
    c.rect(x + 80, 247, 108, 21, 5, cap, c.dark, 1.5)
    accent = c.pick(("#e2742b", "#1f7d84", "#eab937", "#c9302f"))
    c.rect(x + 13, 151, 19, 20, radius, accent, c.dark, 1.5)
    c.rect(x + 12 + main - 43, 199, 41, 20, radius, accent if c.is_("mechanical") else cap, c.dark, 1.5)
    if layout != "compact":
        left = x + 12 + main + 8
        c.rect(left, 150, 44, 48, 0, "none", "")
        for column in range(2):
            for row in (0, 1, 3, 4):
                if left + column * 22 + 20 <= end:
                    c.rect(left + column * 22, 151 + row * 24, 19, 20, radius, cap, c.dark, 1.5)
        if layout == "full size":
            for column in range(2):
                for row in range(5):
                    c.rect(left + 48 + column * 19, 151 + row * 24, 17, 20, radius, cap, c.dark, 1.5)


def mice(c: Canvas) -> None:
    if c.is_("wireless", "no"):
        c.line("M200 96C200 40 250 60 262 24", INK, 6)
    if c.named("contour"):
        c.shadow(205, 330, 120, 16)
        c.path("M92 318C70 240 110 92 196 76C250 70 268 130 276 180C284 240 330 280 326 320Z")
        c.path("M196 76C250 70 268 130 276 180C250 170 206 160 170 164C168 130 176 96 196 76Z", c.dark)
        c.line("M222 78C214 110 216 140 222 166", c.edge, 3)
        c.rect(206, 104, 18, 34, 9, c.contrast)
        c.line("M112 230q30-16 60-14", c.deep, 7)
        c.path("M92 318H326L330 330H90Z", c.deep)
        return
    ball = c.named("orbit")
    c.shadow(200, 346, 100, 16)
    small = c.named("pip")
    if small:
        c.ellipse(200, 226, 76, 106)
        c.line("M126 206C150 196 250 196 274 206M200 122V202", c.edge, 3)
    elif ball:
        c.path("M112 210C112 120 150 92 214 92C280 92 300 140 300 214C300 300 272 340 210 340S112 300 112 210Z")
        c.ellipse(128, 226, 38, fill="url(#o)")
        c.defs.append('<radialGradient id="o" cx=".35" cy=".3"><stop stop-color="#ffb0a0"/><stop offset=".5" stop-color="#d2382c"/>'
                      '<stop offset="1" stop-color="#7c1b18"/></radialGradient>')  # fmt: skip
        c.line("M222 94V196M172 196C210 186 270 188 300 198", c.edge, 3)
    else:
        c.path("M118 196C118 122 150 92 200 92S282 122 282 196C290 290 262 340 200 340S110 290 118 196Z")
        c.line("M200 94V206M118 206C150 196 250 196 282 206", c.edge, 3)
        c.path("M128 220C124 270 134 306 150 322C140 290 136 250 142 218Z", c.dark, "", opacity=0.8)
        c.path("M272 220C276 270 266 306 250 322C260 290 264 250 258 218Z", c.dark, "", opacity=0.8)
    x = 222 if ball else 200
    c.rect(x - 9, 130, 18, 42, 9, c.contrast, c.edge, 2)
    c.line(f"M{x - 5} 142h10M{x - 5} 151h10M{x - 5} 160h10", c.edge, 2)
    c.ellipse(172, 150, 14, 36, WHITE, "", opacity=0.16)
    if c.is_("silent"):
        c.line("M186 290q14 12 28 0", c.contrast, 4)


def monitors(c: Canvas) -> None:
    c.shadow(200, 350, 130, 12)
    frame = c.colour if c.colour != "#c9302f" else INK
    hues = c.pick((("#2e4a7d", "#e59a6a"), ("#1d5c63", "#f0d9a2"), ("#4b3a78", "#e48fa6"), ("#20344f", "#7fb8c9")))
    sky = c.gradient("w", *hues)
    if c.named("portable"):
        c.path("M120 330 280 330 262 262H138Z", "#6f757d")
        c.path("M62 110H338L352 306H48Z", frame, INK)
        c.path("M74 120H326L338 292H62Z", sky, "")
        c.path("M64 262 140 190 200 250 262 176 337 270 338 292H62Z", mix(hues[0], INK, 0.4), "")
        return
    wide = c.is_("curved")
    left, right = (24, 376) if wide else (50, 350)
    top, bottom = (104, 262) if wide else (78, 262)
    c.path("M176 260H224L230 330H170Z", mix(frame, WHITE, 0.15), INK)
    c.path("M112 344C112 330 140 326 200 326S288 330 288 344Z", frame, INK)
    if c.is_("height_adjustable"):
        c.rect(190, 268, 20, 44, 6, mix(frame, WHITE, 0.35), "")
    if wide:
        c.path(f"M{left} {top}Q200 {top + 26} {right} {top}V{bottom}Q200 {bottom + 26} {left} {bottom}Z", frame, INK)
        c.path(
            f"M{left + 10} {top + 13}Q200 {top + 36} {right - 10} {top + 13}V{bottom - 10}Q200 {bottom + 12} {left + 10} {bottom - 10}Z",
            sky,
            "",
        )
        c.path(
            f"M{left + 10} 226Q90 170 150 222T270 206 {right - 10} 216V{bottom - 10}Q200 {bottom + 12} {left + 10} {bottom - 10}Z",
            mix(hues[0], INK, 0.45),
            "",
        )
    else:
        c.rect(left, top, right - left, bottom - top, 10, frame, INK)
        c.rect(left + 9, top + 9, right - left - 18, bottom - top - 26, 4, sky, "")
        c.path(
            f"M{left + 9} 220 120 160 178 214 240 142 {right - 9} 226V{bottom - 17}H{left + 9}Z",
            mix(hues[0], INK, 0.45),
            "",
        )
        c.ellipse(270, 124, 18, fill="#fff3d6", stroke="", opacity=0.9)
        if c.is_("built_in_speakers"):
            c.line("M110 254H170M230 254H290", mix(frame, WHITE, 0.45), 4, dash="2 7")
        c.ellipse(right - 20, 254, 3, fill="#7fd08a", stroke="")
    c.path(f"M{left + 16} {top + 22}h60l-70 90Z", WHITE, "", opacity=0.12)
    if c.named("rush"):
        c.path("M170 330 200 300 230 330Z", "#c9302f", "")
        c.line(f"M{left + 14} {bottom - 6}H{right - 14}", "#c9302f", 4)
