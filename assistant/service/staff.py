"""Who may open the console and the admin page."""

from __future__ import annotations

from assistant.access import Access, LoginRefused
from assistant.access import Role as AccessRole
from assistant.pages import Refused, Role


class StaffService:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def sign_in(self, role: Role, name: str, password: str, client: str) -> str | None:
        """A signed cookie value, or None for a wrong password. ``client`` is the caller's address. Raises ``Refused``
        when there were too many attempts."""
        session = self._access.login(AccessRole(role), name.strip() or role.capitalize(), password, client)
        if isinstance(session, LoginRefused):
            if session.retry_after_s:
                raise Refused(f"Too many attempts. Try again in {round(session.retry_after_s)} seconds.")
            return None
        return self._access.sign_session(session)

    def who(self, role: Role, cookie: str) -> str | None:
        """The name signed in with, or None when the cookie is not (or no longer) valid."""
        session = self._access.read_session(cookie)
        return session.subject if session and session.may(AccessRole(role)) else None
