"""What of a load is read again at each start: the rules of a shop that came with its orders."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("loads", sa.Column("content", sa.String(), nullable=True))
