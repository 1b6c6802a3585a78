"""What is to go wrong: plain state, asked by the parts of the exchange that it concerns."""

from __future__ import annotations

from dataclasses import dataclass, field

from .codes import Code

__all__ = ["FaultPlan", "Refusal", "RestError"]


@dataclass(slots=True, kw_only=True)
class RestError:
    """REST calls that are to fail: `count` more of them, on paths that begin with `path`."""

    count: int
    code: int
    http_status: int
    retry_after: float | str | None
    path: str | None


@dataclass(slots=True, kw_only=True)
class Refusal:
    """WebSocket handshakes that are to be refused: `count` more of them."""

    count: int
    status: int
    retry_after: float | str | None


@dataclass(slots=True, kw_only=True)
class FaultPlan:
    """All faults; the defaults mean that nothing goes wrong. Times are in seconds.

    Read and changed under the lock of the `Core`, except for the plain numbers and switches
    that the loop only reads.
    """

    frozen: bool = False
    freeze_new: bool = False
    muted: bool = False
    duplicating: bool = False
    slow: float = 0.0
    late_ack: float = 0.0
    lost_acks: int = 0
    lost_depth: int = 0
    refused_topics: frozenset[str] = frozenset()
    refused_logins: int = 0
    failed_renewals: int = 0
    renewal_code: int = Code.INTERNAL
    skew_ms: int = 0
    refusal: Refusal | None = None
    rest_errors: list[RestError] = field(default_factory=list)

    def take_refusal(self) -> Refusal | None:
        """Return the refusal of the next handshake, if it is to be refused."""
        refusal = self.refusal
        if refusal is None or refusal.count <= 0:
            return None
        refusal.count -= 1
        return refusal

    def take_rest_error(self, path: str) -> RestError | None:
        """Return how the call of `path` is to fail, if it is to fail."""
        for error in self.rest_errors:
            if error.count > 0 and path.startswith(error.path or ""):
                error.count -= 1
                return error
        return None

    def take(self, name: str) -> bool:
        """Use up one of the counter `name`; False when there is none left."""
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True
