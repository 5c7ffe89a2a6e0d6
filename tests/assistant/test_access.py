"""Sessions cannot be forged or outlive their time, logins are throttled, foreign pages are kept out."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from assistant.access import (
    CREDENTIALS,
    CUSTOMER_LIFETIME_S,
    FREE_GUESSES,
    FREE_GUESSES_OF_ADDRESS,
    LONGEST_WAIT_S,
    SESSION_LIFETIME_S,
    STAFF_LIFETIME_S,
    Access,
    Credentials,
    CredentialsUnavailable,
    LoginRefused,
    Role,
    Session,
    credentials,
)
from assistant.settings import Settings

SECRETS = Credentials("s" * 32, "agent word", "admin word")
CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    return Access(SECRETS, allowed_origins=["https://shop.example"], clock=clock, hasher=CHEAP)


def test_sessions_come_back_as_signed(access: Access) -> None:
    for session in (
        Session(Role.SHOPPER, "v"),
        Session(Role.STAFF, "s1"),
        Session(Role.SHOPPER, "v", customer_id="C1"),
    ):
        assert access.read_session(access.sign_session(session)) == session


def test_forged_sessions_are_nobody(access: Access) -> None:
    cookie = access.sign_session(Session(Role.SHOPPER, "v"))
    payload = base64.urlsafe_b64encode(b'["staff","v",null]').rstrip(b"=").decode()
    other = Access(Credentials("other" * 8, "a", "b"), hasher=CHEAP)
    for forged in (
        None, "", "x", payload + cookie[cookie.index(".") :], cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
        other.sign_session(Session(Role.STAFF, "root")), access.sign_customer("C1"), "é.ü.ß",
    ):  # fmt: skip
        assert access.read_session(forged) is None, forged


def test_sessions_end_staffs_sooner(access: Access, clock: Clock) -> None:
    shopper, admin = access.sign_session(Session(Role.SHOPPER, "v")), access.sign_session(Session(Role.STAFF, "root"))
    clock.now += STAFF_LIFETIME_S + 2
    assert access.read_session(admin) is None and access.read_session(shopper) is not None
    clock.now += SESSION_LIFETIME_S
    assert access.read_session(shopper) is None


def test_customers_tokens_are_their_own_kind(access: Access, clock: Clock) -> None:
    token = access.sign_customer("C1")
    assert access.read_customer(token) == "C1"
    assert access.read_customer(access.sign_session(Session(Role.SHOPPER, "C1"))) is None
    assert access.read_customer(token + "x") is None and access.read_customer(None) is None
    clock.now += CUSTOMER_LIFETIME_S + 2
    assert access.read_customer(token) is None


@settings(deadline=None)
@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    access = Access(SECRETS, hasher=CHEAP)
    assert access.read_customer(text) is None and access.read_session(text) is None


def test_a_password_is_its_own_hashs_alone(access: Access) -> None:
    hashed = access.hash_password("agent word")
    assert access.is_password("agent word", hashed) and not access.is_password("admin word", hashed)
    assert not access.is_password("agent word", None), "nobody's"


def refused(access: Access, account: str, address: str) -> float:
    """How long the next attempt has to wait, by itself."""
    answer = access.login(account, address, lambda: pytest.fail("not even asked"))
    assert isinstance(answer, LoginRefused)
    return answer.retry_after_s


def test_each_wrong_guess_doubles_the_wait(access: Access, clock: Clock) -> None:
    for _ in range(FREE_GUESSES):
        assert access.login("ann", "10.0.0.9", lambda: False) == LoginRefused()
    waits = []
    for _ in range(4):
        waits.append(refused(access, "ann", "10.0.0.9"))
        clock.now += waits[-1]
        assert access.login("ann", "10.0.0.9", lambda: False) == LoginRefused()
    assert waits == [1, 2, 4, 8]
    for _ in range(20):
        clock.now += LONGEST_WAIT_S
        access.login("ann", "10.0.0.9", lambda: False)
    assert refused(access, "ann", "10.0.0.9") == LONGEST_WAIT_S


def test_strangers_lock_nobody_out(access: Access, clock: Clock) -> None:
    for guess in range(500):
        access.login("ann", f"10.0.{guess % 200}.9", lambda: False)
    assert access.login("ann", "10.1.0.1", lambda: True) is None
    for _ in range(FREE_GUESSES):
        access.login("ann", "2001:db8::1", lambda: False)
    assert refused(access, "ann", "2001:db8::2"), "a household's network is one"
    assert access.login("ann", "2001:db8:1::2", lambda: True) is None


def test_an_address_that_tries_many_accounts_waits_for_all(access: Access, clock: Clock) -> None:
    for guess in range(FREE_GUESSES_OF_ADDRESS):
        assert access.login(f"ann-{guess}", "10.0.0.9", lambda: False) == LoginRefused()
    assert refused(access, "bob", "10.0.0.9")


def test_the_right_password_makes_good_for_the_wrong_ones(access: Access) -> None:
    for _ in range(3):
        for _ in range(FREE_GUESSES - 1):
            assert access.login("ann", "10.0.0.9", lambda: False) == LoginRefused()
        assert access.login("ann", "10.0.0.9", lambda: True) is None


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("https://shop.example", True),
        ("https://SHOP.example:443", True),
        ("http://chat.local:7860", True),
        ("http://shop.example", False),
        ("https://shop.example.evil.com", False),
        ("https://evil.com/https://shop.example", False),
        ("https://shop.example@evil.com", False),
        ("http://chat.local:7861", False),
        ("null", False),
        ("", False),
        ("https://[broken", False),
        ("file://", False),
    ],
)
def test_only_our_own_and_listed_pages_may_call(access: Access, origin: str | None, allowed: bool) -> None:
    assert access.origin_allowed(origin, "chat.local:7860") is allowed


def test_placeholders_get_secrets_that_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # away from any .env
    for name in ("SESSION_SECRET", "AGENT_PASSWORD", "ADMIN_PASSWORD"):
        monkeypatch.delenv(f"SHOPCLERK_{name}", raising=False)
    made_by = Settings(state_dir=tmp_path / "state", admin_password=SecretStr("chosen"))
    first = credentials(made_by)
    assert first == credentials(made_by)
    assert first.made_up == ("session_secret", "agent_password") and first.admin_password == "chosen"
    assert len(first.agent_password) >= 16 and len(first.session_secret) >= 43
    file = tmp_path / "state" / CREDENTIALS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and "chosen" not in file.read_text()
    both = credentials(made_by.model_copy(update={"admin_password": SecretStr("change-me")}))
    assert both.agent_password == first.agent_password and len(both.admin_password) >= 16
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and [path.name for path in file.parent.iterdir()] == [CREDENTIALS]


def test_a_place_for_secrets_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CredentialsUnavailable, match=CREDENTIALS):
        credentials(Settings(state_dir=tmp_path / "file"))


def test_the_usual_hashing_is_argon2() -> None:
    access = Access(SECRETS)
    hashed = access.hash_password("agent word")
    assert hashed.startswith("$argon2id$") and access.is_password("agent word", hashed)
