"""Errors and kills at each system call of each way to save, by `strace`.

From the start on: what fails before `main` is the dynamic loader's to tell, in its own words, but no
file may change and no status say that all is well. Left alone are the calls by which `malloc` asks for
memory (a runtime that cannot have a few bytes ends the process) and the end of the process itself.
"""

import re
import subprocess
from dataclasses import dataclass

from common import (FORMATS, IN_PLACE, LAYOUT, OLD, PIXELS, TOOL, Tally, clear, run, scratch,
                    words)

ERRNOS = ("EIO", "ENOSPC", "EDQUOT", "EFBIG", "EINTR", "EAGAIN", "ENOMEM", "EACCES", "EPERM", "EBUSY",
          "EINVAL", "ENOSYS", "EROFS", "EMFILE", "ELOOP", "EOPNOTSUPP")
# A pixel of these is stored plane by plane: an edit in place that fails in between has changed some of
# its samples, as one of many rows has changed some of the rows.
IN_PLANES = {"fits", "sgi"}
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


@dataclass(frozen=True)
class Call:
    """A system call: the `count`-th of its name."""

    name: str
    count: int
    # Whether it is made before `main`, by the loader.
    is_loading: bool = False

    def inject(self, what: str) -> str:
        return f"inject={self.name}:{what}:when={self.count}"


def calls_of(log: str) -> list:
    """The system calls that a log of `strace` tells of, in their order."""
    counts, calls, is_loading = {}, [], True
    for line in log.splitlines():
        found = re.match(r"(?:\d+ +)?(\w+)\((.*)", line)
        if not found:
            continue
        name, rest = found.groups()
        counts[name] = counts.get(name, 0) + 1
        # The first thing that the tool does is to say what signals are for.
        is_loading = is_loading and not (name == "rt_sigaction" and rest.startswith("SIGHUP"))
        takes_memory = name == "mmap" and "MAP_ANONYMOUS" in rest
        if name != "execve" and name not in HARMLESS and not takes_memory:
            calls.append(Call(name, counts[name], is_loading))
    return calls


@dataclass
class Calls:
    """A path's system calls, in their order, and what the path leaves without a fault."""

    path: Path
    calls: list
    before: bytes
    after: bytes


def observe(path: Path, folder, start=()) -> Calls:
    """Runs a path without a fault, with the words of another program in front."""
    flushed = b""
    if path.way == "flush":
        maker = Path(path.format, "new")
        maker.prepare(folder, b"")
        maker.run(folder)
        flushed = (folder / path.target).read_bytes()
    path.prepare(folder, flushed)
    log = folder / "strace.log"
    done = path.run(folder, [*start, "strace", "-f", "-o", log])
    assert done.exit == 0, done
    calls = calls_of(log.read_text(errors="replace"))
    before = flushed if path.way == "flush" else OLD if path.way == "replace" else None
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
    if seen.path.way == "flush" and seen.path.format in IN_PLANES and content and all(
            byte in both for byte, *both in zip(content, seen.before, seen.after, strict=True)):
        return "old"
    if seen.path.way == "stdout" and seen.after.startswith(content or b""):
        return "cut"
    return "torn"


def errors(scale: int) -> Tally:
    """`scale` errnos for each call; 0 for one errno at each 31st call."""
    tally = Tally()
    turn = 0
    with scratch() as folder:
        for path in PATHS:
            seen = observe(path, folder)
            for index, call in enumerate(seen.calls):
                if scale == 0 and (index + turn) % 31:
                    continue
                for step in range(max(1, scale)):
                    inject = call.inject(f"error={ERRNOS[(index + turn + step) % len(ERRNOS)]}")
                    path.prepare(folder, seen.before or b"")
                    done = path.run(folder, ["strace", "-f", "-o", "/dev/null", "-e", inject])
                    tally.tries += 1
                    (judge_loading if call.is_loading else judge)(tally, seen, folder, done, inject)
            turn += 1
    return tally


def judge_loading(tally: Tally, seen: Calls, folder, done, inject: str) -> None:
    what = f"strace -f -e {inject} {words(seen.path.arguments)} ({seen.path.way}): {done}"
    found = state(seen, folder)
    # A stream may have been made empty by the shell.
    kept = found == "old" or (seen.path.way == "stdout" and found == "cut")
    tally.check(found == "new" if done.exit == 0 else kept, f"{what}: the target is {found}")
    tally.check(not left_behind(seen.path, folder),
                f"{what}: left behind {left_behind(seen.path, folder)}")


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
            for index, call in enumerate(seen.calls):
                if scale == 0 and (index + turn) % 19:
                    continue
                path.prepare(folder, b"")
                inject = call.inject("signal=KILL")
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
