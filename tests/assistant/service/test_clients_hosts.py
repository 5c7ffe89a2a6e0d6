"""Which names the shop answers to."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from assistant.service.clients import Hosts, served_hosts
from assistant.settings import Settings


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type,call-arg]


def served(**given: str) -> TestClient:
    return TestClient(Hosts(PlainTextResponse("here"), served_hosts(settings(**given))))


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("shop.example", 200), ("SHOP.example:443", 200), ("a.pages.example", 200), ("127.0.0.1:7860", 200),
        ("[::1]:7860", 200), ("localhost", 200), ("evil.example", 400), ("shop.example.evil.example", 400),
        ("evilshop.example", 400), ("pages.example", 400), ("a@evil.example", 400), ("[", 400), ("", 400),
    ],
)  # fmt: skip
def test_the_shop_answers_to_its_names_alone(host: str, status: int) -> None:
    client = served(trusted_hosts="*.pages.example", public_url="https://shop.example/chat")
    assert client.get("/chat/", headers={"Host": host}).status_code == status
    assert client.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200, "probes know the address alone"


def test_without_a_setting_any_name_will_do() -> None:
    assert served().get("/", headers={"Host": "anything.example"}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_hosts", "https://shop.example"),
        ("trusted_proxies", "10.0.0.2, proxy.example"),
        ("allowed_origins", "https://a.example shop.example"),
    ],
)
def test_what_a_list_cannot_hold_is_named(name: str, value: str) -> None:
    wrong = value.replace(",", " ").split()[-1]
    with pytest.raises(ValueError, match=f"SHOPCLERK_{name.upper()} holds '{wrong}', which is no"):
        served(**{name: value})


def test_lists_are_read_as_one_writes_them() -> None:
    read = settings(allowed_origins="https://a.example/, https://b.example:8443", trusted_proxies="10.0.0.0/8 ::1")
    assert read.allowed_origins == ("https://a.example", "https://b.example:8443")
    assert read.trusted_proxies == ("10.0.0.0/8", "::1")
