"""Mounts the pages on the application: the shop's front page and widget, /chat, /agent and /admin."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI, Request

from assistant.access import Origins
from assistant.service.application import body_limit
from assistant.service.services import Services
from ui import admin, agent, buying, checkout, desk_stream, line, live, login, ratings, shopper, storefront, team
from ui.csrf import ForgedWrites
from ui.frame import Compressed, PageHeaders
from ui.learning import LearningPart
from ui.line import Line, State
from ui.page import MayCall, router
from ui.person import PersonPage
from ui.profile import ProfilePage
from ui.sessions import SessionStreams
from ui.shopper import Limits


def mount(
    app: FastAPI,
    services: Services,
    *,
    shop_name: str,
    limits: Limits | None = None,
    allowed_origins: tuple[str, ...] = (),
    origin_allowed: MayCall | None = None,
    public_url: str = "",
) -> None:
    """``allowed_origins`` are the sites that may embed the chat beside this one ("https://shop.example");
    ``origin_allowed`` says who may call, where it is more than these. The staff's pages are called from this host
    and ``public_url`` alone."""

    def add(
        blocks: gr.Blocks,
        path: str,
        *styles: str,
        upload: str = "1kb",
        who: login.Guard | None = None,
    ) -> None:
        gr.mount_gradio_app(
            app,
            blocks,
            path,
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            max_file_size=upload,
            head=live.head("en", *styles),
            theme=live.theme(),
            auth_dependency=who,
        )

    async def admin_name(request: Request) -> str:
        found = await login.member(services.staff, "admin", request)
        return found.name if found else ""

    limits = limits or Limits()
    may_call = origin_allowed or Origins(allowed_origins).allowed
    limit_bytes = body_limit(limits.picture, limits.message)
    staff = ("base.css", "blocks.css", "shopper.css", "console.css", "suggestions.css", "ranking.css")
    page, profile = shopper.ShopperPage(services.shoppers, services.shopping, shop_name), ProfilePage(services.profiles)
    person = PersonPage(services.person)
    states: list[State] = [person.state]
    app.include_router(
        line.router(
            Line(services.shoppers, services.shopping, page, states, services.person.here), may_call, limit_bytes
        )
    )
    buys = buying.calls(
        buying.BuyingCalls(services.shoppers, services.shopping, services.checkouts, services.wishes, shop_name)
    )
    document = shopper.document(shop_name, limits, allowed_origins)
    said = (*shopper.calls(page, profile, person), *buys)
    app.include_router(router("/chat", document, said, may_call, limit_bytes))
    app.include_router(storefront.router(services.shopping, shop_name))
    app.include_router(checkout.router(services.checkouts, shop_name))
    app.include_router(login.router(services.staff, shop_name))
    app.include_router(team.router(services.staff, shop_name))
    app.include_router(ratings.router(services.staff, services.person.ratings, shop_name))
    desk = agent.AgentPage(services)
    app.include_router(desk_stream.router(desk.stream))
    to_desk, for_agents = agent.document(shop_name), login.guard(services.staff, "agent")
    app.include_router(router("/agent", to_desk, agent.calls(desk), may_call, limit_bytes, for_agents))
    add(
        admin.build(
            services.admins,
            services.merchandisers,
            services.ranking,
            shop_name,
            LearningPart(services.learning, admin_name),
        ),
        "/admin",
        *staff,
        upload=f"{admin.CATALOGUE_LIMIT_MB}mb",
        who=login.guard(services.staff, "admin"),
    )
    live.warm_up()
    app.add_middleware(SessionStreams, staff=services.staff)
    app.add_middleware(ForgedWrites, may_write=may_call, staff_may_write=Origins((public_url,)).allowed)
    app.add_middleware(PageHeaders, allowed_origins=allowed_origins)
    app.add_middleware(Compressed)
