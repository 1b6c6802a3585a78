"""Writes ``docs/performance.md`` and its plots from the samples of a run; the text is pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .figures import FIGURES
from .gates import Verdict, judge
from .plots import draw
from .samples import Samples, median
from .table import Table, number, ratio

__all__ = ["page", "write"]

_PLOTS = "performance"
_HEAD = """\
# Performance

```{note}
`python -m benchmarks` writes this page and its plots. Nothing here is a promise about a machine:
what counts is the ratio of two figures of the same run.
```

## How it is measured

Every candidate runs in a process of its own, against a sender in another process, all on one
machine over 127.0.0.1. Those of a table are run in turn, in a new random order in every
repetition; a figure is the median of the repetitions, with the least and the greatest behind it.

- **limit** is what one thread can do: read 64 KiB at once, split, and parse with `orjson` into
  plain dictionaries. It hands nothing to another thread, makes no types and no exact numbers, and
  checks nothing that a client has to check. Over TLS it is the faster of `SSLSocket` and memory
  buffers.
- **naive** is what one writes in an afternoon: `websocket-client`, `json`, `cattrs.Converter()`
  into classes with the same fields, and a `queue.Queue` to the caller. **naive with wsaccel** has
  websocket-client's C accelerator installed.
- **sixmm** is this client, with and without the extra `fast`, with `deliver="events"` (no mirror)
  and with `deliver="all"` (dedupe and the account mirror). It checks every frame and every field.
- **The sender** sends distinct messages that were made and encrypted before "go". The clock runs
  from "go" to the last message in the caller's hands. The processor time is that of the whole
  process.
"""
_REPEAT = """\
## How to repeat it

```console
$ tox run -e bench                                 # everything; rewrites this page
$ tox run -e bench -- --repeat 5                   # the gates five times
$ tox run -e bench -- --only throughput            # one figure, printed; --list names them
$ tox run -e bench -- --short                      # under two minutes; fails at half of a gate
```

Two cores and nothing else running are assumed. `--json FILE` keeps every sample, `--out FOLDER`
writes the page elsewhere, and the environments of the other clients are kept where `--peers` says.
"""
_DELIVERED = {
    "text": "text, which the user has to decode",
    "dict": "a dictionary without types",
    "model": "a typed object",
}
_AGAINST_LIMIT = (
    ("orders", "throughput/order/plain/{}/rate", False),
    ("the mix", "throughput/mix/plain/{}/rate", False),
    ("orders over TLS", "throughput/order/tls/{}/rate", False),
    ("orders while another thread spins", "spin/flood/{}/rate", False),
    ("idle latency", "latency/idle/{}/p50_us", True),
)
"""Where the two are held against each other, the samples, and whether less is better."""
_WHY_LIMIT = (
    "It stops at a dictionary of texts: it makes no `Decimal`, no enum and no object with names, "
    "does not look at what a message is for, and has no second thread that it would have to wake. "
    "Where that is enough and one thread may do everything, it is the better program."
)


def page(
    samples: Samples,
    facts: Mapping[str, str],
    runs: Sequence[Sequence[Verdict]] | None = None,
    faults: Sequence[str] = (),
) -> str:
    """Return the text of the page.

    Args:
        samples: the figures of the first run, which has the tables.
        facts: what is known beside the figures: the machine, the versions.
        runs: the verdicts of every run; None is those of ``samples`` alone.
        faults: what could not be measured, or not well.
    """
    runs = runs or [judge(samples)]
    tables = [table for figure in FIGURES for table in figure.tables(samples, facts)]
    parts = [
        _HEAD,
        _machine(facts),
        "## Gates\n\n" + _gates(runs),
        "## What went wrong\n\n" + _points(faults) if faults else "",
        "## Where others are ahead\n\n" + _ahead(samples, facts),
        *(_section(table) for table in tables),
        _REPEAT,
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts if part)


def write(folder: Path, text: str, tables: Sequence[Table]) -> None:
    """Write the page and its plots into ``folder``; plots of earlier runs are removed."""
    plots = folder / _PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    for old in plots.glob("*.svg"):
        old.unlink()
    for table in tables:
        (plots / f"{table.name}.svg").write_text(draw(table.plot), encoding="utf-8")
    (folder / "performance.md").write_text(text, encoding="utf-8")


def _machine(facts: Mapping[str, str]) -> str:
    lines = [
        f"- {name.partition('/')[2]}: {value}"
        for name, value in facts.items()
        if name.startswith("machine/")
    ]
    return "This run was made on:\n\n" + "\n".join(lines) if lines else ""


def _gates(runs: Sequence[Sequence[Verdict]]) -> str:
    head = ("what", "ratio", "gate", "aim", "gate held", "aim reached")
    rows = [_gate_row([run[place] for run in runs]) for place in range(len(runs[0]))]
    return _markdown(head, rows)


def _gate_row(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    gate = verdicts[0].gate
    found = [verdict for verdict in verdicts if verdict.ratio is not None]
    values = " ".join(number(verdict.ratio) for verdict in found)
    sign = "at most" if gate.is_most else "at least"
    return (
        f"{gate.what}: {gate.base_name}",
        values or "not run",
        f"{sign} {gate.gate:g}",
        f"{gate.aim:g}",
        _told([verdict.held is True for verdict in found]),
        _told([verdict.reached is True for verdict in found]),
    )


def _told(answers: Sequence[bool]) -> str:
    if not answers:
        return "-"
    if len(answers) == 1:
        return "yes" if answers[0] else "**no**"
    return f"{sum(answers)} of {len(answers)}"


def _ahead(samples: Samples, facts: Mapping[str, str]) -> str:
    """Say plainly who is faster than the project, and why."""
    points = [*_limit_ahead(samples), *_peers_ahead(samples, facts)]
    return _points(points or ["Nothing of this run says so."])


def _points(points: Sequence[str]) -> str:
    return "\n".join(f"- {point}" for point in points)


def _limit_ahead(samples: Samples) -> list[str]:
    """Say where the limit is ahead: by how many times, in which tables."""
    found = []
    for text, figure, is_cost in _AGAINST_LIMIT:
        ours = median(samples, figure.format("sixmm-events-fast"))
        limit = median(samples, figure.format("limit"))
        if ours and limit and (ours > limit) == is_cost:
            found.append(f"{text} ({ratio(max(ours, limit), min(ours, limit))} times)")
    return [f"The limit is ahead of sixmm in {', '.join(found)}. {_WHY_LIMIT}"] if found else []


def _peers_ahead(samples: Samples, facts: Mapping[str, str]) -> list[str]:
    """Say which other client hands over more messages per second, and what it hands over."""
    ours = median(samples, "peers/sixmm/rate")
    points = []
    for name, delivers in facts.items():
        peer = name.removeprefix("peers/").removesuffix("/delivers")
        rate = median(samples, f"peers/{peer}/rate")
        is_other = name == f"peers/{peer}/delivers" and peer != "drain" and "sixmm" not in peer
        if is_other and ours and rate and rate > ours:
            points.append(
                f"{peer} hands over {ratio(rate, ours)} times as many messages per second. What "
                f"it hands over is {_DELIVERED.get(delivers, delivers)}."
            )
    return points


def _section(table: Table) -> str:
    lines = [f"## {table.title}", "", table.intro, "", _markdown(table.head, table.rows), ""]
    for note in table.notes:
        lines += [note, ""]
    lines.append(f"![{table.title}]({_PLOTS}/{table.name}.svg)")
    return "\n".join(lines)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose columns of figures are set to the right."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(head)
    rules = ["---" if any(map(_is_text, column)) else "---:" for column in columns]
    return "\n".join([_row(head), _row(rules), *map(_row, rows)])


def _is_text(cell: str) -> bool:
    return cell[:1].isalpha() or cell[:1] == "`"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
