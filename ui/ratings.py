"""What shoppers gave: by agent and day, and what they wrote. For leads and admins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.database import utc_now
from assistant.pages import StaffPage
from assistant.records.ratings import RatingFigures, Ratings
from assistant.service.staff import StaffService
from ui import live, login, render
from ui.texts import words

PERIODS = (7, 30, 90)
"""Days that one may look at."""


@dataclass(frozen=True, slots=True)
class AgentTotal:
    """``agent`` is empty for the assistant alone, and for all together. ``satisfied`` and ``share`` in percent: of the
    ratings, and of the conversations that could be rated; ``None`` where these are not known."""

    agent: str
    count: int
    mean: float
    satisfied: int
    share: int | None = None


def totals(figures: Sequence[RatingFigures], had: Mapping[str, int]) -> list[AgentTotal]:
    """Of each agent over all days, the most rated first. ``had``: how many conversations each had."""
    names = dict.fromkeys(each.agent for each in figures)
    found = [total(name, [each for each in figures if each.agent == name], had.get(name, 0)) for name in names]
    return sorted(found, key=lambda each: -each.count)


def total(agent: str, figures: Sequence[RatingFigures], had: int = 0) -> AgentTotal:
    count = sum(each.count for each in figures)
    if not count:
        return AgentTotal(agent, 0, 0.0, 0)
    mean = sum(each.mean * each.count for each in figures) / count
    satisfied = round(100 * sum(each.satisfied for each in figures) / count)
    return AgentTotal(agent, count, mean, satisfied, min(100, round(100 * count / had)) if had else None)


def router(staff: StaffService, ratings: Ratings, shop_name: str) -> APIRouter:
    """``/admin/ratings`` and ``/agent/ratings``; to be included before the mounts."""
    routes = APIRouter(include_in_schema=False)

    def add(page: StaffPage) -> None:
        path = login.PATHS[page]

        @routes.get(f"{path}/ratings")
        async def show(request: Request, days: int = PERIODS[1]) -> Response:
            who = await login.member(staff, page, request)
            if who is None:
                return RedirectResponse(f"{path}/sign-in", 303)
            w = words(login.browser_language(request))
            values = {"w": w, "me": who, "path": path, "shop": shop_name, "periods": PERIODS}
            css = live.styles("base.css", "console.css", "team.css", "person.css")
            if not who.leads:
                html = render.page("ratings.html", css=css, problem=w("ratings.not_yours"), **values)
                return HTMLResponse(html, 403, {"Cache-Control": "no-store"})
            days = days if days in PERIODS else PERIODS[1]
            since = utc_now() - timedelta(days=days)
            figures, had = await asyncio.to_thread(lambda: (ratings.figures(since), ratings.had(since)))
            latest = await asyncio.to_thread(ratings.latest, since)
            html = render.page(
                "ratings.html", css=css, problem="", days=days, figures=figures, totals=totals(figures, had),
                overall=total("", figures, sum(had.values())), latest=latest, **values,
            )  # fmt: skip
            return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    add("agent")
    add("admin")
    return routes
