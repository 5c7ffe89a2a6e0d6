"""`shopclerk ranker …`: trained rankers as versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.online.versions import RankerVersions
    from assistant.online.view import RankerVersion

ranker = typer.Typer(help="The personal ranker's trained versions.", no_args_is_help=True)

BUILT_IN = "the built-in ranking"


@ranker.callback()
def _ranker() -> None:
    """The personal ranker's trained versions."""


@ranker.command("status")
def status() -> None:
    """Which version is live, and how each did on the replay."""
    versions = _versions()
    print(f"live: {versions.pointer().live or BUILT_IN}")
    for version in versions.list():
        print(_line(version))
    before = versions.before()
    if before is not None:
        print(f"`shopclerk ranker rollback` goes back to {before or BUILT_IN}")


@ranker.command("retrain")
def retrain(
    held_out_days: Annotated[
        float | None, typer.Option(min=0.1, help="Latest days that are kept for the replay; 14 by default.")
    ] = None,
) -> None:
    """Train a candidate on the shop's behaviour, replay the latest days, and promote it only if it is better. A running
    shop goes over to it without a failed request."""
    from assistant.cli.progress import Steps
    from assistant.cli.session import opened_shop
    from assistant.database import utc_now
    from assistant.online.retrain import HELD_OUT_DAYS
    from assistant.online.retrain import retrain as run
    from assistant.settings import Settings

    shop = opened_shop(Settings(), model=False)
    online = shop.commerce.online
    events = shop.commerce.profiles.everybody()
    with Steps() as steps:
        online.exposures.attribute(event for event in events if event.kind == "purchase")
        version = run(
            online.versions,
            online.trainer,
            events,
            shop.knowledge.search.catalogue,
            utc_now(),
            held_out_days or HELD_OUT_DAYS,
            lambda step: steps.tell(step, 0, 0),
        )
        online.exposures.sweep()
        online.exposures.close()
    print(_line(version))
    print("live now" if version.state == "live" else f"not promoted: the rule is {version.gate and version.gate.rule}")


@ranker.command("promote")
def promote(version: Annotated[str, typer.Argument(help="A version's name, as `ranker status` lists it.")]) -> None:
    """Make a version live by hand, whatever the gate said."""
    _versions().promote(version)
    print(f"live: {version}")


@ranker.command("rollback")
def rollback() -> None:
    """Go back to the version before. A running shop goes over to it without a restart."""
    print(f"live: {_versions().rollback() or BUILT_IN}")


def _versions() -> RankerVersions:
    from assistant.online.versions import RankerVersions
    from assistant.settings import Settings

    return RankerVersions(Settings().state_dir / "ranker")


def _line(version: RankerVersion) -> str:
    line = f"{version.name}  {version.trained_at:%Y-%m-%d %H:%M}  {version.state:8}  {version.events:,} events"
    if gate := version.gate:
        line += (
            f"  nDCG@10 {gate.candidate:.4f} against {gate.incumbent:.4f} of {gate.running or BUILT_IN}: "
            f"gain {gate.gain:+.4f} ({gate.low:+.4f} to {gate.high:+.4f}), {gate.customers} customers"
        )
    return line
