"""First drafts over replayed conversations: each is held with the assistant up to the customer's last message, which an
agent has before them; what would be suggested is written out, for people to judge, and counted."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from assistant.bootstrap import Shopclerk
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.events import Event, TurnDone
from assistant.pages import SuggestedReplies, SuggestedReply
from assistant.records.conversations import Sender
from assistant.service.suggestions.service import SuggestionService

AGENT = "Maya"


@dataclass(frozen=True, slots=True)
class Written:
    """A conversation to be held: what the customer says, in order."""

    id: str
    language: str
    says: tuple[str, ...]
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """``drafts`` at the end; ``ms``: until the first were there."""

    written: Written
    before: tuple[tuple[str, str], ...]
    drafts: SuggestedReplies
    ms: float


def read(path: Path, every_turn: bool = False) -> Iterator[Written]:
    """JSON lines with ``id``, ``language`` and ``turns`` of ``{"say": …}``. ``every_turn``: also as each stood before
    it was over. Raises ``ValueError``."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            says = tuple(str(turn["say"]) for turn in row["turns"])
            written = Written(str(row["id"]), str(row["language"]), says, row.get("customer"))
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"line {number} of {path} is no conversation: {error}") from error
        for end in range(1 if every_turn else len(says), len(says) + 1):
            yield Written(f"{written.id}/{end}", written.language, says[:end], written.customer_id)


async def replay(shop: Shopclerk, dialogue: Dialogue, service: SuggestionService, written: Written) -> Replayed:
    records = shop.commerce.records
    record = records.conversations.start(written.language, written.customer_id)
    await dialogue.remember(record.id, Memory(language=written.language, customer_id=written.customer_id))
    before: list[tuple[str, str]] = []
    for text in written.says[:-1]:
        turn = Turn(record.id, secrets.token_urlsafe(6), text=text)
        records.conversations.say(record.id, turn.turn_id, text, [])
        events: list[Event] = [event async for event in dialogue.run(turn)]
        records.conversations.append(record.id, turn.turn_id, Sender.ASSISTANT, events)
        before.append((text, next((each.text for each in events if isinstance(each, TurnDone)), "")))
    records.conversations.say(record.id, secrets.token_urlsafe(6), written.says[-1], [])
    ticket, _ = records.tickets.open(record.id, "asked", written.says[-1][:80], written.language)
    records.tickets.take(ticket.id, AGENT)
    began = time.perf_counter()
    drafts = await service.suggest(ticket.id)
    ms = (time.perf_counter() - began) * 1000
    drafts = await service.reworded(ticket.id, drafts)
    records.conversations.forget(record.id)
    return Replayed(written, tuple(before), drafts, ms)


def row_of(replayed: Replayed) -> dict[str, Any]:
    """For a judge who has not seen the code: the conversation, and each draft with what backs it."""
    written = replayed.written
    said: list[dict[str, str]] = []
    for customer, assistant in replayed.before:
        said += [{"customer": customer}, {"assistant": assistant}]
    return {
        "id": written.id,
        "language": written.language,
        "conversation": [*said, {"customer": written.says[-1]}],
        "drafts": [_draft(each) for each in replayed.drafts.replies],
    }


def _draft(reply: SuggestedReply) -> dict[str, Any]:
    return {
        "kind": reply.kind,
        "text": reply.text,
        "facts": {
            "help": [f"{title}: {text}" for title, text in reply.passages],
            "products": [f"{card.title} {card.price_text}, {card.stock_text}" for card in reply.products],
            "orders": [
                f"{card.id} {card.status_text} {card.total_text} {'; '.join(card.items)}" for card in reply.orders
            ],
        },
        "proposes": [reply.approval.title, *reply.approval.lines] if reply.approval else [],
        "red": [reply.text[claim.start : claim.end] for claim in reply.audit.claims if not claim.backed],
    }


async def evaluate_suggestions(
    shop: Shopclerk,
    conversations: list[Written],
    out: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """The counts; where ``out`` is given, a row a conversation is written to it."""
    replayed: list[Replayed] = []
    service = SuggestionService(shop)
    async with shop.opened() as dialogue:
        for done, each in enumerate(conversations, 1):
            replayed.append(await replay(shop, dialogue, service, each))
            progress(done, len(conversations))
    if out is not None:
        rows = (json.dumps(row_of(each), ensure_ascii=False) for each in replayed)
        out.write_text("".join(f"{row}\n" for row in rows), "utf-8")
    return figures(replayed)


def figures(replayed: list[Replayed]) -> dict[str, Any]:
    first = [each.drafts.replies[0] for each in replayed if each.drafts.replies]
    every = [reply for each in replayed for reply in each.drafts.replies]
    times = [each.ms for each in replayed]
    cuts = quantiles(times, n=20) if len(times) > 1 else times * 19
    return {
        "conversations": len(replayed),
        "with_a_draft": len(first),
        "drafts": len(every),
        "first_by_kind": dict(Counter(reply.kind for reply in first)),
        "kinds_each": round(sum(len({r.kind for r in each.drafts.replies}) for each in replayed) / len(replayed), 2),
        "first_with_red": sum(not reply.audit.sendable for reply in first),
        "any_with_red": sum(not reply.audit.sendable for reply in every),
        "first_ms_p50": round(cuts[9], 1) if cuts else 0.0,
        "first_ms_p95": round(cuts[18], 1) if cuts else 0.0,
    }
