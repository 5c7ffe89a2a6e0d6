"""All parsers one after the other, each in a process of its own: under Atheris, or mutated by Hypothesis without it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from hypothesis import given, seed
from hypothesis import strategies as st

from laboratory.fuzz.finds import Tally, rounds, trying
from laboratory.fuzz.parsers import parsers
from laboratory.fuzz.parsers.parser import Parser

LEAST_S = 5


def parse(minutes: float, at: int, name: str | None = None) -> Tally:
    """Raises ``SystemExit`` where there is no parser of that name."""
    chosen = [each for each in parsers() if name in (None, each[1].name)]
    if not chosen:
        raise SystemExit(f"the parsers are: {', '.join(each.name for _, each in parsers())}")
    tally = Tally()
    if find_spec("atheris") is None:
        print("Atheris is not installed (make fuzz): inputs are mutated blindly, by Hypothesis")
    seconds = max(LEAST_S, round(60 * minutes / len(chosen)))
    for module, parser in chosen:
        before, found = tally.runs, len(tally.finds)
        if find_spec("atheris") is None:
            blindly(parser, seconds, at, tally)
        else:
            guided(module, parser, seconds, at, tally)
        print(f"{parser.name}: {tally.runs - before} runs, {len(tally.finds) - found} finds", flush=True)
    return tally


def guided(module: str, parser: Parser, seconds: int, at: int, tally: Tally) -> None:
    with tempfile.TemporaryDirectory(prefix="shopclerk-fuzz-") as made:
        folder = Path(made)
        command = [sys.executable, "-m", "laboratory.fuzz.guided", module, parser.name]
        run = subprocess.run(
            [*command, "--seconds", str(seconds), "--seed", str(at), "--into", made], capture_output=True, text=True,
            errors="replace", check=False, env={**os.environ, "TMPDIR": made},
        )  # fmt: skip
        done = re.findall(r"^#(\d+)", run.stderr, re.MULTILINE)
        tally.runs += max(map(int, done), default=0)
        for path in sorted(folder.glob("found-*.json")):
            found = json.loads(path.read_text())
            tally.finds[f"{parser.name}: {found['where']}"] = (
                f"{found['how']}\ninput: {bytes.fromhex(found['input'])!r}"
            )
        for path in sorted([*folder.glob("timeout-*"), *folder.glob("oom-*"), *folder.glob("crash-*")]):
            tally.finds[f"{parser.name}: {path.name}"] = f"{run.stderr[-3000:]}\ninput: {path.read_bytes()!r}"
        if run.returncode and not any(key.startswith(parser.name) for key in tally.finds):
            tally.finds[f"{parser.name}: the process ended with {run.returncode}"] = run.stderr[-3000:]


def blindly(parser: Parser, seconds: int, at: int, tally: Tally, examples: int = 200) -> None:
    following = rounds(seconds / 60, at)
    while (number := following()) is not None:
        tally.tried(parser.name, partial(mutated, parser, examples, number, tally))


def mutated(parser: Parser, examples: int, at: int, tally: Tally) -> None:
    """Seeds with pieces cut out, repeated, exchanged and put in, and bytes of no sense. Raises the first find."""

    @seed(at)
    @trying(examples)
    @given(data=damaged(tuple(parser.begun_with())))
    def tried(data: bytes) -> None:
        tally.runs += 1
        parser.tried(data)

    tried()


TELLING = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"<", b">", b"&#0;", b"\n", b"\r", b"9" * 40,
    b"-1", b"1e999", b"NaN", b"{", b"[", b"}", b"\\ud800", b"\xed\xa0\x80", b"]]>", b"<!DOCTYPE", b"%", "١٢".encode(),
    "²".encode(), "\u202e".encode(),
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    data = bytearray(draw(st.sampled_from(seeds) if seeds else st.binary(max_size=200)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 30)))
        data[start:end] = draw(st.sampled_from([*TELLING, bytes(data[start:end] * 3)]) | st.binary(max_size=8))
    return bytes(data)
