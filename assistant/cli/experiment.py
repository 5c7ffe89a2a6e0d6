"""`shopclerk experiment …`: two rankings compared on shoppers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.bootstrap import Shopclerk
    from assistant.online.view import ExperimentFigures

experiment = typer.Typer(help="Compare two rankings on shoppers.", no_args_is_help=True)


class Kind(Enum):
    ab = "ab"
    interleaving = "interleaving"


class Goal(Enum):
    click = "click"
    cart = "cart"
    purchase = "purchase"


@experiment.callback()
def _experiment() -> None:
    """Compare two rankings on shoppers."""


@experiment.command("start")
def start(
    treatment: Annotated[str, typer.Argument(help="live, relevance, or a ranker version.")],
    control: Annotated[str, typer.Option(help="The ranking it is compared with.")] = "live",
    kind: Annotated[
        Kind, typer.Option(help="ab: every shopper gets one of both; interleaving: every list is made of both.")
    ] = Kind.interleaving,
    goal: Annotated[Goal, typer.Option(help="The outcome that counts.")] = Goal.click,
    alpha: Annotated[float, typer.Option(help="Probability of a false alarm, over all looks together.")] = 0.05,
    window: Annotated[float, typer.Option(help="Hours after a shopper's first list in which outcomes count.")] = 24.0,
) -> None:
    """Start an experiment. One runs at a time; a running shop takes part within seconds."""
    from assistant.cli.failures import Unusable

    shop = _opened()
    try:
        for name in (control, treatment):
            _ = shop.deps.online.policies[name]
        begun = shop.commerce.online.experiments.start(kind.value, control, treatment, goal.value, alpha, window)
    except LookupError as error:
        raise Unusable(str(error)) from error
    print(f"{begun.id} runs: {begun.treatment} against {begun.control} ({begun.kind}), for {begun.goal}s")


@experiment.command("stop")
def stop() -> None:
    """Stop the running experiment, and say what it found."""
    online = _opened().commerce.online
    ended = online.experiments.stop()
    print(next(told(found) for found in online.figures() if found.id == ended.id))


@experiment.command("status")
def status() -> None:
    """What the latest experiments say. Looking often does no harm."""
    found = _opened().commerce.online.figures()
    print("\n".join(map(told, found)) if found else "there has been no experiment yet")


def told(found: ExperimentFigures) -> str:
    """Two lines."""
    since = f"{found.started_at:%Y-%m-%d %H:%M}" + (
        f" to {found.stopped_at:%Y-%m-%d %H:%M}" if found.stopped_at else ""
    )
    head = f"{found.id}  {found.treatment} against {found.control} ({found.kind}, {found.goal}s), {since}"
    counts = f"  {found.units} shoppers judged, {found.waiting} waiting"
    if found.mismatch:
        arms = f"{found.control_units} to {found.treatment_units}"
        return f"{head}\n{counts}; the arms' sizes ({arms}) cannot be chance: nothing may be concluded"
    what = "share that preferred the treatment" if found.kind == "interleaving" else "difference"
    if found.units == 0 or found.value != found.value:
        return f"{head}\n{counts}; too few to say anything"
    verdict = f"{found.winner} is better" if found.winner else "undecided"
    interval = f"{found.value:.4f} ({found.low:.4f} to {found.high:.4f}, p {found.p_value:.4f})"
    return f"{head}\n{counts}; {what} {interval}: {verdict}"


def _opened() -> Shopclerk:
    from assistant.cli.session import opened_shop
    from assistant.settings import Settings

    return opened_shop(Settings(), model=False)
