"""How much images are alike, band by band: ffmpeg's filters psnr and ssim say what must be found."""

import subprocess
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from conftest import run_tool
from PIL import Image
from video import VIDEO, assembled

# Pixel format, size, what makes the pictures, and what makes others of them: a filter, or a codec.
CLIPS = [
    ("yuv420p", "96x64", "testsrc2", "noise=alls=20:allf=t"),
    ("yuv420p", "99x61", "mandelbrot", "mpeg2video"),
    ("yuv422p", "64x48", "testsrc2", "libx264"),
    ("yuv444p", "41x30", "mandelbrot", "noise=alls=9:allf=t+u"),
    ("yuv410p", "67x70", "testsrc2", "boxblur=1"),
    ("yuv420p10le", "97x63", "testsrc2", "boxblur=2"),
    ("yuv422p12le", "66x50", "mandelbrot", "boxblur=1"),
    ("gray", "50x37", "mandelbrot", "noise=alls=60"),
    ("gray10le", "50x37", "testsrc2", "boxblur=1"),
    ("gray16le", "31x33", "testsrc2", "boxblur=1"),
    ("gbrp", "70x40", "testsrc2", "noise=alls=30:allf=t"),
    ("gbrp10le", "70x40", "testsrc2", "boxblur=1"),
    ("rgb24", "320x180", "mandelbrot", "boxblur=2"),
]
NAMES = {"Y": "y", "Cb": "u", "Cr": "v", "R": "r", "G": "g", "B": "b", "L": "y", "I;16": "y", "I": "y"}


def ffmpeg(program, *words) -> bytes:
    return subprocess.run([program("ffmpeg"), "-v", "error", "-y", "-threads", "1", *map(str, words)],
                          capture_output=True, check=True).stdout


def make(program, fmt, size, source, other, count=3) -> None:
    """Two clips of raw frames, `a.raw` and `b.raw`."""
    raw = ["-f", "rawvideo", "-pix_fmt", fmt, "-s", size]
    ffmpeg(program, "-f", "lavfi", "-i", f"{source}=s=320x240:r=5", "-frames:v", count, "-s", size, "-pix_fmt", fmt,
           "-f", "rawvideo", "a.raw")
    if other in ("mpeg2video", "libx264"):
        ffmpeg(program, *raw, "-r", 25, "-i", "a.raw", "-c:v", other, "-qscale:v", 9, "clip.mkv")
        ffmpeg(program, "-i", "clip.mkv", *raw[:4], "b.raw")
    else:
        ffmpeg(program, *raw, "-i", "a.raw", "-vf", other, *raw[:4], "b.raw")
    assert len(Path("a.raw").read_bytes()) == len(Path("b.raw").read_bytes()) > 0


def judged(program, fmt, size) -> list:
    """What ffmpeg's filters say of each frame: {"psnr.psnr.y": 37.1, "ssim.Y": 0.98, "psnr.mse_avg": …}."""
    # Of rows with one window more than a multiple of four, ffmpeg 5.1 has another mean in its vector code than in C.
    across = [-(-int(size.split("x")[0]) // share) // 4 - 1 for share in (1, 2, 4)]
    portable = ["-cpuflags", 0] if any(count % 4 == 1 for count in across) else []
    raw = ["-f", "rawvideo", "-pix_fmt", fmt, "-s", size]
    frames = defaultdict(dict)
    # ffmpeg turns colors to planes of its own accord.
    planar = "format=gbrp," if fmt == "rgb24" else ""
    for kind in ("psnr", "ssim"):
        ffmpeg(program, *portable, *raw, "-i", "a.raw", *raw, "-i", "b.raw", "-lavfi",
               f"[0]{planar}null[a];[1]{planar}null[b];[a][b]{kind},metadata=print:file=told.txt", "-f", "null", "-")
        for line in Path("told.txt").read_text().splitlines():
            if line.startswith("frame:"):
                number = int(line.split()[0].split(":")[1])
            else:
                name, value = line.removeprefix("lavfi.").split("=")
                frames[number][name] = float(value)
    return [frames[number] for number in range(len(frames))]


def agrees(found: dict, expected: dict, scale=1) -> None:
    """Bands, and the average of them, are as ffmpeg has them."""
    for band in found["bands"]:
        name = NAMES[band["band"]]
        ratio = float("inf") if band["psnr"] is None else band["psnr"]
        assert ratio == pytest.approx(expected[f"psnr.psnr.{name}"], abs=1e-3)
        assert band["mse"] == pytest.approx(expected[f"psnr.mse.{name}"] * scale, abs=1e-3, rel=1e-3)
        assert band["ssim"] == pytest.approx(expected[f"ssim.{name.upper()}"], abs=1e-4)
    average = found["average"]
    ratio = float("inf") if average["psnr"] is None else average["psnr"]
    assert ratio == pytest.approx(expected["psnr.psnr_avg"], abs=1e-3)
    assert average["mse"] == pytest.approx(expected["psnr.mse_avg"] * scale, abs=1e-3, rel=1e-3)
    assert average["ssim"] == pytest.approx(expected["ssim.All"], abs=1e-4)


@pytest.mark.parametrize("fmt,size,source,other", CLIPS)
def test_the_bands_of_each_frame_are_as_ffmpeg_judges_them(imgtool, here, program, fmt, size, source, other):
    make(program, fmt, size, source, other)
    expected = judged(program, fmt, size)
    assert len(expected) == 3
    for number, frame in enumerate(expected):
        line = ["a.raw", "b.raw", "--size", size, "--rawmode", fmt, "--frame", number]
        report = imgtool("compare", *line, "--json", ok=None).json
        assert not report["same"]
        # Colors of fewer bits are spread over 16.
        agrees(report, frame, (65535 / 1023) ** 2 if fmt == "gbrp10le" else 1)
        if fmt != "gray10le" and not fmt.startswith("yuv"):
            assert report["psnr"] == pytest.approx(report["average"]["psnr"], abs=1e-9)


@pytest.mark.parametrize("name", ["nv12", "nv21", "yuyv", "p010", "v210", "nv15", "y41p"])
def test_planes_are_found_wherever_a_layout_has_them(imgtool, here, program, name):
    video, size = VIDEO[name], (64, 34)
    samples = [video.samples(size, seed) for seed in (0, 1)]
    mixed = [np.where(np.arange(one.size).reshape(one.shape) % 3 == 0, one, other)
             for one, other in zip(*samples)]
    planar = f"yuv{video.share}p" + ("" if video.bits == 8 else f"{video.bits}le")
    word = "u1" if video.bits == 8 else "<u2"
    for path, planes in (("a", samples[1]), ("b", mixed)):
        Path(f"{path}.bin").write_bytes(assembled(video.pack(*planes)))
        Path(f"{path}.raw").write_bytes(b"".join(plane.astype(word).tobytes() for plane in planes))
    size = "64x34"
    report = imgtool("compare", "a.bin", "b.bin", "--size", size, "--rawmode", name, "--json", ok=1).json
    agrees(report, judged(program, planar, size)[0])
    # As stored is what the mode of the planes shows.
    stored = imgtool("compare", "a.bin", "b.bin", "--size", size, "--rawmode", name, "--mode", "YCbCr", "--json",
                     ok=1).json
    assert (stored["bands"], stored["average"]) == (report["bands"], report["average"])


def numpy_ssim(a, b, peak) -> float:
    """The formula of Wang et al. (2004) over windows of 8x8, 4 apart, with unbiased (co)variances."""
    found = []
    for y in range(0, a.shape[0] // 4 * 4 - 7, 4):
        for x in range(0, a.shape[1] // 4 * 4 - 7, 4):
            one, other = (array[y:y + 8, x:x + 8].astype("f8").ravel() for array in (a, b))
            c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
            (v1, cov), (_, v2) = np.cov(one, other)
            m1, m2 = one.mean(), other.mean()
            found.append((2 * m1 * m2 + c1) * (2 * cov + c2) / ((m1**2 + m2**2 + c1) * (v1 + v2 + c2)))
    return float(np.mean(found))


@pytest.mark.parametrize("mode,dtype,bands,peak", [
    ("L", "u1", 1, 255), ("LA", "u1", 2, 255), ("RGB", "u1", 3, 255), ("RGBA", "u1", 4, 255),
    ("I;16", "<u2", 1, 65535), ("I", "<i4", 1, 2**31 - 1), ("F", "<f4", 1, 1),
])
@pytest.mark.parametrize("size", [(33, 17), (8, 8), (11, 9), (40, 300)])
def test_every_type_of_sample_is_as_numpy_computes_it(imgtool, here, mode, dtype, bands, peak, size):
    draw = np.random.default_rng(size[0])
    high = 1 if mode == "F" else peak + 1
    arrays = [(draw.random((size[1], size[0], bands)) * high).astype(dtype) for _ in range(2)]
    arrays[1][::3] = arrays[0][::3]
    for name, array in zip("ab", arrays):
        array.tofile(f"{name}.raw")
    line = ["a.raw", "b.raw", "--size", f"{size[0]}x{size[1]}", "--mode", mode]
    reports = [imgtool("compare", *line, "--json", "--threads", threads, ok=1).json for threads in (1, 2, 7)]
    assert reports[0] == reports[1] == reports[2]
    a, b = (array.astype("f8") for array in arrays)
    for index, band in enumerate(reports[0]["bands"]):
        errors = np.abs(a[..., index] - b[..., index])
        assert band["max"] == errors.max() and band["peak"] == peak
        assert band["mean"] == pytest.approx(errors.mean(), rel=1e-9)
        assert band["mse"] == pytest.approx((errors**2).mean(), rel=1e-9)
        assert band["psnr"] == pytest.approx(10 * np.log10(peak**2 / (errors**2).mean()), rel=1e-9)
        assert band["ssim"] == pytest.approx(numpy_ssim(a[..., index], b[..., index], peak), abs=1e-4)


def test_what_is_the_same_has_no_noise_and_an_ssim_of_1(imgtool, here):
    Image.effect_noise((40, 30), 60).save("a.png")
    report = imgtool("compare", "a.png", "a.png", "--json").json
    assert report["bands"] == [{"band": "L", "max": 0, "mean": 0, "mse": 0, "psnr": None, "ssim": 1, "peak": 255}]
    assert report["average"] == {"mse": 0, "psnr": None, "ssim": 1}


@pytest.mark.parametrize("size", [(7, 20), (20, 7), (3, 3), (1, 1)])
def test_a_band_that_is_smaller_than_a_window_has_no_ssim(imgtool, refused, here, size):
    for color in (10, 20):
        Image.new("L", size, color).save(f"{color}.png")
    report = imgtool("compare", "10.png", "20.png", "--json", ok=1).json
    assert (report["bands"][0]["ssim"], report["average"]["ssim"], report["bands"][0]["mse"]) == (None, None, 100)
    assert "SSIM" not in imgtool("compare", "10.png", "20.png", ok=1).text
    refused("compare", "10.png", "20.png", "--fail-ssim", 0.5, words=["--fail-ssim", "8x8"])
    imgtool("compare", "10.png", "10.png", "--fail-ssim", 0.5)


def test_numbers_that_are_none_count_as_unlike_unless_both_have_them(imgtool, here):
    array = np.random.default_rng(1).random((16, 16)).astype("<f4")
    array[3, 3] = np.nan
    other = array.copy()
    other[12, 12] = np.inf
    array.tofile("a.raw")
    other.tofile("b.raw")
    report = imgtool("compare", "a.raw", "b.raw", "--size", "16x16", "--mode", "F", "--json", ok=1).json
    band = report["bands"][0]
    # Nine windows, of which one has the infinity alone.
    assert (band["max"], band["mse"], band["psnr"], band["ssim"]) == ("inf", "inf", "-inf", pytest.approx(8 / 9))


def test_a_region_is_judged_alone(imgtool, here, program):
    make(program, "yuv420p", "96x64", "testsrc2", "noise=alls=20:allf=t", count=1)
    line = ["a.raw", "b.raw", "--size", "96x64", "--rawmode", "yuv420p", "--region", "48x32+16+8", "--json"]
    found = imgtool("compare", *line, ok=1).json
    for name in "ab":
        Path(name + ".whole").write_bytes(Path(name + ".raw").read_bytes())
        Path(name + ".raw").write_bytes(ffmpeg(
            program, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "96x64", "-i", name + ".whole", "-vf",
            "crop=48:32:16:8", "-f", "rawvideo", "-"))
    agrees(found, judged(program, "yuv420p", "48x32")[0])


@pytest.mark.parametrize("psnr,ssim,more,status", [
    (20, None, [], 0), (99, None, [], 1), (None, 0.5, [], 0), (None, 0.999, [], 1), (20, 0.999, [], 1),
    (99, 0.5, [], 1), (20, 0.5, [], 0), (20, None, ["--fail", 0], 1), (20, None, ["--fail", 255], 0),
    (20, None, ["--fail-percent", 1], 1), ("inf", None, [], 1),
])
def test_a_ratio_can_be_asked_for_in_place_of_pixels(imgtool, here, program, psnr, ssim, more, status):
    make(program, "rgb24", "64x48", "testsrc2", "noise=alls=20:allf=t", count=1)
    words = [*(["--fail-psnr", psnr] if psnr else []), *(["--fail-ssim", ssim] if ssim else []), *more]
    line = ["a.raw", "b.raw", "--size", "64x48", "--mode", "RGB", *words]
    run = imgtool("compare", *line, ok=status)
    report = imgtool("compare", *line, "--json", ok=status).json
    assert report["same"] is (status == 0)
    assert ("accepted" in run.text) is (status == 0)
    assert (psnr in (99, "inf")) is (f"the PSNR is less than {psnr}" in run.text)
    assert (ssim == 0.999) is ("the SSIM is less than 0.999" in run.text)
    step = ["frombuffer", "a.raw", "--size", "64x48", "--mode", "RGB", *words, "--compare", "b.raw"]
    imgtool(*step, ok=status)


def test_ratios_that_cannot_be_are_refused(refused, here):
    Image.new("L", (9, 9)).save("a.png")
    refused("compare", "a.png", "a.png", "--fail-psnr", "nan", words=["--fail-psnr", "decibels"])
    refused("compare", "a.png", "a.png", "--fail-ssim", "1.01", words=["--fail-ssim", "-1 to 1"])
    refused("compare", "a.png", "a.png", "--fail-ssim", "loud", words=["--fail-ssim", "number"])


def test_the_text_has_a_number_for_each_band(imgtool, here):
    Image.new("RGB", (9, 9), (1, 2, 3)).save("a.png")
    Image.new("RGB", (9, 9), (1, 2, 13)).save("b.png")
    text = imgtool("compare", "a.png", "b.png", ok=1).text
    assert "PSNR 32.9 dB (R inf, G inf, B 28.13), SSIM 0." in text and text.count("\n") == 1
    for name in "ab":
        Image.open(f"{name}.png").convert("L").point(lambda v: v + 9 * (name == "b")).save(f"{name}.png")
    assert "(" not in imgtool("compare", "a.png", "b.png", ok=1).text


@pytest.mark.parametrize("fmt", ["yuv420p", "yuv444p"])
def test_raw_video_and_a_file_of_video_are_compared_as_stored(imgtool, here, program, fmt):
    make(program, "yuv420p", "32x16", "testsrc2", "boxblur=1", count=1)
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "32x16"]
    Path("b.y4m").write_bytes(ffmpeg(program, *raw, "-i", "b.raw", "-pix_fmt", fmt, "-f", "yuv4mpegpipe", "-"))
    report = imgtool("compare", "a.raw", "b.y4m", "--size", "32x16", "--rawmode", "yuv420p", "--json", ok=1).json
    assert report["mode"] == "YCbCr" and [band["band"] for band in report["bands"]] == ["Y", "Cb", "Cr"]
    if fmt == "yuv420p":
        agrees(report, judged(program, fmt, "32x16")[0])
    else:
        # Chroma is repeated for pixels that share it, beside one that has its own for each.
        assert report["bands"][1]["max"] == max(
            abs(a - b) for a, b in zip(shown("a.raw", "yuv420p"), shown("b.y4m", "")))


def shown(path, rawmode) -> list:
    """The Cb of each pixel."""
    words = ["frombuffer", path, "--size", "32x16", "--rawmode", rawmode, "--mode", "YCbCr"] if rawmode else ["open", path]
    run_tool(*words, "--save", f"{path}.npy")
    return np.load(f"{path}.npy")[..., 1].astype(int).ravel().tolist()
