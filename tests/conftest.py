"""Fixtures for all tests."""

import structlog
from hypothesis import settings

from tests import bytecode  # noqa: F401  # before what is large
from tests.app import built, own, served_app, shop  # noqa: F401
from tests.databases import database, migrated_sqlite, postgresql_url  # noqa: F401
from tests.sql_on_loop import no_sql_on_loop  # noqa: F401
from tests.vllm_server import vllm_server  # noqa: F401

# As in the product's log, tracebacks have no local variables: to print a whole shop takes half a minute.
_plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _plain])

# pytest --hypothesis-profile=interleavings tests/assistant/test_shop_interleaved.py: the long run, of 1,000.
settings.register_profile("interleavings", deadline=None)
