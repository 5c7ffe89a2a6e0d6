"""Reads the hand-written content files (one noun a file, ``|`` between fields) into plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "content"
Words = dict[str, list[str]]
Texts = dict[str, str]


@dataclass(frozen=True)
class TypeSpec:
    key: str
    category: tuple[str, ...]
    name: Texts
    words: Words
    sizes: str
    defaults: dict[str, str]
    order: tuple[str, ...]

    @property
    def noun(self) -> Texts:
        return {language: words[0] for language, words in self.words.items()}

    @property
    def department(self) -> str:
        return self.category[0]


@dataclass(frozen=True)
class Choice:
    name: Texts
    words: Words


@dataclass
class Attribute:
    key: str
    kind: str
    name: Texts
    words: Words
    sentences: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """``y``, ``n`` or ``s`` → language → alternatives."""
    values: dict[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One product to be: a line's first member, or a near-duplicate of it."""

    type: str
    brand: str
    family: str
    name: Texts
    price: Decimal
    colours: tuple[str, ...]
    attributes: dict[str, str]
    distinct: frozenset[str]
    hook: Texts
    sold_out: str


def rows(name: str) -> list[list[str]]:
    """The fields of each line of a content file; comments and empty lines left out."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line.strip() and not line.startswith("# ")]


def words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def settings(text: str) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in text.split(";") if "=" in part)
    return {key.strip(): value.strip() for key, value in pairs}


def types() -> dict[str, TypeSpec]:
    found = {}
    for key, path, en, zh, words_en, words_zh, sizes, attributes in rows("types.txt"):
        found[key] = TypeSpec(
            key=key,
            category=(*path.split("/"), key),
            name={"en": en, "zh": zh},
            words={"en": words(words_en), "zh": words(words_zh)},
            sizes=sizes,
            defaults=settings(attributes),
            order=tuple(part.split("=")[0].strip(" ?") for part in attributes.split(";")),
        )
    return found


def attributes() -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    current: Attribute | None = None
    for line in (FOLDER / "attributes.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("# "):
            continue
        if current is not None and line[:2] in ("y:", "n:", "s:"):
            en, zh = line[2:].split("||")
            current.sentences[line[0]] = {"en": alternatives(en), "zh": alternatives(zh)}
            continue
        cells = [cell.strip() for cell in line.removeprefix("- ").split("|")]
        if current is not None and line.startswith("- "):
            value, en, zh, words_en, words_zh = cells
            current.values[value] = Choice({"en": en, "zh": zh}, {"en": words(words_en), "zh": words(words_zh)})
            continue
        key, kind, en, zh, words_en, words_zh = cells
        current = Attribute(key, kind, {"en": en, "zh": zh}, {"en": words(words_en), "zh": words(words_zh)})
        found[key] = current
    return found


def alternatives(text: str) -> list[str]:
    return [part.strip() for part in text.split(" / ")]


def lines() -> list[Line]:
    """All products of all ``products_*.txt``, in file order."""
    specs = types()
    found: list[Line] = []
    for path in sorted(FOLDER.glob("products_*.txt")):
        group: list[list[str]] = []
        spec: TypeSpec | None = None
        for row in [*rows(path.name), ["@ end"]]:
            if row[0].startswith(("@", "*")):
                if group and spec is not None:
                    found.extend(family(spec, group))
                group = []
            if row[0].startswith("@"):
                spec = specs.get(row[0].removeprefix("@").strip())
            else:
                group.append(row)
    return found


def titled(brand: str, name: str, suffix: str) -> str:
    """A suffix follows the line's name; one that begins with ``=`` takes its place."""
    said = suffix.removeprefix("=") if suffix.startswith("=") else f"{name} {suffix}"
    return f"{brand} {said}".strip()


def family(spec: TypeSpec, group: list[list[str]]) -> list[Line]:
    brand, en, zh, price, colours, given, hook_en, hook_zh = group[0]
    brand = brand.removeprefix("*").strip()
    members = [("", "", price, colours, "")] + [
        (row[0].removeprefix("+").strip(), row[1], row[2], row[3], row[4]) for row in group[1:]
    ]
    base = spec.defaults | settings(given)
    distinct = frozenset(key for member in members for key in settings(member[4])) - {"sold_out"}
    found = []
    for suffix_en, suffix_zh, member_price, member_colours, member_given in members:
        values = {**base, "sold_out": ""} | settings(member_given)
        if not suffix_en:
            values["sold_out"] = base.get("sold_out", "")
        sold_out = values.pop("sold_out")
        values = {key: value for key, value in values.items() if value != "-"}
        found.append(
            Line(
                type=spec.key,
                brand=brand,
                family=en,
                name={"en": titled(brand, en, suffix_en), "zh": titled(brand, zh, suffix_zh)},
                price=Decimal(member_price),
                colours=tuple((colours if member_colours == "." else member_colours).split()),
                attributes=values,
                distinct=distinct,
                hook={"en": hook_en, "zh": hook_zh},
                sold_out=sold_out,
            )
        )
    return found
