"""Where `/proc` is not mounted the tool does its work, and says what it cannot know there.

`Scripts/test` runs the core of the other files so as well, with a tool that is started without it.
"""

import os
import subprocess
import sys

import pytest
from PIL import Image

from conftest import TOOL, commands, unmet
from without_proc import LACKING, way

RAW = ["raw.bin", "--size", "3x2", "--mode", "RGB"]
DATA = bytes(range(18))


@pytest.fixture(scope="module")
def words():
    return way() or unmet(LACKING, curable=False)


@pytest.fixture
def bare(here, words):
    """Runs the tool without `/proc`."""
    (here / "raw.bin").write_bytes(DATA)

    def run(*arguments, ok=0, **options):
        done = subprocess.run([*words, TOOL, *arguments], capture_output=True, timeout=60, **options)
        done.errors = done.stderr.decode()
        assert done.returncode == ok, (done.args, done.returncode, done.stdout, done.errors)
        return done

    return run


@pytest.mark.parametrize("suffix", ["png", "bmp", "ppm", "npy", "tiff", "raw"])
def test_a_save_appears_whole_and_alone(bare, here, suffix):
    bare("frombuffer", *RAW, "--save", f"out.{suffix}")
    assert sorted(path.name for path in here.iterdir()) == [f"out.{suffix}", "raw.bin"]
    if suffix in ("png", "bmp", "ppm"):
        assert Image.open(here / f"out.{suffix}").tobytes() == DATA


@pytest.mark.parametrize("arguments,status", [
    (["frombuffer", *RAW, "--expect", "0,0=0,1,2"], 0),
    (["frombuffer", *RAW, "--expect", "0,0=9,9,9"], 1),
    (["frombuffer", *RAW, "--size", "9x9"], 2),
    (["compare", *RAW[:1], *RAW], 0),
    (["no-such-command"], 2),
    (["frombuffer", *RAW, "--access", "rw", "--put", "0,0=9,9,9"], 0),
    (["frombuffer", *RAW, "--poke", "0=09", "--expect", "0,0=9,1,2"], 0),
    (["frombuffer", *RAW, "--put", "0,0=9,9,9", "--format", "raw", "--save", "raw.bin"], 2),
    (["frombuffer", *RAW, "--format", "raw", "--save", "raw.bin"], 0),
], ids=lambda value: " ".join(value) if isinstance(value, list) else None)
def test_the_answers_are_those_of_any_place(bare, arguments, status):
    bare(*arguments, ok=status)


def test_every_command_gets_its_arguments(bare):
    texts = {bare("help", name).stdout for name in commands()}
    assert len(texts) == len(commands())


def test_edits_reach_the_file(bare, here):
    bare("frombuffer", *RAW, "--access", "rw", "--put", "1,1=7,8,9")
    assert (here / "raw.bin").read_bytes() == DATA[:12] + b"\x07\x08\x09" + DATA[15:]


def test_names_that_are_not_utf_8_arrive_whole(bare, here):
    name = os.fsencode(here) + b"/\xff.raw"
    bare("frombuffer", *RAW, "--save", name)
    assert open(name, "rb").read() == DATA


def test_a_pipe_is_read(bare, here):
    bare("frombuffer", "-", *RAW[1:], "--save", "out.raw", input=DATA)
    assert (here / "out.raw").read_bytes() == DATA


@pytest.mark.parametrize("arguments", [
    ["frombuffer", *RAW, "--expect-shared"], ["frombuffer", *RAW, "--expect-detached"],
    ["frombuffer", *RAW, "--put", "0,0=1,2,3", "--expect-shared"],
    ["verify", *RAW], ["verify", *RAW, "--in-place"]], ids=" ".join)
def test_what_cannot_be_known_is_said_and_is_not_taken_for_shared(bare, here, arguments):
    run = bare(*arguments, ok=1)
    assert run.errors.startswith("imgtool: ") and run.errors.count("\n") == 1, run.errors
    assert "it is unknown" in run.errors and "/proc" in run.errors
    assert (here / "raw.bin").read_bytes() == DATA and len(list(here.iterdir())) == 1


@pytest.mark.parametrize("access", ["ro", "rw"])
def test_a_mapping_without_private_pages_is_known_to_be_shared(bare, access):
    bare("frombuffer", *RAW, "--access", access, "--expect-shared")


def test_an_empty_list_of_arguments_is_refused_with_a_sentence():
    # `os.execv` insists on a name, which `execve` does not.
    start = ("import ctypes, sys; "
             "ctypes.CDLL(None).execve(sys.argv[1].encode(), (ctypes.c_char_p * 1)(None), None)")
    done = subprocess.run([sys.executable, "-c", start, TOOL], capture_output=True, text=True,
                          timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("imgtool: ") and "arguments" in done.stderr
