"""The bytes of video, written from the words of the kernel, Microsoft and ffmpeg with NumPy."""

from dataclasses import dataclass
from typing import Callable

import numpy as np

SHARES = {"420": (2, 2), "422": (2, 1), "444": (1, 1), "411": (4, 1), "410": (4, 4), "440": (1, 2)}


@dataclass(frozen=True)
class Video:
    """A layout: `pack` makes the rows of each plane, as bytes, of Y, Cb and Cr."""

    name: str
    share: str
    bits: int
    pack: Callable
    # The planar format that ffmpeg turns into these bytes by moving samples only.
    planar: str | None = None

    def chroma(self, size) -> tuple:
        (across, down), (width, height) = SHARES[self.share], size
        return -(-width // across), -(-height // down)

    def samples(self, size, seed=0) -> list:
        """Random Y, Cb and Cr, of which v210's encoder in ffmpeg clips none."""
        make = np.random.default_rng(size[0] * 1000 + size[1] + seed)
        low, high = (4, 1020) if self.bits == 10 else (0, 1 << self.bits)
        shapes = [size, self.chroma(size), self.chroma(size)]
        return [make.integers(low, high, (h, w)) for w, h in shapes]

    def pixels(self, samples, size) -> np.ndarray:
        """What each pixel has: its own Y, and the Cb and Cr that it shares."""
        (across, down), (width, height) = SHARES[self.share], size
        wide = [s.repeat(down, 0).repeat(across, 1)[:height, :width] for s in samples[1:]]
        return np.stack([samples[0], *wide], -1)


def words(dtype, shift=0):
    return lambda samples: (samples << shift).astype(dtype)


def rows(array) -> np.ndarray:
    """Rows of bytes."""
    return np.ascontiguousarray(array).view("u1").reshape(len(array), -1)


def planar(order, word=words("u1")):
    return lambda y, u, v: [rows(word(plane)) for plane in (y, *({"U": u, "V": v}[c] for c in order))]


def semi_planar(order, word=words("u1")):
    def pack(y, u, v):
        pairs = np.stack([{"U": u, "V": v}[c] for c in order], -1)
        return [rows(word(y)), rows(word(pairs).reshape(len(pairs), -1))]
    return pack


def grouped(pattern, y, u, v) -> np.ndarray:
    """Samples as in a pattern like Y0 U0 Y1 V0, again and again: (rows, groups, samples); X is padding."""
    tokens = pattern.split()
    count = {band: sum(t[0] == band for t in tokens) for band in "YUV"}
    groups = -(-y.shape[1] // count["Y"])
    parts = {}
    for band, plane in zip("YUV", (y, u, v)):
        padded = np.zeros((len(plane), groups * count[band]), plane.dtype)
        padded[:, :plane.shape[1]] = plane
        parts[band] = padded.reshape(len(plane), groups, count[band])
    filler = np.full((len(y), groups), 90)
    return np.stack([filler if t[0] == "X" else parts[t[0]][:, :, int(t[1:] or 0)] for t in tokens], -1)


def packed(pattern, word=words("u1")):
    return lambda y, u, v: [rows(word(grouped(pattern, y, u, v)).reshape(len(y), -1))]


def tens(array) -> np.ndarray:
    """Little-endian words of 32 bits, three samples in each from bit 0 on."""
    height = len(array)
    flat = array.reshape(height, -1)
    flat = np.pad(flat, ((0, 0), (0, -flat.shape[1] % 3))).reshape(height, -1, 3)
    return rows((flat[..., 0] | flat[..., 1] << 10 | flat[..., 2] << 20).astype("<u4"))


def packed_tens(pattern, alignment=1):
    def pack(y, u, v):
        done = tens(grouped(pattern, y, u, v))
        return [np.pad(done, ((0, 0), (0, -done.shape[1] % alignment)))]
    return pack


def stream(array, bits, order="little") -> np.ndarray:
    """Rows of samples of so many bits without gaps, each row padded to bytes."""
    places = np.arange(bits) if order == "little" else np.arange(bits)[::-1]
    digits = (array.reshape(len(array), -1, 1) >> places & 1).astype("u1")
    return np.packbits(digits.reshape(len(array), -1), axis=1, bitorder=order)


def pairs_by(pack_row):
    return lambda y, u, v: [pack_row(y), pack_row(np.stack([u, v], -1).reshape(len(u), -1))]


def _planar() -> list:
    table = []
    for name, share, order, source in [
            ("yuv420p", "420", "UV", True), ("yvu420p", "420", "VU", False),
            ("yuv422p", "422", "UV", True), ("yvu422p", "422", "VU", False),
            ("yuv444p", "444", "UV", True), ("yvu444p", "444", "VU", False),
            ("yuv411p", "411", "UV", True), ("yuv410p", "410", "UV", True),
            ("yvu410p", "410", "VU", False), ("yuv440p", "440", "UV", True)]:
        table.append(Video(name, share, 8, planar(order), name if source else None))
    for share in ("420", "422", "444", "440"):
        for bits in (9, 10, 12, 14, 16):
            known = share != "440" or bits in (10, 12)
            for end, dtype in (("le", "<u2"), ("be", ">u2")):
                table.append(Video(
                    f"yuv{share}p{bits}{end}", share, bits, planar("UV", words(dtype)),
                    f"yuv{share}p{bits}le" if known else None))
    return table


def _semi_planar() -> list:
    table = []
    for name, share, order in [("nv12", "420", "UV"), ("nv21", "420", "VU"), ("nv16", "422", "UV"),
                               ("nv61", "422", "VU"), ("nv24", "444", "UV"), ("nv42", "444", "VU")]:
        source = None if share == "422" else f"yuv{share}p"
        table.append(Video(name, share, 8, semi_planar(order), source))
    for digit, share in (("0", "420"), ("2", "422"), ("4", "444")):
        for bits in (10, 12, 16):
            for end, dtype in (("", "<u2"), ("be", ">u2")):
                # ffmpeg 5.1 makes these two of planes by moving samples.
                source = f"yuv420p{bits}le" if share == "420" and bits != 12 and not end else None
                table.append(Video(f"p{digit}{bits}{end}", share, bits,
                                   semi_planar("UV", words(dtype, 16 - bits)), source))
    for end, dtype in (("le", "<u2"), ("be", ">u2")):
        table.append(Video(f"nv20{end}", "422", 10, semi_planar("UV", words(dtype))))
    for name, share in (("nv15", "420"), ("nv20", "422")):
        table.append(Video(name, share, 10, pairs_by(lambda a: stream(a, 10))))
    for name, share in (("xv15", "420"), ("xv20", "422")):
        table.append(Video(name, share, 10, xilinx))
    return table


def xilinx(y, u, v):
    """Three of Y, or of Cb and Cr in turn, in each word; pairs of words for chroma."""
    pairs = np.stack([u, v], -1).reshape(len(u), -1)
    return [tens(y), tens(np.pad(pairs, ((0, 0), (0, -pairs.shape[1] % 6))))]


def _packed() -> list:
    high = {bits: words("<u2", 16 - bits) for bits in (10, 12, 16)}
    return [
        Video("yuyv", "422", 8, packed("Y0 U0 Y1 V0"), "yuv422p"),
        Video("uyvy", "422", 8, packed("U0 Y0 V0 Y1"), "yuv422p"),
        Video("yvyu", "422", 8, packed("Y0 V0 Y1 U0"), "yuv422p"),
        Video("vyuy", "422", 8, packed("V0 Y0 U0 Y1")),
        Video("y41p", "411", 8, packed("U0 Y0 V0 Y1 U1 Y2 V1 Y3 Y4 Y5 Y6 Y7")),
        Video("yuv24", "444", 8, packed("Y0 U0 V0")),
        Video("vuya", "444", 8, packed("V0 U0 Y0 X")),
        Video("vuyx", "444", 8, packed("V0 U0 Y0 X")),
        Video("ayuv", "444", 8, packed("X Y0 U0 V0")),
        Video("xyuv", "444", 8, packed("X Y0 U0 V0")),
        Video("yuva", "444", 8, packed("Y0 U0 V0 X")),
        Video("yuvx", "444", 8, packed("Y0 U0 V0 X")),
        *[Video(f"y2{bits}", "422", bits, packed("Y0 U0 Y1 V0", high[bits])) for bits in high],
        *[Video(f"y4{bits}", "444", bits, packed("U0 Y0 V0 X", high[bits])) for bits in (12, 16)],
        Video("y410", "444", 10, packed_tens("U0 Y0 V0")),
        Video("v210", "422", 10, packed_tens("U0 Y0 V0 Y1 U1 Y2 V1 Y3 U2 Y4 V2 Y5", 128)),
    ]


VIDEO = {video.name: video for video in _planar() + _semi_planar() + _packed()}
# The names that ffmpeg has for some.
FFMPEG = {"yuyv": "yuyv422", "uyvy": "uyvy422", "yvyu": "yvyu422", "p010": "p010le", "p016": "p016le"}


def assembled(planes, strides=None, offset=0) -> bytes:
    """A file of planes, the rows of each as far apart as they are long, or as said."""
    data = bytearray(np.random.default_rng(offset).bytes(offset))
    for plane, stride in zip(planes, strides or [p.shape[1] for p in planes], strict=True):
        padding = stride - plane.shape[1]
        data += np.pad(plane, ((0, 0), (0, padding)), constant_values=0xA5).tobytes()
    return bytes(data)
