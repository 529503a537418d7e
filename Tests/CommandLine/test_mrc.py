"""MRC2014: files of mrcfile are read equal, edited in place, and written for it."""

import struct

import numpy as np
import pytest

mrcfile = pytest.importorskip("mrcfile")

TYPES = ["i1", "i2", "f4", "u2", "f2"]


def pixels(dtype, shape=(5, 7), seed=1):
    generator = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return generator.normal(0, 100, shape).astype(dtype)
    info = np.iinfo(dtype)
    return generator.integers(info.min, info.max, shape, endpoint=True).astype(dtype)


def write(array, path="a.mrc", order="<", extended=b""):
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(array)
        if extended:
            file.set_extended_header(np.frombuffer(extended, "V1"))
    if order == ">":
        with mrcfile.open(path) as file:
            head, data = file.header.copy(), file.data.copy()
        head = head.astype(head.dtype.newbyteorder(">"))
        head["machst"] = [0x11, 0x11, 0, 0]
        with open(path, "wb") as out:
            out.write(head.tobytes() + extended + data.astype(data.dtype.newbyteorder(">")).tobytes())


def read(path="a.mrc"):
    with mrcfile.open(path) as file:
        return file.data.copy()


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("extended", [b"", bytes(200)], ids=["", "extended"])
def test_what_mrcfile_writes_is_read_equal_and_edited(imgtool, here, dtype, order, extended):
    array = pixels(dtype)
    write(array, order=order, extended=extended)
    assert np.array_equal(read(), array)
    imgtool("open", "a.mrc", "--expect-shared", "--no-copy", "--save", "o.npy")
    # The first row is the lowest, as IMOD shows it.
    assert np.array_equal(np.load("o.npy").astype(dtype), array[::-1])
    value = 2.5 if dtype[0] == "f" else 77
    imgtool("open", "a.mrc", "--access", "rw", "--put", f"3,4={value}")
    array[0, 3] = value
    assert np.array_equal(read(), array)


@pytest.mark.parametrize("shape", [(3, 5, 7), (1, 1), (1, 33, 17)], ids=str)
def test_sections_are_frames(imgtool, here, shape):
    array = pixels("f4", shape)
    write(array)
    sections = array.reshape(-1, *shape[-2:])
    assert imgtool("info", "a.mrc", "--json").json["frames"] == len(sections)
    for frame, wanted in enumerate(sections):
        imgtool("open", "a.mrc", "--frame", frame, "--expect-shared", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), wanted[::-1])


@pytest.mark.parametrize("mode,rawmode,dtype", [
    ("I;16", "I;16", "<u2"), ("I;16B", "I;16B", ">u2"), ("F", "F", "<f4"), ("F", "F;32BF", ">f4"),
    ("F", "F;16F", "<f2")])
@pytest.mark.parametrize("size", [(7, 5), (1, 1), (40000, 2)], ids=str)
def test_what_is_saved_is_read_by_mrcfile(imgtool, here, mode, rawmode, dtype, size):
    array = pixels(dtype, size[::-1])
    array.tofile("raw.bin")
    words = ["raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", mode, "--rawmode", rawmode]
    imgtool("frombuffer", *words, "--save", "o.mrc")
    assert mrcfile.validate("o.mrc", print_file=open("said", "w")), open("said").read()
    found = read("o.mrc")
    assert found.dtype == array.dtype and np.array_equal(found, array[::-1])
    before = (here / "o.mrc").read_bytes()
    imgtool("open", "o.mrc", "--expect-shared", "--save", "o.mrc")
    assert (here / "o.mrc").read_bytes() == before
    imgtool("header", *words, "--orientation", "-1", "--format", "mrc", "--output", "head")
    (here / "w.mrc").write_bytes((here / "head").read_bytes() + array.tobytes())
    assert np.array_equal(read("w.mrc"), array)


def test_whole_numbers_stay_whole_where_16_bits_hold_them(imgtool, refused, here):
    for dtype in ["i1", "i2"]:
        array = pixels(dtype)
        write(array)
        imgtool("open", "a.mrc", "--save", "o.mrc")
        assert read("o.mrc").dtype == dtype and np.array_equal(read("o.mrc"), array)
        imgtool("verify", "a.mrc", "--save", "v.mrc")
    array = pixels("i2").astype("i4")
    array.tofile("raw.bin")
    words = ["frombuffer", "raw.bin", "--size", "7x5", "--mode", "I"]
    refused(*words, "--save", "n.mrc", words=["--as 'I;16S' (16 bits) or --convert F", "nifti"])
    for rawmode, order in [("I;16S", "<"), ("I;16BS", ">")]:
        imgtool(*words, "--as", rawmode, "--save", "o.mrc")
        assert read("o.mrc").dtype == order + "i2" and np.array_equal(read("o.mrc"), array[::-1])
    imgtool(*words, "--convert", "F", "--save", "o.mrc")
    assert np.array_equal(read("o.mrc"), array[::-1].astype("f4"))
    refused(*words, "--put", "0,0=32768", "--as", "I;16S", "--save", "n.mrc", words="16 bits")


@pytest.mark.parametrize("flags,unsigned", [(None, False), (0, True), (1, False)])
def test_bytes_of_imod_are_unsigned_unless_it_says_otherwise(imgtool, here, flags, unsigned):
    array = pixels("i1")
    write(array)
    if flags is not None:
        data = bytearray((here / "a.mrc").read_bytes())
        data[152:160] = b"IMOD" + struct.pack("<i", flags)
        (here / "a.mrc").write_bytes(data)
    imgtool("open", "a.mrc", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), (array.view("u1") if unsigned else array)[::-1])


@pytest.mark.parametrize("mode,words", [(3, "complex"), (4, "complex"), (101, "4 bits"), (7, "mode 7"),
                                        (-1, "mode -1")])
def test_other_modes_are_refused_by_name(refused, here, mode, words):
    write(pixels("i2"))
    data = bytearray((here / "a.mrc").read_bytes())
    data[12:16] = struct.pack("<i", mode)
    (here / "a.mrc").write_bytes(data)
    refused("open", "a.mrc", "--hash", words=words)


@pytest.mark.parametrize("at,value,words", [
    (0, -7, "at least one"), (4, 0, "at least one"), (8, 0, "at least one"), (0, 2**31 - 1, "bytes in all"),
    (8, 2, "2 frames"), (92, -4, "-4 bytes"), (92, 2**31 - 1, "bytes in all")])
def test_headers_that_lie_are_refused(refused, here, at, value, words):
    write(pixels("i2"))
    data = bytearray((here / "a.mrc").read_bytes())
    data[at:at + 4] = struct.pack("<i", value)
    (here / "a.mrc").write_bytes(data)
    refused("open", "a.mrc", "--hash", words=words)


def test_a_file_without_a_stamp_is_read_by_what_makes_sense(imgtool, here):
    for order in "<>":
        array = pixels("i2")
        write(array, order=order)
        data = bytearray((here / "a.mrc").read_bytes())
        data[212:216] = bytes(4)
        (here / "a.mrc").write_bytes(data)
        imgtool("open", "a.mrc", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), array[::-1])


def test_a_file_cut_anywhere_is_refused(imgtool, here):
    write(pixels("i2"))
    whole = (here / "a.mrc").read_bytes()
    for count in [*range(1, len(whole), 29), len(whole) - 1]:
        (here / "cut.mrc").write_bytes(whole[:count])
        imgtool("open", "cut.mrc", "--hash", ok=2)


def test_sharing_is_proved(imgtool, here):
    write(pixels("u2", (16, 16)))
    assert "shared" in imgtool("verify", "a.mrc").text
