"""The services of a shop and the loop that they live in, asked from code that has none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self, TypeVar

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.service.services import Services

T = TypeVar("T")
WITHIN_S = 60.0
"""What takes longer hangs."""


class Alive:
    def __init__(self, shop: Shopclerk) -> None:
        self.shop = shop
        self._runner = asyncio.Runner()
        self._opened = AsyncExitStack()

    def __enter__(self) -> Self:
        self.do(self._opened.enter_async_context(self.shop.opened()))
        self.services = Services.of(self.shop, Access.from_settings(self.shop.settings))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.do(self.services.shoppers.close())
        self.do(self._opened.aclose())
        self._runner.close()

    def do(self, awaited: Awaitable[T]) -> T:
        """Raises ``TimeoutError`` for what hangs."""

        async def soon() -> T:
            return await asyncio.wait_for(awaited, WITHIN_S)

        return self._runner.run(soon())

    def at_once(self, *calls: Coroutine[Any, Any, T]) -> list[T]:
        async def all_of_them() -> list[T]:
            return list(await asyncio.gather(*calls))

        return self.do(all_of_them())
