"""Whole commands, timed in turn: imgtool and each peer that is there, on the same inputs.

usage: Scripts/benchmark [--rounds N] [--job NAME]... [--markdown FILE]

--markdown writes the tables into FILE, and the charts as SVG into a folder of its name.

The photograph is Elephants_3840x2160.jpg of Debian's package mate-backgrounds, downloaded and
unpacked below .build/benchmark and not installed. The other inputs are made from it or drawn.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import charts

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".build/benchmark"
SHM = Path("/dev/shm/imgtool-benchmark")
TOOL = os.environ["IMGTOOL"]
ZLIB_TOOL = os.environ.get("IMGTOOL_ZLIB")
PYTHON = sys.executable
W, H = 3840, 2160
SIZE = f"{W}x{H}"
GIB2 = (32768, 65536)
FRAMES = 250
FRAMES_RAW = PLACE / f"frames-{FRAMES}.raw"


def photograph() -> Image.Image:
    found = list(PLACE.glob("**/Elephants_3840x2160.jpg"))
    if not found:
        subprocess.run(["apt-get", "download", "mate-backgrounds"], cwd=PLACE, check=True,
                       stdout=subprocess.DEVNULL)
        package = next(PLACE.glob("mate-backgrounds_*.deb"))
        subprocess.run(["dpkg", "-x", package, PLACE / "mate"], check=True)
        found = list(PLACE.glob("**/Elephants_3840x2160.jpg"))
    return Image.open(found[0]).convert("RGB")


def screen() -> Image.Image:
    """A desktop with an editor, a terminal and a table, as a screenshot has them."""
    image = Image.new("RGB", (W, H), (246, 245, 244))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(22)
    draw.rectangle((0, 0, W, 56), fill=(48, 48, 48))
    draw.rectangle((60, 110, 1900, 2080), fill="white", outline=(180, 180, 180))
    draw.rectangle((1960, 110, 3780, 1100), fill=(30, 30, 46))
    lines = Path(__file__).read_text().splitlines()
    for row, line in enumerate(lines[:70]):
        draw.text((80, 130 + row * 27), f"{row + 1:4}  {line[:110]}", font=font, fill=(36, 41, 46))
    for row, line in enumerate(lines[70:105]):
        draw.text((1980, 125 + row * 27), line[:110], font=font, fill=(205, 214, 244))
    for row in range(12):
        for column in range(6):
            x, y = 1980 + column * 295, 1180 + row * 74
            draw.rectangle((x, y, x + 290, y + 70), outline=(200, 200, 200))
            draw.text((x + 10, y + 20), f"{row * 7.3 + column:.3f}", font=font, fill="black")
    return image


def make_inputs() -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    SHM.mkdir(exist_ok=True)
    if not (PLACE / "noise16.raw").exists():
        photo, drawn = photograph(), screen()
        for name, image in (("photo", photo), ("screen", drawn)):
            pixels = np.asarray(image)
            pixels.tofile(PLACE / f"{name}.raw")
            padded = np.zeros((H, W * 4 + 256), np.uint8)
            four = padded[:, :W * 4].reshape(H, W, 4)
            four[..., :3], four[..., 3] = pixels[..., ::-1], 255
            padded.tofile(PLACE / f"{name}-bgrx.raw")
        gray = photo.convert("L")
        np.asarray(gray).tofile(PLACE / "gray.raw")
        signal = np.asarray(gray).astype(float) * 16
        noise = np.random.default_rng(1).normal(0, 1, signal.shape) * np.sqrt(signal + 20)
        np.clip(signal + noise + 200, 0, 65535).astype("<u2").tofile(PLACE / "noise16.raw")
        photo.save(PLACE / "photo.png")
    for layout in ("nv12", "yuyv"):
        # Video of the photograph, and the RGB that it is.
        frame, colors = PLACE / f"{layout}.raw", PLACE / f"{layout}-rgb.raw"
        if not colors.exists():
            subprocess.run(tool("frombuffer", PLACE / "photo.raw", "--size", SIZE, "--mode", "RGB", "--as",
                                layout, "--save", frame, "-q"), check=True)
            subprocess.run(tool("frombuffer", frame, "--size", SIZE, "--rawmode", layout, "--save", colors,
                                "-q"), check=True)
    if not (PLACE / "raw10.raw").exists():
        tens = np.fromfile(PLACE / "noise16.raw", "<u2") >> 6
        tens.tofile(PLACE / "gray10.raw")
        subprocess.run(tool("frombuffer", PLACE / "gray10.raw", "--size", SIZE, "--mode", "I;16", "--as",
                            "raw10", "--save", PLACE / "raw10.raw", "-q"), check=True)
    if not FRAMES_RAW.exists():
        photo = np.fromfile(PLACE / "photo.raw", "u1").reshape(H, W, 3)
        places = np.random.default_rng(2).integers(0, (H - 480, W - 640), (FRAMES, 2))
        np.stack([photo[y:y + 480, x:x + 640] for y, x in places]).tofile(FRAMES_RAW)
    (PLACE / "one.raw").write_bytes(b"\xff")
    block = np.frombuffer((PLACE / "photo.raw").read_bytes()[: 1 << 24], np.uint8)
    big = SHM / "big.raw"
    if not big.exists() or big.stat().st_size != GIB2[0] * GIB2[1]:
        with big.open("wb") as file:
            for _ in range(GIB2[0] * GIB2[1] >> 24):
                block.tofile(file)


def pillow(code: str) -> list:
    return [PYTHON, "-c", f"from PIL import Image; {code}"]


def from_raw(name: str, mode: str = "RGB", rest: str = "") -> str:
    return (f"import mmap; f = open('{PLACE / name}', 'rb'); "
            f"m = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); "
            f"im = Image.frombuffer('{mode}', ({W}, {H}), m, 'raw'{rest}); ")


def array(code: str) -> list:
    """The photograph as a NumPy array `a`, in a Python that finds our package."""
    return [PYTHON, "-c", f"import sys; sys.path.insert(0, '{ROOT / 'Python'}'); import numpy as np; "
                          f"a = np.fromfile('{PLACE / 'photo.raw'}', 'u1').reshape({H}, {W}, 3); {code}"]


def opencv(load: str, save: str) -> list | None:
    code = f"import cv2, numpy as np; {load}; {save}"
    try:
        import cv2  # noqa: F401
    except ImportError:
        return None
    return [PYTHON, "-c", code]


def sh(command: str) -> list:
    """Through a shell, which gives its process to the command unless that is a pipeline."""
    return ["sh", "-c", command if "|" in command else f"exec {command}"]


def png_peers(name: str, kind: str, out: Path) -> dict:
    """Peers that turn a tight raw file into a PNG: rgb, gray or gray16."""
    raw = PLACE / name
    bands, depth = (3, 8) if kind == "rgb" else (1, 16 if kind == "gray16" else 8)
    mode, magick, pixel = {
        "rgb": ("RGB", "rgb", "rgb24"), "gray": ("L", "gray", "gray"),
        "gray16": ("I;16", "gray", "gray16le")}[kind]
    rest = ", 'RGB', 0, 1" if kind == "rgb" else f", '{mode}', 0, 1"
    shape = f"{H}, {W}, 3" if kind == "rgb" else f"{H}, {W}"
    dtype = "'<u2'" if depth == 16 else "'u1'"
    load = f"a = np.memmap('{raw}', {dtype}, 'r', shape=({shape}))"
    endian = "-endian LSB " if depth == 16 else ""
    peers = {
        "Pillow": pillow(from_raw(name, mode, rest) + f"im.save('{out}')"),
        "Pillow, level 1": pillow(from_raw(name, mode, rest) + f"im.save('{out}', compress_level=1)"),
        "OpenCV": opencv(load, f"cv2.imwrite('{out}', a)"),
        "ImageMagick": sh(f"convert -size {SIZE} -depth {depth} {endian}{magick}:{raw} {out}"),
        "GraphicsMagick": sh(f"gm convert -size {SIZE} -depth {depth} {endian}{magick}:{raw} {out}"),
        "ffmpeg": sh(f"ffmpeg -v error -f rawvideo -pixel_format {pixel} -video_size {SIZE} "
                     f"-i {raw} -y {out}"),
        "ffmpeg, mixed": sh(f"ffmpeg -v error -f rawvideo -pixel_format {pixel} -video_size {SIZE} "
                            f"-i {raw} -pred mixed -y {out}"),
    }
    if depth == 8:
        peers["libvips"] = sh(f"vips rawload {raw} {out} {W} {H} {bands}")
        peers["libvips, all filters"] = sh(
            f"vips rawload {raw} '{out}[compression=1,filter=all]' {W} {H} {bands}")
    if kind == "rgb":
        peers["Netpbm"] = sh(f"rawtoppm {W} {H} {raw} | pnmtopng > {out}")
    return peers


def tool(*words) -> list:
    return [TOOL, *map(str, words)]


def jobs() -> dict:
    # In memory, so that no command waits for a disk.
    out = SHM / "out.png"
    rgb = ["frombuffer", PLACE / "photo.raw", "--size", SIZE, "--mode", "RGB"]
    big = ["frombuffer", SHM / "big.raw", "--size", f"{GIB2[0]}x{GIB2[1]}"]
    table = {
        "photo-png": ("3840x2160 RGB photograph to PNG", out, {
            "imgtool": tool(*rgb, "--save", out),
            "imgtool, 1 thread": tool(*rgb, "--threads", 1, "--save", out),
            "imgtool, zlib only": ZLIB_TOOL and [ZLIB_TOOL, *tool(*rgb, "--save", out)[1:]],
            **png_peers("photo.raw", "rgb", out)}),
        "photo-bgrx-png": ("the same from padded BGRX", out, {
            "imgtool": tool("frombuffer", PLACE / "photo-bgrx.raw", "--size", SIZE, "--rawmode",
                            "BGRX", "--mode", "RGB", "--stride", W * 4 + 256, "--save", out),
            "imgtool, tight RGB": tool(*rgb, "--save", out),
            "Pillow": pillow(from_raw("photo-bgrx.raw", "RGB", f", 'BGRX', {W * 4 + 256}, 1")
                             + f"im.save('{out}')")}),
        "screen-png": ("3840x2160 RGB screen to PNG", out, {
            "imgtool": tool("frombuffer", PLACE / "screen.raw", "--size", SIZE, "--mode", "RGB",
                            "--save", out), **png_peers("screen.raw", "rgb", out)}),
        "gray-png": ("3840x2160 gray photograph to PNG", out, {
            "imgtool": tool("frombuffer", PLACE / "gray.raw", "--size", SIZE, "--save", out),
            **png_peers("gray.raw", "gray", out)}),
        "noise16-png": ("3840x2160 16-bit sensor noise to PNG", out, {
            "imgtool": tool("frombuffer", PLACE / "noise16.raw", "--size", SIZE, "--mode", "I;16",
                            "--save", out), **png_peers("noise16.raw", "gray16", out)}),
        "read-png": ("a 3840x2160 RGB PNG to PPM", SHM / "out.ppm", {
            "imgtool": tool("open", PLACE / "photo.png", "--save", SHM / "out.ppm", "-q"),
            "libvips": sh(f"vips copy {PLACE / 'photo.png'} {SHM / 'out.ppm'}"),
            "Pillow": pillow(f"Image.open('{PLACE / 'photo.png'}').save('{SHM / 'out.ppm'}')"),
            "ImageMagick": sh(f"convert {PLACE / 'photo.png'} {SHM / 'out.ppm'}"),
            "Netpbm": sh(f"pngtopnm {PLACE / 'photo.png'} > {SHM / 'out.ppm'}"),
            "ffmpeg": sh(f"ffmpeg -v error -i {PLACE / 'photo.png'} -y {SHM / 'out.ppm'}")}),
        "python-png": ("a 3840x2160 RGB NumPy array to PNG, from Python", out, {
            "imgtool for Python": array(f"import imgtool; imgtool.fromarray(a).save('{out}')"),
            "Pillow": array(f"from PIL import Image; Image.fromarray(a).save('{out}')")}),
        "demosaic": ("a 3840x2160 mosaic of 8 bits to RGB, bilinear", SHM / "out.raw", {
            "imgtool": tool("frombuffer", PLACE / "gray.raw", "--size", SIZE, "--rawmode", "bayer-rggb8",
                            "--demosaic", "bilinear", "--save", SHM / "out.raw"),
            "OpenCV": opencv(f"a = np.fromfile('{PLACE / 'gray.raw'}', 'u1').reshape({H}, {W})",
                             "cv2.cvtColor(a, cv2.COLOR_BayerBG2RGB)"
                             f".tofile('{SHM / 'out.raw'}')"),
            "OpenCV, its import alone": opencv("pass", "pass"),
            "ffmpeg": sh(f"ffmpeg -v error -f rawvideo -pixel_format bayer_rggb8 -video_size {SIZE} "
                         f"-i {PLACE / 'gray.raw'} -pix_fmt rgb24 -f rawvideo -y {SHM / 'out.raw'}")}),
        **{f"{layout}-png": (f"3840x2160 {layout} to PNG, beside the RGB that it is", out, {
            "imgtool": tool("frombuffer", PLACE / f"{layout}.raw", "--size", SIZE, "--rawmode", layout,
                            "--save", out),
            "imgtool, tight RGB": tool("frombuffer", PLACE / f"{layout}-rgb.raw", "--size", SIZE, "--mode",
                                       "RGB", "--save", out),
            "ffmpeg": sh(f"ffmpeg -v error -f rawvideo -pix_fmt {fmt} -s {SIZE} -i "
                         f"{PLACE / f'{layout}.raw'} -y {out}")})
           for layout, fmt in (("nv12", "nv12"), ("yuyv", "yuyv422"))},
        "raw10-png": ("3840x2160 RAW10 to a PNG of 16 bits, beside words", out, {
            "imgtool": tool("frombuffer", PLACE / "raw10.raw", "--size", SIZE, "--rawmode", "raw10",
                            "--save", out),
            "imgtool, words": tool("frombuffer", PLACE / "gray10.raw", "--size", SIZE, "--mode", "I;16",
                                   "--save", out)}),
        "frames-png": (f"{FRAMES} frames of 640x480 RGB from one file to PNGs", SHM / f"f-{FRAMES - 1:04}.png", {
            **{name: tool("frombuffer", FRAMES_RAW, "--size", "640x480", "--mode", "RGB", "--each", *level,
                          "--save", SHM / "f-%04d.png")
               for name, level in (("imgtool", []), ("imgtool, level 1", ["--level", "1"]),
                                   ("imgtool, level 0", ["--level", "0"]))},
            "ffmpeg": sh(f"ffmpeg -v error -f rawvideo -pixel_format rgb24 -video_size 640x480 -i "
                         f"{FRAMES_RAW} -start_number 0 -y {SHM / 'f-%04d.png'}"),
            "Pillow": pillow(
                f"import mmap; f = open('{FRAMES_RAW}', 'rb'); m = mmap.mmap(f.fileno(), 0, access=1); n = 921600; "
                f"v = memoryview(m); [Image.frombuffer('RGB', (640, 480), v[i * n:i * n + n], 'raw', 'RGB', 0, 1)"
                f".save('{SHM}/f-%04d.png' % i) for i in range({FRAMES})]")}),
        "start": ("1x1 raw to PNG: start-up", out, {
            "imgtool": tool("frombuffer", PLACE / "one.raw", "--size", "1x1", "--save", out),
            "ImageMagick": sh(f"convert -size 1x1 -depth 8 gray:{PLACE / 'one.raw'} {out}")}),
    }
    for suffix, note in ((".pgm", "identical rows"), (".npy", "identical rows"),
                         (".bmp", "rows rewritten upside down")):
        target = SHM / f"big{suffix}"
        table[f"2gb{suffix}"] = (f"2 GiB raw to {suffix[1:].upper()} on tmpfs ({note})", target, {
            "imgtool": tool(*big, "--save", target),
            "cp": ["cp", str(SHM / "big.raw"), str(target)]})
    memory = f"import numpy as np; a = np.memmap('{SHM / 'big.raw'}', 'u1', 'r+'); "
    table["invert"] = ("--invert of 2 GiB under rw", None, {
        "imgtool": tool(*big, "--access", "rw", "--invert"),
        "memcpy of it onto itself, 1 MiB at a time, by 2 threads": [PYTHON, "-c", memory + MEMCPY],
        "NumPy, np.invert in place": [PYTHON, "-c", memory + "np.invert(a, out=a)"]})
    table["fill"] = ("--fill of 2 GiB under rw", None, {
        "imgtool": tool(*big, "--access", "rw", "--fill", "7"),
        "memset": [PYTHON, "-c", memory + "a.fill(7)"]})
    return table


def kernels() -> dict:
    """Commands over 2 GiB whose time is that of one kernel, and of reading the pixels."""
    raw, pgm, nothing = SHM / "big.raw", SHM / "big.pgm", "/dev/null"
    subprocess.run(tool("frombuffer", raw, "--size", f"{GIB2[0]}x{GIB2[1]}", "--save", pgm), check=True)

    def on(mode: str, bytes_a_pixel: int, *steps, rawmode: str = "") -> list:
        width = GIB2[0] // 4 if bytes_a_pixel > 2 else GIB2[0] // bytes_a_pixel
        layout = ["--size", f"{width}x", "--mode", mode, "--trailing", "ok"]
        return tool("frombuffer", raw, *layout, *(["--rawmode", rawmode] if rawmode else []), *steps)

    rw, save = ["--access", "rw"], ["--save", nothing]
    return {
        "--fill, L": on("L", 1, *rw, "--fill", "7"),
        "--fill, RGB": on("RGB", 3, *rw, "--fill", "7,8,9"),
        "--invert, L": on("L", 1, *rw, "--invert"),
        "--invert, RGB": on("RGB", 3, *rw, "--invert"),
        "--swap R,B, RGB": on("RGB", 3, *rw, "--swap", "R,B"),
        "--flip h, L": on("L", 1, *rw, "--flip", "h"),
        "--flip v, L": on("L", 1, *rw, "--flip", "v"),
        "--paste, L": on("L", 1, *rw, "--paste", f"{pgm}@0,0"),
        "--fill and --add, I": on("I", 4, *rw, "--fill", "1", "--add", "1"),
        "--hash, L": on("L", 1, "--hash"),
        "--stats, L": on("L", 1, "--stats"),
        "--compare, L": tool("compare", raw, pgm, "--size", f"{GIB2[0]}x{GIB2[1]}"),
        "--convert L, RGB": on("RGB", 3, "--convert", "L", "--format", "pgm", *save),
        "--convert RGB, L": on("L", 1, "--convert", "RGB", "--format", "ppm", *save),
        "--convert YCbCr, RGB": on("RGB", 3, "--convert", "YCbCr", "--format", "raw", *save),
        "BGR to RGB": on("RGB", 3, "--format", "ppm", *save, rawmode="BGR"),
        "BGRX to RGB": on("RGB", 4, "--format", "ppm", *save, rawmode="BGRX"),
        "BGRA to RGBA": on("RGBA", 4, "--format", "raw", *save, rawmode="BGRA"),
        "BGR;16 to RGB": on("RGB", 2, "--format", "ppm", *save, rawmode="BGR;16"),
        "I;16B to I;16": on("I;16", 2, "--format", "npy", *save, rawmode="I;16B"),
    }


def measure_kernels(rounds: int) -> "Section":
    section = Section("Kernels, on 2 GiB of pixels in memory", "| command | seconds | GB/s |", name="kernels",
                      unit="GB/s")
    for name, command in kernels().items():
        times = [run(command) for _ in range(rounds + 1)][1:]
        if any(status for _, _, status in times):
            print(f"  {name} ended with {times[-1][2]}", file=sys.stderr)
        seconds = statistics.median(t for t, _, _ in times)
        rate = GIB2[0] * GIB2[1] / seconds / 1e9
        section.rows.append(f"| {name} | {seconds:.3f} | {rate:.1f} |")
        section.points.append((name, rate))
    return section


# What a copy through the cache costs: each byte is read from the map and stored into it.
MEMCPY = """
from concurrent.futures import ThreadPoolExecutor
import threading
local = threading.local()
def work(i):
    b = getattr(local, 'b', None)
    if b is None: b = local.b = np.empty(1 << 20, 'u1')
    s = slice(i << 20, (i + 1) << 20); np.copyto(b, a[s]); np.copyto(a[s], b)
with ThreadPoolExecutor(2) as pool: list(pool.map(work, range(len(a) >> 20)))
"""


def run(command: list) -> tuple[float, int, int]:
    """Seconds, peak private KiB, exit status."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peaks = [0]
    watcher = threading.Thread(target=watch_memory, args=(process.pid, peaks))
    watcher.start()
    process.wait()
    seconds = time.perf_counter() - start
    watcher.join()
    return seconds, max(peaks), process.returncode


def watch_memory(pid: int, peaks: list) -> None:
    try:
        while True:
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("RssAnon"):
                    peaks.append(int(line.split()[1]))
            time.sleep(0.002)
    except OSError:
        pass


def measure(commands: dict, out: Path | None, rounds: int) -> list:
    names = [n for n, c in commands.items() if c and (c[0] != "sh" or shutil.which(binary(c)))]
    missing = sorted(set(commands) - set(names))
    times, peaks, sizes = {n: [] for n in names}, {n: 0 for n in names}, {}
    for turn in range(rounds + 1):
        for name in names:
            if out and out.exists():
                out.unlink()
            seconds, peak, status = run(commands[name])
            if status:
                print(f"  {name} ended with {status}", file=sys.stderr)
            # The first turn warms the page cache.
            if turn:
                times[name].append(seconds)
                peaks[name] = max(peaks[name], peak)
            sizes[name] = out.stat().st_size if out and out.exists() else None
    if missing:
        print(f"  not installed: {', '.join(missing)}", file=sys.stderr)
    base = statistics.median(times[names[0]])
    return [(n, statistics.median(times[n]), statistics.median(times[n]) / base, sizes[n], peaks[n])
            for n in names]


def binary(command: list) -> str:
    return command[2].removeprefix("exec ").split()[0]


@dataclass
class Section:
    """A table of the page, and what its chart shows."""

    title: str
    heading: str
    rows: list = field(default_factory=list)
    # The chart's file, without its suffix; pairs for bars, triples for a ladder.
    name: str = ""
    points: list = field(default_factory=list)
    unit: str = "seconds"
    note: str = ""

    def text(self, folder: Path | None) -> str:
        lines = [f"## {self.title}", ""]
        if folder and self.points:
            path = folder / f"{self.name}.svg"
            if len(self.points[0]) == 3:
                charts.ladder(path, self.points)
            else:
                charts.bars(path, self.points, self.unit)
            lines += [f"![{self.title}: a chart of the table below]({folder.name}/{path.name})", ""]
        if self.heading:
            lines += [self.heading, "|---" * (self.heading.count("|") - 1) + "|"]
        return "\n".join([*lines, *self.rows, *(["", self.note] if self.note else [])])


def measured(name: str, rounds: int) -> Section:
    title, out, commands = jobs()[name]
    section = Section(title, "| command | seconds | x imgtool | bytes | private MiB |", name=name)
    for who, seconds, ratio, size, peak in measure(commands, out, rounds):
        section.rows.append(f"| {who} | {seconds:.4f} | {ratio:.2f} | {size if size is not None else '-'} | "
                            f"{peak / 1024:.1f} |")
        section.points.append((who, seconds))
    if len(section.points) < 4:
        section.points = []
    return section


def printed(script: str, rounds: int) -> list:
    """The lines that another script beside this one prints."""
    return subprocess.run([PYTHON, Path(__file__).with_name(script), "--rounds", str(rounds)],
                          stdout=subprocess.PIPE, text=True, check=True).stdout.strip().splitlines()


def ladders(rounds: int) -> list:
    sections = []
    for line in printed("ladder.py", rounds):
        words = line.split("\t")
        if len(words) == 1:
            sections.append(Section(
                f"Levels and other writers: the {line}", "| writer | seconds | bytes |", name=f"ladder-{line}",
                note="-0 to -9 are imgtool's levels, `imgtool` is the command without one; these are whole "
                     "commands. The others are timed in a process that runs already. oxipng gets the file of "
                     "level 1."))
            continue
        who, seconds, size = words[0], float(words[1]), int(words[2])
        sections[-1].rows.append(f"| {who} | {seconds:.4f} | {size} |")
        sections[-1].points.append((who, seconds, size))
    return sections


def sections(asked: list | None, rounds: int):
    """What was asked for, each when it is measured."""
    for name in jobs():
        if not asked or name in asked:
            yield measured(name, rounds)
    if not asked or "ladder" in asked:
        yield from ladders(rounds)
    if not asked or "kernels" in asked:
        yield measure_kernels(rounds)
    if not asked or "screens" in asked:
        yield Section("Screens to PNG, one thread", "", printed("screens.py", rounds),
                      note='"Rows" are the filtered rows of imgtool\'s own files, deflated by another program.')
    if not asked or "python-calls" in asked:
        yield Section("Calls from Python", "", printed("python_calls.py", rounds))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--job", action="append")
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    make_inputs()
    version = subprocess.run([TOOL, "--version"], capture_output=True, text=True).stdout.strip()
    page = ["# Benchmarks", "This page is for people who ask how fast the tool is; after it they can measure it "
            "themselves.", f"Made by `Scripts/benchmark --rounds {options.rounds}`: whole commands in turn, "
            "medians; the first turn is not counted. Private memory is the largest RssAnon seen.",
            f"{version}; {os.cpu_count()} cores, {platform.machine()}."]
    folder = options.markdown and options.markdown.with_suffix("")
    try:
        for section in sections(options.job, options.rounds):
            page.append(section.text(folder))
            print(page[-1], "\n", flush=True)
            if options.markdown:
                options.markdown.write_text("\n\n".join(page) + "\n")
    finally:
        shutil.rmtree(SHM, ignore_errors=True)


main()
