"""Draws what `imgtool explore` shows in a terminal, cell by cell: see `Scripts/explore-pictures`."""

import shutil
import sys
import tempfile
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib import cbook
from PIL import Image, ImageDraw, ImageFont

from conftest import TOOL
from terminals import Terminal

COLUMNS, ROWS = 96, 32
WIDTH, HEIGHT = 7, 14
INK, PAPER = (220, 220, 220), (18, 18, 18)
# The eighths of a cell that are inked from below.
BARS = {bar: index for index, bar in enumerate("▁▂▃▄▅▆▇█", 1)}


def color(found: tuple, default: tuple) -> tuple:
    """24 bits, or one of the cube of xterm's 256 colors."""
    if len(found) != 1:
        return found or default
    levels = (0, 95, 135, 175, 215, 255)
    number = found[0] - 16
    return tuple(levels[number // step % 6] for step in (36, 6, 1))


def drawn(screen: Terminal) -> Image.Image:
    """The cells of a screen as a picture. Blocks are drawn as such, for fonts leave gaps between them."""
    font = ImageFont.truetype(
        Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSansMono.ttf"), HEIGHT - 3)
    picture = Image.new("RGB", (COLUMNS * WIDTH, ROWS * HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(screen.cells()[:ROWS]):
        for column, cell in enumerate(line[:COLUMNS]):
            left, top = column * WIDTH, row * HEIGHT
            right, bottom = left + WIDTH - 1, top + HEIGHT - 1
            ink, paper = color(cell.ink, INK), color(cell.paper, PAPER)
            draw.rectangle((left, top, right, bottom), paper)
            if cell.text == "▀":
                draw.rectangle((left, top, right, top + HEIGHT // 2 - 1), ink)
            elif cell.text in BARS:
                height = HEIGHT * BARS[cell.text] // 8
                draw.rectangle((left, bottom + 1 - height, right, bottom), ink)
            elif cell.text != " ":
                draw.text((left, top), cell.text, ink, font)
    return picture


def main(target: Path):
    with tempfile.TemporaryDirectory() as folder:
        with cbook.get_sample_data("grace_hopper.jpg") as file:
            pixels = np.array(Image.open(file).convert("RGB"))
        Path(folder, "dump.bin").write_bytes(pixels.tobytes())
        screen = Terminal(shutil.which("tmux"), folder, {"COLORTERM": "truecolor"}, COLUMNS, ROWS)
        try:
            screen.type("-l", f"PATH={TOOL.parent}:$PATH; clear")
            screen.type("Enter")
            screen.type("-l", "imgtool explore dump.bin --size 506x --mode RGB --protocol blocks")
            screen.type("Enter")
            screen.wait_for(lambda text: "6 to the right" in text)
            drawn(screen).save(target / "explore-near.png", optimize=True)
            screen.type(*["Right"] * 6)
            screen.wait_for(lambda text: "512x600" in text and "most alike" not in text)
            drawn(screen).save(target / "explore-right.png", optimize=True)
        finally:
            screen.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
