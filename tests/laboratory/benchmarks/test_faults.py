"""How faults are judged: what a try showed, what the record says was lost or doubled, and when all is right again."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from laboratory.benchmarks.breakages import damage, elsewhere
from laboratory.benchmarks.faults import Result, judge, row
from laboratory.benchmarks.sessions import against, figures, slope
from laboratory.benchmarks.shoppers import Said, Seen, Try, World, judged, kept
from laboratory.benchmarks.simulated_model import obliging

DONE = {"type": "turn_done", "wording": "model", "model_calls": 1, "steps_ms": {"act": 320.0}}


@pytest.mark.parametrize(
    ("events", "seen"),
    [
        ([{"type": "text_delta", "text": "Hello."}, DONE], "whole"),
        ([{"type": "notice", "text": "The shop is very busy."}], "sentence"),
        ([{"type": "text_delta", "text": "Hel"}], "sentence"),
        ([DONE], "empty"),
        ([], "empty"),
    ],
)
def test_what_a_try_showed(events: list[dict[str, Any]], seen: Seen) -> None:
    assert judged(events)[0] == seen


def said(turn: str, *tries: Try, taken: bool = True) -> Said:
    return Said("chat", turn, list(tries), taken)


def tried(seen: Seen, began: float = 0.0, ended: float = 1.0) -> Try:
    return Try(began, ended, seen, done=DONE if seen == "whole" else {})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table messages (conversation_id, turn_id, role, kind)")
        connection.execute("create table turns (turn_id, done_at)")
        connection.execute("create table order_changes (key, order_id)")
        for turn, answers in (("once", 1), ("twice", 2), ("unanswered", 0)):
            connection.execute("insert into turns values (?, ?)", (turn, "now" if answers else None))
            connection.execute("insert into messages values ('chat', ?, 'shopper', 'message')", (turn,))
            for _ in range(answers):
                connection.execute("insert into messages values ('chat', ?, 'assistant', 'turn_done')", (turn,))
        connection.executemany("insert into order_changes values (?, ?)", [("a", "A"), ("b", "B"), ("c", "B")])
    return path


def test_what_is_recorded_is_compared_with_what_was_said(database: Path) -> None:
    world = World([said("once", tried("whole")), said("never", tried("away"), taken=False)], ["A"])
    assert kept(database, world).lost == kept(database, world).doubled == ()
    world.said += [said("twice", tried("whole")), said("unanswered", tried("away")), said("vanished", tried("whole"))]
    world.said.append(said("once", tried("hang")))
    world.orders.append("B")
    world.carts_doubled = 1
    found = kept(database, world)
    assert [lost.split()[1].rstrip(":") for lost in found.lost] == ["unanswered", "vanished", "once"]
    assert set(found.doubled) == {"chat twice", "order B", "a cart"}


def test_a_fault_is_sound_where_nothing_failed_and_nothing_was_lost() -> None:
    world = World([said("a", tried("sentence", 1, 2), tried("whole", 5, 6)), said("b", tried("whole", 20, 21))])
    result = Result("a fault", recovered_s=[2.0])
    judge(result, world, [(0.0, 4.0)])
    assert result.seen == {"sentence": 1} and result.sound and row(result)["recovered_max_s"] == 2.0
    world.said.append(said("c", tried("error", 3, 4)))
    judge(result, world, [(0.0, 4.0)])
    assert not result.sound


def test_files_go_away_and_come_back_and_damage_keeps_their_size(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    path.write_bytes(bytes(5000))
    with elsewhere([path]):
        assert not path.exists()
    assert path.read_bytes() == bytes(5000)
    damage(tmp_path, random.Random(1))
    assert len(path.read_bytes()) == 5000 and path.read_bytes() != bytes(5000)


def test_the_time_without_the_model_and_the_slope_of_memory() -> None:
    told = figures([tried("whole", 0, 0.5), tried("sentence")])
    assert told["turns"] == 1 and told["seen_ms"]["p95"] == 200.0 and told["steps_ms"]["p50"] == 20.0
    assert told["not_whole"] == {"sentence": 1}
    grows = slope([(2.0 * at, 100 + at / 30 + at % 2) for at in range(300)])
    assert grows["mb_a_minute"] == pytest.approx(1, abs=0.01) and grows["interval"][0] <= 1 <= grows["interval"][1]


def test_the_simulated_model_says_the_statements_in_their_order() -> None:
    asked = {"messages": [{"role": "user", "content": "Customer: hi\n[S1] One.\n[S2] Two.\n"}]}
    assert obliging(asked) == "[S1] [S2]"
    assert obliging({**asked, "response_format": {"type": "json_schema"}}) == '{"requests": []}'


def test_slow_turns_are_told_against_those_of_one_shopper_alone() -> None:
    alone = {"turns": 60, "seen_ms": {"p95": 200.0}, "steps_ms": {"p95": 100.0}}
    many = {"turns": 900, "seen_ms": {"p95": 500.0}, "steps_ms": {"p95": 120.0}}
    assert against(many, alone)["p95_against_idle"] == {"seen_ms": 2.5, "steps_ms": 1.2}
    assert against(alone, None) == alone
