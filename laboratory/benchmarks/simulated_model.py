"""A model server without a model: speaks the OpenAI protocol as vLLM does, as far as the client needs it.

One file of standard library. Run as a program it plays vLLM's part in front of ``ManagedServer``; ``--help`` lists what
it can be told to do wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path
from typing import Any

Reply = str | int | list[tuple[str, dict[str, Any]]] | Callable[[dict[str, Any]], str]
ENDLESS = 10**9
_HANDLES = re.compile(r"^\[([A-Z]\d+)\]", re.MULTILINE)


def obliging(request: dict[str, Any]) -> str:
    """What a model says that has no ideas of its own: a reply's statements in their order; and where it is to read a
    message, nothing, so that the shop's own reading stands."""
    if request.get("response_format"):
        return '{"requests": []}'
    handles = _HANDLES.findall(request["messages"][-1]["content"])
    return " ".join(f"[{handle}]" for handle in handles) or "All right."


class SimulatedModel(ThreadingHTTPServer):
    """``replies``: one by one, in order, the last one for ever: a text; a list of tool calls, each its name and
    arguments; a status to fail with; or what makes a text of the request. The switches may be thrown while it runs:
    ``status`` to fail with, ``garbage`` in place of JSON, ``endless`` replies, and how long a token takes."""

    daemon_threads = True

    def __init__(
        self, port: int = 0, api_key: str = "", replies: tuple[Reply, ...] = ("Hello from the fake.",)
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.api_key = api_key
        self.replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.kept = 1000
        """How many requests are kept, the latest."""
        self.models = ["fake-model"]
        self.healthy = True
        self.hang_health = False
        self.status = 200
        self.garbage = False
        self.endless = False
        self.token_delay_s = 0.0
        self.first_token_delay_s = 0.0
        self.die_after_tokens: int | None = None
        self.end_without_finish = False
        self.aborted = threading.Event()
        self.born = time.monotonic()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up; that is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: SimulatedModel
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/health":
            if self.server.hang_health:
                time.sleep(3600)
            self.answer({}, 200 if self.server.healthy else 503)
        elif self.path == "/v1/models" and self.authorised():
            self.answer({"object": "list", "data": [{"id": name, "object": "model"} for name in self.server.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.authorised():
            return
        del self.server.requests[: -self.server.kept]
        self.server.requests.append(body)
        if self.server.status != 200:
            self.answer({"error": {"message": "as told", "type": "fake", "code": None}}, self.server.status)
            return
        reply = self.server.replies.pop(0) if len(self.server.replies) > 1 else self.server.replies[0]
        time.sleep(self.server.first_token_delay_s)
        if isinstance(reply, int):
            self.answer({"error": {"message": "as told", "type": "fake", "code": None}}, reply)
            return
        if isinstance(reply, list):
            self.call_tools(body["model"], reply)
            return
        if callable(reply):
            reply = reply(body)
        if self.server.endless and not body.get("stream"):
            time.sleep(60)
        if self.server.garbage:
            self.answer_with(b"<html>\xff\xfe no JSON at all", 200)
            return
        tokens = reply.split(" ")
        tokens = [*(token + " " for token in tokens[:-1]), tokens[-1]]
        usage = {"prompt_tokens": 7, "completion_tokens": len(tokens), "total_tokens": 7 + len(tokens)}
        head = {"id": "1", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": reply}, "finish_reason": "stop"}
            self.answer({**head, "object": "chat.completion", "choices": [choice], "usage": usage})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        head["object"] = "chat.completion.chunk"
        try:
            for number, token in enumerate(repeat("and ", ENDLESS) if self.server.endless else tokens):
                if number == self.server.die_after_tokens:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.event({**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": token}}]})
                time.sleep(self.server.token_delay_s)
            if not self.server.end_without_finish:
                self.event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
                self.event({**head, "choices": [], "usage": usage})
            self.chunk(b"data: [DONE]\n\n")
            self.chunk(b"")
        except OSError:
            self.server.aborted.set()

    def call_tools(self, model: str, calls: list[tuple[str, dict[str, Any]]]) -> None:
        made = [
            {
                "id": f"call-{len(self.server.requests)}-{place}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for place, (name, arguments) in enumerate(calls)
        ]
        message = {"role": "assistant", "content": None, "tool_calls": made}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
        usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        head = {"id": "1", "created": 1, "model": model, "object": "chat.completion"}
        self.answer({**head, "choices": [choice], "usage": usage})

    def authorised(self) -> bool:
        if self.server.api_key and self.headers["Authorization"] != f"Bearer {self.server.api_key}":
            self.answer({"error": {"message": "wrong key", "type": "auth", "code": None}}, 401)
            return False
        return True

    def answer(self, body: dict[str, Any], status: int = 200) -> None:
        self.answer_with(json.dumps(body).encode(), status)

    def answer_with(self, data: bytes, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def event(self, body: dict[str, Any]) -> None:
        self.chunk(b"data: " + json.dumps(body).encode() + b"\n\n")

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--start-after", type=float, default=0, metavar="S", help="answer only after so many seconds")
    parser.add_argument("--die-after", type=float, metavar="S", help="exit with status 3 after so many seconds")
    parser.add_argument("--fail", metavar="TEXT", help="print TEXT and exit with status 1")
    parser.add_argument("--spawn", type=Path, metavar="FILE", help="start a grandchild, its pid into FILE")
    parser.add_argument("--deaf", action="store_true", help="ignore SIGTERM")
    parser.add_argument("--hang-health", action="store_true", help="take health checks, never answer")
    options = parser.parse_args()
    if options.fail:
        print(options.fail, flush=True)
        sys.exit(1)
    if options.deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if options.spawn:
        grandchild = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
        options.spawn.write_text(str(grandchild.pid))
    time.sleep(options.start_after)
    server = SimulatedModel(options.port, os.environ.get("VLLM_API_KEY", ""))
    server.hang_health = options.hang_health
    print("fake server up", flush=True)
    if options.die_after is not None:
        threading.Timer(options.die_after, lambda: os._exit(3)).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
