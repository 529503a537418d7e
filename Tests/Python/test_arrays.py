"""Memory of others: which objects are shared, in which layout, and whether they are written."""

import array
import ctypes
import gc
import mmap

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool
from imgtool import _memory


def address(numbers: np.ndarray) -> int:
    return numbers.__array_interface__["data"][0]


@pytest.mark.parametrize(
    "make",
    [bytearray, lambda data: array.array("B", data), lambda data: memoryview(bytearray(data)),
     lambda data: (ctypes.c_ubyte * len(data))(*data),
     lambda data: np.frombuffer(data, "u1").copy()],
    ids=["bytearray", "array.array", "memoryview", "ctypes", "numpy"])
def test_writable_buffers_are_written(make):
    data = make(bytes(range(6)))
    image = imgtool.frombuffer("L", (3, 2), data)
    assert (image.mode, image.size, image.readonly) == ("L", (3, 2), False)
    data[5] = 99
    assert image.getpixel((2, 1)) == 99
    image.putpixel((0, 0), 77)
    assert data[0] == 77


def test_bytes_are_shared_and_read_only():
    data = bytes(range(6))
    image = imgtool.frombuffer("L", (3, 2), data)
    assert image.readonly and image.getpixel((2, 1)) == 5
    assert image.sharing().address == address(np.frombuffer(data, "u1"))
    with pytest.raises(imgtool.Error, match="read-only"):
        image.putpixel((0, 0), 1)
    assert not np.asarray(image).flags.writeable


def test_a_mapped_file_of_python_is_shared(here):
    (here / "raw.bin").write_bytes(bytes(range(6)))
    with open("raw.bin", "r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
        image = imgtool.frombuffer("L", (3, 2), mapped)
        image.putpixel((1, 0), 200)
        image.close()
        mapped.close()
    assert (here / "raw.bin").read_bytes()[1] == 200


def test_an_export_is_held_as_long_as_a_view_lives():
    data = bytearray(6)
    image = imgtool.frombuffer("L", (3, 2), data)
    view = image.crop((0, 0, 1, 1))
    image.close()
    with pytest.raises(BufferError):
        data.append(0)
    view.close()
    data.append(0)


@pytest.mark.parametrize(
    "refused",
    [lambda data: imgtool.frombuffer("L", (99, 99), data),
     lambda data: imgtool.frombuffer("XYZ", (1, 1), data),
     lambda data: imgtool.frombuffer("L", ("1", 1), data),
     lambda data: imgtool.frombuffer("L", (1, 1), data, interleave="tile"),
     lambda data: imgtool.frombuffer("L", (1, 1), memoryview(data)[::2]),
     lambda data: imgtool.fromarray(data, "RGB")])
def test_memory_that_is_refused_is_let_go(refused):
    data = bytearray(6)
    before = _memory.held()
    with pytest.raises(Exception):
        refused(data)
    gc.collect()
    assert _memory.held() == before
    data.append(0)


VIEWS = {
    "as it is": lambda a: a,
    "bottom-up": lambda a: a[::-1],
    "mirrored": lambda a: a[:, ::-1],
    "transposed": lambda a: a.swapaxes(0, 1),
    "each second column": lambda a: a[:, ::2],
    "a part": lambda a: a[1:3, 1:4],
    "one pixel": lambda a: a[2:3, 3:4],
    "one row for all": lambda a: np.broadcast_to(a[1], a.shape),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("mode", support.MODES)
def test_arrays_are_shared_with_their_strides(mode, view):
    numbers = support.random_array(mode, (6, 5))
    shown = VIEWS[view](numbers)
    image = imgtool.fromarray(shown, mode)
    back = np.asarray(image)
    assert np.array_equal(back, shown) and back.dtype == shown.dtype
    assert address(back) == address(shown) and np.shares_memory(back, numbers)
    numbers[...] = support.random_array(mode, (6, 5), 1)
    assert np.array_equal(back, shown)
    expected = Pillow.frombytes(
        "I;16" if mode in ("I;16L", "I;16N") else mode, image.size,
        np.ascontiguousarray(shown).tobytes(), "raw",
        "I;16" if mode in ("I;16L", "I;16N") else support.rawmode(mode))
    assert image.getdata() == [
        expected.getpixel((x, y)) for y in range(image.height) for x in range(image.width)]


@pytest.mark.parametrize("bands", [1, 3])
def test_planes_are_one_image(bands):
    planes = np.arange(bands * 6, dtype="u1").reshape(bands, 2, 3)
    image = imgtool.fromarray(planes.transpose(1, 2, 0) if bands > 1 else planes[0])
    planes[0, 1, 2] = 250
    assert np.asarray(image).reshape(2, 3, bands)[1, 2, 0] == 250


@pytest.mark.parametrize(
    "dtype, mode",
    [("?", "1"), ("u1", "L"), ("i1", "I"), ("<u2", "I;16"), (">u2", "I;16B"), ("<i2", "I"),
     (">i2", "I"), ("<i4", "I"), (">i4", "I"), ("<u4", "I"), (">u4", "I"), ("<i8", "I"),
     ("<u8", "I"), ("<f2", "F"), (">f2", "F"), ("<f4", "F"), (">f4", "F"), ("<f8", "F"),
     (">f8", "F")])
def test_a_number_type_decides_the_mode(dtype, mode):
    numbers = np.array([[0, 1, 1], [1, 0, 1]], dtype)
    image = imgtool.fromarray(numbers)
    assert image.mode == mode
    white = 255 if mode == "1" else 1
    assert image.getdata() == [0, white, white, white, 0, white]
    assert np.asarray(image).dtype == numbers.dtype and np.shares_memory(np.asarray(image), numbers)


@pytest.mark.parametrize("dtype", ["<u2", ">u2"])
@pytest.mark.parametrize("bands", [2, 3, 4])
def test_color_of_16_bits_keeps_them(dtype, bands):
    numbers = np.full((2, 2, bands), 0x1234, dtype)
    image = imgtool.fromarray(numbers)
    assert image.getpixel((1, 1)) == (0x1234,) * bands
    assert np.shares_memory(np.asarray(image), numbers)


def test_numbers_of_a_mode_that_is_asked_for():
    numbers = np.arange(4, dtype="<i2").reshape(2, 2)
    assert imgtool.fromarray(numbers, "F").getpixel((1, 1)) == 3.0
    with pytest.raises(imgtool.Error, match="LA"):
        imgtool.fromarray(numbers, "LA")
    with pytest.raises(imgtool.Error, match="bands"):
        imgtool.fromarray(np.zeros((2, 2, 4), "u1"), "RGB")
    for library in imgtool, Pillow:
        with pytest.raises(TypeError, match="are not pixels|Cannot handle"):
            library.fromarray(np.zeros((2, 2), "c8"))
    with pytest.raises(imgtool.Error, match="shape"):
        imgtool.fromarray(np.zeros((2, 2, 0), "u1"))


def test_memory_with_gaps_needs_strides():
    numbers = np.zeros((4, 4), "u1")[:, ::2]
    with pytest.raises(imgtool.Error, match="gaps"):
        imgtool.frombuffer("L", (2, 4), numbers)


def test_layouts_as_pillow_names_them():
    data = bytes(range(64))
    image = imgtool.frombuffer("RGB", (2, 2), data, "raw", "BGRX", 12, -1)
    expected = Pillow.frombytes("RGB", (2, 2), data[:24], "raw", "BGRX", 12, -1)
    assert image.getdata() == [expected.getpixel((x, y)) for y in range(2) for x in range(2)]
    image = imgtool.frombuffer("RGB", (2, 2), data, offset=3, interleave="plane", plane_stride=8)
    assert image.getpixel((1, 1)) == (6, 14, 22)
    with pytest.raises(imgtool.Error, match="rawmode|does not store"):
        imgtool.frombuffer("L", (2, 2), data, "raw", "BGR")


@pytest.mark.parametrize(
    "mode, rawmode, word",
    [("1", "1", "whole"), ("L", "L;4", "whole"), ("RGB", "BGR;16", "whole"),
     ("L", "L;I", "inverted"), ("CMYK", "CMYK;I", "inverted"), ("RGB", "RGB;L", ""), ("RGBA", "BGRA", "unequal")])
def test_arrays_show_what_is_stored_or_nothing(mode, rawmode, word):
    data = bytearray(range(32))
    image = imgtool.frombuffer(mode, (4, 2), data, "raw", rawmode)
    if word:
        with pytest.raises(imgtool.Error, match=word):
            np.asarray(image, copy=False)
    else:
        assert np.shares_memory(np.asarray(image), np.frombuffer(data, "u1"))
    copied = image.toarray()
    expected = Pillow.frombytes(mode, (4, 2), bytes(data), "raw", rawmode)
    assert np.array_equal(copied, np.asarray(expected))


def test_indices_are_grays_until_a_palette_is_given():
    data = bytearray([1, 0])
    assert imgtool.frombuffer("P", (2, 1), data).convert("RGB").getpixel((0, 0)) == (1, 1, 1)
    image = imgtool.frombuffer("P", (2, 1), data, palette=[9, 8, 7, 255, 128, 0])
    assert image.convert("RGB").getpixel((0, 0)) == (255, 128, 0)
    assert image.getpalette() == [9, 8, 7, 255, 128, 0]
    assert imgtool.new("L", (1, 1)).getpalette() is None


def test_pictures_of_pillow_are_shared_by_their_bytes():
    picture = Pillow.new("RGB", (2, 2), (1, 2, 3))
    assert imgtool.fromarray(picture).getpixel((1, 1)) == (1, 2, 3)


def test_one_array_of_a_file_of_several(here):
    arrays = {"first": np.arange(12, dtype=np.uint8).reshape(3, 4),
              "second": np.arange(40, dtype=np.uint16).reshape(5, 8)}
    np.savez(here / "a.npz", **arrays)
    for name, array in arrays.items():
        opened = imgtool.open("a.npz", "ro", tensor=name)
        assert (np.asarray(opened) == array).all() and opened.sharing().shared
        with open("a.npz", "rb") as file:
            assert (np.asarray(imgtool.open(file, tensor=name)) == array).all()
    with pytest.raises(imgtool.Error, match="third"):
        imgtool.open("a.npz", tensor="third")
    with pytest.raises(imgtool.Error, match="one frame"):
        imgtool.open("a.npz", frame=1, tensor="first")
