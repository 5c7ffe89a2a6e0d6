"""The "Your profile" sheet of the shopper's page: what is held, and every way to change it."""

from __future__ import annotations

import json
from typing import Any

from assistant.pages import Refused, UnknownConversation
from assistant.profile.view import ProfileView, ReceiptView
from assistant.service.profiles import ProfileService
from ui import render
from ui.live import Payload
from ui.texts import Words, words

_FACETS = ("type", "brand", "colour", "price")


def sheet(view: ProfileView, w: Words, receipt: ReceiptView | None = None) -> str:
    """What the sheet holds. ``receipt``: of an erasure just done."""
    taste = [(facet, [line for line in view.taste if line.facet == facet]) for facet in _FACETS]
    return render.page("profile.html", w=w, view=view, taste=[each for each in taste if each[1]], receipt=receipt)


class ProfilePage:
    """The calls behind the sheet; no state of its own."""

    def __init__(self, profiles: ProfileService) -> None:
        self.profiles = profiles

    async def profile(self, payload: Payload, request: Any) -> Payload:
        """Looks, or does first what ``payload["do"]`` says; a refusal comes back as a notice, and changes nothing."""
        w = words(str(payload.get("language")))
        chat = str(payload.get("conversation"))
        try:
            receipt = await self.profiles.forget(chat) if payload.get("do") == "forget" else None
            view = await self._done(chat, payload)
        except UnknownConversation:
            return {"lost": True}
        except Refused as refusal:
            return {"notice": str(refusal)}
        return {"html": sheet(view, w, receipt)}

    async def _done(self, chat: str, payload: dict[str, Any]) -> ProfileView:
        text, preference = str(payload.get("text") or ""), str(payload.get("preference"))
        match payload.get("do"):
            case "add":
                return await self.profiles.add_preference(chat, text)
            case "change":
                return await self.profiles.change_preference(chat, preference, text)
            case "remove":
                return await self.profiles.remove_preference(chat, preference)
            case "on" | "off" as switch:
                return await self.profiles.switch_personal(chat, switch == "on")
            case _:
                return await self.profiles.profile(chat)

    async def export_profile(self, payload: Payload, request: Any) -> Payload:
        try:
            held = await self.profiles.export_profile(str(payload.get("conversation")))
        except UnknownConversation:
            return {"lost": True}
        return {"json": json.dumps(held, ensure_ascii=False, indent=1)}

    async def share(self, payload: Payload, request: Any) -> Payload:
        try:
            return {"link": await self.profiles.share(str(payload.get("conversation")), str(payload.get("product")))}
        except UnknownConversation:
            return {"lost": True}
        except Refused as refusal:
            return {"notice": str(refusal)}
