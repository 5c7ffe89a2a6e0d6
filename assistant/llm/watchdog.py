"""Runs one command and makes sure that nothing of it outlives whoever asked for it.

``python watchdog.py GRACE COMMAND…`` starts COMMAND as the leader of a process group of its own and prints its
process id on the first line. The whole group is ended when the command ends, when the watchdog gets SIGTERM, and
when standard input closes, which is what the death of the starting process looks like, however it died. Exit
status: the command's, or 128 + n for signal n.

Run as a file by a bare interpreter: it imports the standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1


def end_with_watchdog() -> None:
    """Asks Linux to stop the command should the watchdog itself be killed. Elsewhere the starting process does that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def signal_group(leader: int, number: signal.Signals) -> None:
    """Sends a signal to a process group that may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def main(grace_s: float, command: list[str]) -> int:
    """Runs ``command`` to its end and returns its exit status. ``grace_s`` lies between SIGTERM and SIGKILL."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_watchdog)
    print(child.pid, flush=True)

    def wait_for_standard_input_to_close() -> None:
        while os.read(0, 4096):
            pass
        stop.set()

    threading.Thread(target=wait_for_standard_input_to_close, daemon=True).start()
    while child.poll() is None and not stop.wait(0.1):
        pass
    signal_group(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_s
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    signal_group(child.pid, signal.SIGKILL)
    status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
