"""Reads what a message wants done: sort order, cart action, order change, return or refund, start over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeVar

from assistant.shop.actions import OrderAction
from assistant.understanding.spans import Spans

Sort = Literal["cheaper", "cheapest", "dearer", "dearest", "best_rated"]
CartAction = Literal["add", "change", "remove", "show", "checkout"]
Resolution = Literal["return", "exchange", "refund"]
_Name = TypeVar("_Name", bound=str)
_Patterns = Sequence[tuple[_Name, re.Pattern[str]]]


def _compiled(*patterns: tuple[_Name, str]) -> _Patterns[_Name]:
    return [(name, re.compile(pattern, re.ASCII)) for name, pattern in patterns]


_SORT: _Patterns[Sort] = _compiled(
        ("cheapest", r"\bcheapest\b|\bchepest\b|least expensive|lowest[ -]price|(?:price|from"
                     r"|sort(?:ed)?(?: it)?(?: by)?)[ :]*(?:low(?:est)? (?:to|->) high|ascending)"
                     r"|low(?:est)? to high|sort(?:ed)? by price|lowest first|most affordable|最便宜|最低价"
                     r"|价格最低|最实惠|从低到高"
                     r"|低到高|价格升序"),
        ("dearest", r"most expensive|priciest|dearest|highest[ -]price|high(?:est)? to low|price descending|最贵"
                    r"|价格最高"
                    r"|从高到低|高到低|最高端|价格降序"),
        ("best_rated", r"(?:best|top|highest|better)[ -](?:rated|reviewed|ratings?|reviews)|(?:highly"
                       r"|well)[ -](?:rated|reviewed)|(?:sort|order)(?:ed)? by (?:rating|reviews?)|most stars"
                       r"|best reviews|good reviews|(?:评分|评价|好评|口碑)(?:最高|最好|高|好|最多|排序)"
                       r"|按(?:评分|评价|好评)|好评多|好评率"),
        ("dearer", r"more expensive|pricier|dearer|more (?:premium|upscale|luxurious)|high(?:er)?[ -]end|fancier"
                   r"|higher price|贵一?点|贵一?些|更贵|更高端|高档一?[点些]|高端一?[点些]"),
        ("cheaper", r"\bcheap+er\b|\bcheeper\b|less expensive|less pricey|more affordable|lower price"
                    r"|lower[ -]priced|too (?:expensive|pricey|dear|costly|much(?: money| for me)?(?=$|[.,!?]))"
                    r"|(?:out of|over|above|beyond) my (?:budget|price range)|less costly|not so expensive"
                    r"|don't have that much|budget[ -]friendl(?:y|ier)|(?:can't|cannot) afford|便宜一?[点些]"
                    r"|更便宜|便宜的|太贵"
                    r"|有点贵|好贵|贵了|再低|低价|实惠一?[点些]|划算一?[点些]|便宜(?=吗)|别太贵|不要太贵|平价"),
)  # fmt: skip

_CART = r"(?:cart|basket|trolley|bag(?!s))"
_CART_ACTION: _Patterns[CartAction] = _compiled(
        ("checkout", r"\bcheck ?-?out\b|\bcheckot\b|(?:place|complete|finali[sz]e|finish|submit) (?:my |the |this "
                     r"|an )?(?:order|purchase)|\bpay(?: now| for (?:it|this|these|them|my|everything|all))?\b(?=$"
                     r"|[ .!,])(?! by| with| in|ing|ment)|ready to (?:pay|buy|order)|proceed to|buy (?:everything"
                     r"|all of it|all of this|what's in)|ring me up|结账|结帐|结算|去付款|付款吧|买单|下单"
                     r"|去支付|提交订单|我要付款|付钱"),
        ("remove", r"\b(?:remove|delete|drop|take (?:out|off|away|(?:\w+ ){1,4}(?:out|off|away))|get rid of|empty (?:it|my|the|this|everything)"
                   r"|clear|ditch|kick out|discard|lose)\b|(?:don't|no longer) (?:want|need) (?:\w+ ){0,4}(?:in my"
                   r"|in the|anymore|any more|from my)|删掉|删除|移除|去掉|拿掉|拿走|移出|清空|不要了|取出|删了|移走"),
        ("change", r"\b(?:change|update|make (?:it|that|this|them|the \w+)|increase|decrease|reduce|bump|set|adjust"
                   r"|lower|raise|switch|swap|replace|up the|edit|modify|double)\b|quantity (?:to|of)|one (?:less"
                   r"|fewer|more) of|instead of \w+$|改成|改为|换成|数量|变成|修改|减少|减到|增加到|加到|调整|少一"
                   r"|换一?[个件双]"),
        ("add", rf"\badd(?:ed|ing)?\b|\bad\b(?= (?:it|this|that|the|to))|\b(?:put|throw|pop|stick|drop|place|toss|get|chuck)\b.{{0,80}}?\b(?:in|into|to|on)\b.{{0,40}}?\b{_CART}\b|(?:i'll|i will|ill|i'd like to|i wanna|want to|let me|gonna|going to|can i) (?:take|buy|have|get|order|purchase|grab|go with)\b|\b(?:buy|get me|give me|grab me|order|purchase) (?:it|this|that|these|those|them|the|one|two|three|a|an|both|me|\d+)\b|^(?:buy|order|purchase)\b|sold!?$|into (?:my|the) {_CART}|to (?:my|the) {_CART}|加入|加到购物车|放进|放入|加购|添加|加[一二两三四五六七八九十\d]|再加|加个|加上|我买|买[一二两三四五六七八九十\d]|来[一二两三四五六七八九十\d]|就(?:要|买)|要了|买下|我要(?:这|那|第|买)|拿[一二两三四五\d]|买(?:它|这|那)"),
        ("show", rf"\b(?:show|see|view|open|what's|whats|what is|what are|what do i have|check|display|list|look at|review|how many|how much|total|where's)\b.{{0,80}}?\b{_CART}\b|^(?:my |the )?{_CART}[?.!]?$|in (?:my|the) {_CART}|\bcart (?:total|contents|summary)|(?:一共|总共|合计)(?:是)?多少|购物车(?:里|中|内)?(?:有|是|总|一共|多少|情况|内容)|(?:看|查看|打开|显示|看看|看下|看一下|进入).{{0,6}}购物车|^(?:我的)?购物车[?。. ]*$"),
)  # fmt: skip
_CART_NEAR = re.compile(rf"\b{_CART}\b|购物车")

_CHANGE: _Patterns[OrderAction] = _compiled(
        (OrderAction.CHANGE_DEFAULT_ADDRESS, r"(?:default|account|profile|registered|saved|usual)(?:'s)? (?:delivery |shipping |home "
                            r"|postal )?address|address (?:on|in|for|of) (?:my|the) (?:account|profile|file)"
                            r"|(?:默认|常用|账户|账号|个人资料)(?:里|上|中)?的?(?:收货)?地址"),
        (OrderAction.CHANGE_PAYMENT, r"\b(?:charg|bill)\w*\b(?:(?!money|refund)[^.;?!]){0,40}\b(?:to|on|from) (?:my|the|another)"
                    r" (?:\w+ )?(?:card|paypal|visa|mastercard)\b|从.{0,8}(?:paypal|礼品卡|信用卡|银行卡)里?扣|"
                    r"\bpayment (?:method|type|option)\b|\buse\b[^.;?!]{0,40}\bto pay\b|(?:change|switch|update|move|put)\b(?:(?! and )[^.;?!]){0,40}"
                    r"\b(?:payment|paypal|(?:gift|credit|debit) card|my (?:other )?card|visa|mastercard)\b"
                    r"|\bpay(?:ing)?"
                    r" (?:for )?(?:(?! and )[^.;?!]){0,40}\b(?:with|by|using|through|via)\b(?! me)"
                    r"|\bcharge (?:it )?(?:to )?"
                    r"(?:my|another|a different)\b|(?:支付|付款)方式|(?:改|换)(?:成|用|为|到)?.{0,6}(?:paypal"
                    r"|支付|付款|信用卡"
                    r"|礼品卡)|用.{0,8}(?:paypal|信用卡|礼品卡|银行卡)(?:来)?(?:支付|付款|付)"),
        (OrderAction.CHANGE_ADDRESS, r"addres+|adress|postcode|\bzip\b|zip ?code|(?:deliver|ship|send|redirect|forward"
                    r"|mail)(?:ed)? (?:[\w-]+ ){0,3}(?:to|somewhere|elsewhere)\b|different (?:place|house|city"
                    r"|street|location)|moved? (?:house|home|flat|to)|moving|new (?:flat|house|apartment|place)"
                    r"|house number|street|apartment|recipient|phone number on|delivery location|地址|收货人"
                    r"|收件|寄到|送到|搬家"
                    r"|门牌|邮编|电话"),
        (OrderAction.CANCEL, r"cance?l+|\bcancle|call off|don't want (?:it|the order|my order|this order|that order"
                   r"|them) any ?more|stop (?:the|my|that|this) (?:order|shipment)|no longer (?:want|need)|(?:don't"
                   r"|dont|do not) (?:want|need) (?:it|them|this|that|\w+ \w+)? ?any ?more|never ?mind the order"
                   r"|abort|scrap|undo|withdraw|revoke|don't (?:send|ship)|(?:by mistake|twice|by accident"
                   r"|accidentally)|取消|不想要了|不要了|撤销|退订|撤单|别发货|不买了"),
        (OrderAction.CHANGE_ITEMS, r"\badd\b|remove|take (?:\w+ ){0,3}(?:out|off)|leave out|change|swap|replace|switch|instead"
                  r"|different (?:size|colou?r|item|one)|wrong (?:size|colou?r|item)|quantity|size|colou?r|another"
                  r"|modify|edit|amend|update|one more|换|改|加|减|删|去掉|少|多|尺码|颜色|数量|换成|改成"),
)  # fmt: skip
_RESOLUTION: _Patterns[Resolution] = _compiled(
        ("exchange", r"exchang|\bswap|replac|(?:different|another|bigger|smaller|larger|right|other|new) (?:size"
                     r"|colou?r|one|pair)|(?:size|one) (?:up|down)|换货|调换|换一|换个|换成|更换|换大|换小|想换"
                     r"|能换|换码|换新"),
        ("refund", r"re?fund|refnd|money back|reimburse|my money|give me back my|pay me back|paid back"
                   r"|credit(?:ed)? back|get .{0,10}back on my card|退款|退钱|把钱|钱退|返款"),
        ("return", r"\bre?turn|retrun|send(?:ing)? (?:\w+ ){0,5}back|get (?:it|them|this|these|those) back to you"
                   r"|sent? back|sending back|take (?:\w+ ){0,4}back|give (?:\w+ ){0,4}back|bring (?:\w+ ){0,4}back"
                   r"|rma|pick ?up the return|退货|退回|退掉|退了|寄回|想退|要退|能退|退一|退这|退那|退换|退"),
)  # fmt: skip
_RESET = re.compile(
    r"\bstart(?:ing)? (?:again|over|afresh|fresh|from scratch|anew)\b|\breset\b|\bforget (?:(?:about )?(?:that|it"
    r"|all|everything|all that|this|them|those|what i said|the previous|these)|about)\b|\bnew search\b"
    r"|\bclear (?:the |my |all )?(?:search|filters?|everything|all)\b|\bfrom scratch\b|\bscrap that\b"
    r"|\bsomething (?:completely|totally|entirely|else) (?:different|entirely)|\bbegin again\b"
    r"|\bscratch that\b|never ?mind (?:that|those|all that|the)|\bremove (?:all )?(?:the )?filters\b|重新(?:开始"
    r"|搜|来|找"
    r"|搜索)|从头(?:开始|来|再来)|重来|清空(?:条件|筛选|搜索)|重置|算了,?(?:换|看|找|重)|忘了(?:刚才|之前|它|那)"
    r"|清除(?:条件|筛选|搜索)"
)


def read_sort(spans: Spans) -> Sort | None:
    return _first(_SORT, spans.left, spans)


def read_cart_action(text: str) -> CartAction | None:
    """What is to be done with the cart, if this is about the cart at all; "show" when only the cart is named."""
    found = _earliest(_CART_ACTION, text)
    return found or ("show" if _CART_NEAR.search(text) else None)


def names_cart(text: str) -> bool:
    return _CART_NEAR.search(text.lower()) is not None


def read_change(text: str) -> OrderAction | None:
    return _first(_CHANGE, text)


def read_resolution(text: str) -> Resolution | None:
    return _first(_RESOLUTION, text)


def read_reset(spans: Spans) -> bool:
    """Takes "start over" and the like out of ``spans``."""
    return any(True for _ in list(spans.take_all(_RESET)))


def _first(patterns: _Patterns[_Name], text: str, spans: Spans | None = None) -> _Name | None:
    for name, pattern in patterns:
        if match := pattern.search(text):
            if spans:
                spans.take(match.start(), match.end())
            return name
    return None


def _earliest(patterns: _Patterns[_Name], text: str) -> _Name | None:
    """The name whose pattern matches first in the text; of two at the same place, the one listed first."""
    matches = [(match.start(), place) for place, (_, pattern) in enumerate(patterns) if (match := pattern.search(text))]
    return patterns[min(matches)[1]][0] if matches else None


_CANCEL_REASONS: Sequence[tuple[str, re.Pattern[str]]] = [
    ("ordered by mistake", re.compile(r"mistake|accident|by error|wrong (?:one|item|order|card)|ordered twice|double order|duplicate"
                                      r"|误|错|重复下单|买重|下重", re.IGNORECASE)),
    ("no longer needed", re.compile(r"no longer (?:need|want)|(?:don't|dont|do not) (?:need|want) (?:it|this|that|them|these|those|(?:the|my) \w+)\b(?! (?:\w+ )?(?:sent|to|cancel))|not need|any ?more|changed my mind"
                                    r"|不需要|不想要|不要了|用不着|改变主意|不买了", re.IGNORECASE)),
]  # fmt: skip


def read_cancel_reason(text: str) -> str:
    """Why an order is cancelled, in one of the two ways that shops put down; empty when the message does not say."""
    return next((reason for reason, pattern in _CANCEL_REASONS if pattern.search(text)), "")
