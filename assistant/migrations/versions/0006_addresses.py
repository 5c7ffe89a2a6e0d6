"""Further addresses of a customer, beside the default one."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("further_addresses", sa.JSON(), nullable=True))
