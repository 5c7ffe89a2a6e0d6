"""Builds the application from its settings: for serving, for the command line and for tests alike. Parts are plain
arguments."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog

from assistant.answering.answerer import Answerer
from assistant.bounds import Bounds, read_bounds
from assistant.database import Database
from assistant.dialogue.agenda import read_message
from assistant.dialogue.dependencies import Dependencies, Limits, LoopLimits
from assistant.dialogue.describe import Called
from assistant.dialogue.graph import Dialogue, forget_threads
from assistant.dialogue.memory import Memory
from assistant.dialogue.searching import UnreadWords
from assistant.dialogue.titles import LiveTitles
from assistant.dialogue.turn import Turn
from assistant.dialogue.voice import Policy, Voice
from assistant.languages import add_languages
from assistant.llm.client import DialogueModel
from assistant.merchandising.merchandising import Merchandising
from assistant.notify.lookout import keep_private
from assistant.notify.notifications import Notifications
from assistant.notify.outbox import Outbox
from assistant.online.online import Online
from assistant.pages import HealthItem
from assistant.profile.profiles import Profiles
from assistant.profile.wishes import Wishes
from assistant.records.records import Records
from assistant.records.usage import Usage
from assistant.seal import shop_seal
from assistant.settings import Settings
from assistant.setup.demo import load_demo
from assistant.setup.health import running, telling
from assistant.setup.knowledge import Knowledge, Tell, knowledge, picture_url
from assistant.setup.model import ModelService, served_model
from assistant.setup.state import check_state_dir, checkpointer, open_database
from assistant.shop.delivery import load_delivery
from assistant.shop.hours import Hours
from assistant.shop.retail_serving import served_rules
from assistant.shop.rules import load_rules
from assistant.shop.shop import Shop
from assistant.stores.store import connected_store
from assistant.understanding.concerns import ConcernReader
from assistant.understanding.order_ids import OrderIds
from assistant.understanding.order_questions import OrderQuestions
from assistant.understanding.understander import Understander
from assistant.wording.cards import Cards
from assistant.wording.policy import model_words
from retrieval.encoders.pictures import PictureCache
from retrieval.ranking.ranker import Ranker
from retrieval.search.index import SearchIndex
from retrieval.search.indexing import Encoders

log = structlog.get_logger()

UPLOADS = "uploads"
"""The folder of the pictures that shoppers sent."""
SWEEP_LOOK_S = 3600.0
"""How often is looked whether a day is over since what is to be deleted was."""
WORDS_S = 2.0
"""Longest that a turn waits for the words of a new catalogue."""


class NotRunning(RuntimeError):
    """The application is asked something before it has started, or after it has stopped."""


@dataclass(frozen=True, slots=True)
class Commerce:
    """What is kept of customers, goods and conversations, on one database."""

    database: Database
    shop: Shop
    profiles: Profiles
    wishes: Wishes
    records: Records
    merchandising: Merchandising
    online: Online
    notifications: Notifications
    hours: Hours
    """When people answer."""


@dataclass(slots=True)
class Shopclerk:
    """The built application: what it knows, what it keeps, the model, and what the dialogue works with."""

    settings: Settings
    knowledge: Knowledge
    commerce: Commerce
    model: ModelService
    deps: Dependencies
    uploads: PictureCache
    """Shoppers' own pictures."""
    bounds: Bounds
    """How much one client may ask."""
    _dialogue: Dialogue | None = field(default=None, init=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, init=False)
    _read: SearchIndex = field(init=False)
    """The catalogue whose words the dialogue knows."""

    def __post_init__(self) -> None:
        self._read = self.knowledge.search.index

    @property
    def cards(self) -> Cards:
        return self.deps.cards

    @property
    def dialogue(self) -> Dialogue:
        """Belongs to an event loop, so it is there while ``opened`` runs. Raises ``NotRunning``."""
        if self._dialogue is None:
            raise NotRunning("the shop has not started yet")
        return self._dialogue

    def current_deps(self) -> Dependencies:
        """What the dialogue works with, with the words of the live catalogue. Those of a new one are read beside the
        turns, which go on with the old ones where that takes long."""
        index = self.knowledge.search.index
        if index is not self._read and self._reading.acquire(blocking=False):
            reader = threading.Thread(target=self._read_words, args=(index,), name="words", daemon=True)
            reader.start()
            reader.join(WORDS_S)
        return self.deps

    def _warm_up(self) -> None:
        """What the first message would otherwise wait for: texts and tables compiled, sentences encoded."""
        self.deps.voice.warm_up()
        for text in ("hello", "你好"):
            read_message(Turn("", "", text=text, message=text, said=text), Memory(), self.deps)

    def _read_words(self, index: SearchIndex) -> None:
        try:
            words = _words_of(self.knowledge, index, self.commerce.shop)
            voice = replace(self.deps.voice, lexicon=index.lexicon)
            self.deps, self._read = replace(self.deps, voice=voice, **words), index
        finally:
            self._reading.release()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Dialogue]:
        """The dialogue with its checkpointer, while the block runs; the model server is started and stopped around
        it."""
        threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()
        if self.model.keeper is not None:
            self.model.keeper.start()
        profiles = self.commerce.profiles
        try:
            async with checkpointer(self.settings) as saver:
                profiles.erasers.register("memory", partial(forget_threads, saver))
                await asyncio.to_thread(profiles.sweep)
                self._dialogue = Dialogue(self.current_deps, saver)
                swept = asyncio.create_task(_swept_daily(profiles))
                following = asyncio.create_task(self.commerce.records.changes.follow(self.commerce.database))
                try:
                    yield self._dialogue
                finally:
                    following.cancel()
                    swept.cancel()
        finally:
            self._dialogue = None
            profiles.erasers.unregister("memory")
            self.commerce.online.close()
            if self.model.keeper is not None:
                self.model.keeper.stop()

    def health(self) -> list[HealthItem]:
        return [
            *running(
                self.settings,
                self.commerce.database,
                self.knowledge,
                self.model.server,
                self.model.availability,
            ),
            *telling(self.commerce.notifications),
        ]


def build(
    settings: Settings,
    *,
    model: DialogueModel | None = None,
    policy: Policy = model_words,
    managed: bool = True,
    tell: Tell = lambda step, done, total: None,
    encoders: Encoders | None = None,
) -> Shopclerk:
    """Everything but the event loop's parts. Loads the catalogue, the FAQ and the demo shop where they have changed.

    ``model`` replaces the one of the settings (tests); ``managed`` False never starts a model server of our own, but
    uses one that another process keeps for this state directory; ``encoders``: those of the settings, where they are
    loaded already. Raises ``CannotStart``.
    """
    check_state_dir(settings.state_dir)
    if settings.languages is not None:
        add_languages(settings.languages)
    tell("database", 0, 0)
    database = open_database(settings, starts=managed)
    known = knowledge(settings, tell, encoders)
    tell("shop", 0, 0)
    bounds = Bounds(read_bounds(settings.bounds))
    kept = _commerce(settings, database, known, bounds)
    served = served_model(settings, model, managed)
    deps = _dependencies(settings, known, kept, served, policy, bounds)
    return Shopclerk(settings, known, kept, served, deps, PictureCache(settings.state_dir / UPLOADS), bounds)


def _commerce(settings: Settings, database: Database, known: Knowledge, bounds: Bounds) -> Commerce:
    search, products = known.search, known.search.catalogue.products
    imported = served_rules(database)  # a shop that brought its own customers, orders and rules
    delivery = None if imported else load_delivery(settings.shop_data, {*known.lexicon.types, *known.written_types})
    rules = imported or load_rules(settings.shop_data)
    rules = delivery.rules(rules) if delivery else rules
    shop = Shop(
        database,
        search.product,
        rules=rules,
        delivery=lambda: delivery if known.of_written_shop() else None,
        store=connected_store(settings),
    )
    if not imported:
        shop.stock.load(products)
    seal = shop_seal(settings)
    profiles = Profiles(
        database,
        shop.behaviours,
        search.product,
        visitor_days=settings.visitor_days,
        transcript_days=settings.transcript_days,
        seal=seal,
        pictures=settings.state_dir / UPLOADS,
    )
    if not imported:
        load_demo(database, settings.shop_data, products)
    merchandising, online = Merchandising(database), Online(settings, database, lambda: search.catalogue)
    wishes = Wishes(database, search.product, seal=seal)
    profiles.erasers.register("shown", online.exposures.erase, online.exposures.export)
    profiles.erasers.register("sponsored", merchandising.campaigns.forget)
    profiles.erasers.register("wishes", wishes.erase, wishes.export)
    records = Records(database, bounds=bounds, seal=seal)
    outbox = Outbox(database, seal=seal)
    for addresses in (shop, records.contacts, wishes, outbox):
        addresses.seal_all()
    notifications = Notifications(outbox, settings, partial(_name_of, records, shop))
    keep_private(profiles, records, notifications)
    hours = Hours.read(settings.hours, settings.time_zone)
    return Commerce(database, shop, profiles, wishes, records, merchandising, online, notifications, hours)


async def _swept_daily(profiles: Profiles) -> None:
    """Until it is cancelled, whether anybody comes to the shop or not."""
    while True:
        await asyncio.sleep(SWEEP_LOOK_S)
        try:
            await asyncio.to_thread(profiles.sweep_daily)
        except Exception:  # the database is away; it comes back
            log.exception("what is to be deleted could not be")


def _name_of(records: Records, shop: Shop, conversation_id: str) -> str | None:
    """The signed-in customer's."""
    conversation = records.conversations.get(conversation_id)
    customer = shop.customers.get(conversation.customer_id) if conversation and conversation.customer_id else None
    return customer.name if customer else None


def _dependencies(
    settings: Settings, known: Knowledge, kept: Commerce, served: ModelService, policy: Policy, bounds: Bounds
) -> Dependencies:
    encoder, lexicon, usage = known.encoders.sentences, known.lexicon, kept.records.usage
    profiles, online = kept.profiles, kept.online
    voice = Voice(
        lexicon=lexicon,
        shop_name=settings.shop_name,
        policy=lambda plan: policy(plan) and served.words(),
        model=served.client,
        unready=served.unready,
        may_spend=lambda: usage.tokens_lately() < settings.model_tokens_per_day and bounds.may_spend(),
        spent=partial(_spent, usage, bounds),
        first_token_s=settings.llm_first_token_s,
        reply_s=settings.llm_reply_s,
        max_tokens=settings.llm_max_tokens,
    )
    ranker = Ranker(
        lambda: known.search.index,
        profiles.everybody(),
        merchandise=kept.merchandising.rules.merchandise,
        next_items=online.model,
    )
    # What everybody is shown was learned from the forgotten shopper too.
    profiles.erasers.on_erased(lambda: ranker.learn(profiles.everybody()))
    profiles.erasers.on_erased(online.outdate)
    return Dependencies(
        **_words_of(known, known.search.index, kept.shop),
        text_encoder=encoder,
        concerns=ConcernReader.shipped(encoder),
        search=known.search,
        faq=known.faq,
        ranker=ranker,
        campaigns=kept.merchandising.campaigns,
        online=online.serving(
            ranker,
            of_version=lambda version: ranker.with_model(online.model_of(version)),
            personalised=lambda owner: profiles.consent.of(owner).personal,
        ),
        shop=kept.shop,
        hours=kept.hours if kept.hours.spans else None,
        profiles=profiles,
        conversations=kept.records.conversations,
        tickets=kept.records.tickets,
        unanswered=kept.records.unanswered,
        product=known.search.product,
        voice=voice,
        model=served.client,
        model_reads=served.reads,
        model_read_s=settings.model_read_s,
        model_answers=settings.model_answers == "on",
        tool_loop=loop_limits(settings),
        limits=Limits(message=settings.message_limit),
    )


def _spent(usage: Usage, bounds: Bounds, prompt_tokens: int, completion_tokens: int) -> None:
    bounds.spend(prompt_tokens + completion_tokens)
    usage.add(prompt_tokens, completion_tokens)


def _words_of(known: Knowledge, index: SearchIndex, shop: Shop) -> dict[str, Any]:
    """Those deps that hold what the goods of a catalogue are called, and how the shop writes its order ids."""
    encoder, lexicon = known.encoders.sentences, index.lexicon
    order_ids = OrderIds(shop.orders.some_ids())
    understander = Understander.shipped(lexicon, index.catalogue.products, encoder.encode_one, order_ids)
    return {
        "lexicon": lexicon,
        "understander": understander,
        "questions": OrderQuestions(encoder, lexicon, order_ids),
        "answerer": Answerer(lexicon, encoder.encode_one, known.faq.search, understander.english),
        "cards": Cards(lexicon, picture_url, known.title),
        "words": UnreadWords(lexicon),
        "called": Called(lexicon),
        "titles": LiveTitles(known.search, lexicon.every_word),
    }


def loop_limits(settings: Settings) -> LoopLimits | None:
    """``None``: no tool loop is wanted."""
    if not settings.tool_loop:
        return None
    calls = settings.tool_loop_calls
    return LoopLimits(model_calls=calls, tool_calls=2 * calls, seconds=settings.tool_loop_s)
