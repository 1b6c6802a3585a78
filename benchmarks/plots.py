"""Draws the plot of a table as an SVG file: the same samples give the same bytes."""

from __future__ import annotations

import io
from typing import Any

from .table import Plot, Series, count, number

__all__ = ["draw"]

_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "sixmm",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}
_COLOURS = ("#2f6f9f", "#d98032", "#8a8f98", "#5b9e6f")
_OTHERS, _GRID = "#b8bec6", "#e5e5e5"
_WIDTH, _BAR, _MARGIN = 7.0, 0.24, 0.7
_SMALL: dict[str, Any] = {"color": "#333333", "fontsize": 8}


def draw(plot: Plot) -> str:
    """Return the text of an SVG file: lines over numbers, bars over names, dots where it spans."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    with matplotlib.rc_context(_STYLE):
        figure = _figure(pyplot, plot)
        buffer = io.StringIO()
        metadata = {"Date": None, "Creator": None}
        figure.savefig(buffer, format="svg", metadata=metadata, bbox_inches="tight")
        pyplot.close(figure)
    # The drawing ends some lines with a space, which the checks of a repository do not like.
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _figure(pyplot: Any, plot: Plot) -> Any:
    if plot.labels and all(isinstance(label, float) for label in plot.labels):
        return _lines(pyplot, plot)
    rows, groups = len(plot.labels), 1 if plot.logarithmic else len(plot.series)
    figure, axes = pyplot.subplots(figsize=(_WIDTH, _MARGIN + rows * max(groups, 1.4) * _BAR))
    (_dots if plot.logarithmic else _bars)(axes, plot)
    axes.set_yticks(range(rows), list(plot.labels))
    axes.invert_yaxis()
    axes.set_xlabel(plot.axis)
    axes.grid(axis="x", color=_GRID)
    if len(plot.series) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return figure


def _lines(pyplot: Any, plot: Plot) -> Any:
    figure, axes = pyplot.subplots(figsize=(_WIDTH, 2.8))
    for series, colour in zip(plot.series, _COLOURS, strict=False):
        axes.plot(plot.labels, series.values, marker="o", color=colour, label=series.label)
    axes.set_xscale("log")
    axes.set_xticks(plot.labels, [f"{label:,.0f}" for label in plot.labels])
    axes.minorticks_off()
    top = max((value or 0.0 for series in plot.series for value in series.values), default=1.0)
    axes.set_ylim(0, top * 1.15)
    axes.set_xlabel(plot.x_axis)
    axes.set_ylabel(plot.axis)
    axes.grid(axis="y", color=_GRID)
    return figure


def _bars(axes: Any, plot: Plot) -> None:
    thickness = 0.8 / len(plot.series)
    for place, series in enumerate(plot.series):
        shift = (place - (len(plot.series) - 1) / 2) * thickness
        places = [row + shift for row in range(len(plot.labels))]
        values = [value or 0.0 for value in series.values]
        bars = axes.barh(places, values, thickness, color=_colours(plot, place), label=series.label)
        axes.bar_label(bars, labels=[_label(value) for value in series.values], padding=3, **_SMALL)
    axes.margins(x=0.1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")


def _dots(axes: Any, plot: Plot) -> None:
    """Draw values that span powers of ten; a bar has no honest length on such an axis."""
    from matplotlib import ticker

    axes.set_xscale("log")
    for series, colour in zip(plot.series, _COLOURS, strict=False):
        axes.plot(series.values, range(len(plot.labels)), "o", color=colour, label=series.label)
    # Only the ends of a row: what is between them may be too close to be read.
    _mark(axes, plot.series[0], -6, "right")
    _mark(axes, plot.series[-1], 6, "left")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    axes.minorticks_off()
    axes.margins(x=0.12, y=0.12)


def _mark(axes: Any, series: Series, shift: int, side: str) -> None:
    for row, value in enumerate(series.values):
        if value is not None:
            place = {"xytext": (shift, 0), "textcoords": "offset points", "ha": side}
            axes.annotate(_label(value), (value, row), va="center", **place, **_SMALL)


def _label(value: float | None) -> str:
    """Return a value as its mark says it: in three figures, thousands with a k."""
    return count(value) if value is None or value >= 10_000 else number(value)


def _colours(plot: Plot, place: int) -> Any:
    """Return the colour of a series; where there is only one, the project's bars stand out."""
    if len(plot.series) > 1:
        return _COLOURS[place % len(_COLOURS)]
    return [_COLOURS[0] if "sixmm" in str(label) else _OTHERS for label in plot.labels]
