"""A screen without a client: the file in which Xvfb keeps its pixels, drawn on by the server, read by the tool."""

import json
import os
import subprocess

import numpy as np
import pytest
from PIL import Image

from conftest import SECONDS, TOOL
from waiting import until

SIZE = (320, 200)
FILE = "fb/Xvfb_screen0"
# Where the pixels stand: behind a header of 160 bytes and 256 colors of 12.
BY_HAND = ["frombuffer", FILE, "--size", "320x200", "--rawmode", "BGRX", "--offset", "3232"]
BY_HEADER = ["open", FILE]
WAYS = pytest.mark.parametrize("way", [BY_HEADER, BY_HAND], ids=["open", "frombuffer"])


class Screen:
    """An X server without a monitor, whose screen is a file in the directory `fb`."""

    def __init__(self, program, here, size=SIZE):
        self.program = program
        (here / "fb").mkdir()
        said, says = os.pipe()
        # Without -noreset the screen is cleared when the last client leaves.
        self.server = subprocess.Popen(
            [program("Xvfb"), "-displayfd", str(says), "-screen", "0", f"{size[0]}x{size[1]}x24",
             "-fbdir", "fb", "-noreset"], pass_fds=[says], stderr=subprocess.PIPE)
        os.close(says)
        with os.fdopen(said) as number:
            display = number.readline().strip()
        assert display, self.server.communicate()[1]
        self.environment = {**os.environ, "DISPLAY": f":{display}"}
        self.clients = []

    def run(self, name, *words) -> bytes:
        return subprocess.run([self.program(name), *words], env=self.environment, check=True,
                              stdout=subprocess.PIPE, timeout=SECONDS).stdout

    def fill(self, color: str):
        self.run("xsetroot", "-solid", color)
        # The client may leave before the server has drawn; xwd's answer comes after that.
        self.run("xwd", "-root")

    def start(self, name, *words):
        self.clients.append(subprocess.Popen([self.program(name), *words], env=self.environment,
                                             stderr=subprocess.DEVNULL))

    def seen(self) -> np.ndarray:
        """The pixels that a client gets from the server, decoded by ffmpeg and ImageMagick alike."""
        self.run("xwd", "-root", "-silent", "-out", "seen.xwd")
        one, other = (subprocess.run([self.program(name), *words], check=True, capture_output=True).stdout
                      for name, *words in [
                          ["ffmpeg", "-v", "error", "-i", "seen.xwd", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                          ["convert", "xwd:seen.xwd", "-depth", "8", "rgb:-"]])
        assert one == other
        return np.frombuffer(one, "u1").reshape(SIZE[1], SIZE[0], 3)

    def close(self):
        for process in [*self.clients, self.server]:
            process.terminate()
            process.wait()
        self.server.stderr.close()


@pytest.fixture
def screen(program, here):
    screen = Screen(program, here)
    yield screen
    screen.close()


def pixels(path="now.png") -> np.ndarray:
    return np.array(Image.open(path).convert("RGB"))


@WAYS
@pytest.mark.parametrize("words", [
    ["-solid", "#204060"], ["-mod", "5", "9", "-fg", "#c08010", "-bg", "#102080"], ["-gray"]], ids=lambda w: w[0])
def test_a_screenshot_is_what_clients_get_from_the_server(imgtool, screen, way, words):
    screen.run("xsetroot", *words)
    seen = screen.seen()
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) == (1 if "-solid" in words else 2)
    imgtool(*way, "--expect-shared", "--no-copy", "--save", "now.png", "--expect-shared")
    assert np.array_equal(pixels(), seen)


def test_a_window_is_in_the_screenshot(imgtool, screen):
    screen.fill("#336699")
    screen.start("xlogo", "-geometry", "60x60+100+50")
    inside = (slice(55, 105), slice(105, 155))
    until(lambda: len(np.unique(screen.seen()[inside].reshape(-1, 3), axis=0)) > 1, "the window is drawn")
    until(lambda: imgtool(*BY_HEADER, "--save", "now.png") and np.array_equal(pixels(), screen.seen()),
          "the window has been drawn")
    assert len(np.unique(pixels()[inside].reshape(-1, 3), axis=0)) > 1
    assert (pixels()[:40] == (0x33, 0x66, 0x99)).all()


@WAYS
def test_one_image_shows_what_the_server_draws_while_it_is_open(imgtool, screen, way):
    screen.fill("#010203")
    display = screen.environment["DISPLAY"]
    draw = f"DISPLAY={display} xsetroot -solid '#fa0b0c' && DISPLAY={display} xwd -root > seen.xwd"
    imgtool(*way, "--expect", "0,0=1,2,3", "--run", draw, "--expect", "0,0=250,11,12",
            "--expect", "319,199=250,11,12", "--expect-shared", "--save", "now.png")
    assert (pixels() == (250, 11, 12)).all()


@WAYS
def test_what_is_painted_into_the_file_is_on_the_screen(imgtool, screen, way):
    screen.fill("#336699")
    imgtool(*way, "--access", "rw", "--fill", "40x30+10+20=255,128,0", "--expect-shared")
    seen = screen.seen()
    assert (seen[20:50, 10:50] == (255, 128, 0)).all()
    seen = seen.copy()
    seen[20:50, 10:50] = 0x33, 0x66, 0x99
    assert (seen == (0x33, 0x66, 0x99)).all()


@pytest.fixture
def watching(screen):
    started = []

    def start(*words) -> subprocess.Popen:
        started.append(subprocess.Popen([TOOL, "watch", *words, "--interval", "0.02"], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def rounds_until(watch, color) -> int:
    """Reads rounds until one shows a color from corner to corner; returns its number.

    A round may show a screen that is half drawn.
    """
    while line := watch.stdout.readline():
        report = json.loads(line)
        if [step["pixel"] for step in report["steps"] if "pixel" in step] == [list(color)] * 2:
            return report["round"]
    raise AssertionError(watch.communicate())


@WAYS
def test_watch_saves_the_screen_each_time_that_the_server_has_drawn(screen, watching, way):
    screen.fill("#000000")
    watch = watching(*way[1:], "--json", "--print", "0,0", "--print", "319,199", "--save", "now.png")
    before = 0
    for color in [(0, 0, 0), (10, 20, 30), (250, 240, 230), (10, 20, 31)]:
        screen.fill("#%02x%02x%02x" % color)
        found = rounds_until(watch, color)
        assert found > before
        before = found
        if color == (10, 20, 31):
            assert (pixels() == color).all()


def test_watch_ends_after_so_many_rounds(screen, watching, here):
    screen.fill("#000000")
    watch = watching(FILE, "--count", "2", "--save", "now.png")
    until(lambda: (here / "now.png").exists(), "the first round")
    screen.fill("#ff8000")
    _, errors = watch.communicate(timeout=SECONDS)
    assert watch.returncode == 0 and errors.count("round") == 2


def test_watch_waits_for_a_server_that_starts_again(program, here, imgtool, screen, watching):
    screen.fill("#0000ff")
    watch = watching(FILE, "--json", "--print", "0,0", "--print", "319,199")
    rounds_until(watch, (0, 0, 255))
    screen.close()
    assert not (here / FILE).exists()
    assert "waiting" in watch.stderr.readline()
    (here / "fb").rmdir()
    again = Screen(program, here)
    try:
        again.fill("#00ff00")
        rounds_until(watch, (0, 255, 0))
    finally:
        again.close()


def test_a_screen_is_compared_with_a_golden_picture(imgtool, screen):
    screen.fill("#336699")
    Image.new("RGB", SIZE, (0x33, 0x66, 0x99)).save("golden.png")
    imgtool(*BY_HEADER, "--compare", "golden.png")
    imgtool("compare", FILE, "golden.png")
    hashes = {line.split()[0] for line in imgtool("hash", FILE, "golden.png").lines}
    assert len(hashes) == 1
    screen.fill("#336698")
    run = imgtool("compare", FILE, "golden.png", "--json", ok=1)
    assert run.json["first"]["a"] == [0x33, 0x66, 0x98] and run.json["first"]["offset"]["a"] == 3232
    assert run.json["count"] == SIZE[0] * SIZE[1]


def test_sharing_is_proven_on_a_copy_and_the_screen_is_left_alone(imgtool, here, screen):
    screen.fill("#123456")
    before = (here / FILE).read_bytes()
    run = imgtool("verify", FILE, "--save", "proof.png")
    assert "shared" in run.text and (here / FILE).read_bytes() == before


def test_info_and_show_read_the_screen(imgtool, screen):
    screen.fill("#ffffff")
    report = imgtool("info", FILE, "--json").json
    assert (report["size"], report["mode"], report["shared"]) == ([320, 200], "RGB", True)
    assert (report["offset"], report["stride"]) == (3232, 1280)
    assert set(imgtool("show", FILE).text) == {"@", "\n"}
