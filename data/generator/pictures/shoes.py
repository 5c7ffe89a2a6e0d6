# ruff: noqa: E501 - coordinates read best on one line
"""Footwear, seen from the side with the toe to the right."""

from __future__ import annotations

from .canvas import INK, WHITE, Canvas, mix


def running_shoes(c: Canvas) -> None:
    c.shadow(205, 322, 175, 18)
    trail = c.is_("terrain", "trail")
    sole = c.pick((WHITE, "#f3efe6", mix(c.colour, WHITE, 0.8)))
    accent = c.pick((c.contrast, "#f2b13c", c.pale if c.contrast == INK else WHITE))
    c.path("M158 190 166 148C178 136 200 142 206 166L232 214Z", c.dark)
    c.path(
        "M70 276C62 238 60 204 72 172C78 158 92 160 98 170C112 194 138 198 156 182L172 166C182 158 194 160 202 170"
        "L242 216C268 236 304 240 330 252C350 262 354 272 350 286Z"
    )
    style = c.pick((0, 1, 2))
    if style == 0:
        c.line("M118 276C142 250 170 236 214 232", accent, 9)
        c.line("M146 276C166 260 188 250 224 246", accent, 6)
    elif style == 1:
        c.path("M112 252 150 214 174 214 136 252 174 282H150L112 252Z", accent, "")
        c.line("M196 214 172 246 196 276", accent, 7)
    else:
        c.path("M108 282C130 240 176 224 216 214L236 240C196 246 176 258 166 282Z", accent, "")
    c.path("M284 238C318 242 350 254 352 284L296 282C304 264 300 250 284 238Z", c.dark, "", opacity=0.75)
    c.path("M69 262C62 226 64 196 72 176C84 200 96 240 104 278L72 276Z", c.dark, "", opacity=0.75)
    if c.is_("audience", "kids"):
        c.path("M150 196 208 160 222 176 168 222Z", accent)
        c.path("M176 226 234 194 248 212 196 250Z", accent)
    else:
        for at in range(4):
            x, y = 178 + at * 17, 190 + at * 13
            c.line(f"M{x - 12} {y + 10} {x + 16} {y - 10}", WHITE if accent != WHITE else "#e9e4da", 5)
    lift = c.pick((0, 6))
    c.path(
        f"M58 {266 - lift}C48 300 56 318 84 318H324C350 318 364 304 358 278C330 290 280 270 236 280C180 292 110 284 58"
        f" {266 - lift}Z",
        sole, mix(sole, INK, 0.35),
    )  # fmt: skip
    outsole = c.pick((INK, c.deep, "#b98a55"))
    if trail:
        c.path(f"M64 310H350L342 326{''.join('h-10v-8h-14v8' for _ in range(11))}H72Z", outsole, "")
    else:
        c.path("M64 308H352C346 322 340 324 326 324H84C72 324 66 318 64 308Z", outsole, "")
        c.line("M96 296C160 304 250 296 330 296", mix(sole, INK, 0.2), 3)


def sneakers(c: Canvas) -> None:
    c.shadow(205, 318, 170, 16)
    high = c.named(" high")
    knit = c.is_("material", "knit fabric") or c.named("slip")
    chunky = c.named("block")
    sole = c.pick((WHITE, "#f3ead8")) if not c.named("court") else WHITE
    top = 112 if high else 184
    c.path(f"M148 {top + 6} 160 {top - 22}C176 {top - 32} 192 {top - 24} 198 {top - 2}L236 226Z", c.dark)
    c.path(
        f"M74 286C70 {top + 50} 66 {top + 20} 74 {top}C92 {top + 16} 122 {top + 16} 150 {top + 4}"
        f"C170 {top - 4} 190 {top - 6} 198 {top}L246 226C270 232 304 236 326 246C346 256 350 268 350 286Z"
    )
    if knit:
        for x in range(110, 240, 18):
            c.line(f"M{x} {226 + (x - 110) // 9}q14 22 10 52", c.dark, 3, 0.5)
        c.line(f"M78 {top + 4}q52 24 116 0", c.deep, 7)
    elif c.is_("audience", "kids"):
        c.path("M158 208 214 176 228 194 178 232Z", c.contrast)
        c.path("M120 282l10-26 12 22 16-20 4 24Z", c.contrast, "")
    else:
        if chunky:
            c.path("M110 286C120 240 160 226 218 222L250 250C210 256 190 268 184 286Z", c.pale, "")
            c.path("M70 286V216C92 226 104 252 104 286Z", c.deep, "")
        elif c.is_("material", "canvas"):
            c.rect(100, 226, 34, 26, 5, WHITE, width=2)
            c.line("M106 243q6-10 11 0t11 0", c.dark, 3)
            c.line("M92 284C92 240 100 214 122 200", c.dark, 2, dash="5 5")
        else:
            c.path(f"M72 {top + 44}C84 {top + 40} 100 {top + 44} 106 {top + 52}L100 284H74Z", c.deep, "", opacity=0.85)
            c.line("M138 282C146 254 168 240 204 238", c.dark, 2, dash="5 5")
            for x in (252, 268, 284):
                c.ellipse(x, 250 + (x - 252) // 5, 2.4, fill=c.deep, stroke="")
        rungs = 6 if high else 4
        for at in range(rungs):
            y = top + 20 + at * ((226 - top - 14) // rungs)
            left = 164 + (y - top) * 0.42
            c.line(f"M{left:.0f} {y} {left + 34:.0f} {y - 12}", "#f7f4ee", 5)
    if c.is_("material", "canvas"):
        c.path("M286 286C288 258 300 244 318 242C346 250 352 268 352 288Z", sole, mix(sole, INK, 0.35))
    depth = 14 if chunky else 0
    c.path(
        f"M60 280H352C362 290 362 {306 + depth} 350 {314 + depth}H70C56 {310 + depth} 54 294 60 280Z",
        sole, mix(sole, INK, 0.38),
    )  # fmt: skip
    c.line("M64 296H354", c.colour if c.pick((True, False)) else mix(sole, INK, 0.25), 4)
    if chunky:
        c.path("M62 312H120L132 328H76ZM250 328l14-18H356L340 328Z", c.colour, "")


def boots(c: Canvas) -> None:
    c.shadow(200, 344, 160, 16)
    top = {"ankle": 110, "mid": 74, "knee": 38}.get(c.product.attributes.get("height_cut", "ankle"), 110)
    heel = c.named("heel")
    rubber = c.is_("material", "rubber")
    sole = INK if not c.named("ridge") else "#5b4636"
    if heel:
        c.path(f"M112 {top}H202C204 170 206 214 232 236C262 252 318 250 342 286C346 296 344 308 340 312H250"
               "C214 312 186 292 168 292L160 300H116C106 230 110 160 112 110Z")  # fmt: skip
        c.path("M112 298H164L156 338H118Z", c.deep)
        c.line("M250 314H340", c.deep, 8)
        c.line(f"M150 {top + 8}V268", "#cfa65a", 4)
        return
    c.path(
        f"M106 {top}H214C214 160 212 196 226 222C256 238 312 238 334 268C344 284 342 300 340 312H104C96 240 104 170 106 {top}Z"
    )
    c.path("M276 244C316 246 340 268 342 312H284C292 286 290 262 276 244Z", c.dark, "", opacity=0.6)
    if rubber:
        c.path(f"M104 {top - 4}H216V{top + 22}H104Z", c.dark)
        c.path("M112 300C160 288 280 292 340 300V316H106Z", c.light, "", opacity=0.7)
        c.line("M132 80C126 150 126 220 132 280", WHITE, 8, 0.28)
        c.rect(140, 150, 40, 20, 5, c.contrast, "")
    elif c.named("chelsea"):
        c.path(f"M136 {top + 2}H186L178 214C168 226 152 226 146 214Z", c.deep)
        for x in (150, 158, 166, 174):
            c.line(f"M{x} {top + 12}V208", c.dark, 2)
        c.line(f"M108 {top}C96 {top - 26} 120 {top - 30} 122 {top}", c.deep, 7)
    else:
        if c.is_("insulated"):
            c.path(f"M98 {top + 12}q-4-26 14-26q12-14 26-2q14-12 26 0q14-12 26 2q18-2 16 14q12 12-2 16q-52 12-104 0Z",
                   "#f2e9d8", "#c9bda3")  # fmt: skip
        c.path(f"M170 {top + 30}H214C214 160 212 200 228 224L206 240C184 214 176 170 170 {top + 30}Z", c.dark)
        for at, y in enumerate(range(top + 40, 224, 22)):
            c.line(f"M{170 + at * 2} {y + 6} {216 + at * 2} {y - 4}", "#e8c27a" if c.named("ridge") else c.contrast, 5)
        if c.named("snow"):
            for y in range(top + 44, 240, 34):
                c.line(f"M106 {y}q30 12 60 2", c.dark, 4)
            c.path("M104 262C150 250 250 250 334 268C344 284 342 300 340 314H104Z", c.deep, opacity=0.92)
        else:
            c.line(
                f"M108 {top + 34}C130 {top + 44} 150 {top + 42} 168 {top + 34}M112 230C140 244 180 246 208 240",
                c.deep,
                3,
            )
    c.path("M96 308H344C352 318 350 332 344 338H262L252 330H166L156 340H102C92 332 92 318 96 308Z", sole, "#17181b")
    if c.named("ridge"):
        c.line("M100 312H342", "#e8c27a", 3)


def sandals(c: Canvas) -> None:
    c.shadow(200, 312, 172, 16)
    if c.named("slide"):
        c.path("M48 286C44 268 70 262 110 266C180 272 280 262 338 270C362 276 360 298 340 304H80C56 306 48 298 48 286Z",
               c.fill)  # fmt: skip
        c.path("M176 272C186 200 214 178 252 184C290 192 322 236 332 272C290 290 220 290 176 272Z", c.side)
        c.line("M206 262C212 222 226 204 246 204M232 268C238 230 250 214 266 212", c.contrast, 7)
        return
    cork = "#c9a06a" if c.is_("material", "suede") or c.is_("material", "leather") else mix(c.colour, INK, 0.5)
    c.path("M50 278C46 262 64 254 92 258C160 268 260 258 330 262C356 266 362 284 348 294H72C58 296 50 288 50 278Z", cork,
           mix(cork, INK, 0.4))  # fmt: skip
    c.path("M54 290H352C352 306 344 310 330 310H80C62 310 54 304 54 290Z", INK if cork != INK else c.deep, "#17181b")
    if c.is_("material", "foam"):
        c.path("M230 262C236 210 270 196 306 216C338 236 352 254 350 276C310 286 260 280 230 262Z")
        c.path("M72 262C66 200 92 170 116 172C140 176 236 222 268 240L250 262C196 236 140 206 122 206C104 212 100 240 104 264Z",
               c.side)  # fmt: skip
        for x in (264, 286, 308):
            c.ellipse(x, 240, 6, fill=c.deep, stroke="")
    elif c.named("river"):
        c.path("M236 262C240 216 268 204 304 222C338 240 352 254 350 274C310 282 270 278 236 262Z")
        c.path("M70 262C62 200 76 168 100 168C124 172 170 236 238 240L236 262C180 258 140 240 112 208C100 220 98 244 102 264Z",
               c.side)  # fmt: skip
        c.line("M92 222C130 206 176 218 206 262", c.contrast, 6)
        c.rect(140, 206, 24, 18, 4, c.contrast, INK, 2)
    elif c.named("buckle"):
        for x, tilt in ((196, 0), (262, 6)):
            c.path(f"M{x - 38} 264C{x - 32} 208 {x - 8} 190 {x + 14} {192 + tilt}C{x + 38} {200 + tilt} {x + 44} 236 "
                   f"{x + 48} 264C{x + 16} 276 {x - 14} 276 {x - 38} 264Z", c.side)  # fmt: skip
            c.rect(x - 16, 204 + tilt, 26, 20, 4, "none", "#d9b25f", 5)
    else:
        c.path("M214 264C226 222 258 202 280 206L324 262C300 268 290 262 276 244C262 250 250 258 246 268Z", c.side)
        c.path("M324 258C314 218 290 200 270 204L226 264C246 270 262 258 276 242C288 250 302 262 308 268Z")
        c.path("M76 266C64 226 66 196 76 172C88 166 108 170 114 180C106 204 108 240 112 268Z", c.side)
        c.line("M78 184C92 212 160 214 176 190S120 152 80 176", c.edge, 15)
        c.line("M78 184C92 212 160 214 176 190S120 152 80 176", c.colour, 10)
        c.rect(120, 194, 24, 20, 4, "none", "#d9b25f", 5)
