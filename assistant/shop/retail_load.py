"""Writes a retail file into the database, all or nothing, and gives back what is there in the same form."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from assistant.database import Base, Database, utc_now
from assistant.shop.customers import NEWEST, customer_view, email_key, name_key
from assistant.shop.documents import Document, customer_document, number, order_document
from assistant.shop.orders import WHOLE, order_view
from assistant.shop.payments import label
from assistant.shop.retail_files import STATUSES, RetailFile, RetailInvalid, UserFile
from assistant.shop.stock import remember_load
from assistant.shop.tables import (
    CustomerRow,
    FulfilmentRow,
    LoadRow,
    OrderLineRow,
    OrderRow,
    PaymentMethodRow,
    PaymentRow,
    ProductRow,
    StockRow,
    VariantRow,
    order_key,
)
from retrieval.feeds.values import options

CURRENCY = "USD"
"""These files name none; their amounts are US dollars."""

RETAIL_LOAD = "retail"
"""The name that such a file's load goes by."""


def load(database: Database, file: RetailFile, digest: str) -> bool:
    """Writes all of it in one transaction; False when it was loaded before. Raises ``RetailInvalid`` when the database
    holds another shop."""
    with database.write() as session:
        return write(session, file, digest)


def write(session: Session, file: RetailFile, digest: str, *, served: bool = False) -> bool:
    """The same within a transaction. ``served``: what tells the ordered items apart is named as in a catalogue."""
    before = session.get(LoadRow, RETAIL_LOAD)
    if before is None and session.scalar(select(CustomerRow.id).limit(1)) is not None:
        raise RetailInvalid("the database holds another shop's customers")
    if before is not None and before.digest != digest:
        raise RetailInvalid("the database holds the shop of another file")
    if not remember_load(session, RETAIL_LOAD, digest, utc_now):
        return False
    _write_products(session, file)
    _write_users(session, file)
    _write_orders(session, file, served)
    return True


def _write_products(session: Session, file: RetailFile) -> None:
    products, variants, stock = [], [], []
    for product in file.products.values():
        products.append({"id": product.product_id, "name": product.name, "extra": product.extra()})
        for position, variant in enumerate(product.variants.values()):
            variants.append(
                {"id": variant.item_id, "product_id": product.product_id, "options": variant.options,
                 "price": variant.price, "position": position, "extra": variant.extra()}
            )  # fmt: skip
            stock.append(
                {"variant_id": variant.item_id, "product_id": product.product_id, "quantity": int(variant.available),
                 "counted": False}
            )  # fmt: skip
    _insert(session, ProductRow, products)
    _insert(session, VariantRow, variants)
    _insert(session, StockRow, stock)


def _write_users(session: Session, file: RetailFile) -> None:
    customers, methods = [], []
    for user in file.users.values():
        name = f"{user.name.first_name} {user.name.last_name}".strip()
        customers.append(
            {"id": user.user_id, "name": name, "first_name": user.name.first_name, "last_name": user.name.last_name,
             "name_key": name_key(name), "email": email_key(user.email), "postcode_key": name_key(user.address.zip),
             "address": user.address.view(), "language": "en", "demo": False,
             "extra": _extra(user)}
        )  # fmt: skip
        for position, method in enumerate(user.payment_methods.values()):
            methods.append(
                {"customer_id": user.user_id, "id": method.id, "kind": method.source, "brand": method.brand,
                 "last_four": method.last_four, "balance": method.balance, "position": position,
                 "extra": method.extra()}
            )  # fmt: skip
    _insert(session, CustomerRow, customers)
    _insert(session, PaymentMethodRow, methods)


def _extra(user: UserFile) -> dict[str, Any] | None:
    if email_key(user.email) == user.email:
        return user.extra()
    return {**(user.extra() or {}), _EMAIL: user.email}


def _write_orders(session: Session, file: RetailFile, served: bool) -> None:
    orders, lines, parcels, payments = [], [], [], []
    labels = {
        (user.user_id, method.id): label(method.source, method.brand, method.last_four)
        for user in file.users.values()
        for method in user.payment_methods.values()
    }
    places = {order_id: at for user in file.users.values() for at, order_id in enumerate(user.orders)}
    for order in file.orders.values():
        status, items_changed = STATUSES[order.status]
        orders.append(
            {"id": order.order_id, "key": order_key(order.order_id), "customer_id": order.user_id,
             "status": str(status), "placed_at": None, "position": places[order.order_id], "currency": CURRENCY,
             "total": sum((item.price for item in order.items), Decimal(0)), "address": order.address.view(),
             "demo": False, "items_changed": items_changed, "cancel_reason": order.cancel_reason,
             "return_items": order.return_items, "return_method_id": order.return_payment_method_id,
             "exchange_items": order.exchange_items, "exchange_new_items": order.exchange_new_items,
             "exchange_method_id": order.exchange_payment_method_id,
             "exchange_difference": order.exchange_price_difference, "extra": order.extra()}
        )  # fmt: skip
        lines += [
            {"order_id": order.order_id, "product_id": item.product_id, "variant_id": item.item_id,
             "title": {"en": item.name},
             "options": options(item.options.items()) if served else item.options, "quantity": 1,
             "unit_price": item.price, "extra": item.extra()}
            for item in order.items
        ]  # fmt: skip
        parcels += [
            {"order_id": order.order_id, "carrier": "", "tracking_ids": parcel.tracking_id,
             "variant_ids": parcel.item_ids, "extra": parcel.extra()}
            for parcel in order.fulfillments
        ]  # fmt: skip
        payments += [
            {"order_id": order.order_id, "kind": payment.transaction_type, "amount": payment.amount,
             "method": labels.get((order.user_id, payment.payment_method_id), payment.payment_method_id),
             "method_id": payment.payment_method_id, "extra": payment.extra()}
            for payment in order.payment_history
        ]  # fmt: skip
    _insert(session, OrderRow, orders)
    _insert(session, OrderLineRow, lines)
    _insert(session, FulfilmentRow, parcels)
    _insert(session, PaymentRow, payments)


def export(database: Database) -> Document:
    """Everything as one JSON object. JSON objects have no order; lists come back in theirs."""
    with database.read() as session:
        available = {row.variant_id: row.quantity > 0 for row in session.scalars(select(StockRow))}
        products = session.scalars(
            select(ProductRow).options(selectinload(ProductRow.variants)).order_by(ProductRow.id)
        )
        customers = session.scalars(
            select(CustomerRow).options(selectinload(CustomerRow.methods)).order_by(CustomerRow.id)
        )
        placed: dict[str, list[str]] = {}
        named = {row.id: row.options for row in session.scalars(select(VariantRow))}
        orders: dict[str, Document] = {}
        for order in session.scalars(select(OrderRow).options(*WHOLE).order_by(OrderRow.customer_id, *NEWEST)):
            placed.setdefault(order.customer_id, []).append(order.id)
            orders[order.id] = _order(order, named)
        return {
            "products": {row.id: _product(row, available) for row in products},
            "users": {row.id: _user(row, placed.get(row.id, [])) for row in customers},
            "orders": orders,
        }


def _product(row: ProductRow, available: dict[str, bool]) -> Document:
    return {
        **(row.extra or {}),
        "name": row.name,
        "product_id": row.id,
        "variants": {
            variant.id: {
                **(variant.extra or {}),
                "item_id": variant.id,
                "options": variant.options,
                "available": available.get(variant.id, False),
                "price": number(variant.price),
            }
            for variant in row.variants
        },
    }


def _user(row: CustomerRow, order_ids: list[str]) -> Document:
    document = customer_document(customer_view(row), order_ids)
    for method in row.methods:
        document["payment_methods"][method.id] = {**(method.extra or {}), **document["payment_methods"][method.id]}
    extra = dict(row.extra or {})
    document["email"] = extra.pop(_EMAIL, row.email)
    return {**extra, **document}


def _order(row: OrderRow, named: dict[str, dict[str, str]]) -> Document:
    """``named``: the options of each variant as the file names them."""
    document = order_document(order_view(row))
    for item in document["items"]:
        written = named.get(item["item_id"], {})
        if options(written.items()) == item["options"]:
            item["options"] = written
    extras = {
        "items": [line.extra for line in row.lines for _ in range(line.quantity)],
        "fulfillments": [parcel.extra for parcel in row.fulfilments],
        "payment_history": [payment.extra for payment in row.payments],
    }
    for name, rows in extras.items():
        document[name] = [{**(extra or {}), **part} for extra, part in zip(rows, document[name], strict=True)]
    return {**(row.extra or {}), **document}


_EMAIL = "email as written"
"""Where a customer's extras keep an address that is compared in another form."""


def _insert(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    rows = list(rows)
    if rows:
        session.execute(insert(table), rows)
