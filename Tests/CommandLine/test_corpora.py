"""Files that nobody on this project wrote: read as the references read them, or refused with a
reason that a list names; never a crash, never more than a second or 256 MB."""

import json
import re

import corpora
import numpy as np
import pytest
from conftest import CORPORA, TOOL

FOLDERS = sorted(path.name for path in CORPORA.iterdir() if path.is_dir()) if CORPORA.is_dir() else []
CASES = [(name, path) for name in FOLDERS for path in corpora.files(CORPORA / name)]
MEBIBYTES = 256

# What this build refuses although others read it: words of the refusal, and the reason.
NOT_READ = {
    "JPEGLib: Corrupt JPEG data": "a picture that ends early is damage, and not a warning",
    "bits, float is not supported": "no mode has float colors",
    "bits, unsigned is not supported": "no mode has 32-bit colors",
    "bits, signed is not supported": "no mode has signed colors",
    "run lengths of 24-bit pixels": "OS/2 BMP with RLE24",
    "the palette has": "an index beyond the palette is an error, and not black",
    "complex numbers": "no mode has complex samples",
    "2 to 4 axes are needed": "an array of one axis is no picture",
    "compressed, as numpy.savez_compressed": "the members of an NPZ archive are mapped, and not unpacked",
    "damaged png file": "libpng is strict: a wrong checksum or an early end is an error",
    "damaged pbm file": "a file that ends early, or holds what is no number",
    "damaged pgm file": "the same",
    "damaged ppm file": "the same",
    "damaged pam file": "an unknown line in the header",
    "which is not one run of at most 16 bits": "a BMP mask of 17 bits",
    "samples of 83 bits": "no such samples exist",
    "numbers of a color map": "a color map has as many entries as its bits tell",
    "the first bytes are not those of": "the signature is damaged",
    "with a header of 66 bytes": "no such BMP header was ever defined",
    " bytes from offset ": "the file is shorter than its rows",
}

# What this build reads although no other program here does, or not so: a part of the path, and why.
READ_ALONE = {
    "bmpsuite/q/pal2.bmp": "2-bit BMP of Windows CE; its twin has an expected picture",
    "oversizepal.bmp": "colors after the 256th are never used",
    "badpalettesize.bmp": "the same",
    "Bad_clrsUsed.bmp": "the same",
    "badrle.bmp": "a run that leaves the row is cut; what the others do differs",
    "bmpsuite/q/rgba32abf.bmp": "alpha bit fields; its twin has an expected picture",
    "bmpsuite/q/rgba16-4444.bmp": "4 bits are scaled to the whole range",
    "bmpsuite/q/rgb16-231.bmp": "1, 2 and 3 bits are scaled to the whole range",
    "bmpsuite/q/rgb32-111110.bmp": "10 and 11 bits are scaled to the whole range",
    "imageworsener-src/bmp32-x.bmp": "bits are scaled to the whole range",
    "hpredict_cmyk.tiff": "five samples, of which four are CMYK",
    "imagetiff-fuzz/": "libtiff refuses damage that is not in what the picture needs",
}


@pytest.fixture
def run(spawner, tmp_path):
    """Exit status, standard output and standard error, with the bounds checked."""

    def check(*arguments) -> tuple:
        spent = spawner.run(TOOL, *arguments, cwd=tmp_path)
        assert spent.status in (0, 2), f"exit {spent.status}: {spent.errors}"
        assert spent.memory < MEBIBYTES << 20, f"{spent.memory >> 20} MiB"
        if spent.status == 2:
            assert len(spent.errors.splitlines()) == 1, spent.errors
            assert spent.errors.startswith("imgtool: "), spent.errors
        return spent.status, spent.output, spent.errors

    return check


def decoded(run, path, scratch):
    """The samples that the tool sees, and by how much others may round them differently, or the
    words of its refusal."""
    status, output, errors = run("open", path, "--json", "--hash")
    if status == 2:
        return errors, 0
    mode = json.loads(output)["image"]["mode"]
    steps = ["--convert", "RGBA"] if mode in ("P", "PA", "RGBa") else []
    status, _, errors = run("open", path, *steps, "--save", "ours.npy")
    assert status == 0, errors
    # Bits of a BMP's masks are spread over 8, and color is divided by opacity.
    return np.load(scratch / "ours.npy"), 1 if path.suffix == ".bmp" or mode == "RGBa" else 0


def references(folder, path, scratch):
    """What stands beside the file as the expected picture, then what other programs read."""
    relative = path.relative_to(CORPORA / folder)
    if folder == "imagers-images":
        expected = (CORPORA / "imagers-reference" / relative).parent
        for found in sorted(expected.glob(glob_safe(path.name) + "*.png")):
            yield corpora.pillow(found)
    beside = path.with_suffix(".png")
    if folder in ("golang-image", "qoi-test-images") and beside.exists() and beside != path:
        yield corpora.pillow(beside)
    if path.suffix == ".npy":
        array = corpora.numpy(path)
        # Where no mode has so many samples, the first axis counts frames, or the last one bands.
        yield from () if array is None else (array, array[0], array[0, ..., 0], array[..., 0])
        return
    if path.suffix == ".npz":
        for array in corpora.archive(path):
            yield from (array, array[0], array[..., 0])
        return
    if path.suffix == ".ff":
        yield corpora.farbfeld(path)
        return
    yield corpora.pillow(path)
    yield corpora.vips(path, scratch)
    yield corpora.netpbm(path)
    yield corpora.magick(path, scratch)
    if path.suffix in (".tif", ".tiff"):
        yield from corpora.tiff(path)


def glob_safe(name: str) -> str:
    return re.sub(r"([][*?])", r"[\1]", name)


# The other programs, each with the files that it can read if any does.
ORACLES = {
    "Pillow": (lambda path, scratch: corpora.pillow(path), ".png .bmp .tif .tiff .ppm .qoi"),
    "libvips": (corpora.vips, ".png .tif .tiff .ppm"),
    "Netpbm": (lambda path, scratch: corpora.netpbm(path), ".pbm .pgm .ppm"),
    "ImageMagick": (corpora.magick, ".png .bmp .tif .tiff .ppm"),
    "NumPy": (lambda path, scratch: corpora.numpy(path), ".npy"),
    "tifffile": (lambda path, scratch: next(corpora.tiff(path), None), ".tif .tiff"),
}
ANSWERS = 5


@pytest.mark.skipif(not CASES, reason=f"{CORPORA} is absent (IMGTOOL_CORPORA names the folder)")
@pytest.mark.parametrize("name,suffix", [
    (name, suffix) for name, (_, suffixes) in ORACLES.items() for suffix in suffixes.split()])
def test_every_program_that_is_asked_answers(name, suffix, tmp_path):
    """For files of every kind that it is there for: one that never answers judges nothing."""
    ask, answers = ORACLES[name][0], 0
    paths = [path for _, path in CASES if path.suffix == suffix]
    for path in paths:
        answers += ask(path, tmp_path) is not None
        if answers == min(ANSWERS, len(paths)):
            return
    raise AssertionError(f"{name} read {answers} of {len(paths)} files *{suffix}")


@pytest.mark.skipif(not CASES, reason=f"{CORPORA} is absent (IMGTOOL_CORPORA names the folder)")
@pytest.mark.parametrize("folder,path", CASES, ids=[str(p.relative_to(CORPORA)) for _, p in CASES])
def test_a_file_is_read_as_others_read_it_or_refused_for_a_named_reason(
        run, folder, path, tmp_path):
    found, rounding = decoded(run, path, tmp_path)
    others = (other for other in references(folder, path, tmp_path) if other is not None)
    if isinstance(found, str):
        named = any(words in found for words in NOT_READ)
        assert named or not any(True for _ in others), f"others read it, and no list has: {found}"
        return
    if not any(corpora.same(found, other, rounding) for other in others):
        assert any(part in str(path) for part in READ_ALONE), "no other program sees these pixels"


@pytest.mark.skipif(not CASES, reason=f"{CORPORA} is absent (IMGTOOL_CORPORA names the folder)")
@pytest.mark.parametrize("pattern,words", [
    ("pngsuite/x*.png", ("damaged png", "not those of an image format")),
    ("pngsuite-stb/corrupt/*.png", ("damaged png", "not those of an image format")),
    ("npy-numpy/*.npy", ("pickled Python objects",)),
    ("npy-npyz/pickle.npy", ("pickled Python objects",)),
    ("npy-npyz/structured.npy", ("a structured type",)),
    ("npy-numpy/*.npz", ("pickled Python objects",)),
])
def test_what_must_be_rejected_is_rejected_by_name(run, pattern, words):
    paths = sorted(CORPORA.glob(pattern))
    assert paths
    for path in paths:
        status, _, errors = run("open", path, "--hash")
        assert status == 2 and any(word in errors for word in words), errors
