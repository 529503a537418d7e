"""A clean tree of the distribution that runs here: what `mmdebstrap` makes, and nothing more.

The tree is made of the mirror, the proxy and the keys that apt is configured with here, and is kept as
`.build/clean-debian/tree.tar`; each test unpacks its own.
"""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from conftest import ROOT, unmet

CACHE = ROOT / ".build/clean-debian"
DAYS = 7
SECONDS = 600
# Where this machine keeps the passwords of mirrors: the tree has none.
PASSWORDS = {"Dir::Etc::netrc": "/etc/apt/auth.conf", "Dir::Etc::netrcparts": "/etc/apt/auth.conf.d"}
# A private view of mounts and processes, without a network.
INSIDE = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child"]
ENTER = 'mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
# What the package manager rewrites as it works: what it knows of a package it says itself.
NOTES = re.compile(r"(dev|proc|tmp|var/cache|var/log|var/lib/apt)/|var/lib/dpkg/[^/]*$|"
                   r"var/lib/dpkg/(triggers|updates)/|etc/ld\.so\.cache$|.*-old$|run/")


class Failure(Exception):
    """A command failed."""


class Unmade(Failure):
    """There is no tree to try anything in: mostly for want of a network."""


def command(*arguments, **options) -> str:
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        said = (done.stderr + done.stdout).strip()[-2000:]
        raise Failure(f"$ {' '.join(map(str, arguments))}\nexit {done.returncode}\n{said}")
    return done.stdout


class Tree:
    def __init__(self, root: Path):
        self.root = root

    def run(self, *arguments) -> str:
        """What a command prints that runs inside, as root and without a network."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root",
                       "DEBIAN_FRONTEND": "noninteractive"}
        return command(*INSIDE, "sh", "-c", ENTER, self.root, *arguments, env=environment)

    def packages(self) -> dict:
        """The state of every package that the tree knows of, by name."""
        told = self.run("dpkg-query", "-W", "-f", "${Package} ${db:Status-Abbrev}\n")
        return dict(line.split() for line in told.splitlines())

    def files(self) -> set:
        """Every name in the tree but the package manager's notes."""
        names = set()
        for folder, folders, files in os.walk(self.root):
            for name in folders + files:
                path = os.path.relpath(os.path.join(folder, name), self.root)
                if not NOTES.match(path):
                    names.add(path)
        return names

    def install(self, *packages) -> None:
        """Installs package files (paths) and packages of the distribution (names), and what they need."""
        names = []
        for package in packages:
            if isinstance(package, Path):
                shutil.copy(package, self.root / "root" / package.name)
            names.append(f"/root/{package.name}" if isinstance(package, Path) else package)
        self.run("apt-get", "install", "-y", "--no-install-recommends", *names)

    def fetch(self, *packages) -> None:
        """Lays into the tree the archives of some packages, or of what package files need.

        It is the apt of this machine that fetches them, with its own way to the mirror: the tree has no
        network. What was fetched once is kept.
        """
        kept = CACHE / "archives"
        (kept / "partial").mkdir(parents=True, exist_ok=True)
        options = {"Dir": self.root, "Dir::State::status": self.root / "var/lib/dpkg/status",
                   "Dir::Cache::archives": f"{kept}/", "APT::Sandbox::User": "root", **PASSWORDS}
        apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items()),
               "install", "-y", "--no-install-recommends", *packages]
        command(*apt, "--simulate")
        try:
            command(*apt, "--download-only")
        except Failure as failure:
            raise Unmade(failure) from None
        for archive in kept.glob("*.deb"):
            shutil.copy(archive, self.root / "var/cache/apt/archives")


def workshop() -> str:
    """Where thousands of files are made and removed soonest: in memory, if there is room."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
    return str(memory) if roomy and not os.statvfs(memory).f_flag & os.ST_NOEXEC else tempfile.gettempdir()


def sources(release: dict) -> list:
    """The distribution's own sources among those of this machine: those of others make no clean tree."""
    codename, vendor = release["VERSION_CODENAME"], release["ID"]
    shape = "$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    keys = Path(f"/usr/share/keyrings/{vendor}-archive-keyring.gpg")
    signed = f"[signed-by={keys}] " if keys.exists() else ""
    lines = []
    for target in command("apt-get", "indextargets", "--format", shape, "Created-By: Packages").splitlines():
        origin, name, uri, suite, component = target.split("|")
        if origin.lower() == vendor and re.fullmatch(rf"{codename}(-updates|-security)?", name):
            lines.append(f"deb {signed}{uri} {suite} {component}")
    return list(dict.fromkeys(lines))


def make(tar: Path) -> None:
    release = platform.freedesktop_os_release()
    lines = sources(release)
    if not lines:
        # Apt knows whose a source is when it has read its lists.
        subprocess.run(["apt-get", "update"], capture_output=True, timeout=SECONDS)
        lines = sources(release)
    if not lines:
        raise Unmade(f"apt knows no source of {release.get('PRETTY_NAME')}")
    # How this machine reaches its mirror: proxies, checks, passwords; not what it reads there.
    acquire = [line for line in command("apt-config", "dump").splitlines()
               if re.match(r"Acquire::(?!IndexTargets|Changelogs)", line)]
    acquire += [f'{name} "{path}";' for name, path in PASSWORDS.items()]
    (CACHE / "apt.conf").write_text("\n".join(acquire) + "\n")
    (CACHE / "sources.list").write_text("\n".join(lines) + "\n")
    new = CACHE / "new.tar"
    try:
        command("mmdebstrap", "--mode=root", "--variant=minbase", "--format=tar", f"--aptopt={CACHE}/apt.conf",
                "--dpkgopt=force-unsafe-io", "--skip=cleanup/apt/lists,output/dev",
                release["VERSION_CODENAME"], new, CACHE / "sources.list",
                env=dict(os.environ, TMPDIR=workshop()))
    except Failure as failure:
        raise Unmade(failure) from None
    new.rename(tar)


def unpack(root: Path, packages: tuple) -> Tree:
    """A new tree in which packages can be installed."""
    tar = CACHE / "tree.tar"

    def attempt() -> Tree:
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(mode=0o755)
        command("tar", "--extract", "--numeric-owner", "--same-permissions", "--file", tar, "--directory", root)
        # Each command that runs inside sees this machine's devices there.
        (root / "dev").mkdir(exist_ok=True)
        tree = Tree(root)
        tree.fetch(*packages)
        return tree

    first = None
    if tar.exists() and time.time() - tar.stat().st_mtime < DAYS * 86400:
        try:
            return attempt()
        except Failure as failure:
            # Broken, or the mirror has newer packages than the tree's lists.
            first = failure
    try:
        make(tar)
    except Unmade:
        if first:
            raise first from None
        # Without a network an old one is as good.
        if not tar.exists():
            raise
    return attempt()


@contextmanager
def clean_debian(*packages):
    """A clean tree, which is gone afterwards, with `packages` and what they need at hand."""
    if os.geteuid() != 0:
        unmet("a clean Debian needs root, for chroot", curable=False)
    if subprocess.run([*INSIDE, "--mount-proc", "true"], capture_output=True).returncode:
        unmet("a clean Debian needs leave to mount, which this container has not", curable=False)
    if not shutil.which("mmdebstrap"):
        unmet("mmdebstrap is not installed")
    CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="clean-debian-", dir=workshop())
    try:
        with open(CACHE / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                tree = unpack(Path(folder) / "tree", packages)
            except Unmade as failure:
                unmet(f"no clean Debian could be made: {failure}")
        yield tree
    finally:
        shutil.rmtree(folder, ignore_errors=True)
