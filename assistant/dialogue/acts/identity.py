"""Who is asking. A customer is known when signed in, or by two things that belong together; nothing else proves it."""

from __future__ import annotations

import re
from itertools import islice

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Claim
from assistant.dialogue.turn import Turn
from assistant.shop.policy import Proof, ServicePolicy
from assistant.shop.views import CustomerView
from assistant.understanding.addresses import read_address
from assistant.understanding.order_ids import OrderIds

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z]{1,3}\d[A-Z\d]{0,2} ?\d(?=\d?[A-Z])[A-Z\d]{1,3}|\d{4,6}(?:-\d{4})?)(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w@.-])(?=[\w-]{0,40}\d)[\w-]{3,40}(?![\w@-])", re.ASCII)
_MAX_NUMBERS = 8
"""Words of a message that are looked up as a customer number."""
_MAX_POSTCODES = 3
"""Tries that one message may hold: more are guesses."""
_NO_NAME = (
    r"(?!(?:and|my|with|from|here|at|zip|postcode|in|the|a|an|not|your|you|is|it|it's|i|i'm|zip|code|order|orders|number"
    r"|no|none|yes|yeah|yep|nope|ok|okay|sure|idea|know|don't|dont|do|does|did|can|could|can't|cannot|why|what|when|where"
    r"|who|how|which|whatever|maybe|perhaps|sorry|thanks|thank|please|hello|hi|hey|good|great|fine|well|wait|hold|just"
    r"|that|this|these|those|there|they|we|he|she|me|to|for|of|on|so|but|or|if|was|were|are|be|been|have|has|had|want"
    r"|need|looking|trying|interested|happy|very|really|still|never|ever|always|forget|nothing|something|anything|talk"
    r"|speak|human|person|agent|return|refund|exchange|cancel|help|email|e-mail|name|account|password|gift|free|new|all"
    r"|right|wrong|stop|leave|show|tell|give|about|later|now|again|any|some|more|less|one|two|let|let's|go|come|get|got"
    r"|morning|afternoon|evening|night|day|bye|goodbye|cheers|perfect|lovely|nice|bad|angry|upset|back|money|(?-i:[a-z]{1,15}ing))\b)"
)
_NAMED = re.compile(
    r"(?:\b(?:my name is|name is|name:|name|i am|i'm|this is|it's|under(?: the name)?(?: of)?)\s*[:：]?\s+)"
    rf"(?P<name>{_NO_NAME}[^\W\d_][\w'’.-]+(?:\s+{_NO_NAME}[^\W\d_][\w'’.-]+){{1,2}})",
    re.IGNORECASE,
)
_LETTER = r"[^\W\d_\u3400-\u9fff]"
"""Of a name in Latin letters: a line of Chinese words with a space between is none."""
_WORD = rf"{_LETTER}(?:{_LETTER}){{0,40}}(?:['’.-](?:{_LETTER}){{1,40}}){{0,4}}"
_BARE_NAME = re.compile(
    rf"(?:^|[,;.!\n])[ \t]{{0,8}}(?P<name>{_NO_NAME}{_WORD}(?:\s+{_NO_NAME}{_WORD}){{1,2}})\s*(?=[,;.!\n\d]|$)",
    re.IGNORECASE,
)
_WITH_POSTCODE = re.compile(
    rf"(?:^|[,;.!?:\n]\s{{0,3}}|\b(?:[Ff]or|[Ii]s|[Ii]t'?s|[Aa]m|[Ii]'m|[Bb]y|[Oo]f) )(?P<name>(?i:{_NO_NAME})(?-i:[A-Z]){_LETTER}{{1,40}}"
    rf"(?:['’.-]{_LETTER}{{1,40}}){{0,2}}(?: (?i:{_NO_NAME})(?-i:[A-Z]){_LETTER}{{0,40}}(?:['’.-]{_LETTER}{{1,40}}){{0,2}}){{1,2}})"
    r"(?:,|;| -)?\s{1,3}(?:\(?(?i:(?:and |with )?(?:my )?(?:zip|post ?code|postal code|zip ?code)(?: code)?(?: is|:)? ))?(?:\d{4,6}\b|[A-Z]{1,2}\d)"
)
"""A name with the postcode right behind it says who writes, wherever it stands."""
_ONE_NAME = re.compile(rf"^\W*(?P<name>{_NO_NAME}{_WORD})\W*$", re.IGNORECASE)
"""A first or last name alone, where it was asked who writes."""
_CHINESE_NAME = re.compile(
    r"(?:我叫|我是|姓名(?:是|为|:|：)?|名字(?:是|叫)?|叫)\s*"
    rf"(?P<name>[\u4e00-\u9fff]{{2,4}}?|{_WORD}(?:\s+{_WORD}){{1,2}})(?=[，,。、；;\s]|邮编|$)"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖"
    "石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
    "欧殷申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
)
_NO_GIVEN = "的了吗不呢吧没要就有个么点着过都也很太那这啊呀嘛"
"""Characters that no given name has: 高了点 and 安装不 are none."""
_BARE_CHINESE_NAME = re.compile(
    rf"^\s*(?P<name>(?!谢谢|马上|何时|何地|安全|方便|方式|时间|文件|成功|万一|金额|单号|关于|于是|任何|高兴|白色|黄色|金色|包裹|包邮|路上|易碎)[{_SURNAMES}](?:(?![{_NO_GIVEN}])[\u4e00-\u9fff]){{1,2}})"
    r"\s*(?=[，,。、；;\s]|邮编|$)"
)


def identify(turn: Turn, memory: Memory, deps: Dependencies, bare_name: bool = False) -> bool:
    """Whether the customer is known: signed in, or found by e-mail with the postcode or one of their order numbers, or
    by name with the postcode, said in one message or over several.

    One conversation serves one customer: another's e-mail changes nothing once somebody is identified. ``bare_name``:
    a name may stand alone, though nothing asked for it.
    """
    if memory.customer_id or turn.identity_read:
        return memory.customer_id is not None
    turn.identity_read = True  # once a turn: a wrong postcode counts as a guess
    asked = memory.claim is not None or (memory.request is not None and memory.request.asked == "identity")
    ids = deps.understander.order_ids
    claim = read_claim(turn.said, ids, memory.claim, asked=asked or bare_name)
    if _by_number(deps) and (numbered := _customer_number(turn.said, deps)):
        claim = claim.model_copy(update={"customer_id": numbered})
    postcodes = postcodes_in(turn.said, ids) or ([claim.postcode] if claim.postcode else [])
    found = _proven(claim, postcodes, deps)
    if found is None or not deps.conversations.sign_in(turn.conversation_id, found.id):
        memory.claim = claim if claim != Claim() else None
        return False
    if memory.request is None and not memory.orders:
        own = [order for id_ in claim.order_ids if (order := deps.shop.orders.get(id_, found.id))]
        memory.orders = [order.id for order in own]  # what they named themselves by is what they talk about
    memory.customer_id, memory.claim = found.id, None
    return True


def read_claim(text: str, ids: OrderIds, before: Claim | None = None, asked: bool = False) -> Claim:
    """What ``text`` says of who is asking, over what was said before. ``asked``: a bare name is one."""
    claim = before or Claim()
    update: dict[str, object] = {}
    if email := EMAIL.search(text):
        update["email"] = email.group()
    rest = EMAIL.sub(",", text)
    patterns = [_NAMED, _CHINESE_NAME]
    if not read_address(text):
        patterns.append(_WITH_POSTCODE)
    if asked:
        patterns += [_BARE_NAME, _BARE_CHINESE_NAME]
    if name := next((match["name"] for pattern in patterns if (match := pattern.search(rest))), ""):
        update["name"] = name
    elif asked and (one := _ONE_NAME.search(rest)) and one["name"][0].isupper() and not one["name"].isupper():
        update["name"] = f"{claim.name} {one['name']}" if claim.name and " " not in claim.name else one["name"]
    if postcodes := postcodes_in(text, ids):
        update["postcode"] = postcodes[-1]
    if order_ids := ids.read(EMAIL.sub(",", text), asked=asked and claim.email != ""):
        update["order_ids"] = list(dict.fromkeys([*claim.order_ids, *order_ids]))[:_MAX_POSTCODES]
    return claim.model_copy(update=update)


def given_in(claim: Claim | None) -> tuple[str, ...]:
    """What a claim holds: name, email, postcode, order."""
    if claim is None:
        return ()
    held = {"name": claim.name, "email": claim.email, "postcode": claim.postcode, "order": claim.order_ids}
    return tuple(name for name, value in held.items() if value)


def postcodes_in(text: str, ids: OrderIds) -> list[str]:
    """The last of what may be postcodes: order ids are none, unless they are bare numbers that might be either."""
    rest = ids.replaced(EMAIL.sub(",", text), ",").upper()
    return _POSTCODE.findall(rest)[-_MAX_POSTCODES:]


_ORDER: tuple[Proof, ...] = ("name", "email", "postcode", "order", "customer_id")


def easiest_proofs(rules: ServicePolicy) -> tuple[tuple[str, ...], ...]:
    """Of what a shop accepts the ways that ask for least; none for the usual rules, which have sentences of their
    own."""
    ways = rules.identified_by
    if set(ways) == set(ServicePolicy().identified_by):
        return ()
    fewest = min(map(len, ways))
    return tuple(tuple(proof for proof in _ORDER if proof in way) for way in ways if len(way) == fewest)


def _by_number(deps: Dependencies) -> bool:
    return any("customer_id" in proofs for proofs in deps.shop.rules.identified_by)


def _customer_number(text: str, deps: Dependencies) -> str:
    """The first customer number in a text; it proves nothing by itself, unless the shop's rules have it so."""
    words = (match[0] for match in islice(_NUMBER.finditer(text), _MAX_NUMBERS))
    return next((word for word in words if deps.shop.customers.get(word) is not None), "")


def _proven(claim: Claim, postcodes: list[str], deps: Dependencies) -> CustomerView | None:
    """The customer of whom all is said that one of the shop's rules wants; what else is said is not looked at."""
    for proofs in sorted(deps.shop.rules.identified_by, key=lambda proofs: "postcode" in proofs):
        if claim.email and "email" not in proofs and deps.shop.customers.by_email(claim.email):
            continue  # somebody else's name beside it proves nothing
        if found := _found(proofs, claim, postcodes, deps):
            return found
    return None


def _found(proofs: frozenset[Proof], claim: Claim, postcodes: list[str], deps: Dependencies) -> CustomerView | None:
    customers, orders = deps.shop.customers, deps.shop.orders
    if "email" in proofs:
        known = [customers.by_email(claim.email), *customers.guests_by_email(claim.email)] if claim.email else []
    elif "customer_id" in proofs:
        known = [customers.get(claim.customer_id)] if claim.customer_id else []
    elif "order" in proofs:
        named = [orders.for_staff(order_id) for order_id in claim.order_ids]
        known = [customers.get(order.customer_id) for order in named if order]
    else:
        named_so = [customers.by_name_and_postcode(claim.name, each) for each in postcodes] if claim.name else []
        return next((each for each in named_so if each), None)
    for each in known:
        if each is None:
            continue
        own = "order" not in proofs or any(orders.get(order_id, each.id) for order_id in claim.order_ids)
        called = "name" not in proofs or customers.is_called(each, claim.name)
        if not own or not called:
            continue
        if "postcode" not in proofs or any(customers.lives_at(each, postcode) for postcode in postcodes):
            return each
    return None
