"""What other programs see in the files of the corpora, as plain NumPy arrays."""

import re
import subprocess
import warnings
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

# A file that says more is a bomb to Pillow too.
Image.MAX_IMAGE_PIXELS = 1 << 23
TYPES = {"uchar": "u1", "char": "i1", "ushort": "<u2", "short": "<i2", "uint": "<u4", "int": "<i4",
         "float": "<f4", "double": "<f8"}
NOT_IMAGES = {".md", ".txt", ".html", ".csv", ".LICENSE", ".dict", ".README"}


def files(folder: Path) -> list:
    """The images of a corpus, by their paths inside of it."""
    return [path for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in NOT_IMAGES and "LICENSE" not in path.name]


def pillow(path: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(path)
            image.load()
            if image.mode in ("P", "PA") or (
                    image.mode in ("1", "L", "RGB") and "transparency" in image.info):
                image = image.convert("RGBA")
            return np.asarray(image)
        except Exception:  # Pillow raises of all kinds for a damaged file.
            return None


def vips(path: Path, scratch: Path):
    # The options keep vips from calling a file whole that ends early.
    done = subprocess.run(["vips", "copy", f"{path}[fail-on=error]", scratch / "vips.v"],
                          capture_output=True)
    if done.returncode:
        return None
    said = subprocess.run(["vipsheader", "-a", scratch / "vips.v"], capture_output=True,
                          check=True).stdout.decode(errors="replace")
    facts = dict(re.findall(r"^(\w+): (\S+)", said, re.M))
    if facts["format"] not in TYPES:
        return None
    shape = [int(facts[name]) for name in ("height", "width", "bands")]
    dtype = np.dtype(TYPES[facts["format"]])
    body = (scratch / "vips.v").read_bytes()[64:]
    return np.frombuffer(body[: np.prod(shape) * dtype.itemsize], dtype).reshape(shape)


def magick(path: Path, scratch: Path):
    done = subprocess.run(["convert", path, "-depth", "16", scratch / "magick.pam"],
                          capture_output=True, env={"PATH": "/usr/bin:/bin", "MAGICK_MEMORY_LIMIT": "256MB"})
    # Netpbm does not read what ImageMagick writes of bilevel pictures.
    return pam((scratch / "magick.pam").read_bytes()) if done.returncode == 0 else None


def netpbm(path: Path):
    """The samples that Netpbm reads, or None where it refuses."""
    with open(path, "rb") as file:  # It takes no name.
        done = subprocess.run(["/usr/bin/pamtopam"], stdin=file, capture_output=True)
    return pam(done.stdout) if done.returncode == 0 else None


def pam(data: bytes):
    """The samples of a PAM file, spread over 8 or 16 bits."""
    head = re.match(
        rb"P7\n(?:#.*\n)*WIDTH (\d+)\nHEIGHT (\d+)\nDEPTH (\d+)\nMAXVAL (\d+)\n(?:.*\n)*?ENDHDR\n", data)
    if not head:
        return None
    width, height, depth, top = map(int, head.groups())
    dtype = np.dtype(">u2" if top > 255 else "u1")
    body = data[head.end():]
    array = np.frombuffer(body[: width * height * depth * dtype.itemsize], dtype)
    array = array.reshape(height, width, depth)
    full = 65535 if top > 255 else 255
    return array if top == full else np.round(array.astype(float) * full / top).astype(dtype)


def numpy(path: Path):
    try:
        array = np.load(path, allow_pickle=False)
    except Exception:
        return None
    return array if array.dtype.kind in "biuf" and array.ndim > 1 else None


def archive(path: Path):
    """The arrays of an .npz file that may be images, in its order."""
    try:
        arrays = list(np.load(path, allow_pickle=False).values())
    except Exception:
        return
    yield from (array for array in arrays if array.dtype.kind in "biuf" and array.ndim > 1)


def tiff(path: Path):
    """What tifffile reads of the first page: the stored numbers, and those scaled to whole bytes."""
    try:
        page = tifffile.TiffFile(path).pages[0]
        array = page.asarray()
    except Exception:  # tifffile raises of all kinds for a damaged file.
        return
    if array.ndim == 3 and page.planarconfig == 2:
        array = np.moveaxis(array, 0, -1)
    if array.dtype.kind == "u" and isinstance(page.bitspersample, int):
        top = (1 << page.bitspersample) - 1
        if page.photometric == 0:
            array = top - array
        yield (array.astype(float) * np.iinfo(array.dtype).max // top).astype(array.dtype)
    yield array
    if array.ndim == 3:
        # A mode knows fewer samples than the file has; a note says so.
        yield from (array[..., :count] for count in (1, 3, 4))


def farbfeld(path: Path):
    """By the format's own page: magic, width, height, and 16-bit big-endian RGBA."""
    data = path.read_bytes()
    width, height = np.frombuffer(data[8:16], ">u4")
    return np.frombuffer(data[16:], ">u2").reshape(height, width, 4)


def rgba(array: np.ndarray) -> np.ndarray:
    """Gray, gray and alpha, or colors as four bands, so that programs that keep them apart and
    programs that do not can be compared."""
    if array.ndim == 2:
        array = array[..., None]
    if array.dtype == bool:
        array = array.astype("u1") * 255
    opaque = np.iinfo(array.dtype).max if array.dtype.kind in "ui" else 1
    full = np.full_like(array[..., :1], opaque)
    match array.shape[2]:
        case 1:
            return np.concatenate([array] * 3 + [full], 2)
        case 2:
            return np.concatenate([array[..., :1]] * 3 + [array[..., 1:]], 2)
        case 3:
            return np.concatenate([array, full], 2)
    return array


def same(ours: np.ndarray, theirs: np.ndarray, rounding=0) -> bool:
    """Equal numbers, or equal as far as 8 bits tell where only one of them has 16; `rounding` is by
    how much samples may differ."""
    if theirs is None or ours.shape[:2] != theirs.shape[:2]:
        return False
    if equal(ours.squeeze(), theirs.squeeze()):
        return True
    a, b = rgba(ours), rgba(theirs)
    if a.shape != b.shape:
        return False
    if {a.dtype.str[1:], b.dtype.str[1:]} == {"u1", "u2"}:
        narrow, wide = (a, b) if a.dtype.itemsize == 1 else (b, a)
        exact = np.round(wide / 257).astype(int)
        return equal(narrow, wide >> 8) or bool(np.abs(narrow - exact).max() <= rounding)
    if rounding and a.dtype.kind == "u" and a.dtype.str[1:] == b.dtype.str[1:]:
        return bool(np.abs(a.astype(int) - b).max() <= rounding)
    return equal(a, b)


def equal(a: np.ndarray, b: np.ndarray) -> bool:
    floating = a.dtype.kind == "f" and b.dtype.kind == "f"
    return bool(np.array_equal(a, b, equal_nan=floating))
