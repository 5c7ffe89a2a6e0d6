"""Puts a message of which the encoder is unsure to the language model, with the conversation, for a few seconds."""

from __future__ import annotations

import asyncio

from assistant.dialogue.loop_texts import said_before
from assistant.dialogue.memory import Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Turn
from assistant.privacy import redact
from assistant.understanding.model_reader import Scene
from assistant.understanding.schema import TurnContext


async def read(turn: Turn, memory: Memory, context: TurnContext, parts: Parts) -> None:
    """Replaces ``turn.understanding`` and what follows from it where the model's reading holds up and is in time."""
    own, model = turn.understanding, parts.model
    if own is None or turn.embedding is None or model is None or turn.answers_request:
        return
    if own.confidence >= parts.understander.model_reads_below or not (parts.model_reads() and model.ready):
        return
    if not parts.voice.may_spend():
        return
    scene = Scene(
        turns=await asyncio.to_thread(said_before, turn, parts),
        titles=context.shown_titles,
        asked=context.asked_for or "",
        request=memory.request.intent if memory.request else "",
        waiting=context.pending is not None,
    )
    metered = model.metered()
    understanding = await parts.understander.understand_with_model(
        redact(turn.message), context, turn.embedding, metered, scene, parts.model_read_s
    )
    turn.model_calls += metered.usage.calls
    turn.prompt_tokens += metered.usage.prompt_tokens
    if metered.usage.calls:
        parts.voice.spent(metered.usage.prompt_tokens, metered.usage.completion_tokens)
    if understanding.source == "model":
        turn.understanding, turn.intent, turn.slots = understanding, understanding.intent, understanding.slots
