"""What Pillow, NumPy and Netpbm say of pixels: the expectations of the tests."""

import re
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
from PIL import Image

SIZES = [(1, 1), (7, 5), (8, 8), (33, 17), (1, 4096), (4096, 1)]
NATIVE_16 = "<u2" if sys.byteorder == "little" else ">u2"


@dataclass(frozen=True)
class Mode:
    """A mode in its natural packed layout. `bands` are named as Pillow names them."""

    name: str
    bands: tuple
    dtype: str = "u1"

    @property
    def count(self) -> int:
        return len(self.bands)

    def row_bytes(self, width: int) -> int:
        if self.name == "1":
            return (width + 7) // 8
        return width * self.count * np.dtype(self.dtype).itemsize

    def byte_count(self, size: tuple) -> int:
        return self.row_bytes(size[0]) * size[1]

    @property
    def top(self) -> int:
        return {"u1": 255, "<u2": 65535, ">u2": 65535}[self.dtype]


MODES = {
    mode.name: mode
    for mode in [
        Mode("1", ("1",)),
        Mode("L", ("L",)),
        Mode("LA", ("L", "A")),
        Mode("La", ("L", "a")),
        Mode("P", ("P",)),
        Mode("PA", ("P", "A")),
        Mode("RGB", ("R", "G", "B")),
        Mode("RGBA", ("R", "G", "B", "A")),
        Mode("RGBX", ("R", "G", "B", "X")),
        Mode("RGBa", ("R", "G", "B", "a")),
        Mode("CMYK", ("C", "M", "Y", "K")),
        Mode("YCbCr", ("Y", "Cb", "Cr")),
        Mode("LAB", ("L", "A", "B")),
        Mode("HSV", ("H", "S", "V")),
        Mode("I", ("I",), "<i4"),
        Mode("F", ("F",), "<f4"),
        Mode("I;16", ("I",), "<u2"),
        Mode("I;16L", ("I",), "<u2"),
        Mode("I;16B", ("I",), ">u2"),
        Mode("I;16N", ("I",), NATIVE_16),
    ]
}
BYTE_MODES = [m for m in MODES.values() if m.dtype == "u1" and m.name != "1"]
# Pixels of these modes are indices: a raw file of them needs `--palette`.
PALETTE_MODES = ("P", "PA")

BYTES = ("1", "L", "P", "RGB", "RGBA", "RGBX")
SHORTS = ("I;16", "I;16L", "I;16B", "I;16N")
# The modes that each format can hold; what Pillow reads of the others is in `test_containers.py`.
HOLDS = {
    "png": ("1", "L", "LA", "P", "RGB", "RGBA", "RGBX", *SHORTS),
    "bmp": BYTES,
    "pbm": ("1",),
    "pgm": ("L", *SHORTS),
    "ppm": ("RGB", "RGBX"),
    "pnm": ("1", "L", "RGB", "RGBX", *SHORTS),
    "pam": ("1", "L", "LA", "RGB", "RGBA", "RGBX", "CMYK", *SHORTS),
    "pfm": ("F",),
    "npy": tuple(MODES),
}


def random_bytes(count: int, seed=0) -> bytes:
    return np.random.default_rng(abs(hash_of(seed))).bytes(count)


def hash_of(seed) -> int:
    """Python's own hash of a string differs from run to run."""
    return int.from_bytes(repr(seed).encode()[-16:], "little")


def raw_bytes(mode: str, size: tuple, seed=0) -> bytes:
    """Random pixels in the natural packed layout; floats are finite, so that they compare."""
    m = MODES[mode]
    data = random_bytes(m.byte_count(size), (mode, size, seed))
    if mode != "F":
        return data
    values = np.frombuffer(data, "<i4").astype("<f4") / 65536
    return values.astype("<f4").tobytes()


def layout_options(mode: str, size: tuple, palette="palette.bin") -> list:
    options = ["--size", f"{size[0]}x{size[1]}", "--mode", mode]
    if mode in PALETTE_MODES:
        options += ["--palette", palette]
    return options


PALETTE = random_bytes(768, "palette")


def source(here, mode: str, size: tuple, seed=0) -> tuple:
    """Writes `raw.bin` (and a palette); gives its bytes and the words that describe it."""
    data = raw_bytes(mode, size, seed)
    (here / "raw.bin").write_bytes(data)
    if mode in PALETTE_MODES:
        (here / "palette.bin").write_bytes(PALETTE)
    return data, ["raw.bin", *layout_options(mode, size)]


def pillow(mode: str, size: tuple, data: bytes) -> Image.Image:
    """The picture that Pillow makes of the same bytes."""
    image = Image.frombytes(mode, size, data, "raw", mode)
    if mode in PALETTE_MODES:
        image.putpalette(PALETTE)
    return image


def samples(mode: str, size: tuple, data: bytes) -> np.ndarray:
    """What NumPy sees: (H, W) or (H, W, C), in the mode's own dtype; bool for mode 1."""
    m = MODES[mode]
    width, height = size
    if mode == "1":
        rows = np.frombuffer(data, "u1").reshape(height, m.row_bytes(width))
        return np.unpackbits(rows, axis=1)[:, :width].astype(bool)
    shape = (height, width) if m.count == 1 else (height, width, m.count)
    return np.frombuffer(data, m.dtype).reshape(shape).copy()


def packed(mode: str, array: np.ndarray) -> bytes:
    """The natural packed layout of samples; the reverse of `samples`."""
    if mode == "1":
        return np.packbits(array.astype(bool), axis=1).tobytes()
    return array.astype(MODES[mode].dtype).tobytes()


def words(mode: str, pixel) -> str:
    """A pixel as the command line writes it, which is as Pillow's `getpixel` shows it."""
    values = np.atleast_1d(pixel).tolist()
    if mode == "1":
        values = [255 * v for v in values]
    if mode == "LAB":
        # Files hold a and b with the top bit flipped; Pillow's memory does not.
        values[1:] = [v ^ 128 for v in values[1:]]
    return ",".join(str(v) for v in values)


def numbers(text: str) -> list:
    """Printed samples; a float is printed as the shortest text that is that 32-bit float."""
    return [float(np.float32(v)) if "." in v or "e" in v else int(v) for v in text.split(",")]


def clear_padding(mode: str, size: tuple, data: bytes) -> bytes:
    """Mode 1 pads its rows; the bits of the padding mean nothing."""
    return packed(mode, samples(mode, size, data)) if mode == "1" else data


def pam(path, pamfile: str) -> tuple:
    """A PAM file as Netpbm describes it: ((width, height, depth, maxval), tuple type, body)."""
    said = subprocess.run([pamfile, path], capture_output=True, text=True, check=True).stdout
    numbers = re.search(r"PAM, (\d+) by (\d+) by (\d+) maxval (\d+)", said)
    width, height, depth, top = map(int, numbers.groups())
    kind = re.search(r"Tuple type: (\S+)", said).group(1)
    length = width * height * depth * (2 if top > 255 else 1)
    content = path.read_bytes()
    assert content.split(b"ENDHDR\n", 1)[1] == content[-length:], "bytes after the header"
    return (width, height, depth, top), kind, content[-length:]
