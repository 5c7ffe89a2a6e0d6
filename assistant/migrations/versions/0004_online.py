"""Lists as they were shown, what came of them, and experiments."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, time = database.CleanString(), database.UtcTime()
    op.create_table(
        "exposures",
        sa.Column("id", text, nullable=False),
        sa.Column("conversation_id", text, nullable=False),
        sa.Column("turn_id", text, nullable=False),
        sa.Column("customer", text, nullable=True),
        sa.Column("surface", text, nullable=False),
        sa.Column("query", text, nullable=False),
        sa.Column("policy", text, nullable=False),
        sa.Column("version", text, nullable=False),
        sa.Column("experiment_id", text, nullable=True),
        sa.Column("unit", text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposures")),
    )
    for columns in (("at",), ("conversation_id", "at"), ("customer", "at"), ("experiment_id", "unit", "at")):
        op.create_index(op.f(f"ix_exposures_{'_'.join(columns)}"), "exposures", list(columns))
    op.create_table(
        "exposed_items",
        sa.Column("list_id", text, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", text, nullable=False),
        sa.Column("propensity", sa.Double(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("sponsored", text, nullable=True),
        sa.Column("team", text, nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["exposures.id"], name=op.f("fk_exposed_items_list_id_exposures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "position", name=op.f("pk_exposed_items")),
    )
    op.create_index(op.f("ix_exposed_items_product_id"), "exposed_items", ["product_id"])
    op.create_table(
        "list_outcomes",
        sa.Column("list_id", text, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["exposures.id"], name=op.f("fk_list_outcomes_list_id_exposures"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "position", "kind", name=op.f("pk_list_outcomes")),
    )
    op.create_table(
        "experiments",
        sa.Column("id", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("control", text, nullable=False),
        sa.Column("treatment", text, nullable=False),
        sa.Column("goal", text, nullable=False),
        sa.Column("salt", text, nullable=False),
        sa.Column("alpha", sa.Double(), nullable=False),
        sa.Column("window_hours", sa.Double(), nullable=False),
        sa.Column("started_at", time, nullable=False),
        sa.Column("stopped_at", time, nullable=True),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
    )
    op.create_index(
        "uq_experiments_running",
        "experiments",
        ["running"],
        unique=True,
        sqlite_where=sa.text("running"),
        postgresql_where=sa.text("running"),
    )


def downgrade() -> None:
    for table in ("experiments", "list_outcomes", "exposed_items", "exposures"):
        op.drop_table(table)
