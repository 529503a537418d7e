"""Files that end early: each must be refused in one line, without a trap, and nothing may be written."""

from conftest import run_tool


def refuse_every_cut(data: bytes, name: str, header: int, frames: int = 1) -> int:
    """Opens the file cut at every byte of its header, and at some of its pixels; returns the tries."""
    places = sorted({*range(1, header), *range(header, len(data), max(1, (len(data) - header) // 7)),
                     len(data) - 1})
    for place in places:
        with open(name, "wb") as file:
            file.write(data[:place])
        run = run_tool("open", name, "--frame", frames - 1, "--hash", ok=2)
        assert len(run.errors.splitlines()) == 1 and not run.output, f"cut at {place}\n{run}"
    with open(name, "wb") as file:
        file.write(data)
    run_tool("open", name, "--frame", frames - 1, "--hash")
    return len(places)
