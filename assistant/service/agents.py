"""What agents do: the queue, transcripts, and messages into the shopper's chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from assistant.bootstrap import Shopclerk
from assistant.pages import News, Refused
from assistant.records.tickets import NotYourTicket
from assistant.service.history import news
from assistant.shop.views import TicketView

CLOSED: tuple[Literal["closed"], ...] = ("closed",)


class AgentService:
    """The agents' queue. ``agent`` is the signed-in agent's name, the one shoppers see."""

    def __init__(self, app: Shopclerk) -> None:
        self.app = app

    async def tickets(self) -> Sequence[TicketView]:
        """Waiting and taken ones, longest waiting first, then the lately closed."""
        tickets = self.app.commerce.records.tickets
        return [*tickets.list(), *tickets.list(CLOSED, limit=10)]

    async def transcript(self, ticket_id: str) -> News:
        """Raises Refused when there is no such ticket."""
        record = self.app.commerce.records.conversations.get(self._ticket(ticket_id).conversation_id)
        if record is None:
            raise Refused("That conversation has been deleted.")
        return news(self.app.commerce.records, record, after=0)

    async def take(self, ticket_id: str, agent: str) -> None:
        """Raises Refused when another agent has it."""
        if self.app.commerce.records.tickets.take(ticket_id, agent) is None:
            raise Refused("Another agent already has this conversation, or it is closed.")

    async def send(self, ticket_id: str, agent: str, text: str) -> None:
        """Into the shopper's open chat. Raises Refused when the ticket is closed or another agent's."""
        if not text.strip():
            raise Refused("Write a message first.")
        try:
            self.app.commerce.records.tickets.reply(ticket_id, agent, text.strip())
        except NotYourTicket as error:
            raise Refused("Take the conversation first: it is waiting, closed, or another agent's.") from error

    async def close(self, ticket_id: str, agent: str) -> None:
        """The assistant answers again."""
        try:
            self.app.commerce.records.tickets.close(ticket_id, agent)
        except NotYourTicket as error:
            raise Refused("You have not taken this conversation.") from error

    def _ticket(self, ticket_id: str) -> TicketView:
        ticket = self.app.commerce.records.tickets.get(ticket_id)
        if ticket is None:
            raise Refused("There is no such ticket.")
        return ticket
