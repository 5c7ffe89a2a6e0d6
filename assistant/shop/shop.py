"""The shop: everything about customers, stock, carts and orders on one database, over the live catalogue."""

from __future__ import annotations

from assistant.database import Clock, Database, utc_now
from assistant.shop.behaviour import Behaviours
from assistant.shop.carts import Carts
from assistant.shop.catalogue import ProductOf
from assistant.shop.changes import OrderChanges
from assistant.shop.customers import Customers
from assistant.shop.orders import Orders
from assistant.shop.pending import PendingActions
from assistant.shop.policy import DEMO, ServicePolicy
from assistant.shop.stock import Stock


class Shop:
    """One of each, sharing the database and the clock. The schema must be there: see ``assistant.migrations.migrate``.

    ``product`` looks an id up in the live catalogue at each call, so a reload needs no new shop. ``currency`` is that
    of an empty cart, ``rules`` what this shop allows.
    """

    def __init__(
        self,
        database: Database,
        product: ProductOf,
        clock: Clock = utc_now,
        currency: str = "USD",
        rules: ServicePolicy = DEMO,
    ) -> None:
        self.database = database
        self.product = product
        self.clock = clock
        self.rules = rules
        self.customers = Customers(database)
        self.stock = Stock(database, clock)
        self.carts = Carts(database, product, clock, currency)
        self.orders = Orders(database)
        self.changes = OrderChanges(database, product, clock, rules)
        self.pending = PendingActions(database, self.customers, self.orders, self.changes, clock)
        self.behaviours = Behaviours(database, clock)
