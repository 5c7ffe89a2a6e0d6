"""The shapes a claim may have, as regular expressions over tags (see ``grammar``), each with the verifier that judges
it.

A clause that fits no shape is not said. Neutral words are taken out of the row before it is matched.
"""

from __future__ import annotations

import re

from assistant.wording import claims
from assistant.wording.claims import Verifier

Pattern = tuple[re.Pattern[str], Verifier]

_S = "[PJ]"
_SUBJECTS = "(?:P(?:[,a]+P)*|[JQ])"
_ENGLISH: tuple[tuple[str, Verifier], ...] = (
    # the X costs $5 · the X, at $5 · the price of the X is $5 · it is $5 · $5 for the X
    (rf"{_S}?(?:c|bf|fc)M", claims.price),
    (r"(?:P|[JQ])[,(]?(?:b|f)?\(?M\)?", claims.price),
    (rf"{_SUBJECTS}a?P?cM", claims.price),
    (r"\$PbM|Pb?\$bM|MfP|\$bM", claims.price),
    (r"P[,f(]*M\)?(?:[,a]+P[,f(b]*M\)?)+", claims.pairs),
    # the X is (not) waterproof · has (no) pockets · is a waterproof, vegan shoe
    (rf"{_SUBJECTS}(?:b|h)?(?:n|o|nh|bn|ho)?A(?:[,a]*A)*Y?", claims.attribute),
    (rf"{_SUBJECTS}bnA", claims.attribute),
    (r"(?:b|h)(?:n|o)?A(?:[,a]+A)*", claims.attribute),
    (r"(?:nh?|ho)A", claims.attribute),
    # is a waterproof nylon backpack by Fernway
    (rf"{_S}?b(?:[AV][,a]*)+Y(?:[yj]B)?|{_S}b(?:[AV][,a]*)*Y[yj]B", claims.described),
    # made of leather · the material is leather · a leather shoe · made by Fernway
    (rf"{_SUBJECTS}(?:b|h|m|bm)V(?:[,a]+V)*Y?", claims.value),
    (r"(?:bm|m)V(?:[,a]+V)*", claims.value),
    (r"%P[b,]V|P[bh]?%b?V", claims.value),
    (rf"{_S}(?:b?j|b)B|{_S}bYjB|{_S}bBY|{_S}bY", claims.value),
    # comes in red and blue · is available in size 42
    (rf"{_S}1?GC(?:[,a]+C)*|{_S}bsiC(?:[,a]+C)*|{_S}bC(?:aC)*|GC(?:[,a]+C)*|bsiC(?:[,a]+C)*", claims.colours),
    (rf"{_S}?(?:1?G|bsi)z[NZ](?:[,a]+[NZ])*", claims.sizes),
    # is in stock · is sold out · has 5 left · 5 left
    (rf"{_SUBJECTS}b?[sX]|b[sX]", claims.stock),
    (r"P(?:i?[(]?(?:C|zN|zZ|Z)[)]?)(?:[,a(]*(?:C|zN|zZ|Z)[)]*)*(?:b?[sX]|[bh,]+N(?:l|s|ls))", claims.stock_of_option),
    (rf"{_S}[hb,]N(?:l|s|ls|q[ls])", claims.stock),
    # rated 4.5 out of 5 (from 120 reviews) · has 120 reviews
    (rf"{_S}?[bh]?dNS?[,(]?(?:[yw]?Nv)?\)?|{_S}hNS[,(]?(?:[yw]?Nv)?\)?|{_S}hNv|hNv", claims.rating),
    # the X is ($5) cheaper than the Y (by $5)
    (r"[KERW]bP", claims.comparison),
    (rf"{_S}b?M?[KE](?:tP)?(?:[,y]+M)?|{_S}b?[RW](?:tP)?", claims.comparison),
    (r"b?M?[KE](?:tP)?(?:yM)?|b?[RW]tP", claims.comparison),
    # the cheapest (of these) is the X, at $5 · the X is the cheapest
    (r"[ke]g?bP(?:[,f(]*M\)?)?|gP?bP?[ke]|rg?bP(?:[,w(]*NS?\)?)?", claims.superlative),
    (rf"{_S}b[ke]g?(?:[,f(]*M\)?)?|{_S}[bh]rg?(?:[,w(]*NS?\)?)?|b[ker]g?", claims.superlative),
    # both are waterproof · neither has pockets · only the X is vegan · two of them are in stock
    (r"[2*0Q]N?g?(?:b|h|bh)?(?:n|o)?A", claims.quantified),
    (r"[2*Q]N?g?(?:m|bm|h|b|%|%b)V", claims.quantified),
    (r"[2*]N?g?cM|[2*]N?g?bM", claims.quantified),
    (r"[2*0]N?g?b?[sX]", claims.quantified),
    (r"1P(?:b|h)?A|1P[b]?[sX]|#(?:b|h)?A|#b?[sX]|1?Ng(?:b|h)?A|1?Ngb?[sX]", claims.quantified),
    (r"[2Q](?:c|b|h)?7", claims.same_price),
    # 12 waterproof running shoes under $80
    (r"N?[CAVB,]*[Yq](?:yB|jB|[<>]M|izN|zN|iz|iC|wA)*", claims.found),
    # your cart has 3 items, $50 in total
    (r"\^(?:h|b|,)?Nq|Nqi\^|\^?\+(?:b|,)?M|\^cM|\+[iy]?\^bM|\+O?bM|\^(?:h|b|,)?Nq[,afw]*(?:\+?b?M|M\+?)", claims.cart),
    # your order is on its way · was delivered on 3 May · is expected on 5 May · placed on 1 May
    (r"[OJ]?[bhH]{0,2}U(?:[@y]?D)?(?:[yw]F(?:[,(wT]*I\)?)?)?|bU(?:[@y]?D)?", claims.status),
    (r"[OJ]?b?wF(?:[,(wTb]*I\)?)?", claims.carrier),
    (r"[OJ]?b?x[@y]?D", claims.expected),
    (r"[OJ]?[bhH]?p(?:[OJ])?@?D(?:[,fa]+M)?|pO@?D", claims.placed),
    (r"Tb?,?[IO]|[IO]bT", claims.identifier),
    (r"L|i?,?L", claims.link),
)
_CHINESE: tuple[tuple[str, Verifier], ...] = (
    (rf"{_S},?(?:c|b|f|bf)?\(?M\)?|cM|\$bM", claims.price),
    (rf"{_SUBJECTS}cM", claims.price),
    (r"P[,(cbf]*M\)?(?:[,a]+P[,(cbf]*M\)?)+", claims.pairs),
    (rf"{_SUBJECTS}b?A(?:[,a]+A)*Y?|A", claims.attribute),
    (rf"{_SUBJECTS}[mbhj]V(?:[,a]+V)*Y?|%[bm,]?V|P%[b,]?V|mV", claims.value),
    (rf"{_S}jB|{_S}bB(?:Y)?|{_S}bY", claims.value),
    (rf"{_S}[Gh]+[,]?C(?:[,a]+C)*|{_S}[Gh]+,?C(?:[,a]+C)*G", claims.colours),
    (rf"{_S}[Gzh]+,?[NZ](?:[,a]+[NZ])*z?", claims.sizes),
    (rf"{_S}b?[sX]|[sX]", claims.stock),
    (rf"{_S}[s,(]*lNq?\)?", claims.stock),
    (r"P[(]?(?:C|NZ|Nz|Z|zN)[)]?(?:[,(]*(?:C|Nz|Z)[)]*)*(?:b?[sX]|[,(]*lNq?[)]?)", claims.stock_of_option),
    (rf"{_S}dNS?[,(]?(?:S|,)?(?:Nv)?\)?|dNS|{_S}hNv", claims.rating),
    (rf"{_S}?tP[KE]M?|{_S}?tPR|{_S}?tPW|{_S}[KERW]M?", claims.comparison),
    (r"g?[ke]bP(?:[,(fc]*M\)?)?|g?rbP(?:[,(]*NS?\)?)?|Pbg?[ker]|g?Pb?[ker]", claims.superlative),
    (r"[2*0Q]?[2*0Q]A|g?1PA|#A|NqA|N?q?\*A|g?1P[sX]|[2*][sX]|#[sX]", claims.quantified),
    (r"[2*][bcf]+M", claims.quantified),
    (r"[2*Q]+[mbh]V", claims.quantified),
    (r"[2Q][cb]?7", claims.same_price),
    (r"Q|Nq?(?:[CAVB,]*[Yq])?|(?:[CAVB,]|M<|M>)*+N?q?[CAVB]*[Yq]", claims.found),
    (r"\^h?Nq?|\^?\+b?,?M|\^h?Nq?,\+?b?M", claims.cart),
    (r"[OJ]?,?[@DU]*U(?:F)?", claims.status),
    (r"[OJ]?wF9|[OJ]?F9", claims.carrier),
    (r"[OJ]?,?xD[U@]*", claims.expected),
    (r"[OJ]?[@]?D?pD?(?:[,]+\+?b?M)?", claims.placed),
    (r"Tb?,?[IO]", claims.identifier),
    (r"i?,?L", claims.link),
)


def _compiled(shapes: tuple[tuple[str, Verifier], ...]) -> tuple[Pattern, ...]:
    return tuple((re.compile(shape), verifier) for shape, verifier in shapes)


PATTERNS: dict[str, tuple[Pattern, ...]] = {"en": _compiled(_ENGLISH), "zh": _compiled(_CHINESE)}
MENTION = re.compile(r"P(?:[,a]+P)*")
