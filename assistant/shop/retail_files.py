"""How a retail customer-service file is written: products with their variants, users and orders in one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError, model_validator

from assistant.shop.documents import ITEMS_CHANGED
from assistant.shop.tables import order_key
from assistant.shop.views import AddressView, MethodKind, OrderStatus

STATUSES: dict[str, tuple[OrderStatus, bool]] = {
    **{status.value.replace("_", " "): (status, False) for status in OrderStatus},
    ITEMS_CHANGED: (OrderStatus.PENDING, True),
}
"""The status of an order as the file says it, and whether its items have been changed."""


class RetailInvalid(ValueError):
    """The file is not as it should be; the message says where ("orders/#W2611340/items/0/price: …"). Nothing was
    loaded."""


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("should be a number")
    return Decimal(value)


def _status(value: Any) -> Any:
    if value not in STATUSES:
        raise ValueError(f"should be one of {', '.join(sorted(STATUSES))}")
    return value


Amount = Annotated[Decimal, BeforeValidator(_number), Field(allow_inf_nan=False)]
Price = Annotated[Amount, Field(ge=0)]


class Open(BaseModel):
    """Keeps what it does not know, to give it back."""

    model_config = ConfigDict(extra="allow", frozen=True)

    def extra(self) -> dict[str, Any] | None:
        """Unknown keys, and known ones that say nothing (null, an empty list)."""
        empty = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        unknown = {name: _plain(value) for name, value in (self.model_extra or {}).items()}
        return {**{name: value for name, value in empty.items() if value is None or value == []}, **unknown} or None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


class VariantFile(Open):
    item_id: str
    options: dict[str, str]
    available: StrictBool
    price: Price


class ProductFile(Open):
    name: str = Field(min_length=1)
    product_id: str
    variants: dict[str, VariantFile]


class NameFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    first_name: str
    last_name: str


class AddressFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address1: str
    address2: str
    city: str
    country: str
    state: str
    zip: str

    def view(self) -> AddressView:
        return AddressView(self.address1, self.address2, self.city, self.state, self.country, self.zip)


class MethodFile(Open):
    id: str
    source: MethodKind
    brand: str | None = None
    last_four: str | None = None
    balance: Price | None = None

    @model_validator(mode="after")
    def _gift_cards_have_a_balance(self) -> Self:
        if (self.source == "gift_card") != (self.balance is not None):
            raise ValueError("a gift card has a balance, and nothing else has")
        return self


class UserFile(Open):
    user_id: str
    name: NameFile
    address: AddressFile
    email: str
    payment_methods: dict[str, MethodFile]
    orders: list[str]


class ItemFile(Open):
    name: str
    product_id: str
    item_id: str
    price: Price
    options: dict[str, str]


class ParcelFile(Open):
    tracking_id: list[str]
    item_ids: list[str]


class PaymentFile(Open):
    transaction_type: Literal["payment", "refund"]
    amount: Price
    payment_method_id: str


class OrderFile(Open):
    order_id: str
    user_id: str
    address: AddressFile
    items: list[ItemFile] = Field(min_length=1)
    status: Annotated[str, BeforeValidator(_status)]
    fulfillments: list[ParcelFile]
    payment_history: list[PaymentFile]
    cancel_reason: str | None = None
    return_items: list[str] | None = None
    return_payment_method_id: str | None = None
    exchange_items: list[str] | None = None
    exchange_new_items: list[str] | None = None
    exchange_payment_method_id: str | None = None
    exchange_price_difference: Amount | None = None


class RetailFile(BaseModel):
    """A whole shop. Every record is filed under its own id, and what it refers to is there."""

    model_config = ConfigDict(extra="forbid")

    products: dict[str, ProductFile]
    users: dict[str, UserFile]
    orders: dict[str, OrderFile]

    @classmethod
    def read(cls, path: Path) -> RetailFile:
        """Raises ``RetailInvalid``; ``OSError`` when there is no such file."""
        return cls.parse(path.read_bytes(), path.name)

    @classmethod
    def parse(cls, content: bytes, name: str) -> RetailFile:
        try:
            # Amounts are decimals from the start: a float would no longer be what the file says.
            plain = json.loads(
                content, parse_float=Decimal, object_pairs_hook=_without_repeats, parse_constant=_no_number
            )
        except (ValueError, RecursionError) as error:
            raise RetailInvalid(f"{name}: {error}") from error
        try:
            file = cls.model_validate(plain)
        except ValidationError as error:
            first = error.errors()[0]
            where = "/".join(str(step) for step in first["loc"])
            raise RetailInvalid(f"{name}: {where}: {first['msg'].removeprefix('Value error, ')}") from error
        for problem in file.problems():
            raise RetailInvalid(f"{name}: {problem}")
        return file

    def problems(self) -> Iterable[str]:
        """Where the records do not fit each other, as "path: what is wrong"."""
        owner: dict[str, str] = {}
        for key, product in self.products.items():
            if product.product_id != key:
                yield f"products/{key}/product_id: is {product.product_id!r}"
            for item_id, variant in product.variants.items():
                where = f"products/{key}/variants/{item_id}"
                if variant.item_id != item_id:
                    yield f"{where}/item_id: is {variant.item_id!r}"
                if owner.setdefault(item_id, key) != key:
                    yield f"{where}: belongs to product {owner[item_id]} as well"
        emails: dict[str, str] = {}
        for key, user in self.users.items():
            if user.user_id != key:
                yield f"users/{key}/user_id: is {user.user_id!r}"
            if emails.setdefault(user.email.strip().casefold(), key) != key:
                yield f"users/{key}/email: is that of {emails[user.email.strip().casefold()]} as well"
            for method_id, method in user.payment_methods.items():
                if method.id != method_id:
                    yield f"users/{key}/payment_methods/{method_id}/id: is {method.id!r}"
            for at, order_id in enumerate(user.orders):
                order = self.orders.get(order_id)
                if order is None or order.user_id != key or order_id in user.orders[:at]:
                    yield f"users/{key}/orders/{at}: {order_id!r} is no order of this user, or is there twice"
        keys: dict[str, str] = {}
        for key, order in self.orders.items():
            if order.order_id != key:
                yield f"orders/{key}/order_id: is {order.order_id!r}"
            if keys.setdefault(order_key(key), key) != key:
                yield f"orders/{key}: cannot be told from {keys[order_key(key)]}"
            if order.user_id not in self.users:
                yield f"orders/{key}/user_id: there is no user {order.user_id!r}"
            elif key not in self.users[order.user_id].orders:
                yield f"orders/{key}: is not among the orders of {order.user_id}"


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no amount")
