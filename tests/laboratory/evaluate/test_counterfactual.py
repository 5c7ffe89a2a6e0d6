"""What a candidate would have earned, from lists as they are logged."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.online.exposures import ExposedItem, Exposure
from laboratory.evaluate.counterfactual import MAX_LISTS, evaluate_counterfactual, log_of, reweighted, with_model
from retrieval.ranking.behaviour import Behaved, Event

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def exposure(name: str, *items: ExposedItem, unit: str = "") -> Exposure:
    return Exposure(name, "talk", "t", None, "search", "q", "live", "", None, unit or name, NOW, items)


def item(name: str, propensity: float, clicked: bool = False, paid: str | None = None, **parts: float) -> ExposedItem:
    return ExposedItem(name, propensity, parts, paid, None, {"click": NOW} if clicked else {})


def lists(count: int, rng: np.random.Generator, unit: str = "") -> list[Exposure]:
    """Words put a first and taste b; a coin decides. a is clicked in half of all lists when first, b in a tenth."""
    made = []
    for number in range(count):
        first, second = [("a", 0.5), ("b", 0.1)][:: 1 if rng.random() < 0.5 else -1]
        items = [
            item(name, 0.5, rng.random() < liked * looked, words=float(name == "a"), taste=2.0 * (name == "b"))
            for (name, liked), looked in ((first, 1.0), (second, 0.5))
        ]
        made.append(exposure(f"{unit}{number}", *items, unit=unit))
    return made


def test_the_candidate_that_shows_the_better_product_first_earns_more() -> None:
    log = lists(4_000, np.random.default_rng(1))
    report = evaluate_counterfactual(log, "click", {"words": reweighted({"taste": 0}), "taste": reweighted({})})
    for estimator in ("ips", "snips", "doubly_robust"):
        for name, truth in (("words", 0.55), ("taste", 0.35), ("as shown", 0.45)):
            value, low, high = report[name][estimator]
            assert low <= value <= high and value == pytest.approx(truth, abs=0.04)
    assert report["words"]["effective_lists"] < 2_200 < report["as shown"]["effective_lists"] == 4_000


def test_a_log_that_cannot_say_refuses() -> None:
    sure = [exposure(str(n), item("a", 1.0, words=1), item("b", 1.0, words=0)) for n in range(500)]
    report = evaluate_counterfactual(sure, "click", {"turned": reweighted({"words": -1})})
    assert "not enough exploration" in report["turned"]["refused"] and "ips" in report["as shown"]
    with pytest.raises(ValueError, match="no lists"):
        evaluate_counterfactual([], "click", {})


def test_sponsored_items_keep_their_places() -> None:
    shown = exposure("l", item("b", 0.5, words=1), item("ad", 1.0, True, "sale", words=9), item("a", 0.5, words=2))
    log, places = log_of([shown], "click", reweighted({}))
    assert places.tolist() == [1, 2] and log.weights.tolist() == [0, 0] and log.rewards.sum() == 0
    log, _ = log_of([shown], "click", reweighted({"words": -1}))
    assert log.weights.tolist() == [2, 2]
    with pytest.raises(ValueError, match="no lists"):
        log_of([exposure("paid", item("ad", 1.0, paid="sale"))], "click")


def test_who_calls_up_lists_without_end_decides_nothing() -> None:
    rng = np.random.default_rng(2)
    honest, bot = lists(1_000, rng), lists(5_000, rng, unit="bot")
    report = evaluate_counterfactual([*bot, *honest], "click", {})
    assert report["as shown"]["lists"] == 1_000 + MAX_LISTS


def test_a_trained_ranker_is_asked_with_what_was_known_then() -> None:
    class Catalogue:
        def position(self, name: str) -> int | None:
            return {"a": 0, "b": 1}.get(name)

    class Model:
        version = "v"

        def scores(self, interactions: list[Behaved], among: np.ndarray | None = None) -> np.ndarray:
            return np.array([1.0, 0.0]) if interactions else np.array([0.0, 1.0])

    shown = exposure("l", item("a", 1), item("b", 1), item("gone", 1))
    for interactions, order in (([], ["b", "gone", "a"]), ([Event("C", "a", "view", NOW)], ["a", "gone", "b"])):
        candidate = with_model(Model(), Catalogue(), lambda _, interactions=interactions: interactions, 1.0, {})  # type: ignore[arg-type]
        assert candidate(shown) == order
