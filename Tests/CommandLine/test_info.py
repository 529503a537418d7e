"""`info` of a file that has to be decoded: the header is read, and no pixel but for `--stats`."""

import json
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL
from test_bmp_read import bmp, indices
from test_tga_read import colors32, packets, picture
from test_tga_read import header as tga_header
from test_tiff_read import tiff

MIB = 1 << 20


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(path, width, height, color):
    """A PNG of zeros. All its rows but the first few are copies of the same packed bytes."""
    band = bytes(1 + width * (3 if color == 2 else 1))
    count, rest = divmod(height, 100)
    packer = zlib.compressobj(9, wbits=-15)
    first = packer.compress(band * rest) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(band * 100) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = len(band) * height % 65521 << 16 | 1
    body = b"\x78\xda" + first + again * count + packer.flush() + struct.pack(">I", checksum)
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body)
                     + chunk(b"IEND", b""))


def test_the_spawner_counts_the_memory_of_the_command_alone(spawner, here):
    own = bytearray(400 * MIB)
    own[::4096] = b"\1" * len(own[::4096])
    assert spawner.run(TOOL, "--version", cwd=here).memory < 64 * MIB
    big = "own = bytearray(300 << 20); own[::4096] = b'1' * len(own[::4096])"
    assert spawner.run(sys.executable, "-c", big, cwd=here).memory > 300 * MIB
    assert own[-4096]


@pytest.mark.parametrize("color,mode,words", [(0, "L", ["info"]), (2, "RGB", ["info", "--json"])])
def test_a_png_of_900_megapixels_is_described_in_a_few_megabytes(spawner, here, color, mode, words):
    png(here / "big.png", 30000, 30000, color)
    # Its rows are damaged: who unpacked them would find that out.
    with open(here / "big.png", "r+b") as file:
        file.seek(1000)
        file.write(b"\xff" * 1000)
    assert spawner.run(TOOL, "info", "--stats", "big.png", cwd=here).status == 2
    spent = spawner.run(TOOL, *words, "big.png", cwd=here)
    assert spent.status == 0, spent.errors
    assert spent.memory < 48 * MIB
    if "--json" in words:
        facts = json.loads(spent.output)
        assert (facts["size"], facts["mode"]) == ([30000, 30000], mode)
        assert facts["need"] == facts["byteCount"] == 30000 * 30000 * len(mode)
    else:
        assert spent.output.startswith(f"big.png: 30000x30000 {mode} (png)\n".encode())


def qoi(path):
    rgb = picture()
    body = b"".join(b"\xfe" + bytes(pixel) for pixel in rgb.reshape(-1, 3).tolist())
    path.write_bytes(b"qoif" + struct.pack(">IIBB", 5, 6, 3, 0) + body + bytes(7) + b"\1")


def runs(path):
    array = indices(used=16, shape=(3, 4))
    body = b"".join(b"".join(bytes([1, v]) for v in row) + b"\0\0" for row in array.tolist())
    bmp(path, array, used=16, compression=1, body=body + b"\0\1")


def packed_tga(path):
    path.write_bytes(tga_header(10, 32, 8) + packets(colors32(picture(), 9), 4))


def deflated(path):
    tiff(path, 7, 5, [zlib.compress(bytes(range(35)))], compression=8)


def two_pages(path):
    first, second = (Image.fromarray(picture()[..., 0] + n) for n in (0, 1))
    first.save(path, compression="tiff_lzw", save_all=True, append_images=[second])


# Files that are decoded, each with the part of its bytes that the header needs.
COMPRESSED = {
    "png": (lambda path: png(path, 40, 30, 2), 60), "qoi": (qoi, 14), "bmp": (runs, 14 + 40 + 64),
    "tga": (packed_tga, 18 + 5), "pgm": (lambda p: p.write_text("P2 3 2 255\n1 2 3 4 5 6\n"), 11),
    "tif": (deflated, None), "page.tif": (two_pages, None),
}


@pytest.mark.parametrize("kind", COMPRESSED)
def test_the_header_says_what_the_pixels_would_have_said(imgtool, here, kind):
    make, _ = COMPRESSED[kind]
    make(here / f"in.{kind}")
    header = imgtool("info", f"in.{kind}", "--json").json
    whole = imgtool("info", f"in.{kind}", "--json", "--stats").json
    assert whole.pop("bands") and not header["shared"] and header["copyReason"]
    assert header == whole
    assert imgtool("info", f"in.{kind}").text in imgtool("info", f"in.{kind}", "--stats").text
    with Image.open(here / f"in.{kind}") as image:
        assert header["size"] == list(image.size) and header["frames"] == getattr(
            image, "n_frames", 1)


@pytest.mark.parametrize("kind", [kind for kind, (_, length) in COMPRESSED.items() if length])
def test_rows_that_are_damaged_do_not_hide_what_the_header_says(imgtool, refused, here, kind):
    make, length = COMPRESSED[kind]
    make(here / f"in.{kind}")
    whole = imgtool("info", f"in.{kind}", "--json").json
    data = (here / f"in.{kind}").read_bytes()
    (here / f"in.{kind}").write_bytes(data[:length])
    assert imgtool("info", f"in.{kind}", "--json").json == whole
    refused("info", f"in.{kind}", "--stats", words=f"in.{kind}")


def test_what_info_refused_of_a_file_that_is_decoded_it_still_refuses(refused, here):
    png(here / "in.png", 8, 8, 0)
    refused("info", "in.png", "--access", "rw", words=["in.png", "cannot reach the file", "--access cow"])
    refused("info", "in.png", "--emit-layout", words=["in.png", "no layout"])


def test_a_palette_of_the_command_line_is_counted(imgtool, here):
    image = Image.fromarray(np.zeros((4, 4), "u1"), "P")
    image.putpalette([1, 2, 3])
    image.save(here / "in.png")
    (here / "colors").write_bytes(bytes(30))
    assert imgtool("info", "in.png", "--palette", "colors", "--json").json["palette"] == 10


# What was asked for, and the sum that makes the last byte.
SUMS = [
    (["--offset", 10, "--stride", 24], "10 + 4 x 24 + 21 = 127 bytes"),
    (["--offset", 10, "--stride", 24, "--orientation", "-1"], "10 + 4 x 24 + 21 = 127 bytes"),
    (["--interleave", "plane"], "0 + 2 x 35 (planes) + 4 x 7 + 7 = 105 bytes"),
    (["--interleave", "plane", "--stride", 8, "--plane-stride", 50, "--offset", 3],
     "3 + 2 x 50 (planes) + 4 x 8 + 7 = 142 bytes"),
    (["--interleave", "plane", "--orientation", "-1"], "0 + 2 x 35 (planes) + 4 x 7 + 7 = 105 bytes"),
    (["--interleave", "line"], "0 + 4 x 21 + 21 = 105 bytes"),
    (["--rawmode", "XBGR"], "1 + 4 x 28 + 27 = 140 bytes"),
    (["--frame", "1", "--orientation", "-1"], "105 + 4 x 21 + 21 = 210 bytes"),
]


@pytest.mark.parametrize("words,says", SUMS)
def test_the_sum_of_a_layout_is_true(imgtool, here, words, says):
    (here / "raw.bin").write_bytes(bytes(250))
    text = imgtool("info", "raw.bin", "--size", "7x5", "--mode", "RGB", *words, "--trailing", "ok").text
    (line,) = [line for line in text.splitlines() if line.startswith("need: ")]
    assert line == f"need: {says}"
    left, _, right = line[len("need: "):-len(" bytes")].replace("(planes)", "").replace("x", "*").partition("=")
    assert eval(left) == int(right)  # Only digits, + and * are left.


def test_the_sum_of_a_two_line_bottom_up_file_is_true(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(115))
    text = imgtool("info", "raw.bin", "--size", "5x2", "--offset", 102, "--stride", 8, "--orientation", "-1").text
    assert "need: 102 + 1 x 8 + 5 = 115 bytes\n" in text


@pytest.mark.parametrize("frame", [0, 4, 8])
def test_the_bytes_after_one_of_several_frames_are_said_to_be_others(imgtool, here, frame):
    np.save(here / "a.npy", np.zeros((9, 5, 7), "<u2"))
    data = (here / "a.npy").read_bytes()
    (here / "a.npy").write_bytes(data + b"x" * 12)
    text = imgtool("info", "a.npy", "--frame", frame).text
    behind = (8 - frame) * 70 + 12
    assert f"have: {len(data) + 12} bytes, {behind} after the last row of this frame, 12 after all frames\n" in text


@pytest.mark.parametrize("name", ["bayer-rggb8", "bayer-gbrg16le"])
def test_the_name_of_a_mosaic_is_shown(imgtool, here, name):
    (here / "a.raw").write_bytes(bytes(128))
    line = ["info", "a.raw", "--size", "8x8", "--rawmode", name, "--trailing", "ok"]
    assert f"({name})" in imgtool(*line).text
    assert imgtool(*line, "--json").json["rawmode"] == name
