"""Every program under ``examples`` runs, as a program, against an embedded exchange."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

# What each program is given, and what its output must contain.
RUNS: dict[str, tuple[list[str], str]] = {
    "stream_orders.py": (["8"], "Connected"),
    "order_book_top.py": (["20"], " | "),
    "account_mirror.py": ([], "uncertain: nothing"),
    "listen_with_token.py": ([], "Connected("),
    "offline_test_with_exchange.py": ([], "nothing was missed"),
    "market_maker.py": (["--seconds", "6"], "the exchange says"),
    "offline_test_in_memory.py": ([], "the trade was seen"),
    "kucoin_unified.py": ([], "logged in 2 times"),
    "tiny_venue.py": ([], "{'Oslo': '-3.5', 'Rome': '17.25'}"),
}


def run(
    program: str, arguments: list[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run an example as a user does, with warnings as errors."""
    return subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / program), *arguments],
        env={**os.environ, **environment, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_every_example_is_run() -> None:
    """No example is left out of this module, and none is missing."""
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(RUNS)


def test_every_example_is_listed() -> None:
    """The page of the examples names each of them."""
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    assert all(f"`{name}`" in page for name in RUNS)


@pytest.mark.parametrize("program", sorted(RUNS))
def test_example_runs(program: str, live_environment: dict[str, str]) -> None:
    """The program ends by itself, says what it should, and complains about nothing."""
    arguments, expected = RUNS[program]
    login = {"SIXMM_USERNAME": "demo", "SIXMM_PASSWORD": "demo-password"}
    result = run(program, arguments, {**live_environment, **login})

    complaints = [word for word in ("Traceback", "Warning", "ignored") if word in result.stderr]
    assert (result.returncode, complaints) == (0, []), result.stderr
    assert expected in result.stdout
