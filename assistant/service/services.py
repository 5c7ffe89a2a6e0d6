"""The services behind the pages and the API, one for each kind of person or task. They can be held before the
application runs, since each asks the running dialogue when it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.service.admins import AdminService
from assistant.service.agents import AgentService
from assistant.service.canned import CannedService
from assistant.service.checkouts import CheckoutService
from assistant.service.customers import CustomerService
from assistant.service.inbox import InboxService
from assistant.service.learning import LearningService
from assistant.service.merchandisers import MerchandiserService
from assistant.service.open_conversations import OpenConversations
from assistant.service.person import PersonService
from assistant.service.presence import Presence
from assistant.service.profiles import ProfileService
from assistant.service.ranking import RankingService
from assistant.service.shoppers import ShopperService
from assistant.service.shopping import ShoppingService
from assistant.service.staff import StaffService
from assistant.service.suggestions.service import SuggestionService
from assistant.service.translation import TranslationService
from assistant.service.wishes import WishService
from assistant.setup.readiness import Readiness


@dataclass(frozen=True, slots=True)
class Services:
    shoppers: ShopperService
    shopping: ShoppingService
    checkouts: CheckoutService
    wishes: WishService
    profiles: ProfileService
    agents: AgentService
    inbox: InboxService
    suggestions: SuggestionService
    admins: AdminService
    learning: LearningService
    merchandisers: MerchandiserService
    ranking: RankingService
    staff: StaffService
    presence: Presence
    person: PersonService
    customers: CustomerService
    translation: TranslationService
    canned: CannedService
    readiness: Readiness

    @classmethod
    def of(cls, app: Shopclerk, access: Access) -> Self:
        conversations, admins = OpenConversations(app), AdminService(app)
        presence = Presence(app.commerce.records.changes)
        profiles = ProfileService(app, conversations)
        checkouts = CheckoutService(app, conversations)
        shopping = ShoppingService(app, access, conversations, profiles, checkouts)
        return cls(
            shoppers=ShopperService(app, access, conversations, profiles, shopping),
            shopping=shopping,
            checkouts=checkouts,
            wishes=WishService(app, conversations, app.commerce.notifications),
            profiles=profiles,
            agents=AgentService(app, presence),
            inbox=InboxService(app.commerce.records, app.settings, app.commerce.notifications),
            suggestions=SuggestionService(app),
            admins=admins,
            learning=LearningService(app, admins),
            merchandisers=MerchandiserService(app),
            ranking=RankingService(app),
            staff=StaffService(access, app.commerce.records),
            presence=presence,
            person=PersonService(app, access, conversations, presence),
            customers=CustomerService(app, conversations, shopping),
            translation=TranslationService(app),
            canned=CannedService(app.commerce.records.canned),
            readiness=Readiness(app.commerce.database, app.knowledge.search, app.model.availability),
        )
