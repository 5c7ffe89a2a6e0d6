"""English nouns in the plural and the singular, as far as names of goods need it."""

from __future__ import annotations

_IRREGULAR = {
    "knife": "knives", "scarf": "scarves", "shelf": "shelves", "mouse": "mice", "woman": "women", "man": "men",
    "child": "children", "foot": "feet", "tooth": "teeth", "loaf": "loaves", "leaf": "leaves", "half": "halves",
}  # fmt: skip
_SINGULAR = {many: one for one, many in _IRREGULAR.items()}
_UNCOUNTED_TEXT = """
jeans trousers pants shorts tights leggings glasses sunglasses headphones earphones scissors pliers pyjamas pajamas
furniture jewellery jewelry clothing footwear milk bread butter cheese yoghurt yogurt rice pasta coffee tea sugar salt
flour water juice honey meat fish chocolate music software hardware equipment bedding luggage lighting series
"""
_UNCOUNTED = frozenset(_UNCOUNTED_TEXT.split())
"""Nouns that are one and many alike."""


def plural(noun: str) -> str:
    """``knife`` → ``knives``; what is many already, or cannot be counted, stays. Of several words the last changes."""
    start, _, last = noun.rpartition(" ")
    start += " " if start else ""
    if not last.isascii() or last in _UNCOUNTED or last in _SINGULAR or last != singular(last):
        return noun
    if last in _IRREGULAR:
        return start + _IRREGULAR[last]
    if last.endswith("y") and len(last) > 2 and last[-2] not in "aeiou":
        return start + last[:-1] + "ies"
    return start + last + ("es" if last.endswith(("s", "x", "z", "ch", "sh")) else "s")


def singular(noun: str) -> str:
    """``knives`` → ``knife``; what is one already, or has no singular, stays. Of several words the last changes."""
    start, _, last = noun.rpartition(" ")
    start += " " if start else ""
    if last in _UNCOUNTED or len(last) <= 3 or not last.isascii():
        return noun
    if last in _SINGULAR:
        return start + _SINGULAR[last]
    if last.endswith("ies") and len(last) > 4:
        return start + (
            last[:-1] if last in ("cookies", "movies", "beanies", "hoodies", "selfies", "onesies") else last[:-3] + "y"
        )
    if last.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return start + last[:-2]
    if last.endswith("s") and not last.endswith(("ss", "us", "is")):
        return start + last[:-1]
    return noun
