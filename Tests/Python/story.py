"""The script of Pillow issue 8828, for every mode and with either library: which assertions hold.

An image is made on an array with `frombuffer`. From then on each is to show what is done to the
other, before and after saves. `python story.py --write` puts the answers into
Documentation/python.md.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import support
from PIL import Image as Pillow

import imgtool

SIZE = (4, 3)
# Files are named by the suffix of their format.
SUFFIXES = [{"tiff": "tif", "farbfeld": "ff", "vips": "v"}.get(name, name)
            for name in imgtool.formats()]
DOCUMENT = support.ROOT / "Documentation/python.md"
START, END = "<!-- made by Tests/Python/story.py -->", "<!-- end -->"


class Story:
    """One run: an array, an image on it, and the answers so far."""

    def __init__(self, library, mode: str, folder: Path):
        self.library, self.mode, self.folder = library, mode, folder
        self.seed = 0
        self.array = support.random_array(mode, SIZE)
        self.answers = {}
        self.image = None

    def expected(self, box=None):
        """The pixels of the array, as Pillow decodes a copy of its bytes."""
        # Pillow decodes two names of 16-bit gray under the other two only.
        name = {"I;16L": "I;16", "I;16N": "I;16B" if support.NATIVE_16[0] == ">" else "I;16"}.get(
            self.mode, self.mode)
        picture = Pillow.frombytes(
            name, SIZE, self.array.tobytes(), "raw", support.rawmode(name))
        return pixels(picture.crop(box) if box else picture)

    def change(self):
        self.seed += 1
        self.array[...] = support.random_array(self.mode, SIZE, self.seed)

    def shows(self, image=None, box=None) -> bool:
        return pixels(image or self.image) == self.expected(box)

    def ask(self, question: str, answer):
        try:
            self.answers[question] = "holds" if answer() else "fails"
        except Exception as error:
            self.answers[question] = f"raises {type(error).__name__}"

    def run(self) -> dict:
        self.ask("the image shows the array", self.made)
        if self.image is None:
            return self.answers
        self.ask("… and what is stored into the array", self.changed)
        self.ask("… also after a save to each format that holds the mode", self.saved)
        self.ask("`np.asarray(im)` is the array's memory", self.is_view)
        self.ask("`im.crop()` shows what is stored into the array", self.cropped)
        self.ask("`im.putpixel()` is in the array", self.put)
        self.ask("… and the image still shows the array", self.changed)
        self.ask("`im.paste()` is in the array", self.pasted)
        self.ask("… and the image still shows the array after a last save", self.saved)
        return self.answers

    def made(self):
        self.image = self.library.frombuffer(
            self.mode, SIZE, self.array, "raw", support.rawmode(self.mode), 0, 1)
        return self.shows()

    def changed(self):
        self.change()
        return self.shows()

    def saved(self):
        count = 0
        for suffix in SUFFIXES:
            try:
                self.image.save(self.folder / f"{len(self.mode)}.{suffix}")
                count += 1
            except Exception:
                continue
            self.change()
            if not self.shows():
                return False
        return count > 0

    def is_view(self):
        return np.shares_memory(np.asarray(self.image), self.array)

    def cropped(self):
        box = (1, 1, 3, 3)
        view = self.image.crop(box)
        self.change()
        return self.shows(view, box)

    def reaches_array(self, edit) -> bool:
        before = self.array.copy()
        edit()
        return not np.array_equal(before, self.array) and self.shows()

    def color(self):
        """Another value than the one at 2,1."""
        old = self.image.getpixel((2, 1))
        turned = tuple(255 - band for band in old) if isinstance(old, tuple) else None
        return turned or {"F": 0.25, "I": 123456}.get(self.mode, 255 - old if old < 256 else 255)

    def put(self):
        return self.reaches_array(lambda: self.image.putpixel((2, 1), self.color()))

    def pasted(self):
        return self.reaches_array(lambda: self.image.paste(self.color(), (1, 0, 3, 2)))


def pixels(image) -> list:
    return [image.getpixel((x, y)) for y in range(image.height) for x in range(image.width)]


def run(library, mode: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        return Story(library, mode, Path(folder)).run()


def table() -> str:
    """The answers of both libraries, as Markdown."""
    from PIL import __version__ as pillow_version

    both = {name: {mode: run(library, mode) for mode in support.MODES}
            for name, library in (("Pillow", Pillow), ("imgtool", imgtool))}
    questions = list(both["imgtool"]["L"])
    lines = [f"| assertion | Pillow {pillow_version} | imgtool |", "|---|---|---|"]
    for question in questions:
        cells = [
            cell([answers.get(question) for answers in modes.values()]) for modes in both.values()]
        lines.append(f"| {question} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def cell(answers: list) -> str:
    holds = Counter(answers)["holds"]
    if holds == len(answers):
        return f"all {holds} modes"
    modes = [mode for mode, answer in zip(support.MODES, answers) if answer == "holds"]
    if not modes:
        return "none"
    return f"{holds} of {len(answers)}: {', '.join(f'`{mode}`' for mode in modes)}"


def document(text: str, made: str) -> str:
    """A document with the table between its marks replaced."""
    before, rest = text.split(START)
    return f"{before}{START}\n{made}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        DOCUMENT.write_text(document(DOCUMENT.read_text(), table()))
    else:
        print(table())
