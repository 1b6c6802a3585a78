"""The rows of the campaign that come from here: how many cases each tries, and which went wrong.

None may go wrong, and a row that tries fewer cases than it says has shown nothing. A row is also
run by ``python -m tests.hostile.rows [NAME ...] [--seed N] [--short]``.
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
from .tally import Tally

__all__ = ["ROWS", "Row", "main"]


@attrs.frozen(kw_only=True)
class Row:
    """One row."""

    hazards: tuple[str, ...]
    """The ids in the list of hazards."""
    shows: str
    """What it tries, for a reader of the page."""
    wrong: str
    """What became of a case that went wrong."""
    figure: Callable[[int], Tally]
    """Takes a seed, and returns what became of all cases."""
    least: int
    """How many cases there are at least, with any set of optional packages."""
    seconds: float
    """How long it takes at most on two cores that are busy."""
    short: Callable[[int], Tally] | None = None
    """The same with fewer cases, in at most 30 seconds; None where ``figure`` is as short."""
    short_least: int | None = None
    """How many those are at least; None where they are as many."""

    def take(self, seed: int, *, is_short: bool = False) -> tuple[Tally, int]:
        """Try all cases; return what became of them, and how many there had to be."""
        if not is_short or self.short is None:
            return self.figure(seed), self.least
        return self.short(seed), self.least if self.short_least is None else self.short_least


ROWS: Mapping[str, Row] = {
    "json": Row(
        hazards=("E1",),
        shows="JSON texts of our own, sound, broken and in between, under each engine",
        wrong="judged wrongly",
        figure=json_texts.figure,
        least=11_000,
        seconds=60,
    ),
    "bombs": Row(
        hazards=("E1", "F9"),
        shows="messages that are small to send and might be large to read, at two sizes",
        wrong="took more time or memory than their share",
        figure=bombs.figure,
        least=2 * len(bombs.BOMBS),
        seconds=240,
        short=bombs.short_figure,
    ),
    "types": Row(
        hazards=("E2",),
        shows="each field of each schema with twelve values of a wrong type",
        wrong="not refused with the path of the field",
        figure=wrong_types.figure,
        least=7_000,
        seconds=60,
    ),
    "decimals": Row(
        hazards=("E3",),
        shows="texts that pass for a decimal somewhere, at each way in and out",
        wrong="taken, or worked on for over 250 ms",
        figure=decimals.figure,
        least=2_400,
        seconds=60,
    ),
    "fuzz": Row(
        hazards=("E4",),
        shows="inputs of nine places that read bytes, changed at random",
        wrong="ended in anything but an error of sixmm, or took over 50 ms per KiB",
        figure=fuzz.figure,
        least=90_000,
        seconds=300,
        short=fuzz.short_figure,
        short_least=4_500,
    ),
    "secrets": Row(
        hazards=("F1", "F2"),
        shows="each public call and stream under each fault: errors with their frames, the log, "
        "all live objects, the record and the checkpoint",
        wrong="showed a secret",
        figure=secrets_shown.figure,
        least=3_000,
        seconds=900,
        short=secrets_shown.short_figure,
        short_least=780,
    ),
    "session": Row(
        hazards=("F1", "F2"),
        shows="a session with faults from the login to the end, with its record and its checkpoint",
        wrong="moments at which a secret was seen",
        figure=live_session.figure,
        least=16,
        seconds=120,
    ),
    "redirects": Row(
        hazards=("F3",),
        shows="five statuses to three places, for GET, POST and the upgrade",
        wrong="followed, or showed a secret",
        figure=redirects.figure,
        least=len(redirects.CASES),
        seconds=60,
    ),
    "tls": Row(
        hazards=("F4", "F5"),
        shows="servers and variables that must not be trusted, for both transports",
        wrong="trusted",
        figure=tls_rows.figure,
        least=2 * len(tls_rows.CASES),
        seconds=60,
    ),
    "credentials": Row(
        hazards=("F8",),
        shows="credentials files that somebody else could have read, replaced or made up",
        wrong="judged wrongly",
        figure=credentials_files.figure,
        least=len(credentials_files.BAD) + len(credentials_files.GOOD) + 2,
        seconds=60,
    ),
}
"""Every row by its name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rows that are named, or all, and return how many of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.rows", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(ROWS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    told = parser.parse_args(arguments)
    unknown = set(told.names) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    logging.getLogger("sixmm").addHandler(logging.NullHandler())
    return sum([_fails(name, told.seed, is_short=told.short) for name in told.names or ROWS])


def _fails(name: str, seed: int, *, is_short: bool) -> bool:
    """Run a row and print what became of it; return whether it failed."""
    started = time.monotonic()
    tally, least = ROWS[name].take(seed, is_short=is_short)
    seconds = time.monotonic() - started
    counts = f"{len(tally.wrong)} of {tally.cases} {ROWS[name].wrong} (at least {least} cases)"
    print(f"{name}: {counts}, seed {seed}, {seconds:.1f} s", flush=True)
    for fault in tally.wrong:
        print(f"  {fault}")
    return bool(tally.wrong) or tally.cases < least


if __name__ == "__main__":
    sys.exit(main())
