"""The command: which rows it runs, what it prints, writes and returns."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from .__main__ import main
from .result import Result, load
from .row import Round, Row, exactly
from .rows import ROWS


def _run(row: Row, round_: Round) -> Result:
    value = 1 if row.name == "broken" else 0
    return Result(
        row=row.name, seed=round_.seed, findings=(exactly("lost", value, 0, "order 7 is gone"),)
    )


@pytest.fixture
def rows(row: Row) -> list[Row]:
    """One that holds and one that does not."""
    return [row, attrs.evolve(row, name="broken")]


def test_returns_how_many_failed(rows: list[Row], tmp_path: Path) -> None:
    """A script needs no more than the exit code."""
    assert main(["--out", str(tmp_path)], rows=rows, run=_run) == 1
    assert main(["--row", "sound", "--out", str(tmp_path)], rows=rows, run=_run) == 0


def test_a_row_that_failed_tells_its_seed_and_command(
    rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is wrong, in words."""
    main(["--seed", "9", "--skip", "sound", "--out", str(tmp_path)], rows=rows, run=_run)
    printed = capsys.readouterr().out

    assert "MISSED lost: 1 = 0" in printed
    assert "order 7 is gone" in printed
    assert "seed 9; repeat it: python -m tests.campaign --row broken --seed 9" in printed


def test_the_full_form_writes_the_page(rows: list[Row], tmp_path: Path) -> None:
    """A row that is run alone replaces its own part; the others stay."""
    main(["--out", str(tmp_path)], rows=rows, run=_run)
    main(["--seed", "4", "--row", "sound", "--out", str(tmp_path)], rows=rows, run=_run)
    text = (tmp_path / "reliability.md").read_text(encoding="utf-8")

    assert "--row sound --seed 4" in text
    assert "--row broken --seed 1" in text


def test_forgets_rows_that_are_no_more(rows: list[Row], tmp_path: Path) -> None:
    """What was renamed does not stay in the file for ever."""
    main(["--out", str(tmp_path)], rows=rows, run=_run)
    main(["--out", str(tmp_path)], rows=rows[:1], run=_run)

    assert set(load(tmp_path / "reliability.json")) == {"sound"}


def test_the_short_form_writes_nothing(rows: list[Row], tmp_path: Path) -> None:
    """Its numbers are too small to be published."""
    main(["--short", "--out", str(tmp_path)], rows=rows, run=_run)

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_row_is_refused(rows: list[Row]) -> None:
    """Rather than that nothing is run, and all is well."""
    with pytest.raises(SystemExit, match="no such row: nothing"):
        main(["--row", "nothing"], rows=rows, run=_run)


def test_rows_can_be_told_apart() -> None:
    """By their names; and each says which faults it is about."""
    names = [row.name for row in ROWS]

    assert len(set(names)) == len(names)
    assert all(row.hazards and row.shows for row in ROWS)


def test_no_row_may_take_for_ever() -> None:
    """Each has a deadline, in both forms."""
    assert all(0 < row.short_s <= 150 for row in ROWS)
    assert all(row.full_s <= 4_600 for row in ROWS)
