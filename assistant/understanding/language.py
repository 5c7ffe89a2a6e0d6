"""Which language a message is in, and the same message in one normal form. Nothing here knows what a shop is."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache

from assistant.languages import is_added
from assistant.understanding.languages import FOLDER

MAX_MESSAGE_CHARS = 4000
"""Characters kept of a message: what matters is said early, and every later step stays fast."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_SAYS = re.compile("[的了吗呢吧啊我你您他她它们是不没有在要想能可会这那哪个就还都也很请把给被什怎么到用换退问]")
"""Characters that sentences are made of, rather than names and titles."""
_MIXED, _NAMED = 3, 1.5
"""Latin words to a Chinese character up to which a message is Chinese: with what makes a sentence, and without."""
_LETTERS = re.compile(r"[^\W\d_]+")
_MIN_ENDING_CHARS = 6
"""Letters of an everyday word that tells the language of a longer one it ends."""
_FEW_WORDS = 1
"""Everyday English words that a message in another language may hold as well."""
_SPACE = re.compile(r"\s+")
_STRETCHED = re.compile(r"(?<![\w-])(?=[^\W\d_]*([^\W\dx_])\1{2})[^\W\d_]+(?![\w-])")
_RUN = re.compile(r"([^\W\dx_])\1{2,}")
_STRAIGHT = str.maketrans(
    {"‘": "'", "’": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "。": ". ", "、": ",", "¥": "¥"}
)

_TRADITIONAL = (
    "這個們為麼還沒買賣單訂號處裡裏貨運費會員請問謝對錯選擇樣種雙條張臺隻東歡顏紅藍綠黃價錢貴優電話聯絡繫"
    "務專轉給總統誰講論說讓開關門機飛飯愛親媽禮慶節聖誕過離時間後歲氣熱溫濕軟輕鬆壞損換擾憤髒漲顧壓應該課"
    "難題簡體驗語無線靜聲響鍵盤螢顯腦錶鐘燈檯櫃廚鍋壺墊帳腳車頭環積塊書筆記圖絲絨織襪褲裝襯長寬碼產陸國際"
    "灣郵遞達診報稅發據細詳證實試從來幾兩萬億點邊嗎啟動畫預購與確認許變態進遠擊檢視覽結賬戶註冊錄設憶刪滿"
    "減獎團隊爛騙虛偽網頁數庫層寫樂勞煩聽讀現尋帶備傷擔師業學習歷歐幫妳佈採儲撥暫曆極標準煙牆獨療監眾礦稱"
    "穩競級紙純綁維緊練縮繼續羅聰肅腫臉舊莊華蘋藥蘭補製複規覺計討訊評詢詞誠調諮護讚負財責貼質賠贈趕跡蹤較"
    "輛輸辦農適遲遺鄰醫針銀銷鋪錦鏡鐵鑰閉閒陽陰階隨險雜雞雲霧頂項順須頻願類風養餘餓館駕騎驚髮鬧魚鳥麗黨齊"
    "齒龍壽夢婦嬰孫寶將屆島嶺廣廠彈彙徑復恆悶惡惱慣戰戲擁擠攝敗斷曉榮橋歸殘殺毀氈汙決淨淺渦漢潔灑爐爭牠狀"
    "獲瑣異當盜睏瞭礙禦窮竊縣翹聞職膠艙芻葉藝蟲衛訴誤謊豐貓贏軌載遊郤釋鈔銘鎖閱隱靈韓頓領飲鬥鹽麵"
)
_SIMPLIFIED = (
    "这个们为么还没买卖单订号处里里货运费会员请问谢对错选择样种双条张台只东欢颜红蓝绿黄价钱贵优电话联络系"
    "务专转给总统谁讲论说让开关门机飞饭爱亲妈礼庆节圣诞过离时间后岁气热温湿软轻松坏损换扰愤脏涨顾压应该课"
    "难题简体验语无线静声响键盘萤显脑表钟灯台柜厨锅壶垫帐脚车头环积块书笔记图丝绒织袜裤装衬长宽码产陆国际"
    "湾邮递达诊报税发据细详证实试从来几两万亿点边吗启动画预购与确认许变态进远击检视览结账户注册录设忆删满"
    "减奖团队烂骗虚伪网页数库层写乐劳烦听读现寻带备伤担师业学习历欧帮你布采储拨暂历极标准烟墙独疗监众矿称"
    "稳竞级纸纯绑维紧练缩继续罗聪肃肿脸旧庄华苹药兰补制复规觉计讨讯评询词诚调咨护赞负财责贴质赔赠赶迹踪较"
    "辆输办农适迟遗邻医针银销铺锦镜铁钥闭闲阳阴阶随险杂鸡云雾顶项顺须频愿类风养余饿馆驾骑惊发闹鱼鸟丽党齐"
    "齿龙寿梦妇婴孙宝将届岛岭广厂弹汇径复恒闷恶恼惯战戏拥挤摄败断晓荣桥归残杀毁毡污决净浅涡汉洁洒炉争它状"
    "获琐异当盗困了碍御穷窃县翘闻职胶舱刍叶艺虫卫诉误谎丰猫赢轨载游却释钞铭锁阅隐灵韩顿领饮斗盐面"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def detect_language(text: str, before: str = "en") -> str:
    """``"zh"`` when the message holds Chinese characters (also mixed with English words), else the language that has
    most of its everyday words (``signs.toml``), ``before`` or English where they do not tell.

    Customers who mix write Chinese around English product words, so any clause of Chinese decides; a name or a title in
    an otherwise English message does not. Japanese, Korean and all other scripts are answered in English.
    """
    if _KANA_OR_HANGUL.search(text):
        return before if before in ("ja", "ko") and is_added(before) else "en"
    han, latin = len(_HAN.findall(text)), len(_LATIN_WORD.findall(text))
    if han == 0:
        return _by_words(text, before)
    return "zh" if latin <= max(2, han * (_MIXED if _SAYS.search(text) else _NAMED)) else "en"


def says_in(text: str, language: str) -> bool:
    """Whether any of the everyday words of a language that is told by them is in a text."""
    said = set(_LETTERS.findall(unicodedata.normalize("NFKC", text[:MAX_MESSAGE_CHARS]).lower()))
    return not said.isdisjoint(_signs().get(language, ()))


def _by_words(text: str, before: str) -> str:
    said = set(_LETTERS.findall(unicodedata.normalize("NFKC", text[:MAX_MESSAGE_CHARS]).lower()))
    told = {language: len(said & words) for language, words in _signs().items()}
    if not any(told.values()):  # a word put together of words: Damenlaufschuhe
        told |= {
            language: sum(word.endswith(ends) for word in said)
            for language, ends in _endings().items()
            if language != "en"
        }
    most = max(told.values())
    if is_added(before) and most <= _FEW_WORDS:
        return before  # it was chosen by hand, and nothing tells it from others
    likeliest = [language for language in (before, "en", *told) if told.get(language) == most]
    return likeliest[0]


@cache
def _signs() -> dict[str, frozenset[str]]:
    """The everyday words of each language that is told by them."""
    return {
        path.parent.name: frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["words"].split())
        for path in FOLDER.glob("*/signs.toml")
    }


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """Those of them that tell the language of a longer word, too."""
    return {
        language: tuple(word for word in words if len(word) >= _MIN_ENDING_CHARS)
        for language, words in _signs().items()
    }


def normalise(text: str) -> str:
    """NFKC, straight quotes, simplified Chinese, lower case, single spaces, no control characters, "soooo" as "soo".

    At most ``MAX_MESSAGE_CHARS`` characters. Words with digits or hyphens (order ids) keep every letter.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_MESSAGE_CHARS]).translate(_STRAIGHT).translate(_TO_SIMPLIFIED)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cf") else char for char in text)
    text = _STRETCHED.sub(lambda word: _RUN.sub(r"\1\1", word[0]), text.casefold())
    return _SPACE.sub(" ", text).strip()[:MAX_MESSAGE_CHARS]
