"""Calls of the Python package and of Pillow, timed in turn in one process.

usage: python Tests/python_calls.py [--rounds N]   (IMGTOOL_LIBRARY names the library)

Prints a table of Markdown: microseconds a call, the medians of the rounds, and the median of the
rounds' ratios.
"""

import argparse
import io
import statistics
import sys
import timeit
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Python"))
import imgtool  # noqa: E402


def on_both(make) -> tuple:
    """What is timed, for imgtool and for Pillow: `make` gets the package."""
    return make(imgtool), make(Pillow)


def rows() -> dict:
    noise = np.random.default_rng(1)
    rgb = noise.integers(0, 256, (2160, 3840, 3), np.uint8)
    small = np.ascontiguousarray(rgb[:64, :64])
    tile, frame, data = small.tobytes(), rgb.tobytes(), bytearray(64 * 64)
    values = list(range(256)) * 16

    def image(package, mode="RGB", size=(64, 64), pixels=tile):
        return package.frombytes(mode, size, pixels)

    def method(name, *arguments, mode="RGB", pixels=tile):
        return on_both(lambda package: bound(image(package, mode, pixels=pixels), name, arguments))

    def bound(im, name, arguments):
        function = getattr(im, name)
        return lambda: function(*arguments)

    def access(package):
        pixels = image(package).load()
        return lambda: pixels[3, 4]

    def store(package):
        pixels = image(package).load()

        def put():
            pixels[3, 4] = 1, 2, 3
        return put

    def round_trip(package):
        def go():
            im = package.frombuffer("L", (64, 64), data, "raw", "L", 0, 1)
            im.putpixel((1, 1), 7)
            return im.getpixel((1, 1))
        return go

    def png(package):
        im = image(package)
        return lambda: im.save(io.BytesIO(), "PNG")

    def large(name, *arguments):
        return on_both(
            lambda package: bound(image(package, "RGB", (3840, 2160), frame), name, arguments))

    return {
        "`getpixel`, RGB": method("getpixel", (3, 4)),
        "`getpixel`, L": method("getpixel", (3, 4), mode="L", pixels=tile[:4096]),
        "`putpixel`, RGB": method("putpixel", (3, 4), (1, 2, 3)),
        "`load()[x, y]`": on_both(access),
        "`load()[x, y] = color`": on_both(store),
        "`frombuffer`, `putpixel`, `getpixel`": on_both(round_trip),
        "`fromarray` of 64x64 RGB": on_both(lambda package: lambda: package.fromarray(small)),
        "`new` of 64x64 RGB": on_both(lambda package: lambda: package.new("RGB", (64, 64))),
        "`crop` of 8x8": method("crop", (8, 8, 16, 16)),
        "`getdata` of 64x64 L, as a list": on_both(
            lambda package: lambda im=image(package, "L", pixels=tile[:4096]): list(im.getdata())),
        "`getdata` of 3840x2160 RGB, as a list": on_both(
            lambda package: lambda im=image(package, "RGB", (3840, 2160), frame): list(im.getdata())),
        "`putdata` of 64x64 L": method("putdata", values, mode="L", pixels=tile[:4096]),
        "`tobytes` of 64x64 RGB": method("tobytes"),
        "`tobytes` of 3840x2160 RGB": large("tobytes"),
        "`copy` of 64x64 RGB": method("copy"),
        "`copy` of 3840x2160 RGB": large("copy"),
        "`save` of 64x64 RGB noise, PNG in memory": on_both(png),
    }


def seconds_a_call(function) -> float:
    """The mean over at least 0.2 s."""
    count, total = timeit.Timer(function).autorange()
    return total / count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| call | imgtool, µs | Pillow, µs | ratio |\n|---|---|---|---|")
    for name, pair in rows().items():
        rounds = [tuple(seconds_a_call(each) for each in pair) for _ in range(options.rounds)]
        ours, theirs = (statistics.median(column) * 1e6 for column in zip(*rounds))
        ratio = statistics.median(a / b for a, b in rounds)
        print(f"| {name} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} |", flush=True)


main()
