"""On what a run was made; nothing that names a machine or a person."""

from __future__ import annotations

import os
import platform

__all__ = ["describe"]


def describe() -> str:
    """Return processors, interpreter and system in a few words."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores, {python}, {platform.system()} {platform.machine()}"
