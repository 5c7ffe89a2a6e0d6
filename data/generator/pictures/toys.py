# ruff: noqa: E501 - coordinates read best on one line
"""Toys."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

CREAM = "#f6ecd8"


def face(c: Canvas, x: float, y: float, gap: float = 22) -> None:
    for sign in (-1, 1):
        c.ellipse(x + sign * gap, y, 7, 8, INK, "")
        c.ellipse(x + sign * gap + 2, y - 3, 2.5, fill=WHITE, stroke="")


def plush_toys(c: Canvas) -> None:
    c.shadow(200, 356, 120, 15)
    s = 0.82 if c.named("small") else 1.0
    c.begin(f"translate({200 - 200 * s:.0f} {350 - 350 * s:.0f}) scale({s})")
    if c.named("bear"):
        for x in (-1, 1):
            c.ellipse(200 + x * 62, 74, 30, fill=c.dark)
            c.ellipse(200 + x * 62, 78, 16, fill=c.pale, stroke="")
            c.ellipse(200 + x * 92, 236, 30, 50, c.dark)
            c.ellipse(200 + x * 62, 326, 44, 32, c.side)
            c.ellipse(200 + x * 66, 330, 20, 16, c.pale, "")
        c.ellipse(200, 254, 88, 92)
        c.ellipse(200, 264, 52, 58, c.pale, "")
        c.ellipse(200, 128, 86, 76)
        c.ellipse(200, 154, 36, 28, CREAM, "")
        face(c, 200, 116, 34)
        c.path("M188 142h24q-2 14-12 14t-12-14Z", "#4a2f20", "")
        c.line("M200 156v8q-10 10-18 4M200 164q10 10 18 4", "#4a2f20", 3)
        c.path(
            "M162 196Q200 214 238 196L246 216 214 212 228 244 200 214 172 244 186 212 154 216Z",
            c.pick(("#c9302f", "#1f7d84", "#24365e")),
        )
    elif c.named("rabbit"):
        for x in (-1, 1):
            c.path(
                f"M{200 + x * 26} 104C{200 + x * 10} 20 {200 + x * 66} -4 {200 + x * 72} 40C{200 + x * 80} 90 {200 + x * 64} 110 {200 + x * 52} 116Z"
            )
            c.path(
                f"M{200 + x * 38} 96C{200 + x * 30} 46 {200 + x * 58} 26 {200 + x * 60} 50C{200 + x * 64} 84 {200 + x * 56} 98 {200 + x * 48} 102Z",
                "#f0c4c4",
                "",
            )
            c.ellipse(200 + x * 76, 244, 22, 44, c.dark)
            c.ellipse(200 + x * 46, 330, 36, 26, c.side)
        c.ellipse(200, 266, 72, 82)
        c.ellipse(200, 276, 42, 52, CREAM, "")
        c.ellipse(200, 152, 74, 66)
        face(c, 200, 146, 30)
        c.path("M190 166h20l-10 12Z", "#d27a8a", "")
        c.line("M200 178v8q-10 8-18 2M200 186q10 8 18 2", INK, 3)
        c.ellipse(150, 176, 12, 8, "#f0b4b4", "", opacity=0.7)
        c.ellipse(250, 176, 12, 8, "#f0b4b4", "", opacity=0.7)
    elif c.named("whale"):
        c.path(
            "M300 200C330 190 336 150 324 128C346 132 356 146 360 160C370 146 384 142 394 146C384 190 360 230 320 250Z",
            c.dark,
        )
        c.path("M36 240C36 150 110 110 180 110C270 110 330 170 334 236C336 310 270 346 180 346S36 310 36 240Z")
        c.path("M40 262C90 300 220 310 300 290C270 336 220 346 180 346C110 346 50 326 40 262Z", CREAM)
        for x in (90, 130, 170, 210):
            c.line(f"M{x} 296q4 24 18 44", "#d8c9aa", 3)
        face(c, 128, 222, 34)
        c.line("M108 256q20 18 42 0", INK, 4)
        c.line("M176 106C170 70 140 70 138 84M180 106C186 66 220 70 220 86", "#6fb2e0", 7)
        c.path("M210 290C230 320 270 330 290 316C276 296 250 280 226 276Z", c.dark)
    elif c.named("penguin"):
        c.path(
            "M100 210C70 230 66 290 84 306C100 296 112 270 116 240ZM300 210C330 230 334 290 316 306C300 296 288 270 284 240Z",
            c.dark,
        )
        c.ellipse(162, 346, 32, 14, "#e2942b", "#8a5a1a")
        c.ellipse(238, 346, 32, 14, "#e2942b", "#8a5a1a")
        c.path("M104 230C104 120 140 60 200 60S296 120 296 230C296 310 262 346 200 346S104 310 104 230Z")
        c.path("M134 240C134 190 124 130 166 122C184 120 194 134 200 142C206 134 216 120 234 122C276 130 266 190 266 240C266 304 240 332 200 332S134 304 134 240Z",
               CREAM, "")  # fmt: skip
        face(c, 200, 152, 28)
        c.path("M184 166h32l-16 22Z", "#e2942b", "#8a5a1a")
        c.path("M130 206C170 226 230 226 270 206L272 230C230 248 170 248 128 230Z", "#c9302f")
    else:
        c.path("M290 250C340 240 366 200 370 168C390 220 370 320 290 330Z", c.dark)
        for x, y in ((130, 70), (172, 84), (206, 120), (226, 164), (256, 206), (300, 232)):
            c.path(
                f"M{x - 10} {y + 16}L{x + 22} {y - 22} {x + 24} {y + 26}Z",
                c.contrast if c.contrast != "#3a3c44" else "#e2742b",
            )
        c.path(
            "M52 130C50 84 100 66 140 78C190 94 196 150 204 190C260 210 310 240 306 300C304 344 270 350 200 350S110 340 112 280C114 240 120 220 116 196C80 196 54 170 52 130Z"
        )
        c.path(
            "M128 220C160 214 220 240 226 290C228 330 200 344 168 344S122 320 124 280C126 250 130 236 128 220Z",
            c.pale,
            "",
        )
        c.ellipse(150, 344, 30, 14, c.dark)
        c.ellipse(250, 344, 34, 14, c.dark)
        c.ellipse(104, 116, 8, 9, INK, "")
        c.ellipse(107, 113, 3, fill=WHITE, stroke="")
        c.line("M62 156q24 18 52 6", INK, 4)
    c.end()


def puzzles(c: Canvas) -> None:
    c.shadow(200, 338, 160, 14)
    wood = c.is_("material", "wood")
    tones = (c.colour, c.light, c.dark, c.pale, mix(c.colour, "#eab937", 0.5), mix(c.colour, "#f4efe6", 0.7))
    n = 3
    size = 84
    for row in range(n):
        for col in range(n):
            lift = (26, -30, 12) if (row, col) == (0, 2) else (0, 0, 0)
            x, y = 74 + col * size + lift[0], 84 + row * size + lift[1]
            if lift[2]:
                c.begin(f"rotate({lift[2]} {x + 42} {y + 42})")
            up = "c-6-22 30-22 24 0" if row else "h24"
            right = "c22-6 22 30 0 24" if col < n - 1 else "v24"
            down = "c6-22-30-22-24 0" if row < n - 1 else "h-24"
            left = "c22 6 22-30 0-24" if col else "v-24"
            c.path(
                f"M{x} {y}h30{up}h30v30{right}v30h-30{down}h-30v-30{left}Z",
                tones[(row * 2 + col * 3 + row * col) % 6],
                c.edge,
            )
            if wood:
                c.ellipse(x + 42, y + 42, 10, fill="#b98a5a", stroke="#6b4a2e")
            if lift[2]:
                c.end()
    if not wood:
        ink = mix(c.colour, INK, 0.6)
        if c.named("harbour"):
            c.path("M110 270H230L210 296H130ZM166 262V176L220 254Z", WHITE, ink, 2.5, 0.92)
        elif c.named("alpine"):
            c.path("M84 300 150 196 190 250 220 214 276 300Z", mix(c.colour, INK, 0.45), "", opacity=0.75)
            c.path("M150 196 134 222 150 216 164 220Z", WHITE, "")
    if c.named("1000", "48"):
        c.begin("rotate(-18 330 320)")
        c.path("M300 290h18c-4-14 20-14 16 0h18v18c14-4 14 20 0 16v18h-52Z", tones[3], c.edge)
        c.end()


def building_blocks(c: Canvas) -> None:
    c.shadow(200, 342, 160, 14)
    rainbow = ["#c9302f", "#e2742b", "#eab937", "#3c8a57", "#2f6fc0", "#6d4a9c"]
    if c.named("rainbow"):
        start = 3 if c.colour == "#1f7d84" else 0
        order = (
            rainbow[start:] + rainbow[:start]
            if not start
            else ["#1f7d84", "#2f6fc0", "#9cd3bd", "#eab937", "#e2742b", "#c9302f"]
        )
        for at, tone in enumerate(order):
            r = 160 - at * 26
            c.path(
                f"M{200 - r} 336A{r} {r} 0 0 1 {200 + r} 336H{200 + r - 24}A{r - 24} {r - 24} 0 0 0 {200 - r + 24} 336Z",
                tone,
                mix(tone, INK, 0.35),
            )
        return
    if c.named("clicktiles"):
        tones = [c.colour, "#2f9fd0", "#e2742b", "#3c8a57", "#d86b8a"]
        shapes = ["M90 336V236H190V336Z", "M190 336V236H290V336Z", "M90 236V136H190V236Z", "M190 236V136H290V236Z", "M90 136 140 56 190 136Z", "M190 136 240 56 290 136Z",
                  "M290 336 350 300V200L290 236Z"]  # fmt: skip
        for at, d in enumerate(shapes):
            tone = tones[at % 5]
            c.path(d, tone, mix(tone, INK, 0.3), 5, 0.78)
        c.line("M108 318 172 254M208 318 272 254M108 218 172 154M208 218 272 154", WHITE, 4, 0.6)
        if c.named("96"):
            c.path("M30 336V276H90V336Z", tones[2], mix(tones[2], INK, 0.3), 5, 0.78)
            c.path("M30 276 60 226 90 276Z", tones[3], mix(tones[3], INK, 0.3), 5, 0.78)
        return
    if c.named("marble"):
        wood, dark = c.colour, c.dark
        for x in (90, 200, 310):
            c.rect(x - 12, 90 if x != 310 else 150, 24, 250 if x != 310 else 190, 4, c.side)
        for d in ("M84 112 316 168", "M316 196 84 240", "M84 268 316 312"):
            c.line(d, dark, 22)
            c.line(d, wood, 15)
        c.path("M60 60H140L116 96H84Z", c.light)
        for x, y, tone in ((150, 112, "#c9302f"), (250, 194, "#2f6fc0"), (200, 278, "#3c8a57"), (100, 56, "#eab937")):
            c.ellipse(x, y, 12, fill=tone, stroke=mix(tone, INK, 0.4))
        c.rect(40, 330, 320, 14, 5, dark)
        return
    wood = "#d9b27c"
    second = {"#c9302f": "#eab937", "#2f6fc0": "#e2742b"}.get(c.colour, "#2f6fc0")

    def block(x: int, y: int, w: int, h: int, tone: str) -> None:
        c.rect(x, y, w, h, 4, tone, mix(tone, INK, 0.38))

    block(60, 270, 80, 68, wood)
    block(140, 270, 120, 68, c.colour)
    block(260, 270, 80, 68, wood)
    c.path("M172 338V316A28 28 0 0 1 228 316V338Z", mix(c.colour, INK, 0.55))
    block(74, 206, 52, 64, second)
    block(274, 206, 52, 64, second)
    block(150, 196, 100, 74, wood)
    c.path("M66 206 100 156 134 206ZM266 206 300 156 334 206Z", c.colour)
    c.path("M138 196 200 116 262 196Z", c.side)
    c.ellipse(200, 232, 18, fill=WHITE, stroke=mix(wood, INK, 0.5))
    c.line("M200 232V220M200 232H209", INK, 3)
    if c.named("100"):
        block(184, 70, 32, 40, second)
        c.path("M176 70 200 36 224 70Z", c.colour)
        block(20, 296, 40, 42, second)
        block(340, 296, 40, 42, second)
