"""What became of suggested replies, answers reported bad, and proposals for help pages."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

Text, Time = database.CleanString, database.UtcTime


def upgrade() -> None:
    op.create_table(
        "draft_fates",
        sa.Column("id", Text(), nullable=False),
        sa.Column("conversation_id", Text(), nullable=False),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("language", Text(), nullable=False),
        sa.Column("wording", Text(), nullable=False),
        sa.Column("fate", Text(), nullable=False),
        sa.Column("asked", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("sent", Text(), nullable=False),
        sa.Column("edited", sa.Double(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_draft_fates_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_fates")),
    )
    op.create_index("ix_draft_fates_conversation_id", "draft_fates", ["conversation_id"])
    op.create_index("ix_draft_fates_at", "draft_fates", ["at"])
    op.create_table(
        "vouched",
        sa.Column("id", Text(), nullable=False),
        sa.Column("conversation_id", Text(), nullable=False),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_vouched_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouched")),
    )
    op.create_index("ix_vouched_conversation_id", "vouched", ["conversation_id"])
    op.create_table(
        "faq_proposals",
        sa.Column("id", Text(), nullable=False),
        sa.Column("conversation_id", Text(), nullable=True),
        sa.Column("agent", Text(), nullable=False),
        sa.Column("language", Text(), nullable=False),
        sa.Column("question", Text(), nullable=False),
        sa.Column("answer", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("proposed_at", Time(), nullable=False),
        sa.Column("decided_at", Time(), nullable=True),
        sa.Column("decided_by", Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_faq_proposals_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_proposals")),
    )
    op.create_index("ix_faq_proposals_conversation_id", "faq_proposals", ["conversation_id"])
    op.create_index("ix_faq_proposals_state", "faq_proposals", ["state"])
    op.create_table(
        "reported_answers",
        sa.Column("conversation_id", Text(), nullable=False),
        sa.Column("turn_id", Text(), nullable=False),
        sa.Column("by", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_reported_answers_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "turn_id", "by", name=op.f("pk_reported_answers")),
    )
    op.create_index("ix_reported_answers_at", "reported_answers", ["at"])
