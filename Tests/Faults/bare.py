"""`/proc` that is not mounted."""

import sys

from common import LAYOUT, PIXELS, ROOT, Tally, run, scratch, words
from injected import PATHS, Calls, left_behind, observe, state

sys.path.insert(0, str(ROOT / "Tests/CommandLine"))
from without_proc import LACKING, way  # noqa: E402


def bare(scale: int) -> Tally:
    """Each way to save, killed at each call or at one of them, and the answers that need evidence."""
    tally = Tally()
    start = way()
    if start is None:
        tally.skipped.append(LACKING)
        return tally
    with scratch() as folder:
        for turn, path in enumerate(PATHS):
            seen = observe(path, folder)
            path.prepare(folder, seen.before or b"")
            done = path.run(folder, start)
            tally.tries += 1
            what = f"{words(path.arguments)} ({path.way}) without /proc: {done}"
            found = state(seen, folder)
            tally.check(done.exit == 0 and found == "new", f"{what}: the target is {found}")
            tally.check(not left_behind(path, folder), f"{what}: left {left_behind(path, folder)}")
            if path.way == "replace" and done.exit == 0:
                kill(tally, start, observe(path, folder, start), folder, 1 if scale else 25, turn)
        answers(tally, start, folder)
    return tally


def kill(tally, start, seen: Calls, folder, every: int, turn: int) -> None:
    for index, call in enumerate(seen.calls):
        if (index + turn) % every:
            continue
        seen.path.prepare(folder, b"")
        inject = call.inject("signal=KILL")
        run(seen.path.arguments, folder, [*start, "strace", "-f", "-o", "/dev/null", "-e", inject])
        tally.tries += 1
        found = state(seen, folder)
        tally.check(found in ("old", "new"), f"strace -f -e {inject} {words(seen.path.arguments)} "
                                             f"without /proc: the target is {found}")


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
