"""A bar on stderr while many rows are fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TextIO, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .report import is_terminal

__all__ = ["PullBar"]

T = TypeVar("T")


class PullBar:
    """Shows how many rows are there: the ``progress=`` callback of a list, and a context manager.

    It is shown on a terminal only, once there is more to fetch than a first part, and it is gone
    when the list or the block ends.

    Args:
        what: what is fetched, in a word or two.
        limit: how many rows are wanted at most.
        stream: where it is shown, which is stderr: results never mix with it.
        shared: whether rows go to the same terminal while they come; there is no bar then.
    """

    def __init__(self, what: str, *, limit: int, stream: TextIO, shared: bool = False) -> None:
        self._what = what
        self._limit = limit
        self._stream = stream
        self._visible = is_terminal(stream) and not shared
        self._progress: Progress | None = None
        self._done = 0
        self._total: int | None = None

    @property
    def is_cut(self) -> bool:
        """Whether the limit was reached, and there are said to be more rows."""
        return self._done >= self._limit < (self._total or 0)

    def __call__(self, done: int, total: int | None) -> None:
        """Show that ``done`` rows are there, of ``total`` where that is known."""
        self._done, self._total = done, total
        goal = self._limit if total is None else min(total, self._limit)
        if self._progress is None and self._visible and done < goal:
            self._progress = _started(self._what, self._stream)
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=done, total=max(goal, done))

    def over(self, rows: Iterable[T]) -> Iterator[T]:
        """Yield the rows, and be gone before the one who takes them can show them all at once."""
        yield from rows
        self._stop()

    def __enter__(self) -> PullBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def _started(what: str, stream: TextIO) -> Progress:
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(file=stream, highlight=False, markup=False),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    progress.add_task(what)
    progress.start()
    return progress
