"""Who may do what: signed sessions, staff logins, customers' tokens, and the Origin check.

Nothing here is stored in SQL. Secrets that still have their placeholder are made up once in development and kept in
``credentials.txt`` of the state directory, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from assistant.bounds import network_of
from assistant.settings import PLACEHOLDER, Settings

SESSION_LIFETIME_S = 7 * 24 * 3600
STAFF_LIFETIME_S = 12 * 3600
CUSTOMER_LIFETIME_S = 24 * 3600
RETURN_LIFETIME_S = 14 * 24 * 3600
CREDENTIALS = "credentials.txt"

FREE_GUESSES, FREE_GUESSES_OF_ADDRESS = 5, 20
"""Wrong passwords without a wait: by one address for one account, and for all accounts together."""
LONGEST_WAIT_S = 900.0
FORGOTTEN_S = 3600.0
MAX_GUESSERS = 20_000


class Role(StrEnum):
    SHOPPER = "shopper"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Session:
    """``subject`` is the visitor's id for shoppers, and the id of the signed-in browser for staff."""

    role: Role
    subject: str
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """``retry_after_s`` is 0 for wrong credentials, and the wait when there were too many attempts."""

    retry_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """``made_up`` names those not set by the operator, who has to be told them at the start."""

    session_secret: str
    agent_password: str
    admin_password: str
    made_up: tuple[str, ...] = ()


class CredentialsUnavailable(RuntimeError):
    """Made-up secrets cannot be kept; the message says where and why."""


def credentials(settings: Settings) -> Credentials:
    """The secrets to use: the settings', or for placeholders (development only) those kept in the state directory.

    Raises ``CredentialsUnavailable`` when the state directory cannot be read or written.
    """
    names = ("session_secret", "agent_password", "admin_password")
    given = {name: getattr(settings, name).get_secret_value() for name in names}
    missing = [name for name in names if given[name] in ("", PLACEHOLDER)]
    if missing:
        path = settings.state_dir / CREDENTIALS
        try:
            kept = _kept(path, missing)
        except OSError as error:
            raise CredentialsUnavailable(f"{path} cannot be used: {error.strerror}") from error
        given.update({name: kept[name] for name in missing})
    return Credentials(**given, made_up=tuple(missing))


def _kept(path: Path, names: Iterable[str]) -> dict[str, str]:
    """The named values of the file, made up and written where they are not there yet. Two starts at once agree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = _read(path)
    new = {name: secrets.token_urlsafe(32 if name == "session_secret" else 12) for name in names if name not in found}
    if not new:
        return found
    lines = [f"{name}={value}\n" for name, value in {**found, **new}.items()]
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text("".join(lines), encoding="utf-8")
    try:
        if found:
            os.replace(draft, path)
        else:
            os.link(draft, path)  # unlike replace, this fails when another start was quicker
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return _read(path)


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    return {name: value for name, _, value in pairs if value}


class Origins:
    """The sites whose pages may call us beside our own."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._origins = {origin for given in allowed if (origin := _origin(given))}

    def allowed(self, origin: str | None, host: str | None) -> bool:
        """Whether a browser's page of this ``Origin`` may call us, who were called as ``host``.

        Our own pages and the listed shops' may; a request without the header comes from no other site's page. "null"
        (a sandboxed frame, a file) may not.
        """
        if origin is None:
            return True
        normal = _origin(origin)
        return normal is not None and (normal in self._origins or self.own(origin, host))

    def own(self, origin: str | None, host: str | None) -> bool:
        """Whether the page is one of our own."""
        return origin is None or (
            bool(host) and _origin(origin) in (_origin(f"http://{host}"), _origin(f"https://{host}"))
        )


class Guesses:
    """Wrong passwords: after the first few each doubles the wait. Counted by account and address together, so that
    nobody is locked out by what others guess. Safe from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, ...], tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, account: str, address: str) -> float:
        """How long they have to wait; 0: not at all."""
        with self._lock:
            return max(self._wait(key, free) for key, free in _guessed(account, address))

    def wrong(self, account: str, address: str) -> None:
        with self._lock:
            for key, _ in _guessed(account, address):
                count, last = self._wrong.pop(key, (0, 0.0))
                now = self._clock()
                self._wrong[key] = (count + 1 if now - last < FORGOTTEN_S else 1), now
            while len(self._wrong) > MAX_GUESSERS:
                self._wrong.popitem(last=False)

    def right(self, account: str, address: str) -> None:
        """What was counted as wrong, before it was looked at, was right."""
        with self._lock:
            self._wrong.pop((account, address), None)
            count, last = self._wrong.get((address,), (0, 0.0))
            if count:
                self._wrong[address,] = count - 1, last

    def _wait(self, key: tuple[str, ...], free: int) -> float:
        count, last = self._wrong.get(key, (0, 0.0))
        if count < free:
            return 0.0
        return max(0.0, last + min(2.0 ** min(count - free, 30), LONGEST_WAIT_S) - self._clock())


def _guessed(account: str, address: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    return ((account, address), FREE_GUESSES), ((address,), FREE_GUESSES_OF_ADDRESS)


class Access:
    """All the checks. ``clock`` gives seconds since the epoch."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        allowed_origins: Iterable[str] = (),
        clock: Callable[[], float] = time.time,
        hasher: PasswordHash | None = None,
    ) -> None:
        self._hasher = hasher or PasswordHash((Argon2Hasher(),))
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(12))
        self.given = credentials
        self.origins = Origins(allowed_origins)
        self._guesses = Guesses(clock)
        self._sessions = _serializer(credentials.session_secret, "session", clock)
        self._customers = _serializer(credentials.session_secret, "customer", clock)
        self._returns = _serializer(credentials.session_secret, "return", clock)

    @classmethod
    def from_settings(cls, settings: Settings) -> Access:
        return cls(credentials(settings), allowed_origins=(*settings.allowed_origins, settings.public_url))

    def sign_session(self, session: Session) -> str:
        """The cookie's value. Set it HttpOnly, SameSite, and Secure wherever there is TLS."""
        return self._sessions.dumps([session.role, session.subject, session.customer_id])

    def read_session(self, cookie: str | None) -> Session | None:
        """``None`` for a cookie that is forged, broken or too old (staff sooner than shoppers)."""
        data = _load(self._sessions, cookie, SESSION_LIFETIME_S)
        try:
            role, subject, customer_id = data
            session = Session(Role(role), subject, customer_id)
        except (TypeError, ValueError):
            return None
        if session.role != Role.SHOPPER and _load(self._sessions, cookie, STAFF_LIFETIME_S) is None:
            return None
        return session

    def sign_customer(self, customer_id: str) -> str:
        """What the shop's own page hands to the chat of a customer who has signed in there."""
        return self._customers.dumps(customer_id)

    def read_customer(self, token: str | None) -> str | None:
        data = _load(self._customers, token, CUSTOMER_LIFETIME_S)
        return data if isinstance(data, str) else None

    def sign_return(self, conversation_id: str) -> str:
        """What the link in a mail brings its reader back into the conversation with."""
        return self._returns.dumps(conversation_id)

    def read_return(self, token: str | None) -> str | None:
        data = _load(self._returns, token, RETURN_LIFETIME_S)
        return data if isinstance(data, str) else None

    def hash_password(self, password: str) -> str:
        """By Argon2id: some 50 ms."""
        return self._hasher.hash(password)

    def is_password(self, password: str, hashed: str | None) -> bool:
        """As slow without a hash to compare with, so that nobody learns by the clock which accounts there are."""
        return self._hasher.verify(password, hashed or self._nobodys) and hashed is not None

    def login(self, account: str, address: str, right: Callable[[], bool]) -> LoginRefused | None:
        """``None`` when ``right`` says so. Whoever has to wait, by ``Guesses``, is refused before ``right`` is asked.
        ``address``: the caller's."""
        address = network_of(address)
        if wait := self._guesses.wait_s(account, address):
            return LoginRefused(wait)
        self._guesses.wrong(account, address)  # first: many at once are many
        if not right():
            return LoginRefused()
        self._guesses.right(account, address)
        return None

    def origin_allowed(self, origin: str | None, host: str | None) -> bool:
        """Whether a browser's page of this ``Origin`` may call us, who were called as ``host``: see ``Origins``."""
        return self.origins.allowed(origin, host)


def _origin(url: str) -> str | None:
    """Scheme, host and port in normal form, without a scheme's own port; ``None`` for what is no web origin."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    own = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port not in (None, own) else "")


def _serializer(secret: str, purpose: str, clock: Callable[[], float]) -> URLSafeTimedSerializer:
    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(clock())

    return URLSafeTimedSerializer(
        secret, salt=f"shopclerk.{purpose}", signer=Signer, signer_kwargs={"digest_method": hashlib.sha256}
    )


def _load(serializer: URLSafeTimedSerializer, token: str | None, lifetime_s: int) -> Any:
    try:
        return serializer.loads(token, max_age=lifetime_s) if token else None
    except BadData:
        return None
