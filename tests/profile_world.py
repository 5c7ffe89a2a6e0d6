"""A shop of a few products and whoever comes to it, for tests of profiles: on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from assistant.database import Base, Database
from assistant.profile.owner import Owner
from assistant.profile.profiles import Profiles
from assistant.records.records import Records
from assistant.shop.behaviour import KINDS, Behaviours
from assistant.shop.customers import email_key, name_key
from assistant.shop.tables import CustomerRow, OrderLineRow, OrderRow
from assistant.shop.views import AddressView
from retrieval.models import Product
from retrieval.ranking.person import Preference
from tests.retrieval_samples import product

START = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = "zanzibar-lantern"
"""A product of which nothing must remain."""


@dataclass
class World:
    database: Database
    now: datetime = START
    products: dict[str, Product] = field(default_factory=dict)
    profiles: Profiles = field(init=False)
    records: Records = field(init=False)

    def __post_init__(self) -> None:
        behaviours = Behaviours(self.database, lambda: self.now)
        self.products = {each: product(each) for each in ("mug", "boot", "lamp", SECRET)}
        self.profiles = Profiles(self.database, behaviours, self.products.get, lambda: self.now)
        self.records = Records(self.database, lambda: self.now)

    def customer(self, customer_id: str) -> None:
        row = CustomerRow(
            id=customer_id, name="A B", name_key=name_key("A B"), email=email_key(f"{customer_id}@x.test"),
            postcode_key="1", address=AddressView("x"), language="en",
        )  # fmt: skip
        line = OrderLineRow(
            product_id="mug", variant_id="mug/1", title={"en": "Mug"}, options={}, quantity=1, unit_price=Decimal(1)
        )
        order = OrderRow(
            id=f"SC-{customer_id}", customer_id=customer_id, status="delivered", placed_at=self.now, currency="USD",
            total=Decimal(1), address=AddressView("x"), lines=[line],
        )  # fmt: skip
        with self.database.write() as session:
            session.add(row)
            session.flush()
            session.add(order)

    def chat(self, customer_id: str | None) -> Owner:
        return Owner(customer_id, self.records.conversations.start("en", customer_id).id)


def everything(database: Database) -> str:
    """Every text of every row of every table."""
    found = []
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                found.append(f"{table.name} {tuple(row)!r}")
    return "\n".join(found)


def busy(world: World) -> Owner:
    """A customer with interactions, preferences, and chats full of the secret product."""
    world.customer("C1")
    for _ in range(2):
        owner = world.chat("C1")
        chat = owner.session
        world.records.conversations.say(chat, "t1", f"show me the {SECRET}")
        world.records.feedback.give(chat, "t1", "up", f"nice {SECRET}")
        for kind in KINDS:
            world.profiles.record(owner, SECRET, kind)
        world.profiles.preferences.state(owner, [Preference("brand", SECRET)], "chat")
        world.now += timedelta(days=1)
    return owner
