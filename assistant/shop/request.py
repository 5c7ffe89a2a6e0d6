"""An action as it was asked for, before anybody knows what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.shop import policy
from assistant.shop.actions import OrderAction
from assistant.shop.policy import Condition
from assistant.shop.views import AddressView

Pairs = tuple[tuple[str, str], ...]
Swaps = Mapping[str, str] | Sequence[tuple[str, str]]
"""The variant had and the variant wanted instead: as a mapping for every unit, as pairs for one unit each."""


@dataclass(frozen=True, slots=True)
class Request:
    """An action as it was asked for. ``swaps`` pairs a variant had with the variant wanted, one unit each;
    ``whole_lines`` means every unit of those variants. ``items`` ``None`` is the whole order. ``payment`` is the id of
    a payment method."""

    action: OrderAction
    reason: str = ""
    address: AddressView | None = None
    items: tuple[tuple[str, int], ...] | None = None
    swaps: Pairs = ()
    whole_lines: bool = False
    payment: str | None = None
    fault: bool = False
    """return_items: what came was damaged, faulty or not what was ordered, which costs the customer nothing."""
    condition: Condition = ""
    """return_items, exchange_items: what the customer says of the goods."""

    def arguments(self) -> dict[str, Any]:
        """As JSON, to be stored with the change: see ``of``."""
        address = None
        if self.address is not None:
            a = self.address
            address = [a.address1, a.address2, a.city, a.state, a.country, a.postcode]
        return {
            "reason": self.reason,
            "address": address,
            "items": None if self.items is None else [list(item) for item in self.items],
            "swaps": [list(pair) for pair in self.swaps],
            "whole_lines": self.whole_lines,
            "payment": self.payment,
            **({"fault": True} if self.fault else {}),
            **({"condition": self.condition} if self.condition else {}),
        }

    @classmethod
    def of(cls, action: OrderAction, arguments: Mapping[str, Any]) -> Request:
        address, items = arguments.get("address"), arguments.get("items")
        return cls(
            OrderAction(action),
            reason=arguments.get("reason", ""),
            address=None if address is None else AddressView(*address),
            items=None if items is None else tuple((variant_id, quantity) for variant_id, quantity in items),
            swaps=tuple((old, new) for old, new in arguments.get("swaps", ())),
            whole_lines=arguments.get("whole_lines", False),
            payment=arguments.get("payment"),
            fault=arguments.get("fault", False),
            condition=arguments.get("condition", ""),
        )


def clean_address(address: AddressView | None) -> AddressView | None:
    """With single spaces; ``None`` when it is blank or too long."""
    if address is None:
        return None
    parts = (address.address1, address.address2, address.city, address.state, address.country, address.postcode)
    tidy = AddressView(*(" ".join(part.split()) for part in parts))
    return tidy if tidy.address1 and len(tidy.line) <= policy.MAX_ADDRESS_CHARS else None


def one_unit_each(swaps: Swaps | None) -> tuple[Pairs, bool]:
    """Swaps as a ``Request`` has them, and whether they mean whole lines, as a mapping does."""
    if isinstance(swaps, Mapping):
        return tuple(swaps.items()), True
    return tuple((old, new) for old, new in swaps or ()), False
