from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.baselines import all_baselines, factorised
from retrieval.ranking.measures import both_ranks, full_ranks, hit_rate, ndcg, ranks_of
from retrieval.ranking.sequences import BadSequences, HeldOut, Interactions, Sequences

HISTORIES = st.dictionaries(
    st.text("abcxyz", min_size=1, max_size=3),
    st.lists(st.integers(0, 30).map(str), min_size=1, max_size=8),
    min_size=1,
    max_size=12,
)


@given(HISTORIES)
def test_both_formats_say_the_same(tmp_path_factory: pytest.TempPathFactory, histories: dict[str, list[str]]) -> None:
    folder = tmp_path_factory.mktemp("files")
    (folder / "pairs.txt").write_text("".join(f"{user} {item}\n" for user in histories for item in histories[user]))
    (folder / "lines.txt").write_text("".join(f"{user} {' '.join(histories[user])}\n" for user in histories))
    for name in ("pairs.txt", "lines.txt"):
        read = Sequences.read(folder / name)
        assert {user: [read.items[at] for at in read[n].items] for n, user in enumerate(read.users)} == histories


@given(HISTORIES)
def test_the_last_is_kept_back_of_those_who_have_enough(histories: dict[str, list[str]]) -> None:
    sequences = Sequences.of(histories)
    held_out, known = HeldOut.of(sequences), sequences.without_last()
    enough = [user for user, items in histories.items() if len(items) >= 3]
    assert [sequences.items[at] for at in held_out.targets] == [histories[user][-1] for user in enough]
    for number, user in enumerate(sequences.users):
        expected = histories[user][:-1] if user in enough else histories[user]
        assert [known.items[at] for at in known[number].items] == expected


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no sequences"), (b"\n \n", "no sequences"), (b"u1 i1\nu2\n", "line 2"), (b"u1 \xff\xfe", "UTF-8")],
)
def test_bad_files_are_told_apart(tmp_path: Path, content: bytes, told: str) -> None:
    (file := tmp_path / "bad.txt").write_bytes(content)
    with pytest.raises(BadSequences, match=told):
        Sequences.read(file)


def test_negatives_are_never_what_the_user_had() -> None:
    sequences = Sequences.of({f"u{n}": [str(item) for item in range(n % 5, 40, 7)] for n in range(30)})
    held_out = HeldOut.of(sequences)
    drawn = held_out.negatives(len(sequences.items), 10, seed=1)
    for history, target, negatives in zip(held_out.histories, held_out.targets, drawn, strict=True):
        assert not {target, *history.items.tolist()} & set(negatives.tolist())
    assert (drawn == held_out.negatives(len(sequences.items), 10, seed=1)).all()
    with pytest.raises(ValueError, match="items are left"):
        held_out.negatives(len(sequences.items), 39, seed=1)


def interactions(*items: int) -> Interactions:
    return Interactions(np.array(items, dtype=np.int32), np.zeros(len(items), dtype=np.int8))


def test_measures_by_hand() -> None:
    scores = np.array([[9, 5, 4, 3], [0, 1, 1, 1]], dtype=np.float32)
    ranks = ranks_of(scores, [interactions(0), interactions(0)], np.array([2, 1], dtype=np.int32))
    # The first user's item 0 is known already; the second's item is level with two others.
    assert ranks.tolist() == [1.0, 1.0]
    assert hit_rate(ranks, 1).tolist() == [0, 0] and hit_rate(ranks, 2).tolist() == [1, 1]
    assert ndcg(ranks, 2)[0] == pytest.approx(1 / np.log2(3))


def test_a_constant_score_is_chance() -> None:
    sequences = Sequences.of({f"u{n}": [str((n * 7 + step) % 200) for step in range(5)] for n in range(200)})
    held_out = HeldOut.of(sequences)
    negatives = held_out.negatives(200, 100, seed=0)

    def same(histories: object) -> np.ndarray:
        return np.zeros((len(histories), 200), dtype=np.float32)  # type: ignore[arg-type]

    sampled, full = both_ranks(same, held_out, negatives)
    assert set(sampled) == {50.0}
    assert hit_rate(full).mean() == 0
    assert (full == full_ranks(same, held_out)).all()


def test_each_rung_finds_what_it_can() -> None:
    """Users of two worlds that share nothing; within a world the next item follows from the last."""
    rng = np.random.default_rng(0)
    histories = {}
    for user in range(300):
        world, first = user % 2, int(rng.integers(20))
        histories[f"u{user}"] = [f"{world}-{(first + step) % 20}" for step in range(6)]
    sequences = Sequences.of(histories)
    known, held_out = sequences.without_last(), HeldOut.of(sequences)
    content = np.array([[item.startswith("0"), item.startswith("1")] for item in sequences.items], dtype=np.float32)
    found = {name: hit_rate(full_ranks(rung(), held_out)).mean() for name, rung in all_baselines(known, content)}
    assert list(found) == ["popularity", "content", "session", "item_knn", "mf", "ease", "followers"]
    assert found["session"] == found["followers"] == 1
    assert min(found["content"], found["item_knn"], found["ease"]) > found["popularity"] + 0.2
    # With more factors than there is structure, it gives back what a user had and nothing else.
    assert hit_rate(full_ranks(factorised(known, 2), held_out)).mean() > found["popularity"] + 0.2
