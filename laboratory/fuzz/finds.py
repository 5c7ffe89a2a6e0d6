"""What a run of strange input found: how much was tried, and each fault once."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


@dataclass
class Tally:
    """``runs``: how many inputs were tried. ``finds``: by where they went wrong, how."""

    runs: int = 0
    finds: dict[str, str] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @property
    def minutes(self) -> float:
        return (time.monotonic() - self.began) / 60

    def tried(self, what: str, run: Callable[[], None]) -> None:
        """Runs it; what it raises is a find, told with its input by Hypothesis."""
        try:
            run()
        except (Exception, BaseExceptionGroup) as error:  # Schemathesis' groups are no Exceptions
            self.add(what, error)

    def add(self, what: str, error: BaseException) -> None:
        key = f"{what}: {type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"
        if key not in self.finds:
            self.finds[key] = "".join(traceback.format_exception(error, limit=-6))

    def told(self, what: str) -> str:
        told = [f"{what}: {self.runs} runs, {len(self.finds)} finds, {self.minutes:.1f} minutes"]
        for key, how in self.finds.items():
            told += ["", f"FOUND {key}", how.rstrip()]
        return "\n".join(told)


def rounds(minutes: float, seed: int) -> Callable[[], int | None]:
    """The seed of the next round, until the time is over."""
    until, at = time.monotonic() + 60 * minutes, seed - 1

    def following() -> int | None:
        nonlocal at
        at += 1
        return at if time.monotonic() < until else None

    return following


def explore(machine: type[RuleBasedStateMachine], examples: int, steps: int, at: int) -> None:
    """Runs of a state machine, of so many steps each. Raises the first that went wrong, as it was: steps are slow, and
    to make them fewer would take as long again as many runs."""
    as_they_came = settings(trying(examples, stateful_step_count=steps), phases=(Phase.generate,))
    run_state_machine_as_test(seed(at)(machine), settings=as_they_came)


def trying(examples: int, **more: object) -> settings:
    """Of one round: no deadline, since the machine may be busy; nothing kept from one run to the next."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        print_blob=False,
        **more,  # type: ignore[arg-type]
    )
