"""A database of the first schema, with a shop in it, is brought up to date and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import assistant.migrations
from assistant.database import Database
from assistant.migrations import migrate
from assistant.shop.shop import Shop
from assistant.shop.views import AddressView, OrderStatus, OrderView

OLD = """
INSERT INTO customers (id, name, name_key, email, postcode_key, address, language, demo)
 VALUES ('C1', 'Zoe Ann Hill', 'zoeannhill', 'zoe@example.com', 'ab1', '1 Hill Road, Leeds', 'en', false);
INSERT INTO orders (id, customer_id, status, placed_at, currency, total, address, demo)
 VALUES ('SC-1', 'C1', 'return_requested', '2026-01-01 00:00:00', 'USD', '25.00', '1 Hill Road, Leeds', false);
INSERT INTO orders (id, customer_id, status, placed_at, currency, total, address, demo)
 VALUES ('SC-2', 'C1', 'pending', '2026-01-02 00:00:00', 'USD', '12.50', '2 Hill Road, Leeds', false);
INSERT INTO order_lines (order_id, product_id, variant_id, title, options, quantity, unit_price)
 VALUES ('SC-1', 'mug', 'mug/one', '{"en": "Mug"}', '{}', 2, '12.50');
INSERT INTO payments (order_id, kind, amount, method, at)
 VALUES ('SC-1', 'payment', '25.00', 'Visa ending 4242', '2026-01-01 00:00:00');
INSERT INTO fulfilments (order_id, carrier, tracking_id, variant_ids) VALUES ('SC-1', 'Post', 'P1', '["mug/one"]');
INSERT INTO order_changes (key, order_id, action, arguments, at)
 VALUES ('k1', 'SC-1', 'return_items', '{"items": [["mug/one", 1]], "reason": ""}', '2026-01-03 00:00:00');
INSERT INTO order_changes (key, order_id, action, arguments, at)
 VALUES ('k2', 'SC-2', 'change_items', '{"swaps": {}}', '2026-01-03 00:00:00');
INSERT INTO stock (variant_id, product_id, quantity) VALUES ('mug/one', 'mug', 5);
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database that ends at the first version."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    else:
        url = sa.make_url(request.getfixturevalue("postgresql_url"))
        with sa.create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        ).connect() as admin:
            admin.execute(sa.text("DROP DATABASE IF EXISTS old"))
            admin.execute(sa.text("CREATE DATABASE old"))
        database = Database(url.set(database="old").render_as_string(hide_password=False))
    config = Config()
    config.set_main_option("script_location", str(Path(assistant.migrations.__file__).parent))
    with database.connect_for_writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OLD.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    yield database
    database.close()


def test_nothing_is_lost(old: Database) -> None:
    migrate(old)
    shop = Shop(old, lambda _: None)
    customer = shop.customers.get("C1")
    assert customer is not None and (customer.first_name, customer.last_name) == ("Zoe Ann", "Hill")
    assert customer.address == AddressView("1 Hill Road, Leeds") and customer.methods == ()
    changed, returned = shop.orders.of_customer("C1")
    assert changed.id == "SC-2" and changed.items_changed and not returned.items_changed
    assert returned.address == "1 Hill Road, Leeds" and returned.return_items == ("mug/one",)
    assert returned.placed_at == datetime(2026, 1, 1, tzinfo=UTC) and returned.total == Decimal("25.00")
    assert [(line.variant_id, line.quantity) for line in returned.lines] == [("mug/one", 2)]
    assert returned.fulfilments[0].tracking_ids == ("P1",) and returned.payments[0].amount == Decimal("25.00")
    came = shop.changes.receive_return("sc-1")
    assert isinstance(came, OrderView) and came.status is OrderStatus.RETURNED
    assert [payment.amount for payment in came.payments] == [Decimal("25.00"), Decimal("12.50")]
    assert shop.stock.of("mug/one") == 6


def test_foreign_keys_are_back_afterwards(old: Database) -> None:
    migrate(old)
    if old.sqlite:
        with old.read() as session:
            assert session.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
            assert session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    with pytest.raises(sa.exc.IntegrityError), old.write() as session:
        session.execute(sa.text("DELETE FROM customers"))
