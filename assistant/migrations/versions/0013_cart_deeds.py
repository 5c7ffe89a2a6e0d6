"""What turns have done to carts, so that a turn that is run again does it once."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cart_deeds",
        sa.Column("cart_id", database.CleanString(), nullable=False),
        sa.Column("deed", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("variant_id", database.CleanString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["cart_id"], ["carts.id"], name=op.f("fk_cart_deeds_cart_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cart_id", "deed", name=op.f("pk_cart_deeds")),
    )
