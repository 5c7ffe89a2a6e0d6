"""The shopper's side of a person: the strip above the message box, and what its buttons do."""

from __future__ import annotations

from typing import Any

from assistant.pages import UnknownConversation
from assistant.records.contacts import NoAddress
from assistant.records.ratings import SCORES
from assistant.service.person import ConsentMissing, PersonService, Standing
from ui import render
from ui.live import NotSent, Payload, whole
from ui.texts import Words, words

_parts: Any = render.ENVIRONMENT.get_template("person.html").module


def strip(standing: Standing, w: Words) -> str:
    """Empty where there is no person to speak of."""
    return str(_parts.strip(standing, SCORES, w)) if standing.state != "assistant" else ""


class PersonPage:
    """The calls behind the strip; no state of its own."""

    def __init__(self, service: PersonService) -> None:
        self.service = service

    async def state(self, conversation_id: str, w: Words) -> Payload:
        """For the page's stream."""
        standing = await self.service.standing(conversation_id)
        return {"person": {"html": strip(standing, w), "state": standing.state, "ticket": standing.ticket_id}}

    async def person(self, payload: Payload, request: Any) -> Payload:
        """Does what ``payload["do"]`` says; what cannot be done comes back as a problem in words."""
        w = words(str(payload.get("language")))
        chat = str(payload.get("conversation"))
        try:
            return await self._done(chat, payload) or (await self.state(chat, w))
        except UnknownConversation:
            return {"lost": True}
        except NoAddress:
            return {"problem": w("person.email_bad")}
        except ConsentMissing:
            return {"problem": w("person.email_no_consent")}

    async def _done(self, chat: str, payload: Payload) -> Payload | None:
        text = str(payload.get("text") or "")
        match payload.get("do"):
            case "typing" | "seen" as what:
                tell = self.service.typing if what == "typing" else self.service.seen
                if chat and await self.service.known(chat):
                    tell(chat, str(payload.get("tab"))[:64], payload.get("on") is True)
                return {what: True}
            case "return":
                return {"conversation": self.service.returning(text)}
            case "email":
                await self.service.leave_email(chat, text, payload.get("consent") is True)
            case "no_email":
                await self.service.take_back_email(chat)
            case "again":
                await self.service.ask_again(chat)
            case "end":
                await self.service.end(chat)
            case "rate":
                score = whole(payload, "score", 0)
                if score not in SCORES:
                    raise NotSent("no such score")
                await self.service.rate(chat, score, text)
            case _:
                raise NotSent("unknown button")
        return None
