"""The figure of the peers: how many order updates a second reach the user of each client."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import attrs

from ..samples import Samples
from .catalogue import CANDIDATES, Candidate, Delivers
from .environments import NotInstalled, prepare
from .processes import DidNotRun, Run, run

__all__ = [
    "AIM",
    "GATE",
    "LEAST_HEADROOM",
    "REFERENCE",
    "SENDER",
    "PeerResult",
    "headroom",
    "measure",
    "missing_gate",
    "samples",
    "times",
]

REFERENCE = "sixmm, fast"
"""The candidate that the others are compared with."""
SENDER = "drain"
"""The candidate that shows what the server can send."""
GATE, AIM = 4.0, 8.0
"""How many times a peer that decodes has to be outdone: fail below the first, aim at the second."""
LEAST_HEADROOM = 1.5
"""How many times the fastest client the server has to be able to send."""


@attrs.frozen(kw_only=True)
class PeerResult:
    """What was measured of one candidate.

    Args:
        name: of the candidate.
        is_peer: whether it is a client of the field.
        decodes: whether it hands over more than text.
        delivers: what it hands over.
        note: what has to be said beside the figure.
        version: of the client; empty where it never ran.
        rates: messages a second, of each run that got through.
        cpu_us: CPU microseconds of the whole process for one message, the median.
        missed: how many messages the user never got, in the worst run.
        failures: the reasons of those that did not, each once.
    """

    name: str
    is_peer: bool
    decodes: bool
    delivers: Delivers
    note: str = ""
    version: str = ""
    rates: tuple[float, ...] = ()
    cpu_us: float | None = None
    missed: int = 0
    failures: tuple[str, ...] = ()

    @property
    def rate(self) -> float | None:
        """Messages a second, the median of the runs; None where none got through."""
        return statistics.median(self.rates) if self.rates else None


def measure(
    work_folder: Path,
    repetitions: int,
    messages: int,
    *,
    only: Collection[str] = (),
    seed: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> list[PeerResult]:
    """Run every candidate ``repetitions`` times and return what was measured, fastest first.

    Each repetition visits all of them in a new random order, each in a new process with a server of
    its own. A client that cannot be installed, or fails in every run, is in the result with the
    reason; nothing is raised for it.

    Args:
        work_folder: where the environments are kept.
        repetitions: how often each candidate is run.
        messages: how many messages a run has; fast candidates get a multiple of it.
        only: names of candidates or of environments; empty for all.
        seed: of the random order.
        tell: is called with a line for each step.
    """
    chosen = [one for one in CANDIDATES if not only or {one.name, one.environment} & set(only)]
    tell = tell or _tell_nobody
    pythons = _pythons(chosen, work_folder, tell)
    runs: dict[str, list[Run | str]] = {one.name: [] for one in chosen}
    order = random.Random(seed)
    for repetition in range(repetitions):
        for one in order.sample(chosen, len(chosen)):
            outcome = _outcome(one, pythons[one.environment], messages, earlier=runs[one.name])
            runs[one.name].append(outcome)
            tell(f"{repetition + 1}/{repetitions} {one.name}: {_shown(outcome)}")
    results = [_result(one, runs[one.name]) for one in chosen]
    return sorted(results, key=lambda result: -(result.rate or 0.0))


def _tell_nobody(_line: str) -> None:
    return


def _pythons(
    chosen: Sequence[Candidate], work_folder: Path, tell: Callable[[str], None]
) -> dict[str, Path | str]:
    """Return the interpreter of each environment, or the reason why there is none."""
    pythons: dict[str, Path | str] = {}
    for name in sorted({one.environment for one in chosen}):
        tell(f"environment of {name}")
        try:
            pythons[name] = prepare(name, work_folder)
        except NotInstalled as exc:
            pythons[name] = f"not installed: {exc}"
    return pythons


def _outcome(
    one: Candidate, python: Path | str, messages: int, *, earlier: Sequence[Run | str]
) -> Run | str:
    if isinstance(python, str):
        return python
    # Two failures are enough: a client that hangs would take its whole timeout every time.
    if len(earlier) >= 2 and all(isinstance(outcome, str) for outcome in earlier):
        return str(earlier[-1])
    try:
        return run(one, python, messages)
    except DidNotRun as exc:
        return str(exc)


def _shown(outcome: Run | str) -> str:
    if isinstance(outcome, str):
        return outcome
    return f"{outcome.messages / outcome.seconds:,.0f} messages/s"


def _result(one: Candidate, outcomes: Sequence[Run | str]) -> PeerResult:
    runs = [outcome for outcome in outcomes if isinstance(outcome, Run)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, str)]
    plain = PeerResult(
        name=one.name,
        is_peer=one.is_peer,
        decodes=one.decodes,
        delivers=one.delivers,
        note=one.note,
        failures=tuple(dict.fromkeys(failures)),
    )
    if not runs:
        return plain
    return attrs.evolve(
        plain,
        version=runs[-1].version,
        rates=tuple(each.messages / each.seconds for each in runs),
        cpu_us=statistics.median(each.cpu_seconds / each.messages * 1e6 for each in runs),
        missed=max(each.missed for each in runs),
    )


# What the figures say


def _rate_of(name: str, results: Sequence[PeerResult]) -> float | None:
    return next((each.rate for each in results if each.name == name), None)


def times(results: Sequence[PeerResult], *, reference: str = REFERENCE) -> dict[str, float]:
    """Return how many times faster ``reference`` is than each peer that ran."""
    rate = _rate_of(reference, results)
    if not rate:
        return {}
    return {each.name: rate / each.rate for each in results if each.is_peer and each.rate}


def missing_gate(results: Sequence[PeerResult], *, gate: float = GATE) -> dict[str, float]:
    """Return the peers that decode and are outdone by less than ``gate`` times, with how much."""
    decoding = {each.name for each in results if each.decodes}
    return {
        name: ratio for name, ratio in times(results).items() if name in decoding and ratio < gate
    }


def headroom(results: Sequence[PeerResult]) -> float | None:
    """Return how many times the fastest client the server could have sent; None if unmeasured."""
    sender = _rate_of(SENDER, results)
    clients = [each.rate for each in results if each.name != SENDER and each.rate]
    return sender / max(clients) if sender and clients else None


def samples(results: Sequence[PeerResult]) -> Samples:
    """Return the rates of all runs by name: of the project, of each peer, of the best that decodes.

    What did not run has none, so that a gate about it has no verdict.
    """
    found = {f"peers/{each.name}/rate": list(each.rates) for each in results if each.rates}
    if f"peers/{REFERENCE}/rate" in found:
        found["peers/sixmm/rate"] = found[f"peers/{REFERENCE}/rate"]
    decoding = [each for each in results if each.is_peer and each.decodes and each.rates]
    if decoding:
        fastest = max(decoding, key=lambda each: each.rate or 0.0)
        found["peers/fastest-decoding/rate"] = list(fastest.rates)
    return found
