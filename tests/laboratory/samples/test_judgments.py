"""The judged queries are sound: what measures quality must not itself be wrong."""

from __future__ import annotations

import csv
import re

import pytest

from assistant.settings import ROOT
from retrieval.text.words import is_chinese

JUDGED = ROOT / "data" / "evaluation"
NAMES = ("search", "search_zh", "search_mixed")


def judgments(name: str) -> list[tuple[str, str, int]]:
    with (JUDGED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["query"], row["docid"], int(row["rating"])) for row in csv.DictReader(file, strict=True)]


def queries(name: str) -> set[str]:
    return {query for query, _, _ in judgments(name)}


@pytest.mark.parametrize("name", [file for name in NAMES for file in (name, f"{name}_reserve")])
def test_judgments_are_sound(name: str) -> None:
    products = {line.split('"id": "', 1)[1].split('"', 1)[0] for line in (ROOT / "data/shop/products.jsonl").open()}
    judged = judgments(name)
    assert {docid for _, docid, _ in judged} <= products
    assert {rating for _, _, rating in judged} <= {0, 1, 2, 3}
    assert len({(query, docid) for query, docid, _ in judged}) == len(judged), "a product is judged once a query"
    assert {query for query, _, rating in judged if rating == 3} == queries(name), "somebody is right for each"
    assert all(query == query.strip() for query in queries(name))


def test_there_are_enough_to_tell_systems_apart() -> None:
    assert [len(queries(name)) >= least for name, least in zip(NAMES, (110, 100, 40), strict=True)] == [True] * 3


@pytest.mark.parametrize("name", NAMES)
def test_a_third_is_kept_in_reserve_and_apart(name: str) -> None:
    tuned, reserve = queries(name), queries(f"{name}_reserve")
    assert not {query.casefold() for query in tuned} & {query.casefold() for query in reserve}
    assert 0.25 < len(reserve) / len(tuned | reserve) < 0.35


def test_each_file_is_in_its_language() -> None:
    for part in ("", "_reserve"):
        assert not any(is_chinese(query) for query in queries(f"search{part}"))
        assert all(is_chinese(query) for query in queries(f"search_zh{part}"))
        assert all(is_chinese(query) and re.search("[a-z]{2}", query) for query in queries(f"search_mixed{part}"))
