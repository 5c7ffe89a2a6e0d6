"""Staff accounts, what they looked at, and the inbox."""

import sqlalchemy as sa
from alembic import op

from assistant import database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Text, Time = database.CleanString, database.UtcTime

_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER staff_audit_no_{verb} BEFORE {verb.upper()} ON staff_audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION staff_audit_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
        "CREATE TRIGGER staff_audit_stays BEFORE UPDATE OR DELETE ON staff_audit "
        "FOR EACH ROW EXECUTE FUNCTION staff_audit_stays()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("id", Text(), nullable=False),
        sa.Column("login", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("name_key", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column("password_hash", Text(), nullable=False),
        sa.Column("given_hash", Text(), nullable=True),
        sa.Column("made_at", Time(), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("disabled_at", Time(), nullable=True),
        sa.Column("seen_at", Time(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_accounts_login")),
        sa.UniqueConstraint("name_key", name=op.f("uq_staff_accounts_name_key")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", Text(), nullable=False),
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("begun_at", Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name=op.f("fk_staff_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
    )
    op.create_index("ix_staff_sessions_account_id", "staff_sessions", ["account_id"])
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("at", Time(), nullable=False),
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column("what", Text(), nullable=False),
        sa.Column("conversation_id", Text(), nullable=True),
        sa.Column("customer_id", Text(), nullable=True),
        sa.Column("detail", Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_audit")),
    )
    op.create_index("ix_staff_audit_at", "staff_audit", ["at"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)

    op.add_column("tickets", sa.Column("priority", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("tickets", sa.Column("first_reply_at", Time(), nullable=True))
    op.add_column("tickets", sa.Column("snoozed_at", Time(), nullable=True))
    op.add_column("tickets", sa.Column("snoozed_until", Time(), nullable=True))
    op.add_column("tickets", sa.Column("close_reason", Text(), nullable=True))
    op.add_column("conversations", sa.Column("shopper_sequence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("conversations", sa.Column("shopper_at", Time(), nullable=True))
    op.add_column("conversations", sa.Column("shopper_text", Text(), nullable=False, server_default=""))
    op.create_table(
        "conversation_tags",
        sa.Column("conversation_id", Text(), nullable=False),
        sa.Column("tag", Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_tags_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "tag", name=op.f("pk_conversation_tags")),
    )
    op.create_index("ix_conversation_tags_tag", "conversation_tags", ["tag"])
    op.create_table(
        "desk_notes",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("conversation_id", Text(), nullable=False),
        sa.Column("after_sequence", sa.Integer(), nullable=False),
        sa.Column("author", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("at", Time(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_desk_notes_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_notes")),
    )
    op.create_index("ix_desk_notes_conversation_id", "desk_notes", ["conversation_id"])
    op.create_table(
        "desk_reads",
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("conversation_id", Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["staff_accounts.id"], name=op.f("fk_desk_reads_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_desk_reads_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "conversation_id", name=op.f("pk_desk_reads")),
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("text", Text(), nullable=False),
        sa.Column("made_by", Text(), nullable=False),
        sa.Column("changed_at", Time(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("name", name=op.f("uq_canned_replies_name")),
    )
