"""Acts on the cart. The shop decides on stock, caps and prices; here is only decided which line is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dialogue.memory import Asked, Memory
from assistant.dialogue.parts import Parts
from assistant.dialogue.turn import Press, Turn
from assistant.outcome import CartReply, Outcome
from assistant.profile.owner import Owner
from assistant.shop.views import CartLineView
from assistant.understanding.numbers import NUMBER, value_of
from assistant.understanding.schema import Intent, Slots
from retrieval.models import Product

_NEAR = 30
"""Letters before a product's name in which its number may stand."""
_NUMBER_BEFORE = re.compile(
    rf"({NUMBER})(?: ?(?:x|×|pcs|pieces|pairs|of|个|件|双|本|条|台))?(?: of)?(?: the)?(?: [a-z&]+)? ?$"
)


def cart_id(memory: Memory, parts: Parts) -> str:
    """The customer's cart, or the visitor's; the visitor's joins the customer's when they sign in."""
    if memory.customer_id:
        memory.cart_id = parts.shop.carts.of_customer(memory.customer_id, joining=memory.cart_id)
    elif memory.cart_id is None:
        memory.cart_id = parts.shop.carts.new_id()
    return memory.cart_id


def cart_lines(memory: Memory, parts: Parts) -> tuple[CartLineView, ...]:
    """What is in the cart; looking makes none."""
    return parts.shop.carts.show(memory.cart_id).lines if memory.cart_id else ()


def act(turn: Turn, memory: Memory, parts: Parts) -> Outcome:
    carts, cart = parts.shop.carts, cart_id(memory, parts)
    match turn.slots.cart_action:
        case "add":
            return _add(turn, memory, parts, cart)
        case "change" | "remove":
            return _change(turn, memory, parts, cart)
        case "checkout":
            return carts.checkout(cart)
        case _:
            return carts.reply(cart)


def press(press: Press, session: str, memory: Memory, parts: Parts) -> CartReply:
    """A button names its line exactly. ``session`` is the conversation's id."""
    carts, cart = parts.shop.carts, cart_id(memory, parts)
    match press.action:
        case "add_to_cart":
            reply = carts.add(cart, press.product_id, press.quantity, variant_id=press.variant_id or None)
            _remember_interest(reply, press.product_id, session, memory, parts)
            return reply
        case "change_quantity":
            return carts.change(cart, press.variant_id, press.quantity)
        case "remove_from_cart":
            return carts.remove(cart, press.variant_id)
        case _:
            return carts.reply(cart)


def _add(turn: Turn, memory: Memory, parts: Parts, cart: str) -> Outcome:
    if not turn.hits:
        memory.asked = Asked(slot="which_product", intent=Intent.CART, slots=turn.slots)
        return CartReply("add", parts.shop.carts.show(cart), problem="which_product")
    reply: CartReply | None = None
    each = quantities(turn.message, [hit.product for hit in turn.hits]) if len(turn.hits) > 1 else {}
    for hit in turn.hits:
        quantity = each.get(hit.product.id) or (1 if each else turn.slots.quantity or 1)
        options = _options(hit.product, turn.slots)
        chosen = hit.product.variant(hit.variant.id)
        # A card stands for one colour: "add the second one" means that colour, unless another is said.
        if chosen and "colour" in chosen.options and "colour" not in options:
            options["colour"] = chosen.options["colour"]
        reply = parts.shop.carts.add(cart, hit.product.id, quantity, options=options)
        memory.focus = hit.product.id
        _remember_interest(reply, hit.product.id, turn.conversation_id, memory, parts)
        if reply.problem == "which_option":
            memory.asked = Asked(
                slot="size", intent=Intent.CART, slots=turn.slots.model_copy(update={"reference": [0]})
            )
        if reply.problem:
            break
    assert reply is not None
    return reply


def _change(turn: Turn, memory: Memory, parts: Parts, cart: str) -> Outcome:
    carts, view = parts.shop.carts, parts.shop.carts.show(cart)
    action = turn.slots.cart_action
    assert action in ("change", "remove")
    if not view.lines:
        return CartReply(action, view, problem="empty")
    meant = {hit.product.id for hit in turn.hits} if turn.named else set()
    lines = [line for line in view.lines if line.product_id in meant]
    if not lines and turn.slots.type:
        types = {leaf for key in turn.slots.type for leaf in parts.lexicon.expand(key)}
        lines = [line for line in view.lines if (p := parts.product(line.product_id)) and p.type in types]
    if not lines and not turn.named and memory.focus:
        lines = [line for line in view.lines if line.product_id == memory.focus]
    if not lines and not turn.named and len(view.lines) == 1:
        lines = list(view.lines)
    if not lines:
        problem = "not_in_cart" if turn.named or turn.slots.type else "which_product"
        return CartReply(action, view, problem=problem)  # type: ignore[arg-type]
    line = lines[-1]
    if action == "remove":
        return carts.remove(cart, line.variant_id)
    if turn.slots.quantity is None:
        return carts.reply(cart)
    return carts.change(cart, line.variant_id, turn.slots.quantity)


def quantities(text: str, products: Sequence[Product]) -> dict[str, int]:
    """How many of each: the number right before its name ("2 Flip Rain and 4 Egg Foam"), by product id."""
    found = {}
    lowered = text.lower()
    for product in products:
        for title in product.title.values():
            words = title.removeprefix(product.brand).strip().lower() or title.lower()
            at = lowered.find(words)
            number = _NUMBER_BEFORE.search(lowered[max(0, at - _NEAR) : at]) if at >= 0 else None
            if number:
                found[product.id] = int(value_of(number[1]))
    return found


def _options(product: Product, slots: Slots) -> dict[str, str]:
    """The options asked for that this product has at all."""
    keys = {key for variant in product.variants for key in variant.options}
    said = {"colour": slots.colour, "size": slots.size}
    return {key: values[0] for key, values in said.items() if values and key in keys}


def _remember_interest(reply: CartReply, product_id: str, session: str, memory: Memory, parts: Parts) -> None:
    if reply.problem is None:
        parts.profiles.record(Owner(memory.customer_id, session), product_id, "cart")
        parts.online.outcome(session, memory.customer_id, product_id, "cart")
