"""Objects that are not pixels, files that are cut, and saves onto what is being read."""

import contextlib
import ctypes
import errno
import io
import mmap
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import support  # noqa: F401
from PIL import Image as Pillow

import imgtool

# Runs where an end of the process is a result.
PROGRAM = """
import ctypes, mmap, os, sys
import numpy as np, imgtool
try:
    {call}
except Exception as error:
    print(type(error).__name__, error)
else:
    print("done")
"""


def run(call: str, **streams) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(call=call)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        text=True, timeout=60, stderr=subprocess.PIPE, **{"stdout": subprocess.PIPE, **streams})
    assert done.returncode == 0, (signal.Signals(-done.returncode), done.stderr)
    return done.stdout


class Described:
    """An object that says what its memory is."""

    def __init__(self, **fields):
        self.array = np.zeros(64, "u1")
        self.__array_interface__ = {**self.array.__array_interface__, **fields}


OBJECTS = {
    "an array": lambda: np.full((4, 4), None),
    "a field": lambda: np.zeros((4, 4), [("a", "u1"), ("b", "O")]),
    "a field of a field": lambda: np.zeros((4, 4), [("a", [("b", "O"), ("c", "u1")])]),
    "a buffer": lambda: memoryview(np.full(64, None)),
    "objects of ctypes": lambda: (ctypes.py_object * 4)(*"abcd"),
    "pointers": lambda: (ctypes.POINTER(ctypes.c_int) * 4)(),
    "addresses": lambda: (ctypes.c_void_p * 4)(),
    "strings of C": lambda: (ctypes.c_char_p * 4)(b"a"),
    "an interface": lambda: Described(typestr="|O8", shape=(4, 2)),
    "an interface of fields": lambda: Described(
        typestr="|V8", shape=(4, 2), descr=[("a", [("b", "|O8")])]),
}
TAKERS = {
    "frombuffer": lambda data: imgtool.frombuffer("L", (4, 4), data),
    "frombytes": lambda data: imgtool.frombytes("L", (4, 4), data),
    "fromarray": imgtool.fromarray,
    "fromarray in a mode": lambda data: imgtool.fromarray(data, "L"),
    "Image.frombytes": lambda data: imgtool.new("L", (4, 4)).frombytes(data),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("kind", OBJECTS)
def test_addresses_are_not_pixels(kind, taker):
    with pytest.raises(TypeError, match="arrays of dtype object are not pixels"):
        TAKERS[taker](OBJECTS[kind]())


def test_names_of_fields_may_have_any_letters():
    data = np.zeros((4, 4), [("OPXz&", "u1"), ("Z", "u1")])
    assert imgtool.frombuffer("LA", (4, 4), data).size == (4, 4)
    assert imgtool.frombuffer("L", (4, 4), np.zeros(4, "c8")).size == (4, 4)


MAPS = {
    "memmap": "m = np.memmap('a', 'u1', 'r')",
    "memmap with steps": "m = np.memmap('a', 'u1', 'r')[::2]",
    "memmap backwards": "m = np.memmap('a', 'u1', 'r')[::-1]",
    "view of a memmap": "m = np.asarray(np.memmap('a', 'u1', 'r'))",
    "mmap": "f = open('a', 'r+b'); m = mmap.mmap(f.fileno(), 0)",
    "memoryview": "f = open('a', 'r+b'); m = memoryview(mmap.mmap(f.fileno(), 0))",
    "memoryview backwards": "f = open('a', 'r+b'); m = memoryview(mmap.mmap(f.fileno(), 0))[::-1]",
    "array of ctypes": "f = open('a', 'r+b'); "
                       "m = (ctypes.c_ubyte * 40000).from_buffer(mmap.mmap(f.fileno(), 0))",
}
READERS = {
    "putdata": "imgtool.new('L', (200, 200)).putdata(m)",
    "putdata with a scale": "imgtool.new('L', (200, 200)).putdata(m, 0.5)",
    "putpalette": "imgtool.new('P', (2, 2)).putpalette(m)",
    "point": "imgtool.new('L', (2, 2)).point(m)",
    "palette": "imgtool.frombuffer('P', (2, 2), bytes(4), palette=m)",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("map", MAPS)
def test_an_argument_may_be_a_map_of_a_file_that_was_cut(here, map, reader):
    (here / "a").write_bytes(bytes(40000))
    answer = run(f"{MAPS[map]}; os.truncate('a', 5000); {READERS[reader]}")
    assert answer.startswith("UnidentifiedImageError"), answer


ARRAYS = [
    np.arange(12, dtype="u1"), np.arange(24, dtype="u1")[::2], np.arange(12, dtype="u1")[::-1],
    np.arange(12, dtype=">u2"), np.arange(12, dtype="i8")[::-1], np.arange(12, dtype="f8"),
    np.broadcast_to(np.uint8(7), (12,)), np.ma.array(np.arange(12)), np.zeros(0, "u1"),
    np.array(list(range(12)), "O"), memoryview(bytes(range(24)))[::2],
    memoryview(np.arange(12, dtype="i2")), memoryview(np.arange(12, dtype="f4"))[::-1],
    (ctypes.c_uint16 * 12)(*range(12)), range(12),
]


@pytest.mark.parametrize("data", ARRAYS, ids=lambda data: type(data).__name__)
def test_sequences_of_all_kinds_are_the_numbers_that_they_were(data):
    expected, image = Pillow.new("L", (4, 3)), imgtool.new("L", (4, 3))
    expected.putdata([int(number) for number in data])
    image.putdata(data)
    assert image.tobytes() == expected.tobytes()


# MARK: Onto the file that is read

NOISE = np.random.default_rng(0).integers(0, 256, (100, 100, 3), "u1")
IMAGES = {
    "a map of NumPy": "im = imgtool.fromarray(np.memmap('a', 'u1', 'r+', shape=(100, 100, 3)))",
    "a private map of NumPy": "im = imgtool.fromarray("
                              "np.memmap('a', 'u1', 'c', shape=(100, 100, 3)))",
    "a part": "im = imgtool.fromarray(np.memmap('a', 'u1', 'r+', shape=(100, 100, 3))[50:])",
    "our map": "im = imgtool.fromfile('a', 'RGB', (100, 100))",
}
SAVES = {
    "/dev/fd": "fd = os.open('a', os.O_RDWR); im.save('/dev/fd/%d' % fd, 'png')",
    "/proc/self/fd": "fd = os.open('a', os.O_RDWR); im.save('/proc/self/fd/%d' % fd, 'png')",
    "replacing": "fd = os.open('a', os.O_RDWR); im.save('/dev/fd/%d' % fd, 'png', replace=True)",
    "raw behind the start": "fd = os.open('a', os.O_RDWR); os.lseek(fd, 30, 0); "
                            "im.save('/dev/fd/%d' % fd, 'raw')",
    "an object": "im.save(open('a', 'r+b', buffering=0), 'png')",
    "an object with a buffer": "im.save(open('a', 'r+b'), 'png')",
}


@pytest.mark.parametrize("save", SAVES)
@pytest.mark.parametrize("image", IMAGES)
def test_a_file_is_not_overwritten_while_it_is_read(here, image, save):
    (here / "a").write_bytes(NOISE.tobytes())
    answer = run(f"{IMAGES[image]}; {SAVES[save]}")
    assert "the mapped file" in answer
    assert (here / "a").read_bytes() == NOISE.tobytes()


@pytest.mark.parametrize("image", IMAGES)
def test_standard_output_may_be_that_file(here, image):
    (here / "a").write_bytes(NOISE.tobytes())
    with open("a", "r+b") as file:
        run(f"{IMAGES[image]}; im.save('/dev/stdout', 'png')", stdout=file)
    # The refusal was printed there.
    assert b"PNG" not in (here / "a").read_bytes()[:8]
    assert (here / "a").read_bytes()[1000:] == NOISE.tobytes()[1000:]


def test_what_already_is_the_file_is_flushed_to_its_descriptor(here):
    (here / "a").write_bytes(NOISE.tobytes())
    answer = run(IMAGES["a map of NumPy"] + "; fd = os.open('a', os.O_RDWR); "
                 "im.putpixel((0, 0), (1, 2, 3)); im.save('/dev/fd/%d' % fd, 'raw')")
    assert answer == "done\n"
    assert (here / "a").read_bytes() == b"\1\2\3" + NOISE.tobytes()[3:]


def test_other_files_are_written_to_objects_and_descriptors(here):
    (here / "a").write_bytes(NOISE.tobytes())
    image = imgtool.fromarray(np.memmap("a", "u1", "r+", shape=(100, 100, 3)))
    with open("b.png", "wb") as file:
        image.save(file)
    with open("c.png", "wb") as file:
        image.save(f"/dev/fd/{file.fileno()}", "png")
    for name in ("b.png", "c.png"):
        assert np.array_equal(np.asarray(Pillow.open(name)), NOISE)


# MARK: Files

def test_a_save_flushes_what_an_object_holds_back(here):
    with open("a.png", "wb") as file:
        imgtool.fromarray(NOISE).save(file)
        assert np.array_equal(np.asarray(Pillow.open("a.png")), NOISE)


def test_a_full_disk_is_told_by_the_save():
    file = open("/dev/full", "wb")
    with pytest.raises(OSError) as caught:
        imgtool.new("L", (2, 2)).save(file, "png")
    assert caught.value.errno == errno.ENOSPC
    with contextlib.suppress(OSError):
        file.close()


@pytest.mark.parametrize("suffix", ["bmp", "png"])
def test_an_object_is_not_opened_to_be_edited(here, suffix):
    Pillow.fromarray(NOISE).save(f"a.{suffix}")
    with open(f"a.{suffix}", "r+b") as file, pytest.raises(ValueError, match="edits do not reach"):
        imgtool.open(file, access="rw")


def test_an_object_is_read_from_its_start():
    file = io.BytesIO()
    imgtool.fromarray(NOISE).save(file, "png")
    assert np.array_equal(np.asarray(imgtool.open(file)), np.asarray(Pillow.open(file)))


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_pipe_is_read_from_where_it_stands(buffering):
    expected = io.BytesIO()
    Pillow.fromarray(NOISE[:10, :10]).save(expected, "png")
    reading, writing = os.pipe()
    os.write(writing, expected.getvalue())
    os.close(writing)
    with open(reading, "rb", buffering=buffering) as file:
        assert imgtool.open(file).tobytes() == NOISE[:10, :10].tobytes()


def test_a_file_that_may_only_be_read_is_not_permitted_to_be_edited(here):
    (here / "a").write_bytes(NOISE.tobytes())
    Pillow.fromarray(NOISE).save("a.bmp")
    for name in ("a", "a.bmp"):
        os.chmod(name, 0o444)
    os.chmod(here, 0o755)
    seen = []
    user = os.geteuid()
    # Root may write everything.
    opened = os.open(".", os.O_PATH)
    if user == 0:
        os.seteuid(65534)
    try:
        for call in (lambda: open(f"/proc/self/fd/{opened}/a", "r+b"),
                     lambda: imgtool.fromfile(f"/proc/self/fd/{opened}/a", "RGB", (100, 100),
                                              access="rw"),
                     lambda: imgtool.open(f"/proc/self/fd/{opened}/a.bmp", access="rw")):
            try:
                call()
            except OSError as error:
                seen.append((isinstance(error, PermissionError), error.errno))
    finally:
        os.seteuid(user)
        os.close(opened)
    assert seen == [(True, errno.EACCES)] * 3


def test_a_directory_that_is_gone_is_not_found(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(FileNotFoundError):
        imgtool.new("L", (2, 2)).save("a.png")
