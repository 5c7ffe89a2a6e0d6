"""Keeps compiled modules in build/ for the processes that tests start, whatever the environment says: where none are
kept, each of them compiles its libraries anew, which takes longer than what is tested. Importing it is enough."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.dont_write_bytecode = False
sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).resolve().parent.parent / "build/bytecode")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
