"""The manual page, the installation and the Debian packages, as the programs that read them see them."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from clean_debian import clean_debian
from conftest import ROOT, TOOL, run_tool, unmet
from PIL import Image

INSTALLED = {"bin/imgtool", "share/man/man1/imgtool.1", "share/bash-completion/completions/imgtool",
             "share/zsh/site-functions/_imgtool", "share/fish/vendor_completions.d/imgtool.fish",
             "include/imgtool.h", "lib/libimgtool.so", "lib/libimgtool.so.1", "lib/libimgtool.so.1.0.0",
             "lib/pkgconfig/imgtool.pc"}

# What the Debian packages bring, beside what each says of itself; * is the directory of the architecture.
PACKAGED = {
    "imgtool": {"usr/bin/imgtool", "usr/share/man/man1/imgtool.1.gz",
                "usr/share/bash-completion/completions/imgtool", "usr/share/zsh/vendor-completions/_imgtool",
                "usr/share/fish/vendor_completions.d/imgtool.fish"},
    "libimgtool1": {"usr/lib/*/libimgtool.so.1", "usr/lib/*/libimgtool.so.1.0.0"},
    "libimgtool-dev": {"usr/include/imgtool.h", "usr/lib/*/libimgtool.so", "usr/lib/*/pkgconfig/imgtool.pc"},
}
ABOUT = ("copyright", "changelog.gz")

# The libraries that a build may be without: the Debian package of each, and what `--version` calls it.
OPTIONAL = {
    "libisal": ("libisal2", "ISA-L"),
    "libdeflate": ("libdeflate0", "libdeflate"),
    "libjpeg": ("libjpeg62-turbo", "libjpeg-turbo"),
    "libtiff": ("libtiff6", "libtiff"),
}


def names(program: Path, library: str) -> bool:
    """Whether a program is linked to a library, or loads it by its name."""
    return f"{library}.so".encode() in Path(program).read_bytes()


HEADER = ROOT / "Sources/CImgTool/include/imgtool.h"
DOCUMENT = (ROOT / "Documentation/c-interface.md").read_text()


def files(folder: Path) -> set:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def general(paths: set) -> set:
    """The same with * for the directory of the architecture."""
    return {re.sub(r"lib/[\w]+-linux-gnu\w*/", "lib/*/", path) for path in paths}


@pytest.fixture(scope="module")
def library():
    """The library as it is installed."""
    return Path(script("link-library").stdout.strip())


def brought(name: str) -> set:
    return PACKAGED[name] | {f"usr/share/doc/{name}/{file}" for file in ABOUT}


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
    for command in ("frombuffer", "verify", "info", "compare", "hash", "show", "guess", "explore", "watch", "header",
                    "hexdump"):
        assert re.search(rf"^ +{command}\b", shown, re.MULTILINE)
        options |= set(re.findall(r"^  (?:-\w, )?(--[\w-]+)", imgtool("help", command).text, re.MULTILINE))
    assert len(options) > 70
    for option in options:
        assert re.search(rf"^ +(-\w, )?{option}\b", shown, re.MULTILINE), option
    for section in ("NAME", "SYNOPSIS", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"):
        assert re.search(rf"^{section}$", shown, re.MULTILINE)


def test_install_puts_its_files_and_uninstall_takes_them(here, library):
    prefix = here / "some where"
    built = ["--binary", TOOL, "--library", library]
    script("install", "--prefix", prefix, *built)
    assert files(prefix) == INSTALLED
    assert os.access(prefix / "bin/imgtool", os.X_OK)
    # Again, over itself.
    script("install", "--prefix", prefix, *built)
    assert files(prefix) == INSTALLED
    (prefix / "bin/another").write_text("kept")
    script("install", "--prefix", prefix, "--uninstall")
    assert files(prefix) == {"bin/another"}
    assert sorted(path.name for path in prefix.iterdir()) == ["bin"]


@pytest.mark.parametrize("libdir", ["lib", "lib/x86_64-linux-gnu"])
def test_the_program_of_the_documentation_needs_what_pkg_config_says(here, library, program, libdir):
    prefix = here / "prefix"
    script("install", "--prefix", here / "first", "--libdir", libdir, "--binary", TOOL, "--library", library)
    # What it says is true wherever the prefix is.
    (here / "first").rename(prefix)
    (here / "program.c").write_text(re.search(r"```c\n(.*?)```", DOCUMENT, re.S)[1])
    path = {"PATH": os.environ["PATH"], "PKG_CONFIG_PATH": str(prefix / libdir / "pkgconfig")}
    compile = re.search(r"^cc .*pkg-config .*$", DOCUMENT, re.M)[0]
    subprocess.run(["sh", "-ec", compile], env=path, check=True)
    subprocess.run(["./program"], env={}, check=True, timeout=60)
    with Image.open("frame.png") as saved:
        assert (saved.size, saved.getpixel((0, 0)), saved.getpixel((1, 0))) == (
            (640, 480), (255, 0, 0), (0, 0, 0))
    version = subprocess.run([program("pkg-config"), "--modversion", "imgtool"], env=path,
                             capture_output=True, text=True, check=True).stdout
    assert version.strip() == run_tool("--version").text.split()[1]
    used = subprocess.run([program("ldd"), "program"], capture_output=True, text=True, check=True).stdout
    assert f"libimgtool.so.1 => {prefix}" in used and "swift" not in used


def test_the_library_shows_its_functions_and_nothing_else(library, program):
    def said(*command) -> str:
        return subprocess.run([program(command[0]), *command[1:], library],
                              capture_output=True, text=True, check=True).stdout

    functions = set(re.findall(r"\b(imgtool_\w+)\(", re.sub(r"//.*", "", HEADER.read_text())))
    seen = [line.split()[-1] for line in said("nm", "-D", "--defined-only").splitlines()]
    assert len(functions) > 40 and sorted(seen) == sorted(f"{name}@@IMGTOOL_1" for name in functions)
    dynamic = said("readelf", "-dW")
    assert "[libimgtool.so.1]" in dynamic and not re.search("RPATH|RUNPATH", dynamic), dynamic
    needed = set(re.findall(r"NEEDED.*\[(.*?)\.so", dynamic))
    assert needed <= {"libc", "libm", "libz", "libpng16", *OPTIONAL, "libstdc++", "libgcc_s",
                      "ld-linux-x86-64", "ld-linux-aarch64"}


def test_install_refuses_what_it_does_not_know(here):
    assert "usage" in script("install", "--nonsense", ok=2).stderr


def debian_packages(folder: Path, tool: Path, library: Path) -> dict:
    """What Scripts/package-deb makes, by the names of the packages."""
    if not Path("/usr/bin/dpkg-deb").exists():
        pytest.skip("no Debian system")
    made = script("package-deb", "--output", folder, "--binary", tool, "--library", library).stdout
    return {Path(path).name.split("_")[0]: Path(path) for path in made.splitlines()}


@pytest.mark.slow
def test_the_debian_packages_are_sound_and_run(here, library, program):
    packages = debian_packages(here / "dist", TOOL, library)
    said = subprocess.run([program("lintian"), "--allow-root", *packages.values()],
                          capture_output=True, text=True).stdout
    assert not re.search(r"^[EW]:", said, re.MULTILINE), said
    fields = {}
    for name, package in packages.items():
        subprocess.run(["dpkg-deb", "--extract", package, name], check=True)
        assert general(files(here / name)) == brought(name)
        fields[name] = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True,
                                      check=True).stdout
    version = packages["imgtool"].name.split("_")[1]
    assert re.search(rf"^Depends: libimgtool1 \(= {version}\)$", fields["libimgtool-dev"], re.MULTILINE)
    for name, linked in {"imgtool": TOOL, "libimgtool1": library}.items():
        depends = re.search(r"^Depends: (.*)$", fields[name], re.MULTILINE).group(1)
        assert re.search(r"libpng16-16.*zlib1g", depends), depends
        for library, (package, _) in OPTIONAL.items():
            assert (package in depends) == names(linked, library), library
    (here / "raw.bin").write_bytes(b"\xff")
    subprocess.run(["imgtool/usr/bin/imgtool", "frombuffer", "raw.bin", "--size", "1x1", "--save", "out.png"],
                   check=True)


STORY = r"""
set -e
cd /srv
printf '\377' > raw.bin
imgtool frombuffer raw.bin --size 1x1 --mode L --save out.png
"""


@pytest.mark.slow
@pytest.mark.parametrize("build", ["default", "libpng and zlib alone"])
def test_the_debian_package_lives_and_dies_in_a_clean_debian(here, library, program, build):
    tool = TOOL if build == "default" else ROOT / ".build/zlib-only/imgtool"
    if not tool.exists():
        unmet(f"{tool} is not built; Scripts/test builds it", curable=False)
    package = debian_packages(here / "dist", tool, library)["imgtool"]
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
        for library, (dependency, _) in OPTIONAL.items():
            named = names(tool, library)
            assert (dependency in depends) == named and (dependency in added or not named), added

        # It says that it needs what it is linked to, no more and no less.
        found = tree.run("ldd", "/usr/bin/imgtool")
        linked = dict(re.findall(r"^\s*(\S+) => (/\S+)", found, re.MULTILINE))
        assert "not found" not in found and needed <= set(linked), found
        # By their names alone: /lib is /usr/lib, but not all packages know.
        real = tree.run("realpath", *(linked[name] for name in needed)).splitlines()
        owners = tree.run("dpkg", "-S", *("*/" + os.path.basename(path) for path in real))
        loaded = {OPTIONAL["libtiff"][0]}
        assert {re.split("[:,]", line)[0] for line in owners.splitlines()} == depends - loaded, owners

        # What it brought is in its places and whole.
        listed = {name[1:] for name in tree.run("dpkg", "-L", "imgtool").splitlines()}
        assert {name for name in listed if (tree.root / name).is_file()} == brought("imgtool")
        assert not tree.run("dpkg", "--verify", "imgtool")
        assert "complete" in tree.run("bash", "-c", ". /usr/share/bash-completion/completions/imgtool; "
                                                    "complete -p imgtool")

        # It runs.
        version = tree.run("imgtool", "--version")
        assert version.split()[1] == package.name.split("_")[1]
        for dependency, name in OPTIONAL.values():
            assert (name in version) == (dependency in depends), version
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


COMPILE = r"""
set -e
cd /srv
gcc program.c -o program $(pkg-config --cflags --libs imgtool)
./program
"""


@pytest.mark.slow
def test_a_c_program_is_compiled_in_a_clean_debian_and_runs_without_the_compiler(here, library):
    packages = debian_packages(here / "dist", TOOL, library)
    runtime, development = packages["libimgtool1"], packages["libimgtool-dev"]
    compiler = ["gcc", "libc6-dev", "pkg-config"]
    with clean_debian(runtime, development, *compiler) as tree:
        before = tree.packages()
        tree.install(runtime, development, *compiler)
        assert set(tree.packages().values()) == {"ii"} and "imgtool" not in tree.packages()
        for name in ("libimgtool1", "libimgtool-dev"):
            listed = {path[1:] for path in tree.run("dpkg", "-L", name).splitlines()}
            assert general({path for path in listed if not (tree.root / path).is_dir()}) == brought(name)
            assert not tree.run("dpkg", "--verify", name)

        (tree.root / "srv/program.c").write_text(re.search(r"```c\n(.*?)```", DOCUMENT, re.S)[1])
        tree.run("sh", "-c", COMPILE)
        with Image.open(tree.root / "srv/frame.png") as image:
            assert (image.size, image.getpixel((0, 0))) == ((640, 480), (255, 0, 0))
            (tree.root / "srv/frame.png").unlink()

        # Where it runs, the library alone is needed.
        tree.run("apt-get", "purge", "-y", "libimgtool-dev", *compiler)
        tree.run("sh", "-c", "cd /srv && ./program")
        with Image.open(tree.root / "srv/frame.png") as image:
            assert image.size == (640, 480)
        tree.run("apt-get", "autoremove", "--purge", "-y", "libimgtool1")
        assert tree.packages() == before
        assert not [name for name in tree.files() if "imgtool" in name and not name.startswith("root/")]
