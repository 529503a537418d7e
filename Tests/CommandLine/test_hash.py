"""Hashes of pixels: the definition in Documentation/hash.md, run as it stands there, is the oracle."""

import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from conftest import ROOT, SECONDS, TOOL
from oracles import MODES, PALETTE, PALETTE_MODES, pillow, raw_bytes, samples, source
from waiting import until_it_waits

DOCUMENT = (ROOT / "Documentation/hash.md").read_text()
PROGRAM = re.search(r"```python\n(.*?)```", DOCUMENT, re.DOTALL).group(1)
NAMES = {}
exec(PROGRAM.split("\nfor name in sys.argv")[0], NAMES)
pixel_hash = NAMES["pixel_hash"]

# Rows of several groups, and rows of more than a group.
SIZES = [(7, 5), (1, 1), (1500, 1400), (1100001, 3)]


def expected(mode: str, array: np.ndarray) -> str:
    """The hash of samples as NumPy has them, by the rules of the document."""
    if mode == "1":
        array = array.astype("u1") * 255
    elif mode.startswith("I;16"):
        mode, array = "I;16", array.astype("<u2")
    elif mode == "RGBX":
        mode, array = "RGB", array[..., :3]
    elif mode in PALETTE_MODES:
        colors = np.frombuffer(PALETTE, "u1").reshape(-1, 3)
        if mode == "P":
            mode, array = "RGB", colors[array]
        else:
            mode, array = "RGBA", np.concatenate([colors[array[..., 0]], array[..., 1:]], axis=2)
    elif mode == "LAB":
        array = array ^ np.array([0, 128, 128], "u1")
    return pixel_hash(mode, np.ascontiguousarray(array))


# Rows of more than a group: three modes are enough.
HASHED = [(mode, size) for mode in MODES for size in SIZES
          if size != SIZES[-1] or mode in ("L", "RGB", "1")]


@pytest.mark.parametrize("mode, size", HASHED, ids=str)
def test_the_hash_is_the_documented_one(imgtool, here, mode, size):
    data, raw = source(here, mode, size)
    found = imgtool("hash", *raw, "--threads", "2").text.split()[0]
    assert found == expected(mode, samples(mode, size, data))
    assert imgtool("hash", *raw, "--threads", "1").text.split()[0] == found


def test_the_documented_program_prints_the_same_line(imgtool, here):
    (here / "hash.py").write_text(PROGRAM)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        name = f"{mode.replace(';', '')}.png"
        pillow(mode, (300, 200), raw_bytes(mode, (300, 200))).save(name)
        found = subprocess.run([sys.executable, "hash.py", name], capture_output=True, check=True)
        assert imgtool("hash", name).output == found.stdout
    pillow("P", (9, 9), raw_bytes("P", (9, 9))).save("clear.png", transparency=bytes(range(256)))
    found = subprocess.run([sys.executable, "hash.py", "clear.png"], capture_output=True, check=True)
    assert imgtool("hash", "clear.png").output == found.stdout


@pytest.mark.parametrize("mode,rawmode,order", [
    ("RGBA", "BGRA", [2, 1, 0, 3]), ("RGBA", "ABGR", [3, 2, 1, 0]), ("RGB", "BGR", [2, 1, 0]),
    ("RGB", "BGRX", [2, 1, 0, 0]),
])
def test_a_padded_bottom_up_file_and_its_png_have_one_hash(imgtool, here, mode, rawmode, order):
    size = (37, 23)
    array = samples(mode, size, raw_bytes(mode, size))
    stored = array[::-1][..., order]
    padded = np.full((23, 37 * len(order) + 13), 7, "u1")
    padded[:, : 37 * len(order)] = stored.reshape(23, -1)
    (here / "raw.bin").write_bytes(b"?" * 5 + padded.tobytes())
    layout = ["--size", "37x23", "--mode", mode, "--rawmode", rawmode, "--offset", 5,
              "--stride", padded.shape[1], "--orientation", "-1", "--trailing", "ok"]
    one = pixel_hash(mode, np.ascontiguousarray(array))
    imgtool("frombuffer", "raw.bin", *layout, "--expect-hash", one, "--save", "same.png",
            "--save", "same.tif", "--expect-hash", one.upper())
    imgtool("frombuffer", "raw.bin", *layout, "--expect-hash", "0" + one[1:] if one[0] != "0" else "1" + one[1:], ok=1)
    lines = imgtool("hash", "same.png", "raw.bin", "same.tif", *layout).lines
    assert lines == [f"{one}  {name}" for name in ("same.png", "raw.bin", "same.tif")]
    planes = np.moveaxis(array, 2, 0)
    (here / "planes.bin").write_bytes(planes.tobytes())
    assert imgtool("hash", "planes.bin", "--size", "37x23", "--mode", mode, "--interleave",
                   "plane").lines == [f"{one}  planes.bin"]


@pytest.mark.parametrize("word", ["zz", "", "0" * 63, "0" * 65, "0" * 63 + "g", "0" * 62 + "é"])
def test_what_is_no_hash_is_refused_and_not_answered(refused, here, word):
    _, raw = source(here, "RGB", (7, 5))
    refused("frombuffer", *raw, "--expect-hash", word, words=["--expect-hash", "64 hexadecimal"])


def test_padding_bits_of_black_and_white_are_not_hashed(imgtool, here):
    (here / "a.bin").write_bytes(bytes([0b10110000, 0b01001000]))
    (here / "b.bin").write_bytes(bytes([0b10110111, 0b01001101]))
    hashes = {imgtool("hash", name, "--size", "5x2", "--mode", "1").text.split()[0]
              for name in ("a.bin", "b.bin")}
    assert hashes == {expected("1", samples("1", (5, 2), (here / "a.bin").read_bytes()))}


def test_standard_input_has_a_hash(imgtool, here):
    data, raw = source(here, "RGB", (7, 5))
    line = imgtool("hash", "-", *raw[1:], stdin=data).text
    assert line == imgtool("hash", *raw).text.replace("raw.bin", "-")
    Image.new("RGB", (7, 5)).save("in.png")
    line = imgtool("hash", "-", stdin=(here / "in.png").read_bytes()).text
    assert line == imgtool("hash", "in.png").text.replace("in.png", "-")


@pytest.fixture
def listed(imgtool, here):
    """A list of the hashes of a raw file and two pictures."""
    _, raw = source(here, "RGB", (7, 5))
    Image.new("L", (3, 3), 9).save("a.png")
    Image.new("L", (3, 3), 8).save("b name.bmp")
    (here / "list.txt").write_bytes(imgtool("hash", "a.png", "b name.bmp", *raw).output)
    return raw[1:]


def test_check_says_ok_of_what_has_not_changed(imgtool, listed):
    run = imgtool("hash", "--check", "list.txt", *listed)
    assert run.lines == ["a.png: OK", "b name.bmp: OK", "raw.bin: OK"]
    assert imgtool("hash", "--check", "list.txt", *listed, "-q").text == ""


def test_check_says_failed_and_ends_with_1(imgtool, here, listed):
    Image.new("L", (3, 3), 7).save("b name.bmp")
    run = imgtool("hash", "--check", "list.txt", *listed, ok=1)
    assert run.lines == ["a.png: OK", "b name.bmp: FAILED", "raw.bin: OK"]
    assert "1 of 3 hashes did not match" in run.errors
    assert imgtool("hash", "--check", "list.txt", *listed, "-q", ok=1).lines == ["b name.bmp: FAILED"]
    report = imgtool("hash", "--check", "list.txt", *listed, "--json", ok=1).json
    assert (report["version"], report["same"], report["exit"]) == (1, False, 1)
    assert [check["same"] for check in report["checks"]] == [True, False, True]
    (here / "a.png").unlink()
    run = imgtool("hash", "--check", "list.txt", *listed, ok=2)
    assert run.lines == ["a.png: FAILED open or read", "b name.bmp: FAILED", "raw.bin: OK"]


def test_check_reads_what_sha256sum_would_have_written(imgtool, here, listed):
    text = (here / "list.txt").read_text()
    upper = re.sub(r"^\w+", lambda match: match.group().upper(), text, flags=re.MULTILINE)
    (here / "binary.txt").write_text("# golden\n\n" + upper.replace("  ", " *"))
    assert imgtool("hash", "--check", "binary.txt", *listed).text.count(": OK\n") == 3
    assert imgtool("hash", "--check", "-", *listed, stdin=text.encode()).text.count(": OK\n") == 3


def test_check_waits_for_a_list_that_comes_late(imgtool, here, listed):
    with subprocess.Popen([TOOL, "hash", "--check", "-", *listed], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as check:
        until_it_waits(check)
        output, _ = check.communicate((here / "list.txt").read_text(), timeout=SECONDS)
    assert check.returncode == 0 and output.count(": OK\n") == 3


def test_names_that_break_lines_are_escaped(imgtool, here):
    for name in ("two\nlines.png", "back\\slash.png", "both\\\n\\n.png"):
        Image.new("L", (2, 2), 3).save(name)
        line = imgtool("hash", name).text
        subject = name.replace("\\", "\\\\").replace("\n", "\\n")
        assert line[0] == "\\" and line[65:] == f"  {subject}\n"
        (here / "list.txt").write_text(line)
        assert imgtool("hash", "--check", "list.txt").text == f"{subject}: OK\n"


@pytest.mark.parametrize("text,words", [
    ("", ["list.txt", "no hash"]),
    ("0123  a.png\n", ["list.txt", "line 1", "64"]),
    ("# a\n" + "0" * 64 + " a.png\n", ["line 2"]),
    ("0" * 64 + "  \n", ["line 1"]),
    ("\\" + "0" * 64 + "  a\\q\n", ["line 1"]),
])
def test_a_list_that_is_none_is_refused(refused, here, text, words):
    (here / "list.txt").write_text(text)
    refused("hash", "--check", "list.txt", words=words)


def test_errors_of_the_command_line(refused, here):
    refused("hash", words=["needs SOURCE"])
    refused("hash", "--check", "list.txt", "a.png", words=["a.png"])
    refused("hash", "--check", "list.txt", words=["list.txt"])
    refused("hash", "nothing.png", words=["nothing.png"])
    (here / "raw.bin").write_bytes(bytes(12))
    refused("hash", "raw.bin", words=["raw.bin", "--size"])


def test_one_file_that_cannot_be_read_keeps_no_other_from_its_line(imgtool, here):
    Image.new("L", (2, 2), 3).save("a.png")
    run = imgtool("hash", "a.png", "nothing.png", "a.png", ok=2)
    assert len(run.lines) == 2 and "nothing.png" in run.errors
    report = imgtool("hash", "a.png", "nothing.png", "--json", ok=2).json
    assert [sorted(entry) for entry in report["hashes"]] == [
        ["hash", "mode", "name", "size"], ["error", "name"]]
    assert report["exit"] == 2
