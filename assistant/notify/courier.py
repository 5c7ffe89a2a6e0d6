"""Takes what is due from the outbox to its channels, again and again until it has arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from assistant.notify.outbox import Delivery, Outbox

log = structlog.get_logger()
LOOK_EVERY_S = 2.0


class DeliveryFailed(RuntimeError):
    """The message names no person and no secret. ``final``: trying again would not help; ``wait_s``: as asked for."""

    def __init__(self, message: str, *, final: bool = False, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.final = final
        self.wait_s = wait_s


class ChannelUnusable(ValueError):
    """Its settings cannot be used; the message says which, without a secret."""


class NothingToTell(Exception):
    """What was to be told has been taken back, or has been seen meanwhile."""


class Channel(Protocol):
    """``name`` is the outbox's. ``send`` blocks; it raises ``DeliveryFailed`` or ``NothingToTell``."""

    name: str

    def send(self, delivery: Delivery) -> None: ...


class Courier:
    def __init__(self, outbox: Outbox, channels: Sequence[Channel]) -> None:
        self.outbox = outbox
        self._channels = {channel.name: channel for channel in channels}

    def deliver(self) -> int:
        """Everything that is due, once each; how many arrived. Blocks."""
        arrived = 0
        for delivery in self.outbox.take(tuple(self._channels)):
            arrived += self._deliver(delivery)
        return arrived

    def _deliver(self, delivery: Delivery) -> bool:
        try:
            self._channels[delivery.channel].send(delivery)
        except NothingToTell:
            self.outbox.drop(delivery)
            return False
        except DeliveryFailed as failure:
            log.warning("not delivered", channel=delivery.channel, kind=delivery.kind, why=str(failure))
            self.outbox.failed(delivery, str(failure), final=failure.final, wait_s=failure.wait_s)
            return False
        except Exception as error:  # a mistake of ours must not stop what else is to be told
            log.exception("not delivered", channel=delivery.channel, kind=delivery.kind)
            self.outbox.failed(delivery, type(error).__name__)
            return False
        self.outbox.sent(delivery)
        return True

    async def run(self) -> None:
        """Until it is cancelled. What is being sent then is finished first by its thread."""
        while self._channels:
            try:
                while await asyncio.to_thread(self.deliver):
                    pass
            except Exception:  # the database is away; it comes back
                log.exception("the outbox cannot be read")
            await asyncio.sleep(LOOK_EVERY_S)
