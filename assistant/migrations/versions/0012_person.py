"""Addresses left for an answer, ratings of conversations, what is to be told to whom, and help desks elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _conversation(**options: bool) -> "sa.Column[str]":
    return sa.Column("conversation_id", sa.String(), sa.ForeignKey("conversations.id", ondelete="CASCADE"), **options)  # type: ignore[arg-type]


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_index("ix_tickets_conversation_id", "tickets", ["conversation_id"])
    op.create_table(
        "contacts",
        _conversation(primary_key=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("consented_at", moment, nullable=False),
        sa.Column("told_sequence", sa.Integer(), nullable=False),
    )
    op.create_table(
        "ratings",
        _conversation(primary_key=True),
        sa.Column("ticket_id", sa.String(), primary_key=True),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_ratings_at", "ratings", ["at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        _conversation(nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.UniqueConstraint("key", "channel", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "due_at"])
    op.create_index("ix_outbox_conversation_id", "outbox", ["conversation_id"])
    op.create_table(
        "help_desk_links",
        _conversation(primary_key=True),
        sa.Column("desk", sa.String(), primary_key=True),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("sent_sequence", sa.Integer(), nullable=False),
    )
    op.create_index("ix_help_desk_links_theirs", "help_desk_links", ["desk", "theirs"], unique=True)
    op.create_table(
        "help_desk_received",
        sa.Column("desk", sa.String(), primary_key=True),
        sa.Column("message", sa.String(), primary_key=True),
        sa.Column("at", moment, nullable=False),
    )
