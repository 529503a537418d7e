"""Screens of Android: no program here writes them, so each is put together as screencap.cpp does it."""

import struct

import numpy as np
import pytest
from PIL import Image

from cuts import refuse_every_cut
from oracles import random_bytes, samples, source

SIZE = (7, 5)
# Pillow's rawmodes for the numbers of Android, where it has one.
STORED = {1: ("RGBA", "RGBA"), 2: ("RGB", "RGBX"), 3: ("RGB", "RGB"), 4: ("RGB", "BGR;16"),
          5: ("RGBA", "BGRA"), 56: ("L", "L")}
BYTES = {1: 4, 2: 4, 3: 3, 4: 2, 5: 4, 56: 1, 6: 2, 7: 2, 22: 8, 43: 4}


def screen(number, space=None, size=SIZE):
    data = random_bytes(size[0] * size[1] * BYTES[number], number)
    head = struct.pack("<III", *size, number) + (b"" if space is None else struct.pack("<I", space))
    return head, data


@pytest.mark.parametrize("space", [None, 0, 1, 2])
@pytest.mark.parametrize("number", STORED)
def test_pixels_are_those_that_pillow_unpacks(imgtool, here, number, space):
    head, data = screen(number, space)
    (here / "screen.raw").write_bytes(head + data)
    run = imgtool("open", "screen.raw", "--expect-shared", "--no-copy", "--save", "out.npy")
    mode, rawmode = STORED[number]
    wanted = Image.frombytes(mode, SIZE, data, "raw", rawmode)
    assert np.array_equal(np.load("out.npy"), np.asarray(wanted))
    assert ("Display P3" in run.errors) == (space == 2)


@pytest.mark.parametrize("number,masks", [
    (6, [0xF800, 0x7C0, 0x3E, 1]), (7, [0xF000, 0xF00, 0xF0, 0xF])])
def test_words_of_few_bits(imgtool, here, number, masks):
    head, data = screen(number)
    (here / "a.raw").write_bytes(head + data)
    imgtool("open", "a.raw", "--expect-shared", "--save", "out.npy")
    words = np.frombuffer(data, "<u2").reshape(5, 7).astype(int)
    wanted = np.stack([(words & mask) * 255 // mask for mask in masks], -1)
    assert np.array_equal(np.load("out.npy"), wanted)


def test_ten_bits_and_halfs(imgtool, here):
    head, data = screen(43)
    (here / "a.raw").write_bytes(head + data)
    imgtool("open", "a.raw", "--expect-shared", "--save", "out.npy")
    words = np.frombuffer(data, "<u4").reshape(5, 7).astype(int)
    bands = [words & 1023, words >> 10 & 1023, words >> 20 & 1023, words >> 30]
    wanted = np.stack([np.round(band * 65535 / (1023 if i < 3 else 3)) for i, band in enumerate(bands)], -1)
    assert np.array_equal(np.load("out.npy"), wanted)
    values = np.random.default_rng(1).random((5, 7, 4)).astype("<f2")
    (here / "b.raw").write_bytes(struct.pack("<IIII", 7, 5, 22, 1) + values.tobytes())
    imgtool("open", "b.raw", "--expect-shared", "--save", "out.npy")
    assert np.array_equal(np.load("out.npy"), values)


def test_edits_reach_the_file(imgtool, here):
    head, data = screen(1, 1)
    (here / "a.raw").write_bytes(head + data)
    imgtool("open", "a.raw", "--access", "rw", "--put", "3,4=1,2,3,4")
    place = (4 * 7 + 3) * 4
    wanted = data[:place] + bytes([1, 2, 3, 4]) + data[place + 4:]
    assert (here / "a.raw").read_bytes() == head + wanted
    imgtool("verify", "a.raw")


@pytest.mark.parametrize("mode,number", [("RGBA", 1), ("RGB", 3), ("L", 56)])
def test_a_written_file_is_sixteen_bytes_and_the_rows(imgtool, here, mode, number):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--save", "out.screencap")
    head = struct.pack("<IIII", 7, 5, number, 0)
    assert (here / "out.screencap").read_bytes() == head + data
    assert imgtool("header", *raw, "--format", "screencap").output == head
    imgtool("open", "out.screencap", "--save", "out.npy")
    assert np.array_equal(np.load("out.npy"), samples(mode, SIZE, data))


@pytest.mark.parametrize("rawmode,number", [("RGBX", 2), ("BGR;16", 4)])
def test_a_header_makes_a_screen_of_raw_pixels(imgtool, here, rawmode, number):
    (here / "raw.bin").write_bytes(bytes(7 * 5 * BYTES[number]))
    head = imgtool("header", "raw.bin", "--size", "7x5", "--mode", "RGB", "--rawmode", rawmode, "--format",
                   "screencap").output
    assert head == struct.pack("<IIII", 7, 5, number, 0)


def test_pixels_that_do_not_fill_the_file_to_the_byte_are_no_screen(imgtool, refused, here):
    head, data = screen(1)
    (here / "a.raw").write_bytes(head + data + b"x")
    refused("open", "a.raw", "--hash", words=["first bytes"])
    (here / "b.screencap").write_bytes(head + data + b"x")
    refused("open", "b.screencap", "--hash", words=["153 bytes", "12 or 16"])
    (here / "c.screencap").write_bytes(struct.pack("<III", 7, 5, 99) + data)
    refused("open", "c.screencap", "--hash", words=["format 99"])
    (here / "d.screencap").write_bytes(struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1) + data)
    refused("open", "d.screencap", "--hash", words=["4294967295"])


def test_a_file_that_ends_early_is_refused_at_every_byte(here):
    assert refuse_every_cut(b"".join(screen(1, 1)), "a.screencap", 16) > 16


def test_pixels_that_say_their_own_size_are_pixels_where_that_is_asked_for(imgtool, refused, here):
    head, data = screen(1)
    (here / "a.raw").write_bytes(head + data)
    refused("frombuffer", "a.raw", "--size", "7x5", words=["SCREENCAP", "imgtool open a.raw"])
    imgtool("frombuffer", "a.raw", "--size", "8x19", "--mode", "L", "--hash")
