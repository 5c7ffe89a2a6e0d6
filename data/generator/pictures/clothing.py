# ruff: noqa: E501 - coordinates read best on one line
"""Clothes laid flat, and what is worn with them."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix

SHORT = "M142 84C164 108 236 108 258 84L314 108 352 178 302 204 288 180V320C240 328 160 328 112 320V180L98 204 48 178 86 108Z"
LONG = "M144 80C166 104 234 104 256 80L308 102C326 112 332 140 336 170L352 306 312 312 288 190V328C240 336 160 336 112 328V190L88 312 48 306 64 170C68 140 74 112 92 102Z"


def over(c: Canvas, d: str) -> None:
    """The product's pattern over a shape."""
    paint = c.cloth(c.product.attributes.get("pattern", "plain"))
    if paint:
        c.path(d, paint)


def t_shirts(c: Canvas) -> None:
    c.shadow(200, 334, 130, 14)
    shape = LONG if c.is_("sleeve", "long") else SHORT
    wide = {"slim": 0.9, "relaxed": 1.08}.get(c.product.attributes.get("fit", ""), 1.0)
    c.begin(f"translate({200 - 200 * wide:.0f} 0) scale({wide} 1)")
    c.path(shape)
    over(c, shape)
    c.line("M142 86C164 116 236 116 258 86", c.dark, 9)
    if c.is_("sleeve", "long"):
        c.line("M112 190C118 170 116 150 112 140M288 190C282 170 284 150 288 140", c.dark, 3)
        c.line("M52 292 90 298M348 292 310 298", c.dark, 4)
    else:
        c.line("M112 180C116 160 114 146 110 136M288 180C284 160 286 146 290 136", c.dark, 3)
        c.line("M60 172 100 192M340 172 300 192", c.dark, 2, dash="4 4")
    c.line("M114 308C160 316 240 316 286 308", c.dark, 2, dash="4 4")
    c.line("M150 200C158 250 154 280 146 306M250 210C246 250 248 280 254 300", c.dark, 4, 0.25)
    c.end()
    if c.is_("pattern", "printed"):
        ink = c.contrast
        c.path("M140 212 150 190 160 200 170 180 180 190 192 172 200 184 212 168 220 186Z", "#e2742b", "")
        c.path("M126 244C140 232 140 206 166 196C190 188 206 190 216 178C220 150 264 148 268 172C270 190 252 196 238 194C242 212 238 232 "
               "234 256H216L214 236H180L176 256H158L154 232C146 244 136 248 126 244Z", ink, "")  # fmt: skip
        c.ellipse(250, 168, 4, fill=c.colour, stroke="")
    elif c.named("pace"):
        c.line("M112 150 288 132", "#f4f6f8", 8, 0.9)
    elif c.named("everyday"):
        c.rect(222, 152, 40, 46, 4, c.fill, c.dark, 2)


def sweaters(c: Canvas) -> None:
    c.shadow(200, 342, 140, 14)
    c.path(LONG)
    over(c, LONG)
    rib = mix(c.colour, INK, 0.2)
    neck = c.product.attributes.get("neck", "crew")
    c.path("M112 306C160 314 240 314 288 306V328C240 336 160 336 112 328Z", rib)
    c.path("M52 282 93 288 88 312 48 306ZM348 282 307 288 312 312 352 306Z", rib)
    for x in range(124, 288, 14):
        c.line(f"M{x} 312v18", c.deep, 2, 0.6)
    if c.named("fisherman"):
        for x in (160, 200, 240):
            c.line(f"M{x - 8} 124{''.join('q16 12 0 24q-16 12 0 24' for _ in range(3))}", c.dark, 4)
            c.line(f"M{x + 8} 124{''.join('q-16 12 0 24q16 12 0 24' for _ in range(3))}", c.dark, 4)
    elif (neck != "buttoned" and c.is_("pattern", "plain")) or "pattern" not in c.product.attributes:
        for y in range(136, 300, 26):
            c.line(f"M118 {y}{'q10 8 20 0' * 8}", c.dark, 2, 0.35)
    if neck == "roll neck":
        c.path("M148 92C148 70 150 54 154 46H246C250 54 252 70 252 92C230 112 170 112 148 92Z", rib)
        c.line("M152 70C176 82 224 82 248 70", c.deep, 2)
    elif neck == "v neck":
        c.path("M144 80 200 176 256 80 244 76 200 150 156 76Z", rib)
    elif neck == "buttoned":
        c.path("M144 80C156 96 190 150 190 180V332H210V180C210 150 244 96 256 80L242 76C230 104 206 140 200 170C194 140 170 104 158 76Z",
               rib)  # fmt: skip
        for y in range(196, 320, 30):
            c.ellipse(200, y, 5, fill="#5a3a22", stroke="#2e1d10", width=2)
        c.rect(128, 240, 46, 50, 4, c.fill, c.dark)
        c.rect(226, 240, 46, 50, 4, c.fill, c.dark)
    else:
        c.line("M144 82C166 112 234 112 256 82", rib, 16)
        c.line("M146 90C168 120 232 120 254 90", c.deep, 2)
    if c.named("bear"):
        c.ellipse(178, 184, 15, fill="#5a3a22", stroke="")
        c.ellipse(222, 184, 15, fill="#5a3a22", stroke="")
        c.ellipse(200, 212, 38, 34, "#a9744a", "#5a3a22")
        c.ellipse(200, 224, 16, 12, "#f1e0c6", "")
        c.path("M193 218h14l-7 8Z", INK, "")
        c.ellipse(186, 206, 4, fill=INK, stroke="")
        c.ellipse(214, 206, 4, fill=INK, stroke="")


def jackets(c: Canvas) -> None:
    c.shadow(200, 352, 140, 14)
    coat = c.named("coat", "parka")
    bottom = 362 if coat else 318
    body = (
        f"M146 84H254L308 106C328 118 334 144 338 176L350 306 310 312 290 200V{bottom}C240 {bottom + 8} 160 {bottom + 8}"
        f" 110 {bottom}V200L90 312 50 306 62 176C66 144 72 118 92 106Z"
    )
    hood = c.is_("hooded")
    if hood:
        c.path("M142 96C128 44 166 22 200 22S272 44 258 96C236 116 164 116 142 96Z", c.dark)
        c.path("M160 92C152 56 176 42 200 42S248 56 240 92C226 106 174 106 160 92Z", c.deep)
    c.path(body)
    material = c.product.attributes.get("material", "")
    trim = "#d9b25f" if material in ("denim", "leather") else c.contrast
    if c.is_("insulated") and material in ("down", "nylon"):
        for y in range(136, bottom, 34):
            c.line(f"M112 {y}q44 12 88 2q44 10 88-2", c.dark, 4)
        for y in range(150, 300, 36):
            c.line(f"M{72 - (y - 150) // 12} {y}q12 6 24 3M{328 + (y - 150) // 12} {y}q-12 6-24 3", c.dark, 4)
    if material == "leather":
        c.path("M146 84 190 168 168 148 132 104ZM254 84 206 168 236 152 268 104Z", c.dark)
        c.line(f"M206 166 176 {bottom}", "#c9ccd2", 5)
        c.line("M128 236 158 220M238 220l30 16", "#c9ccd2", 5)
    elif material == "wool":
        c.path("M146 84 196 206 160 186 128 106ZM254 84 204 206 240 186 272 106Z", c.dark)
        c.line(f"M200 206V{bottom}", c.deep, 3)
        c.path("M108 226H292V246H108Z", c.dark)
        c.path("M190 222h26v28h-26ZM196 246 184 300 200 302 208 248Z", c.deep)
    elif material == "denim":
        c.line(f"M200 96V{bottom}", c.deep, 3)
        c.path("M132 148H184V162L158 180 132 162ZM216 148H268V162L242 180 216 162Z", c.fill, trim, 2)
        c.line(f"M140 182 150 {bottom - 20}M260 182 250 {bottom - 20}", trim, 2, dash="5 4")
        c.path(f"M108 {bottom - 22}C160 {bottom - 14} 240 {bottom - 14} 292 {bottom - 22}V{bottom}C240 {bottom + 8} 160 {bottom + 8} 108 {bottom}Z",
               c.dark)  # fmt: skip
        for y in range(120, bottom - 20, 36):
            c.ellipse(206, y, 4, fill=trim, stroke="")
        c.path(
            "M146 84C160 100 186 100 200 98C214 100 240 100 254 84L264 110C240 124 216 118 200 112C184 118 160 124 136 110Z"
        )
    else:
        c.line(f"M200 {104 if hood else 92}V{bottom}", trim, 5, 0.9)
        c.line("M132 250 168 232M268 250 232 232", trim if material != "fleece" else c.deep, 4)
        if material == "fleece":
            c.path("M112 128C160 140 240 140 288 128V176C240 186 160 186 112 176Z", c.deep, "", opacity=0.8)
            c.rect(218, 144, 46, 34, 4, c.dark, trim, 2)
        if c.is_("audience", "kids"):
            for x, y in ((140, 170), (252, 180), (150, 282), (258, 292)):
                c.path(f"M{x} {y - 14}q14 18 0 26q-14-8 0-26Z", c.contrast, "", opacity=0.85)
        if not hood:
            c.path("M146 86C150 70 160 62 168 60H232C240 62 250 70 254 86C236 100 164 100 146 86Z", c.dark)
    c.line("M56 288 94 294M344 288 306 294", c.deep, 4)


def jeans(c: Canvas) -> None:
    c.shadow(200, 362, 110, 12)
    spread = {"slim": 24, "straight": 36, "relaxed": 46, "wide": 60}.get(c.product.attributes.get("fit", ""), 36)
    inner, knee = 12, spread + 4
    c.path(
        f"M136 54H264L272 150C276 220 {232 + knee // 2 + 10} 290 {222 + spread} 356H{210 + inner - 8}L200 168 {190 - inner + 8} 356"
        f"H{178 - spread}C{168 - knee // 2 - 10} 290 124 220 128 150Z"
    )
    seam = "#e0a85a" if not c.named("skinny") else c.pale
    c.path("M136 50H264L266 74H134Z", c.dark)
    for x in (152, 186, 214, 248):
        c.rect(x - 3, 48, 6, 28, 1, c.dark, "")
    c.ellipse(200, 62, 6, fill="#d9b25f", stroke="#8a6a2e", width=2)
    c.line("M200 74V162", c.deep, 3)
    c.line("M212 78C214 120 210 140 200 150", seam, 2, dash="5 4")
    c.line("M136 84C150 116 168 116 178 78M264 84C250 116 232 116 222 78", seam, 3)
    c.line(f"M140 130C134 210 {178 - spread + 20} 290 {178 - spread + 10} 346M260 130C266 210 {222 + spread - 20} 290 {222 + spread - 10} 346",
           seam, 2, 0.8, "5 4")  # fmt: skip
    c.path("M150 170C146 220 158 250 164 300L176 300C174 250 172 210 170 170Z", WHITE, "", opacity=0.16)
    c.path("M250 170C254 220 242 250 236 300L224 300C226 250 228 210 230 170Z", WHITE, "", opacity=0.16)
    c.line(f"M{180 - spread} 342H{192 - 8}M{220 + spread} 342H{208 + 8}", seam, 3)
    if c.named("carpenter"):
        c.rect(252, 190, 24, 44, 3, c.fill, seam, 2)
        c.line("M132 180q-10 20 6 32", c.edge, 5)


def dresses(c: Canvas) -> None:
    c.shadow(200, 362, 110, 12)
    hem = {"mini": 276, "midi": 322, "maxi": 360}[c.product.attributes.get("length", "midi")]
    straight = c.named("shift", "column", "slip")
    flare = 58 if straight else 112 if c.named("swing", "twirl") else 92
    waist = 152 if straight else 158
    sleeve = c.product.attributes.get("sleeve", "short")
    if sleeve == "long":
        c.path("M148 72 110 92 84 240 112 246 146 140ZM252 72 290 92 316 240 288 246 254 140Z", c.dark)
    elif sleeve == "short":
        c.path("M150 66C118 74 104 94 94 128L136 144 152 110ZM250 66C282 74 296 94 306 128L264 144 248 110Z", c.dark)
    narrow = 50 if straight else 42
    body = (
        f"M156 64C170 92 230 92 244 64L262 76C258 110 {200 + narrow + 4} 130 {200 + narrow} {waist}C{214 + narrow} 220 {200 + flare - 6} 270 "
        f"{200 + flare} {hem}C240 {hem + 14} 160 {hem + 14} {200 - flare} {hem}C{206 - flare} 270 {186 - narrow} 220 {200 - narrow} {waist}"
        f"C{196 - narrow} 130 142 110 138 76Z"
    )
    if sleeve == "sleeveless" and c.named("slip"):
        c.line("M158 84 168 34M242 84 232 34", c.dark, 4)
        body = body.replace(
            "M156 64C170 92 230 92 244 64L262 76C258 110", "M152 88C170 72 186 94 200 102C214 94 230 72 248 88C254 110"
        )
        body = body.replace("C196 130 142 110 138 76Z", "").replace("142 110 138 76Z", "146 110 152 88Z")
    c.path(body)
    over(c, body)
    if not straight:
        c.path(f"M{200 - narrow} {waist - 6}H{200 + narrow}V{waist + 10}H{200 - narrow}Z", c.deep)
        for x in (-0.55, -0.2, 0.2, 0.55):
            c.line(f"M{200 + x * 60:.0f} {waist + 22}Q{200 + x * flare:.0f} {(waist + hem) // 2} {200 + x * flare * 1.5:.0f} {hem - 4}",
                   c.dark, 3, 0.5)  # fmt: skip
    else:
        c.line(f"M178 180C172 230 176 280 170 {hem - 8}M226 190C232 240 226 280 232 {hem - 10}", c.dark, 4, 0.35)
    if c.named("garden"):
        for y in range(96, hem - 10, 26):
            c.ellipse(200, y, 4, fill=c.contrast, stroke=c.deep, width=2)
    if c.is_("pockets"):
        c.line(f"M{196 - narrow} {waist + 34}q4 22 18 34M{204 + narrow} {waist + 34}q-4 22-18 34", c.deep, 4)
    if not c.named("slip"):
        c.line("M156 66C172 98 228 98 244 66", c.dark, 6)
