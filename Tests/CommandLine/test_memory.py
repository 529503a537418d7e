"""Saves allocate no copy of the image: private memory (RssAnon) hardly grows."""

import os
import re
import subprocess
import time

import numpy as np
import pytest

from conftest import SECONDS, TOOL

GIB = 1 << 30
MIB = 1 << 20


@pytest.fixture
def scratch(here):
    """Large files do not stay until pytest clears its directories."""
    yield here
    for path in here.iterdir():
        path.unlink()


def sparse(here, length):
    with open(here / "raw.bin", "wb") as file:
        file.truncate(length)
        file.write(b"first")
        file.seek(length // 2)
        file.write(b"middle")


def peaks(*arguments) -> dict:
    """The most memory of each kind that a run of the tool has at any time, in bytes."""
    run = subprocess.Popen([TOOL, *arguments], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    most = {"RssAnon": 0, "RssFile": 0}
    while run.poll() is None:
        try:
            with open(f"/proc/{run.pid}/status") as status:
                for kind, kib in re.findall(r"(RssAnon|RssFile):\s+(\d+) kB", status.read()):
                    most[kind] = max(most[kind], int(kib) << 10)
        except ProcessLookupError:
            break
        time.sleep(0.005)
    assert run.wait() == 0, run.stderr.read()
    return most


def peak(*arguments) -> int:
    """The most private memory of a run."""
    return peaks(*arguments)["RssAnon"]


RSS = r"""sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$PPID/status >> rss"""
LAYOUTS = {"L": "32768x32768", "RGB": "32768x10922"}


@pytest.mark.parametrize("mode,kind", [("L", "pgm"), ("L", "bmp"), ("RGB", "ppm"), ("RGB", "bmp"),
                                       ("L", "npy"), ("RGB", "raw")])
def test_a_gibibyte_is_saved_without_a_copy_of_it(imgtool, scratch, mode, kind):
    sparse(scratch, GIB)
    line = ["frombuffer", "raw.bin", "--size", LAYOUTS[mode], "--mode", mode, "--trailing", "ok"]
    imgtool(*line, "--no-copy", "--run", RSS, "--save", f"out.{kind}", "--expect-shared",
            "--run", RSS)
    before, after = (int(v) << 10 for v in (scratch / "rss").read_text().split())
    assert after - before < 8 * MIB
    small = peak(*line[:2], "--size", "8x8", "--trailing", "ok", "--save", "small.pgm")
    assert peak(*line, "--save", f"out.{kind}") - small < 8 * MIB
    # The pixels at both ends and in the middle are where they belong.
    width, height = map(int, LAYOUTS[mode].split("x"))
    row = width * len(mode)
    saved = np.memmap(scratch / f"out.{kind}", "u1", "r")
    if kind != "bmp":
        assert np.array_equal(saved[-row * height:][GIB // 2:GIB // 2 + 6], list(b"middle"))
        assert np.array_equal(saved[-row * height:][:5], list(b"first"))
    assert saved.size >= row * height


@pytest.mark.parametrize("size,kind", [("327680x327680", "pgm"), ("32768x32768", "png"),
                                       ("32768x32768", "bmp")])
def test_a_save_holds_a_few_bands_and_keeps_no_page(here, size, kind):
    """Sparse files: 100 GiB where rows need no change, 1 GiB where each is looked at."""
    width, height = map(int, size.split("x"))
    with open("raw.bin", "wb") as file:
        file.truncate(width * height)
    most = peaks("frombuffer", "raw.bin", "--size", size, "--format", kind, "--save", "/dev/null")
    assert most["RssAnon"] < 32 * MIB and most["RssFile"] < 64 * MIB


@pytest.mark.parametrize("steps", [["--invert"], ["--fill", "7"], ["--flip", "v"], ["--add", "1"],
                                   ["--flip", "h"]], ids=" ".join)
def test_an_edit_under_rw_allocates_no_copy(scratch, steps):
    sparse(scratch, GIB // 4)
    line = ["frombuffer", "raw.bin", "--size", "16384x16384", "--access", "rw", *steps]
    assert peak(*line) < 16 * MIB
    with open(scratch / "raw.bin", "rb") as file:
        assert file.read(5) != b"first"


@pytest.mark.parametrize("steps", [[], ["--hash"], ["--convert", "RGB"], ["--stats"]], ids=" ".join)
def test_reading_keeps_nothing(scratch, steps):
    sparse(scratch, GIB // 4)
    line = ["frombuffer", "raw.bin", "--size", "16384x16384", "--format", "npy", *steps]
    assert peak(*line, "--save", "out.npy") < 32 * MIB
    assert (scratch / "out.npy").stat().st_size > GIB // 4


def test_start_up_asks_the_system_less_than_imagemagicks(scratch, program):
    """The job of the README on a 1x1 file, by its system calls; Scripts/benchmark times it."""
    (scratch / "raw.bin").write_bytes(b"\x80")

    def calls(*line) -> list:
        traced = [program("strace"), "-f", "-o", "strace.log", *line]
        subprocess.run(traced, check=True, capture_output=True, timeout=SECONDS)
        return (scratch / "strace.log").read_text().splitlines()

    ours = calls(TOOL, "frombuffer", "raw.bin", "--size", "1x1", "--mode", "L", "--save", "ours.png")
    theirs = calls(program("convert"), "-size", "1x1", "-depth", "8", "gray:raw.bin", "theirs.png")
    assert (scratch / "ours.png").exists() and (scratch / "theirs.png").exists()
    assert 10 < len(ours) < len(theirs), "\n".join(ours)


def test_the_tool_needs_no_swift_runtime(program):
    listed = subprocess.run(["ldd", TOOL], capture_output=True, text=True, check=True).stdout
    assert "libswift" not in listed and "libFoundation" not in listed
    assert os.access(TOOL, os.X_OK)


def test_a_large_png_is_read_row_by_row(imgtool, scratch):
    """300 MB of pixels, in less memory than they have; forward as often as wanted."""
    side = "20000x15000"
    with open(scratch / "raw.bin", "wb") as file:
        file.truncate(20000 * 15000)
        file.write(bytes(range(256)) * 100)
        file.seek(200_000_000)
        file.write(bytes(range(256)) * 100)
    imgtool("frombuffer", "raw.bin", "--size", side, "--mode", "L", "--save", "a.png")
    plain = imgtool("hash", "raw.bin", "--size", side, "--mode", "L").text.split()[0]
    assert imgtool("hash", "a.png").text.split()[0] == plain
    for command in (["hash", "a.png"], ["compare", "a.png", "a.png"],
                    ["open", "a.png", "--stats", "--save", "b.png", "--save", "b.pgm"]):
        assert peak(*command) < 220 * MIB * (2 if command[0] == "compare" else 1), command
    assert (scratch / "b.pgm").read_bytes()[-20000 * 15000:] == (scratch / "raw.bin").read_bytes()
    # Backwards, and after an edit, all of it is in memory.
    imgtool("open", "a.png", "--reorient", "180", "--reorient", "180", "--expect-hash", plain)
    imgtool("open", "a.png", "--invert", "--invert", "--expect-hash", plain)
    damaged = bytearray((scratch / "a.png").read_bytes())
    damaged[-100] ^= 1
    (scratch / "a.png").write_bytes(damaged)
    imgtool("open", "a.png", "--crop", "10x10+0+0", "--save", "c.pgm", ok=2)
    failed = imgtool("open", "a.png", "--save", "c.pgm", ok=2)
    assert "a.png" in failed.errors and not (scratch / "c.pgm").exists()
