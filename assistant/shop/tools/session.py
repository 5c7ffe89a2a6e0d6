"""One conversation's use of the tools: whose it is, what waits for a yes, and what repeats a call that was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from pydantic import ValidationError

from assistant.shop.actions import ActionDone, ActionRefused, Approval
from assistant.shop.changes import Done, Key, KeyReused
from assistant.shop.documents import Document, address_document, customer_document, item_document, number
from assistant.shop.documents import order_document as order_as_document
from assistant.shop.policy import Reason, Refused
from assistant.shop.request import Request
from assistant.shop.shop import Shop
from assistant.shop.tools.arguments import Arguments
from assistant.shop.tools.errors import ToolArgumentError, ToolRefused
from assistant.shop.tools.reading import READS
from assistant.shop.tools.registry import TOOLS
from assistant.shop.tools.writing import WRITES
from assistant.shop.views import CustomerView, OrderView


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
        self.trusted = trusted
        self._confirms = confirms and not trusted
        self._customer_id = customer_id
        self._identified = identified
        self._handed_over = handed_over

    @property
    def customer_id(self) -> str | None:
        return self._customer_id

    def tools(self) -> list[Document]:
        """The tools as functions of the chat completions interface: all but those that this shop always refuses."""
        by_email = self.trusted or self.shop.rules.email_identifies
        return [tool.schema() for tool in TOOLS.values() if by_email or tool.name != "find_user_id_by_email"]

    def call(self, tool: str, arguments: Mapping[str, Any], *, key: str | None = None) -> Any:
        """What the tool answers, as JSON values. A writing tool that acts returns the order (or user) as it is now.

        One that waits for a yes returns ``{"needs_confirmation": true, "action": …, …}`` with the effect. ``key`` is
        the idempotency key of a writing call: by default it stands for conversation, tool and arguments, so that the
        call sent again right away acts once. Raises ``ToolArgumentError`` or ``ToolRefused``.
        """
        given = self._parse(tool, arguments)
        if tool in READS:
            return READS[tool](self, tool, given)
        if self._confirms:
            return approval_document(self.propose(tool, arguments))
        order, customer_id, request = self._request(tool, given)
        try:
            return self._act(tool, order, customer_id, request, self._key(tool, given, order, key))
        except KeyReused as error:
            raise ToolArgumentError(tool, str(error)) from error

    def propose(self, tool: str, arguments: Mapping[str, Any], *, waits: bool = True) -> Approval:
        """Has a writing call wait for the customer's yes, in place of what waited before. ``waits`` False only says
        what its effect would be, and what waits stays."""
        given = self._parse(tool, arguments)
        if tool not in WRITES:
            raise ToolArgumentError(tool, f"{tool} changes nothing, so there is nothing to confirm")
        order, customer_id, request = self._request(tool, given)
        order_id = order.id if order else None
        if waits:
            asked = self.shop.pending.ask(self.conversation_id, customer_id, order_id, request)
        else:
            asked = self.shop.pending.preview(customer_id, order_id, request)
        if isinstance(asked, ActionRefused):
            raise ToolRefused(tool, cast(Reason, asked.reason))
        return asked

    def confirm(self) -> ActionDone | ActionRefused | None:
        """The customer has said yes: does what waits, once. ``None`` when nothing does."""
        return self.shop.pending.confirm(self.conversation_id, self._customer_id or "")

    def identify(self, tool: str, customer_id: str) -> str:
        """For the tools: this is who is talking, unless it is somebody else already."""
        if self.trusted:
            return customer_id
        if self._customer_id not in (None, customer_id) or not self._identified(customer_id):
            raise ToolRefused(tool, "other_customer")
        self._customer_id = customer_id
        return customer_id

    def customer(self, tool: str, user_id: str) -> CustomerView:
        """For the tools: the customer of this session, if that is whose id was given."""
        if not self.trusted and user_id != self._who(tool):
            raise ToolRefused(tool, "not_yours")
        customer = self.shop.customers.get(user_id)
        if customer is None:
            raise ToolArgumentError(tool, f"there is no user {user_id!r}")
        return customer

    def order(self, tool: str, order_id: str) -> OrderView:
        """For the tools: an order of this session's customer."""
        if self.trusted:
            found = self.shop.orders.for_staff(order_id)
            if found is None:
                raise ToolArgumentError(tool, f"there is no order {order_id!r}")
            return found
        own = self.shop.orders.get(order_id, self._who(tool))
        if own is None:
            raise ToolRefused(tool, "not_yours")
        return own

    def hand_over(self, summary: str) -> None:
        self._handed_over(summary)

    def _who(self, tool: str) -> str:
        if self._customer_id is None:
            raise ToolRefused(tool, "not_identified")
        return self._customer_id

    def _parse(self, tool: str, arguments: Mapping[str, Any]) -> Arguments:
        known = TOOLS.get(tool)
        if known is None:
            raise ToolArgumentError(tool, f"there is no tool {tool!r}")
        try:
            return known.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise ToolArgumentError(tool, f"{where}: {first['msg']}") from error

    def _request(self, tool: str, given: Any) -> tuple[OrderView | None, str, Request]:
        if tool == "modify_user_address":
            return None, self.customer(tool, given.user_id).id, WRITES[tool](self, tool, given, None)
        order = self.order(tool, given.order_id)
        return order, order.customer_id, WRITES[tool](self, tool, given, order)

    def _act(self, tool: str, order: OrderView | None, customer_id: str, request: Request, key: Key) -> Document:
        if order is None:
            assert request.address is not None
            changed = self.shop.changes.change_default_address(customer_id, request.address, key)
            if isinstance(changed, Refused):
                raise ToolRefused(tool, changed.reason)
            return customer_document(changed, self.shop.customers.order_ids(customer_id))
        done = self.shop.changes.do(request, order.id, customer_id, key)
        if not isinstance(done, Done):
            raise ToolRefused(tool, done.reason)
        return order_as_document(done.order)

    def _key(self, tool: str, given: Arguments, order: OrderView | None, key: str | None) -> Key:
        if key is not None:
            return Key(f"key:{key}")
        about = {**given.model_dump(), **({"order_id": order.id} if order else {})}
        named = json.dumps([self.conversation_id, tool, about], sort_keys=True, ensure_ascii=False)
        return Key(f"call:{hashlib.sha256(named.encode()).hexdigest()}", repeatable=True)


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
            "when": "at once" if transfer.when == "now" else "in 5 to 7 business days",
        }
        for transfer in approval.transfers
    ]
    return document
