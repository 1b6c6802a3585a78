"""REST calls per second, and what signing one costs."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.effort import Effort
from benchmarks.plan import Flood
from benchmarks.runner import Bench, interleaved
from benchmarks.samples import Samples, median
from benchmarks.stacks import STACKS
from benchmarks.table import Plot, Series, Table, number, ratio, with_spread

from .floods import note

__all__ = ["measure", "tables"]

_NETWORK = ("http-client", "requests", "sixmm-rest")
_CALLS = 500
_WITHOUT = {"call_unsigned": "with an access token", "call_signed": "signed"}


def measure(bench: Bench, effort: Effort) -> Samples:
    """Measure calls over loopback, and signed and unsigned ones without a network."""
    options = {"calls": _CALLS}
    tasks = {name: bench.task(name, Flood(), program="call", options=options) for name in _NETWORK}
    for program in _WITHOUT:
        tasks[program] = bench.task("sixmm-rest", Flood(), program=program, options=options)
    runs = {name: lambda task=task: bench.run(task) for name, task in tasks.items()}
    bench.say("rest")
    return note("rest", interleaved(bench, runs, effort.repetitions))


def tables(samples: Samples) -> Sequence[Table]:
    """Return the table of the calls and that of the signature."""
    if "rest/requests/rate" not in samples:
        return []
    return [_calls(samples), _signing(samples)]


def _calls(samples: Samples) -> Table:
    rates = {name: median(samples, f"rest/{name}/rate") for name in _NETWORK}
    rows = tuple(
        (
            STACKS[name].title,
            with_spread(samples, f"rest/{name}/rate"),
            ratio(rates[name], rates["requests"]),
            number(median(samples, f"rest/{name}/cpu_us")),
        )
        for name in _NETWORK
    )
    return Table(
        name="rest-calls",
        title="REST: signed calls, one after the other, over loopback",
        head=("candidate", "calls/s", "x requests", "CPU us/call"),
        rows=rows,
        intro="A signed read of the balance, over a connection that stays open. The two by hand "
        "parse the reply and check nothing. An exchange on a real network takes milliseconds, so "
        "that none of this is what a program waits for.",
        plot=Plot(
            axis="calls per second",
            labels=tuple(STACKS[name].title for name in _NETWORK),
            series=(Series("calls/s", tuple(rates[name] for name in _NETWORK)),),
        ),
    )


def _signing(samples: Samples) -> Table:
    costs = {name: median(samples, f"rest/{name}/cpu_us") for name in _WITHOUT}
    signed, unsigned = costs["call_signed"] or 0.0, costs["call_unsigned"] or 0.0
    rows = [(text, number(costs[name])) for name, text in _WITHOUT.items()]
    rows.append(("the signature: the difference", number(signed - unsigned)))
    return Table(
        name="rest-signing",
        title="REST: what a signature costs",
        head=("call of sixmm without a network", "CPU us/call"),
        rows=tuple(rows),
        intro="The same call twice, with a transport that answers at once: once with an access "
        "token, once with timestamp and HMAC-SHA256.",
        plot=Plot(
            axis="CPU microseconds per call",
            labels=tuple(_WITHOUT.values()),
            series=(Series("CPU us/call", (unsigned, signed)),),
        ),
    )
