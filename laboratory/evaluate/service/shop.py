"""The shop that scenarios are run on: the demo shop in a state directory of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.bootstrap import Shopclerk, build
from assistant.llm.endpoint import find_running
from assistant.settings import Settings


@contextmanager
def scenario_shop(settings: Settings, *, model: bool = False) -> Iterator[Shopclerk]:
    """Built anew, so that nothing of the shop that is being served is touched; its vectors are copied, not made.

    ``model``: with the running model server, or one started for this command.
    """
    with tempfile.TemporaryDirectory(prefix="shopclerk-service-", ignore_cleanup_errors=True) as folder:
        vectors = settings.state_dir / "vectors"
        if vectors.is_dir():
            shutil.copytree(vectors, Path(folder) / "vectors")
        own = {"state_dir": Path(folder), "database_url": "", "chroma_url": ""}
        if not model:
            yield build(settings.model_copy(update=own | {"llm": "off"}))
            return
        (settings.state_dir / "llm").mkdir(parents=True, exist_ok=True)  # who serves the model
        (Path(folder) / "llm").symlink_to((settings.state_dir / "llm").resolve(), target_is_directory=True)
        serves = not settings.llm_url and find_running(settings.state_dir) is None
        yield build(settings.model_copy(update=own), managed=serves)
