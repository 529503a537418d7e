"""What the tests of comparisons share: changed pixels, and what NumPy says of them."""

import numpy as np
import pytest
from oracles import MODES, PALETTE, PALETTE_MODES
from PIL import Image

SIZE = (33, 17)


def change(mode: str, array: np.ndarray, count: int, seed=0) -> np.ndarray:
    """The samples with `count` pixels made others in some band."""
    draw = np.random.default_rng(seed)
    other = array.copy()
    flat = other.reshape(SIZE[0] * SIZE[1], -1)
    for pixel in draw.choice(len(flat), count, replace=False):
        band = draw.integers(flat.shape[1])
        if mode == "RGBX":
            band = draw.integers(3)
        value = flat[pixel, band]
        flat[pixel, band] = not value if mode == "1" else value / 2 + 3 if mode == "F" else value ^ 5
    return other


def wide(mode: str, array: np.ndarray) -> np.ndarray:
    """The samples that are compared, as numbers wide enough for their differences."""
    if mode == "1":
        return array.astype("f8")[..., None] * 255
    if mode in PALETTE_MODES:
        colors = np.frombuffer(PALETTE, "u1").reshape(-1, 3).astype("f8")
        return colors[array] if mode == "P" else np.concatenate(
            [colors[array[..., 0]], array[..., 1:].astype("f8")], axis=2)
    array = array.astype("f8")
    if array.ndim == 2:
        array = array[..., None]
    return array[..., :3] if mode == "RGBX" else array


def box_of(marked: np.ndarray) -> dict:
    """The rectangle around all marked pixels."""
    rows, columns = np.flatnonzero(marked.any(axis=1)), np.flatnonzero(marked.any(axis=0))
    return {"x": columns[0], "y": rows[0], "width": columns[-1] - columns[0] + 1,
            "height": rows[-1] - rows[0] + 1}


def is_red(picture: Image.Image) -> np.ndarray:
    """Where a picture of the errors says that a pixel fails."""
    assert picture.mode == "RGB"
    return (np.asarray(picture) == [255, 0, 0]).all(axis=2)


@pytest.fixture
def pair(here):
    """Two gray pictures of 100 pixels, of which 10 differ: by 1, 2, … 10."""
    a = np.full((10, 10), 100, "u1")
    b = a.copy()
    b[4] += np.arange(1, 11, dtype="u1")
    Image.fromarray(a).save("a.png")
    Image.fromarray(b).save("b.png")
    return ["a.png", "b.png"]
