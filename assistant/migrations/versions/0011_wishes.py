"""What somebody waits for, the coupon of a cart, and the checkouts that became orders."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("carts", sa.Column("coupon", database.CleanString(), nullable=True))
    op.create_table(
        "wishes",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("kind", database.CleanString(), nullable=False),
        sa.Column("customer_id", database.CleanString(), nullable=True),
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("variant_id", database.CleanString(), nullable=False),
        sa.Column("price", database.Money(), nullable=True),
        sa.Column("email", database.CleanString(), nullable=True),
        sa.Column("language", database.CleanString(), nullable=False),
        sa.Column("made_at", database.UtcTime(), nullable=False),
        sa.Column("told_at", database.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wishes")),
    )
    op.create_index(op.f("ix_wishes_conversation_id"), "wishes", ["conversation_id"])
    op.create_index(op.f("ix_wishes_customer_id"), "wishes", ["customer_id"])
    op.create_index(op.f("ix_wishes_told_at"), "wishes", ["told_at"])
    op.create_table(
        "checkouts",
        sa.Column("key", database.CleanString(), nullable=False),
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("order_id", database.CleanString(), nullable=True),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_checkouts_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_checkouts_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_checkouts")),
    )
    op.create_index(op.f("ix_checkouts_conversation_id"), "checkouts", ["conversation_id"])
    op.create_index(op.f("ix_checkouts_order_id"), "checkouts", ["order_id"])
