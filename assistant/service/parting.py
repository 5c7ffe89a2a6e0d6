"""When a shopper is done with the assistant, and may say how it was: they took leave, ended the conversation, or let it
rest and came back. Once a conversation, and nothing is asked of who has got no answer yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.events import AgentLeft, TurnDone
from assistant.records.conversations import Conversations, Message
from assistant.understanding.schema import Intent

RESTED = timedelta(minutes=30)
"""Without a word of anybody's: whoever opens the conversation again after that comes back to it."""
FORGOTTEN = timedelta(days=3)
"""From then on nobody remembers how it was."""
_LOOKED_AT = 60
"""Messages looked through for an answer."""
_ANSWERS = frozenset(map(str, Intent)) - {str(Intent.SMALL_TALK)}


def is_over(conversations: Conversations, conversation_id: str, now: datetime, rated_at: datetime | None) -> bool:
    """``rated_at``: when they said how it was, if they have; it can be changed until something else is said."""
    last = next(iter(conversations.latest(conversation_id, 1)), None)
    if last is None or now - last.at > FORGOTTEN:
        return False
    if rated_at is not None:
        return rated_at >= last.at
    rested = now - last.at >= RESTED
    if not rested and not _parted(last):
        return False
    messages = conversations.latest(conversation_id, _LOOKED_AT)
    if not rested and isinstance(last.event, TurnDone) and any(map(_parted, messages[:-1])):
        return False  # they were asked at the first thanks, and went on
    return any(isinstance(each.event, TurnDone) and each.event.intent in _ANSWERS for each in messages)


def _parted(message: Message) -> bool:
    match message.event:
        case TurnDone(farewell=farewell):
            return farewell
        case AgentLeft(reason="finished"):
            return True
    return False
