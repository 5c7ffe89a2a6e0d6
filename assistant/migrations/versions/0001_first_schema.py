"""First schema: the shop and the records."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "behaviour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("kind", database.CleanString(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviour")),
    )
    with op.batch_alter_table("behaviour", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_behaviour_customer_id_at"), ["customer_id", "at"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("language", database.CleanString(), nullable=False),
        sa.Column("customer_id", database.CleanString(), nullable=True),
        sa.Column("visitor", database.CleanString(), nullable=True),
        sa.Column("started_at", database.UtcTime(), nullable=False),
        sa.Column("updated_at", database.UtcTime(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversations_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conversations_updated_at"), ["updated_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_conversations_visitor"), ["visitor"], unique=False)

    op.create_table(
        "customers",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("name", database.CleanString(), nullable=False),
        sa.Column("name_key", database.CleanString(), nullable=False),
        sa.Column("email", database.CleanString(), nullable=False),
        sa.Column("postcode_key", database.CleanString(), nullable=False),
        sa.Column("address", database.CleanString(), nullable=False),
        sa.Column("language", database.CleanString(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email", name=op.f("uq_customers_email")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_name_key"), ["name_key"], unique=False)

    op.create_table(
        "loads",
        sa.Column("name", database.CleanString(), nullable=False),
        sa.Column("digest", database.CleanString(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_loads")),
    )
    op.create_table(
        "pending_actions",
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("key", database.CleanString(), nullable=False),
        sa.Column("customer_id", database.CleanString(), nullable=False),
        sa.Column("order_id", database.CleanString(), nullable=False),
        sa.Column("action", database.CleanString(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("asked_at", database.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_pending_actions")),
    )
    op.create_table(
        "stock",
        sa.Column("variant_id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_stock")),
    )
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_product_id"), ["product_id"], unique=False)

    op.create_table(
        "unanswered",
        sa.Column("key", database.CleanString(), nullable=False),
        sa.Column("language", database.CleanString(), nullable=False),
        sa.Column("example", database.CleanString(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", database.UtcTime(), nullable=False),
        sa.Column("last_at", database.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "language", name=op.f("pk_unanswered")),
    )
    op.create_table(
        "usage",
        sa.Column("day", database.CleanString(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_usage")),
    )
    op.create_table(
        "carts",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("customer_id", database.CleanString(), nullable=True),
        sa.Column("updated_at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_carts_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_carts_customer_id")),
    )
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carts_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("turn_id", database.CleanString(), nullable=False),
        sa.Column("thumb", database.CleanString(), nullable=False),
        sa.Column("text", database.CleanString(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_feedback_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "turn_id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_at"), ["at"], unique=False)

    op.create_table(
        "messages",
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turn_id", database.CleanString(), nullable=False),
        sa.Column("role", database.CleanString(), nullable=False),
        sa.Column("kind", database.CleanString(), nullable=False),
        sa.Column("body", database.CleanString(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "sequence", name=op.f("pk_messages")),
    )
    op.create_table(
        "orders",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("customer_id", database.CleanString(), nullable=False),
        sa.Column("status", database.CleanString(), nullable=False),
        sa.Column("placed_at", database.UtcTime(), nullable=False),
        sa.Column("currency", database.CleanString(), nullable=False),
        sa.Column("total", database.Money(), nullable=False),
        sa.Column("address", database.CleanString(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_customer_id_placed_at"), ["customer_id", "placed_at"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("reason", database.CleanString(), nullable=False),
        sa.Column("summary", database.CleanString(), nullable=False),
        sa.Column("language", database.CleanString(), nullable=False),
        sa.Column("state", database.CleanString(), nullable=False),
        sa.Column("agent", database.CleanString(), nullable=True),
        sa.Column("opened_at", database.UtcTime(), nullable=False),
        sa.Column("taken_at", database.UtcTime(), nullable=True),
        sa.Column("closed_at", database.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_tickets_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("ix_tickets_state", ["state", "opened_at"], unique=False)
        batch_op.create_index(
            "uq_tickets_open",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "cart_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cart_id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("variant_id", database.CleanString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.id"], name=op.f("fk_cart_lines_cart_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_lines")),
    )
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.create_index("uq_cart_lines_variant", ["cart_id", "variant_id"], unique=True)

    op.create_table(
        "fulfilments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", database.CleanString(), nullable=False),
        sa.Column("carrier", database.CleanString(), nullable=False),
        sa.Column("tracking_id", database.CleanString(), nullable=False),
        sa.Column("shipped_at", database.UtcTime(), nullable=True),
        sa.Column("delivered_at", database.UtcTime(), nullable=True),
        sa.Column("expected_at", database.UtcTime(), nullable=True),
        sa.Column("variant_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_fulfilments_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilments")),
    )
    with op.batch_alter_table("fulfilments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fulfilments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_changes",
        sa.Column("key", database.CleanString(), nullable=False),
        sa.Column("order_id", database.CleanString(), nullable=False),
        sa.Column("action", database.CleanString(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_changes_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_order_changes")),
    )
    with op.batch_alter_table("order_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_changes_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("variant_id", database.CleanString(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", database.Money(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_order_id"), ["order_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", database.CleanString(), nullable=False),
        sa.Column("kind", database.CleanString(), nullable=False),
        sa.Column("amount", database.Money(), nullable=False),
        sa.Column("method", database.CleanString(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_order_id"))

    op.drop_table("payments")
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_lines_order_id"))

    op.drop_table("order_lines")
    with op.batch_alter_table("order_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_changes_order_id"))

    op.drop_table("order_changes")
    with op.batch_alter_table("fulfilments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fulfilments_order_id"))

    op.drop_table("fulfilments")
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.drop_index("uq_cart_lines_variant")

    op.drop_table("cart_lines")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tickets_open", sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'")
        )
        batch_op.drop_index("ix_tickets_state")

    op.drop_table("tickets")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_customer_id_placed_at"))

    op.drop_table("orders")
    op.drop_table("messages")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_at"))

    op.drop_table("feedback")
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carts_updated_at"))

    op.drop_table("carts")
    op.drop_table("usage")
    op.drop_table("unanswered")
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_product_id"))

    op.drop_table("stock")
    op.drop_table("pending_actions")
    op.drop_table("loads")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customers_name_key"))

    op.drop_table("customers")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversations_visitor"))
        batch_op.drop_index(batch_op.f("ix_conversations_updated_at"))
        batch_op.drop_index(batch_op.f("ix_conversations_customer_id"))

    op.drop_table("conversations")
    with op.batch_alter_table("behaviour", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_behaviour_customer_id_at"))

    op.drop_table("behaviour")
