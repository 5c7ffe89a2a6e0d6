"""Run as ``python data/generator [--out FOLDER]`` from anywhere."""

import sys
from importlib import import_module
from pathlib import Path

DATA = Path(__file__).resolve().parents[1]
# A folder that is run is no package yet; these make it one, with the catalogue's models beside it.
sys.path[:0] = [str(DATA.parent), str(DATA)]
import_module("generator.build").main(DATA / "shop")
