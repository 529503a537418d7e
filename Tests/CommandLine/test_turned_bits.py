"""Images of one bit a pixel that lie on their side, against NumPy."""

import numpy as np
import pytest

SIZES = [(1, 1), (7, 9), (64, 64), (63, 65), (130, 520), (1027, 71)]


def saved(here, name) -> np.ndarray:
    _, size, rest = (here / name).read_bytes().split(b"\n", 2)
    width, height = map(int, size.split())
    rows = np.frombuffer(rest, "u1").reshape(height, -1)
    bits = np.unpackbits(rows, axis=1)
    assert not bits[:, width:].any(), "unused bits are zero"
    return bits[:, :width]


@pytest.mark.parametrize("degrees", [90, 270])
@pytest.mark.parametrize("size", SIZES)
def test_a_quarter_turn(imgtool, here, size, degrees):
    width, height = size
    bits = np.random.default_rng(width).integers(0, 2, (height, width), "u1")
    data = np.packbits(bits, axis=1).tobytes()
    (here / "a.pbm").write_bytes(b"P4\n%d %d\n" % size + data)
    imgtool("open", "a.pbm", "--reorient", degrees, "--save", "out.pbm")
    assert np.array_equal(saved(here, "out.pbm"), np.rot90(bits, -degrees // 90))


@pytest.mark.parametrize("left", [1, 5, 8])
def test_a_part_that_starts_within_a_byte_is_turned_and_mirrored(imgtool, here, left):
    bits = np.random.default_rng(left).integers(0, 2, (600, 90), "u1")
    (here / "a.pbm").write_bytes(b"P4\n90 600\n" + np.packbits(bits, axis=1).tobytes())
    imgtool("open", "a.pbm", "--crop", f"70x599+{left}+1", "--reorient", 90, "--reorient", "h",
            "--save", "out.pbm")
    part = bits[1:600, left : left + 70]
    assert np.array_equal(saved(here, "out.pbm"), np.rot90(part, -1)[:, ::-1])
    # As a map of brightness the bits mean the opposite.
    imgtool("open", "a.pbm", "--crop", f"70x599+{left}+1", "--reorient", 270, "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy") != 0, np.rot90(part, 1) == 0)
