"""The API of profiles: whoever has a conversation has its shopper's profile, and no other's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.access import Access
from assistant.bootstrap import Shopclerk
from assistant.profile.owner import Owner
from assistant.service.application import application


@pytest.fixture
def client(shop: Shopclerk) -> Iterator[TestClient]:
    api, _ = application(shop, Access.from_settings(shop.settings))
    with TestClient(api) as client:
        yield client


@pytest.fixture
def chat(client: TestClient) -> str:
    """A visitor's conversation."""
    return str(client.post("/api/conversations", json={}).json()["id"])


def test_a_profile_is_seen_changed_switched_exported_and_forgotten(client: TestClient, chat: str) -> None:
    at = f"/api/conversations/{chat}"
    assert client.get(f"{at}/profile").json()["preferences"] == []
    view = client.post(f"{at}/profile/preferences", json={"text": "vegan, size 42"}).json()
    ids = {line["text"]: line["id"] for line in view["preferences"]}
    assert set(ids) == {"vegan", "size 42"} and not view["customer"]
    view = client.put(f"{at}/profile/preferences/{ids['size 42']}", json={"text": "no leather"}).json()
    assert {line["text"]: line["wanted"] for line in view["preferences"]} == {"vegan": True, "not leather": False}
    view = client.delete(f"{at}/profile/preferences/{ids['vegan']}").json()
    assert [line["text"] for line in view["preferences"]] == ["not leather"]
    assert client.put(f"{at}/profile/personal", json={"on": False}).json()["personal"] is False
    assert [said["value"] for said in client.get(f"{at}/profile/export").json()["preferences"]] == ["leather"]
    receipt = client.post(f"{at}/profile/forget", json={"confirm": True}).json()
    assert ["Preferences", 1] in receipt["lines"]
    assert client.get(f"{at}/profile").json()["preferences"] == []


def test_bad_input_is_refused_in_words_and_loses_nothing(client: TestClient, chat: str) -> None:
    at = f"/api/conversations/{chat}"
    client.post(f"{at}/profile/preferences", json={"text": "vegan"})
    for text, told in (
        ("xyzzy", "xyzzy"),
        ("vegan, plugh", "plugh"),
        ("  ", "Write what"),
        ("'; DROP TABLE x", "word"),
    ):
        refused = client.post(f"{at}/profile/preferences", json={"text": text})
        assert refused.status_code == 422 and told in refused.json()["detail"]
    gone = client.put(f"{at}/profile/preferences/nothing", json={"text": "size 42"})
    assert gone.status_code == 422 and "no longer there" in gone.json()["detail"]
    assert client.post(f"{at}/profile/forget", json={"confirm": False}).status_code == 422
    assert client.post(f"{at}/profile/forget", json={}).status_code == 422
    assert client.post(f"{at}/products/nothing/share").status_code == 422
    assert [line["text"] for line in client.get(f"{at}/profile").json()["preferences"]] == ["vegan"]


def test_unknown_conversations_and_foreign_pages_get_nothing(client: TestClient, chat: str) -> None:
    assert client.get("/api/conversations/guess/profile").status_code == 404
    assert client.post("/api/conversations/guess/profile/forget", json={"confirm": True}).status_code == 404
    evil = {"origin": "https://evil.example"}
    assert client.get(f"/api/conversations/{chat}/profile/export", headers=evil).status_code == 403
    assert (
        client.post(f"/api/conversations/{chat}/profile/forget", json={"confirm": True}, headers=evil).status_code
        == 403
    )


def test_a_profile_is_reached_from_its_own_conversations_only(client: TestClient, shop: Shopclerk, chat: str) -> None:
    access = Access.from_settings(shop.settings)
    one, other = (each.id for each in shop.commerce.shop.customers.list(200)[:2])
    mine, theirs = (
        client.post("/api/conversations", json={"customer_token": access.sign_customer(each)}).json()["id"]
        for each in (one, other)
    )
    view = client.post(f"/api/conversations/{mine}/profile/preferences", json={"text": "vegan"}).json()
    said = view["preferences"][0]["id"]
    try:
        for stranger in (theirs, chat):
            at = f"/api/conversations/{stranger}/profile"
            assert client.get(at).json()["preferences"] == []
            assert client.put(f"{at}/preferences/{said}", json={"text": "size 42"}).status_code == 422
            client.delete(f"{at}/preferences/{said}")
            assert client.get(f"{at}/export").json()["customer_id"] != one
        kept = client.get(f"/api/conversations/{mine}/profile").json()["preferences"]
        assert [line["text"] for line in kept] == ["vegan"]
    finally:
        shop.commerce.profiles.preferences.remove(Owner(one, mine), said)
