"""The tools. Each is a function: its signature are the arguments, and its docstring is what the model reads.

A writing tool does nothing itself. It answers with the ``ToolChange`` that it comes to, with ids that nobody knows
found out; whether it may be done is the shop's policy's to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import Field

from assistant.shop.actions import OrderAction
from assistant.shop.documents import Document, customer_document, order_document, product_document, variant_document
from assistant.shop.request import Pairs, Request
from assistant.shop.tools import arithmetic
from assistant.shop.tools.arguments import (
    Address1,
    Address2,
    City,
    Country,
    ItemId,
    Line,
    MethodId,
    NewItems,
    OldItems,
    OrderId,
    ProductId,
    State,
    Text,
    UserId,
    Zip,
)
from assistant.shop.tools.caller import Caller
from assistant.shop.tools.errors import ToolArgumentError, ToolRefused
from assistant.shop.tools.tool import Tool, ToolChange
from assistant.shop.views import AddressView, OrderView

_Function = TypeVar("_Function", bound=Callable[..., Any])

TOOLS: dict[str, Tool] = {}
"""By name, in the order in which a model is given them."""


def tool(function: _Function) -> _Function:
    TOOLS[function.__name__] = Tool.of(function)
    return function


@tool
def find_user_id_by_email(
    caller: Caller, email: Annotated[Line, Field(min_length=1, examples=["something@example.com"])]
) -> str:
    """Identifies the customer by e-mail address and returns their user id. If it finds nobody, try
    find_user_id_by_name_zip."""
    if not caller.trusted and not caller.shop.rules.email_identifies:
        # Said before looking: the answer must not tell who is a customer.
        raise ToolRefused("not_identified")
    customer = caller.shop.customers.by_email(email)
    if customer is None:
        raise ToolArgumentError(f"no user has the e-mail address {email!r}")
    return caller.identify(customer.id)


@tool
def find_user_id_by_name_zip(
    caller: Caller,
    first_name: Annotated[Line, Field(min_length=1, examples=["John"])],
    last_name: Annotated[Line, Field(examples=["Doe"])],
    zip: Annotated[Line, Field(min_length=1, examples=["12345"], description="The postcode of the default address.")],
) -> str:
    """Identifies the customer by first name, last name and postcode and returns their user id. Use it when they have
    no e-mail address at hand, or find_user_id_by_email finds nobody."""
    customer = caller.shop.customers.by_full_name_and_postcode(first_name, last_name, zip)
    if customer is None:
        raise ToolArgumentError(f"no one user is called {first_name} {last_name} at {zip!r}")
    return caller.identify(customer.id)


@tool
def get_user_details(caller: Caller, user_id: UserId) -> Document:
    """A user's name, default address, e-mail address, payment methods with their ids, and the ids of their orders. A
    gift card's balance is in the shop's currency. Not for an order's own address: see get_order_details."""
    customer = caller.customer(user_id)
    return customer_document(customer, caller.shop.customers.order_ids(customer.id))


@tool
def get_order_details(caller: Caller, order_id: OrderId) -> Document:
    """An order's status, address, items with their item ids, fulfilments and payment history. An item is listed once
    for each unit; amounts are in the shop's currency. Refused as not_yours for another customer's order."""
    return order_document(caller.order(order_id))


@tool
def get_product_details(caller: Caller, product_id: ProductId) -> Document:
    """All the items (variants) of a product, with options, price in the shop's currency and whether each is available.
    Takes a product id; for an item id see get_item_details."""
    product = caller.product(product_id)
    return product_document(product, caller.shop.stock.of_many(variant.id for variant in product.variants))


@tool
def get_item_details(caller: Caller, item_id: ItemId) -> Document:
    """One item (variant): options, price in the shop's currency and whether it is available. Takes an item id; for a
    product id see get_product_details."""
    variant = caller.product_with(item_id).variant(item_id)
    assert variant is not None
    return variant_document(variant, caller.shop.stock.of(variant.id) > 0)


@tool
def list_all_product_types(caller: Caller) -> dict[str, str]:
    """The names of all products with their product ids. The items of each are in get_product_details."""
    products = (caller.shop.product(product_id) for product_id in caller.shop.stock.product_ids())
    return dict(sorted((product.name("en"), product.id) for product in products if product is not None))


@tool
def calculate(
    caller: Caller,
    expression: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=500,
            examples=["(12.50 + 3) * 2"],
            description="Numbers, + - * / and brackets; nothing else.",
        ),
    ],
) -> str:
    """Calculates an arithmetic expression to two decimals."""
    try:
        return str(float(arithmetic.calculate(expression)))
    except ValueError as error:
        raise ToolArgumentError(str(error)) from error


@tool
def cancel_pending_order(
    caller: Caller,
    order_id: OrderId,
    reason: Annotated[
        str, Field(examples=["no longer needed", "ordered by mistake"], description="Why, as the customer says.")
    ],
) -> ToolChange:
    """Cancels a whole pending order and refunds what was paid to the methods that paid. Refused as not_pending once it
    is processed or delivered: see return_delivered_order_items. List the details and have the customer say yes
    before."""
    return _of_order(caller.order(order_id), Request(OrderAction.CANCEL, reason=reason))


@tool
def modify_pending_order_address(
    caller: Caller,
    order_id: OrderId,
    address1: Address1,
    address2: Address2,
    city: City,
    state: State,
    country: Country,
    zip: Zip,
) -> ToolChange:
    """Sends a pending order to another address. Does not change the customer's default address: see
    modify_user_address. List the details and have the customer say yes before."""
    address = AddressView(address1, address2, city, state, country, zip)
    return _of_order(caller.order(order_id), Request(OrderAction.CHANGE_ADDRESS, address=address))


@tool
def modify_pending_order_items(
    caller: Caller, order_id: OrderId, item_ids: OldItems, new_item_ids: NewItems, payment_method_id: MethodId
) -> ToolChange:
    """Changes items of a pending order for other items of the same product; the difference is paid with, or refunded
    to, the payment method. For a delivered order see exchange_delivered_order_items. Only once per order, and then
    nothing more of it can be changed or cancelled: collect all the items first. List the details and have the customer
    say yes before."""
    order = caller.order(order_id)
    swaps = _pairs(caller, order, item_ids, new_item_ids)
    return _of_order(order, Request(OrderAction.CHANGE_ITEMS, swaps=swaps, payment=payment_method_id))


@tool
def modify_pending_order_payment(caller: Caller, order_id: OrderId, payment_method_id: MethodId) -> ToolChange:
    """Has a pending order paid with another payment method of the customer, and refunds what has paid. Refused as
    balance_too_low when a gift card does not hold the whole amount. List the details and have the customer say yes
    before."""
    return _of_order(caller.order(order_id), Request(OrderAction.CHANGE_PAYMENT, payment=payment_method_id))


@tool
def modify_user_address(
    caller: Caller,
    user_id: UserId,
    address1: Address1,
    address2: Address2,
    city: City,
    state: State,
    country: Country,
    zip: Zip,
) -> ToolChange:
    """Changes the customer's default address. Orders keep theirs: see modify_pending_order_address. List the details
    and have the customer say yes before."""
    address = AddressView(address1, address2, city, state, country, zip)
    return ToolChange(Request(OrderAction.CHANGE_DEFAULT_ADDRESS, address=address), caller.customer(user_id).id)


@tool
def return_delivered_order_items(
    caller: Caller, order_id: OrderId, item_ids: OldItems, payment_method_id: MethodId
) -> ToolChange:
    """Requests the return of items of a delivered order, to be refunded to a method that paid the order or to a gift
    card of the customer; refused as wrong_method for another. For other items in their place see
    exchange_delivered_order_items. Once per order. List the details and have the customer say yes before."""
    order = caller.order(order_id)
    _known(caller, order, item_ids)
    items = tuple(Counter(item_ids).items())
    return _of_order(order, Request(OrderAction.RETURN_ITEMS, items=items, payment=payment_method_id))


@tool
def exchange_delivered_order_items(
    caller: Caller, order_id: OrderId, item_ids: OldItems, new_item_ids: NewItems, payment_method_id: MethodId
) -> ToolChange:
    """Requests the exchange of items of a delivered order for other items of the same product; the difference is paid
    with, or refunded to, the payment method. For a pending order see modify_pending_order_items. Only once per order,
    and then nothing more of it can be changed or cancelled: collect all the items first. List the details and have the
    customer say yes before."""
    order = caller.order(order_id)
    swaps = _pairs(caller, order, item_ids, new_item_ids)
    return _of_order(order, Request(OrderAction.EXCHANGE_ITEMS, swaps=swaps, payment=payment_method_id))


@tool
def transfer_to_human_agents(
    caller: Caller,
    summary: Annotated[Text, Field(min_length=1, description="What the customer wants and what has been done so far.")],
) -> str:
    """Hands the conversation to a human agent, with a summary. Only when the customer asks for one, or when what they
    want is in no tool's reach."""
    caller.hand_over(summary)
    return "Transfer successful"


@tool
def think(caller: Caller, thought: Text) -> str:
    """A place to think aloud. Changes nothing and finds nothing out."""
    return ""


def _of_order(order: OrderView, request: Request) -> ToolChange:
    return ToolChange(request, order.customer_id, order)


def _pairs(caller: Caller, order: OrderView, item_ids: Sequence[str], new_item_ids: Sequence[str]) -> Pairs:
    if len(item_ids) != len(new_item_ids):
        raise ToolArgumentError("item_ids and new_item_ids are not equally many")
    _known(caller, order, item_ids)
    for item_id in new_item_ids:
        caller.product_with(item_id)
    return tuple(zip(item_ids, new_item_ids, strict=True))


def _known(caller: Caller, order: OrderView, item_ids: Sequence[str]) -> None:
    """Raises ``ToolArgumentError`` for an id that no item has, in the order or in the shop."""
    ordered = {line.variant_id for line in order.lines}
    for item_id in item_ids:
        if item_id not in ordered:
            caller.product_with(item_id)
