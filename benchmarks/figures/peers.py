"""How many order updates a second reach the user of each other client of the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.effort import Effort
from benchmarks.runner import Bench
from benchmarks.samples import Samples, median
from benchmarks.table import Plot, Series, Table, count, number, ratio, with_spread

__all__ = ["measure", "tables"]

_MESSAGES = 20_000
_REPETITIONS = 3
_REFERENCE = "peers/sixmm/rate"
_SENDER = "drain"


def measure(bench: Bench, _effort: Effort) -> Samples:
    """Measure every peer, each in its own environment; what cannot run is told with the reason."""
    # Only here: the peers need more than the report of an earlier run does.
    from benchmarks.peers import figure

    if bench.peers_folder is None:
        return {}
    bench.peers_folder.mkdir(parents=True, exist_ok=True)
    results = figure.measure(
        bench.peers_folder, _REPETITIONS, _MESSAGES, seed=bench.rng.getrandbits(32), tell=bench.say
    )
    samples: Samples = dict(figure.samples(results))
    for each in results:
        prefix = f"peers/{each.name}"
        if each.cpu_us is not None:
            samples[f"{prefix}/cpu_us"] = [each.cpu_us]
        lost = f"lost up to {each.missed} messages of a run" if each.missed else ""
        bench.facts |= {
            f"{prefix}/delivers": each.delivers,
            f"{prefix}/version": each.version,
            f"{prefix}/note": "; ".join(filter(None, (each.note, *each.failures, lost))),
        }
    return samples


def tables(samples: Samples, facts: Mapping[str, str]) -> Sequence[Table]:
    """Return the table of the peers, fastest first, those that did not run at the end."""
    names = [name.split("/", 1)[1].rsplit("/", 1)[0] for name in facts if _is_peer(name)]
    if not names:
        return []
    names = [name for name in names if name != _SENDER]
    rates = {name: median(samples, f"peers/{name}/rate") for name in names}
    names.sort(key=lambda name: -(rates[name] or 0.0))
    ours, ran = median(samples, _REFERENCE), [name for name in names if rates[name]]
    return [
        Table(
            name="peers",
            title="Other clients: private orders of 560 bytes",
            head=(
                "client",
                "version",
                "delivers",
                "messages/s",
                "sixmm is x faster",
                "CPU us/message",
                "note",
            ),
            rows=tuple(
                (
                    name,
                    facts.get(f"peers/{name}/version") or "-",
                    facts[f"peers/{name}/delivers"],
                    with_spread(samples, f"peers/{name}/rate") if rates[name] else "did not run",
                    ratio(ours, rates[name]),
                    number(median(samples, f"peers/{name}/cpu_us")),
                    facts.get(f"peers/{name}/note") or "",
                )
                for name in names
            ),
            intro="Each client in an environment of its own, used as its documentation shows, at "
            "a local server that speaks its dialect. The messages have the same size for all; "
            "those of the others have fewer fields than ours.",
            notes=_notes(samples, ran, rates),
            plot=Plot(
                axis="messages per second",
                labels=tuple(ran),
                series=(Series("messages/s", tuple(rates[name] for name in ran)),),
            ),
        )
    ]


def _is_peer(name: str) -> bool:
    return name.startswith("peers/") and name.endswith("/delivers")


def _notes(
    samples: Samples, ran: Sequence[str], rates: Mapping[str, float | None]
) -> tuple[str, ...]:
    sender = median(samples, f"peers/{_SENDER}/rate")
    fastest = max((rates[name] or 0.0 for name in ran), default=0.0)
    if not sender or not fastest:
        return ()
    return (
        f"The server could send {count(sender)} messages/s, {ratio(sender, fastest)} times what "
        "the fastest client took.",
    )
