"""Retraining: a candidate is trained on all but the latest days, replayed on those beside the running model, and made
live only if it is better."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from assistant.online.replay import cases, cleaned, judged, ndcg_by_customer
from assistant.online.trainer import Trainer
from assistant.online.versions import BUILT_IN, RankerVersions, VersionError
from assistant.online.view import RankerVersion
from retrieval.ranking.behaviour import Behaved
from retrieval.ranking.neighbour_items import NeighbourItems
from retrieval.ranking.next_items import NextItems
from retrieval.search.catalogue import Catalogue

HELD_OUT_DAYS = 14.0

Tell = Callable[[str], None]


class NothingToLearn(VersionError):
    """There is no behaviour to train on, or none to judge by."""


def retrain(
    versions: RankerVersions,
    trainer: Trainer,
    events: Iterable[Behaved],
    catalogue: Catalogue,
    now: datetime,
    held_out_days: float = HELD_OUT_DAYS,
    tell: Tell = lambda step: None,
) -> RankerVersion:
    """The new version, ``live`` when it passed the gate, else ``rejected`` with its figures.

    The promoted model is the judged one: it has not seen the held-out days, nor has the running one, which was trained
    earlier by the same rule. What customers did since then reaches both as the interactions that they rank by.

    Versions that learned from somebody who was forgotten since then are deleted, the running one among them: the
    candidate then has to be better than the built-in ranking, which takes over where it is not.
    Raises ``RetrainBusy``, ``NothingToLearn``, or whatever the training raises; the live version is then as it was.
    """
    with versions.training() as aside:
        outdated = versions.outdated()
        known = cleaned(events, lambda product_id: catalogue.position(product_id) is not None, now)
        cut = now - timedelta(days=held_out_days)
        before = [event for event in known if event.at < cut]
        replayed = cases(known, cut)
        if not before or not replayed:
            versions.withdraw(outdated)
            raise NothingToLearn(
                f"{len(before)} events to train on and {len(replayed)} purchases of the last {held_out_days:g} days "
                "to judge by: there must be some of both"
            )
        tell(f"training on {len(before):,} events")
        trainer.train(before, catalogue, aside, now)
        tell(f"replaying {len(replayed):,} purchases")
        running = live if (live := versions.pointer().live) not in outdated else BUILT_IN
        candidate = ndcg_by_customer(trainer.load(aside, catalogue, ""), replayed, catalogue)
        incumbent = ndcg_by_customer(_running(versions, trainer, running, before, catalogue, now), replayed, catalogue)
        version = versions.keep(aside, now, len(before), judged(candidate, incumbent, running))
        passed = version.gate is not None and version.gate.passed
        if passed:
            versions.promote(version.name)
        if outdated:
            tell(f"deleting {len(outdated)} versions that learned from forgotten shoppers")
            versions.withdraw(outdated)
        return replace(version, state="live") if passed else version


def _running(
    versions: RankerVersions, trainer: Trainer, name: str, before: list[Behaved], catalogue: Catalogue, now: datetime
) -> NextItems:
    """The live model. One that cannot be read any more cannot be running either: the built-in ranking is."""
    if name != BUILT_IN:
        try:
            return trainer.load(versions.path(name), catalogue, name)
        except (VersionError, OSError, ValueError):
            pass
    return NeighbourItems.learn(catalogue, before, now)
