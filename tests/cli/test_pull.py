"""The bar is for people at a terminal, and it leaves nothing behind."""

from __future__ import annotations

import contextlib
import io

import pytest

from sixmm.cli.pull import PullBar


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def test_terminal() -> None:
    """On a terminal the bar says what is fetched and how far it is."""
    stream = _Terminal()

    with PullBar("BTCUSDT 1m", limit=5_000, stream=stream) as bar:
        bar(1_000, None)
        bar(5_000, None)

    assert "BTCUSDT 1m" in stream.getvalue()
    assert "5000/5000" in stream.getvalue()


def test_total_that_is_known() -> None:
    """The goal is what there is, where that is less than the limit, and never less than done."""
    stream = _Terminal()

    with PullBar("orders", limit=100, stream=stream) as bar:
        bar(3, 7)
        bar(7, 7)
    assert "7/7" in stream.getvalue()
    with PullBar("orders", limit=100, stream=stream) as bar:
        bar(3, 7)
        bar(9, 7)
    assert "9/9" in stream.getvalue()


def test_quiet_without_a_first_call() -> None:
    """Nothing is drawn where nothing was fetched, or everything at once."""
    stream = _Terminal()

    with PullBar("orders", limit=100, stream=stream):
        pass
    with PullBar("orders", limit=100, stream=stream) as bar:
        bar(7, 7)

    assert stream.getvalue() == ""


def test_gone_before_the_table() -> None:
    """When the last row has been taken, the terminal is free for the table."""
    stream = _Terminal()

    with PullBar("orders", limit=100, stream=stream) as bar:
        bar(1, 2)
        assert list(bar.over([1, 2])) == [1, 2]
        assert stream.getvalue().rfind("\x1b[?25h") > stream.getvalue().rfind("\x1b[?25l")
        drawn = stream.getvalue()
    assert stream.getvalue() == drawn


@pytest.mark.parametrize("shared", [False, True])
def test_no_terminal(shared: bool) -> None:
    """A file gets no bar, and neither does a terminal that rows go to meanwhile."""
    stream = _Terminal() if shared else io.StringIO()

    with PullBar("orders", limit=100, stream=stream, shared=shared) as bar:
        bar(50, 100)

    assert stream.getvalue() == ""


def test_gone_after_an_error() -> None:
    """An error in the block ends the bar, too; the cursor is shown again."""
    stream = _Terminal()

    with contextlib.suppress(RuntimeError), PullBar("orders", limit=100, stream=stream) as bar:
        bar(50, 100)
        raise RuntimeError

    assert stream.getvalue().rfind("\x1b[?25h") > stream.getvalue().rfind("\x1b[?25l")


def test_markup_is_text() -> None:
    """What is fetched is shown and not obeyed."""
    stream = _Terminal()

    with PullBar("[red]x[/red]", limit=10, stream=stream) as bar:
        bar(5, 10)

    assert "[red]x[/red]" in stream.getvalue()


@pytest.mark.parametrize(
    ("done", "total", "is_cut"),
    [(10, None, False), (5, 5, False), (10, 10, False), (10, 13, True), (9, 13, False)],
)
def test_cut(done: int, total: int | None, is_cut: bool) -> None:
    """Where the list is longer than the limit, it is known."""
    bar = PullBar("orders", limit=10, stream=io.StringIO())

    assert not bar.is_cut
    bar(done, total)
    assert bar.is_cut is is_cut
