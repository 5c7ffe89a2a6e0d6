"""Small files that are replaced whole, so that readers and a crash see the old one or the new one."""

from __future__ import annotations

import os
from pathlib import Path


def replace_text(file: Path, text: str) -> None:
    """On the disk when it returns. Raises ``OSError``; the file is then as it was."""
    aside = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        with aside.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)
