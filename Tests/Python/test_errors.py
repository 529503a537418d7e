"""What is refused is an error of the language, and an `imgtool.Error`: the tables say which."""

import errno
import io
import multiprocessing
import os
import pickle
import resource

import numpy as np
import pytest

import imgtool


@pytest.fixture
def image():
    return imgtool.new("L", (4, 4))


SYSTEM = {
    "open what is not there": (
        FileNotFoundError, errno.ENOENT, "none.png", lambda im: imgtool.open("none.png")),
    "map what is not there": (
        FileNotFoundError, errno.ENOENT, "none.raw",
        lambda im: imgtool.fromfile("none.raw", "L", (1, 1))),
    "open a directory": (
        IsADirectoryError, errno.EISDIR, "folder", lambda im: imgtool.open("folder")),
    "save into no directory": (
        FileNotFoundError, errno.ENOENT, "none/a.png", lambda im: im.save("none/a.png")),
    "open below a file": (
        NotADirectoryError, errno.ENOTDIR, "file/a.png", lambda im: imgtool.open("file/a.png")),
    "save to a full device": (
        OSError, errno.ENOSPC, "/dev/full", lambda im: im.save("/dev/full", "png")),
    "a path of bytes": (
        FileNotFoundError, errno.ENOENT, b"none\xff.png", lambda im: imgtool.open(b"none\xff.png")),
}


@pytest.mark.parametrize("name", SYSTEM)
def test_what_the_system_refuses_has_its_number_and_the_path(here, image, name):
    kind, number, path, call = SYSTEM[name]
    (here / "folder").mkdir()
    (here / "file").write_bytes(b"")
    with pytest.raises(kind) as caught:
        call(image)
    assert isinstance(caught.value, imgtool.Error)
    assert (caught.value.errno, caught.value.filename) == (number, path)
    assert os.strerror(number) in str(caught.value)


def test_as_the_function_open_of_python_says_it(here):
    for path in ["none.png", here / "none.png", b"none.png"]:
        with pytest.raises(OSError) as theirs:
            open(path)
        with pytest.raises(OSError) as ours:
            imgtool.open(path)
        assert str(ours.value) == str(theirs.value)


def test_too_many_open_files(here, image):
    image.save("a.bmp")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, hard))
        while len(held) < 100:
            try:
                held.append(os.dup(0))
            except OSError:
                break
        with pytest.raises(OSError) as caught:
            imgtool.open("a.bmp")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for descriptor in held:
            os.close(descriptor)
    assert caught.value.errno == errno.EMFILE


VALUES = {
    "a pixel outside": (IndexError, lambda im: im.getpixel((4, 0))),
    "a pixel outside on the left": (IndexError, lambda im: im.getpixel((-5, 0))),
    "a pixel far outside": (IndexError, lambda im: im.getpixel((1 << 80, 0))),
    "a pixel at no number": (IndexError, lambda im: im.getpixel((float("nan"), 0))),
    "a pixel to be set outside": (IndexError, lambda im: im.putpixel((0, 4), 1)),
    "a number of NumPy": (ValueError, lambda im: imgtool.fromarray(np.float32(3))),
    "an array without axes": (ValueError, lambda im: imgtool.fromarray(np.zeros(()))),
    "an array of four axes": (ValueError, lambda im: imgtool.fromarray(np.zeros((1, 1, 1, 1)))),
    "an array of dates": (TypeError, lambda im: imgtool.fromarray(np.zeros((1, 1), "M8[s]"))),
    "an array of objects": (ValueError, lambda im: imgtool.fromarray(np.zeros((1, 1), "O"))),
    "no position": (TypeError, lambda im: im.getpixel(3)),
    "a position of three": (TypeError, lambda im: im.getpixel((1, 2, 3))),
    "a position in words": (TypeError, lambda im: im.getpixel(("1", "2"))),
    "a value out of range": (ValueError, lambda im: im.putpixel((0, 0), 256)),
    "a value for more bands": (ValueError, lambda im: im.putpixel((0, 0), (1, 2, 3, 4, 5))),
    "an edit of bytes": (
        ValueError, lambda im: imgtool.frombuffer("L", (1, 1), b"a").putpixel((0, 0), 1)),
    "a mode that is none": (ValueError, lambda im: imgtool.new("XYZ", (1, 1))),
    "a mode with a zero byte": (ValueError, lambda im: imgtool.new("L\0", (1, 1))),
    "a rawmode with a zero byte": (
        ValueError, lambda im: imgtool.frombuffer("L", (1, 1), b"a", "raw", "L\0B")),
    "a format with a zero byte": (ValueError, lambda im: im.save(io.BytesIO(), "png\0")),
    "a mode that is a number": (TypeError, lambda im: imgtool.new(5, (1, 1))),
    "a size of fractions": (TypeError, lambda im: imgtool.new("L", (1.5, 2))),
    "a size of one": (ValueError, lambda im: imgtool.new("L", (1,))),
    "an interleave that is none": (
        ValueError, lambda im: imgtool.frombuffer("L", (2, 2), bytes(4), interleave="pixels")),
    "an access that is none": (ValueError, lambda im: imgtool.open("a.png", access="write")),
    "a format that is none": (ValueError, lambda im: im.save("a.png", "jpeg9")),
    "a suffix that is none": (ValueError, lambda im: im.save("a.xyz")),
    "no format": (ValueError, lambda im: im.save(io.BytesIO())),
    "memory that cannot be had": (MemoryError, lambda im: imgtool.new("L", (1 << 20, 1 << 20))),
    "an image that is none": (TypeError, lambda im: im.compare(5)),
    "a tensor that is none": (TypeError, lambda im: imgtool.from_dlpack(5)),
    "an array of Arrow that is none": (TypeError, lambda im: imgtool.fromarrow(5, "L", (1, 1))),
    "an export that cannot be": (BufferError, lambda im: memoryview(im.convert("1"))),
    "a file of no format": (OSError, lambda im: imgtool.open(io.BytesIO(b"nothing at all"))),
    "a file that is empty": (OSError, lambda im: imgtool.open(io.BytesIO())),
}


@pytest.mark.parametrize("name", VALUES)
def test_what_is_refused_is_an_error_of_the_language(here, image, name):
    kind, call = VALUES[name]
    before = image.tobytes()
    with pytest.raises(kind) as caught:
        call(image)
    for word in ["NULL", "struct", "options.", "layout.", "byte_count", "/proc/self"]:
        assert word not in str(caught.value)
    if not (here / "a.png").exists():
        assert image.tobytes() == before


@pytest.mark.parametrize(
    "call", [lambda im, path: im.save(path), lambda im, path: imgtool.open(path),
             lambda im, path: imgtool.fromfile(path, "L", (1, 1))])
@pytest.mark.parametrize("path", ["a.png\0.bmp", b"a.png\0.bmp"])
def test_a_zero_byte_in_a_path_is_refused_as_open_refuses_it(here, image, call, path):
    with pytest.raises(ValueError, match="embedded null byte"):
        call(image, path)
    assert os.listdir() == []


@pytest.mark.parametrize("name", [b"\xff.png", b"\xc3\xa9\xfe.bmp", "\udcff.png", "é.png"])
def test_names_are_bytes(here, image, name):
    image.save(name)
    assert os.fsencode(os.listdir()[0]) == os.fsencode(name)
    assert imgtool.open(name).compare(image).same


def test_a_file_that_pillow_does_not_identify_is_no_image(here, image):
    (here / "text.png").write_bytes(b"some text")
    with pytest.raises(imgtool.UnidentifiedImageError, match="text.png"):
        imgtool.open("text.png")


def fail(kind):
    if kind == "missing":
        imgtool.open("/nonexistent.png")
    imgtool.new("L", (2, 2)).getpixel((9, 9))


def test_errors_travel_between_processes():
    for kind in ["missing", "outside"]:
        with pytest.raises(imgtool.Error) as caught:
            fail(kind)
        back = pickle.loads(pickle.dumps(caught.value))
        assert (type(back), str(back)) == (type(caught.value), str(caught.value))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(FileNotFoundError):
            pool.apply(fail, ("missing",))


class Interface:
    def __init__(self, **fields):
        self.__array_interface__ = {
            "version": 3, "shape": (4, 4), "typestr": "|u1", "data": bytearray(16), **fields}


WRONG = [
    {"shape": (5, 4)}, {"shape": (4, 4, 2)}, {"shape": (-4, -4)}, {"shape": (1 << 70, 1)},
    {"shape": (1 << 62, 1 << 62)}, {"shape": (1.5, 2)}, {"shape": "44"}, {"shape": None},
    {"shape": 4}, {"shape": ()}, {"shape": (0, 4)}, {"shape": (1,) * 40},
    {"strides": (5, 1)}, {"strides": (4, 2)}, {"strides": (-4, 1)}, {"strides": (1 << 62, 1)},
    {"strides": (1 << 100, 1)}, {"strides": (4,)}, {"strides": "ab"}, {"strides": (4, 1, 1)},
    {"offset": 1}, {"offset": -1}, {"offset": 1 << 80}, {"offset": "1"}, {"offset": None},
    {"typestr": "|u2"}, {"typestr": "u1"}, {"typestr": "<f8"}, {"typestr": ""}, {"typestr": None},
    {"typestr": 5}, {"typestr": "|u0"}, {"typestr": "|u99999999999999999999"}, {"typestr": "|u-1"},
    {"typestr": "|u١"}, {"typestr": b"|u1"},
    {"data": 5}, {"data": "text"}, {"data": (5,)}, {"data": ("1", False)}, {"data": (0, False)},
    {"data": (-1, False)}, {"data": (1 << 64, False)}, {"data": ((1 << 63) - 2, False)},
    {"data": memoryview(bytearray(32))[::2]}, {"data": bytearray(15)}, {"data": None},
    {"mask": bytearray(16)},
]


@pytest.mark.parametrize("fields", WRONG)
def test_an_array_interface_that_lies_is_refused(fields):
    for make in [imgtool.fromarray, lambda given: imgtool.frombuffer("L", (4, 4), given)]:
        given = Interface(**fields)
        try:
            found = make(given)
        except (TypeError, ValueError, OverflowError, BufferError, MemoryError):
            continue
        # What is not refused is without pixels, or within the buffer.
        assert 0 in found.size or found.sharing().byte_count <= 16


@pytest.mark.parametrize("wrong", [5, "text", [("shape", (1, 1))], object()])
def test_an_array_interface_that_is_no_dict_is_refused(wrong):
    given = Interface()
    given.__array_interface__ = wrong
    with pytest.raises(TypeError):
        imgtool.fromarray(given)


def test_an_array_interface_within_its_buffer_is_shared():
    data = bytearray(range(64))
    given = Interface(data=data, shape=(3, 2), strides=(-8, 2), offset=40)
    expected = np.ndarray((3, 2), "u1", data, 40, (-8, 2))
    image = imgtool.fromarray(given)
    assert np.array_equal(np.asarray(image), expected)
    image.putpixel((1, 2), 200)
    assert data[40 - 16 + 2] == 200


class Bytes(bytearray):
    """An object with a buffer of its own, and words about it."""

    __array_interface__ = {"version": 3, "shape": (2, 3), "typestr": "<u2"}


def test_an_array_interface_without_data_is_about_the_object_s_buffer():
    image = imgtool.fromarray(Bytes(range(12)))
    assert (image.mode, image.size, image.getpixel((1, 0))) == ("I;16", (3, 2), 0x0302)
    with pytest.raises(ValueError, match="buffer has 11"):
        imgtool.fromarray(Bytes(range(11)))
