"""Replies written once: every agent may use them, leads and admins write them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from assistant.pages import Refused, StaffMember
from assistant.records.notes import Canned, CannedReplies, CannedTaken


class CannedService:
    def __init__(self, replies: CannedReplies) -> None:
        self._replies = replies

    async def all(self) -> Sequence[Canned]:
        return await asyncio.to_thread(self._replies.all)

    async def save(self, who: StaffMember, id_: str, name: str, text: str) -> None:
        """A new one without an id. Raises ``Refused``."""
        self._leads(who)
        try:
            await asyncio.to_thread(self._replies.save, id_ or None, name, text, who.name)
        except CannedTaken as error:
            raise Refused(key="canned_taken") from error
        except ValueError as error:
            raise Refused(key="canned_empty") from error

    async def remove(self, who: StaffMember, id_: str) -> None:
        """Raises ``Refused``."""
        self._leads(who)
        await asyncio.to_thread(self._replies.remove, id_)

    @staticmethod
    def _leads(who: StaffMember) -> None:
        if not who.leads:
            raise Refused(key="leads_only")
