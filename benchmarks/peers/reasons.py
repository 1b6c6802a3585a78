"""Why something did not run, in one line that can be printed anywhere."""

from __future__ import annotations

import re

__all__ = ["last_line"]

_LIMIT = 160
_ADDRESS = re.compile(r"\b(?:https?|file)://\S+")
_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[\w.@+-]+[/\\])+")


def last_line(text: str) -> str:
    """Return the last line of ``text`` that says something, without addresses and folders.

    A report must not tell where it was made. A text without any such line gives "no reason given".
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "no reason given"
    line = _PATH.sub("", _ADDRESS.sub("(address)", lines[-1]))
    return line if len(line) <= _LIMIT else line[: _LIMIT - 3] + "..."
