"""What was measured, by name: every repetition is kept; medians are taken when they are read."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping

__all__ = ["Samples", "median", "percentile", "spread"]

Samples = dict[str, list[float]]
"""The figures of all repetitions by name: ``throughput/order/plain/limit/rate``."""


def median(samples: Mapping[str, list[float]], name: str) -> float | None:
    """Return the median of what was measured under ``name``, or None where nothing was."""
    found = samples.get(name)
    return statistics.median(found) if found else None


def spread(samples: Mapping[str, list[float]], name: str) -> tuple[float, float] | None:
    """Return the least and the greatest of what was measured under ``name``, or None."""
    found = samples.get(name)
    return (min(found), max(found)) if found else None


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the value at ``percent`` of the way through the sorted values (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[round(percent / 100 * (len(ordered) - 1))]
