"""One conversation's use of the tools: whose it is, what waits for a yes, and what repeats a call that was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from assistant.shop.actions import ActionDone, ActionRefused, Approval
from assistant.shop.changes import Done, Key, KeyReused
from assistant.shop.documents import (
    Document,
    address_document,
    customer_document,
    item_document,
    number,
    order_document,
)
from assistant.shop.policy import Reason, Refused
from assistant.shop.shop import Shop
from assistant.shop.tools.caller import Caller
from assistant.shop.tools.errors import ToolArgumentError, ToolRefused
from assistant.shop.tools.functions import TOOLS
from assistant.shop.tools.tool import Tool, ToolChange
from assistant.shop.views import TransferView


class ServiceSession:
    """The tools as one conversation may use them.

    It serves one customer, ``customer_id``: signed in from the start, or identified by a tool, and then for good.
    Every tool checks again that what it touches is theirs, and no customer id in an argument is believed. A writing
    tool does nothing yet: it answers with the exact effect, and ``confirm`` (which no model can call) does it.

    ``confirms`` False acts at once, for a caller who has the customer's yes. ``trusted`` is for programs: they act for
    any customer, identify nobody and are asked nothing. ``identified`` is told whom a tool has identified and may
    refuse by returning False; ``handed_over`` is told the summary.
    """

    def __init__(
        self,
        shop: Shop,
        conversation_id: str,
        *,
        customer_id: str | None = None,
        confirms: bool = True,
        trusted: bool = False,
        identified: Callable[[str], bool] = lambda customer_id: True,
        handed_over: Callable[[str], None] = lambda summary: None,
    ) -> None:
        self.shop = shop
        self.conversation_id = conversation_id
        self._confirms = confirms and not trusted
        self._caller = Caller(shop, customer_id, trusted=trusted, identified=identified, hand_over=handed_over)

    @property
    def customer_id(self) -> str | None:
        return self._caller.customer_id

    def tools(self) -> list[Document]:
        """The tools as functions of the chat completions interface: all but those that this shop always refuses."""
        by_email = self._caller.trusted or self.shop.rules.email_identifies
        return [tool.schema() for tool in TOOLS.values() if by_email or tool.name != "find_user_id_by_email"]

    def call(self, tool: str, arguments: Mapping[str, Any], *, key: str | None = None) -> Any:
        """What the tool answers, as JSON values. A writing tool that acts returns the order (or user) as it is now.

        One that waits for a yes returns ``{"needs_confirmation": true, "action": …, …}`` with the effect. ``key`` is
        the idempotency key of a writing call: by default it stands for conversation, tool and arguments, so that the
        call sent again right away acts once. Raises ``ToolArgumentError`` or ``ToolRefused``.
        """
        called = _named(tool)
        given = called.parse(arguments)
        answer = called.function(self._caller, **given)
        if not isinstance(answer, ToolChange):
            return answer
        if self._confirms:
            return approval_document(self._asked(answer, waits=True))
        try:
            return self._act(answer, self._key(called, given, answer, key))
        except KeyReused as error:
            raise ToolArgumentError(str(error)) from error

    def propose(self, tool: str, arguments: Mapping[str, Any], *, waits: bool = True) -> Approval:
        """Has a writing call wait for the customer's yes, in place of what waited before. ``waits`` False only says
        what its effect would be, and what waits stays."""
        called = _named(tool)
        given = called.parse(arguments)
        if called.action is None:
            raise ToolArgumentError(f"{tool} changes nothing, so there is nothing to confirm")
        return self._asked(called.function(self._caller, **given), waits=waits)

    def confirm(self) -> ActionDone | ActionRefused | None:
        """The customer has said yes: does what waits, once. ``None`` when nothing does."""
        return self.shop.pending.confirm(self.conversation_id, self.customer_id or "")

    def _asked(self, change: ToolChange, *, waits: bool) -> Approval:
        order_id = change.order.id if change.order else None
        if waits:
            asked = self.shop.pending.ask(self.conversation_id, change.customer_id, order_id, change.request)
        else:
            asked = self.shop.pending.preview(change.customer_id, order_id, change.request)
        if isinstance(asked, ActionRefused):
            raise ToolRefused(cast(Reason, asked.reason))
        return asked

    def _act(self, change: ToolChange, key: Key) -> Document:
        request, customer_id = change.request, change.customer_id
        if change.order is None:
            assert request.address is not None
            changed = self.shop.changes.change_default_address(customer_id, request.address, key)
            if isinstance(changed, Refused):
                raise ToolRefused(changed.reason)
            return customer_document(changed, self.shop.customers.order_ids(customer_id))
        done = self.shop.changes.do(request, change.order.id, customer_id, key)
        if not isinstance(done, Done):
            raise ToolRefused(done.reason)
        return order_document(done.order)

    def _key(self, tool: Tool, given: Mapping[str, Any], change: ToolChange, key: str | None) -> Key:
        if key is not None:
            return Key(f"key:{key}")
        about = {**given, **({"order_id": change.order.id} if change.order else {})}
        named = json.dumps([self.conversation_id, tool.name, about], sort_keys=True, ensure_ascii=False)
        return Key(f"call:{hashlib.sha256(named.encode()).hexdigest()}", repeatable=True)


def _named(tool: str) -> Tool:
    found = TOOLS.get(tool) if isinstance(tool, str) else None
    if found is None:
        raise ToolArgumentError(f"there is no tool {str(tool)[:80]!r}")
    return found


def approval_document(approval: Approval) -> Document:
    """What a customer is to agree to, as a writing tool answers it."""
    document: Document = {"needs_confirmation": True, "action": approval.action}
    if approval.order is not None:
        document["order_id"] = approval.order.id
    if approval.reason:
        document["reason"] = approval.reason
    if approval.address is not None:
        document["address"] = address_document(approval.address)
    items = [item_document(line) for line in approval.lines for _ in range(line.quantity)]
    if items:
        document["items"] = items
    if approval.swaps:
        document["new_items"] = [item_document(swap.new) for swap in approval.swaps]
    document["transfers"] = [
        {
            "type": transfer.kind,
            "amount": number(transfer.amount),
            "currency": transfer.currency,
            "payment_method_id": transfer.method.id,
            "payment_method": transfer.method.label,
            "when": _when(transfer),
        }
        for transfer in approval.transfers
    ]
    return document


def _when(transfer: TransferView) -> str:
    if transfer.when == "now":
        return "at once"
    taken = f"within {transfer.days} days" if transfer.days else "at once"
    return taken if transfer.when == "days" else f"{taken} after what is sent back has arrived"
