"""A conversation as it stands: what the customer asked last that is still open, and what the dialogue knew before it.

While an agent has the conversation the dialogue runs no turns, so its memory ends where the agent took over. What was
said since is rehearsed over a copy of it, message by message, and kept for the next time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.dialogue.rehearsal import Rehearsed, rehearse
from assistant.outcome import Clarify, Handed, IdentityNoted, OutOfScope, PersonAnswer, SmallTalk
from assistant.records.conversations import Conversation, Message, Sender
from assistant.records.records import Records

_READ = 200
"""Records of a conversation that are read, the latest."""
_LOOKED_BACK = 6
"""Of how many of the customer's latest messages the one worth answering is looked for."""
_KEPT = 500
"""Conversations whose rehearsed memory is kept."""
_OPEN_TALK = ("greeting", "acknowledgement", "hesitation", "other", "angry", "worried", "sad")
"""Talk that leaves what was asked before it open."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the customer's. ``answered``: the assistant or an agent has said something to it since."""

    sequence: int
    text: str
    in_memory: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """``rehearsed``: what the message that is answered would come to; ``asked``: that message; ``said``: all of the
    customer's; ``cursor``: the sequence of the latest."""

    rehearsed: Rehearsed
    asked: Said
    said: tuple[Said, ...]
    cursor: int
    before: Memory
    """The memory in which the message is answered."""


class Standings:
    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: OrderedDict[str, tuple[int, int, Memory]] = OrderedDict()
        """By conversation: the turns that its memory held, up to which message it was rehearsed, and to what."""

    async def of(
        self, conversation: Conversation, dialogue: Dialogue, deps: Dependencies, *, model: bool = False
    ) -> Standing | None:
        """``None`` while the customer has written nothing."""
        messages = await asyncio.to_thread(self._records.conversations.latest, conversation.id, _READ)
        said = customer_said(messages)
        if not said:
            return None
        real = await dialogue.memory(conversation.id) or Memory(language=conversation.language)
        real.customer_id = real.customer_id or conversation.customer_id
        latest, before = said[-1], real
        if latest.in_memory:
            before = await self._earlier(conversation.id, dialogue, real, 1)
        else:
            before = await self._followed(conversation.id, said, real, deps)
        found = await rehearse(latest.text, conversation.id, before, deps, model=model)
        standing = Standing(found, latest, said, latest.sequence, before)
        if _is_open(found) and latest.text.strip():
            return standing
        return await self._open_before(standing, real, conversation.id, dialogue, deps, model=model) or standing

    async def _followed(self, conversation_id: str, said: Sequence[Said], real: Memory, deps: Dependencies) -> Memory:
        """The memory before the latest message, where the dialogue has not run since an agent took over."""
        turns, sequence, memory = self._known.get(conversation_id, (-1, 0, real))
        if turns != real.turns:
            sequence, memory = 0, real
        for each in said[:-1]:
            if not each.in_memory and each.sequence > sequence:
                memory = (await rehearse(each.text, conversation_id, memory, deps)).memory
                sequence = each.sequence
        self._known[conversation_id] = real.turns, sequence, memory
        self._known.move_to_end(conversation_id)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return memory

    @staticmethod
    async def _earlier(conversation_id: str, dialogue: Dialogue, now: Memory, turns: int) -> Memory:
        """What was remembered so many turns ago; what is known of the customer since stays known."""
        memory = await dialogue.memory_before(conversation_id, now.turns - turns)
        if memory is None:
            memory = now.model_copy(update={"request": None, "pending": None, "asked": None, "agenda": []})
        memory.customer_id = now.customer_id or memory.customer_id
        return memory

    async def _open_before(
        self,
        latest: Standing,
        real: Memory,
        conversation_id: str,
        dialogue: Dialogue,
        deps: Dependencies,
        *,
        model: bool,
    ) -> Standing | None:
        """What was asked before a message that asks for nothing itself ("hello?", who they are, "a person please")."""
        asks_person = any(isinstance(each, Handed) for each in latest.rehearsed.outcomes)
        known = latest.rehearsed.memory
        later = sum(each.in_memory for each in latest.said[-1:])
        for each in reversed(latest.said[:-1][-_LOOKED_BACK:]):
            if each.answered and not asks_person and not _tells_who(latest.rehearsed):
                return None
            later += each.in_memory
            before = await self._earlier(conversation_id, dialogue, real, later) if each.in_memory else latest.before
            before = before.model_copy(update={"customer_id": known.customer_id or before.customer_id, "claim": None})
            found = await rehearse(each.text, conversation_id, before, deps, model=model)
            if _is_open(found) and not _is_talk(found) and not _is_unclear(found):
                return Standing(found, each, latest.said, latest.cursor, before)
        return None


def customer_said(messages: Sequence[Message]) -> tuple[Said, ...]:
    """The customer's messages, in order."""
    turns = {each.turn_id for each in messages if each.kind == "turn_done"}
    handed = {each.turn_id for each in messages if each.kind == "handed_off"}
    agents = [each.sequence for each in messages if each.role is Sender.AGENT and each.kind == "agent_message"]
    written = agents[-1] if agents else 0
    return tuple(
        Said(
            each.sequence,
            each.text,
            in_memory=each.turn_id in turns,
            answered=(each.turn_id in turns and each.turn_id not in handed) or each.sequence < written,
        )
        for each in messages
        if each.role is Sender.SHOPPER and (each.text.strip() or each.attachments)
    )


def _is_open(found: Rehearsed) -> bool:
    """Whether there is something in it to answer."""
    return found.agreed or any(_asks(each, found) for each in found.outcomes)


def _asks(outcome: object, found: Rehearsed) -> bool:
    match outcome:
        case Handed(reason=reason, why=why):
            return reason not in ("asked", "needs_human") or bool(why) or bool(found.turn.said_of_self)
        case SmallTalk(kind=kind):
            return kind not in _OPEN_TALK
        case IdentityNoted(known=known):
            return not known
        case PersonAnswer(about=about):
            return about == "goodwill"
        case _:
            return True


def _tells_who(found: Rehearsed) -> bool:
    return any(isinstance(each, IdentityNoted) for each in found.outcomes)


def _is_unclear(found: Rehearsed) -> bool:
    return all(isinstance(each, (Clarify, OutOfScope)) for each in found.outcomes)


def _is_talk(found: Rehearsed) -> bool:
    return all(isinstance(each, (SmallTalk, IdentityNoted, Handed, PersonAnswer)) for each in found.outcomes)
