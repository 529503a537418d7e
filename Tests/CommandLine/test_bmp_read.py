"""BMP files whose header says of its pixels what cannot be: read as Pillow reads them, or refused."""

import struct
import subprocess

import numpy as np
import pytest
from PIL import Image

COLORS = np.random.default_rng(4).integers(0, 256, (256, 3), "u1")


def bmp(path, indices, *, bits=8, start=None, used=None, header=40, compression=0, body=None):
    """An indexed file; `start` is what bfOffBits says and `used` biClrUsed."""
    height, width = indices.shape
    count = used or 1 << bits
    table = b"".join(bytes(color[::-1]) + b"\0" * (header > 12) for color in COLORS[:count].tolist())
    if body is None:
        packed = np.unpackbits(indices[..., None], axis=-1)[..., 8 - bits:].reshape(height, -1)
        packed = np.packbits(packed, axis=1)
        packed = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4)))
        body = packed[::-1].tobytes()
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(body),
                           0, 0, used or 0, 0).ljust(header, b"\0")
    after = 14 + len(info) + len(table)
    start = after if start is None else start
    path.write_bytes(b"BM" + struct.pack("<IHHI", after + len(body), 0, 0, start) + info + table + body)


def indices(bits=8, used=None, shape=(9, 13)):
    return np.random.default_rng(bits).integers(0, used or 1 << bits, shape, "u1")


@pytest.mark.parametrize("bits", [1, 4, 8])
@pytest.mark.parametrize("header", [12, 40, 108, 124])
@pytest.mark.parametrize("used", [None, 2])
def test_rows_that_start_where_the_colors_do_come_after_them(imgtool, here, bits, header, used):
    used = None if header == 12 else used
    array = indices(bits, used)
    bmp(here / "in.bmp", array, bits=bits, header=header, used=used, start=14 + header)
    assert np.array_equal(np.asarray(Image.open(here / "in.bmp").convert("RGB")), COLORS[array])
    imgtool("open", "in.bmp", "--expect-shared", "--convert", "RGB", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), COLORS[array])


def test_runs_that_start_where_the_colors_do_come_after_them(imgtool, here):
    array = indices(used=16, shape=(3, 4))
    runs = b"".join(bytes([1, v]) for row in array[::-1].tolist() for v in row)
    runs = b"".join(runs[at:at + 8] + b"\0\0" for at in range(0, 24, 8)) + b"\0\1"
    bmp(here / "in.bmp", array, used=16, start=54, compression=1, body=runs)
    assert np.array_equal(np.asarray(Image.open(here / "in.bmp").convert("RGB")), COLORS[array])
    imgtool("open", "in.bmp", "--convert", "RGB", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), COLORS[array])


@pytest.mark.parametrize("start", [55, 58, 66, 117])
def test_rows_that_start_between_the_colors_that_the_header_counts_are_refused(
        refused, here, start):
    bmp(here / "in.bmp", indices(used=16), used=16, start=start)
    refused("open", "in.bmp", "--save", "out.npy",
            words=["in.bmp", f"rows from byte {start}", "16 colors", "118"])


@pytest.mark.parametrize("start", [1, 14, 53])
@pytest.mark.parametrize("bits", [8, 24])
def test_rows_that_start_inside_of_the_header_are_refused(refused, here, start, bits):
    bmp(here / "in.bmp", indices(), start=start)
    if bits == 24:
        Image.new("RGB", (5, 5)).save(here / "in.bmp")
        data = bytearray((here / "in.bmp").read_bytes())
        data[10:14] = struct.pack("<I", start)
        (here / "in.bmp").write_bytes(data)
    refused("open", "in.bmp", "--save", "out.npy",
            words=["in.bmp", f"rows from byte {start}", "54"])


@pytest.mark.parametrize("count", [2, 16, 255])
def test_rows_may_come_after_fewer_colors_than_the_bits_allow(imgtool, here, count):
    """biClrUsed is 0, which stands for all 256, and the rows tell that there are fewer."""
    array = indices(used=count)
    bmp(here / "in.bmp", array, used=count)
    data = bytearray((here / "in.bmp").read_bytes())
    data[46:50] = bytes(4)
    (here / "in.bmp").write_bytes(data)
    imgtool("open", "in.bmp", "--convert", "RGB", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), COLORS[array])
    assert np.array_equal(np.asarray(Image.open(here / "in.bmp").convert("RGB")), COLORS[array])


@pytest.mark.parametrize("bits", [1, 4, 8])
@pytest.mark.parametrize("header", [12, 40, 108])
@pytest.mark.parametrize("into", [1, 4, 7, 40, 160])
@pytest.mark.parametrize("shape", [(64, 64), (2, 3)])
def test_colors_that_the_rows_run_over_are_read_all_the_same(
        imgtool, here, program, bits, header, into, shape):
    """biClrUsed is 0, and the rows start among the 2, 16 or 256 colors that it stands for."""
    entry = 3 if header == 12 else 4
    if into >= entry << bits:
        into = 1
    bmp(here / "in.bmp", indices(bits, shape=shape), bits=bits, header=header,
        start=14 + header + into)
    wanted = np.asarray(Image.open(here / "in.bmp").convert("RGB"))
    if bits == 8:  # ImageMagick rounds the colors of smaller pixels to as many bits.
        subprocess.run([program("convert"), "in.bmp", "ppm:magick.ppm"], check=True)
        assert np.array_equal(np.asarray(Image.open("magick.ppm").convert("RGB")), wanted)
    imgtool("open", "in.bmp", "--trailing", "ok", "--expect-shared", "--convert", "RGB", "--save",
            "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), wanted)


def test_a_file_may_end_before_the_colors_that_its_rows_run_over(imgtool, here):
    array = indices(used=3, shape=(2, 4))
    bmp(here / "in.bmp", array, used=3)
    data = bytearray((here / "in.bmp").read_bytes())
    data[46:50] = bytes(4)
    (here / "in.bmp").write_bytes(data)
    imgtool("open", "in.bmp", "--convert", "RGB", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), COLORS[array])
    assert np.array_equal(np.asarray(Image.open(here / "in.bmp").convert("RGB")), COLORS[array])
