"""The scripted shopper: answers what the assistant asks for from what they know, and says yes only to what they want.

Reads the assistant's typed outcomes, never its words. Everything a trial leaves to chance (which way of saying it,
small talk, a typo, a moment's doubt) comes from the trial's seed.
"""

from __future__ import annotations

import random
import tomllib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Protocol

from assistant.outcome import AskSlot, Blocked, Handed, OrdersReply, Outcome
from assistant.shop.actions import ActionDone, ActionDropped, ActionRefused, Approval, CartReply
from assistant.shop.views import CustomerView
from laboratory.evaluate.service.scenario import Amounts, Scenario
from laboratory.evaluate.service.world import same_address

SMALL_TALK, TYPO, DOUBT, WRONG_TURN = 0.15, 0.2, 0.15, 0.12
"""How often a trial begins with small talk, has a typing slip, is unsure at a proposal, asks something in between."""
MAX_RETRIES = 2
"""Times that a request is said again when it was not understood, and an answer when it was not taken."""


class Shopper(Protocol):
    """Whoever talks to the assistant."""

    async def say(self, outcomes: Sequence[Outcome], reply: str) -> str | None:
        """The next message, given what the assistant did last and said; ``None`` ends the conversation."""


@cache
def _phrases(language: str) -> dict[str, list[str]]:
    found: dict[str, dict[str, list[str]]] = tomllib.loads(
        Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8")
    )
    return found[language]


class ScriptedShopper:
    def __init__(self, scenario: Scenario, customer: CustomerView | None, postcode: str, seed: int) -> None:
        """``customer`` is who the scenario names: its e-mail address and name may be told."""
        self._scenario = scenario
        self._rng = random.Random(f"{scenario.name}/{seed}")
        self._customer, self._postcode = customer, postcode
        self._steps: list[str | list[str]] = list(scenario.says.then)
        self._insists = list(scenario.says.insists)
        self._identity = list(scenario.knows.identity)
        self._openings = self._rng.sample(scenario.says.opening, len(scenario.says.opening))
        self._last_step: str | list[str] = self._openings
        self._begun = False
        self._greets = self._rng.random() < SMALL_TALK and not scenario.forbidden
        self._doubts = scenario.confirms == "unsure" or (self._rng.random() < DOUBT and not scenario.forbidden)
        self._wanders = self._rng.random() < WRONG_TURN and not scenario.forbidden
        self._changes = scenario.changes
        self._again: Counter[str] = Counter()

    async def say(self, outcomes: Sequence[Outcome], reply: str) -> str | None:
        if not self._begun:
            if self._greets:
                self._greets = False
                return self._one("hello")
            self._begun = True
            return self._dressed(self._openings[0])
        return self._answer(list(outcomes))

    def _answer(self, outcomes: list[Outcome]) -> str | None:
        for outcome in reversed(outcomes):
            match outcome:
                case Approval():
                    return self._to_approval(outcome)
                case AskSlot():
                    return self._to_question(outcome)
                case CartReply(problem="which_option" | "which_product") if self._again["option"] < MAX_RETRIES:
                    self._again["option"] += 1
                    known = self._scenario.knows.instead or self._scenario.knows.item
                    return self._known("instead", known)
                case _:
                    continue
        ended = (ActionDone, ActionRefused, Handed, OrdersReply, CartReply, ActionDropped, Blocked)
        if any(isinstance(outcome, ended) for outcome in outcomes) or self._scenario.forbidden:
            refused = not any(isinstance(outcome, ActionDone) for outcome in outcomes)
            if refused and self._insists:
                return self._insists.pop(0)
            return self._next()
        if self._again["request"] < MAX_RETRIES:  # not understood: once more in other words
            self._again["request"] += 1
            step = self._last_step
            return self._filled(step if isinstance(step, str) else step[self._again["request"] % len(step)])
        return self._next()

    def _next(self) -> str | None:
        if not self._steps:
            return None
        self._last_step = self._steps.pop(0)
        self._again.clear()
        return self._dressed(self._last_step if isinstance(self._last_step, str) else self._rng.choice(self._last_step))

    def _to_question(self, asked: AskSlot) -> str | None:
        knows, again = self._scenario.knows, self._again
        again[asked.slot] += 1
        if again[asked.slot] > MAX_RETRIES + len(self._scenario.knows.identity):
            return self._insists.pop(0) if self._insists else self._next()
        if self._wanders and asked.slot != "yes_or_no":
            self._wanders = False
            return self._one("wrong_turn")
        match asked.slot:
            case "identity":
                return self._say_identity()
            case "order_id":
                if knows.order:
                    return self._known("order", knows.order)
                return self._known("which", knows.which or knows.item)
            case "item":
                return self._known("item", knows.item)
            case "option":
                return self._known("instead", knows.instead)
            case "payment":
                return self._known("payment", knows.payment)
            case "address":
                return self._known("address", knows.address)
            case "reason":
                return self._known("reason", knows.reason)
            case "yes_or_no":
                return self._one("yes" if self._scenario.confirms != "no" else "no")
            case _:
                return self._next()

    def _say_identity(self) -> str | None:
        if not self._identity:
            return self._insists.pop(0) if self._insists else None
        what = self._identity.pop(0)
        key = "identity_" + what.replace("+", "_")
        if key in _phrases(self._scenario.language):
            return self._one(key)
        return self._filled("{" + what + "}" if what in ("email", "name", "postcode", "order") else what)

    def _known(self, key: str, value: str | None) -> str:
        if value is None:
            return self._one("dont_know")
        return self._one(key, **{key: value})

    def _to_approval(self, approval: Approval) -> str:
        if self._scenario.forbidden:
            return self._one("yes")  # who wants what is forbidden says yes to anything
        if self._changes:
            said, self._changes = self._changes, None
            return self._filled(said)
        if self._scenario.confirms == "no":
            return self._one("no")
        if not as_expected(approval, self._scenario):
            self._again["wrong"] += 1
            return self._one("wrong")
        if self._doubts:
            self._doubts = False
            return self._one("unsure")
        return self._one("yes")

    def _one(self, key: str, **values: str) -> str:
        return self._filled(self._rng.choice(_phrases(self._scenario.language)[key]), **values)

    def _filled(self, text: str, **values: str) -> str:
        knows, customer = self._scenario.knows, self._customer
        known = {key: value for key, value in knows.model_dump().items() if isinstance(value, str)}
        about = {"email": customer.email, "name": customer.name, "postcode": self._postcode} if customer else {}
        for key, value in {**about, **known, **values}.items():
            text = text.replace("{" + key + "}", value)
        return text

    def _dressed(self, text: str) -> str:
        """With a greeting before it or thanks after it, and now and then a typing slip."""
        phrases = _phrases(self._scenario.language)
        if self._scenario.forbidden:
            return self._filled(text)
        if self._rng.random() < TYPO and self._scenario.language == "en":
            text = _slip(text, self._rng)
        text = self._filled(text)
        ends = text.endswith((".", "?", "!", "。", "？", "！"))
        return self._rng.choice(phrases["prefix"]) + text + ("" if ends else self._rng.choice(phrases["suffix"]))


def _slip(text: str, rng: random.Random) -> str:
    """Two neighbouring letters of one longer word in each other's place."""
    words = text.split(" ")
    places = [at for at, word in enumerate(words) if len(word) >= 6 and word.isalpha() and word.islower()]
    if not places:
        return text
    at = rng.choice(places)
    word, cut = words[at], rng.randrange(2, len(words[at]) - 2)
    words[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    return " ".join(words)


def as_expected(approval: Approval, scenario: Scenario) -> bool:
    """Whether a proposal is what the shopper wants: its order, items, address, methods and amounts."""
    expected = scenario.expects
    if approval.action == "change_default_address":
        return expected.default_address is not None and same_address(
            str(approval.new_address), expected.default_address
        )
    after = expected.orders.get(approval.order.id) if approval.order else None
    if after is None:
        return False
    moved = {"charge": Counter[str](), "refund": Counter[str]()}
    for transfer in approval.transfers:
        moved[transfer.kind][transfer.method.id] += transfer.amount  # type: ignore[assignment]
    swaps = sorted((swap.old.variant_id, swap.new.variant_id) for swap in approval.swaps)
    match approval.action:
        case "cancel_order":
            right = after.status == "cancelled"
        case "change_address":
            return after.address is not None and same_address(str(approval.new_address), after.address)
        case "change_payment":
            right = bool(after.charges)
        case "return_items":
            lines = {line.variant_id: line.quantity for line in approval.lines}
            return lines == after.returned and after.promised in (None, _amounts(moved["refund"]))
        case "exchange_items":
            right = after.exchanged is not None and dict(swaps) == after.exchanged
        case "change_items":
            left = (
                Counter({line.variant_id: line.quantity for line in approval.order.lines}) if approval.order else None
            )
            assert left is not None
            left.subtract(old for old, _ in swaps)
            left.update(new for _, new in swaps)
            right = {variant_id: count for variant_id, count in left.items() if count} == after.lines
    return right and _amounts(moved["refund"]) == after.refunds and _amounts(moved["charge"]) == after.charges


def _amounts(sums: Counter[str]) -> Amounts:
    return {method: Decimal(amount) for method, amount in sums.items() if amount}
