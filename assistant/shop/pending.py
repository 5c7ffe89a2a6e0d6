"""Actions that wait for the customer's yes, stored with their key: a killed process neither loses nor repeats one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from assistant.database import Clock, Database, utc_now
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval, OrderAction
from assistant.shop.changes import OrderChanges
from assistant.shop.customers import Customers
from assistant.shop.effects import Effect
from assistant.shop.orders import Orders
from assistant.shop.policy import Condition, Refused
from assistant.shop.request import Request, Swaps, clean_address, one_unit_each
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
    action: OrderAction
    arguments: Mapping[str, Any]
    asked_at: datetime


class PendingActions:
    def __init__(
        self,
        database: Database,
        customers: Customers,
        orders: Orders,
        changes: OrderChanges,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._customers = customers
        self._orders = orders
        self._changes = changes
        self._clock = clock

    def propose(
        self,
        conversation_id: str,
        customer_id: str,
        action: OrderAction,
        order_id: str | None,
        *,
        reason: str = "",
        address: str | AddressView | None = None,
        items: Sequence[tuple[str, int]] | None = None,
        swaps: Swaps | None = None,
        payment: str | None = None,
        fault: bool = False,
        condition: Condition = "",
    ) -> Approval | ActionRefused:
        """Changes nothing yet: checks the policy, stores the action in place of an earlier one, says what to confirm.

        ``address`` goes with change_address and change_default_address (which concerns no order), ``items`` with
        return_items, ``swaps`` with change_ and exchange_items: a mapping swaps every unit of a variant, pairs swap
        one unit each. ``payment`` is the id of one of the customer's methods: for change_payment what is to pay, else
        where the refund or the difference goes; ``None`` is what has paid. ``fault`` goes with return_items,
        ``condition`` with return_ and exchange_items.
        """
        pairs, whole = one_unit_each(swaps)
        request = Request(
            OrderAction(action),
            reason=reason,
            address=AddressView(address) if isinstance(address, str) else address,
            items=None if items is None else tuple((variant_id, quantity) for variant_id, quantity in items),
            swaps=pairs,
            whole_lines=whole,
            payment=payment,
            fault=fault,
            condition=condition,
        )
        return self.ask(conversation_id, customer_id, order_id, request)

    def ask(
        self, conversation_id: str, customer_id: str, order_id: str | None, request: Request
    ) -> Approval | ActionRefused:
        """As ``propose``, of a request that is made already."""
        asked, agreed = self._previewed(customer_id, order_id, request)
        if isinstance(asked, Approval):
            self._store(conversation_id, customer_id, asked.order.id if asked.order else "", request, agreed)
        return asked

    def preview(self, customer_id: str, order_id: str | None, request: Request) -> Approval | ActionRefused:
        """What ``ask`` would answer; nothing waits for it."""
        return self._previewed(customer_id, order_id, request)[0]

    def _previewed(
        self, customer_id: str, order_id: str | None, request: Request
    ) -> tuple[Approval | ActionRefused, str]:
        """Also the digest of the effect, for which the yes will stand."""
        action = request.action
        if action is OrderAction.CHANGE_DEFAULT_ADDRESS:
            customer, address = self._customers.get(customer_id), clean_address(request.address)
            if customer is None or address is None:
                return ActionRefused(action, "not_yours" if customer is None else "invalid"), ""
            if customer.kept_by_store:
                return ActionRefused(action, "store_person"), ""
            return Approval(action, None, new_address=address.line, address=address), ""
        order = self._orders.get(order_id or "", customer_id)
        if order is None:
            return ActionRefused(action, "not_yours"), ""
        effect = self._changes.preview(request, order)
        if isinstance(effect, Refused):
            return ActionRefused(action, effect.reason, order), ""
        return approval(request, order, effect), effect.digest()

    def _store(self, conversation_id: str, customer_id: str, order_id: str, request: Request, agreed: str) -> None:
        with self._database.write() as session:
            session.merge(
                PendingRow(
                    conversation_id=conversation_id,
                    key=secrets.token_urlsafe(18),
                    customer_id=customer_id,
                    order_id=order_id,
                    action=request.action,
                    arguments={**request.arguments(), "agreed": agreed},
                    asked_at=self._clock(),
                )
            )

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
            OrderAction(row.action),
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

        The policy is checked again, on the order as it is now; and where prices, stock or balances have changed what
        would happen, nothing does (effect_changed). Stopped half-way, it can be called again: done once.
        """
        pending = self.get(conversation_id)
        if pending is None or pending.customer_id != customer_id:
            return None
        result = self.perform(pending)
        self._forget(conversation_id, pending.key)
        return result

    def perform(self, pending: PendingAction) -> ActionDone | ActionRefused:
        request = Request.of(pending.action, pending.arguments)
        if request.action is OrderAction.CHANGE_DEFAULT_ADDRESS:
            assert request.address is not None
            changed = self._changes.change_default_address(pending.customer_id, request.address, pending.key)
            if isinstance(changed, Refused):
                return ActionRefused(request.action, changed.reason)
            told = Approval(request.action, None, new_address=str(changed.address or ""), address=changed.address)
            return ActionDone(request.action, None, told)
        agreed = pending.arguments.get("agreed")
        done = self._changes.do(request, pending.order_id, pending.customer_id, pending.key, agreed=agreed)
        if isinstance(done, Refused):
            return ActionRefused(request.action, done.reason, done.order)
        confirmed = None if done.effect is None else approval(request, done.order, done.effect)
        return ActionDone(request.action, done.order, confirmed)

    def _forget(self, conversation_id: str, key: str | None = None) -> None:
        query = delete(PendingRow).where(PendingRow.conversation_id == conversation_id)
        if key is not None:
            query = query.where(PendingRow.key == key)
        with self._database.write() as session:
            session.execute(query)


def approval(request: Request, order: OrderView, effect: Effect) -> Approval:
    address = effect.fields.get("address")
    return Approval(
        request.action,
        order,
        request.reason or None,
        address.line if address else None,
        address,
        effect.lines,
        effect.swaps,
        effect.transfers,
        effect.payment,
        effect.new_payment,
        effect.deducted,
    )
