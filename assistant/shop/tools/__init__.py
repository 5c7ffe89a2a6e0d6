"""What a model, or another program, may do in the shop: the typed tools, and the session that they run in."""

from __future__ import annotations

from assistant.shop.tools.errors import ToolArgumentError, ToolError, ToolRefused
from assistant.shop.tools.session import ServiceSession

__all__ = ["ServiceSession", "ToolArgumentError", "ToolError", "ToolRefused"]
