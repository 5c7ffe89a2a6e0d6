"""Acts on the cart. The shop decides on stock, caps and prices; here is only decided which line is meant."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial

from assistant.dialogue.acts.cart_wishes import options_named, version_wanted, wanted
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.describe import fitting
from assistant.dialogue.memory import Asked, Memory, Wanted
from assistant.dialogue.resolve import ever_shown, referents, shown_ids
from assistant.dialogue.turn import Press, Turn
from assistant.outcome import Outcome
from assistant.profile.owner import Owner
from assistant.shop.actions import CartReply
from assistant.shop.views import CartLineView, CartView
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Intent
from retrieval.models import Product, Variant
from retrieval.search.query import Hit
from retrieval.text.sizes import has_option

OPTION_WORDS = frozenset(
    ("size", "colour", "color", "version", "change", "switch", "swap", "exchange", "set", "update")
)
"""UnreadWords around the option that a line of the cart is to have instead."""


_MOST_AT_ONCE = 20
"""Of which a larger number may be a size."""


def cart_id(memory: Memory, deps: Dependencies) -> str:
    """The customer's cart, or the visitor's; the visitor's joins the customer's when they sign in."""
    if memory.customer_id:
        memory.cart_id = deps.shop.carts.of_customer(memory.customer_id, joining=memory.cart_id)
    elif memory.cart_id is None:
        memory.cart_id = deps.shop.carts.new_id()
    return memory.cart_id


def cart_lines(memory: Memory, deps: Dependencies) -> tuple[CartLineView, ...]:
    """What is in the cart; looking makes none."""
    return deps.shop.carts.show(memory.cart_id).lines if memory.cart_id else ()


def act(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    carts, cart = deps.shop.carts, cart_id(memory, deps)
    if turn.answers_asked:
        return _put_in(memory.wanted, cart, turn, memory, deps)
    match turn.slots.cart_action:
        case "add":
            return _add(turn, memory, deps, cart)
        case "change" | "remove":
            return _change(turn, memory, deps, cart)
        case "checkout" if turn.hits and not carts.show(cart).lines:
            return _add(turn, memory, deps, cart)  # to order what is talked about, it is put in first
        case "checkout":
            return carts.checkout(cart)
        case _:
            return carts.reply(cart)


def press(press: Press, session: str, memory: Memory, deps: Dependencies) -> CartReply:
    """A button names its line exactly. ``session`` is the conversation's id."""
    carts, cart = deps.shop.carts, cart_id(memory, deps)
    match press.action:
        case "add_to_cart":
            reply = carts.add(cart, press.product_id, press.quantity, variant_id=press.variant_id or None)
            _remember_interest(reply, press.product_id, session, memory, deps)
            return reply
        case "change_quantity":
            return carts.change(cart, press.variant_id, press.quantity)
        case "remove_from_cart":
            return carts.remove(cart, press.variant_id)
        case _:
            return carts.reply(cart)


def _add(turn: Turn, memory: Memory, deps: Dependencies, cart: str) -> Outcome:
    if not turn.hits:
        memory.asked = Asked(slot="which_product", intent=Intent.CART, slots=turn.slots)
        return CartReply("add", deps.shop.carts.show(cart), problem="which_product")
    if several := _undecided(turn, memory, deps):
        memory.asked = Asked(slot="which_product", intent=Intent.CART, slots=turn.slots)
        return CartReply("add", deps.shop.carts.show(cart), problem="which_product", products=several)
    return _put_in(wanted(turn, memory, deps), cart, turn, memory, deps)


def _undecided(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Product, ...]:
    """The products that "the red one" may be, where it is one of several."""
    many = expressions("cues")["both"].search(turn.message) or len(turn.slots.reference) > 1
    named = deps.titles().named(turn.message, shown_ids(memory))
    if len(turn.hits) < 2 or many or named or not expressions("cues")["described"].search(turn.message):
        return ()
    return tuple(hit.product for hit in turn.hits)


def _put_in(wishes: Sequence[Wanted], cart: str, turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    """Puts in what can be; what leaves a choice open waits in memory, and the first of it is asked about."""
    carts = deps.shop.carts
    added: list[CartReply] = []
    open_: list[tuple[Wanted, CartReply]] = []
    failed: list[CartReply] = []
    for wish in wishes:
        memory.focus = wish.product_id
        put = partial(carts.add, cart, wish.product_id, wish.quantity, in_place_of=wish.replaces, deed=turn.deed())
        reply = put(options=wish.assumed | wish.options)
        # A line's colour, and the one that is looked for, are the customer's own choice.
        looked_for = memory.search is not None and wish.assumed.get("colour") in memory.search.colour
        held = looked_for or (wish.replaces and reply.problem == "out_of_stock")
        if (reply.problem == "out_of_stock" or reply.missing) and wish.assumed and not held:
            # What the customer did not say is not held against them.
            reply = put(options=wish.options)
        if reply.problem == "which_option" and (most := _too_many_of_all(wish, cart, deps)) is not None:
            failed.append(most)
        elif reply.problem == "which_option" or reply.options:
            open_.append((_without(reply.missing, wish, deps), reply))
        elif reply.problem:
            failed.append(reply)
        else:
            added.append(dataclasses.replace(reply, beside=_colours_beside(wish, reply, memory, deps)))
            _remember_interest(reply, wish.product_id, turn.conversation_id, memory, deps)
    memory.talk_about([wish.product_id for wish in wishes])
    memory.wanted = [wish for wish, _ in open_]
    if open_:
        memory.focus = open_[0][0].product_id
        memory.asked = Asked(slot="size", intent=Intent.CART, choices=list(open_[0][1].options))
    lines = tuple(reply.line for reply in added if reply.line)
    replies = [*([CartReply(added[-1].action, carts.show(cart), lines[-1], lines=lines)] if added else []), *failed]
    if len(added) == 1:
        replies[0] = added[0]
    replies += [reply for _, reply in open_[:1]]
    turn.extra = (*turn.extra, *replies[1:])
    return replies[0]


def _too_many_of_all(wish: Wanted, cart: str, deps: Dependencies) -> CartReply | None:
    """The refusal, where no version is there so many times: then there is nothing to choose."""
    product = deps.product(wish.product_id)
    if product is None:
        return None
    left = deps.shop.stock.of_many([variant.id for variant in product.variants])
    most = max(product.variants, key=lambda variant: left[variant.id])
    if not 0 < left[most.id] < wish.quantity:
        return None
    return deps.shop.carts.add(cart, product.id, wish.quantity, variant_id=most.id)


def _without(missing: Sequence[tuple[str, str]], wish: Wanted, deps: Dependencies) -> Wanted:
    """The wish without what the product does not come in; where it takes a line's place, as that line is."""
    gone = {key for key, _ in missing}
    if not gone:
        return wish
    product = deps.product(wish.product_id)
    old = product.variant(wish.replaces) if product is not None and wish.replaces else None
    return wish.model_copy(
        update={
            "options": {key: value for key, value in wish.options.items() if key not in gone},
            "assumed": {
                **{key: value for key, value in wish.assumed.items() if key not in gone},
                **({key: old.options[key] for key in gone if key in old.options} if old else {}),
            },
        }
    )


def _colours_beside(wish: Wanted, reply: CartReply, memory: Memory, deps: Dependencies) -> tuple[str, ...]:
    """The other colours in stock, where the colour put in was taken from the card and not named by the customer."""
    product, line = deps.product(wish.product_id), reply.line
    if product is None or line is None or "colour" in wish.options or wish.replaces:
        return ()
    if memory.search is not None and line.options.get("colour") in memory.search.colour:
        return ()
    left = deps.shop.stock.of_many([variant.id for variant in product.variants])
    alike = [variant for variant in product.variants if left[variant.id] and _differs_in_colour(variant, line)]
    return tuple(dict.fromkeys(variant.options["colour"] for variant in alike))


def _differs_in_colour(variant: Variant, line: CartLineView) -> bool:
    return "colour" in line.options and all(
        (variant.options.get(key) == value) == (key != "colour") for key, value in line.options.items()
    )


def _change(turn: Turn, memory: Memory, deps: Dependencies, cart: str) -> Outcome:
    carts, view = deps.shop.carts, deps.shop.carts.show(cart)
    action = turn.slots.cart_action
    assert action in ("change", "remove")
    if not view.lines:
        return CartReply(action, view, problem="empty")
    _size_not_number(turn, _latest(view, memory), deps)
    if action == "remove" and expressions("cues")["everything"].search(turn.message) and not turn.things:
        return CartReply("remove", carts.clear(cart), line=view.lines[-1], lines=view.lines)
    in_cart = {line.product_id for line in view.lines}
    pronoun = turn.slots.reference == [0] and turn.slots.quantity is not None
    new = [] if pronoun else [hit for hit in turn.things if hit.product.id not in in_cart]
    lines = lines_meant(turn.message, view, memory, deps)
    pointed = {hit.product.id for hit in turn.things} & in_cart if turn.request is not None else set()
    if pointed:  # the leading model has said which: of one product's lines, what is said of them tells
        lines = [line for line in lines if line.product_id in pointed] or [
            line for line in view.lines if line.product_id in pointed
        ]
    only_version = not set(deps.words.free(turn.message).split()) - OPTION_WORDS and bool(
        _other_version(turn, lines[-1] if lines else _latest(view, memory), deps)
    )
    if action == "change" and not new and not pointed and turn.slots.quantity is None and not only_version:
        new = _in_its_place(turn.message, (lines or [_latest(view, memory)])[-1], view, memory, deps)
    if action == "change" and new:
        old = next((line for line in lines or view.lines[::-1] if _alike(line, new[0], deps)), view.lines[-1])
        turn.hits = tuple(new[:1])
        wishes = [
            wish.model_copy(update={"replaces": old.variant_id, "quantity": turn.slots.quantity or old.quantity})
            for wish in wanted(turn, memory, deps)
        ]
        return _put_in(wishes, cart, turn, memory, deps)
    if not lines and (new or (turn.slots.type and action == "remove")):
        return CartReply(action, view, problem="not_in_cart")
    line = lines[-1] if lines else _latest(view, memory)
    quantity = turn.slots.quantity
    if action == "remove":
        if quantity and quantity < line.quantity:
            return carts.change(cart, line.variant_id, line.quantity - quantity, deed=turn.deed())
        return carts.remove(cart, line.variant_id, deed=turn.deed())
    options = _other_version(turn, line, deps)
    if not options and (lacking := _lacking(turn, line, view, deps)) is not None:
        return lacking
    if not options:
        if quantity is None:
            return carts.reply(cart)
        return carts.change(cart, line.variant_id, quantity, deed=turn.deed())
    assumed = {key: value for key, value in line.options.items() if key not in options}
    wish = Wanted(
        product_id=line.product_id,
        quantity=quantity or line.quantity,
        options=options,
        assumed=assumed,
        replaces=line.variant_id,
    )
    return _put_in([wish], cart, turn, memory, deps)


def _lacking(turn: Turn, line: CartLineView, view: CartView, deps: Dependencies) -> CartReply | None:
    """A colour or size is asked for of something that has none to choose."""
    product = deps.product(line.product_id)
    said = (("colour", turn.slots.colour), ("size", turn.slots.size))
    missing = tuple((key, values[0]) for key, values in said if values and key not in line.options)
    if product is None or not missing or turn.slots.quantity is not None:
        return None
    return CartReply("change", view, problem="which_option", products=(product,), missing=missing)


def _size_not_number(turn: Turn, line: CartLineView, deps: Dependencies) -> None:
    """ "Make it 56" of a ring is its size, which it comes in, and not so many of them."""
    product, number = deps.product(line.product_id), turn.slots.quantity
    if product is None or number is None or number <= _MOST_AT_ONCE or turn.slots.size or turn.request is not None:
        return
    if any(has_option(variant, "size", str(number)) for variant in product.variants):
        turn.slots = turn.slots.model_copy(update={"quantity": None, "size": [str(number)]})


def _other_version(turn: Turn, line: CartLineView, deps: Dependencies) -> dict[str, str]:
    """The options asked for in place of the line's: "one, but in 4Y" names a number and a size. Beside a number, what
    the line is already only says which line is meant."""
    product = deps.product(line.product_id)
    if product is None:
        return {}
    options = options_named(turn.message, product) | version_wanted(turn.slots, product)
    same = all(line.options.get(key) == value for key, value in options.items())
    return {} if same else {key: value for key, value in options.items() if key in line.options}


def lines_meant(text: str, view: CartView, memory: Memory, deps: Dependencies) -> list[CartLineView]:
    """The lines of the cart that a message names or describes, the best fitting; none where it tells none apart."""
    products = [(line, product) for line in view.lines if (product := deps.product(line.product_id))]
    named = deps.titles().named(text, [product.id for _, product in products])
    if found := [line for line, product in products if product in named]:
        return found
    hits = [Hit(product, variant, 0) for line, product in products if (variant := product.variant(line.variant_id))]
    best = {hit.variant.id for hit in fitting(text, hits, referents(memory, deps).describe, superlative=False)}
    return [line for line in view.lines if line.variant_id in best]


def _in_its_place(text: str, line: CartLineView, view: CartView, memory: Memory, deps: Dependencies) -> list[Hit]:
    """The product of the line's kind, shown before, that "the paperback instead" describes."""
    others = [
        hit for hit in ever_shown(memory, deps.product) if hit.product.id not in {one.product_id for one in view.lines}
    ]
    alike = [hit for hit in others if _alike(line, hit, deps)]
    current = deps.product(line.product_id)
    own = [Hit(current, current.variants[0], 0)] if current else []
    found = fitting(text, [*alike, *own], referents(memory, deps).describe)
    return [hit for hit in found if hit.product.id != line.product_id][:1]


def _alike(line: CartLineView, hit: Hit, deps: Dependencies) -> bool:
    product = deps.product(line.product_id)
    return product is not None and product.type == hit.product.type


def _latest(view: CartView, memory: Memory) -> CartLineView:
    """What "it" is in the cart: the product talked about, else what was put in last."""
    return next((line for line in view.lines if line.product_id == memory.focus), view.lines[-1])


def _remember_interest(reply: CartReply, product_id: str, session: str, memory: Memory, deps: Dependencies) -> None:
    if reply.problem is None:
        deps.profiles.record(Owner(memory.customer_id, session), product_id, "cart")
        deps.online.outcome(session, memory.customer_id, product_id, "cart")
