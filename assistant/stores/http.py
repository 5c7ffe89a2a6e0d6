"""Calls to a store over HTTP: tried again where that may help, waited for as it asks, and told in a line where it
fails. Keys go in headers only, and neither they nor what was sent is ever in a message."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from assistant.retry_after import retry_after
from assistant.shop.store_order import StoreFailed


@dataclass(frozen=True, slots=True)
class Patience:
    """``again``: whether it may be sent anew where it is not known that nothing was done."""

    attempts: int
    timeout_s: float
    again: bool = True


SYNC = Patience(5, 30.0)
"""A page of a large catalogue may take a slow store long."""
ASKED = Patience(1, 4.0)
"""A customer waits for it, and what was read before can be told."""
CHANGE = Patience(1, 15.0, again=False)
LONGEST_WAIT_S = 120.0
"""A store that asks to be left alone for longer is asked another day."""


class TryAgain(StoreFailed):
    """Nothing was done, and it may go well after ``wait_s`` seconds (``None``: the store does not say)."""

    def __init__(self, message: str, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(slots=True)
class Answer:
    """``value`` has exact decimals."""

    value: Any
    headers: httpx.Headers


@dataclass(slots=True)
class StoreClient:
    """``name`` is the store's for messages; ``keys`` says which settings its keys are in. Raises ``StoreFailed``."""

    name: str
    url: str
    keys: str
    headers: dict[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None
    sleep: Callable[[float], None] = sleep
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and local):
            raise StoreFailed(
                f"SHOPCLERK_STORE_URL must begin with https://, or the keys could be read on the way: {self.url}"
            )
        self._client = httpx.Client(headers=self.headers, auth=self.auth, follow_redirects=False)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: Any = None,
        patience: Patience = SYNC,
        check: Callable[[Any], None] = lambda value: None,
    ) -> Answer:
        """``check`` raises where an answer says that it failed."""
        retrying = Retrying(
            stop=stop_after_attempt(patience.attempts),
            wait=_wait,
            retry=retry_if_exception_type(TryAgain),
            sleep=self.sleep,
            reraise=True,
        )

        def once() -> Answer:
            answer = self._once(method, path, params, body, patience)
            check(answer.value)
            return answer

        return retrying(once)

    def _once(self, method: str, path: str, params: Any, body: Any, patience: Patience) -> Answer:
        kind = TryAgain if patience.again else StoreFailed
        try:
            response = self._client.request(
                method, self.url + path, params=params, json=body, timeout=patience.timeout_s
            )
        except httpx.ConnectError as error:
            raise TryAgain(f"{self.name} at {self.url} cannot be reached: {error}") from None
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise kind(f"{self.name} at {self.url} did not answer {path}: {said}") from None
        self._refuse(response, path, kind)
        try:
            value = json.loads(response.content, parse_float=Decimal)
        except ValueError:
            raise kind(
                f"{self.name} answered {path} with something that is no JSON ({response.headers.get('content-type')});"
                " is a plug-in or a maintenance page in the way?"
            ) from None
        return Answer(value, response.headers)

    def _refuse(self, response: httpx.Response, path: str, kind: type[StoreFailed]) -> None:
        status = response.status_code
        if status in (401, 403):
            raise StoreFailed(
                f"{self.name} refuses the keys ({status} for {path}): check {self.keys}, and that they may do that"
            )
        if status == 429:
            wait_s = retry_after(response)
            if wait_s is not None and wait_s > LONGEST_WAIT_S:
                raise StoreFailed(f"{self.name} asks to be left alone for {wait_s:.0f} seconds; try again after that")
            raise TryAgain(f"{self.name} still says that it is asked too much ({path}); try again later", wait_s)
        if status == 503 and response.headers.get("retry-after"):
            raise kind(f"{self.name} is not there for the moment ({status} for {path}); try again later")
        if status >= 500:
            raise kind(f"{self.name} failed itself ({status} for {path}); try again later, or see its own log")
        if response.is_redirect:
            where = response.headers.get("location", "").partition("?")[0]
            raise StoreFailed(f"{self.name} has moved to {where}: set SHOPCLERK_STORE_URL to where it is now")
        if status == 404:
            raise StoreFailed(f"{self.name} knows no {path} at {self.url} (404): check SHOPCLERK_STORE_URL")
        if status >= 400:
            raise StoreFailed(f"{self.name} refuses {path} ({status}){_said(response)}")


_backoff = wait_random_exponential(multiplier=0.5, max=20)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TryAgain) and error.wait_s is not None:
        return min(max(error.wait_s, 0.0), LONGEST_WAIT_S)
    return float(_backoff(state))


def _said(response: httpx.Response) -> str:
    """The store's error code, which never tells of a customer, as its message might."""
    try:
        code = response.json()["code"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {code}" if isinstance(code, str) and len(code) < 80 else ""
