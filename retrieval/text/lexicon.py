"""The shop's words: what product types, colours and attributes are called in each language.

The file maps keys (what products carry as data) to words (what people type) and names (what replies say). It knows
nothing of products, prices or grammar. Languages that are read by way of English have a file each in the folder beside
it, of the same name: key → words, the first of which is the name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from retrieval.models import Localised
from retrieval.text.key_names import key_name

Words = dict[str, tuple[str, ...]]
"""Words by language code, e.g. ``{"en": ("trainers", "sneakers"), "zh": ("运动鞋",)}``."""

Kind = Literal["type", "umbrella", "colour", "attribute"]


def all_words(words: Words) -> list[str]:
    """All of them, language by language."""
    return [word for listed in words.values() for word in listed]


_MAX_DEPTH = 8
"""Levels of a category tree that are looked through."""


class LexiconError(ValueError):
    """The lexicon file is missing or does not hold what it must; the message says which entry."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Localised
    words: Words = {}


class TypeEntry(_Entry):
    """A leaf of the category tree. ``category`` is the path from the root down to it. ``finer``: types beneath it,
    where it has goods of its own beside theirs; it stands for them as well."""

    category: tuple[str, ...] = ()
    finer: tuple[str, ...] = ()


class UmbrellaEntry(_Entry):
    """A word for several types, e.g. ``shoes``."""

    types: tuple[str, ...]


class ValueEntry(_Entry):
    """One value of an attribute."""


class ColourEntry(_Entry):
    hex: str = Field(default="#888888", pattern="^#[0-9a-fA-F]{6}$")


class AttributeEntry(_Entry):
    """``boolean``: its own words mean "yes". ``choice``: each of ``values`` has words of its own."""

    kind: Literal["boolean", "choice", "quantity"] = "choice"
    values: dict[str, ValueEntry] = {}

    def words_of(self, value: str) -> Words:
        """What the attribute is called with this value: "yes" by its own words."""
        return self.words if value == "yes" else self.values[value].words if value in self.values else {}


class Lexicon(BaseModel):
    """All entries by key. Load it once; it never changes."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    types: dict[str, TypeEntry] = {}
    umbrellas: dict[str, UmbrellaEntry] = {}
    colours: dict[str, ColourEntry] = {}
    attributes: dict[str, AttributeEntry] = {}
    translations: dict[str, dict[str, dict[str, str]]] = {}
    """By language, and by ``types``, ``colours``…: the words for a key, with commas between. They find no products."""

    @model_validator(mode="after")
    def _umbrellas_cover_known_types(self) -> Lexicon:
        for key, umbrella in self.umbrellas.items():
            if unknown := [name for name in umbrella.types if name not in self.types]:
                raise ValueError(f"umbrella {key!r} names unknown types: {', '.join(unknown)}")
        return self

    @classmethod
    def from_file(cls, path: Path | str) -> Lexicon:
        """The lexicon in a JSON file. Raises ``LexiconError``."""
        try:
            lexicon = cls.model_validate_json(Path(path).read_bytes())
            files = sorted(Path(path).with_suffix("").glob("*.toml"))
            read = {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
            return cls.model_validate({**dict(lexicon), "translations": read})
        except (OSError, ValidationError, tomllib.TOMLDecodeError) as error:
            raise LexiconError(f"cannot read the lexicon {path}: {error}") from error

    @property
    def every_word(self) -> frozenset[str]:
        """All words and names of its entries, in lower case: what names kinds, colours and properties."""
        entries: list[_Entry] = [*self.types.values(), *self.umbrellas.values(), *self.colours.values()]
        entries += self.attributes.values()
        entries += (value for attribute in self.attributes.values() for value in attribute.values.values())
        return frozenset(
            word.lower()
            for entry in entries
            for words in (*entry.words.values(), tuple(entry.name.values()))
            for word in words
        )

    @property
    def departments(self) -> tuple[str, ...]:
        """The roots of the category tree; below a single root, what stands right under it."""
        paths = [kind.category for kind in self.types.values() if kind.category and kind.name]
        shared = next((at for at in range(_MAX_DEPTH) if len({path[: at + 1] for path in paths}) > 1), 0)
        return tuple(dict.fromkeys(path[min(shared, len(path) - 1)] for path in paths))

    def expand(self, type_or_umbrella: str) -> tuple[str, ...]:
        """The leaf types that a type or umbrella key stands for; nothing for an unknown key."""
        if type_or_umbrella in self.types:
            return (type_or_umbrella, *self.types[type_or_umbrella].finer)
        umbrella = self.umbrellas.get(type_or_umbrella)
        return umbrella.types if umbrella else ()

    def leaves(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The leaf types that all of these type and umbrella keys stand for, each once; an unknown key for itself."""
        return tuple(dict.fromkeys(leaf for key in keys for leaf in self.expand(key) or (key,)))

    def name(self, kind: Kind, key: str, language: str) -> str:
        """What a reply calls this key; the English name where the language has none, the key in words where it is
        unknown.

        An attribute key may carry its value: ``name("attribute", "material=leather", "zh")`` is the value's name.
        """
        if language in self.translations and (own := self._translated(kind, key, language)):
            return own
        if kind == "attribute":
            key, _, value = key.partition("=")
            attribute = self.attributes.get(key)
            entry: _Entry | None = attribute
            if attribute and value in attribute.values:
                entry = attribute.values[value]
            elif value and (attribute is None or value != "yes"):
                return value.replace("_", " ")
        else:
            groups: dict[str, dict[str, TypeEntry] | dict[str, UmbrellaEntry] | dict[str, ColourEntry]] = {
                "type": self.types,
                "umbrella": self.umbrellas,
                "colour": self.colours,
            }
            entry = groups[kind].get(key)
            if entry is None and kind == "type":
                entry = self.umbrellas.get(key)
        if entry is None:
            return key_name(key) if kind == "attribute" else key.replace("_", " ")
        return entry.name.get(language) or entry.name.get("en") or key.replace("_", " ")

    def _translated(self, kind: Kind, key: str, language: str) -> str:
        groups = self.translations[language]
        if kind == "attribute":
            key = key.removesuffix("=yes")
        words = groups.get(f"{kind}s", {}).get(key) or (
            groups.get("umbrellas", {}).get(key, "") if kind == "type" else ""
        )
        return words.partition(",")[0].strip()
