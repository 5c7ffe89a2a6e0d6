"""What a scenario says: who the shopper is, what they know and want, and what must be true of the shop afterwards.

The idea is that of tau-bench (Yao et al., 2024, arXiv:2406.12045): a simulated user, the real tools, and the
final state of the database as the judge. Nothing here is about the assistant's words.
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Amounts = dict[str, Decimal]
"""By payment method: its id ("paypal", "card", "gift_card")."""


class ScenarioInvalid(ValueError):
    """A scenario's file is not as it should be; the message says which and where."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Says(_Strict):
    """``opening``: ways of saying the first thing, one of which is taken. ``then``: what is said next, each when what
    came before has ended; a list is several ways. ``insists``: said after a refusal, in order."""

    opening: list[str] = Field(min_length=1)
    then: list[str | list[str]] = []
    insists: list[str] = []


class Knows(_Strict):
    """What the shopper answers when asked; what is left out they do not know.

    ``identity``: what proves who they are, each item said in a message of its own; of the customer ``email``, ``name``
    and ``postcode``, "order" for ``order``, anything else as it stands. ``order`` is its number, ``which`` how it
    is told from others without one.
    """

    identity: list[str] = ["email+postcode"]
    order: str | None = None
    which: str | None = None
    item: str | None = None
    instead: str | None = None
    payment: str | None = None
    address: str | None = None
    reason: str | None = None


class OrderAfter(_Strict):
    """What an order must be afterwards; what is left out must be as it was.

    ``lines``: units by variant. ``refunds`` and ``charges``: booked anew. ``promised``: what the card said that will
    be refunded when items have arrived. ``returned``: units by variant. ``exchanged``: the new variant by the old.
    """

    status: str | None = None
    lines: dict[str, int] | None = None
    address: str | None = None
    refunds: Amounts = {}
    charges: Amounts = {}
    promised: Amounts | None = None
    returned: dict[str, int] | None = None
    exchanged: dict[str, str] | None = None


class Expects(_Strict):
    """The final state; whatever is not named must be unchanged. ``told``: orders that must have been shown.
    ``refused``: reasons, one of which must have been given."""

    orders: dict[str, OrderAfter] = {}
    default_address: str | None = None
    cart: dict[str, int] | None = None
    tickets: int = 0
    told: list[str] = []
    refused: list[str] = []


class Scenario(_Strict):
    """``confirms``: what is said to a proposal that is as expected; "unsure" first, then yes. ``changes``: said to the
    first proposal in place of an answer. ``stock``: what is left of variants, where the scenario depends on it.
    ``titles``: other titles of products, in the orders and in the shop."""

    name: str = ""
    kind: str
    language: Literal["en", "zh"]
    customer: str
    signed_in: bool = False
    forbidden: bool = False
    says: Says
    knows: Knows = Knows()
    confirms: Literal["yes", "no", "unsure"] = "yes"
    changes: str | None = None
    expects: Expects = Expects()
    stock: dict[str, int] = {}
    titles: dict[str, str] = {}

    @property
    def changes_nothing(self) -> bool:
        expected = self.expects
        return not (expected.orders or expected.default_address or expected.cart or expected.tickets)


def read_scenarios(folder: Path) -> list[Scenario]:
    """Every ``*.toml`` in ``folder`` and below, by name. Raises ``ScenarioInvalid``."""
    paths = sorted(folder.rglob("*.toml"))
    if not paths:
        raise ScenarioInvalid(f"{folder}: no scenarios (*.toml) in it")
    return [_read(path, folder) for path in paths]


def _read(path: Path, folder: Path) -> Scenario:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return Scenario.model_validate({**data, "name": path.relative_to(folder).with_suffix("").as_posix()})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioInvalid(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ScenarioInvalid(f"{path}: {where}: {first['msg']}") from error
