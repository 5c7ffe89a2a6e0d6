"""Where each catalogue version's pictures are: catalogues are loaded from any folder, and rolled back."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path


class PictureFolders:
    """The folder by the version's name, kept in the state directory. Versions that nothing is known of have
    ``default``."""

    def __init__(self, state_dir: Path, default: Path) -> None:
        self._file = state_dir / "picture-folders.json"
        self._default = default

    def of(self, version: str) -> Path:
        return Path(self._read().get(version, self._default))

    def remember(self, version: str, folder: Path) -> None:
        known = {**self._read(), version: str(folder.resolve())}
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
