"""Ratings as leads and admins see them, and nobody else."""

from __future__ import annotations

from datetime import date

from fastapi.testclient import TestClient

from assistant.records.ratings import RatingFigures
from tests.app import Served
from ui.ratings import AgentTotal, totals


def test_days_are_added_up_by_agent() -> None:
    monday, tuesday = date(2026, 11, 30), date(2026, 12, 1)
    figures = [
        RatingFigures("Maya", monday, 1, 5.0, 1),
        RatingFigures("Maya", tuesday, 3, 2.0, 1),
        RatingFigures("Ben", monday, 1, 4.0, 1),
    ]
    found = totals(figures, {"Maya": 10, "": 7})
    assert found == [AgentTotal("Maya", 4, 2.75, 50, 40), AgentTotal("Ben", 1, 4.0, 100, None)]
    assert totals([], {}) == []


def test_leads_see_figures_and_words_and_agents_do_not(served_app: Served) -> None:
    records = served_app.shop.commerce.records
    chat = records.conversations.start("en").id
    records.ratings.give(chat, "T-1", "<b>Maya</b>", 2, "<script>alert(1)</script>")
    client = TestClient(served_app.application, follow_redirects=False)
    assert client.get("/agent/ratings").status_code == 303
    for name, status in (("Maya", 403), ("Lena", 200)):
        client.post("/agent/sign-in", data={"name": name, "password": served_app.agent_password})
        reply = client.get("/agent/ratings?days=7")
        assert reply.status_code == status
        assert ("alert(1)" in reply.text) is (status == 200) and "<script>alert" not in reply.text
        assert "<b>Maya" not in reply.text
    assert "2.00" in reply.text and "&lt;b&gt;Maya" in reply.text
