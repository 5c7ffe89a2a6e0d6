"""Turns on the real application: answered once, detached from their readers, stopped, written anew, after a kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue import graph
from assistant.events import ApprovalNeeded, CartShown, Event, ProductsShown, TurnDone
from assistant.pages import AddToCart, Cancel, Confirm, Entry, Message, PageSeen, UnknownConversation
from assistant.records.turns import Asked, Turns
from assistant.service.services import Services
from assistant.shop.views import OrderStatus
from tests.assistant.records.test_turns import DEAD

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def services(shop: Shopclerk) -> AsyncIterator[Services]:
    async with shop.opened():
        services = Services.of(shop, Access.from_settings(shop.settings))
        yield services
        await services.shoppers.close()


async def settled(services: Services, chat: str, entries: int) -> tuple[Entry, ...]:
    """The conversation, once it has so many entries."""
    with services.shoppers.watch(chat) as watch:
        while len(found := (await services.shoppers.news(chat, 0)).entries) < entries:
            assert await watch.changed(30), found
    return found


async def chat_of(services: Services, customer: str | None = None) -> str:
    token = services.shoppers.access.sign_customer(customer) if customer else None
    return (await services.shoppers.start(token, "en")).id


async def test_a_message_sent_five_times_at_once_is_answered_once(services: Services) -> None:
    chat = await chat_of(services)
    message = Message("turn-0001", "kettles")
    receipts = await asyncio.gather(*(services.shoppers.send(chat, message) for _ in range(5)))
    assert {receipt.state for receipt in receipts} == {"running"}
    asked, reply = await settled(services, chat, 2)
    assert (asked.text, asked.turn_id, reply.turn_id) == ("kettles", "turn-0001", "turn-0001")
    await ended(services, chat, "turn-0001")
    assert (await services.shoppers.send(chat, message)).state == "done"
    again = [event async for event in services.shoppers.turn(chat, "kettles", None, "turn-0001")]
    assert again == list(reply.events), "the recorded reply"
    assert len((await services.shoppers.news(chat, 0)).entries) == 2


async def test_a_reader_that_goes_stops_nothing(services: Services) -> None:
    chat = await chat_of(services)
    events = services.shoppers.turn(chat, "kettles", None)
    await anext(events)
    await events.aclose()  # type: ignore[attr-defined]
    _, reply = await settled(services, chat, 2)
    assert isinstance(reply.events[-1], TurnDone)


async def test_messages_of_two_tabs_are_answered_one_after_the_other(services: Services) -> None:
    chat = await chat_of(services)
    await asyncio.gather(*(services.shoppers.send(chat, Message(f"turn-000{n}", "kettles")) for n in range(3)))
    entries = await settled(services, chat, 6)
    assert [entry.speaker for entry in entries] == ["shopper", "assistant"] * 3


async def test_what_a_killed_process_left_is_answered_once(services: Services, shop: Shopclerk) -> None:
    chat = await chat_of(services)
    dead = Turns(shop.commerce.database, process=DEAD)
    dead.begin(chat, Asked("turn-0001", "kettles"))
    await services.shoppers.answer_left(chat)
    await services.shoppers.answer_left(chat)
    asked, reply = await settled(services, chat, 2)
    assert asked.text == "kettles" and isinstance(reply.events[-1], TurnDone)
    dead.begin(chat, Asked("turn-0002", "tents"))
    assert (await services.shoppers.send(chat, Message("turn-0002", "tents"))).state == "running", (
        "sent again, it is joined"
    )
    assert len(await settled(services, chat, 4)) == 4


@pytest.mark.parametrize("lost", ["before it was worded", "before it was recorded"])
async def test_a_turn_that_died_after_its_deed_does_it_once(
    services: Services, shop: Shopclerk, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    chat = await chat_of(services, "C-DEMO2345")
    await settled_turn(services, chat, "show me mugs")
    await settled_turn(services, chat, "put the first one in my cart")
    cart = (await services.shoppers.conversations.memory(chat)).cart_id
    assert cart is not None
    first = [(line.variant_id, line.quantity) for line in shop.commerce.shop.carts.show(cart).lines]

    async def killed(*_: Any) -> AsyncIterator[Event]:
        running = services.shoppers.messages.running_turns.get(chat, "turn-dies")
        assert running is not None and running.task is not None
        running.task.cancel()
        await asyncio.Event().wait()
        for event in list[Event]():
            yield event

    def unrecorded(*_: Any) -> None:
        raise RuntimeError("killed")

    if lost == "before it was worded":
        monkeypatch.setattr(graph.steps, "word", killed)
    else:
        monkeypatch.setattr(Turns, "finish", unrecorded)
    message = Message("turn-dies", "put the second one in my cart too, and one more of the first")
    await services.shoppers.send(chat, message)
    await ended(services, chat, "turn-dies")
    changed = [(line.variant_id, line.quantity) for line in shop.commerce.shop.carts.show(cart).lines]
    assert sum(quantity for _, quantity in changed) > sum(quantity for _, quantity in first), "the deed was done"
    monkeypatch.undo()
    reply = [event async for event in services.shoppers.turn(chat, message.text, None, "turn-dies")]
    assert isinstance(reply[-1], TurnDone) and any(isinstance(event, CartShown) for event in reply)
    assert [(line.variant_id, line.quantity) for line in shop.commerce.shop.carts.show(cart).lines] == changed


async def settled_turn(services: Services, chat: str, text: str) -> None:
    assert [event async for event in services.shoppers.turn(chat, text, None)]


async def test_a_shop_that_stops_leaves_the_rest_for_after_the_next_start(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat, forever = await chat_of(services), asyncio.Event()

    async def slow(*_: Any) -> None:
        await forever.wait()

    monkeypatch.setattr(graph.steps, "understand", slow)
    await services.shoppers.send(chat, Message("turn-0001", "kettles"))
    await services.shoppers.messages.running_turns.close(0.05)
    assert [entry.speaker for entry in (await services.shoppers.news(chat, 0)).entries] == ["shopper"]
    monkeypatch.undo()
    await services.shoppers.answer_left(chat)
    assert isinstance((await settled(services, chat, 2))[1].events[-1], TurnDone)


async def test_a_stopped_turn_says_so_and_changes_nothing(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    chat, reading = await chat_of(services), asyncio.Event()
    before = await services.shoppers.conversations.memory(chat)

    async def slow(*_: Any) -> None:
        reading.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(graph.steps, "understand", slow)
    await services.shoppers.send(chat, Message("turn-0001", "kettles"))
    await asyncio.wait_for(reading.wait(), 10)
    assert await services.shoppers.stop(chat, "turn-0001")
    _, reply = await settled(services, chat, 2)
    assert [getattr(event, "code", "") for event in reply.events] == ["stopped"]
    assert not await services.shoppers.stop(chat, "turn-0001"), "there is nothing to stop any more"
    after = await services.shoppers.conversations.memory(chat)
    assert after.model_copy(update={"turns": before.turns}) == before


async def test_what_changes_something_is_not_stopped_half_way(services: Services, shop: Shopclerk) -> None:
    """Stopped while the order is being cancelled, it is cancelled, and said to be."""
    orders = shop.commerce.shop.orders
    order = next(
        order
        for customer in shop.commerce.shop.customers.list(400)
        for order in orders.of_customer(customer.id)
        if order.status is OrderStatus.PENDING
    )
    chat = await chat_of(services, order.customer_id)
    proposed = [
        event async for event in services.shoppers.turn(chat, f"cancel order {order.id}, I no longer need it", None)
    ]
    assert any(isinstance(event, ApprovalNeeded) for event in proposed), proposed
    await services.shoppers.send(chat, Message("turn-0002", press=Confirm()))
    running = services.shoppers.messages.running_turns.get(chat, "turn-0002")
    assert running is not None and running.turn is not None
    while running.turn.at not in ("act", "word") and not running.done:
        await asyncio.sleep(0)
    await services.shoppers.stop(chat, "turn-0002")
    reply = (await settled(services, chat, 4))[3]
    assert isinstance(reply.events[-1], TurnDone) and order.id in reply.events[-1].text
    found = orders.for_staff(order.id)
    assert found is not None and found.status is OrderStatus.CANCELLED


async def test_a_message_written_anew_is_as_if_the_first_had_not_been(services: Services) -> None:
    chat = await chat_of(services)
    await heard(services, chat, Message("turn-0001", "tents"))
    before = await services.shoppers.conversations.memory(chat)
    await heard(services, chat, Message("turn-0002", "red running shoes"))
    await heard(services, chat, Message("turn-0003", "kettles", replaces="turn-0002"))
    news = await services.shoppers.news(chat, 0)
    assert [entry.replaced for entry in news.entries] == [False, False, True, True, False, False]
    assert news.replaced == ("turn-0002",)
    memory = await services.shoppers.conversations.memory(chat)
    assert memory.turns == before.turns + 1
    assert memory.need is not None and memory.need.slots.colour == []
    await heard(services, chat, Message("turn-0004", "lamps", replaces="turn-0001"))
    assert (await services.shoppers.news(chat, 0)).replaced == ("turn-0002",), "only the last can be"


async def test_what_went_to_a_person_is_not_written_anew(services: Services, shop: Shopclerk) -> None:
    chat = await chat_of(services)
    ticket, _ = shop.commerce.records.tickets.open(chat, "asked", "", "en")
    shop.commerce.records.tickets.take(ticket.id, "Maya")
    await services.shoppers.send(chat, Message("turn-0001", "hello Maya"))
    await ended(services, chat, "turn-0001")
    shop.commerce.records.tickets.hand_back(ticket.id, "Maya")
    await heard(services, chat, Message("turn-0002", "tents", replaces="turn-0001"))
    assert not shop.commerce.records.turns.replaced(chat), "it is a message of its own"


async def test_what_is_in_the_cart_stays_when_a_message_is_written_anew(services: Services) -> None:
    chat = await chat_of(services)
    shown = next(
        e for e in await heard(services, chat, Message("turn-0001", "kettles")) if isinstance(e, ProductsShown)
    )
    async for _ in services.shoppers.press(chat, AddToCart(shown.cards[0].id, shown.cards[0].variant_id)):
        pass
    await heard(services, chat, Message("turn-0002", "tents", replaces="turn-0001"))
    assert len((await services.shopping.cart(chat)).lines) == 1


async def test_this_one_is_the_product_of_the_page(services: Services, shop: Shopclerk) -> None:
    product = next(
        product for product in shop.knowledge.search.index.catalogue.products if "waterproof" in product.attributes
    )
    chat = await chat_of(services)
    await services.shoppers.see(chat, PageSeen(product=product.variants[0].id, url="https://shop.example/p"))
    page = shop.commerce.records.pages.of(chat)
    assert page is not None and page.product_id == product.id
    done = (await heard(services, chat, Message("turn-0001", "is this waterproof?")))[-1]
    assert isinstance(done, TurnDone)
    assert done.intent == "product_question" and product.title["en"] in done.text
    await services.shoppers.see(chat, PageSeen(product="no such thing", query="boots"))
    page = shop.commerce.records.pages.of(chat)
    assert page is not None and (page.product_id, page.query) == (None, "boots")


async def test_a_conversation_is_its_customers_alone(services: Services) -> None:
    sign = services.shoppers.access.sign_customer
    chat, anonymous = await chat_of(services, "C-DEMO6789"), await chat_of(services)
    assert (await services.shoppers.resume(chat, sign("C-DEMO6789"))).id == chat
    assert (await services.shoppers.resume(chat)).id == chat
    assert (await services.shoppers.resume(chat, "a token that is too old")).id == chat
    for other in (sign("C-HRF34KHX"), ""):
        with pytest.raises(UnknownConversation):
            await services.shoppers.resume(chat, other)
    with pytest.raises(UnknownConversation):
        await services.shoppers.resume(anonymous, sign("C-HRF34KHX"))


async def test_a_button_of_a_proposal_pressed_twice_is_pressed_once(services: Services) -> None:
    chat = await chat_of(services)
    refused = await services.shoppers.send(chat, Message("turn-0001", press=Cancel()))
    assert refused.state == "refused" and refused.notice is not None and refused.notice.code == "nothing_pending"
    assert (await services.shoppers.news(chat, 0)).entries == ()


async def heard(services: Services, chat: str, message: Message) -> list[Event]:
    await services.shoppers.send(chat, message)
    await ended(services, chat, message.turn_id)
    return services.shoppers.app.commerce.records.turns.reply(chat, message.turn_id)


async def ended(services: Services, chat: str, turn_id: str) -> None:
    running = services.shoppers.messages.running_turns.get(chat, turn_id)
    if running is not None and running.task is not None:
        await asyncio.wait({running.task})
