"""What an attribute or option is called to customers where nobody has named it: its key in the words of the export."""

from __future__ import annotations

import re

_UNIT = re.compile(r"[ _](kg|g|mg|mm|cm|m|km|ml|cl|l|w|kw|v|mah|db|lm|h|min|°c)$", re.IGNORECASE)
"""The unit at the end of a column's name: ``gewicht_kg``."""


def key_name(key: str) -> str:
    """``gewicht_kg`` → "Gewicht (kg)", ``schnittstärke`` → "Schnittstärke"."""
    plain = _UNIT.sub(lambda unit: f" ({unit[1]})", key).replace("_", " ").strip()
    return plain[:1].upper() + plain[1:]
