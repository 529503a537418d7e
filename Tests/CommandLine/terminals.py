"""Real terminals for the tests: pseudo-terminals, tmux sessions, and what is on their screens."""

import fcntl
import os
import pty
import re
import shlex
import struct
import subprocess
import tempfile
import termios
import time
from dataclasses import dataclass

from conftest import TOOL

COLUMNS, ROWS = 80, 24
PATIENCE = 120


@dataclass(frozen=True)
class Cell:
    text: str
    ink: tuple = ()
    paper: tuple = ()


class Terminal:
    """One tmux server with one window, in which a shell waits."""

    def __init__(self, tmux: str, folder, environment: dict, columns=COLUMNS, rows=ROWS):
        # A socket's path has at most 107 bytes, and the folders of tests are deep.
        self.socket = tempfile.TemporaryDirectory(prefix="tmux-")
        self.command = [tmux, "-S", f"{self.socket.name}/s", "-f", "/dev/null"]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        kept |= {"LANG": "C.UTF-8", "TERM": "xterm-256color"}
        self._run("set-option", "-g", "default-terminal", environment.get("TERM", "tmux-256color"),
                  ";", "new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(folder),
                  *[word for name, value in environment.items() if name != "TERM"
                    for word in ("-e", f"{name}={value}")],
                  "sh", env=kept, start=True)
        self.wait_for(lambda screen: screen.startswith(("$", "#")))

    def _run(self, *words, env=None, start=False) -> str:
        command = [*self.command[:3], "-u", *self.command[3:], *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def type(self, *keys):
        self._run("send-keys", *keys)

    def run(self, *arguments, tell=True):
        """Types an `imgtool` command line and, to `tell` its exit status, another one."""
        words = " ".join(shlex.quote(str(word)) for word in (TOOL, *arguments))
        self.type("-l", f"printf '\\033[H\\033[2J'; {words}" + "; echo exit=$?" * tell)
        self.type("Enter")

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def wait_for(self, condition, what="") -> str:
        end = time.monotonic() + PATIENCE
        while True:
            screen = self.screen()
            if condition(screen):
                return screen
            assert time.monotonic() < end, f"not seen in {PATIENCE} s {what}:\n{screen}"
            time.sleep(0.02)

    def wait_for_exit(self) -> int:
        found = self.wait_for(lambda screen: re.search(r"^exit=\d+$", screen, re.M))
        return int(re.search(r"^exit=(\d+)$", found, re.M)[1])

    def cells(self) -> list:
        """The screen as rows of cells with their colors."""
        rows, colors = [], ((), ())
        for line in self._run("capture-pane", "-p", "-e").split("\n"):
            row, colors = row_of_cells(line, *colors)
            rows.append(row)
        return rows

    def fact(self, name: str) -> str:
        return self._run("display-message", "-p", f"#{{{name}}}").strip()

    def resize(self, columns: int, rows: int):
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    def close(self):
        subprocess.run([*self.command, "kill-server"], capture_output=True, timeout=60)
        self.socket.cleanup()


ESCAPE = re.compile("\x1b\\[([0-9;:]*)m")


def row_of_cells(line: str, ink: tuple, paper: tuple) -> tuple:
    """A captured line, which goes on with the colors of the one before."""
    cells, at = [], 0
    while at < len(line):
        if found := ESCAPE.match(line, at):
            numbers = [int(n or 0) for n in found[1].replace(":", ";").split(";")]
            ink, paper = selected(numbers, ink, paper)
            at = found.end()
        else:
            cells.append(Cell(line[at], ink, paper))
            at += 1
    return cells, (ink, paper)


def selected(numbers: list, ink: tuple, paper: tuple) -> tuple:
    """What SGR (ECMA-48) with these numbers makes of two colors."""
    while numbers:
        first, *numbers = numbers
        if first in (38, 48):
            count = {2: 4, 5: 2}[numbers[0]]
            color, numbers = tuple(numbers[1:count]), numbers[count:]
            ink, paper = (color, paper) if first == 38 else (ink, color)
        elif first == 0:
            ink, paper = (), ()
        elif first == 39:
            ink = ()
        elif first == 49:
            paper = ()
    return ink, paper


def half_blocks(cells: list, width: int, height: int) -> list:
    """The colors of a picture that is made of upper half blocks, row after row."""
    rows = []
    for line in cells[: (height + 1) // 2]:
        assert [cell.text for cell in line[:width]] == ["▀"] * width
        rows.append([cell.ink for cell in line[:width]])
        rows.append([cell.paper for cell in line[:width]])
    return rows[:height]


def on_terminal(*words, columns=80, rows=24, environment=None) -> tuple:
    """Runs the tool with standard output on a terminal; its exit status, what is there, and errors."""
    main, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    run = subprocess.Popen([TOOL, *map(str, words)], stdin=subprocess.DEVNULL, stdout=screen,
                           stderr=subprocess.PIPE,
                           env=os.environ | {"TERM": "xterm-256color"} | (environment or {}))
    os.close(screen)
    shown = b""
    while True:
        try:
            part = os.read(main, 1 << 16)
        except OSError:  # The other side is closed.
            break
        if not part:
            break
        shown += part
    errors = run.stderr.read().decode()
    run.stderr.close()
    os.close(main)
    return run.wait(60), shown.decode().replace("\r\n", "\n"), errors
