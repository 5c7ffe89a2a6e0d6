"""The only way to talk to a model. Callers see text pieces, a JSON object, or ``ModelUnavailable`` within a known time.

It knows nothing of shops, prompts' wording or turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import threading
import time
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    import openai
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage, UsageMetadata
    from langchain_openai import ChatOpenAI

    from assistant.llm.availability import Availability
    from assistant.llm.endpoint import Target


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call: what the model is told and asked, and the most tokens it may answer with (None: the default)."""

    system: str
    user: str
    max_tokens: int | None = None


@dataclass(slots=True)
class TokenUsage:
    """Tokens and calls so far. A call that failed counts as a call."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0

    def add(self, *, prompt_tokens: int = 0, completion_tokens: int = 0, calls: int = 0) -> None:
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens
        self.calls += calls


class ModelUnavailable(Exception):
    """No reply, or no more of it. ``reason`` is a sentence for logs and the console, not for customers."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DialogueModel(Protocol):
    """A model that words replies and fills JSON schemas."""

    @property
    def ready(self) -> bool:
        """Whether a call made now has a good chance. Costs nothing to ask."""

    @property
    def usage(self) -> TokenUsage:
        """What this object has used; see ``metered``."""

    def metered(self) -> DialogueModel:
        """The same model with a usage count of its own (one a turn); the original's count goes on including it."""

    def stream(self, prompt: Prompt) -> AsyncIterator[str]:
        """Pieces of the reply as they come. Raises ModelUnavailable, also in the middle."""

    async def complete_json(self, prompt: Prompt, schema: Mapping[str, Any]) -> dict[str, Any]:
        """An object that the server was told to fit to ``schema``. Raises ModelUnavailable."""


async def json_within(
    model: DialogueModel, prompt: Prompt, schema: Mapping[str, Any], limit_s: float
) -> dict[str, Any] | None:
    """``complete_json``; ``None`` where no answer came within ``limit_s`` seconds."""
    try:
        async with asyncio.timeout(limit_s):
            return await model.complete_json(prompt, schema)
    except (ModelUnavailable, TimeoutError):
        return None


@runtime_checkable
class ToolCallingModel(Protocol):
    """A model that can be given tools to call."""

    @property
    def ready(self) -> bool:
        """As ``DialogueModel.ready``."""

    @property
    def usage(self) -> TokenUsage:
        """As ``DialogueModel.usage``."""

    def metered(self) -> ToolCallingModel:
        """As ``DialogueModel.metered``."""

    def tool_calling(self) -> contextlib.AbstractAsyncContextManager[BaseChatModel]:
        """LangChain's chat model at the live server, counted here. Raises ModelUnavailable, also from the block."""


_MORE_THAN_ASKED = 2
"""Times the tokens that were asked for: a server that sends more pieces knows no end."""
_LONG_SILENCE = 0.9
"""Of the wait for the first token: callers that wait as long give up at the same moment."""


@dataclass(frozen=True, slots=True)
class _Connected:
    target: Target
    chat: ChatOpenAI
    http: openai.DefaultAsyncHttpxClient


class ChatOpenAIModel:
    """Any OpenAI-compatible server through langchain-openai, wherever ``availability`` says it is now.

    ``first_token_s`` bounds the wait for the first piece and for each following one, ``reply_s`` the whole reply,
    ``connect_s`` the connection. There are no retries: the caller has another wording ready.
    """

    def __init__(
        self,
        availability: Availability,
        *,
        connect_s: float = 1.0,
        first_token_s: float = 5.0,
        reply_s: float = 15.0,
        max_tokens: int = 256,
        temperature: float = 0.0,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        self._availability = availability
        self._connect_s, self._first_token_s, self._reply_s = connect_s, first_token_s, reply_s
        self._max_tokens, self._temperature = max_tokens, temperature
        self._extra_body = dict(extra_body or {})
        self._usages: tuple[TokenUsage, ...] = (TokenUsage(),)
        threading.Thread(target=_load_libraries, name="model-client-imports", daemon=True).start()
        # connections belong to an event loop
        self._chats: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Connected] = weakref.WeakKeyDictionary()

    @property
    def ready(self) -> bool:
        return self._availability.target() is not None

    @property
    def usage(self) -> TokenUsage:
        return self._usages[0]

    def metered(self) -> ChatOpenAIModel:
        other = object.__new__(ChatOpenAIModel)
        other.__dict__.update(self.__dict__)
        other._usages = (TokenUsage(), *self._usages)
        return other

    async def aclose(self) -> None:
        """Closes this event loop's connections."""
        if entry := self._chats.pop(asyncio.get_running_loop(), None):
            await entry.http.aclose()

    async def stream(self, prompt: Prompt) -> AsyncIterator[str]:
        chat = await self._chat()
        self._count(calls=1)
        finished = False
        heard = time.monotonic()
        with self._errors_mapped(lambda: heard):
            deadline = time.monotonic() + self._reply_s
            limit = prompt.max_tokens or self._max_tokens
            chunks = chat.astream(_messages(prompt), max_tokens=limit, stream_usage=True)
            try:
                for number in count():
                    patience = min(self._first_token_s, deadline - time.monotonic())
                    if patience <= 0 or number > _MORE_THAN_ASKED * limit:
                        raise TimeoutError  # pieces may come so fast that none is ever waited for
                    try:
                        chunk = await asyncio.wait_for(anext(chunks), patience)
                    except StopAsyncIteration:
                        break
                    heard = time.monotonic()
                    self._count_tokens(chunk.usage_metadata)
                    finished = finished or bool(chunk.response_metadata.get("finish_reason"))
                    if text := str(chunk.text):
                        yield text
            finally:
                await cast("AsyncGenerator[Any]", chunks).aclose()  # tells the server to stop when the caller did
            if not finished:
                self._availability.report_failure()
                raise ModelUnavailable("The reply was cut off.")
        self._availability.report_success()

    async def complete_json(self, prompt: Prompt, schema: Mapping[str, Any]) -> dict[str, Any]:
        chat = await self._chat()
        self._count(calls=1)
        named = {"name": str(schema.get("title", "answer")), "schema": dict(schema), "strict": True}
        form = {"type": "json_schema", "json_schema": named}
        began = time.monotonic()
        with self._errors_mapped(lambda: began):
            limit = prompt.max_tokens or self._max_tokens
            call = chat.ainvoke(_messages(prompt), max_tokens=limit, response_format=form)
            message = await asyncio.wait_for(call, self._reply_s)
            self._count_tokens(message.usage_metadata)
        self._availability.report_success()
        try:
            answer = json.loads(str(message.text))
        except ValueError as error:
            raise ModelUnavailable("The model's JSON is incomplete.") from error
        if not isinstance(answer, dict):
            raise ModelUnavailable("The model's JSON is not an object.")
        return answer

    @contextlib.asynccontextmanager
    async def tool_calling(self) -> AsyncIterator[BaseChatModel]:
        chat = await self._chat()
        import openai

        from assistant.llm.meter import Meter

        meter = Meter()
        try:
            yield chat.model_copy(update={"callbacks": [meter], "max_tokens": self._max_tokens})
        except openai.OpenAIError as error:  # what else the block raises is its own, and says nothing of the server
            with self._errors_mapped():
                raise error
        else:
            self._availability.report_success()
        finally:
            self._count(calls=meter.calls)
            for tokens in meter.tokens:
                self._count_tokens(tokens)

    async def _chat(self) -> ChatOpenAI:
        target = self._availability.target()
        if target is None:
            raise ModelUnavailable(self._availability.reason())
        loop = asyncio.get_running_loop()
        entry = self._chats.get(loop)
        if entry is not None and entry.target == target:
            return entry.chat
        await asyncio.to_thread(_load_libraries)
        import openai
        from langchain_openai import ChatOpenAI

        timeout = openai.Timeout(self._reply_s, connect=self._connect_s)
        client = openai.DefaultAsyncHttpxClient(timeout=timeout, trust_env=not target.url.startswith("http://127."))
        chat = ChatOpenAI(
            model=target.model,
            base_url=target.url,
            api_key=lambda: target.api_key,
            http_async_client=client,
            timeout=timeout,
            max_retries=0,
            temperature=self._temperature,
            extra_body=self._extra_body or None,
            use_responses_api=False,
            stream_chunk_timeout=None,
        )
        self._chats[loop] = _Connected(target, chat, client)
        if entry is not None:
            await entry.http.aclose()
        return chat

    @contextlib.contextmanager
    def _errors_mapped(self, heard: Callable[[], float] | None = None) -> Iterator[None]:
        """Every way a call can fail becomes ModelUnavailable; the ones that speak of the server open the breaker. So
        does a caller that gives up after a long silence: ``heard`` tells since when (``time.monotonic()``)."""
        import openai

        try:
            yield
        except asyncio.CancelledError:
            if heard is not None and time.monotonic() - heard() >= _LONG_SILENCE * self._first_token_s:
                self._availability.report_failure()
            raise
        except openai.BadRequestError as error:
            raise ModelUnavailable(f"The model server refused the request: {error}") from error
        except openai.LengthFinishReasonError as error:
            raise ModelUnavailable("The model's JSON is incomplete.") from error
        except (TimeoutError, openai.APITimeoutError) as error:
            self._availability.report_failure()
            raise ModelUnavailable("The model took too long.") from error
        except ModelUnavailable:
            raise
        except Exception as error:  # whatever the libraries raise, the caller has another wording ready
            self._availability.report_failure()
            raise ModelUnavailable(f"The model server failed: {error!r}") from error

    def _count(self, **counts: int) -> None:
        for usage in self._usages:
            usage.add(**counts)

    def _count_tokens(self, metadata: UsageMetadata | None) -> None:
        if metadata:
            self._count(prompt_tokens=metadata["input_tokens"], completion_tokens=metadata["output_tokens"])


def _load_libraries() -> None:
    """Seconds of imports: begun early and off the event loop, and never by commands that call no model."""
    importlib.import_module("langchain_openai")


def _messages(prompt: Prompt) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(prompt.system), HumanMessage(prompt.user)]
