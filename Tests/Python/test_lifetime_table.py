"""Every export and every order of deaths in processes of their own; many rounds, many threads."""

import gc
import io
import os
import subprocess
import sys
import threading
import time

import lifetimes
import numpy as np
import pytest
import support

import imgtool
from imgtool import _memory

# How long threads use one image at the same time, and how often an export is made and dropped.
SECONDS = float(os.environ.get("IMGTOOL_THREAD_SECONDS", "2"))
ROUNDS = int(os.environ.get("IMGTOOL_EXPORT_ROUNDS", "3000"))


def run(*arguments, timeout=120):
    path = os.pathsep.join(path for path in sys.path if path)
    # From 3.12 on, a fork is warned of where Arrow has made threads. The children make calls of none.
    quiet = "ignore:This process:DeprecationWarning"
    return subprocess.run(
        [sys.executable, "-W", quiet, *arguments], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, timeout=timeout)


@pytest.mark.slow
@pytest.mark.parametrize("export", lifetimes.EXPORTS)
def test_whoever_is_left_shows_the_pixels(export):
    require_peer(export)
    done = run(str(support.ROOT / "Tests/Python/lifetimes.py"), export)
    assert (done.stdout.split("\n")[-2], done.stderr) == ("32", ""), done.stdout + done.stderr


def require_peer(export: str):
    """Skips what the other library cannot take."""
    if "arrow" in export:
        pytest.importorskip("pyarrow")
    if export == "capsule" and not lifetimes.HAS_VERSIONS:
        pytest.skip(f"NumPy {np.__version__} takes no tensors with a version; 2.1 does")


def exported(export: str, image):
    consumer = lifetimes.EXPORTS[export](image)
    consumer.pixels()


@pytest.mark.slow
@pytest.mark.parametrize("export", [name for name in lifetimes.EXPORTS if name != "thread"])
def test_an_export_takes_no_memory(export):
    require_peer(export)
    array = np.zeros((lifetimes.HEIGHT, lifetimes.WIDTH, 3), "u1")
    # A large piece: one that is not let go of shows at once.
    large = np.zeros((2000, 2000, 3), "u1")[: lifetimes.HEIGHT, : lifetimes.WIDTH]
    gc.collect()
    before, sizes = _memory.held(), []
    for number in range(4):
        for _ in range(ROUNDS // 4):
            exported(export, imgtool.fromarray(array))
        exported(export, imgtool.fromarray(large.copy()))
        gc.collect()
        sizes.append(lifetimes.resident())
    assert _memory.held() == before
    assert sizes[-1] - sizes[1] < 4 << 20, sizes


def test_threads_that_read_save_convert_and_close_never_crash(here):
    current = [imgtool.fromarray(np.zeros((64, 64, 3), "u1"))]
    faults, counts, over = [], {}, time.monotonic() + SECONDS

    def loop(name, work):
        # Each of the works has been done, however the threads take turns.
        while not faults and (time.monotonic() < over or set(counts) != set(works)):
            try:
                work(current[0])
                counts[name] = counts.get(name, 0) + 1
            except ValueError as error:
                if "closed" not in str(error):
                    faults.append(error)
            except BaseException as error:
                faults.append(error)

    def close(image):
        array = np.asarray(image)
        current[0] = imgtool.fromarray(array.copy())
        image.close()
        assert not array.any()

    works = {
        "getpixel": lambda image: image.getpixel((5, 5)),
        "save": lambda image: image.save(f"{threading.get_ident()}.bmp"),
        "convert": lambda image: image.convert("L").tobytes(),
        "close": close,
        "array": lambda image: np.asarray(image).sum(),
    }
    threads = [
        threading.Thread(target=loop, args=(name, work)) for name, work in works.items()
        for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults and set(counts) == set(works)


def test_images_on_images_end_one_after_the_other():
    image = imgtool.new("L", (4, 4), 7)
    for _ in range(20000):
        image = imgtool.frombuffer("L", (4, 4), image)
    assert image.getpixel((0, 0)) == 7
    before = _memory.held()
    del image
    gc.collect()
    assert before - _memory.held() == 20000


def test_a_cycle_through_an_export_is_in_use():
    """The collector leaves an array alone that only a tensor, which it cannot look into, needs."""
    array = np.zeros((4, 4), "u1").view(lifetimes.Numbers)
    ended = []

    class Witness:
        def __del__(self):
            ended.append(True)

    array.witness, array.image = Witness(), imgtool.fromarray(array)
    capsule = array.image.__dlpack__(max_version=(1, 0))
    del array
    gc.collect()
    assert not ended
    del capsule
    gc.collect()
    gc.collect()
    assert ended == [True]


@pytest.mark.parametrize("use", [
    "im.getpixel((0, 0))", "im.putpixel((0, 0), 1)", "im.size", "im.mode", "im.save('a.png')",
    "im.tobytes()", "im.copy()", "im.crop()", "np.asarray(im)", "memoryview(im)", "im.sharing()",
    "im.__dlpack__()", "im.__arrow_c_array__()", "im.__array_interface__", "im.compare(im)",
    "im.hash()", "im.getdata()", "other.paste(im)", "other.compare(im)", "pickle.dumps(im)",
    "copy.copy(im)", "imgtool.frombuffer('L', (2, 2), im)"])
def test_a_closed_image_says_so(here, use):
    import copy
    import pickle

    im, other = imgtool.new("L", (2, 2)), imgtool.new("L", (2, 2))
    im.close()
    im.close()
    with pytest.raises((ValueError, AttributeError), match="closed"):
        eval(use, {**globals(), "im": im, "other": other, "copy": copy, "pickle": pickle})
    assert repr(im) == "<imgtool.Image closed>"


def test_an_address_outlives_close():
    image = imgtool.new("L", (512, 512), 7)
    interface = image.__array_interface__
    image.close()
    giver = lifetimes.Giver(__array_interface__=interface, kept=image)
    array = np.asarray(giver)
    del image, giver
    assert (array == 7).all()
    with pytest.raises(ValueError, match="closed"):
        array.base.kept.size


def test_no_image_is_made_of_a_number():
    for make in [lambda: imgtool.Image(5), lambda: imgtool.Image(), lambda: type(
            np.asarray(imgtool.new("L", (1, 1))).base.obj)(), lambda: type("Own", (
                imgtool.Image,), {})()]:
        with pytest.raises(TypeError):
            make()


AT_EXIT = """
import atexit, io, os, sys

def late():
    im.save(file := io.BytesIO(), "png")
    print(len(file.getvalue()) > 50, im.getpixel((0, 0)), np.asarray(im).sum(), flush=True)

class Late:
    def __del__(self, write=os.write):
        write(1, b"%d" % self.im.getpixel((1, 1)))

atexit.register(late)
import numpy as np, imgtool
im = imgtool.fromarray(np.ones((4, 4), "u1"))
sys.late = Late()
sys.late.im = im
"""
DAEMONS = """
import threading
import imgtool

at_work = threading.Semaphore(0)

class File:
    def write(self, data):
        return len(data)

def loop():
    while True:
        im.save(File(), "bmp")
        at_work.release()
        im.copy().hash()

im = imgtool.new("RGB", (1000, 1000), (1, 2, 3))
for _ in range(4):
    threading.Thread(target=loop, daemon=True).start()
for _ in range(20):
    at_work.acquire()
"""
OTHER_INTERPRETER = """
import sys
import imgtool
import _xxsubinterpreters as interpreters

interpreters.run_string(interpreters.create(), f'''
import sys
sys.path[:] = {sys.path!r}
try:
    import imgtool
except ImportError as error:
    print(error, flush=True)
''')
"""


def test_images_work_until_the_interpreter_has_ended():
    done = run("-c", AT_EXIT)
    assert (done.stdout, done.stderr, done.returncode) == ("True 1 16\n1", "", 0)


def test_threads_that_work_while_the_interpreter_ends_do_no_harm():
    for _ in range(4):
        done = run("-c", DAEMONS)
        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_second_interpreter_is_refused():
    pytest.importorskip("_xxsubinterpreters", reason="Python 3.13 has no such module")
    done = run("-c", OTHER_INTERPRETER)
    assert "imgtool" in done.stdout and done.returncode == 0, done.stderr


PICKLED = """
import pickle, sys
import imgtool
im = pickle.load(open(sys.argv[1], "rb"))
print(im.mode, im.size, im.getpixel((1, 2)), im.getpalette() and im.getpalette()[:6], im.readonly)
"""


@pytest.mark.parametrize("mode", support.MODES)
def test_pickles_carry_pixels_to_another_process(here, mode):
    import pickle

    array = support.random_array(mode)
    image = imgtool.fromarray(array, mode)
    if mode == "P":
        image = imgtool.frombuffer(mode, (4, 3), array, palette=[9, 8, 7, 1, 2, 3] + [0] * 762)
    (here / "pickle").write_bytes(pickle.dumps(image))
    done = run("-c", PICKLED, "pickle")
    palette = image.getpalette() and image.getpalette()[:6]
    expected = f"{mode} {(4, 3)} {image.getpixel((1, 2))} {palette} False\n"
    assert (done.stdout, done.stderr) == (expected, "")
    assert pickle.loads(pickle.dumps(image)).compare(image).same


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None, True and False are not counted any more")
@pytest.mark.parametrize("call", [
    lambda im: im.putpixel((0, 0), (1, 2, 3)), lambda im: im.paste((1, 2, 3), (0, 0, 1, 1)),
    lambda im: im.putdata([(1, 2, 3)] * 16), lambda im: im.putdata([[1, 2, 3]] * 16),
    lambda im: im.flush(), lambda im: im.flip("h"), lambda im: im.save(io.BytesIO(), "ppm"),
    lambda im: im.crop().close(), lambda im: im.format, lambda im: im.readonly,
])
def test_an_answer_without_a_value_is_counted(call):
    def counts():
        return [sys.getrefcount(constant) for constant in (None, True, False)]

    im = imgtool.new("RGB", (4, 4))
    call(im)
    before = counts()
    for _ in range(1000):
        call(im)
    assert all(abs(now - then) < 100 for now, then in zip(counts(), before))
