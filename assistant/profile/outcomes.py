"""What a turn about the shopper's own profile comes to: facts only, in no language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retrieval.ranking.person import Preference

Standing = Literal["lasting", "conversation", "off"]


@dataclass(frozen=True, slots=True)
class PreferencesNoted:
    """``standing``: kept for the customer, for this conversation, or not at all since personalisation is off."""

    preferences: tuple[Preference, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class ProfileTold:
    """``types``, ``brands``: what taste is drawn from, strongest first; ``interactions`` counts all that is held."""

    personal: bool
    types: tuple[str, ...]
    brands: tuple[str, ...]
    preferences: tuple[Preference, ...]
    interactions: int


@dataclass(frozen=True, slots=True)
class PersonalSwitched:
    on: bool


@dataclass(frozen=True, slots=True)
class ForgetAsked:
    """Nothing is erased yet."""

    interactions: int
    preferences: int


@dataclass(frozen=True, slots=True)
class ForgetDropped:
    """The shopper said no: everything stays."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    interactions: int
    preferences: int


ProfileOutcome = PreferencesNoted | ProfileTold | PersonalSwitched | ForgetAsked | ForgetDropped | Forgotten
