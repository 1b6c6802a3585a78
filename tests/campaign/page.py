"""Writes ``docs/reliability.md`` from results; the text is pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .result import Result
from .row import Finding, Round, Row
from .runner import command

__all__ = ["page"]

_HEAD = """\
# Reliability

```{note}
`python -m tests.campaign` writes this page. A row can be repeated alone by the command under it.
Its seed decides the faults and their moments, though not how the threads of a machine take turns.
```

The client is held against the [embedded exchange](embedded-exchange.md), which logs what it really
sent and did, through a proxy that breaks connections at chosen bytes, delays and cuts up what
passes, holds it, or refuses. [Delivery](delivery.md) has the words: *lost*, *duplicated*,
*disorder* and *invention* are counted by comparing what the caller got with that log.

A figure without a bound is noted, and not judged.

| row | what it does | bounds held | date |
| --- | --- | --- | --- |
"""


def page(rows: Sequence[Row], results: Mapping[str, Result]) -> str:
    """Return the whole page; a row without a result is named as not run."""
    lines = [_line(row, results.get(row.name)) for row in rows]
    parts = [_part(row, results[row.name]) for row in rows if row.name in results]
    return _HEAD + "\n".join(lines) + "\n" + "".join(parts)


def _line(row: Row, result: Result | None) -> str:
    if result is None:
        return _cells(row.name, row.shows, "not run", "")
    return _cells(f"[{row.name}](#{row.name})", row.shows, _verdict(result), result.date)


def _verdict(result: Result) -> str:
    if result.failure:
        return "**failed**"
    judged = [finding for finding in result.findings if finding.held is not None]
    held = sum(finding.held is True for finding in judged)
    text = f"{held} of {len(judged)}"
    return text if held == len(judged) else f"**{text}**"


def _part(row: Row, result: Result) -> str:
    """Return the section of a row: its figures, its command and its circumstances."""
    faults, seconds = ", ".join(row.hazards), f"{result.seconds:,.0f} s"
    about = f"Faults {faults}. {result.date}, {seconds}, {result.machine}."
    lines = [_figure(finding) for finding in result.findings]
    table = "\n".join(["| figure | value | bound |", "| --- | ---: | --- |", *lines])
    body = f"**Failed:** {result.failure}" if result.failure else table + _lists(result.findings)
    repeat = command(row.name, Round(seed=result.seed))
    return f"\n## {row.name}\n\n{about}\n\n{body}\n\n```shell\n{repeat}\n```\n"


def _lists(findings: Sequence[Finding]) -> str:
    """Return what the figures that are only noted have counted, a line each."""
    counted = [one for one in findings if one.held is None and one.detail]
    return "".join(
        f"\n\n{one.what.capitalize()}:\n\n- " + "\n- ".join(one.detail.splitlines())
        for one in counted
    )


def _figure(finding: Finding) -> str:
    value = f"{finding.value:,}"
    return _cells(finding.what, f"**{value}**" if finding.held is False else value, finding.bound)


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
