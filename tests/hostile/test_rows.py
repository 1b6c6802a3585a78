"""The rows that a campaign takes from here."""

from __future__ import annotations

import attrs
import pytest

from .rows import ROWS, Row, main
from .tally import Tally


def _row(cases: int, wrong: int = 0) -> Row:
    def figure(seed: int) -> Tally:
        return Tally("made up", cases=cases, wrong=[f"case {n}, seed {seed}" for n in range(wrong)])

    return Row(hazards=("E1",), shows="", wrong="lost", figure=figure, least=10, seconds=1)


def test_a_row_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each row has a command that repeats it, with the seed in its output."""
    assert main(["credentials", "--seed", "5"]) == 0
    printed = capsys.readouterr().out

    assert printed.startswith("credentials: 0 of ")
    assert "seed 5" in printed


def test_a_failure_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is the number of rows in which a case went wrong; each such case is named."""
    monkeypatch.setitem(ROWS, "json", _row(cases=10, wrong=2))

    assert main(["json", "--seed", "2"]) == 1
    assert "case 1, seed 2" in capsys.readouterr().out


@pytest.mark.parametrize(("cases", "failed"), [(9, 1), (10, 0)])
def test_a_row_that_tries_too_little_fails(
    monkeypatch: pytest.MonkeyPatch, cases: int, failed: int
) -> None:
    """Nothing goes wrong in what is not tried."""
    monkeypatch.setitem(ROWS, "json", _row(cases))

    assert main(["json"]) == failed


def test_the_short_form_has_a_bound_of_its_own() -> None:
    """Where there is one; else a row is the same in both."""
    whole = _row(cases=10)
    short = attrs.evolve(whole, short=lambda _: Tally("made up", cases=3), short_least=3)

    assert [whole.take(1, is_short=is_short)[1] for is_short in (False, True)] == [10, 10]
    assert [short.take(1, is_short=is_short)[1] for is_short in (False, True)] == [10, 3]
    assert short.take(1, is_short=True)[0].cases == 3


def test_unknown_row() -> None:
    """A name that is none is told, and nothing is run."""
    with pytest.raises(SystemExit):
        main(["nothing"])
