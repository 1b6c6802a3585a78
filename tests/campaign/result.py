"""What became of a run, as a value that is kept between runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from .row import Finding

__all__ = ["Result", "load", "save"]


@attrs.frozen(kw_only=True)
class Result:
    """One run of a row, with its circumstances."""

    row: str
    seed: int
    findings: tuple[Finding, ...] = ()
    failure: str = ""
    """Why there are no findings: it hung, or it raised."""
    not_run: str = ""
    """Why it was not run at all, which is no failure."""
    seconds: float = 0.0
    date: str = ""
    machine: str = ""

    @property
    def held(self) -> bool:
        """Whether it came to an end and every bound was held."""
        return not self.failure and all(finding.held is not False for finding in self.findings)


def save(path: Path, results: Mapping[str, Result]) -> None:
    """Write results, by the name of their row."""
    plain = [attrs.asdict(results[name]) for name in sorted(results)]
    path.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> dict[str, Result]:
    """Return what was written; nothing where there is no file."""
    if not path.exists():
        return {}
    return {one["row"]: _result(one) for one in json.loads(path.read_text(encoding="utf-8"))}


def _result(plain: dict[str, Any]) -> Result:
    findings = tuple(Finding(**finding) for finding in plain.pop("findings"))
    return Result(**plain, findings=findings)
