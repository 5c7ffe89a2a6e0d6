"""Yes, no, neither, and a yes beside something else: as a message says them."""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Led
from assistant.dialogue.turn import Turn
from assistant.shop.actions import OrderAction
from assistant.understanding.clauses import cancels_no_order, denies, requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.mood import agrees
from assistant.understanding.order_questions import sentences
from assistant.understanding.payments import is_settled, read_payment
from assistant.understanding.schema import Intent
from assistant.understanding.service_topics import read_topic
from retrieval.text.words import is_chinese

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
    r"|sounds good|that's it|great|y)\b|👍"
    r"|(?:(?<![\u4e00-\u9fff])|(?<=[就也都那我吧]))(?:好的?|可以|是的?|对的?|确认|没问题|行|嗯|同意|确定|没错)"
    r"(?:[的了吧啊呀啦嘞呗嘛]|(?=好|行|那|就|帮|给|请|麻烦|谢|退|换|改|取消|您|你|办|按|继续)|(?![\u4e00-\u9fff]))",
    re.IGNORECASE,
)
"""In Chinese a word of its own, or one that leads into what is agreed to (行退吧): none is the 行 of 行李箱."""
_KEEPS, _KEEPS_CHINESE = r"keep|still want", r"留|还要"
"""What is to stay as it is, and speaks against a yes to all."""
_NO = re.compile(
    rf"\b(?:no|nope|nah|not|don'?t|do not|stop|cancel that|wrong|rather|{_KEEPS})\b"
    rf"|不|别|算了|先(?:别|不)|错|只|{_KEEPS_CHINESE}",
    re.IGNORECASE,
)


_ASKS = re.compile(
    r"[?？]|\b(?:what|how|where|when|why|which|who|about|but|if|unless|except)\b|怎么|什么|多少|哪|吗|呢|但|如果|除非",
    re.IGNORECASE,
)
"""What makes of a yes a question or a condition ("ok, what about shipping", "yes but …")."""
_AGAINST = re.compile(
    rf"\b(?:no|nope|not|don'?t|do not|isn'?t|stop|wait|wrong|only|but|except|unless|if|first|before|{_KEEPS})\b"
    rf"|不|别|先|等|错|只|但|除|没|换成|改成|如果|{_KEEPS_CHINESE}",
    re.IGNORECASE,
)
"""What may take back or bind a yes that stands beside it."""
_BINDS = re.compile(
    rf"\b(?:only|except|unless|instead|rather|{_KEEPS})\b|^\W{{0,3}}(?:but|if)\b|只|除|但|{_KEEPS_CHINESE}|^\W{{0,3}}如果",
    re.IGNORECASE,
)
"""What makes of a sentence beside a yes a condition, whatever it asks."""
_BUT = re.compile(r"^\W{0,3}but\b|但是?", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:instead|rather|change|which)\b", re.IGNORECASE)
"""The same, where it is not plainly something of its own (``_ALSO``)."""
_ALSO = re.compile(
    r"^\W*(?:(?:and|oh|ok),? )?(?:also|by the way|btw|another|what|how|where|when|who|why|which)\b", re.IGNORECASE
)
_LEADS = re.compile(r"^\W*(?:(?:and|oh|also|plus|btw|by the way)\b[\s,]{0,2}){1,3}", re.IGNORECASE)
_REFUSES = re.compile(
    r"\W*(?:(?:ok|oh|wait|hey|please),? )?(?:no+|nope|nah|stop(?: it| that)?|(?:no,? )?(?:please )?(?:don'?t|do not)(?: do (?:it|that))?"
    r"|cancel (?:that|this|it)|no,? (?:thanks?|thank you|stop|please don'?t|never ?mind|leave it))(?: please)?\W*"
    r"|\W*(?:我说)?(?:了)?(?:否|不|不要|不用|不是|不行|不对|别|停|no)(?:了|啊|呀|吧|的)?\W*",
    re.IGNORECASE,
)
"""A plain no and nothing else."""
_START_OVER = re.compile(
    r"^(?:please )?(?:cancel|forget|scrap|drop|stop) (?:that|this|it)\b(?:,? (?:and|then))?(?: start(?:ing)? (?:over|again))?[\s:,.]{0,3}",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"\b(?:yes|yep|yeah|yup|go ahead|do it|please do|confirm\w*)\b|是的|确认|同意|可以|好的|继续|^\W*(?:是|对|行)(?:的|啊|吧)?\W*$",
    re.IGNORECASE,
)
"""A yes that is more than a nod."""
_DECIDED = re.compile(r"^\W*(?:wait,? )?(?:no|yes|don'?t)\b", re.IGNORECASE)
_NO_NO = re.compile(r"no problem|why not|no rush|没问题|不错|没错", re.IGNORECASE)


_ENGLISH_SAME = r"(?:please |just |ok(?:ay)?,? |then ){{0,3}}(?:{}) (?:it|them|that)(?: back)?(?: please)?[.! ]{{0,4}}"
_CHINESE_SAME = r"(?:那|就|就?这样|好的?|嗯|行|对|可以|，|,| ){{0,4}}(?:给我|帮我)?{}(?:吧|了|掉|货|款|啊|呗){{0,3}}[。.!！ ]{{0,4}}"
_SAME = {
    kind: re.compile("|".join((_ENGLISH_SAME.format(english), _CHINESE_SAME.format(chinese))), re.IGNORECASE)
    for kind, english, chinese in (
        ("return", "return|send", "退"),
        ("swap", "exchange|swap|change", "[换改]"),
        ("address", "change|update", "改"),
        ("payment", "change|update", "[换改]"),
        ("cancel", "cancel", "取消"),
    )
}
"""Says nothing but to do what is proposed. "Cancel" by itself is no yes: it may mean the proposal."""


_ASKS_PERSON = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|ok|okay|sure|please)\b[ ,.!]{0,3}(?:please,? |then,? |do,? )?(?:ask|pass|hand|transfer|forward|connect)\b"
    r"|^\W*(?:是的?|好的?|行|可以|对|嗯|要)?[\s,，]{0,2}(?:那就?|就|请)?(?:帮我)?(?:问|转)",
    re.IGNORECASE,
)
_MAX_ASSENT_WORDS = 8
"""Words of one who takes an offer and says no more."""


def act_waiting(memory: Memory) -> str:
    """What waits for a yes, as ``requested_action`` names it."""
    return memory.pending.verb if memory.pending else ""


def without_settled(text: str, kinds: Collection[str]) -> str:
    """A message without the sentences that ask for a way of payment which is that of the proposal anyway."""
    pieces = sentences(text)
    kept = [piece for piece in pieces if not is_settled(piece, kinds) or _YES.search(piece)]
    return " ".join(kept) if kept and len(kept) < len(pieces) else text


def says_it_again(turn: Turn, memory: Memory) -> bool:
    """Whether the message only repeats what waits for a yes, which is one."""
    kind = act_waiting(memory)
    return kind != "cancel" and _same(turn.message, kind)


def _same(text: str, kind: str) -> bool:
    return kind in _SAME and _SAME[kind].fullmatch(text.strip()) is not None


def is_unsure(turn: Turn) -> bool:
    """Neither yes nor no ("maybe", "hmm", 我想想): to be asked again."""
    return _UNSURE.search(turn.message) is not None and not _DECIDED.search(turn.message)


def is_plain_yes(turn: Turn) -> bool:
    """A yes that says nothing against it; what the router takes for one without these words is asked again."""
    text = _NO_NO.sub("", turn.message)
    return _YES.search(turn.message) is not None and not _NO.search(text) and not _ASKS.search(text)


def _pieces(text: str) -> list[str]:
    """Sentences; in Chinese also what spaces and commas set apart (好 换吧 …)."""
    apart = [re.split(r"[\s，,]+", piece) if is_chinese(piece) else [piece] for piece in sentences(text)]
    return [piece for group in apart for piece in group if re.search(r"\w", piece)]


def _asks(piece: str) -> bool:
    asks = expressions("cues")["asks"].search(_LEADS.sub("", piece))
    return asks is not None and (" " in piece or is_chinese(piece))


def _without(piece: str, proposed: frozenset[str]) -> str:
    """A piece without what only names once more what is proposed ("yes, the olive one", 夹克也改吧)."""
    if is_chinese(piece):
        for name in sorted((name for name in proposed if is_chinese(name)), key=len, reverse=True):
            piece = piece.replace(name, "")
        return piece.replace("也", "")
    return " ".join(word for word in piece.split() if word.lower().strip(".,!") not in proposed)


def _says_yes(piece: str, kind: str, proposed: frozenset[str], language: str) -> bool:
    if agrees(piece, language) or _same(piece, kind):
        return True
    rest = _without(piece, proposed)
    return rest != piece and (agrees(rest, language) or _same(rest, kind))


def _of_its_own(piece: str, kind: str) -> bool:
    """Whether a piece is about something else than what waits: another request, a problem, or a question."""
    if (topic := read_topic(piece)) is not None and topic.kind == "problem":
        return True
    if requested_action(piece) not in (None, kind, "payment"):
        return True
    return not is_chinese(piece) and piece.endswith("?") and not _BINDS.search(piece)


def yes_beside(turn: Turn, memory: Memory, proposed: frozenset[str] = frozenset()) -> str | None:
    """What else a message says beside a plain yes of its own ("yes please. And …", 行 退吧 怎么寄); ``None`` where it
    holds none, or where the rest may say something against it. ``proposed``: words that only name what waits."""
    pieces, kind = _pieces(turn.message), act_waiting(memory)
    language = turn.language or "en"
    said = [piece for piece in pieces if _says_yes(piece, kind, proposed, language)]
    if kind == "cancel" and all(_same(piece, kind) for piece in said):
        return None
    clear = any(_CLEAR.search(piece) or _same(piece, kind) for piece in said)
    others = [piece for piece in pieces if piece not in said]
    on_it = [piece for piece in pieces if piece in said or not _of_its_own(piece, kind)]
    text = _NO_NO.sub("", " ".join(on_it))
    if not clear or (len(pieces) < 2 and not proposed) or _AGAINST.search(text):
        return None
    if any(read_payment(piece) is not None and not _asks(piece) for piece in others):
        return None  # "yes. Charge it to PayPal": not what was proposed
    if any(_same(piece, each) for piece in others for each in _SAME):
        return None  # 行 取消吧, of a return
    further = [
        piece
        for piece in others
        if requested_action(piece) not in (None, kind) or _asks(piece) or _of_its_own(piece, kind)
    ]
    more = any(expressions("cues")["adds"].search(piece) for piece in others if piece not in further)
    rest = " ".join(further)
    if more or _UNSURE.search(rest) or (_INSTEAD.search(text) and not _ALSO.search(rest)):
        return None
    return rest


def led_yes(turn: Turn, memory: Memory, proposed: Collection[str]) -> bool:
    """Whether what a model read as a yes is one that binds nothing: what else it read is done after it.
    ``proposed``: ids of the products of what waits."""
    pieces, kind = _pieces(turn.message), act_waiting(memory)
    acts = _CHANGES_IT.get(memory.pending, (kind,)) if memory.pending else ()
    for each in turn.led:
        act = each.request.act
        same = act in acts and not (each.product_ids and not set(each.product_ids) & set(proposed))
        same = same and not _adds_nothing(each, memory, proposed)
        elsewhere = bool(each.request.order) and memory.request and each.request.order not in memory.request.order_ids
        if act in ("no", "payment") or (same and not elsewhere):
            return False
    says = [_YES.search(piece) or (requested_action(piece) == kind and not denies(piece, kind)) for piece in pieces]
    taken = [not (_AGAINST.search(_NO_NO.sub("", piece)) or _INSTEAD.search(piece)) for piece in pieces]
    # "Cancel it, then" is a yes to a cancellation; "I don't know. Okay, yes": the yes that holds nothing against it.
    first = next((at for at, (yes, clear) in enumerate(zip(says, taken, strict=True)) if yes and clear), None)
    if first is None:
        return False
    # "Yes. But I also asked for …": what is bound to the but is done as the request that was read of it; "It's dearer?
    # But fine, yes": what was said before the yes is settled by it.
    on_it = (
        _BUT.sub(" ", piece) if turn.led or at < first else piece
        for at, piece in enumerate(pieces)
        if not _of_its_own(piece, kind)
    )
    return not any(_BINDS.search(piece) for piece in on_it)


def _adds_nothing(led: Led, memory: Memory, proposed: Collection[str]) -> bool:
    """Whether a request is just what waits for the yes, said once more."""
    request = led.request
    named = bool(request.colour or request.size or request.quantity is not None)
    waits = OrderAction(request.act).verb == act_waiting(memory)
    return waits and not named and (not led.product_ids or set(led.product_ids) == set(proposed))


_CHANGES_IT: dict[OrderAction, tuple[str, ...]] = {
    OrderAction.CANCEL: ("cancel", "items"),
    OrderAction.CHANGE_ITEMS: ("items", "exchange"),
    OrderAction.EXCHANGE_ITEMS: ("items", "exchange", "return"),
    OrderAction.RETURN_ITEMS: ("return", "exchange"),
}
"""The requests, as a model reads them, that change what waits, when it is the same order and product; else those of
its verb."""


def no_beside(turn: Turn, memory: Memory) -> str | None:
    """What else a message says beside a plain no, or beside denying that what waits was asked for ("I didn't want a
    return! Where is …", 否！); ``None`` where it says neither."""
    pieces, kind = _pieces(turn.message), act_waiting(memory)
    refused = [piece for piece in pieces if _REFUSES.fullmatch(piece) or denies(piece, kind) or cancels_no_order(piece)]
    if not any(piece in refused for piece in (pieces[:1] if len(refused) < 2 else pieces)) and not any(
        denies(piece, kind) for piece in pieces
    ):
        return None
    others = [piece for piece in pieces if piece not in refused]
    rest = _START_OVER.sub("", " ".join(others))
    return rest if requested_action(rest) is not None or expressions("cues")["asks"].search(rest) else ""


def takes_offer(text: str, language: str) -> bool:
    """Whether a message takes what was offered: a plain yes, or one that names it ("yes, ask them please")."""
    if "?" in text or len(text.split()) > _MAX_ASSENT_WORDS:
        return False
    return agrees(text, language) or _ASKS_PERSON.search(text) is not None


def gives_up(turn: Turn) -> bool:
    return GIVES_UP.search(turn.message) is not None and turn.intent is not Intent.CONFIRM
