"""Results outlive the process."""

from __future__ import annotations

from pathlib import Path

from .result import Result, load, save
from .row import exactly, noted


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every field, also where the bound was missed."""
    result = Result(row="a", seed=1, findings=(exactly("x", 1, 0, "why"), noted("y", 2.5)))
    save(tmp_path / "results.json", {"a": result})

    assert load(tmp_path / "results.json") == {"a": result}


def test_no_file_is_no_result(tmp_path: Path) -> None:
    """The first run begins with nothing."""
    assert load(tmp_path / "results.json") == {}


def test_holds_only_where_everything_did() -> None:
    """A failure, or one missed bound, and it has not."""
    assert Result(row="a", seed=1, findings=(exactly("x", 0, 0), noted("y", 1))).held
    assert not Result(row="a", seed=1, findings=(exactly("x", 0, 0), exactly("y", 1, 0))).held
    assert not Result(row="a", seed=1, failure="it hung").held
