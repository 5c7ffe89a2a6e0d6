"""Where a shopper stands with the person they asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.events import AgentLeft, Event, HandedOff, Notice, TurnDone
from assistant.pages import UnknownConversation
from assistant.records.changes import QUEUE
from assistant.records.contacts import NoAddress
from assistant.service.person import CLOSED_SHOWN, ConsentMissing, PersonService
from assistant.service.services import Services
from assistant.shop.hours import Hours
from assistant.shop.views import TicketView

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)  # a Monday


class Chat:
    """A conversation at the real shop."""

    def __init__(self, shop: Shopclerk, services: Services, id_: str) -> None:
        self.shop, self.services, self.id, self.person = shop, services, id_, services.person
        self.tickets = shop.commerce.records.tickets

    async def say(self, text: str) -> list[Event]:
        return [event async for event in self.services.shoppers.turn(self.id, text, None)]

    async def ticket(self) -> TicketView:
        await self.say("I want to talk to a person")
        ticket = self.tickets.of_conversation(self.id)
        assert ticket is not None
        return ticket


@pytest.fixture
async def services(own: Shopclerk) -> AsyncIterator[Services]:
    async with own.opened():
        yield Services.of(own, Access.from_settings(own.settings))


@pytest.fixture
async def chat(own: Shopclerk, services: Services) -> Chat:
    return Chat(own, services, (await services.shoppers.start(None, "en")).id)


def at(person: PersonService, moment: datetime, hours: str = "") -> None:
    person._clock = lambda: moment
    object.__setattr__(person.app.commerce, "hours", Hours.read(hours, "Europe/Berlin"))


async def test_a_place_in_the_queue_that_moves_live(own: Shopclerk, services: Services, chat: Chat) -> None:
    others = [own.commerce.records.conversations.start("en").id for _ in range(2)]
    tickets = [chat.tickets.open(id_, "asked", "", "en")[0] for id_ in others]
    assert (await chat.person.standing(chat.id)).state == "assistant"
    await chat.ticket()
    services.presence.here(QUEUE, "agent", "maya", "Maya")
    standing = await chat.person.standing(chat.id)
    assert (standing.state, standing.ahead, standing.staffed) == ("waiting", 2, True)
    following = asyncio.create_task(chat.person.follow_queue())
    with own.commerce.records.changes.watch(chat.id) as watch:
        await watch.changed(1)
        chat.tickets.take(tickets[0].id, "Maya")
        assert await watch.changed(2), "they are told that their place has changed"
    assert (await chat.person.standing(chat.id)).ahead == 1
    following.cancel()


async def test_who_takes_leave_of_the_assistant_may_say_how_it_was(services: Services, own: Shopclerk) -> None:
    for language, farewell in (("en", "thanks, that's all"), ("zh", "谢谢，再见"), ("de", "Vielen Dank, tschüss")):
        chat = Chat(own, services, (await services.shoppers.start(None, language)).id)
        await chat.say("How do returns work?")
        assert (await chat.person.standing(chat.id)).state == "assistant"
        await chat.say(farewell)
        standing = await chat.person.standing(chat.id)
        assert standing.state == "over" and standing.rating is None, language
    await chat.person.rate(chat.id, 5, "quick")
    rating = (await chat.person.standing(chat.id)).rating
    assert rating is not None and (rating.score, rating.agent, rating.ticket_id) == (5, "", "")
    await chat.say("Thanks! And what does delivery cost?")
    assert (await chat.person.standing(chat.id)).state == "assistant"


async def test_the_conversation_with_the_assistant_can_be_ended(own: Shopclerk, chat: Chat) -> None:
    await chat.person.end(chat.id)
    assert not own.commerce.records.conversations.latest(chat.id), "nothing was said that could end"
    await chat.say("How do returns work?")
    for _ in range(2):
        await chat.person.end(chat.id)
    events = [message.event for message in own.commerce.records.conversations.latest(chat.id)]
    assert [event for event in events if isinstance(event, AgentLeft)] == [AgentLeft(agent="", reason="finished")]
    assert (await chat.person.standing(chat.id)).state == "over"
    await chat.say("red shoes")
    ticket = await chat.ticket()
    await chat.person.end(chat.id)
    assert (await chat.person.standing(chat.id)).state == "assistant", "the queue is left, the talk goes on"
    await chat.person.end(chat.id)
    ticket = await chat.ticket()
    chat.tickets.take(ticket.id, "Maya")
    await chat.person.end(chat.id)
    assert (await chat.person.standing(chat.id)).state == "closed"


async def test_honest_hours(services: Services, chat: Chat) -> None:
    await chat.ticket()
    at(chat.person, NOON)
    nobody = await chat.person.standing(chat.id)
    assert not nobody.staffed and nobody.back_at is None, "it is time, but nobody is signed in"
    services.presence.here(QUEUE, "agent", "maya", "Maya")
    assert (await chat.person.standing(chat.id)).staffed
    at(chat.person, NOON, "Tu-Fr 09:00-17:00")
    closed = await chat.person.standing(chat.id)
    assert not closed.staffed and closed.back_at == datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Berlin"))


async def test_the_assistant_is_silent_while_a_person_has_it_and_back_afterwards(chat: Chat) -> None:
    ticket = await chat.ticket()
    assert any(isinstance(event, TurnDone) for event in await chat.say("hello?")), "it helps those who wait"
    chat.tickets.take(ticket.id, "Maya")
    standing = await chat.person.standing(chat.id)
    assert (standing.state, standing.agent) == ("person", "Maya")
    assert [type(event) for event in await chat.say("hello Maya")] in ([], [Notice])
    chat.services.presence.here(chat.id, "agent", "maya", "Maya", typing=True)
    assert (await chat.person.standing(chat.id)).typing
    chat.tickets.hand_back(ticket.id, "Maya")
    assert (await chat.person.standing(chat.id)).state == "assistant"
    assert any(isinstance(event, TurnDone) for event in await chat.say("how do returns work?"))


async def test_closed_says_so_can_be_rated_and_asked_again(chat: Chat) -> None:
    ticket = await chat.ticket()
    chat.tickets.take(ticket.id, "Maya")
    chat.tickets.close(ticket.id, "Maya")
    standing = await chat.person.standing(chat.id)
    assert (standing.state, standing.agent, standing.fresh, standing.rating) == ("closed", "Maya", True, None)
    await chat.person.rate(chat.id, 3, "ok")
    await chat.person.rate(chat.id, 5, "better than I thought")
    rating = (await chat.person.standing(chat.id)).rating
    assert rating is not None and (rating.agent, rating.score, rating.ticket_id) == ("Maya", 5, ticket.id)
    with pytest.raises(ValueError, match="rating"):
        await chat.person.rate(chat.id, 7)
    await chat.say("how do returns work?")
    assert not (await chat.person.standing(chat.id)).fresh, "the assistant has gone on"
    await chat.person.ask_again(chat.id)
    await chat.person.ask_again(chat.id)
    again = await chat.person.standing(chat.id)
    assert again.state == "waiting" and again.ticket_id != ticket.id
    entries = (await chat.services.shoppers.news(chat.id, 0)).entries
    assert isinstance(entries[-1].events[-1], HandedOff) and "queue" not in str(await chat.say("hi"))
    at(chat.person, datetime.now(UTC) + CLOSED_SHOWN + timedelta(minutes=1))
    await chat.person.end(chat.id)
    assert (await chat.person.standing(chat.id)).state == "assistant"


async def test_the_shopper_may_end_it(chat: Chat) -> None:
    await chat.ticket()
    await chat.person.end(chat.id)
    assert (await chat.person.standing(chat.id)).state == "assistant", "they only left the queue"
    ticket = await chat.ticket()
    chat.tickets.take(ticket.id, "Maya")
    await chat.person.end(chat.id)
    standing = await chat.person.standing(chat.id)
    assert standing.state == "closed" and standing.ended_by_shopper
    await chat.person.end(chat.id)


async def test_an_address_is_kept_with_consent_only_and_goes_with_forget_me(own: Shopclerk, chat: Chat) -> None:
    await chat.ticket()
    with pytest.raises(ConsentMissing):
        await chat.person.leave_email(chat.id, "ann@example.com", False)
    with pytest.raises(NoAddress):
        await chat.person.leave_email(chat.id, "ann", True)
    await chat.person.leave_email(chat.id, "ann@example.com", True)
    assert (await chat.person.standing(chat.id)).email == "a…@example.com"
    assert "ann@example.com" in str(await chat.services.profiles.export_profile(chat.id))
    await chat.services.profiles.forget(chat.id)
    assert own.commerce.records.contacts.of(chat.id) is None
    await chat.person.leave_email(chat.id, "ann@example.com", True)
    await chat.person.take_back_email(chat.id)
    assert (await chat.person.standing(chat.id)).email == ""
    with pytest.raises(UnknownConversation):
        await chat.person.leave_email("nobody's", "ann@example.com", True)


async def test_the_link_of_a_mail_leads_back_for_a_while(chat: Chat, own: Shopclerk) -> None:
    now = 1_000_000.0
    from assistant.access import RETURN_LIFETIME_S, credentials

    access = Access(credentials(own.settings), clock=lambda: now)
    token = access.sign_return(chat.id)
    assert access.read_return(token) == chat.id and access.read_return(token + "x") is None
    assert access.read_return(access.sign_customer(chat.id)) is None, "another kind of token is none"
    now += RETURN_LIFETIME_S + 5
    assert access.read_return(token) is None


async def test_who_has_the_page_in_the_background_is_not_there(chat: Chat) -> None:
    def there() -> bool:
        return bool(chat.services.presence.of(chat.id))

    chat.person.here(chat.id)
    assert there(), "a page that says nothing counts"
    chat.person.seen(chat.id, "tab-1", True)
    chat.person.seen(chat.id, "tab-2", False)
    chat.person.here(chat.id)
    assert there()
    chat.person.seen(chat.id, "tab-1", False)
    chat.person.here(chat.id)
    assert not there()
    chat.person.typing(chat.id, "tab-2", True)
    assert there() and chat.services.presence.typing(chat.id, "shopper")
