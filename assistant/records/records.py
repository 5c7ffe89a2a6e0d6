"""The records: one of each kind, on one database."""

from __future__ import annotations

from assistant.bounds import Bounds
from assistant.database import Clock, Database, utc_now
from assistant.records.accounts import Accounts
from assistant.records.audit import Audit
from assistant.records.changes import Changes
from assistant.records.contacts import Contacts
from assistant.records.conversations import Conversations
from assistant.records.drafts import Drafts
from assistant.records.feedback import Feedback
from assistant.records.inbox import Inbox
from assistant.records.notes import CannedReplies, Notes
from assistant.records.pages import Pages
from assistant.records.proposals import FaqProposals
from assistant.records.ratings import Ratings
from assistant.records.reported import Reported
from assistant.records.tickets import Tickets
from assistant.records.triage import Triage
from assistant.records.turns import Turns
from assistant.records.unanswered import Unanswered
from assistant.records.usage import Usage
from assistant.seal import Seal


class Records:
    """The schema must be there: see ``assistant.migrations.migrate``. Without ``bounds`` nobody asks too much; ``seal``
    is for what shoppers left to be reached by."""

    def __init__(
        self, database: Database, clock: Clock = utc_now, bounds: Bounds | None = None, seal: Seal | None = None
    ) -> None:
        self.changes = Changes()
        self.conversations = Conversations(database, clock, self.changes)
        self.tickets = Tickets(database, clock, self.changes, bounds)
        self.triage = Triage(database, clock, self.changes)
        self.inbox = Inbox(database, clock)
        self.notes = Notes(database, clock, self.changes)
        self.canned = CannedReplies(database, clock)
        self.accounts = Accounts(database, clock)
        self.audit = Audit(database, clock)
        self.turns = Turns(database, clock, self.changes)
        self.pages = Pages(database, clock, self.changes)
        self.feedback = Feedback(database, clock)
        self.drafts = Drafts(database, clock)
        self.proposals = FaqProposals(database, clock)
        self.reported = Reported(database, self.conversations, clock)
        self.ratings = Ratings(database, clock, self.changes)
        self.contacts = Contacts(database, clock, self.changes, seal)
        self.unanswered = Unanswered(database, clock)
        self.usage = Usage(database, clock)
