"""Sizes and times of imgtool's levels beside other writers of PNG.

usage: IMGTOOL=PATH python Tests/ladder.py [--rounds N]   (after `Scripts/benchmark --job photo-png`)

Prints for each picture a title and then lines of a name, seconds and bytes, separated by tabs.
imgtool is timed as a whole command; the others in a process that is running already, without its
start. oxipng gets the file of imgtool's level 1.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import imagecodecs
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".build/benchmark"
OUT = Path("/dev/shm/imgtool-ladder.png")
TOOL = os.environ["IMGTOOL"]
W, H = 3840, 2160
sys.path.append(str(ROOT / ".build/peers"))


def ours(name: str, *words) -> int:
    subprocess.run([TOOL, "frombuffer", PLACE / name, "--size", f"{W}x{H}", "--mode", "RGB", *words, "-q",
                    "--save", OUT], check=True)
    return OUT.stat().st_size


def writers(name: str) -> dict:
    """What makes a PNG of a raw file, by name; each returns its size."""
    array = np.fromfile(PLACE / name, "u1").reshape(H, W, 3)
    data = array.tobytes()
    levels = {"imgtool": lambda: ours(name)}
    levels |= {f"-{level}": lambda level=level: ours(name, "--level", str(level)) for level in range(10)}
    others = {f"libspng {level}": lambda level=level: len(imagecodecs.spng_encode(array, level=level))
              for level in (1, 6)}
    try:
        import fpng
        others["fpng"] = lambda: len(fpng.from_bytes(data, W, H, 3))
    except ImportError as error:
        print(f"  fpng: {error}", file=sys.stderr)
    try:
        import oxipng
        ours(name, "--level", "1")
        file = OUT.read_bytes()
        others |= {f"oxipng {level}": lambda level=level: len(oxipng.optimize_from_memory(file, level=level))
                   for level in (0, 2)}
    except ImportError as error:
        print(f"  oxipng: {error}", file=sys.stderr)
    return levels | others


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for picture in ("photo", "screen"):
        print(picture)
        made = writers(f"{picture}.raw")
        times, sizes = {name: [] for name in made}, {}
        for _ in range(rounds):
            for name, write in made.items():
                start = time.perf_counter()
                sizes[name] = write()
                times[name].append(time.perf_counter() - start)
        for name in made:
            print(name, f"{statistics.median(times[name]):.4f}", sizes[name], sep="\t", flush=True)
    OUT.unlink(missing_ok=True)


main()
