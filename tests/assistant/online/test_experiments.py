"""Experiments: who gets which ranking, what the figures count, and that a turn never depends on any of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.database import Database
from assistant.online.experiments import Experiment, ExperimentError, Experiments, Kind
from assistant.online.exposures import ExposedItem, Exposure, Exposures
from assistant.online.figures import figures
from assistant.online.policies import Policies
from assistant.online.pseudonyms import Pseudonyms
from assistant.online.serving import INTERLEAVED, UNRANKED, Serving
from retrieval.ranking.interleaving import Team
from retrieval.ranking.person import STRANGER, Person
from retrieval.ranking.sponsorship import Placement, Sponsors
from retrieval.search.query import Filters, Hit, Query
from tests.retrieval_samples import product

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("mug", "cup", "jug", "pot", "pan", "lid")
HITS = [
    Hit(made, made.variants[0], 6.0 - place, parts={"words": 1.0})
    for place, made in enumerate(product(name) for name in NAMES)
]


class Backwards:
    """A ranking that turns everything round."""

    def rerank(
        self,
        hits: Sequence[Hit],
        person: Person,
        limit: int,
        query: Query | None = None,
        sponsors: Sponsors | None = None,
    ) -> list[Hit]:
        return list(reversed(hits))[:limit]

    def recommend(self, person: Person, limit: int, filters: Filters | None = None, viewed: bool = True) -> list[Hit]:
        return list(reversed(HITS))[:limit]


def experiment(kind: str = "ab", **changes: object) -> Experiment:
    made = Experiment("exp-1", kind, "live", "relevance", "click", "salt", 0.05, 24.0, NOW)  # type: ignore[arg-type]
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def serving(database: Database) -> Serving:
    exposures = Exposures(database, Pseudonyms("secret"), lambda: NOW)
    experiments = Experiments(database, lambda: NOW)
    return Serving(
        exposures, experiments, Policies(Backwards()), personalised=lambda owner: owner.customer_id != "C-OFF"
    )


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_unit_always_gets_the_same_arm(salt: str, unit: str) -> None:
    assert experiment(salt=salt).arm(unit) == experiment(salt=salt).arm(unit)


def test_arms_are_halves_and_experiments_do_not_share_them() -> None:
    units = [f"unit-{number}" for number in range(10_000)]
    one, other = ([experiment(salt=salt).arm(unit) for unit in units] for salt in ("a", "b"))
    assert 4_800 < one.count("treatment") < 5_200
    assert 4_800 < sum(x == y for x, y in zip(one, other, strict=True)) < 5_200


def test_one_experiment_runs_at_a_time(database: Database) -> None:
    experiments = Experiments(database, lambda: NOW)
    begun = experiments.start("ab", "live", "relevance")
    assert experiments.running() == begun == Experiments(database).running()
    with pytest.raises(ExperimentError, match="running already"):
        experiments.start("interleaving", "live", "relevance")
    ended = experiments.stop()
    assert ended.id == begun.id and ended.stopped_at == NOW and experiments.running() is None
    with pytest.raises(ExperimentError, match="no experiment"):
        experiments.stop()
    again = experiments.start("ab", "live", "relevance")
    assert {found.id for found in experiments.latest()} == {begun.id, again.id}
    assert again.salt != begun.salt


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (("ab", "live", "live"), "nothing to compare"),
        (("ab", "live", "relevance", "click", 0.7), "alpha"),
        (("ab", "live", "relevance", "click", 0.05, 0.0), "window"),
        (("bandit", "live", "relevance"), "ab or interleaving"),
        (("ab", "live", "relevance", "smile"), "click"),
    ],
)
def test_an_experiment_that_makes_no_sense_is_refused(database: Database, values: tuple, problem: str) -> None:
    with pytest.raises(ExperimentError, match=problem):
        Experiments(database).start(*values)


def test_without_an_experiment_the_live_ranking_answers(serving: Serving) -> None:
    served = serving.serve("talk", "t1", "C1")
    assert served.rerank(HITS, STRANGER, 3) == Backwards().rerank(HITS, STRANGER, 3)
    serving.log(served, "search", "mugs", HITS[:2])
    (logged,) = serving.exposures.lists()
    assert (logged.policy, logged.experiment_id, logged.unit) == ("live", None, serving.exposures.names.customer("C1"))
    assert [item.product_id for item in logged.items] == ["mug", "cup"]


def test_who_switched_personalisation_off_is_logged_and_assigned_as_a_visitor_is(serving: Serving) -> None:
    serving.experiments.start("ab", "live", "relevance")
    for talk in map(str, range(40)):
        visitor, off = serving.serve(talk, "t", None), serving.serve(talk, "t", "C-OFF")
        assert replace(off, list_id="") == replace(visitor, list_id="")
        assert off.rerank(HITS, STRANGER, 6) == visitor.rerank(HITS, STRANGER, 6)
    known = {serving.serve(str(talk), "t", "C1").policy for talk in range(40)}
    assert len(known) == 1  # a customer stays in their arm from one conversation to the next
    serving.log(serving.serve("talk", "t", "C-OFF"), "search", "mugs", HITS)
    serving.outcome(None, "C-OFF", "mug", "click")
    (logged,) = serving.exposures.lists()
    assert logged.customer is None and not any(item.outcomes for item in logged.items)


def test_an_interleaved_list_says_whose_each_product_is(serving: Serving) -> None:
    begun = serving.experiments.start("interleaving", "live", "relevance")
    served = serving.serve("talk", "t1", None)
    hits = served.rerank(HITS, STRANGER, 4)
    serving.log(served, "search", "mugs", hits)
    (logged,) = serving.exposures.lists(experiment_id=begun.id)
    assert logged.policy == INTERLEAVED and {hit.product.id for hit in hits} == {"mug", "cup", "lid", "pan"}
    for item in logged.items:
        assert item.team == ("treatment" if item.product_id in ("mug", "cup") else "control")
        assert item.propensity in (0.5, 1.0)


@pytest.mark.parametrize("kind", ["ab", "interleaving"])
def test_sponsored_places_are_sold_whoever_ranks(serving: Serving, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """At their places, asked for once, and no team's merit."""
    monkeypatch.setattr(Experiment, "arm", lambda self, unit: "treatment")
    serving.experiments.start(kind, "live", "relevance")
    served = serving.serve("talk", "t1", None)
    asked: list[Mapping[str, float]] = []

    def sponsors(relevance: Mapping[str, float]) -> list[Placement]:
        asked.append(relevance)
        return [Placement("SP-1", "pot", 2, Decimal("0.05"))]

    hits = served.rerank(HITS, STRANGER, 4, Query(), sponsors)
    assert asked == [{hit.product.id: hit.score for hit in HITS}]
    assert [(hit.product.id, hit.sponsored) for hit in hits][1] == ("pot", "SP-1")
    assert len({hit.product.id for hit in hits}) == 4 and sum(hit.sponsored is not None for hit in hits) == 1
    assert "pot" not in served.teams and hits[1].propensity == 1.0
    if kind == "ab":
        assert [hit.product.id for hit in hits] == ["mug", "pot", "cup", "jug"]


def test_lists_that_no_ranking_had_a_say_in_are_in_no_experiment(serving: Serving) -> None:
    serving.experiments.start("ab", "live", "relevance")
    serving.log(serving.serve("talk", "t1", None), "search", "cheapest mug", HITS)
    (logged,) = serving.exposures.lists()
    assert (logged.policy, logged.experiment_id) == (UNRANKED, None)


def test_nothing_of_it_can_fail_a_turn(database: Database, serving: Serving, caplog: pytest.LogCaptureFixture) -> None:
    serving.experiments.start("ab", "no-such-ranking", "another")
    served = serving.serve("talk", "t1", None)
    assert served.rerank(HITS, STRANGER, 2) == list(reversed(HITS))[:2]
    assert served.policy == "live" and served.experiment is None and "no experiment for this list" in caplog.text
    serving.exposures.record = None  # type: ignore[assignment, method-assign]
    serving.log(served, "search", "mugs", HITS)
    assert "not logged" in caplog.text
    serving.exposures.outcome = None  # type: ignore[assignment, method-assign]
    serving.outcome("talk", None, "mug", "click")
    serving.thumb("talk", "t1", "up")


class Broken(Backwards):
    def rerank(
        self,
        hits: Sequence[Hit],
        person: Person,
        limit: int,
        query: Query | None = None,
        sponsors: Sponsors | None = None,
    ) -> list[Hit]:
        raise RuntimeError("a version that cannot rank")


@pytest.mark.parametrize("kind", ["ab", "interleaving"])
def test_a_ranking_on_trial_that_fails_costs_no_answer(
    serving: Serving, kind: Kind, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving.policies = Policies(Backwards(), lambda name: Broken())
    monkeypatch.setattr(Experiment, "arm", lambda self, unit: "treatment")
    serving.experiments.start(kind, "live", "ranker-1")
    served = serving.serve("talk", "t1", None)
    assert served.rerank(HITS, STRANGER, 6) == list(reversed(HITS))
    serving.log(served, "search", "mugs", HITS)
    (logged,) = serving.exposures.lists()
    assert (logged.policy, logged.experiment_id) == ("live", None) and "cannot rank" in caplog.text


def lists_of(
    experiment: Experiment, units: int, likes: dict[Team, float], random: Random, at: datetime = NOW
) -> list[Exposure]:
    """A list a unit; an item of an arm, or a team, is clicked as often as ``likes`` says."""
    made = []
    for number in range(units):
        unit = f"u{number}"
        arm = experiment.arm(unit)
        teams: tuple[Team | None, ...] = (None,) if experiment.kind == "ab" else ("control", "treatment")
        items = tuple(
            ExposedItem("mug", team=team, outcomes={"click": at} if random.random() < likes[team or arm] else {})
            for team in teams
        )
        made.append(Exposure(f"l{number}", unit, "t", None, "search", "q", "p", "", "exp-1", unit, at, items))
    return made


@pytest.mark.parametrize("kind", ["ab", "interleaving"])
def test_the_better_ranking_wins_and_equal_ones_stay_undecided(kind: str) -> None:
    random = Random(3)
    made = experiment(kind)
    after = NOW + timedelta(days=2)
    better = figures(made, lists_of(made, 3_000, {"control": 0.2, "treatment": 0.3}, random), after)
    assert better.winner == "treatment" and better.low > better.neutral and not better.mismatch
    assert better.treatment_units + better.control_units == better.units == 3_000
    same = figures(made, lists_of(made, 3_000, {"control": 0.2, "treatment": 0.2}, random), after)
    assert same.winner is None and same.low < same.neutral < same.high
    worse = figures(made, lists_of(made, 3_000, {"control": 0.3, "treatment": 0.2}, random), after)
    assert worse.winner == "control"


def test_units_are_judged_when_their_window_has_passed_by_what_came_within_it() -> None:
    made = experiment()
    early, late = lists_of(made, 2, {"control": 1, "treatment": 1}, Random(1))
    late = replace(late, at=NOW + timedelta(hours=20))
    after_window = ExposedItem("mug", outcomes={"click": NOW + timedelta(hours=25)})
    found = figures(made, [replace(early, items=(after_window,)), late], NOW + timedelta(hours=30))
    assert (found.units, found.waiting) == (1, 1)
    rates = [rate for rate in (found.control_rate, found.treatment_rate) if rate == rate]
    assert rates == [0.0]


def test_a_burst_of_fake_clicks_is_one_vote() -> None:
    made = experiment("interleaving")
    honest = lists_of(made, 400, {"control": 0.3, "treatment": 0.3}, Random(4))
    fake = [replace(honest[0], id=f"fake{n}", unit="bot", items=(ExposedItem("mug", team="treatment",
            outcomes={"click": NOW}),)) for n in range(10_000)]  # fmt: skip
    before, after = (figures(made, lists, NOW + timedelta(days=2)) for lists in (honest, honest + fake))
    assert after.units == before.units + 1 and after.winner is None
    assert abs(after.value - before.value) < 0.01


def test_arms_of_unequal_size_are_a_fault_and_no_result() -> None:
    made = experiment()
    lists = lists_of(made, 4_000, {"control": 0.1, "treatment": 0.9}, Random(5))
    lost = [shown for shown in lists if made.arm(shown.unit) == "control" or Random(shown.unit).random() < 0.8]
    found = figures(made, lost, NOW + timedelta(days=2))
    assert found.mismatch and found.winner is None
    assert not figures(made, lists, NOW + timedelta(days=2)).mismatch


def test_a_sponsored_click_counts_for_nobodys_team() -> None:
    made = experiment("interleaving")
    paid = ExposedItem("mug", sponsored="sale", team="treatment", outcomes={"click": NOW})
    lists = [replace(shown, items=(paid,)) for shown in lists_of(made, 50, {"control": 0, "treatment": 0}, Random(6))]
    found = figures(made, lists, NOW + timedelta(days=2))
    assert found.value != found.value and found.winner is None
