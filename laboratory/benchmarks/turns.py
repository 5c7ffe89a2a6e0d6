"""How long a turn takes, without the model step by step, with it by what a person sees; and how much it asks of it."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.bootstrap import Shopclerk
from assistant.cli.failures import Unusable
from assistant.cli.session import ChatSession, begun, warm
from assistant.events import (
    ApprovalNeeded,
    CartShown,
    ComparisonShown,
    Notice,
    OrdersShown,
    ProductsShown,
    TextDelta,
    TurnDone,
)

WARM_UP = 8
"""Turns at the start that are not counted: first-use costs of the encoder and the database."""
_SEEN = (ApprovalNeeded, CartShown, ComparisonShown, Notice, OrdersShown, ProductsShown, TextDelta)
"""Events that stand in the reply; what else is sent (sources, chips) stands below it."""


@dataclass(frozen=True, slots=True)
class Script:
    """The shopper's side of a conversation."""

    messages: tuple[str, ...]
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Timed:
    """A turn: milliseconds from the message to what is seen first, to the first words, and to its end; and those that
    this process had of the processors meanwhile."""

    first: float
    words: float | None
    whole: float
    processor: float
    done: TurnDone


def read(*paths: Path) -> list[Script]:
    """Conversations of files. A ``.jsonl`` has one a line, ``{"turns": [{"say": "…"}, …]}``, whatever else it says of
    them; any other has a message a line, an empty line between conversations, comments after #, and "@ID" for the
    customer.

    Raises ``Unusable`` where there are none.
    """
    scripts = [script for path in paths for script in (_lines(path) if path.suffix == ".jsonl" else _blocks(path))]
    if not scripts:
        raise Unusable(f"there is no conversation in {', '.join(map(str, paths))}")
    return scripts


def _blocks(path: Path) -> Iterator[Script]:
    lines = [line.strip() for line in _text(path).splitlines() if not line.startswith("#")]
    for block in "\n".join(lines).split("\n\n"):
        said = [line for line in block.splitlines() if line]
        messages = tuple(line for line in said if not line.startswith("@"))
        if messages:
            yield Script(messages, said[0][1:] if said[0].startswith("@") else None)


def _lines(path: Path) -> Iterator[Script]:
    for number, line in enumerate(_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            messages = tuple(str(turn["say"]) for turn in json.loads(line)["turns"])
        except (ValueError, KeyError, TypeError) as error:
            raise Unusable(f'{path}, line {number}: not {{"turns": [{{"say": "…"}}, …]}}') from error
        if messages:
            yield Script(messages)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unusable(f"{path} is no text") from error


async def without_model(shop: Shopclerk, scripts: Sequence[Script], rounds: int) -> dict[str, Any]:
    """Times of turns in milliseconds, whole, to what is seen first, of the processors, and step by step."""
    timed = await _timed(shop, [*scripts] * rounds)
    counted = timed[WARM_UP:] or timed
    steps: dict[str, list[float]] = defaultdict(list)
    for each in counted:
        for name, ms in each.done.steps_ms.items():
            steps[name].append(ms)
    return {
        "n": len(counted),
        **_figures("", [each.whole for each in counted]),
        **_figures("first_content_", [each.first for each in counted]),
        **_figures("processor_", [each.processor for each in counted]),
        "steps_p50_ms": {name: round(float(np.percentile(times, 50)), 2) for name, times in steps.items()},
        "steps_p95_ms": {name: round(float(np.percentile(times, 95)), 2) for name, times in steps.items()},
    }


async def with_model(shop: Shopclerk, scripts: Sequence[Script]) -> dict[str, Any]:
    """The same times over all turns, calls and prompt tokens a turn, and the time to the first words of turns that
    called the model."""
    timed = await _timed(shop, scripts)
    if not timed:
        return {"model": "not available"}
    calls = [each.done.model_calls for each in timed]
    tokens = [each.done.prompt_tokens for each in timed]
    asked = [each.done.prompt_tokens for each in timed if each.done.model_calls]  # none are counted without an answer
    words = [each.words for each in timed if each.done.model_calls and each.words is not None]
    return {
        "model_turns": len(timed),
        **_figures("model_", [each.whole for each in timed]),
        **_figures("model_first_content_", [each.first for each in timed]),
        "model_asked": round(float(np.mean(np.array(calls) > 0)), 3),
        "model_unanswered": round(float(np.mean([not used for used in asked])), 3) if asked else None,
        "model_calls_p95": int(np.percentile(calls, 95, method="higher")),
        "model_calls_max": max(calls),
        "prompt_tokens_p95": int(np.percentile(tokens, 95, method="higher")),
        "prompt_tokens_max": max(tokens),
        "worded_by_model": round(float(np.mean([each.done.wording == "model" for each in timed])), 3),
        "first_words_p50_ms": round(float(np.percentile(words, 50)), 1) if words else None,
    }


def _figures(name: str, times: Sequence[float]) -> dict[str, float]:
    return {f"{name}p{share}_ms": round(float(np.percentile(times, share)), 1) for share in (50, 95)}


async def _timed(shop: Shopclerk, scripts: Iterable[Script]) -> list[Timed]:
    """Every turn of the conversations, which are held one after another; none where a model is wanted and not there."""
    async with shop.opened() as dialogue:
        await warm(shop)
        if shop.model.client is not None and not shop.model.client.ready:
            return []
        timed = []
        for script in scripts:
            session = await begun(shop, dialogue, script.customer)
            timed += [await _turn(session, message) for message in script.messages]
        return timed


async def _turn(session: ChatSession, message: str) -> Timed:
    begin, spent = time.perf_counter(), time.process_time()
    first = words = done = None
    async for event in session.dialogue.run(session.turn(message)):
        now = (time.perf_counter() - begin) * 1000
        if first is None and isinstance(event, _SEEN):
            first = now
        if words is None and isinstance(event, TextDelta):
            words = now
        if isinstance(event, TurnDone):
            done = event
    whole = (time.perf_counter() - begin) * 1000
    processor = (time.process_time() - spent) * 1000
    assert done is not None
    return Timed(whole if first is None else first, words, whole, processor, done)
