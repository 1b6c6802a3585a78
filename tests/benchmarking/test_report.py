"""The page says what was measured, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.gates import judge
from benchmarks.plots import draw
from benchmarks.report import page, write
from benchmarks.table import Plot, Series, Table, count, number, ratio, with_spread

_PREFIX = "throughput/order/plain"
_SAMPLES = {
    f"{_PREFIX}/{stack}/{figure}": [value, value * 0.9, value * 1.2]
    for stack, rate in {
        "drain": 3e6,
        "limit": 5e5,
        "naive": 8e3,
        "naive-wsaccel": 2e4,
        "sixmm-events-fast": 3e5,
    }.items()
    for figure, value in {"rate": rate, "cpu_us": 1e6 / rate, "peak_kib": 30_000.0}.items()
}
_FACTS = {"machine/processor": "2 x test", "peers/quick/delivers": "text"}
_PLOT = Plot("rate", ("sixmm", "other"), (Series("rate", (2.0, None)),))
_TABLE = Table("one", "One", ("name", "rate"), (("sixmm", "2"), ("other", "-")), "", _PLOT)


def test_a_page_has_the_tables_that_were_measured() -> None:
    """One table with its plot; the gates that it decides; nothing of what was not run."""
    text = page(_SAMPLES, _FACTS)

    assert "| sixmm, events only, fast | 300 k (270 k to 360 k) | 0.600 | 37.5 |" in text
    assert "(performance/throughput-order-plain.svg)" in text
    assert "| orders, typed, fast, events only: x limit | 0.600 | at least 0.45 |" in text
    assert "Latency" not in text
    assert "- processor: 2 x test" in text


def test_who_is_ahead_is_said() -> None:
    """The limit is faster than the project, and so may a peer be."""
    samples = {**_SAMPLES, "peers/sixmm/rate": [1e5], "peers/quick/rate": [2e5]}
    text = page(samples, _FACTS)

    assert "The limit is ahead of sixmm in orders (1.67 times). " in text
    assert "quick hands over 2.00 times as many messages per second" in text
    assert "is text, which the user has to decode" in text


def test_repeated_runs_are_counted() -> None:
    """After ``--repeat 2`` a gate says in how many of the runs it held."""
    worse = {**_SAMPLES, f"{_PREFIX}/sixmm-events-fast/rate": [1e5]}
    text = page(_SAMPLES, _FACTS, [judge(_SAMPLES), judge(worse)])

    assert "x limit | 0.600 0.200 | at least 0.45 | 0.6 | 1 of 2 | 1 of 2 |" in text


def test_what_went_wrong_is_said() -> None:
    """A figure that failed is on the page, not only missing from it."""
    assert "## What went wrong\n\n- it failed\n" in page(_SAMPLES, _FACTS, faults=["it failed"])
    assert "went wrong" not in page(_SAMPLES, _FACTS)


def test_files_of_earlier_runs_are_replaced(tmp_path: Path) -> None:
    """A plot whose table is gone does not stay."""
    pytest.importorskip("matplotlib")
    plots = tmp_path / "performance"
    plots.mkdir()
    (plots / "old.svg").write_text("old")

    write(tmp_path, "the page", [_TABLE])

    assert [path.name for path in plots.iterdir()] == ["one.svg"]
    assert (tmp_path / "performance.md").read_text() == "the page"


@pytest.mark.parametrize(
    "plot",
    [
        _PLOT,
        Plot("us", ("a", "b"), (Series("p50", (1.0, 2.0)), Series("p99", (5.0, None))), True),
        Plot("us", (1.0, 10.0), (Series("cost", (3.0, 3.1)),), x_axis="events"),
    ],
    ids=["bars", "dots", "lines"],
)
def test_the_same_samples_give_the_same_file(plot: Plot) -> None:
    """No date and no random name: a run that measures the same changes nothing."""
    pytest.importorskip("matplotlib")

    assert draw(plot) == draw(plot)
    assert "<dc:date>" not in draw(plot)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0"),
        (487_312.0, "487 k"),
        (2.34e6, "2.34 M"),
        (12.34, "12.3"),
        (0.056, "0.056"),
    ],
)
def test_figures_have_three_digits(value: float | None, text: str) -> None:
    """More would say that a machine is that steady."""
    assert count(value) == text


def test_what_is_missing_is_a_dash() -> None:
    """Nothing is made up where one side of a ratio was not measured."""
    assert (ratio(None, 1.0), ratio(1.0, None), number(None)) == ("-", "-", "-")
    assert with_spread({}, "x") == "-"
