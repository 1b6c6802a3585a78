"""The gates: ratios that a run has to keep, and the aims beyond them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .samples import median

__all__ = ["GATES", "Gate", "Verdict", "judge", "sender_faults"]

_ORDER = "throughput/order/plain"
_MIX = "throughput/mix/plain"
_TLS = "throughput/order/tls"
_LEAST_SENDER = 1.5


@dataclass(frozen=True)
class Gate:
    """One ratio of two medians.

    Args:
        what: what is measured, in words.
        base_name: what it is held against, in words.
        value: the name of the samples above the line.
        bases: the names of those below it; the greatest median counts.
        gate: what the ratio has to keep.
        aim: what it should reach.
        is_most: whether the gate is the most that is allowed, not the least that is asked.
    """

    what: str
    base_name: str
    value: str
    bases: tuple[str, ...]
    gate: float
    aim: float
    is_most: bool = False

    def ratio(self, samples: Mapping[str, list[float]]) -> float | None:
        """Return the ratio, or None where a part of it was not measured."""
        found = [median(samples, name) for name in self.bases]
        base = max((value for value in found if value is not None), default=None)
        value = median(samples, self.value)
        return None if value is None or not base else value / base

    def holds(self, ratio: float, bound: float) -> bool:
        """Whether a ratio keeps a bound."""
        return ratio <= bound if self.is_most else ratio >= bound

    @property
    def half(self) -> float:
        """The bound of the short form: half as good as the gate asks."""
        return self.gate * 2 if self.is_most else self.gate / 2


@dataclass(frozen=True)
class Verdict:
    """What a run says about a gate; ``ratio`` is None where it was not measured."""

    gate: Gate
    ratio: float | None

    @property
    def held(self) -> bool | None:
        """Whether the gate holds."""
        return None if self.ratio is None else self.gate.holds(self.ratio, self.gate.gate)

    @property
    def half_held(self) -> bool | None:
        """Whether the ratio is at least half as good as the gate asks."""
        return None if self.ratio is None else self.gate.holds(self.ratio, self.gate.half)

    @property
    def reached(self) -> bool | None:
        """Whether the aim is reached."""
        return None if self.ratio is None else self.gate.holds(self.ratio, self.gate.aim)


def _rates(
    what: str,
    prefix: str,
    stack: str,
    *,
    limit: tuple[float, float],
    naive: tuple[float, float],
) -> tuple[Gate, Gate]:
    """Return the two gates of a throughput: against the limit and against the naive client."""
    value = f"{prefix}/{stack}/rate"
    limits = (f"{prefix}/limit/rate", f"{prefix}/limit-sslsocket/rate")
    return (
        Gate(what, "x limit", value, limits, *limit),
        Gate(what, "x naive", value, (f"{prefix}/naive/rate",), *naive),
    )


GATES: tuple[Gate, ...] = (
    *_rates(
        "orders, typed, fast, events only",
        _ORDER,
        "sixmm-events-fast",
        limit=(0.45, 0.60),
        naive=(20, 40),
    ),
    *_rates(
        "the same with dedupe and the account mirror",
        _ORDER,
        "sixmm-all-fast",
        limit=(0.30, 0.50),
        naive=(14, 35),
    ),
    *_rates(
        "orders, typed, no extras, events only",
        _ORDER,
        "sixmm-events",
        limit=(0.28, 0.40),
        naive=(15, 28),
    ),
    *_rates(
        "mix, levels read at the top only, fast",
        _MIX,
        "sixmm-events-fast",
        limit=(0.50, 0.75),
        naive=(22, 40),
    ),
    *_rates(
        "orders over TLS, one record per message, fast",
        _TLS,
        "sixmm-events-fast",
        limit=(0.50, 0.75),
        naive=(15, 30),
    ),
    Gate(
        "orders of 560 bytes, fast, events only",
        "x fastest peer that decodes",
        "peers/sixmm/rate",
        ("peers/fastest-decoding/rate",),
        4,
        8,
    ),
    Gate(
        "idle p50, 1 order per ms",
        "x limit",
        "latency/idle/sixmm-events-fast/p50_us",
        ("latency/idle/limit/p50_us",),
        2.4,
        1.3,
        is_most=True,
    ),
    Gate(
        "orders per second while another thread spins",
        "x naive with wsaccel",
        "spin/flood/sixmm-events-fast/rate",
        ("spin/flood/naive-wsaccel/rate",),
        8,
        25,
    ),
    Gate(
        "cost per event, 10^7 events",
        "x 10^3 events",
        "scale/events/10000000/cpu_us",
        ("scale/events/1000/cpu_us",),
        1.15,
        1.05,
        is_most=True,
    ),
    Gate(
        "cost per event, 200 topics",
        "x 1 topic",
        "scale/topics/200/cpu_us",
        ("scale/topics/1/cpu_us",),
        1.15,
        1.05,
        is_most=True,
    ),
    Gate(
        "memory of an inbox that holds 100,000 orders",
        "x raw bytes",
        "memory/inbox/sixmm-events-fast/grown_bytes",
        ("memory/inbox/sixmm-events-fast/raw_bytes",),
        2.0,
        1.3,
        is_most=True,
    ),
)
"""The gates, in the order of the report."""


def judge(samples: Mapping[str, list[float]]) -> list[Verdict]:
    """Return a verdict for every gate."""
    return [Verdict(gate, gate.ratio(samples)) for gate in GATES]


def sender_faults(samples: Mapping[str, list[float]]) -> list[str]:
    """Return what was measured against a sender that may have been the limit itself."""
    faults = []
    for prefix in sorted({name.rsplit("/", 2)[0] for name in samples if "/drain/" in name}):
        rates = _medians_of(samples, prefix)
        drain = rates.pop(f"{prefix}/drain/rate")
        fastest = max(rates.values())
        if drain < _LEAST_SENDER * fastest:
            faults.append(f"{prefix}: the sender is only {drain / fastest:.2f} times the fastest")
    return faults


def _medians_of(samples: Mapping[str, list[float]], prefix: str) -> dict[str, float]:
    names: Sequence[str] = [
        name for name in samples if name.startswith(f"{prefix}/") and name.endswith("/rate")
    ]
    return {name: value for name in names if (value := median(samples, name)) is not None}
