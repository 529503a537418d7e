"""Writes analysis.txt: what hashlib and NumPy say about made-up images.

Run in this directory: python3 make-analysis.py > analysis.txt

Sample i of an image is `table[i % 4099]`, where `table` holds samples of the type made from
x = (k * 2654435761 + 12345) % 2**32 >> 8 for k = 0, 1, ...: u8 and u16 its low bits, i32
x * 256 - 2**31, f32 (x % 65536) / 16 - 2000, f64 x / 7. The second image has other samples at three
places.

    hash MODE TYPE WxH HASH
    band MODE TYPE WxH INDEX MINIMUM MAXIMUM MEAN DEVIATION BINS
    difference MODE TYPE WxH INDEX,INDEX,INDEX X,Y COUNT MAXIMUM MEAN MSE

BINS are the counts of parts 0, 17 and 255 of 256.
"""

import hashlib
from fractions import Fraction

import numpy as np

K = np.arange(4099, dtype=np.uint64)
X = (K * np.uint64(2654435761) + np.uint64(12345)) % np.uint64(2**32) >> np.uint64(8)
TABLES = {
    "u8": (X & np.uint64(255)).astype("<u1"),
    "u16": (X & np.uint64(65535)).astype("<u2"),
    "i32": (X.astype(np.int64) * 256 - 2**31).astype("<i4"),
    "f32": ((X & np.uint64(65535)).astype("<f8") / 16 - 2000).astype("<f4"),
    "f64": (X.astype("<f8") / 7).astype("<f8"),
}
BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "I;16": 1, "I": 1, "F": 1, "HSV": 3}
IMAGES = [
    ("L", "u8", 7, 5), ("L", "u8", 1, 1), ("LA", "u8", 33, 17), ("RGB", "u8", 64, 48),
    ("CMYK", "u8", 5, 3), ("HSV", "u8", 9, 9),
    # Several groups of rows, and rows longer than a group.
    ("L", "u8", 1500, 1400), ("RGBA", "u8", 700, 800), ("RGB", "u8", 1500000, 3),
    ("RGB", "u16", 31, 9), ("RGBA", "u16", 400, 700), ("I;16", "u16", 611, 1000),
    ("I", "i32", 5, 7), ("I", "i32", 500, 700), ("F", "f64", 300, 400),
    ("F", "f32", 3, 2), ("F", "f32", 512, 600), ("F", "f64", 77, 7),
]


def hash_of(mode: str, kind: str, array: np.ndarray) -> str:
    height, width = array.shape[:2]
    rows = max(1, 2**20 // (array.nbytes // height))
    whole = hashlib.sha256(f"imgtool-pixels-1\n{mode} {kind} {width}x{height}\n".encode())
    for y in range(0, height, rows):
        whole.update(hashlib.sha256(array[y : y + rows].tobytes()).digest())
    return whole.hexdigest()


def bins(samples: np.ndarray, kind: str) -> list:
    if kind == "u8":
        counts = np.bincount(samples, minlength=256)
    else:
        values, times = np.unique(samples, return_counts=True)
        low, high = Fraction(float(values[0])), Fraction(float(values[-1]))
        counts = np.zeros(256, int)
        for value, count in zip(values, times):
            part = (Fraction(float(value)) - low) * 256 / (high - low) if high > low else 0
            counts[min(255, int(part))] += count
    return [int(counts[i]) for i in (0, 17, 255)]


print("# Written by make-analysis.py.")
for mode, kind, width, height in IMAGES:
    bands = BANDS[mode]
    count = width * height * bands
    shape = (height, width) if bands == 1 else (height, width, bands)
    array = np.resize(TABLES[kind], count).reshape(shape)
    name = f"{mode} {kind} {width}x{height}"
    print("hash", name, hash_of(mode, kind, array))
    for index in range(bands):
        samples = array.reshape(-1, bands)[:, index]
        wide = samples.astype(np.longdouble)
        print("band", name, index, float(samples.min()), float(samples.max()), float(wide.mean()),
              float(wide.std()), ",".join(map(str, bins(samples, kind))))
    if count < 20:
        continue
    other = array.reshape(-1).copy()
    places = [count // 7, count // 3, count - 2]
    for place in places:
        other[place] = TABLES[kind][(place + 13) % 4099]
    errors = np.abs(array.reshape(-1, bands).astype(np.longdouble) - other.reshape(-1, bands))
    differing = np.flatnonzero(errors.max(axis=1))
    first = int(differing[0])
    print("difference", name, ",".join(map(str, places)), f"{first % width},{first // width}",
          len(differing), float(errors.max()), float(errors.mean()), float((errors**2).mean()))
