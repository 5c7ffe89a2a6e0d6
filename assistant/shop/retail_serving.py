"""A retail file that is served: its products as a catalogue, its customers, orders and rules in the shop's database,
and nothing of any other shop beside them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assistant.database import Database, utc_now
from assistant.shop.policy import ServicePolicy
from assistant.shop.retail_files import RetailFile
from assistant.shop.retail_load import CURRENCY, RETAIL_LOAD, write
from assistant.shop.rules import FILE, RETAIL_TEXT, parse_rules
from assistant.shop.stock import remember_load
from assistant.shop.tables import (
    BehaviourRow,
    CartLineRow,
    CartRow,
    ChangeRow,
    CustomerRow,
    LoadRow,
    OrderRow,
    PendingRow,
    ProductRow,
    StockRow,
    VariantRow,
)
from retrieval.feeds.values import UNCOUNTED, key, options
from retrieval.models import GENERIC_TYPE, Product, Variant

_RULES = "rules"
_DEMO = "demo:"
"""How the keys of the requests that came with the demo begin."""
_HEAD = 4096
"""Bytes of a file by which it is told."""


class ShopInUse(RuntimeError):
    """Orders of the shop that is loaded have been changed here, and would be lost; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """How much of the shop before was taken out."""

    customers: int = 0
    orders: int = 0


def is_retail(path: Path) -> bool:
    """Whether a file looks like a retail file: one JSON object of products, users and orders."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        if not file.read(_HEAD).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return False
    try:
        held = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(held, dict) and {"users", "orders"} <= held.keys() and isinstance(held["orders"], dict)


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A retail file with the rules that it is served under: ``rules.toml`` beside it, else those of retail files."""

    file: RetailFile
    digest: str
    rules: str

    @classmethod
    def read(cls, path: Path) -> ServedFile:
        """Raises ``RetailInvalid`` or ``RulesInvalid``."""
        content, beside = path.read_bytes(), path.parent / FILE
        rules = RETAIL_TEXT
        if beside.is_file():
            parse_rules(beside.read_bytes(), beside.name)
            rules = beside.read_text(encoding="utf-8-sig")
        return cls(RetailFile.parse(content, path.name), hashlib.sha256(content).hexdigest(), rules)

    def products(self) -> list[Product]:
        """As a catalogue: what a thing is called is its kind. The file says only whether a variant is there, so nothing
        is counted."""
        return [
            Product(
                id=product.product_id,
                title={"en": product.name},
                brand="",
                type=key(product.name) or GENERIC_TYPE,
                category=(key(product.name) or GENERIC_TYPE,),
                description=_described([variant.options for variant in product.variants.values()]),
                currency=CURRENCY,
                variants=tuple(
                    Variant(
                        id=variant.item_id,
                        options=options(variant.options.items()),
                        price=variant.price,
                        stock=UNCOUNTED if variant.available else 0,
                    )
                    for variant in product.variants.values()
                ),
            )
            for product in self.file.products.values()
            if product.variants
        ]

    def load(self, database: Database, *, replace: bool = False) -> TakenOut | None:
        """Puts the shop into the database in place of the one that is there, all or nothing; ``None`` where it is there
        already, with what has been done since. Raises ``ShopInUse``, ``RetailInvalid``."""
        with database.write() as session:
            held = session.get(LoadRow, RETAIL_LOAD)
            out = None
            if held is None or held.digest != self.digest:
                out = _take_out(session, replace)
                _take_out_demo(session)
                write(session, self.file, self.digest, served=True)
            remember_load(session, _RULES, hashlib.sha256(self.rules.encode()).hexdigest(), utc_now, self.rules)
        return out


def check_may_replace(database: Database, digest: str = "") -> None:
    """Raises ``ShopInUse`` where taking out the shop that is loaded loses what was done; ``digest`` is that of the file
    to take its place."""
    with database.read() as session:
        held = session.get(LoadRow, RETAIL_LOAD)
        if held is not None and held.digest != digest and (changed := _changed(session)):
            raise ShopInUse(
                f"changes made here since this shop was loaded ({changed} to orders or addresses) would be lost: load "
                "into another SHOPCLERK_STATE_DIR, or repeat it with --replace"
            )


def served_rules(database: Database) -> ServicePolicy | None:
    """The rules of the retail file whose customers and orders the database holds; ``None`` where it holds none."""
    with database.read() as session:
        if session.get(LoadRow, RETAIL_LOAD) is None:
            return None
        held = session.get(LoadRow, _RULES)
        return parse_rules(((held.content if held else None) or RETAIL_TEXT).encode())


def give_way(database: Database, *, replace: bool = False) -> TakenOut | None:
    """Takes the retail shop out for a catalogue of another; ``None`` where there is none. Raises ``ShopInUse``."""
    with database.write() as session:
        if session.get(LoadRow, RETAIL_LOAD) is None:
            return None
        return _take_out(session, replace)


def _described(variants: list[dict[str, str]]) -> dict[str, str]:
    values: dict[str, dict[str, None]] = {}
    for each in variants:
        for name, value in each.items():
            values.setdefault(name, {})[value] = None
    said = "; ".join(f"{name}: {', '.join(several)}" for name, several in values.items())
    return {"en": f"Comes in {said}."} if said else {}


def _changed(session: Session) -> int:
    """Changes made by somebody, rather than brought by the demo."""
    query = select(func.count()).select_from(ChangeRow).where(~ChangeRow.key.startswith(_DEMO))
    return session.scalar(query) or 0


def _take_out(session: Session, replace: bool) -> TakenOut:
    if session.get(LoadRow, RETAIL_LOAD) is None:
        return TakenOut()
    if not replace and _changed(session):
        raise ShopInUse("orders have been changed here since; repeat it with --replace")
    ids = select(CustomerRow.id).where(~CustomerRow.demo)
    customers = session.scalar(select(func.count()).select_from(CustomerRow)) or 0
    orders = session.scalar(select(func.count()).select_from(OrderRow)) or 0
    session.execute(delete_rows(PendingRow))
    session.execute(delete_rows(ChangeRow))
    session.execute(delete_rows(OrderRow))
    session.execute(delete_rows(CartLineRow))
    session.execute(delete_rows(CartRow))
    session.execute(delete_rows(BehaviourRow).where(BehaviourRow.customer_id.in_(ids)))
    session.execute(delete_rows(CustomerRow))
    for table in (VariantRow, ProductRow, StockRow):
        session.execute(delete_rows(table))
    session.execute(delete_rows(LoadRow).where(LoadRow.name.in_((RETAIL_LOAD, _RULES, "stock"))))
    session.flush()
    session.expire_all()
    return TakenOut(customers, orders)


def _take_out_demo(session: Session) -> None:
    """The demo shop's customers are none of this shop's, whatever has been tried with them."""
    demo = select(CustomerRow.id).where(CustomerRow.demo)
    orders = select(OrderRow.id).where(OrderRow.customer_id.in_(demo))
    session.execute(delete_rows(PendingRow).where(PendingRow.customer_id.in_(demo)))
    session.execute(delete_rows(ChangeRow).where(ChangeRow.order_id.in_(orders) | ChangeRow.customer_id.in_(demo)))
    session.execute(delete_rows(BehaviourRow).where(BehaviourRow.demo | BehaviourRow.customer_id.in_(demo)))
    session.execute(delete_rows(OrderRow).where(OrderRow.customer_id.in_(demo)))
    session.execute(delete_rows(CartLineRow))
    session.execute(delete_rows(CartRow))
    session.execute(delete_rows(CustomerRow).where(CustomerRow.demo))
    session.execute(delete_rows(StockRow))
    session.execute(delete_rows(LoadRow).where(LoadRow.name.in_(("demo", "stock"))))
    session.flush()
