"""What agents do to a conversation by their role, and what they learn of who is writing; each look is audited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.pages import Refused, StaffMember
from assistant.records.audit import Sought
from assistant.service.agents import RESTS, until
from assistant.service.services import Services

LENA = StaffMember("l", "lena", "Lena", "lead")


@pytest.fixture
async def services(shop: Shopclerk) -> AsyncIterator[Services]:
    async with shop.opened():
        yield Services.of(shop, Access.from_settings(shop.settings))


@pytest.fixture
def ann(services: Services) -> StaffMember:
    accounts = services.agents.records.accounts
    known = {account.name for account in accounts.list()}
    for name in {"Ann", "Bob"} - known:
        accounts.add(name, name, "agent", "x", "tests")
    account = accounts.named("ann")
    return StaffMember(account.id, account.login, account.name, account.role)


def handed_over(services: Services, said: str = "hello", customer_id: str | None = None) -> tuple[str, str]:
    records = services.agents.records
    conversation = records.conversations.start("en", customer_id).id
    records.conversations.say(conversation, "t1", said)
    return conversation, records.tickets.open(conversation, "asked", "", "en")[0].id


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\x00 \x00"])
async def test_nothing_is_neither_sent_nor_noted(services: Services, ann: StaffMember, text: str) -> None:
    conversation, ticket = handed_over(services)
    await services.agents.take(ticket, "Ann")
    for refused in (services.agents.send(ticket, "Ann", text), services.agents.note(ann, ticket, text)):
        with pytest.raises(Refused, match="empty"):
            await refused
    assert not services.agents.records.notes.of(conversation)


async def test_agents_settle_their_own_and_leads_anybodys(services: Services, ann: StaffMember) -> None:
    agents = services.agents
    _, ticket = handed_over(services)
    await agents.take(ticket, "Bob")
    for refused in (
        agents.release(ann, ticket), agents.assign(ann, ticket, "Ann"), agents.close(ticket, "Ann"),
        agents.hand_back(ticket, "Ann"), agents.send(ticket, "Ann", "hi"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            await refused
    await agents.assign(LENA, ticket, "Ann")
    with pytest.raises(Refused, match="no_account"):
        await agents.assign(LENA, ticket, "Nobody")
    await agents.send(ticket, "Ann", "Hello, Ann here.", "k1")
    await agents.release(LENA, ticket)
    listed = agents.records.inbox.get(ticket)
    assert listed and listed.state == "waiting"
    await agents.take(ticket, "Ann")
    await agents.close(ticket, "Ann", "solved")
    await agents.reopen(ann, ticket)
    await agents.hand_back(ticket, "Ann")
    listed = agents.records.inbox.get(ticket)
    assert listed and (listed.state, listed.close_reason) == ("closed", "handed_back")


async def test_an_opened_conversation_is_read_and_kept_in_the_audit(services: Services, ann: StaffMember) -> None:
    conversation, ticket = handed_over(services)
    talk = await services.agents.open(ann, ticket)
    assert talk.news.entries[0].text == "hello"
    assert services.agents.records.inbox.reads()[ann.id][conversation] == 1
    await services.agents.unread(ann, ticket)
    assert services.agents.records.inbox.reads()[ann.id][conversation] == 0
    await services.agents.past(ann, conversation)
    entries = services.agents.records.audit.page(Sought(text=conversation))
    assert [(entry.what, entry.name) for entry in entries] == [("past_conversation", "Ann"), ("conversation", "Ann")]
    for gone in (services.agents.open(ann, "T-none"), services.agents.past(ann, "none")):
        with pytest.raises(Refused):
            await gone


async def test_who_is_writing_is_told_with_their_orders_as_they_are(services: Services, ann: StaffMember) -> None:
    shop = services.customers.app.commerce.shop
    customer = next(c for c in shop.customers.list(200) if c.id.startswith("C-DEMO"))
    earlier, _ = handed_over(services, "where is my parcel", customer.id)
    conversation, ticket = handed_over(services, "I am really angry about this!", customer.id)
    services.agents.records.pages.put(conversation, title="Boots for rain", url="https://shop.example/boots")
    panel = await services.customers.of_ticket(ann, ticket, "zh")
    assert panel.page == "Boots for rain"
    assert (panel.name, panel.email, panel.mood) == (customer.name, customer.email, "angry")
    assert [card.id for card in panel.orders] == [order.id for order in shop.orders.of_customer(customer.id, limit=6)]
    assert [past.conversation_id for past in panel.past] == [earlier]
    assert panel.past[0].text == "where is my parcel" and panel.cart.lines == ()
    looked = services.agents.records.audit.page(Sought(what="customer"))[0]
    assert (looked.conversation_id, looked.customer_id) == (conversation, customer.id)
    _, of_visitor = handed_over(services)
    panel = await services.customers.of_ticket(ann, of_visitor, "en")
    assert (panel.name, panel.orders, panel.past) == (None, (), ())


async def test_without_a_model_translating_says_why(services: Services, ann: StaffMember) -> None:
    assert services.translation.why_not() == "off"
    with pytest.raises(Refused, match="translation_off"):
        await services.translation.translate(ann, "c", "hello", "zh")


async def test_only_leads_write_canned_replies(services: Services, ann: StaffMember) -> None:
    with pytest.raises(Refused, match="leads_only"):
        await services.canned.save(ann, "", "hi", "Hello {name}")
    await services.canned.save(LENA, "", "hi", "Hello {name}")
    (one,) = await services.canned.all()
    await services.canned.remove(LENA, one.id)
    with pytest.raises(Refused, match="canned_empty"):
        await services.canned.save(LENA, "", "", "")


def test_a_snooze_ends_by_the_agents_own_clock() -> None:
    now = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    in_berlin = {rest: until(rest, now, 60) for rest in RESTS}
    assert in_berlin == {
        "hour": now + timedelta(hours=1),
        "evening": datetime(2026, 3, 2, 17, tzinfo=UTC),
        "morning": datetime(2026, 3, 2, 8, tzinfo=UTC),
        "week": now + timedelta(days=7),
        "written": None,
    }
    assert until("evening", now, 8 * 60) == datetime(2026, 3, 2, 10, tzinfo=UTC), "there it is next morning already"
