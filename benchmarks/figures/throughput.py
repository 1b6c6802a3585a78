"""Messages per second, processor time per message and peak memory, end to end."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.messages import KINDS, mean_size
from benchmarks.plan import Flood, Task
from benchmarks.runner import Bench, interleaved
from benchmarks.samples import Samples, median
from benchmarks.stacks import STACKS
from benchmarks.table import Plot, Series, Table, count, number, ratio, with_spread

from .floods import fitted, note

__all__ = ["LIMITS", "measure", "tables"]

LIMITS = ("limit", "limit-sslsocket")
"""The candidates of which the faster is the limit; over plain TCP they are the same."""

_LINKS = ("plain", "tls")
_ALWAYS = ("drain", "limit", "naive", "naive-wsaccel", "sixmm-events-fast")
_GATED_GROUPS = {
    ("order", "plain"): (*_ALWAYS, "sixmm-events", "sixmm-all-fast"),
    ("mix", "plain"): _ALWAYS,
    ("order", "tls"): (*_ALWAYS, "limit-sslsocket"),
}
_NAMES = {
    "order": "private orders",
    "account": "account updates",
    "depth": "depth deltas of 40 levels",
    "mix": "mix of 70 % depth, 25 % orders, 5 % account",
}


def _groups() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return what is compared in the full form, by kind of message and link."""
    return {(kind, link): _stacks(kind, link) for link in _LINKS for kind in KINDS}


def _stacks(kind: str, link: str) -> tuple[str, ...]:
    names = [*_ALWAYS, "sixmm-events"]
    if link == "tls":
        names.append("limit-sslsocket")
    if kind != "depth" and (link == "plain" or kind == "order"):
        names += ["sixmm-all-fast", "sixmm-all"]
    if kind in ("depth", "mix") and link == "plain":
        names += ["sixmm-levels-fast", "sixmm-levels"]
    return tuple(names)


_WARM_UP = 1_000


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure every kind of message, plain and over TLS."""
    samples: Samples = {}
    groups = _GATED_GROUPS if effort.gates_only else _groups()
    for (kind, link), names in groups.items():
        runs = {
            name: fitted(bench, _task(bench, name, kind, link), effort.seconds) for name in names
        }
        bench.say(f"throughput: {kind}, {link}")
        is_gated = (kind, link) in _GATED_GROUPS
        repetitions = effort.gate_repetitions if is_gated else effort.repetitions
        results = interleaved(bench, runs, repetitions)
        samples.update(note(f"throughput/{kind}/{link}", results))
    return samples


def _task(bench: Bench, name: str, kind: str, link: str) -> Task:
    # What a stream costs once it runs: the first messages are not measured, for all alike. The
    # reader that only counts bytes has nothing to warm up, and reads to the end of a connection.
    options = {} if name == "drain" else {"warm_up": _WARM_UP}
    return bench.task(name, Flood(kind), tls=link == "tls", options=options)


def tables(samples: Samples) -> Sequence[Table]:
    """Return a table for each kind of message and link that was measured."""
    groups = [(kind, link) for link in _LINKS for kind in KINDS]
    return [
        _table(samples, kind, link)
        for kind, link in groups
        if f"throughput/{kind}/{link}/limit/rate" in samples
    ]


def limit_rate(samples: Samples, prefix: str) -> float | None:
    """Return the messages per second of the faster limit."""
    rates = [median(samples, f"{prefix}/{name}/rate") for name in LIMITS]
    return max((rate for rate in rates if rate is not None), default=None)


def _table(samples: Samples, kind: str, link: str) -> Table:
    prefix = f"throughput/{kind}/{link}"
    names = [name for name in STACKS if f"{prefix}/{name}/rate" in samples and name != "drain"]
    rates = {name: median(samples, f"{prefix}/{name}/rate") for name in names}
    limit = limit_rate(samples, prefix)
    rows = tuple(
        (
            STACKS[name].title,
            with_spread(samples, f"{prefix}/{name}/rate"),
            ratio(rates[name], limit),
            ratio(rates[name], rates["naive"]),
            ratio(rates[name], rates["naive-wsaccel"]),
            number(median(samples, f"{prefix}/{name}/cpu_us")),
            number((median(samples, f"{prefix}/{name}/peak_kib") or 0) / 1024),
        )
        for name in names
    )
    over = "over TLS, one record per message" if link == "tls" else "over plain TCP"
    drain = median(samples, f"{prefix}/drain/rate")
    return Table(
        name=f"throughput-{kind}-{link}",
        title=f"Throughput: {_NAMES[kind]}, {over}",
        head=(
            "candidate",
            "messages/s",
            "x limit",
            "x naive",
            "x naive with wsaccel",
            "CPU us/message",
            "peak MiB",
        ),
        rows=rows,
        intro=f"{mean_size(kind)} bytes per message on average, from go to the last message in the "
        "caller's hands.",
        notes=(
            f"The sender is not what limits anybody: a reader that only counts bytes gets "
            f"{count(drain)} messages/s, {ratio(drain, max(r for r in rates.values() if r))} times "
            "the fastest candidate.",
        ),
        plot=Plot(
            axis="messages per second",
            labels=tuple(STACKS[name].title for name in names),
            series=(Series("messages/s", tuple(rates[name] for name in names)),),
        ),
    )
