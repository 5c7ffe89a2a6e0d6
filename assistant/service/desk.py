"""The whole desk: what ``assistant.desk`` describes, implemented on the running shop."""

from __future__ import annotations

from assistant.access import Access, LoginRefused
from assistant.access import Role as AccessRole
from assistant.access import Session as AccessSession
from assistant.bootstrap import Shopclerk
from assistant.desk import Refused, Role
from assistant.dialogue.graph import Dialogue
from assistant.service.admins import AdminService
from assistant.service.agents import AgentService
from assistant.service.merchandisers import MerchandiserService
from assistant.service.profiles import ProfileService
from assistant.service.ranking import RankingService


class ShopDesk(ProfileService, AgentService, AdminService, MerchandiserService, RankingService):
    """One object for all pages. Each part keeps its own state."""

    def __init__(self, app: Shopclerk, dialogue: Dialogue, access: Access) -> None:
        ProfileService.__init__(self, app, dialogue, access)
        AgentService.__init__(self, app, dialogue)
        AdminService.__init__(self, app)
        MerchandiserService.__init__(self, app)


class StaffAccess:
    """Implements ``assistant.desk.Access`` on the signed sessions of ``assistant.access``."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def sign_in(self, role: Role, name: str, password: str, client: str) -> str | None:
        session = self._access.login(AccessRole(role), name.strip() or role.capitalize(), password, client)
        if isinstance(session, LoginRefused):
            if session.retry_after_s:
                raise Refused(f"Too many attempts. Try again in {round(session.retry_after_s)} seconds.")
            return None
        return self._access.sign_session(session)

    def who(self, role: Role, cookie: str) -> str | None:
        session: AccessSession | None = self._access.read_session(cookie)
        return session.subject if session and session.may(AccessRole(role)) else None
