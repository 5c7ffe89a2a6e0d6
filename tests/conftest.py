"""Fixtures for all tests."""

from tests.app import served_app, shop
from tests.vllm_server import vllm_server

__all__ = ["served_app", "shop", "vllm_server"]
