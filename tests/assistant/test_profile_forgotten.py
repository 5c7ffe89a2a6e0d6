"""Switched off, forgotten, anonymous: the same bytes. And after "forget me", nothing is left in the state directory.

Compared is everything of a turn that stems from retrieval and ranking, as it is sent: the cards with their order,
reasons and prices, the text, its pieces and the suggestions. Ids of the conversation and of the turn, and times of
steps, are not: they differ between any two turns.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from assistant.access import Access
from assistant.bootstrap import Shopclerk, build
from assistant.dialogue.turn import Turn
from assistant.events import ApprovalNeeded, Event, TurnDone, event_adapter
from assistant.merchandising.campaigns import Campaign
from assistant.notify.outbox import Kind
from assistant.pages import Cancel, Confirm, Thumbs
from assistant.profile.erasers import Subject
from assistant.profile.owner import Owner
from assistant.seal import shop_seal
from assistant.service.services import Services
from assistant.setup.demo import load_demo
from assistant.shop.tables import LoadRow
from retrieval.ranking import exploration, ranker
from retrieval.ranking.person import STRANGER, Preference
from retrieval.search.query import Query
from tests import app
from tests.assistant.test_dialogue import Talk, talking

SEARCHES = ("sweaters", "red running shoes", "something for the kitchen under $60")
MESSAGES = {
    "en": (*SEARCHES, "What would you recommend?", "recommend me a backpack"),
    "zh": ("毛衣", "红色跑鞋", "60美元以内的水壶", "有什么推荐？"),
}
_OWN = {"conversation_id", "turn_id", "steps_ms"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Shopclerk]:
    """One of its own: what is forgotten here, other tests may need."""
    state_dir = tmp_path_factory.mktemp("forgetful")
    with app.vectors(state_dir):
        shop = build(app.test_settings(state_dir))
    for query in (*SEARCHES, "毛衣", "跑鞋", "kettles"):
        # Whoever is asked, the same places are sold: the second hit's is, wherever it stands.
        hit = shop.knowledge.search.search(Query(query, limit=2)).hits[-1]
        shop.commerce.merchandising.campaigns.add(Campaign(query, hit.product.id, Decimal("0.50"), Decimal(50)))
    yield shop
    shop.commerce.database.close()


def customers(shop: Shopclerk, least: int = 30) -> list[str]:
    """With a history, and no demo's main part."""
    known = (each.id for each in shop.commerce.shop.customers.list(400) if not each.id.startswith("C-DEMO"))
    return [each for each in known if shop.commerce.profiles.behaviours.count(each, ()) >= least]


def sent(talk: Talk, text: str, turn_id: str = "the same turn") -> tuple[bytes, ...]:
    """What the turn sends, as JSON bytes, without the ids and times that no two turns share."""
    turn = Turn(talk.id, turn_id, text=text)
    events: list[Event] = talk._loop.run_until_complete(talk._session.say(turn))
    assert isinstance(events[-1], TurnDone)
    return tuple(event_adapter.dump_json(event, exclude=_OWN) for event in events)  # type: ignore[arg-type]


def answers(shop: Shopclerk, customer: str | None, language: str) -> list[tuple[bytes, ...]]:
    """Each message in a conversation of its own, then all of them in one."""
    found = []
    for message in MESSAGES[language]:
        with talking(shop, customer) as talk:
            found.append(sent(talk, message))
    with talking(shop, customer) as talk:
        # Twice again each, so that sponsored places run out.
        found += [sent(talk, said, f"turn {at}") for at, said in enumerate(3 * MESSAGES[language])]
    return found


def test_off_forgotten_and_anonymous_are_the_same_bytes(shop: Shopclerk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With sponsored places, of which a conversation shows a campaign's three times at most, and with a new product
    winning every lot; lists are logged all the while."""
    monkeypatch.setattr(ranker, "lot", lambda *asked: 0.5 + exploration.lot(*asked) / 2)
    off, forgotten, known = customers(shop)[:3]
    for customer in (off, forgotten, known):
        owner = Owner(customer, "earlier")
        shop.commerce.profiles.preferences.state(
            owner, [Preference("vegan", "yes"), Preference("colour", "green")], "panel"
        )
    shop.commerce.profiles.consent.switch(Owner(off, "earlier"), False)
    shop.commerce.profiles.forget(Owner(forgotten, "earlier"))
    for language in MESSAGES:
        anonymous = answers(shop, None, language)
        events = b"".join(event for turn in anonymous for event in turn)
        assert b'"sponsored":true' in events and b'"new_here"' in events, "there is something to be told apart by"
        assert answers(shop, off, language) == anonymous
        assert answers(shop, forgotten, language) == anonymous
        assert answers(shop, known, language) != anonymous, "with a history that is used, something differs"


def test_switched_off_in_the_chat_is_off_from_the_next_turn_on(shop: Shopclerk) -> None:
    who = customers(shop)[3]
    with talking(shop) as stranger, talking(shop, who) as talk:
        before, anonymous = sent(talk, "What would you recommend?"), sent(stranger, "What would you recommend?")
        assert before != anonymous
        for each in (talk, stranger):
            each.say("stop personalising")
        assert sent(talk, "What would you recommend?") == sent(stranger, "What would you recommend?")


def test_a_visitors_clicks_count_in_their_conversation_until_they_forget_them(shop: Shopclerk) -> None:
    with talking(shop) as stranger, talking(shop) as talk:
        owner = Owner(None, talk.id)
        for card in stranger.say("boots").products[:4]:
            shop.commerce.profiles.record(owner, card.id, "click")
        assert sent(talk, "What would you recommend?") != sent(stranger, "What would you recommend?")
        assert talk.say("forget me").text and talk.say("yes").intent == "confirm"
        assert shop.commerce.profiles.person(owner) is STRANGER
        with talking(shop) as newcomer:
            assert sent(talk, "What would you recommend?") == sent(newcomer, "What would you recommend?")


def test_forgetting_in_the_chat_takes_a_plain_yes(shop: Shopclerk) -> None:
    who = customers(shop)[4]
    held = shop.commerce.profiles.behaviours.count(who, ())
    with talking(shop, who) as talk:
        for answer in ("no", "boots", "maybe"):
            assert "approval_needed" in [event.type for event in (talk.say("forget me"), *talk.events)]
            talk.say(answer)
            assert shop.commerce.profiles.behaviours.count(who, ()) == held, answer
        assert talk.say("yes").text and shop.commerce.profiles.behaviours.count(who, ()) == held, (
            "nothing was asked any more"
        )
        talk.say("忘掉我")
        assert "已忘记" in talk.say("是的").text
        assert shop.commerce.profiles.behaviours.count(who, ()) == 0
        assert talk.memory().shown == [] and talk.memory().customer_id == who


def test_forgetting_is_confirmed_by_the_button_too(shop: Shopclerk) -> None:
    who = customers(shop)[7]

    async def visit() -> list[int]:
        async with shop.opened():
            services = Services.of(shop, Access.from_settings(shop.settings))
            chat = await services.shoppers.start(Access.from_settings(shop.settings).sign_customer(who), "en")
            counts = []
            for press in (Confirm(), Cancel(), Confirm()):
                if counts:  # the first is pressed before anything was asked
                    asked = [event async for event in services.shoppers.turn(chat.id, "forget me", None)]
                    assert any(isinstance(event, ApprovalNeeded) for event in asked)
                async for _ in services.shoppers.press(chat.id, press):
                    pass
                counts.append(shop.commerce.profiles.behaviours.count(who, ()))
            return counts

    held = shop.commerce.profiles.behaviours.count(who, ())
    assert asyncio.run(visit()) == [held, held, 0]


def test_mentions_clicks_thumbs_and_shares_are_recorded(shop: Shopclerk) -> None:
    async def visit() -> list[tuple[str, str]]:
        async with shop.opened():
            services = Services.of(shop, Access.from_settings(shop.settings))
            chat = await services.shoppers.start(None, "en")
            done = [event async for event in services.shoppers.turn(chat.id, "kettles", None)][-1]
            assert isinstance(done, TurnDone)
            first, second = (card.id for card in done.products[:2])
            async for _ in services.shoppers.turn(chat.id, "is the second one electric?", None):
                pass
            await services.shopping.product(chat.id, first)
            assert (await services.profiles.share(chat.id, first)).endswith(f"/chat/#product={first}")
            for verdict in ("up", "down"):
                async for _ in services.shoppers.press(chat.id, Thumbs(done.turn_id, verdict)):
                    pass
            kept = [(event.kind, event.product_id) for event in shop.commerce.profiles.behaviours.of_session(chat.id)]
            assert {("mention", second), ("click", first), ("share", first)} <= set(kept)
            downs = {product for kind, product in kept if kind == "thumb_down"}
            assert downs == {card.id for card in done.products} and "thumb_up" not in dict(kept)
            async for _ in services.shoppers.press(chat.id, Thumbs(done.turn_id, None)):
                pass
            return [(event.kind, event.product_id) for event in shop.commerce.profiles.behaviours.of_session(chat.id)]

    assert not [kind for kind, _ in asyncio.run(visit()) if kind.startswith("thumb")], "a lifted thumb is none"


def test_the_demo_files_do_not_bring_back_what_was_forgotten(shop: Shopclerk) -> None:
    who = customers(shop)[5]
    shop.commerce.profiles.forget(Owner(who, ""))
    assert shop.commerce.online.versions.outdated() == {"ranker-shipped"}, "to be replaced by the next retraining"
    with shop.commerce.database.write() as session:
        session.execute(delete(LoadRow).where(LoadRow.name == "demo"))
    assert load_demo(shop.commerce.database, shop.settings.shop_data, shop.knowledge.search.catalogue.products)
    assert shop.commerce.profiles.behaviours.count(who, ()) == 0
    assert shop.commerce.shop.orders.of_customer(who) is not None and shop.commerce.profiles.everybody()


def files_with(folder: Path, marker: bytes) -> set[str]:
    return {
        str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() and marker in file.read_bytes()
    }


def sealed_with(shop: Shopclerk, marker: str, blobs: Iterable[bytes]) -> list[bytes]:
    """Those of the sealed memories that hold the marker."""
    seal = shop_seal(shop.settings)
    return [blob for blob in map(bytes, blobs) if marker.encode() in seal.decrypt("fernet", blob)]


def test_nothing_is_left_in_the_state_directory(shop: Shopclerk) -> None:
    who, marker = customers(shop)[6], "zebraquux"
    folder = shop.settings.state_dir
    learned = shop.deps.ranker._learned()

    async def visit() -> tuple[dict[str, int], list[bytes]]:
        async with shop.opened() as dialogue:
            services = Services.of(shop, Access.from_settings(shop.settings))
            token = Access.from_settings(shop.settings).sign_customer(who)
            first, second = await services.shoppers.start(token, "en"), await services.shoppers.start(token, "en")
            for chat in (first, second):
                for message in ("kettles", f"{marker} kettles"):
                    async for _ in services.shoppers.turn(chat.id, message, None):
                        pass
                shop.commerce.profiles.preferences.state(Owner(who, chat.id), [Preference("brand", marker)], "chat")
            memory = await dialogue.memory(second.id)
            assert memory is not None and memory.need is not None and marker in memory.need.words
            commerce, reached = shop.commerce, f"{marker}@example.com"
            kettle = shop.knowledge.search.catalogue.products[0].id
            assert commerce.wishes.add(Owner(who, second.id), "price_drop", kettle, email=reached)
            commerce.records.contacts.leave(second.id, reached, "en")
            commerce.records.ratings.give(second.id, "T-1", "Ana", 4, marker)
            commerce.notifications.outbox.put(marker, Kind.ANSWERED, ("email",), {"text": marker}, second.id)
            shop.commerce.database.shred()
            found = files_with(folder, marker.encode())
            assert any("shop.sqlite3" in name for name in found)
            with closing(sqlite3.connect(folder / "conversations.sqlite3")) as memories:
                every = memories.execute("SELECT checkpoint FROM checkpoints WHERE type LIKE '%fernet'")
                remembered = sealed_with(shop, marker, (blob for (blob,) in every))
            assert remembered and files_with(folder, remembered[0][:60])
            assert shop.commerce.online.exposures.export(shop.commerce.profiles.subject(Owner(who, second.id)))
            receipt = await services.profiles.forget(second.id)
            assert not shop.commerce.online.exposures.export(Subject(who, (first.id, second.id)))
            assert shop.commerce.records.conversations.get(first.id) is None
            memory = await dialogue.memory(second.id)
            assert memory is not None and memory.need is None and memory.customer_id == who
            assert (await services.shoppers.news(second.id, 0)).entries == ()
            return dict(receipt.lines), remembered

    counted, remembered = asyncio.run(visit())
    assert all(counted.values()) and len(counted) >= 6, counted
    assert files_with(folder, marker.encode()) == set()
    assert not any(files_with(folder, blob[:60]) for blob in remembered), "nor in its sealed form"
    assert shop.deps.ranker._learned() is not learned, "the ranker learned anew, without the interactions"


def test_what_a_conversation_remembers_goes_in_postgresql_too(postgresql_url: str, tmp_path: Path) -> None:
    """Forgotten in the chat itself, while the turn that forgets is still to be remembered."""
    with app.vectors(tmp_path):
        shop = build(app.test_settings(tmp_path).model_copy(update={"database_url": postgresql_url}))
    kept = "SELECT blob FROM checkpoint_blobs WHERE thread_id = :chat AND type LIKE '%fernet'"
    who = customers(shop)[3]

    def remembered(chat: str) -> int:
        with shop.commerce.database.read() as session:
            return len(sealed_with(shop, "zebraquux", session.execute(text(kept), {"chat": chat}).scalars()))

    with talking(shop, who) as talk:
        talk.say("zebraquux kettles")
        assert remembered(talk.id)
        talk.say("forget me")
        assert talk.say("yes").intent == "confirm" and remembered(talk.id) == 0
        assert talk.memory().customer_id == who and talk.say("show me kettles").products
    shop.commerce.database.close()
