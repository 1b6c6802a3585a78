"""The command: which rows it runs, what it prints, writes and returns."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from .__main__ import main
from .result import Result, load
from .row import Round, Row, exactly
from .rows import ROWS
from .runner import Runner

PATIENCE = 30.0


class FakeRunner(Runner):
    """Runs nothing: a row called ``broken`` fails, and one called ``absent`` cannot be run."""

    def run(self, row: Row, round_: Round, *, started: Sequence[str] | None = None) -> Result:  # noqa: ARG002
        """Return what became of a row, by its name."""
        if row.name == "absent":
            return Result(row=row.name, seed=round_.seed, not_run="there is no such program")
        value = 1 if row.name == "broken" else 0
        finding = exactly("lost", value, 0, "order 7 is gone")
        return Result(row=row.name, seed=round_.seed, findings=(finding,))


class Meeting(FakeRunner):
    """Lets ``beside`` end only after ``other`` was begun, and ``other`` only after that."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []
        self._other_began, self._beside_ended = threading.Event(), threading.Event()

    def run(self, row: Row, round_: Round, *, started: Sequence[str] | None = None) -> Result:
        """Wait for the other row."""
        if row.name == "beside":
            assert self._other_began.wait(PATIENCE)
            self.order.append(row.name)
            self._beside_ended.set()
        elif row.name == "other":
            self._other_began.set()
            assert self._beside_ended.wait(PATIENCE)
            self.order.append(row.name)
        return super().run(row, round_, started=started)


class Interrupted(FakeRunner):
    """Ctrl-C arrives in the row ``sound``; one that runs beside ends only where it is ended."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = threading.Event()
        self.ended: list[str] = []

    def run(self, row: Row, round_: Round, *, started: Sequence[str] | None = None) -> Result:
        """Wait for the end, or be it."""
        if row.name == "sound":
            raise KeyboardInterrupt
        assert self.stopped.wait(PATIENCE)
        self.ended.append(row.name)
        return super().run(row, round_, started=started)

    def stop(self) -> None:
        """Note that everything is to end."""
        super().stop()
        self.stopped.set()


@pytest.fixture
def rows(row: Row) -> list[Row]:
    """One that holds and one that does not."""
    return [row, attrs.evolve(row, name="broken")]


def _main(words: list[str], rows: list[Row], runner: Runner | None = None) -> int:
    return main(words, rows=rows, runner=runner or FakeRunner())


def test_returns_how_many_failed(rows: list[Row], tmp_path: Path) -> None:
    """A script needs no more than the exit code."""
    assert _main(["--out", str(tmp_path)], rows) == 1
    assert _main(["--row", "sound", "--out", str(tmp_path)], rows) == 0


def test_a_row_that_failed_tells_its_seed_and_command(
    rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what is wrong, in words."""
    _main(["--seed", "9", "--skip", "sound", "--out", str(tmp_path)], rows)
    printed = capsys.readouterr().out

    assert "MISSED lost: 1 = 0" in printed
    assert "order 7 is gone" in printed
    assert "seed 9; repeat it: python -m tests.campaign --row broken --seed 9" in printed


def test_the_full_form_writes_the_page(rows: list[Row], tmp_path: Path) -> None:
    """A row that is run alone replaces its own part; the others stay."""
    _main(["--out", str(tmp_path)], rows)
    _main(["--seed", "4", "--row", "sound", "--out", str(tmp_path)], rows)
    text = (tmp_path / "reliability.md").read_text(encoding="utf-8")

    assert "--row sound --seed 4" in text
    assert "--row broken --seed 1" in text


def test_forgets_rows_that_are_no_more(rows: list[Row], tmp_path: Path) -> None:
    """What was renamed does not stay in the file for ever."""
    _main(["--out", str(tmp_path)], rows)
    _main(["--out", str(tmp_path)], rows[:1])

    assert set(load(tmp_path / "reliability.json")) == {"sound"}


def test_the_short_form_writes_nothing(rows: list[Row], tmp_path: Path) -> None:
    """Its numbers are too small to be published."""
    _main(["--short", "--out", str(tmp_path)], rows)

    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_run_is_told_and_is_no_failure(
    row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does it replace what was found where it could be run."""
    absent = attrs.evolve(row, name="absent")
    assert _main(["--out", str(tmp_path)], [row, absent]) == 0
    printed = capsys.readouterr().out

    assert "not run: there is no such program" in printed
    assert "1 of 2 rows held; not run: absent" in printed
    assert set(load(tmp_path / "reliability.json")) == {"sound"}


def test_some_rows_run_beside_the_others(
    row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are begun first, wherever they stand, and told and kept when they have ended."""
    names = ["other", "broken", "beside"]
    rows = [attrs.evolve(row, name=name, is_beside=name == "beside") for name in names]
    runner = Meeting()
    assert _main(["--out", str(tmp_path)], rows, runner) == 1
    lines = capsys.readouterr().out.splitlines()

    assert runner.order == ["beside", "other"]
    assert lines[0].startswith("beside, beside the others: python -m tests.campaign --row beside")
    told = [line.partition(",")[0].partition(":")[0] for line in lines if line[:1].isalpha()]
    assert told[:2] == ["beside", "other"]
    assert sorted(told[2:]) == ["beside", "broken"]
    assert set(load(tmp_path / "reliability.json")) == set(names)


@pytest.mark.parametrize("name", ["sound", "broken"])
def test_a_row_that_runs_beside_can_run_alone(name: str, row: Row, tmp_path: Path) -> None:
    """It is waited for, and counts, like any other."""
    rows = [attrs.evolve(row, name=name, is_beside=True), attrs.evolve(row, name="other")]

    assert _main(["--row", name, "--out", str(tmp_path)], rows) == int(name == "broken")
    assert set(load(tmp_path / "reliability.json")) == {name}


def test_an_interrupt_ends_all(row: Row, tmp_path: Path) -> None:
    """Ctrl-C leaves no row behind that nobody waits for."""
    rows = [row, attrs.evolve(row, name="beside", is_beside=True)]
    runner = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        _main(["--out", str(tmp_path)], rows, runner)

    assert runner.ended == ["beside"]


def test_an_unknown_row_is_refused(rows: list[Row]) -> None:
    """Rather than that nothing is run, and all is well."""
    with pytest.raises(SystemExit, match="no such row: nothing"):
        _main(["--row", "nothing"], rows)


def test_rows_can_be_told_apart() -> None:
    """By their names; and each says which faults it is about."""
    names = [row.name for row in ROWS]

    assert len(set(names)) == len(names)
    assert all(row.hazards and row.shows for row in ROWS)


def test_no_row_may_take_for_ever() -> None:
    """Each has a deadline, in both forms; what takes longer than the others runs beside them."""
    assert all(0 < row.short_s <= 150 for row in ROWS)
    assert all(row.full_s <= (6_000 if row.is_beside else 2_400) for row in ROWS)
