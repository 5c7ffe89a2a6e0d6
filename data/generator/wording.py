"""Descriptions: a hand-written opening, then sentences made from the attributes, so that text and data agree."""

from __future__ import annotations

import random

from .content import Attribute, Line, Texts, TypeSpec

UNITS: dict[str, Texts] = {
    "g": {"en": "g", "zh": "克"},
    "kg": {"en": "kg", "zh": "公斤"},
    "ml": {"en": "ml", "zh": "毫升"},
    "l": {"en": "litres", "zh": "升"},
    "mm": {"en": "mm", "zh": "毫米"},
    "cm": {"en": "cm", "zh": "厘米"},
    "in": {"en": "inches", "zh": "英寸"},
    "h": {"en": "hours", "zh": "小时"},
    "days": {"en": "days", "zh": "天"},
    "years": {"en": "years", "zh": "岁"},
    "W": {"en": "W", "zh": "瓦"},
    "Hz": {"en": "Hz", "zh": "赫兹"},
    "MP": {"en": "megapixels", "zh": "百万像素"},
    "devices": {"en": "devices", "zh": "台设备"},
    "persons": {"en": "people", "zh": "人"},
    "gears": {"en": "gears", "zh": "速"},
    "pieces": {"en": "pieces", "zh": "片"},
    "pages": {"en": "pages", "zh": "页"},
    "pairs": {"en": "pairs", "zh": "双"},
    "balls": {"en": "balls", "zh": "只"},
    "books": {"en": "books", "zh": "本"},
}
SINGULAR = {"devices": "device", "people": "person", "gears": "gear", "pairs": "pair", "years": "year"}
PLURALS = {"is": "are", "has": "have", "weighs": "weigh", "measures": "measure", "does": "do"}


def quantity(value: str, language: str, key: str = "") -> str:
    """``"500 ml"`` as said in a language: ``500 ml``, ``500毫升``."""
    number, _, unit = value.partition(" ")
    if not unit:
        return number
    said = UNITS[unit][language]
    if language == "zh":
        said = "年" if key == "battery_life" and unit == "years" else said
        return f"{number}{said}"
    return f"{number} {SINGULAR.get(said, said) if number == '1' else said}"


def sentence(attribute: Attribute, value: str, spec: TypeSpec, brand: str, index: int) -> Texts:
    """One sentence for an attribute's value in each language; ``index`` picks the alternative."""
    if attribute.kind == "boolean":
        options = attribute.sentences["y" if value == "yes" else "n"]
        said = {"en": "", "zh": ""}
    else:
        options = attribute.sentences["s"]
        choice = attribute.values.get(value)
        said = {lang: choice.name[lang] if choice else quantity(value, lang, attribute.key) for lang in ("en", "zh")}
    made = {
        language: texts[index % len(texts)].replace("{v}", said[language]).replace("{brand}", brand)
        for language, texts in options.items()
    }
    return made | {"en": plural(made["en"])} if is_plural(spec.noun["en"]) else made


def is_plural(noun: str) -> bool:
    return noun.endswith("s") and not noun.endswith("ss")


def plural(text: str) -> str:
    """The sentence said of several things: "It weighs 280 g." becomes "They weigh 280 g."."""
    for one, many in PLURALS.items():
        if text.startswith(f"It {one} "):
            return text.replace(f"It {one} ", f"They {many} ", 1)
    return text.replace(" this one ", " these ").replace("It can ", "They can ").replace("Wash it ", "Wash them ")


def introduction(line: Line, spec: TypeSpec, attributes: dict[str, Attribute]) -> tuple[Texts, set[str]]:
    """What kind of thing it is and of what, with the attributes this says already.

    Empty where title or opening say the kind and no attribute tells a finer one ("bar stool").
    """
    style = next((key for key in line.attributes if key.endswith("_style") and key != "headphone_style"), "")
    material = line.attributes.get("material", "")
    made: Texts = {}
    for language in ("en", "zh"):
        noun = spec.noun[language]
        if style:
            finer = attributes[style].values[line.attributes[style]].name[language]
            noun = finer if any(word in finer for word in spec.words[language]) else noun
        stuff = attributes["material"].values[material].name[language] if material else ""
        made[language] = f"{line.brand}{f'{stuff}材质' if stuff else ''}{noun}。"
        if language == "en":
            start = noun if is_plural(noun) else f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
            made[language] = f"{start[0].upper()}{start[1:]}{f' in {stuff}' if stuff else ''} by {line.brand}."
    said = [f"{line.name[language]} {line.hook[language]}".lower() for language in ("en", "zh")]
    named = all(
        any(word.lower() in text for word in spec.words[language])
        for language, text in zip(("en", "zh"), said, strict=True)
    )
    if named and not style:
        return {}, set()
    return made, {"material", style} if material else {style}


def description(line: Line, spec: TypeSpec, attributes: dict[str, Attribute], rng: random.Random) -> Texts:
    """What sets the product apart from its line comes first, then the material and two or three more facts."""
    known = [key for key in spec.order if key in line.attributes]
    known += [key for key in line.attributes if key not in known]
    opening, told = introduction(line, spec, attributes)
    chosen = [key for key in known if key in line.distinct]
    if line.attributes.get("audience", "unisex") != "unisex":
        chosen.append("audience")
    if "material" in known:
        chosen.append("material")
    rest = [key for key in known if key not in chosen and key not in told and key != "audience"]
    chosen += rng.sample(rest, min(len(rest), rng.choice((2, 2, 3))))
    parts = {language: [hook, opening.get(language, "")] for language, hook in line.hook.items()}
    for key in dict.fromkeys(chosen):
        if key in told:
            continue
        made = sentence(attributes[key], line.attributes[key], spec, line.brand, rng.randrange(6))
        for language, text in made.items():
            parts[language].append(text)
    return {"en": " ".join(filter(None, parts["en"])), "zh": "".join(parts["zh"])}
