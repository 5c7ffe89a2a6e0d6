from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.interleaving import team_draft, winner

RANKING = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)


@given(RANKING, RANKING, st.integers(1, 8), st.integers())
def test_a_draft_holds_the_best_of_both_once(control: list[str], treatment: list[str], limit: int, seed: int) -> None:
    picks = team_draft(control, treatment, limit, Random(seed))
    shown = [pick.item for pick in picks]
    assert len(shown) == len(set(shown)) == min(limit, len(set(control + treatment)))
    for name, ranking in (("control", control), ("treatment", treatment)):
        mine = [pick.item for pick in picks if pick.team == name]
        places = [ranking.index(item) for item in mine]
        assert places == sorted(places)
    if len(control) >= limit and len(treatment) >= limit:
        teams = Counter(pick.team for pick in picks)
        assert abs(teams["control"] - teams["treatment"]) <= 1
    assert all(0 < pick.propensity <= 1 for pick in picks)


def test_propensities_are_how_often_it_happens() -> None:
    control, treatment = list("abcd"), list("dbca")
    count = 4_000
    random = Random(7)
    drafts = [team_draft(control, treatment, 4, random) for _ in range(count)]
    seen: Counter[tuple[int, str]] = Counter()
    told: dict[tuple[int, str], float] = {}
    for draft in drafts:
        for place, pick in enumerate(draft):
            seen[place, pick.item] += 1
            told[place, pick.item] = pick.propensity
    for key, propensity in told.items():
        assert seen[key] / count == pytest.approx(propensity, abs=0.04)
    for place in range(4):
        assert sum(value for (at, _), value in told.items() if at == place) == pytest.approx(1)


def test_two_equal_rankings_are_shown_as_they_are_and_nobody_is_favoured() -> None:
    random = Random(8)
    teams: Counter[str] = Counter()
    for _ in range(2_000):
        picks = team_draft(list("abc"), list("abc"), 3, random)
        assert [pick.item for pick in picks] == list("abc") and all(pick.propensity == 1 for pick in picks)
        teams[picks[0].team] += 1
    assert teams["control"] == pytest.approx(1_000, abs=120)


def test_the_winner_has_more_of_what_was_taken() -> None:
    assert winner(["control", "treatment", "treatment"]) == "treatment"
    assert winner(["control"]) == "control"
    assert winner(["control", "treatment"]) is winner([]) is None
