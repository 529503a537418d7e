"""What images do: Pillow's methods, on shared memory, and what files hold."""

import io
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool


def shared(mode="RGB", size=(6, 5)):
    numbers = support.random_array(mode, size)
    return imgtool.fromarray(numbers, mode), numbers


def test_views_copy_nothing():
    image, numbers = shared()
    views = {
        "crop": (image.crop((1, 2, 4, 5)), numbers[2:5, 1:4]),
        "channel": (image.getchannel(1), numbers[:, :, 1]),
        "mirror": (image.reorient("h"), numbers[:, ::-1]),
        "turn": (image.reorient("90"), np.rot90(numbers, -1)),
        "every": (image.every(2, 3), numbers[::3, ::2]),
    }
    for name, (view, wanted) in views.items():
        assert np.array_equal(np.asarray(view), wanted), name
        assert np.shares_memory(np.asarray(view), numbers), name
        assert view.sharing().shared, name


def test_a_conversion_follows_the_pixels_and_is_read_only():
    image, numbers = shared()
    gray = image.convert("L")
    numbers[...] = 200
    assert gray.getpixel((0, 0)) == 200 and gray.readonly
    with pytest.raises(imgtool.Error, match="computed"):
        gray.putpixel((0, 0), 1)
    with pytest.raises(imgtool.Error, match="computed"):
        np.asarray(gray, copy=False)
    # A copy does not follow.
    copied = np.asarray(gray)
    numbers[...] = 7
    assert np.array_equal(copied, np.full((5, 6), 200))
    assert np.array_equal(gray.toarray(), np.full((5, 6), 7))


class Asked:
    """Whether NumPy says so when a copy is wanted; older ones say nothing."""

    def __array__(self, dtype=None, copy=None):
        self.copy = copy
        return np.zeros(1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA", "I", "F", "I;16", "CMYK", "HSV"])
def test_a_copy_of_computed_pixels_is_an_array(mode):
    asked = Asked()
    np.array(asked)
    if not asked.copy:
        pytest.skip("this NumPy does not say whether it wants a copy")
    source = "RGB" if mode != "I;16" else "I"
    image, numbers = shared(source)
    if source == "I":
        numbers %= 65536
    picture = Pillow.frombytes(source, (6, 5), numbers.tobytes(), "raw", source)
    expected = picture.convert(mode, dither=Pillow.Dither.NONE)
    assert np.array_equal(np.array(image.convert(mode)), np.asarray(expected))
    assert np.array(image.convert(mode), dtype="f4").dtype == "f4"


def test_a_copy_is_on_its_own():
    image, numbers = shared()
    copy = image.copy()
    before = copy.tobytes()
    numbers[...] = 0
    assert copy.tobytes() == before
    assert not copy.sharing().shared and "copy" in copy.sharing().reason


@pytest.mark.parametrize("mode", support.MODES)
def test_bytes_are_those_of_pillow(mode):
    numbers = support.random_array(mode, (9, 3))
    name = "I;16" if mode in ("I;16L", "I;16N") else mode
    expected = Pillow.frombytes(name, (9, 3), numbers.tobytes(), "raw", support.rawmode(name))
    assert imgtool.fromarray(numbers, mode).tobytes() == expected.tobytes("raw", name)
    assert imgtool.frombytes(mode, (9, 3), expected.tobytes("raw", name)).tobytes() == (
        expected.tobytes("raw", name))


def test_bytes_in_another_storage():
    image, numbers = shared()
    assert image.tobytes("raw", "BGR") == numbers[:, :, ::-1].tobytes()
    with pytest.raises(imgtool.Error, match="XYZ"):
        image.tobytes("raw", "XYZ")


def test_paste_takes_images_and_colors():
    image, numbers = shared()
    image.paste((1, 2, 3), (1, 1, 3, 4))
    assert (numbers[1:4, 1:3] == (1, 2, 3)).all()
    picture = imgtool.new("RGB", (2, 2), (9, 9, 9))
    image.paste(picture, (4, 3))
    assert (numbers[3:5, 4:6] == 9).all()
    image.paste(imgtool.new("L", (2, 2), 7), (0, 0, 2, 2))
    assert (numbers[:2, :2] == 7).all()
    with pytest.raises(imgtool.Error, match="opacity"):
        image.paste(imgtool.new("RGBA", (1, 1)), (0, 0))
    with pytest.raises(imgtool.Error, match="size"):
        image.paste(picture, (0, 0, 3, 3))
    with pytest.raises(imgtool.Error, match="mask"):
        image.paste(picture, (0, 0), picture)


def test_edits_are_in_the_array():
    image, numbers = shared()
    before = numbers.copy()
    image.invert()
    assert np.array_equal(numbers, 255 - before)
    image.flip("v")
    assert np.array_equal(numbers, 255 - before[::-1])
    image.swap(0, 2)
    assert np.array_equal(numbers, 255 - before[::-1, :, ::-1])
    numbers[...] = 5
    image.add(3)
    assert (numbers == 8).all()
    with pytest.raises(imgtool.Error, match="258"):
        image.add(250)
    ramp = imgtool.fromarray(np.array([[0, 50, 100]], "u1"))
    assert ramp.window(0, 100).getdata() == [0, 128, 255]


def test_questions():
    image, numbers = shared()
    other = imgtool.fromarray(numbers[::-1].copy()).reorient("v")
    assert image.compare(other).same and image.hash() == other.hash()
    other.putpixel((2, 1), tuple(255 - int(band) for band in numbers[1, 2]))
    found = image.compare(other)
    assert (found.same, found.count, found.first) == (False, 1, (2, 1))
    assert image.hash() != other.hash()
    accepted = image.compare(other, tolerance=255)
    assert (accepted.same, accepted.count, accepted.first) == (True, 1, None)
    assert not image.compare(image.crop((0, 0, 1, 1))).same


def test_an_outside_pixel_and_a_wrong_value_are_refused():
    image, numbers = shared()
    before = numbers.copy()
    for call in [lambda: image.getpixel((6, 0)), lambda: image.putpixel((0, 0), (0, 0, 256)),
                 lambda: image.putpixel((0, 0), (1, 2)), lambda: image.crop((3, 0, 1, 1)),
                 lambda: image.convert("XYZ"), lambda: imgtool.new("L", (-1, 1))]:
        with pytest.raises(imgtool.Error):
            call()
    assert np.array_equal(numbers, before)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "tga", "ppm", "npy"])
def test_pillow_and_numpy_read_what_is_saved(here, suffix):
    image, numbers = shared()
    image.save(f"out.{suffix}")
    found = np.load("out.npy") if suffix == "npy" else np.asarray(Pillow.open(f"out.{suffix}"))
    assert np.array_equal(found, numbers)
    assert imgtool.open(f"out.{suffix}").compare(image).same


def test_saving_to_an_object_that_writes():
    image, numbers = shared()
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=9)
    assert np.array_equal(np.asarray(Pillow.open(file)), numbers)

    class Full:
        name = "disk.png"

        def write(self, data):
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        image.save(Full())
    with pytest.raises(imgtool.Error, match="format"):
        image.save(io.BytesIO())


@pytest.mark.parametrize("format", ["png", "bmp"])
def test_opening_an_object_that_reads(format):
    image, numbers = shared()
    file = io.BytesIO()
    image.save(file, format)
    data = file.getvalue()
    file.seek(0)
    opened = imgtool.open(file)
    assert np.array_equal(opened.toarray(), numbers) and not opened.sharing().shared
    opened.putpixel((0, 0), (1, 2, 3))
    assert opened.getpixel((0, 0)) == (1, 2, 3) and file.getvalue() == data
    with pytest.raises(imgtool.Error, match="format"):
        imgtool.open(io.BytesIO(b"nothing that is an image"))


def test_save_names_what_it_refuses_and_what_it_leaves_out(here):
    image, _ = shared()
    with pytest.raises(imgtool.Error, match="suffix"):
        image.save("out.xyz")
    with pytest.raises(imgtool.Error, match="level"):
        image.save("out.png", compress_level=11)
    with pytest.warns(UserWarning, match="precision"):
        image.save("out.raw", rawmode="RGB;16")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image.save("out.png")


def test_files_are_mapped(here):
    image, numbers = shared()
    image.save("out.bmp")
    opened = imgtool.open("out.bmp", access="rw")
    opened.putpixel((0, 0), (1, 2, 3))
    opened.flush()
    assert Pillow.open("out.bmp").getpixel((0, 0)) == (1, 2, 3)
    assert opened.sharing().shared
    with pytest.raises(imgtool.Error, match="mapped"):
        image.save("out.bmp")
    opened.close()
    image.save("out.png")
    assert not imgtool.open("out.png").sharing().shared
    (here / "raw.bin").write_bytes(bytes(range(12)))
    raw = imgtool.fromfile("raw.bin", "L", (3, 2), stride=4, offset=2, access="cow")
    assert raw.getdata() == [2, 3, 4, 6, 7, 8]
    raw.putpixel((0, 0), 99)
    assert not raw.sharing().shared and raw.sharing().detached_pages == 1
    assert (here / "raw.bin").read_bytes()[2] == 2
    with pytest.raises(imgtool.Error, match="none.bin"):
        imgtool.fromfile("none.bin", "L", (1, 1))


def test_other_threads_run_during_a_save(here):
    os.mkfifo("out.bmp")
    # More than a pipe holds: the save ends only when another thread has read all of it.
    done = subprocess.run(
        [sys.executable, "-c", SAVE_INTO_OWN_PIPE], capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)})
    assert (done.stdout, done.stderr) == ("BM 3000054\n", "")


SAVE_INTO_OWN_PIPE = """
import threading
import imgtool

image = imgtool.new("RGB", (1000, 1000), (1, 2, 3))
saver = threading.Thread(target=image.save, args=("out.bmp",))
saver.start()
with open("out.bmp", "rb") as file:
    data = file.read()
saver.join()
print(data[:2].decode(), len(data))
"""
