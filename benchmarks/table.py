"""A table of the report and what its plot shows; values without any drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .samples import median, spread

__all__ = ["Plot", "Series", "Table", "count", "number", "ratio", "with_spread"]


@dataclass(frozen=True)
class Series:
    """One line or one group of bars of a plot; None where nothing was measured."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Plot:
    """What a plot shows.

    Args:
        axis: the label of the axis of values.
        labels: what the values of each series stand at; numbers make lines, text makes bars.
        series: the lines, or the bars of each label.
        logarithmic: whether the axis of values is; then there are dots in place of bars.
        x_axis: the label of the other axis, for lines.
    """

    axis: str
    labels: tuple[str | float, ...]
    series: tuple[Series, ...]
    logarithmic: bool = False
    x_axis: str = ""


@dataclass(frozen=True)
class Table:
    """One table.

    Args:
        name: names the file of its plot.
        title: its heading.
        head: the heads of its columns.
        rows: its cells, as text.
        intro: what is measured and how, in front of it.
        notes: what there is to say about the result, behind it.
        plot: its plot.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    intro: str
    plot: Plot
    notes: tuple[str, ...] = ()


def count(value: float | None) -> str:
    """Return a number of things in three figures: ``487 k``; a dash for None."""
    if value is None:
        return "-"
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if value >= unit:
            return number(value / unit) + name
    return number(value)


def number(value: float | None) -> str:
    """Return a number in three significant figures; a dash for None."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    for least, digits in ((100, 0), (10, 1), (1, 2), (0.1, 3)):
        if abs(value) >= least:
            return f"{value:.{digits}f}"
    return f"{value:.2g}"


def ratio(value: float | None, base: float | None) -> str:
    """Return how many times ``base`` a value is; a dash where one of them is missing."""
    return "-" if value is None or not base else number(value / base)


def with_spread(samples: Mapping[str, list[float]], name: str) -> str:
    """Return median, least and greatest: ``487 k (470 k to 510 k)``."""
    bounds = spread(samples, name)
    if bounds is None:
        return "-"
    return f"{count(median(samples, name))} ({count(bounds[0])} to {count(bounds[1])})"
