"""The admin page's part for rules, margins, campaigns and the explanation of a ranking."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import gradio as gr

from assistant.pages import Refused
from assistant.service.merchandisers import MerchandiserService
from ui import render
from ui.live import NotSent, Payload
from ui.shopper import language_of
from ui.texts import Words, words

_parts: Any = render.ENVIRONMENT.get_template("merchandising_parts.html").module
_admin_parts: Any = render.ENVIRONMENT.get_template("admin_parts.html").module


class MerchandisingPart:
    def __init__(self, merchandisers: MerchandiserService) -> None:
        self.merchandisers = merchandisers

    async def merchandising(self, payload: Payload, request: gr.Request) -> Payload:
        """The tables, and the forms in the page's language."""
        return await self._tables(words(language_of(payload)))

    async def merchandise(self, payload: Payload, request: gr.Request) -> Payload:
        """One button: adds or takes away a rule, adds or pauses a campaign, takes margins. Says how it went."""
        w = words(language_of(payload))
        fields = {str(name): str(text) for name, text in (payload.get("fields") or {}).items()}
        try:
            match payload.get("do"):
                case "add_rule":
                    await self.merchandisers.add_rule(fields)
                    told = w("merchandising.rule_added")
                case "remove_rule":
                    await self.merchandisers.remove_rule(str(payload["id"]))
                    told = w("merchandising.rule_removed")
                case "add_campaign":
                    await self.merchandisers.add_campaign(fields)
                    told = w("merchandising.campaign_added")
                case "pause" | "resume":
                    await self.merchandisers.pause_campaign(str(payload["id"]), payload["do"] == "pause")
                    told = w(f"merchandising.{payload['do']}d")
                case "margins":
                    data = base64.b64decode(str(payload["data"]).partition(",")[2], validate=True)
                    told = w("merchandising.margins_loaded", count=await self.merchandisers.load_margins(data))
                case _:
                    raise NotSent("unknown button")
        except (Refused, binascii.Error) as refusal:
            text = str(refusal) if isinstance(refusal, Refused) else w("admin.failed")
            return {"told": str(_admin_parts.told(text, False)), "good": False}
        return {"told": str(_admin_parts.told(told, True)), "good": True, **await self._tables(w)}

    async def explain(self, payload: Payload, request: gr.Request) -> Payload:
        w = words(language_of(payload))
        try:
            found = await self.merchandisers.explain(
                str(payload.get("text") or ""), str(payload.get("customer") or "").strip()
            )
        except Refused as refusal:
            return {"html": str(_admin_parts.told(str(refusal), False))}
        return {"html": str(_parts.explained(found, w))}

    async def _tables(self, w: Words) -> Payload:
        return {
            "rules": str(_parts.rules(await self.merchandisers.rules(), w)),
            "campaigns": str(_parts.campaigns(await self.merchandisers.campaigns(), w)),
        }
