"""Completions of the three shells, asked from the shells themselves."""

import subprocess

import pytest

SHELLS = ["bash", "zsh", "fish"]
# What is typed, some of what must be offered, some of what must not.
CASES = [
    ("imgtool fr", {"frombuffer"}, {"open"}),
    ("imgtool frombuffer --mo", {"--mode"}, {"--size"}),
    ("imgtool frombuffer raw.bin --size 1x1 --mode YC", {"YCbCr"}, {"L"}),
    ("imgtool frombuffer raw.bin --rawmode rgb56", {"rgb565le", "rgb565"}, {"BGR"}),
    ("imgtool open photo.png --format pa", {"pam"}, {"png"}),
    ("imgtool frombuffer raw.bin --access r", {"ro", "rw"}, {"cow"}),
    ("imgtool open photo.png --save pic", {"picture.png"}, {"raw.bin"}),
    ("imgtool show ra", {"raw.bin"}, {"picture.png"}),
    ("imgtool help he", {"header", "help", "hexdump"}, {"open"}),
    ("imgtool completion f", {"fish"}, {"bash"}),
    ("imgtool header raw.bin --format en", {"envi"}, {"png"}),
]
ZSH = r"""
zmodload zsh/zpty
zpty terminal zsh -f -i
zpty -w terminal 'PS1= ; autoload -Uz compinit; compinit -u -D; source ./_imgtool'
zpty -w terminal 'compadd () {
  local -a found
  builtin compadd -O found "$@"
  print -rl -- "offer:"${^found}
  local at=${@[(I)-*d]}
  (( at )) && print -rl -- "described:"${(P)^${@[at+1]}}
}'
# What is typed behind a completion that still runs would stop it.
zpty -w terminal 'complete-all () { zle complete-word; print -r -- comple""ted }; zle -N complete-all'
zpty -w terminal 'bindkey "^I" complete-all; echo rea""dy'
zpty -r terminal line $'*\nready*'
zpty -w -n terminal "$1"$'\t'
zpty -r terminal line '*completed*'
zpty -w -n terminal $'\C-u'
zpty -w terminal 'echo fini""shed'
zpty -r terminal part $'*\nfinished*'
print -r -- "$line$part"
"""


def answer(shell: str, script: str, typed: str) -> list:
    """The lines that a shell prints when it is asked to complete."""
    if shell == "bash":
        ask = (f"source {script}; COMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
               "_imgtool; printf '%s\\n' \"${COMPREPLY[@]}\"")
        command = ["bash", "--norc", "-c", ask]
    elif shell == "fish":
        command = ["fish", "--no-config", "-c", f"source {script}; complete -C '{typed}'"]
    else:
        command = ["zsh", "-f", "-c", ZSH, "zsh", typed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.replace("\r", "").splitlines()


def offered(shell: str, script: str, typed: str) -> set:
    lines = answer(shell, script, typed)
    if shell == "zsh":
        lines = [line.partition("offer:")[2] for line in lines if "offer:" in line]
    return {line.split("\t")[0].strip() for line in lines if line.strip()}


def described(shell: str, script: str, typed: str) -> dict:
    """What is offered, with what is said about it."""
    lines = answer(shell, script, typed)
    if shell == "fish":
        return dict(line.split("\t") for line in lines if "\t" in line)
    lines = [line.partition("described:")[2] for line in lines if "described:" in line]
    return {name.strip(): text for name, mark, text in (line.partition(" -- ") for line in lines) if mark}


@pytest.fixture(scope="module", params=SHELLS)
def shell(request):
    return request.param


@pytest.fixture
def script(imgtool, here, program, shell):
    program(shell)
    for name in ("raw.bin", "picture.png"):
        (here / name).write_bytes(b"x")
    name = {"bash": "imgtool.bash", "zsh": "_imgtool", "fish": "imgtool.fish"}[shell]
    (here / name).write_text(imgtool("completion", shell).text + "\n")
    return name


@pytest.mark.parametrize("typed, wanted, unwanted", CASES)
def test_what_is_typed_is_completed(shell, script, typed, wanted, unwanted):
    found = offered(shell, script, typed)
    assert wanted <= found and not unwanted & found


def test_every_option_of_a_command_is_offered(imgtool, shell, script):
    page = imgtool("help", "frombuffer").text
    options = {word.strip(",[]") for word in page.split() if word.startswith("--") and len(word) > 2}
    wanted = {word for word in options if word.replace("-", "").isalpha()}
    assert len(wanted) > 40
    assert wanted <= offered(shell, script, "imgtool frombuffer --")


@pytest.mark.parametrize("shell", ["zsh", "fish"], indirect=True, scope="module")
def test_each_command_and_option_is_described_in_the_words_of_the_help(imgtool, shell, script):
    commands = imgtool("help", "--json").json["commands"]
    options = next(one for one in commands if one["name"] == "frombuffer")["options"]
    for typed, records in (("imgtool ", commands), ("imgtool frombuffer --", options)):
        found = described(shell, script, typed)
        said = {one["name"]: found[one["name"]].rstrip() for one in records}
        # zsh cuts what does not fit its line of 80 columns.
        assert all(one["summary"].startswith(said[one["name"]]) for one in records), said
        assert sum(one["summary"] == said[one["name"]] for one in records) > len(records) / 2


def test_bash_keeps_what_its_line_would_take_apart(imgtool, here, program):
    program("bash")
    (here / "imgtool.bash").write_text(imgtool("completion", "bash").text)
    found = offered("bash", "imgtool.bash", "imgtool open p.png --convert 'I'")
    assert "I\\;16" in found
    assert offered("bash", "imgtool.bash", "imgtool frombuffer raw.bin --access = r") == {"ro", "rw"}


def test_an_unknown_shell_is_refused(imgtool):
    run = imgtool("completion", "tcsh", ok=2)
    assert "bash, zsh, fish" in run.errors
