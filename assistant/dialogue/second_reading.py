"""Puts a message that nothing supports to the language model, with the conversation, for a few seconds."""

from __future__ import annotations

import asyncio

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.loop_texts import said_before
from assistant.dialogue.memory import Memory
from assistant.dialogue.metering import metered
from assistant.dialogue.turn import Turn
from assistant.privacy import redact
from assistant.understanding.model_reader import Scene
from assistant.understanding.schema import Intent, TurnContext

_AWAY = (Intent.OUT_OF_SCOPE, Intent.HUMAN_AGENT, Intent.SMALL_TALK)
"""Acts that send the customer away with nothing: worth another look before they are done on a guess."""


async def read(turn: Turn, memory: Memory, context: TurnContext, deps: Dependencies) -> bool:
    """Replaces ``turn.understanding`` and what follows from it where the model's reading holds up and is in time.

    Asked only where the encoder is unsure and the evidence settled nothing. False: everything is as it was.
    """
    if not (needed(turn, deps) and deps.model and deps.model_reads() == "unsure" and deps.model.ready):
        return False
    assert turn.embedding is not None
    if not deps.voice.may_spend():
        return False
    scene = Scene(
        turns=await asyncio.to_thread(said_before, turn, deps),
        titles=context.shown_titles,
        asked=context.asked_for or "",
        request=memory.request.intent if memory.request else "",
        waiting=context.pending is not None,
    )
    async with metered(deps.model, turn, deps) as model:
        understanding = await deps.understander.understand_with_model(
            redact(turn.message), context, turn.embedding, model, scene, deps.model_read_s
        )
    if understanding.source != "model":
        return False
    turn.understanding, turn.intent, turn.slots = understanding, understanding.intent, understanding.slots
    return True


def needed(turn: Turn, deps: Dependencies) -> bool:
    """Whether nothing but the model could say what is meant."""
    own = turn.understanding
    if own is None or turn.embedding is None or own.confidence >= deps.understander.model_reads_below:
        return False
    return turn.unclear or turn.intent in _AWAY
