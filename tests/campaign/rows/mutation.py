"""E5: small faults in the modules on which money depends most, and whether their tests notice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from ..mutants import mutants_of
from ..row import Finding, Round, Row, at_least, exactly, noted
from ..trials import Target, Trial, hold

__all__ = ["EQUIVALENT", "ROWS", "TARGETS"]

TARGETS = (
    Target(module="venues/sixmm/signing.py", tests=("venues/sixmm/test_signing.py",)),
    Target(
        module="stream/reconcile.py",
        tests=("stream/test_reconcile_examples.py", "stream/test_reconcile.py"),
    ),
    Target(module="stream/states.py", tests=("stream/test_states.py",)),
)

EQUIVALENT: Mapping[str, Mapping[str, str]] = {
    "venues/sixmm/signing.py": {},
    "stream/reconcile.py": {
        "in _order_changes: `own[0]` becomes `own[-1]`": "the fills of an order have its symbol "
        "and its sides in common, and nothing else of the fill is taken",
        "in _order_changes: `-1` becomes `-2`": "what is later than the last state that was told "
        "is later than the one before",
        "in _order_changes: `-1` becomes `-0`": "what is later than the last state that was told "
        "is later than all before",
        "in _timed: `at_ms = 0` becomes `at_ms = 1`": "nothing happened in 1970; what has no time "
        "comes first all the same",
        "in _timed: `at_ms = 0` becomes `at_ms = -1`": "no time is below 0",
        "in _fills_by_order: `fill.time_ms or 0` becomes `fill.time_ms or 1`": "nothing happened "
        "in 1970; what has no time comes first all the same",
        "in _fills_by_order: `fill.time_ms or 0` becomes `fill.time_ms or -1`": "no time is "
        "below 0",
        "in _fills_by_order: `not mirror.knows_fill(fill.fill_id)` becomes `True`": "the states of "
        "orders without a missed fill are worked out, too, and not told",
        "in _fills_by_order: `fill.order_id in missed` becomes `True`": "the states of orders "
        "without a missed fill are worked out, too, and not told",
        "in _states_after: `known is not None and compare_orders(known, state) is Telling.OLDER` "
        "becomes `compare_orders(known, state) is Telling.OLDER`": "nothing is older than an order "
        "that is not known; the first half tells the type checker",
    },
    "stream/states.py": {},
}
"""Why no test can notice a mutant, by module and change. It counts as a survivor all the same."""

_SHORT = 12
"""How many mutants of each module the short form tries."""


def _mutate(round_: Round) -> list[Finding]:
    """Try every mutant of every module; in the short form some, which the seed chooses."""
    dice = random.Random(round_.seed)
    least_killed = round_.pick(full=90, short=75)
    findings = []
    for target in TARGETS:
        source = target.source()
        every = range(len(mutants_of(source)))
        numbers = sorted(dice.sample(every, _SHORT)) if round_.is_short else every
        trials = hold(target, numbers)
        # One fault for every fourth line, or the operators have gone blind.
        least = round_.pick(full=source.count("\n") // 4, short=_SHORT)
        findings += _findings(target.module, trials, least_killed=least_killed, least=least)
        if not round_.is_short:
            findings.append(_stale_reasons(target.module, trials))
    return findings


def _findings(
    module: str, trials: Sequence[Trial], *, least_killed: int, least: int
) -> list[Finding]:
    outcomes = Counter(trial.outcome for trial in trials)
    survivors = [_told(module, trial) for trial in trials if trial.outcome == "survived"]
    killed = 100 * (len(trials) - len(survivors)) / len(trials)
    return [
        at_least(f"mutants of {module}", len(trials), least),
        at_least("of them killed, in %", killed, least_killed, detail="the survivors are below"),
        noted("because they did not end", outcomes["endless"]),
        noted(f"survivors of {module}", len(survivors), "\n".join(survivors)),
    ]


def _told(module: str, trial: Trial) -> str:
    """Return a survivor in words: where it is, what was changed, and why no test can notice it."""
    change = trial.mutant.change
    why = EQUIVALENT[module].get(change)
    told = f"line {trial.mutant.line}, {change}"
    return told if why is None else f"{told}: {why}"


def _stale_reasons(module: str, trials: Sequence[Trial]) -> Finding:
    """Count the reasons that are given for what does not survive, or is no more."""
    survivors = {trial.mutant.change for trial in trials if trial.outcome == "survived"}
    stale = sorted(EQUIVALENT[module].keys() - survivors)
    return exactly(f"reasons without a survivor of {module}", len(stale), 0, "; ".join(stale))


ROWS = (
    Row(
        name="mutation",
        hazards=("E5",),
        shows="small faults in the signing, in the reconcile and in the state table, each alone: "
        "comparisons, conditions, constants, entries, statements and the like, held against the "
        "tests of the module; one that they do not notice survives and is listed",
        run=_mutate,
        full_s=1_800.0,
        short_s=150.0,
    ),
)
