"""Who lives how long: one export of an image, and each order of deaths, in a process of its own.

    python lifetimes.py EXPORT

An array is the owner of the bytes, an image is on it, a view is on the image, and a consumer has an
export of the view. One of them dies first, then the others, and whoever is left shows the right
pixels. Prints a line for each process that does not end with status 0, and last how many there
were.
"""

import copy
import gc
import itertools
import os
import pickle
import sys
import threading
import traceback
import weakref

import numpy as np
import support  # noqa: F401

import imgtool
from imgtool import _memory

WIDTH, HEIGHT = 6, 5
NAMES = ["owner", "image", "view", "consumer"]
SETTINGS = ["plain", "thread", "exit", "cycle"]
ACCESS = ["read", "write"]
AT_ONCE = 4
# Whether this NumPy takes tensors of version 1, which may be written.
HAS_VERSIONS = np.lib.NumpyVersion(np.__version__) >= "2.1.0"


class Numbers(np.ndarray):
    """Arrays that can be watched, and that can have attributes."""


class Node:
    """Something that closes a cycle."""


class Giver:
    """An object that gives what was taken before, as a consumer that came late would get it."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __dlpack__(self, **_):
        return self.tensor

    def __dlpack_device__(self):
        return 1, 0

    def __arrow_c_array__(self, requested_schema=None):
        return self.arrow


# MARK: Exports: each has the pixels as nested lists, and may be written

class Array:
    """Anything that NumPy shows."""

    is_tied = True

    def __init__(self, numbers, can_write=True):
        self.numbers, self.can_write = numbers, can_write

    def pixels(self):
        return np.asarray(self.numbers).tolist()

    def write(self, value):
        np.asarray(self.numbers)[0, 0] = value


class Late(Array):
    """A tensor that is taken when it is first asked for."""

    def __init__(self, capsule, can_write=True):
        super().__init__(None, can_write)
        self.giver = Giver(tensor=capsule)

    def pixels(self):
        if self.numbers is None:
            self.numbers = np.from_dlpack(self.giver)
        return super().pixels()

    def write(self, value):
        self.pixels()
        super().write(value)


class Arrow:
    is_tied, can_write = True, False

    def __init__(self, given):
        import pyarrow

        # As it is stored, and so in place.
        self.make = lambda: pyarrow.array(given, pyarrow.list_(pyarrow.uint8(), 3))
        self.array = None if isinstance(given, Giver) else self.make()

    def pixels(self):
        if self.array is None:
            self.array = self.make()
        return np.asarray(self.array.to_pylist()).reshape(HEIGHT, WIDTH, 3).tolist()


class Picture:
    """An image on an image, or a copy of one."""

    can_write = True

    def __init__(self, image, is_tied):
        self.image, self.is_tied = image, is_tied

    def pixels(self):
        pixels = iter(self.image.getdata())
        return [[list(next(pixels)) for _ in range(WIDTH)] for _ in range(HEIGHT)]

    def write(self, value):
        self.image.putpixel((0, 0), tuple(value))


class Reader:
    """A thread that reads and writes pixels until it is told to stop."""

    is_tied, can_write = True, True

    def __init__(self, image):
        self.image, self.is_over, self.faults = image.crop(), False, []
        self.thread = threading.Thread(target=self.run, args=(image,), daemon=True)
        self.thread.start()

    def run(self, image):
        while not self.is_over:
            try:
                assert len(image.getpixel((1, 1))) == 3
                image.putpixel((2, 2), image.getpixel((2, 2)))
            except ValueError as error:
                if "closed" not in str(error) and "read-only" not in str(error):
                    self.faults.append(error)
                self.is_over |= "closed" in str(error)

    def pixels(self):
        assert not self.faults
        return Picture(self.image, True).pixels()

    def write(self, value):
        self.image.putpixel((0, 0), tuple(value))

    def end(self):
        self.is_over = True
        self.thread.join()


class Pixels:
    is_tied, can_write = True, True

    def __init__(self, view):
        self.access = view._load()

    def pixels(self):
        return [[list(self.access[x, y]) for x in range(WIDTH)] for y in range(HEIGHT)]

    def write(self, value):
        self.access[0, 0] = tuple(value)


def resident() -> int:
    """The memory of the process, in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def stored(view):
    """The capsules of an Arrow array in place."""
    import pyarrow

    return view.__arrow_c_array__(pyarrow.list_(pyarrow.uint8(), 3).__arrow_c_schema__())


def bare(view):
    """An array on nothing but an address, whose base is what the protocol says: the object."""
    return Array(np.asarray(Giver(__array_interface__=view.__array_interface__, kept=view)))


EXPORTS = {
    "asarray": lambda view: Array(np.asarray(view)),
    "array_interface": bare,
    "memoryview": lambda view: Array(memoryview(view)),
    "frombuffer": lambda view: Picture(
        imgtool.frombuffer("RGB", (WIDTH, HEIGHT), view), True),
    "fromarray": lambda view: Picture(imgtool.fromarray(view), True),
    "dlpack": lambda view: Array(np.from_dlpack(view), HAS_VERSIONS),
    # NumPy writes to no tensor of before version 1.
    "dlpack_unversioned": lambda view: Array(
        np.from_dlpack(Giver(tensor=view.__dlpack__())), can_write=False),
    "capsule": lambda view: Late(view.__dlpack__(max_version=(1, 0))),
    "capsule_unversioned": lambda view: Late(view.__dlpack__(), can_write=False),
    "arrow": lambda view: Arrow(view),
    "arrow_capsules": lambda view: Arrow(Giver(arrow=stored(view))),
    "copy": lambda view: Picture(copy.copy(view), False),
    "deepcopy": lambda view: Picture(copy.deepcopy([view])[0], False),
    "pickle": lambda view: Picture(pickle.loads(pickle.dumps(view)), False),
    "thread": Reader,
    "access": Pixels,
}


# MARK: Lives

class Life:
    """One combination."""

    def __init__(self, export: str, first: str, setting: str, access: str):
        self.first, self.setting, self.access = first, setting, access
        owner = np.arange(WIDTH * HEIGHT * 3, dtype="u1").reshape(HEIGHT, WIDTH, 3).view(Numbers)
        image = imgtool.fromarray(owner)
        view = image.crop((0, 0, WIDTH, HEIGHT))
        self.wanted = owner.tolist()
        self.watched = weakref.ref(owner)
        self.things = {"owner": owner, "image": image, "view": view,
                       "consumer": EXPORTS[export](view)}
        if setting == "cycle":
            node = Node()
            node.things = list(self.things.values())
            owner.node = image.node = view.node = node

    def kill(self, name: str):
        thing = self.things.pop(name)
        if name in ("image", "view"):
            thing.close()
        elif isinstance(thing, Reader):
            thing.end()
        del thing
        gc.collect()

    def check(self):
        """Whoever is left shows the pixels."""
        consumer = self.things.get("consumer")
        if consumer is not None and self.access == "write" and consumer.can_write:
            self.write(consumer)
        for name, thing in self.things.items():
            if name == "consumer":
                if thing.is_tied or self.access == "read":
                    assert thing.pixels() == self.wanted, name
            elif name == "owner":
                assert thing.tolist() == self.wanted, name
            else:
                assert Picture(thing, True).pixels() == self.wanted, name

    def write(self, consumer):
        value = [self.wanted[0][0][0] ^ 0xFF, 1, 2]
        consumer.write(value)
        if consumer.is_tied:
            self.wanted[0][0] = value

    def run(self):
        self.check()
        order = [self.first, *(name for name in NAMES if name != self.first)]
        if self.setting == "exit":
            self.kill(self.first)
            self.check()
            # Modules are gone before what sys has.
            sys.keep = self
            return
        for name in order:
            self.kill(name)
            self.check()
        gc.collect()
        if self.setting != "cycle":
            # A consumer that dies does not say that it has the lock; what it held waits for it.
            assert _memory.held() == 0 and self.watched() is None

    def run_in_thread(self):
        faults = []

        def run():
            try:
                self.run()
            except BaseException:
                faults.append(traceback.format_exc())

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        assert not faults, faults[0]


def live(export: str, first: str, setting: str, access: str):
    life = Life(export, first, setting, access)
    life.run_in_thread() if setting == "thread" else life.run()


def main() -> int:
    """Runs in the parent until all children have ended; a child returns, as programs end."""
    export = sys.argv[1]
    if "arrow" in export:
        import pyarrow  # noqa: F401
    running, count = {}, 0

    def wait():
        child, status = os.wait()
        if status:
            print(*running[child], f"ended with {status:#x}", flush=True)
        del running[child]

    for combination in itertools.product(NAMES, SETTINGS, ACCESS):
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            live(export, *combination)
            return 0
        running[child] = combination
        count += 1
        if len(running) == AT_ONCE:
            wait()
    while running:
        wait()
    print(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
