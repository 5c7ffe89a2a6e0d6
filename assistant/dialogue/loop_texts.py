"""What the tool loop's model reads and writes of personal data: marks in place of addresses, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.turn import Turn
from assistant.events import AgentMessage, TurnDone
from assistant.privacy import redact
from assistant.records.conversations import SHOPPER_MESSAGE
from assistant.shop.documents import address_document
from assistant.shop.tools import ToolArgumentError
from assistant.shop.views import AddressView
from assistant.understanding.addresses import read_address

_MAX_TURNS = 6
"""Earlier messages that the model is shown."""
_MAX_RECORDS = 40
"""Records looked through for them and for an address: each turn leaves several."""
_MAX_CHARS = 600

SAID, OWN = "[address]", "[default address]"


def said_before(turn: Turn, deps: Dependencies) -> list[tuple[str, str]]:
    """The last messages before this turn, ("shopper", "assistant" or "colleague", text), without personal data."""
    said: list[tuple[str, str]] = []
    for message in deps.conversations.latest(turn.conversation_id, _MAX_RECORDS):
        if message.turn_id == turn.turn_id:
            continue
        if message.kind == SHOPPER_MESSAGE:
            said.append(("shopper", redact(message.text)[:_MAX_CHARS]))
        elif isinstance(message.event, TurnDone):
            said.append(("assistant", redact(message.event.text)[:_MAX_CHARS]))
        elif isinstance(message.event, AgentMessage):
            said.append(("colleague", redact(message.event.text)[:_MAX_CHARS]))
    return said[-_MAX_TURNS:]


def masked(answer: Any) -> Any:
    """A tool's answer as the model reads it: it needs no address or e-mail address."""
    if isinstance(answer, list):
        return [masked(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    marks = {"address": OWN if "payment_methods" in answer else "[address on record]", "email": "[email]"}
    return {key: marks[key] if key in marks else masked(value) for key, value in answer.items()}


def filled(arguments: Mapping[str, Any], customer_id: str | None, turn: Turn, deps: Dependencies) -> dict[str, Any]:
    """The arguments with the address that a mark stands for. Raises ``ToolArgumentError`` when there is none."""
    mark = str(arguments.get("address1", "")).strip()
    if mark not in (SAID, OWN):
        return dict(arguments)
    address: AddressView | None
    if mark == OWN:
        customer = deps.shop.customers.get(customer_id) if customer_id else None
        address = customer.address if customer else None
    else:
        line = _address_said(turn, deps)
        address = AddressView(line) if line else None
    if address is None:
        raise ToolArgumentError(f"address1: the customer has given no address that {mark} could stand for")
    return {**arguments, **address_document(address)}


def _address_said(turn: Turn, deps: Dependencies) -> str:
    """The address that the customer wrote last."""
    if found := read_address(turn.message) or read_address(turn.said):
        return found
    messages = deps.conversations.latest(turn.conversation_id, _MAX_RECORDS)
    texts = (message.text for message in reversed(messages) if message.kind == SHOPPER_MESSAGE)
    return next((found for text in texts if (found := read_address(text))), "")
