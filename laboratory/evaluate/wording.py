"""``shopclerk evaluate wording``: the model's wording of held-out replies against the template's, and who words what.

Readability proxies only: a person reads the replies too (``laboratory/read/replies.md``). A kind of reply goes to the
model when its own words are kept and read well in nearly all of its replies; it stays with the template otherwise.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.llm.client import DialogueModel
from assistant.wording.check import Checker
from assistant.wording.compose import Worded, reword
from assistant.wording.plan import template_text
from assistant.wording.policy import FILE
from assistant.wording.statement import ReplyPlan
from laboratory.evaluate.replies import SEED, raw_reply, turns
from laboratory.samples.turns import Shop

MIN_PASSING_SHARE = 0.9
"""The model words a kind of reply when at least this share of its replies pass whole and read well."""
MIN_REPLIES = 3
"""Kinds with fewer replies than this follow their language's default."""
MAX_CHARS = {"en": 900, "zh": 450}
"""Characters; longer replies do not read well in a chat."""


NOT_ASKED = ("approval", "ask", "blocked", "cart.removed", "clarify", "done", "dropped", "orders.need_identity", "talk")
"""Kinds that stay with the template: what is asked there decides what happens next (a yes, a missing detail), or the
small model, when its replies were read, missed the point."""


@dataclass(slots=True)
class Read:
    """One reply, judged: ``passes`` what the model wrote whole, ``well`` the proxies for reading well."""

    plan: ReplyPlan
    raw: str
    worded: Worded
    faults: list[str] = field(default_factory=list)

    @property
    def passes(self) -> bool:
        return not self.worded.problems

    @property
    def well(self) -> bool:
        return not self.faults and self.worded.wording == "model"


def faults(plan: ReplyPlan, text: str) -> list[str]:
    """What makes a reply read badly, as far as code can tell."""
    found = []
    if any(statement.required and statement.text not in text for statement in plan.statements):
        found.append("a required statement is missing")
    own = text
    for statement in plan.statements:
        own = own.replace(statement.text, " ")
    sentences = [sentence.strip().lower() for sentence in re.split(r"(?<=[.!?。！？])\s*", own) if sentence.strip()]
    if len(sentences) != len(set(sentences)):
        found.append("it repeats itself")
    if sum(sentence.endswith(("?", "？")) for sentence in sentences) > 1:
        found.append("it asks more than one question")
    if len(text) > MAX_CHARS[plan.language]:
        found.append("it is long")
    if re.search(r"\[\s*S", text):
        found.append("a handle shows")
    chinese = len(re.findall(r"[\u4e00-\u9fff]", own))
    if own.strip() and (chinese > 0) != (plan.language == "zh"):
        found.append("its own words are in another language")
    return found


async def evaluate_wording(
    model: DialogueModel,
    shop_data: Path,
    *,
    shop_name: str = "Corner & Co.",
    count: int = 100,
    seed: int = SEED + 2,
    policy: Path | None = FILE,
    listing: Path | None = None,
) -> dict[str, Any]:
    """``count`` held-out replies (products and turns the adapter was not trained on), nine in ten of them English.

    Writes the policy when ``policy`` is a path, and the replies to ``listing``. Returns the figures beside the
    template's.
    """
    shop = Shop.load(shop_data)
    plans = _held_out(shop, shop_name, count, seed)
    read = []
    for plan in plans:
        raw = await raw_reply(model, plan, shop_name)
        if raw is not None:
            worded = reword(plan, Checker(plan, shop.lexicon), raw)
            read.append(Read(plan, raw, worded, faults(plan, worded.text)))
    templates = [(plan, template_text(plan)) for plan in plans]
    chosen = choose(read)
    if policy is not None and len(read) == len(plans):
        policy.write_text(json.dumps(chosen, indent=1, sort_keys=True) + "\n", "utf-8")
    if listing is not None:
        listing.write_text("\n".join(_lines(item, number) for number, item in enumerate(read, 1)), "utf-8")
    template_well = [not faults(plan, text) and not Checker(plan, shop.lexicon).check(text) for plan, text in templates]
    return {
        "shopclerk": {"n": len(read), **_figures(read), "by_language": _by_language(read), "policy": chosen},
        "template": {"n": len(templates), "pass_and_read_well": _share(sum(template_well), len(templates))},
    }


def _held_out(shop: Shop, shop_name: str, count: int, seed: int) -> list[ReplyPlan]:
    rounds = 4 * (4 + count // 20)
    plans = [plan for plan in turns(shop, shop_name, rounds, seed, half=1) if plan.opener and plan.closer]
    random.Random(seed).shuffle(plans)
    english = [plan for plan in plans if plan.language == "en"]
    chinese = [plan for plan in plans if plan.language == "zh"]
    return english[: count - count // 10] + chinese[: count // 10]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _figures(read: list[Read]) -> dict[str, float]:
    return {
        "pass_whole": _share(sum(item.passes for item in read), len(read)),
        "read_well": _share(sum(item.well for item in read), len(read)),
        "pass_and_read_well": _share(sum(item.passes and item.well for item in read), len(read)),
    }


def _by_language(read: list[Read]) -> dict[str, dict[str, Any]]:
    found = {}
    for language in ("en", "zh"):
        of_language = [item for item in read if item.plan.language == language]
        found[language] = {"n": len(of_language), **_figures(of_language)}
    return found


def choose(read: list[Read]) -> dict[str, dict[str, str]]:
    """The policy: by language a default and the kinds that depart from it; a help page's passage is always quoted
    alone."""
    policy: dict[str, dict[str, str]] = {}
    for language in ("en", "zh"):
        groups: dict[str, list[Read]] = defaultdict(list)
        for item in read:
            if item.plan.language == language:
                groups[item.plan.kind].append(item)
        everything = [item for items in groups.values() for item in items]
        default = _better(everything)
        policy[language] = {"default": default}
        if default == "model":
            policy[language] |= dict.fromkeys(NOT_ASKED, "template")
        for kind, items in sorted(groups.items()):
            if kind.startswith(NOT_ASKED):
                continue
            if len(items) >= MIN_REPLIES and (chosen := _better(items)) != default:
                policy[language][kind] = chosen
    return policy


def _better(read: list[Read]) -> str:
    good = sum(item.passes and item.well for item in read)
    return "model" if read and good / len(read) >= MIN_PASSING_SHARE else "template"


def _lines(item: Read, number: int) -> str:
    verdict = "; ".join([*(f"{p.kind}: {p.span}" for p in item.worded.problems), *item.faults]) or "passes"
    head = f"{number}. [{item.plan.language}, {item.plan.kind}] {item.plan.facts.message}"
    return f"{head}\n   - wrote: {item.raw}\n   - shown: {item.worded.text}\n   - {verdict}\n"
