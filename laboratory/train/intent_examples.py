"""The router's training messages: written by hand, plus templates filled from the lexicon. Same seed, same examples."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.understanding.schema import LEARNED, Intent, Slots, TurnContext
from retrieval.text.lexicon import Lexicon

DIRECTORY = Path(__file__).parent / "messages"
SEARCH = Intent.PRODUCT_SEARCH

_PEOPLE = (
    "dad",
    "mum",
    "sister",
    "brother",
    "girlfriend",
    "boyfriend",
    "wife",
    "husband",
    "boss",
    "teacher",
    "friend",
    "son",
    "grandma",
)
_PEOPLE_ZH = (
    "爸爸",
    "妈妈",
    "姐姐",
    "弟弟",
    "女朋友",
    "男朋友",
    "老婆",
    "老公",
    "老板",
    "老师",
    "朋友",
    "儿子",
    "奶奶",
)
_OCCASIONS = (
    "christmas",
    "her birthday",
    "a wedding",
    "graduation",
    "valentine's day",
    "mother's day",
    "a housewarming",
)
_OCCASIONS_ZH = ("圣诞节", "生日", "婚礼", "毕业", "情人节", "母亲节", "乔迁")
_PLACES = ("canada", "germany", "spain", "new york", "australia", "japan", "london", "france", "brazil")
_PLACES_ZH = ("加拿大", "德国", "上海", "北京", "日本", "香港", "法国", "英国", "新疆")
_PAYMENTS = ("paypal", "visa", "mastercard", "apple pay", "cash", "klarna", "bank transfer", "google pay")
_PAYMENTS_ZH = ("支付宝", "微信", "信用卡", "银行卡", "花呗", "现金", "苹果支付")
_ORDINALS = ("first", "second", "third", "last", "fourth")
_ORDINALS_ZH = ("第一个", "第二个", "第三款", "最后一个", "第四个")
_SIZES = ("38", "40", "41", "42", "43", "44", "S", "M", "L", "XL")
_PREFIXES = (
    "hi, ",
    "hello ",
    "hey ",
    "please ",
    "ok so ",
    "um ",
    "hi there, ",
    "so ",
    "could you please tell me, ",
    "sorry but ",
)
_PREFIXES_ZH = ("你好，", "请问", "麻烦", "亲，", "那个，", "您好，", "想问一下，")
_SUFFIXES = (" please", " pls", " thanks", " asap", "??", "!", "...", " thx", " mate")
_SUFFIXES_ZH = ("，谢谢", "？", "！", "呢", "啊", "哈", "，急")
_STREETS = (
    "Elm Street",
    "Mill Road",
    "Rue de la Paix",
    "Hauptstrasse",
    "Oak Avenue",
    "King's Road",
    "Via Roma",
    "Park Lane",
)
_TOWNS = (
    "Leeds LS1 4AP",
    "75002 Paris",
    "10115 Berlin",
    "Portland OR 97204",
    "Bristol",
    "00184 Roma",
    "Dublin 2",
    "Austin, TX",
)
_TOWNS_ZH = (
    "北京市海淀区中关村大街",
    "上海市徐汇区漕溪路",
    "广州市天河区体育西路",
    "江苏省南京市鼓楼区中山路",
    "四川省成都市锦江区红星路",
    "武汉市武昌区珞瑜路",
)
_PENDING = (
    "cancel_order",
    "change_address",
    "change_items",
    "return_items",
    "refund",
    "exchange_items",
    "checkout",
    "hand_off",
)
_ORDER_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Example:
    """``source`` is shared by all variants of one written sentence or template, so that a split never tears them
    apart."""

    text: str
    intent: Intent
    context: TurnContext
    source: str
    weight: float = 1.0
    spoken: bool = False
    """Written in the manner of people in the middle of a conversation (``people_*.csv``)."""


def written(seed: int = 0) -> list[Example]:
    """Every hand-written sentence under several fitting contexts, and once more with small changes of wording or
    typing."""
    chance = random.Random(seed)
    examples: list[Example] = []
    for manner, language in (("written", "en"), ("written", "zh"), ("people", "en"), ("people", "zh")):
        spoken = manner == "people"
        for row in _rows(DIRECTORY / f"{manner}_{language}.csv"):
            text, intent, code = row["text"], Intent(row["intent"]), row["context"]
            if intent is Intent.SMALL_TALK:
                # "ok" or "no" answers a pending question if there is one; there it would be labelled otherwise.
                code = code or "n"
            for context in _contexts(code, chance):
                examples.append(Example(text, intent, context, text, spoken=spoken))
            changed = roughened(text, language, chance)
            examples.append(Example(changed, intent, context_for(code, chance), text, 0.7, spoken))
    return examples


def generated(lexicon: Lexicon, brands: Sequence[str], seed: int = 0, per_template: int = 10) -> list[Example]:
    """Templates with products, colours, prices and orders filled in, at most ``per_template`` of each."""
    chance = random.Random(seed + 1)
    examples: list[Example] = []
    for row in _rows(DIRECTORY / "templates.csv"):
        seen: set[str] = set()
        for _ in range(per_template):
            text = _filled(row["text"], row["language"], lexicon, brands, chance)
            if text in seen:
                continue
            seen.add(text)
            if chance.random() < 0.25:
                text = roughened(text, row["language"], chance)
            context = context_for(row["context"], chance)
            examples.append(Example(text, Intent(row["intent"]), context, row["text"], 0.35))
    return examples


def context_for(code: str, chance: random.Random) -> TurnContext:
    """A context as a code of the training files names it.

    ``r`` results shown, ``f`` one product in focus, ``c`` talking of the cart, ``o`` of an order, ``p`` an action waits
    for a yes, ``a:SLOT:INTENT`` the assistant asked for a slot, ``n`` nothing asked; empty: any or none of them.
    """
    if code.startswith("a:"):
        _, slot, intent = code.split(":")
        return TurnContext(
            asked_for=slot,
            last_intent=Intent(intent),
            shown=chance.choice((0, 0, 3)) if intent != "product_search" else chance.choice((0, 4)),
        )
    shown = chance.randint(2, 8)
    search = Slots() if chance.random() < 0.5 else None
    if code == "r":
        return TurnContext(
            last_intent=chance.choice((SEARCH, SEARCH, SEARCH, Intent.RECOMMEND, Intent.COMPARE)),
            shown=shown,
            search=search,
        )
    if code == "f":
        last = chance.choice(
            (SEARCH, SEARCH, Intent.PRODUCT_QUESTION, Intent.PRODUCT_QUESTION, Intent.RECOMMEND, Intent.COMPARE)
        )
        return TurnContext(last_intent=last, shown=chance.choice((1, 1, shown)), in_focus=True, search=search)
    if code == "c":
        return TurnContext(last_intent=Intent.CART, shown=chance.choice((0, shown)), in_focus=chance.random() < 0.3)
    if code == "o":
        return TurnContext(
            last_intent=chance.choice(
                (Intent.ORDER_STATUS, Intent.ORDER_STATUS, Intent.ORDER_CHANGE, Intent.RETURN_REFUND)
            )
        )
    if code == "p":
        pending = chance.choice(_PENDING)
        follows = {
            "cancel_order": Intent.ORDER_CHANGE,
            "change_address": Intent.ORDER_CHANGE,
            "change_items": Intent.ORDER_CHANGE,
            "checkout": Intent.CART,
            "hand_off": Intent.HUMAN_AGENT,
        }
        return TurnContext(pending=pending, last_intent=follows.get(pending, Intent.RETURN_REFUND))
    roll = chance.random() * (0.85 if code == "n" else 1)
    if roll < 0.35:
        return TurnContext()
    if roll < 0.85:
        return context_for(chance.choice("rrffco"), chance)
    if roll < 0.93:
        return context_for("p", chance)
    return TurnContext(last_intent=chance.choice(LEARNED[:-2]))


def roughened(text: str, language: str, chance: random.Random) -> str:
    """The message as a hurried customer types it: one slip of the finger, or a greeting or thanks around it."""
    roll = chance.random()
    prefixes, suffixes = (_PREFIXES_ZH, _SUFFIXES_ZH) if language == "zh" else (_PREFIXES, _SUFFIXES)
    if roll < 0.3 and len(text) > 6:
        return chance.choice(prefixes) + text
    if roll < 0.55:
        return text + chance.choice(suffixes)
    if language == "zh" or len(text) < 8 or roll > 0.95:
        return text.upper() if roll > 0.95 else text
    at = chance.choice([index for index in range(1, len(text) - 1)])
    slip = chance.randrange(3)
    if slip == 0:
        return text[:at] + text[at + 1 :]
    if slip == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] + text[at:]


def _contexts(code: str, chance: random.Random) -> Iterator[TurnContext]:
    yield context_for(code, chance)
    yield context_for(code, chance)
    if code in ("", "n"):
        yield TurnContext()
        yield context_for(code, chance)
    elif code in ("r", "f", "c", "o"):
        # Evaluation files and first messages come without a state, and most follow-ups still tell what they are.
        yield TurnContext()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _filled(template: str, language: str, lexicon: Lexicon, brands: Sequence[str], chance: random.Random) -> str:
    chinese = language == "zh"
    kind = chance.choice(list(lexicon.types))
    if chance.random() < 0.15:
        kind = chance.choice(list(lexicon.umbrellas))
    entry = lexicon.types.get(kind) or lexicon.umbrellas[kind]
    words = entry.words.get(language) or (entry.name["en"],)
    colours = [lexicon.name("colour", key, language) for key in chance.sample(list(lexicon.colours), 2)]
    booleans = [key for key, attribute in lexicon.attributes.items() if attribute.kind == "boolean"]
    materials = list(lexicon.attributes["material"].values) if "material" in lexicon.attributes else ["leather", "wool"]
    chosen = [lexicon.name("attribute", f"material={value}", language) for value in chance.sample(materials, 2)]
    price = chance.choice((20, 25, 30, 40, 50, 60, 75, 80, 100, 120, 150, 200, 300, 500))
    numbers = chance.sample(range(1, 6), 2)
    ordinals = chance.sample(_ORDINALS_ZH if chinese else _ORDINALS, 2)
    brand, brand2 = chance.sample(list(brands), 2)
    values = {
        "type": chance.choice(words), "types": chance.choice(words), "colour": colours[0], "colour2": colours[1],
        "brand": brand, "brand2": brand2, "material": chosen[0].lower(), "material2": chosen[1].lower(),
        "attr": lexicon.name("attribute", chance.choice(booleans), language).lower(), "size": chance.choice(_SIZES),
        "price": _money(price, chinese, chance), "low": str(price // 2), "n": str(numbers[0]), "n2": str(numbers[1]),
        "ord": ordinals[0], "ord2": ordinals[1], "days": str(chance.randint(2, 21)),
        "order": "SC-" + "".join(chance.choices(_ORDER_ALPHABET, k=8)),
        "person": chance.choice(_PEOPLE_ZH if chinese else _PEOPLE), "occasion": chance.choice(_OCCASIONS_ZH if chinese else _OCCASIONS),
        "address": _address(chinese, chance),
        "place": chance.choice(_PLACES_ZH if chinese else _PLACES), "payment": chance.choice(_PAYMENTS_ZH if chinese else _PAYMENTS),
    }  # fmt: skip
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], template)


def _address(chinese: bool, chance: random.Random) -> str:
    number = chance.randint(1, 299)
    if chinese:
        return f"{chance.choice(_TOWNS_ZH)}{number}号" + chance.choice(
            ("", f"{chance.randint(1, 30)}楼", f"{chance.randint(1, 9)}栋{chance.randint(101, 2902)}室")
        )
    street = chance.choice(_STREETS)
    return (
        (f"{number} {street}" if chance.random() < 0.7 else f"{street} {number}")
        + chance.choice((", ", " "))
        + chance.choice(_TOWNS)
    )


def _money(price: int, chinese: bool, chance: random.Random) -> str:
    forms = ("{}元", "{}块", "{}刀", "{}") if chinese else ("${}", "{}", "{} dollars", "{} bucks", "${}")
    return chance.choice(forms).format(price)
