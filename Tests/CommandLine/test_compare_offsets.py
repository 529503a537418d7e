"""The byte offsets that a comparison tells are those of `cmp`, for every way to store pixels."""

import functools
import subprocess

import numpy as np
import pytest
from conftest import TOOL, run_tool
from oracles import PALETTE_MODES, random_bytes
from PIL import Image
from test_rawmodes import finite

SIZE = (16, 5)


def rawmodes() -> list:
    """Each pair of a mode and a rawmode that this build knows."""
    if not TOOL.exists():
        return []
    rows = run_tool("rawmodes", "--json").json["rawmodes"]
    return [(row["mode"], row["rawmode"]) for row in rows]


@functools.cache
def computed() -> set:
    """Those that show color of video, of which not every stored bit is seen."""
    rows = run_tool("rawmodes", "--json").json["rawmodes"]
    return {(row["mode"], row["rawmode"]) for row in rows if row["remark"] == "computed from YCbCr"}


def cmp(program, *names) -> list:
    """The offsets of all bytes that differ, counted from 0."""
    run = subprocess.run([program("cmp"), "-l", *names], capture_output=True, text=True)
    return [int(line.split()[0]) - 1 for line in run.stdout.splitlines()]


def layouts(turn: int) -> list:
    """The plain layout and one of the others, in turn."""
    others = [["--orientation", "-1"], ["--offset", "7", "--align", "32"],
              ["--interleave", "plane"], ["--interleave", "line", "--orientation", "-1"]]
    return [[], others[turn % len(others)]]


@pytest.mark.parametrize("mode,rawmode", rawmodes(), ids=lambda text: text)
def test_one_changed_byte_is_where_cmp_finds_it(imgtool, here, program, mode, rawmode):
    # Of these, random bytes are mostly the same sample, or a number that cannot be held.
    count = 16 * SIZE[0] * SIZE[1] * 4
    random = random_bytes(count, (mode, rawmode))
    is_bare = rawmode == "1;8" or ";64" in rawmode and not rawmode.endswith("F")
    data = bytearray(bytes(count) if is_bare else finite(random, rawmode))
    is_video = (mode, rawmode) in computed()
    if is_video:
        # Colors that are none, and bits that are rounded away, hide what changes: so that each layout is
        # tried more often, with colors of the middle.
        data = bytearray(100 + byte % 50 for byte in data)
    (here / "a.raw").write_bytes(data)
    draw = np.random.default_rng(len(mode) * 1000 + sum(map(ord, rawmode)))
    told = 0
    for options in layouts(sum(map(ord, rawmode))):
        words = ["--size", f"{SIZE[0]}x{SIZE[1]}", "--mode", mode, "--rawmode", rawmode, *options,
                 "--trailing", "ok", *(["--palette", "gray"] if mode in PALETTE_MODES else [])]
        info = imgtool("info", "a.raw", *words, "--json", ok=None)
        if info.exit:
            assert "--interleave" in options, info
            continue
        first = 0 if "-1" in options else info.json["offset"]
        # Of some, many bits show nothing: until a byte is told.
        before = told
        for _ in range(20):
            other = bytearray(data)
            other[draw.integers(first, info.json["need"])] ^= int(draw.integers(1, 256))
            (here / "b.raw").write_bytes(other)
            found = cmp(program, "a.raw", "b.raw")
            run = imgtool("compare", "a.raw", "b.raw", *words, "--json", ok=None)
            # A byte of padding shows nothing.
            if run.exit == 1:
                told += 1
                assert [run.json["first"]["offset"][side] for side in "ab"] == found * 2, run
            if told - before == (3 if is_video else 1):
                break
    # Nothing is shown of the padding alone.
    assert told > 0 or (mode, rawmode) == ("RGBX", "X")


@pytest.mark.parametrize("rawmode,changes,first", [
    # Little-endian words of which the high byte alone, the low byte alone, and both differ.
    ("RGB;16L", {1: 1}, 1), ("RGB;16L", {4: 1}, 4), ("RGB;16B", {2: 1, 3: 1}, 2),
    # What comes first in the file, in whatever band.
    ("BGR", {0: 1, 2: 1}, 0), ("BGR", {2: 1}, 2), ("XBGR", {1: 1, 3: 1}, 1), ("BGR;16", {1: 0x80}, 1),
    # A byte of padding that differs as well belongs to no sample.
    ("XBGR", {0: 1, 3: 1}, 3),
])
def test_it_is_the_first_byte_of_the_file_that_differs(imgtool, here, rawmode, changes, first):
    a, b = bytearray(96), bytearray(96)
    for place, change in changes.items():
        b[place] ^= change
    (here / "a.raw").write_bytes(a)
    (here / "b.raw").write_bytes(b)
    run = imgtool("compare", "a.raw", "b.raw", "--size", "2x2", "--mode", "RGB", "--rawmode", rawmode,
                  "--trailing", "ok", "--json", ok=1)
    assert run.json["first"]["offset"] == {"a": first, "b": first}


def test_where_one_file_holds_no_such_bytes_it_is_the_first_band_that_differs(imgtool, here):
    pixels = np.random.default_rng(3).integers(0, 200, (4, 5, 3), "u1")
    (here / "a.raw").write_bytes(pixels[..., ::-1].tobytes())
    other = pixels.copy()
    other[2, 3, ::2] += 1
    Image.fromarray(other).save("b.png")
    run = imgtool("compare", "a.raw", "b.png", "--size", "5x4", "--mode", "RGB", "--rawmode", "BGR",
                  "--json", ok=1)
    assert run.json["first"]["offset"] == {"a": (2 * 5 + 3) * 3, "b": None}
    # A bitmap is mapped: its bytes differ as those of a raw file do.
    Image.fromarray(other).save("b.bmp")
    Image.fromarray(pixels).save("a.bmp")
    places = [i for i, (one, two) in enumerate(
        zip((here / "a.bmp").read_bytes(), (here / "b.bmp").read_bytes())) if one != two]
    run = imgtool("compare", "a.bmp", "b.bmp", "--json", ok=1)
    assert run.json["first"]["offset"] == {"a": places[0], "b": places[0]}


@pytest.mark.parametrize("rawmode,options", [
    ("RGB", ["--orientation", "-1"]), ("BGR", ["--interleave", "plane"]), ("RGB", ["--interleave", "line"]),
    ("RGB;16B", ["--interleave", "plane", "--orientation", "-1"]), ("RGB;16L", ["--orientation", "-1"]),
    ("BGR;16", ["--orientation", "-1"]), ("XBGR", []), ("RGB", ["--offset", 5]),
], ids=str)
@pytest.mark.parametrize("limits", [[], ["--fail", "3"], ["--threads", "1"]], ids=str)
def test_of_many_changes_it_is_the_one_that_cmp_finds_first(
        imgtool, here, program, rawmode, options, limits):
    data = random_bytes(8000, (rawmode, *map(str, options)))
    (here / "a.raw").write_bytes(data)
    words = ["--size", "33x21", "--mode", "RGB", "--rawmode", rawmode, *options, "--trailing", "ok"]
    need = imgtool("info", "a.raw", *words, "--json").json["need"]
    draw = np.random.default_rng(len(rawmode))
    for _ in range(5):
        other = bytearray(data)
        # From the middle on, so that the place says something; the top bits are in each number.
        for place in draw.integers(need // 3, need, 40):
            other[place] ^= 0xC0
        (here / "b.raw").write_bytes(other)
        run = imgtool("compare", "a.raw", "b.raw", *words, *limits, "--json", ok=None)
        found = cmp(program, "a.raw", "b.raw")
        shown = [place for place in found if place < need and (rawmode != "XBGR" or place % 4 > 0)]
        assert run.json["first"]["offset"] == {"a": shown[0], "b": shown[0]}, run


def test_each_file_has_its_own_first_byte(imgtool, here):
    pixels = random_bytes(48, "pixels")
    other = bytearray(pixels)
    other[4] ^= 1
    other[40] ^= 1
    (here / "a.raw").write_bytes(pixels)
    Image.frombytes("RGB", (4, 4), bytes(other)).save("b.bmp")
    run = imgtool("compare", "a.raw", "b.bmp", "--size", "4x4", "--mode", "RGB", "--json", ok=1)
    # The last row of the picture is the first of the bitmap, and blue is the first of a pixel.
    assert run.json["first"]["offset"] == {"a": 4, "b": 54 + 3 + 1}
    text = imgtool("compare", "a.raw", "b.bmp", "--size", "4x4", "--mode", "RGB", ok=1).text
    assert text.startswith("pixel 1,0 differs") and "differs is 4 and 58" in text
