"""Who lives how long: arrays that die first, images that die first, and both in other threads."""

import gc
import os
import queue
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import imgtool
from imgtool import _memory

# A fifth of a percent of them would already show as memory that grows.
ROUNDS = int(os.environ.get("IMGTOOL_ROUNDS", "2000" if os.environ.get("CI") else "100000"))
SIZE = (64, 64)


class Numbers(np.ndarray):
    """Arrays that can be watched."""


def numbers():
    return np.zeros((SIZE[1], SIZE[0], 3), "u1").view(Numbers)


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def test_create_share_save_release_takes_no_memory(here):
    gc.collect()
    before = _memory.held()
    array = numbers()
    sizes = []
    for number in range(ROUNDS):
        image = imgtool.fromarray(array)
        view = np.asarray(image.crop((1, 1, 9, 9)))
        array[1, 1] = number % 256
        assert view[0, 0, 0] == number % 256
        image.save("round.bmp")
        del view, image
        if number % (ROUNDS // 4) == ROUNDS // 4 - 1:
            gc.collect()
            sizes.append(resident())
    assert _memory.held() == before
    assert sizes[-1] - sizes[1] < 4 << 20, sizes


def test_an_array_lives_as_long_as_an_image_on_it():
    array = numbers()
    watched = weakref.ref(array)
    image = imgtool.fromarray(array)
    view = image.getchannel(0).crop((0, 0, 2, 2))
    del array
    gc.collect()
    assert watched() is not None
    image.putpixel((1, 1), (5, 6, 7))
    del image
    gc.collect()
    assert watched() is not None and view.getpixel((1, 1)) == 5
    del view
    gc.collect()
    assert watched() is None


def test_an_image_lives_as_long_as_an_array_on_it():
    image = imgtool.new("L", SIZE, 3)
    array = np.asarray(image)
    del image
    gc.collect()
    assert (array == 3).all()
    tensor = np.from_dlpack(imgtool.new("L", SIZE, 4))
    gc.collect()
    assert (tensor == 4).all()


def test_an_array_and_an_image_that_hold_each_other_end():
    class Holder:
        pass

    holder = Holder()
    holder.array = numbers()
    watched = weakref.ref(holder.array)
    holder.image = imgtool.fromarray(holder.array)
    holder.itself = holder
    del holder
    gc.collect()
    assert watched() is None


@pytest.mark.parametrize("first", ["array", "image"])
def test_they_may_die_in_other_threads(first):
    before = _memory.held()
    watched = queue.Queue()
    mail = [queue.Queue() for _ in range(4)]

    def receive(box):
        while (item := box.get()) is not None:
            assert item[-1].getpixel((0, 0)) == (9, 9, 9)
            if first == "array":
                item[0] = None
            else:
                item[-1] = None
            del item

    threads = [threading.Thread(target=receive, args=(box,)) for box in mail]
    for thread in threads:
        thread.start()
    for number in range(400):
        array = numbers()
        array[...] = 9
        watched.put(weakref.ref(array))
        mail[number % 4].put([array, imgtool.fromarray(array)])
        del array
    for box in mail:
        box.put(None)
    for thread in threads:
        thread.join()
    gc.collect()
    assert _memory.held() == before
    assert all(watched.get()() is None for _ in range(400))


def test_several_threads_save_while_one_writes(here):
    array = numbers()
    image = imgtool.fromarray(array)
    faults = []

    def save(name):
        try:
            for _ in range(30):
                image.save(name)
                found = imgtool.open(name)
                assert set(found.tobytes()) <= {0, 200}
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=save, args=(f"{name}.png",)) for name in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        array[...] = 200
        array[...] = 0
    assert not faults


@pytest.mark.parametrize("end", ["pass", "sys.exit(0)", "globals().clear()"])
def test_a_program_ends_with_images_alive(end):
    program = f"""
import sys, numpy as np, imgtool
array = np.zeros((4, 4, 4), "u1")
images = [imgtool.fromarray(array) for _ in range(10)]
tensor = images[0].__dlpack__(max_version=(1, 0))
arrow = images[1].__arrow_c_array__()
view = np.asarray(images[2])
images.append(images)
{end}
"""
    path = os.pathsep.join(path for path in sys.path if path)
    run = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stderr) == (0, "")
