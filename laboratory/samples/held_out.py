"""Which products count as new in an evaluation: those of a file, or a number of them drawn by chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.fusion.folders import BadFolder


def held_out(said: str | None, ids: Sequence[str], owner: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    """(products,) ``said`` is a file with an id a line, or how many of the photographed products; None is none.

    Raises ``BadFolder``.
    """
    chosen = np.zeros(len(ids), dtype=bool)
    if said is None:
        return chosen
    photographed = np.unique(owner)
    if said.isdigit():
        if int(said) >= len(photographed):
            raise BadFolder(f"{said} products cannot be held out of {len(photographed)} with photos")
        chosen[np.random.default_rng(seed).choice(photographed, int(said), replace=False)] = True
        return chosen
    try:
        names = {line.strip() for line in Path(said).read_text(encoding="utf-8-sig").splitlines() if line.strip()}
    except (OSError, UnicodeDecodeError) as error:
        raise BadFolder(f"{said}: neither a number nor a readable file of product ids ({error})") from error
    if unknown := names - set(ids):
        raise BadFolder(f"{said}: no product {sorted(unknown)[0]}")
    chosen[[at for at, name in enumerate(ids) if name in names]] = True
    return chosen
