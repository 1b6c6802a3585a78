"""The page tells every row, also those that failed and those that were never run."""

from __future__ import annotations

import attrs

from .page import page
from .result import Result
from .row import Finding, Row, exactly, noted


def _result(*findings: Finding, failure: str = "") -> Result:
    return Result(
        row="sound",
        seed=5,
        findings=findings,
        failure=failure,
        seconds=61.4,
        date="2026-01-02",
        machine="2 cores, CPython 3.11.7, Linux x86_64",
    )


def test_tells_figures_bounds_and_circumstances(row: Row) -> None:
    """Whoever reads it can repeat it, and knows on what and when it was found."""
    text = page([row], {"sound": _result(exactly("lost", 0, 0), noted("sent", 12_345))})

    assert "| [sound](#sound) | nothing | 1 of 1 | 2026-01-02 |" in text
    assert "| lost | 0 | = 0 |" in text
    assert "| sent | 12,345 |  |" in text
    assert "Faults A1. 2026-01-02, 61 s, 2 cores, CPython 3.11.7, Linux x86_64." in text
    assert "python -m tests.campaign --row sound --seed 5" in text


def test_a_bound_that_was_missed_stands_out(row: Row) -> None:
    """Nobody has to compare numbers to find it."""
    text = page([row], {"sound": _result(exactly("lost", 2, 0), exactly("sent", 1, 1))})

    assert "**1 of 2**" in text
    assert "| lost | **2** | = 0 |" in text


def test_a_failure_stands_out(row: Row) -> None:
    """A row that did not come to an end is not a row that found nothing."""
    text = page([row], {"sound": _result(failure="it hung")})

    assert "**failed**" in text
    assert "**Failed:** it hung" in text


def test_names_what_was_not_run(row: Row) -> None:
    """A page with gaps says so."""
    text = page([row, attrs.evolve(row, name="other")], {"sound": _result(noted("a", 1))})

    assert "| other | nothing | not run |  |" in text
    assert "## other" not in text


def test_lists_what_a_figure_counts(row: Row) -> None:
    """Below the table, where the lines have room; a figure without a list has no heading."""
    text = page([row], {"sound": _result(noted("survivors", 2, "one\ntwo"), noted("sent", 1))})

    assert "| survivors | 2 |  |" in text
    assert "| sent | 1 |  |\n\nSurvivors:\n\n- one\n- two\n\n```shell" in text
    assert "Sent" not in text
