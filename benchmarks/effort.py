"""How much is measured: everything, what the gates need, or the short form of that."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FULL", "GATES_ONLY", "SHORT", "Effort"]


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Args:
        repetitions: how often everything is run.
        gate_repetitions: how often the throughputs are run that have gates.
        seconds: about how long one run of a flood takes.
        paced_seconds: how long messages are sent at a fixed pace.
        gates_only: whether only what the gates need is measured.
        is_short: whether it is the short form, which is judged with a wide margin.
    """

    repetitions: int
    gate_repetitions: int
    seconds: float
    paced_seconds: float
    gates_only: bool = False
    is_short: bool = False


FULL = Effort(repetitions=5, gate_repetitions=7, seconds=0.5, paced_seconds=2.0)
GATES_ONLY = Effort(
    repetitions=5, gate_repetitions=7, seconds=0.5, paced_seconds=2.0, gates_only=True
)
SHORT = Effort(
    repetitions=3,
    gate_repetitions=3,
    seconds=0.3,
    paced_seconds=1.0,
    gates_only=True,
    is_short=True,
)
