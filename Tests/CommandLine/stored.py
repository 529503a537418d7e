"""What the tests of files with plain samples share: arrays of every type, and what is done to each file."""

import sys
from pathlib import Path

import numpy as np

from conftest import listing, run_tool

INTEGERS = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"]
FLOATS = ["f4", "f8"]
ORDERS = ["<", ">"]


def array(dtype: str, shape: tuple, seed=0) -> np.ndarray:
    """Random samples that a double holds, since that is what 64-bit integers are computed in."""
    generator = np.random.default_rng(seed)
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return generator.standard_normal(shape).astype(kind)
    if kind.kind == "b":
        return generator.integers(0, 2, shape).astype(kind)
    limits = np.iinfo(kind)
    low, high = max(limits.min, -2**53), min(limits.max, 2**53)
    return generator.integers(low, high, shape, endpoint=True, dtype="i8").astype(kind)


def shown(path, *options) -> np.ndarray:
    """What the tool shows, which must be the file's own memory."""
    run_tool("open", path, *options, "--no-copy", "--expect-shared", "--save", "shown.npy")
    return np.load("shown.npy")


def text(pixel) -> str:
    return ",".join(str(value) for value in np.atleast_1d(pixel).tolist())


def put(path, x: int, y: int, pixel, *options):
    run_tool("open", path, *options, "--access", "rw", "--put", f"{x},{y}={text(pixel)}")


def facts(path, *options) -> dict:
    return run_tool("info", path, *options, "--json").json


FOREIGN = """
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    file.write(bytes.fromhex(sys.argv[3]))
"""


def check_sharing(path, data, offset: int, old: str, new: str, content: bytes, *options):
    """Another process writes pixel 0,0 at `offset` of the file `data`; the open image shows it."""
    command = f"{sys.executable} -c '{FOREIGN}' {data} {offset} {content.hex()}"
    run_tool("open", path, *options, "--expect", f"0,0={old}", "--expect-shared", "--save", "x.raw",
             "--run", command, "--expect", f"0,0={new}", "--expect-shared")


def check_cuts(path, data, places, *options):
    """The file is opened at every length: with one line of an error, or not at all otherwise."""
    whole, tried = Path(data).read_bytes(), 0
    for length in places:
        Path(data).write_bytes(whole[:length])
        run = run_tool("open", path, *options, "--hash", ok=2)
        assert len(run.errors.splitlines()) == 1 and not run.output, run
        tried += 1
    Path(data).write_bytes(whole)
    run_tool("open", path, *options, "--hash")
    assert tried > 10


def listing_here() -> dict:
    return listing(Path.cwd())


# The modes that formats of plain arrays hold, and NumPy's type of their samples.
SAVED = [("L", "u1"), ("LA", "u1"), ("RGB", "u1"), ("RGBA", "u1"), ("I", "<i4"), ("F", "<f4"),
         ("I;16", "<u2"), ("I;16B", ">u2")]


def check_edit(path, data, read, kind):
    """The array that a library wrote is shown, and an edit changes one sample of the file `data`; gives
    what the library reads then and what it should."""
    pixels, other = array(kind, (5, 7)), array(kind, (5, 7), 1)
    before = data.read_bytes()
    assert np.array_equal(shown(path), pixels)
    put(path, 3, 4, other[4, 3])
    pixels[4, 3] = other[4, 3]
    found = read(path)
    assert np.array_equal(found, pixels)
    after = data.read_bytes()
    assert 0 < sum(a != b for a, b in zip(before, after, strict=True)) <= pixels.itemsize
    return found, pixels


def check_frames(path, write, read, kind):
    """Axes behind rows and columns are frames, in the order of NumPy's."""
    pixels = array(kind, (2, 6, 5, 7))
    write(path, pixels)
    assert facts(path)["frames"] == 12
    for frame in [0, 5, 6, 11]:
        assert np.array_equal(shown(path, "--frame", frame), pixels.reshape(12, 5, 7)[frame])
    new = array(kind, (5, 7), 9)[2, 1]
    put(path, 1, 2, new, "--frame", 7)
    pixels[1, 1, 2, 1] = new
    assert np.array_equal(read(path), pixels)


def save(path, mode, kind):
    """Saves pixels of a mode that the tool shows again; gives them."""
    bands = {"LA": 2, "RGB": 3, "RGBA": 4}.get(mode)
    pixels = array(kind, (5, 7, bands) if bands else (5, 7))
    Path("raw.bin").write_bytes(pixels.tobytes())
    run_tool("frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, "--save", path)
    assert np.array_equal(shown(path), pixels)
    return pixels
