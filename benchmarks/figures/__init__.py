"""The figures of the benchmark, one module each: how it is measured, and the tables it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.effort import Effort
from benchmarks.runner import Bench
from benchmarks.samples import Samples
from benchmarks.table import Table

from . import latency, memory, peers, rest, scale, spin, startup, throughput

__all__ = ["FIGURES", "Figure"]

Measure = Callable[[Bench, Effort], Samples]
Tables = Callable[[Samples, Mapping[str, str]], Sequence[Table]]


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        name: what it is asked for by.
        measure: measures it; raises ``RunFailed`` where a candidate does not get through.
        tables: makes its tables of the samples and of the facts beside them; pure.
        has_gates: whether it is measured where only the gates count.
        is_short: whether it is a part of the short form.
    """

    name: str
    measure: Measure
    tables: Tables
    has_gates: bool = True
    is_short: bool = True

    def belongs_to(self, effort: Effort) -> bool:
        """Whether a run of this effort measures it."""
        return (self.has_gates or not effort.gates_only) and (self.is_short or not effort.is_short)


def _of_samples(tables: Callable[[Samples], Sequence[Table]]) -> Tables:
    """Return ``tables`` as a function that is given the facts as well."""
    return lambda samples, _facts: tables(samples)


FIGURES: tuple[Figure, ...] = (
    Figure("throughput", throughput.measure, _of_samples(throughput.tables)),
    Figure("peers", peers.measure, peers.tables, is_short=False),
    Figure("latency", latency.measure, _of_samples(latency.tables)),
    Figure("spin", spin.measure, _of_samples(spin.tables)),
    Figure("scale", scale.measure, _of_samples(scale.tables)),
    Figure("memory", memory.measure, _of_samples(memory.tables)),
    Figure("startup", startup.measure, _of_samples(startup.tables), has_gates=False),
    Figure("rest", rest.measure, _of_samples(rest.tables), has_gates=False),
)
"""Every figure, in the order of the report."""
