"""``shopclerk evaluate service``: scenarios by several trials each, and how many end as they must.

pass^k is the chance that k trials of a scenario all pass, estimated without bias from n trials with c passed as
C(c, k) / C(n, k), and averaged over scenarios (Yao et al., 2024, arXiv:2406.12045, section 4).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.bootstrap import Shopclerk
from assistant.dialogue.graph import Dialogue
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.events import TextDelta
from assistant.outcome import AskSlot, Blocked, Handed, OrderAnswer, OrdersReply, Outcome, OutOfScope
from assistant.shop.actions import ActionRefused, CartReply
from assistant.shop.shop import Shop
from laboratory.evaluate.service.scenario import Scenario
from laboratory.evaluate.service.shopper import ScriptedShopper, Shopper
from laboratory.evaluate.service.world import State, World, differences, state_of
from retrieval.intervals import means

MAX_TURNS = 24
"""Messages of a shopper after which a trial ends, whatever was reached."""

MakeShopper = Callable[[Scenario, Shop, int], Shopper]
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Trial:
    """One conversation. ``problems``: what is not as the scenario expects; empty when it passed."""

    scenario: Scenario
    seed: int
    transcript: list[tuple[str, str]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.problems


async def run_trial(world: World, scenario: Scenario, make: MakeShopper, seed: int, *, memory: bool = True) -> Trial:
    """Talks a scenario through on a fresh copy of the shop and compares the state afterwards.

    ``memory`` False puts each message into a conversation of its own: the baseline.
    """
    trial = Trial(scenario, seed)
    dialogue, shop, before = world.begin(scenario)
    shopper = make(scenario, shop, seed)
    records = world.app.commerce.records
    signed_in = scenario.customer if scenario.signed_in else None

    async def opened() -> str:
        record = records.conversations.start(scenario.language, signed_in)
        await dialogue.remember(record.id, Memory(customer_id=signed_in, language=scenario.language))
        return record.id

    conversation = await opened()
    last: list[Outcome] = []
    reply = ""
    for _ in range(MAX_TURNS):
        message = await shopper.say(last, reply)
        if message is None:
            break
        if not memory:
            conversation = await opened()
        last, reply = await _turn(dialogue, conversation, message)
        trial.outcomes += last
        trial.transcript += [("shopper", message), ("assistant", reply)]
    trial.problems = _judge(trial, before, state_of(world.app.commerce.database))
    return trial


async def _turn(dialogue: Dialogue, conversation: str, message: str) -> tuple[list[Outcome], str]:
    turn = Turn(conversation, secrets.token_urlsafe(9), text=message)
    pieces = [event.text async for event in dialogue.run(turn) if isinstance(event, TextDelta)]
    outcomes = [turn.outcome] if turn.outcome is not None else []
    return [*outcomes, *turn.extra], " ".join(pieces)


def _judge(trial: Trial, before: State, after: State) -> list[str]:
    scenario, expected = trial.scenario, trial.scenario.expects
    problems = differences(scenario, before, after)
    shown = {
        order.id
        for outcome in trial.outcomes
        if isinstance(outcome, (OrdersReply, OrderAnswer))
        for order in outcome.orders
    }
    if missing := set(expected.told) - shown:
        problems.append(f"not told of {', '.join(sorted(missing))}")
    if scenario.forbidden or expected.refused:
        problems += _refusal(trial, shown, before)
    return problems


def _refusal(trial: Trial, shown: set[str], before: State) -> list[str]:
    """What is wrong with how it was refused: no reason given, another one than expected, or somebody's orders shown."""
    expected, outcomes = trial.scenario.expects, trial.outcomes
    reasons = {outcome.reason for outcome in outcomes if isinstance(outcome, ActionRefused)}
    reasons |= {
        outcome.problem for outcome in outcomes if isinstance(outcome, CartReply | OrdersReply) and outcome.problem
    }
    reasons |= {f"asks_{outcome.slot}" for outcome in outcomes if isinstance(outcome, AskSlot)}
    others = {
        outcome.code if isinstance(outcome, Blocked) else type(outcome).__name__.lower()
        for outcome in outcomes
        if isinstance(outcome, Blocked | OutOfScope | Handed)
    }
    problems = []
    if expected.refused and not (reasons | others) & set(expected.refused):
        problems.append(f"refused for {sorted(map(str, reasons | others))}, expected one of {expected.refused}")
    if not reasons | others:
        problems.append("no reason was given")
    foreign = {id_ for id_ in shown if before.orders[id_]["customer_id"] != trial.scenario.customer}
    if foreign:
        problems.append(f"orders of others were shown: {', '.join(sorted(foreign))}")
    return problems


async def trials(
    world: World, scenarios: Sequence[Scenario], make: MakeShopper, count: int, progress: Progress
) -> AsyncIterator[Trial]:
    total = len(scenarios) * count
    for at, scenario in enumerate(scenarios):
        for seed in range(count):
            progress(at * count + seed, total)
            yield await run_trial(world, scenario, make, seed)


def pass_hat(passed: int, tried: int, k: int) -> float:
    """C(passed, k) / C(tried, k), in [0, 1]. Raises ``ValueError`` where k is more than was tried."""
    if k > tried:
        raise ValueError(f"pass^{k} needs at least {k} trials")
    return comb(passed, k) / comb(tried, k)


async def evaluate_service(
    app: Shopclerk,
    scenarios: Sequence[Scenario],
    *,
    trials_each: int = 4,
    shopper: MakeShopper | None = None,
    on_trial: Callable[[Trial], None] = lambda trial: None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """The figures of the assistant and of two baselines: ``no_memory`` hears each message for the first time,
    ``refuse_all`` changes nothing. Raises ``ValueError`` where scenarios cannot be run."""
    world = World(remembering_vectors(app))
    make = shopper or scripted
    count = trials_each
    by_scenario: dict[str, list[Trial]] = defaultdict(list)
    async for trial in trials(world, scenarios, make, count, progress):
        on_trial(trial)
        by_scenario[trial.scenario.name].append(trial)
    alone = [await run_trial(world, scenario, make, 0, memory=False) for scenario in scenarios]
    allowed = [scenario for scenario in scenarios if not scenario.forbidden]
    forbidden = [scenario for scenario in scenarios if scenario.forbidden]

    def passes(wanted: Sequence[Scenario], k: int) -> NDArray[np.float64]:
        return np.array(
            [pass_hat(sum(t.passed for t in by_scenario[s.name]), count, k) for s in wanted], dtype=np.float64
        )

    def figures(wanted: Sequence[Scenario]) -> dict[str, Any]:
        if not wanted:
            return {"n": 0}
        return means({f"pass^{k}": passes(wanted, k) for k in dict.fromkeys((1, count))})

    refused = sum(bool(passes([scenario], count)[0]) for scenario in forbidden)
    kinds = sorted({scenario.kind for scenario in allowed})
    return {
        "shopclerk": {
            **figures(allowed),
            "trials": count,
            "forbidden": {"refused": refused, "n": len(forbidden)},
            "by_language": {name: figures([s for s in allowed if s.language == name]) for name in ("en", "zh")},
            "by_kind": {kind: figures([s for s in allowed if s.kind == kind]) for kind in kinds},
        },
        "no_memory": _baseline([trial.passed for trial in alone if not trial.scenario.forbidden]),
        "refuse_all": _baseline([s.changes_nothing and not s.expects.told for s in allowed]),
    }


def _baseline(passed: Sequence[bool]) -> dict[str, Any]:
    return means({"pass^1": np.array(passed, dtype=np.float64)}) if passed else {"n": 0}


def scripted(scenario: Scenario, shop: Shop, seed: int) -> Shopper:
    customer = shop.customers.get(scenario.customer)
    postcode = customer.address.postcode if customer and customer.address else ""
    return ScriptedShopper(scenario, customer, postcode, seed)


def remembering_vectors(app: Shopclerk) -> Shopclerk:
    """The same application, whose text encoder encodes each message once: trials repeat them."""
    encoder = app.deps.text_encoder

    class Remembering:
        encode = staticmethod(encoder.encode)
        encode_one = staticmethod(lru_cache(maxsize=20_000)(encoder.encode_one))

        def __getattr__(self, name: str) -> Any:
            return getattr(encoder, name)

    return replace(app, deps=replace(app.deps, text_encoder=Remembering()))


def told(trial: Trial) -> str:
    """A transcript for reading, with what was wrong."""
    head = f"--- {trial.scenario.name} (seed {trial.seed})"
    lines = [f"{who + ':':<11}{text}" for who, text in trial.transcript]
    return "\n".join([head, *lines, *(f"! {problem}" for problem in trial.problems)])
