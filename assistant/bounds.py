"""How much one client may ask of the shop: so often from an address, in a conversation, by a customer, and in all.

What is counted is kept in memory: each process of the shop counts for itself. docs/security.md lists what is bounded.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal, get_args

from limits import RateLimitItem, parse_many
from limits.storage import storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

What = Literal["conversations", "turns", "tickets", "uploads", "searches", "wishes", "tokens", "streams"]
Per = Literal["address", "conversation", "customer", "shop"]
Rates = Mapping[tuple[What, Per], tuple[RateLimitItem, ...]]

DEFAULTS = """
    conversations.address=60/minute;600/hour
    conversations.shop=1200/minute
    turns.conversation=30/minute
    turns.customer=60/minute
    turns.address=120/minute
    turns.shop=3000/minute
    tickets.conversation=5/hour
    tickets.customer=8/hour
    tickets.address=20/minute;60/hour
    tickets.shop=300/hour
    uploads.conversation=10/minute
    uploads.customer=20/minute
    uploads.address=30/minute
    uploads.shop=600/minute
    searches.address=120/minute
    searches.shop=3000/minute
    wishes.conversation=20/hour
    wishes.address=60/hour
    wishes.shop=1000/hour
    tokens.conversation=300000/day
    tokens.customer=400000/day
    tokens.address=600000/day
"""
"""An address may be an office's or a school's. The whole shop's tokens of a day are a setting of their own."""
_OWN_UNBOUNDED: tuple[What, ...] = ("turns", "searches", "tokens")
"""What the machine itself may ask for as often as it likes: tests and measurements, which are no strangers."""
_EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Client:
    """Whom something is done for, as far as it is known; empty where it is not."""

    address: str = ""
    conversation: str = ""
    customer: str = ""


NOBODY = Client()
_client: ContextVar[Client] = ContextVar("client", default=NOBODY)


class TooMany(Exception):
    """A bound is reached; in ``wait_s`` seconds it would be no more. ``language``: the shopper's, where it is known."""

    def __init__(self, what: What, wait_s: float, language: str = "") -> None:
        super().__init__(f"too many {what}, for {wait_s:.0f} s")
        self.what, self.wait_s, self.language = what, wait_s, language


@contextmanager
def called_from(address: str) -> Iterator[None]:
    """What is done in the block, also in its tasks and threads, is for a client of this address."""
    with _known(Client(network_of(address))):
        yield


@contextmanager
def speaking_in(conversation: str, customer: str | None) -> Iterator[None]:
    """The same for a shopper's conversation, beside the address that is known already."""
    with _known(replace(_client.get(), conversation=conversation, customer=customer or "")):
        yield


@contextmanager
def _known(client: Client) -> Iterator[None]:
    token = _client.set(client)
    try:
        yield
    finally:
        _client.reset(token)


def calling_address() -> str:
    """Of the client that something is done for now, as ``network_of`` has it; empty where it is not known."""
    return _client.get().address


def network_of(address: str) -> str:
    """Whose doing it is: the address itself, of an IPv6 one the network of a household (/64). As it is where it is no
    address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback:
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))


def is_own(address: str) -> bool:
    """Whether it is the machine itself that calls."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def read_bounds(text: str) -> Rates:
    """The defaults with the changes of the text, ``conversations.address=60/minute;500/hour tickets.shop=off``; ``off``
    alone: none at all. Raises ``ValueError``, which says what is wrong."""
    if text.strip() == "off":
        return {}
    rates: dict[tuple[What, Per], tuple[RateLimitItem, ...]] = {}
    for part in (*DEFAULTS.split(), *text.split()):
        name, _, rate = part.partition("=")
        what, _, per = name.partition(".")
        if what not in get_args(What) or per not in get_args(Per):
            raise ValueError(f"there is no bound {name!r}: write {'|'.join(get_args(What))}.{'|'.join(get_args(Per))}")
        try:
            rates[what, per] = () if rate == "off" else tuple(parse_many(rate))  # type: ignore[index]
        except ValueError as error:
            raise ValueError(f"{part!r} says no rate, as 20/minute or 20/minute;200/day or off") from error
    return rates


class Bounds:
    """Counts what clients do: whoever is known by ``called_from`` and ``speaking_in``, and whom a call names beside.

    ``storage`` is a ``limits`` URI. Safe from any thread.
    """

    def __init__(self, rates: Rates | None = None, storage: str = "memory://") -> None:
        self._rates = read_bounds("") if rates is None else rates
        self._limiter = SlidingWindowCounterRateLimiter(storage_from_string(storage))
        self._lock = Lock()

    def wait_s(self, what: What, *, conversation: str = "", customer: str | None = None) -> float:
        """Counts one more; 0 when it may be, else the seconds to wait, and then nothing is counted."""
        held = list(self._held(what, conversation, customer))
        with self._lock:
            wait = max((self._wait(item, key) for item, key in held), default=0.0)
            if not wait:
                for item, key in held:
                    self._limiter.hit(item, *key)
        return wait

    def take(self, what: What, *, conversation: str = "", customer: str | None = None, language: str = "") -> None:
        """The same; raises ``TooMany`` instead of saying so."""
        if wait := self.wait_s(what, conversation=conversation, customer=customer):
            raise TooMany(what, wait, language)

    def spend(self, tokens: int) -> None:
        """Counts what a model has used."""
        for item, key in self._held("tokens"):
            # One more than there may be is refused as a whole, and would not count.
            cost = min(tokens, self._limiter.get_window_stats(item, *key).remaining)
            if cost > 0:
                self._limiter.hit(item, *key, cost=cost)

    def may_spend(self) -> bool:
        """Whether there are tokens left."""
        return all(self._limiter.test(item, *key) for item, key in self._held("tokens"))

    def _held(
        self, what: What, conversation: str = "", customer: str | None = None
    ) -> Iterator[tuple[RateLimitItem, tuple[str, ...]]]:
        client = _client.get()
        whose: dict[Per, str] = {
            "address": client.address,
            "conversation": conversation or client.conversation,
            "customer": customer or client.customer,
            "shop": _EVERYBODY,
        }
        if what in _OWN_UNBOUNDED and is_own(client.address):
            del whose["address"]
        for per, who in whose.items():
            if who:
                yield from ((item, (what, per, who)) for item in self._rates.get((what, per), ()))

    def _wait(self, item: RateLimitItem, key: tuple[str, ...]) -> float:
        if self._limiter.test(item, *key):
            return 0.0
        return max(1.0, math.ceil(self._limiter.get_window_stats(item, *key).reset_time - time.time()))
