"""Turns of the shopper that are sent once, whatever happens on the line."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
