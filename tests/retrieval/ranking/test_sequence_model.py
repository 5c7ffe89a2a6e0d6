from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from laboratory.train.ranker import CURVE, keep
from retrieval.ranking import learning
from retrieval.ranking.fitting import Epoch, Plan, fit
from retrieval.ranking.learning import Learned, Recipe, learn
from retrieval.ranking.measures import full_ranks, hit_rate
from retrieval.ranking.network import Network, Shape
from retrieval.ranking.sequence_model import ABOUT, WEIGHTS, BrokenModel, SequenceModel
from retrieval.ranking.sequences import HeldOut, Interactions, Sequences

QUICK = Recipe(width=32, blocks=1, heads=1, dropout=0.1, more=1,
               plan=Plan(epochs=12, interactions=256, rate=5e-3, negatives=4096))  # fmt: skip


def pairs(users: int = 400, items: int = 30) -> Sequences:
    """A user starts with "near" or "far"; every second item after it is any, and then comes the one 1 or 7 further on.
    Which of the two is only known from the start and the last item together."""
    rng = np.random.default_rng(1)
    histories = {}
    for user in range(users):
        near = user % 2
        history = ["near" if near else "far"]
        for first in rng.integers(items, size=4).tolist():
            history += [f"i{first}", f"i{(first + (1 if near else 7)) % items}"]
        histories[f"u{user}"] = history
    return Sequences.of(histories)


@pytest.fixture(scope="module")
def sequences() -> Sequences:
    return pairs()


@pytest.fixture(scope="module")
def learned(sequences: Sequences) -> Learned:
    return learn(sequences.without_last(), QUICK)


def found(model: SequenceModel, held_out: HeldOut) -> float:
    return float(hit_rate(full_ranks(model.scores, held_out), 3).mean())


def test_learns_an_order_that_neighbours_cannot_see(sequences: Sequences, learned: Learned) -> None:
    held_out = HeldOut.of(sequences)
    alone = replace(learned.model, share=0.0)
    knn = float(hit_rate(full_ranks(learned.model.knn.scores, held_out), 1).mean())
    network = float(hit_rate(full_ranks(alone.scores, held_out), 1).mean())
    assert network > knn + 0.1
    assert found(learned.model, held_out) > 0.6


def test_what_comes_later_and_padding_do_not_matter(learned: Learned, sequences: Sequences) -> None:
    short, long = sequences[0][:3], sequences[1]
    alone, together = learned.model.foretell([short])[0], learned.model.foretell([short, long])[0]
    np.testing.assert_allclose(alone, together, atol=1e-4)


def test_asked_for_some_items_alone_it_says_the_same_of_them(learned: Learned, sequences: Sequences) -> None:
    model, histories = replace(learned.model, share=1.0), [sequences[0], sequences[1][:2]]
    among = np.array([5, 0, 17, 5])
    whole, some = model.scores(histories)[:, among], model.scores(histories, among)
    apart = whole - some
    np.testing.assert_allclose(apart - apart[:, :1], 0, atol=1e-4)
    np.testing.assert_allclose(model.follow(histories)[:, among], model.follow(histories, among), atol=1e-4)


def test_the_same_seed_learns_the_same_and_another_does_not(sequences: Sequences, learned: Learned) -> None:
    brief = replace(QUICK, plan=replace(QUICK.plan, epochs=2))
    first, again = learn(sequences, brief), learn(sequences, brief)
    other = learn(sequences, replace(brief, plan=replace(brief.plan, seed=1)))
    curves = [[(epoch.loss, epoch.found) for epoch in one.curves[0]] for one in (first, again, other)]
    assert curves[0] == curves[1] != curves[2]


def test_an_interrupted_fit_goes_on_and_ends_where_it_would_have(sequences: Sequences, tmp_path: Path) -> None:
    shape = Shape(len(sequences.items), width=16, blocks=1, heads=1, dropout=0.2)
    plan = Plan(epochs=5, interactions=256)

    def tuning(network: Network) -> float:
        return float(network.bias.detach().sum())

    class Killed(Exception):
        pass

    def killed(epoch: Epoch) -> None:
        if epoch.number == 3:
            raise Killed

    whole, curve = fit(sequences, shape, plan, tuning)
    with pytest.raises(Killed):
        fit(sequences, shape, plan, tuning, checkpoint=tmp_path / "state.pt", tell=killed)
    numbers: list[int] = []

    def count(epoch: Epoch) -> None:
        numbers.append(epoch.number)

    resumed, rest = fit(sequences, shape, plan, tuning, checkpoint=tmp_path / "state.pt", tell=count)
    assert numbers == [3, 4, 5]  # what the third epoch learned was not kept yet
    assert [epoch.loss for epoch in rest] == pytest.approx([epoch.loss for epoch in curve])
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor)
    fit(sequences, shape, replace(plan, rate=2e-3), tuning, checkpoint=tmp_path / "state.pt", tell=count)
    assert numbers[3:] == [1, 2, 3, 4, 5], "the state of another plan is not taken up"


def test_a_fit_stops_when_nothing_gets_better(sequences: Sequences) -> None:
    shape = Shape(len(sequences.items), width=8, blocks=1, heads=1)
    _, curve = fit(sequences, shape, Plan(epochs=50, patience=2, interactions=64), lambda network: 0.0)
    rates = [epoch.rate for epoch in curve]
    assert 4 < len(curve) < 20
    assert rates[-1] < rates[-3] < max(rates), "two epochs in vain lower the rate, and two more end it"


def test_stored_in_eight_bits_it_ranks_nearly_as_before(sequences: Sequences, learned: Learned, tmp_path: Path) -> None:
    learned.model.save(tmp_path / "small")
    learned.model.save(tmp_path / "full", quantised=False)
    small, full = SequenceModel.load(tmp_path / "small"), SequenceModel.load(tmp_path / "full")
    held_out = HeldOut.of(sequences)
    np.testing.assert_allclose(
        full.scores(held_out.histories[:9]), learned.model.scores(held_out.histories[:9]), atol=1e-5
    )
    assert abs(found(small, held_out) - found(full, held_out)) < 0.03
    sizes = [(tmp_path / name / WEIGHTS).stat().st_size for name in ("small", "full")]
    assert sizes[0] < 0.6 * sizes[1]


@pytest.mark.parametrize("damage", ["missing", "half", "format", "text"])
def test_a_damaged_folder_is_told_in_one_line(learned: Learned, tmp_path: Path, damage: str) -> None:
    learned.model.save(folder := tmp_path / "model")
    match damage:
        case "missing":
            (folder / WEIGHTS).unlink()
        case "half":
            (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:1000])
        case "format":
            about = json.loads((folder / ABOUT).read_text())
            (folder / ABOUT).write_text(json.dumps({**about, "format": 99}))
        case "text":
            (folder / ABOUT).write_text("{")
    with pytest.raises(BrokenModel) as told:
        SequenceModel.load(folder)
    assert "\n" not in str(told.value)


def test_new_items_are_known_by_their_content(tmp_path: Path) -> None:
    """Users keep to one of two kinds of items; an item that came after the training is ranked by what it is like."""
    rng = np.random.default_rng(2)
    items = [f"{kind}{n}" for kind in "ab" for n in range(30)]
    content = torch.nn.functional.normalize(
        torch.tensor([[item[0] == "a", item[0] == "b"] for item in items], dtype=torch.float32)
        + 0.05 * torch.from_numpy(rng.normal(size=(60, 2))).float()
    )
    histories = {f"u{n}": [f"{'ab'[n % 2]}{rng.integers(30)}" for _ in range(8)] for n in range(200)}
    everybody = {
        user: Interactions(
            np.array([items.index(item) for item in history], dtype=np.int32), np.zeros(8, dtype=np.int8)
        )
        for user, history in histories.items()
    }
    recipe = replace(QUICK, plan=replace(QUICK.plan, forget=0.5, epochs=6))
    model = learn(Sequences.join(everybody, items), recipe, content=content).model
    model.save(tmp_path / "model")
    later = [*items[1:], "new-a", "new-b"]  # one is gone, two are new
    vectors = torch.cat([content[1:], torch.eye(2)])
    moved = SequenceModel.load(tmp_path / "model").onto(later, lambda some: vectors[some])
    scores = moved.foretell([Interactions(np.array([3, 5, 8], dtype=np.int32), np.zeros(3, dtype=np.int8))])[0]
    assert len(scores) == 61
    assert scores[later.index("new-a")] > scores[later.index("new-b")] + 1


def test_too_little_is_told(sequences: Sequences) -> None:
    with pytest.raises(ValueError, match="three interactions"):
        learn(Sequences.of({"u": ["a", "b"]}), QUICK)


def test_a_trained_model_is_kept_with_its_curve_and_figures(
    sequences: Sequences, learned: Learned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "MAX_TUNING_USERS", 50)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").touch()
    figures = keep(learned, sequences.without_last(), tmp_path / "model", lambda model: model)
    assert not (tmp_path / "model" / "old").exists() and list(tmp_path.iterdir()) == [tmp_path / "model"]
    assert (tmp_path / "model" / CURVE).read_text().startswith("<?xml")
    assert figures["tuned"]["ndcg@10"] > 0 and figures["bytes"]["stored"] < figures["bytes"]["full_precision"]
    assert SequenceModel.load(tmp_path / "model").about["figures"]["n"] == figures["n"]
