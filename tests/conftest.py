"""Fixtures for all tests."""

from hypothesis import settings

from tests import bytecode  # before what is large
from tests.app import served_app, shop
from tests.vllm_server import vllm_server

__all__ = ["bytecode", "served_app", "shop", "vllm_server"]

# pytest --hypothesis-profile=interleavings tests/test_shop_interleaved.py: the long run, of 1,000.
settings.register_profile("interleavings", deadline=None)
