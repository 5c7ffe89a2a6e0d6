"""The admin's rules and margins, kept in SQL, as the ranker takes them."""

from __future__ import annotations

import csv
import io
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import delete, insert, select

from assistant.database import Clock, Database, utc_now
from assistant.merchandising.tables import MarginRow, RuleRow
from retrieval.ranking.merchandise import BadRule, Merchandise, Rule, RuleKind

CACHE_S = 5.0
"""For so long what was read is taken for what holds: another process's change is seen after at most this."""
MAX_RULES = 200
"""Rules that a shop may have; more than a person can oversee."""


class BadMargins(ValueError):
    """A file of margins cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class KeptRule:
    id: str
    rule: Rule
    made_at: datetime
    made_by: str


class Rules:
    """Safe to call from several threads."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._read: tuple[float, Merchandise] | None = None

    def merchandise(self) -> Merchandise:
        """The rules, also those that do not hold now, and the margins."""
        with self._lock:
            if self._read is None or time.monotonic() - self._read[0] > CACHE_S:
                self._read = time.monotonic(), self._load()
            return self._read[1]

    def kept(self) -> list[KeptRule]:
        """The oldest first."""
        with self._database.read() as session:
            rows = session.scalars(select(RuleRow).order_by(RuleRow.made_at, RuleRow.id))
            return [KeptRule(row.id, _rule(row), row.made_at, row.made_by) for row in rows]

    def add(self, rule: Rule, by: str) -> str:
        """Its new id. Raises ``BadRule`` when there are too many."""
        rule_id = f"R-{secrets.token_hex(5)}"
        with self._database.write() as session:
            if len(session.scalars(select(RuleRow.id)).all()) >= MAX_RULES:
                raise BadRule(f"there are {MAX_RULES} rules already; take one away first")
            session.add(
                RuleRow(
                    id=rule_id,
                    kind=rule.kind.value,
                    key=rule.key,
                    value=rule.value,
                    strength=rule.strength,
                    place=rule.place,
                    starts_at=rule.starts_at,
                    ends_at=rule.ends_at,
                    made_at=self._clock(),
                    made_by=by,
                )
            )
        self._forget()
        return rule_id

    def remove(self, rule_id: str) -> bool:
        """Whether there was one."""
        with self._database.write() as session:
            found = session.execute(delete(RuleRow).where(RuleRow.id == rule_id).returning(RuleRow.id)).scalar()
        self._forget()
        return found is not None

    def load_margins(self, data: bytes) -> int:
        """Takes all margins from a CSV with the columns product, margin (0–1 or "35%"); how many there are now.

        Raises ``BadMargins``, and then keeps those there were.
        """
        margins = read_margins(data)
        with self._database.write() as session:
            session.execute(delete(MarginRow))
            if margins:
                session.execute(insert(MarginRow), [{"product_id": k, "share": v} for k, v in margins.items()])
        self._forget()
        return len(margins)

    def _load(self) -> Merchandise:
        with self._database.read() as session:
            rules = [_rule(row) for row in session.scalars(select(RuleRow).order_by(RuleRow.made_at, RuleRow.id))]
            margins = {row.product_id: row.share for row in session.scalars(select(MarginRow))}
        return Merchandise(tuple(rules), margins)

    def _forget(self) -> None:
        with self._lock:
            self._read = None


def read_margins(data: bytes) -> dict[str, float]:
    """By product id. Raises ``BadMargins``."""
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if missing := {"product", "margin"} - set(reader.fieldnames or ()):
            raise BadMargins(f"line 1: no column {' or '.join(sorted(missing))}")
        margins: dict[str, float] = {}
        for row in reader:
            product, told = (row["product"] or "").strip(), (row["margin"] or "").strip()
            if not product:
                raise BadMargins(f"line {reader.line_num}: product is empty")
            try:
                share = float(told.rstrip("%")) / (100 if told.endswith("%") else 1)
            except ValueError:
                share = float("nan")
            if not 0 <= share <= 1:
                raise BadMargins(f"line {reader.line_num}: margin {told!r} is not a share from 0 to 1, or 0% to 100%")
            if product in margins:
                raise BadMargins(f"line {reader.line_num}: product {product!r} comes twice")
            margins[product] = share
    except UnicodeDecodeError as error:
        raise BadMargins("the file is not UTF-8 text") from error
    except csv.Error as error:
        raise BadMargins(f"not valid CSV: {error}") from error
    return margins


def _rule(row: RuleRow) -> Rule:
    return Rule(RuleKind(row.kind), row.key, row.value, row.strength, row.place, row.starts_at, row.ends_at)
