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
    return found if len(found) == 3 else default


def drawn(cells: list) -> Image.Image:
    """The cells of a screen as a picture. Blocks are drawn as such, for fonts leave gaps between them."""
    font = ImageFont.truetype(
        Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSansMono.ttf"), HEIGHT - 3)
    picture = Image.new("RGB", (COLUMNS * WIDTH, ROWS * HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(cells[:ROWS]):
        for column, cell in enumerate(line[:COLUMNS]):
            left, top = column * WIDTH, row * HEIGHT
            right, bottom = left + WIDTH - 1, top + HEIGHT - 1
            draw.rectangle((left, top, right, bottom), color(cell.paper, PAPER))
            if cell.text == "▀":
                draw.rectangle((left, top, right, top + HEIGHT // 2 - 1), color(cell.ink, INK))
            elif cell.text in BARS:
                height = HEIGHT * BARS[cell.text] // 8
                draw.rectangle((left, bottom + 1 - height, right, bottom), color(cell.ink, INK))
            elif cell.text != " ":
                draw.text((left, top), cell.text, color(cell.ink, INK), font)
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
            drawn(screen.cells()).save(target / "explore-near.png", optimize=True)
            screen.type(*["Right"] * 6)
            screen.wait_for(lambda text: "512x600" in text and "most alike" not in text)
            drawn(screen.cells()).save(target / "explore-right.png", optimize=True)
        finally:
            screen.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
