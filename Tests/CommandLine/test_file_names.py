"""Names of files are bytes: those that are no UTF-8 pass through unchanged, as with `cmp` and `git`."""

import json
import os
import re
import subprocess

import pytest
from PIL import Image

from conftest import TOOL

# What Python makes of bytes that are no UTF-8, and gives back to the system as they were.
BAD = os.fsdecode(b"bad\xff")
PIXELS = bytes(range(27))
RGB = ["--size", "3x3", "--mode", "RGB"]


def names() -> set:
    return set(os.listdir(b"."))


@pytest.fixture
def bad(here):
    """A raw file with such a name."""
    (here / f"{BAD}.rgb").write_bytes(PIXELS)
    return [f"{BAD}.rgb", *RGB]


@pytest.mark.parametrize("name", [
    b"a\xff", b"\xff", b"\x80\xbf", b"\xc3", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf",
    b"\xe2\x82", b"\xf0\x9f\x98", "\u00e9".encode(), "e\u0301".encode(), "\U0010fe80".encode(),
    "\U0010fe80".encode() + b"\x80", "\U0010ff80\U0010ffff".encode(), "\ufffd".encode(), b"a\nb", b"\x7f"],
    ids=repr)
def test_the_bytes_of_a_name_are_those_that_were_given(imgtool, here, name):
    source, saved = os.fsdecode(name + b".rgb"), os.fsdecode(name + b".png")
    (here / source).write_bytes(PIXELS)
    imgtool("frombuffer", source, *RGB, "--save", saved)
    assert names() == {name + b".rgb", name + b".png"}
    with Image.open(saved) as image:
        assert image.tobytes() == PIXELS
    assert imgtool("open", saved, "--print", "2,2").text == "24,25,26\n"


@pytest.mark.parametrize("one,other", [
    (b"\xfe", b"\xff"), (b"\xff", "\ufffd".encode()), (b"\x80", "\U0010fe80".encode()),
    (b"\x80", "\U0010ff80".encode()), ("\u00e9".encode(), "e\u0301".encode())], ids=repr)
def test_two_names_are_two_files(imgtool, bad, one, other):
    for name, first in ((one, 1), (other, 2)):
        imgtool("frombuffer", *bad, "--fill", f"{first},0,0", "--save", os.fsdecode(name + b".ppm"))
    for name, first in ((one, 1), (other, 2)):
        assert imgtool("open", os.fsdecode(name + b".ppm"), "--print", "0,0").text == f"{first},0,0\n"


# The words, and the names that are there afterwards besides those that were.
WORDS = [
    (["frombuffer", f"{BAD}.rgb", *RGB, "--access", "rw", "--put", "0,0=1,2,3"], set()),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--save", f"{BAD}/{BAD}.bmp"], {b"bad\xff/bad\xff.bmp"}),
    (["frombuffer", f"{BAD}.rgb", *RGB, f"--save={BAD}.ppm", "--sync"], {b"bad\xff.ppm"}),
    # A mark that joins the sign before it.
    (["frombuffer", f"{BAD}.rgb", *RGB, "--save=\u0301.ppm"], {"\u0301.ppm".encode()}),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--format", "raw", "--save", f"{BAD}.rgb"], set()),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--replace", "--invert", "--format", "raw", "--save", f"{BAD}.rgb"],
     set()),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--poke", "0=ff", "--expect", "0,0=255,1,2"], set()),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--compare", f"{BAD}.png", "--expect-shared"], set()),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--paste", f"{BAD}.png@0,0"], set()),
    (["frombuffer", f"{BAD}.rgb", *RGB, "--run", f"cp '{BAD}.rgb' '{BAD}.copy'"], {b"bad\xff.copy"}),
    (["frombuffer", f"{BAD}.rgb", "--size", "3x3", "--mode", "P", "--trailing", "ok", "--palette",
      f"{BAD}.rgb"], set()),
    (["frombuffer", f"{BAD}.rgb", "--layout", f"{BAD}.layout"], set()),
    (["open", f"{BAD}.png"], set()),
    (["open", f"link-{BAD}", "--replace", "--format", "bmp", "--save", f"link-{BAD}"], set()),
    (["info", f"{BAD}.png"], set()), (["info", f"{BAD}.rgb"], set()), (["guess", f"{BAD}.rgb"], set()),
    (["show", f"{BAD}.png"], set()), (["compare", f"{BAD}.png", f"{BAD}.png"], set()),
    (["verify", f"{BAD}.rgb", *RGB], set()), (["verify", f"{BAD}.rgb", *RGB, "--in-place"], set()),
    (["verify", f"{BAD}.rgb", *RGB, "--save", f"{BAD}.tif"], {b"bad\xff.tif"}),
    (["hexdump", f"{BAD}.rgb", *RGB, "--at", "0,0"], set()),
    (["header", f"{BAD}.rgb", *RGB, "--format", "mhd", "--output", f"{BAD}.mhd"], {b"bad\xff.mhd"}),
    (["watch", f"{BAD}.rgb", *RGB, "--count", "1"], set()),
]


@pytest.mark.parametrize("words,added", WORDS, ids=lambda v: ascii(" ".join(v)) if isinstance(v, list)
                         else "")
def test_every_path_may_be_such_a_name(imgtool, here, bad, words, added):
    os.mkdir(BAD)
    Image.frombytes("RGB", (3, 3), PIXELS).save(here / f"{BAD}.png")
    (here / f"link-{BAD}").symlink_to(f"{BAD}.png")
    (here / f"{BAD}.layout").write_bytes(imgtool("info", *bad, "--emit-layout").output)
    before = names()
    imgtool(*words)
    there = {name for name in added if os.path.exists(name)}
    assert there == added and names() - before == {name for name in added if b"/" not in name}
    assert os.path.islink(f"link-{BAD}")


def test_a_difference_is_saved_under_such_a_name(imgtool, here, bad):
    (here / "other.rgb").write_bytes(bytes(27))
    imgtool("compare", bad[0], "other.rgb", *RGB, "--diff", f"{BAD}.png", ok=1)
    assert b"bad\xff.png" in names()


def test_messages_show_such_bytes_as_numbers(imgtool, here, bad):
    assert r"imgtool: no\xfe.rgb: No such file" in imgtool(
        "open", os.fsdecode(b"no\xfe.rgb"), ok=2).errors
    assert imgtool("info", f"{BAD}.rgb").text.startswith(r"bad\xff.rgb: 27 bytes")
    assert r"bad\xff.rgb: 8x9" in imgtool("frombuffer", f"{BAD}.rgb", "--size", "8x9", ok=2).errors


def test_json_shows_such_bytes_as_replacement_characters(imgtool, here, bad):
    run = imgtool("info", *bad, "--json")
    assert json.loads(run.output.decode("utf-8", "strict"))["source"] == "bad\ufffd.rgb"


def test_hash_prints_the_bytes_and_reads_them_again(imgtool, here, bad):
    (here / os.fsdecode(b"\xfe\n\\.rgb")).write_bytes(PIXELS)
    plain = imgtool("hash", *bad).output
    assert plain[64:] == b"  bad\xff.rgb\n"
    assert imgtool("frombuffer", *bad, "--hash").output == plain
    escaped = imgtool("hash", os.fsdecode(b"\xfe\n\\.rgb"), *RGB).output
    assert escaped[:1] == b"\\" and escaped[65:] == b"  \xfe\\n\\\\.rgb\n"
    (here / f"{BAD}.list").write_bytes(plain + escaped)
    checked = imgtool("hash", "--check", f"{BAD}.list", *RGB)
    assert checked.output == b"bad\xff.rgb: OK\n\xfe\\n\\\\.rgb: OK\n"
    # sha256sum says the same of such names.
    listed = subprocess.run(["sha256sum", os.fsdecode(b"\xfe\n\\.rgb"), bad[0]], capture_output=True)
    assert [line[64:] for line in listed.stdout.splitlines()][1] == plain[64:-1]
    assert listed.stdout.splitlines()[0][65:] == escaped[65:-1]


def test_the_command_that_guess_prints_works_in_a_shell(imgtool, here, bad):
    command = imgtool("guess", f"{BAD}.rgb", "--json").json["candidates"][0]["command"]
    path = f"{TOOL.parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-c", command], env=dict(os.environ, PATH=path), check=True,
                   stdout=subprocess.DEVNULL)


def test_headers_name_the_file_by_its_bytes(imgtool, here, bad):
    assert b"ElementDataFile = bad\xff.rgb" in imgtool("header", *bad, "--format", "mhd").output
    assert b"data file: bad\xff.rgb" in imgtool("header", *bad, "--format", "nrrd").output
    assert "UTF-8" in imgtool("header", *bad, "--format", "vrt", ok=2).errors


@pytest.mark.parametrize("words", [["guess", "--", "-x"], ["frombuffer", "./-x"], ["open", "./-x"]], ids=" ".join)
def test_a_command_that_is_advised_takes_no_name_for_an_option(imgtool, here, words):
    """What is printed is run: every command that names the file."""
    (here / "-x").write_bytes(PIXELS)
    run = imgtool(*words, ok=None)
    lines = re.findall(r"imgtool (?:open|guess|frombuffer) \S*-x[^`\n;]*", run.text + run.errors)
    assert lines
    for line in lines:
        line = line.replace("WxH", "3x3").replace("--mode M", "--mode RGB")
        done = subprocess.run(["bash", "-c", line], env=os.environ | {"PATH": f"{TOOL.parent}:/usr/bin:/bin"},
                              capture_output=True, text=True)
        assert "unknown option" not in done.stderr, done
