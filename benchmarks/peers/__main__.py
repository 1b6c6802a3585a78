"""The figure of the peers alone: ``python -m benchmarks.peers WORK_FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .figure import headroom, measure, missing_gate, times

__all__ = ["main"]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=main.__doc__)
    parser.add_argument("work_folder", type=Path, help="where the environments are kept")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME")
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    results = measure(
        arguments.work_folder,
        arguments.repetitions,
        arguments.messages,
        only=arguments.only,
        seed=arguments.seed,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    ratios = times(results)
    print(f"{'client':46} {'gives':6} {'messages/s':>10} {'CPU us':>7} {'missed':>6} {'x':>6}")
    for each in results:
        reason = f"  {'; '.join(each.failures)}" if each.failures else ""
        ratio = f"{ratios[each.name]:6.1f}" if each.name in ratios else " " * 6
        print(
            f"{each.name:46} {each.delivers:6} {each.rate or 0:10,.0f} {each.cpu_us or 0:7.2f}"
            f" {each.missed:6} {ratio}{reason}"
        )
    if (spare := headroom(results)) is not None:
        print(f"the server can send {spare:.1f} times as fast as the fastest client takes")
    for name, times_faster in missing_gate(results).items():
        print(f"below the gate: {name}, {times_faster:.1f} times")


if __name__ == "__main__":
    main()
