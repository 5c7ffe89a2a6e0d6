"""Requests about the shopper's own profile: "what do you know about me?", "forget me", "stop personalising"."""

from __future__ import annotations

import re
from typing import Literal

from assistant.understanding.language import normalise

AboutMe = Literal["show", "forget", "off", "on"]

_PLEASE = (
    r"(?:(?:please|ok|okay|hey|hi|so|and|now|could you|can you|would you|i want you to|i would like you to"
    r"|i'd like you to|请|麻烦|帮我|你们?|我(?:想|要|希望)(?:你们?)?|能不能|可以)[ ,]*)*+"
)
_END = r"(?:[ ,]*(?:please|now|completely|again|thanks|thank you|吧|吗|好吗|了|谢谢|一下))*[ .!?。！？]*"
_DATA = r"(?:data|profile|history|behaviou?r|browsing history|preferences|tastes?)"
_PERSONAL = r"(?:personali[sz](?:ing|ation)|personal(?:i[sz]ed)? (?:recommendations?|suggestions?|results?|ranking))"

_REQUESTS: tuple[tuple[AboutMe, str], ...] = (
    (
        "forget",
        rf"(?:forget (?:about |everything (?:you know )?(?:about )?|all (?:you know )?about )?me"
        rf"|forget (?:everything|all)(?: that)? you know about me"
        rf"|(?:delete|erase|remove|wipe|clear) (?:all (?:of )?)?(?:my|the) {_DATA}(?: (?:you have|about me|on me))*"
        rf"|(?:delete|erase|remove|wipe) (?:everything|all|what)(?: (?:that )?you (?:know|have|keep|store))?"
        rf" (?:about|on|of) me"
        r"|(?:把我)?(?:忘记?掉?|忘了)我|把我忘(?:记|掉|了)"
        r"|(?:删除|删掉|清除|清空|抹掉)(?:掉)?(?:所有|全部)?(?:关于)?我的?(?:所有|全部|个人)?(?:的)?"
        r"(?:资料|数据|画像|浏览记录|行为记录|记录|偏好|喜好|信息))",
    ),
    (
        "off",
        rf"(?:(?:stop|don't|do not|no more|disable|turn off|switch off|without)(?: the)? ?(?:use )?{_PERSONAL}"
        rf"(?: (?:the |my )?(?:results?|recommendations?|for me))*"
        rf"|(?:turn|switch) {_PERSONAL} off|(?:stop|don't|do not) (?:track|tracking|profile|profiling) me"
        rf"|(?:stop|don't|do not) personali[sz]e?(?: (?:my |the )?(?:results?|recommendations?))?"
        r"|(?:停止|关闭|关掉|取消|不要|别)(?:再)?(?:给我)?(?:做|使用|用)?个性化(?:推荐|排序|结果)?"
        r"|(?:不要|别)(?:再)?(?:跟踪|追踪|记录)我)",
    ),
    (
        "on",
        rf"(?:(?:start|enable|turn on|switch on|resume)(?: the)? ?{_PERSONAL}"
        rf"(?: (?:the |my )?(?:results?|recommendations?|for me))*"
        rf"|(?:turn|switch) {_PERSONAL} (?:back )?on|(?:start )?personali[sz]e (?:my |the )?(?:results?|recommendations?)"
        r"|(?:开启|打开|启用|恢复|重新开启)个性化(?:推荐|排序|结果)?)",
    ),
    (
        "show",
        rf"(?:what (?:all )?do you (?:know|remember|have|keep|store)(?: stored| saved)? (?:about|on) me"
        rf"|what(?:'s| is) in my profile|what have you (?:learned|stored|kept|remembered) (?:about|on) me"
        rf"|show (?:me )?my (?:profile|preferences|{_DATA})|(?:what are|show me) my (?:saved |stated )?preferences"
        r"|(?:都)?(?:知道|了解|记得|记住了?|记了|掌握|保存了?)(?:关于)?我(?:的)?(?:些|哪些)?(?:什么|哪些)?(?:信息|资料|事情?)?"
        r"|(?:都)?(?:知道|了解|记得|记住了?|记了|掌握|保存了?)(?:些)?(?:什么|哪些)关于我的?(?:信息|资料|事情?)?"
        r"|(?:都)?(?:知道|记得|记住了?|记了|保存了?)我(?:些)?什么|(?:看看|查看|显示)(?:一下)?我的(?:资料|画像|偏好|喜好))",
    ),
)
_PATTERNS = tuple((kind, re.compile(rf"{_PLEASE}{pattern}{_END}")) for kind, pattern in _REQUESTS)


def read_about_me(text: str) -> AboutMe | None:
    """What the whole message asks for; ``None`` for everything else. Questions on how data is deleted are the help
    pages'."""
    said = normalise(text)
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(said)), None)
