"""Run one task and print its figures; see :mod:`benchmarks.stacks`."""

from __future__ import annotations

import importlib
import json
import sys

from benchmarks.plan import Task
from benchmarks.stacks import STACKS


def main() -> None:
    """Hide what the candidate has to do without, then run it."""
    task = Task.from_json(sys.argv[1])
    stack = STACKS[task.stack]
    for package in stack.hidden:
        # An import of it fails from now on, as if it were not installed.
        sys.modules[package] = None  # type: ignore[assignment]
    module = importlib.import_module(f"benchmarks.stacks.{stack.module}")
    program = getattr(module, task.program)
    print(json.dumps(program(task, **stack.options)), flush=True)


if __name__ == "__main__":
    main()
