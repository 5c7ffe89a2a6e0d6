"""How far fake clicks carry a product: its place among 200 by demand, ours beside plain counting.

    python -m laboratory.benchmarks.poisoning

500 customers turn to 200 products over 90 days, Zipf-like; the attacked product is the last of them. Attacks: one
account that clicks over and over, many accounts within one hour, and many accounts over 30 days.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np

from retrieval.ranking.behaviour import Event
from retrieval.ranking.neighbours import Neighbours

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PRODUCTS = 200
CUSTOMERS = 500
TARGET = PRODUCTS - 1
CLICKS = (0, 10, 100, 1_000, 10_000)


def honest(seed: int = 0) -> list[Event]:
    chance = np.random.default_rng(seed)
    likely = 1 / (np.arange(PRODUCTS) + 3.0) ** 0.9
    likely[TARGET] = likely.min() / 10
    likely /= likely.sum()
    events = []
    for customer in range(CUSTOMERS):
        for product in chance.choice(PRODUCTS, chance.integers(3, 40), p=likely):
            at = NOW - timedelta(days=float(chance.uniform(0, 90)))
            kind = "purchase" if chance.random() < 0.15 else "view"
            events.append(Event(f"c{customer}", str(product), kind, at))
    return events


def attack(clicks: int, accounts: int, days: float, seed: int = 1) -> list[Event]:
    chance = np.random.default_rng(seed)
    return [
        Event(f"fake{at % max(1, accounts)}", str(TARGET), "view", NOW - timedelta(days=0.01 + days * chance.random()))
        for at in range(clicks)
    ]


def places(events: list[Event]) -> tuple[int, int]:
    """The target's place by our demand, and by counting clicks."""
    learned = Neighbours.learn(PRODUCTS, lambda name: int(name), events, NOW)
    counted = Counter(int(event.product_id) for event in events)
    ours = 1 + int((learned.demand > learned.demand[TARGET]).sum())
    return ours, 1 + sum(count > counted[TARGET] for count in counted.values())


def main() -> None:
    usual = honest()
    print(f"place of the attacked product among {PRODUCTS}: ours (by counting)")
    print(f"{'fake clicks':<34}{''.join(f'{clicks:>14,}' for clicks in CLICKS)}")
    attacks = (("one account", lambda n: 1, 30.0), ("an account a click, one hour", lambda n: n, 1 / 25),
               ("an account a click, 30 days", lambda n: n, 30.0))  # fmt: skip
    for name, accounts, days in attacks:
        found = [places([*usual, *attack(clicks, accounts(clicks), days)]) for clicks in CLICKS]
        print(f"{name:<34}" + "".join(f"{ours} ({counted})".rjust(14) for ours, counted in found))


if __name__ == "__main__":
    main()
