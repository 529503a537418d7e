"""`verify` that is killed, interrupted, or whose second process dies, at each of its system calls."""

from common import LAYOUT, PIXELS, Tally, clear, run, scratch, words
from injected import calls_of

KEEPER = "raw.bin.imgtool-undo"
SIGNALS = ("KILL", "INT", "TERM", "HUP")
NUMBERS = {"KILL": 9, "INT": 2, "TERM": 15, "HUP": 1}


def prepare(folder) -> None:
    clear(folder)
    (folder / "raw.bin").write_bytes(PIXELS)


def names(folder) -> list:
    return sorted(path.name for path in folder.iterdir())


def proofs(scale: int) -> Tally:
    """A signal at each call; 0 for one signal at each 120th call."""
    tally = Tally()
    with scratch() as folder, scratch() as logs:
        for place in ([], ["--in-place"]):
            line = ["verify", *LAYOUT, "--threads", "1", *place]
            prepare(folder)
            log = logs / "strace.log"
            done = run(line, folder, ["strace", "-o", log])
            assert done.exit == 0, done
            for index, call in enumerate(calls_of(log.read_text(errors="replace"))):
                if scale == 0 and index % 120:
                    continue
                for name in SIGNALS if scale else [SIGNALS[index // 120 % len(SIGNALS)]]:
                    interrupt(tally, folder, line, name, call.inject(f"signal={name}"))
            for moment in range(4, 60, 1 if scale else 9):
                die(tally, folder, line, moment)
    return tally


def interrupt(tally: Tally, folder, line, name: str, inject: str) -> None:
    """A file is as it was, or after a kill in place kept for the next run, which says so."""
    what = f"strace -e {inject} {words(line)}"
    prepare(folder)
    done = run(line, folder, ["strace", "-o", "/dev/null", "-e", inject])
    tally.tries += 1
    tally.check(done.exit in (0, -NUMBERS[name]), f"{what}: {done}")
    is_kept = names(folder) == ["raw.bin", KEEPER]
    if name == "KILL" and "--in-place" in line and is_kept:
        again = run(line, folder)
        tally.check(again.exit == 0 and "put back" in again.errors, f"{what}: then {again}")
    tally.check((folder / "raw.bin").read_bytes() == PIXELS, f"{what}: the file is changed")
    tally.check(names(folder) == ["raw.bin"], f"{what}: left behind {names(folder)}")


def die(tally: Tally, folder, line, moment: int) -> None:
    """The second process dies at an answer. The first one writes less often at this moment, or it is
    the one that is killed."""
    inject = f"inject=write:signal=KILL:when={moment}"
    what = f"strace -f -e {inject} {words(line)}"
    prepare(folder)
    done = run(line, folder, ["strace", "-f", "-o", "/dev/null", "-e", inject])
    tally.tries += 1
    if done.exit == -9:
        again = run(line, folder)
        tally.check(again.exit == 0, f"{what}: then {again}")
    else:
        tally.check(done.exit == 0 or (done.exit == 2 and "second process" in done.errors),
                    f"{what}: {done}")
    tally.check((folder / "raw.bin").read_bytes() == PIXELS, f"{what}: the file is changed")
    tally.check(names(folder) == ["raw.bin"], f"{what}: left behind {names(folder)}")
