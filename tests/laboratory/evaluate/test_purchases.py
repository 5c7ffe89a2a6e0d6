"""Held-out purchases: nothing of the visit or of anything later is told, and weights come out of choices."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.bootstrap import Shopclerk
from laboratory.evaluate.purchases import NOW
from laboratory.samples.sold import VISIT, Found, purchases, read_events
from laboratory.train.blend import SEARCH_PRIOR, Choice, Learning, fit, search_choice, write
from retrieval.ranking.blend import BadBlend, BlendWeights
from retrieval.ranking.features import FEATURES

HEAD = "customer,product,variant,kind,days_ago,rating,query\n"


def events(folder: Path, *rows: str) -> Path:
    path = folder / "events.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_a_visit_is_asked_for_with_what_lies_before_it(shop: Shopclerk, tmp_path: Path) -> None:
    path = events(
        tmp_path,
        "c,oakmere-fisherman-crew,v,view,10.0,,sweaters",
        "c,oakmere-fisherman-crew,v,purchase,9.999,,",
        "c,wayfarrow-commuter,v,view,5.0,,black backpacks",
        "c,wayfarrow-commuter-26,v,view,4.995,,",
        "c,wayfarrow-commuter-26,v,purchase,4.99,,",
        "c,wayfarrow-commuter-26,v,rating,1.0,5,",
        "c,no-such-product,v,purchase,0.5,,",
    )
    last, first = list(purchases(read_events(path, NOW), shop.knowledge.search, shop.knowledge.lexicon))
    assert (last.product_id, last.text, last.own, last.later) == ("wayfarrow-commuter-26", "black backpacks", True, 1)
    assert [event.product_id for event in last.history] == ["oakmere-fisherman-crew"] * 2
    assert last.at == NOW - timedelta(days=5)
    assert (first.text, first.history) == ("sweaters", ())
    assert all(event.at < last.at - VISIT for event in last.history)


@pytest.mark.parametrize("row", ["c,p,v,view,soon,,", "c,p,v,rating,1.0,great,"])
def test_bad_events_name_the_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_events(events(tmp_path, row), NOW)
    with pytest.raises(ValueError, match="cannot be read"):
        read_events(tmp_path / "none.csv", NOW)


def test_nothing_of_the_week_of_a_purchase_is_learned(shop: Shopclerk, tmp_path: Path) -> None:
    log = read_events(events(tmp_path, *(f"c{at},wayfarrow-commuter,v,purchase,{at},," for at in range(60))), NOW)
    learning = Learning(shop.knowledge.search.index, log)
    for days in (3, 20, 45):
        at = NOW - timedelta(days=days)
        before = [logged for logged in log if logged.event.at < Learning.week(at)]
        assert int(learning.at(at).neighbours.known.sum()) == len(before) < sum(x.event.at <= at for x in log)


def test_a_choice_is_among_what_was_found(shop: Shopclerk, tmp_path: Path) -> None:
    log = read_events(events(tmp_path, "c,wayfarrow-commuter,v,purchase,5.0,,backpacks"), NOW)
    sold = next(purchases(log, shop.knowledge.search, shop.knowledge.lexicon))
    found, learning = Found(shop.knowledge.search), Learning(shop.knowledge.search.index, log)
    choice = search_choice(sold, found, learning)
    assert choice is not None
    assert found(sold.text)[choice.bought].product.id == "wayfarrow-commuter"
    assert choice.columns.shape == (len(found(sold.text)), 1 + len(FEATURES))


def test_fitting_finds_what_decided_and_files_are_checked(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    decisive = 1 + FEATURES.index("brand")
    choices = [
        Choice(columns, int(np.argmax(columns[:, decisive])))
        for columns in (chance.normal(size=(8, 1 + len(FEATURES))) for _ in range(200))
    ]
    weights = fit(choices, SEARCH_PRIOR)
    assert weights["brand"] > 2 * max(abs(value) for name, value in weights.items() if name != "brand")
    path = write(BlendWeights(weights, weights), {"purchases": 200}, tmp_path / "blend.json")
    assert BlendWeights.read(path).search == weights
    with pytest.raises(ValueError, match="nothing to learn"):
        fit([], SEARCH_PRIOR)
    path.write_text('{"search": {}}', encoding="utf-8")
    with pytest.raises(BadBlend, match=r"blend\.json"):
        BlendWeights.read(path)
