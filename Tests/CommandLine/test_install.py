"""The manual page, the installation and the Debian package, as the programs that read them see them."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from clean_debian import clean_debian
from conftest import ROOT, TOOL, unmet
from PIL import Image

INSTALLED = {"bin/imgtool", "share/man/man1/imgtool.1", "share/bash-completion/completions/imgtool",
             "share/zsh/site-functions/_imgtool", "share/fish/vendor_completions.d/imgtool.fish"}

# What the Debian package brings.
PACKAGED = {"usr/bin/imgtool", "usr/share/man/man1/imgtool.1.gz",
            "usr/share/bash-completion/completions/imgtool", "usr/share/zsh/vendor-completions/_imgtool",
            "usr/share/fish/vendor_completions.d/imgtool.fish", "usr/share/doc/imgtool/copyright",
            "usr/share/doc/imgtool/changelog.gz"}


def files(folder: Path) -> set:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def script(name: str, *arguments, ok=0) -> subprocess.CompletedProcess:
    done = subprocess.run([ROOT / "Scripts" / name, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == ok, done.stdout + done.stderr
    return done


@pytest.fixture
def page(imgtool, here):
    (here / "imgtool.1").write_text(imgtool("man").text + "\n")
    return here / "imgtool.1"


def test_the_manual_has_no_warnings(page, program):
    done = subprocess.run([program("man"), "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
                          capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
    assert done.returncode == 0 and not done.stderr, done.stderr


def test_the_manual_shows_every_option_and_command(imgtool, page, program):
    shown = subprocess.run([program("man"), "-E", "ascii", "-l", page], capture_output=True, text=True,
                           env=dict(os.environ, MANWIDTH="200", MAN_KEEP_FORMATTING="")).stdout
    shown = re.sub(r".\x08", "", shown)
    options = set()
    for command in ("frombuffer", "verify", "info", "compare", "hash", "show", "guess", "watch", "header",
                    "hexdump"):
        assert re.search(rf"^ +{command}\b", shown, re.MULTILINE)
        options |= set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", imgtool("help", command).text, re.MULTILINE))
    assert len(options) > 70
    for option in options:
        assert re.search(rf"^ +(-\w, )?{option}\b", shown, re.MULTILINE), option
    for section in ("NAME", "SYNOPSIS", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"):
        assert re.search(rf"^{section}$", shown, re.MULTILINE)


def test_install_puts_five_files_and_uninstall_takes_them(here):
    prefix = here / "some where"
    script("install", "--prefix", prefix, "--binary", TOOL)
    assert files(prefix) == INSTALLED
    assert os.access(prefix / "bin/imgtool", os.X_OK)
    # Again, over itself.
    script("install", "--prefix", prefix, "--binary", TOOL)
    assert files(prefix) == INSTALLED
    (prefix / "bin/another").write_text("kept")
    script("install", "--prefix", prefix, "--uninstall")
    assert files(prefix) == {"bin/another"}
    assert sorted(path.name for path in prefix.iterdir()) == ["bin"]


def test_install_refuses_what_it_does_not_know(here):
    assert "usage" in script("install", "--nonsense", ok=2).stderr


def test_the_debian_package_is_sound_and_runs(here, program):
    if not Path("/usr/bin/dpkg-deb").exists():
        pytest.skip("no Debian system")
    lintian = program("lintian")
    package = script("package-deb", "--output", here / "dist", "--binary", TOOL).stdout.strip()
    said = subprocess.run([lintian, "--allow-root", package], capture_output=True, text=True).stdout
    assert not re.search(r"^E:", said, re.MULTILINE), said
    facts = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Depends: .*libpng16-16.*zlib1g", facts, re.MULTILINE), facts
    subprocess.run(["dpkg-deb", "--extract", package, "root"], check=True)
    assert files(here / "root") == PACKAGED
    (here / "raw.bin").write_bytes(b"\xff")
    subprocess.run(["root/usr/bin/imgtool", "frombuffer", "raw.bin", "--size", "1x1", "--save", "out.png"],
                   check=True)
    wanted = {name.split(" ")[0] for name in
              re.search(r"^Depends: (.*)$", facts, re.MULTILINE).group(1).split(", ")}
    linked = subprocess.run(["ldd", TOOL], capture_output=True, text=True, check=True).stdout
    assert ("libisal2" in wanted) == ("libisal" in linked)


STORY = r"""
set -e
cd /srv
printf '\377' > raw.bin
imgtool frombuffer raw.bin --size 1x1 --mode L --save out.png
"""


@pytest.mark.parametrize("build", ["default", "without ISA-L"])
def test_the_debian_package_lives_and_dies_in_a_clean_debian(here, program, build):
    if not Path("/usr/bin/dpkg-deb").exists():
        pytest.skip("no Debian system")
    tool = TOOL if build == "default" else ROOT / ".build/zlib-only/release/imgtool"
    if not tool.exists():
        unmet(f"{tool} is not built; Scripts/test builds it", curable=False)
    package = Path(script("package-deb", "--output", here / "dist", "--binary", tool).stdout.strip())
    depends = subprocess.run(["dpkg-deb", "--field", package, "Depends"],
                             capture_output=True, text=True, check=True).stdout
    depends = {name.split()[0] for name in depends.split(",")}
    needed = subprocess.run([program("objdump"), "-p", tool], capture_output=True, text=True, check=True).stdout
    # The loader has no name in the list that `ldd` makes; it is libc's.
    needed = {name for name in re.findall(r"NEEDED +(\S+)", needed) if not name.startswith("ld-")}

    with clean_debian(package) as tree:
        before, empty = tree.packages(), tree.files()
        assert not [name for name in before if "imgtool" in name or name.endswith("-dev")]
        tree.install(package)

        # It came alone with what it says that it needs, and these with what they need.
        added = set(tree.packages()) - set(before)
        assert "imgtool" in added and not [name for name in added if name.endswith("-dev")], added
        assert set(tree.packages().values()) == {"ii"}
        tree.run("apt-get", "check")
        assert depends <= set(tree.packages())
        assert any(name.startswith("libpng16-16") for name in added), added
        assert ("libisal2" in added) == ("libisal.so.2" in needed), added

        # It says that it needs what it is linked to, no more and no less.
        found = tree.run("ldd", "/usr/bin/imgtool")
        linked = dict(re.findall(r"^\s*(\S+) => (/\S+)", found, re.MULTILINE))
        assert "not found" not in found and needed <= set(linked), found
        # By their names alone: /lib is /usr/lib, but not all packages know.
        real = tree.run("realpath", *(linked[name] for name in needed)).splitlines()
        owners = tree.run("dpkg", "-S", *("*/" + os.path.basename(path) for path in real))
        assert {re.split("[:,]", line)[0] for line in owners.splitlines()} == depends, owners

        # What it brought is in its places and whole.
        listed = {name[1:] for name in tree.run("dpkg", "-L", "imgtool").splitlines()}
        assert {name for name in listed if (tree.root / name).is_file()} == PACKAGED
        assert not tree.run("dpkg", "--verify", "imgtool")
        assert "complete" in tree.run("bash", "-c", ". /usr/share/bash-completion/completions/imgtool; "
                                                    "complete -p imgtool")

        # It runs.
        version = tree.run("imgtool", "--version")
        assert version.split()[1] == package.name.split("_")[1]
        assert ("ISA-L" in version) == ("libisal2" in depends), version
        tree.run("sh", "-c", STORY)
        with Image.open(tree.root / "srv/out.png") as image:
            assert (image.size, image.mode, image.getpixel((0, 0))) == ((1, 1), "L", 255)
        for name in ("raw.bin", "out.png"):
            (tree.root / "srv" / name).unlink()

        # It goes, and nothing tells that it was there.
        tree.run("apt-get", "remove", "-y", "imgtool")
        assert "imgtool" not in tree.packages()
        assert not [name for name in tree.files() if "imgtool" in name and not name.startswith("root/")]
        tree.run("apt-get", "autoremove", "--purge", "-y")
        assert tree.packages() == before
        assert tree.files() - {f"root/{package.name}"} == empty
