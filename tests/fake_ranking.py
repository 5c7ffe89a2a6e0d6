"""The scripted desk's part on ranking: three versions and three experiments, or nothing yet, or broken."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from assistant.online.view import ExperimentFigures, Gate, RankerVersion, RankingState
from assistant.pages import Refused

RULE = "rule"


class FakeRanking:
    """``mood`` says what there is to see."""

    def __init__(self) -> None:
        self.mood: Literal["full", "empty", "broken"] = "full"
        self.ranker_history = ["", "ranker-20260218-77c1", "ranker-20260227-2a7f"]

    async def ranking(self) -> RankingState:
        if self.mood == "broken":
            raise OSError("the disk is gone")
        if self.mood == "empty":
            return RankingState((), "", False, (), 0)
        return RankingState(
            versions=tuple(self._versions()),
            live=self.ranker_history[-1],
            can_roll_back=len(self.ranker_history) > 1,
            experiments=tuple(self._experiments()),
            lists=18_204,
        )

    async def ranker_rollback(self) -> str:
        if len(self.ranker_history) < 2:
            raise Refused("There is no earlier ranker version to go back to.")
        self.ranker_history.pop()
        return self.ranker_history[-1]

    def _versions(self) -> list[RankerVersion]:
        now = datetime.now(UTC)
        one = RankerVersion("ranker-20260228-901e", now, 18_411, "rejected",
                            Gate("ranker-20260227-2a7f", 214, .251, .254, -.003, -.011, .005, False, RULE))  # fmt: skip
        two = RankerVersion("ranker-20260227-2a7f", now - timedelta(days=1), 18_320, "live",
                            Gate("ranker-20260218-77c1", 209, .254, .241, .013, .004, .022, True, RULE))  # fmt: skip
        three = RankerVersion("ranker-20260218-77c1", now - timedelta(days=10), 17_005, "earlier",
                              Gate("", 201, .241, .187, .054, .038, .07, True, RULE))  # fmt: skip
        live = self.ranker_history[-1]
        states: list[RankerVersion] = []
        for version in (one, two, three):
            state: Literal["live", "earlier", "kept", "rejected"] = version.state
            if version.state != "rejected":
                earlier = version.name in self.ranker_history
                state = "live" if version.name == live else "earlier" if earlier else "kept"
            states.append(replace(version, state=state))
        return states

    def _experiments(self) -> list[ExperimentFigures]:
        now = datetime.now(UTC)
        interleaved = ExperimentFigures(
            "exp-20260228-1c9b", "interleaving", "live", "relevance", "click", now - timedelta(days=2), None, .05,
            1_204, 88, 600, 604, .31, .3, .381, .334, .429, .0001, .5, False, "control",
        )  # fmt: skip
        tested = ExperimentFigures(
            "exp-20260210-77aa", "ab", "live", "ranker-20260218-77c1", "cart", now - timedelta(days=18),
            now - timedelta(days=8), .05, 3_480, 0, 1_731, 1_749, .112, .121, .009, -.014, .032, 1.0, 0.0, False, None,
        )  # fmt: skip
        skewed = replace(tested, id="exp-20260201-09fe", control_units=2_000, treatment_units=1_480, mismatch=True)
        early = replace(tested, id="exp-20260131-5d21", units=41, value=math.nan, low=-math.inf, high=math.inf)
        return [interleaved, tested, skewed, early]
