"""What is looked for, seen wish by wish and edited by hand: the search follows, and nothing has to be understood."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.dialogue.need import Need
from assistant.dialogue.need_edits import wishes, without
from assistant.events import Event, NeedShown, ProductsShown
from assistant.pages import EditNeed, Message
from assistant.service.services import Services
from assistant.understanding.schema import Slots
from assistant.understanding.wishes import Wish
from retrieval.text.measures import Measure

FULL = Need(
    slots=Slots(
        type=["running_shoes"],
        colour=["red", "blue"],
        size=["42"],
        brand=["Fernway"],
        price_min=Decimal(20),
        price_max=Decimal(80),
        rating_min=4,
        measures=[Measure(dimension="weight", high=300)],
        attribute=["waterproof=yes"],
        exclude=["material=leather"],
    ),
    words="for trails",
    wishes=[Wish(say="light")],
    budget=Decimal(200),
)


def test_every_wish_can_be_taken_off_by_itself() -> None:
    held = [key for key, _, _ in wishes(FULL)]
    assert len(held) == len(set(held)) == 14
    for key in held:
        left = without(FULL, key)
        assert left is not None
        assert [other for other, _, _ in wishes(left)] == [other for other in held if other != key]
    assert without(FULL, "colour=green") is None
    assert without(FULL, "") is None


@pytest.fixture
async def services(own: Shopclerk) -> AsyncIterator[Services]:
    async with own.opened():
        yield Services.of(own, Access.from_settings(own.settings))


async def pressed(services: Services, chat: str, edit: EditNeed, number: int = 0) -> list[Event]:
    turn = f"turn-of-the-need-{number}"
    assert (await services.shoppers.send(chat, Message(turn, press=edit))).state == "running"
    while (running := services.shoppers.running(chat)) is not None and running.task is not None:
        await running.task
    return [event for entry in (await services.shoppers.news(chat, 0)).entries[-1:] for event in entry.events]


def one(events: list[Event], kind: type[Event]) -> Event:
    found = [event for event in events if isinstance(event, kind)]
    assert len(found) == 1, [event.type for event in events]
    return found[0]


async def test_a_wish_taken_off_widens_the_list_and_says_so(services: Services) -> None:
    chat = (await services.shoppers.start(None, "en")).id
    events = [event async for event in services.shoppers.turn(chat, "red running shoes under $80", None)]
    need, before = one(events, NeedShown), one(events, ProductsShown)
    assert isinstance(need, NeedShown) and isinstance(before, ProductsShown)
    assert [wish.text for wish in need.wishes] == ["Running shoes", "red", "under $80.00"]
    assert [sort.key for sort in need.sorts if sort.chosen] == ["best_match"]
    events = await pressed(services, chat, EditNeed("remove_wish", "colour=red"), 1)
    after, need = one(events, ProductsShown), one(events, NeedShown)
    assert isinstance(need, NeedShown) and isinstance(after, ProductsShown)
    assert after.total > before.total
    assert [wish.text for wish in need.wishes] == ["Running shoes", "under $80.00"]
    assert need.changed == f"{after.total} products now."
    said = (await services.shoppers.news(chat, 0)).entries[-2]
    assert (said.speaker, said.text) == ("shopper", "No longer: red")
    events = await pressed(services, chat, EditNeed("sort", "dearest"), 2)
    sorted_, need = one(events, ProductsShown), one(events, NeedShown)
    assert isinstance(need, NeedShown) and isinstance(sorted_, ProductsShown)
    prices = [card.price for card in sorted_.cards]
    assert prices == sorted(prices, reverse=True)
    assert [sort.key for sort in need.sorts if sort.chosen] == ["dearest"]


async def test_more_like_one_of_them_is_of_its_kind_and_not_itself(services: Services, own: Shopclerk) -> None:
    chat = (await services.shoppers.start(None, "zh")).id
    product = next(p for p in own.knowledge.search.catalogue.products if p.type == "mugs")
    events = await pressed(services, chat, EditNeed("alike", product_id=product.id))
    shown = one(events, ProductsShown)
    assert isinstance(shown, ProductsShown)
    alike = [own.knowledge.search.product(card.id) for card in shown.cards]
    assert {found.type for found in alike if found} == {"mugs"}
    assert product.id not in {card.id for card in shown.cards}
    said = (await services.shoppers.news(chat, 0)).entries[-2]
    assert product.name("zh") in said.text


async def test_the_last_wish_taken_off_leaves_suggestions(services: Services) -> None:
    chat = (await services.shoppers.start(None, "en")).id
    async for _ in services.shoppers.turn(chat, "mugs", None):
        pass
    events = await pressed(services, chat, EditNeed("remove_wish", "type=mugs"))
    assert not any(isinstance(event, NeedShown) for event in events)
    assert events[-1].type == "turn_done"


async def test_with_a_person_in_charge_the_assistant_stays_silent(services: Services, own: Shopclerk) -> None:
    chat = (await services.shoppers.start(None, "en")).id
    async for _ in services.shoppers.turn(chat, "mugs", None):
        pass
    tickets = own.commerce.records.tickets
    ticket, _ = tickets.open(chat, "asked", "", "en")
    assert tickets.take(ticket.id, "Priya") is not None
    receipt = await services.shoppers.send(chat, Message("turn-while-human", press=EditNeed("sort", "cheapest")))
    assert receipt.state == "human"
