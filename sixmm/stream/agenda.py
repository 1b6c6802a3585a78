"""When one link is compared again, audited, or replaced. For the thread that reads."""

from __future__ import annotations

from ..clock import Clock
from .options import SessionOptions
from .sync import AUDIT, Merged

__all__ = ["RETRY", "ROTATION", "Agenda"]

RETRY = "retry"
"""The reason for a comparison of what could not be compared before."""
ROTATION = "rotation"
"""The reason to make the next link, because the server would end this one."""

_ROTATION_RETRY = 60.0


class Agenda:
    """What is to be done at which time (monotonic seconds) on one link.

    Args:
        clock: the local clock.
        options: the figures of the link.
        private: whether there is an account to compare.
        rotate_after: seconds after which the link is to be replaced; None is never.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        options: SessionOptions,
        private: bool,
        rotate_after: float | None = None,
    ) -> None:
        self._clock = clock
        self._options = options
        self._private = private
        self.resync_at: float | None = None
        """When the account is compared again, or None."""
        self._resync_delay = options.resync_retry
        self._audit_at: float | None = None
        self._rotate_at = None if rotate_after is None else clock.monotonic() + rotate_after

    @property
    def times(self) -> tuple[float | None, ...]:
        """When something is to be done; None stands for never."""
        return self.resync_at, self._audit_at, self._rotate_at

    def due(self) -> str | None:
        """Return what is to be done now: :data:`RETRY`, :data:`ROTATION` or an audit."""
        now = self._clock.monotonic()
        if self.resync_at is not None and now >= self.resync_at:
            return RETRY
        if self._rotate_at is not None and now >= self._rotate_at:
            return ROTATION
        return AUDIT if self._audit_at is not None and now >= self._audit_at else None

    def plan_resync(self, *, again: bool, floor: float = 0.0) -> None:
        """Plan another comparison after a wait that grows, at least ``floor`` seconds, or none."""
        if not again:
            # The delay stays as long as it has become: what fails again and again is asked rarely.
            self.resync_at = None
            return
        self.resync_at = self._clock.monotonic() + max(self._resync_delay, floor)
        self._resync_delay = min(self._resync_delay * 2, self._options.resync_retry_max)

    def look_again(self, merged: Merged) -> None:
        """Plan another comparison soon where one has left something open."""
        if self.resync_at is not None or merged.is_whole:
            return
        # What nobody can read may come again and again; what is on its way comes soon, if at all.
        self.plan_resync(again=merged.has_failures)
        if not merged.has_failures:
            self.resync_at = self._clock.monotonic() + self._options.resync_retry

    def plan_audit(self, delay: float | None) -> None:
        """Plan the next audit, where there are any, not later than it was planned before."""
        if delay is None or self._options.audit_interval is None or not self._private:
            return
        now, planned = self._clock.monotonic(), self._audit_at
        is_soon = planned is not None and now < planned < now + delay
        self._audit_at = planned if is_soon else now + delay

    def rotate_later(self) -> None:
        """Keep the link for a while: the one that was to follow could not be made."""
        self._rotate_at = self._clock.monotonic() + _ROTATION_RETRY
