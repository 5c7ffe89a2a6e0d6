"""Fixtures for all tests."""

import structlog
from hypothesis import settings

from tests import bytecode  # before what is large
from tests.app import built, own, served_app, shop
from tests.vllm_server import vllm_server

__all__ = ["built", "bytecode", "own", "served_app", "shop", "vllm_server"]

# As in the product's log, tracebacks have no local variables: to print a whole shop takes half a minute.
_plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _plain])

# pytest --hypothesis-profile=interleavings tests/test_shop_interleaved.py: the long run, of 1,000.
settings.register_profile("interleavings", deadline=None)
