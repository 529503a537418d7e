"""SER against ffmpeg, which reads such files; no program at hand writes them, so the test does.

ffmpeg goes by the specification, in which the field LittleEndian says what its name does. The programs that
write such files, and Siril, take 0 for little-endian (free-astro.org, "SER": "have also decided to implement
this header in opposite meaning"), and so does this tool: ffmpeg gets the same bytes with the other flag.
"""

import struct
import subprocess

import numpy as np
import pytest

from cuts import refuse_every_cut
from oracles import random_bytes, source

SIZE = (7, 5)
BAYER = {8: "rggb", 9: "grbg", 10: "gbrg", 11: "bggr"}


def head(colors, depth, count=1, big=0, size=SIZE, texts=(b"", b"", b""), time=0):
    return b"LUCAM-RECORDER" + struct.pack("<7i", 0, colors, big, *size, depth, count) + b"".join(
        text.ljust(40, b"\0") for text in texts) + struct.pack("<2q", time, time)


def frames(colors, depth, count, big=0, size=SIZE):
    bands = 3 if colors >= 100 else 1
    shape = (count, size[1], size[0], bands)
    if depth <= 8:
        return np.random.default_rng(colors).integers(0, 1 << depth, shape, "u1")
    return np.random.default_rng(depth).integers(0, 1 << depth, shape).astype(">u2" if big else "<u2")


@pytest.fixture
def ffmpeg(program):
    def read(path, kind):
        data = bytearray(open(path, "rb").read())
        data[22] ^= 1
        with open("specified.ser", "wb") as file:
            file.write(data)
        return subprocess.run([program("ffmpeg"), "-v", "error", "-i", "specified.ser", "-f", "rawvideo", "-pix_fmt",
                               kind, "-"], stdout=subprocess.PIPE, check=True, timeout=60).stdout
    return read


@pytest.mark.parametrize("size", [SIZE, (8, 6), (1, 1)], ids=str)
@pytest.mark.parametrize("colors,depth,big,kind", [
    (0, 8, 0, "gray"), (0, 16, 0, "gray16le"), (0, 16, 1, "gray16be"), (100, 8, 0, "rgb24"),
    (101, 8, 0, "bgr24"), (100, 16, 0, "rgb48le"), (101, 16, 0, "bgr48le"), (100, 16, 1, "rgb48be"),
    (8, 8, 0, "bayer_rggb8"), (9, 8, 0, "bayer_grbg8"), (10, 16, 0, "bayer_gbrg16le"),
    (11, 16, 1, "bayer_bggr16be")])
def test_each_frame_is_that_of_ffmpeg(imgtool, here, ffmpeg, colors, depth, big, kind, size):
    array = frames(colors, depth, 3, big, size)
    (here / "in.ser").write_bytes(head(colors, depth, 3, big, size) + array.tobytes() + bytes(24))
    seen = ffmpeg("in.ser", kind)
    assert seen == array.tobytes()
    for index, frame in [(0, 0), (1, 1), ("last", 2)]:
        imgtool("open", "in.ser", "--frame", index, "--expect-shared", "--no-copy", "--save", "out.npy")
        wanted = array[frame][..., ::-1] if colors == 101 else array[frame]
        assert np.array_equal(np.load("out.npy").reshape(wanted.shape), wanted)
    facts = imgtool("info", "in.ser", "--json").json
    assert facts["frames"] == 3 and facts["shared"]


@pytest.mark.parametrize("depth", [9, 10, 12, 14, 15])
@pytest.mark.parametrize("big", [0, 1])
def test_samples_of_some_bits_are_their_numbers_and_levels_of_colors(imgtool, here, depth, big):
    array = frames(0, depth, 2, big)
    (here / "in.ser").write_bytes(head(0, depth, 2, big) + array.tobytes())
    imgtool("open", "in.ser", "--frame", "1", "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load("out.npy"), array[1, ..., 0])
    array = frames(100, depth, 1, big)
    (here / "in.ser").write_bytes(head(100, depth, 1, big) + array.tobytes())
    imgtool("open", "in.ser", "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load("out.npy"), np.round(array[0] * 65535.0 / ((1 << depth) - 1)))


@pytest.mark.parametrize("colors,name", BAYER.items())
def test_the_mosaic_is_known(imgtool, here, colors, name):
    array = frames(colors, 8, 1)
    (here / "in.ser").write_bytes(head(colors, 8) + array.tobytes())
    (here / "in.raw").write_bytes(array.tobytes())
    imgtool("open", "in.ser", "--demosaic", "bilinear", "--save", "a.npy")
    imgtool("frombuffer", "in.raw", "--size", "7x5", "--bayer", name, "--demosaic", "bilinear", "--save", "b.npy")
    assert np.array_equal(np.load("a.npy"), np.load("b.npy"))
    imgtool("open", "in.ser", "--save", "again.ser")
    assert (here / "again.ser").read_bytes() == (here / "in.ser").read_bytes()


@pytest.mark.parametrize("mode,words,colors,depth,kind", [
    ("L", [], 0, 8, "gray"), ("RGB", [], 100, 8, "rgb24"), ("I;16", [], 0, 16, "gray16le"),
    ("I;16B", [], 0, 16, "gray16be"), ("RGB", ["--rawmode", "BGR"], 101, 8, "bgr24"),
    ("RGB", ["--rawmode", "RGB;16L"], 100, 16, "rgb48le"),
    ("RGB", ["--rawmode", "RGB;16B"], 100, 16, "rgb48be")])
def test_what_is_written_and_what_header_makes_is_read_by_ffmpeg(
        imgtool, here, ffmpeg, mode, words, colors, depth, kind):
    data = random_bytes(7 * 5 * (3 if colors else 1) * depth // 8, kind)
    (here / "raw.bin").write_bytes(data)
    raw = ["raw.bin", "--size", "7x5", "--mode", mode, *words]
    imgtool("frombuffer", *raw, "--save", "out.ser")
    assert (here / "out.ser").read_bytes()[:42] == head(colors, depth, 1, int(kind.endswith("be")))[:42]
    assert ffmpeg("out.ser", kind) == data
    (here / "whole.ser").write_bytes(imgtool("header", *raw, "--format", "ser").output + data)
    assert ffmpeg("whole.ser", kind) == data


def test_a_header_says_the_bits_and_the_mosaic_of_a_sensor(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(70))
    said = imgtool("header", "raw.bin", "--size", "7x5", "--rawmode", "SGRBG12", "--format", "ser").output
    assert said[:42] == head(9, 12)[:42]


def test_edits_reach_their_frame_and_no_other(imgtool, here, ffmpeg):
    array = frames(0, 8, 3)
    (here / "in.ser").write_bytes(head(0, 8, 3) + array.tobytes())
    imgtool("open", "in.ser", "--frame", "1", "--access", "rw", "--put", "3,4=7", "--fill", "2x1+0+0=9")
    array[1, 4, 3], array[1, 0, :2] = 7, 9
    assert ffmpeg("in.ser", "gray") == array.tobytes()
    imgtool("verify", "in.ser")


def test_names_are_kept_and_times_are_named(imgtool, here):
    (here / "in.ser").write_bytes(head(0, 8, 1, texts=(b"Jane", b"Camera", b"C8"), time=5) + bytes(35 + 8))
    run = imgtool("open", "in.ser", "--save", "out.ser")
    assert (here / "out.ser").read_bytes()[42:162] == (here / "in.ser").read_bytes()[42:162]
    assert "time of the recording" in run.errors and "times of the frames" in run.errors
    texts = imgtool("info", "in.ser", "--json").json["metadata"]["texts"]
    assert {text["key"]: text["value"] for text in texts} == {
        "Observer": "Jane", "Instrument": "Camera", "Telescope": "C8"}


@pytest.mark.parametrize("data,words", [
    (head(16, 8), ["cyan"]), (head(19, 8), ["cyan"]), (head(7, 8), ["colors 7"]), (head(0, 0), ["bits", "0"]),
    (head(0, 17), ["17"]), (head(0, 8, 0), ["frames 0"]), (head(0, 8, -1), ["-1"]),
    (head(0, 8, 2147483647), ["2147483647"]), (head(0, 8, size=(0, 5)), ["width 0"]),
    (head(0, 8, size=(7, -5)), ["height -5"]), (head(100, 16, size=(2147483647, 2147483647)), ["178"])])
def test_headers_that_point_outside_or_cannot_be_are_refused(refused, here, data, words):
    (here / "a.ser").write_bytes(data + bytes(35))
    refused("open", "a.ser", "--hash", words=words)


def test_a_frame_that_is_not_there_is_refused(refused, here):
    (here / "a.ser").write_bytes(head(0, 8, 2) + bytes(70))
    refused("open", "a.ser", "--frame", "2", "--hash", words=["frame 2", "has 2"])


def test_a_file_that_ends_early_is_refused_at_every_byte(here):
    assert refuse_every_cut(head(0, 8, 2) + bytes(70), "a.ser", 178, 2) > 178


def test_what_ser_has_no_samples_for_is_refused(refused, here):
    (here / "raw.bin").write_bytes(bytes(200))
    refused("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGBA", "--trailing", "ok", "--save", "a.ser",
            words=["ser", "RGBA"])
    refused("header", "raw.bin", "--size", "7x5", "--mode", "L", "--stride", "9", "--trailing", "ok",
            "--format", "ser", words=["9 bytes", "7"])
