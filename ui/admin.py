"""The admin page: FAQ and catalogue are loaded beside the live ones, looked at, switched and rolled back; health."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from assistant.languages import LANGUAGES
from assistant.pages import ColumnsAsked, Preview, Refused
from assistant.service.admins import AdminService
from assistant.service.merchandisers import MerchandiserService
from assistant.service.ranking import RankingService
from ui import live, ranking, render
from ui.learning import LearningPart
from ui.live import Payload
from ui.merchandising import MerchandisingPart
from ui.shopper import language_of
from ui.spreadsheet import table
from ui.texts import Words, words

_parts: Any = render.ENVIRONMENT.get_template("admin_parts.html").module
FAQ_LIMIT_MB = 5
CATALOGUE_LIMIT_MB = 500


def browser_words(w: Words) -> dict[str, str]:
    sections = {
        f"{name}.{key}": text
        for name in ("admin", "merchandising", "learning")
        for key, text in w.section(name).items()
    }
    return {**sections, "team.title": w("team.title"), "language": w.language}


def bad_rows_file(preview: Preview) -> str:
    """The bad rows as a CSV in a ``data:`` address."""
    text = table(("line", "problem", "row"), ((bad.line, bad.problem, bad.row) for bad in preview.bad))
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(text.encode("utf-8-sig")).decode()


def columns_problem(asked: ColumnsAsked, w: Words) -> str:
    """What is to be chosen so that the upload can be read."""
    problem = "doubled" if asked.doubled else "lacking" if asked.lacking else "unclear"
    fields = ", ".join(w(f"columns.{field}") for field in asked.doubled or asked.lacking)
    return w(f"admin.columns_{problem}", fields=fields)


def uploaded(path: str) -> Path:
    """The file that was uploaded here. Raises Refused for any other path."""
    file = Path(path).resolve()
    if not file.is_relative_to(Path(get_upload_folder()).resolve()) or not file.is_file():
        raise Refused("The uploaded file is gone. Please upload it again.")
    return file


class AdminPage:
    def __init__(self, admins: AdminService, rankings: RankingService) -> None:
        self.admins = admins
        self.rankings = rankings

    async def hello(self, payload: Payload, request: gr.Request) -> Payload:
        return {"words": browser_words(words(language_of(payload))), "me": ""}

    async def refresh(self, payload: Payload, request: gr.Request) -> Payload:
        w = words(language_of(payload))
        return {
            "health": str(_parts.health(await self.admins.health(), w)),
            "versions": str(_parts.versions(await self.admins.versions(), w)),
            "unanswered": str(_parts.unanswered(await self.admins.unanswered(100), w)),
            "ranking_state": await ranking.state(self.rankings, w),
        }

    def _preview(self, preview: Preview, kind: str, w: Words) -> str:
        return str(_parts.preview(preview, kind, bad_rows_file(preview), w))

    async def faq_preview(self, payload: Payload, request: gr.Request) -> Payload:
        """The file comes as a ``data:`` address: it is small."""
        w = words(language_of(payload))
        try:
            data = base64.b64decode(str(payload["data"]).partition(",")[2], validate=True)
            preview = await self.admins.faq_preview(data, str(payload["filename"]), trusted=_trusted(payload))
        except Refused as refusal:
            return {"html": str(_parts.told(str(refusal), False))}
        except binascii.Error:
            return {"html": str(_parts.told(w("admin.failed"), False))}
        return {"html": self._preview(preview, "faq", w)}

    async def act(self, payload: Payload, request: gr.Request) -> Payload:
        """Switch or roll back."""
        w = words(language_of(payload))
        faq, token = payload["kind"] == "faq", str(payload.get("token") or "")
        try:
            if payload["kind"] == "ranking":
                text = await ranking.roll_back(self.rankings, w)
            elif payload["do"] == "switch":
                confirmed = payload.get("confirmed") is True
                switch = self.admins.faq_switch(token, confirmed) if faq else self.admins.catalogue_switch(token)
                version = await switch
                text = w("admin.switched", id=version.id)
            else:
                version = await (self.admins.faq_rollback() if faq else self.admins.catalogue_rollback())
                text = w("admin.rolled_back", id=version.id)
        except Refused as refusal:
            return {"html": str(_parts.told(str(refusal), False))}
        return {"html": str(_parts.told(text, True))}

    async def ingest(self, payload: Payload, request: gr.Request) -> AsyncIterator[Payload]:
        """Reads an uploaded catalogue; the pieces are progress and, last, the preview."""
        w = words(language_of(payload))
        piece: Payload = {"key": payload.get("key"), "done": False}
        said = payload.get("columns")
        columns = {str(name): str(field) for name, field in said.items()} if isinstance(said, dict) else {}
        try:
            path, filename = uploaded(str(payload["path"])), str(payload["filename"])
            how = {name: str(payload.get(name) or "") for name in ("currency", "locale")}
            async for step in self.admins.catalogue_load(
                path, filename, columns, currency=how["currency"], locale=how["locale"], trusted=_trusted(payload)
            ):
                if isinstance(step, ColumnsAsked):
                    yield {**piece, "html": str(_parts.columns(step, columns_problem(step, w), w)), "done": True}
                    return
                if isinstance(step, Preview):
                    yield {**piece, "html": self._preview(step, "catalogue", w), "done": True}
                    return
                yield {**piece, "html": str(_parts.progress(step.stage, step.done, step.total, w))}
        except Refused as refusal:
            yield {**piece, "html": str(_parts.refused(str(refusal), w)), "done": True}
        except Exception:
            live.log.exception("loading a catalogue failed")
            yield {**piece, "html": str(_parts.told(w("admin.failed"), False)), "done": True}


def _trusted(payload: Payload) -> bool:
    """Whether whoever uploads it says that texts with orders to the assistant are meant."""
    return payload.get("trusted") is True


def build(
    admins: AdminService,
    merchandisers: MerchandiserService,
    rankings: RankingService,
    shop_name: str,
    learned: LearningPart,
) -> gr.Blocks:
    page, selling = AdminPage(admins, rankings), MerchandisingPart(merchandisers)
    w = words("en")
    skeleton = render.page("admin.html", w=w, shop=shop_name, languages=LANGUAGES, section="admin", path="/admin")
    return live.page(
        title=f"{w('admin.title')} · {shop_name}",
        skeleton=skeleton,
        scripts=("admin.js", "merchandising.js", "learning.js"),
        calls=(
            page.hello,
            page.refresh,
            page.faq_preview,
            page.act,
            selling.merchandising,
            selling.merchandise,
            selling.explain,
            *learned.calls,
        ),
        streams={"ingest": page.ingest},
        settings={"words": browser_words(w), "limits": {"faq": FAQ_LIMIT_MB, "catalogue": CATALOGUE_LIMIT_MB}},
    )
