"""Run as ``python data/generator [--out FOLDER]`` from anywhere."""

import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(DATA.parent), str(DATA)]

from generator.build import main  # noqa: E402 - the package becomes importable on the line above

main(DATA / "shop")
