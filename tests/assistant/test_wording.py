"""The composer: nothing unchecked is shown, and a reply is always finished, whatever the model does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from assistant.llm.client import ModelUnavailable, Prompt
from assistant.settings import ROOT
from assistant.wording.check import Checker
from assistant.wording.compose import Piece, Worded, reword, word
from assistant.wording.plan import plan_reply, template_text
from assistant.wording.statement import ReplyPlan
from laboratory.evaluate.wording import choose, evaluate_wording
from laboratory.samples.turns import Shop, TurnMaker
from laboratory.train.examples import examples
from tests.scripted_model import ScriptedModel

SHOP = "Corner & Co."


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop.load(ROOT / "data" / "shop")


def wordy(plan: ReplyPlan) -> ReplyPlan:
    """A plan with a place for friendly words on both sides."""
    chinese = plan.language == "zh"
    return replace(
        plan, opener="好的。" if chinese else "Sure.", closer="这些可以吗？" if chinese else "Would one of these do?"
    )


@pytest.fixture
def plan(shop: Shop) -> ReplyPlan:
    return wordy(plan_reply(TurnMaker(shop, 8).make("found", "en"), shop.lexicon, SHOP))


async def compose(
    plan: ReplyPlan, shop: Shop, model: ScriptedModel | None, **limits: float
) -> tuple[list[Piece], Worded]:
    pieces: list[Piece] = []
    async for item in word(plan, Checker(plan, shop.lexicon), model, SHOP, **limits):  # type: ignore[arg-type]
        if isinstance(item, Worded):
            return pieces, item
        pieces.append(item)
    raise AssertionError("no summary")


def run(plan: ReplyPlan, shop: Shop, model: ScriptedModel | None, **limits: float) -> tuple[list[Piece], Worded]:
    return asyncio.run(compose(plan, shop, model, **limits))


def texts_of(plan: ReplyPlan) -> list[str]:
    return [statement.text for statement in plan.statements]


def test_without_a_model_the_template_speaks(plan: ReplyPlan, shop: Shop) -> None:
    pieces, worded = run(plan, shop, None)
    assert worded.text == template_text(plan) == "".join(piece.text for piece in pieces)
    assert worded.wording == "template" and worded.model_calls == 0 and worded.degraded is None


def test_handles_become_statements(plan: ReplyPlan, shop: Shop) -> None:
    model = ScriptedModel(["Happy to help! [S1] [S2] Is there one you like?"], piece=3)
    pieces, worded = run(plan, shop, model)
    assert worded.text == " ".join(["Happy to help!", *texts_of(plan), "Is there one you like?"])
    assert worded.wording == "model" and worded.model_calls == 1 and worded.prompt_tokens > 0
    assert [piece.source for piece in pieces] == ["model", "template", "template", "model"]


@pytest.mark.parametrize(
    "lie",
    ["It costs $1.", "Shipping is free.", "Both are waterproof.", "I found 99 products.", "Done, I cancelled it."],
)
def test_a_false_sentence_is_never_shown(plan: ReplyPlan, shop: Shop, lie: str) -> None:
    pieces, worded = run(plan, shop, ScriptedModel([f"Happy to help! {lie} [S1] [S2]"]))
    assert lie not in worded.text and not any(lie in piece.text for piece in pieces)
    assert worded.problems and all(text in worded.text for text in texts_of(plan))


def test_statements_keep_their_order_and_come_once(plan: ReplyPlan, shop: Shop) -> None:
    _, worded = run(plan, shop, ScriptedModel(["Is there one you like? [S2] [S1] [S1] [S7]"]))
    assert worded.text == " ".join([*texts_of(plan), "Is there one you like?"])


def test_what_the_model_leaves_out_is_added(plan: ReplyPlan, shop: Shop) -> None:
    _, worded = run(plan, shop, ScriptedModel(["Happy to help!"]))
    assert worded.text == " ".join(["Happy to help!", *texts_of(plan), plan.closer])


@pytest.mark.parametrize("after", [0, 1, 20, 34, 60])
def test_a_model_that_dies_leaves_a_whole_reply(plan: ReplyPlan, shop: Shop, after: int) -> None:
    model = ScriptedModel(
        ["Happy to help you choose! Here is what I found. [S1] [S2] Is there one you like?"], fail_after=after
    )
    _, worded = run(plan, shop, model)
    assert all(text in worded.text for text in texts_of(plan))
    assert worded.degraded == ("unavailable" if after == 0 else "interrupted")
    assert not Checker(plan, shop.lexicon).check(worded.text)


def test_an_unavailable_model_is_reported(plan: ReplyPlan, shop: Shop) -> None:
    _, worded = run(plan, shop, ScriptedModel([ModelUnavailable("down")]))
    assert worded.text == template_text(plan) and worded.degraded == "unavailable"
    sleeping = ScriptedModel()
    sleeping.ready = False
    assert run(plan, shop, sleeping)[1].degraded == "unavailable"


class SlowModel(ScriptedModel):
    """Says a little, then nothing for a long time."""

    def metered(self) -> ScriptedModel:
        return self

    async def stream(self, prompt: Prompt) -> AsyncIterator[str]:
        yield "Happy to help! "
        await asyncio.sleep(30)
        yield "[S1]"


def test_a_slow_model_is_not_waited_for(plan: ReplyPlan, shop: Shop) -> None:
    _, worded = run(plan, shop, SlowModel(), reply_s=0.2)
    assert worded.degraded == "interrupted"
    assert worded.text.startswith("Happy to help! ") and all(text in worded.text for text in texts_of(plan))


def test_chinese_joins_without_spaces(shop: Shop) -> None:
    plan = wordy(plan_reply(TurnMaker(shop, 8).make("found", "zh"), shop.lexicon, SHOP))
    _, worded = run(plan, shop, ScriptedModel(["好的，请看。[S1][S2]有您喜欢的吗？"]))
    assert worded.text == "".join(["好的，请看。", *texts_of(plan), "有您喜欢的吗？"])
    assert worded.wording == "model"


def test_a_model_cannot_talk_for_ever(plan: ReplyPlan, shop: Shop) -> None:
    raw = "Happy to help! " * 30 + "Great! Lovely! Nice! Wonderful! Excellent! Thanks! Sure. Good choice! [S1] [S2]"
    worded = reword(plan, Checker(plan, shop.lexicon), raw)
    own = worded.text.split(texts_of(plan)[0])[0]
    assert own.count("Happy to help!") == 1 and own.count("!") <= 5


def test_what_the_adapter_is_taught_passes_whole(shop: Shop) -> None:
    made, dropped = examples(shop, SHOP, 120, seed=3, chinese=0.3)
    assert len(made) == 120 and not dropped
    assert len({example.reply for example in made}) > 80
    assert all("[S1]" in example.reply for example in made if "[S1]" in example.prompt.user)


def test_the_policy_follows_the_figures(shop: Shop, tmp_path: object) -> None:
    class Good(ScriptedModel):
        async def stream(self, prompt: Prompt) -> AsyncIterator[str]:
            marks = " ".join(line.split()[0] for line in prompt.user.splitlines()[1:])
            yield f"Thank you! {marks} How can I help?" if "English" in prompt.system else "Sorry, no."

    figures = asyncio.run(evaluate_wording(Good(), ROOT / "data" / "shop", count=40, policy=None))
    assert figures["shopclerk"]["policy"]["en"]["default"] == "model"
    assert figures["shopclerk"]["policy"]["zh"]["default"] == "template"
    assert figures["template"]["pass_and_read_well"] > 0.9
    assert choose([]) == {"en": {"default": "template"}, "zh": {"default": "template"}}
