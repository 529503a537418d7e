"""Writes conversions.txt: what Pillow makes of a few pixels of every mode, in every mode.

Needs Pillow 13. Run in this directory: python3 make-conversions.py > conversions.txt

A line `source MODE PIXELS`, then for each other mode `to MODE PIXELS`, or `to MODE -` where Pillow
refuses. Before a source of mode P or PA stands its palette, `palette RGB ENTRIES` or
`palette RGBA ENTRIES`. Pixels and entries are plain rows in hexadecimal: bands side by side,
mode 1 a byte a pixel, numbers little-endian.

Left out: LAB, which Pillow converts by color profiles; to P and PA from color modes, which chooses
colors; and between the four names of 16-bit gray, where Pillow clips at 255 and imgtool does not.
"""

import random
import struct

import PIL
from PIL import Image

GRAY16 = ["I;16", "I;16L", "I;16B", "I;16N"]
GRAY = ["1", "L", "LA", "La", "I", "F"] + GRAY16
COLOR = ["RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr", "HSV"]
INDEXED = ["P", "PA"]
COUNT = 48

draw = random.Random(13)
EDGES = [0, 1, 127, 128, 254, 255]
NUMBERS = [-(2**31), -70000, -256, -1, 0, 1, 127, 128, 254, 255, 256, 32768, 65535, 65536, 2**31 - 1]
FLOATS = [-1e30, -256.5, -1.0, -0.5, 0.0, 0.25, 0.99, 127.5, 127.99, 128.0, 254.9, 255.0, 255.1,
          300.75, 70000.5, 2147483520.0, 2147483648.0, -2147483648.0, -2147483904.0, 1e30,
          float("inf"), float("-inf"), float("nan")]


def pixels(mode):
    """COUNT pixels of a mode as a plain row."""
    if mode == "1":
        return bytes(draw.choice([0, 255]) for _ in range(COUNT))
    if mode == "I":
        values = NUMBERS + [draw.randint(-300, 600) for _ in range(COUNT)]
        return struct.pack(f"<{COUNT}i", *values[:COUNT])
    if mode == "F":
        values = FLOATS + [draw.uniform(-100, 400) for _ in range(COUNT)]
        return struct.pack(f"<{COUNT}f", *values[:COUNT])
    if mode in GRAY16:
        values = [n for n in NUMBERS if 0 <= n < 65536]
        values += [draw.randrange(65536) for _ in range(16)]
        values += [draw.randrange(300) for _ in range(COUNT)]
        return struct.pack(f"<{COUNT}H", *values[:COUNT])
    bands = len(Image.new(mode, (1, 1)).getbands())
    edges = bytes(draw.choice(EDGES) for _ in range(COUNT // 3 * bands))
    return edges + bytes(draw.randrange(256) for _ in range((COUNT - COUNT // 3) * bands))


def swapped(row):
    return b"".join(row[i : i + 2][::-1] for i in range(0, len(row), 2))


def image(mode, row):
    if mode == "1":
        return Image.frombytes("L", (COUNT, 1), row).convert("1", dither=Image.Dither.NONE)
    return Image.frombytes(mode, (COUNT, 1), swapped(row) if mode == "I;16B" else row)


def plain(im):
    if im.mode == "1":
        return im.convert("L").tobytes()
    return swapped(im.tobytes()) if im.mode == "I;16B" else im.tobytes()


def write(source, palette):
    row = pixels(source)
    im = image(source, row)
    if palette:
        im.putpalette(palette[1], palette[0])
        print("palette", palette[0], palette[1].hex())
    print("source", source, row.hex())
    for target in GRAY + COLOR + INDEXED:
        if target == source or (source in GRAY16 and target in GRAY16):
            continue
        if source in COLOR and target in INDEXED:
            continue
        try:
            print("to", target, plain(im.convert(target, dither=Image.Dither.NONE)).hex())
        except ValueError:
            print("to", target, "-")


print(f"# Made by make-conversions.py with Pillow {PIL.__version__}.")
for source in GRAY + COLOR:
    write(source, None)
for source in INDEXED:
    write(source, ("RGB", draw.randbytes(768)))
    write(source, ("RGBA", draw.randbytes(1024)))
    write(source, ("RGB", draw.randbytes(3 * 100)))
