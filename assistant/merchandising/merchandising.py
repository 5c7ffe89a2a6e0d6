"""Rules and campaigns on one database."""

from __future__ import annotations

from assistant.database import Clock, Database, utc_now
from assistant.merchandising.campaigns import Campaigns
from assistant.merchandising.rules import Rules


class Merchandising:
    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self.rules = Rules(database, clock)
        self.campaigns = Campaigns(database, clock)
