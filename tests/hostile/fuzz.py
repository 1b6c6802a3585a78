"""``python -m tests.hostile.fuzz TARGET --seconds N --seed S``: only errors of sixmm may come out.

With ``atheris`` installed the fuzzer is guided by what the input reaches; else sound texts are
changed at random. A finding is printed with its bytes in Base64, its seed, and the command.
"""

from __future__ import annotations

import argparse
import base64
import importlib.util
import logging
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FunctionType

import attrs

from sixmm.errors import SixmmError

from .mutating import MOST_BYTES, mutations
from .tally import Tally
from .targets import TARGETS, Target

__all__ = ["Finding", "figure", "fuzz", "main", "short_figure", "try_one"]

_SECONDS_PER_KIB = 0.05
_LOOKS = 3
"""How often an input is tried that took long: a collection of garbage may have fallen into it."""
_RUNS = 10_000
_SHORT_RUNS = 500
_MOST_FINDINGS = 10


@attrs.frozen
class Finding:
    """An input that something else came out of."""

    data: bytes
    fault: str
    is_slow: bool = False
    """Whether it did come to an end, but took long."""

    @property
    def sort(self) -> str:
        """``SLOW`` or ``WRONG``, which begins the line that tells it."""
        return "SLOW" if self.is_slow else "WRONG"

    def __str__(self) -> str:
        return f"{self.fault}\n  input: {base64.b64encode(self.data).decode()}"


def try_one(target: Target, data: bytes) -> Finding | None:
    """Give one input to a target; it may take 50 ms for each KiB that it has begun."""
    most = _SECONDS_PER_KIB * (1 + len(data) // 1_024)
    seconds = 0.0
    for _ in range(_LOOKS):
        started = time.thread_time()
        try:
            target.run(data)
        except SixmmError:
            pass
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            return Finding(data, f"{type(error).__name__}: {error!s:.300} ({where.name})")
        seconds = time.thread_time() - started
        if seconds <= most:
            return None
    return Finding(data, f"took {seconds:.2f} s for {len(data)} bytes", is_slow=True)


def fuzz(
    name: str, *, seed: int, runs: int | None = None, seconds: float | None = None
) -> tuple[int, list[Finding]]:
    """Change sound inputs at random; return how many there were, and what was found.

    Args:
        name: of the target.
        seed: repeats the same inputs.
        runs: the most inputs, or None.
        seconds: how long at most, or None.
    """
    target = TARGETS[name]
    until = None if seconds is None else time.monotonic() + seconds
    findings: list[Finding] = []
    count = 0
    for data in mutations(target.corpus(), target.tokens, seed=seed):
        if (runs is not None and count >= runs) or len(findings) >= _MOST_FINDINGS:
            break
        if until is not None and time.monotonic() >= until:
            break
        count += 1
        finding = try_one(target, data)
        if finding is not None:
            findings.append(finding)
    return count, findings


def figure(seed: int) -> Tally:
    """Return which inputs something else came out of; out of none may it (E4)."""
    return _all_targets(seed, _RUNS)


def short_figure(seed: int) -> Tally:
    """Return the same for fewer inputs."""
    return _all_targets(seed, _SHORT_RUNS)


def _all_targets(seed: int, runs: int) -> Tally:
    tally = Tally(f"fuzzed inputs, seed {seed}")
    for name in TARGETS:
        count, findings = fuzz(name, seed=seed, runs=runs)
        tally.cases += count
        tally.wrong += [f"{name}: {finding}" for finding in findings]
    return tally


def _guided(name: str, *, seed: int, runs: int | None, seconds: float | None) -> int:
    """Hand over to atheris, which ends the process."""
    import atheris  # type: ignore[import-untyped, unused-ignore]

    target = TARGETS[name]
    folder = Path(tempfile.mkdtemp(prefix="sixmm-fuzz-"))
    for number, data in enumerate(target.corpus()):
        (folder / str(number)).write_bytes(data)
    words = folder.parent / f"{folder.name}.dict"
    lines = ('"' + "".join(f"\\x{byte:02x}" for byte in token) + '"' for token in target.tokens)
    words.write_text("\n".join(lines) + "\n")

    def one_input(data: bytes) -> None:
        finding = try_one(target, data)
        if finding is not None:
            print(f"{finding.sort}: {finding}\n  seed: {seed}", file=sys.stderr, flush=True)
            raise AssertionError(finding.fault)

    options = [f"-seed={seed}", f"-max_len={MOST_BYTES}", f"-dict={words}", "-timeout=30"]
    options += [f"-max_total_time={int(seconds)}"] if seconds else []
    options += [f"-runs={runs}"] if runs else []
    # Crashing inputs go where the corpus is, and not into the folder that this was called in.
    options += [f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    for function in _functions():
        atheris.instrument_func(function)
    atheris.Setup([sys.argv[0], *options, str(folder)], one_input)
    atheris.Fuzz()
    return 0


def _functions() -> Iterator[FunctionType]:
    """Yield every function and method of sixmm that is loaded, but not those of the exchange."""
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("sixmm.") or name.startswith("sixmm.sim"):
            continue
        owners = [module, *(c for c in vars(module).values() if isinstance(c, type))]
        for owner in owners:
            for thing in vars(owner).values():
                if isinstance(thing, FunctionType) and thing.__module__ == name:
                    yield thing


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz one target and return the exit code: 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--runs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("auto", "atheris", "bytes"), default="auto")
    told = parser.parse_args(arguments)
    if told.seconds is None and told.runs is None:
        told.seconds = 60.0
    is_there = importlib.util.find_spec("atheris") is not None
    if told.engine == "atheris" or (told.engine == "auto" and is_there):
        return _guided(told.target, seed=told.seed, runs=told.runs, seconds=told.seconds)
    count, findings = fuzz(told.target, seed=told.seed, runs=told.runs, seconds=told.seconds)
    print(f"{told.target}: {len(findings)} of {count} inputs, seed {told.seed}")
    for finding in findings:
        print(finding)
    if findings:
        print(f"repeat: python -m tests.hostile.fuzz {told.target} --engine bytes", end=" ")
        print(f"--seed {told.seed} --runs {count}")
    return 1 if findings else 0


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.exit(main())
