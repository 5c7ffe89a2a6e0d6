"""The staff's plain pages: accounts and passwords, and the audit of who looked at whose data."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.pages import Refused, StaffMember, StaffPage
from assistant.records.accounts import ROLES, StaffRole
from assistant.records.audit import LOOKS, Looked, Sought
from assistant.service.staff import MIN_PASSWORD, StaffService
from ui import live, login, render
from ui.csrf import form_token
from ui.live import MOST
from ui.spreadsheet import table
from ui.texts import Words, words

SHOWN = 100
"""Entries of the audit on one page."""


def moment(at: datetime | None) -> str:
    """To the second, in UTC: the audit is read beside other logs."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else "–"


def audit_file(entries: Sequence[Looked]) -> str:
    header = ("time_utc", "name", "role", "what", "conversation", "customer", "detail")
    rows = ((moment(e.at), e.name, e.role, e.what, e.conversation_id, e.customer_id, e.detail) for e in entries)
    return table(header, rows)


def sought(name: str, what: str, text: str, since: str, until: str) -> Sought:
    """From a form's fields; days that are no days do not limit. ``until`` counts whole."""

    def day(given: str, later: int = 0) -> datetime | None:
        try:
            return datetime.combine(date.fromisoformat(given) + timedelta(days=later), time(), UTC)
        except (ValueError, OverflowError):
            return None

    return Sought(name, what if what in LOOKS else "", text.strip(), day(since), day(until, 1))


def router(staff: StaffService, shop_name: str) -> APIRouter:
    """``/admin/team`` and ``/admin/audit``, and the same under ``/agent``; to be included before the mounts."""
    routes = APIRouter(include_in_schema=False)

    def shown(template: str, w: Words, who: StaffMember, path: str, status: int = 200, **values: object) -> Response:
        css = live.styles("base.css", "console.css", "team.css")
        html = render.page(template, w=w, me=who, path=path, shop=shop_name, css=css, moment=moment, **values)
        return HTMLResponse(html, status, {"Cache-Control": "no-store"})

    def add(page: StaffPage) -> None:
        path = login.PATHS[page]
        outside = RedirectResponse(f"{path}/sign-in", 303)

        async def team(request: Request, who: StaffMember, w: Words, problem: str = "", told: str = "") -> Response:
            accounts = await staff.accounts() if who.role == "admin" else ()
            return shown(
                "team.html", w, who, path, 400 if problem else 200, accounts=accounts, roles=ROLES, problem=problem,
                told=told, shortest=MIN_PASSWORD, csrf=form_token(page, request),
            )  # fmt: skip

        @routes.get(f"{path}/team")
        async def show_team(request: Request) -> Response:
            who = await login.member(staff, page, request)
            return await team(request, who, words(login.browser_language(request))) if who else outside

        @routes.post(f"{path}/team")
        async def change_team(
            request: Request,
            do: Annotated[str, Form()],
            account: Annotated[str, Form()] = "",
            login_name: Annotated[str, Form()] = "",
            name: Annotated[str, Form()] = "",
            role: Annotated[str, Form()] = "agent",
            password: Annotated[str, Form()] = "",
        ) -> Response:
            who = await login.member(staff, page, request)
            if who is None:
                return outside
            w = words(login.browser_language(request))
            given: StaffRole = next((one for one in ROLES if one == role), "agent")
            doing: Awaitable[None]
            match do:
                case "add":
                    doing = staff.add(who, login_name, name, given, password)
                case "password":
                    doing = staff.set_password(who, account or who.id, password)
                case "role":
                    doing = staff.set_role(who, account, given)
                case "disable":
                    doing = staff.disable(who, account)
                case "enable":
                    doing = staff.enable(who, account)
                case _:
                    return await team(request, who, w, w("team.failed"))
            try:
                await doing
            except Refused as refusal:
                return await team(request, who, w, render.refusal(refusal, w))
            if await login.member(staff, page, request) is None:  # they changed their own password
                return outside
            return await team(request, who, w, told=w(f"team.done_{do}"))

        @routes.get(f"{path}/audit")
        async def show_audit(
            request: Request,
            name: str = "",
            what: str = "",
            text: str = "",
            since: str = "",
            until: str = "",
            before: Annotated[int | None, Query(ge=0, le=MOST)] = None,
        ) -> Response:
            who = await login.member(staff, page, request)
            if who is None:
                return outside
            w = words(login.browser_language(request))
            fields = {"name": name, "what": what, "text": text, "since": since, "until": until}
            try:
                entries = await staff.audit(who, sought(**fields), SHOWN, before)
            except Refused as refusal:
                return shown("audit.html", w, who, path, 403, problem=render.refusal(refusal, w), entries=())
            names = await staff.audit_names()
            kept = {key: value for key, value in fields.items() if value}
            return shown(
                "audit.html", w, who, path, problem="", entries=entries, names=names, looks=LOOKS, fields=fields,
                kept=kept, more=entries[-1].id if len(entries) == SHOWN else None,
            )  # fmt: skip

        @routes.get(f"{path}/audit.csv")
        async def audit_csv(
            request: Request, name: str = "", what: str = "", text: str = "", since: str = "", until: str = ""
        ) -> Response:
            who = await login.member(staff, page, request)
            if who is None:
                return outside
            try:
                entries = await staff.audit_file(who, sought(name, what, text, since, until))
            except Refused as refusal:
                return Response(str(refusal), 403, media_type="text/plain")
            headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
            return Response(audit_file(entries).encode("utf-8-sig"), media_type="text/csv", headers=headers)

    add("agent")
    add("admin")
    return routes
