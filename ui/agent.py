"""The agents' desk: one page of four parts, the list, the conversation, who is writing, and suggested replies."""

from __future__ import annotations

from typing import Any

from assistant.languages import LANGUAGES, Language
from assistant.pages import Refused, StaffMember
from assistant.service.agents import CLOSE_REASONS
from assistant.service.services import Services
from ui import login, render
from ui.conversation import ConversationPart
from ui.desk_stream import DeskStream
from ui.inbox import InboxPart
from ui.live import Payload, whole
from ui.page import Call, Document
from ui.shopper import language_of
from ui.suggestions import SuggestionsPart
from ui.texts import Words, words

_about: Any = render.ENVIRONMENT.get_template("customer_parts.html").module
_canned: Any = render.ENVIRONMENT.get_template("canned_parts.html").module
SECTIONS = ("agent", "inbox", "suggest")


def browser_words(w: Words) -> dict[str, str]:
    texts = {f"{name}.{key}": text for name in SECTIONS for key, text in w.section(name).items()}
    return {**texts, "team.title": w("team.title"), "language": w.language}


class AgentPage:
    """The calls behind the page; what changes meanwhile comes by its stream."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.drafts = SuggestionsPart(services.suggestions, self.name)
        self.listing = InboxPart(services.inbox)
        self.conversation = ConversationPart(services.agents, services.suggestions, services.translation)
        self.stream = DeskStream(
            services.staff,
            services.agents,
            services.inbox,
            services.presence,
            services.agents.records.changes,
            self.listing,
            self.conversation,
        )

    async def who(self, request: Any) -> StaffMember:
        """Raises ``Refused`` for a browser that is signed in no more."""
        found = await login.member(self.services.staff, "agent", request)
        if found is None:
            raise Refused(key="signed_out")
        return found

    async def name(self, request: Any) -> str:
        return (await self.who(request)).name

    async def hello(self, payload: Payload, request: Any) -> Payload:
        who, w = await self.who(request), words(language_of(payload))
        return {"words": browser_words(w), "me": who.name, "role": who.role, **await self._replies(who, w)}

    async def _replies(self, who: StaffMember, w: Words) -> Payload:
        canned = await self.services.canned.all()
        return {
            "canned": [{"name": one.name, "text": one.text} for one in canned],
            "canned_list": str(_canned.manage(canned, w)) if who.leads else "",
        }

    async def open(self, payload: Payload, request: Any) -> Payload:
        """The whole of a conversation, and who is writing."""
        who, w = await self.who(request), words(language_of(payload))
        try:
            talk = await self.services.agents.open(who, str(payload["ticket"]))
            about = await self._panel(who, talk.listed.ticket_id, w, look=True)
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}
        news = await self.conversation.news(talk, who, 0, w)
        tab = self.stream.tab(who, payload)
        if tab is not None:
            self.stream.turn_to(tab, talk, news)
        return {**news, **about, "held": tab is not None}

    async def _panel(self, who: StaffMember, ticket: str, w: Words, *, look: bool) -> Payload:
        customer = await self.services.customers.of_ticket(who, ticket, w.language, look=look)
        why_not = self.services.translation.why_not()
        return {
            "customer": str(_about.panel(customer, why_not, w)),
            "facts": {
                "name": (customer.name or "").split(" ")[0],
                "order": customer.orders[0].id if customer.orders else "",
            },
            "translates": why_not == "",
        }

    async def about(self, payload: Payload, request: Any) -> Payload:
        """The panel again, as it is now."""
        who, w = await self.who(request), words(language_of(payload))
        try:
            return await self._panel(who, str(payload["ticket"]), w, look=False)
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}

    async def look(self, payload: Payload, request: Any) -> Payload:
        """What the tab shows has changed; ``held`` False: its stream is not here, it must open one anew."""
        tab = self.stream.tab(await self.who(request), payload)
        if tab is not None:
            self.stream.look(tab, payload)
        return {"held": tab is not None}

    async def typing(self, payload: Payload, request: Any) -> Payload:
        tab = self.stream.tab(await self.who(request), payload)
        if tab is not None:
            self.stream.typing(tab, payload.get("typing") is True)
        return {}

    async def act(self, payload: Payload, request: Any) -> Payload:
        """Take, send, close and the like; a refusal comes back in words."""
        w = words(language_of(payload))
        try:
            who = await self.who(request)
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w), "why": refusal.key}
        return await self.conversation.act(who, payload, w)

    async def find(self, payload: Payload, request: Any) -> Payload:
        """Over all conversations, by anything said, a name, an e-mail address or an id."""
        w = words(language_of(payload))
        return {"html": await self.listing.search(await self.who(request), str(payload.get("words") or ""), w)}

    async def past(self, payload: Payload, request: Any) -> Payload:
        w = words(language_of(payload))
        try:
            return {"html": await self.conversation.past(await self.who(request), str(payload["conversation"]), w)}
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}

    async def translate(self, payload: Payload, request: Any) -> Payload:
        """A message of the conversation in the agent's language, or the agent's ``text`` in the shopper's."""
        who, w, ticket = await self.who(request), words(language_of(payload)), str(payload["ticket"])
        try:
            if payload.get("cursor"):
                return {"html": await self.conversation.translated(who, ticket, whole(payload, "cursor"), w)}
            talk = await self.services.agents.talk(ticket, 2**53)
            listed, text = talk.listed, str(payload.get("text") or "")
            translate = self.services.translation.translate
            return {"text": await translate(who, listed.conversation_id, text, listed.language)}
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}

    async def canned(self, payload: Payload, request: Any) -> Payload:
        """A lead saves or removes a canned reply; the list comes back."""
        who, w = await self.who(request), words(language_of(payload))
        try:
            if payload.get("do") == "remove":
                await self.services.canned.remove(who, str(payload["id"]))
            elif payload.get("do") == "save":
                await self.services.canned.save(
                    who, str(payload.get("id") or ""), str(payload.get("name") or ""), str(payload.get("text") or "")
                )
        except Refused as refusal:
            return {"refused": render.refusal(refusal, w)}
        return await self._replies(who, w)


SCRIPTS = (
    "csrf.js", "desk_stream.js", "inbox.js", "conversation.js", "desk_keys.js", "agent.js", "suggestions.js",
)  # fmt: skip
STYLES = ("base.css", "blocks.css", "shopper.css", "console.css", "suggestions.css", "desk.css")


def document(shop_name: str) -> Document:
    def skeleton(language: Language) -> str:
        w = words(language)
        return render.page(
            "agent.html", w=w, shop=shop_name, languages=LANGUAGES, section="agent", path="/agent",
            reasons=CLOSE_REASONS,
        )  # fmt: skip

    def settings(language: Language) -> Payload:
        return {"words": browser_words(words(language))}

    return Document(f"{words('en')('agent.title')} · {shop_name}", skeleton, settings, SCRIPTS, STYLES)


def calls(page: AgentPage) -> tuple[Call, ...]:
    return (
        page.hello, page.open, page.about, page.look, page.typing, page.act, page.find, page.past, page.translate,
        page.canned, *page.drafts.calls,
    )  # fmt: skip
