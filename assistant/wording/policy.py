"""Who words which replies by default: the model where it was found to be the better choice, the template elsewhere.

``policy.json`` is written by `shopclerk evaluate wording`: by language, then by kind of reply ("found.relaxed"), its
first
part ("found") or "default", either "model" or "template".
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from assistant.wording.statement import ReplyPlan

FILE = Path(__file__).with_name("policy.json")


@cache
def shipped() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def model_words(plan: ReplyPlan) -> bool:
    """Whether the model words a reply of this kind and language. Nothing is asked of it where nothing but the
    statements is due, nor in moods that it was not trained for."""
    if not (plan.opener or plan.closer) or plan.facts.mood not in ("neutral", "pleased") or plan.facts.handed:
        return False
    kinds = shipped().get(plan.language, {})
    chosen = next(
        (kinds[key] for key in (plan.kind, plan.kind.partition(".")[0], "default") if key in kinds), "template"
    )
    return chosen == "model"
