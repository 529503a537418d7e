"""Several processes at once: many that save one file, and one that writes what others save.

The reader is not Pillow, which would set the pace, but a check of the bytes: PNM files have a length
and a header, and the pixels of a frame are all of one value.
"""

import os
import subprocess
import sys
import textwrap

from common import TOOL, Tally, run, scratch, words

SIDE = 512
LAYOUT = ["--size", f"{SIDE}x{SIDE}", "--mode", "L"]
HEADER = b"P5\n%d %d\n255\n" % (SIDE, SIDE)
WRITER = textwrap.dedent("""
    import fcntl, mmap, sys, time
    path, rest, lock = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "lock"
    file = open(path, "r+b")
    memory = mmap.mmap(file.fileno(), 0)
    frames = [bytes([value]) * len(memory) for value in range(1, 256)]
    print("ready", flush=True)
    while True:
        for frame in frames:
            if lock:
                fcntl.flock(file, fcntl.LOCK_EX)
            memory[:] = frame
            if lock:
                fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(rest)
""")
LOOP = "import os, subprocess, sys\nwhile os.path.exists('go'): subprocess.run(sys.argv[1:], check=True)"


def savers(scale: int) -> Tally:
    """Eight processes save one file all the time; as many of the files as `scale` says are read."""
    tally = Tally()
    reads = 1000 * scale or 200
    with scratch() as folder:
        for value in range(8):
            (folder / f"{value}.bin").write_bytes(bytes([value + 1]) * SIDE * SIDE)
        run(["frombuffer", "0.bin", *LAYOUT, "--save", "out.pgm"], folder)
        (folder / "go").touch()
        command = [TOOL, "frombuffer", "{}.bin", *LAYOUT, "--save", "out.pgm"]
        crowd = [subprocess.Popen([sys.executable, "-c", LOOP,
                                   *[word.format(value) for word in command]], cwd=folder)
                 for value in range(8)]
        last = None
        try:
            while tally.tries < reads and all(process.poll() is None for process in crowd):
                with open(folder / "out.pgm", "rb") as file:
                    status = os.fstat(file.fileno())
                    data = file.read()
                body = data[len(HEADER):]
                tally.check(data.startswith(HEADER) and body == body[:1] * (SIDE * SIDE),
                            f"8 x {words(command[1:])}: a reader found {len(data)} bytes that are no "
                            "whole file")
                # A file that is read again proves nothing new.
                tally.tries += last != (last := (status.st_ino, status.st_ctime_ns))
        finally:
            (folder / "go").unlink()
        tally.check(all([process.wait() == 0 for process in crowd]), "a saver failed")
        hidden = [item.name for item in folder.iterdir() if item.name.startswith(".")]
        tally.check(not hidden, f"left behind {hidden}")
    return tally


def writer(scale: int) -> Tally:
    """Saves of a buffer that is being written: each decodes, each pixel stood in the buffer."""
    tally = Tally()
    for index in range(2000 * scale or 60):
        tally.tries += 1
        if index % 500 == 0:
            process, folder, done = start_writer(tally, 0, "alone", index and (process, done))
        suffix = ("pgm", "png")[index % 2]
        done = run(["frombuffer", "raw.bin", *LAYOUT, "--save", f"out.{suffix}"], folder)
        values = pixels(folder, suffix)
        tally.check(done.exit == 0 and values is not None and 0 not in values,
                    f"save {index} to {suffix}: {done}, pixels {values and sorted(values)[:4]}")
    finish_writer(process)
    return tally


def still(scale: int) -> Tally:
    """The same with `--consistent` and with `--lock`: no frame is torn."""
    tally = Tally()
    for option, rest, lock in [("--consistent=1000", 0.04, "alone"), ("--lock", 0.0005, "lock")]:
        process, folder, _ = start_writer(tally, rest, lock, None)
        for index in range(250 * scale or 20):
            tally.tries += 1
            done = run(["frombuffer", "raw.bin", *LAYOUT, option, "--save", "out.pgm"], folder)
            values = pixels(folder, "pgm")
            tally.check(done.exit == 0 and values is not None and len(values) == 1,
                        f"{option}, save {index}: {done}, pixels {values and sorted(values)[:4]}")
        finish_writer(process)
    return tally


def start_writer(tally, rest, lock, last):
    if last:
        finish_writer(last[0])
    manager = scratch()
    folder = manager.__enter__()
    (folder / "raw.bin").write_bytes(b"\1" * SIDE * SIDE)
    process = subprocess.Popen([sys.executable, "-c", WRITER, "raw.bin", str(rest), lock], cwd=folder,
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    process.manager = manager
    return process, folder, None


def finish_writer(process) -> None:
    end([process])
    process.manager.__exit__(None, None, None)


def end(processes) -> None:
    for process in processes:
        process.kill()
    for process in processes:
        process.wait()


def pixels(folder, suffix):
    """The values in a saved picture, or None when it cannot be decoded; PNG by libpng's own tool."""
    path = folder / f"out.{suffix}"
    data = path.read_bytes()
    if suffix == "png":
        done = subprocess.run(["pngtopnm", path], capture_output=True)
        data = done.stdout if done.returncode == 0 else b""
    body = data[len(HEADER):]
    return set(body) if data.startswith(HEADER) and len(body) == SIDE * SIDE else None
