"""The one-line story of the contract, byte for byte."""

import subprocess

from PIL import Image

from conftest import TOOL

STORY = r"""printf '\377' > raw.bin
imgtool frombuffer raw.bin --size 1x1 --mode L \
  --expect 0,0=255  --poke 0=80  --expect 0,0=128  --save test.bmp \
  --expect-shared   --poke 0=40  --expect 0,0=64   --save after.png
"""


def shell(text, cwd):
    path = f"{TOOL.parent}:/usr/bin:/bin"
    return subprocess.run(["/bin/sh", "-ec", text], cwd=cwd, capture_output=True, text=True,
                          env={"PATH": path, "HOME": str(cwd)}, timeout=60)


def test_the_story_runs_as_it_is_written(here):
    done = shell(STORY, here)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in here.iterdir()) == ["after.png", "raw.bin", "test.bmp"]
    with Image.open(here / "test.bmp") as saved:
        assert (saved.format, saved.size, saved.getpixel((0, 0))) == ("BMP", (1, 1), 128)
    with Image.open(here / "after.png") as saved:
        assert (saved.format, saved.mode, saved.getpixel((0, 0))) == ("PNG", "L", 64)
    assert (here / "raw.bin").read_bytes() == b"\x40"


def test_nothing_was_copied_in_the_story(imgtool, here):
    (here / "raw.bin").write_bytes(b"\xff")
    run = imgtool("frombuffer", "raw.bin", "--size", "1x1", "--mode", "L", "--no-copy", "--json",
                  "--expect", "0,0=255", "--poke", "0=80", "--expect", "0,0=128",
                  "--save", "test.bmp", "--expect-shared", "--poke", "0=40",
                  "--expect", "0,0=64", "--save", "after.png")
    assert run.json["copiedBytes"] == 0
    assert [step["copiedBytes"] for step in run.json["steps"]] == [0] * len(run.json["steps"])


def test_the_first_line_of_the_readme_works(imgtool, here):
    (here / "raw.bin").write_bytes(b"\x7f")
    run = imgtool("frombuffer", "raw.bin", "--size", "1x1", "--mode", "L", "--save", "out.png")
    assert (run.output, run.errors) == (b"", "")
    with Image.open(here / "out.png") as saved:
        assert (saved.mode, saved.size, saved.getpixel((0, 0))) == ("L", (1, 1), 127)


def test_an_expectation_that_does_not_hold_ends_with_1(imgtool, here):
    (here / "raw.bin").write_bytes(b"\xff")
    run = imgtool("frombuffer", "raw.bin", "--size", "1x1", "--mode", "L",
                  "--expect", "0,0=254", "--save", "out.png", ok=1)
    assert "255" in run.errors and "254" in run.errors, run
    assert not (here / "out.png").exists(), "steps after a failed expectation do not run"


def test_a_tie_that_is_broken_by_a_copy_is_told(imgtool, here):
    (here / "raw.bin").write_bytes(b"\xff")
    line = ["frombuffer", "raw.bin", "--size", "1x1", "--mode", "L", "--copy"]
    imgtool(*line, "--expect-shared", ok=1)
    imgtool(*line, "--expect-detached", "--poke", "0=80", "--expect", "0,0=255")
