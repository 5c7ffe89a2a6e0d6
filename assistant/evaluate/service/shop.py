"""The shop that scenarios are run on: the demo shop in a state directory of its own, and no model."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.bootstrap import Shopclerk, build
from assistant.settings import Settings


@contextmanager
def scenario_shop(settings: Settings) -> Iterator[Shopclerk]:
    """Built anew, so that nothing of the shop that is being served is touched; its vectors are copied, not made."""
    with tempfile.TemporaryDirectory(prefix="shopclerk-service-") as folder:
        vectors = settings.state_dir / "vectors"
        if vectors.is_dir():
            shutil.copytree(vectors, Path(folder) / "vectors")
        own = {"state_dir": Path(folder), "database_url": "", "llm": "off", "chroma_url": ""}
        yield build(settings.model_copy(update=own))
