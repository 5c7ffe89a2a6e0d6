"""The tools by name: what each is for, whether it writes, and its arguments. What they do is in ``reading`` and
``writing``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from assistant.shop.tools import arguments as a

Kind = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Tool:
    """``description`` is what a tool-calling model reads; ``kind`` is write for what changes the shop's records."""

    name: str
    kind: Kind
    arguments: type[a.Arguments]
    description: str

    def schema(self) -> dict[str, Any]:
        """As a function of the chat completions interface."""
        parameters = self.arguments.model_json_schema()
        parameters.pop("title", None)
        parameters.pop("description", None)
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }


_ONCE = (
    "Only once per order, and then nothing more of it can be changed or cancelled: collect all the items first. "
    "List the details and have the customer say yes before."
)

TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "find_user_id_by_email",
            "read",
            a.Email,
            "Identifies the customer by e-mail address and returns their user id. If it finds nobody, try "
            "find_user_id_by_name_zip.",
        ),
        Tool(
            "find_user_id_by_name_zip",
            "read",
            a.NameZip,
            "Identifies the customer by first name, last name and postcode and returns their user id. Use it when they "
            "have no e-mail address at hand, or find_user_id_by_email finds nobody.",
        ),
        Tool(
            "get_user_details",
            "read",
            a.User,
            "A user's name, default address, e-mail address, payment methods with their ids, and the ids of their "
            "orders. Not for an order's own address: see get_order_details.",
        ),
        Tool(
            "get_order_details",
            "read",
            a.Order,
            "An order's status, address, items with their item ids, fulfilments and payment history.",
        ),
        Tool(
            "get_product_details",
            "read",
            a.Product,
            "All the items (variants) of a product, with options, price and whether each is available. Takes a product "
            "id; for an item id see get_item_details.",
        ),
        Tool(
            "get_item_details",
            "read",
            a.Item,
            "One item (variant): options, price and whether it is available. Takes an item id; for a product id see "
            "get_product_details.",
        ),
        Tool(
            "list_all_product_types",
            "read",
            a.NoArguments,
            "The names of all products with their product ids. The items of each are in get_product_details.",
        ),
        Tool("calculate", "read", a.Expression, "Calculates an arithmetic expression to two decimals."),
        Tool(
            "cancel_pending_order",
            "write",
            a.Cancellation,
            "Cancels a whole pending order and refunds what was paid to the methods that paid. A processed or "
            "delivered order cannot be cancelled: see return_delivered_order_items. List the details and have the "
            "customer say yes before.",
        ),
        Tool(
            "modify_pending_order_address",
            "write",
            a.OrderAddress,
            "Sends a pending order to another address. Does not change the customer's default address: see "
            "modify_user_address. List the details and have the customer say yes before.",
        ),
        Tool(
            "modify_pending_order_items",
            "write",
            a.Swap,
            "Changes items of a pending order for other items of the same product; the difference is paid with, or "
            f"refunded to, the payment method. For a delivered order see exchange_delivered_order_items. {_ONCE}",
        ),
        Tool(
            "modify_pending_order_payment",
            "write",
            a.OrderPayment,
            "Has a pending order paid with another payment method of the customer, and refunds what has paid. List the "
            "details and have the customer say yes before.",
        ),
        Tool(
            "modify_user_address",
            "write",
            a.UserAddress,
            "Changes the customer's default address. Orders keep theirs: see modify_pending_order_address. List the "
            "details and have the customer say yes before.",
        ),
        Tool(
            "return_delivered_order_items",
            "write",
            a.Return,
            "Requests the return of items of a delivered order, to be refunded to a method that paid the order or to a "
            "gift card of the customer. For other items in their place see exchange_delivered_order_items. Once per "
            "order. List the details and have the customer say yes before.",
        ),
        Tool(
            "exchange_delivered_order_items",
            "write",
            a.Swap,
            "Requests the exchange of items of a delivered order for other items of the same product. For a pending "
            f"order see modify_pending_order_items. {_ONCE}",
        ),
        Tool(
            "transfer_to_human_agents",
            "read",
            a.Summary,
            "Hands the conversation to a human agent, with a summary. Only when the customer asks for one, or when "
            "what they want is in no tool's reach.",
        ),
        Tool("think", "read", a.Thought, "A place to think aloud. Changes nothing and finds nothing out."),
    )
}
