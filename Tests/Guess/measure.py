#!/usr/bin/env python3
"""Says how often `imgtool guess` is right: over many dumps of known layouts, as a table by kind.

    IMGTOOL=.build/release/imgtool .build/oracles/bin/python Tests/Guess/measure.py [tuning|second|held-out|fresh]

The pictures and seeds of `held-out` and `fresh` are for measuring alone: nothing is tuned by them.

An answer is right where its command shows the picture. What no bytes can tell counts as the same: red
and blue, alpha that is 255 or 0 everywhere and a byte that is not used, the order of Cb and Cr, a sensor's
rggb and bggr, 10 or 12 bits in words of 16 and those words, chroma that is 128 everywhere, and the colors
of a gray picture. All else must be as it was stored: width, height, offset, stride, number of frames,
planes, the bytes of a pixel and their order.
"""

import argparse
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

import dumps

IMGTOOL = os.environ.get("IMGTOOL", str(dumps.ROOT / ".build" / "release" / "imgtool"))
# The memory of a process counts from that of its parent, so that the parent must be a small one.
MEASURED = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""

#: The first seed of each set.
SEEDS = {"tuning": 1000, "second": 600_000, "held-out": 900_000, "fresh": 1_300_000}


def is_right(candidate, dump):
    """Whether a candidate shows the picture, up to what the bytes cannot tell."""
    rawmodes = set(dump.rawmodes)
    is_gray = dump.notes["gray"]
    if is_gray and dump.kind in ("nv12", "i420"):
        # Chroma that is 128 everywhere is the same in all orders.
        rawmodes = {"nv12", "nv21", "yuv420p", "yvu420p"}
    mosaic = candidate.get("bayer")
    if (mosaic is not None) != dump.kind.startswith("bayer") and not (is_gray and mosaic is None):
        return False
    # Red and blue cannot be told from each other, the greens can.
    if mosaic and not is_gray and mosaic not in {"rggb": ("rggb", "bggr"), "grbg": ("grbg", "gbrg")}[dump.notes["phase"]]:
        return False
    return (tuple(candidate["size"]) == dump.size and candidate["frames"] == dump.frames and candidate["offset"] == dump.offset
            and candidate["stride"] == dump.stride and candidate["rawmode"] in rawmodes
            and candidate["interleave"] == dump.interleave)


def shows(candidate, folder):
    """Whether the command of a candidate makes a picture of its size."""
    words = shlex.split(candidate["command"])[1:]
    words.remove("--show")
    words += ["--quiet", "--save", "out.npy"]
    run = subprocess.run([IMGTOOL, *words], cwd=folder, capture_output=True)
    return run.returncode == 0 and np.load(f"{folder}/out.npy").shape[:2] == tuple(candidate["size"][::-1])


def measured(name, data, check=None):
    """The report, seconds and MiB of `guess` on some bytes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        run = subprocess.run([sys.executable, "-S", "-c", MEASURED, IMGTOOL, "guess", name, "--json"], cwd=folder,
                             capture_output=True)
        seconds, memory = (float(word) for word in run.stderr.split()[-2:])
        report = json.loads(run.stdout) if run.returncode in (0, 1) else {"candidates": [], "reason": "crash"}
        return report, seconds, memory / 1024, check is None or check(report, folder)


def judged(dump):
    report, seconds, memory, runs = measured(
        dump.name, dump.data,
        lambda report, folder: not report["candidates"] or shows(report["candidates"][0], folder))
    places = [index for index, candidate in enumerate(report["candidates"][:10]) if is_right(candidate, dump)]
    place = places[0] if places and (places[0] > 0 or runs) else None
    best = report["candidates"][0] if report["candidates"] else None
    return {"place": place, "score": best["score"] if best else 0, "seconds": seconds, "memory": memory,
            "best": best, "runs": runs}


def row(name, results):
    count = len(results)
    sure = [result for result in results if result["score"] >= 0.9]
    first = sum(result["place"] == 0 for result in results)
    three = sum(result["place"] is not None and result["place"] < 3 for result in results)
    right = sum(result["place"] == 0 for result in sure)
    print(f"{name:22} {count:5} {100 * first / count:9.1f} {100 * three / count:9.1f} {len(sure):6}"
          f" {100 * right / len(sure) if sure else float('nan'):9.1f}"
          f" {max(result['seconds'] for result in results):7.2f} {max(result['memory'] for result in results):7.1f}")


def table(title, groups):
    print(f"\n{title:22} dumps  first %  within 3  >=90%  right %   s max  MiB max")
    for name in groups:
        row(str(name), groups[name])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", nargs="?", choices=sorted(dumps.SETS), default="tuning")
    parser.add_argument("--each", type=int, default=20, help="dumps of each storage")
    parser.add_argument("--only", nargs="*", help="storages")
    parser.add_argument("--wrong", action="store_true", help="print each wrong answer")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    available, missing = dumps.pictures(options.set)
    for words in missing:
        print(f"measure: {words}", file=sys.stderr)
    if not available:
        sys.exit("measure: no pictures at all; see the lines above")
    seeds = range(SEEDS[options.set], SEEDS[options.set] + options.each)
    cases = [(storage, seed) for storage in options.only or dumps.STORAGES for seed in seeds]

    def work(case):
        dump = dumps.make(*case, available)
        result = judged(dump)
        dump.data = b""
        return dump, result

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        done = list(pool.map(work, cases))
    views = defaultdict(lambda: defaultdict(list))
    for dump, result in done:
        views["storage"][dump.kind].append(result)
        views["picture"][dump.picture.split()[0]].append(result)
        views["header"]["none" if dump.offset == 0 else "some"].append(result)
        views["padding"][dump.notes["how"] or "none"].append(result)
        views["frames"]["one" if dump.frames == 1 else "many"].append(result)
        views["name"]["says the size" if "x" in dump.name else "says nothing"].append(result)
        if options.wrong and result["place"] != 0:
            best = result["best"] or {"size": None, "rawmode": None, "stride": None, "offset": None}
            print(f"{dump.kind} seed {dump.notes['seed']} {dump.picture}: {dump.size} offset {dump.offset} stride"
                  f" {dump.stride} (padding {dump.notes['padding']} {dump.notes['how']}) x{dump.frames}"
                  f" {dump.name}\n    -> {best['size']} {best['rawmode']} {best.get('interleave')} offset"
                  f" {best['offset']} stride {best['stride']} {result['score']} place {result['place']}"
                  f"{'' if result['runs'] else ' (its command fails)'}")
    if not options.only:
        for title in ("picture", "header", "padding", "frames", "name"):
            table(title, views[title])
    table("storage", views["storage"])
    table("all", {f"{options.set}": [result for _, result in done]})
    print()
    for name, data in [] if options.only else dumps.no_pictures(seeds[0]):
        report, seconds, memory, _ = measured("dump.bin", data)
        answer = "nothing fits" if not report["candidates"] else "WRONG: " + report["candidates"][0]["command"]
        print(f"{name:22} {answer} ({seconds:.2f} s, {memory:.0f} MiB)")


if __name__ == "__main__":
    main()
