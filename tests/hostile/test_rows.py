"""The rows that a campaign takes from here."""

from __future__ import annotations

import pytest

from .rows import ROWS, Row, main


def test_a_row_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row has a command that repeats it, with the seed in its output."""
    assert main(["credentials", "--seed", "5"]) == 0
    assert capsys.readouterr().out.startswith("credentials: 0 (at most 0), seed 5")


def test_a_failure_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is the number of rows above their bound."""
    bad = Row(("E1",), "", lambda seed: (float(seed), 0.0), 1)
    monkeypatch.setitem(ROWS, "json", bad)

    assert main(["json", "--seed", "2"]) == 1


def test_unknown_row() -> None:
    """A name that is none is told, and nothing is run."""
    with pytest.raises(SystemExit):
        main(["nothing"])
