"""Measure how fast sixmm is, side by side with others, and write the report."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .effort import FULL, GATES_ONLY, SHORT, Effort
from .figures import FIGURES, Figure
from .gates import Verdict, judge, sender_faults
from .machine import describe
from .report import page, write
from .runner import Bench, RunFailed
from .samples import Samples
from .table import Table, number

__all__ = ["main"]

_DOCS = Path(__file__).parent.parent / "docs"
_PEERS = Path(tempfile.gettempdir()) / "sixmm-bench-peers"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, write; return 1 where a gate is missed or a figure fails."""
    args = _parser().parse_args(argv)
    if args.list:
        print("\n".join(figure.name for figure in FIGURES))
        return 0
    # So that an end from outside also ends what was started here.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    facts = describe()
    runs: list[Samples] = []
    faults: list[str] = []
    for turn in range(args.repeat):
        samples, failures = _run(args, _effort(args, turn), facts)
        _print_tables(samples, facts)
        runs.append(samples)
        faults += [*failures, *sender_faults(samples)]
    return _conclude(args, runs, facts, faults)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="under 2 minutes; fails at half gates")
    parser.add_argument("--only", action="append", metavar="FIGURE", help="measure only this")
    parser.add_argument("--skip", action="append", metavar="FIGURE", help="do not measure this")
    parser.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="measure what the gates need N times"
    )
    parser.add_argument("--list", action="store_true", help="name the figures")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write the report there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    parser.add_argument("--seed", type=int, help="makes the order of the runs")
    parser.add_argument(
        "--peers",
        type=Path,
        default=_PEERS,
        metavar="FOLDER",
        help="where the environments of the other clients are kept (default: %(default)s)",
    )
    return parser


def _effort(args: argparse.Namespace, turn: int) -> Effort:
    """Return the effort of a turn: after the first one only the gates are of interest."""
    if args.short:
        return SHORT
    return FULL if turn == 0 else GATES_ONLY


def _run(
    args: argparse.Namespace, effort: Effort, facts: dict[str, str]
) -> tuple[Samples, list[str]]:
    """Return what was measured, and what could not be; one failure does not end the others."""
    samples: Samples = {}
    failures: list[str] = []
    with Bench(
        seed=args.seed,
        say=lambda text: print(f"  {text}", file=sys.stderr, flush=True),
        peers_folder=args.peers,
        facts=facts,
    ) as bench:
        for figure in _chosen(args, effort):
            try:
                samples.update(figure.measure(bench, effort))
            except RunFailed as exc:
                failures.append(f"{figure.name} was not measured: {exc}")
    return samples, failures


def _chosen(args: argparse.Namespace, effort: Effort) -> list[Figure]:
    """Return the figures to measure; leaves the program where a name is unknown."""
    only, skip = args.only or (), args.skip or ()
    unknown = {*only, *skip} - {figure.name for figure in FIGURES}
    if unknown:
        raise SystemExit(f"benchmarks: no such figure: {', '.join(sorted(unknown))}")
    return [
        figure
        for figure in FIGURES
        if figure.name not in skip and (figure.name in only if only else figure.belongs_to(effort))
    ]


def _tables(samples: Samples, facts: dict[str, str]) -> list[Table]:
    return [table for figure in FIGURES for table in figure.tables(samples, facts)]


def _print_tables(samples: Samples, facts: dict[str, str]) -> None:
    for table in _tables(samples, facts):
        print(f"\n{table.title}\n{_text(table)}")
        for note in table.notes:
            print(f"  {note}")


def _text(table: Table) -> str:
    """Return a table for the eye, in columns."""
    lines = (table.head, *table.rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _conclude(
    args: argparse.Namespace, runs: list[Samples], facts: dict[str, str], faults: list[str]
) -> int:
    """Tell the verdicts, write what is to be written, and return the exit code."""
    verdicts = [judge(samples) for samples in runs]
    print("\nGates")
    for place in range(len(verdicts[0])):
        print(_verdict_line([run[place] for run in verdicts]))
    for fault in faults:
        print(f"FAULT {fault}")
    if args.json:
        record = {"facts": facts, "runs": runs}
        args.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    folder = _folder(args)
    if folder is not None:
        write(folder, page(runs[0], facts, verdicts, faults), _tables(runs[0], facts))
    missed = any(_failed(verdict, short=args.short) for run in verdicts for verdict in run)
    return 1 if faults or missed else 0


def _folder(args: argparse.Namespace) -> Path | None:
    """Return where the report goes: to the documentation only where everything was measured."""
    if args.out is not None:
        return Path(args.out)
    return None if args.short or args.only or args.skip else _DOCS


def _failed(verdict: Verdict, *, short: bool) -> bool:
    """Whether a verdict makes the command fail: at the gate, or at half of it in the short form."""
    return (verdict.half_held if short else verdict.held) is False


def _verdict_line(runs: Sequence[Verdict]) -> str:
    found = [run for run in runs if run.ratio is not None]
    gate, held = runs[0].gate, sum(run.held is True for run in found)
    word = "not run" if not found else "held" if held == len(found) else "MISSED"
    values = ", ".join(number(run.ratio) for run in found) or "-"
    aims = sum(run.reached is True for run in found)
    return (
        f"{word:8} {gate.what}: {values} {gate.base_name} (gate {gate.gate:g}: {held} of "
        f"{len(found)}; aim {gate.aim:g}: {aims} of {len(found)})"
    )


if __name__ == "__main__":
    sys.exit(main())
