"""What pages ask that is in no OpenAPI document: calls, what is sent, streams, documents, forms (Hypothesis).

Wanted of each answer: no 5xx, within a minute, and JSON from what answers scripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx
from hypothesis import given, seed
from hypothesis import strategies as st

from assistant.service.services import Services
from laboratory.fuzz.finds import Tally, trying
from ui import agent, buying, csrf, login, shopper
from ui.person import PersonPage
from ui.profile import ProfilePage

ANSWERED_S = 60.0
FIELDS = (
    "after", "alike", "cart", "chosen", "code", "consent", "conversation", "cursor", "customer", "do", "draft", "email",
    "filename", "how", "id", "key", "kind", "language", "limit", "name", "on", "only_language", "page", "passage",
    "picture", "preference", "product", "quantity", "query", "reason", "replaces", "score", "tab", "tag", "text",
    "ticket", "token", "turn", "typing", "url", "value", "variant", "verdict", "view", "visible", "vouched", "wish",
    "words", "zone",
)  # fmt: skip
WORDS = (
    "confirm", "cancel", "remove_wish", "sort", "alike", "quantity", "thumb", "up", "down", "typing", "seen",
    "return", "email", "no_email", "again", "end", "rate", "add", "change", "remove", "off", "forget", "price_drop",
    "back_in_stock", "take", "send", "close", "hand-back", "release", "take-over", "assign", "reopen", "priority",
    "snooze", "wake", "tag", "untag", "note", "unread", "propose", "show", "discard", "save", "shorter", "warmer",
    "en", "zh", "de", "evening", "written", "urgent", "solved", "a@shop.example", "red running shoes under $80",
    "where is my order?", "data:image/png;base64,iVBORw0KGgo=", "=1+1", "<script>alert(1)</script>",
    "../../etc/passwd", "\x00", "\ud800", "0", "-1", "1e999", "NaN", "9" * 400,
)  # fmt: skip
PATHS = (
    "/", "/help", "/help/{}", "/widget/loader.js", "/favicon.ico", "/manifest.json", "/chat", "/chat/", "/agent/",
    "/agent/team", "/agent/audit", "/agent/audit.csv", "/agent/ratings", "/agent/sign-in", "/admin/", "/admin/sign-in",
    "/chat/assets/{}", "/agent/assets/{}", "/checkout/{}", "/uploads/{}", "/docs", "/docs/assets/{}", "/{}",
)  # fmt: skip
QUERIES = ("language", "after", "before", "days", "name", "what", "text", "since", "until", "key", "q", "product")
OF_STREAMS = ("after", "language", "view", "tag", "limit", "tab", "ticket", "visible")
HEADERS = (
    "accept", "accept-language", "authorization", "content-type", "cookie", "if-none-match", "if-modified-since",
    "origin", "range", "referer", "sec-fetch-site", "sec-fetch-mode", "x-conversation", "x-csrf-token",
    "x-forwarded-for", "x-forwarded-proto", "last-event-id",
)  # fmt: skip

numbers = st.integers() | st.floats() | st.sampled_from([2**31, 2**53, 2**63, 2**80, -(2**80)])
texts = st.sampled_from(WORDS) | st.text(max_size=30)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | texts, inner, max_size=4),
    max_leaves=6,
)
lines = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40).map(
    str.strip
)


@dataclass(frozen=True, slots=True)
class Doors:
    """``names``: of calls, by the page's path. ``known``: values that there are, by the field's name, for signed-in
    ``agent`` and for anybody."""

    client: httpx.Client
    names: Mapping[str, Sequence[str]]
    known: Mapping[str, Sequence[str]]
    token: str
    """Of the desk's session."""


def call_names(services: Services) -> dict[str, list[str]]:
    page = shopper.ShopperPage(services.shoppers, services.shopping, "")
    said = (
        *shopper.calls(page, ProfilePage(services.profiles), PersonPage(services.person)),
        *buying.calls(
            buying.BuyingCalls(services.shoppers, services.shopping, services.checkouts, services.wishes, "")
        ),
    )
    desk = agent.calls(agent.AgentPage(services))
    return {"/chat": [each.__name__ for each in said], "/agent": [each.__name__ for each in desk]}


def signed_in(url: str, name: str, password: str) -> tuple[httpx.Client, str]:
    """A browser at the desk, and its session's token. Raises ``RuntimeError`` where it is not let in."""
    client = httpx.Client(base_url=url, headers={"Origin": url}, timeout=ANSWERED_S)
    client.post("/agent/sign-in", data={"name": name, "password": password})
    session = client.cookies.get(login.cookie_name("agent"))
    if session is None:
        raise RuntimeError(f"{name} is not let in")
    return client, csrf.token(session)


def payloads(known: Mapping[str, Sequence[str]]) -> st.SearchStrategy[bytes]:
    """Mostly objects whose ids are those of something, now and then anything."""
    right = {name: st.sampled_from(given) | values for name, given in known.items()}
    some = st.fixed_dictionaries(right, optional={name: values for name in FIELDS if name not in known})
    as_sent = st.one_of(some, some, some, values).map(lambda each: json.dumps(each).encode())
    return st.one_of(as_sent, as_sent, as_sent, as_sent, st.binary(max_size=20), st.just(b"[" * 50_000))


def ask(doors: Doors, examples: int, at: int, tally: Tally) -> None:
    """Raises what the first wrong answer is."""
    places = [(page, name) for page, names in doors.names.items() for name in names]
    writes = st.sampled_from(
        [*(f"{page}/call/{name}" for page, name in places), "/chat/send", "/chat/send", "/chat/stop"]
    )

    @seed(at)
    @trying(examples)
    @given(path=writes, body=payloads(doors.known))
    def called(path: str, body: bytes) -> None:
        tally.runs += 1
        headers = {"X-CSRF-Token": doors.token, "Content-Type": "application/json"}
        reply = doors.client.post(path, content=body, headers=headers)
        assert reply.status_code < 500, (reply.status_code, reply.text)
        reply.json()

    @seed(at)
    @trying(examples)
    @given(
        path=st.sampled_from(PATHS),
        name=texts,
        query=st.dictionaries(st.sampled_from(QUERIES) | texts, texts, max_size=3),
        headers=st.dictionaries(st.sampled_from(HEADERS), lines, max_size=3),
        form=st.none() | st.dictionaries(texts, texts),
    )
    def looked(
        path: str, name: str, query: dict[str, str], headers: dict[str, str], form: dict[str, str] | None
    ) -> None:
        tally.runs += 1
        url = httpx.URL(path.format(_quoted(name)), params={_plain(key): _plain(each) for key, each in query.items()})
        raw = [(key.encode(), each.encode("latin-1")) for key, each in headers.items()]
        if form is None:
            reply = doors.client.get(url, headers=raw)
        else:
            told = {_plain(key): _plain(each) for key, each in form.items()}
            reply = doors.client.post(url, headers=[*raw, (b"X-CSRF-Token", doors.token.encode())], data=told)
        assert reply.status_code < 500, (reply.status_code, reply.text[:500])

    @seed(at)
    @trying(max(1, examples // 4))
    @given(
        desk=st.booleans(),
        query=st.dictionaries(st.sampled_from(OF_STREAMS), texts),
        chat=st.sampled_from(doors.known["conversation"]).map(str.encode)
        | lines.map(lambda each: each.encode("latin-1")),
    )
    def followed(desk: bool, query: dict[str, str], chat: bytes) -> None:
        tally.runs += 1
        told = {"tab": "a-tab-of-the-desk", **{key: _plain(each) for key, each in query.items()}}
        path = "/agent/stream" if desk else "/chat/stream"
        with doors.client.stream("GET", path, params=told, headers=[(b"X-Conversation", chat)]) as reply:
            assert reply.status_code < 500, reply.status_code
            if reply.status_code == 200:
                first = next(reply.iter_text(), "")
                assert first, "a stream that says nothing"

    for what, run in (("calls", called), ("pages", looked), ("streams", followed)):
        tally.tried(what, run)


def _plain(text: str) -> str:
    """As a browser encodes it: half a character is a question mark."""
    return text.encode("utf-8", "replace").decode()


def _quoted(text: str) -> str:
    return httpx.QueryParams({"": _plain(text)}).__str__()[1:].replace("+", "%20")
