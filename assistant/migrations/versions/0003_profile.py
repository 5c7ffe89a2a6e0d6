"""Behaviour of anonymous visitors and by conversation; profiles and stated preferences."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("behaviour") as batch:
        batch.alter_column("customer_id", existing_type=database.CleanString(), nullable=True)
        batch.add_column(sa.Column("session", database.CleanString(), nullable=True))
        batch.create_index(op.f("ix_behaviour_session_at"), ["session", "at"], unique=False)
    op.create_table(
        "profiles",
        sa.Column("owner", database.CleanString(), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("forgotten_at", database.UtcTime(), nullable=True),
        sa.Column("erasing", sa.Boolean(), nullable=False),
        sa.Column("updated_at", database.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_profiles")),
    )
    op.create_table(
        "preferences",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("owner", database.CleanString(), nullable=False),
        sa.Column("key", database.CleanString(), nullable=False),
        sa.Column("value", database.CleanString(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("source", database.CleanString(), nullable=False),
        sa.Column("at", database.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
    )
    op.create_index("uq_preferences_owner_key_value", "preferences", ["owner", "key", "value"], unique=True)


def downgrade() -> None:
    op.drop_table("preferences")
    op.drop_table("profiles")
    op.execute("DELETE FROM behaviour WHERE customer_id IS NULL")
    with op.batch_alter_table("behaviour") as batch:
        batch.drop_index(op.f("ix_behaviour_session_at"))
        batch.drop_column("session")
        batch.alter_column("customer_id", existing_type=database.CleanString(), nullable=False)
