"""How long a turn takes without the model, step by step, and how much it asks of the model."""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.bootstrap import Shopclerk
from assistant.cli.session import Conversation, conversation
from assistant.events import TextDelta, TurnDone

WARM_UP = 8
"""Turns at the start that are not counted: first-use costs of the encoder and the database."""


def read(path: Path) -> list[list[str]]:
    """Conversations of a script file; lines that begin with # are comments."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    blocks = "\n".join(lines).split("\n\n")
    return [said for block in blocks if (said := [line for line in block.splitlines() if line])]


async def without_model(shop: Shopclerk, scripts: Sequence[Sequence[str]], rounds: int) -> dict[str, Any]:
    """Wall time of whole turns, from the message to ``TurnDone``, in milliseconds."""
    whole: list[float] = []
    steps: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for script in scripts:
            async with _held(shop, script) as (session, messages):
                for message in messages:
                    begin = time.perf_counter()
                    done = await _turn(session, message)
                    whole.append((time.perf_counter() - begin) * 1000)
                    for name, ms in done.steps_ms.items():
                        steps[name].append(ms)
    counted = np.array(whole[WARM_UP:])
    return {
        "n": len(counted),
        "p50_ms": round(float(np.percentile(counted, 50)), 1),
        "p95_ms": round(float(np.percentile(counted, 95)), 1),
        "steps_p50_ms": {name: round(float(np.percentile(times[WARM_UP:], 50)), 2) for name, times in steps.items()},
        "steps_p95_ms": {name: round(float(np.percentile(times[WARM_UP:], 95)), 2) for name, times in steps.items()},
    }


async def with_model(shop: Shopclerk, scripts: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Calls and prompt tokens a turn over all turns, and the time to the first words of turns that called the model."""
    calls: list[int] = []
    tokens: list[int] = []
    first: list[float] = []
    worded: list[bool] = []
    for script in scripts:
        async with _held(shop, script) as (session, messages):
            if shop.model is None or not shop.model.ready:
                return {"model": "not available"}
            for message in messages:
                begin = time.perf_counter()
                heard: float | None = None
                async for event in session.dialogue.run(session.turn(message)):
                    if isinstance(event, TextDelta) and heard is None:
                        heard = (time.perf_counter() - begin) * 1000
                    if isinstance(event, TurnDone):
                        calls.append(event.model_calls)
                        tokens.append(event.prompt_tokens)
                        worded.append(event.wording == "model")
                        if event.model_calls and heard is not None:
                            first.append(heard)
    return {
        "model_turns": len(calls),
        "model_calls_p95": int(np.percentile(calls, 95, method="higher")),
        "model_calls_max": max(calls),
        "prompt_tokens_p95": int(np.percentile(tokens, 95, method="higher")),
        "prompt_tokens_max": max(tokens),
        "worded_by_model": round(sum(worded) / len(worded), 3),
        "first_words_p50_ms": round(float(np.percentile(first, 50)), 1) if first else None,
    }


def _held(shop: Shopclerk, script: Sequence[str]) -> Any:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def held() -> Any:
        customer = script[0][1:] if script[0].startswith("@") else None
        async with conversation(shop, customer) as session:
            yield session, [line for line in script if not line.startswith("@")]

    return held()


async def _turn(session: Conversation, message: str) -> TurnDone:
    turn = session.turn(message)
    turn.turn_id = secrets.token_urlsafe(9)
    return next(event for event in await session.say(turn) if isinstance(event, TurnDone))
