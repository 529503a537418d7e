"""IDX and HGT: arrays whose header is a few bytes, or none."""

import struct

import numpy as np
import pytest

TYPES = {"u1": 8, "i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}


def pixels(dtype, shape, seed=1):
    generator = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return generator.normal(0, 100, shape).astype(dtype)
    info = np.iinfo(dtype)
    return generator.integers(info.min, info.max, shape, endpoint=True).astype(dtype)


def write(array, path="a.idx"):
    code = next(code for name, code in TYPES.items() if np.dtype(name) == array.dtype)
    head = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    with open(path, "wb") as file:
        file.write(head + array.tobytes())
    return head


@pytest.mark.parametrize("shape", [(5, 7), (4, 5, 7), (2, 3, 5, 7), (1, 1)], ids=str)
@pytest.mark.parametrize("dtype", TYPES)
def test_an_array_of_idx_is_mapped_and_edited(imgtool, here, dtype, shape):
    array = pixels(dtype, shape)
    write(array)
    frames = array.reshape(-1, *shape[-2:])
    assert imgtool("info", "a.idx", "--json").json["frames"] == len(frames)
    for frame, wanted in enumerate(frames):
        imgtool("open", "a.idx", "--frame", frame, "--expect-shared", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), wanted)
    imgtool("open", "a.idx", "--frame", "last", "--access", "rw", "--put", "0,0=5")
    frames[-1, 0, 0] = 5
    assert open("a.idx", "rb").read()[4 + 4 * array.ndim:] == array.tobytes()


@pytest.mark.parametrize("mode,dtype", [("L", "u1"), ("I", ">i4"), ("F", ">f4")])
def test_what_is_saved_is_the_header_and_the_samples(imgtool, here, mode, dtype):
    array = pixels(dtype, (5, 7))
    head = write(array)
    array.tofile("raw.bin")
    rawmode = {"L": "L", "I": "I;32BS", "F": "F;32BF"}[mode]
    words = ["raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode]
    imgtool("frombuffer", *words, "--save", "o.idx")
    assert (here / "o.idx").read_bytes() == head + array.tobytes()
    assert imgtool("header", *words, "--format", "idx").output == head


@pytest.mark.parametrize("head,words", [
    ([0, 0, 8, 1, 0, 0, 0, 9], "2 axes"), ([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 1], "at least 1"),
    ([0, 0, 8, 3] + [255] * 12, "limit"), ([0, 0, 8, 2, 0, 0, 0, 9, 0, 0, 0, 9], "bytes in all"),
    ([0, 0, 8, 8, 0, 0], "a size")])
def test_files_that_hold_no_image_are_refused(refused, here, head, words):
    (here / "a.idx").write_bytes(bytes(head) + bytes(3))
    refused("open", "a.idx", "--hash", words=words)


@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
@pytest.mark.parametrize("side", [1201, 3601])
def test_heights_are_those_that_gdal_reads(imgtool, refused, here, side):
    import rasterio  # GDAL, which takes a while to load

    array = pixels(">i2", (side, side))
    array.tofile("N37W105.hgt")
    run = imgtool("open", "N37W105.hgt", "--expect-shared", "--save", "o.npy")
    assert "-32768 stands for" in run.errors
    with rasterio.open("N37W105.hgt") as file:
        assert np.array_equal(np.load("o.npy"), file.read(1))
    with open("N37W105.hgt", "ab") as file:
        file.write(b"\0")
    refused("open", "N37W105.hgt", "--hash", words=["2884802 for 1201x1201"])
