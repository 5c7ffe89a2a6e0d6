"""The log and experiments in whole turns of the demo shop, at the desk and on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import true
from typer.testing import CliRunner

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.cli import app as command_line
from assistant.cli.session import ChatSession, conversation
from assistant.database import utc_now
from assistant.events import ProductsShown, TurnDone
from assistant.online.exposures import Exposure
from assistant.online.versions import ERASED, SHIPPED
from assistant.online.view import Gate
from assistant.pages import AddToCart, Refused, Thumbs
from assistant.profile.owner import Owner
from assistant.service.services import Services
from retrieval.ranking import shop_model
from retrieval.ranking.shop_model import RECIPE
from tests.app import SECRET

pytestmark = pytest.mark.asyncio
DEMO = "C-DEMO2345"
QUESTION = "I am looking for a water bottle"


@pytest.fixture
async def services(shop: Shopclerk) -> AsyncIterator[Services]:
    async with shop.opened():
        yield Services.of(shop, Access.from_settings(shop.settings))


@pytest.fixture
def no_experiment(shop: Shopclerk) -> Iterator[None]:
    yield
    if shop.commerce.online.experiments.running(fresh=True):
        shop.commerce.online.experiments.stop()


@pytest.fixture
def switched_off(shop: Shopclerk) -> Iterator[Callable[[], None]]:
    """Switches the demo's customer off, until the test is over."""
    yield lambda: shop.commerce.profiles.consent.switch(Owner(DEMO, ""), False)
    shop.commerce.profiles.consent.switch(Owner(DEMO, ""), True)


def logged(shop: Shopclerk, conversation_id: str) -> list[Exposure]:
    lists = shop.commerce.online.exposures.lists(since=utc_now() - timedelta(minutes=10))
    return [found for found in lists if found.conversation_id == conversation_id]


async def shown(session: ChatSession, text: str = QUESTION) -> str:
    """The products shown, as the page gets them."""
    events = await session.say(session.turn(text))
    return "".join(event.model_dump_json() for event in events if isinstance(event, ProductsShown))


async def test_what_is_shown_is_logged_with_what_comes_of_it(shop: Shopclerk, services: Services) -> None:
    talk = (await services.shoppers.start(None, "en")).id
    events = [event async for event in services.shoppers.turn(talk, QUESTION, None)]
    cards = next(event.cards for event in events if isinstance(event, ProductsShown))
    done = next(event for event in events if isinstance(event, TurnDone))
    await services.shopping.product(talk, cards[1].id)
    async for _ in services.shoppers.press(talk, AddToCart(cards[0].id, cards[0].variant_id)):
        pass
    async for _ in services.shoppers.press(talk, Thumbs(done.turn_id, "up")):
        pass
    (found,) = logged(shop, talk)
    assert [item.product_id for item in found.items] == [card.id for card in cards]
    assert [sorted(item.outcomes) for item in found.items[:3]] == [["cart"], ["click"], []]
    assert list(found.outcomes) == ["thumb_up"] and found.surface == "search" and found.customer is None
    assert all(item.parts for item in found.items)


async def test_recommendations_and_customers_are_logged_and_erased(shop: Shopclerk) -> None:
    async with conversation(shop, DEMO) as session:
        await shown(session, "what do you recommend for me?")
        await shown(session)
        found = logged(shop, session.id)
        assert [made.surface for made in found] == ["recommend", "search"]
        assert {made.customer for made in found} == {shop.commerce.online.exposures.names.customer(DEMO)}
        assert shop.commerce.online.exposures.erase(shop.commerce.profiles.subject(Owner(DEMO, session.id))) >= 2
        assert logged(shop, session.id) == []


async def test_a_broken_log_changes_no_reply(shop: Shopclerk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with conversation(shop) as session:
        before = await shown(session)
    monkeypatch.setattr(shop.commerce.online.exposures, "_record", lambda exposure: 1 / 0)
    monkeypatch.setattr(shop.commerce.online.experiments, "running", lambda: 1 / 0)
    async with conversation(shop) as session:
        assert await shown(session) == before
        assert logged(shop, session.id) == []


@pytest.mark.usefixtures("no_experiment")
async def test_with_and_without_an_experiment_a_switched_off_customer_sees_what_a_visitor_sees(
    shop: Shopclerk, monkeypatch: pytest.MonkeyPatch, switched_off: Callable[[], None]
) -> None:
    """Byte for byte: what reaches the page is compared, not the order alone."""

    async def told(customer: str | None) -> str:
        async with conversation(shop, customer) as session:
            return await shown(session) + await shown(session, "what do you recommend?")

    known = await told(DEMO)
    switched_off()
    visitor, off = await told(None), await told(DEMO)
    assert visitor == off != known
    for arm in ("control", "treatment"):
        monkeypatch.setattr("assistant.online.experiments.Experiment.arm", lambda self, unit, arm=arm: arm)
        shop.commerce.online.experiments.start("ab", "live", "relevance")
        assert await told(None) == await told(DEMO)
        shop.commerce.online.experiments.stop()


@pytest.mark.usefixtures("no_experiment")
async def test_an_interleaved_turn_is_logged_with_its_teams(shop: Shopclerk) -> None:
    begun = shop.commerce.online.experiments.start("interleaving", "live", "relevance")
    async with conversation(shop, DEMO) as session:
        await shown(session)
        (found,) = logged(shop, session.id)
    assert found.experiment_id == begun.id and {item.team for item in found.items} == {"control", "treatment"}
    assert all(0 < item.propensity <= 1 for item in found.items)


def trained(shop: Shopclerk) -> str:
    """The name of a version that passed its gate and is not live."""
    gate = Gate("", 40, 0.3, 0.2, 0.1, 0.05, 0.15, True, "rule")
    with shop.commerce.online.versions.training() as aside:
        shutil.copytree(shop.settings.shop_data / "ranker", aside, dirs_exist_ok=True)
        return shop.commerce.online.versions.keep(aside, utc_now(), 100, gate).name


@pytest.mark.usefixtures("no_experiment")
async def test_a_trained_version_on_trial_is_the_blend_with_its_sequence(
    shop: Shopclerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = trained(shop)
    monkeypatch.setattr("assistant.online.experiments.Experiment.arm", lambda self, unit: "treatment")
    shop.commerce.online.experiments.start("ab", "live", name)
    async with conversation(shop, DEMO) as session:
        await shown(session)
        (found,) = logged(shop, session.id)
    assert found.policy == name and any("sequence" in item.parts for item in found.items)
    with pytest.raises(LookupError):
        shop.commerce.online.model_of("ranker-20000101-0000")


async def test_the_desk_shows_versions_and_goes_back(shop: Shopclerk, services: Services) -> None:
    name, versions = trained(shop), shop.commerce.online.versions
    versions.promote(name)
    shop.commerce.online.model.refresh()
    state = await services.ranking.ranking()
    assert state.live == name == shop.commerce.online.model.version and state.can_roll_back
    assert [version.state for version in state.versions if version.name == name] == ["live"]
    assert await services.ranking.ranker_rollback() == SHIPPED == shop.commerce.online.model.version
    assert await services.ranking.ranker_rollback() == "" == shop.commerce.online.model.version
    with pytest.raises(Refused, match="no earlier"):
        await services.ranking.ranker_rollback()


@pytest.fixture
def cli(shop: Shopclerk, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("SHOPCLERK_STATE_DIR", str(shop.settings.state_dir))
    monkeypatch.setenv("SHOPCLERK_SESSION_SECRET", SECRET)

    def command(*arguments: str) -> str:
        result = CliRunner().invoke(command_line, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return command


@pytest.mark.usefixtures("no_experiment")
async def test_the_command_line(
    shop: Shopclerk, cli: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two epochs teach a small network next to nothing: the gate has something to keep out.
    taught = replace(RECIPE, width=16, blocks=1, more=1, plan=replace(RECIPE.plan, epochs=2, negatives=256))
    monkeypatch.setattr(shop_model, "RECIPE", taught)
    # Other tests forget shoppers of this shop: nothing has to go for that here.
    (shop.commerce.online.versions.folder / ERASED).unlink(missing_ok=True)
    shop.commerce.online.versions.promote(SHIPPED)
    assert "against live (interleaving), for clicks" in cli("experiment", "start", "relevance")
    assert "too few to say anything" in cli("experiment", "status")
    assert "relevance against live" in cli("experiment", "stop")
    assert "not promoted" in cli("ranker", "retrain")
    told = cli("ranker", "status")
    assert f"live: {SHIPPED}" in told and "rejected" in told and "nDCG@10" in told
    name = next(line.split()[0] for line in told.splitlines() if "rejected" in line)
    assert f"live: {name}" in cli("ranker", "promote", name)
    assert f"goes back to {SHIPPED}" in cli("ranker", "status")
    # Two lists are too few to judge by, however many other tests have had shown.
    shop.commerce.online.exposures._deleted(true())
    async with conversation(shop) as session:
        await shown(session)
        await shown(session, "backpacks")
    report = json.loads(cli("evaluate", "counterfactual", "--weights", "taste=0", "--version", name, "--json"))
    assert set(report) == {"as shown", "candidate"} and "not enough exploration" in report["candidate"]["refused"]
    assert f"live: {SHIPPED}" in cli("ranker", "rollback")
