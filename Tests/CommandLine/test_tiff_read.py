"""TIFF files as programs of other times and byte orders wrote them: what libtiff and tifffile read is
what is shown, and a file that contradicts itself is refused."""

import struct
import subprocess

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

SIZE = {"I": 4, "H": 2, "B": 1, "Q": 8}
TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def tiff(path, width, height, segments, *, order="<", bits=(8,), compression=1, photometric=1,
         tags=(), tile=None, rows=None):
    """A file of one page put together tag by tag: `tags` are (number, struct's letter, values)."""
    offsets, position = [], 8
    for segment in segments:
        offsets.append(position)
        position += len(segment)
    where, lengths = (324, 325) if tile else (273, 279)
    entries = [(256, "I", [width]), (257, "I", [height]), (258, "H", list(bits)),
               (259, "H", [compression]), (262, "H", [photometric]), (277, "H", [len(bits)]),
               (where, "I", offsets), (lengths, "I", [len(segment) for segment in segments]), *tags]
    entries += [(322, "I", [tile[0]]), (323, "I", [tile[1]])] if tile else [
        (278, "I", [height if rows is None else rows])]
    position += position % 2
    after = position + 2 + 12 * len(entries) + 4
    directory, outside = struct.pack(order + "H", len(entries)), b""
    for number, letter, values in sorted(entries):
        data = struct.pack(f"{order}{len(values)}{letter}", *values)
        if len(data) > 4:
            place, outside = struct.pack(order + "I", after + len(outside)), outside + data
        else:
            place = data.ljust(4, b"\0")
        kind = {"B": 1, "H": 3, "I": 4}[letter]
        directory += struct.pack(order + "HHI", number, kind, len(values)) + place
    body = b"".join(segments)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    path.write_bytes(mark + struct.pack(order + "I", position) + body + b"\0" * (len(body) % 2)
                     + directory + b"\0" * 4 + outside)


def pixels(shape, dtype="u1", seed=8):
    """Numbers with repetitions, so that every kind of compression has something to find."""
    full = np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype, True)
    full[..., ::3] = full[..., :1]
    return full


PACK = {"plain": (1, bytes), "PackBits": (32773, imagecodecs.packbits_encode),
        "LZW": (5, imagecodecs.lzw_encode), "deflate": (8, imagecodecs.zlib_encode)}
SAMPLES = {
    "1 bit": ((1,), "<", lambda a: np.packbits(a & 1, axis=-1).tobytes()),
    "8 bits": ((8,), "<", lambda a: a.tobytes()),
    "RGB": ((8, 8, 8), "<", lambda a: a.tobytes()),
    "16 bits, little-endian": ((16,), "<", lambda a: a.astype("<u2").tobytes()),
    "16 bits, big-endian": ((16,), ">", lambda a: a.astype(">u2").tobytes()),
}


@pytest.mark.parametrize("shape", ["strips", "tiles"])
@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("samples", SAMPLES)
def test_fill_order_2_turns_the_bits_of_the_packed_bytes(imgtool, here, samples, packing, shape):
    bits, order, packed = SAMPLES[samples]
    bands = (3,) if len(bits) == 3 else ()
    array = pixels((32, 48, *bands), "u2" if bits[0] == 16 else "u1")
    compression, pack = PACK[packing]
    if shape == "strips":
        parts, extra = [array[:13], array[13:26], array[26:]], {"rows": 13}
    else:
        parts = [array[y:y + 16, x:x + 16] for y in (0, 16) for x in (0, 16, 32)]
        extra = {"tile": (16, 16)}
    segments = [pack(packed(np.ascontiguousarray(part))).translate(TURNED) for part in parts]
    tiff(here / "in.tif", 48, 32, segments, order=order, bits=bits, compression=compression,
         photometric=2 if bands else 1, tags=[(266, "H", [2])], **extra)
    wanted = (array & 1).astype(bool) if bits == (1,) else array
    if bits != (16,):
        assert np.array_equal(np.asarray(Image.open(here / "in.tif")), wanted), "Pillow"
    subprocess.run(["vips", "copy", "in.tif", "theirs.tif"], check=True)
    theirs = tifffile.imread(here / "theirs.tif").reshape(array.shape)
    assert np.array_equal(theirs.astype(wanted.dtype), wanted), "vips"
    imgtool("open", "in.tif", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), wanted)


def test_fill_order_2_goes_before_a_predictor(imgtool, here):
    array = pixels((5, 40))
    packed = imagecodecs.lzw_encode(imagecodecs.delta_encode(array, axis=1).tobytes())
    tiff(here / "in.tif", 40, 5, [packed.translate(TURNED)], compression=5,
         tags=[(266, "H", [2]), (317, "H", [2])])
    assert np.array_equal(np.asarray(Image.open(here / "in.tif")), array), "Pillow"
    imgtool("open", "in.tif", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


def test_plain_bytes_of_fill_order_2_stay_in_their_place(imgtool, here):
    array = pixels((5, 40))
    tiff(here / "in.tif", 40, 5, [array.tobytes().translate(TURNED)], tags=[(266, "H", [2])])
    imgtool("open", "in.tif", "--access", "rw", "--no-copy", "--put", "3,2=77", "--expect-shared")
    array[2, 3] = 77
    assert np.array_equal(np.asarray(Image.open(here / "in.tif")), array)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_color_map_below_256_has_numbers_of_8_bits(imgtool, here, bits):
    count = 1 << bits
    table = np.random.default_rng(bits).integers(0, 256, (3, count))
    table[0, 0] = 255
    indices = np.arange(count, dtype="u1").reshape(1, -1).repeat(8, 0)[:, :256]
    rows = np.unpackbits(indices[..., None], axis=-1)[..., 8 - bits:].reshape(8, -1)
    tiff(here / "in.tif", count, 8, [np.packbits(rows, axis=1).tobytes()], bits=(bits,),
         photometric=3, tags=[(320, "H", table.reshape(-1).tolist())])
    subprocess.run(["convert", "in.tif", "-depth", "8", "rgb:theirs.rgb"], check=True)
    wanted = table.T.astype("u1")[indices]
    assert (here / "theirs.rgb").read_bytes() == wanted.tobytes(), "ImageMagick"
    run = imgtool("open", "in.tif", "--convert", "RGB", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), wanted)
    assert "8 bits" in run.errors, "a note says how the numbers were taken"


def test_one_number_of_256_makes_all_of_a_color_map_16_bits_wide(imgtool, here):
    table = np.full((3, 256), 255)
    table[1, 9] = 256
    tiff(here / "in.tif", 2, 1, [bytes([9, 10])], photometric=3,
         tags=[(320, "H", table.reshape(-1).tolist())])
    assert np.asarray(Image.open(here / "in.tif").convert("RGB")).tolist() == [[[0, 1, 0], [0] * 3]]
    imgtool("open", "in.tif", "--convert", "RGB", "--expect", "0,0=0,1,0", "--expect", "1,0=0,0,0")


# RowsPerStrip of an image of 4 rows, the strips that stand there, and those that it makes.
PLANAR = [(0x80000001, 12, 3), (4, 12, 3), (1, 3, 12), (2, 5, 6), (2, 7, 6)]
CHUNKY = [(1, 3, 4), (3, 1, 2), (2, 1, 2)]


@pytest.mark.parametrize("rows,found,wanted", PLANAR)
def test_strips_of_planes_that_rows_per_strip_does_not_make_are_refused(
        refused, here, rows, found, wanted):
    array = pixels((3, 4, 4))
    segments = [array.tobytes()[at::found][:4 * max(1, min(rows, 4))] for at in range(found)]
    tiff(here / "in.tif", 4, 4, segments, bits=(8, 8, 8), photometric=2, tags=[(284, "H", [2])],
         rows=rows)
    refused("open", "in.tif", "--save", "out.npy",
            words=["in.tif", f"{found} strip offsets, expected {wanted}, ", "RowsPerStrip"])


@pytest.mark.parametrize("rows,found,wanted", CHUNKY)
def test_too_few_strips_for_all_rows_are_refused(refused, here, rows, found, wanted):
    tiff(here / "in.tif", 4, 4, [bytes(4 * rows)] * found, rows=rows)
    refused("open", "in.tif", "--save", "out.npy",
            words=["in.tif", f"{found} strip offset", f"expected {wanted}, ", "RowsPerStrip"])


def test_as_many_strips_as_planes_and_rows_make_are_read(imgtool, here):
    array = pixels((3, 5, 4))
    segments = [plane[y:y + 2].tobytes() for plane in array for y in (0, 2, 4)]
    tiff(here / "in.tif", 4, 5, segments, bits=(8, 8, 8), photometric=2, tags=[(284, "H", [2])],
         rows=2)
    imgtool("open", "in.tif", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), np.moveaxis(array, 0, -1))
    assert np.array_equal(np.asarray(Image.open(here / "in.tif")), np.moveaxis(array, 0, -1))


def associated(bands, count=4096):
    """Colors that are not above their opacity, with every kind of opacity but none."""
    generator = np.random.default_rng(16)
    alpha = generator.integers(1, 65536, (8, count // 8, 1))
    alpha[0, :2] = [[1], [65535]]
    colors = generator.integers(0, alpha + 1, (8, count // 8, bands - 1))
    return np.concatenate([colors, alpha], 2).astype("u2")


@pytest.mark.parametrize("bands,target", [(4, "RGBA"), (2, "LA"), (2, "RGBA"), (4, "RGB")])
def test_16_bits_stay_16_when_color_is_divided_by_opacity(imgtool, here, bands, target):
    array = associated(bands)
    tiff(here / "in.tif", array.shape[1], 8, [array.astype("<u2").tobytes()], bits=(16,) * bands,
         photometric=2 if bands == 4 else 1, tags=[(338, "H", [1])])
    imgtool("open", "in.tif", "--convert", target, "--save", "out.npy")
    ours = np.load(here / "out.npy")
    assert ours.dtype == np.uint16
    exact = array[..., :-1].astype(float) * 65535 / array[..., -1:]
    # libvips divides while it loads.
    subprocess.run(["vips", "rawsave", "in.tif", "theirs.raw"], check=True)
    theirs = np.fromfile(here / "theirs.raw", "<u2").reshape(array.shape)
    assert np.abs(theirs[..., :-1] - exact).max() <= 1, "vips"
    if target == "RGBA" and bands == 2:
        exact = exact.repeat(3, 2)
    assert np.abs(ours[..., :exact.shape[2]] - exact).max() <= 1
    if target != "RGB":
        assert np.array_equal(ours[..., -1], array[..., -1])


@pytest.mark.parametrize("plain,premultiplied", [("RGBA", "RGBa"), ("LA", "La")])
def test_16_bits_stay_16_when_color_is_multiplied_by_opacity(imgtool, here, plain, premultiplied):
    array = pixels((8, 512, len(plain)), "u2")
    np.save(here / "in.npy", array)
    imgtool("open", "in.npy", "--convert", premultiplied, "--save", "out.npy")
    ours = np.load(here / "out.npy")
    assert ours.dtype == np.uint16 and np.array_equal(ours[..., -1], array[..., -1])
    exact = array[..., :-1].astype(float) * array[..., -1:] / 65535
    assert np.abs(ours[..., :-1] - exact).max() <= 0.5


def old_lzw(data: bytes) -> bytes:
    """LZW as files before TIFF 5 have it: least significant bit first, codes that grow on time.

    imagecodecs and libtiff read it, and neither writes it.
    """
    out, held, count = bytearray(), 0, 0
    table, width = {bytes([byte]): byte for byte in range(256)}, 9
    codes, following = [(256, 9)], 258
    word = b""
    for byte in data:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        codes.append((table[word], width))
        if following < 4095:
            table[longer] = following
            following += 1
            # The reader is one entry behind.
            width = max(width, (following - 1).bit_length())
        else:
            codes.append((256, width))
            table, width, following = {bytes([v]): v for v in range(256)}, 9, 258
        word = bytes([byte])
    codes += [(table[word], width), (257, width)]
    for code, size in codes:
        held |= code << count
        count += size
        while count >= 8:
            out.append(held & 255)
            held, count = held >> 8, count - 8
    return bytes(out) + bytes([held])


@pytest.mark.parametrize("shape", [(8, 8), (40, 50), (100, 300)], ids=str)
def test_lzw_of_before_tiff_5_is_read(imgtool, here, shape):
    array = pixels(shape)
    height, width = shape
    tiff(here / "in.tif", width, height, [old_lzw(array.tobytes())], compression=5)
    assert np.array_equal(np.asarray(Image.open(here / "in.tif")), array), "libtiff, by Pillow"
    imgtool("open", "in.tif", "--save", "out.npy")
    assert np.array_equal(np.load(here / "out.npy"), array)


def test_frames_behind_a_broken_link_are_missed_by_every_way_to_ask_for_them(imgtool, refused, here):
    with tifffile.TiffWriter("a.tif") as file:
        for value in range(3):
            file.write(np.full((5, 7), value, "u1"), photometric="minisblack", metadata=None)
    data = bytearray((here / "a.tif").read_bytes())
    with tifffile.TiffFile("a.tif") as file:
        first, second, third = (page.offset for page in file.pages)
    link = data.rindex(struct.pack("<I", third))
    data[link:link + 4] = struct.pack("<I", 0xFFFFFFF0)
    (here / "a.tif").write_bytes(data)
    for words in ["--frame 2", "--frame last", "--each", "--frames all --each", "--frames 0..2 --each"]:
        run = refused("open", "a.tif", *words.split(), "--hash", words="at byte 4294967280")
        assert ("--frames 0..1 takes" in run.errors) == ("--each" in words)
    # And what is found is not said to be followed by bytes that belong to nothing.
    for words in ["--frame 1", "--frames 0..1 --each"]:
        run = imgtool("open", "a.tif", *words.split(), "--save", "o%d.npy" if "each" in words else "o.npy")
        assert "the link from page 1 to the next is broken" in run.errors and "bytes after" not in run.errors
    assert np.load("o.npy").min() == 1 == np.load("o1.npy").max()
