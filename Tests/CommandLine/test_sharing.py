"""The tie between image and buffer, against a real foreign writer: NumPy in another process."""

import os
import shlex
import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL
from oracles import HOLDS, MODES, clear_padding, packed, raw_bytes, samples, source, words

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY_MODE = pytest.mark.parametrize("mode", MODES)
SIZE = (33, 17)

FOREIGN = """
import numpy, sys
file = numpy.memmap(sys.argv[1], "u1", "r+")
file[:] = numpy.fromfile(sys.argv[2], "u1")
file.flush()
"""


def foreign_writer(target: str, content: str) -> str:
    return shlex.join([sys.executable, "-c", FOREIGN, target, content])


@EVERY_MODE
def test_numpy_writes_and_the_image_shows_it(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    new = raw_bytes(mode, SIZE, "new")
    (here / "new.bin").write_bytes(new)
    old_pixel, new_pixel = (words(mode, samples(mode, SIZE, d)[16, 32]) for d in (data, new))
    imgtool("frombuffer", *raw, "--expect", f"32,16={old_pixel}", "--save", "one.npy",
            "--expect-shared", "--run", foreign_writer("raw.bin", "new.bin"),
            "--expect", f"32,16={new_pixel}", "--expect-shared", "--save", "two.npy",
            "--expect-shared")
    assert np.array_equal(np.load(here / "one.npy"), samples(mode, SIZE, data))
    assert np.array_equal(np.load(here / "two.npy"), samples(mode, SIZE, new))


@EVERY_MODE
def test_numpy_sees_what_the_image_writes(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    map_before = np.memmap(here / "raw.bin", "u1", "r")
    wanted = samples(mode, SIZE, data)
    pixel = samples(mode, SIZE, raw_bytes(mode, SIZE, "other"))[3, 5]
    wanted[3, 5] = pixel
    see = ("import numpy, sys; "
           "numpy.save('seen', numpy.array(numpy.memmap('raw.bin', 'u1', 'r')))")
    imgtool("frombuffer", *raw, "--access", "rw", "--save", "before.raw",
            "--put", f"5,3={words(mode, pixel)}", "--run", shlex.join([sys.executable, "-c", see]))
    seen = np.load(here / "seen.npy").tobytes()
    assert clear_padding(mode, SIZE, seen) == packed(mode, wanted)
    assert map_before.tobytes() == seen, "a map from before the edit shows it too"


@pytest.mark.parametrize("kind,mode", [(f, m) for f in HOLDS for m in HOLDS[f]]
                         + [("raw", m) for m in MODES])
def test_no_save_cuts_the_tie(imgtool, here, kind, mode):
    data, raw = source(here, mode, SIZE)
    new = raw_bytes(mode, SIZE, "new")
    pixel = words(mode, samples(mode, SIZE, new)[0, 0])
    imgtool("frombuffer", *raw, "--no-copy", "--save", f"out.{kind}", "--expect-shared",
            "--poke", f"0={new.hex()}", "--expect", f"0,0={pixel}", "--expect-shared")
    assert (here / "raw.bin").read_bytes() == new and (here / f"out.{kind}").stat().st_size


def wide(here, pages=8):
    """A gray picture with one row a page, and the words that describe it."""
    data = np.zeros((pages, PAGE), "u1")
    (here / "raw.bin").write_bytes(data.tobytes())
    return data, ["raw.bin", "--size", f"{PAGE}x{pages}"]


def test_an_edit_under_cow_detaches_its_page_and_no_other(imgtool, here):
    data, raw = wide(here)
    run = imgtool("frombuffer", *raw, "-q", "--put", "9,3=200", "--expect", "9,3=200",
                  "--poke", f"{PAGE * 3 + 9}=07", "--expect", "9,3=200",
                  "--poke", f"{PAGE * 4 + 9}=07", "--expect", "9,4=7", "--save", "out.raw",
                  "--expect-shared", ok=1)
    assert str(PAGE * 3) in run.errors or f"{PAGE * 3:#x}" in run.errors, "it names the page"
    data[3, 9], data[4, 9] = 200, 7
    assert (here / "out.raw").read_bytes() == data.tobytes()


@pytest.mark.parametrize("steps,shared", [
    ([], True),
    (["--put", "0,0=0"], False),
    (["--copy"], False),
    (["--crop", "2x2+1+1"], True),
    (["--convert", "RGB"], True),
    (["--save", "out.png"], True),
    (["--hash"], True),
    (["--poke", "0=ff"], True),
], ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_expect_shared_and_expect_detached_are_opposites(imgtool, here, steps, shared):
    _, raw = wide(here)
    imgtool("frombuffer", *raw, *steps, "--expect-shared", ok=0 if shared else 1)
    imgtool("frombuffer", *raw, *steps, "--expect-detached", ok=1 if shared else 0)


def test_an_edit_under_rw_keeps_the_tie(imgtool, here):
    _, raw = wide(here)
    imgtool("frombuffer", *raw, "--access", "rw", "--fill", "9", "--invert", "--expect-shared")
    assert set((here / "raw.bin").read_bytes()) == {246}


def test_edits_are_refused_under_ro(refused, here):
    data, raw = wide(here)
    refused("frombuffer", *raw, "--access", "ro", "--put", "0,0=1",
            words=["read-only", "--access"])


def test_ro_reads_and_follows(imgtool, here):
    _, raw = wide(here)
    os.chmod(here / "raw.bin", 0o444)
    imgtool("frombuffer", *raw, "--access", "ro", "--expect", "0,0=0", "--save", "out.png",
            "--expect-shared")
    assert Image.open(here / "out.png").size == (PAGE, 8)


def test_cow_needs_no_permission_to_write(imgtool, here):
    _, raw = wide(here)
    os.chmod(here / "raw.bin", 0o444)
    assert imgtool("frombuffer", *raw, "--put", "0,0=1", "--print", "0,0").text == "1\n"


@pytest.mark.parametrize("suffix", ["png"])
def test_a_decoded_image_is_not_shared(imgtool, here, suffix):
    Image.new("RGB", (3, 3)).save(here / f"in.{suffix}")
    imgtool("open", f"in.{suffix}", "--expect-shared", ok=1)
    imgtool("open", f"in.{suffix}", "--expect-detached")


def test_a_copy_no_longer_follows(imgtool, here):
    _, raw = wide(here)
    imgtool("frombuffer", *raw, "--copy", "--poke", "0=ff", "--expect", "0,0=0",
            "--put", "1,0=5", "--expect", "1,0=5")
    assert (here / "raw.bin").read_bytes()[:2] == b"\xff\x00"


def test_no_copy_makes_a_copy_an_error(refused, here):
    _, raw = wide(here)
    refused("frombuffer", *raw, "--no-copy", "--copy", "--save", "out.png", words="copy")


def test_a_conversion_follows_the_buffer_and_refuses_edits(imgtool, refused, here):
    _, raw = wide(here)
    imgtool("frombuffer", *raw, "--convert", "RGB", "--expect", "0,0=0,0,0", "--poke", "0=80",
            "--expect", "0,0=128,128,128", "--expect-shared", "--save", "out.ppm")
    assert (here / "out.ppm").read_bytes().endswith(b"\0") and b"\x80\x80\x80" in (
        here / "out.ppm").read_bytes()
    refused("frombuffer", *raw, "--convert", "RGB", "--put", "0,0=1,1,1", words="--copy")
    imgtool("frombuffer", *raw, "--convert", "RGB", "--copy", "--put", "0,0=1,1,1",
            "--expect", "0,0=1,1,1")


def test_an_edit_through_a_crop_reaches_the_right_bytes(imgtool, here):
    data, raw = source(here, "RGB", SIZE)
    imgtool("frombuffer", *raw, "--access", "rw", "--crop", "20x10+5+4", "--crop", "8x6+3+2",
            "--put", "1,2=1,2,3", "--expect-shared", "--save", "out.ppm")
    wanted = samples("RGB", SIZE, data)
    wanted[4 + 2 + 2, 5 + 3 + 1] = (1, 2, 3)
    assert (here / "raw.bin").read_bytes() == wanted.tobytes()
    with Image.open(here / "out.ppm") as image:
        assert np.array_equal(np.asarray(image), wanted[6:12, 8:16])


def test_standard_input_that_is_a_file_is_mapped(imgtool, here):
    data, raw = source(here, "L", SIZE)
    with open(here / "raw.bin", "rb") as file:
        imgtool("frombuffer", "-", *raw[1:], "--expect-shared", "--save", "out.raw", stdin=file)
    assert (here / "out.raw").read_bytes() == data


def test_standard_input_that_is_a_pipe_is_spooled_and_said_to_be_a_copy(imgtool, here):
    data, raw = source(here, "L", SIZE)
    imgtool("frombuffer", "-", *raw[1:], "--save", "out.raw", stdin=data)
    assert (here / "out.raw").read_bytes() == data
    run = imgtool("frombuffer", "-", *raw[1:], "--json", stdin=data)
    assert run.json["copiedBytes"] == len(data)
    imgtool("frombuffer", "-", *raw[1:], "--expect-shared", stdin=data, ok=1)


def test_a_pipe_is_refused_under_no_copy(refused, here):
    data, raw = source(here, "L", SIZE)
    refused("frombuffer", "-", *raw[1:], "--no-copy", "--print", "0,0", stdin=data, words="copy")


def test_files_larger_than_4_gib_are_mapped_at_any_offset(imgtool, here):
    with open(here / "big.bin", "wb") as file:
        file.seek(5 << 30)
        file.write(b"abcd")
    imgtool("frombuffer", "big.bin", "--size", "2x2", "--offset", "5G", "--expect", "1,1=100",
            "--expect-shared", "--save", "out.raw")
    assert (here / "out.raw").read_bytes() == b"abcd"
    imgtool("frombuffer", "big.bin", "--size", "2x2", "--offset", "0x140000000", "--access", "rw",
            "--put", "0,1=99")
    with open(here / "big.bin", "rb") as file:
        file.seek(5 << 30)
        assert file.read() == b"abcd"
        file.seek((5 << 30) + 2)
        assert file.read(1) == b"c"


def test_run_passes_its_output_on_to_standard_error(imgtool, here):
    _, raw = source(here, "L", SIZE)
    run = imgtool("frombuffer", *raw, "--run", "echo from the command")
    assert run.output == b"" and "from the command" in run.errors


@pytest.mark.parametrize("command", ["exit 3", "kill -9 $$", "no-such-program"])
def test_a_failing_command_ends_the_run_with_2(imgtool, here, command):
    _, raw = source(here, "L", SIZE)
    imgtool("frombuffer", *raw, "--run", command, "--save", "out.png", ok=2)
    assert not (here / "out.png").exists()


def test_a_save_under_a_concurrent_writer_is_a_whole_file_of_pixels_that_stood_there(here):
    # The writer fills whole pages with one value; every saved sample must be one of the values.
    size = (1024, 1024)
    (here / "raw.bin").write_bytes(bytes(size[0] * size[1]))
    stop = threading.Event()

    def write():
        file = np.memmap(here / "raw.bin", "u1", "r+")
        value = 0
        while not stop.is_set():
            value = 255 - value
            file[:] = value

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(12):
            subprocess.run([TOOL, "frombuffer", "raw.bin", "--size", "1024x1024", "--save",
                            f"{number}.png"], cwd=here, check=True, timeout=60)
            with Image.open(here / f"{number}.png") as image:
                assert set(np.unique(np.asarray(image))) <= {0, 255}
    finally:
        stop.set()
        writer.join()
