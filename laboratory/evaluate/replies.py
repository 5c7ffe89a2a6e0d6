"""``shopclerk evaluate replies``: whether planted falsehoods are stopped, templates and a model's friendly words pass.

What is wrong is known by construction (``falsehoods``); this module counts.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.llm.client import DialogueModel, ModelUnavailable
from assistant.wording.check import Checker
from assistant.wording.compose import Worded, reword
from assistant.wording.plan import plan_reply, template_text
from assistant.wording.prompt import wording_prompt
from assistant.wording.statement import ReplyPlan, join
from laboratory.evaluate import direct
from laboratory.evaluate.falsehoods import Case, Falsehoods
from laboratory.samples.turns import KINDS, Shop, TurnMaker

LANGUAGES = ("en", "zh")
SEED = 4711
PATIENCE_S = 60.0
READ = 100
"""Passing replies in a sample for reading."""


@dataclass(slots=True)
class Tally:
    n: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, right: bool, example: str) -> None:
        self.n += 1
        self.right += right
        if not right and len(self.missed) < 5:
            self.missed.append(example)

    @property
    def share(self) -> float:
        return round(self.right / self.n, 4) if self.n else 0.0


def turns(shop: Shop, shop_name: str, rounds: int, seed: int = SEED, half: int | None = None) -> Iterable[ReplyPlan]:
    """Plans of every kind in both languages, ``rounds`` of each."""
    maker = TurnMaker(shop, seed, half)
    for number in range(rounds):
        for kind in KINDS:
            for language in LANGUAGES:
                yield plan_reply(maker.make(kind, language), shop.lexicon, shop_name, f"{number}/{kind}/{language}")


def in_reply(case: Case, plan: ReplyPlan, rng: random.Random) -> str:
    """A case's sentence as part of a whole reply: alone, with friendly words, or among the planned statements."""
    shape = rng.random()
    if shape < 0.4:
        return case.text
    if shape < 0.7:
        return join([plan.opener, case.text, plan.closer], plan.language)
    return join(
        [plan.opener, *(statement.text for statement in plan.statements[:2]), case.text, plan.closer], plan.language
    )


def evaluate_replies(
    shop_data: Path,
    *,
    shop_name: str = "Corner & Co.",
    rounds: int = 14,
    model: DialogueModel | None = None,
    model_replies: int = 200,
    seed: int = SEED,
    sample: Path | None = None,
) -> dict[str, Any]:
    """The figures of the check, and of template replies. With ``model``, its raw output goes through the check too.

    ``sample``: where to write 100 replies that passed, and every sentence of the model's own that did, for reading.
    """
    shop = Shop.load(shop_data)
    rng = random.Random(seed)
    makers = Falsehoods(shop, seed)
    plans = list(turns(shop, shop_name, rounds, seed))
    guarded = enumerate(fact for _ in range(4) for fact in makers.guarded_turns())
    plans += [plan_reply(facts, shop.lexicon, shop_name, f"guarded/{number}") for number, facts in guarded]
    templates, false = Tally(), Tally()
    kinds: dict[str, Tally] = defaultdict(Tally)
    languages = {language: Tally() for language in LANGUAGES}
    passing: list[tuple[ReplyPlan, str, str]] = []
    for plan in plans:
        checker = Checker(plan, shop.lexicon)
        for case in makers.cases(plan.facts):
            text = in_reply(case, plan, rng)
            stopped = bool(checker.check(text))
            for tally in (false, kinds[case.kind], languages[plan.language]):
                tally.add(stopped, text)
        text = template_text(plan)
        templates.add(not checker.check(text), text)
        passing.append((plan, text, "template"))
    figures: dict[str, Any] = {
        "templates": {"n": templates.n, "share_passing": templates.share, "missed": templates.missed},
        "false": {
            "n": false.n,
            "share_stopped": false.share,
            "accepted": false.n - false.right,
            "missed": false.missed,
        },
        "by_language": {language: {"n": tally.n, "share": tally.share} for language, tally in languages.items()},
        "by_kind": {
            kind: {"n": tally.n, "share": tally.share, **({"missed": tally.missed} if tally.missed else {})}
            for kind, tally in sorted(kinds.items())
        },
    }
    figures["direct"] = _direct(shop, seed)
    own: list[tuple[ReplyPlan, str, str]] = []
    if model is not None:
        figures["model"], worded = asyncio.run(_model(model, shop, shop_name, model_replies, seed + 1))
        passing += [(plan, reply.text, "model") for plan, reply in worded]
        own = [(plan, text, "own") for plan, reply in worded for text in own_sentences(plan, reply)]
        figures["model"]["own_sentences"] = len(own)
    if sample is not None:
        write_sample(rng.sample(passing, min(len(passing), READ)) + own, sample)
    return {"shopclerk": figures}


def _direct(shop: Shop, seed: int) -> dict[str, Any]:
    """Direct answers: true ones that pass, and falsehoods of the kinds that code can tell that do."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for case in direct.cases(shop, seed):
        tallies[case.kind].add(case.passes() == case.true, case.answer)
    true = tallies.pop("true")
    return {
        "true": {"n": true.n, "share_passing": true.share, "missed": true.missed},
        "false": {
            "n": sum(tally.n for tally in tallies.values()),
            "accepted": sum(tally.n - tally.right for tally in tallies.values()),
            "by_kind": {kind: {"n": tally.n, "missed": tally.missed} for kind, tally in sorted(tallies.items())},
        },
    }


async def _model(
    model: DialogueModel, shop: Shop, shop_name: str, count: int, seed: int
) -> tuple[dict[str, Any], list[tuple[ReplyPlan, Worded]]]:
    """The model's raw replies through the check: how much of its own wording is kept, and what is dropped for what."""
    rng = random.Random(seed)
    plans = list(turns(shop, shop_name, 3 + count // (2 * len(KINDS)), seed, half=1))
    rng.shuffle(plans)
    whole = kept = 0
    problems: Counter[str] = Counter()
    shown: list[tuple[ReplyPlan, Worded]] = []
    asked = 0
    for plan in plans[:count]:
        await _until_ready(model)
        raw = await raw_reply(model, plan, shop_name)
        if raw is None:
            continue
        asked += 1
        worded = reword(plan, Checker(plan, shop.lexicon), raw)
        whole += not worded.problems
        kept += worded.wording == "model"
        problems.update(problem.kind for problem in worded.problems)
        shown.append((plan, worded))
    share = (lambda part: round(part / asked, 4)) if asked else (lambda part: 0.0)
    return {
        "n": asked,
        "share_passing_whole": share(whole),
        "share_with_model_words": share(kept),
        "problems": dict(problems),
    }, shown


async def _until_ready(model: DialogueModel) -> None:
    """After a call that took too long the model is left alone for a while; the next one waits for that to be over."""
    deadline = time.monotonic() + PATIENCE_S
    while not model.ready and time.monotonic() < deadline:
        await asyncio.sleep(0.2)


async def raw_reply(model: DialogueModel, plan: ReplyPlan, shop_name: str) -> str | None:
    """What the model writes for a plan, unchecked; None when it does not answer."""
    pieces = []
    try:
        async for piece in model.stream(wording_prompt(plan, shop_name)):
            pieces.append(piece)
    except ModelUnavailable:
        return None
    return "".join(pieces)


def own_sentences(plan: ReplyPlan, worded: Worded) -> list[str]:
    """The model's own sentences among those said."""
    return [text for text in worded.friendly if worded.wording == "model" and text not in (plan.opener, plan.closer)]


def write_sample(chosen: list[tuple[ReplyPlan, str, str]], path: Path) -> None:
    """Texts with the facts they rest on, for a person to read."""
    rows = []
    for number, (plan, text, source) in enumerate(chosen, 1):
        facts = " / ".join(statement.text for statement in plan.statements)
        rows.append(f"{number}. [{plan.language}, {plan.kind}, {source}] {text}\n   - facts: {facts}\n")
    path.write_text("\n".join(rows), "utf-8")
