"""Fixtures for all tests."""

from tests.vllm_server import vllm_server

__all__ = ["vllm_server"]
