"""What a caller is told when something fails: always one honest sentence, never what is inside."""

from __future__ import annotations

import math
import sqlite3

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assistant.bounds import TooMany
from assistant.events import Notice
from assistant.languages import preferred
from assistant.wording.notices import notice, too_many

log = structlog.get_logger()

UNANSWERED = (OperationalError, PoolTimeout, sqlite3.OperationalError, psycopg.OperationalError)
"""A database does not do now what it may do soon: it is locked, full, or gone. The last two are of the dialogue's
memory."""
AGAIN_S = 5
"""After how long to try again what found the database busy."""


def told(error: Exception, language: str) -> tuple[Notice, int, float]:
    """What is said of it, its HTTP status, and the seconds after which to try again (0: not known)."""
    match error:
        case TooMany():
            return too_many(error, error.language or language), 429, error.wait_s
        case TimeoutError():
            return notice("busy", language), 503, AGAIN_S
        case _ if isinstance(error, UNANSWERED):
            return notice("busy", language), 503, AGAIN_S
        case _:
            return notice("failed", language), 500, 0.0


def answer_faults(api: FastAPI) -> None:
    """Has every route answer so."""

    async def failed(request: Request, error: Exception) -> JSONResponse:
        language = preferred(request.headers.get("accept-language", ""))
        said, status, again_s = told(error, language)
        if status == 503:
            log.warning("the database did not answer", path=request.url.path, exc_info=error)
        headers = {"Retry-After": str(math.ceil(again_s))} if again_s else None
        return JSONResponse({"detail": said.text, "code": said.code}, status, headers)

    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        """Says where and what is wrong, and nothing of what was sent: it may be large, or no text at all."""
        wrong = [{"loc": [str(part)[:80] for part in each["loc"]], "msg": each["msg"]} for each in error.errors()]
        return JSONResponse({"detail": wrong[:20]}, 422)

    for kind in (TooMany, TimeoutError, *UNANSWERED, Exception):
        api.add_exception_handler(kind, failed)
    api.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type]
