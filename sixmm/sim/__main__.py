"""Run the embedded exchange as a process: ``python -m sixmm.sim``."""

from __future__ import annotations

import sys

from .command import main

__all__: list[str] = []

sys.exit(main())
