"""What a report says about a client that did not run."""

from __future__ import annotations

import pytest

from benchmarks.peers.reasons import last_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("first\nERROR: no such thing\n\n", "ERROR: no such thing"),
        (" \n", "no reason given"),
        ("see https://example.org/simple/x/ for it", "see (address) for it"),
        ("No such file: /home/someone/bench/bin/python", "No such file: python"),
        ('File "C:\\Users\\someone\\x.py"', 'File "x.py"'),
    ],
)
def test_one_line_without_addresses_and_folders(text: str, line: str) -> None:
    """A reason is the last line that says something, and does not tell where it was made."""
    assert last_line(text) == line


def test_a_long_line_is_cut() -> None:
    """A reason fits into a table."""
    assert len(last_line("x" * 1_000)) == 160
