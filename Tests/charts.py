"""Charts of the benchmark, drawn from its numbers: SVG files that read on white and on black."""

from pathlib import Path

import matplotlib

matplotlib.use("svg")
# Letters stay letters, and the same numbers give the same file.
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "imgtool", "font.family": "sans-serif",
                            "text.color": "#808080", "axes.labelcolor": "#808080",
                            "xtick.color": "#808080", "ytick.color": "#808080"})
import matplotlib.pyplot as plt  # noqa: E402

OURS, THEIRS = "#2f81f7", "#9aa4ad"


def color(name: str) -> str:
    return OURS if name.startswith("imgtool") or name.startswith("-") else THEIRS


def bars(path: Path, pairs: list, unit: str) -> None:
    """One bar for each pair of a name and a number, in their order."""
    figure, axes = plt.subplots(figsize=(7.2, 0.5 + 0.27 * len(pairs)))
    names, values = zip(*pairs)
    places = range(len(pairs), 0, -1)
    axes.barh(places, values, color=[color(name) for name in names], height=0.7)
    for place, value in zip(places, values):
        axes.annotate(f" {value:.3g}", (value, place), va="center", fontsize=9)
    axes.set_yticks(places, names, fontsize=9)
    axes.set_xlabel(unit, fontsize=9)
    axes.margins(x=0.12, y=0.02)
    write(path, figure, axes)


def ladder(path: Path, points: list) -> None:
    """A point for each triple of a name, seconds and bytes."""
    figure, axes = plt.subplots(figsize=(7.2, 4))
    for name, seconds, size in points:
        axes.plot(seconds, size / 1e6, "o", color=color(name))
        axes.annotate(name, (seconds, size / 1e6), xytext=(4, 4), textcoords="offset points", fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("seconds, log scale", fontsize=9)
    axes.set_ylabel("MB", fontsize=9)
    axes.margins(x=0.15)
    write(path, figure, axes)


def write(path: Path, figure, axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["bottom", "left"]].set_color("#808080")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, transparent=True, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
