"""The tools' arguments, each with a sample id and the id that it is not to be confused with."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

OrderId = Annotated[
    str, Field(min_length=1, examples=["#W0000000"], description="The order's id; the '#' may be left out.")
]
UserId = Annotated[
    str, Field(min_length=1, examples=["sara_doe_496"], description="The user's id, not their name or e-mail address.")
]
ProductId = Annotated[
    str,
    Field(min_length=1, examples=["6086499569"], description="A product's id. Not an item id: an item is one variant."),
]
ItemId = Annotated[
    str,
    Field(min_length=1, examples=["1008292230"], description="An item's (variant's) id. Not a product id."),
]
MethodId = Annotated[
    str,
    Field(
        min_length=1,
        examples=["gift_card_0000000", "paypal_0000000", "credit_card_0000000"],
        description="The id of one of the customer's payment methods, as get_user_details lists them; not its kind.",
    ),
]
OldItems = Annotated[
    list[ItemId],
    Field(
        min_length=1,
        max_length=100,
        description="Item ids in the order, not product ids, one for each unit: an item that is meant twice is listed "
        "twice.",
    ),
]
NewItems = Annotated[
    list[ItemId],
    Field(
        min_length=1,
        max_length=100,
        description="The item ids wanted instead, each of the same product as the item id at the same place.",
    ),
]


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)


class NoArguments(Arguments):
    pass


class Email(Arguments):
    email: str = Field(min_length=1, examples=["something@example.com"])


class NameZip(Arguments):
    first_name: str = Field(min_length=1, examples=["John"])
    last_name: str = Field(examples=["Doe"])
    zip: str = Field(min_length=1, examples=["12345"], description="The postcode of the default address.")


class User(Arguments):
    user_id: UserId


class Order(Arguments):
    order_id: OrderId


class Product(Arguments):
    product_id: ProductId


class Item(Arguments):
    item_id: ItemId


class Expression(Arguments):
    expression: str = Field(
        min_length=1,
        max_length=500,
        examples=["(12.50 + 3) * 2"],
        description="Numbers, + - * / and brackets; nothing else.",
    )


class Summary(Arguments):
    summary: str = Field(min_length=1, description="What the customer wants and what has been done so far.")


class Thought(Arguments):
    thought: str


class Cancellation(Arguments):
    order_id: OrderId
    reason: str = Field(examples=["no longer needed", "ordered by mistake"], description="Why, as the customer says.")


class Place(Arguments):
    address1: str = Field(min_length=1, examples=["123 Main St"], description="Street and number.")
    address2: str = Field(examples=["Apt 1", ""], description="What follows on the second line; may be empty.")
    city: str = Field(examples=["San Francisco"])
    state: str = Field(examples=["CA"])
    country: str = Field(examples=["USA"])
    zip: str = Field(examples=["12345"])


class OrderAddress(Place):
    order_id: OrderId


class UserAddress(Place):
    user_id: UserId


class OrderPayment(Arguments):
    order_id: OrderId
    payment_method_id: MethodId


class Swap(Arguments):
    order_id: OrderId
    item_ids: OldItems
    new_item_ids: NewItems
    payment_method_id: MethodId


class Return(Arguments):
    order_id: OrderId
    item_ids: OldItems
    payment_method_id: MethodId
