"""On what a run was made: processor, interpreter and libraries; nothing that names a machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path

__all__ = ["describe"]

_LIBRARIES = (
    "sixmm",
    "msgspec",
    "attrs",
    "cattrs",
    "orjson",
    "requests",
    "websocket-client",
    "wsaccel",
)


def describe() -> dict[str, str]:
    """Return what there is to say, by its name in the report."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {
        "machine/processor": f"{os.cpu_count()} x {_processor()}",
        "machine/system": f"{platform.system()} {platform.machine()}",
        "machine/Python": python,
        "machine/libraries": ", ".join(filter(None, map(_version, _LIBRARIES))),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def _version(library: str) -> str:
    try:
        return f"{library} {importlib.metadata.version(library)}"
    except importlib.metadata.PackageNotFoundError:
        if library != "sixmm":
            return ""
    import sixmm

    return f"sixmm {sixmm.__version__}"
