"""The shop: everything about customers, stock, carts and orders on one database, over the live catalogue."""

from __future__ import annotations

from collections.abc import Callable

from assistant.database import Clock, Database, utc_now
from assistant.seal import seal_documents
from assistant.shop.behaviour import Behaviours
from assistant.shop.carts import Carts
from assistant.shop.catalogue import ProductOf
from assistant.shop.changes import OrderChanges
from assistant.shop.checkouts import Checkouts
from assistant.shop.customers import Customers
from assistant.shop.delivery import DeliveryTerms
from assistant.shop.orders import Orders
from assistant.shop.pending import PendingActions
from assistant.shop.policy import DEMO, ServicePolicy
from assistant.shop.stock import Stock
from assistant.shop.store_order import OrderStore
from assistant.shop.store_orders import StoreOrders
from assistant.shop.tables import ChangeRow, CustomerRow, OrderRow, PendingRow
from retrieval.models import Product


class Shop:
    """One of each, sharing the database and the clock. The schema must be there: see ``assistant.migrations.migrate``.

    ``product`` looks an id up in the live catalogue at each call, so a reload needs no new shop. ``currency`` is that
    of an empty cart, ``rules`` what this shop allows, ``delivery`` gives its terms where it has
    stated them; ``limited`` False lets postcodes be tried without end, for programs that are trusted. ``store`` is the
    connected store that keeps the orders that were read from it.
    """

    def __init__(
        self,
        database: Database,
        product: ProductOf,
        clock: Clock = utc_now,
        currency: str = "USD",
        rules: ServicePolicy = DEMO,
        limited: bool = True,
        delivery: Callable[[], DeliveryTerms | None] = lambda: None,
        store: OrderStore | None = None,
    ) -> None:
        self.database = database
        self.product = product
        self.clock = clock
        self.rules = rules
        self._delivery = delivery
        self.customers = Customers(database, limited=limited)
        self.stock = Stock(database, clock)
        self.carts = Carts(database, product, clock, currency)
        kept = StoreOrders(database, store, clock) if store is not None else None
        self.orders = Orders(database, kept.refresh) if kept is not None else Orders(database)
        self.changes = OrderChanges(database, product, clock, rules, kept)
        self.pending = PendingActions(database, self.customers, self.orders, self.changes, clock)
        self.checkouts = Checkouts(database, self.carts, product, rules, delivery, clock)
        self.behaviours = Behaviours(database, clock)

    def seal_all(self) -> None:
        """Addresses that an earlier version kept in clear."""
        addresses = CustomerRow.address, CustomerRow.further_addresses, OrderRow.address
        seal_documents(self.database, *addresses, ChangeRow.arguments, PendingRow.arguments)

    @property
    def delivery(self) -> DeliveryTerms | None:
        """The terms of the goods that are live now: another shop's catalogue brings none of these."""
        return self._delivery()

    def product_with(self, variant_id: str) -> Product | None:
        """The product that a variant belongs to, while the catalogue has both."""
        product = self.product(self.stock.product_of(variant_id) or "")
        return product if product is not None and product.variant(variant_id) is not None else None
