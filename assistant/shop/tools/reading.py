"""The tools that only look things up. A customer sees their own profile and orders, and everybody the products."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.shop.documents import customer_document, order_document, product_document, variant_document
from assistant.shop.tools import arguments as a
from assistant.shop.tools.arithmetic import calculate
from assistant.shop.tools.errors import ToolArgumentError, ToolRefused
from retrieval.models import Product

if TYPE_CHECKING:
    from assistant.shop.tools.session import ServiceSession

Read = Callable[["ServiceSession", str, Any], Any]


def find_user_id_by_email(session: ServiceSession, tool: str, given: a.Email) -> str:
    if not session.trusted and not session.shop.rules.email_identifies:
        # Said before looking: the answer must not tell who is a customer.
        raise ToolRefused(tool, "not_identified")
    customer = session.shop.customers.by_email(given.email)
    if customer is None:
        raise ToolArgumentError(tool, f"no user has the e-mail address {given.email!r}")
    return session.identify(tool, customer.id)


def find_user_id_by_name_zip(session: ServiceSession, tool: str, given: a.NameZip) -> str:
    customer = session.shop.customers.by_full_name_and_postcode(given.first_name, given.last_name, given.zip)
    if customer is None:
        raise ToolArgumentError(tool, f"no one user is called {given.first_name} {given.last_name} at {given.zip!r}")
    return session.identify(tool, customer.id)


def get_user_details(session: ServiceSession, tool: str, given: a.User) -> dict[str, Any]:
    customer = session.customer(tool, given.user_id)
    return customer_document(customer, session.shop.customers.order_ids(customer.id))


def get_order_details(session: ServiceSession, tool: str, given: a.Order) -> dict[str, Any]:
    return order_document(session.order(tool, given.order_id))


def get_product_details(session: ServiceSession, tool: str, given: a.Product) -> dict[str, Any]:
    product = session.shop.product(given.product_id)
    if product is None:
        hint = "; it is an item id" if session.shop.product_with(given.product_id) else ""
        raise ToolArgumentError(tool, f"there is no product {given.product_id!r}{hint}")
    return product_document(product, session.shop.stock.of_many(variant.id for variant in product.variants))


def get_item_details(session: ServiceSession, tool: str, given: a.Item) -> dict[str, Any]:
    product = item(session, tool, given.item_id)
    variant = product.variant(given.item_id)
    assert variant is not None
    return variant_document(variant, session.shop.stock.of(variant.id) > 0)


def item(session: ServiceSession, tool: str, item_id: str) -> Product:
    """The product that has this item. Raises ``ToolArgumentError`` when none has."""
    product = session.shop.product_with(item_id)
    if product is None:
        hint = "; it is a product id" if session.shop.product(item_id) else ""
        raise ToolArgumentError(tool, f"there is no item {item_id!r}{hint}")
    return product


def list_all_product_types(session: ServiceSession, tool: str, given: a.NoArguments) -> dict[str, str]:
    products = (session.shop.product(product_id) for product_id in session.shop.stock.product_ids())
    return dict(sorted((product.name("en"), product.id) for product in products if product is not None))


def calculate_expression(session: ServiceSession, tool: str, given: a.Expression) -> str:
    try:
        return str(float(calculate(given.expression)))
    except ValueError as error:
        raise ToolArgumentError(tool, str(error)) from error


def transfer_to_human_agents(session: ServiceSession, tool: str, given: a.Summary) -> str:
    session.hand_over(given.summary)
    return "Transfer successful"


def think(session: ServiceSession, tool: str, given: a.Thought) -> str:
    return ""


READS: dict[str, Read] = {
    "find_user_id_by_email": find_user_id_by_email,
    "find_user_id_by_name_zip": find_user_id_by_name_zip,
    "get_user_details": get_user_details,
    "get_order_details": get_order_details,
    "get_product_details": get_product_details,
    "get_item_details": get_item_details,
    "list_all_product_types": list_all_product_types,
    "calculate": calculate_expression,
    "transfer_to_human_agents": transfer_to_human_agents,
    "think": think,
}
