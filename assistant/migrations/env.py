"""What Alembic runs: on the connection that ``migrate`` hands over, all in its one transaction."""

from alembic import context

from assistant.database import Base
from assistant.merchandising import tables as _merchandising
from assistant.online import tables as _online
from assistant.profile import tables as _profile
from assistant.records import tables as _records
from assistant.shop import tables as _shop

__all__ = ["_merchandising", "_online", "_profile", "_records", "_shop"]  # imported for their tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
