"""Run the campaign, or a row of it: ``python -m tests.campaign --help``."""

from __future__ import annotations

import argparse
import contextlib
import sys
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from . import child
from .page import page
from .result import Result, load, save
from .row import Finding, Round, Row
from .rows import ROWS
from .runner import Runner, command

__all__ = ["main"]

_DOCS = Path(__file__).parent.parent.parent / "docs"
_SEED = 1


def main(
    argv: Sequence[str] | None = None,
    *,
    rows: Sequence[Row] = ROWS,
    runner: Runner | None = None,
) -> int:
    """Run what was asked for; return how many rows failed.

    Args:
        argv: the words after the command; None are those of the process.
        rows: the rows that there are.
        runner: runs them.
    """
    args = _parser().parse_args(argv)
    chosen = _chosen(args, rows)
    if args.list:
        print("\n".join(f"{row.name:16} {', '.join(row.hazards):12} {row.shows}" for row in rows))
        return 0
    round_ = Round(seed=args.seed, is_short=args.short)
    if args.here:
        return child.run(chosen[0], round_)
    results: list[Result] = []
    # Closed also where this is interrupted: then the processes that still run are ended.
    with contextlib.closing(_results(chosen, round_, runner or Runner())) as ended:
        for result in ended:
            results.append(result)
            _report(result, round_)
            if not (args.short or result.not_run):
                _keep(rows, result, args.out)
    failed = sum(not result.held for result in results)
    not_run = [result.row for result in results if result.not_run]
    held = f"{len(chosen) - failed - len(not_run)} of {len(chosen)} rows held"
    print(f"{held}; not run: {', '.join(not_run)}" if not_run else held)
    return failed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--short", action="store_true", help="smaller numbers, and no page")
    parser.add_argument("--row", action="append", metavar="NAME", help="run only this row")
    parser.add_argument("--skip", action="append", metavar="NAME", help="do not run this row")
    parser.add_argument("--seed", type=int, default=_SEED, help="decides the faults (%(default)s)")
    parser.add_argument("--list", action="store_true", help="name the rows")
    parser.add_argument(
        "--out", type=Path, default=_DOCS, metavar="FOLDER", help="where the page is written"
    )
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    return parser


def _chosen(args: argparse.Namespace, rows: Sequence[Row]) -> list[Row]:
    only, skip = args.row or (), args.skip or ()
    unknown = {*only, *skip} - {row.name for row in rows}
    if unknown:
        raise SystemExit(f"no such row: {', '.join(sorted(unknown))}; --list names them")
    return [row for row in rows if row.name not in skip and (not only or row.name in only)]


def _results(chosen: Sequence[Row], round_: Round, runner: Runner) -> Iterator[Result]:
    """Run rows, and yield what became of each: one after another, but for those that run beside."""
    beside = [row for row in chosen if row.is_beside]
    pool = ThreadPoolExecutor(max_workers=max(1, len(beside)), thread_name_prefix="beside")
    try:
        waiting: list[Future[Result]] = []
        for row in beside:
            print(f"{row.name}, beside the others: {command(row.name, round_)}", flush=True)
            waiting.append(pool.submit(runner.run, row, round_))
        for row in chosen:
            if row.is_beside:
                continue
            print(f"{row.name}: {command(row.name, round_)}", flush=True)
            yield runner.run(row, round_)
            ended = [future for future in waiting if future.done()]
            waiting = [future for future in waiting if future not in ended]
            yield from map(_beside, ended)
        yield from map(_beside, as_completed(waiting))
    finally:
        runner.stop()
        pool.shutdown()


def _beside(future: Future[Result]) -> Result:
    result = future.result()
    print(f"{result.row}, which ran beside the others", flush=True)
    return result


def _report(result: Result, round_: Round) -> None:
    """Print what was found; a row that failed with what repeats it."""
    for finding in result.findings:
        print(f"  {_word(finding):6} {finding.what}: {finding.value:,} {finding.bound}".rstrip())
        if finding.detail:
            print(textwrap.indent(finding.detail, " " * 9))
    if result.not_run:
        print(f"  not run: {result.not_run}")
    if not result.held:
        print(f"  FAILED {result.failure}".rstrip())
        print(f"  seed {result.seed}; repeat it: {command(result.row, round_)}")
    print(f"  {result.seconds:.1f} s", flush=True)


def _word(finding: Finding) -> str:
    return {True: "held", False: "MISSED", None: ""}[finding.held]


def _keep(rows: Sequence[Row], result: Result, folder: Path) -> None:
    """Write the page anew with this result; what is known of other rows stays."""
    path = folder / "reliability.json"
    results = {**load(path), result.row: result}
    known = {row.name for row in rows}
    results = {name: one for name, one in results.items() if name in known}
    save(path, results)
    (folder / "reliability.md").write_text(page(rows, results), encoding="utf-8")


if __name__ == "__main__":
    # The exit code has eight bits.
    sys.exit(min(main(), 100))
