"""Agents who do anything in any order at one desk, against the real services (a Hypothesis state machine).

Two agents and a lead take, answer, assign, release, rest, wake, close, reopen, note and tag the same conversations,
while their shoppers leave and ask again. A small model of the rules says what each may; after each step the desk shows
what the model expects, and every message and note stands in the record once, in order.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from assistant.database import clean
from assistant.pages import Refused, StaffMember
from assistant.records.inbox import Listed
from assistant.records.triage import MAX_TAGS, PRIORITIES, tag_of
from assistant.service.agents import CLOSE_REASONS, RESTS
from assistant.service.inbox import Board, Filter
from laboratory.fuzz.alive import Alive
from laboratory.fuzz.finds import Tally

TEXTS = ("hello", "I look into it", "  ", "\x00", "\ud800 half", "<b>bold</b>", "=1+1")
TAGS = ("refund", "#Refund", " VIP  guest ", "", "x" * 60, "退款", "\x00")
NOBODY = "Nobody at all"
_keys = count()


@dataclass
class Case:
    """What the rules say of one ticket. ``said``: by agents; ``noted``: of the conversation; both oldest first."""

    ticket: str
    conversation: str
    state: str = "waiting"
    agent: str | None = None
    priority: int = 1
    rests: bool = False
    said: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)


class Desk(RuleBasedStateMachine):
    """``alive`` and ``team`` are to be set on a class of one's own; ``tally`` counts the steps."""

    alive: Alive
    team: tuple[StaffMember, ...]
    tally = Tally()
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.services = self.alive.services
        self.records = self.alive.shop.commerce.records
        self.open: list[Case] = []

    @rule(target=cases, language=st.sampled_from(["en", "zh", "de"]))
    def handed_over(self, language: str) -> Case:
        chat = self.alive.do(self.services.shoppers.start(None, language))
        ticket, _ = self.records.tickets.open(chat.id, "asked", "a summary", language)
        again, already = self.records.tickets.open(chat.id, "asked", "another", language)
        assert already and again.id == ticket.id, "asked twice, opened twice"
        case = Case(ticket.id, chat.id)
        self.open.append(case)
        return case

    @rule(case=cases, who=st.integers(0, 2))
    def take(self, case: Case, who: int) -> None:
        agent = self.team[who]
        free = case.state == "waiting" or (case.state == "taken" and case.agent == agent.name)
        self._done(self.services.agents.take(case.ticket, agent.name), free)
        if free:
            case.state, case.agent = "taken", agent.name

    @rule(case=cases, first=st.integers(0, 2), second=st.integers(0, 2))
    def take_at_once(self, case: Case, first: int, second: int) -> None:
        async def tried(who: int) -> bool:
            try:
                await self.services.agents.take(case.ticket, self.team[who].name)
            except Refused:
                return False
            return True

        took = self.alive.at_once(tried(first), tried(second))
        if case.state == "waiting":
            assert took.count(True) == (2 if first == second else 1), took
            case.state, case.agent = "taken", self.team[first if took[0] else second].name

    @rule(case=cases, who=st.integers(0, 2), text=st.sampled_from(TEXTS), times=st.integers(1, 2))
    def answer(self, case: Case, who: int, text: str, times: int) -> None:
        agent, key, kept = self.team[who], f"key-{next(_keys)}", _kept(text)
        mine = self._has(case, agent) and bool(kept)
        for _ in range(times):
            self._done(self.services.agents.send(case.ticket, agent.name, text, key), mine)
        if mine:
            case.said.append(kept)

    @rule(case=cases, who=st.integers(0, 2), how=st.sampled_from(["close", "hand_back", "release"]))
    def leave(self, case: Case, who: int, how: str) -> None:
        agents, agent = self.services.agents, self.team[who]
        mine, free = self._has(case, agent), False
        match how:
            case "close":
                self._done(agents.close(case.ticket, agent.name, CLOSE_REASONS[0]), mine)
            case "hand_back":
                self._done(agents.hand_back(case.ticket, agent.name), mine)
            case _:
                free = case.state != "closed" and agent.leads
                self._done(agents.release(agent, case.ticket), mine or free)
        if how == "release" and (mine or free):
            case.rests = case.rests and not (free and case.agent is not None)
            case.state, case.agent = "waiting", None
        elif mine:
            case.state = "closed"

    @rule(case=cases, who=st.integers(0, 2), to=st.sampled_from([0, 1, 2, None]))
    def assign(self, case: Case, who: int, to: int | None) -> None:
        agent, name = self.team[who], NOBODY if to is None else self.team[to].name
        may = agent.leads and to is not None and case.state != "closed"
        self._done(self.services.agents.assign(agent, case.ticket, name), may)
        if may and case.agent != name:
            case.state, case.agent, case.rests = "taken", name, False

    @rule(case=cases, who=st.integers(0, 2))
    def reopen(self, case: Case, who: int) -> None:
        agent = self.team[who]
        others = any(each.conversation == case.conversation and each.state != "closed" for each in self.open)
        may = case.state == "closed" and not others
        self._done(self.services.agents.reopen(agent, case.ticket), may)
        if may:
            case.state, case.agent, case.rests = "taken", agent.name, False

    @rule(case=cases, priority=st.sampled_from([*PRIORITIES, "none such"]))
    def set_priority(self, case: Case, priority: str) -> None:
        may = case.state != "closed" and priority in PRIORITIES
        self._done(self.services.agents.set_priority(case.ticket, priority), may)
        if may:
            case.priority = PRIORITIES.index(priority)

    @rule(case=cases, rest=st.sampled_from([*RESTS, "none such"]), zone=st.integers(-(10**6), 10**6))
    def snooze(self, case: Case, rest: str, zone: int) -> None:
        self._done(self.services.agents.snooze(case.ticket, rest, zone), case.state != "closed")
        case.rests = case.rests or case.state != "closed"

    @rule(case=cases)
    def wake(self, case: Case) -> None:
        self._done(self.services.agents.wake(case.ticket), case.state != "closed")
        case.rests = case.rests and case.state == "closed"

    @rule(case=cases, who=st.integers(0, 2), text=st.sampled_from(TEXTS))
    def note(self, case: Case, who: int, text: str) -> None:
        kept = _kept(text)
        self._done(self.services.agents.note(self.team[who], case.ticket, text), bool(kept))
        if kept:
            self._of_conversation(case).noted.append(kept)

    @rule(case=cases, tag=st.sampled_from(TAGS), on=st.booleans())
    def tag(self, case: Case, tag: str, on: bool) -> None:
        self._done(self.services.agents.tag(case.ticket, tag, on=on), True)
        tags, kept = self._of_conversation(case).tags, tag_of(tag)
        if on and kept and len(tags) < MAX_TAGS:
            tags.add(kept)
        elif not on:
            tags.discard(tag)

    @rule(target=cases, case=cases)
    def shopper_ends_and_asks_again(self, case: Case) -> Case:
        """What they end is closed, whoever had it; asking again is a ticket of its own."""
        self.alive.do(self.services.person.end(case.conversation))
        for each in self.open:
            if each.conversation == case.conversation and each.state != "closed":
                each.state = "closed"
        self.alive.do(self.services.person.ask_again(case.conversation))
        latest = self.records.tickets.of_conversation(case.conversation)
        assert latest is not None
        fresh = Case(latest.id, case.conversation)
        self.open.append(fresh)
        return fresh

    @rule(case=cases, who=st.integers(0, 2))
    def look(self, case: Case, who: int) -> None:
        agent = self.team[who]
        talk = self.alive.do(self.services.agents.open(agent, case.ticket))
        assert [each.text for each in talk.notes] == self._of_conversation(case).noted
        said = [each.text for each in talk.news.entries if each.speaker == "agent" and each.text]
        wanted = [text for each in self.open if each.conversation == case.conversation for text in each.said]
        assert sorted(said) == sorted(wanted), (said, wanted)
        cursors = [each.cursor for each in talk.news.entries]
        assert cursors == sorted(set(cursors))

    @invariant()
    def the_desk_shows_it_so(self) -> None:
        self.tally.runs += 1
        listed = {each.ticket_id: each for each in self.records.inbox.all()}
        for case in self.open:
            if case.state == "closed" and case.ticket not in listed:
                continue  # of the closed only the latest are listed
            shown = listed[case.ticket]
            self._same(case, shown)
        for conversation in {each.conversation for each in self.open}:
            now = [each for each in self.open if each.conversation == conversation and each.state != "closed"]
            assert len(now) <= 1, "two open tickets in one conversation"
        board = Board(tuple(listed.values()))
        for agent in self.team:
            mine = {each.ticket_id for each in board.seen_by(agent, Filter("mine"))}
            wanted = {c.ticket for c in self.open if c.state == "taken" and c.agent == agent.name and not c.rests}
            assert mine & {each.ticket for each in self.open} == wanted, (agent.name, mine, wanted)

    def _same(self, case: Case, shown: Listed) -> None:
        assert shown.state == case.state, (shown, case)
        if case.state != "closed":
            assert shown.agent == case.agent and shown.priority == case.priority, (shown, case)
            assert (shown.snoozed_until is not None) == case.rests, (shown, case)
        assert set(shown.tags) == self._of_conversation(case).tags, (shown, case)

    def _of_conversation(self, case: Case) -> Case:
        """Notes and tags are the conversation's: kept with its first ticket."""
        return next(each for each in self.open if each.conversation == case.conversation)

    def _has(self, case: Case, agent: StaffMember) -> bool:
        return case.state == "taken" and case.agent == agent.name

    def _done(self, call: Awaitable[Any], may: bool) -> None:
        try:
            self.alive.do(call)
        except Refused as refusal:
            assert not may, f"refused: {refusal.key}"
            return
        assert may, "was allowed"


def team_of(alive: Alive) -> tuple[StaffMember, ...]:
    """Two agents and a lead, with accounts made for them where there are none."""
    accounts = alive.shop.commerce.records.accounts
    known = {each.login: each for each in accounts.list()}
    found = []
    for login, role in (("machine-ada", "agent"), ("machine-bo", "agent"), ("machine-cy", "lead")):
        account = known.get(login) or accounts.add(login, login, role, "no password opens it", "tests")  # type: ignore[arg-type]
        found.append(StaffMember(account.id, account.login, account.name, account.role))
    return tuple(found)


def _kept(text: str) -> str:
    return clean(text).strip()
