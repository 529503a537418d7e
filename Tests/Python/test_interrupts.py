"""Ctrl-C, and objects whose `write` raises or takes less than it is given."""

import io
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import support  # noqa: F401
from PIL import Image as Pillow

import imgtool

# The signal comes while the call works. A save that had come to its end would have left its file.
PROGRAM = """
import io, os, signal, threading
import numpy as np, imgtool

numbers = np.random.default_rng(0).integers(0, 256, (3000, 3000, 3), dtype=np.uint8)
im = imgtool.fromarray(numbers)
# Rows that repeat: a picture that no memory has to hold, and no call has done in a minute.
large = imgtool.fromarray(np.broadcast_to(numbers[:1], (10**8, 3000, 3)))

class File:
    def write(self, data):
        return len(data)

open("old.png", "wb").write(b"old")
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    {call}
    print("done")
except BaseException as error:
    print(type(error).__name__, open("old.png", "rb").read(), sorted(os.listdir()))
"""
CALLS = {
    "save to a path": "im.save('old.png', compress_level=9, threads=1)",
    "save to a path with threads": "large.save('old.png', compress_level=9)",
    "save to an object in memory": "im.save(io.BytesIO(), 'png', compress_level=9, threads=1)",
    "save to an object that writes": "large.save(File(), 'png', compress_level=1)",
    "hash": "large.hash()",
    "compare": "large.compare(large.reorient('h').reorient('h'))",
}


@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_ends_a_call(here, name):
    program = PROGRAM.format(call=CALLS[name])
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (
        "KeyboardInterrupt b'old' ['old.png']\n", "")


# A call that hears nothing hears one signal, at its end, however many there were.
LOOPS = {
    "getdata": "image.getdata()",
    "getdata of several bands": "colors.getdata()",
    "get_flattened_data": "colors.get_flattened_data()",
    "getcolors": "image.getcolors()",
    "putdata": "image.putdata(numbers)",
    "putdata of tuples": "colors.putdata(tuples)",
}
LOOP = """
import signal, imgtool

image, colors = imgtool.new("L", (3000, 3000)), imgtool.new("RGB", (2000, 2000))
numbers, tuples = [7] * 9000000, [(1, 2, 3)] * 4000000
heard = 0

def ring(*_):
    global heard
    heard += 1

signal.signal(signal.SIGVTALRM, ring)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.001, 0.001)
{call}
signal.setitimer(signal.ITIMER_VIRTUAL, 0)
print("many" if heard > 8 else heard)
"""


@pytest.mark.parametrize("name", LOOPS)
def test_signals_are_heard_in_loops_over_pixels(name):
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", LOOP.format(call=LOOPS[name])],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("many\n", "")


@pytest.fixture
def alarm():
    """Sends a signal whose handler raises."""
    class Alarm(Exception):
        pass

    def ring(*_):
        raise Alarm("now")

    before = signal.signal(signal.SIGALRM, ring)
    yield Alarm
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_what_a_handler_raises_is_what_the_caller_sees(here, alarm):
    numbers = np.random.default_rng(0).integers(0, 256, (3000, 3000, 3), dtype=np.uint8)
    image = imgtool.fromarray(numbers)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    with pytest.raises(alarm, match="now"):
        image.save("a.png", compress_level=9, threads=1)
    assert os.listdir() == []
    # The image, and the next call, are as they were.
    image.crop((0, 0, 9, 9)).save("a.png")
    assert np.array_equal(np.asarray(Pillow.open("a.png")), numbers[:9, :9])


class Target(io.RawIOBase):
    """A file that takes what `answer` says of each part."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.data = answer, b""

    def writable(self):
        return True

    def write(self, part):
        count = self.answer(len(part))
        if isinstance(count, (int, np.integer)):
            self.data += bytes(part)[:count]
        return count


class Other:
    """No file, but with a `write`."""

    def __init__(self, answer):
        self.answer, self.data = answer, b""

    def write(self, part):
        self.data += part
        return self.answer


@pytest.fixture
def image():
    return imgtool.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype="u1"))


@pytest.mark.parametrize(
    "answer", [lambda n: n, lambda n: 1, lambda n: -(-n // 2), lambda n: np.int64(-(-n // 2)),
               lambda n: np.uint8(1)])
def test_what_was_not_taken_is_given_again(image, answer):
    expected, target = io.BytesIO(), Target(answer)
    image.save(expected, "png")
    image.save(target, "png")
    assert target.data == expected.getvalue()


@pytest.mark.parametrize("answer", [None, True])
def test_an_object_that_says_nothing_has_taken_all(image, answer):
    expected, target = io.BytesIO(), Other(answer)
    image.save(expected, "png")
    image.save(target, "png")
    assert target.data == expected.getvalue()


@pytest.mark.parametrize(
    "answer, kind", [
        (0, OSError), (False, OSError), (-1, OSError), (10**9, OSError),
        (np.int64(10**9), OSError), (None, BlockingIOError)])
def test_a_file_that_takes_nothing_is_an_error_of_the_system(image, answer, kind):
    with pytest.raises(kind) as caught:
        image.save(Target(lambda _: answer), "png")
    assert isinstance(caught.value, imgtool.Error) and caught.value.errno


@pytest.mark.parametrize("answer", [1.5, "some", [], object(), np.float32(9)])
def test_a_write_that_gives_no_number_is_of_the_wrong_type(image, answer):
    with pytest.raises(TypeError, match="how many bytes it took is expected"):
        image.save(Other(answer), "png")


@pytest.mark.parametrize(
    "raised", [OSError("disk full"), KeyboardInterrupt(), SystemExit(3), ZeroDivisionError("x")])
def test_what_write_raises_is_what_the_caller_sees(image, raised):
    class Raising:
        def write(self, part):
            raise raised

    with pytest.raises(type(raised)) as caught:
        image.save(Raising(), "png")
    assert caught.value is raised
    image.save(io.BytesIO(), "png")


def test_write_may_use_the_image_and_close_it(image):
    class Busy:
        def __init__(self):
            self.data = b""

        def write(self, part):
            self.data += part
            other.hash()
            image.close()

    other = image.crop()
    expected, busy = io.BytesIO(), Busy()
    image.save(expected, "png")
    image.save(busy, "png")
    assert busy.data == expected.getvalue()
    with pytest.raises(ValueError, match="closed"):
        image.size
