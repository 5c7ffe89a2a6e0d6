"""The agents' desk under load: ``python -m laboratory.benchmarks.desk --agents 50 --conversations 500``.

A server process with the real routes of the desk (sign-in, event stream, sending) on a database of its own; agents are
real HTTP streams, each with one conversation open, reconnecting as the page does. First shoppers write through the
server, and the time from their request to each stream's event is taken: to the agent who has the conversation open, and
to every list that shows it. Then the server is killed (SIGKILL) again and again while shoppers write from another
process and agents answer with retries; at the end every stream must have had every message of its conversation, once,
and the database every answer, once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import re
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from assistant.access import Access, Credentials
from assistant.database import Database
from assistant.migrations import migrate
from assistant.records.records import Records
from assistant.service.agents import AgentService
from assistant.service.inbox import InboxService
from assistant.service.presence import Presence
from assistant.service.staff import StaffService

PASSWORD = "a password for agents"
RETRY_S = 0.4
STREAM_S = 30.0
_NUMBERED = re.compile(r"(?:said|answer) \d+")


def serve(path: str, port: int) -> None:
    """The server process: the desk's own routes, and one by which shoppers write."""
    import uvicorn
    from fastapi import Body, FastAPI

    from ui import login
    from ui.conversation import ConversationPart
    from ui.desk_stream import DeskStream, router
    from ui.inbox import InboxPart

    records = Records(Database(f"sqlite:///{path}"))
    staff = StaffService(_access(), records)
    app: Any = SimpleNamespace(commerce=SimpleNamespace(records=records))
    presence, settings = Presence(records.changes), SimpleNamespace(first_reply_minutes=5)
    agents, inbox = AgentService(app, presence), InboxService(records, settings)  # type: ignore[arg-type]
    nothing: Any = None
    stream = DeskStream(
        staff, agents, inbox, presence, records.changes, InboxPart(inbox), ConversationPart(agents, nothing, nothing)
    )
    api = FastAPI()
    api.include_router(login.router(staff, "Bench"))
    api.include_router(router(stream))

    @api.on_event("startup")
    async def follow() -> None:
        app.following = asyncio.create_task(records.changes.follow(records.conversations._database))

    @api.post("/say")
    async def say(conversation: str = Body(), text: str = Body()) -> None:
        await asyncio.to_thread(records.conversations.say, conversation, text, text)

    @api.post("/answer")
    async def answer(ticket: str = Body(), agent: str = Body(), text: str = Body(), key: str = Body()) -> None:
        await agents.send(ticket, agent, text, key)

    uvicorn.run(api, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1)


def _access() -> Access:
    return Access(Credentials("b" * 32, "the agents first one", "the admins first one"))


@dataclass
class Agent:
    """One stream. ``heard``: how often each part of the open conversation came; ``keys``: as which parts each text did;
    ``at``: when a text was first seen, in the conversation and in the list."""

    name: str
    ticket: str
    conversation: str
    cookie: str = ""
    cursor: int = 0
    heard: Counter[str] = field(default_factory=Counter)
    keys: dict[str, set[str]] = field(default_factory=dict)
    at: dict[str, float] = field(default_factory=dict)
    listed_at: dict[str, float] = field(default_factory=dict)
    bytes: int = 0
    streams: int = 0


async def listen(client: httpx.AsyncClient, url: str, agent: Agent, texts: set[str]) -> None:
    """The page's stream: opened anew from its cursor whenever it is lost. ``texts`` are those looked for in lists."""
    while True:
        asked: dict[str, str | int] = {
            "tab": f"bench-{agent.name}", "view": "open", "ticket": agent.ticket, "after": agent.cursor
        }  # fmt: skip
        try:
            cookies = {"cookie": f"shopclerk_agent={agent.cookie}"}
            async with client.stream("GET", f"{url}/agent/stream", params=asked, headers=cookies) as reply:
                reply.raise_for_status()
                agent.streams += 1
                kind = ""
                async for line in reply.aiter_lines():
                    agent.bytes += len(line)
                    if line.startswith("event:"):
                        kind = line[6:].strip()
                    elif line.startswith("data:"):
                        take(agent, kind, json.loads(line[5:]), texts)
        except (httpx.HTTPError, OSError):
            pass
        await asyncio.sleep(RETRY_S)


def take(agent: Agent, kind: str, news: dict[str, Any], texts: set[str]) -> None:
    now = time.perf_counter()
    if kind == "talk":
        for part in news["parts"]:
            agent.heard[part["key"]] += 1
            for text in _NUMBERED.findall(part["html"]):
                agent.keys.setdefault(text, set()).add(part["key"])
            for text in texts:
                if text in part["html"]:
                    agent.at.setdefault(text, now)
        agent.cursor = news["cursor"]
    elif kind == "list":
        html = "".join(row["html"] for row in news.get("rows", ()))
        for text in texts:
            if text not in agent.listed_at and text in html:
                agent.listed_at[text] = now


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1) if ordered else float("nan")


async def signed_in(url: str, agents: list[Agent], path: str) -> None:
    """Signs everybody in, by cookies made here: the sign-in form counts attempts by address."""
    records = Records(Database(f"sqlite:///{path}"))
    access = _access()
    from assistant.access import Role, Session

    hashed = access.hash_password(PASSWORD)
    for agent in agents:
        account = records.accounts.add(agent.name, agent.name, "agent", hashed, "bench")
        agent.cookie = access.sign_session(Session(Role.STAFF, records.accounts.begin_session(account.id)))


async def latency(
    client: httpx.AsyncClient, url: str, agents: list[Agent], waiting: list[str], args: Any
) -> dict[str, Any]:
    """Shoppers write at a steady rate; half of them in conversations that an agent has open."""
    texts: set[str] = set()
    tasks = [asyncio.create_task(listen(client, url, agent, texts)) for agent in agents]
    await asyncio.sleep(8)
    said: dict[str, tuple[float, Agent | None]] = {}
    idle = sum(agent.bytes for agent in agents)
    quiet_from = time.perf_counter()
    await asyncio.sleep(15)
    idle_bytes = (sum(agent.bytes for agent in agents) - idle) / len(agents) * 15 / (time.perf_counter() - quiet_from)
    sent: list[asyncio.Task[Any]] = []
    begin = time.perf_counter()
    for number in range(args.messages):
        text = f"bench-message-{number:05d}"
        agent = agents[number // 2 % len(agents)] if number % 2 == 0 else None
        conversation = agent.conversation if agent else random.choice(waiting)
        texts.add(text)
        said[text] = (time.perf_counter(), agent)
        sent.append(asyncio.create_task(_say(client, url, conversation, text)))
        await asyncio.sleep(max(0.0, begin + (number + 1) / args.rate - time.perf_counter()))
    await asyncio.gather(*sent)
    await asyncio.sleep(5)
    open_ms = [agent.at[text] - at for text, (at, agent) in said.items() if agent and text in agent.at]
    missing = sum(1 for text, (_, agent) in said.items() if agent and text not in agent.at)
    list_ms = [one.listed_at[text] - at for text, (at, _) in said.items() for one in agents if text in one.listed_at]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "messages": args.messages,
        "messages_per_s": round(args.messages / (time.perf_counter() - begin - 5), 1),
        "open_conversation_ms": {"p50": percentile(open_ms, 0.5), "p95": percentile(open_ms, 0.95),
                                 "max": percentile(open_ms, 1.0), "missing": missing},
        "lists_ms": {"p50": percentile(list_ms, 0.5), "p95": percentile(list_ms, 0.95), "events": len(list_ms)},
        "idle_bytes_in_15_s_an_agent": round(idle_bytes),
    }  # fmt: skip


async def _say(client: httpx.AsyncClient, url: str, conversation: str, text: str) -> None:
    reply = await client.post(f"{url}/say", json={"conversation": conversation, "text": text}, timeout=60)
    reply.raise_for_status()


class Server:
    def __init__(self, path: str) -> None:
        self.path = path
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Any = None

    def start(self) -> None:
        # Forked from a process that has imported everything: what is measured is the stream, not the imports.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["uvicorn", "fastapi", "ui.desk_stream", "ui.conversation", "ui.inbox"])
        self.process = context.Process(target=serve, args=(self.path, self.port))
        self.process.start()
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()


async def restarts(client: httpx.AsyncClient, server: Server, agents: list[Agent], args: Any) -> dict[str, Any]:
    """Shoppers write from here, agents answer through the server, which is killed at random moments."""
    records = Records(Database(f"sqlite:///{server.path}"))
    tasks = [asyncio.create_task(listen(client, server.url, agent, set())) for agent in agents]
    answers: dict[str, str] = {}
    stop = asyncio.Event()

    async def answering(agent: Agent, number: int) -> None:
        body = {"ticket": agent.ticket, "agent": agent.name, "text": f"answer {number}", "key": f"key-{number}"}
        answers[f"key-{number}"] = agent.conversation
        while True:
            try:
                reply = await client.post(f"{server.url}/answer", json=body, timeout=3)
                if reply.status_code < 500:
                    return
            except (httpx.HTTPError, OSError):
                pass
            await asyncio.sleep(random.uniform(0.05, 0.4))

    async def talking() -> int:
        number, running = 0, []
        while not stop.is_set():
            agent = random.choice(agents)
            await asyncio.to_thread(records.conversations.say, agent.conversation, f"said-{number}", f"said {number}")
            running.append(asyncio.create_task(answering(random.choice(agents), number)))
            number += 1
            await asyncio.sleep(0.08)
        await asyncio.gather(*running)
        return number

    talk = asyncio.create_task(talking())
    for _ in range(args.restarts):
        await asyncio.sleep(random.uniform(1.5, 4))
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(random.uniform(0, 1))
        await asyncio.to_thread(server.start)
    await asyncio.sleep(3)
    stop.set()
    number = await talk
    await asyncio.sleep(6)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    lost = doubled = answers_wrong = 0
    for agent in agents:
        messages = records.conversations.messages_since(agent.conversation, 0, 100_000)
        shown = {f"m-{m.turn_id}" if m.kind == "message" else f"e{m.sequence}" for m in messages
                 if m.kind in ("message", "agent_message")}  # fmt: skip
        lost += len(shown - set(agent.heard))
    turns = Counter(
        message.turn_id
        for agent in agents
        for message in records.conversations.messages_since(agent.conversation, 0, 100_000)
        if message.kind == "agent_message"
    )
    for key in answers:
        answers_wrong += turns[f"agent-{key}"] != 1
    # A part that comes twice takes the place of itself on the page; one text as two parts would show twice.
    doubled = sum(len(keys) > 1 for agent in agents for keys in agent.keys.values())
    return {
        "restarts": args.restarts,
        "said": number,
        "answers": len(answers),
        "lost": lost,
        "shown_twice": doubled,
        "answers_not_exactly_once": answers_wrong,
        "streams_opened": sum(agent.streams for agent in agents),
    }


async def measure(args: Any) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = str(Path(folder) / "desk.sqlite3")
        migrate(f"sqlite:///{path}")
        records = Records(Database(f"sqlite:///{path}"))
        agents: list[Agent] = []
        waiting: list[str] = []
        for number in range(args.conversations):
            conversation = records.conversations.start(random.choice(("en", "zh", "de"))).id
            records.conversations.say(conversation, "t", f"hello {number}")
            ticket, _ = records.tickets.open(conversation, "asked", "", "en")
            if number < args.agents:
                agents.append(Agent(f"agent{number:02d}", ticket.id, conversation))
            else:
                waiting.append(conversation)
        await signed_in("", agents, path)
        for agent in agents:
            records.tickets.take(agent.ticket, agent.name)
        server = Server(path)
        server.start()
        limits = httpx.Limits(max_connections=4 * args.agents + 100, max_keepalive_connections=100)
        try:
            async with httpx.AsyncClient(timeout=httpx.Timeout(10, read=STREAM_S), limits=limits) as client:
                report = {"agents": args.agents, "conversations": args.conversations, "cores": os.cpu_count(),
                          "load_before": round(os.getloadavg()[0], 1)}  # fmt: skip
                report |= await latency(client, server.url, agents, waiting, args)
                print(json.dumps(report), file=sys.stderr, flush=True)
                report["through_restarts"] = await restarts(client, server, agents, args)
                return report
        finally:
            if server.process.is_alive():
                server.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--messages", type=int, default=600)
    parser.add_argument("--rate", type=float, default=5.0, help="messages a second")
    parser.add_argument("--restarts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random.seed(args.seed)
    json.dump(asyncio.run(measure(args)), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
