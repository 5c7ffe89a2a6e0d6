"""`shopclerk evaluate counterfactual`: another ranking judged by the lists that were shown."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.bootstrap import Shopclerk
    from laboratory.evaluate.counterfactual import Reorder


class Reward(Enum):
    click = "click"
    cart = "cart"
    purchase = "purchase"


def counterfactual(
    weights: Annotated[
        list[str] | None, typer.Option(help="A contribution's factor, e.g. taste=0; the others stay at 1.")
    ] = None,
    version: Annotated[str | None, typer.Option(help="A trained ranker whose scores are added.")] = None,
    version_weight: Annotated[float, typer.Option(help="What a standard deviation of its scores counts.")] = 0.3,
    reward: Annotated[Reward, typer.Option(help="What a list is to earn.")] = Reward.click,
    days: Annotated[float, typer.Option(min=0.01, help="Lists of so many days.")] = 30.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What a list would have earned with other weights or a trained ranker, from the log of lists as shown."""
    import json
    from datetime import timedelta

    from assistant.cli.failures import Unusable
    from assistant.cli.session import opened_shop
    from assistant.database import utc_now
    from assistant.online.serving import UNRANKED
    from assistant.settings import Settings
    from laboratory.evaluate.counterfactual import evaluate_counterfactual, reweighted

    shop = opened_shop(Settings(), model=False)
    try:
        factors = _factors(weights or [])
        candidates = {"candidate": reweighted(factors)} if factors else {}
        if version is not None:
            candidates["candidate"] = _with_version(shop, version, version_weight, factors)
        lists = shop.commerce.online.exposures.lists(since=utc_now() - timedelta(days=days))
        ranked = [shown for shown in lists if shown.items and shown.policy != UNRANKED]
        report = evaluate_counterfactual(ranked, reward.value, candidates)
    except (LookupError, ValueError) as error:
        raise Unusable(str(error)) from error
    if as_json:
        print(json.dumps(report, indent=1))
        return
    for name, figures in report.items():
        print(f"{name}: {figures['lists']:,} lists, {figures['effective_lists']:,.0f} effective")
        if "refused" in figures:
            print(f"  {figures['refused']}")
        for estimator in ("ips", "snips", "doubly_robust"):
            if estimator in figures:
                value, low, high = figures[estimator]
                print(f"  {estimator:13} {value:.4f} {reward.value}s a list ({low:.4f} to {high:.4f})")


def _factors(given: list[str]) -> dict[str, float]:
    """Raises ``ValueError``."""
    factors = {}
    for pair in given:
        name, _, value = pair.partition("=")
        try:
            factors[name.strip()] = float(value)
        except ValueError as error:
            raise ValueError(f"{pair!r} is no factor; write taste=0.5") from error
    return factors


def _with_version(shop: Shopclerk, version: str, weight: float, factors: dict[str, float]) -> Reorder:
    """Customers are found again by their pseudonyms; who has none is ranked for as a newcomer."""
    from assistant.database import utc_now
    from assistant.online.exposures import Exposure
    from laboratory.evaluate.counterfactual import with_model
    from retrieval.ranking.behaviour import Behaved, orderly

    histories: defaultdict[str, list[Behaved]] = defaultdict(list)
    for event in orderly(shop.commerce.profiles.everybody(), utc_now()):
        histories[shop.commerce.online.exposures.names.customer(event.customer_id)].append(event)

    def interactions_of(shown: Exposure) -> list[Behaved]:
        history = histories.get(shown.customer or "", [])
        return history[: bisect_left(history, shown.at, key=lambda event: event.at)]

    return with_model(
        shop.commerce.online.model_of(version)(), shop.knowledge.search.catalogue, interactions_of, weight, factors
    )
