"""One parser under Atheris, in a process of its own: ``python -m laboratory.fuzz.guided MODULE NAME …``.

libFuzzer chooses inputs by the code that they reach. What is raised and not declared is written into the folder, and
the run goes on; a hang and too much memory end the process, as libFuzzer does, and leave their input there too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import traceback
from importlib import import_module
from pathlib import Path

INSTRUMENTED = [
    "retrieval.feeds", "retrieval.addresses", "retrieval.encoders.pictures", "retrieval.text.language",
    "assistant.access", "assistant.languages", "assistant.notify.zendesk", "assistant.notify.chatwoot",
    "assistant.retry_after", "assistant.seal", "assistant.shop.hours", "assistant.stores", "assistant.understanding",
    "ui.line", "ui.live", "ui.shopper",
]  # fmt: skip
"""What is measured: whose code decides."""
HANG_S = 20
"""Far beyond what an input of this size takes on a busy machine."""
MEMORY_MB = 4096
LONGEST = 16 * 2**10
"""Bytes of an input."""


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("module")
    reader.add_argument("name")
    reader.add_argument("--seconds", type=int, required=True)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--into", type=Path, required=True)
    given = reader.parse_args()
    import atheris

    with atheris.instrument_imports(include=[*INSTRUMENTED]):
        made = import_module(given.module).PARSERS
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    parser = next(each for each in made if each.name == given.name)
    corpus: Path = given.into / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in parser.begun_with():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)

    def one(data: bytes) -> None:
        try:
            parser.tried(data)
        except Exception as error:
            told(given.into, error, data)

    flags = {
        "max_total_time": given.seconds, "timeout": HANG_S, "rss_limit_mb": MEMORY_MB, "max_len": LONGEST,
        "seed": given.seed, "artifact_prefix": f"{given.into}/", "print_final_stats": 1, "verbosity": 1,
    }  # fmt: skip
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in flags.items()), str(corpus)], one)
    atheris.Fuzz()


def told(folder: Path, error: Exception, data: bytes) -> None:
    """Each place once."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if "laboratory" not in each.filename]
    where = f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__
    path = folder / f"found-{hashlib.sha256(where.encode()).hexdigest()[:12]}.json"
    if not path.exists():
        how = "".join(traceback.format_exception(error, limit=-6))
        path.write_text(json.dumps({"where": where, "how": how, "input": data.hex()}))


if __name__ == "__main__":
    main()
