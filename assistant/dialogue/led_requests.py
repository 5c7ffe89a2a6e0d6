"""Several requests of one message, as a leading model read them: which of them are one, and which say how another is to
be done."""

from __future__ import annotations

from collections.abc import Collection

from assistant.dialogue.memory import Memory
from assistant.dialogue.request import Further, Led, ServiceRequest
from assistant.dialogue.turn import Turn
from assistant.understanding.conversation_reader import RequestRead
from assistant.understanding.payments import read_payment

_ON_ITEMS = ("items", "exchange", "return")
_PAID = ("swap", "return")
"""Requests that money moves for."""

_NOTED = {"act": "chat", "talk": "acknowledgement"}


def together(led: list[Led]) -> list[Led]:
    """Changes of several items of one order are one request, which is proposed as a whole; how it is to be paid belongs
    to it, too."""
    joined: list[Led] = []
    for one in sorted(led, key=lambda one: one.request.act == "payment"):
        same = (each for each in joined if each.request.act in _ON_ITEMS and _goes_with(one, each))
        before = next((each for each in same if one.request.order in ("", each.request.order)), None)
        if before is None:
            joined.append(one)
            continue
        said = before.said if one.said == before.said else f"{before.said}; {one.said}"
        if one.request.act == "payment":
            joined[joined.index(before)] = before.model_copy(update={"said": said})
            continue
        request = before.request.model_copy(update={"say": said, "colour": "", "size": "", "quantity": None})
        things = tuple(dict.fromkeys((*before.product_ids, *one.product_ids)))
        each = (*(before.joined or (before,)), one)
        joined[joined.index(before)] = before.model_copy(
            update={"request": request, "said": said, "product_ids": things, "joined": each}
        )
    return joined


def _goes_with(one: Led, before: Led) -> bool:
    """Whether a request is part of one before it: the same of another item, or the method for it. The method of a whole
    order that is not sent yet may be changed for itself."""
    if one.request.act != "payment":
        return one.request.act == before.request.act
    return before.request.act != "items" or not one.request.order


def paid_by(led: list[Led], turn: Turn, memory: Memory) -> list[Led]:
    """Keeps the method that is named for the request under way, whatever else the message asks for beside it."""
    request = memory.request
    if request is None or request.verb not in _PAID or memory.pending:
        return led
    if request.asked == "payment" and turn.answers_request and read_payment(turn.said) is not None:
        request.paid_with, request.payment = turn.said, ""
    methods = [one for one in led if one.request.act == "payment" and is_method_for(one.request, request)]
    for one in methods:
        request.paid_with, request.payment = one.said, ""
    return [one for one in led if one not in methods] or led


def without_dropped(led: list[Led], memory: Memory, under_way: Collection[str]) -> list[Led]:
    """What a no names is wanted no more: nothing on these things waits any longer. What is under way for others goes
    on, so that such a no is then none. ``under_way``: ids of the products of the request or proposal under way."""
    kept: list[Led] = []
    for one in led:
        dropped = {*one.product_ids} if one.request.act == "no" else set()
        if dropped:
            memory.agenda = [each for each in memory.agenda if not _is_on(each, dropped)]
        kept += [] if dropped and under_way and not dropped & {*under_way} else [one]
    noted = [one.model_copy(update={"request": one.request.model_copy(update=_NOTED)}) for one in led[:1]]
    return kept or noted


def _is_on(waits: Further, product_ids: Collection[str]) -> bool:
    """Whether a request that waits is on these things only."""
    return waits.led is not None and bool(waits.led.product_ids) and {*waits.led.product_ids} <= {*product_ids}


def is_method_for(read: RequestRead, request: ServiceRequest) -> bool:
    """Whether what was read of a method is said of the request under way, rather than of an order's whole payment."""
    return request.verb in _PAID and (not read.order or read.order in request.order_ids or not request.order_ids)
