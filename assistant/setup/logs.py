"""Structured logs without personal data: one line an event to a file in the state directory, warnings to standard
error too."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from typing import Any

import structlog

from assistant.privacy import redact
from assistant.settings import Settings

LOG_BYTES = 10 * 2**20
LOG_FILES = 3


def set_up(settings: Settings) -> None:
    """Call once a process. The file is ``<state>/logs/shopclerk.log``."""
    folder = settings.state_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    to_file = RotatingFileHandler(folder / "shopclerk.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    to_screen = logging.StreamHandler()
    to_screen.setLevel(logging.ERROR)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(ensure_ascii=False), foreign_pre_chain=shared
    )
    for handler in (to_file, to_screen):
        handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[to_file, to_screen], force=True)
    for noisy in ("httpx", "httpcore", "openai", "chromadb", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _redacted(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}
