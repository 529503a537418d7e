"""`/proc` that is not mounted."""

import sys

from common import LAYOUT, PIXELS, ROOT, Tally, run, scratch
from injected import PATHS, Calls, Path, calls_of, left_behind, state, words

sys.path.insert(0, str(ROOT / "Tests/CommandLine"))
from without_proc import LACKING, way  # noqa: E402


def bare(scale: int) -> Tally:
    """Each way to save, killed at each call or at one of them, and the answers that need evidence."""
    tally = Tally()
    start = way()
    if start is None:
        tally.skipped.append(LACKING)
        return tally
    with scratch() as folder, scratch() as logs:
        for turn, path in enumerate(PATHS):
            flushed = b""
            if path.way == "flush":
                maker = Path(path.format, "new")
                maker.prepare(folder, b"")
                maker.run(folder)
                flushed = (folder / path.target).read_bytes()
            path.prepare(folder, flushed)
            wanted = path.run(folder)
            after = (folder / path.target).read_bytes()
            path.prepare(folder, flushed)
            log = logs / "strace.log"
            done = path.run(folder, [*start, "strace", "-f", "-o", log])
            tally.tries += 1
            what = f"{words(path.arguments)} ({path.way}) without /proc"
            tally.check(done.exit == wanted.exit == 0, f"{what}: {done}")
            found = state(Calls(path, [], None, after), folder)
            tally.check(found == "new", f"{what}: the target is {found}")
            tally.check(not left_behind(path, folder), f"{what}: left {left_behind(path, folder)}")
            if path.way == "replace":
                kill(tally, start, turn, scale, path, folder, calls_of(log.read_text()), after)
        answers(tally, start, folder)
    return tally


def kill(tally, start, turn, scale, path, folder, calls, after) -> None:
    seen = Calls(path, calls, None, after)
    path.prepare(folder, b"")
    seen.before = (folder / path.target).read_bytes()
    for index, call in enumerate(calls):
        if scale == 0 and (index + turn) % 25:
            continue
        path.prepare(folder, b"")
        inject = call.inject("signal=KILL")
        run(path.arguments, folder, [*start, "strace", "-f", "-o", "/dev/null", "-e", inject])
        tally.tries += 1
        found = state(seen, folder)
        tally.check(found in ("old", "new"),
                    f"strace -f -e {inject} {words(path.arguments)} without /proc: it is {found}")


def answers(tally, start, folder) -> None:
    """What holds and what does not are told apart, and what cannot be known is not taken to hold."""
    (folder / "raw.bin").write_bytes(PIXELS)
    for arguments, status in [
            (["frombuffer", *LAYOUT, "--expect", "0,0=1,2,3"], 0),
            (["frombuffer", *LAYOUT, "--expect", "0,0=9,9,9"], 1),
            (["frombuffer", *LAYOUT, "--expect-shared"], 1),
            (["frombuffer", *LAYOUT, "--expect-detached"], 1),
            (["verify", *LAYOUT], 1), (["verify", *LAYOUT, "--in-place"], 1),
            (["no-such-command"], 2)]:
        done = run(arguments, folder, start)
        tally.tries += 1
        tally.check(done.exit == status, f"{words(arguments)} without /proc: {done}")
        tally.check(done.exit == 0 or len(done.complaints) == 1,
                    f"{words(arguments)} without /proc: not one line: {done}")
