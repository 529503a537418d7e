"""FITS: files of astropy and ffmpeg are read equal, edited in place, and written for them."""

import subprocess
import warnings

import numpy as np
import pytest

fits = pytest.importorskip("astropy.io.fits")

TYPES = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]


def pixels(dtype, shape=(5, 7), seed=1):
    generator = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return generator.normal(0, 100, shape).astype(dtype)
    # Numbers of more than 53 bits are refused by name: see test_precision.py.
    info = np.iinfo(dtype)
    low, high = max(info.min, -2**52), min(info.max, 2**52)
    return generator.integers(low, high, shape, endpoint=True).astype(dtype)


def write(path, array, **cards):
    unit = fits.PrimaryHDU(array)
    unit.header.update(cards)
    unit.writeto(path, overwrite=True)


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fits.getdata(path)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape", [(5, 7), (1, 1), (64, 33)], ids=str)
def test_what_astropy_writes_is_read_equal_and_shared(imgtool, here, dtype, shape):
    array = pixels(dtype, shape)
    write("a.fits", array)
    imgtool("open", "a.fits", "--expect-shared", "--no-copy", "--save", "o.npy")
    # The first row of the array is the lowest of the picture.
    assert np.array_equal(np.load("o.npy").astype(dtype), array[::-1])


@pytest.mark.parametrize("dtype", TYPES)
def test_edits_reach_the_file(imgtool, here, dtype):
    array = pixels(dtype)
    write("a.fits", array)
    value = {"i1": -7, "i2": -700, "u2": 40000, "f4": 2.5, "f8": 2.5}.get(dtype, 77)
    imgtool("open", "a.fits", "--access", "rw", "--put", f"2,0={value}", "--fill", f"3x1+4+4={value}")
    array[4, 2] = value
    array[0, 4:] = value
    assert np.array_equal(read("a.fits"), array)


@pytest.mark.parametrize("mode,dtype", [("L", "u1"), ("I;16", "<u2"), ("I", "<i4"), ("F", "<f4")])
@pytest.mark.parametrize("size", [(7, 5), (1440, 1), (33, 64)], ids=str)
def test_what_is_saved_is_read_by_astropy_and_ffmpeg(imgtool, here, program, mode, dtype, size):
    array = pixels(dtype, size[::-1])
    array.tofile("raw.bin")
    imgtool("frombuffer", "raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", mode, "--save", "o.fits")
    assert np.array_equal(read("o.fits"), array[::-1])
    assert (here / "o.fits").stat().st_size % 2880 == 0
    if mode in ("L", "I;16") and size != (1440, 1):
        form = {"L": "gray", "I;16": "gray16le"}[mode]
        shown = subprocess.run([program("ffmpeg"), "-v", "error", "-i", "o.fits", "-f", "rawvideo",
                                "-pix_fmt", form, "-"], capture_output=True, check=True).stdout
        # ffmpeg spreads the numbers between the least and the largest.
        shown = np.frombuffer(shown, dtype).reshape(array.shape)
        assert np.array_equal(np.unravel_index(shown.argmax(), shown.shape),
                              np.unravel_index(array.argmax(), array.shape))


@pytest.mark.parametrize("dtype", TYPES)
def test_a_file_keeps_its_type_and_saving_it_on_itself_copies_nothing(imgtool, here, dtype):
    array = pixels(dtype)
    write("a.fits", array)
    imgtool("open", "a.fits", "--save", "o.fits")
    assert read("o.fits").dtype.newbyteorder("=") == np.dtype(dtype)
    assert np.array_equal(read("o.fits"), array)
    before = (here / "o.fits").read_bytes()
    imgtool("open", "o.fits", "--save", "o.fits")
    assert (here / "o.fits").read_bytes() == before


@pytest.mark.parametrize("dtype", ["<u1", ">i2", ">i4", ">f4", ">f8"])
def test_a_header_makes_a_file_of_raw_pixels(imgtool, here, dtype):
    array = pixels(dtype)
    array.tofile("raw.bin")
    rawmode = {"u1": "L", "i2": "I;16BS", "i4": "I;32BS", "f4": "F;32BF", "f8": "F;64BF"}[dtype[1:]]
    mode = "L" if rawmode == "L" else rawmode[0]
    imgtool("header", "raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode,
            "--orientation", "-1", "--format", "fits", "--output", "head")
    (here / "o.fits").write_bytes((here / "head").read_bytes() + array.tobytes())
    assert np.array_equal(read("o.fits"), array)


def test_planes_are_frames_and_three_of_rgb_are_bands(imgtool, here):
    array = pixels("i2", (3, 5, 7))
    write("a.fits", array)
    assert imgtool("info", "a.fits", "--json").json["frames"] == 3
    for frame in range(3):
        imgtool("open", "a.fits", "--frame", frame, "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), array[frame, ::-1])
    array = pixels("u1", (3, 5, 7))
    write("a.fits", array, CTYPE3="RGB")
    imgtool("open", "a.fits", "--expect-shared", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), array.transpose(1, 2, 0)[::-1])
    write("a.fits", pixels("i2", (2, 3, 5, 7)))
    assert imgtool("info", "a.fits", "--json").json["frames"] == 6


@pytest.mark.parametrize("form,mode", [("gray", "L"), ("gbrp", "RGB"), ("gbrap", "RGBA")])
def test_what_ffmpeg_writes_is_read_equal(imgtool, here, program, form, mode):
    bands = len(mode)
    array = pixels("u1", (5, 7, bands))
    planes = array.transpose(2, 0, 1)
    planes[[1, 2, 0, 3][:bands] if bands > 1 else [0]].tofile("in.bin")
    subprocess.run([program("ffmpeg"), "-v", "error", "-f", "rawvideo", "-pix_fmt", form, "-s", "7x5",
                    "-i", "in.bin", "-pix_fmt", form, "a.fits"], check=True)
    imgtool("open", "a.fits", "--expect-shared", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy").reshape(array.shape), array)


def test_extensions_with_images_are_frames_and_named(imgtool, here):
    images = {"SCI": pixels("f4"), "ERR": pixels("f4", (2, 5, 7), 2), "DQ": pixels("i2", (3, 4), 3)}
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=np.arange(3))])
    units = [fits.PrimaryHDU(), *(fits.ImageHDU(a, name=n) for n, a in images.items()), table]
    fits.HDUList(units).writeto("a.fits")
    facts = imgtool("info", "a.fits", "--json").json
    assert facts["frames"] == 4
    notes = " ".join(facts["notes"])
    assert "SCI (frame 0), ERR (frames 1 to 2), DQ (frame 3)" in notes and "1 table" in notes
    frames = [images["SCI"], *images["ERR"], images["DQ"]]
    for index, array in [*enumerate(frames), ("last", frames[-1])]:
        imgtool("open", "a.fits", "--frame", index, "--expect-shared", "--save", "o.npy")
        assert np.array_equal(np.load("o.npy"), array[::-1])
    imgtool("open", "a.fits", "--frame", "3", "--access", "rw", "--put", "0,2=5")
    images["DQ"][0, 0] = 5
    assert np.array_equal(fits.getdata("a.fits", "DQ"), images["DQ"])


@pytest.mark.parametrize("scale,zero", [(0.5, 0), (1, 100), (0.01, -3.25), (2, 32768)])
@pytest.mark.parametrize("dtype", ["u1", "i2", "i4"])
def test_rescaled_numbers_are_said_with_the_options_that_show_them(imgtool, here, dtype, scale, zero):
    array = pixels(dtype)
    write("a.fits", array)
    with fits.open("a.fits", "update", do_not_scale_image_data=True) as file:
        file[0].header["BSCALE"], file[0].header["BZERO"] = scale, zero
    facts = imgtool("info", "a.fits", "--json").json
    assert (facts["scale"], facts["bias"]) == (scale, zero) and "metadata" not in facts
    advice = next(note for note in facts["notes"] if "--scale" in note).split("; ")[1]
    options = advice.removesuffix(" shows those").split()
    imgtool("open", "a.fits", "--save", "o.npy")
    assert np.array_equal(np.load("o.npy"), array[::-1])
    run = imgtool("open", "a.fits", *options, "--expect-shared", "--save", "o.npy")
    assert "--scale" not in run.errors
    shown, wanted = np.load("o.npy"), read("a.fits")[::-1]
    # Bytes and words become 32-bit floats, and longer numbers 64-bit ones, as astropy's do.
    assert shown.dtype == wanted.dtype.newbyteorder("=")
    assert np.allclose(shown, wanted, rtol=1e-6 if shown.dtype == "f4" else 1e-15)


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4"])
def test_rescaled_numbers_are_kept_by_formats_that_say_them(imgtool, here, dtype):
    nibabel = pytest.importorskip("nibabel")
    array = pixels(dtype)
    write("a.fits", array)
    with fits.open("a.fits", "update", do_not_scale_image_data=True) as file:
        file[0].header["BSCALE"], file[0].header["BZERO"] = 0.1, -3.25
    for target in ["o.fits", "o.nii"]:
        assert "scale and bias" not in imgtool("open", "a.fits", "--save", target).errors
    assert np.array_equal(read("o.fits"), read("a.fits"))
    # No 32-bit float is 0.1: it is a file of version 2.
    wanted = array[::-1].astype("f8") * 0.1 - 3.25
    assert np.allclose(nibabel.load("o.nii").get_fdata().T, wanted, rtol=1e-12)
    # Numbers that were made of the samples need no scale; others lose it, and are told so.
    run = imgtool("open", "a.fits", "--scale", "0.1", "--bias", "-3.25", "--crop", "5x4+1+1",
                  "--save", "n.fits")
    assert "scale and bias" not in run.errors and "BSCALE" not in fits.getheader("n.fits")
    for step, target in [([], "o.npy"), (["--convert", "F"], "f.fits")]:
        run = imgtool("open", "a.fits", *step, "--save", target)
        assert "scale and bias of the samples are not in the file" in run.errors


def test_a_scale_that_a_file_would_take_for_a_type_is_named_as_lost(imgtool, here):
    nibabel = pytest.importorskip("nibabel")
    image = nibabel.Nifti1Image(pixels("i2").T, np.eye(4))
    image.header.set_slope_inter(1, 32768)
    nibabel.save(image, "a.nii")
    data = bytearray((here / "a.nii").read_bytes())
    data[112:120] = np.array([1, 32768], "<f4").tobytes()
    (here / "a.nii").write_bytes(data)
    assert "scale and bias" in imgtool("open", "a.nii", "--save", "o.fits").errors
    imgtool("open", "o.fits", "--compare", "a.nii")


def test_cards_that_a_save_loses_are_named(imgtool, here):
    write("a.fits", pixels("i2"), OBJECT="M31", EXPTIME=30.0, CRPIX1=3.0)
    with fits.open("a.fits", "update") as file:
        file[0].header["HISTORY"] = "made here"
        file[0].header["BLANK"] = -7
        file[0].header["HIERARCH ESO DET DIT"] = 0.5
        file[0].header["LONG"] = "x" * 100
        file[0].header[""] = "a remark without a key"
    for target in ["o.fits", "o.npy"]:
        errors = imgtool("open", "a.fits", "--save", target).errors
        for key in ["OBJECT", "EXPTIME", "CRPIX1", "HISTORY", "BLANK", "ESO DET DIT", "LONG", "COMMENT"]:
            assert key in errors
        assert not any(key in errors for key in ["BITPIX", "NAXIS", "CONTINUE"])
    write("b.fits", pixels("u2"))
    assert imgtool("open", "b.fits", "--strict", "--save", "o.fits").errors == ""


def test_a_compressed_image_and_tables_are_refused_by_name(refused, here):
    array = pixels("i2", (64, 64))
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(array, compression_type="RICE_1")]).writeto("a.fits")
    refused("open", "a.fits", "--hash", words="RICE_1-compressed FITS")
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=np.arange(3))])
    fits.HDUList([fits.PrimaryHDU(), table]).writeto("b.fits")
    refused("open", "b.fits", "--hash", words="tables alone")
    fits.PrimaryHDU().writeto("c.fits")
    refused("open", "c.fits", "--hash", words="without pixels")


def test_a_file_cut_anywhere_is_refused(imgtool, here):
    array = pixels("i2", (40, 50))
    write("a.fits", array)
    whole = (here / "a.fits").read_bytes()
    end = 2880 + array.nbytes
    for count in [*range(1, 2880, 17), *range(2880, end, 371), end - 1]:
        (here / "cut.fits").write_bytes(whole[:count])
        imgtool("open", "cut.fits", "--hash", ok=2)
    (here / "cut.fits").write_bytes(whole[:end])
    imgtool("open", "cut.fits", "--hash")


@pytest.mark.parametrize("card,words", [
    ("NAXIS1  =  9223372036854775807", "limit"), ("NAXIS1  =                 9999", "bytes in all"),
    ("NAXIS1  =                   -7", "whole number"), ("BITPIX  =                   24", "BITPIX"),
    ("BITPIX  =                -9999", "BITPIX"), ("NAXIS   =                 1000", "NAXIS"),
    ("NAXIS   =                    9", "NAXIS3"), ("NAXIS   =                    1", "without pixels"),
    ("NAXIS1  =                    0", "without pixels"), ("SIMPLE  =                    F", "SIMPLE")])
def test_headers_that_lie_are_refused(refused, here, card, words):
    write("a.fits", pixels("u1"))
    data = bytearray((here / "a.fits").read_bytes())
    at = data.index(card[:9].encode())
    data[at:at + 80] = card.ljust(80).encode()
    (here / "a.fits").write_bytes(data)
    refused("open", "a.fits", "--hash", words=words)


@pytest.mark.parametrize("key,value", [("PCOUNT", 1), ("PCOUNT", 2**62), ("GCOUNT", 0), ("GCOUNT", 2)])
def test_an_image_with_groups_or_parameters_is_refused(refused, here, key, value):
    write("a.fits", pixels("u1"), **{key: value})
    with open("a.fits", "ab") as file:
        file.write(bytes(2880))
    refused("open", "a.fits", "--hash", words="a.fits")
    if value < 9:
        refused("open", "a.fits", "--hash", words=f'{key} "{value}", expected {int(key == "GCOUNT")}')


def test_units_without_a_byte_cannot_claim_more_frames_than_there_are_numbers(refused, here):
    def card(key, value):
        return f"{key:8}= {value:>20}".ljust(80)

    axes = [card("BITPIX", 8), card("NAXIS", 3), card("NAXIS1", 1), card("NAXIS2", 1),
            card("NAXIS3", 2**62), card("PCOUNT", 0), card("GCOUNT", 0), "END"]
    unit = "".join([card("XTENSION", "'IMAGE   '"), *axes]).ljust(2880)
    (here / "a.fits").write_text("".join([card("SIMPLE", "T"), *axes]).ljust(2880) + unit + unit)
    refused("open", "a.fits", "--hash", words='GCOUNT "0", expected 1')


def test_sharing_is_proved(imgtool, here):
    write("a.fits", pixels("u1", (16, 16)))
    assert "shared" in imgtool("verify", "a.fits").text


def test_each_of_many_units_is_a_frame(imgtool, here):
    arrays = [pixels("i2", (2, 3), seed) for seed in range(600)]
    units = [fits.PrimaryHDU(), *(fits.ImageHDU(array) for array in arrays)]
    fits.HDUList(units).writeto("a.fits")
    run = imgtool("open", "a.fits", "--each", "--frames", "all", "--print", "0,1")
    found = [int(line.rsplit(maxsplit=1)[-1]) for line in run.text.splitlines()]
    assert found == [int(array[0, 0]) for array in arrays]


@pytest.mark.parametrize("kind", ["u1", "u2", "f4"])
@pytest.mark.parametrize("bands", [3, 4])
def test_colors_are_planes_that_astropy_and_ffmpeg_read(imgtool, here, program, kind, bands):
    array = pixels(kind, (5, 7, bands))
    np.save("a.npy", array)
    imgtool("open", "a.npy", "--save", "o.fits")
    assert read("o.fits").dtype.newbyteorder("=") == np.dtype(kind)
    assert np.array_equal(read("o.fits"), array.transpose(2, 0, 1)[:, ::-1])
    assert fits.getheader("o.fits")["CTYPE3"] == "RGB" and (here / "o.fits").stat().st_size % 2880 == 0
    imgtool("open", "o.fits", "--expect-shared", "--save", "b.npy")
    assert np.array_equal(np.load("b.npy"), array)
    before = (here / "o.fits").read_bytes()
    imgtool("open", "o.fits", "--save", "o.fits")
    assert (here / "o.fits").read_bytes() == before
    if kind == "u1":
        # ffmpeg spreads the numbers between the least and the largest.
        array[0, 0], array[0, 1] = 0, 255
        np.save("a.npy", array)
        imgtool("open", "a.npy", "--save", "o.fits")
        form = {3: "rgb24", 4: "rgba"}[bands]
        shown = subprocess.run([program("ffmpeg"), "-v", "error", "-i", "o.fits", "-f", "rawvideo",
                                "-pix_fmt", form, "-"], capture_output=True, check=True).stdout
        assert shown == array.tobytes()


def test_a_header_makes_a_color_file_of_raw_planes(imgtool, here):
    array = pixels("u1", (3, 5, 7))
    array.tofile("raw.bin")
    imgtool("header", "raw.bin", "--size", "7x5", "--mode", "RGB", "--order", "chw",
            "--orientation", "-1", "--format", "fits", "--output", "head")
    (here / "o.fits").write_bytes((here / "head").read_bytes() + array.tobytes())
    assert np.array_equal(read("o.fits"), array)
