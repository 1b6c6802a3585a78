"""A1: the cases of the Autobahn test suite, played by ``kosoku`` against our WebSocket links."""

from __future__ import annotations

import contextlib
import importlib.util
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import attrs

from tests.transport import test_conformance as player
from tests.transport.patience import wait_until

from ..row import Finding, NotRun, Round, Row, at_least, exactly, noted

__all__ = ["ROWS"]

_SOUND = ("OK", "INFORMATIONAL")
_CASES = 301
_TEXT_CASES = ("-i", "6.*")
_COMPRESSION = ("-x", "12.*", "-x", "13.*")
"""Not offered."""
_LARGE = ("-x", "9.*")
"""Messages of up to 16 MiB, which take most of the time."""
_PROGRAM = "import sys; from kosoku._cli import main; sys.exit(main())"


class _Trusting:
    """An incremental decoder that accepts any bytes."""

    def decode(self, _data: bytes, _final: bool = False) -> str:
        return ""

    def reset(self) -> None:
        """Forget nothing."""


@attrs.frozen
class _Report:
    behaviours: Counter[str]
    wrong_codes: list[str]
    failed: list[str]


def _play(*options: str) -> _Report:
    """Play the cases that the options of kosoku choose, and count how each went."""
    with tempfile.TemporaryDirectory() as name, _server(Path(name), options) as url:
        transport = player.EchoTransport()
        wait_until(lambda: player._answers(transport, url))
        (count,) = player.play(transport, f"{url}/getCaseCount")
        for number in range(1, int(count) + 1):
            player.play(transport, f"{url}/runCase?case={number}&agent=sixmm")
        player.play(transport, f"{url}/updateReports?agent=sixmm")
        report: dict[str, dict[str, Any]] = {}
        path = Path(name) / "index.json"
        wait_until(lambda: bool(report.update(player._read_report(path)) or report))
    return _Report(
        Counter(one["behavior"] for one in report.values()),
        [case for case, one in report.items() if one["behaviorClose"] not in _SOUND],
        [case for case, one in report.items() if one["behavior"] == "FAILED"],
    )


@contextlib.contextmanager
def _server(folder: Path, options: tuple[str, ...]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [*_program(), "-m", "fuzzingserver", *options, *_COMPRESSION, "-o", str(folder)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen([*command, address], stdout=nowhere, stderr=nowhere) as process:
        try:
            yield f"ws://{address}"
        finally:
            process.terminate()


def _program() -> list[str]:
    found = shutil.which("kosoku")
    if found is not None:
        return [found]
    if importlib.util.find_spec("kosoku") is None:
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            raise NotRun("kosoku has wheels for Linux on x86-64 only")
        raise RuntimeError("kosoku is not installed; it is on PyPI")
    return [sys.executable, "-c", _PROGRAM]


def _conform(round_: Round) -> list[Finding]:
    """Play all cases; then those about text with the checks off, which has to show."""
    found = _play(*(_LARGE if round_.is_short else ()))
    total = sum(found.behaviours.values())
    with _unchecked():
        broken = _play(*_TEXT_CASES)
    return [
        at_least("cases", total, round_.pick(full=_CASES, short=240)),
        exactly("FAILED", len(found.failed), 0, str(found.failed)),
        exactly("wrong close codes", len(found.wrong_codes), 0, str(found.wrong_codes)),
        noted("not strict", found.behaviours["NON-STRICT"]),
        at_least("FAILED with the checks of UTF-8 off", len(broken.failed), 50),
    ]


@contextlib.contextmanager
def _unchecked() -> Iterator[None]:
    """Let the reader of frames accept any text."""
    frames = "sixmm.transport.frames"
    with (
        mock.patch(f"{frames}._is_utf8", return_value=True),
        mock.patch(f"{frames}.codecs.getincrementaldecoder", return_value=_Trusting),
    ):
        yield


ROWS = (
    Row(
        name="conformance",
        hazards=("A1",),
        shows="301 cases of the Autobahn test suite for RFC 6455, by kosoku; and those about text "
        "once more with the checks of UTF-8 off, which has to fail",
        run=_conform,
        full_s=400.0,
        short_s=150.0,
    ),
)
