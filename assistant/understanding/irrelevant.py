"""Parts of a message that look like slots and are none: dates, durations, addresses of e-mail, everyday phrases."""

from __future__ import annotations

import re

from assistant.understanding.numbers import NUMBER
from assistant.understanding.spans import Spans

_TIME = r"(?:second|minute|min|hour|hr|day|week|month|year|yr)s?"
_PATTERNS = (
    r"[\w.+-]{1,64}@[\w-]{1,190}\.[\w.]+|https?://\S+",
    rf"\b(?:in |within |for |over |after |about |around |under |at least |less than |more than |up to |the last |past |last ){{0,3}}(?:{NUMBER}[ -]?(?:to|-) ?)?{NUMBER}[ -]?(?:business |working )?{_TIME}\b(?:'s)?(?: ago| old| later)?",
    r"\d{1,4} ?(?:天|周|个?月(?!饼)|年|小时|分钟|岁|点钟?|日|号(?=到|送|之前|前|以前|下单|买))(?:前|后|内|以内"
    r"|以前|之前)?|[一二两三四五六七八九十几半]{1,8}(?:天|周|个?星期"
    r"|个月|年|小时|分钟)(?:前|后|内|以内|以前|之前)?",
    r"\b\d{1,2}(?::\d\d)? ?(?:am|pm)\b|\b\d{1,2}:\d\d\b|\b(?:19|20)\d\d[-/]\d{1,2}(?:[-/]\d{1,2})?"
    r"|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b(?:in|since|from) (?:19|20)\d\d\b",
    r"\b(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?)?(?:january|february|march|april|june|july|august|september|october"
    r"|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b(?: \d{1,2}(?:st|nd|rd|th)?\b)?",
    r"\+?\d[\d ()-]{8,}\d",
    r"\b(?:black friday|cyber monday|boxing day|green light|red (?:tape|flag)|(?:gold|silver|platinum) (?:member"
    r"|status|tier)\w*|orange juice|fan of|in case|home (?:delivery|address|page|screen)"
    r"|(?:at|my|from|back|go|leave) home\b|(?:not|isn't|wasn't) home|on display|throw (?:in|it|that|them|this|away)"
    r"|top (?:\d+ )?(?:rated|pick|seller|of|brands?|quality|notch|models?|choices?|products?|end|selling)\b|tops$|(?:green|black|white|herbal) tea|(?:red|white) wine|book (?:a|an|me|my)\b"
    r"|watch (?:a|the|tv|movies?|films?|videos?|out|it)\b"
    r"|(?:gift|credit|debit|bank|visa|store) ?(?:cards?|credit)|customer (?:service|support|care)|(?:ship|deliver"
    r"|send|post|to|in|from) china\b|cover(?:s|ed)? by|cover the|shopping (?:bag|basket|cart)"
    r"|(?:add|put|pop|throw|stick|get)\b.{0,25}\b(?:to|in|into) (?:my|the) (?:bag|basket|trolley)|(?:my|the) (?:bag"
    r"|basket|trolley|cart)(?= ?(?:$|[?.!,]))|track(?:ing)? (?:my|the|a|it|number|order|package|this|parcel|code|link)"
    r"|cut (?:it )?short|in short|long (?:story|time|run)|how long|as long|no longer|right fit|(?:phone|contact"
    r"|order|tracking|account|serial|card|reference|vat) (?:number|no)\b|social media|(?:office|business|opening) hours"
    r"|kitchen table|set up|in the mood|silver lining|red cross|white house|lights? (?:on|off|out)|down (?:to|for"
    r"|payment|the|there|by)|(?:slow|go|went|going|broke|let|price|come|break|track|site|app|server|website|is|cut"
    r"|calm|shut|write|jot) (?:me |is |was )?down"
    r"|in stock|out of stock|this watch(?:ing)?|pocket money|no (?:problem|worries|thanks|thank you|rush|idea|need)"
    r"|not (?:sure|only|really|yet|bad)|mystery shopper|action (?:needed|required)|office address|city centre)\b",
    r"皮实|明白|表示|代表|包邮|包裹|包成|包起来|包一下|包不|包装|包含|包括|面包|红包|打包|钱包|网红|分红|全球|地球|星球|剪刀|说明书|证书|男朋友"
    r"|女朋友|女儿|儿子|皮肤|纸箱|一张纸|麻烦|钢笔|钢琴|金额|现金|资金|基金|奖金"
    r"|押金|美金|金融|奖学金"
    r"|银行|银联|收银|白天|白跑|白痴|表白|坦白|白等|白买|告白|白领|白名单|黑五|黑名单|黑心|天黑|黑客|绿灯|灰心|粉丝"
    r"|奶粉|面粉|橙汁|人工智能|智能客服|同城|一对一|家里|在家|黄牛|双11|双十一"
    r"|618|刀郎|购物袋|安全感|不好意思|无所谓|没问题|不知道|不客气|别人|特别|非常|不错|没有问题|不一定|要不要",
)
_COMPILED = tuple(re.compile(pattern, re.ASCII) for pattern in _PATTERNS)


def take_irrelevant(spans: Spans) -> None:
    """Marks these parts as read, so that no reader finds a price in "80 days ago" or a bag in "add it to my bag"."""
    for pattern in _COMPILED:
        for match in pattern.finditer(spans.left):
            spans.take(match.start(), match.end())
