"""Other help desks as their interfaces answer, on this machine: Chatwoot's application API and Zendesk's ticketing API.

The shapes are those of their public references. ``calls`` are method and path, in turn; ``wrong`` holds statuses
that the next calls are answered with, 0 for one that goes well.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN, USER = "token-for-tests", "agent@shop.example"


@dataclass
class FakeHelpDesk:
    url: str = ""
    calls: list[str] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)

    def answer(self, call: str, headers: Any, body: dict[str, Any]) -> tuple[int, Any]:
        raise NotImplementedError


@dataclass
class FakeChatwoot(FakeHelpDesk):
    contacts: list[dict[str, Any]] = field(default_factory=list)
    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, call: str, headers: Any, body: dict[str, Any]) -> tuple[int, Any]:
        if headers["api_access_token"] != TOKEN:
            return 401, {"errors": ["Invalid Access Token"]}
        path = call.partition("/api/v1/accounts/3")[2]
        if path == "/contacts":
            self.contacts.append(body)
            contact = {"id": len(self.contacts), "name": body["name"], "email": body.get("email")}
            return 200, {"payload": {"contact": contact, "contact_inbox": {"source_id": f"source-{contact['id']}"}}}
        if path == "/conversations":
            assert body["source_id"] == f"source-{body['contact_id']}" and body["inbox_id"] == 7
            self.conversations.append(body)
            return 200, {"id": 100 + len(self.conversations), "status": body["status"]}
        if found := re.fullmatch(r"/conversations/(\d+)/messages", path):
            message = {"id": 1000 + len(self.messages), "conversation_id": int(found[1]), **body}
            self.messages.append(message)
            return 200, message
        if found := re.fullmatch(r"/conversations/(\d+)/toggle_status", path):
            self.conversations[int(found[1]) - 101]["status"] = body["status"]
            return 200, {"payload": {"success": True}}
        return 404, {}


@dataclass
class FakeZendesk(FakeHelpDesk):
    tickets: list[dict[str, Any]] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)
    """By idempotency key: what is asked for again is answered as before."""
    after_making: int = 0
    """A status to answer once, though the ticket is there."""

    def answer(self, call: str, headers: Any, body: dict[str, Any]) -> tuple[int, Any]:
        if headers["Authorization"] != "Basic " + base64.b64encode(f"{USER}/token:{TOKEN}".encode()).decode():
            return 401, {"error": "Couldn't authenticate you"}
        if call == "POST /api/v2/tickets.json":
            key = headers["Idempotency-Key"]
            if key not in self.made:
                self.tickets.append({**body["ticket"], "comments": [body["ticket"]["comment"]], "status": "new"})
                self.made[key] = len(self.tickets)
            status, self.after_making = self.after_making or 201, 0
            return status, {"ticket": {"id": self.made[key]}}
        if found := re.fullmatch(r"PUT /api/v2/tickets/(\d+)\.json", call):
            ticket, changed = self.tickets[int(found[1]) - 1], body["ticket"]
            if "comment" in changed:
                ticket["comments"].append(changed["comment"])
            ticket["status"] = changed.get("status", ticket["status"])
            return 200, {"ticket": {"id": int(found[1])}}
        return 404, {}


@contextmanager
def served(desk: FakeHelpDesk) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            call = f"{self.command} {self.path}"
            desk.calls.append(call)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            wrong = desk.wrong.pop(0) if desk.wrong else 0
            status, answer = (wrong, {}) if wrong else desk.answer(call, self.headers, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_PUT = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    desk.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
