"""Where each catalogue version's pictures are: catalogues are loaded from any folder, and rolled back."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path


class PictureFolders:
    """The folder by the version's name, kept in the state directory. Versions that nothing is known of have
    ``default``.

    What lies in the state directory, or with it in the shop's own folder, is kept relative: the shop may be moved.
    """

    def __init__(self, state_dir: Path, default: Path) -> None:
        self._file = state_dir / "picture-folders.json"
        self._default = default.resolve()
        state = state_dir.resolve()
        self._movable = self._default if state.is_relative_to(self._default) else state
        self._state = state

    def of(self, version: str) -> Path:
        return (self._state / self._read().get(version, self._default)).resolve()

    def remember(self, version: str, folder: Path) -> None:
        folder = folder.resolve()
        kept = os.path.relpath(folder, self._state) if folder.is_relative_to(self._movable) else str(folder)
        known = {**self._read(), version: kept}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(known, stream, indent=1)
        os.replace(name, self._file)

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}
