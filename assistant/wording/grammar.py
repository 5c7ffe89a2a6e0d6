"""The words a claim is made of, by language: a one-character tag for each, shared by the claim patterns of both languages.

Entities and values: P product, O order, M money, N number, D date, L link, I identifier, A yes/no attribute (key, yes or no),
V attribute value ((key, value) pairs it may mean), C colour, B brand, Y type of product (keys), Z size, F carrier.
Words: b is, h has, n not, o no/without, c costs, f for/at, a and, u but, t than, y by/from, i in, g of these, w with, < under,
> over, $ the price (of), K cheaper, E dearer, R rated higher, W rated lower, k cheapest, e dearest, r best rated, d rated,
S out of five, v reviews, s in stock, X out of stock, l left, m made of, j made by, G comes in, z size, 2 both, * all,
0 neither/none, 1 only, # only one of them, q products, k…; orders: U status, x expected, p placed, T the number is, @ on,
+ total; cart: ^ the cart. J it, Q they.
"""

from __future__ import annotations

from typing import Any

from assistant.shop.views import OrderStatus
from assistant.wording.reading import GLUE, SAFE, UNKNOWN, Phrases
from assistant.wording.speech import Speech
from retrieval.lexicon import Lexicon

STATUS = OrderStatus

ENGLISH: dict[str, str] = {
    "b": "is, are, 's, 're, it's, they're, which is, which are, that is",
    "h": "has, have, comes with, come with, features, feature, includes, include, offers, which has, which have, that has",
    "n": "not, isn't, aren't, is not, are not, does not, do not, doesn't, don't, doesn't have, does not have, don't have, do not have, cannot, can't, hasn't, haven't, won't, wasn't",
    "o": "no, without",
    "c": "costs, cost, is priced at, are priced at, priced at, sells for, sell for, goes for, go for, comes at, come at, comes in at, costs you, comes to, will cost you, retails at, retails for, is listed at, is available for, is available at, are available for, is yours for",
    "f": "for, at",
    "a": "and, plus, and the, as well as",
    "u": "but, while, whereas, although, though, yet, and it, and they, but it, but they",
    "t": "than",
    "y": "by, from, based on",
    "i": "in",
    "g": "of these, of them, of the two, of the three, of both, among them, among these, of the lot, of those, of the bunch, of all three",
    "w": "with, via, shipped with, carried by",
    "<": "under, below, up to, for less than, within",
    ">": "over, above, more than",
    "$": "price of, price, prices, price tag",
    "K": "cheaper, less expensive, costs less, cost less, lower priced, lower in price, more affordable, the cheaper one, the cheaper of the two, the cheaper option, the less expensive one, the less expensive of the two",
    "E": "more expensive, pricier, dearer, costs more, cost more, higher priced, the more expensive one, the pricier one, the dearer one",
    "R": "rated higher, better rated, higher rated, has a higher rating, has a better rating, more highly rated, the better rated one, has the higher rating, has the better rating",
    "W": "rated lower, lower rated, worse rated, has a lower rating, less highly rated, has the lower rating",
    "k": "cheapest, least expensive, lowest priced, cheapest one, cheapest option, lowest price, most affordable",
    "e": "most expensive, priciest, dearest, highest priced, most expensive one, highest price",
    "r": "best rated, highest rated, top rated, best rated one, highest rating, best rating",
    "d": "rated, a rating of, rating of, rating, rating is, average rating, an average rating of, average rating of, scores, score of, a score of, reviewers give, rated at",
    "S": "out of 5, out of five, stars, star, stars out of 5, stars out of five, of 5",
    "v": "reviews, review, customer reviews, customer review, ratings, reviewers, customers",
    "s": "in stock, available, in stock right now, available right now, on the shelf",
    "X": "out of stock, sold out, unavailable, not available, not in stock, currently unavailable, no longer in stock",
    "l": "left, remaining, left in stock, still in stock, still available, pieces left, more in stock, units left, remaining in stock, available in stock",
    "m": "made of, made from, made out of, crafted from",
    "j": "made by, from the brand, by the brand, a product of",
    "G": "comes in, come in, can be had in",
    "z": "size, sizes",
    "2": "both, both of them, both of these, the two of them",
    "*": "all, all of them, all of these, every one of them",
    "0": "neither, neither of them, neither of the two, neither of these, none of them, none of these, none, neither one",
    "1": "only, just",
    "#": "only one of them, only one of these, only one of the two, just one of them, just one of these, just one of the two",
    "q": "products, items, item, matches, results, options, choices, matching products, articles, things",
    "x": "expected, due, expected to arrive, should arrive, should be with you, scheduled, scheduled to arrive, will arrive, expected to be delivered, scheduled for delivery, should be delivered, estimated to arrive, arrives",
    "p": "placed, ordered, made, was placed, were placed, you placed, placed it, you ordered",
    "H": "was, were, got",
    "T": "tracking number, tracking number is, tracking id, tracking code, order number, order number is, ticket, ticket number, ticket is, reference, your ticket is, ticket number is, tracking id is",
    "@": "on",
    "+": "total, order total, total amount, amount, grand total, total price, sum, comes to a total of",
    "^": "cart, basket, shopping cart, your cart, your basket",
    "J": "it, this one, that one, this product, that product, this model, this item",
    "Q": "they, these products, these two, the two, these",
    "7": "same, the same, equally, the same price, same price",
}  # fmt: skip

CHINESE: dict[str, str] = {
    "b": "是, 为, 就是",
    "h": "有, 带, 配有, 设有, 提供",
    "n": "不, 不是, 没有, 没, 并不, 无法, 不能, 未, 尚未, 别",
    "o": "无, 不含, 不带",
    "c": "价格是, 价格为, 售价, 售价是, 售价为, 卖, 只卖, 价格, 标价, 标价是, 定价, 价钱是, 只要, 仅需, 仅售, 现价, 现价是, 要价",
    "f": "只需",
    "a": "和, 与, 以及, 跟",
    "u": "但, 但是, 而, 而且, 不过, 然而, 并且, 同时",
    "t": "比",
    "i": "在",
    "g": "其中, 这里面, 这几款里, 这几款中, 这两款里, 这两款中, 两款中, 两款里, 三款中, 里面, 当中",
    "w": "由, 通过",
    "<": "以内, 以下, 不到, 低于, 内",
    ">": "以上, 超过, 高于",
    "K": "便宜, 更便宜, 便宜了, 要便宜, 便宜一些, 价格更低, 更实惠, 便宜些",
    "E": "贵, 更贵, 贵了, 要贵, 贵一些, 价格更高, 贵些",
    "R": "评分更高, 评分高, 评分较高, 评价更高, 评分要高",
    "W": "评分更低, 评分低, 评分较低",
    "k": "最便宜, 最便宜的, 价格最低, 价格最低的, 最实惠的, 最便宜的一款",
    "e": "最贵, 最贵的, 价格最高, 价格最高的, 最贵的一款",
    "r": "评分最高, 评分最高的, 评价最高的, 评分最高的一款",
    "d": "评分, 评分是, 评分为, 得分, 平均评分, 平均分, 评分达, 得分是, 打分",
    "S": "分, 满分5分, 星, 颗星, 满分五分, 分满分5分",
    "v": "条评价, 条评论, 个评价, 人评价, 条顾客评价, 个评论",
    "s": "有货, 现货, 有现货, 有库存, 现在有货, 可以购买",
    "X": "缺货, 没货, 无货, 售罄, 卖完了, 没有库存, 没有货, 断货, 已售罄, 没有现货, 不在库存",
    "l": "库存, 剩, 还剩, 剩余, 库存有, 库存还有, 仅剩, 只剩, 还剩下, 库存为, 库存只有, 余",
    "m": "材质是, 材质为, 采用, 由此制成, 用的是, 材料是, 的材质是",
    "j": "品牌是, 出自, 来自",
    "G": "颜色有, 可选颜色有, 可选, 尺码有, 有以下颜色, 提供以下颜色, 颜色可选",
    "z": "码, 号, 尺码, 尺寸, 尺码是",
    "2": "两款都, 两个都, 二者都, 两者都, 两件都, 这两款都, 它们都, 两款均, 两款商品都",
    "*": "全都, 全部都, 都, 每款都, 这几款都, 三款都, 所有的都, 均, 几款都, 这些都, 全部",
    "1": "只有, 仅有, 只, 仅",
    "#": "只有一款, 仅有一款, 其中只有一款, 只有其中一款",
    "q": "款, 款商品, 件商品, 个商品, 种商品, 件, 款产品, 个选择, 种, 个结果",
    "x": "预计, 预计将于, 预计于, 预计在, 应该会在, 大约",
    "p": "下单, 下单日期是, 下单日期, 下单时间是, 下的单, 下单于",
    "T": "运单号, 运单号是, 快递单号, 快递单号是, 单号是, 单号, 工单号, 工单号是, 订单号是, 物流单号是",
    "@": "于, 已于, 在",
    "+": "合计, 总计, 总价, 金额, 总金额, 总额, 合计是, 总价是, 金额是, 总共是, 金额为",
    "^": "购物车, 购物车里, 您的购物车, 购物车里有, 您的购物车里有, 购物车里现在有, 购物车里共有",
    "J": "它, 这款, 这个, 该商品, 这双, 这件, 该款",
    "Q": "它们, 这两款, 两款, 二者, 两者",
    "7": "相同, 一样, 同样",
    "9": "承运, 运送, 配送, 派送",
}  # fmt: skip

NAMED: dict[str, dict[str, frozenset[str]]] = {
    "en": {"weighs": frozenset({"weight"}), "weigh": frozenset({"weight"}), "holds": frozenset({"capacity"}), "hold": frozenset({"capacity"})},
    "zh": {"重": frozenset({"weight"}), "重量是": frozenset({"weight"}), "容量是": frozenset({"capacity"})},
}  # fmt: skip
"""Verbs that name an attribute."""

STATUSES: dict[str, dict[str, tuple[OrderStatus, ...]]] = {
    "en": {
        "pending": (STATUS.PENDING,),
        "packed": (STATUS.PROCESSED,),
        "processed": (STATUS.PROCESSED,),
        "waiting for the carrier": (STATUS.PROCESSED,),
        "shipped": (STATUS.SHIPPED,),
        "on its way": (STATUS.SHIPPED,),
        "on the way": (STATUS.SHIPPED,),
        "in transit": (STATUS.SHIPPED,),
        "on its way to you": (STATUS.SHIPPED,),
        "with the carrier": (STATUS.SHIPPED,),
        "delivered": (STATUS.DELIVERED,),
        "arrived": (STATUS.DELIVERED,),
        "cancelled": (STATUS.CANCELLED,),
        "canceled": (STATUS.CANCELLED,),
        "returned": (STATUS.RETURNED,),
    },
    "zh": {
        "待处理": (STATUS.PENDING,),
        "等待处理": (STATUS.PENDING,),
        "正在等待处理": (STATUS.PENDING,),
        "已打包": (STATUS.PROCESSED,),
        "打包好了": (STATUS.PROCESSED,),
        "已处理": (STATUS.PROCESSED,),
        "已发货": (STATUS.SHIPPED,),
        "已经发货": (STATUS.SHIPPED,),
        "发货": (STATUS.SHIPPED,),
        "在运送途中": (STATUS.SHIPPED,),
        "正在运送途中": (STATUS.SHIPPED,),
        "运输中": (STATUS.SHIPPED,),
        "正在运输中": (STATUS.SHIPPED,),
        "在路上": (STATUS.SHIPPED,),
        "在路上了": (STATUS.SHIPPED,),
        "已送达": (STATUS.DELIVERED,),
        "已经送达": (STATUS.DELIVERED,),
        "送达": (STATUS.DELIVERED,),
        "已签收": (STATUS.DELIVERED,),
        "已取消": (STATUS.CANCELLED,),
        "已经取消": (STATUS.CANCELLED,),
        "取消了": (STATUS.CANCELLED,),
        "已退货": (STATUS.RETURNED,),
    },
}


_TABLES: dict[tuple[str, int], tuple[Lexicon, Phrases]] = {}


def phrases(speech: Speech) -> Phrases:
    """The static phrase table of a language over a lexicon, made once for each lexicon object."""
    key = (speech.language, id(speech.lexicon))
    if key not in _TABLES or _TABLES[key][0] is not speech.lexicon:
        _TABLES[key] = (speech.lexicon, _table(speech))
    return _TABLES[key][1]


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _table(speech: Speech) -> Phrases:
    sections: dict[str, set[str]] = {}
    for section, words in speech.texts.vocabulary.items():
        for word in words:
            sections.setdefault(word.lower(), set()).add(section)
    table: Phrases = {}
    for word, where in sections.items():
        if "never" in where:
            table[word] = (UNKNOWN, "promise")
        else:
            table[word] = (SAFE if "carrier" in where else GLUE, frozenset(where))
    for word, entry in _lexicon_words(speech).items():
        if word not in sections:
            table[word] = entry
    for tag, words in (ENGLISH if speech.language == "en" else CHINESE).items():
        for word in _split(words):
            table[word] = (tag, frozenset(sections.get(word, set()) - {"never"}))
    for word, keys in NAMED[speech.language].items():
        table[word] = ("%", keys)
    for word, statuses in STATUSES[speech.language].items():
        table[word] = ("U", statuses)
    return table


def _lexicon_words(speech: Speech) -> Phrases:
    lexicon, language = speech.lexicon, speech.language
    table: Phrases = {}
    for groups in (lexicon.umbrellas, lexicon.types):
        for key, entry in groups.items():
            for word in (*entry.words.get(language, ()), entry.name.get(language, "")):
                if word:
                    keys = frozenset(lexicon.expand(key)) | table.get(word.lower(), ("Y", frozenset()))[1]
                    table[word.lower()] = ("Y", keys)
    values: dict[str, set[tuple[str, str]]] = {}
    for key, attribute in lexicon.attributes.items():
        for value, named in attribute.values.items():
            for word in (*named.words.get(language, ()), named.name.get(language, ""), value if language == "en" else ""):
                if word:
                    values.setdefault(word.lower(), set()).add((key, value))
    for word, pairs in values.items():
        table[word] = ("V", frozenset(pairs))
    for key, attribute in lexicon.attributes.items():
        if speech.form(key) == "other":
            continue
        for word in (*attribute.words.get(language, ()), attribute.name.get(language, "")):
            if word and attribute.kind == "boolean":
                table.setdefault(word.lower(), ("A", (key, "yes")))
    for key, entry in lexicon.colours.items():
        for word in (*entry.words.get(language, ()), entry.name.get(language, "")):
            if word:
                known: frozenset[Any] = table[word.lower()][1] if table.get(word.lower(), ("",))[0] == "C" else frozenset()
                table[word.lower()] = ("C", known | {key})
    for form in ("is", "has", "own"):
        for key, phrase in speech.texts.plain(form).items():
            positive = speech.predicate(key, "yes", _NO_VERBS).strip()
            negative = speech.predicate(key, "no", _NO_VERBS).strip()
            table[phrase.lower()] = ("A", (key, "yes"))
            if language == "zh":
                table[positive] = ("A", (key, "yes"))
                table[negative] = ("A", (key, "no"))
                if form == "is":
                    table[f"并{negative}"] = ("A", (key, "no"))
            elif form == "has":
                bare = phrase.removeprefix("a ").removeprefix("an ")
                table[bare.lower()] = ("A", (key, "yes"))
    return table


_NO_VERBS = {"be": "", "have": "", "do": "", "cost": "", "come": ""}
