"""Plots of a run as SVG. Labels are English: no font has to have Chinese characters.

matplotlib comes with the extra `report` and is imported when something is drawn; no display and no
global figure is used. Every function returns an `<svg>` element that can stand in a page, and the
same numbers give the same text.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.evaluation.calibration import Judged, reliability, threshold_curve
from index.evaluation.output_file import write_output
from index.evaluation.scores import percentile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE_INCHES = (5.6, 3.6)  # legible when shrunk to a phone's width
_BLUE, _ORANGE, _GREEN, _GREY = "#0b5cad", "#c8501e", "#2e7d4f", "#767676"
_BINS = 20
_LEGEND_COLUMNS = 4  # what fits above a plot
_STYLE: dict[Any, Any] = {
    # Text stays text: smaller, selectable, and the reader's own fonts show it.
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # matplotlib's own; elsewhere any sans-serif one
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
}
_HEADER = '<?xml version="1.0" encoding="utf-8"?>\n'


def write_svgs(
    folder: Path, judged: Sequence[Judged], threshold: float | None = None
) -> tuple[Path, ...]:
    """Write `reliability.svg` and `refusal.svg` into `folder`, which exists; returns their paths.

    `threshold` is marked in the second one. Raises ImportError without matplotlib, SettingsError
    and StorageError where they can't be written.
    """
    drawn = {
        "reliability.svg": reliability_svg(judged),
        "refusal.svg": refusal_svg(judged, threshold),
    }
    for name, svg in drawn.items():
        write_output(folder / name, "plots", _HEADER + svg)
    return tuple(folder / name for name in drawn)


def reliability_svg(judged: Sequence[Judged]) -> str:
    """Mean confidence against the share that is right, a point a bin, with how many it stands for.

    On the diagonal a confidence means what it says. Nothing judged leaves the diagonal alone.
    """
    points = [
        (entry.mean_confidence, entry.share_right, entry.n)
        for entry in reliability(judged)
        if entry.mean_confidence is not None and entry.share_right is not None
    ]

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", label="as right as confident")
        said, true = [said for said, _, _ in points], [true for _, true, _ in points]
        axes.plot(said, true, color=_BLUE, marker="o", label="this run")
        for x, y, n in points:
            axes.annotate(str(n), (x, y), (0, 6), textcoords="offset points", ha="center")
        axes.set(xlim=(0, 1.02), ylim=(0, 1.05), xlabel="confidence", ylabel="share right")

    return _svg("reliability", draw)


def refusal_svg(judged: Sequence[Judged], threshold: float | None = None) -> str:
    """Precision, recall and F1 of refusing, against the threshold; `threshold` is marked."""
    curve = threshold_curve(judged)

    def draw(axes: Axes) -> None:
        at = [point.threshold for point in curve]
        for name, colour in (("precision", _BLUE), ("recall", _ORANGE), ("f1", _GREEN)):
            values = [getattr(point.refusal, name) for point in curve]
            shown = [math.nan if value is None else value for value in values]
            axes.plot(at, shown, color=colour, label=name)
        axes.set(xlim=(0, 1), ylim=(0, 1.05), xlabel="threshold", ylabel="share of refusals")
        _mark(axes, threshold)

    return _svg("refusal", draw)


def answers_svg(judged: Sequence[Judged], threshold: float | None = None) -> str:
    """Counts of answers, right and wrong ones, against the threshold; `threshold` is marked."""
    curve = threshold_curve(judged)

    def draw(axes: Axes) -> None:
        at = [point.threshold for point in curve]
        right = [point.answered - point.wrong for point in curve]
        axes.plot(at, [point.answered for point in curve], color=_GREY, label="answered")
        axes.plot(at, right, color=_BLUE, label="right")
        axes.plot(at, [point.wrong for point in curve], color=_ORANGE, label="wrong")
        axes.set(xlim=(0, 1), xlabel="threshold", ylabel="questions")
        axes.set_ylim(bottom=0)
        _mark(axes, threshold)

    return _svg("answers", draw)


def confidence_svg(judged: Sequence[Judged], threshold: float | None = None) -> str:
    """How often each confidence occurs, by what the best span is; `threshold` is marked."""
    parts = {
        "right": [j.confidence for j in judged if j.answerable and j.right],
        "wrong": [j.confidence for j in judged if j.answerable and not j.right],
        "unanswerable": [j.confidence for j in judged if not j.answerable],
    }

    def draw(axes: Axes) -> None:
        axes.hist(
            list(parts.values()),
            bins=_BINS,
            range=(0, 1),
            stacked=True,
            color=[_BLUE, _ORANGE, _GREY],
            label=list(parts),
        )
        axes.set(xlim=(0, 1), xlabel="confidence", ylabel="questions")
        _mark(axes, threshold)

    return _svg("confidence", draw)


def latency_svg(times_ms: Sequence[float]) -> str:
    """How often each time occurs, with p50 and p95 marked. No times leave it empty."""

    def draw(axes: Axes) -> None:
        axes.hist(times_ms, bins=_BINS, color=_BLUE)
        for share, style in ((0.5, "-"), (0.95, "--")):
            at = percentile(times_ms, share)
            if at is not None:
                label = f"p{share * 100:.0f}: {at:.1f} ms"
                axes.axvline(at, color=_ORANGE, linestyle=style, label=label)
        axes.set(xlabel="milliseconds a question", ylabel="questions")

    return _svg("latency", draw)


def _mark(axes: Axes, threshold: float | None) -> None:
    if threshold is not None:
        label = f"threshold {threshold:g}"
        axes.axvline(threshold, color="black", linestyle=":", label=label)


def _svg(name: str, draw: Callable[[Axes], None]) -> str:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    file = io.StringIO()
    # The salt keeps the ids of several plots in one page apart, and the same from run to run.
    with rc_context(_STYLE | {"svg.hashsalt": name}):
        figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        if axes.get_legend_handles_labels()[1]:
            figure.legend(loc="outside upper center", ncols=_LEGEND_COLUMNS)
        # None takes out the metadata: the date and addresses that nobody follows.
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    # Without header and document type, which a page must not have twice, and without the ids of
    # groups, which nothing refers to and which are the same in every plot.
    return re.sub(r'<g id="[^"]*"', "<g", text[text.index("<svg") :])
