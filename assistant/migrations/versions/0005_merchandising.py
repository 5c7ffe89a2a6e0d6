"""Merchandising rules, margins, sponsored campaigns and what they spend."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merchandising_rules",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("kind", database.CleanString(), nullable=False),
        sa.Column("key", database.CleanString(), nullable=False),
        sa.Column("value", database.CleanString(), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("starts_at", database.UtcTime(), nullable=True),
        sa.Column("ends_at", database.UtcTime(), nullable=True),
        sa.Column("made_at", database.UtcTime(), nullable=False),
        sa.Column("made_by", database.CleanString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchandising_rules")),
    )
    op.create_table(
        "margins",
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_margins")),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", database.CleanString(), nullable=False),
        sa.Column("name", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("bid", database.Money(), nullable=False),
        sa.Column("daily_budget", database.Money(), nullable=False),
        sa.Column("floor", sa.Double(), nullable=False),
        sa.Column("starts_at", database.UtcTime(), nullable=True),
        sa.Column("ends_at", database.UtcTime(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("made_at", database.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "campaign_days",
        sa.Column("campaign_id", database.CleanString(), nullable=False),
        sa.Column("day", database.CleanString(), nullable=False),
        sa.Column("spent_cents", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_days_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_campaign_days")),
    )
    op.create_table(
        "sponsored_places",
        sa.Column("conversation_id", database.CleanString(), nullable=False),
        sa.Column("turn_id", database.CleanString(), nullable=False),
        sa.Column("campaign_id", database.CleanString(), nullable=False),
        sa.Column("product_id", database.CleanString(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("shown_at", database.UtcTime(), nullable=False),
        sa.Column("clicked_at", database.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_sponsored_places_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_sponsored_places_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "turn_id", "campaign_id", name=op.f("pk_sponsored_places")),
    )
    op.create_index("ix_sponsored_places_shown", "sponsored_places", ["conversation_id", "product_id"], unique=False)
