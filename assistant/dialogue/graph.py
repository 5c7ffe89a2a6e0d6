"""The turn as a LangGraph state graph: guard → understand → retrieve → rank → act → word (with check) → events.

``memory`` is the only channel that is checkpointed; the turn's workbench is untracked and ends with the turn. Events go
out through LangGraph's stream writer as they arise. Checkpoints are written once, when the turn ends: a killed process
loses at most the turn it was in, and what the customer saw of it is in the conversation's record all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypedDict, cast

from langchain_core.runnables import RunnableConfig
from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from assistant.dialogue import steps
from assistant.dialogue.computing import computed
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import NEED_ACTIONS, Stopped, Turn
from assistant.events import Event
from assistant.profile.erasers import Subject

_LOOKED_BACK = 40
"""Checkpoints of a conversation that are looked through, the latest."""


class TurnState(TypedDict):
    memory: dict[str, Any]
    turn: Annotated[Turn, UntrackedValue]


class Dialogue:
    """Runs turns. One instance serves every conversation; the thread id of the checkpointer is the conversation's
    id."""

    def __init__(self, deps: Dependencies | Callable[[], Dependencies], checkpointer: BaseCheckpointSaver[Any]) -> None:
        """``deps`` may be asked for anew at each turn, as the catalogue changes."""
        self._current_deps: Callable[[], Dependencies] = deps if callable(deps) else lambda: deps
        self.deps = self._current_deps()
        graph = StateGraph(TurnState)
        graph.add_node("guard", self._guard)
        graph.add_node("understand", self._understand)
        graph.add_node("retrieve", self._retrieve)
        graph.add_node("rank", self._rank)
        graph.add_node("act", self._act)
        graph.add_node("word", self._word)
        graph.add_edge(START, "guard")
        graph.add_conditional_edges(
            "guard", _after_guard, {"understand": "understand", "retrieve": "retrieve", "act": "act"}
        )
        graph.add_edge("understand", "retrieve")
        graph.add_edge("retrieve", "rank")
        graph.add_edge("rank", "act")
        graph.add_edge("act", "word")
        graph.add_edge("word", END)
        self._graph = graph.compile(checkpointer=checkpointer)

    async def run(self, turn: Turn, seed: Memory | None = None) -> AsyncIterator[Event]:
        """The events of one turn as they arise, ``TurnDone`` last. ``seed`` is the memory of a new conversation."""
        self.deps = await asyncio.to_thread(self._current_deps)
        config: RunnableConfig = {"configurable": {"thread_id": turn.conversation_id}}
        state = cast(TurnState, {"turn": turn})
        if seed is not None:
            state["memory"] = seed.model_dump(mode="json")
        async for event in self._graph.astream(state, config, stream_mode="custom", durability="exit"):
            yield cast(Event, event)

    async def memory(self, conversation_id: str) -> Memory | None:
        """What is remembered of a conversation; None when it has had no turn yet."""
        snapshot = await self._graph.aget_state({"configurable": {"thread_id": conversation_id}})
        stored = snapshot.values.get("memory")
        return Memory.model_validate(stored) if stored else None

    async def memory_before(self, conversation_id: str, turns: int) -> Memory | None:
        """What was remembered when so many turns had run; None where that is kept no more."""
        config: RunnableConfig = {"configurable": {"thread_id": conversation_id}}
        if turns <= 0:
            current = await self.memory(conversation_id)
            return Memory(language=current.language, customer_id=current.customer_id) if current else None
        async for snapshot in self._graph.aget_state_history(config, limit=_LOOKED_BACK):
            stored = snapshot.values.get("memory")
            if stored and stored.get("turns", 0) <= turns:
                return Memory.model_validate(stored) if stored["turns"] == turns else None
        return None

    async def checkpoint(self, conversation_id: str) -> str | None:
        """Names what is remembered now, for ``recall``."""
        snapshot = await self._graph.aget_state({"configurable": {"thread_id": conversation_id}})
        named = snapshot.config.get("configurable", {}).get("checkpoint_id")
        return str(named) if named else None

    async def recall(self, conversation_id: str, checkpoint: str) -> Memory | None:
        """What was remembered then."""
        config: RunnableConfig = {"configurable": {"thread_id": conversation_id, "checkpoint_id": checkpoint}}
        stored = (await self._graph.aget_state(config)).values.get("memory")
        return Memory.model_validate(stored) if stored else None

    async def remember(self, conversation_id: str, memory: Memory) -> None:
        """Overwrites the memory between turns (language switch, signing in)."""
        config: RunnableConfig = {"configurable": {"thread_id": conversation_id}}
        await self._graph.aupdate_state(config, {"memory": memory.model_dump(mode="json")}, as_node="word")

    async def _guard(self, state: TurnState) -> dict[str, Any]:
        memory = Memory.model_validate(state.get("memory") or {})
        with state["turn"].step("guard"):
            await computed(steps.guard, state["turn"], memory, self.deps)
        return {"memory": memory.model_dump(mode="json")}

    async def _understand(self, state: TurnState) -> dict[str, Any]:
        memory = Memory.model_validate(state["memory"])
        with state["turn"].step("understand"):
            await steps.understand(state["turn"], memory, self.deps)
        return {"memory": memory.model_dump(mode="json")}

    async def _retrieve(self, state: TurnState) -> dict[str, Any]:
        memory = Memory.model_validate(state["memory"])
        with state["turn"].step("retrieve"):
            await computed(steps.retrieve, state["turn"], memory, self.deps)
        return {"memory": memory.model_dump(mode="json")}

    async def _rank(self, state: TurnState) -> dict[str, Any]:
        with state["turn"].step("rank"):
            await computed(steps.rank, state["turn"], Memory.model_validate(state["memory"]), self.deps)
        return {}

    async def _act(self, state: TurnState, runtime: Runtime[None]) -> dict[str, Any]:
        memory = Memory.model_validate(state["memory"])
        stop = state["turn"].stop
        if stop is not None and stop.is_set():
            raise Stopped
        with state["turn"].step("act"):
            async for event in steps.act(state["turn"], memory, self.deps):
                runtime.stream_writer(event)
        return {"memory": memory.model_dump(mode="json")}

    async def _word(self, state: TurnState, runtime: Runtime[None]) -> dict[str, Any]:
        memory = Memory.model_validate(state["memory"])
        async for event in steps.word(state["turn"], memory, self.deps):
            runtime.stream_writer(event)
        return {"memory": memory.model_dump(mode="json")}


def forget_threads(checkpointer: BaseCheckpointSaver[Any], subject: Subject) -> int:
    """Deletes what is remembered of a shopper's conversations; how many there were. Not to be called on the
    checkpointer's own event loop."""
    for conversation_id in subject.conversations:
        checkpointer.delete_thread(conversation_id)
    return len(subject.conversations)


def _after_guard(state: TurnState) -> str:
    turn = state["turn"]
    if turn.press is not None and turn.press.action in NEED_ACTIONS:
        return "retrieve"
    return "act" if turn.problem or turn.press else "understand"
