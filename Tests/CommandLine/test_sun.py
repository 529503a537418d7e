"""Sun raster files against Pillow, Netpbm, ffmpeg and ImageMagick."""

import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oracles import PALETTE
from stored import array, check_cuts, check_sharing, facts, put, shown, text


def rows(data, height):
    """Rows padded to 16 bits."""
    stride = len(data) // height
    return b"".join(data[y * stride:(y + 1) * stride] + bytes(stride % 2) for y in range(height))


def plain(width, height, bits, body, kind=1, colors=b""):
    head = struct.pack(">8I", 0x59A66A95, width, height, bits, len(body) if kind else 0, kind,
                       bool(colors), len(colors))
    return head + colors + body


def netpbm(program, path):
    done = subprocess.run([program("rasttopnm"), path], capture_output=True, check=True)
    Path("read.pnm").write_bytes(done.stdout)
    return np.asarray(Image.open("read.pnm"))


@pytest.mark.parametrize("size", [(5, 7), (5, 8), (1, 1), (1, 301), (301, 1), (17, 33)])
@pytest.mark.parametrize("suffix", ["pgm", "ppm"])
def test_what_netpbm_writes_is_shared_and_edited_in_place(imgtool, here, program, size, suffix):
    """It gives pictures of up to 256 colors a color map."""
    pixels = array("u1", size if suffix == "pgm" else (*size, 3))
    Image.fromarray(pixels).save(f"in.{suffix}")
    done = subprocess.run([program("pnmtorast"), "-standard", f"in.{suffix}"], capture_output=True, check=True)
    Path("a.ras").write_bytes(done.stdout)
    mode = facts("a.ras")["mode"]
    assert mode == ("RGB" if suffix == "ppm" and pixels.size > 768 else "P")
    imgtool("open", "a.ras", "--no-copy", "--expect-shared",
            "--convert", "L" if suffix == "pgm" else "RGB", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), pixels)
    put("a.ras", size[1] - 1, 0, 0 if mode == "P" else [1, 2, 3])
    after = netpbm(program, "a.ras")
    assert after.shape == pixels.shape and (mode == "P" or after[0, -1].tolist() == [1, 2, 3])
    pixels[0, -1] = after[0, -1]
    assert np.array_equal(after, pixels)


@pytest.mark.parametrize("kind,order", [(0, "BGR"), (1, "BGR"), (3, "RGB")])
@pytest.mark.parametrize("bits", [24, 32])
def test_the_type_says_the_order_of_the_colors(here, program, kind, order, bits):
    pixels = array("u1", (5, 7, 3))
    stored = pixels if order == "RGB" else pixels[..., ::-1]
    if bits == 32:
        stored = np.concatenate([np.full((5, 7, 1), 9, "u1"), stored], axis=2)
    Path("a.ras").write_bytes(plain(7, 5, bits, rows(stored.tobytes(), 5), kind))
    assert np.array_equal(shown("a.ras"), pixels)
    # Pillow 13 has the padding of 32 bits last, unlike the specification, Netpbm and ffmpeg.
    assert kind == 0 or np.array_equal(netpbm(program, "a.ras"), pixels)
    done = subprocess.run([program("ffmpeg"), "-v", "error", "-i", "a.ras", "-f", "rawvideo", "-pix_fmt", "rgb24",
                           "-"], capture_output=True, check=True)
    assert done.stdout == pixels.tobytes()


def test_black_is_1_without_a_color_map(here, program):
    pixels = array("?", (5, 19))
    body = rows(np.packbits(~pixels, axis=1).tobytes(), 5)
    Path("a.ras").write_bytes(plain(19, 5, 1, body))
    assert facts("a.ras")["mode"] == "1"
    assert np.array_equal(shown("a.ras"), pixels)
    assert np.array_equal(netpbm(program, "a.ras"), pixels)


@pytest.mark.parametrize("bits", [1, 8])
def test_a_color_map_is_a_palette(imgtool, here, program, bits):
    count = 2 if bits == 1 else 256
    indices = (array("u1", (5, 7)).astype("u2") % count).astype("u1")
    body = np.packbits(indices.astype(bool), axis=1).tobytes() if bits == 1 else indices.tobytes()
    planes = np.frombuffer(PALETTE, "u1").reshape(256, 3)[:count]
    Path("a.ras").write_bytes(plain(7, 5, bits, rows(body, 5), 1, planes.T.tobytes()))
    run = imgtool("open", "a.ras", "--no-copy", "--expect-shared", "--convert", "RGB", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), planes[indices]), run
    assert np.array_equal(netpbm(program, "a.ras"), planes[indices])


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
@pytest.mark.parametrize("size", [(7, 5), (8, 4), (1, 1)])
def test_what_is_saved_is_read_by_others_and_by_open(imgtool, here, program, mode, size):
    width, height = size
    pixels = array("?" if mode == "1" else "u1", (height, width) + ((3,) if mode == "RGB" else ()))
    data = np.packbits(pixels, axis=1) if mode == "1" else pixels
    Path("raw.bin").write_bytes(data.tobytes())
    Path("p.pal").write_bytes(PALETTE)
    colors = ["--palette", "p.pal"] if mode == "P" else []
    imgtool("frombuffer", "raw.bin", "--size", f"{width}x{height}", "--mode", mode, *colors,
            "--save", "o.ras", "--expect-shared")
    wanted = np.frombuffer(PALETTE, "u1").reshape(256, 3)[pixels] if mode == "P" else pixels
    assert np.array_equal(netpbm(program, "o.ras"), wanted)
    # One pixel of random bytes may look like a brush of GIMP.
    with Image.open("o.ras", formats=["SUN"]) as image:
        found = image.convert("RGB") if mode == "P" else image
        assert np.array_equal(np.asarray(found), wanted)
    if mode != "P":
        assert np.array_equal(shown("o.ras"), pixels)
    imgtool("frombuffer", "raw.bin", "--size", f"{width}x{height}", "--mode", mode, *colors,
            "--compare", "o.ras")


def test_another_process_writes_and_the_image_shows_it(here):
    pixels = array("u1", (5, 7))
    Path("a.ras").write_bytes(plain(7, 5, 8, rows(pixels.tobytes(), 5)))
    check_sharing("a.ras", "a.ras", 32, text(pixels[0, 0]), "77", bytes([77]))


def test_run_lengths_of_imagemagick_are_refused_by_name(refused, here):
    Path("a.ras").write_bytes(plain(7, 5, 8, bytes(40), 2))
    refused("open", "a.ras", "--hash", words=["run-length", "rasttopnm"])


@pytest.mark.parametrize("at,number,words", [
    (4, 0, "0x5"), (8, 0, "7x0"), (4, 0xFFFFFFFF, "4294967295x5"), (4, 0x7FFFFFFF, "bytes in the file"),
    (12, 7, "7 bits"), (20, 4, "type 4"), (20, 0xFFFF, "type 65535"), (28, 3, "color map of kind 0"),
    (28, 0xFFFFFFFF, "color map")])
def test_headers_that_cannot_be_are_refused(refused, here, at, number, words):
    data = bytearray(plain(7, 5, 8, bytes(40)))
    data[at:at + 4] = struct.pack(">I", number)
    Path("a.ras").write_bytes(data)
    refused("open", "a.ras", "--hash", words=["a.ras", words])


def test_a_file_that_is_cut_anywhere_is_refused(here):
    Path("a.ras").write_bytes(plain(8, 5, 8, bytes(range(40))))
    check_cuts("a.ras", "a.ras", range(1, 72))
