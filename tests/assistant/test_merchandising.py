"""Rules, margins and sponsored campaigns: bounded, labelled, paid at the second price, never overspent."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.bootstrap import Shopclerk
from assistant.database import Database
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.events import ProductsShown
from assistant.merchandising.campaigns import MAX_PER_CONVERSATION, BadCampaign, Campaign, Campaigns
from assistant.merchandising.pacing import HEAD_START, paced, planned
from assistant.merchandising.rules import BadMargins, Rules
from assistant.pages import Refused
from assistant.records.conversations import Conversations
from assistant.service.merchandisers import MerchandiserService
from retrieval.ranking.exploration import EXPLORATION_RATE, EXPLORED_PLACE, drawn, lot, outcomes, propensities
from retrieval.ranking.merchandise import PROMOTION_BOUND, BadRule, Merchandise, Rule, RuleKind
from retrieval.ranking.person import STRANGER
from retrieval.ranking.ranker import Ranker
from retrieval.ranking.sponsorship import MAX_GAP, RESERVE, SLOTS, Bid, Placement, auction
from retrieval.search.query import Filters, Query
from tests.retrieval.test_ranking import did, hits_of, index

__all__ = ["index"]

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conversation(database: Database) -> str:
    return Conversations(database).start("en", None).id


@pytest.fixture
def campaigns(database: Database, clock: Clock) -> Campaigns:
    return Campaigns(database, clock)


def campaign(product: str, bid: str, budget: str = "100", **more: Any) -> Campaign:
    return Campaign(f"about {product}", product, Decimal(bid), Decimal(budget), **more)


def bid(name: str, amount: str, floor: float = MAX_GAP) -> Bid:
    return Bid(f"campaign-{name}", name, Decimal(amount), floor)


def test_places_go_by_bid_and_each_pays_the_next() -> None:
    relevance = {"a": 2.0, "b": 1.9, "c": 1.8, "far": 1.0}
    bids = [bid("a", "0.30"), bid("b", "0.90"), bid("c", "0.50"), bid("far", "9"), bid("absent", "9")]
    won = auction(bids, relevance)
    assert [(one.product_id, one.place, one.price) for one in won] == [
        ("b", SLOTS[0], Decimal("0.50")),
        ("c", SLOTS[1], Decimal("0.30")),
    ]
    assert auction(bids[:1], relevance)[0].price == RESERVE, "nobody else bids"
    assert not auction([bid("a", "0.01")], relevance), "below the reserve"
    assert not auction([bid("c", "1", floor=0.1)], relevance), "its own floor is stricter"


amounts = st.decimals("0.01", "20", places=2)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(amounts, st.floats(-2, 3))))
@settings(deadline=None)
def test_nobody_pays_more_than_they_bid_or_stands_where_it_is_not_relevant(given_: dict[str, Any]) -> None:
    relevance = {name: score for name, (_, score) in given_.items()}
    won = auction([bid(name, str(amount)) for name, (amount, _) in given_.items()], relevance)
    for one in won:
        assert RESERVE <= one.price <= given_[one.product_id][0]
        assert relevance[one.product_id] >= max(relevance.values()) - MAX_GAP
    assert len({one.place for one in won}) == len(won) <= len(SLOTS)


def test_a_budget_lasts_the_day() -> None:
    budget, spent, at = Decimal(24), Decimal(0), NOON.replace(hour=0)
    by_hour = []
    for _ in range(24 * 60):
        price = paced(Decimal("0.50"), budget, spent, at)
        if price >= RESERVE:  # a click every minute for what the pacing leaves
            spent += price
        by_hour.append(spent)
        at += timedelta(minutes=1)
    assert Decimal(22) < spent <= budget
    assert by_hour[12 * 60] < Decimal("0.8") * budget, "not gone at noon"
    assert planned(budget, NOON.replace(hour=0)) == HEAD_START * budget
    assert paced(Decimal(5), budget, Decimal(23), NOON) <= 1, "never beyond what is left"


def test_clicks_are_paid_once_and_never_beyond_the_budget(
    campaigns: Campaigns, conversation: str, database: Database
) -> None:
    name = campaigns.add(campaign("mug", "1", "1.50"))
    others = [Conversations(database).start("en", None).id for _ in range(6)]
    for turn, who in enumerate([conversation, *others]):
        campaigns.shown(who, f"t{turn}", [Placement(name, "mug", 2, Decimal(1))])
    assert campaigns.clicked(conversation, "mug") == 1
    assert campaigns.clicked(conversation, "mug") == 0, "that place was clicked"
    assert campaigns.clicked(conversation, "other") == 0
    assert [campaigns.clicked(who, "mug") for who in others] == [0] * 6, "a second dollar is not there"
    kept = campaigns.today()[0]
    assert (kept.spent, kept.clicks, kept.shown) == (1, 1, 7)


def test_clicks_at_the_same_moment_do_not_overspend(campaigns: Campaigns, database: Database) -> None:
    name = campaigns.add(campaign("mug", "0.30", "1.00"))
    people = [Conversations(database).start("en", None).id for _ in range(12)]
    for who in people:
        campaigns.shown(who, "t", [Placement(name, "mug", 2, Decimal("0.30"))])
    with ThreadPoolExecutor(6) as pool:
        paid = list(pool.map(lambda who: campaigns.clicked(who, "mug"), [*people, *people]))
    assert sum(paid) == campaigns.today()[0].spent == Decimal("0.90")


def test_campaigns_run_in_their_time_and_not_too_often_in_one_conversation(
    campaigns: Campaigns, conversation: str, clock: Clock
) -> None:
    name = campaigns.add(campaign("mug", "1", starts_at=NOON, ends_at=NOON + timedelta(hours=1)))
    found = {"mug": 2.0, "cup": 2.1}
    for turn in range(MAX_PER_CONVERSATION):
        placements = campaigns.places(conversation, found)
        assert [one.campaign for one in placements] == [name]
        campaigns.shown(conversation, f"t{turn}", placements)
    assert not campaigns.places(conversation, found), "often enough"
    assert campaigns.places("another", found)
    assert campaigns.pause(name, True) and not campaigns.places("another", found)
    campaigns.pause(name, False)
    clock.now = NOON + timedelta(hours=1)
    assert not campaigns.places("another", found), "it is over"
    assert not campaigns.pause("no-such", True)


def test_places_go_with_their_conversation(campaigns: Campaigns, conversation: str, database: Database) -> None:
    from sqlalchemy import delete, func, select

    from assistant.merchandising.tables import SponsoredPlaceRow
    from assistant.records.tables import ConversationRow

    name = campaigns.add(campaign("mug", "1"))
    campaigns.shown(conversation, "t", [Placement(name, "mug", 2, Decimal(1))])
    with database.write() as session:
        session.execute(delete(ConversationRow))
        assert session.scalar(select(func.count()).select_from(SponsoredPlaceRow)) == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"bid": "0.01"}, "bid"),
        ({"bid": "NaN"}, "bid"),
        ({"bid": "0.333"}, "bid"),
        ({"budget": "0.50"}, "daily_budget"),
        ({"floor": 2.0}, "floor"),
        ({"ends_at": NOON - timedelta(days=1), "starts_at": NOON}, "ends_at"),
        ({"starts_at": datetime(2026, 1, 1)}, "starts_at"),
        ({"product": " "}, "product"),
    ],
)
def test_bad_campaigns_say_which_field(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadCampaign, match=said):
        campaign(**{"product": "mug", "bid": "1", **wrong})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"strength": 0.0}, "strength"),
        ({"strength": 1.5}, "strength"),
        ({"value": ""}, "which products"),
        ({"kind": RuleKind.PIN, "place": 1}, "single product"),
        ({"kind": RuleKind.PIN, "key": "product"}, "place"),
        ({"kind": RuleKind.PIN, "key": "product", "place": 7}, "place"),
        ({"place": 1}, "place"),
        ({"starts_at": NOON, "ends_at": NOON}, "ends_at"),
        ({"starts_at": datetime(2026, 1, 1)}, "starts_at"),
    ],
)
def test_bad_rules_say_which_field(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadRule, match=said):
        Rule(**{"kind": RuleKind.BOOST, "key": "brand", "value": "Acme", **wrong})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("product,share\nmug,1", "margin"),
        ("product,margin\nmug,1.2", "line 2"),
        ("product,margin\n,0.2", "line 2"),
        ("product,margin\nmug,0.2\nmug,0.3", "line 3"),
        ("product,margin\nmug,high", "line 2"),
        ("product,margin\nmug,nan", "line 2"),
    ],
)
def test_bad_margins_name_the_line_and_lose_nothing(database: Database, text: str, said: str) -> None:
    rules = Rules(database)
    assert rules.load_margins(b"product,margin\r\nmug,35%\r\ncup,0.1\r\n") == 2
    with pytest.raises(BadMargins, match=said):
        rules.load_margins(text.encode())
    assert rules.merchandise().margins == {"mug": 0.35, "cup": 0.1}
    with pytest.raises(BadMargins, match="UTF-8"):
        rules.load_margins(b"\xff\xfe\x00")


def test_rules_are_kept_and_taken_away(database: Database) -> None:
    rules = Rules(database)
    name = rules.add(Rule(RuleKind.BURY, "brand", "Acme", 0.5, ends_at=NOON), "admin")
    assert [kept.rule for kept in rules.kept()] == list(rules.merchandise().rules)
    assert rules.kept()[0].rule.ends_at == NOON
    assert rules.remove(name) and not rules.remove(name)
    assert not rules.merchandise().rules


def test_rules_add_up_within_their_bound_and_end(index: Any) -> None:
    boost = [Rule(RuleKind.BOOST, "brand", "Acme"), Rule(RuleKind.BOOST, "type", "mugs")]
    lift = Merchandise([*boost, Rule(RuleKind.BOOST, "product", "gone")]).promotion(index, NOON)
    assert lift.max() == PROMOTION_BOUND and lift.min() == 0
    past = Rule(RuleKind.BOOST, "brand", "Acme", ends_at=NOON)
    assert not Merchandise([past]).promotion(index, NOON).any()
    assert Merchandise((), {"acme-mugs-1": 0.1, "borg-mugs-1": 0.5, "gone": 0.9}).margin(index).max() <= 0.1


def ranked(index: Any, wanted: Merchandise, scores: dict[str, float], **more: Any) -> list[Any]:
    ranker = Ranker(lambda: index, [], lambda: NOON, merchandise=lambda: wanted)
    return ranker.rerank(hits_of(index, *scores.items()), STRANGER, 6, **more)


def test_a_boost_decides_between_equals_and_no_farther(index: Any) -> None:
    wanted = Merchandise([Rule(RuleKind.BOOST, "brand", "Borg")])
    near = ranked(index, wanted, {"acme-mugs-1": 1.0, "borg-mugs-1": 0.9})
    assert near[0].product.brand == "Borg" and near[0].parts["promotion"] == PROMOTION_BOUND
    far = ranked(index, wanted, {"acme-mugs-1": 1.5, "borg-mugs-1": 1.0})
    assert far[0].product.brand == "Acme"


def test_a_pin_holds_where_it_is_relevant(index: Any) -> None:
    wanted = Merchandise([Rule(RuleKind.PIN, "product", "borg-mugs-1", place=1)])
    assert ranked(index, wanted, {"acme-mugs-1": 1.0, "borg-mugs-1": 0.2})[0].product.id == "borg-mugs-1"
    assert ranked(index, wanted, {"acme-mugs-1": 2.0, "borg-mugs-1": 0.2})[0].product.id == "acme-mugs-1"
    assert ranked(index, wanted, {"acme-mugs-1": 1.0})[0].product.id == "acme-mugs-1", "it was not found"


def test_a_sponsored_hit_is_marked_and_stands_once(index: Any) -> None:
    scores = {"acme-mugs-1": 1.0, "acme-mugs-2": 0.9, "borg-mugs-1": 0.8, "borg-mugs-2": 0.7}
    place = Placement("SP-1", "borg-mugs-2", 2, Decimal("0.10"))
    found = ranked(index, Merchandise(), scores, sponsors=lambda relevance: [place])
    assert [hit.sponsored for hit in found] == [None, "SP-1", None, None]
    assert found[1].product.id == "borg-mugs-2" and len({hit.product.id for hit in found}) == 4


names = st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=12, unique=True)


@given(names, st.sets(st.sampled_from("abcdefghijkl")), st.floats(0, 0.999999), st.integers(1, 8))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_the_lot_tells_its_true_chances(order: list[str], new: set[str], ticket: float, limit: int) -> None:
    newcomers = [name for name in order if name in new]
    possible = outcomes(order, newcomers, limit)
    assert sum(chance for chance, _ in possible) == pytest.approx(1)
    shown = drawn(possible, ticket)
    assert list(shown[: EXPLORED_PLACE - 1]) == order[: min(EXPLORED_PLACE - 1, limit)], (
        "the first places are never by lot"
    )
    counted = [drawn(possible, (at + 0.5) / 4000) for at in range(4000)]
    for place, chance in enumerate(propensities(shown, possible)):
        often = sum(place < len(one) and one[place] == shown[place] for one in counted) / 4000
        assert often == pytest.approx(chance, abs=0.01)


def test_the_lot_is_the_days_and_the_requests(index: Any) -> None:
    day = NOON.date()
    assert lot(day, "Red  Mug", Filters()) == lot(day, "red mug", Filters())
    assert lot(day, "red mug", Filters()) != lot(day, "red mug", Filters(colours=("red",)))
    assert lot(day, "red mug", Filters()) != lot(day + timedelta(days=1), "red mug", Filters())


def test_a_new_product_gets_its_place_by_lot(index: Any) -> None:
    known = [f"{brand}-{kind}-{n}" for brand in ("acme", "borg") for kind in ("mugs", "boots") for n in (1, 2, 3)]
    new = "borg-mugs-3"
    crowd = [did(f"c{at}", name) for at in range(8) for name in known if name != new]
    scores = {name: 1.0 - at / 100 for at, name in enumerate(name for name in known if "mugs" in name)}
    scores[new] = 0.55
    seen = []
    for text in map(str, range(60)):
        ranker = Ranker(lambda: index, crowd, lambda: NOON)
        found = ranker.rerank(hits_of(index, *scores.items()), STRANGER, 5, Query(text))
        place = next((at for at, hit in enumerate(found, 1) if hit.product.id == new), None)
        if place == EXPLORED_PLACE and ("new_here", "") in found[place - 1].reasons:
            assert found[place - 1].propensity == EXPLORATION_RATE
            seen.append(text)
    assert 10 < len(seen) < 50


@pytest.fixture
def desk(shop: Shopclerk) -> Iterator[MerchandiserService]:
    yield MerchandiserService(shop)
    for kept in shop.commerce.merchandising.rules.kept():
        shop.commerce.merchandising.rules.remove(kept.id)


async def test_the_admin_is_told_what_is_wrong(desk: MerchandiserService) -> None:
    for fields, said in (
        ({"kind": "shout", "key": "brand", "value": "Fernway"}, "kind"),
        ({"kind": "boost", "key": "brand", "value": "Nobody"}, "no 'Nobody'"),
        ({"kind": "boost", "key": "brand", "value": "Fernway", "strength": "lots"}, "strength"),
        ({"kind": "boost", "key": "brand", "value": "Fernway", "starts_at": "soon"}, "starts_at"),
    ):
        with pytest.raises(Refused, match=said):
            await desk.add_rule(fields)
    await desk.add_rule({"kind": "boost", "key": "brand", "value": "Fernway", "strength": "50", "ends_at": ""})
    assert [(rule.value, rule.share, rule.state) for rule in await desk.rules()] == [("Fernway", 0.5, "running")]
    with pytest.raises(Refused, match="product"):
        await desk.add_campaign({"name": "x", "product": "no-such", "bid": "1", "budget": "5"})
    with pytest.raises(Refused, match="bid"):
        await desk.add_campaign({"name": "x", "product": "fernway-spring", "bid": "much", "budget": "5"})


async def test_contributions_are_told_to_staff(desk: MerchandiserService) -> None:
    stranger = await desk.explain("boots", "")
    customer = await desk.explain("boots", "C-DEMO2345")
    assert all("taste" not in dict(item.parts) for item in stranger)
    assert any("taste" in dict(item.parts) for item in customer)
    for item in customer:
        assert item.score == pytest.approx(sum(points for _, points in item.parts), abs=0.03)
    with pytest.raises(Refused, match="C-NOBODY"):
        await desk.explain("boots", "C-NOBODY")


async def test_places_are_sold_only_where_every_filter_is_met(shop: Shopclerk) -> None:
    sold = shop.commerce.merchandising.campaigns
    name = sold.add(campaign("wayfarrow-commuter-26", "0.50"))
    who = shop.commerce.records.conversations.start("en", None).id
    async with shop.opened() as dialogue:

        async def cards(turn: str, text: str) -> Any:
            events = [event async for event in dialogue.run(Turn(who, turn, text=text), Memory())]
            return next(event for event in events if isinstance(event, ProductsShown))

        found = await cards("t1", "backpacks")
        assert [card.position for card in found.cards if card.sponsored] == [SLOTS[0]]
        assert found.cards[SLOTS[0] - 1].id == "wayfarrow-commuter-26"
        loosened = await cards("t2", "purple backpacks")
        assert loosened.relaxed and not any(card.sponsored for card in loosened.cards)
        cheapest = await cards("t3", "the cheapest backpacks please")
        assert not any(card.sponsored for card in cheapest.cards), "an explicit order is kept"
    sold.pause(name, True)
