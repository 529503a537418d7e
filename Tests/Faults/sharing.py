"""Saves whose target is the mapped file, by each of its names, and while the file is cut short."""

import os
import subprocess
import threading
import time

from common import FORMATS, HEIGHT, PIXELS, TOOL, WIDTH, Tally, clear, run, scratch, words

NAMES = ("same", "dot", "symlink", "chain", "hard link", "proc", "dev", "stdout", "append", "detour")


def target(name: str, folder, descriptor: int) -> str:
    """A path that leads to `raw.bin`."""
    if name == "symlink":
        (folder / "link").symlink_to("raw.bin")
    if name == "chain":
        (folder / "first").symlink_to("second")
        (folder / "second").symlink_to(folder / "raw.bin")
    if name == "hard link":
        os.link(folder / "raw.bin", folder / "other")
    (folder / "dir").mkdir(exist_ok=True)
    return {"same": "raw.bin", "dot": "./raw.bin", "symlink": "link", "chain": "first",
            "hard link": "other", "proc": f"/proc/self/fd/{descriptor}", "dev": f"/dev/fd/{descriptor}",
            "stdout": "-", "append": "/dev/stdout", "detour": "dir/../raw.bin"}[name]


def names(scale: int) -> Tally:
    """Each name, format and access mode, with and without `--replace`."""
    tally = Tally()
    layout = ["raw.bin", "--size", f"{WIDTH}x{HEIGHT}", "--mode", "RGB", "--offset", "1",
              "--trailing", "ok"]
    content = b"#" + PIXELS + b"the end"
    wanted = {}
    with scratch() as folder:
        for format in FORMATS:
            (folder / "raw.bin").write_bytes(content)
            run(["frombuffer", *layout, "--save", f"out.{format}"], folder)
            wanted[format] = (folder / f"out.{format}").read_bytes()
        for name in NAMES:
            for format in FORMATS:
                for access in ("ro", "cow", "rw"):
                    for replace in ([], ["--replace"]):
                        clear(folder)
                        tally.tries += 1
                        one(tally, folder, name, format, [*layout, "--access", access, *replace],
                            content, wanted[format])
    return tally


def one(tally, folder, name, format, options, content, wanted) -> None:
    (folder / "raw.bin").write_bytes(content)
    flags = os.O_RDWR | (os.O_APPEND if name == "append" else 0)
    descriptor = os.open(folder / "raw.bin", flags)
    path = target(name, folder, descriptor)
    arguments = ["frombuffer", *options, "--format", format, "--save", path]
    stdout = descriptor if name in ("stdout", "append") else subprocess.DEVNULL
    done = run(arguments, folder, stdout=stdout, pass_fds=[descriptor])
    os.close(descriptor)
    what = f"{words(arguments)} ({name}): {done}"
    tally.check(not done.died, f"{what}: a crash")
    tally.check(done.exit in (0, 2), f"{what}: a wrong end")
    # What stands under the name now, and whether the mapped bytes are somewhere still.
    named = {"hard link": "other"}.get(name, "raw.bin")
    after = (folder / named).read_bytes()
    if done.exit == 0:
        tally.check(after == wanted and "--replace" in options, f"{what}: not the whole new file")
    else:
        tally.check(after == content, f"{what}: refused, and the file changed")
        tally.check(len(done.complaints) == 1, f"{what}: not one line")


# A large picture, so that there is time to cut it.
SIDE = 1600
STEPS = [
    ["--save", "out.png"], ["--save", "out.pgm"], ["--save", "out.bmp"], ["--save", "out.npy"],
    ["--save", "out.tiff"], ["--convert", "RGB", "--save", "out.qoi"], ["--hash"], ["--stats"], ["--copy", "--hash"],
    ["--compare", "same.pgm"], ["--convert", "RGB", "--save", "out.ppm"], ["--reorient", "90", "--hash"],
    ["--fill", "7", "--save", "out.pgm"], ["--invert"], ["--flip", "v"], ["--add", "1"], ["--show"],
    ["--consistent=2", "--save", "out.png"], ["--threads", "2", "--flip", "h", "--save", "out.png"],
]
TOUCHES = {"--fill", "--invert", "--flip", "--add"}


def truncation(scale: int) -> Tally:
    """Another process cuts the file and makes it whole again, all the time; no byte of it is ever 0."""
    tally = Tally()
    content = bytes(1 + index % 127 for index in range(251)) * (SIDE * SIDE // 251 + 1)
    content = content[: SIDE * SIDE]
    with scratch() as folder:
        (folder / "same.pgm").write_bytes(b"P5\n%d %d\n255\n" % (SIDE, SIDE) + content)
        met = round = 0
        # Until enough runs met a cut, however the processes take turns.
        while round < scale or met < 20:
            for steps in STEPS:
                for access in ("ro", "cow", "rw"):
                    if access == "ro" and TOUCHES & set(steps):
                        continue
                    met += cut(tally, folder, steps, access, content, round)
            round += 1
    return tally


def cut(tally, folder, steps, access, content, round) -> bool:
    """Whether the run met a cut."""
    raw = folder / "raw.bin"
    raw.write_bytes(content)
    for old in folder.glob("out.*"):
        old.unlink()
    stop = threading.Event()

    def cutter():
        moment = 0.0005 * (round % 13)
        with open(raw, "r+b", buffering=0) as file:
            while not stop.is_set():
                time.sleep(moment)
                place = len(content) * (1 + round % 7) // 8
                file.truncate(place)
                # Shorter than a reader may lose its processor for, nobody could notice it.
                time.sleep(0.002)
                file.seek(place)
                file.write(content[place:])

    thread = threading.Thread(target=cutter)
    thread.start()
    options = [step for step in steps if step.startswith("--consistent")]
    rest = [step for step in steps if step not in options]
    arguments = ["frombuffer", "raw.bin", "--size", f"{SIDE}x{SIDE}", "--access", access, *options, *rest]
    done = run(arguments, folder)
    stop.set()
    thread.join()
    tally.tries += 1
    what = f"{words(arguments)}, while raw.bin is cut: {done}"
    tally.check(not done.died and done.exit in (0, 1, 2), f"{what}: a crash")
    tally.check(done.exit == 0 or len(done.complaints) >= 1, f"{what}: no line tells why")
    saved = next(iter(folder.glob("out.*")), None)
    if done.exit == 0 and saved is not None and not TOUCHES & set(steps):
        tally.check(not has_zero_pixels(saved), f"{what}: zeros passed off as pixels")
    if done.exit == 2:
        tally.check(saved is None, f"{what}: an output although it failed")
    hidden = [item.name for item in folder.iterdir() if item.name.startswith(".")]
    tally.check(not hidden, f"{what}: left behind {hidden}")
    return done.exit == 2


def has_zero_pixels(path) -> bool:
    """By the tool itself, which reads a file at rest here: each band's least sample."""
    import json

    done = subprocess.run([TOOL, "info", path, "--stats", "--json"], capture_output=True, check=True)
    return any(band["min"] == 0 for band in json.loads(done.stdout)["bands"])
