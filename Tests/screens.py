"""What lazy matching of our own gains over zlib, ISA-L and libdeflate on screens.

usage: IMGTOOL=PATH python Tests/screens.py [--rounds N]   (after `Scripts/benchmark --job screen-png`)

Prints a table of Markdown: processor seconds of one thread, the medians of the rounds, and bytes,
both summed over the pictures. Without a level imgtool deflates such rows itself; level 1 is ISA-L's
igzip and level 6 zlib. The other programs get the filtered rows of imgtool's files, so they neither
filter nor choose. The screenshots are those of Debian's package kicad-doc-en.
"""

import argparse
import os
import shutil
import statistics
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

PLACE = Path(__file__).resolve().parents[1] / ".build/benchmark"
WORK = PLACE / "screens"
TOOL = os.environ["IMGTOOL"]
LEAST = 600 * 500


def screenshots() -> list:
    """Raw files of RGB, each with its size."""
    place = PLACE / "kicad"
    if not place.exists():
        subprocess.run(["apt-get", "download", "kicad-doc-en"], cwd=PLACE, check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["dpkg", "-x", next(PLACE.glob("kicad-doc-en_*.deb")), place], check=True)
    found = []
    for path in sorted(place.glob("usr/share/doc/kicad/help/en/images/**/*.png")):
        with Image.open(path) as image:
            # What is ray traced is no screen.
            if image.width * image.height < LEAST or "3d" in path.stem or path.stem == "raytracing":
                continue
            raw = WORK / f"{len(found)}.raw"
            np.asarray(image.convert("RGB")).tofile(raw)
            found.append((raw, f"{image.width}x{image.height}"))
    return found


def processor_seconds(command: list, out: Path) -> float:
    """User and system time; what the command prints goes to a file."""
    words = [str(word) for word in command]
    pid = os.posix_spawnp(words[0], words, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, str(out), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{words} ended with {status}")
    return used.ru_utime + used.ru_stime


def filtered_rows(png: Path) -> bytes:
    data, position, stream = png.read_bytes(), 8, b""
    while position < len(data):
        size, name = struct.unpack_from(">I4s", data, position)
        if name == b"IDAT":
            stream += data[position + 8:position + 8 + size]
        position += size + 12
    return zlib.decompress(stream)


def measure(pictures: list, rounds: int) -> list:
    sums = {}
    for raw, size in pictures:
        png, rows, out = WORK / "out.png", WORK / "rows", WORK / "out"

        def tool(*level) -> list:
            return [TOOL, "frombuffer", raw, "--size", size, "--mode", "RGB", "--threads", 1, *level,
                    "--format", "png", "--save", "-"]

        processor_seconds(tool(), png)
        rows.write_bytes(filtered_rows(png))
        commands = {"imgtool": tool(), "imgtool, level 1": tool("--level", 1),
                    "imgtool, level 6": tool("--level", 6)}
        for name, level in (("igzip", 2), ("libdeflate-gzip", 6), ("gzip", 6)):
            if shutil.which(name):
                commands[f"{name} -{level}, rows"] = [name, f"-{level}", "-c", rows]
        times = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                times[name].append(processor_seconds(command, out))
                sums.setdefault(name, [0.0, 0])
                if len(times[name]) == 1:
                    sums[name][1] += out.stat().st_size
        for name, seconds in times.items():
            sums[name][0] += statistics.median(seconds)
    return [f"| {name} | {seconds:.3f} | {count} |" for name, (seconds, count) in sums.items()]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    WORK.mkdir(exist_ok=True)
    real = screenshots()
    for title, pictures in (("the 3840x2160 screen", [(PLACE / "screen.raw", "3840x2160")]),
                            (f"{len(real)} screenshots", real)):
        print(f"| {title} | processor seconds | bytes |\n|---|---|---|")
        print("\n".join(measure(pictures, rounds)) + "\n")
    shutil.rmtree(WORK)


main()
