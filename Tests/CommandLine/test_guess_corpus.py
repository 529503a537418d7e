"""`guess` is right at first about most dumps of a small, fixed part of what `Tests/Guess/measure.py` measures."""

import sys

import pytest

from conftest import CORPORA, ROOT

sys.path.insert(0, str(ROOT / "Tests" / "Guess"))
import dumps  # noqa: E402
import measure  # noqa: E402

#: What must be right at first, of 100.
SHARE = 83
PICTURES = [("photograph", CORPORA / "golang-image/video-001.png"), ("photograph", CORPORA / "qoi-test-images/dice.png"),
            ("drawing", CORPORA / "qoi-test-images/testcard.png"),
            ("drawing", CORPORA / "qoi-test-images/testcard_rgba.png")]


def answer(imgtool, here, dump):
    (here / dump.name).write_bytes(dump.data)
    run = imgtool("guess", dump.name, "--json", ok=None)
    return run.json["candidates"]


def test_most_dumps_are_guessed_right_at_first(imgtool, here, corpus):
    corpus("qoi-test-images"), corpus("golang-image")
    right, sure, wrong = 0, [], []
    cases = [(storage, seed) for storage in dumps.STORAGES for seed in (11,)]
    for case in cases:
        dump = dumps.make(*case, PICTURES)
        found = answer(imgtool, here, dump)
        is_right = bool(found) and measure.is_right(found[0], dump)
        right += is_right
        wrong += [] if is_right else [f"{case} {dump.picture} {dump.size} -> {found[:1]}"]
        if found and found[0]["score"] >= 0.9:
            sure.append(is_right)
    assert len(cases) == 24
    assert right * 100 >= SHARE * len(cases), "\n".join(wrong)
    assert sum(sure) * 100 >= 85 * len(sure), "\n".join(wrong)


@pytest.mark.parametrize("storage", ["RGB", "nv12", "planar", "bayer12 in 16", "raw10"])
def test_the_command_of_an_answer_shows_a_picture_of_its_size(imgtool, here, corpus, storage):
    corpus("qoi-test-images")
    dump = dumps.make(storage, 7, PICTURES)
    found = answer(imgtool, here, dump)
    assert found and measure.shows(found[0], here)
    text = imgtool("guess", dump.name).text
    assert found[0]["command"] in text and f"{found[0]['size'][0]}x{found[0]['size'][1]}" in text


@pytest.mark.parametrize("kind", [kind for kind, _ in dumps.no_pictures(3)])
def test_nothing_fits_what_is_no_picture(imgtool, here, kind):
    (here / "dump.bin").write_bytes(dict(dumps.no_pictures(3))[kind])
    report = imgtool("guess", "dump.bin", "--json", ok=None).json
    assert report["candidates"] == [] and report["exit"] == 1


@pytest.mark.parametrize("data", [b"y\n" * 50_000, b"yes\n" * 1000, b"yes\n" * 20, b"hello"])
def test_nothing_fits_text_however_short_or_often_it_repeats(imgtool, here, data):
    (here / "dump.bin").write_bytes(data)
    report = imgtool("guess", "dump.bin", "--json", ok=1).json
    assert report["candidates"] == [] and "the bytes are text" in report["reason"]


def test_two_frames_of_one_scene_are_two(imgtool, here, corpus):
    from PIL import Image
    with Image.open(corpus("golang-image") / "video-001.png") as opened:
        picture = opened.convert("RGB")
    parts = [picture.crop((0, top, picture.width, top + 96)) for top in (0, 2)]
    (here / "dump.bin").write_bytes(b"".join(part.tobytes() for part in parts))
    best = imgtool("guess", "dump.bin", "--json").json["candidates"][0]
    assert (best["size"], best["frames"]) == ([picture.width, 96], 2)


@pytest.mark.parametrize("width,height", [(128, 96), (90, 60)])
def test_a_narrow_mosaic_is_one(imgtool, here, corpus, width, height):
    """Runs of bytes that are compared go on in the next row, which sees other colors."""
    import numpy as np
    from PIL import Image
    with Image.open(corpus("golang-image") / "video-001.png") as opened:
        picture = np.asarray(opened.convert("RGB"), "<u2")[:height, :width]
    (here / "dump.bin").write_bytes(dumps.bayer(picture * 16, "rggb").tobytes())
    best = imgtool("guess", "dump.bin", "--json").json["candidates"][0]
    assert (best["size"], best["rawmode"], best["bayer"]) == ([width, height], "gray12le", "rggb")


@pytest.mark.parametrize("name,width,height", [
    ("N46E008.hgt", 1201, 1201), ("n60e010.HGT", 1801, 3601), ("W020N90.DEM", 4800, 6000)])
def test_heights_are_known_by_their_length(imgtool, here, name, width, height):
    import numpy as np
    x, y = np.arange(width), np.arange(height)
    heights = np.add.outer(300 * np.sin(y / 70), 800 + 200 * np.cos(x / 90)).astype(">i2")
    (here / name).write_bytes(heights.tobytes())
    best = imgtool("guess", name, "--json").json["candidates"][0]
    assert (best["size"], best["rawmode"], best["offset"]) == ([width, height], "I;16B", 0) and best["score"] > 0.95
    assert f"{name[-4:].lower()} files of" in best["reason"]


def test_orders_of_color_that_the_bytes_cannot_tell_are_one_line(imgtool, here, corpus):
    corpus("qoi-test-images")
    dump = dumps.make("RGB", 7, PICTURES)
    found = answer(imgtool, here, dump)
    assert found[0]["alternatives"] == ["BGR"] and "RGB and BGR fit equally well" in found[0]["reason"]
    layouts = [(tuple(each["size"]), each["offset"], each["stride"], each["frames"], each["interleave"],
                frozenset([each["rawmode"], *each["alternatives"]])) for each in found]
    assert len(set(layouts)) == len(layouts)


@pytest.mark.parametrize("name", ["title.scr", "TITLE.VGA"])
def test_screens_are_known_by_their_length(imgtool, here, name):
    import numpy as np
    y, x = np.mgrid[0:200, 0:320]
    screen = (x // 3 + y // 2 + 40 * (np.hypot(x - 160, y - 90) < 60)).astype("u1")
    (here / name).write_bytes(screen.tobytes())
    best = imgtool("guess", name, "--json").json["candidates"][0]
    assert (best["size"], best["rawmode"], best["offset"]) == ([320, 200], "L", 0) and best["score"] > 0.95
    # One byte less is no such screen.
    (here / name).write_bytes(screen.tobytes()[:-1])
    assert name[-4:].lower() + " files" not in imgtool("guess", name, ok=None).text


def test_frames_have_the_height_that_the_name_says(imgtool, here, corpus):
    from PIL import Image
    import numpy as np
    with Image.open(corpus("golang-image") / "video-001.png") as opened:
        gray = np.asarray(opened.convert("L"))
    height, width = gray.shape
    name = f"cap_{width}x{height}.raw"
    (here / name).write_bytes(b"".join(each.tobytes() for each in (gray, gray[:, ::-1], gray, gray[::-1])))
    best = imgtool("guess", name, "--json").json["candidates"][0]
    assert (best["size"], best["frames"], best["rawmode"]) == ([width, height], 4, "L")


@pytest.mark.parametrize("storage", ["RGB", "float", "uyvy", "bayer12 in 16"])
@pytest.mark.parametrize("how", ["zero", "garbage"])
def test_padding_says_nothing_of_pixels(imgtool, here, corpus, storage, how):
    """More than half of each row is padding."""
    import numpy as np
    from PIL import Image
    with Image.open(corpus("golang-image") / "video-001.png") as opened:
        picture = opened.convert("RGB").resize((150, 102))
    rng = np.random.default_rng(5)
    rows = dumps.planes_of(storage, picture, rng, "rggb")[0]
    stride = 2048
    (here / "dump.bin").write_bytes(dumps.padded(rows, stride, how, rng).tobytes())
    best = imgtool("guess", "dump.bin", "--json").json["candidates"][0]
    assert (best["size"], best["stride"], best["offset"]) == ([150, 102], stride, 0)
    assert best["rawmode"] in dumps.STORAGES[storage][0]
