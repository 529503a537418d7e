"""TGA files whose header and extension say different things of alpha than their bytes do."""

import struct
import subprocess

import numpy as np
import pytest
from PIL import Image

SHAPE = (6, 5)
FOOTER = b"TRUEVISION-XFILE.\0"


def header(kind, bits, descriptor, shape=SHAPE, *, map_type=0, map_length=0, map_bits=0):
    """18 bytes; rows go from top to bottom."""
    return struct.pack("<BBBHHBHHHHBB", 0, map_type, kind, 0, map_length, map_bits, 0, 0, shape[1],
                       shape[0], bits, descriptor | 32)


def extension(attributes: int, at: int) -> bytes:
    """The extension area of a file of `at` bytes, and its footer."""
    area = struct.pack("<H", 495) + bytes(492) + bytes([attributes])
    return area + struct.pack("<II", at, 0) + FOOTER


def packets(body: bytes, size: int) -> bytes:
    """Literal packets and, where a pixel is repeated, runs."""
    pixels = [body[at:at + size] for at in range(0, len(body), size)]
    out = b""
    while pixels:
        run = next((n for n, p in enumerate(pixels[:128]) if p != pixels[0]), min(len(pixels), 128))
        out += bytes([127 + run]) + pixels[0]
        pixels = pixels[run:]
    return out


def picture(bands=3, seed=1):
    return np.random.default_rng(seed).integers(0, 256, (*SHAPE, bands), "u1")


def colors32(rgb, alpha) -> bytes:
    alpha = np.broadcast_to(np.asarray(alpha, "u1"), SHAPE)
    return np.dstack([rgb[..., ::-1], alpha]).tobytes()


def colors16(rgb, alpha) -> tuple:
    """5 bits a color: the bytes, and the picture that they are."""
    five = (rgb >> 3).astype("<u2")
    words = five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2] | np.asarray(alpha, "<u2") << 15
    shown = (five.astype(int) * 255 // 31).astype("u1")
    return words.astype("<u2").tobytes(), shown


def write(path, head, body, size, *, packed, attributes=None):
    data = head + (packets(body, size) if packed else body)
    if packed:
        data = data[:2] + bytes([data[2] | 8]) + data[3:]
    if attributes is not None:
        data += extension(attributes, len(data))
    path.write_bytes(data)


PACKED = pytest.mark.parametrize("packed", [False, True], ids=["plain", "packets"])
MIXED = np.arange(30, dtype="u1").reshape(SHAPE)
LAST = np.zeros(SHAPE, "u1")
LAST[-1, -1] = 1

# What the extension says (None: there is none), the alpha bits of byte 17, the bytes of alpha, and
# the mode that is right.
ALPHA = [
    (None, 8, 0, "RGB"), (None, 0, 0, "RGB"), (None, 8, MIXED, "RGBA"), (None, 0, MIXED, "RGBA"),
    (None, 8, 255, "RGBA"), (None, 8, LAST, "RGBA"), (None, 4, MIXED, "RGBA"),
    (0, 8, MIXED, "RGB"), (1, 8, MIXED, "RGB"), (1, 8, 0, "RGB"), (2, 8, MIXED, "RGB"),
    (2, 8, 0, "RGB"), (3, 8, MIXED, "RGBA"), (3, 8, 0, "RGBA"), (4, 8, MIXED, "RGBa"),
    (4, 8, 0, "RGBa"), (9, 8, 0, "RGB"), (9, 8, MIXED, "RGBA"),
]


@PACKED
@pytest.mark.parametrize("attributes,bits,alpha,mode", ALPHA)
def test_alpha_is_what_the_extension_says_and_none_where_it_is_all_zero(
        imgtool, here, attributes, bits, alpha, mode, packed):
    rgb = picture()
    write(here / "in.tga", header(2, 32, bits), colors32(rgb, alpha), 4, packed=packed,
          attributes=attributes)
    assert np.array_equal(np.asarray(Image.open(here / "in.tga"))[..., :3], rgb), "Pillow"
    assert imgtool("info", "in.tga", "--json").json["mode"] == mode
    run = imgtool("open", "in.tga", *[] if packed else ["--expect-shared"], "--save", "out.npy")
    ours = np.load(here / "out.npy")
    assert np.array_equal(ours[..., :3], rgb)
    if mode != "RGB":
        assert np.array_equal(ours[..., 3], np.broadcast_to(alpha, SHAPE))
    zero = np.ndim(alpha) == 0 and alpha == 0 and attributes not in (0, 1, 2, 3, 4)
    assert zero == ("alpha" in run.errors), run


@PACKED
@pytest.mark.parametrize("attributes,bits,alpha,mode", [
    (None, 1, 0, "RGB"), (None, 1, 1, "RGBA"), (None, 1, LAST, "RGBA"), (None, 0, 1, "RGB"),
    (0, 1, 1, "RGB"), (1, 1, LAST, "RGB"), (2, 1, 0, "RGB"), (3, 1, 0, "RGBA"), (3, 1, LAST, "RGBA"),
])
def test_the_one_bit_of_16_is_alpha_where_32_bits_would_be(
        imgtool, here, attributes, bits, alpha, mode, packed):
    body, shown = colors16(picture(), alpha)
    write(here / "in.tga", header(2, 16, bits), body, 2, packed=packed, attributes=attributes)
    assert np.array_equal(np.asarray(Image.open(here / "in.tga").convert("RGB")), shown), "Pillow"
    imgtool("open", "in.tga", "--save", "out.npy")
    ours = np.load(here / "out.npy")
    assert np.array_equal(ours[..., :3], shown) and ours.shape[2] == len(mode)
    if mode == "RGBA":
        assert np.array_equal(ours[..., 3], np.broadcast_to(np.asarray(alpha) * 255, SHAPE))


@PACKED
@pytest.mark.parametrize("attributes,alpha,mode", [
    (None, 0, "L"), (None, MIXED, "LA"), (2, MIXED, "L"), (3, 0, "LA"), (4, MIXED, "La")])
def test_the_second_byte_of_a_gray_is_alpha_by_the_same_rule(
        imgtool, here, attributes, alpha, mode, packed):
    gray = picture(1)
    body = np.dstack([gray, np.broadcast_to(np.asarray(alpha, "u1"), SHAPE)]).tobytes()
    write(here / "in.tga", header(3, 16, 8), body, 2, packed=packed, attributes=attributes)
    assert imgtool("info", "in.tga", "--json").json["mode"] == mode
    imgtool("open", "in.tga", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy").reshape(*SHAPE, -1)[..., :1], gray)


@pytest.mark.parametrize("attributes,alpha,opaque", [
    (None, 0, True), (2, 7, True), (None, 7, False), (3, 0, False)])
def test_the_alpha_of_colors_in_a_map_goes_by_the_same_rule(
        imgtool, here, attributes, alpha, opaque):
    table = picture().reshape(-1, 3)
    indices = np.arange(30, dtype="u1").reshape(SHAPE)
    entries = np.hstack([table[:, ::-1], np.full((30, 1), alpha, "u1")]).tobytes()
    write(here / "in.tga", header(1, 8, 0, map_type=1, map_length=30, map_bits=32),
          entries + indices.tobytes(), 1, packed=False, attributes=attributes)
    imgtool("open", "in.tga", "--convert", "RGBA", "--save", "out.npy")
    ours = np.load(here / "out.npy")
    assert np.array_equal(ours[..., :3], table[indices])
    assert (ours[..., 3] == (255 if opaque else alpha)).all()


def test_an_edit_of_colors_without_alpha_leaves_the_fourth_byte_alone(imgtool, here):
    rgb = picture()
    write(here / "in.tga", header(2, 32, 8), colors32(rgb, MIXED), 4, packed=False, attributes=2)
    before = (here / "in.tga").read_bytes()
    imgtool("open", "in.tga", "--access", "rw", "--no-copy", "--put", "3,2=1,2,3")
    at = 18 + (2 * 5 + 3) * 4
    assert (here / "in.tga").read_bytes() == before[:at] + bytes([3, 2, 1]) + before[at + 3:]


def test_alpha_is_looked_for_only_as_far_as_the_first_of_it(imgtool, here, program):
    """Of a sparse file of 1.6 GB, one byte of alpha at its start, no more than that is read."""
    with open(here / "in.tga", "wb") as file:
        file.write(header(2, 32, 8, (20000, 20000)) + bytes([1, 2, 3, 4]))
        file.truncate(18 + 20000 * 20000 * 4)
    assert imgtool("info", "in.tga", "--json").json["mode"] == "RGBA"
    cached = subprocess.run([program("fincore"), "--bytes", "--noheadings", "--output", "RES",
                             "in.tga"], capture_output=True, check=True).stdout
    assert int(cached) < 16 << 20, "the pages of the file that were read"


@pytest.mark.parametrize("fields", [{"map_bits": 24}, {"map_bits": 8}, {"map_length": 256, "map_bits": 24}],
                         ids=str)
def test_what_is_said_of_a_map_that_is_not_there_counts_for_nothing(imgtool, here, fields):
    rgb = picture()
    write(here / "in.tga", header(2, 24, 0, **fields), rgb[..., ::-1].tobytes(), 3, packed=False)
    assert np.array_equal(np.asarray(Image.open(here / "in.tga")), rgb), "Pillow"
    imgtool("open", "in.tga", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), rgb)


@pytest.mark.parametrize("kind,bits,bands", [(2, 24, 3), (2, 32, 4), (3, 8, 1), (3, 16, 2)])
@pytest.mark.parametrize("alpha", [1, 4, 8])
def test_any_number_of_alpha_bits_is_known(imgtool, here, kind, bits, bands, alpha):
    array = picture(bands)
    order = {1: [0], 2: [0, 1], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[bands]
    write(here / "in.tga", header(kind, bits, alpha), array[..., order].tobytes(), bands, packed=False)
    imgtool("open", "in.tga", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy").reshape(array.shape), array)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("alpha", [0, 9])
def test_alpha_that_is_saved_comes_back(imgtool, here, mode, alpha):
    array = picture(len(mode))
    array[..., -1] = alpha
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--save", "out.tga")
    data = (here / "out.tga").read_bytes()
    assert data[-18:] == FOOTER
    area, = struct.unpack("<I", data[-26:-22])
    assert data[area:area + 2] == struct.pack("<H", 495) and data[area + 494] == 3
    assert np.array_equal(np.asarray(Image.open(here / "out.tga")), array), "Pillow"
    imgtool("open", "out.tga", "--save", "back.npy")
    assert np.array_equal(np.load(here / "back.npy"), array)


@pytest.mark.parametrize("kind", [1, 9])
def test_indices_of_16_bits_are_refused_by_their_name(refused, here, kind):
    colors = bytes(3 * 300)
    data = header(kind, 16, 0, map_type=1, map_length=300, map_bits=24) + colors + bytes(2 * SHAPE[0] * SHAPE[1])
    (here / "in.tga").write_bytes(data)
    refused("open", "in.tga", "--hash", words=["TGA with indices of 16 bits is not supported"])
