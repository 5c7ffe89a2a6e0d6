"""Strange input for so long, and what it found: ``python -m laboratory.fuzz parsers --minutes 10``.

Prints how many inputs (of a state machine: steps) were tried, what was found and how long it took; the exit status is 1
where something was. All but the parsers build the demo shop first, which is not counted.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import structlog

from laboratory.fuzz import many, shops
from laboratory.fuzz.finds import Tally

RUNS: dict[str, Callable[[float, int, Path | None], Tally]] = {
    "api": shops.api,
    "calls": shops.calls,
    "conversations": shops.conversations,
    "desk": shops.desk,
}


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m laboratory.fuzz", description=__doc__)
    reader.add_argument("what", choices=("parsers", *RUNS))
    reader.add_argument("--minutes", type=float, default=1.0, help="in all; shared by the parsers")
    reader.add_argument("--seed", type=int, default=1, help="of the first round")
    reader.add_argument("--parser", help="only this one")
    reader.add_argument("--vectors", type=Path, help="a folder of vectors to begin with, of a state directory")
    given = reader.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if given.what == "parsers":
        tally = many.parse(given.minutes, given.seed, given.parser)
    else:
        tally = RUNS[given.what](given.minutes, given.seed, given.vectors)
    print(tally.told(given.what))
    return 1 if tally.finds else 0


if __name__ == "__main__":
    sys.exit(main())
