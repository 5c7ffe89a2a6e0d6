"""What answers a question about products, as typed evidence: in no language, and of nothing but what the shop has."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from retrieval.search.query import FaqHit


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute or option of one product as the shop has it; one that it does not have is said to be unknown."""

    product_id: str
    key: str


@dataclass(frozen=True, slots=True)
class GuardedFact:
    """The same for what may not be claimed (safety, health, compatibility): said as the product data's entry."""

    product_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence in the words of the description, or of a customer. ``related``: it does not settle the question, but
    is what the shop's text has on the matter."""

    product_id: str
    source: Literal["description", "review"]
    text: str
    related: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """ "What is it about?": the whole description, in its own words."""

    product_id: str


@dataclass(frozen=True, slots=True)
class Rated:
    """Rating and number of reviews."""

    product_id: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A help page's answer."""

    hit: FaqHit


@dataclass(frozen=True, slots=True)
class Offered:
    """Whether a product comes in the options asked for, as (key, value), and if not (or if no value was asked for) in
    what it comes instead, of the option ``key``. ``left`` are in stock of the variants that have them."""

    product_id: str
    wanted: tuple[tuple[str, str], ...]
    there: bool
    key: str = ""
    others: tuple[str, ...] = ()
    left: int = 0
    price: Decimal | None = None
    """Of these variants in stock, where it is one."""


@dataclass(frozen=True, slots=True)
class HavingAll:
    """Which of several products have all of several yes/no attributes, by the product data."""

    keys: tuple[str, ...]
    having: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing that the shop has settles the question for this product. ``rest``: it goes beyond what was just said."""

    product_id: str
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Extreme:
    """Which of the products has the most (or least) of a measure known of all of them. ``winners`` are several where
    they are equal."""

    key: str
    most: bool
    winners: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """One attribute of several products side by side."""

    key: str
    product_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Having:
    """Which of several products have a yes/no attribute, by the product data."""

    key: str
    having: tuple[str, ...]
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Of the prices of two products, in one currency."""

    low: str
    high: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """What the products cost together; ``counts`` are how many of each."""

    product_ids: tuple[str, ...]
    amount: Decimal
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AgeWithin:
    """Whether an age the customer named is at or above the one that the shop gives."""

    product_id: str
    age: int
    within: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """What of the question nothing that the shop has tells, as a clause in the customer's language ("whether it works
    with a Mac")."""

    clause: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The product of several, or its ``size``, that is advised where advice was asked for; what speaks for it follows
    as evidence."""

    product_id: str
    size: str = ""


Evidence = (
    Fact
    | GuardedFact
    | Quote
    | Described
    | Rated
    | Passage
    | Offered
    | HavingAll
    | Silent
    | Extreme
    | Values
    | Having
    | Difference
    | Total
    | AgeWithin
    | Recommendation
    | Missing
)


@dataclass(frozen=True, slots=True)
class Answer:
    """``yes`` only where a yes/no attribute means exactly what was asked and claims nothing on safety, health or what
    it works with. ``support`` (0 to 1): how well what the shop has carries an answer to this question."""

    evidence: tuple[Evidence, ...]
    yes: bool | None = None
    support: float = 0.0
    direct: str = ""
    """A leading model's own words, checked against what they rest on; they go before the evidence."""
