"""What a run of the command line in this process leaves behind, and a stdout that is full."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import attrs

__all__ = ["FullDisk", "Run", "Said"]


def _no_float(text: str) -> None:
    raise AssertionError(f"{text} is a float to whoever reads it")


@attrs.frozen
class Said:
    """What a run of the command line has left behind."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON lines of stdout; a number with a fraction is an error wherever it is."""
        return [json.loads(line, parse_float=_no_float) for line in self.out.splitlines()]

    @property
    def records(self) -> list[list[str]]:
        """The CSV records of stdout, with the titles."""
        return list(csv.reader(io.StringIO(self.out, newline=""), strict=True))

    @property
    def line(self) -> str:
        """What stderr says, which has to be a single printable line."""
        assert self.err.startswith("sixmm: ")
        assert self.err.count("\n") == 1
        assert self.err.rstrip("\n").isprintable()
        return self.err.removeprefix("sixmm: ").rstrip("\n")


Run = Callable[..., Said]


class FullDisk(io.StringIO):
    """A stdout that takes nothing any more."""

    def write(self, _text: str) -> int:
        """Fail as a full disk does."""
        raise OSError(28, "No space left on device")
