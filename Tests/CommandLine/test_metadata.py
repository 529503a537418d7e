"""What a file says beside its pixels: kept where the output has a place for it, else named in a note.

What a file says is what exiftool, ImageMagick, ffprobe, pngcheck and Pillow find in it.
"""

import json
import re
import struct
import subprocess
import zlib

import nrrd
import numpy as np
import OpenEXR
import pytest
import SimpleITK
import tifffile
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, TiffImagePlugin
from safetensors.numpy import save_file

import test_dicom
from conftest import TOOL, run_tool
from test_ktx2 import ktx
from test_ser import head

FORMATS = run_tool("formats", "--json").json["formats"]
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def exif(**tags) -> Image.Exif:
    said = Image.Exif()
    for tag, value in {"Orientation": 6, "Software": "the camera", **tags}.items():
        said[next(n for n, name in TiffImagePlugin.TiffTags.TAGS_V2.items()
                  if name.name == tag)] = value
    return said


def picture(mode="RGB") -> Image.Image:
    image = Image.new("RGB", (6, 4), (10, 20, 30))
    image.putpixel((1, 2), (200, 100, 0))
    return image.convert(mode)


def png(path, mode="RGB", chunks=(), texts=(("Author", "Jürgen"), ("Comment", "a" * 200)), **more):
    """Pillow writes no chunk that it does not know, so they are put where the specification has them."""
    said = PngImagePlugin.PngInfo()
    for key, value in texts:
        said.add_text(key, value, zip=len(value) > 100)
    picture(mode).save(path, pnginfo=said, **more)
    data = path.read_bytes()
    early = b"".join(chunk(*one) for one in chunks if one[0] in EARLY)
    late = b"".join(chunk(*one) for one in chunks if one[0] not in EARLY)
    rows = data.index(b"IDAT") - 4
    path.write_bytes(data[:33] + early + data[33:rows] + late + data[rows:])


EARLY = (b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"iCCP")
COLORS = [(b"gAMA", struct.pack(">I", 45455)),
          (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))]
OTHERS = [(b"tIME", struct.pack(">HBBBBB", 2020, 1, 2, 3, 4, 5)), (b"oFFs", struct.pack(">iiB", 1, 2, 0)),
          (b"bKGD", struct.pack(">3H", 1, 2, 3)), (b"sBIT", bytes([5, 6, 5])), (b"prVt", b"safe")]


def chunks_of(path) -> dict:
    """The chunks of a PNG file by their names, as pngcheck finds them; it also looks at the file."""
    checked = subprocess.run(["pngcheck", "-v", path], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    names = re.findall(r"^  chunk (\w{4}) at offset (0x\w+), length (\d+)", checked.stdout, re.M)
    data = path.read_bytes()
    found = {}
    for name, offset, length in names:
        start = int(offset, 16) + 4
        found.setdefault(name, []).append(data[start:start + int(length)])
    return found


def said_by_video(path) -> dict:
    """What a clip says beside its pixels, where it says more than that they are square and whole frames."""
    listed = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_streams", path],
                            capture_output=True, text=True, check=True).stdout
    stream = json.loads(listed)["streams"][0]
    said = {"frame rate": stream["r_frame_rate"], "interlacing": stream.get("field_order"),
            "pixel aspect": stream.get("sample_aspect_ratio")}
    # ffprobe knows no comments; these two are of the samples.
    comments = [word[1:] for word in path.read_bytes().split(b"\n")[0].split(b" ") if word.startswith(b"X")]
    said["text Video comment"] = b" ".join(
        one for one in comments if not one.startswith((b"COLORRANGE=", b"YSCSS="))).decode() or None
    return {word: value for word, value in said.items() if value not in (None, "progressive", "1:1")}


def said_by(path) -> dict:
    """What a file says beside its pixels, by the words of our notes."""
    if path.suffix == ".y4m":
        return said_by_video(path)
    listed = subprocess.run(["exiftool", "-j", "-n", "-a", "-G1", path], capture_output=True, text=True)
    tags = json.loads(listed.stdout)[0] if listed.stdout else {}
    found = subprocess.run(["identify", "-verbose", path], capture_output=True, text=True,
                           errors="replace").stdout

    def tag(*names):
        return next((tags[name] for name in names if name in tags), None)

    def property_(name):
        match = re.search(rf"^    {name}: (.*)$", found, re.M | re.I)
        return match and match[1]

    said = {
        "color profile": tag("ICC-header:ProfileFileSignature") or "Profile-icc" in found or None,
        "gamma": tag("PNG:Gamma"),
        "sRGB rendering intent": tag("PNG:SRGBRendering"),
        "chromaticities": tag("PNG:WhitePointX", "IFD0:WhitePoint"),
        "time of the last change": tag("PNG:ModifyDate", "IFD0:ModifyDate"),
        "position on the page": tag("PNG:ImageOffset"),
        "background color": tag("PNG:BackgroundColor"),
        "number of significant bits": tag("PNG:SignificantBits"),
        "Exif data": tag("ExifIFD:UserComment", "IFD0:Orientation")
        if path.suffix in (".png", ".jpg") else tag("ExifIFD:UserComment"),
        "text Title": tag("PNG:Title", "IFD0:DocumentName"),
        "text Author": tag("PNG:Author", "IFD0:Artist", "XMP-dc:Creator"),
        "text Comment": tag("PNG:Comment", "File:Comment")
        or (property_("comment") if path.suffix.startswith(".p") else None),
        "text Description": tag("PNG:Description", "IFD0:ImageDescription"),
        "text Copyright": tag("PNG:Copyright", "IFD0:Copyright"),
        "text Software": tag("PNG:Software", None if path.suffix == ".png" else "IFD0:Software"),
    }
    match = re.search(r"^  Resolution: ([\d.]+)x([\d.]+)$", found, re.M)
    if match and "Units: Undefined" not in found:
        factor = 2.54 if "PixelsPerCentimeter" in found else 1
        said["density"] = tuple(round(float(number) * factor) for number in match.groups())
    return {word: value for word, value in said.items() if value is not None}


def write_png(path):
    png(path, chunks=COLORS + OTHERS, icc_profile=PROFILE, dpi=(300, 150), exif=exif())


def write_tiff(path):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in {269: "a title", 270: "a description", 305: "a program", 315: "Jürgen",
                       306: "2020:01:02 03:04:05", 33432: "nobody's"}.items():
        tags[tag] = value
    tags[34665] = {0x9286: b"ASCII\0\0\0hello"}
    picture().save(path, tiffinfo=tags, icc_profile=PROFILE, dpi=(300, 150))


def write_bmp(path):
    """A header of 124 bytes, as Microsoft has it, with a profile behind the rows."""
    rows = b"".join(bytes([30, 20, 10] * 6) + b"\0\0" for _ in range(4))
    start = 14 + 124
    header = struct.pack("<IiiHHIIiiII", 124, 6, 4, 1, 24, 0, len(rows), 11811, 5906, 0, 0)
    header += bytes(16) + struct.pack("<I", 0x4D424544) + bytes(48)
    header += struct.pack("<IIII", 4, 124 + len(rows), len(PROFILE), 0)
    path.write_bytes(b"BM" + struct.pack("<IHHI", start + len(rows) + len(PROFILE), 0, 0, start)
                     + header + rows + PROFILE)


def write_tga(path):
    said = bytearray(495)
    said[0:2] = struct.pack("<H", 495)
    said[2:8], said[43:48], said[426:430] = b"Nobody", b"hello", b"prog"
    header = struct.pack("<BBBHHBHHHHBB", 5, 0, 2, 0, 0, 0, 0, 0, 6, 4, 24, 32) + b"title"
    rows = bytes([30, 20, 10]) * 24
    path.write_bytes(header + rows + said + struct.pack("<II", len(header) + len(rows), 0)
                     + b"TRUEVISION-XFILE.\0")


def write_netpbm(magic, size, more=b""):
    return lambda path: path.write_bytes(magic + b"\n# a comment\n6 4\n" + more + bytes(size))


def write_pam(path):
    path.write_bytes(b"P7\n# a comment\nWIDTH 6\nHEIGHT 4\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n"
                     + bytes(72))


def write_vips(path):
    write_png(path.with_suffix(".png"))
    subprocess.run(["vips", "copy", path.with_suffix(".png"), path], check=True)


def write_y4m(path):
    path.write_bytes(b"YUV4MPEG2 W6 H4 F30000:1001 Ib A4:3 C444 XCOLORRANGE=FULL Xhello\nFRAME\n" + bytes(72))


def write_xwd(path):
    path.write_bytes(struct.pack(">25I", 106, 7, 2, 24, 6, 4, 0, 0, 32, 0, 32, 32, 24, 4, 0xFF0000, 0xFF00, 0xFF,
                                 8, 0, 0, 6, 4, 0, 0, 0) + b"title\0" + bytes(96))


def write_envi(path):
    path.with_suffix(".img").write_bytes(bytes(24))
    path.write_text("ENVI\nsamples = 6\nlines = 4\nbands = 1\ndata type = 1\n")


def write_fits(path):
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2",
             "NAXIS1  =                    6", "NAXIS2  =                    4", "END"]
    path.write_bytes("".join(card.ljust(80) for card in cards).encode().ljust(2880) + bytes(2880))


def write_nifti(path):
    sizes = struct.pack("<8h", 2, 6, 4, 1, 1, 1, 1, 1)
    path.write_bytes(struct.pack("<i36x", 348) + sizes + struct.pack("<14xhh34xf232x4s4x", 2, 8, 352, b"n+1")
                     + bytes(24))


def write_mrc(path):
    path.write_bytes(struct.pack("<4i192x4s4s808x", 6, 4, 1, 6, b"MAP ", b"\x44\x44") + bytes(48))


def write_nrrd(path):
    nrrd.write(str(path), np.zeros((4, 6), "u1"), {"encoding": "raw", "spacings": [1, 2], "mine": "a text"},
               index_order="C")


def write_metaimage(path):
    image = SimpleITK.GetImageFromArray(np.zeros((4, 6), "u1"))
    image.SetSpacing((2, 1))
    SimpleITK.WriteImage(image, str(path))


def write_exr(path):
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage, "owner": "me"}
    OpenEXR.File(header, {"Y": np.zeros((4, 6), "f4")}).write(str(path))


# A file of each format that says as much as the format can. A new format needs a line here.
WRITERS = {
    "png": write_png, "tiff": write_tiff, "bmp": write_bmp, "tga": write_tga, "vips": write_vips,
    "pbm": write_netpbm(b"P4", 4), "pgm": write_netpbm(b"P5", 24, b"255\n"),
    "ppm": write_netpbm(b"P6", 72, b"255\n"), "pnm": write_netpbm(b"P6", 72, b"255\n"),
    "pam": write_pam, "pfm": lambda path: path.write_bytes(b"Pf\n6 4\n-1.0\n" + bytes(96)),
    "npy": lambda path: np.save(path, np.zeros((4, 6, 3), "u1")),
    "qoi": lambda path: path.write_bytes(b"qoif" + struct.pack(">IIBB", 6, 4, 3, 1) + b"\xd7"
                                         + bytes(7) + b"\1"),
    "farbfeld": lambda path: path.write_bytes(b"farbfeld" + struct.pack(">II", 6, 4) + bytes(192)),
    "y4m": write_y4m, "xwd": write_xwd, "envi": write_envi, "fits": write_fits, "nifti": write_nifti, "mrc": write_mrc,
    "idx": lambda path: path.write_bytes(bytes([0, 0, 8, 2, 0, 0, 0, 4, 0, 0, 0, 6]) + bytes(24)),
    "hgt": lambda path: path.write_bytes(bytes(1201 * 1201 * 2)),
    "screencap": lambda path: path.write_bytes(struct.pack("<4I", 6, 4, 3, 2) + bytes(72)),
    "ser": lambda path: path.write_bytes(
        head(0, 8, size=(6, 4), texts=(b"Jane", b"Camera", b"Mirror"), time=9) + bytes(24 + 8)),
    "dds": lambda path: picture().save(path),
    "ktx2": lambda path: path.write_bytes(ktx(29, bytes(72), (6, 4), keys=[("KTXwriter", b"x\0")])),
    "dicom": lambda path: test_dicom.write(path, np.zeros((4, 6), "u1")),
    "nrrd": write_nrrd, "metaimage": write_metaimage, "exr": write_exr,
    "sgi": lambda path: picture().save(path),
    "sun": lambda path: path.write_bytes(struct.pack(">8I", 0x59A66A95, 6, 4, 8, 24, 1, 0, 0) + bytes(24)),
    "safetensors": lambda path: save_file({"x": np.zeros((4, 6), "u1")}, path, {"format": "np"}),
    "npz": lambda path: np.savez(path, x=np.zeros((4, 6), "u1")),
    "jpeg": lambda path: picture().save(path, "jpeg", icc_profile=PROFILE, dpi=(300, 150), comment=b"a comment"),
}
# What is known to be said where no other program at hand says it.
SAID = {"tga": {"text Title": "title", "text Author": "Nobody", "text Comment": "hello",
                "text Software": "prog"},
        "qoi": {"gamma": 1}, "vips": {"density": (300, 150), "metadata of libvips": True},
        "pam": {"text Comment": "a comment"}, "xwd": {"text Title": "title"},
        "screencap": {"color space Display P3": True}, "ktx2": {"values of KTX2 (KTXwriter)": True},
        "ser": {"text Observer": "Jane", "text Instrument": "Camera", "text Telescope": "Mirror",
                "time of the recording": True, "times of the frames": True},
        "dicom": {"attributes of DICOM": True},
        "nrrd": {"fields of nrrd": True},
        "metaimage": {"fields of metaimage": True}, "exr": {"attributes of EXR": True},
        "sgi": {"name": True}, "safetensors": {"metadata of safetensors": True}}
KEPT = {"xwd": ["text Title"], "ser": ["text Observer", "text Instrument", "text Telescope"]}
WIDER = {"pbm": "L", "pfm": "F"}
# Which words must be the same in the output, not only there.
EXACT = ("density", "text Author", "frame rate", "interlacing", "pixel aspect")
SOURCES = [f["format"] for f in FORMATS if f["reads"]]


# What a format has a place for is a table of its own: each format meets those that have most places.
CORE = ("png", "tiff")
PAIRS = [(source, f["format"]) for source in SOURCES for f in FORMATS
         if f["writes"] and (source in CORE or f["format"] in CORE)]


@pytest.mark.parametrize("source,target", PAIRS)
def test_what_a_file_says_is_in_the_output_or_named_in_a_note(here, imgtool, source, target):
    formats = {f["format"]: f for f in FORMATS}
    file = here / f"in{formats[source]['suffixes'][0]}"
    WRITERS[source](file)
    said = {**said_by(file), **SAID.get(source, {})}
    out = here / f"out{formats[target]['suffixes'][0]}"
    mode = imgtool("info", file, "--json").json["mode"]
    modes = formats[target]["modes"]
    wanted = next(m for m in (mode, "RGB", "RGBA", "L", "1", "F") if m in modes)
    convert = ["--window", "0,1"] if mode == "F" and wanted != "F" else []
    # Samples of 16 bits become such of 8 by way of one.
    is_wide = source == "farbfeld" and mode not in formats[target]["16-bit"]
    convert += ["--convert", "1"] if is_wide else []
    convert += ["--convert", wanted] if wanted != mode or is_wide else []
    run = imgtool("open", file, *convert, "--format", target, "--save", out)
    kept = said_by(out)
    if target in KEPT:
        # What no other program says of a format is what stands in the file.
        kept |= {words: value for words, value in said.items()
                 if words in KEPT[target] and str(value).encode() in out.read_bytes()[:512]}
    listed = imgtool("open", file, *convert, "--format", target, "--save", "again", "--json").json
    lossy = [words for step in listed["steps"] for words in step.get("lossy", [])]
    for words, value in said.items():
        if words in kept:
            assert words not in EXACT or kept[words] == value, run
            continue
        # What a clip says is a text in a PNG file.
        if source in ("y4m", "ser") and target == "png" and Image.open(out).text.get(
                words.removeprefix("text ").capitalize()):
            continue
        if target in ("qoi", "vips") and words in ("gamma", "density"):
            # exiftool and ImageMagick do not say it of these: what is read back is what we wrote.
            back = imgtool("info", out, "--json").json.get("metadata", {})
            if words in back:
                continue
        assert f"the {words}" in run.errors, f"{words} is lost in silence\n{run}"
        assert any(noun.startswith(words) for noun in lossy), lossy


def test_each_chunk_of_a_png_is_in_the_png_that_is_made_of_it(here, imgtool):
    write_png(here / "a.png")
    run = imgtool("open", "a.png", "--save", "b.png")
    assert "not in the file" not in run.errors
    before, after = chunks_of(here / "a.png"), chunks_of(here / "b.png")
    assert set(before) == set(after)
    for name in set(before) - {"IDAT"}:
        assert before[name] == after[name], name


def test_text_behind_the_rows_is_kept_and_listed(here, imgtool):
    png(here / "a.png", texts=())
    data = (here / "a.png").read_bytes()
    (here / "a.png").write_bytes(data[:-12] + chunk(b"tEXt", b"Late\0words") + data[-12:])
    imgtool("open", "a.png", "--save", "b.png")
    assert Image.open(here / "b.png").text == {"Late": "words"} and "tEXt" in chunks_of(here / "b.png")
    assert imgtool("info", "a.png", "--json").json["metadata"]["texts"] == [
        {"key": "Late", "value": "words"}]


@pytest.mark.parametrize("mode,color", [
    ("L", b"\0\2"), ("RGB", struct.pack(">3H", 7, 7, 7)), ("P", b"\1")])
def test_the_background_goes_with_the_mode(here, imgtool, mode, color):
    png(here / "a.png", mode, chunks=[(b"bKGD", color)])
    imgtool("open", "a.png", "--save", "same.png")
    assert chunks_of(here / "same.png")["bKGD"] == chunks_of(here / "a.png")["bKGD"]
    imgtool("open", "a.png", "--convert", "RGB", "--save", "rgb.png")
    assert len(chunks_of(here / "rgb.png")["bKGD"][0]) == 6


def test_a_color_that_gray_does_not_have_is_dropped_and_named(here, imgtool):
    write_png(here / "a.png")
    run = imgtool("open", "a.png", "--convert", "L", "--save", "b.png")
    for words in ("the color profile (for RGB)", "the background color",
                  "the number of significant bits"):
        assert words in run.errors, run
    assert not {"iCCP", "bKGD", "sBIT"} & set(chunks_of(here / "b.png"))


@pytest.mark.parametrize("how,swapped", [("90", True), ("270", True), ("180", False), ("h", False)])
def test_a_turn_keeps_what_is_true_and_mends_the_rest(here, imgtool, how, swapped):
    write_png(here / "a.png")
    run = imgtool("open", "a.png", "--reorient", how, "--save", "b.png")
    with Image.open(here / "b.png") as image:
        assert image.info["dpi"][0] == pytest.approx(150 if swapped else 300, abs=0.1)
        assert image.getexif()[0x112] == 1 and image.info["icc_profile"] == PROFILE
        assert image.info["Author"] == "Jürgen"
    assert "the Exif orientation was 6 and is now 1" in run.errors
    assert "the position on the page (the picture was turned) is not in the file" in run.errors


def test_a_crop_removes_the_thumbnail_of_the_whole_picture(here, imgtool):
    thumbnail = b"\xff\xd8SECRET\xff\xd9"
    first = struct.pack(">H", 1) + struct.pack(">HHII", 0x8769, 4, 1, 26) + struct.pack(">I", 56)
    inner = struct.pack(">H", 2) + struct.pack(">HHIHH", 0xA002, 3, 1, 6, 0) \
        + struct.pack(">HHII", 0xA003, 4, 1, 4) + struct.pack(">I", 0)
    second = struct.pack(">H", 2) + struct.pack(">HHII", 0x201, 4, 1, 86) \
        + struct.pack(">HHII", 0x202, 4, 1, len(thumbnail)) + struct.pack(">I", 0)
    data = b"MM\0*" + struct.pack(">I", 8) + first + inner + second + thumbnail
    png(here / "a.png", chunks=[(b"eXIf", data)])
    run = imgtool("open", "a.png", "--crop", "3x2+1+1", "--save", "b.png")
    found = chunks_of(here / "b.png")["eXIf"][0]
    assert b"SECRET" not in found and b"SECRET" in data
    listed = json.loads(subprocess.run(["exiftool", "-j", "-G1", here / "b.png"], capture_output=True,
                                       text=True).stdout)[0]
    assert (listed["ExifIFD:ExifImageWidth"], listed["ExifIFD:ExifImageHeight"]) == (3, 2)
    assert not any(tag.startswith("IFD1:") for tag in listed)
    assert "the Exif size is now 3x2" in run.errors and "thumbnail" in run.errors
    report = imgtool("open", "a.png", "--crop", "3x2+1+1", "--save", "c.png", "--json").json
    assert "the Exif size is now 3x2" in report["steps"][-1]["changed"]


def test_a_picture_of_every_other_pixel_has_half_the_density(here, imgtool):
    write_tiff(here / "a.tif")
    imgtool("open", "a.tif", "--every", "2x3", "--save", "b.tif")
    assert Image.open(here / "b.tif").info["dpi"] == (150, 50)


def test_a_profile_that_is_damaged_goes_on_to_png_and_is_named_elsewhere(here, imgtool):
    bad = chunk(b"iCCP", b"bad\0\0not a zlib stream")
    png(here / "a.png", texts=(), chunks=[(b"iCCP", b"bad\0\0not a zlib stream")])
    assert "profile" not in imgtool("open", "a.png", "--save", "b.png").errors
    assert bad in (here / "b.png").read_bytes()
    assert "the color profile is not in the file" in imgtool("open", "a.png", "--save", "b.tif").errors


@pytest.mark.parametrize("name", [b"iCCP", b"zTXt"])
def test_a_bomb_in_the_metadata_takes_no_memory(spawner, here, name):
    bomb = b"x\0\0" + zlib.compress(bytes(400 << 20), 9)
    png(here / "a.png", texts=(), chunks=[(name, bomb)])
    for words in (["info", "a.png"], ["open", "a.png", "--save", "b.tif"]):
        spent = spawner.run(TOOL, *words, cwd=here)
        assert spent.status == 0 and spent.memory < 64 << 20, spent


def test_an_animation_and_pages_are_said_with_their_number(here, imgtool):
    frames = [picture(), Image.new("RGB", (6, 4), (1, 2, 3)), Image.new("RGB", (6, 4))]
    frames[0].save(here / "a.png", save_all=True, append_images=frames[1:])
    frames[0].save(here / "a.tif", save_all=True, append_images=frames[1:])
    assert "an animation of 3 frames" in imgtool("info", "a.png").errors
    assert "the file holds 3 frames; --frame N shows another than the first, --each takes all of them" in imgtool("info", "a.tif").errors
    again = imgtool("open", "a.tif", "--frame", "1", "--expect", "0,0=1,2,3")
    assert "3 frames" not in again.errors


def test_a_stack_of_imagej_behind_one_page_is_said(here, imgtool):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = "ImageJ=1.53t\nimages=7\nslices=7\n"
    picture("L").save(here / "a.tif", tiffinfo=tags)
    assert "ImageJ keeps 7 images" in imgtool("info", "a.tif").errors
    imgtool("open", "a.tif", "--save", "b.tif")
    assert 270 not in Image.open(here / "b.tif").tag_v2


def test_the_options_that_show_the_rest_of_a_stack_are_told(here, imgtool):
    images = np.arange(36, dtype="u2").reshape(3, 3, 4)
    tifffile.imwrite(here / "b.tif", images[0], description="ImageJ=1.53t\nimages=3\nslices=3\n", metadata=None)
    # The other images follow the first at once, as ImageJ has those of large stacks.
    with open(here / "b.tif", "ab") as file:
        file.write(images[1:].tobytes())
    said = imgtool("info", "b.tif").errors
    options = re.search(r"these options: (.*) --frame N", said)[1].replace("'", "").split()
    run = imgtool("frombuffer", "b.tif", *options, "--frame", "2", "--print", "1,0")
    assert run.text.strip() == "25"


def test_strip_leaves_it_out_of_the_saves_behind_it(here, imgtool):
    write_png(here / "a.png")
    run = imgtool("open", "a.png", "--save", "all.png", "--strip", "--save", "b.png", "--save", "b.bmp")
    assert "not in the file" not in run.errors
    assert "iCCP" in chunks_of(here / "all.png")
    assert set(chunks_of(here / "b.png")) == {"IHDR", "IDAT", "IEND"}


def test_strip_without_a_save_behind_it_is_an_error(here, refused):
    write_png(here / "a.png")
    refused("open", "a.png", "--format", "png", "--save", "/dev/null", "--strip", words="--strip")




# Files of these are known by their length alone.
@pytest.mark.parametrize("source", [name for name in SOURCES if name not in ("screencap", "hgt")])
def test_bytes_that_a_format_does_not_account_for_are_an_error_where_that_is_wanted(
        here, imgtool, refused, source):
    file = here / f"in{next(f for f in FORMATS if f['format'] == source)['suffixes'][0]}"
    WRITERS[source](file)
    data = file.with_suffix(".img") if source == "envi" else file
    for words in (["open", file], ["info", file]):
        assert "after all" not in imgtool(*words, "--trailing", "error").errors
    data.write_bytes(data.read_bytes() + b"junk")
    for words in (["open", file], ["info", file]):
        refused(*words, "--trailing", "error", words="4 bytes after all that")
        assert "after all" not in imgtool(*words, "--trailing", "ok").errors


def test_info_lists_what_a_file_says(here, imgtool):
    write_png(here / "a.png")
    said = imgtool("info", "a.png", "--json").json["metadata"]
    assert said["profile"] == {"description": "sRGB built-in", "space": "RGB", "byteCount": len(PROFILE)}
    assert said["density"] == {"x": 11811, "y": 5906, "unit": "meter"}
    assert said["gamma"] == 0.45455 and len(said["chromaticities"]) == 8
    assert [text["key"] for text in said["texts"]] == ["Author", "Comment"]
    text = imgtool("info", "a.png").text
    for line in ("density: 300x150.01 dpi", "gamma: 0.45455", "text Author: Jürgen"):
        assert line in text.splitlines()


def test_srgb_and_what_else_is_known_of_colors_is_kept_by_its_name(here, imgtool):
    more = [(b"sRGB", b"\1"), (b"cICP", bytes([1, 13, 0, 1])), (b"gAMA", struct.pack(">I", 45455))]
    png(here / "a.png", chunks=more, texts=())
    imgtool("open", "a.png", "--save", "b.png")
    # pngcheck does not know cICP.
    for name, data in more:
        assert chunk(name, data) in (here / "b.png").read_bytes()
    assert imgtool("info", "b.png", "--json").json["metadata"]["intent"] == 1
    run = imgtool("open", "a.png", "--save", "b.ppm")
    for words in ("sRGB rendering intent", "code points of the color space", "gamma"):
        assert f"the {words}" in run.errors


def test_a_file_that_says_nothing_is_written_as_ever(here, imgtool):
    Image.new("RGB", (6, 4)).save(here / "a.png")
    for name in ("b.png", "b.tif", "b.bmp", "b.ppm"):
        assert "not in the file" not in imgtool("open", "a.png", "--save", name).errors
    assert set(chunks_of(here / "b.png")) == {"IHDR", "IDAT", "IEND"}
    assert len((here / "b.bmp").read_bytes()) == 54 + 4 * 20


@pytest.mark.parametrize("turns", [("90", "270"), ("h", "h"), ("180", "v", "h"), ("90",) * 4])
def test_turns_that_cancel_change_nothing(here, imgtool, turns):
    write_png(here / "a.png")
    steps = [word for turn in turns for word in ("--reorient", turn)]
    run = imgtool("open", "a.png", *steps, "--save", "b.png")
    assert re.fullmatch(r".*orientation is 6, and is not applied.*\n", run.errors)
    assert chunks_of(here / "b.png")["eXIf"] == chunks_of(here / "a.png")["eXIf"]
    assert chunks_of(here / "b.png")["oFFs"] == chunks_of(here / "a.png")["oFFs"]


def test_what_is_not_in_the_file_is_not_told_to_be_changed_in_it(here, imgtool):
    png(here / "a.png", exif=exif(ImageWidth=6))
    run = imgtool("open", "a.png", "--every", "2x3", "--reorient", "90", "--save", "o.bmp")
    assert "the Exif data" in run.errors and "is now" not in run.errors and "was removed" not in run.errors


@pytest.mark.parametrize("chunk_and_words", [
    ((b"cHRM", COLORS[1][1]), "the chromaticities are not in the file"),
    ((b"gAMA", COLORS[0][1]), "the gamma is not in the file"),
])
def test_notes_agree_with_their_nouns(here, imgtool, chunk_and_words):
    one, says = chunk_and_words
    png(here / "a.png", chunks=[one], texts=())
    assert says in imgtool("open", "a.png", "--save", "b.bmp").errors


@pytest.mark.parametrize("dpi,says", [
    (72, "72x72 dpi"), (TiffImagePlugin.IFDRational(2999994, 10000), "299.9994x299.9994 dpi"),
])
def test_a_density_has_the_digits_of_the_file(here, imgtool, dpi, says):
    picture().save(here / "a.tif", dpi=(dpi, dpi))
    assert says in imgtool("info", "a.tif").output.decode()


@pytest.mark.parametrize("top,full", [(100, 255), (1023, 65535)])
def test_a_scaled_maxval_is_told(here, imgtool, top, full):
    (here / "a.pgm").write_bytes(f"P2 2 1 {top}\n0 {top}\n".encode())
    run = imgtool("open", "a.pgm", "--save", "b.png", "--json")
    says = f"maxval {top} is spread over {full}"
    assert says in run.errors and any(says in note for note in run.json["notes"])


@pytest.mark.parametrize("top", [1, 15, 255, 257, 65535])
def test_a_maxval_whose_levels_can_be_told_again_is_not(here, imgtool, top):
    (here / "a.pgm").write_bytes(f"P2 2 1 {top}\n0 {top}\n".encode())
    assert "spread" not in imgtool("open", "a.pgm", "--save", "b.png").errors


@pytest.mark.parametrize("color,says", [
    ((0x1234, 0x5656, 0x9A00), "color 1 of the color map is 4660,22102,39424, narrowed to 8 bits: 18,86,154"),
    ((0x1212, 0x5600, 0xFFFF), ""),
])
def test_a_color_map_that_is_rounded_is_told(here, imgtool, color, says):
    colors = np.zeros((3, 256), "u2")
    colors[:, 1] = color
    tifffile.imwrite(here / "a.tif", np.ones((2, 2), "u1"), photometric="palette", colormap=colors)
    run = imgtool("open", "a.tif", "--save", "b.png")
    assert says in run.errors and bool(says) == bool(run.errors)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "I;16"])
def test_turns_that_cancel_around_a_copy_keep_the_orientation(here, imgtool, mode):
    said = Image.Exif()
    said[0x112], said[0x131] = 6, "the camera"
    Image.new(mode, (6, 4)).save("a.png", exif=said)
    run = imgtool("open", "a.png", "--reorient", "90", "--copy", "--reorient", "270", "--save", "b.png")
    assert dict(Image.open("b.png").getexif()) == dict(said) and "is now" not in run.errors


def exif_with_thumbnails(order, *, strips=(b"SECRET-1", b"SECRET-2"), lengths=None):
    """Exif data with a second directory, whose picture stands in strips, and a third with one in JPEG."""
    def entry(tag, kind, count, value):
        return struct.pack(order + "HHII", tag, kind, count, value)

    lengths = lengths if lengths is not None else [len(strip) for strip in strips]
    first, second = 8, 8 + 2 + 12 + 4
    third = second + 2 + 2 * 12 + 4
    arrays = third + 2 + 2 * 12 + 4
    pictures = arrays + 8 * len(strips)
    starts = [pictures + sum(map(len, strips[:index])) for index in range(len(strips))]
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", first)
    one = struct.pack(order + "H", 1) + entry(0x112, 3, 1, 1 if order == "<" else 1 << 16) + struct.pack(order + "I", second)
    two = (struct.pack(order + "H", 2) + entry(0x111, 4, len(strips), arrays)
           + entry(0x117, 4, len(lengths), arrays + 4 * len(strips)) + struct.pack(order + "I", third))
    jpeg = pictures + sum(map(len, strips))
    three = (struct.pack(order + "H", 2) + entry(0x201, 4, 1, jpeg) + entry(0x202, 4, 1, 8) + struct.pack(order + "I", 0))
    assert len(head + one) == second and len(head + one + two + three) == arrays
    words = struct.pack(f"{order}{len(strips)}I", *starts) + struct.pack(f"{order}{len(lengths)}I", *lengths)
    return head + one + two + three + words + b"".join(strips) + b"SECRET-3"


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("step", [["--crop", "2x2+0+0"], ["--reorient", "90"], ["--every", "2x2"]], ids=" ".join)
def test_no_byte_of_an_exif_thumbnail_is_left_after_a_crop(imgtool, here, order, step):
    png(here / "in.png", chunks=[(b"eXIf", exif_with_thumbnails(order))])
    run = imgtool("open", "in.png", *step, "--save", "out.png")
    assert "thumbnail" in run.errors and "removed" in run.errors
    assert chunks_of(here / "out.png")["eXIf"] and b"SECRET" not in (here / "out.png").read_bytes()


def test_exif_data_whose_thumbnail_is_not_found_is_left_out_as_a_whole(imgtool, here):
    png(here / "in.png", chunks=[(b"eXIf", exif_with_thumbnails("<", lengths=[8]))])
    imgtool("open", "in.png", "--save", "same.png")
    assert b"SECRET-2" in (here / "same.png").read_bytes()
    run = imgtool("open", "in.png", "--crop", "2x2+0+0", "--save", "out.png")
    assert "Exif data" in run.errors and "not in the file" in run.errors
    assert b"SECRET" not in (here / "out.png").read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("command", ["open", "info"])
def test_an_exif_orientation_is_told_with_the_steps_that_undo_it(imgtool, here, orientation, command):
    png(here / "in.png", exif=exif(Orientation=orientation))
    run = imgtool(command, "in.png", *(["--hash"] if command == "open" else []))
    if orientation == 1:
        assert "orientation" not in run.errors
        return
    steps = re.search(r"Exif orientation is %d, and is not applied; (.*) shows it upright" % orientation, run.errors)[1]
    imgtool("open", "in.png", *steps.split(), "--save", "out.ppm")
    wanted = ImageOps.exif_transpose(Image.open(here / "in.png"))
    assert np.array_equal(np.asarray(Image.open(here / "out.ppm")), np.asarray(wanted))


def extended_tga(path, place, value, header=None):
    write_tga(path)
    data = bytearray(path.read_bytes())
    start = len(data) - 26 - 495
    data[start + place:start + place + len(value)] = value
    if header is not None:
        data[8:12] = struct.pack("<HH", *header)
    path.write_bytes(data)


@pytest.mark.parametrize("place,value,says", [
    (420, struct.pack("<3H", 1, 2, 3), "time of the job"), (467, b"\1\0a", "version of the software"),
    (470, b"\1\2\3\4", "key color"), (482, struct.pack("<I", 18), "color correction table"),
    (486, struct.pack("<I", 18), "small picture"), (367, struct.pack("<6H", 13, 1, 2000, 0, 0, 0), "date")])
def test_what_a_tga_extension_says_is_named_where_there_is_no_place(imgtool, here, place, value, says):
    extended_tga(here / "in.tga", place, value)
    assert f"the {says}" in imgtool("open", "in.tga", "--save", "out.png").errors


def test_the_date_and_the_lines_of_a_tga_are_kept(imgtool, here):
    comment = b"".join(line.ljust(81, b"\0") for line in (b"one", b"two", b"", b"four"))
    extended_tga(here / "in.tga", 367, struct.pack("<6H", 12, 31, 1999, 23, 59, 58))
    data = bytearray((here / "in.tga").read_bytes())
    data[-26 - 495 + 43:-26 - 495 + 43 + 324] = comment
    (here / "in.tga").write_bytes(data)
    imgtool("open", "in.tga", "--save", "out.png")
    with Image.open(here / "out.png") as image:
        assert image.text["Comment"] == "one\ntwo\n\nfour"
    assert chunks_of(here / "out.png")["tIME"] == [struct.pack(">HBBBBB", 1999, 12, 31, 23, 59, 58)]


@pytest.mark.parametrize("header,is_told", [((0, 0), False), ((0, 4), False), ((3, 0), True), ((0, 7), True)])
def test_the_position_of_a_tga_is_named(imgtool, here, header, is_told):
    extended_tga(here / "in.tga", 0, b"", header)
    assert ("position on the screen" in imgtool("open", "in.tga", "--save", "out.png").errors) == is_told


@pytest.mark.parametrize("tag,value,says", [
    (280, 5, "smallest sample value"), (281, 9, "largest sample value"), (286, 1.0, "position on the page"),
    (290, 3, "unit of the gray response"), (340, 5, "smallest sample value"), (333, "ink", "names of the inks"),
    (336, (0, 255), "dot range"), (263, 2, "thresholding")])
def test_what_tiff_tags_say_is_named(imgtool, here, tag, value, says):
    kind = {float: "RATIONAL", str: "s", tuple: "H", int: "H"}[type(value)]
    value = (1, 1) if kind == "RATIONAL" else value
    kind = "2I" if kind == "RATIONAL" else kind
    tifffile.imwrite(here / "in.tif", np.zeros((3, 4), "u1"), metadata=None,
                     extratags=[(tag, kind, None if isinstance(value, str) else 1 if kind == "2I" else np.size(value), value, True)])
    for target in ("out.png", "out.tif"):
        assert f"the {says}" in imgtool("open", "in.tif", "--save", target).errors
