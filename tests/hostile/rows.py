"""The rows of the campaign that come from here: each a figure and the most that it may be.

A figure is how many cases went wrong, so its bound is 0. How many cases there were is told by the
test of the same name, and by ``python -m tests.hostile.rows [NAME ...] [--seed N] [--short]``.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import attrs

from . import (
    bombs,
    credentials_files,
    decimals,
    fuzz,
    json_texts,
    live_session,
    redirects,
    secrets_shown,
    tls_rows,
    wrong_types,
)

__all__ = ["ROWS", "Row", "main"]


@attrs.frozen
class Row:
    """One row."""

    hazards: tuple[str, ...]
    """The ids in the list of hazards."""
    shows: str
    """What it shows, for a reader of the page."""
    figure: Callable[[int], tuple[float, float]]
    """Takes a seed, and returns the figure and the most that it may be."""
    seconds: float
    """How long it takes at most on two cores that are busy."""
    short: Callable[[int], tuple[float, float]] | None = None
    """The same with fewer cases, in at most 30 seconds; None where ``figure`` is as short."""


ROWS: Mapping[str, Row] = {
    "json": Row(
        ("E1",), "JSON texts of our own, under each engine: judged wrongly", json_texts.figure, 60
    ),
    "bombs": Row(
        ("E1", "F9"),
        "messages whose reading takes more than its share",
        bombs.figure,
        240,
        bombs.short_figure,
    ),
    "types": Row(
        ("E2",),
        "fields with a wrong type that are not refused with their path",
        wrong_types.figure,
        60,
    ),
    "decimals": Row(
        ("E3",), "hostile decimals that pass, or take over 250 ms", decimals.figure, 60
    ),
    "fuzz": Row(
        ("E4",),
        "fuzzed inputs that end in anything but an error of sixmm",
        fuzz.figure,
        300,
        fuzz.short_figure,
    ),
    "secrets": Row(
        ("F1", "F2"),
        "calls and streams under a fault after which a secret is seen",
        secrets_shown.figure,
        900,
        secrets_shown.short_figure,
    ),
    "session": Row(
        ("F1", "F2"), "moments of a session at which a secret is seen", live_session.figure, 120
    ),
    "redirects": Row(
        ("F3",), "redirects that are followed, or that show a secret", redirects.figure, 60
    ),
    "tls": Row(
        ("F4", "F5"), "servers and variables that are trusted and must not be", tls_rows.figure, 60
    ),
    "credentials": Row(
        ("F8",), "credentials files that are judged wrongly", credentials_files.figure, 60
    ),
}
"""Every row by its name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows that are named, or all, and return how many are above their bound."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.rows", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    told = parser.parse_args(arguments)
    unknown = set(told.names) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    logging.getLogger("sixmm").addHandler(logging.NullHandler())
    failed = 0
    for name in told.names or ROWS:
        started = time.monotonic()
        row = ROWS[name]
        value, bound = ((told.short and row.short) or row.figure)(told.seed)
        seconds = time.monotonic() - started
        print(
            f"{name}: {value:g} (at most {bound:g}), seed {told.seed}, {seconds:.1f} s", flush=True
        )
        failed += value > bound
    return failed


if __name__ == "__main__":
    sys.exit(main())
