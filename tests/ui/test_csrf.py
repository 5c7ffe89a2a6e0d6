"""No other site's page writes at the shop on a visitor's behalf: every route of the application, Gradio's too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app import Served
from ui.csrf import HEADER, READING, page_of, token
from ui.login import PATHS, cookie_name

EVIL = {"Origin": "https://evil.example"}
OWN = {"Origin": "http://testserver"}
TOKENLESS = ("/agent/sign-in", "/admin/sign-in")
"""Signing in is authenticated by the password that is sent, and by no cookie."""


def writing(routes: Iterable[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route that writes, below mounts and included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", route)
        path = before + getattr(route, "path", "")
        if deeper := getattr(inner, "routes", None):
            yield from writing(deeper, path)
        for method in getattr(route, "methods", None) or ():
            if method not in READING:
                yield method, re.sub(r"\{[^}]*\}", "x", path)


@pytest.fixture(scope="module")
def routes(served_app: Served) -> list[tuple[str, str]]:
    return sorted(set(writing(served_app.application.routes)))


@pytest.fixture(scope="module")
def client(served_app: Served) -> TestClient:
    """Signed in at both pages, as an admin may be."""
    client = TestClient(served_app.application, follow_redirects=False)
    for page in PATHS:
        said = {"name": "admin", "password": served_app.admin_password}
        assert client.post(f"{PATHS[page]}/sign-in", data=said, headers=OWN).status_code == 303
    return client


def test_all_kinds_of_routes_are_looked_at(routes: list[tuple[str, str]]) -> None:
    paths = {path for _, path in routes}
    assert {"/chat/send", "/agent/call/x", "/admin/team", "/api/conversations/x/turns", "/checkout/x"} <= paths
    assert {"/admin/gradio_api/upload", "/admin/gradio_api/component_server", "/agent/sign-out"} <= paths
    assert ("DELETE", "/api/conversations/x/profile/preferences/x") in routes


def test_every_writing_route_refuses_another_sites_page(routes: list[tuple[str, str]], client: TestClient) -> None:
    def status(method: str, path: str, **headers: str) -> int:
        return client.request(method, path, headers=headers, json={}).status_code

    assert {(method, path): status(method, path, **EVIL) for method, path in routes} == dict.fromkeys(routes, 403)
    assert {(method, path): status(method, path, Origin="null") for method, path in routes} == dict.fromkeys(
        routes, 403
    )


def test_where_a_cookie_signs_in_every_write_needs_the_sessions_token(
    routes: list[tuple[str, str]], client: TestClient
) -> None:
    staff = [(method, path) for method, path in routes if page_of(path) and path not in TOKENLESS]
    assert len(staff) > 20
    for method, path in staff:
        for headers in (OWN, {**OWN, HEADER: token("another session")}, {**OWN, "Sec-Fetch-Site": "cross-site"}):
            reply = client.request(method, path, headers=headers, json={})
            assert reply.status_code == 403 and "page" in reply.json()["detail"], (method, path, headers)


def test_with_its_token_a_page_writes_and_a_form_as_well(client: TestClient) -> None:
    client.get("/agent/")
    mine = token(client.cookies[cookie_name("agent")])
    assert mine in {cookie.value for cookie in client.cookies.jar if cookie.path == "/agent"}, "its script can read it"
    said = client.post("/agent/call/hello", headers={**OWN, HEADER: mine}, json={"language": "en"})
    assert said.status_code == 200
    page = client.get("/agent/team").text
    assert f'name="csrf" value="{mine}"' in page
    form = {"do": "nothing", "csrf": mine}
    assert client.post("/agent/team", headers=OWN, data=form).status_code == 400, "read as the form that it is"
    assert client.post("/agent/team", headers=OWN, data={**form, "csrf": ""}).status_code == 403


def test_other_sites_link_to_a_staff_page_and_read_nothing_of_it(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/agent/", headers=link).status_code == 200
    for path in ("/agent/audit.csv", "/agent/stream?tab=12345678", "/admin/config"):
        assert client.get(path, headers={**link, "Sec-Fetch-Mode": "no-cors"}).status_code == 403


def test_shoppers_are_known_by_what_their_page_sends_and_never_by_a_cookie(
    routes: list[tuple[str, str]], client: TestClient, served_app: Served
) -> None:
    """So the chat may be framed by other sites, and no token guards it: nothing that a browser adds opens anything."""
    begun = client.post("/api/conversations", headers=OWN, json={})
    assert begun.status_code == 200 and "set-cookie" not in begun.headers
    chat = begun.json()["id"]
    stranger = TestClient(served_app.application)
    said = stranger.put(f"/api/conversations/{chat}/profile/personal", json={"on": False}, headers=OWN)
    assert said.status_code == 200, "who has the id needs no cookie"
    for method, path in routes:
        if page_of(path) is None and "/x" in path:
            replies = [each.request(method, path, headers=OWN, json={}) for each in (client, stranger)]
            assert replies[0].status_code == replies[1].status_code >= 400, (method, path)
            assert not any("set-cookie" in reply.headers for reply in replies)
