"""Training examples for the dialogue adapter: the run-time prompt of a made-up turn, and the reply we would like.

A reply is friendly words around every handle. Each line must pass ``check`` for the turn it is used in, so that
nothing is taught
that would not be shown.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from assistant.llm.client import Prompt
from assistant.wording.check import Checker
from assistant.wording.plan import plan_reply
from assistant.wording.prompt import wording_prompt
from assistant.wording.statement import ReplyPlan
from assistant.wording.texts import texts
from laboratory.samples.turns import KINDS, Shop, TurnMaker

GLUE = Path(__file__).parent / "glue"
WHO = re.compile(r"\b(dad|mum|sister|brother|friend|son|daughter|wife|husband|father|mother)\b")
FOR = re.compile(r"\bmy (holiday|birthday|wedding|trip|housewarming|office|garden|new flat)\b")
PLACE = "…"
"""Stands for words that are due."""
WEIGHTS = {
    "found": 4,
    "found_sorted": 2,
    "found_edited": 2,
    "compared": 2,
    "recommended": 2,
    "faq": 2,
    "order_one": 2,
    "handed": 2,
}
"""What customers do most is seen most; every other kind counts once."""


@dataclass(frozen=True, slots=True)
class Example:
    prompt: Prompt
    reply: str
    kind: str
    language: str


@cache
def _glue(language: str) -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((GLUE / f"{language}.toml").read_text("utf-8"))


def lines(section: str, plan: ReplyPlan, kind: str | None = None) -> list[str]:
    """Every line there is for a kind of reply: ours for training and those of the templates."""
    kind = kind or plan.kind
    own = _glue(plan.language).get(section, {})
    return [*own.get(kind, []), *(line for line in texts(plan.language).variants(section, kind) if line)]


def _personal(plan: ReplyPlan) -> list[str]:
    message = plan.facts.message.lower()
    own = _glue(plan.language).get("personal", {})
    found: list[str] = []
    if who := WHO.search(message):
        found += [line.format(who=who[1]) for line in own.get(plan.kind, [])]
    if occasion := FOR.search(message):
        found += [line.format_map({"for": occasion[1]}) for line in own.get(f"{plan.kind}.for", [])]
    return found


def closer_kind(plan: ReplyPlan) -> str:
    """The kind whose closers a plan draws from ("ask.order_id" where the plan's kind is "ask")."""
    outcome = plan.facts.outcome
    slot = getattr(outcome, "slot", None)
    return f"{plan.kind}.{slot}" if plan.kind == "ask" and slot else plan.kind


def target(plan: ReplyPlan, checker: Checker, rng: random.Random, dropped: Counter[str]) -> str:
    """A reply we would like for a plan."""
    gap = "" if plan.language == "zh" else " "

    def choose(candidates: list[str]) -> str:
        passing = []
        for line in candidates:
            problems = [problem for part in line.split("|") for problem in checker.check(part)]
            if problems:
                dropped[f"{plan.language} {plan.kind}: {line} ({problems[0].kind}: {problems[0].span})"] += 1
            else:
                passing.append(line)
        return rng.choice(passing).replace("|", gap) if passing else ""

    opener = choose(lines("openers", plan))
    personal = _personal(plan)
    closer = choose(personal if personal and rng.random() < 0.7 else lines("closers", plan, closer_kind(plan)))
    marks = " ".join(f"[{statement.handle}]" for statement in plan.statements)
    return " ".join(part for part in (opener, marks, closer) if part)


def examples(
    shop: Shop, shop_name: str, count: int, seed: int, chinese: float = 0.1
) -> tuple[list[Example], Counter[str]]:
    """``count`` examples and the lines that ``check`` would not let pass (none, when the glue is in order)."""
    rng = random.Random(seed)
    maker = TurnMaker(shop, seed, half=0)
    weighted = [kind for kind in KINDS for _ in range(WEIGHTS.get(kind, 1))]
    made: list[Example] = []
    dropped: Counter[str] = Counter()
    while len(made) < count:
        kind = rng.choice(weighted)
        language = "zh" if rng.random() < chinese else "en"
        plan = plan_reply(maker.make(kind, language), shop.lexicon, shop_name, str(len(made)))
        if plan.kind == "talk.goodbye" and rng.random() < 0.5:
            continue
        # What is taught is how to say something, not when: a place for it is in every example.
        plan = replace(plan, opener=plan.opener or PLACE, closer=plan.closer or PLACE)
        checker = Checker(plan, shop.lexicon)
        reply = target(plan, checker, rng, dropped)
        if reply:
            made.append(Example(wording_prompt(plan, shop_name), reply, plan.kind, language))
    return made, dropped
