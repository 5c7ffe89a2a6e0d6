"""Which address a request on an order means: one said whole, or one of those on file."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.request import ServiceRequest
from assistant.shop.actions import OrderAction
from assistant.shop.customers import name_key
from assistant.shop.views import AddressView, OrderView
from assistant.understanding.address_parts import in_parts
from assistant.understanding.addresses import completed, is_addition, is_whole, lacks, means_default, read_address
from assistant.understanding.countries import ends_in_country
from assistant.understanding.languages import expressions


def meant(
    request: ServiceRequest, order: OrderView | None, memory: Memory, deps: Dependencies
) -> AddressView | str | None:
    """The whole address; ``None`` where none is said, or not enough of it to be found by a parcel."""
    customer = deps.shop.customers.get(memory.customer_id) if memory.customer_id else None
    if customer is None:
        return None
    if request.kind is OrderAction.CHANGE_ADDRESS and not request.address and means_default(request.text):
        return customer.address
    there = order.address if order is not None else customer.address.line if customer.address else ""
    filed = [each for each in _on_file(memory, deps) if each.line != there]
    named = _named(request.address, request.text, filed)
    if named is not None and (line := completed(named.line, request.address)) != named.line:
        return line  # with who it is for
    return named or (_located(request.address, customer.address, deps) if is_whole(request.address) else None)


def _located(address: str, before: AddressView | None, deps: Dependencies) -> AddressView | str:
    """With the country it names: that decides how a parcel goes there and what a return costs; in its parts, where they
    can be told. ``before``: the customer's."""
    parted = in_parts(address, before)
    if parted.postcode and (deps.shop.delivery is None or parted.line == address):
        return parted
    terms = deps.shop.delivery
    country, rest = ends_in_country(address, terms.called() if terms is not None else {})
    return AddressView(rest, country=country) if country else address


def _on_file(memory: Memory, deps: Dependencies) -> list[AddressView]:
    customer = deps.shop.customers.get(memory.customer_id) if memory.customer_id else None
    return [each for each in (customer.address, *customer.further_addresses) if each] if customer else []


def _named(address: str, text: str, filed: Sequence[AddressView]) -> AddressView | None:
    """The one on file that is meant: by its street, by its town where no street is said, or as "my other address"."""
    if address:
        said = name_key(address)
        named = [each for each in filed if name_key(each.address1) in said]
        named = [each for each in named if not is_whole(address) or name_key(each.postcode) in said]
    else:
        said = name_key(text)
        named = [each for each in filed if each.city and name_key(each.city) in said]
        if not named and expressions("cues")["other_address"].search(text):
            named = list(filed)
    return named[0] if len(named) == 1 else None


def take(request: ServiceRequest, text: str) -> bool:
    """Takes over what a message says of the address. False: nothing that was not known."""
    before = (request.address, request.text)
    if not (said := take_whole(request, text)) and request.address:
        request.address = completed(request.address, text)
    if not said and (means_default(text) or expressions("cues")["other_address"].search(text) or not request.address):
        request.text = f"{request.text} {text}"
    return (request.address, request.text) != before


def take_whole(request: ServiceRequest, text: str) -> bool:
    """Takes over an address that a message says from its street on, in place of any before."""
    said = "" if request.address and is_addition(text) else read_address(text)
    request.address = said or request.address
    return bool(said)


def says(text: str, request: ServiceRequest, memory: Memory, deps: Dependencies) -> bool:
    """Whether a message tells of the address that was asked for, or that waits for a yes."""
    if means_default(text) or lacks(text) or (not memory.pending and _named("", text, _on_file(memory, deps))):
        return True
    said = read_address(text)
    if said and not (request.address and is_addition(text)):
        return said != request.address
    return bool(request.address) and completed(request.address, text) != request.address
