"""Whether a message answers what was asked for, or changes what waits for a yes; and taking the answer up."""

from __future__ import annotations

from assistant.dialogue.acts import assent, needs, order_lines, places, problems, selection, service, swapping
from assistant.dialogue.acts.asking import action_of, ask, line_of, methods_of
from assistant.dialogue.acts.attend import of_another
from assistant.dialogue.acts.identity import EMAIL
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.led_requests import is_method_for
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import MAX_REASON_CHARS, ServiceRequest, Swap, reason_in
from assistant.dialogue.turn import Turn
from assistant.outcome import AskSlot, Outcome
from assistant.shop.actions import OrderAction
from assistant.shop.views import OrderLineView, OrderView
from assistant.understanding.clauses import requested_action
from assistant.understanding.languages import expressions
from assistant.understanding.payments import read_payment
from assistant.understanding.remedies import read_kept, read_remedy
from assistant.understanding.swaps import read_step, read_swaps

_ACTS = {"status": ("status",), "problem": ("return", "swap", "human")}
"""What is said of a request that is none to change something, as ``requested_action`` has it."""


def answers(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether the message gives what the request in memory asked for, or corrects what it proposes."""
    request = memory.request
    if request is None or expressions("cues")["only_asks"].search(turn.message):
        return False
    if memory.pending:
        return _corrects(turn, request, memory, deps)
    if turn.service is not None and turn.service.kind == "problem" and of_another(turn, memory, deps):
        return False
    text, act = turn.message, requested_action(turn.message)
    anew = act is not None and act not in _acts(request)
    if problems.wants(text, request) and not anew and (turn.service is None or turn.service.kind != "help"):
        return True
    match request.asked:
        case "identity":
            return bool(turn.said_of_self) and not (anew and turn.slots.order_id)
        case "order_id":
            if anew and (turn.slots.order_id or act != "cancel"):
                return False
            return _order_named(turn, request, memory, deps)
        case "item":
            named = _selected if request.verb == "return" else _lines_named
            return not anew and (order_lines.says_all(text) or bool(named(text, request, memory, deps)))
        case "option":
            if turn.slots.order_id or (anew and act != "address"):
                return False
            return _options_named(text, request, memory, deps)
        case "payment":
            return not (anew and act != "payment") and _method_place(text, request) is not None
        case "address":
            return places.says(text, request, memory, deps)
        case "reason":
            return not anew
    return False


def _acts(request: ServiceRequest) -> tuple[str, ...]:
    return (request.verb,) if isinstance(request.kind, OrderAction) else _ACTS.get(request.kind, ())


def _corrects(turn: Turn, request: ServiceRequest, memory: Memory, deps: Dependencies) -> bool:
    """ "To my gift card instead", "size 42 rather", another address: said while the proposal waits for a yes."""
    text, act = turn.message, requested_action(turn.message)
    if turn.slots.order_id and turn.slots.order_id[0] not in request.order_ids:
        return False
    if assent.yes_beside(turn, memory, proposed_words(memory, deps)) is not None:
        return False
    if request.verb == "address":
        return act in (None, "address", "swap") and places.says(text, request, memory, deps)
    if act is not None and act not in (*_acts(request), "payment", "address"):
        return False
    match request.verb:
        case "payment":
            return read_payment(text) is not None and not assent.is_plain_yes(turn)
        case "return":
            return (read_payment(text) is not None and act != "payment") or _other_lines(text, request, memory, deps)
        case "swap":
            if read_payment(text) is not None:
                return True
            if act == "address":
                return False
            order = _order(request, memory, deps)
            more = order is not None and swapping.others(request, text, order, deps)
            return bool(more) or _other_option(text, request, memory, deps)
    return False


def _other_lines(text: str, request: ServiceRequest, memory: Memory, deps: Dependencies) -> bool:
    """Whether other units or lines of the order are named than those proposed ("only the second", "one of the tees")."""
    order = _order(request, memory, deps)
    proposed = request.selected or ({line.variant_id: line.quantity for line in order.lines} if order else {})
    named = _selected(text, request, memory, deps)
    return (bool(named) and named != proposed) or selection.says_part(text)


def _proposed_lines(memory: Memory, deps: Dependencies) -> list[tuple[OrderLineView, str]]:
    """The lines of what waits, each with the variant that takes its place."""
    request = memory.request
    order = _order(request, memory, deps) if request else None
    if request is None or order is None or request.verb not in ("swap", "return"):
        return []
    swapped = {swap.variant_id: swap.new_variant_id for swap in request.swaps}
    chosen = swapped or request.selected or {line.variant_id for line in order.lines}
    return [(line, swapped.get(line.variant_id, "")) for line in order.lines if line.variant_id in chosen]


def proposed_products(memory: Memory, deps: Dependencies) -> list[str]:
    return [line.product_id for line, _ in _proposed_lines(memory, deps)]


def under_way(memory: Memory, deps: Dependencies) -> list[str]:
    """Ids of the products that the request or the proposal under way is about, as far as they are settled."""
    request = memory.request
    if memory.pending or request is None:
        return proposed_products(memory, deps)
    named = {*request.selected, *(swap.variant_id for swap in request.swaps if swap.variant_id)}
    order = _order(request, memory, deps)
    return [line.product_id for line in order.lines if line.variant_id in named] if order else []


def proposed_words(memory: Memory, deps: Dependencies) -> frozenset[str]:
    """The words that only name once more what waits for a yes: its goods, what they become, its address and method."""
    request, words = memory.request, {"size", "colour", "color", "in", "to", "the", "my", "for"}
    if request is None:
        return frozenset()
    proposed = _proposed_lines(memory, deps)
    if request.swaps and all(line.quantity == 1 for line, _ in proposed):
        words.add("one")  # "the olive one", where it can be no number
    for line, new in proposed:
        product = deps.product(line.product_id)
        variant = product.variant(new) if product and new else None
        options = variant.options if variant else line.options if not request.swaps else {}
        for key, value in options.items():
            words.add(value.lower())
            if key == "colour":
                words |= {deps.lexicon.name("colour", value, each).lower() for each in ("en", "zh")}
        words |= {word.lower() for word in line.title.get("en", "").split()}
        title = line.title.get("zh", "")
        words |= {title[at:end] for at in range(len(title)) for end in range(at + 2, min(len(title), at + 8) + 1)}
    words |= {word.lower().strip(",.") for word in request.address.split()}
    method = next((method for method in methods_of(memory, deps) if method.id == request.payment), None)
    words |= {word.lower() for word in method.label.split()} if method else set()
    return frozenset(words | {id_.lower() for id_ in request.order_ids})


def names_another(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether a leading model has read another option of the one item to be exchanged than the one proposed."""
    read, request = turn.request, memory.request
    if read is None or request is None or len(request.swaps) != 1:
        return False
    lines = _proposed_lines(memory, deps)
    product = deps.product(lines[0][0].product_id) if lines else None
    variant = product.variant(lines[0][1]) if product else None
    if product is None or variant is None:
        return False
    if turn.things and all(hit.product.id != product.id for hit in turn.things):
        return False
    values = {value.lower() for value in variant.options.values()}
    return any(named and named.lower() not in values for named in (read.colour, read.size))


def names_proposed(turn: Turn, memory: Memory, deps: Dependencies) -> bool:
    """Whether the message only names once more what is proposed."""
    request = memory.request
    if request is None or request.verb not in ("swap", "return") or turn.slots.order_id:
        return False
    order = _order(request, memory, deps)
    proposed = {*request.selected, *(swap.variant_id for swap in request.swaps)}
    named = order_lines.fitting(turn.message, order.lines, deps) if order else []
    return bool(named) and {line.variant_id for line in named} <= (proposed or {line.variant_id for line in named})


def _other_option(text: str, request: ServiceRequest, memory: Memory, deps: Dependencies) -> bool:
    """Whether another variant is named than the one proposed; naming that one once more is no correction."""
    if not _options_named(text, request, memory, deps):
        return False
    swap, order = request.swaps[-1], _order(request, memory, deps)
    line = line_of(order, swap.variant_id) if order else None
    product = deps.product(line.product_id) if line else None
    if line is None or product is None:
        return False
    proposed = product.variant(swap.new_variant_id)
    wanted = order_lines.wanted_options(read_swaps(text)[0].wanted, line, product, deps, whole=False)
    if wanted.unknown:  # "yes, in blue", which there is not
        return True
    return proposed is None or any(proposed.options.get(key) != value for key, value in wanted.options.items())


def take_up(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """Fills the answer in and goes on."""
    request = memory.request
    assert request is not None
    text, asked = turn.message, request.asked
    if problems.wants(text, request):
        request.remedy = read_remedy(text) or ""
        request.text = f"{request.text} {text}"
    if memory.pending:
        deps.shop.pending.drop(turn.conversation_id)
        if request.verb == "return" and _other_lines(text, request, memory, deps):
            request.offered = []
            _items(request, text, memory, deps)
        memory.pending = None
        order = _order(request, memory, deps)
        if request.verb == "return" and order and selection.says_part(text) and not request.selected:
            request.everything = False
            return needs.ask_item(order, order.lines, turn, memory, deps)  # "not all of it"
        asked = "option" if request.verb == "swap" and read_payment(text) is None else ""
        asked = "address" if request.verb == "address" else asked
    if asked == "order_id":
        place = order_lines.ordinal(text, len(request.offered))
        if turn.slots.order_id:
            pass
        elif place is not None:
            request.order_ids = [request.offered[place]]
        elif not order_lines.says_other(text):
            _more(request, text)
    elif asked == "identity":
        _more(request, EMAIL.sub(" ", text))  # "…, the grey mugs"
    elif asked == "item":
        _items(request, text, memory, deps)
    elif asked == "option":
        swapping.answer(request, text, _order(request, memory, deps), deps)
    elif asked == "payment":
        place_ = _method_place(text, request)
        if isinstance(place_, int):
            request.payment = request.offered[place_]
            return service.proceed(turn, memory, deps)
    elif asked == "address" and not places.take(request, text):
        partly = AskSlot("address", action_of(request), partly=bool(request.address))
        return ask(partly, turn, memory, deps)
    elif asked == "reason":
        request.reason = reason_in(text) or (text if len(text) <= MAX_REASON_CHARS else "")
    service.absorb(request, turn)
    return service.proceed(turn, memory, deps)


def method_led(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """A method that a leading model has read by itself, for the request under way; ``None``: it is none such."""
    request = memory.request
    if request is None or turn.request is None or turn.request.act != "payment" or read_payment(turn.message) is None:
        return None
    if not is_method_for(turn.request, request):
        return None
    if memory.pending:
        deps.shop.pending.drop(turn.conversation_id)
        memory.pending = None
    service.absorb(request, turn)
    return service.proceed(turn, memory, deps)


def _more(request: ServiceRequest, text: str) -> None:
    """What an order is called is said over several messages."""
    request.text = f"{request.text} {text}"
    for swap in request.swaps[:1]:
        swap.had = f"{swap.had} {text}"


def _order(request: ServiceRequest, memory: Memory, deps: Dependencies) -> OrderView | None:
    if not request.order_ids or memory.customer_id is None:
        return None
    return deps.shop.orders.get(request.order_ids[0], memory.customer_id)


def _order_named(turn: Turn, request: ServiceRequest, memory: Memory, deps: Dependencies) -> bool:
    text = turn.message
    if turn.slots.order_id or order_lines.says_other(text) or order_lines.says_latest(text):
        return True
    if order_lines.ordinal(text, len(request.offered)) is not None:
        return True
    customer = memory.customer_id or ""
    offered = [order for id_ in request.offered if (order := deps.shop.orders.get(id_, customer))]
    return 0 < len(order_lines.fitting_orders(text, offered, deps)) < max(2, len(offered))


def _lines_named(text: str, request: ServiceRequest, memory: Memory, deps: Dependencies) -> list[OrderLineView]:
    order = _order(request, memory, deps)
    if order is None:
        return []
    offered = [line_of(order, id_) for id_ in request.offered] or list(order.lines)
    place = order_lines.ordinal(text, len(offered))
    return [offered[place]] if place is not None else order_lines.fitting(text, offered, deps)


def _selected(text: str, request: ServiceRequest, memory: Memory, deps: Dependencies) -> dict[str, int]:
    """The units of lines that a message gives a return: of those offered, or in place of those proposed."""
    order = _order(request, memory, deps)
    if order is None:
        return {}
    if memory.pending:
        chosen = request.selected or {line.variant_id: line.quantity for line in order.lines}
        return selection.corrected(text, chosen, order.lines, deps)
    offered = [line_of(order, id_) for id_ in request.offered] or list(order.lines)
    place = order_lines.ordinal(text, len(offered))
    if place is not None and selection.units(text) is None:
        return {offered[place].variant_id: offered[place].quantity}
    return selection.select(text, offered, deps)


def _items(request: ServiceRequest, text: str, memory: Memory, deps: Dependencies) -> None:
    if request.verb == "return":
        request.everything = order_lines.says_all(text) and not read_kept(text)
        request.selected = {} if request.everything else _selected(text, request, memory, deps)
        return
    named = _lines_named(text, request, memory, deps)
    open_ = next(swap for swap in request.swaps if not swap.variant_id)
    if order_lines.says_all(text):
        order = _order(request, memory, deps)
        request.swaps = [
            Swap(wanted=open_.wanted, variant_id=line.variant_id) for line in (order.lines if order else ())
        ]
    elif len(named) == 1:
        whole = open_.wanted == open_.had
        open_.variant_id = named[0].variant_id
        mentions = read_swaps(text)
        if mentions[0].wanted != text:
            open_.wanted = mentions[0].wanted
        elif whole:
            open_.had = open_.wanted
    else:
        open_.had = f"{open_.had} {text}"


def _options_named(text: str, request: ServiceRequest, memory: Memory, deps: Dependencies) -> bool:
    order = _order(request, memory, deps)
    swap = next(
        (swap for swap in request.swaps if not swap.new_variant_id), request.swaps[-1] if request.swaps else None
    )
    if order is None or swap is None or not swap.variant_id:
        return False
    line = line_of(order, swap.variant_id)
    product = deps.product(line.product_id)
    if product is None:
        return False
    if order_lines.ordinal(text, len(request.offered)) is not None or read_step(text):
        return True
    return order_lines.wanted_options(read_swaps(text)[0].wanted, line, product, deps, whole=False).said


def _method_place(text: str, request: ServiceRequest) -> int | str | None:
    """The place of the method meant among those offered, "said" where it is named otherwise, or ``None``."""
    if read_payment(text) is not None:
        return "said"
    return order_lines.ordinal(text, len(request.offered))
