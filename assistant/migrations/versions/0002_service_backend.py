"""Payment methods, addresses in parts, products of an imported shop, and what a return or an exchange is about."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EXTRA = ("order_lines", "payments")


def _extra() -> sa.Column[object]:
    return sa.Column("extra", sa.JSON(none_as_null=True), nullable=True)


def upgrade() -> None:
    # What waits for a yes is written down in another way now, and waits an hour at the most.
    op.execute("DELETE FROM pending_actions")
    op.create_table(
        "payment_methods",
        sa.Column("customer_id", database.CleanString(), nullable=False),
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("kind", database.CleanString(), nullable=False),
        sa.Column("brand", database.CleanString(), nullable=True),
        sa.Column("last_four", database.CleanString(), nullable=True),
        sa.Column("balance", database.Money(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        _extra(),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_payment_methods_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("pk_payment_methods")),
    )
    op.create_table(
        "products",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("name", database.CleanString(), nullable=False),
        _extra(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    op.create_table(
        "variants",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("price", database.Money(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _extra(),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
    )
    op.create_index(op.f("ix_variants_product_id"), "variants", ["product_id"], unique=False)
    op.add_column("stock", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true()))
    _customers()
    _orders()
    for table in _EXTRA:
        op.add_column(table, _extra())
    op.add_column("payments", sa.Column("method_id", database.CleanString(), nullable=True))
    with op.batch_alter_table("payments") as batch:
        batch.alter_column("at", existing_type=database.UtcTime(), nullable=True)
    _fulfilments()
    op.add_column("order_changes", sa.Column("customer_id", database.CleanString(), nullable=True))
    op.add_column("order_changes", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("order_changes") as batch:
        batch.alter_column("order_id", existing_type=database.CleanString(), nullable=True)
        batch.create_index(op.f("ix_order_changes_customer_id"), ["customer_id"], unique=False)
        batch.alter_column("number", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("stock") as batch:
        batch.alter_column("counted", existing_type=sa.Boolean(), server_default=None)


def _customers() -> None:
    for name in ("first_name", "last_name"):
        op.add_column("customers", sa.Column(name, database.CleanString(), nullable=False, server_default=""))
    op.add_column("customers", _extra())
    rows = op.get_bind().execute(sa.text("SELECT id, name FROM customers")).all()
    for customer_id, name in rows:
        first, _, last = name.rpartition(" ")
        op.get_bind().execute(
            sa.text("UPDATE customers SET first_name = :first, last_name = :last WHERE id = :id"),
            {"first": first or last, "last": last if first else "", "id": customer_id},
        )
    _in_parts("customers")
    with op.batch_alter_table("customers") as batch:
        for name in ("first_name", "last_name"):
            batch.alter_column(name, existing_type=database.CleanString(), server_default=None)


def _orders() -> None:
    for name in ("cancel_reason", "return_method_id", "exchange_method_id"):
        op.add_column("orders", sa.Column(name, database.CleanString(), nullable=True))
    for name in ("return_items", "exchange_items", "exchange_new_items"):
        op.add_column("orders", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))
    op.add_column("orders", sa.Column("exchange_difference", database.Money(), nullable=True))
    op.add_column("orders", _extra())
    op.add_column("orders", sa.Column("key", database.CleanString(), nullable=True))
    op.add_column("orders", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("items_changed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE orders SET key = id")
    op.execute(
        "UPDATE orders SET items_changed = true WHERE id IN "
        "(SELECT order_id FROM order_changes WHERE action = 'change_items')"
    )
    _returned_items()
    _in_parts("orders")
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("key", existing_type=database.CleanString(), nullable=False)
        batch.alter_column("placed_at", existing_type=database.UtcTime(), nullable=True)
        batch.alter_column("position", existing_type=sa.Integer(), server_default=None)
        batch.alter_column("items_changed", existing_type=sa.Boolean(), server_default=None)
        batch.create_unique_constraint(op.f("uq_orders_key"), ["key"])


def _returned_items() -> None:
    """What a return is about was known from its request alone."""
    connection = op.get_bind()
    changes = sa.table("order_changes", sa.column("order_id"), sa.column("action"), sa.column("arguments", sa.JSON()))
    orders = sa.table("orders", sa.column("id"), sa.column("return_items", sa.JSON()))
    asked = sa.select(changes.c.order_id, changes.c.arguments).where(changes.c.action == "return_items")
    for order_id, arguments in connection.execute(asked).all():
        items = arguments.get("items")
        if items:
            units = sorted(variant_id for variant_id, quantity in items for _ in range(quantity))
            connection.execute(sa.update(orders).where(orders.c.id == order_id).values(return_items=units))


def _fulfilments() -> None:
    op.add_column("fulfilments", _extra())
    op.add_column("fulfilments", sa.Column("tracking_ids", sa.JSON(), nullable=True))
    connection = op.get_bind()
    table = sa.table("fulfilments", sa.column("id"), sa.column("tracking_id"), sa.column("tracking_ids", sa.JSON()))
    for row_id, tracking_id in connection.execute(sa.select(table.c.id, table.c.tracking_id)).all():
        connection.execute(sa.update(table).where(table.c.id == row_id).values(tracking_ids=[tracking_id]))
    with op.batch_alter_table("fulfilments") as batch:
        batch.alter_column("tracking_ids", existing_type=sa.JSON(), nullable=False)
        batch.drop_column("tracking_id")


def _in_parts(name: str) -> None:
    """The address column's text becomes JSON, with the text as its first part: no guess at which part is which."""
    connection = op.get_bind()
    op.add_column(name, sa.Column("address_json", sa.JSON(), nullable=True))
    table = sa.table(name, sa.column("id"), sa.column("address"), sa.column("address_json", sa.JSON()))
    for row_id, text in connection.execute(sa.select(table.c.id, table.c.address)).all():
        parts = {"address1": text, "address2": "", "city": "", "state": "", "country": "", "postcode": ""}
        connection.execute(sa.update(table).where(table.c.id == row_id).values(address_json=parts))
    with op.batch_alter_table(name) as batch:
        batch.drop_column("address")
        batch.alter_column("address_json", new_column_name="address", existing_type=sa.JSON(), nullable=False)
