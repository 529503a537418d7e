"""Edits of sparse files take disk space for the pages that they touch and for no other."""

import json
import os
import subprocess
from dataclasses import dataclass

import numpy as np
import pytest

from conftest import TOOL, unmet

PAGE = 4096


@dataclass
class Layout:
    """A layout of some GiB as the tool is told it, and where NumPy says that its bits stand."""

    arguments: list
    width: int
    height: int
    mode: str
    # Bits of the origin, from a row to the next, from a pixel to the next, of each band, in a band.
    origin: int
    row: int
    pixel: int
    bands: tuple
    depth: int = 8

    @property
    def byte_count(self) -> int:
        ends = [max(0, (self.height - 1) * self.row) + (self.width - 1) * self.pixel + band + self.depth
                for band in self.bands]
        return (self.origin + max(ends) + 7) // 8

    def pages(self, xs, ys, bands=None) -> set:
        """The pages that hold pixels."""
        ys, xs = np.meshgrid(np.asarray(ys, np.int64), np.asarray(xs, np.int64), indexing="ij")
        found = set()
        for band in self.bands if bands is None else [self.bands[index] for index in bands]:
            first = self.origin + ys * self.row + xs * self.pixel + band
            for bits in first, first + self.depth - 1:
                found.update(np.unique(bits // 8 // PAGE).tolist())
        return found


def layout(width, height, mode, *more, origin=0, row=None, pixel=None, bands=(0,), depth=8):
    pixel = pixel or depth
    arguments = ["--size", f"{width}x{height}", "--mode", mode, *more]
    return Layout(arguments, width, height, mode, origin * 8, row or width * pixel, pixel, bands, depth)


SIDE = 1 << 15
PLANE = SIDE * SIDE * 8
LAYOUTS = {
    "rows": layout(SIDE * 2, SIDE * 2, "L"),
    "an offset": layout(SIDE * 2, SIDE, "L", "--offset", "12345", origin=12345),
    "bottom-up": layout(SIDE * 2, SIDE * 2, "L", "--orientation", "-1",
                        origin=(SIDE * 2 - 1) * SIDE * 2, row=-SIDE * 2 * 8),
    "pixels": layout(SIDE, SIDE, "RGB", pixel=24, bands=(0, 8, 16)),
    "planes": layout(SIDE, SIDE, "RGB", "--interleave", "plane", row=SIDE * 8, bands=(0, PLANE, 2 * PLANE)),
    "lines": layout(SIDE, SIDE, "RGB", "--interleave", "line", row=SIDE * 24,
                    bands=(0, SIDE * 8, SIDE * 16)),
    "bits": layout(SIDE * 4, SIDE * 4, "1", depth=1),
    "rows of bits": layout(SIDE * 4 + 1, SIDE * 4, "1", depth=1),
    "a stride": layout(3000, 4000, "L", "--stride", "1M", row=8 << 20),
    "16 bits": layout(SIDE, SIDE * 2, "I;16B", depth=16),
}
PART = (300, 40, 2900, 3901)
# Rows that do not start at a byte are nothing that an option says.
LAYOUTS["rows of bits"].arguments = ["--layout", "layout.json"]
ROWS_OF_BITS = {
    "version": 1, "mode": "1", "sampleType": "u8", "size": [SIDE * 4 + 1, SIDE * 4], "bitOffset": 0,
    "rowBits": SIDE * 4 + 1, "pixelBits": 1,
    "fields": [{"band": "1", "bitOffset": 0, "storage": ["bits", "mostSignificantFirst"], "shift": 0,
                "bitCount": 1, "number": "unsigned", "scaling": "fullRange", "flippedBits": "0x0"}],
}


def edits(it: Layout) -> dict:
    """Steps, and the columns, rows and bands that they touch."""
    w, h, x, y = PART
    area = f"{w}x{h}+{x - w}+{y}"
    xs, ys = np.arange(x - w, x), np.arange(y, y + h)
    top = {"1": "255", "L": "7", "I;16B": "258", "RGB": "7,8,9"}[it.mode]
    crop = ["--crop", area]
    turned = ["--reorient", "90", "--crop", f"{h}x{w}+{it.height - y - h}+{x - w}"]
    right, below = it.width - 1, it.height - 1
    # Steps of whole bytes.
    columns, rows = it.width // 3 & ~7, it.height // 4
    every = (np.arange(3) * columns, np.arange(4) * rows)
    table = {
        "put": (["--put", f"{x},{y}={top}"], [x], [y]),
        "put after a look": (["--print", f"{x},{y}", "--put", f"{x},{y}={top}"], [x], [y]),
        "put at the end": (["--put", f"{right},{below}={top}"], [right], [below]),
        "fill": (["--fill", f"{area}={top}"], xs, ys),
        "fill of a column": (["--fill", f"1x{h}+{x}+0={top}"], [x], np.arange(h)),
        "fill of a crop": ([*crop, "--fill", top], xs, ys),
        "fill of a turned crop": ([*turned, "--fill", top], xs, ys),
        "put in a mirror": (["--reorient", "180", "--put", f"{x},{y}={top}"], [right - x], [below - y]),
        "fill of each": (["--every", f"{columns}x{rows}", "--crop", "3x4+0+0", "--fill", top],
                         *every),
        "flip h": ([*crop, "--flip", "h"], xs, ys),
        "flip v": ([*crop, "--flip", "v"], xs, ys),
        "paste": (["--paste", f"small.npy@{x},{y}"], np.arange(x, x + 5), np.arange(y, y + 3)),
    }
    if it.mode != "1":
        table["add"] = ([*crop, "--add", "3"], xs, ys)
        table["a refused add"] = ([*crop, "--add", "70000"], [], [])
    if it.mode != "I;16B":
        table["invert"] = ([*crop, "--invert"], xs, ys)
    if len(it.bands) == 3:
        table["swap"] = ([*crop, "--swap", "R,B"], xs, ys)
        table["put in a band"] = (["--band", "G", "--put", f"{x},{y}=9"], [x], [y], [1])
    return table


# Planes of a turned image count as overlapping where their rows lie between each other; and rows of
# bits that are turned are stored into together with what lies between them.
CASES = [(name, edit) for name, it in LAYOUTS.items() for edit in edits(it)
         if edit != "fill of a turned crop" or name not in ("lines", "rows of bits")]


@pytest.fixture
def sparse(here):
    """Makes a file that is one hole, which is not kept."""
    path = here / "raw.bin"

    def make(byte_count):
        with open(path, "wb") as file:
            file.truncate(byte_count)
        return path

    yield make
    path.unlink(missing_ok=True)


def small(mode):
    """A picture to paste."""
    shape = (3, 5, 3) if mode == "RGB" else (3, 5)
    kind = {"1": "?", "I;16B": ">u2"}.get(mode, "u1")
    return np.full(shape, 1, kind)


def data_pages(path) -> set:
    """The pages that hold a byte other than zero, by the holes that the file system tells."""
    found, position = set(), 0
    with open(path, "rb") as file:
        while True:
            try:
                position = os.lseek(file.fileno(), position, os.SEEK_DATA)
            except OSError:
                return found
            end = os.lseek(file.fileno(), position, os.SEEK_HOLE)
            while position < end:
                chunk = os.pread(file.fileno(), min(end - position, 1 << 20), position)
                padded = np.frombuffer(chunk.ljust(-(-len(chunk) // PAGE) * PAGE, b"\0"), "u1")
                rows = padded.reshape(-1, PAGE).any(1).nonzero()[0]
                found.update((position // PAGE + rows).tolist())
                position += len(chunk)


@pytest.mark.parametrize("name,edit", CASES, ids=lambda value: value)
def test_an_edit_takes_space_for_the_pages_that_it_touches(imgtool, sparse, here, name, edit):
    it = LAYOUTS[name]
    path = sparse(it.byte_count)
    np.save(here / "small.npy", small(it.mode))
    (here / "layout.json").write_text(json.dumps(ROWS_OF_BITS))
    steps, *touched = edits(it)[edit]
    refused = edit == "a refused add"
    imgtool("frombuffer", "raw.bin", *it.arguments, "--access", "rw", *steps, ok=2 if refused else 0)
    pages = it.pages(*touched) if len(touched[0]) else set()
    if edit in ("flip h", "flip v", "swap"):
        # Zeros change places.
        assert not data_pages(path)
    else:
        assert data_pages(path) == pages
    # The file system's own tables take a block for some hundreds of extents.
    tables = PAGE * (1 + len(pages) // 300) if len(pages) > 3 else 0
    assert len(pages) * PAGE <= path.stat().st_blocks * 512 <= len(pages) * PAGE + tables


def test_space_is_taken_from_where_standard_input_stands(imgtool, sparse):
    path = sparse(1 << 30)
    with open(path, "r+b") as file:
        file.seek(123_456_789)
        imgtool("frombuffer", "-", "--size", "20000x10000", "--trailing", "ok", "--access", "rw", "--put", "5,7=9",
                "--fill", "30x1+0+9000=8", stdin=file)
    assert data_pages(path) == {(123_456_789 + 7 * 20000 + 5) // PAGE, (123_456_789 + 9000 * 20000) // PAGE}
    assert path.stat().st_blocks == 2 * PAGE // 512


def test_under_cow_and_ro_nothing_is_taken(imgtool, sparse):
    it = LAYOUTS["rows"]
    path = sparse(it.byte_count)
    imgtool("frombuffer", "raw.bin", *it.arguments, "--fill", "2000x2000+0+0=9", "--print", "5,5")
    assert path.stat().st_blocks == 0


@pytest.mark.parametrize("command", [
    ["hash"], ["info", "--stats"], ["show", "--protocol", "ascii"], ["hexdump", "--at", "7,8"],
    ["compare", "raw.bin"], ["frombuffer", "--access", "rw", "--stats", "--hash"],
    ["frombuffer", "--access", "rw", "--save", "out.raw"]], ids=" ".join)
@pytest.mark.parametrize("place", ["disk", "memory"])
def test_what_only_reads_takes_no_space(imgtool, here, sparse, command, place):
    byte_count = 16384 * 8192
    path = sparse(byte_count)
    if place == "memory":
        if not os.access("/dev/shm", os.W_OK):
            unmet("/dev/shm cannot be written", curable=False)
        path = f"/dev/shm/imgtool-test-{os.getpid()}"
        with open(path, "wb") as file:
            file.truncate(byte_count)
    try:
        name, *rest = [path if word == "raw.bin" else word for word in command]
        imgtool(name, path, *([rest.pop(0)] if name == "compare" else []), "--size", "16384x8192", *rest)
        assert os.stat(path).st_blocks == 0
    finally:
        if place == "memory":
            os.unlink(path)


MOUNTS = {
    "tmpfs": 'mount -t tmpfs -o size=2m tmpfs disk',
    # An ext4 that has no room for its journal; a failed request leaves blocks behind there.
    "ext4": 'truncate -s 2m image && mkfs.ext4 -q -O ^has_journal image && mount -o loop image disk',
}
FULL = [["--fill", "9"], ["--invert"], ["--flip", "v"], ["--flip", "h"], ["--add", "1"],
        ["--paste", "large.pgm@0,0"], ["--reorient", "90", "--fill", "9"], ["--every", "2x2", "--invert"]]


@pytest.mark.parametrize("steps", FULL, ids=" ".join)
@pytest.mark.parametrize("kind", MOUNTS)
def test_on_a_full_disk_an_edit_is_refused_and_gives_back_what_it_took(here, kind, steps):
    """The file holds pixels at its start, in its middle and at its end."""
    script = f"""
    {MOUNTS[kind]} || exit 77
    head -c 5000 large.pgm > disk/raw.bin && truncate -s 10000000 disk/raw.bin
    head -c 5000 large.pgm | dd of=disk/raw.bin conv=notrunc bs=1000 seek=5000 status=none
    head -c 1000 large.pgm | dd of=disk/raw.bin conv=notrunc bs=1000 seek=9999 status=none
    sync disk/raw.bin; cp --sparse=always disk/raw.bin before.bin
    before=$(stat -c %b disk/raw.bin)
    "$@" 2> errors; status=$?
    after=$(stat -c %b disk/raw.bin)
    cmp disk/raw.bin before.bin && same=yes || same=no
    umount disk
    echo "$status $before $after $same"
    """
    (here / "disk").mkdir()
    (here / "large.pgm").write_bytes(b"P5 4000 2500 255\n" + b"x" * 10_000_000)
    arguments = [TOOL, "frombuffer", "disk/raw.bin", "--size", "4000x2500", "--mode", "L", "--access", "rw", *steps]
    mounted = ["unshare", "-Urm"] if os.geteuid() else ["unshare", "-m"]
    done = subprocess.run([*mounted, "sh", "-c", script, "sh", *arguments], cwd=here, capture_output=True,
                          text=True)
    if done.returncode == 77 or "unshare" in done.stderr:
        unmet(f"no {kind} of our own can be mounted: {done.stderr}", curable=False)
    assert done.returncode == 0, done.stderr
    status, before, after, same = done.stdout.split()
    errors = (here / "errors").read_text()
    assert (status, same) == ("2", "yes") and errors.count("\n") == 1, (done.stdout, errors)
    assert "No space left on device" in errors
    # The file system's own tables may have grown by a block.
    assert int(before) <= int(after) <= int(before) + (2 if kind == "ext4" else 0)
