"""A conversation's record as the pages read it: one entry a message, the assistant's events together by turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from assistant.events import AgentJoined, AgentLeft, AgentMessage, Event
from assistant.pages import Entry, News
from assistant.records.conversations import Conversation, Message, Sender
from assistant.records.records import Records


def news(records: Records, conversation: Conversation, after: int) -> News:
    """What came after the sequence number ``after``, oldest first."""
    messages = records.conversations.messages_since(conversation.id, after)
    thumbs = records.feedback.of_conversation(conversation.id) if after == 0 and messages else {}
    entries: list[Entry] = []
    replaced = records.turns.replaced(conversation.id) if messages else frozenset()
    turn_id = ""
    for message in messages:
        if (
            message.role is Sender.ASSISTANT
            and entries
            and entries[-1].speaker == "assistant"
            and message.turn_id == turn_id
        ):
            last = entries[-1]
            events = (*last.events, message.event) if message.event else last.events
            entries[-1] = replace(last, cursor=message.sequence, events=events)
        else:
            opinion = thumbs.get(message.turn_id)
            entry = _entry(message, opinion.thumb if opinion else None)
            entries.append(replace(entry, turn_id=message.turn_id, replaced=message.turn_id in replaced))
        turn_id = message.turn_id
    cursor = messages[-1].sequence if messages else after
    ticket = records.tickets.of_conversation(conversation.id)
    return News(tuple(entries), cursor, human=ticket is not None, replaced=tuple(sorted(replaced)))


def _entry(message: Message, thumb: Literal["up", "down"] | None) -> Entry:
    match message.role:
        case Sender.SHOPPER:
            picture = message.attachments[0] if message.attachments else None
            return Entry(message.sequence, message.at, "shopper", text=message.text, picture_url=picture)
        case Sender.AGENT if isinstance(message.event, AgentMessage):
            return Entry(message.sequence, message.at, "agent", text=message.event.text, name=message.event.agent)
        case Sender.AGENT if isinstance(message.event, AgentJoined | AgentLeft):
            return Entry(message.sequence, message.at, "agent", name=message.event.agent, events=(message.event,))
        case Sender.AGENT if message.event is not None:  # a card that an agent has put before the shopper
            return Entry(message.sequence, message.at, "agent", events=(message.event,))
        case _:
            events: tuple[Event, ...] = (message.event,) if message.event else ()
            return Entry(message.sequence, message.at, "assistant", events=events, thumb=thumb)
