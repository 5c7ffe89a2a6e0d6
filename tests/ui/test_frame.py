"""What every answer tells the browser: who may frame it, which scripts may run, and to come by https."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from assistant.service.inline_scripts import hashed
from tests.app import Served
from ui.frame import BASE, DATA, storefront_policy
from ui.login import PATHS

PAGES = ("/", "/help", "/chat/", "/checkout/unknown", "/docs", "/agent/sign-in", "/agent/", "/agent/team", "/admin/",
         "/admin/team", "/admin/audit", "/admin/ratings")  # fmt: skip
SECURE = "https://testserver"


@pytest.fixture(scope="module")
def client(served_app: Served) -> TestClient:
    client = TestClient(served_app.application, base_url=SECURE, follow_redirects=False)
    for path in PATHS.values():
        said = {"name": "admin", "password": served_app.admin_password}
        entered = client.post(f"{path}/sign-in", data=said, headers={"Origin": SECURE})
        cookie = entered.headers["set-cookie"].casefold()
        assert all(flag in cookie for flag in ("httponly", "secure", "samesite=strict", f"path={path}"))
    return client


def scripts(policy: str) -> str:
    found = re.search(r"script-src ([^;]*)", policy)
    return found[1] if found else ""


def test_every_page_runs_the_shops_own_scripts_alone(client: TestClient) -> None:
    for path in PAGES:
        reply = client.get(path, headers={"Accept": "text/html"})
        policy = reply.headers["content-security-policy"]
        assert reply.headers["content-type"].startswith("text/html"), path
        assert "'self'" in scripts(policy) and "'unsafe-inline'" not in scripts(policy), path
        assert ("'unsafe-eval'" in policy) is (path == "/admin/"), "what Gradio's components need"
        assert "object-src 'none'" in policy and "base-uri '" in policy, path
        inline = re.findall(r"<script(?: data-gradio-mode)?>(.*?)</script>", reply.text, re.DOTALL)
        assert all(hashed([script.encode()]) in policy for script in inline), path
        assert not re.search(r"<[^>]+\son\w+=", reply.text), f"{path} holds a handler that no policy would run"


def test_nobody_frames_staff_pages_and_only_this_site_the_rest(client: TestClient) -> None:
    for path in PAGES:
        ancestors = client.get(path).headers["content-security-policy"].rpartition("frame-ancestors ")[2]
        assert ancestors == ("'self'" if path in ("/", "/help", "/chat/") else "'none'"), path


def test_data_is_no_page(client: TestClient) -> None:
    for path in ("/healthz", "/api/search?q=shoes", "/nothing/here", "/openapi.json"):
        assert client.get(path).headers["content-security-policy"] == DATA


def test_whoever_comes_by_https_is_told_to_stay_there(client: TestClient, served_app: Served) -> None:
    for path in (*PAGES, "/healthz"):
        headers = client.get(path).headers
        assert headers["strict-transport-security"].startswith("max-age=")
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in TestClient(served_app.application).get("/healthz").headers


def test_a_script_that_is_not_the_storefronts_is_not_allowed() -> None:
    assert hashed([b"alert(1)"]) not in storefront_policy() and BASE in storefront_policy()
