"""Yes, no, neither, and a yes beside something else: as a message says them."""

from __future__ import annotations

import re

from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.understanding.clauses import act_of
from assistant.understanding.languages import expressions
from assistant.understanding.mood import agrees
from assistant.understanding.order_questions import sentences
from assistant.understanding.schema import Intent

GIVES_UP = re.compile(
    r"^\W*(?:(?:actually|oh|ok(?:ay)?|no|well|hmm),? ?)*(?:never ?mind|forget (?:it|about it|that)|leave it"
    r"|drop it|don't bother"
    r"|let's leave it|no need|skip it|stop)\b|^\W*(?:那)?(?:算了|不用了|没事了|不弄了|不办了|不换了|不退了"
    r"|不改了|不取消了|先不)",
    re.IGNORECASE,
)
GIVES_ALL_UP = re.compile(
    r"\b(?:forget|cancel|drop) (?:all|everything)\b|\bnever ?mind (?:all|everything)\b|全都算了|都算了|全部不", re.I
)
_UNSURE = re.compile(
    r"^\W*(?:ma+ybe|perhaps|hmm*|uh+m*|not sure|i'?m not sure|i don'?t know|dunno|no idea"
    r"|i (?:don'?t|can'?t) (?:have|remember|recall)|possibly|let me (?:think|see)"
    r"|i guess(?: so)?\??$"
    r"|wait|what about|how about|what if|也许|可能|或许|不确定|不知道|不清楚|不记得|忘了|我想想"
    r"|让我想想|嗯+[?？]|再说|看看吧|要不"
    r"|那.{0,8}呢)",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:yes|yep|yeah|yup|ya|sure|ok|okay|confirm\w*|go ahead|do it|please do|correct|right|absolutely"
    r"|of course|fine|perfect"
    r"|sounds good|that's it|great|y)\b|👍|好的?|可以|(?<!还)是的?|对|确认|没问题|行|嗯|同意|确定|没错",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|nope|nah|not|don'?t|do not|stop|cancel that|wrong|rather|keep)\b|不|别|算了|先(?:别|不)|错", re.IGNORECASE
)


_ASKS = re.compile(
    r"[?？]|\b(?:what|how|where|when|why|which|who|about|but|if|unless|except)\b|怎么|什么|多少|哪|吗|呢|但|如果|除非",
    re.IGNORECASE,
)
"""What makes of a yes a question or a condition ("ok, what about shipping", "yes but …")."""
_AGAINST = re.compile(
    r"\b(?:no|nope|not|don'?t|do not|isn'?t|stop|wait|wrong|rather|instead|only|but|except|unless|if|first|before|change|which)\b"
    r"|不|别|先|等|错|只|但|除|换成|如果",
    re.IGNORECASE,
)
"""What may take back or bind a yes that stands beside it."""
_CLEAR = re.compile(
    r"\b(?:yes|yep|yeah|yup|go ahead|do it|please do|confirm\w*)\b|是的|确认|同意|可以|好的", re.IGNORECASE
)
"""A yes that is more than a nod."""
_DECIDED = re.compile(r"^\W*(?:wait,? )?(?:no|yes|don'?t)\b", re.IGNORECASE)
_NO_NO = re.compile(r"no problem|why not|no rush|没问题|不错|没错", re.IGNORECASE)


_SAME = {
    "return": re.compile(r"(?:please |just |ok(?:ay)?,? |then ){0,3}(?:return|send) (?:it|them|that)(?: back)?(?: please)?[.! ]{0,4}"
                         r"|(?:那|就|好的?|嗯|行|，|,){0,4}(?:给我)?退(?:吧|了|掉|货|啊|呗){0,3}[。.!！ ]{0,4}", re.IGNORECASE),
    "swap": re.compile(r"(?:please |just |ok(?:ay)?,? |then ){0,3}(?:exchange|swap) (?:it|them|that)(?: please)?[.! ]{0,4}"
                       r"|(?:那|就|好的?|嗯|行|，|,){0,4}(?:给我)?换(?:吧|了|掉|货|啊|呗){0,3}[。.!！ ]{0,4}", re.IGNORECASE),
}  # fmt: skip
"""Says nothing but to do what is proposed. "Cancel" is not among them: it may mean the proposal."""


def says_it_again(turn: Turn, memory: Memory) -> bool:
    """Whether the message only repeats what waits for a yes, which is one."""
    pattern = _SAME.get(memory.request.kind) if memory.request else None
    return pattern is not None and pattern.fullmatch(turn.message.strip()) is not None


def is_unsure(turn: Turn) -> bool:
    """Neither yes nor no ("maybe", "hmm", 我想想): to be asked again."""
    return _UNSURE.search(turn.message) is not None and not _DECIDED.search(turn.message)


def is_plain_yes(turn: Turn) -> bool:
    """A yes that says nothing against it; what the router takes for one without these words is asked again."""
    text = _NO_NO.sub("", turn.message)
    return _YES.search(turn.message) is not None and not _NO.search(text) and not _ASKS.search(text)


def yes_beside(turn: Turn, memory: Memory) -> str | None:
    """What else a message says beside a plain yes of its own ("yes please. And …"); ``None`` where it holds none, or
    where the rest may say something against it."""
    pieces = sentences(turn.message)
    said = [piece for piece in pieces if _CLEAR.search(piece) and agrees(piece, turn.language or "en")]
    asks = expressions("cues")["asks"]
    same = memory.request.kind if memory.request else None
    further = [piece for piece in pieces if act_of(piece) not in (None, same) or (asks.search(piece) and " " in piece)]
    rest = " ".join(piece for piece in further if piece not in said)
    if not said or len(pieces) < 2 or _AGAINST.search(turn.message) or _UNSURE.search(rest):
        return None
    return rest


def gives_up(turn: Turn) -> bool:
    return GIVES_UP.search(turn.message) is not None and turn.intent is not Intent.CONFIRM
