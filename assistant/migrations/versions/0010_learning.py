"""What became of suggested replies, reported answers, and what people are told by mail."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
