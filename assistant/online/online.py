"""Ranking online as a whole, made from the settings: the log, experiments, trained versions and their retraining."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from assistant.access import credentials
from assistant.database import Clock, Database, utc_now
from assistant.online.experiments import Experiments
from assistant.online.exposures import Exposures
from assistant.online.figures import figures
from assistant.online.live_model import FixedModel, LiveModel
from assistant.online.nightly import Nightly
from assistant.online.policies import Policies, RankingPolicy
from assistant.online.pseudonyms import Pseudonyms
from assistant.online.serving import Serving
from assistant.online.trainer import interactions_learned, shop_trainer
from assistant.online.versions import RankerVersions, VersionError
from assistant.online.view import ExperimentFigures, RankingState
from assistant.profile.owner import Owner
from assistant.settings import Settings
from retrieval.ranking.next_items import NextItems
from retrieval.search.catalogue import Catalogue

LISTED_EXPERIMENTS = 5
FIGURES_S = 60.0


class Online:
    """One of each. ``nightly`` is started by whoever serves."""

    def __init__(
        self, settings: Settings, database: Database, catalogue: Callable[[], Catalogue], clock: Clock = utc_now
    ) -> None:
        """``catalogue`` gives the live one."""
        names = Pseudonyms(credentials(settings).session_secret)
        self._catalogue = catalogue
        self._clock = clock
        self.exposures = Exposures(database, names, clock, keep=timedelta(days=settings.exposure_days))
        self.experiments = Experiments(database, clock)
        self.versions = RankerVersions(settings.state_dir / "ranker")
        self.trainer = shop_trainer()
        if (shipped := settings.shop_data / "ranker").is_dir():
            self.versions.adopt(shipped, clock(), interactions_learned(shipped))
        self.model = LiveModel(self.versions, self.trainer, catalogue)
        self.nightly = Nightly(settings.retrain_at)
        self._figures: tuple[ExperimentFigures, ...] = ()
        self._figured = float("-inf")

    def serving(
        self,
        ranker: RankingPolicy,
        of_version: Callable[[str], RankingPolicy] | None = None,
        personalised: Callable[[Owner], bool] = lambda owner: True,
    ) -> Serving:
        """The turn's seam around the ranker in use; see ``Policies`` and ``Serving``."""
        policies = Policies(ranker, of_version)
        return Serving(
            self.exposures, self.experiments, policies, lambda: self.model.version, personalised, self._clock
        )

    def model_of(self, version: str) -> Callable[[], NextItems]:
        """A trained version bound to whichever catalogue is live. Raises ``LookupError`` where no such version
        can be read."""
        try:
            return FixedModel(
                lambda live: self.trainer.load(self.versions.path(version), live, version), self._catalogue
            )
        except (VersionError, OSError, ValueError) as error:
            raise LookupError(str(error)) from error

    def outdate(self) -> None:
        """A shopper was forgotten: what was trained until now is to be replaced."""
        self.versions.outdate(self._clock())

    def figures(self, limit: int = LISTED_EXPERIMENTS) -> tuple[ExperimentFigures, ...]:
        """Of the latest experiments, newest first."""
        now = self._clock()
        return tuple(
            figures(experiment, self.exposures.lists(experiment_id=experiment.id), now)
            for experiment in self.experiments.latest(limit)
        )

    def _recent_figures(self) -> tuple[ExperimentFigures, ...]:
        """At most ``FIGURES_S`` old: a page that is left open asks every few seconds, and each answer reads the log."""
        if time.monotonic() - self._figured >= FIGURES_S:
            self._figures, self._figured = self.figures(), time.monotonic()
        return self._figures

    def state(self) -> RankingState:
        return RankingState(
            versions=tuple(self.versions.list()),
            live=self.versions.pointer().live,
            can_roll_back=self.versions.before() is not None,
            experiments=self._recent_figures(),
            lists=self.exposures.count(),
        )

    def close(self) -> None:
        """Writes what waits to be written. Everything can be used again afterwards."""
        self.exposures.close()
