"""A turn tried out: read, looked up and decided as any other, but nothing of it is recorded, done or logged.

Drafts for agents are made so. Every writing session of the database is undone (``Database.rehearsal``), a proposal is
only noted, a yes carries nothing out, lists are not logged, and the memory is the caller's own copy.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.database import Rehearsal
from assistant.dialogue import steps
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.online.exposures import Surface
from assistant.online.serving import Served, Serving
from assistant.outcome import Outcome, TurnFacts
from assistant.profile.owner import Owner
from assistant.profile.profiles import Profiles
from assistant.records.conversations import Conversations
from assistant.records.tickets import Tickets
from assistant.records.unanswered import Unanswered
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused
from assistant.shop.behaviour import Kind
from assistant.shop.pending import PendingAction, PendingActions
from assistant.shop.request import Request
from assistant.shop.shop import Shop
from assistant.shop.views import TicketView
from retrieval.search.query import Hit


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be proposed, of which only a real proposal makes a card that the customer can say yes to."""

    customer_id: str
    order_id: str
    request: Request


class _Pending(PendingActions):
    """Notes what is proposed and what is agreed to; nothing is stored or done."""

    def __init__(self, shop: Shop, database: Rehearsal) -> None:
        super().__init__(database, shop.customers, shop.orders, shop.changes, shop.clock)
        self.proposed: list[Proposed] = []
        self.agreed = False
        self._dropped = False

    def _store(self, conversation_id: str, customer_id: str, order_id: str, request: Request, agreed: str) -> None:
        self.proposed.append(Proposed(customer_id, order_id, request))

    def get(self, conversation_id: str) -> PendingAction | None:
        return None if self._dropped else super().get(conversation_id)

    def drop(self, conversation_id: str) -> ActionDropped | None:
        pending = self.get(conversation_id)
        self._dropped = True
        return ActionDropped(pending.action) if pending else None

    def perform(self, pending: PendingAction) -> ActionDone | ActionRefused:
        self.agreed = True
        return ActionRefused(pending.action, "rehearsed")

    def _forget(self, conversation_id: str, key: str | None = None) -> None:
        pass


class _Unlogged(Serving):
    def log(self, served: Served, surface: Surface, query: str, hits: Sequence[Hit]) -> None:
        pass

    def outcome(self, conversation_id: str | None, customer_id: str | None, product_id: str, kind: object) -> None:
        pass


class _Unkept(Profiles):
    def record(self, owner: Owner, product_id: str, kind: Kind, rating: int | None = None) -> bool:
        return False


class _Uncounted(Unanswered):
    def add(self, question: str, language: str) -> None:
        pass


class _Answered(Tickets):
    """As if no colleague were asked: the one who is asked answers now."""

    def of_conversation(self, conversation_id: str) -> TicketView | None:
        return None

    def latest_of(self, conversation_id: str) -> TicketView | None:
        ticket = super().latest_of(conversation_id)
        return None if ticket is None else replace(ticket, state="closed")

    def open(self, conversation_id: str, reason: str, summary: str, language: str) -> tuple[TicketView, bool]:
        now = self._clock()
        return TicketView("", conversation_id, reason, language, "waiting", None, now, summary), False


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a turn would come to. ``agreed``: it says yes to what waits, which only the customer's own button does."""

    turn: Turn
    memory: Memory
    facts: TurnFacts
    proposed: tuple[Proposed, ...] = ()
    agreed: bool = False

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return (self.facts.outcome, *self.facts.extra)


def _tried_out(deps: Dependencies, *, model: bool) -> tuple[Dependencies, _Pending]:
    real = deps.shop
    database = real.database.rehearsal()
    shop = Shop(database, real.product, real.clock, rules=real.rules, delivery=lambda: real.delivery, store=None)
    shop.orders = real.orders  # reads only; of a connected store they are looked up there
    shop.stock, shop.customers = real.stock, real.customers
    pending = _Pending(shop, database)
    shop.pending = pending
    voice = deps.voice if model else replace(deps.voice, model=None)
    tried = replace(
        deps,
        shop=shop,
        profiles=_Unkept(database, shop.behaviours, real.product, real.clock),
        online=_Unlogged(
            deps.online.exposures, deps.online.experiments, deps.online.policies, personalised=lambda owner: False
        ),
        conversations=Conversations(database, real.clock),
        tickets=_Answered(database, real.clock),
        unanswered=_Uncounted(database),
        campaigns=None,
        tool_loop=None,
        voice=voice,
        model=deps.model if model else None,
        model_reads=deps.model_reads if model else lambda: "off",
    )
    return tried, pending


async def rehearse(
    text: str, conversation_id: str, memory: Memory, deps: Dependencies, *, model: bool = False
) -> Rehearsed:
    """What the message would come to, said next in this state. ``memory`` is left as it is; ``model``: whether a
    served one is asked."""
    tried, pending = _tried_out(deps, model=model)
    own = memory.model_copy(deep=True)
    own.handed, own.handed_why, own.told, own.said = False, "", "", []
    turn = Turn(conversation_id, secrets.token_urlsafe(9), text=text)
    await steps.rehearsed(turn, own, tried)
    facts = await steps.facts_of(turn, own, tried)
    return Rehearsed(turn, own, facts, tuple(pending.proposed), pending.agreed)
