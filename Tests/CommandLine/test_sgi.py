"""SGI images against Pillow, ffmpeg and Netpbm, which read and write them."""

import os
import resource
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import run_tool
from stored import array, check_cuts, check_sharing, facts, put, shown, text

BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def picture(bands, kind="u1", size=(5, 7), seed=0):
    return array(kind, size if bands == 1 else (*size, bands), seed)


def plain(pixels):
    """A file by hand: planes, the lowest row first."""
    planes = pixels if pixels.ndim == 3 else pixels[..., None]
    height, width, bands = planes.shape
    head = struct.pack(">HBBHHHH", 474, 0, pixels.itemsize, 3 if bands > 1 else 2, width, height, bands)
    body = np.flipud(planes).transpose(2, 0, 1).astype(pixels.dtype.newbyteorder(">"))
    return head.ljust(512, b"\0") + body.tobytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(5, 7), (1, 1), (1, 300), (300, 1), (17, 33)])
def test_what_pillow_writes_is_shared_and_edited_in_place(here, mode, size):
    pixels = picture(BANDS[mode], size=size)
    Image.fromarray(pixels).save("a.sgi")
    assert facts("a.sgi")["mode"] == mode
    assert np.array_equal(shown("a.sgi"), pixels)
    put("a.sgi", size[1] - 1, 0, pixels[-1, 0])
    pixels[0, -1] = pixels[-1, 0]
    assert np.array_equal(np.asarray(Image.open("a.sgi")), pixels)


@pytest.mark.parametrize("mode", BANDS)
@pytest.mark.parametrize("kind", ["u1", "u2"])
def test_every_count_and_width_of_samples_is_shared(here, mode, kind):
    pixels = picture(BANDS[mode], kind)
    Path("a.sgi").write_bytes(plain(pixels))
    assert np.array_equal(shown("a.sgi"), pixels)
    put("a.sgi", 3, 4, pixels[0, 0])
    pixels[4, 3] = pixels[0, 0]
    assert Path("a.sgi").read_bytes() == plain(pixels)


@pytest.mark.parametrize("kind", ["u1", "u2"])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_run_lengths_are_those_of_ffmpeg(imgtool, here, program, kind, mode):
    deep = kind == "u2"
    formats = {"L": ("gray", "gray16be"), "RGB": ("rgb24", "rgb48be"), "RGBA": ("rgba", "rgba64be")}
    pixels = picture(BANDS[mode], ">u2" if deep else "u1", (17, 33))
    pixels[3:9, 2:30] = pixels[0, 0]
    for rle in "10":
        subprocess.run([program("ffmpeg"), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt",
                        formats[mode][deep], "-s", "33x17", "-i", "-", "-rle", rle, "a.sgi"],
                       input=pixels.tobytes(), check=True)
        run = imgtool("open", "a.sgi", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), pixels)
        assert Path("a.sgi").read_bytes()[2] == int(rle), run
    subprocess.run([program("ffmpeg"), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt",
                    formats[mode][deep], "-s", "33x17", "-i", "-", "-rle", "1", "a.sgi"],
                   input=pixels.tobytes(), check=True)
    imgtool("open", "a.sgi", "--no-copy", ok=2)
    imgtool("open", "a.sgi", "--access", "rw", "--invert", ok=2)


def test_more_channels_are_frames(here):
    pixels = picture(6)
    Path("a.sgi").write_bytes(plain(pixels))
    assert facts("a.sgi")["frames"] == 6
    for band in range(6):
        assert np.array_equal(shown("a.sgi", "--frame", band), pixels[..., band])


@pytest.mark.parametrize("mode,kind", [(m, "u1") for m in BANDS] + [("RGB", "<u2"), ("I;16", "<u2")])
def test_what_is_saved_is_read_by_others_and_by_open(imgtool, here, program, mode, kind):
    pixels = picture(BANDS.get(mode, 1), kind)
    Path("raw.bin").write_bytes(pixels.tobytes())
    wide = ["--rawmode", "RGB;16L"] if mode == "RGB" and kind != "u1" else []
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, *wide, "--save", "o.sgi")
    assert Path("o.sgi").read_bytes()[512:] == plain(pixels)[512:]
    assert np.array_equal(shown("o.sgi"), pixels)
    if mode in ("L", "RGB", "RGBA") and kind == "u1":
        assert np.array_equal(np.asarray(Image.open("o.sgi")), pixels)
    if mode != "LA":
        pixel = {"RGBA": ("rgba", "rgba64be"), "RGB": ("rgb24", "rgb48be")}.get(
            mode, ("gray", "gray16be"))[kind != "u1"]
        done = subprocess.run([program("ffmpeg"), "-v", "error", "-i", "o.sgi", "-f", "rawvideo",
                               "-pix_fmt", pixel, "-"], capture_output=True, check=True)
        found = np.frombuffer(done.stdout, "u1" if kind == "u1" else ">u2").reshape(pixels.shape)
        assert np.array_equal(found, pixels)


def test_netpbm_reads_what_is_saved(imgtool, here, program):
    pixels = picture(3)
    Path("raw.bin").write_bytes(pixels.tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--save", "o.sgi")
    done = subprocess.run([program("sgitopnm"), "o.sgi"], capture_output=True, check=True)
    assert done.stdout.endswith(pixels.tobytes())


def test_a_header_makes_a_file_of_planes_that_go_up(imgtool, here):
    pixels = picture(1)
    Path("raw.bin").write_bytes(np.flipud(pixels).tobytes())
    head = imgtool("header", "raw.bin", "--size", "7x5", "--orientation", "-1", "--format", "sgi").output
    Path("o.sgi").write_bytes(head + Path("raw.bin").read_bytes())
    assert np.array_equal(np.asarray(Image.open("o.sgi")), pixels)


def test_another_process_writes_and_the_image_shows_it(here):
    pixels = picture(1)
    Path("a.sgi").write_bytes(plain(pixels))
    check_sharing("a.sgi", "a.sgi", 512 + 4 * 7, text(pixels[0, 0]), "77", bytes([77]))


@pytest.mark.parametrize("at,value,words", [
    (2, b"\x02", "storage 2"), (3, b"\x04", "4 bytes a sample"), (4, b"\0\4", "4 axes"),
    (6, b"\0\0", "axis may be 0"), (6, b"\xff\xff", "bytes in the file"), (104, b"\0\0\0\1", "dithered"),
    (104, b"\0\0\0\3", "color map"), (10, b"\0\0", "axis may be 0")])
def test_headers_that_cannot_be_are_refused(refused, here, at, value, words):
    data = bytearray(plain(picture(3)))
    data[at:at + len(value)] = value
    Path("a.sgi").write_bytes(data)
    refused("open", "a.sgi", "--hash", words=["a.sgi", words])


def test_a_file_that_is_cut_anywhere_is_refused(here):
    Path("a.sgi").write_bytes(plain(picture(1)))
    check_cuts("a.sgi", "a.sgi", [*range(1, 40), *range(500, 512 + 35)])


def test_a_table_that_is_larger_than_memory_is_not_read_into_it(imgtool, here):
    rows = 65535 * 4096
    head = struct.pack(">HBBHHHH", 474, 1, 1, 3, 1, 65535, 4096)
    Path("a.sgi").write_bytes(head.ljust(512, b"\0"))
    os.truncate("a.sgi", 512 + 8 * rows)

    def little_memory():
        resource.setrlimit(resource.RLIMIT_DATA, (1 << 29, 1 << 29))

    for command in [["open", "a.sgi", "--access", "ro", "--hash"], ["info", "a.sgi"]]:
        run = imgtool(*command, preexec_fn=little_memory, ok=None)
        assert run.exit == 2 or command[0] == "info", run
        assert "a.sgi" in run.errors + run.text and len(run.errors.splitlines()) <= 1, run


def test_run_lengths_that_are_cut_or_wrong_are_refused(here):
    """Every byte of the table and the rows is set to 0 and to 255: an error, or a picture, and no crash."""
    Image.new("L", (40, 3), 7).save("a.png")
    subprocess.run(["convert", "a.png", "-compress", "RLE", "sgi:a.sgi"], check=True)
    data = Path("a.sgi").read_bytes()
    assert data[2] == 1
    for length in range(512, len(data)):
        Path("a.sgi").write_bytes(data[:length])
        run_tool("open", "a.sgi", "--hash", ok=2)
    for place in range(512, len(data)):
        for value in (0, 255):
            Path("a.sgi").write_bytes(data[:place] + bytes([value]) + data[place + 1:])
            run_tool("open", "a.sgi", "--hash", ok=None)
