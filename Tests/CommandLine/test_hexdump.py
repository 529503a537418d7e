"""The bytes behind pixels, against NumPy's view of the same file."""

import numpy as np
import pytest
from PIL import Image

from oracles import random_bytes

SIZE = (7, 5)


@pytest.fixture
def raw(here):
    data = random_bytes(7 * 5 * 4, "hexdump")
    (here / "raw.bin").write_bytes(data)
    return np.frombuffer(data, "u1")


def dump(imgtool, *words):
    return imgtool("hexdump", "raw.bin", "--size", "7x5", "--trailing", "ok", *words,
                   "--json").json["pixels"]


def pieces(pixel):
    return {piece["offset"]: bytes.fromhex(piece["hex"]) for piece in pixel["bytes"]}


def test_each_pixel_of_a_rectangle_has_its_place_and_bytes(imgtool, raw):
    found = dump(imgtool, "--mode", "RGB", "--offset", "3", "--stride", "24", "--at", "2,1,3x2")
    assert [(p["x"], p["y"]) for p in found] == [(2, 1), (3, 1), (4, 1), (2, 2), (3, 2), (4, 2)]
    for pixel in found:
        start = 3 + pixel["y"] * 24 + pixel["x"] * 3
        assert pieces(pixel) == {start: raw[start:start + 3].tobytes()}
        assert pixel["samples"] == raw[start:start + 3].tolist()
        assert "bits" not in pixel


def test_planes_are_shown_apart(imgtool, raw):
    pixel, = dump(imgtool, "--mode", "RGB", "--interleave", "plane", "--at", "6,4")
    at = [34, 69, 104]
    assert pieces(pixel) == {start: raw[start:start + 1].tobytes() for start in at}
    assert pixel["samples"] == raw[at].tolist()


def test_fields_of_a_word_are_shown_as_bits(imgtool, raw):
    pixel, = dump(imgtool, "--mode", "RGB", "--rawmode", "BGR;16", "--at", "5,3")
    start = (3 * 7 + 5) * 2
    word = int(raw[start:start + 2].view("<u2")[0])
    assert pieces(pixel) == {start: raw[start:start + 2].tobytes()}
    assert pixel["bits"] == {"R": f"{word >> 11:05b}", "G": f"{word >> 5 & 63:06b}",
                             "B": f"{word & 31:05b}"}
    assert pixel["samples"] == [(word >> 11) * 255 // 31, (word >> 5 & 63) * 255 // 63,
                                (word & 31) * 255 // 31]


@pytest.mark.parametrize("rawmode,first", [("1", True), ("1;R", False)])
def test_a_bit_is_shown_with_the_byte_around_it(imgtool, raw, rawmode, first):
    for x in range(7):
        pixel, = dump(imgtool, "--mode", "1", "--rawmode", rawmode, "--at", f"{x},2")
        assert pieces(pixel) == {2: raw[2:3].tobytes()}
        bit = int(raw[2]) >> (7 - x if first else x) & 1
        assert pixel["bits"] == {"1": str(bit)} and pixel["samples"] == [255 * bit]


@pytest.mark.parametrize("rawmode,shifts", [("I;12", (4, 0)), ("I;12P", (0, 4))])
def test_twelve_bits_that_cross_bytes(imgtool, raw, rawmode, shifts):
    # A row is 7 * 12 bits, padded to 11 bytes; two pixels share three bytes.
    for x in (0, 1):
        pixel, = dump(imgtool, "--mode", "I;16", "--rawmode", rawmode, "--at", f"{x},1")
        a, b, c = (int(byte) for byte in raw[11:14])
        if rawmode == "I;12":
            value = [a << 4 | b >> 4, (b & 15) << 8 | c][x]
        else:
            value = [a | (b & 15) << 8, b >> 4 | c << 4][x]
        assert pixel["samples"] == [value] and pixel["bits"] == {"I": f"{value:012b}"}
        assert pieces(pixel) == {11 + x: raw[11 + x:13 + x].tobytes()}


def test_bit_planes_are_gathered(imgtool, raw):
    pixel, = dump(imgtool, "--mode", "P", "--rawmode", "P;4L", "--palette", "gray", "--at", "3,1")
    # Each of the four planes of a row is one byte.
    value = sum((int(raw[4 + plane]) >> 4 & 1) << plane for plane in range(4))
    assert pixel["samples"] == [value] and pixel["bits"] == {"P": f"{value:04b}"}
    assert pieces(pixel) == {4: raw[4:8].tobytes()}


def test_the_text_has_offsets_in_hexadecimal(imgtool, raw):
    lines = imgtool("hexdump", "raw.bin", "--size", "7x5", "--mode", "RGBA", "--at", "1,4,2x1").lines
    start = (4 * 7 + 1) * 4
    for x, line in enumerate(lines):
        at = start + 4 * x
        samples = raw[at:at + 4]
        assert line.split("  ") == [
            f"{1 + x},4", f"0x{at:08x}: " + " ".join(f"{b:02x}" for b in samples),
            " ".join(f"{band}={b}" for band, b in zip("RGBA", samples))]


def test_a_file_that_describes_itself(imgtool, here):
    array = np.random.default_rng(3).integers(0, 256, (5, 7, 3), "u1")
    Image.fromarray(array).save(here / "in.bmp")
    pixel, = imgtool("hexdump", "in.bmp", "--at", "2,0", "--json").json["pixels"]
    start = 54 + 4 * 24 + 2 * 3
    assert pieces(pixel) == {start: array[0, 2, ::-1].tobytes()}
    assert pixel["samples"] == array[0, 2].tolist()


def test_a_decoded_file_has_no_bytes_to_show(refused, here):
    Image.new("RGB", SIZE).save(here / "in.png")
    refused("hexdump", "in.png", "--at", "0,0", words=["in.png", "not bytes of the file"])


@pytest.mark.parametrize("at,words", [
    ("7,0", ["7,0", "7x5"]), ("0,0,8x1", ["8x1", "7x5"]), ("1", ["--at", "X,Y"]),
    ("1,1,0x4", ["--at", "0x4"]), ("-1,0", ["--at"]), ("9223372036854775807,0,2x2", ["outside"]),
    ("1,2,3x4,5", ["--at"]),
])
def test_places_outside_are_refused(refused, raw, at, words):
    refused("hexdump", "raw.bin", "--size", "7x5", "--trailing", "ok", f"--at={at}", words=words)


def test_a_place_is_needed(refused, raw):
    refused("hexdump", "raw.bin", "--size", "7x5", words=["--at"])


def test_too_many_pixels_are_refused(refused, here):
    (here / "large.bin").write_bytes(bytes(1 << 17))
    refused("hexdump", "large.bin", "--size", "512x256", "--at", "0,0,512x256", words=["65536"])
