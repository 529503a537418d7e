"""Dumps of known layouts: pictures that packages ship, stored in the ways that raw files are.

All is decided by a seed: the same seed and pictures give the same bytes. NumPy and Pillow store the
pixels, nothing of the tool does.
"""

import bz2
import lzma
import os
import random
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
CORPORA = Path(os.environ.get("IMGTOOL_CORPORA", ROOT.parent / "shared" / "corpora"))
PICTURES = Path(os.environ.get("IMGTOOL_PICTURES", ROOT / ".build" / "pictures"))


@dataclass
class Package:
    """Where the pictures of a package are, once it is installed or unpacked, and how to get it."""

    name: str
    folders: list
    patterns: list
    kind: str
    cure: str


def installed(package, folder):
    """Where a Debian package has a folder: unpacked beside the build, or installed."""
    return [PICTURES / package / "usr/share" / folder, Path("/usr/share") / folder]


SETS = {
    "tuning": [
        Package("scikit-image", [PICTURES / "skimage/data"],
                ["astronaut.png", "chelsea.png", "coffee.png", "camera.png", "rocket.jpg", "coins.png", "ihc.png",
                 "motorcycle_left.png", "retina.jpg", "hubble_deep_field.jpg", "brick.png", "grass.png",
                 "gravel.png", "moon.png"], "photograph",
                "Scripts/setup pictures"),
        Package("scikit-image", [PICTURES / "skimage/data"],
                ["page.png", "text.png", "clock_motion.png", "logo.png", "horse.png", "phantom.png"], "drawing",
                "Scripts/setup pictures"),
        Package("corpora", [CORPORA / "qoi-test-images"], ["testcard.png", "edgecase.png"],
                "drawing", "set IMGTOOL_CORPORA"),
        Package("adwaita-icon-theme", [Path("/usr/share/icons/Adwaita/512x512")],
                ["devices/camera-web.png", "mimetypes/image-x-generic.png", "places/folder.png"], "drawing",
                "apt-get install adwaita-icon-theme"),
    ],
    # The guesses were tuned by these as well, once they had been measured with them.
    "second": [
        Package("mate-backgrounds", [PICTURES / "mate-backgrounds/usr/share/backgrounds/mate",
                                     Path("/usr/share/backgrounds/mate")],
                ["nature/*.jpg", "abstract/Elephants.jpg"], "photograph", "Scripts/setup pictures"),
        Package("mate-backgrounds", [PICTURES / "mate-backgrounds/usr/share/backgrounds/mate",
                                     Path("/usr/share/backgrounds/mate")],
                ["desktop/*", "abstract/*.png"], "drawing", "Scripts/setup pictures"),
        Package("desktop-base", [PICTURES / "desktop-base/usr/share/desktop-base", Path("/usr/share/desktop-base")],
                ["*-theme/grub/grub-16x9.png"], "drawing", "Scripts/setup pictures"),
        Package("corpora", [CORPORA / "qoi-test-images"], ["kodim10.png", "kodim23.png", "dice.png"], "photograph",
                "set IMGTOOL_CORPORA"),
    ],
    # For measuring alone: nothing is tuned by these, and no wrong answer is looked at.
    "held-out": [
        Package("plasma-workspace-wallpapers", installed("plasma-workspace-wallpapers", "wallpapers"),
                ["*/contents/images/2560x1600.jpg", "*/contents/images/3200x2000.jpg"], "photograph",
                "Scripts/setup pictures"),
        Package("ukui-wallpapers", installed("ukui-wallpapers", "backgrounds"), ["*.png", "*.jpg"], "photograph",
                "Scripts/setup pictures"),
        Package("gnome-backgrounds", installed("gnome-backgrounds", "backgrounds/gnome"), ["*.webp"], "drawing",
                "Scripts/setup pictures"),
        Package("oxygen-icon-theme", installed("oxygen-icon-theme", "icons/oxygen/base/256x256"),
                ["places/folder-*.png", "places/user-*.png"], "drawing", "Scripts/setup pictures"),
    ],
    # The same, measured once, when no line of the guesses was to change any more.
    "fresh": [
        Package("lomiri-wallpapers-16.04", installed("lomiri-wallpapers-16.04", "backgrounds"), ["*_by_*.jpg"],
                "photograph", "Scripts/setup pictures"),
        Package("lomiri-wallpapers-20.04", installed("lomiri-wallpapers-20.04", "backgrounds"), ["*_by_*.jpg"],
                "photograph", "Scripts/setup pictures"),
        Package("propaganda-debian", installed("propaganda-debian", "wallpapers"), ["*.JPG"], "drawing",
                "Scripts/setup pictures"),
        Package("sway-backgrounds", installed("sway-backgrounds", "backgrounds/sway"), ["*_1920x1080.png"], "drawing",
                "Scripts/setup pictures"),
    ],
}


def pictures(which):
    """(kind, path) of each picture of a set, and what is missing, in words."""
    found, missing = [], []
    for package in SETS[which]:
        paths = [path for folder in package.folders for pattern in package.patterns
                 for path in sorted(folder.glob(pattern))]
        if not paths:
            missing.append(f"no pictures of {package.name} ({package.kind}); {package.cure}")
        found += [(package.kind, path) for path in paths]
    return found, missing


@dataclass
class Dump:
    """The bytes of a file, and what is known of them."""

    name: str
    data: bytes
    size: tuple
    #: The rawmodes between which the bytes cannot tell; empty where nothing must fit.
    rawmodes: set
    kind: str
    picture: str = ""
    interleave: str = "pixel"
    offset: int = 0
    stride: int = 0
    frames: int = 1
    notes: dict = field(default_factory=dict)


def cropped(picture, size, at, mode):
    """A part of a picture with a shape, made smaller to a size."""
    width, height = size
    scale = min(picture.width / width, picture.height / height)
    box = (int(width * scale), int(height * scale))
    left = int((picture.width - box[0]) * at[0])
    top = int((picture.height - box[1]) * at[1])
    part = picture.convert(mode).crop((left, top, left + box[0], top + box[1]))
    return part.resize(size, Image.Resampling.BOX if scale >= 1 else Image.Resampling.BICUBIC)


def screen(rng, size):
    """Windows with lines of text."""
    picture = Image.new("RGB", size, tuple(rng.integers(0, 256, 3).tolist()))
    draw = ImageDraw.Draw(picture)
    words = (ROOT / "README.md").read_text().split("\n")
    for _ in range(int(rng.integers(2, 6))):
        left, top = (int(rng.integers(0, max(1, side * 2 // 3))) for side in size)
        right, bottom = left + size[0] // 2, top + size[1] // 2
        paper = tuple(rng.integers(200, 256, 3).tolist()) if rng.random() < 0.7 else (30, 30, 36)
        ink = (20, 20, 20) if paper[0] > 128 else (220, 220, 210)
        draw.rectangle([left, top, right, bottom], fill=paper, outline=ink)
        draw.rectangle([left, top, right, top + 12], fill=tuple(rng.integers(0, 200, 3).tolist()))
        for line in range(top + 16, bottom - 12, 12):
            text = words[int(rng.integers(len(words)))][:(right - left - 8) // 6]
            draw.text((left + 4, line), text, fill=ink)
    return picture


def gradient(rng, size):
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    bands = []
    for _ in range(3):
        a, b, c = rng.uniform(-1, 1, 3)
        bands.append(a * x + b * y + c * np.hypot(x - rng.random(), y - rng.random()))
    bands = np.stack(bands, 2)
    bands = (bands - bands.min()) / max(1e-9, np.ptp(bands)) * 255
    return Image.fromarray(bands.astype("u1"))


def stripes(rng, size):
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    angle, period = rng.uniform(0.2, 1.3), rng.uniform(7, 60)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    wave = wave if rng.random() < 0.5 else np.sign(wave)
    low, high = rng.integers(0, 256, 3), rng.integers(0, 256, 3)
    bands = low + (high - low) * (wave[..., None] + 1) / 2
    # Stripes alone repeat at many distances: a shape stands on them, as on a test card.
    disc = np.hypot(x - size[0] * rng.random(), y - size[1] * rng.random()) < min(size) / 3
    bands[disc] = rng.integers(0, 256, 3)
    return Image.fromarray(bands.astype("u1"))


def noise(rng, size):
    """Smooth spots under grain, as a microscope or a night has it."""
    spots = Image.fromarray(rng.integers(0, 256, (max(2, size[1] // 24), max(2, size[0] // 24), 3), dtype="u1"))
    bands = np.asarray(spots.resize(size, Image.Resampling.BICUBIC), "f8")
    return Image.fromarray(np.clip(bands + rng.normal(0, 12, bands.shape), 0, 255).astype("u1"))


MADE = {"screen": screen, "gradient": gradient, "stripes": stripes, "noise": noise}

USUAL = [(320, 240), (640, 480), (800, 600), (512, 512), (256, 256), (1024, 768), (1280, 720), (352, 288), (480, 320),
         (720, 576)]


def sized(rng, even):
    if rng.random() < 0.45:
        return USUAL[int(rng.integers(len(USUAL)))]
    width = int(rng.integers(90, 900))
    height = int(width / rng.uniform(0.6, 2.0))
    step = even
    return max(64, width // step * step), max(48, height // (step if step < 3 else 2) * (step if step < 3 else 2))


def luma_chroma(rgb):
    """Y in full size, and Cb and Cr."""
    ycc = np.asarray(Image.fromarray(rgb).convert("YCbCr"), "f8")
    y = 16 + ycc[..., 0] * 219 / 255
    return y.astype("u1"), (128 + (ycc[..., 1:] - 128) * 224 / 255).round().astype("u1")


def packed565(rgb, order):
    r, g, b = (rgb[..., band].astype("u2") for band in range(3))
    return ((r >> 3 << 11) | (g >> 2 << 5) | b >> 3).astype(order)


def bayer(rgb, phase="rggb"):
    out = np.empty(rgb.shape[:2], rgb.dtype)
    for index, color in enumerate(phase):
        y, x = index // 2, index % 2
        out[y::2, x::2] = rgb[y::2, x::2, "rgb".index(color)]
    return out


def raw10(words):
    four = words.reshape(words.shape[0], -1, 4)
    out = np.empty((*four.shape[:2], 5), "u1")
    out[..., :4] = four >> 2
    low = four & 3
    out[..., 4] = low[..., 0] | low[..., 1] << 2 | low[..., 2] << 4 | low[..., 3] << 6
    return out.reshape(words.shape[0], -1)


#: Each storage: the rawmodes that may be said of it, and what sizes must be multiples of.
STORAGES = {
    "L": ({"L"}, 1), "RGB": ({"RGB", "BGR"}, 1), "BGR": ({"RGB", "BGR"}, 1),
    "RGBA": ({"RGBA", "BGRA", "RGBX", "BGRX"}, 1), "RGBA soft": ({"RGBA", "BGRA"}, 1),
    "BGRX zero": ({"RGBX", "BGRX"}, 1), "BGRX garbage": ({"RGBX", "BGRX"}, 1), "ARGB": ({"ARGB", "ABGR", "XRGB", "XBGR"}, 1),
    "565le": ({"BGR;16", "RGB;16"}, 1), "565be": ({"RGB565BE", "BGR565BE"}, 1),
    "gray16le": ({"I;16"}, 1), "gray16be": ({"I;16B"}, 1),
    "gray10 in 16": ({"I;16", "gray10le"}, 1), "gray12 in 16": ({"I;16", "gray12le"}, 1),
    "float": ({"F"}, 1), "planar": ({"RGB", "BGR"}, 1), "CHW float": ({"RGB;32F", "F"}, 1),
    "nv12": ({"nv12", "nv21"}, 2), "i420": ({"yuv420p", "yvu420p"}, 2),
    "yuyv": ({"yuyv", "yvyu"}, 2), "uyvy": ({"uyvy", "vyuy"}, 2),
    "raw10": ({"raw10"}, 4), "bayer8": ({"L"}, 2),
    "bayer12 in 16": ({"I;16", "gray12le"}, 2),
}


def planes_of(storage, picture, rng, phase):
    """The planes of a frame, each rows of bytes."""
    rgb = np.asarray(picture)
    height, width = rgb.shape[:2]
    gray = np.asarray(picture.convert("L"))

    def deep(bits, bands=None):
        # Smaller parts of levels come from a little light that is smooth over the picture.
        light = np.asarray(picture.convert("L") if bands is None else picture, "f8")
        y, x = np.mgrid[0:height, 0:width]
        factor = 1 + 0.02 * np.sin(x / 97 + y / 131)
        if bands is not None:
            factor = factor[..., None]
        grain = rng.normal(0, 0.25, light.shape)
        return np.clip((light * factor + grain) / 258 * (2 ** bits - 1), 0, 2 ** bits - 1)

    def rows(array):
        return np.ascontiguousarray(array).view("u1").reshape(array.shape[0], -1)

    fourth = np.full((height, width, 1), 255, "u1")
    match storage:
        case "L": return [gray]
        case "RGB": return [rows(rgb)]
        case "BGR": return [rows(rgb[..., ::-1])]
        case "RGBA": return [rows(np.concatenate([rgb, fourth], 2))]
        case "RGBA soft":
            y, x = np.mgrid[0:height, 0:width]
            # Round corners: what a border that is all transparent ends in cannot be told from padding.
            edge = np.clip((np.hypot(x / width - 0.5, y / height - 0.5) - 0.6) * 40, 0, 1)
            alpha = (255 - edge * 255).astype("u1")[..., None]
            return [rows(np.concatenate([np.where(alpha > 0, rgb, 0).astype("u1"), alpha], 2))]
        case "BGRX zero": return [rows(np.concatenate([rgb[..., ::-1], fourth * 0], 2))]
        case "BGRX garbage":
            garbage = rng.integers(0, 256, (height, width, 1), dtype="u1")
            return [rows(np.concatenate([rgb[..., ::-1], garbage], 2))]
        case "ARGB": return [rows(np.concatenate([fourth, rgb], 2))]
        case "565le": return [rows(packed565(rgb, "<u2"))]
        case "565be": return [rows(packed565(rgb, ">u2"))]
        case "gray16le": return [rows(deep(16).astype("<u2"))]
        case "gray16be": return [rows(deep(16).astype(">u2"))]
        case "gray10 in 16": return [rows(deep(10).astype("<u2"))]
        case "gray12 in 16": return [rows(deep(12).astype("<u2"))]
        case "float": return [rows((deep(16) / 65535).astype("<f4"))]
        case "planar": return [rgb[..., band] for band in range(3)]
        case "CHW float": return [rows((rgb[..., band] / 255).astype("<f4")) for band in range(3)]
        case "nv12" | "i420":
            y, chroma = luma_chroma(rgb)
            half = chroma.reshape(height // 2, 2, width // 2, 2, 2).mean((1, 3)).round().astype("u1")
            return [y, rows(half)] if storage == "nv12" else [y, half[..., 0], half[..., 1]]
        case "yuyv" | "uyvy":
            y, chroma = luma_chroma(rgb)
            half = chroma.reshape(height, width // 2, 2, 2).mean(2).round().astype("u1")
            out = np.empty((height, width // 2, 4), "u1")
            first = 0 if storage == "yuyv" else 1
            out[..., first], out[..., first + 2] = y[:, ::2], y[:, 1::2]
            out[..., 1 - first], out[..., 3 - first] = half[..., 0], half[..., 1]
            return [rows(out)]
        case "raw10": return [raw10(deep(10).astype("u2"))]
        case "bayer8": return [bayer(rgb, phase)]
        case "bayer12 in 16": return [rows(bayer(deep(12, 3).astype("<u2"), phase))]
    raise ValueError(storage)


def header(rng, count):
    """A name, some numbers, zeros, and at times a text."""
    if count == 0:
        return b""
    out = bytearray(count)
    start = b"RAWD" + rng.integers(0, 900, 12, dtype="<u4").tobytes()
    if rng.random() < 0.3:
        start += b"exposure=10ms gain=2.0 " * 6
    out[:min(count, len(start))] = start[:count]
    return bytes(out)


def padded(rows, stride, how, rng):
    """Rows that are a stride apart: the bytes between are zeros, or what was there before."""
    spare = stride - rows.shape[1]
    if spare == 0:
        return rows
    if how == "zero":
        between = np.zeros((rows.shape[0], spare), "u1")
    else:
        between = rng.integers(0, 256, (rows.shape[0], spare), dtype="u1")
    return np.concatenate([rows, between], 1)


def rounded(row, policy):
    if policy == "power":
        return 1 << (row - 1).bit_length()
    return -(-row // policy) * policy


def make(storage, seed, available):
    """A dump of one storage; everything else is decided by the seed."""
    rng = np.random.default_rng([seed, sorted(STORAGES).index(storage)])
    rawmodes, even = STORAGES[storage]
    kinds = ["photograph"] * 5 + ["drawing"] * 2 + ["screen"] * 2 + ["gradient", "stripes", "noise"]
    kind = kinds[int(rng.integers(len(kinds)))]
    size = sized(rng, even)
    frames = int(rng.integers(2, 7)) if rng.random() < 0.18 else 1
    paths = [path for found, path in available if found == kind]
    made = []
    if kind in MADE or not paths:
        kind = kind if kind in MADE else "screen"
        base = MADE[kind](rng, (size[0] + 64, size[1] + 64))
        name = kind
    else:
        path = paths[int(rng.integers(len(paths)))]
        name = path.stem
        with Image.open(path) as opened:
            base = opened.convert("RGBA")
            base = Image.alpha_composite(Image.new("RGBA", base.size, (90, 120, 160, 255)), base).convert("RGB")
    at = rng.random(2)
    for frame in range(frames):
        moved = np.clip(at + 0.03 * frame * (1 if at[0] < 0.5 else -1), 0, 1)
        if kind in MADE:
            left, top = (int(part * 64) for part in moved)
            made.append(base.crop((left, top, left + size[0], top + size[1])))
        else:
            made.append(cropped(base, size, moved, "RGB"))
    offset = 0
    if rng.random() < 0.5:
        offset = int(rng.choice([16, 54, 64, 128, 256, 512, 1024, 2048, 4096, int(rng.integers(1, 4096)),
                                 int(rng.integers(1, 4096))]))
    policy, how = 1, "zero"
    if rng.random() < 0.45:
        policies = [4, 16, 64, 256, "power"] + ([4096] if size[0] >= 600 else [])
        policy = policies[int(rng.integers(len(policies)))]
        how = "zero" if rng.random() < 0.6 else "garbage"
    parts = [header(rng, offset)]
    phase = "rggb" if seed % 2 else "grbg"
    first = None
    for picture in made:
        planes = planes_of(storage, picture, rng, phase)
        stride = rounded(planes[0].shape[1], policy)
        if storage == "i420":
            stride = rounded(planes[0].shape[1], policy if policy == "power" else max(2, policy))
        for plane in planes:
            step = stride if plane.shape[1] == planes[0].shape[1] else stride // 2
            parts.append(padded(plane, step, how, rng).tobytes())
        first = first or (planes[0].shape[1], stride)
    row, stride = first
    named = rng.random() < 0.08
    file = f"cap_{size[0]}x{size[1]}.raw" if named else "dump.bin"
    band = np.asarray(made[0].resize((64, 64), Image.Resampling.BOX), "i2")
    is_gray = np.abs(band - band[..., 1:2]).mean() < 1.5
    return Dump(
        file, b"".join(parts), size, rawmodes, storage, f"{kind} {name}",
        "plane" if storage in ("planar", "CHW float") else "pixel", offset, stride, frames,
        {"padding": stride - row, "how": how if stride > row else "", "policy": policy, "seed": seed, "gray": bool(is_gray), "phase": phase})


def no_pictures(seed):
    """(name, bytes) of files in which no picture is."""
    rng = np.random.default_rng(seed)
    words = random.Random(seed)
    text = b"\n".join(path.read_bytes() for path in sorted((ROOT / "Documentation").glob("*.md")))
    yield "random", rng.integers(0, 256, 300_000, dtype="u1").tobytes()
    yield "random of a usual size", rng.integers(0, 256, 640 * 480, dtype="u1").tobytes()
    yield "zeros", bytes(640 * 480)
    yield "ones", b"\xff" * 100_000
    yield "text", text
    yield "table", b"".join(b"%06d;%06d\n" % (i, words.randrange(999_999)) for i in range(20_000))
    yield "deflated", zlib.compress(text)[10:]
    yield "bzip2 body", bz2.compress(text)[30:]
    yield "lzma body", lzma.compress(text)[64:]
    yield "json", b"[" + b",".join(b'{"a":%d,"b":"%x"}' % (i, words.getrandbits(40)) for i in range(9000)) + b"]"
    yield "code", Path("/bin/true").read_bytes()
    yield "normal floats", rng.normal(size=60_000).astype("<f8").tobytes()
