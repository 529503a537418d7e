"""DDS against Pillow and ImageMagick; headers of DX10 by the numbers of Microsoft's documentation."""

import struct
import subprocess

import numpy as np
import pytest
from PIL import Image

from cuts import refuse_every_cut
from oracles import random_bytes, samples, source

SIZE = (7, 5)


def head(flags, bits, masks=(0, 0, 0, 0), code=0, size=SIZE, levels=1, caps2=0, depth=0, dx10=None):
    data = b"DDS " + struct.pack("<7I44x", 124, 0x1007, size[1], size[0], 0xFFFFFFFF, depth, levels)
    data += struct.pack("<8I", 32, flags, code, bits, *masks)
    data += struct.pack("<5I", 0x1000, caps2, 0, 0, 0)
    return data if dx10 is None else data + struct.pack("<5I", *dx10)


def dx10(number, count=1, misc=0, **more):
    return head(4, 0, code=0x30315844, dx10=(number, 3, misc, count, 0), **more)


def loaded(imgtool, path="a.dds", *words):
    imgtool("open", path, *words, "--expect-shared", "--no-copy", "--save", "out.npy")
    return np.load("out.npy")


@pytest.mark.parametrize("size", [SIZE, (8, 6), (33, 3), (1, 1)], ids=str)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_what_pillow_writes_is_read_and_what_is_written_is_read_by_it(imgtool, here, mode, size):
    data, raw = source(here, mode, size)
    array = samples(mode, size, data)
    Image.frombytes(mode, size, data).save("a.dds")
    assert np.array_equal(loaded(imgtool), array)
    imgtool("frombuffer", *raw, "--save", "b.dds")
    with Image.open("b.dds") as image:
        assert image.mode == mode and np.array_equal(np.asarray(image), array)
    assert np.array_equal(loaded(imgtool, "b.dds"), array)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_what_is_written_is_read_by_imagemagick(imgtool, here, program, mode):
    data, raw = source(here, mode, SIZE)
    imgtool("frombuffer", *raw, "--save", "a.dds")
    seen = subprocess.run([program("convert"), "a.dds", "-depth", "8", f"{mode.lower()}:-"],
                          capture_output=True, check=True).stdout
    assert seen == data


MASKED = {
    "565": (0x40, 16, (0xF800, 0x7E0, 0x1F, 0)), "5551": (0x41, 16, (0x7C00, 0x3E0, 0x1F, 0x8000)),
    "4444": (0x41, 16, (0xF00, 0xF0, 0xF, 0xF000)), "332": (0x40, 8, (0xE0, 0x1C, 3, 0)),
    "x888": (0x40, 32, (0xFF0000, 0xFF00, 0xFF, 0)), "rgba": (0x41, 32, (0xFF, 0xFF00, 0xFF0000, 0xFF000000)),
    "abgr": (0x41, 32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF)), "rgb": (0x40, 24, (0xFF, 0xFF00, 0xFF0000, 0)),
    "L4A4": (0x20001, 8, (0xF, 0, 0, 0xF0)), "A8": (2, 8, (0, 0, 0, 0xFF))}


@pytest.mark.parametrize("kind", MASKED)
def test_samples_are_the_bits_under_their_masks(imgtool, here, kind):
    flags, bits, masks = MASKED[kind]
    size = bits // 8
    data = random_bytes(35 * size, kind)
    (here / "a.dds").write_bytes(head(flags, bits, masks) + data)
    padded = np.pad(np.frombuffer(data, "u1").reshape(35, size), ((0, 0), (0, 4 - size)))
    words = padded.copy().view("<u4").reshape(5, 7).astype(int)
    bands = [(words & mask) * 255 // mask for mask in masks if mask]
    wanted = bands[0] if len(bands) == 1 else np.stack(bands, -1)
    assert np.array_equal(loaded(imgtool), wanted)
    if kind not in ("332", "L4A4", "A8"):
        with Image.open("a.dds") as image:
            # Pillow rounds words of few bits in another way.
            assert np.abs(np.asarray(image).astype(int) - wanted).max() <= 1


NUMBERS = {
    61: "u1", 56: "<u2", 57: "<u2", 54: "<f2", 41: "<f4", 43: "<i4", 59: "<i2", 64: "i1", 28: "4u1", 29: "4u1",
    11: "4<u2", 10: "4<f2", 2: "4<f4", 6: "3<f4", 3: "4<u4", 8: "3<i4", 14: "4<i2", 32: "4i1"}


@pytest.mark.parametrize("number,kind", NUMBERS.items())
def test_samples_of_dx10_are_whole_numbers(imgtool, here, number, kind):
    bands, dtype = (int(kind[0]), np.dtype(kind[1:])) if kind[0].isdigit() else (1, np.dtype(kind))
    array = np.random.default_rng(number).integers(0, 100, (5, 7, bands)).astype(dtype)
    (here / "a.dds").write_bytes(dx10(number) + array.tobytes())
    assert np.array_equal(loaded(imgtool).reshape(array.shape), array)


@pytest.mark.parametrize("number,order", [(87, [2, 1, 0, 3]), (91, [2, 1, 0, 3]), (88, [2, 1, 0])])
def test_blue_may_come_first(imgtool, here, number, order):
    array = np.frombuffer(random_bytes(140), "u1").reshape(5, 7, 4)
    (here / "a.dds").write_bytes(dx10(number) + array.tobytes())
    assert np.array_equal(loaded(imgtool), array[..., order])


@pytest.mark.parametrize("code,kind", [(36, "4<u2"), (111, "<f2"), (113, "4<f2"), (114, "<f4"), (116, "4<f4")])
def test_numbers_of_direct3d_9(imgtool, here, code, kind):
    bands, dtype = (4, kind[1:]) if kind[0] == "4" else (1, kind)
    array = np.arange(35 * bands).reshape(5, 7, bands).astype(dtype)
    (here / "a.dds").write_bytes(head(4, 0, code=code) + array.tobytes())
    assert np.array_equal(loaded(imgtool).reshape(array.shape), array)


def test_sixteen_bits_of_gray(imgtool, here):
    array = np.arange(35, dtype="<u2").reshape(5, 7) * 1000
    (here / "a.dds").write_bytes(head(0x20000, 16, (0xFFFF, 0, 0, 0)) + array.tobytes())
    assert np.array_equal(loaded(imgtool), array)


@pytest.mark.parametrize("mode,rawmode", [
    ("RGB", "BGR;16"), ("RGBA", "BGRA;15"), ("RGBA", "RGBA;4B"), ("RGB", "BGRX"), ("RGBA", "RGBA"),
    ("RGBA", "RGBA;16L"), ("F", "F;16F"), ("F", "F"), ("I;16", "I;16"), ("I", "I;16S"), ("L", "L"), ("LA", "LA"),
    ("RGBA", "RGBA;32F"), ("RGB", "RGB;32F")])
def test_what_header_writes_open_reads(imgtool, here, mode, rawmode):
    data = np.random.default_rng(3).random(35 * 4).astype("<f4").tobytes()
    (here / "raw.bin").write_bytes(data)
    words = ["raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode, "--trailing", "ok"]
    (here / "a.dds").write_bytes(imgtool("header", *words, "--format", "dds").output + data)
    imgtool("frombuffer", *words, "--save", "wanted.npy")
    assert np.array_equal(loaded(imgtool, "a.dds", "--trailing", "ok"), np.load("wanted.npy"), equal_nan=True)


def levels(size, count, depth=1):
    return sum(max(1, size[0] >> i) * max(1, size[1] >> i) * max(1, depth >> i) for i in range(count))


@pytest.mark.parametrize("what", ["cube", "array", "volume", "cube of two faces"])
def test_faces_textures_and_slices_are_frames(imgtool, here, what):
    step = levels(SIZE, 3)
    count = {"cube": 6, "array": 3, "volume": 4, "cube of two faces": 2}[what]
    more = {"cube": head(0x20000, 8, (255, 0, 0, 0), levels=3, caps2=0xFE00),
            "cube of two faces": head(0x20000, 8, (255, 0, 0, 0), levels=3, caps2=0x600 | 0x800),
            "array": dx10(61, 3, levels=3),
            "volume": head(0x20000, 8, (255, 0, 0, 0), levels=3, caps2=0x200000, depth=4)}[what]
    data = random_bytes(levels(SIZE, 3, 4) if what == "volume" else step * count, what)
    (here / "a.dds").write_bytes(more + data)
    if what == "volume":
        step = 35
    for frame in range(count):
        wanted = np.frombuffer(data, "u1", 35, frame * step).reshape(5, 7)
        assert np.array_equal(loaded(imgtool, "a.dds", "--frame", frame), wanted)
    run = imgtool("open", "a.dds", "--save", "b.png")
    assert "2 smaller levels" in run.errors and f"{count} frames" in run.errors
    assert imgtool("info", "a.dds", "--json").json["frames"] == count


def test_edits_reach_the_file(imgtool, here):
    Image.frombytes("RGBA", SIZE, random_bytes(140)).save("a.dds")
    wanted = np.asarray(Image.open("a.dds")).copy()
    imgtool("open", "a.dds", "--access", "rw", "--put", "3,4=1,2,3,4", "--fill", "2x2+0+0=9,8,7,6")
    wanted[4, 3], wanted[:2, :2] = (1, 2, 3, 4), (9, 8, 7, 6)
    assert np.array_equal(np.asarray(Image.open("a.dds")), wanted)
    imgtool("verify", "a.dds")


@pytest.mark.parametrize("kind,name", [("DXT1", "BC1"), ("DXT3", "BC2"), ("DXT5", "BC3"), ("BC2", "BC2"),
                                       ("BC3", "BC3"), ("BC5", "BC5")])
def test_blocks_that_pillow_writes_are_refused_by_name(refused, here, kind, name):
    mode = "RGB" if kind == "BC5" else "RGBA"
    Image.frombytes(mode, (8, 8), random_bytes(64 * len(mode))).save("a.dds", pixel_format=kind)
    refused("open", "a.dds", "--hash", words=[f"{name}"])


@pytest.mark.parametrize("data,words", [
    (dx10(98), ["BC7"]), (dx10(95), ["BC6H"]), (dx10(16), ["DXGI_FORMAT 16"]), (head(4, 0, code=110), ["110"]),
    (head(4, 0, code=0x32315659), ["YV12"]), (head(0x200, 16), ["video"]), (head(0x20, 8), ["palette"]),
    (head(0x40, 12), ["12 bits"]), (head(0x40, 32, (0xF0F, 0, 0, 0)), ["0xf0f"]),
    (head(0x40, 32, (255, 255, 255, 0), size=(0, 5)), ["0x5"]),
    (head(0x40, 32, (255, 255, 255, 0), size=(4294967295, 4294967295)), ["4294967295"]),
    (head(0x40, 32, (255, 255, 255, 0), levels=99), ["99 levels"]),
    (head(0x40, 32, (255, 255, 255, 0), size=(7, 6)), ["bytes in all"]),
    (dx10(61, 4294967295), ["bytes in all"]), (dx10(61, 4294967295, 4), ["bytes in all"]),
    (head(0x20000, 8, (255, 0, 0, 0), caps2=0x200000, depth=4294967295), ["bytes in all"])])
def test_what_cannot_be_read_is_refused_by_name(refused, here, data, words):
    (here / "a.dds").write_bytes(data + bytes(140))
    refused("open", "a.dds", "--hash", words=words)


@pytest.mark.parametrize("data,size", [(head(0x20000, 8, (255, 0, 0, 0)), 128), (dx10(61), 148)],
                         ids=["masks", "DX10"])
def test_a_file_that_ends_early_is_refused_at_every_byte(here, data, size):
    assert refuse_every_cut(data + bytes(35), "a.dds", size) > size
