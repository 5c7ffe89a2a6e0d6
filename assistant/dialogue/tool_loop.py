"""Requests on orders by a model that calls the shop's tools, in place of the dialogue's own acts.

The model decides which calls are made; what is said comes from what the calls came to, never from the model's words.
Where it comes to nothing usable, the dialogue's own acts answer.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from assistant.dialogue.acts.identity import EMAIL, identify
from assistant.dialogue.acts.talk import hand_over
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.loop_texts import filled, masked, said_before
from assistant.dialogue.memory import Memory, ToolCall
from assistant.dialogue.metering import metered
from assistant.dialogue.turn import Turn
from assistant.llm.client import ModelUnavailable, ToolCallingModel
from assistant.outcome import Handed, OrdersReply, Outcome
from assistant.privacy import redact
from assistant.prompts import prompt
from assistant.shop.actions import ActionRefused, Approval
from assistant.shop.policy import FOR_A_PERSON
from assistant.shop.policy_text import policy_text
from assistant.shop.tools import ServiceSession, ToolError, ToolRefused
from assistant.shop.tools.functions import TOOLS
from assistant.shop.tools.session import approval_document
from assistant.understanding.schema import Intent

_MAX_SHOWN_ORDERS = 3
"""Orders that a look-up may show; among more, the model has not found the one that is meant."""
_ASKED_FOR = ("not_identified", "invalid")
"""Refusals that mean that something is missing: the dialogue's own acts ask for it."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Ledger:
    """What the calls came to, in order. ``writes`` by tool and order: a call made better takes the place of the
    former."""

    looked_up: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    writes: dict[tuple[str, str], ToolCall | ActionRefused] = field(default_factory=dict)
    handed_over: bool = False


async def serve(turn: Turn, memory: Memory, deps: Dependencies) -> list[Outcome]:
    """What the request came to, one outcome for each thing asked for; empty when the dialogue's own acts are to answer.

    Nothing waits for the customer's yes before the loop has ended: stopped half-way, it leaves everything as it was.
    """
    limits, model = deps.tool_loop, deps.model
    if limits is None or not isinstance(model, ToolCallingModel):
        return []
    if not model.ready:
        turn.degraded = deps.voice.unready() or "unavailable"
        return []
    if not deps.voice.may_spend():
        turn.degraded = "overloaded"
        return []
    ledger = _Ledger()
    async with metered(model, turn, deps) as counted:
        with turn.step("tool_loop"):
            try:
                async with asyncio.timeout(limits.seconds):
                    last = await _run(counted, ledger, turn, memory, deps)
            except (ModelUnavailable, TimeoutError) as error:
                log.warning("the tool loop stopped: %s", error)
                turn.degraded = "interrupted"
                return []
            except Exception:
                # Also the cap on model calls. Whatever it was, the dialogue's own acts can answer.
                log.warning("the tool loop failed", exc_info=True)
                return []
    return await asyncio.to_thread(_outcomes, ledger, last, turn, memory, deps)


def go_on(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Proposes what else was asked for together with what has been answered now, until something waits again."""
    if isinstance(turn.outcome, Handed):
        memory.proposals = []
    while memory.proposals and not (memory.pending or memory.request or memory.asked):
        call, *memory.proposals = memory.proposals
        turn.extra = (*turn.extra, _propose(call, turn, memory, deps))


async def _run(model: ToolCallingModel, ledger: _Ledger, turn: Turn, memory: Memory, deps: Dependencies) -> str:
    limits = deps.tool_loop
    assert limits is not None
    agent = await asyncio.to_thread(importlib.import_module, "assistant.dialogue.tool_agent")
    if not memory.customer_id and (EMAIL.search(turn.said) or (memory.claim and memory.claim.email)):
        # The model is never shown an e-mail address, so it could not do it.
        await asyncio.to_thread(identify, turn, memory, deps)
    session = _session(ledger, turn, memory, deps)
    said = await asyncio.to_thread(said_before, turn, deps)
    system = prompt("service.md").render(
        shop=deps.voice.shop_name,
        today=deps.shop.clock().date().isoformat(),
        customer_id=memory.customer_id,
        policy=policy_text(deps.shop.rules),
    )

    def call(tool: str, arguments: Mapping[str, Any]) -> Any:
        return _call(session, ledger, tool, arguments, turn, deps)

    said = [*said, ("shopper", redact(turn.message))]
    async with model.tool_calling() as chat:
        return cast(str, await agent.run_loop(chat, system, said, session.tools(), call, limits))


def _session(ledger: _Ledger, turn: Turn, memory: Memory, deps: Dependencies) -> ServiceSession:
    def identified(customer_id: str) -> bool:
        if not deps.conversations.sign_in(turn.conversation_id, customer_id):
            return False
        memory.customer_id, memory.claim = customer_id, None
        return True

    def handed_over(summary: str) -> None:
        ledger.handed_over = True  # the ticket is opened when the loop has ended

    return ServiceSession(
        deps.shop,
        turn.conversation_id,
        customer_id=memory.customer_id,
        identified=identified,
        handed_over=handed_over,
    )


def _call(
    session: ServiceSession, ledger: _Ledger, tool: str, arguments: Mapping[str, Any], turn: Turn, deps: Dependencies
) -> Any:
    """Makes a call and notes what it came to; what the model reads of it has no addresses in it."""
    order_id = str(arguments.get("order_id", ""))
    known = TOOLS.get(tool)
    if known is None or known.action is None:
        try:
            answer = session.call(tool, arguments)
        except ToolRefused as refused:
            if refused.code == "not_yours" and order_id:
                ledger.unknown.append(order_id)
            raise
        if tool == "get_order_details":
            ledger.looked_up.append(answer["order_id"])
        return masked(answer)
    given = filled(arguments, session.customer_id, turn, deps)
    try:
        asked = session.propose(tool, given, waits=False)
    except ToolRefused as refused:
        own = deps.shop.orders.get(order_id, session.customer_id) if session.customer_id else None
        ledger.writes[tool, own.id if own else order_id] = ActionRefused(known.action, refused.code, own)
        raise
    key = (tool, asked.order.id if asked.order else "")
    ledger.writes[key] = ToolCall(tool=tool, arguments=given)
    return masked({**approval_document(asked), "next": "The shop asks the customer for their yes. Go on."})


def _outcomes(ledger: _Ledger, last: str, turn: Turn, memory: Memory, deps: Dependencies) -> list[Outcome]:
    outcomes: list[Outcome] = []
    got_past = {order_id for (_, order_id), write in ledger.writes.items() if isinstance(write, ToolCall)}
    waiting: list[ToolCall] = []
    for (_, order_id), write in ledger.writes.items():
        if isinstance(write, ActionRefused):
            if write.reason not in _ASKED_FOR and order_id not in got_past:
                outcomes.append(write)
        elif any(isinstance(outcome, Approval) for outcome in outcomes):
            waiting.append(write)
        else:
            memory.request = None  # what was talked over by the dialogue's own acts is done with
            outcomes.append(_propose(write, turn, memory, deps))
    if not ledger.writes and turn.intent is Intent.ORDER_STATUS and (found := _found(ledger, last, memory, deps)):
        outcomes.append(found)
    for_person = [each.reason for each in outcomes if isinstance(each, ActionRefused) and each.reason in FOR_A_PERSON]
    if for_person:
        outcomes = [each for each in outcomes if not isinstance(each, ActionRefused) or each.reason not in for_person]
    if ledger.handed_over or for_person:
        outcomes.append(hand_over(turn, memory, deps, "needs_human", *for_person[:1]))
        waiting = []
    if not outcomes:
        return []
    if memory.pending and not any(isinstance(outcome, Approval) for outcome in outcomes):
        # What waited was being corrected: a yes must not do it as it was.
        deps.shop.pending.drop(turn.conversation_id)
        memory.pending = None
    memory.request = None
    memory.proposals = waiting
    concerned = [order for outcome in outcomes for order in _orders(outcome)]
    if concerned:
        memory.orders = memory.dealt = list(dict.fromkeys(concerned))
    return outcomes


def _propose(call: ToolCall, turn: Turn, memory: Memory, deps: Dependencies) -> Approval | ActionRefused:
    session = ServiceSession(deps.shop, turn.conversation_id, customer_id=memory.customer_id)
    try:
        asked = session.propose(call.tool, call.arguments)
    except ToolError as error:  # something has changed since the call was checked
        reason = error.code if isinstance(error, ToolRefused) else "invalid"
        order_id = str(call.arguments.get("order_id", ""))
        order = deps.shop.orders.get(order_id, memory.customer_id) if memory.customer_id else None
        action = TOOLS[call.tool].action
        assert action is not None
        return ActionRefused(action, reason, order)
    memory.pending = asked.action
    return asked


def _found(ledger: _Ledger, last: str, memory: Memory, deps: Dependencies) -> OrdersReply | None:
    """The orders looked up; of many, those that the model names in the end."""
    looked_up = list(dict.fromkeys(ledger.looked_up))
    named = [order_id for order_id in looked_up if order_id in last]
    chosen = named or looked_up
    if not chosen and ledger.unknown:
        return OrdersReply((), "not_found", ledger.unknown[0])
    if not chosen or len(chosen) > _MAX_SHOWN_ORDERS or memory.customer_id is None:
        return None
    orders = (deps.shop.orders.get(order_id, memory.customer_id) for order_id in chosen)
    return OrdersReply(tuple(order for order in orders if order is not None))


def _orders(outcome: Outcome) -> list[str]:
    match outcome:
        case OrdersReply(orders=orders):
            return [order.id for order in orders]
        case Approval(order=order) | ActionRefused(order=order) if order is not None:
            return [order.id]
    return []
