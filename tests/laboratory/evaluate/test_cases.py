"""Shops of fifteen trades as their systems export them, in nine languages: loaded as `shopclerk init` loads them, and
asked in the chat what customers ask. Right is what the files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.bootstrap import Shopclerk
from laboratory.evaluate import cases
from laboratory.evaluate.cases import BadCase, cases_in, judged, shop_of
from tests.app import test_settings as settings_of

EXPORTS = Path(__file__).resolve().parents[2] / "exports"
CASES = {case.folder.name: case for case in cases_in(EXPORTS)}
SAID = 'about = "A list"\nread = { currency = "EUR" }\n'


@pytest.mark.parametrize("name", CASES)
def test_an_export_becomes_a_shop_that_answers(name: str, built: Shopclerk, tmp_path: Path) -> None:
    case = CASES[name]
    shop = shop_of(case, tmp_path, settings_of(tmp_path), built.knowledge.encoders)
    misread, talks = judged(case, lambda: shop)
    assert not misread and len(talks) >= 3
    for talk, answered in zip(case.talk, talks, strict=True):
        wrong = [(one.said.say, one.reply, why) for one in answered for why in one.wrong]
        assert bool(wrong) == talk.open, wrong or f"{talk.turns[0].say!r} is right now: it is open no more"


def test_a_shop_without_help_pages_opens_and_says_nothing_of_another(built: Shopclerk, tmp_path: Path) -> None:
    case = _case(
        tmp_path / "case",
        SAID + '[[talk]]\nturns = [{ say = "how long do I have to return something?", never = "30 days" }]\n',
    )
    shop = shop_of(case, tmp_path, settings_of(tmp_path), built.knowledge.encoders)
    assert shop.knowledge.faq.entries == () and judged(case, lambda: shop)[1][0][0].wrong == ()


def test_what_is_wrong_is_told(built: Shopclerk, tmp_path: Path) -> None:
    turns = 'turns = [{ say = "show me the Blue Jug", shows = ["j2"], says = ["teapot"], cart = { j1 = 1 } }]'
    case = _case(tmp_path / "case", SAID + "becomes = ['^j1 .* 12 EUR', '^j9 ']\n[[talk]]\n" + turns)
    misread, ((answered,),) = judged(
        case, lambda: shop_of(case, tmp_path, settings_of(tmp_path), built.knowledge.encoders)
    )
    assert misread == ["nothing read is '^j9 '"]
    assert answered.wrong == ("shows j1, not j2", "does not say 'teapot'", "the cart holds {}, not {'j1': 1}")


def test_a_case_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=r"case\.toml.*shown"):
        _case(tmp_path / "case", '[[talk]]\nturns = [{ say = "x", shown = ["j1"] }]')


def _case(folder: Path, text: str) -> cases.Case:
    folder.mkdir()
    (folder / "list.csv").write_text("id,title,price,stock\nj1,Blue Jug,12,3\nj2,Red Vase,30,3\n", encoding="utf-8")
    (folder / "case.toml").write_text(text, encoding="utf-8")
    return cases_in(folder)[0]
