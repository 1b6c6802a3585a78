"""E and F: texts, types, servers and files that mean harm, and what is seen of secrets afterwards.

The rows are those of :mod:`tests.hostile.rows`, each under its name there.
"""

from __future__ import annotations

import functools
import logging

from tests.hostile.rows import ROWS as HOSTILE
from tests.hostile.rows import Row as Hostile

from ..row import Finding, Round, Row, at_least, exactly

__all__ = ["ROWS"]

_SHOWN = 5


def _run(hostile: Hostile, round_: Round) -> list[Finding]:
    """Try every case; one that went wrong is told with its name."""
    logging.getLogger("sixmm").addHandler(logging.NullHandler())
    tally, least = hostile.take(round_.seed, is_short=round_.is_short)
    words = " / ".join(tally.wrong[:_SHOWN])
    return [
        at_least("cases", tally.cases, least),
        exactly(hostile.wrong, len(tally.wrong), 0, words),
    ]


def _row(name: str, hostile: Hostile) -> Row:
    return Row(
        name=f"hostile-{name}",
        hazards=hostile.hazards,
        shows=hostile.shows,
        run=functools.partial(_run, hostile),
        full_s=2 * hostile.seconds,
        # The longest takes half a minute; beside much other work it is a few times that.
        short_s=150.0,
    )


ROWS = tuple(_row(name, hostile) for name, hostile in HOSTILE.items())
