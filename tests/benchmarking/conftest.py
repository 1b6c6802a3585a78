"""Finds ``benchmarks``, which is a part of the repository and not of the wheel."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent.parent

if (_ROOT / "benchmarks").is_dir():
    # At the end: `sixmm` is to come from where it is installed, not from the checkout.
    if str(_ROOT) not in sys.path:
        sys.path.append(str(_ROOT))
else:
    collect_ignore_glob = ["test_*.py"]
