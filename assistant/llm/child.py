"""One supervised child process: started through the watchdog, its output in a rotating log, ended with its group."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from assistant.llm import watchdog

LOG_BYTES = 5 * 1024**2
LOG_FILES = 3
PROGRESS = "progress: "
NAMES_AN_ERROR = re.compile(r"\b(error|\w+Error|no space left|killed)\b", re.IGNORECASE)


class ChildLog:
    """A rotating log file for what children print; remembers the last lines so that a failure can be explained."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.recent: deque[str] = deque(maxlen=200)
        self.progress = ""
        """What the child last said of how far it is, in a line that begins with ``progress: ``."""
        self._handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))

    def write(self, line: str) -> None:
        self.recent.append(line)
        if line.startswith(PROGRESS):
            self.progress = line.removeprefix(PROGRESS)
        self._handler.handle(logging.LogRecord("child", logging.INFO, "", 0, line, (), None))

    def explain(self) -> str:
        """The line that best says why a child ended: the last one that names an error, else the last one."""
        lines = [line.strip() for line in self.recent if line.strip()]
        named = [line for line in lines if NAMES_AN_ERROR.search(line)]
        return (named or lines or ["it printed nothing"])[-1][:300]

    def close(self) -> None:
        self._handler.close()


class Child:
    """A running command. ``pid`` is the command's own process and its group's leader, not the watchdog's."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        directory: Path,
        log: ChildLog,
        grace_s: float = 5.0,
    ) -> None:
        """``grace_s``: how long ``stop`` waits between asking and killing."""
        log.recent.clear()
        log.progress = ""
        log.write(f"==> {' '.join(command)}")
        self._log = log
        self._grace_s = grace_s
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__, str(grace_s), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=directory,
            start_new_session=True,
        )
        assert self._watchdog.stdout is not None
        first = self._watchdog.stdout.readline().decode(errors="replace").strip()
        self.pid = int(first) if first.isdigit() else None
        if self.pid is None:
            log.write(first)
        self._reader = threading.Thread(target=self._read, name="model-server-log", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._watchdog.stdout is not None
        for line in self._watchdog.stdout:
            # progress bars redraw one line; only how it ended is worth keeping
            self._log.write(line.decode(errors="replace").rstrip().rsplit("\r", 1)[-1])

    @property
    def status(self) -> int | None:
        """None while it runs; else its exit status, 128 + n when signal n ended it. Ends what it left behind."""
        code = self._watchdog.poll()
        if code is not None:
            self._sweep()
            # the watchdog itself may have been killed
            return code if code >= 0 else 128 - code
        return None

    def terminate(self) -> None:
        """Begins to stop; returns at once."""
        if self._watchdog.poll() is None:
            self._watchdog.terminate()

    def stop(self) -> None:
        """SIGTERM to the group, SIGKILL to what is left after the grace; returns when nothing of it is left."""
        if self._watchdog.poll() is None:
            self.terminate()
            try:
                self._watchdog.wait(self._grace_s + 2)
            except subprocess.TimeoutExpired:
                self._watchdog.kill()
                self._watchdog.wait()
        self._sweep()

    def _sweep(self) -> None:
        if self.pid is not None:
            watchdog.signal_group(self.pid, signal.SIGKILL)
            self.pid = None
        for pipe in (self._watchdog.stdin, self._watchdog.stdout):
            self._reader.join(2)
            if pipe is not None and not (pipe is self._watchdog.stdout and self._reader.is_alive()):
                pipe.close()


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """What children inherit: everything but what would make Python in another environment misbehave or start slowly."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    return {name: value for name, value in os.environ.items() if name not in hidden} | dict(extra)
