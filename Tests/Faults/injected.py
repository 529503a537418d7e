"""Errors and kills at each system call of each way to save, by `strace`.

The calls before the input file is opened belong to the dynamic loader and the language's runtime,
and are left alone; so are those by which `malloc` asks for memory (a runtime that cannot have a few
bytes ends the process) and the end of the process itself.
"""

import re
import subprocess
from dataclasses import dataclass

from common import (FORMATS, IN_PLACE, LAYOUT, OLD, PIXELS, TOOL, Tally, clear, run, scratch,
                    words)

ERRNOS = ("EIO", "ENOSPC", "EDQUOT", "EFBIG", "EINTR", "EAGAIN", "ENOMEM", "EACCES", "EPERM", "EBUSY",
          "EINVAL", "ENOSYS", "EROFS", "EMFILE", "ELOOP", "EOPNOTSUPP")
# What these fail to do has no effect on a save.
HARMLESS = {"brk", "exit_group", "exit", "futex", "rt_sigprocmask", "rt_sigaction", "sigaltstack",
            "munmap", "madvise", "sched_getaffinity", "clock_gettime", "getrandom", "mprotect",
            "rt_sigreturn", "restart_syscall", "set_robust_list", "rseq"}


@dataclass(frozen=True)
class Path:
    """One way to save: a format, and what the target is."""

    format: str
    way: str

    @property
    def target(self) -> str:
        return f"out.{self.format}"

    @property
    def arguments(self) -> list:
        if self.way == "flush":
            return ["open", self.target, "--threads", "1", "--access", "rw", "--put", "0,0=9,9,9",
                    "--save", self.target]
        save = ["--format", self.format, "--save", "-"] if self.way == "stdout" else [
            "--save", self.target]
        return ["frombuffer", *LAYOUT, "--threads", "1", *save]

    def prepare(self, folder, flushed: bytes) -> None:
        clear(folder)
        (folder / "raw.bin").write_bytes(PIXELS)
        if self.way == "replace":
            (folder / self.target).write_bytes(OLD)
        if self.way == "flush":
            (folder / self.target).write_bytes(flushed)

    def run(self, folder, before=()):
        if self.way != "stdout":
            return run(self.arguments, folder, before)
        with open(folder / self.target, "wb") as output:
            return run(self.arguments, folder, before, stdout=output)


PATHS = [Path(name, way) for name in FORMATS for way in ("new", "replace", "stdout")] + [
    Path(name, "flush") for name in IN_PLACE]


@dataclass
class Calls:
    """A path's system calls, in their order, and what the path leaves without a fault."""

    path: Path
    calls: list
    before: bytes
    after: bytes


def observe(path: Path, folder) -> Calls:
    start = b""
    if path.way == "flush":
        maker = Path(path.format, "new")
        maker.prepare(folder, b"")
        maker.run(folder)
        start = (folder / path.target).read_bytes()
    path.prepare(folder, start)
    log = folder / "strace.log"
    done = path.run(folder, ["strace", "-f", "-o", log])
    assert done.exit == 0, done
    opened = False
    counts, calls = {}, []
    source = path.target if path.way == "flush" else "raw.bin"
    for line in log.read_text(errors="replace").splitlines():
        found = re.match(r"(?:\d+ +)?(\w+)\((.*)", line)
        if not found:
            continue
        name, rest = found.groups()
        counts[name] = counts.get(name, 0) + 1
        opened = opened or (name != "execve" and f'"{source}"' in rest)
        takes_memory = name == "mmap" and "MAP_ANONYMOUS" in rest
        if opened and name not in HARMLESS and not takes_memory:
            calls.append((name, counts[name]))
    before = start if path.way == "flush" else OLD if path.way == "replace" else None
    return Calls(path, calls, before, (folder / path.target).read_bytes())


def left_behind(path: Path, folder) -> list:
    known = {"raw.bin", path.target, "strace.log"}
    return sorted(item.name for item in folder.iterdir() if item.name not in known)


def state(seen: Calls, folder) -> str:
    """`old`, `new`, or what the target has become instead."""
    target = folder / seen.path.target
    content = target.read_bytes() if target.exists() else None
    if content == seen.after:
        return "new"
    if content == seen.before:
        return "old"
    if seen.path.way == "stdout" and seen.after.startswith(content or b""):
        return "cut"
    return "torn"


def errors(scale: int) -> Tally:
    """`scale` errnos for each call; 0 for one errno at each seventh call."""
    tally = Tally()
    turn = 0
    with scratch() as folder:
        for path in PATHS:
            seen = observe(path, folder)
            for index, (name, count) in enumerate(seen.calls):
                if scale == 0 and (index + turn) % 7:
                    continue
                for step in range(max(1, scale)):
                    errno = ERRNOS[(index + turn + step) % len(ERRNOS)]
                    inject = f"inject={name}:error={errno}:when={count}"
                    path.prepare(folder, seen.before or b"")
                    done = path.run(folder, ["strace", "-f", "-o", "/dev/null", "-e", inject])
                    tally.tries += 1
                    judge(tally, seen, folder, done, inject)
            turn += 1
    return tally


def judge(tally: Tally, seen: Calls, folder, done, inject: str) -> None:
    what = f"strace -f -e {inject} {words(seen.path.arguments)} ({seen.path.way}): {done}"
    found = state(seen, folder)
    tally.check(not done.died and done.exit in (0, 2), f"{what}: a wrong end")
    tally.check(found in ("old", "new") or (done.exit == 2 and found == "cut"),
                f"{what}: the target is {found}")
    tally.check(done.exit != 0 or found == "new", f"{what}: success, and the target is {found}")
    complaints = [line for line in done.complaints if line.startswith("imgtool: ")]
    tally.check(done.exit == 0 or len(complaints) >= 1, f"{what}: no line tells why")
    tally.check(len(done.complaints) == len(complaints), f"{what}: other lines")
    tally.check(not left_behind(seen.path, folder),
                f"{what}: left behind {left_behind(seen.path, folder)}")


def kills(scale: int) -> Tally:
    """`kill -9` at each call; 0 for each fifth."""
    tally = Tally()
    with scratch() as folder:
        for turn, path in enumerate(path for path in PATHS if path.way in ("new", "replace")):
            seen = observe(path, folder)
            strays = 0
            for index, (name, count) in enumerate(seen.calls):
                if scale == 0 and (index + turn) % 5:
                    continue
                path.prepare(folder, b"")
                inject = f"inject={name}:signal=KILL:when={count}"
                subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", inject, TOOL,
                                *path.arguments],
                               cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
                tally.tries += 1
                found = state(seen, folder)
                tally.check(found in ("old", "new"),
                            f"strace -f -e {inject} {words(path.arguments)}: the target is {found}")
                strays += bool(left_behind(path, folder))
            tally.check(strays <= 2, f"{words(path.arguments)}: a stray file at {strays} points")
    return tally

