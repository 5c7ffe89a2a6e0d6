"""Actions that wait for the customer's yes, stored with their key: a killed process neither loses nor repeats one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import delete

from assistant.database import Clock, Database, utc_now
from assistant.outcome import ActionDone, ActionDropped, ActionName, ActionRefused, Approval
from assistant.shop import policy
from assistant.shop.changes import OrderChanges
from assistant.shop.orders import Orders
from assistant.shop.policy import Refused
from assistant.shop.tables import PendingRow
from assistant.shop.views import AddressView, OrderView

PENDING_LIFETIME = timedelta(hours=1)
"""A yes that comes later confirms nothing."""


@dataclass(frozen=True, slots=True)
class PendingAction:
    conversation_id: str
    key: str
    customer_id: str
    order_id: str
    action: ActionName
    arguments: Mapping[str, Any]
    asked_at: datetime


class PendingActions:
    def __init__(self, database: Database, orders: Orders, changes: OrderChanges, clock: Clock = utc_now) -> None:
        self._database = database
        self._orders = orders
        self._changes = changes
        self._clock = clock

    def propose(
        self,
        conversation_id: str,
        customer_id: str,
        action: ActionName,
        order_id: str,
        *,
        reason: str = "",
        address: str | AddressView | None = None,
        items: Sequence[tuple[str, int]] | None = None,
        swaps: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        payment: str | None = None,
    ) -> Approval | ActionRefused:
        """Changes nothing yet: checks the policy, stores the action in place of an earlier one, says what to confirm.

        ``address`` goes with change_address, ``items`` with return_items, ``swaps`` with change_ and exchange_items.
        """
        if isinstance(address, AddressView):
            address = address.line
        swaps = dict(swaps or {})
        order = self._orders.get(order_id, customer_id)
        if order is None:
            return ActionRefused(action, "not_yours")
        refused = self._forbidden(action, order)
        if refused is None and action == "change_address" and not (address or "").strip():
            refused = Refused("invalid", order)
        if refused is None and action == "return_items" and policy.items_of(order, items) is None:
            refused = Refused("not_in_order", order)
        if refused is not None:
            return ActionRefused(action, refused.reason, order)
        arguments: dict[str, Any] = {"reason": reason}
        if address is not None:
            arguments["address"] = address
        if items is not None:
            arguments["items"] = [list(item) for item in items]
        if swaps:
            arguments["swaps"] = swaps
        with self._database.write() as session:
            session.merge(
                PendingRow(
                    conversation_id=conversation_id,
                    key=secrets.token_urlsafe(18),
                    customer_id=customer_id,
                    order_id=order.id,
                    action=action,
                    arguments=arguments,
                    asked_at=self._clock(),
                )
            )
        return Approval(action, order, reason or None, address)

    def get(self, conversation_id: str) -> PendingAction | None:
        with self._database.read() as session:
            row = session.get(PendingRow, conversation_id)
        if row is None or self._clock() - row.asked_at > PENDING_LIFETIME:
            return None
        return PendingAction(
            row.conversation_id,
            row.key,
            row.customer_id,
            row.order_id,
            cast(ActionName, row.action),
            row.arguments,
            row.asked_at,
        )

    def drop(self, conversation_id: str) -> ActionDropped | None:
        """The customer said no or went on to something else. ``None`` when nothing was waiting."""
        pending = self.get(conversation_id)
        if pending is None:
            return None
        self._forget(conversation_id)
        return ActionDropped(pending.action)

    def confirm(self, conversation_id: str, customer_id: str) -> ActionDone | ActionRefused | None:
        """Does what waits, if this customer was asked; ``None`` when nothing does.

        The policy is checked again, on the order as it is now. Stopped half-way, it can be called again: done once.
        """
        pending = self.get(conversation_id)
        if pending is None or pending.customer_id != customer_id:
            return None
        result = self.perform(pending)
        self._forget(conversation_id, pending.key)
        if isinstance(result, Refused):
            return ActionRefused(pending.action, result.reason, result.order)
        return ActionDone(pending.action, result)

    def perform(self, pending: PendingAction) -> OrderView | Refused:
        order_id, customer_id, key = pending.order_id, pending.customer_id, pending.key
        arguments = pending.arguments
        match pending.action:
            case "cancel_order":
                return self._changes.cancel(order_id, customer_id, arguments["reason"], key)
            case "change_address":
                return self._changes.change_address(order_id, customer_id, arguments["address"], key)
            case "return_items":
                asked = arguments.get("items")
                items = None if asked is None else [(variant_id, quantity) for variant_id, quantity in asked]
                return self._changes.request_return(order_id, customer_id, items, arguments["reason"], key)
            case "change_items":
                return self._changes.change_items(order_id, customer_id, arguments.get("swaps", {}), key)
            case "exchange_items":
                return self._changes.request_exchange(order_id, customer_id, arguments.get("swaps", {}), key)
            case "change_payment" | "change_default_address":
                return Refused("invalid")

    def _forbidden(self, action: ActionName, order: OrderView) -> Refused | None:
        match action:
            case "cancel_order":
                return policy.may_cancel(order)
            case "change_address":
                return policy.may_change_address(order)
            case "change_items":
                return policy.may_change_items(order)
            case "return_items":
                return policy.may_return(order, self._clock())
            case "exchange_items":
                return policy.may_exchange(order, self._clock())
            case "change_payment" | "change_default_address":
                return Refused("invalid", order)

    def _forget(self, conversation_id: str, key: str | None = None) -> None:
        query = delete(PendingRow).where(PendingRow.conversation_id == conversation_id)
        if key is not None:
            query = query.where(PendingRow.key == key)
        with self._database.write() as session:
            session.execute(query)
