"""Layouts found by keys on a terminal of the test's own: what is printed, drawn and left behind."""

import fcntl
import os
import pty
import random
import re
import select
import shlex
import signal
import struct
import subprocess
import termios
import time

import numpy as np
import pytest
from PIL import Image

from conftest import ROOT, TOOL, run_tool
from test_show import kitty
from waiting import PATIENCE, until, until_it_waits

UP, DOWN, RIGHT, LEFT = ("\x1b[" + letter for letter in "ABCD")
WIDER, NARROWER = "\x1b[1;2C", "\x1b[1;2D"
PAGE_UP, PAGE_DOWN, HOME, END, BACKTAB = "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\x1b[Z"
ENTER, ESCAPE, TAB = "\r", "\x1b", "\t"
DRAWN = b"\x1b[?2026l"


class Explored:
    """`imgtool explore` on a pseudo-terminal that is its own."""

    def __init__(self, *words, columns=80, rows=24, pixels=(0, 0), **environment):
        self.main, self.side = pty.openpty()
        self.resize(columns, rows, pixels)
        self.before = termios.tcgetattr(self.side)
        self.seen = b""
        self.process = subprocess.Popen(
            [TOOL, "explore", *map(str, words)], stdin=self.side, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True, preexec_fn=self._take,
            env=os.environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | environment)

    def _take(self):
        fcntl.ioctl(self.side, termios.TIOCSCTTY, 0)

    def resize(self, columns: int, rows: int, pixels=(0, 0)):
        fcntl.ioctl(self.side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, *pixels))

    def type(self, *keys):
        os.write(self.main, "".join(keys).encode())

    def read(self, seconds=0.01) -> bool:
        if not select.select([self.main], [], [], seconds)[0]:
            return False
        try:
            self.seen += os.read(self.main, 1 << 16)
        except OSError:  # The other side is closed.
            return False
        return True

    def wait_for(self, words, what="") -> str:
        """The screen, when `words` are on it, or when a function of it says so."""
        condition = words if callable(words) else lambda screen: words in screen
        end = time.monotonic() + PATIENCE
        while not (self.seen.endswith(DRAWN) and condition(screen := self.screen())):
            assert time.monotonic() < end, f"not seen: {what or words}\n{self.screen()}"
            assert self.process.poll() is None, f"it has ended: {self.process.stderr.read()}"
            self.read()
        return screen

    def start(self) -> "Explored":
        self.wait_for("imgtool frombuffer")
        return self

    def rows(self) -> dict:
        """The rows of the screen as they were written last, without colors."""
        rows = {}
        for row, text in re.findall(r"\x1b\[(\d+);1H(.*?)(?=\x1b\[\d+;\d+H|\x1b\[\?2026)",
                                    self.seen.decode(errors="replace"), re.S):
            rows[int(row)] = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
        return rows

    def screen(self) -> str:
        return "\n".join(text for _, text in sorted(self.rows().items()))

    def end(self, *keys) -> tuple:
        """Types keys and waits for the end: exit status, the line, and what was said."""
        self.type(*keys)
        until(lambda: self.process.poll() is not None or self.read(0) and False, "the end")
        while self.read(0):
            pass
        found = (self.process.returncode, self.process.stdout.read().decode(),
                 self.process.stderr.read().decode())
        self.process.stdout.close()
        self.process.stderr.close()
        return found

    def is_restored(self) -> bool:
        """Whether the terminal has its modes again, its screen, its cursor, and no mouse."""
        last = {name: self.seen.rfind(name) for name in (
            b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25l", b"\x1b[?25h", b"\x1b[?1002;1006h",
            b"\x1b[?1002;1006l")}
        return (termios.tcgetattr(self.side) == self.before
                and last[b"\x1b[?1049l"] > last[b"\x1b[?1049h"]
                and last[b"\x1b[?25h"] > last[b"\x1b[?25l"]
                and last[b"\x1b[?1002;1006l"] > last[b"\x1b[?1002;1006h"])

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        os.close(self.main)
        os.close(self.side)


@pytest.fixture
def explore(here):
    opened = []

    def open_one(*words, **options) -> Explored:
        opened.append(Explored(*words, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def photo(width: int, height: int) -> np.ndarray:
    """Blurred noise over slopes, in RGB: rows that are alike, and no two the same."""
    rng = np.random.default_rng(width * 1000 + height)
    noise = rng.integers(0, 256, (height // 4 + 2, width // 4 + 2, 3), "u1")
    large = Image.fromarray(noise).resize((width, height), Image.BICUBIC)
    return np.array(large)


def hash_of(path: str) -> str:
    return run_tool("hash", path).text.split()[0]


def picture_of(line: str) -> str:
    """The hash of what `frombuffer` makes of a line as a shell splits it without quotes."""
    words = line.split()
    run_tool("frombuffer", *words, "--save", "found.npy")
    return hash_of("found.npy")


def dumps(here) -> dict:
    """Raw files, each with options to start from, keys that lead to what it is, and the picture that it
    was made of."""
    rgb = photo(62, 40)
    gray = photo(50, 45)[..., 0]
    wide = gray.astype("<u2") * 13
    padded = np.zeros((40, 200), "u1")
    padded[:, :186] = rgb.reshape(40, 186)
    files = {
        "width": (rgb.tobytes(), ["--size", "60x", "--mode", "RGB"], [RIGHT] * 2, rgb),
        "far": (rgb.tobytes(), ["--size", "30x", "--mode", "RGB"], [WIDER] * 2, rgb),
        "order": (rgb[..., ::-1].tobytes(), ["--size", "62x", "--mode", "RGB"], ["o"], rgb),
        "offset": (bytes(3) + rgb.tobytes(), ["--size", "62x", "--mode", "RGB"], ["..", "."], rgb),
        "typed": (bytes(70000) + rgb.tobytes(), ["--size", "9x", "--mode", "RGB"],
                  ["O70000\r", "w62\r", "h40\r"], rgb),
        "stride": (padded.tobytes(), ["--size", "62x", "--mode", "RGB", "--stride", "198"], "==", rgb),
        "family": (gray.tobytes(), ["--size", "50x", "--mode", "RGB"], ["gggggg", "F", "/L\r"], gray),
        "bytes": (wide.astype(">u2").tobytes(), ["--size", "50x", "--mode", "L"], ["f", "e"], wide),
        "bottom": (gray[::-1].tobytes(), ["--size", "50x", "--mode", "L"], ["v"], gray),
        "inverted": ((255 - gray).tobytes(), ["--size", "50x", "--mode", "L"], ["i"], gray),
        "planes": (rgb.transpose(2, 0, 1).tobytes(), ["--size", "62x", "--mode", "RGB"], ["pp"], rgb),
        "frames": (gray.tobytes() + (255 - gray).tobytes(), ["--size", "50x45", "--mode", "L"],
                   ["nn", "n", "N", "n"], 255 - gray),
        "undone": (gray.tobytes(), ["--size", "49x", "--mode", "L"], [RIGHT, "f", "e", "uu"], gray),
    }
    for name, (data, *_) in files.items():
        (here / f"{name}.bin").write_bytes(data)
    return files


NAMES = ["width", "far", "order", "offset", "typed", "stride", "family", "bytes", "bottom", "inverted",
         "planes", "frames", "undone"]


@pytest.mark.parametrize("name", NAMES)
def test_keys_lead_to_the_picture_that_a_dump_was_made_of(explore, here, name):
    _, options, keys, pixels = dumps(here)[name]
    found = explore(f"{name}.bin", *options, "--protocol", "ascii").end(*keys, ENTER)
    assert (found[0], found[2]) == (0, ""), found
    np.save("wanted.npy", pixels)
    assert picture_of(found[1]) == hash_of("wanted.npy"), found[1]


def test_a_guess_is_where_it_starts_and_tab_goes_on(explore, here, imgtool):
    (here / "a.bin").write_bytes(photo(128, 96).tobytes())
    guesses = imgtool("guess", "a.bin", "--json").json["candidates"]
    one = explore("a.bin").start()
    assert f"{guesses[0]['size'][0]}x{guesses[0]['size'][1]}" in one.screen()
    status, line, errors = one.end(TAB, BACKTAB, ENTER)
    assert (status, errors) == (0, "")
    assert line.split()[2] == "x".join(map(str, guesses[0]["size"]))


# Keys that end nothing, with all that a question needs; Ctrl-G ends one, as Escape does that is alone.
KEYS = [UP, DOWN, LEFT, RIGHT, WIDER, NARROWER, PAGE_UP, PAGE_DOWN, HOME, END, TAB, BACKTAB,
        *",.<>-=fFgesjiobpvnNc[]az+_xu", "??", "/no\r\x07",
        # What is refused leaves the prompt open.
        *(prompt + "\r\x07" for prompt in ["w31", "h7", "h", "O12", "O", "/nv12", "/rgb5\t"]),
        "w\x07", "\x1b[<0;7;5M\x1b[<32;9;6M\x1b[<0;9;6m", "\x1b[<64;3;3M", "\x1b[<65;3;3M"]


@pytest.mark.parametrize("seed", range(int(os.environ.get("IMGTOOL_EXPLORE_RUNS", "6"))))
def test_what_any_keys_lead_to_is_a_layout_of_frombuffer(explore, here, imgtool, seed):
    rng = random.Random(seed)
    (here / "a.bin").write_bytes(photo(60, 41).tobytes() + rng.randbytes(rng.randrange(90)))
    keys = [rng.choice(KEYS) for _ in range(30)]
    size = {"columns": rng.randrange(20, 120), "rows": rng.randrange(6, 40)}
    one = explore("a.bin", "--protocol", rng.choice(["ascii", "blocks", "256", "kitty", "sixel"]), **size)
    for key in keys:
        one.type(key)
        one.read(0)
    status, line, errors = one.end("z", ENTER)
    assert (status, errors) == (0, ""), keys
    assert one.is_restored()
    shown = imgtool("show", *line.split(), "--protocol", "ascii", "--trailing", "ok")
    # With the line as the start, the same picture is drawn in as much room; of a mosaic, its colors.
    two = explore(*line.split(), "--protocol", "ascii", columns=80, rows=23 + 5).start()
    drawn = [two.rows()[number + 1].rstrip() for number in range(len(shown.lines))]
    assert drawn == [text.rstrip() for text in shown.lines] or re.search("bayer|S....1", line)
    assert two.end(ENTER)[:2] == (0, line)


@pytest.mark.parametrize("keys, status", [("q", 1), (ESCAPE, 1), ("\x03", -signal.SIGINT)])
def test_without_an_answer_nothing_is_printed(explore, here, keys, status):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x8").start()
    assert one.end(keys) == (status, "", "") and one.is_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(explore, here, number):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x8", "--protocol", "kitty").start()
    one.process.send_signal(number)
    assert one.end() == (-number, "", "") and one.is_restored()


def test_a_hang_up_ends_it(explore, here):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x8").start()
    os.close(one.main)
    one.main = os.open("/dev/null", os.O_RDWR)
    assert one.process.wait(PATIENCE) in (2, -signal.SIGHUP)
    assert one.process.stdout.read() == b""


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(here, program):
    (here / "a.bin").write_bytes(photo(20, 10)[..., 0].tobytes())
    main, side = pty.openpty()
    shell = subprocess.Popen(
        ["bash", "--norc", "-i"], stdin=side, stdout=side, stderr=side, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(side, termios.TIOCSCTTY, 0),
        env=os.environ | {"TERM": "xterm", "PS1": "ready:", "LANG": "C.UTF-8"})
    seen = b""

    def wait_for(*words) -> bytes:
        nonlocal seen
        end = time.monotonic() + PATIENCE
        while not all(word in seen for word in words):
            assert time.monotonic() < end, (words, seen)
            if select.select([main], [], [], 0.05)[0]:
                seen += os.read(main, 1 << 16)
        found, seen = seen, b""
        return found

    try:
        wait_for(b"ready:")
        os.write(main, b"stty -a >before; echo o''k\n")
        wait_for(b"ok")
        line = f"{shlex.quote(str(TOOL))} explore a.bin --size 20x --mode L --protocol ascii >found"
        os.write(main, line.encode() + b"\n")
        wait_for(b"imgtool frombuffer", DRAWN)
        os.write(main, b"\x1a")
        assert b"\x1b[?1049l" in wait_for(b"Stopped", b"ready:")
        os.write(main, b"stty -a >stopped; echo o''k\n")
        wait_for(b"ok")
        os.write(main, b"fg\n")
        assert b"\x1b[?1049h" in wait_for(b"imgtool frombuffer", DRAWN)
        os.write(main, (LEFT + ENTER).encode())
        wait_for(b"\x1b[?1049l", b"ready:")
        os.write(main, b"echo exit=$?; stty -a >after\n")
        wait_for(b"exit=0", b"ready:")
        assert (here / "before").read_text() == (here / "stopped").read_text()
        assert (here / "before").read_text() == (here / "after").read_text()
        assert (here / "found").read_text() == "a.bin --size 19x10 --mode L\n"
    finally:
        shell.kill()
        shell.wait()
        os.close(main)
        os.close(side)


def test_the_screen_follows_another_size_of_the_terminal(explore, here):
    (here / "a.bin").write_bytes(photo(60, 41).tobytes())
    one = explore("a.bin", "--size", "60x41", "--mode", "RGB", "--protocol", "ascii").start()
    for columns, rows in [(20, 6), (133, 50), (3, 2), (40, 10)]:
        one.seen = b""
        one.resize(columns, rows)
        one.wait_for(lambda screen: max(one.rows(), default=0) == rows)
        assert all(len(text) <= columns for text in one.rows().values())
    assert one.end(ENTER) == (0, "a.bin --size 60x41 --mode RGB\n", "")


def test_a_file_that_changes_is_drawn_again(explore, here):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x", "--mode", "L", "--protocol", "ascii").start()
    assert one.rows()[1] == "        "
    with open("a.bin", "r+b") as file:
        file.write(b"\xff" * 16)
    one.wait_for("@@@@@@@@")
    with open("a.bin", "ab") as file:
        file.write(bytes(16))
    one.wait_for("80 bytes now")
    one.wait_for("8x10")
    os.truncate("a.bin", 20)
    one.wait_for("8x2")
    os.remove("a.bin")
    one.wait_for("No such file")
    one.type(RIGHT, "Z")
    one.wait_for("Z does nothing here")
    (here / "a.bin").write_bytes(bytes(64))
    one.wait_for("8x8")
    assert one.end(ENTER) == (0, "a.bin --size 8x8 --mode L\n", "")


def test_it_says_what_became_of_the_file(explore, here):
    (here / "a.bin").write_bytes(photo(48, 32).tobytes())
    one = explore("a.bin", "--protocol", "ascii").start()
    one.wait_for("guess 1 of ")
    (here / "b.bin").write_bytes(photo(48, 32).tobytes())
    os.rename("b.bin", "a.bin")
    one.wait_for("the file was replaced by one of the same size")
    os.truncate("a.bin", 3000)
    one.wait_for("the file has 3000 bytes now; it had 4608")
    (here / "b.bin").write_bytes(bytes(6000))
    os.rename("b.bin", "a.bin")
    one.wait_for("the file was replaced by one that has 6000 bytes now; it had 3000")
    assert "guess 1 of" not in one.screen() and one.end("q")[0] == 1


def test_a_prompt_stays_until_its_answer_is_right(explore, here):
    (here / "a.bin").write_bytes(bytes(640))
    one = explore("a.bin", "--size", "8x", "--mode", "L", "--protocol", "ascii").start()
    one.type("/rgb42\r")
    one.wait_for('rawmode: rgb42')
    one.wait_for("is not a rawmode")
    one.type("\x15RGB", ENTER)
    one.wait_for("8x26 RGB")
    assert one.end(ENTER)[1] == "a.bin --size 8x26 --mode RGB\n"


def test_a_file_that_has_become_too_short_is_said_and_not_printed(explore, here):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x7", "--mode", "L", "--orientation", "-1", "--protocol", "ascii")
    one.start()
    os.truncate("a.bin", 3)
    one.wait_for("the file has 3")
    one.type(ENTER)
    one.wait_for("the file has 3")
    assert one.end("q") == (1, "", "") and one.is_restored()


def test_a_kitty_terminal_gets_the_pixels(explore, here):
    pixels = photo(60, 41)
    (here / "a.bin").write_bytes(pixels.tobytes())
    one = explore("a.bin", "--size", "60x41", "--mode", "RGB", "--protocol", "kitty", pixels=(800, 480))
    assert (kitty(one.start().seen)[1] == pixels).all()
    one.seen = b""
    one.type("_+")
    one.wait_for("200 %")
    keys, shown = kitty(one.seen)
    assert keys["i"] == "1" and (shown == pixels.repeat(2, 0).repeat(2, 1)).all()
    assert one.end("q")[0] == 1


def last_kitty(one: Explored) -> np.ndarray:
    return kitty(one.seen[one.seen.rindex(b"a=T") - 3:])[1]


def test_rows_that_are_not_on_the_screen_are_gone_through(explore, here):
    pixels = photo(20, 1000)
    (here / "a.bin").write_bytes(pixels.tobytes())
    one = explore("a.bin", "--size", "20x", "--mode", "RGB", "--protocol", "kitty", pixels=(800, 480)).start()
    room = 20 * (24 - 5)
    for keys, top in [("z", 0), (PAGE_DOWN, room), (END, 1000 - room), (UP, 1000 - room - room // 10),
                      (HOME, 0), ("\x1b[<0;2;11M\x1b[<32;2;6M\x1b[<0;2;6m", 5 * 20)]:
        one.seen = b""
        one.type(keys)
        one.wait_for(lambda screen: b"a=T" in one.seen)
        until_it_waits(one.process)
        while one.read():
            pass
        assert (last_kitty(one) == pixels[top:top + room]).all(), keys
    one.type("\x1b[<64;1;1M")
    one.wait_for("zoom 200 %")
    one.type("\x1b[<65;1;1M")
    one.wait_for("zoom 100 %")
    assert one.end("q")[0] == 1


def test_behind_z_minus_makes_the_picture_smaller_and_not_the_stride(explore, here):
    (here / "a.bin").write_bytes(photo(20, 1000).tobytes())
    one = explore("a.bin", "--size", "20x", "--mode", "RGB", "--protocol", "kitty", pixels=(800, 480)).start()
    # Its width fills the screen, then its pixels are shown; each sign then halves or doubles them.
    for keys, zoom in [("zz", 100), ("=", 200), ("+", 400), ("-", 200), ("-", 100), ("+", 200), ("_", 100)]:
        one.type(keys)
        one.wait_for(f"zoom {zoom} %")
    # Another key ends that, and the sign is one of the stride again.
    status, line, _ = one.end("x=", ENTER)
    assert status == 0 and "--stride 61" in line


def test_bands_windows_and_mosaics_are_shown_as_the_command_on_the_screen_says(explore, here):
    rng = np.random.default_rng(1)
    (here / "a.bin").write_bytes(rng.integers(20, 220, 40 * 30 * 3, "u1").tobytes())
    one = explore("a.bin", "--size", "40x", "--mode", "RGB", "--protocol", "kitty", pixels=(800, 480),
                  columns=140).start()
    for keys in ["c", "c", "a", "[[", "ccaa", "/bayer-bggr8\r", "w60\r", "]", "aa/gray16le\r", "e"]:
        one.seen = b""
        one.type(keys)
        one.wait_for(lambda screen: b"a=T" in one.seen)
        until_it_waits(one.process)
        while one.read():
            pass
        line = next(text for text in one.rows().values() if text.startswith("imgtool frombuffer"))
        steps = [] if "--window" in line or "16" not in line else ["--window", "auto"]
        run_tool(*shlex.split(line)[1:], *steps, "--convert", "RGB", "--save", f"{len(keys)}.png")
        assert (last_kitty(one) == np.array(Image.open(f"{len(keys)}.png"))).all(), line
    assert one.end("q")[0] == 1


def test_a_sixel_terminal_gets_the_pixels(explore, here, program):
    pixels = np.array([[(9, 200, 30), (255, 255, 255)], [(255, 0, 0), (70, 70, 200)]], "u1")
    pixels = pixels.repeat(20, 0).repeat(33, 1)
    (here / "a.bin").write_bytes(pixels.tobytes())
    one = explore("a.bin", "--size", "66x40", "--mode", "RGB", "--protocol", "sixel", pixels=(800, 480))
    (here / "out.six").write_bytes(re.search(rb"\x1bP.*?\x1b\\", one.start().seen, re.S)[0])
    subprocess.run([program("sixel2png"), "-i", "out.six", "-o", "out.png"], check=True)
    shown = np.array(Image.open("out.png").convert("RGB")).astype(int)
    assert shown.shape == pixels.shape and np.abs(shown - pixels).max() <= 2
    assert one.end("q")[0] == 1


def test_the_terminal_says_what_it_can_draw(explore, here):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x8", "--mode", "L").start()
    assert b"\x1b_G" in one.seen and b"\x1b[c" in one.seen
    one.seen = b""
    one.type("\x1b_Gi=31;OK\x1b\\\x1b[?62;22c")
    one.wait_for(lambda screen: b"\x1b_Ga=T" in one.seen)
    assert one.end("q")[0] == 1


def test_the_mouse_picks_a_pixel_and_x_shows_its_bytes(explore, here, imgtool):
    pixels = photo(60, 38)
    (here / "a.bin").write_bytes(pixels.tobytes())
    one = explore("a.bin", "--size", "60x", "--mode", "RGB", "--protocol", "256").start()
    one.type("\x1b[<0;11;3M")
    value = ",".join(map(str, pixels[5, 10]))
    one.wait_for(lambda screen: f"10,5 is {value} at {(5 * 60 + 10) * 3}" in screen)
    one.type("x")
    dump = imgtool("hexdump", "a.bin", "--size", "60x38", "--mode", "RGB", "--at", "10,5").text.strip()
    one.wait_for(dump)
    assert one.end("q")[0] == 1


def test_the_strip_is_highest_where_rows_are_most_alike(explore, here):
    (here / "a.bin").write_bytes(photo(64, 60)[..., 0].tobytes())
    one = explore("a.bin", "--size", "59x", "--mode", "L", "--protocol", "256").start()
    screen = one.wait_for("most alike 5 to the right")
    assert screen.splitlines()[19].index("█") == 45
    one.type(RIGHT * 5)
    one.wait_for(lambda screen: "64x60" in screen and "most alike" not in screen)
    assert one.end("q")[0] == 1


def test_the_picture_and_the_layout_are_saved(explore, here, imgtool):
    pixels = photo(60, 41)
    (here / "a.bin").write_bytes(pixels.tobytes())
    one = explore("a.bin", "--size", "60x41", "--mode", "RGB", "--protocol", "ascii").start()
    one.type("S")
    one.wait_for("a.bin.png")
    one.type(ENTER, "L", "\x15found.layout", ENTER)
    until(lambda: (here / "found.layout").exists() or one.read() and False, "the layout file")
    one.type("S", ENTER)
    one.wait_for("is there already")
    assert one.end("\x07", "q")[0] == 1
    assert (np.array(Image.open("a.bin.png")) == pixels).all()
    found = imgtool("hash", "a.bin", "--layout", "found.layout").text.split()[0]
    assert found == hash_of("a.bin.png")


@pytest.mark.parametrize("name", ["a.bin", "-a.bin", "with blank.bin", "it's*.bin", "ä.bin"])
def test_the_printed_line_works_in_a_shell(explore, here, name):
    pixels = photo(60, 41)[..., 0].astype("<u2")
    (here / name).write_bytes(pixels.tobytes())
    one = explore("--size", "60x41", "--mode", "I;16", "--protocol", "ascii", "--", name)
    status, line, errors = one.end(ENTER)
    assert status == 0 and line.endswith(" --size 60x41 --rawmode gray16le\n")
    command = f"{shlex.quote(str(TOOL))} frombuffer $LINE --save out.png"
    if " " in name or "*" in name:
        assert "eval" in errors
        command = f'eval "{command}"'
    else:
        assert errors == ""
    subprocess.run(["sh", "-c", command], check=True, env=os.environ | {"LINE": line.strip()})
    assert (np.array(Image.open("out.png")) == pixels).all()


@pytest.mark.parametrize("words, said", [
    (["absent.bin"], "No such file"), (["-"], "name"), (["a.bin", "--size", "8x9", "--mode", "L"], "needs 72"),
    (["photo.png"], "imgtool open photo.png"), (["empty.bin"], ""),
])
def test_what_cannot_be_explored_is_told_before_the_screen_is_taken(explore, here, words, said):
    (here / "a.bin").write_bytes(bytes(64))
    (here / "empty.bin").write_bytes(b"")
    Image.new("L", (4, 4)).save("photo.png")
    one = explore(*words)
    status, line, errors = one.end()
    assert (status, line) == (2, "") and said in errors and len(errors.splitlines()) == 1
    assert b"\x1b" not in one.seen


def test_without_a_terminal_it_says_so(here):
    (here / "a.bin").write_bytes(bytes(64))
    done = subprocess.run([TOOL, "explore", "a.bin"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, start_new_session=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "explore needs a terminal" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_terminal_without_a_screen_is_refused(explore, here):
    (here / "a.bin").write_bytes(bytes(64))
    one = explore("a.bin", "--size", "8x8", TERM="dumb")
    status, line, errors = one.end()
    assert (status, line, one.seen) == (2, "", b"") and 'TERM is "dumb"' in errors


def test_keys_that_wait_are_done_at_once_and_drawn_once(explore, here):
    (here / "a.bin").write_bytes(photo(60, 41).tobytes())
    one = explore("a.bin", "--size", "10x", "--mode", "RGB", "--protocol", "ascii").start()
    until_it_waits(one.process)
    one.seen = b""
    one.type(RIGHT * 300)
    one.wait_for(lambda screen: "310x7" in screen)
    assert one.seen.count(DRAWN) < 30
    assert one.end("u" * 299, ENTER)[1] == "a.bin --size 11x223 --mode RGB\n"


def keys_of_the_help(imgtool) -> list:
    tables = imgtool("help", "explore", "--json").json["commands"][0]["tables"]
    return [[row["term"], row["text"]] for row in tables[0]["rows"]]


def test_the_help_page_lists_the_keys_of_the_help(explore, here, imgtool):
    (here / "a.bin").write_bytes(bytes(64))
    keys = keys_of_the_help(imgtool)
    assert len(keys) > 25
    column = max(len(names) for names, _ in keys) + 2
    one = explore("a.bin", "--size", "8x8", "--protocol", "256", columns=120, rows=40).start()
    one.type("?")
    one.wait_for("any key goes back")
    assert [one.rows()[n + 1] for n in range(len(keys))] == [names.ljust(column) + words for names, words in keys]
    one.type("?")
    one.wait_for("imgtool frombuffer")
    assert one.end("q")[0] == 1


def test_the_page_about_it_lists_the_keys_of_the_help(imgtool):
    page = (ROOT / "Documentation/explore.md").read_text()
    listed = re.findall(r"^\| `(.*)` \| (.*) \|$", page.partition("## Keys")[2], re.M)
    assert [[names.replace("` `", " "), words] for names, words in listed] == keys_of_the_help(imgtool)


def test_every_example_of_the_help_runs(explore, here, imgtool):
    (here / "raw.bin").write_bytes(b"\xff")
    (here / "fb.raw").write_bytes(photo(82, 60).tobytes())
    lines = re.findall(r"^  imgtool explore (.*)$", imgtool("help", "explore").text, re.M)
    assert len(lines) == 2
    for line in lines:
        status, found, errors = explore(*line.split()).end(ENTER)
        assert (status, errors) == (0, "") and found.startswith(line.split()[0])
