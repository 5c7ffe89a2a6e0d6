"""Which found words a message refuses ("not leather", "anything but black", 不要皮的). Knows positions, not
meanings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understanding.vocabulary import Match

_CUE = re.compile(
    r"\b(?:(?:i |we |they |he |she )?(?:do not|don't|dont|doesn't|does not|didn't|did not|wouldn't|won't|would not"
    r"|not|never) (?:really |actually |even |ever )?"
    r"(?:want|like|need|wear|fancy|care for|looking for|after|interested in|into|a fan of|fond of|show|include"
    r"|made (?:of|from|out of)|allowed|keen on)"
    r"|(?:isn't|aren't|is not|are not|isnt|arent|not|no|nor|neither|without|w/o|minus|except(?: for)?|excluding"
    r"|exclude|avoid(?:ing)?|hate|dislike|can't stand"
    r"|(?:anything|everything|all|any colou?r|any brand) (?:but|except)|other than|apart from|aside from|besides"
    r"|instead of|rather than|non|skip|sick of|tired of|allergic to"
    r"|bored of|lose the|drop the|leave out|filter out|stop showing|ditch|enough|nothing|forget(?: about)?"
    r"|already (?:has|have|had|got|owns?)|(?:has|have|had|got) (?:already|plenty of|enough|lots of|too many)"
    r"))\b(?! (?:only|just|sure"
    r"|bad|too))"
    r"|(?:不要|不想要|别要|别给我|没说要?|没要|不喜欢|不想买|不需要|不是|不用|不带|不含|没有|已经有|除了|除去|排除|去掉|讨厌|拒绝|非|别|无"
    r"|不)(?:推荐|看|给我看|显示|选|找)?"
)
_FILLERS = re.compile(
    r"(?: *(?:a|an|the|any|anything|something|in|made|of|from|with|be|is|really|another|more|those|these|ones|one|it"
    r"|them|to|for|colou?r|brand|material|too"
    r"|looking|like|want|such|stuff|things|me|look|looks|wear|from the brand|made out of|out)\b)*[ -]*"
    r"|(?:的|带|有|是|那种|任何|这种|太|用|颜色|材质|做|要|选|牌子|品牌|含|款|这|那|什么|,)*"
)
_JOINER = re.compile(
    r" ?(?:,|/) ?(?:or |nor |and )?(?:a |any |the )?| (?:or|nor|and)(?: also)? (?:a |any |the |in )?|(?:的)?(?:和|跟|与"
    r"|或者?|以及|,|还有)"
)
_REFUSED_AFTER = re.compile(
    r"(?:的|色|款|鞋|材质|牌子|那种|这种|那类|类型|那个|座|车){0,4}(?:我)?(?:就|都|也|一律)?(?:不要|不行|不喜欢|不考虑|除外|算了|免谈"
    r"|排除)(?!.{0,2}(?:紧|错))"
    r"|-free\b| free\b(?! (?:shipping|delivery|returns?|post))| (?:ones? )?(?:is|are) (?:out|excluded|a no)\b"
    r"| excluded\b| (?:he|she|they|i|we) (?:already )?(?:has|have|got) (?:plenty|enough|already|lots)\b"
)


_PROTESTS = re.compile(
    r"(?:不是说|没(?:有)?说(?:过)?)(?:不要|不想要?)(?![^,.!?]{0,20}(?:吗|么))|不是(?:有|卖|说)|(?:怎么|咋|为啥|为什么|就|难道)(?:都|就|还)?没有"
    r"|(?:don't|do not|dont) you (?:have|sell|carry|stock)|(?:isn't|aren't) there"
)
"""你们不是有帐篷吗, 怎么没有红色的, 我没说不要, "don't you have tents?": asks for them."""
_ASKED = re.compile(r"[^,.!?;\s]{0,20}(?:吗|么|嘛|\?)")
"""没有红色的吗 asks for red ones."""


def refused(text: str, matches: Sequence[Match]) -> set[int]:
    """Indexes into ``matches`` (ordered by position) of the words that ``text`` refuses."""
    out: set[int] = set()
    protests = list(_PROTESTS.finditer(text))
    for cue in _CUE.finditer(text):
        if any(protest.start() <= cue.start() < protest.end() for protest in protests):
            continue
        before = text[max(0, cue.start() - 1) : cue.start()]
        if cue[0] in ("没有", "不是") and before in ("有", "是", "都", "说"):
            continue  # 有没有, 是不是; 啥都没有 ends what was said before, 你说没有 is what the other one says
        if cue[0] == "没有" and _ASKED.match(text, cue.end()):
            continue
        out |= _chain(text, matches, cue.end())
    for index, match in enumerate(matches):
        if _REFUSED_AFTER.match(text, match.end) and not (
            text.startswith(" free", match.end) and not match.keys("attribute")
        ):
            out.add(index)
    return out


def _chain(text: str, matches: Sequence[Match], start: int) -> set[int]:
    """The refused words after a cue: those joined to the first by nothing, a comma, "or", or "and" between like
    things."""
    chain: set[int] = set()
    tentative: set[int] = set()
    position = start
    previous: Match | None = None
    for index, match in enumerate(matches):
        if match.start < position:
            continue
        gap = text[position : match.start]
        if previous is None:
            if not _FILLERS.fullmatch(gap):
                break
            chain.add(index)
        elif gap in ("", " ", "-", "的"):
            chain.add(index)
        elif _JOINER.fullmatch(gap) and ("or" in gap or _alike(previous, match)):
            tentative.add(index)
            if gap.strip(" /") != ",":
                chain |= tentative
        else:
            break
        previous, position = match, match.end
    return chain


def _alike(one: Match, other: Match) -> bool:
    kinds = [
        {(kind, key.partition("=")[0] if kind == "attribute" else "") for kind, key in match.entries}
        for match in (one, other)
    ]
    return bool(kinds[0] & kinds[1])
