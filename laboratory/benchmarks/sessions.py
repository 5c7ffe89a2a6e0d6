"""Many shoppers at a human pace: ``python -m laboratory.benchmarks.sessions --sessions 300 --minutes 10``.

A real ``shopclerk serve`` with a simulated model behind the real client. First one shopper alone (idle); then so many
sessions at once, each with its page's event stream open and a turn every 20 to 40 seconds; then the same sessions five
times as fast, which is more than can be answered. Told are: tries that showed no whole answer; the time of a turn
without the model's (which takes a fixed time a call here), as the shopper sees it and as the shop's own steps take it,
beside that of the one shopper alone in the same run; the memory of the process over time and its slope; and of the
overload, how long those who were let in took, and what the others were told. Prints JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
from scipy import stats

from laboratory.benchmarks.faults import simulated
from laboratory.benchmarks.shop_process import ShopProcess
from laboratory.benchmarks.shoppers import FILLING, LOOKING, Shopper, Try, Visit, World
from laboratory.benchmarks.simulated_model import SimulatedModel

PACE_S = (20.0, 40.0)
OVERLOAD = 5
MODEL_S = 0.3
"""What a call of the model takes."""
IDLE_TURNS = 60
SETTLES = 0.2
"""Share of the run whose memory is not counted: what is loaded at first use."""
TALK = Visit(tuple(message for visit in (*LOOKING, FILLING) for message in visit.messages if message.isascii()))


class Session:
    """A page that is open, and its shopper, who begins anew when all is said."""

    def __init__(self, shopper: Shopper, choose: random.Random) -> None:
        self.shopper, self.choose = shopper, choose
        self.broken = 0
        """Streams that ended by themselves."""

    async def live(self, pace_s: tuple[float, float], until: float) -> None:
        await asyncio.sleep(self.choose.uniform(0, pace_s[1]))
        conversation = await self.shopper.begin(TALK)
        if conversation is None:
            return
        page = asyncio.create_task(self._page(conversation))
        try:
            while time.monotonic() < until:
                await self.shopper.say(conversation, self.choose.choice(TALK.messages), until)
                await asyncio.sleep(min(self.choose.uniform(*pace_s), max(0.0, until - time.monotonic())))
        finally:
            page.cancel()
            with suppress(asyncio.CancelledError):
                await page

    async def _page(self, conversation: str) -> None:
        """What a page reads all the time, opened anew when it breaks off."""
        url = f"{self.shopper.shop.url}/chat/stream"
        while True:
            with suppress(httpx.HTTPError, OSError):
                async with self.shopper.client.stream(
                    "GET", url, headers={"X-Conversation": conversation}, timeout=httpx.Timeout(30, read=40)
                ) as reply:
                    async for _ in reply.aiter_raw():
                        pass
            self.broken += 1
            await asyncio.sleep(1)


async def memory(pid: int, out: list[tuple[float, float]]) -> None:
    """(seconds, MB of its own) every two seconds, until it is cancelled."""
    process, begin = psutil.Process(pid), time.monotonic()
    while True:
        info = await asyncio.to_thread(process.memory_full_info)
        out.append((time.monotonic() - begin, info.uss / 2**20))
        await asyncio.sleep(2)


def slope(samples: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """MB a minute of a straight line through the samples, with its 95% interval. Neighbouring samples say much the
    same, so means of 20 seconds are taken."""
    counted = samples[int(SETTLES * len(samples)) :]
    means = [np.mean(counted[at : at + 10], axis=0) for at in range(0, len(counted) - 9, 10)]
    if len(means) < 3:
        return {"mb": [round(mb) for _, mb in samples[:: max(1, len(samples) // 10)]]}
    minutes, mb = np.array(means).T[0] / 60, np.array(means).T[1]
    line = stats.linregress(minutes, mb)
    half = float(stats.t.ppf(0.975, len(means) - 2)) * line.stderr
    return {
        "mb_first": round(float(mb[0])),
        "mb_last": round(float(mb[-1])),
        "mb_a_minute": round(float(line.slope), 2),
        "interval": [round(float(line.slope) - half, 2), round(float(line.slope) + half, 2)],
    }


def figures(tries: Sequence[Try]) -> dict[str, Any]:
    """Milliseconds of whole answers without the model's calls: as the shopper saw it, and in the shop's own steps."""
    whole = [each for each in tries if each.seen == "whole" and each.done]
    model = [1000 * MODEL_S * each.done["model_calls"] for each in whole]
    seen = [1000 * (each.ended - each.began) - of_model for each, of_model in zip(whole, model, strict=True)]
    steps = [sum(each.done["steps_ms"].values()) - of_model for each, of_model in zip(whole, model, strict=True)]
    return {
        "turns": len(whole),
        "seen_ms": _percentiles(seen),
        "steps_ms": _percentiles(steps),
        "errors": sum(each.seen in ("empty", "error", "away") for each in tries),
        "silent": sum(each.seen == "hang" for each in tries),
        "not_whole": dict(Counter(each.seen for each in tries if each.seen != "whole")),
        "waited_in_line": sum(each.waited for each in tries),
        "refused": sum(each.told.startswith("429") for each in tries),
    }


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(times, share)), 1) for share in (50, 95)} if times else {}


async def phase(shop: ShopProcess, sessions: int, pace_s: tuple[float, float], seconds: float) -> dict[str, Any]:
    world, choose, used = World(), random.Random(sessions), list[tuple[float, float]]()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    watching = asyncio.create_task(memory(shop.pid, used))
    process = psutil.Process(shop.pid)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        until, spent, begin = time.monotonic() + seconds, sum(process.cpu_times()[:2]), time.monotonic()
        shopper = Shopper(shop, client, world, lambda: False)
        living = [Session(shopper, random.Random(choose.random())) for _ in range(sessions)]
        await asyncio.gather(*(each.live(pace_s, until) for each in living))
        cores = (sum(process.cpu_times()[:2]) - spent) / (time.monotonic() - begin)
    watching.cancel()
    told = [each.told for each in world.tries() if each.seen != "whole"][:5]
    broken = sum(each.broken for each in living)
    return {
        "sessions": sessions,
        "seconds": round(time.monotonic() - begin),
        **figures(world.tries()),
        "streams_broken": broken,
        "cores_used": round(cores, 2),
        "memory": slope(used),
        "told": told,
    }


async def measure(sessions: int, minutes: float, overload_minutes: float, base: Path | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory, simulated() as model:
        state = Path(directory) / "state"
        if base is not None:
            shutil.copytree(base, state)
        at_fixed_speed(model)
        shop = ShopProcess(state, {"LLM_URL": model.url, "SHOPCLERK_BOUNDS": "off"})
        shop.start()
        try:
            await shop.ready()
            report: dict[str, Any] = {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1)}
            await phase(shop, 1, (0.0, 0.0), 10)  # what the first use loads
            for name, count, pace_s, seconds in (
                ("idle", 1, (0.0, 0.2), 0.7 * IDLE_TURNS),
                ("human_pace", sessions, PACE_S, 60 * minutes),
                ("overload", sessions, (PACE_S[0] / OVERLOAD, PACE_S[1] / OVERLOAD), 60 * overload_minutes),
            ):
                if seconds:
                    report[name] = against(await phase(shop, count, pace_s, seconds), report.get("idle"))
                    print(json.dumps({name: report[name]}), file=sys.stderr, flush=True)
            return report
        finally:
            shop.stop()


def against(busy: dict[str, Any], idle: dict[str, Any] | None) -> dict[str, Any]:
    """With how many times as long as of the one shopper alone its slow turns (p95) took."""
    if idle and idle["turns"] and busy["turns"]:
        ratios = {kind: round(busy[kind]["p95"] / idle[kind]["p95"], 2) for kind in ("seen_ms", "steps_ms")}
        return {**busy, "p95_against_idle": ratios}
    return busy


def at_fixed_speed(model: SimulatedModel) -> None:
    model.first_token_delay_s, model.token_delay_s = MODEL_S, 0.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sessions", type=int, default=300)
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--overload-minutes", type=float, default=2)
    arguments.add_argument("--state", type=Path, help="a state directory to begin with a copy of; else one is made")
    chosen = arguments.parse_args()
    report = asyncio.run(measure(chosen.sessions, chosen.minutes, chosen.overload_minutes, chosen.state))
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
