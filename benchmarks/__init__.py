"""The benchmark of sixmm: side by side with the bare machine, a plain client and other clients.

``python -m benchmarks`` measures everything and rewrites ``docs/performance.md`` with its plots;
``python -m benchmarks --short`` takes less than two minutes and fails where a ratio misses half of
its gate. All traffic stays on 127.0.0.1, between the candidate and a sender in another process.

What is compared in a table is measured in one run, each candidate in a process of its own, in a new
random order in every repetition. The figures are medians, and only their ratios mean anything.
"""

from __future__ import annotations

__all__: list[str] = []
