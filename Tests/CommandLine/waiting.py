"""Waits for what another process does, as the kernel sees it. A deadline only ends a broken test."""

import os
import time
from pathlib import Path

PATIENCE = 120


def until(condition, what: str):
    """Asks until what `condition` gives is true, and returns it."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"not within {PATIENCE} s: {what}"
        time.sleep(0.001)
    return found


def threads(pid: int) -> list:
    """What `/proc` has of each thread of a process, by the names of `status`."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            lines = (task / "status").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue  # It has ended.
        found.append({name: value.strip() for name, _, value in (line.partition(":") for line in lines)})
    return found


def pauses(pid: int) -> int:
    """How often a process has gone to sleep."""
    return sum(int(thread["voluntary_ctxt_switches"]) for thread in threads(pid))


def until_it_has_paused(process, times: int):
    """Waits until a process that looks at something again and again has looked so many times."""
    before = pauses(process.pid)
    until(lambda: process.poll() is not None or pauses(process.pid) >= before + times,
          f"{times} pauses of {process.args}")


def until_it_waits(process):
    """Waits until no thread of a process has anything to do."""

    def waits() -> bool:
        assert process.poll() is None, f"{process.args} has ended"
        return all(thread["State"].startswith("S") for thread in threads(process.pid))

    until(waits, f"{process.args} waits")


def until_it_waits_for_a_lock(process):
    """Waits until a process waits for a file that another one has locked (flock(2))."""

    def waits() -> bool:
        assert process.poll() is None, f"{process.args} did not wait for the lock"
        # "1: -> FLOCK ADVISORY WRITE 4711 08:01:15 0 EOF"
        words = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        return any(line[1] == "->" and line[2] == "FLOCK" and line[5] == str(process.pid)
                   for line in words)

    until(waits, f"{process.args} waits for a lock")


def until_it_writes(process, folder):
    """Waits until a process has written to a file in `folder`; one without a name counts too."""

    def writes() -> bool:
        if process.poll() is not None:
            return True
        for number in os.listdir(f"/proc/{process.pid}/fd"):
            try:
                link = os.readlink(f"/proc/{process.pid}/fd/{number}")
                flags = Path(f"/proc/{process.pid}/fdinfo/{number}").read_text()
            except OSError:
                continue  # It was closed just now.
            position = int(flags.split("pos:")[1].split()[0])
            is_writable = int(flags.split("flags:")[1].split()[0], 8) & os.O_ACCMODE
            if link.startswith(f"{folder}/") and is_writable and position:
                return True
        return False

    until(writes, f"{process.args} writes")
