"""A postal address in the parts that a store wants, from one that a customer wrote on a line. Where they cannot be told
apart for sure, there is none: a person takes such an address over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.shop.views import AddressView

_LONGEST_POSTCODE = 10
"""Characters, as "SW1A 1AA" or "12345-6789"."""


def parted(address: AddressView | None, before: AddressView | None) -> AddressView | None:
    """``before`` is where the order goes: an address that names no country stays in that one."""
    if address is None or not address.address1:
        return None
    country = address.country or (before.country if before else "")
    if len(country) != 2:  # stores name countries by ISO 3166-1 alpha-2
        return None
    whole = address if address.city and address.postcode else _of_line(address.address1)
    return None if whole is None else replace(whole, country=country.upper())


def _of_line(line: str) -> AddressView | None:
    """``street, town postcode``, ``street, postcode town``, ``street, town, postcode`` or ``street, town, ST 12345``;
    what stands between the street and the town is its second line."""
    pieces = [piece.split() for piece in line.replace("，", ",").split(",") if piece.strip()]
    if len(pieces) < 2:
        return None
    *rest, last = pieces
    town, state = _without_postcode(last), ""
    postcode = " ".join(last[len(town) :]) if last[: len(town)] == town else " ".join(last[: -len(town)])
    if not town or (len(town) == 1 and len(town[0]) == 2 and town[0].isupper()):
        if len(rest) < 2:
            return None
        state, town = " ".join(town), rest.pop()
    if not _is_postcode(postcode) or any(_digits(word) for word in town):
        return None
    street, *more = (" ".join(words) for words in rest)
    return AddressView(street, ", ".join(more), " ".join(town), state, "", postcode)


def _without_postcode(words: Sequence[str]) -> list[str]:
    """The words beside the postcode that they begin or end with."""
    at = next((at for at, word in enumerate(words) if _digits(word)), len(words))
    if at:
        return list(words[:at])
    end = 1
    while end < len(words) and (_digits(words[end]) or (words[end].isupper() and len(words[end]) <= 2)):
        end += 1
    return list(words[end:])


def _is_postcode(text: str) -> bool:
    plain = text.replace(" ", "").replace("-", "")
    return len(plain) >= 3 and len(text) <= _LONGEST_POSTCODE and plain.isalnum() and _digits(plain)


def _digits(word: str) -> bool:
    return any(character.isdigit() for character in word)
