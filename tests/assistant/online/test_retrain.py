"""Ranker versions: only what is better goes live, going back is one step, and neither crash nor second run harms."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.online.live_model import LiveModel
from assistant.online.nightly import COMMAND, Nightly, next_time, run_behind
from assistant.online.replay import MAX_CASES_PER_CUSTOMER, MIN_CUSTOMERS, cases, cleaned, judged, ndcg_by_customer
from assistant.online.retrain import NothingToLearn, retrain
from assistant.online.trainer import interactions_learned, shop_trainer
from assistant.online.versions import BUILT_IN, SHIPPED, RankerVersions, RetrainBusy, VersionError
from assistant.online.view import Gate
from assistant.settings import ROOT
from retrieval.ranking.behaviour import Behaved, Event
from retrieval.ranking.next_items import NextItems
from retrieval.ranking.sequence_model import ABOUT
from retrieval.search.catalogue import Catalogue
from tests.retrieval.test_ranking import index_of
from tests.retrieval_samples import product

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = [f"item-{number:02}" for number in range(40)]
GATE = Gate("", 50, 0.4, 0.3, 0.1, 0.05, 0.15, True, "rule")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return index_of([product(name) for name in NAMES]).catalogue


def did(customer: str, item: int, days_ago: float, kind: str = "purchase") -> Event:
    return Event(customer, NAMES[item % len(NAMES)], kind, NOW - timedelta(days=days_ago))


def behaviour(customers: int = 60) -> list[Event]:
    """Everyone buys two things that say nothing, one more, and in the latest days the next in the catalogue's order."""
    return [
        did(f"C{number}", item, days)
        for number in range(customers)
        for item, days in ((11 * number + 3, 60), (17 * number + 6, 40), (7 * number, 20), (7 * number + 1, 5))
    ]


class Steps:
    """Knows that the next thing comes next, as far as ``skill`` goes: 0 knows nothing."""

    def __init__(self, skill: float, catalogue: Catalogue, version: str) -> None:
        self._skill, self._catalogue, self.version = skill, catalogue, version

    def scores(self, interactions: Sequence[Behaved], among: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        noise = np.random.default_rng(len(interactions)).random(len(NAMES)).astype(np.float32)
        last = self._catalogue.position(interactions[-1].product_id) if interactions else None
        if last is not None:
            noise[(last + 1) % len(NAMES)] += self._skill
        return noise if among is None else noise[among]


class Scripted:
    """A trainer of ``Steps``; ``before`` runs in the middle of the training."""

    def __init__(self, skill: float = 1.0, before: Callable[[], object] = lambda: None) -> None:
        self.skill, self.before = skill, before
        self.seen: Sequence[Behaved] = ()

    def train(self, events: Sequence[Behaved], catalogue: Catalogue, out_dir: Path, now: datetime) -> None:
        self.seen = events
        (out_dir / "half-written").touch()
        self.before()
        (out_dir / "skill").write_text(str(self.skill))

    def load(self, folder: Path, catalogue: Catalogue, version: str) -> NextItems:
        return Steps(float((folder / "skill").read_text()), catalogue, version)


@pytest.fixture
def versions(tmp_path: Path) -> RankerVersions:
    return RankerVersions(tmp_path / "ranker")


def kept(versions: RankerVersions, day: int = 1, passed: bool = True) -> str:
    """A version that was trained some day."""
    with versions.training() as aside:
        (aside / "skill").write_text("1")
        gate = GATE if passed else Gate("", 50, 0.3, 0.4, -0.1, -0.15, -0.05, False, "rule")
        return versions.keep(aside, datetime(2026, 1, day, tzinfo=UTC), 100, gate).name


def test_the_better_candidate_goes_live_and_a_worse_one_does_not(
    versions: RankerVersions, catalogue: Catalogue
) -> None:
    good = retrain(versions, trainer := Scripted(2.0), behaviour(), catalogue, NOW)
    assert good.state == "live" and versions.pointer().live == good.name
    assert good.gate and good.gate.passed and good.gate.candidate > 0.9 and good.gate.low > 0
    assert max(event.at for event in trainer.seen) < NOW - timedelta(days=14)
    bad = retrain(versions, Scripted(0.0), behaviour(), catalogue, NOW)
    assert bad.state == "rejected" and bad.gate and bad.gate.gain < 0 and bad.gate.running == good.name
    same = retrain(versions, Scripted(2.0), behaviour(), catalogue, NOW)
    assert same.state == "rejected" and same.gate and same.gate.gain == 0
    assert versions.pointer().live == good.name
    states = {version.name: version.state for version in versions.list()}
    assert states == {good.name: "live", bad.name: "rejected", same.name: "rejected"}


def test_versions_that_learned_from_a_forgotten_shopper_go(versions: RankerVersions, catalogue: Catalogue) -> None:
    first = retrain(versions, Scripted(2.0), behaviour(), catalogue, NOW)
    later, latest = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    versions.outdate(later)
    assert versions.outdated() == {first.name} and versions.pointer().live == first.name
    # As good as the one that has to go: that one does not count any more.
    second = retrain(versions, Scripted(2.0), behaviour(), catalogue, latest)
    assert second.state == "live" and second.gate and second.gate.running == BUILT_IN
    assert [version.name for version in versions.list()] == [second.name] and versions.outdated() == set()
    assert versions.rollback() == BUILT_IN


@pytest.mark.parametrize("purchases", [True, False])
def test_without_a_better_one_the_built_in_ranking_takes_over(
    versions: RankerVersions, catalogue: Catalogue, purchases: bool
) -> None:
    first = retrain(versions, Scripted(2.0), behaviour(), catalogue, NOW)
    versions.outdate(NOW)
    later = NOW + timedelta(hours=1)
    if purchases:
        assert retrain(versions, Scripted(0.0), behaviour(), catalogue, later).state == "rejected"
    else:
        with pytest.raises(NothingToLearn):
            retrain(versions, Scripted(0.0), [], catalogue, later)
    assert versions.pointer().live == BUILT_IN and not (versions.folder / first.name).exists()


def test_a_crash_in_the_middle_leaves_the_live_version_and_the_next_run_starts_anew(
    versions: RankerVersions, catalogue: Catalogue
) -> None:
    live = retrain(versions, Scripted(2.0), behaviour(), catalogue, NOW).name

    def crash() -> None:
        raise MemoryError("no room")

    with pytest.raises(MemoryError):
        retrain(versions, Scripted(3.0, crash), behaviour(), catalogue, NOW)
    assert versions.pointer().live == live and [version.name for version in versions.list()] == [live]
    assert retrain(versions, Scripted(0.0), behaviour(), catalogue, NOW).state == "rejected"


def test_a_killed_training_leaves_a_lock_that_nobody_holds(versions: RankerVersions) -> None:
    live = kept(versions)
    versions.promote(live)
    program = (
        "import sys, time; from pathlib import Path; from assistant.online.versions import RankerVersions\n"
        f"with RankerVersions(Path({str(versions.folder)!r})).training() as aside:\n"
        "    (aside / 'half').write_text('x'); print('training', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert child.stdout is not None and child.stdout.readline().strip() == "training"
    with pytest.raises(RetrainBusy, match="already"), versions.training():
        pass
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with versions.training() as aside:
        assert list(aside.iterdir()) == []
    assert versions.pointer().live == live


def test_of_two_at_once_the_second_is_told(versions: RankerVersions, catalogue: Catalogue) -> None:
    told: list[str] = []

    def second() -> None:
        with pytest.raises(RetrainBusy, match="being trained already"):
            retrain(versions, Scripted(1.0), behaviour(), catalogue, NOW)
        told.append("told")

    assert retrain(versions, Scripted(2.0, second), behaviour(), catalogue, NOW).state == "live"
    assert told == ["told"]


def test_without_purchases_to_judge_by_nothing_is_trained(versions: RankerVersions, catalogue: Catalogue) -> None:
    for events in ([], [did("C1", 0, 30)], [did("C1", 0, 1)], [did("C1", 0, 30), did("C1", 1, 1, "view")]):
        with pytest.raises(NothingToLearn, match="some of both"):
            retrain(versions, Scripted(), events, catalogue, NOW)
    assert versions.list() == []


def test_too_few_customers_promote_nothing(versions: RankerVersions, catalogue: Catalogue) -> None:
    version = retrain(versions, Scripted(2.0), behaviour(MIN_CUSTOMERS - 1), catalogue, NOW)
    assert version.state == "rejected" and version.gate and version.gate.gain > 0


def test_going_back_step_by_step_to_the_built_in_ranking(versions: RankerVersions) -> None:
    one, two, three = (kept(versions, day) for day in (1, 2, 3))
    for name in (one, two, two, three):
        versions.promote(name)
    assert [versions.rollback() for _ in range(3)] == [two, one, BUILT_IN]
    with pytest.raises(VersionError, match="no earlier"):
        versions.rollback()
    assert versions.pointer().live == BUILT_IN
    assert [version.state for version in versions.list()] == ["kept"] * 3


def test_going_back_skips_what_is_gone(versions: RankerVersions) -> None:
    one, two, three = (kept(versions, day) for day in (1, 2, 3))
    for name in (one, two, three):
        versions.promote(name)
    (versions.folder / two / "version.json").write_text("{}")
    assert versions.before() == one and versions.rollback() == one


@pytest.mark.parametrize("name", ["no-such", "../ranker", "", "training"])
def test_only_whole_versions_can_be_promoted(versions: RankerVersions, name: str) -> None:
    live = kept(versions)
    versions.promote(live)
    if name:
        with pytest.raises(VersionError, match="no ranker version"):
            versions.promote(name)
    with pytest.raises(VersionError, match="no ranker version"):
        versions.path(name)
    assert versions.pointer().live == live


def test_a_damaged_pointer_is_said_plainly(versions: RankerVersions) -> None:
    versions.promote(kept(versions))
    (versions.folder / "live.json").write_text("{")
    with pytest.raises(VersionError, match=r"live\.json"):
        versions.pointer()


def test_old_rejected_versions_are_swept_and_live_ones_are_not(versions: RankerVersions) -> None:
    first = kept(versions, 1)
    versions.promote(first)
    second = kept(versions, 2)
    versions.promote(second)
    for day in range(3, 20):
        kept(versions, day, passed=False)
    names = [version.name for version in versions.list()]
    assert len(names) == 12 and {first, second} < set(names)
    assert versions.rollback() == first


def test_a_serving_process_follows_promotion_and_rollback(versions: RankerVersions, catalogue: Catalogue) -> None:
    one, two = kept(versions, 1), kept(versions, 2)
    model = LiveModel(versions, Scripted(), lambda: catalogue)
    assert model() is None and model.version == BUILT_IN
    elsewhere = RankerVersions(versions.folder)  # another process
    for act, name in ((one, one), (two, two), (None, one), (None, BUILT_IN)):
        elsewhere.promote(act) if act else elsewhere.rollback()
        wait(lambda name=name: model.version == name)
    elsewhere.promote(one)
    wait(lambda: model.version == one)
    kept_on = model()
    (versions.folder / two / "skill").unlink()
    elsewhere.promote(two)  # it cannot be read: the one before stays
    model.refresh()
    assert model() is kept_on and kept_on is not None


def wait(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_events_that_make_no_sense_are_left_out() -> None:
    good = [did("C1", 0, 3), did("C1", 1, 2)]
    events = [good[1], did("C1", 2, -1), good[0], good[0], Event("C1", "deleted", "view", NOW)]
    assert cleaned(events, lambda name: name in NAMES, NOW) == good


def test_a_purchase_is_replayed_with_what_came_before_its_visit() -> None:
    history = [
        did("C1", 1, 30),
        did("C1", 1, 6),  # bought again: no riddle
        did("C1", 5, 5.01, "view"),  # a quarter of an hour before, in the same visit
        did("C1", 5, 5),
        *(did("C2", number, 13 - number / 10) for number in range(30)),
    ]
    found = cases(cleaned(history, lambda name: True, NOW), NOW - timedelta(days=14))
    mine = [case for case in found if case.customer_id == "C1"]
    assert [(case.product_id, case.interactions, case.owned) for case in mine] == [
        (NAMES[5], (history[0], history[1]), frozenset({NAMES[1]}))
    ]
    assert len(found) - 1 == MAX_CASES_PER_CUSTOMER


def test_ties_and_numbers_that_are_none_earn_nothing(catalogue: Catalogue) -> None:
    class Constant:
        version = ""

        def __init__(self, value: float) -> None:
            self.value = value

        def scores(
            self, interactions: Sequence[Behaved], among: NDArray[np.int64] | None = None
        ) -> NDArray[np.float32]:
            return np.full(len(NAMES), self.value, dtype=np.float32)

    replayed = cases(behaviour(), NOW - timedelta(days=14))
    for value in (1.0, np.nan):
        assert set(ndcg_by_customer(Constant(value), replayed, catalogue).values()) == {0.0}
    assert set(ndcg_by_customer(Steps(2, catalogue, ""), replayed, catalogue).values()) == {1.0}


def test_a_customer_with_a_hundred_thousand_events_is_one_of_many(catalogue: Catalogue) -> None:
    flood = [did("BOT", number, 13 * number / 100_000, "purchase") for number in range(100_000)]
    known = cleaned([*behaviour(), *flood], lambda name: True, NOW)
    replayed = cases(known, NOW - timedelta(days=14))
    assert sum(case.customer_id == "BOT" for case in replayed) <= MAX_CASES_PER_CUSTOMER
    assert all(len(case.interactions) <= 200 for case in replayed)
    figures = ndcg_by_customer(Steps(2, catalogue, ""), replayed, catalogue)
    assert len(figures) == 61


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=80))
def test_what_passes_the_gate_is_better_on_average_and_surely_not_much_worse(pairs: list[tuple[float, float]]) -> None:
    candidate, incumbent = ({str(n): pair[side] for n, pair in enumerate(pairs)} for side in (0, 1))
    gate = judged(candidate, incumbent, "")
    assert gate.low <= gate.gain <= gate.high
    assert gate.passed == (len(pairs) >= MIN_CUSTOMERS and gate.gain > 0 and gate.low >= -0.005)
    assert judged(incumbent, candidate, "").gain == pytest.approx(-gate.gain)


def test_the_shops_own_model_is_read_back_and_fits_another_catalogue(tmp_path: Path, catalogue: Catalogue) -> None:
    trainer = shop_trainer()
    trainer.train(behaviour(), catalogue, tmp_path, NOW)
    interactions = [did("C1", 3, 1)]
    read = trainer.load(tmp_path, catalogue, "v")
    assert read.version == "v" and read.scores(interactions).shape == (len(catalogue.products),)
    assert not np.any(read.scores([])), "nothing is known of a stranger"
    other = index_of([product(name) for name in [NAMES[4], "new-thing", NAMES[3]]]).catalogue
    assert trainer.load(tmp_path, other, "v").scores(interactions).shape == (3,)
    assert interactions_learned(tmp_path) > 0 == interactions_learned(tmp_path / "nowhere")
    (tmp_path / ABOUT).write_bytes(b"")
    with pytest.raises(ValueError):
        trainer.load(tmp_path, catalogue, "v")


def test_what_the_shop_came_with_is_live_until_something_else_was(tmp_path: Path, catalogue: Catalogue) -> None:
    shop_trainer().train(behaviour(), catalogue, shipped := tmp_path / "shipped", NOW)
    versions = RankerVersions(tmp_path / "versions")
    versions.adopt(shipped, NOW, 9)
    assert versions.pointer().live == SHIPPED and [version.gate for version in versions.list()] == [None]
    assert versions.rollback() == BUILT_IN
    versions.adopt(shipped, NOW, 9)
    assert versions.pointer().live == BUILT_IN, "what was taken back stays back"


@pytest.mark.parametrize(
    ("now", "due"),
    [("02:59", "2026-03-01 03:00"), ("03:00", "2026-03-02 03:00"), ("23:10", "2026-03-02 03:00")],
)
def test_the_next_night(now: str, due: str) -> None:
    hour, minute = map(int, now.split(":"))
    assert f"{next_time('03:00', NOW.replace(hour=hour, minute=minute)):%Y-%m-%d %H:%M}" == due


def test_every_night_is_trained_once_also_after_a_failure() -> None:
    now = [NOW.replace(hour=2, minute=59, second=59, microsecond=950_000)]
    ran = threading.Semaphore(0)

    def run(stopped: threading.Event) -> None:
        now[0] += timedelta(days=1) - timedelta(milliseconds=60)
        ran.release()
        raise RuntimeError("a night that fails")

    def clock() -> datetime:
        now[0] += timedelta(milliseconds=10)
        return now[0]

    nightly = Nightly("03:00", run, clock)
    nightly.start()
    for _ in range(3):
        assert ran.acquire(timeout=20)
    nightly.stop()
    never = Nightly("", run, clock)
    never.start()
    never.stop()
    assert not ran.acquire(blocking=False)


def test_the_training_process_is_last_in_line_and_is_ended_with_the_shop(tmp_path: Path) -> None:
    seen = tmp_path / "nice"
    program = f"import os, time; time.sleep(.3); open({str(seen)!r}, 'w').write(str(os.nice(0)))"
    assert run_behind([sys.executable, "-c", program], threading.Event()) == 0
    assert seen.read_text() == "19"
    stopped = threading.Event()
    stopped.set()
    assert run_behind([sys.executable, "-c", "import time; time.sleep(60)"], stopped) != 0


def test_the_nightly_command_is_one(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert COMMAND[-2:] == ("ranker", "retrain")
    assert run_behind([*COMMAND, "--help"], threading.Event()) == 0
    assert run_behind([*COMMAND, "--no-such-option"], threading.Event()) == 2
    assert "status 2" in caplog.text
