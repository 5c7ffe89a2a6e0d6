"""Goods that somebody waits for, and ratings of conversations."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
