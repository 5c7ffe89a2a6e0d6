"""What was fitted to an encoder's vectors: the second stage's weights and the reader of what is carried.

The shipped ones belong to the embedded encoders. Another encoder's cosines lie elsewhere, so a shop that uses one has
its own: ``shopclerk train search --out`` and ``python -m laboratory.train.calibrate --out`` write them into a folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

from retrieval.search.assortment import ASSORTMENT_FILE, Assortment
from retrieval.search.candidates import FEATURES, WEIGHTS_FILE

E5_FITS = Path(str(files("retrieval.search").joinpath("e5")))
"""What was fitted to multilingual-e5-small."""


class BadFit(ValueError):
    """A file of fitted values does not hold what it must; the message names it."""


@dataclass(frozen=True, slots=True)
class Fits:
    """``weights`` of the second stage by feature."""

    weights: dict[str, float]
    carried: Assortment

    @classmethod
    def read(cls, folder: Path | None = None) -> Self:
        """From ``second_stage.json`` and ``assortment.json`` of a folder; what it lacks, or None, is as shipped.

        Raises ``BadFit``, also for a folder that is not there.
        """
        if folder is not None and not folder.is_dir():
            raise BadFit(f"{folder} is no folder of fitted values")
        texts = {}
        for name in (WEIGHTS_FILE, ASSORTMENT_FILE):
            own = folder / name if folder else None
            shipped = files("retrieval.search").joinpath(name)
            texts[name] = own.read_text(encoding="utf-8") if own and own.is_file() else shipped.read_text()
        try:
            weights = {name: float(json.loads(texts[WEIGHTS_FILE])["weights"][name]) for name in FEATURES}
            return cls(weights, Assortment.parse(texts[ASSORTMENT_FILE]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadFit(f"{folder or 'the shipped fit'}: {type(error).__name__}: {error}") from error
