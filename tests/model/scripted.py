"""A clock for what is scripted: it stands still unless it is moved, and each of its parts can jump.

It is not the client's own manual clock: that one cannot be set apart from the exchange's time.
"""

from __future__ import annotations

__all__ = ["ScriptedClock"]

_START_MS = 1_771_047_000_000


class ScriptedClock:
    """The two clocks of a machine, and the time that it really is.

    Everything moves together by :meth:`advance`; a jump moves one of them.
    """

    def __init__(self) -> None:
        self.true_ms = _START_MS
        """What the exchange's clock says."""
        self._monotonic_ms = 1_000_000
        self._wall_ms = _START_MS

    def monotonic(self) -> float:
        """Return the seconds of the monotonic clock."""
        return self._monotonic_ms / 1_000.0

    def time_ms(self) -> int:
        """Return the wall clock in Unix milliseconds."""
        return self._wall_ms

    def advance(self, milliseconds: int) -> None:
        """Let time pass."""
        self.true_ms += milliseconds
        self._monotonic_ms += milliseconds
        self._wall_ms += milliseconds

    def step_wall(self, milliseconds: int) -> None:
        """Set the wall clock, as a correction does."""
        self._wall_ms += milliseconds

    def jump(self, milliseconds: int) -> None:
        """Let the monotonic clock jump, and nothing else."""
        self._monotonic_ms += milliseconds

    def suspend(self, milliseconds: int) -> None:
        """Let the machine sleep: time passes, and its monotonic clock stands still."""
        self.true_ms += milliseconds
        self._wall_ms += milliseconds
