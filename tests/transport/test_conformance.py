"""The conformance cases of the Autobahn test suite, played by ``kosoku`` where it is installed."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sixmm.clock import Deadline
from sixmm.errors import ConnectFailed, ConnectionClosed, ProtocolViolation
from sixmm.transport import WebSocketClientTransport
from sixmm.transport.frames import TEXT, FrameReader
from sixmm.transport.link import StreamLink
from sixmm.transport.streams import Stream
from tests.transport.patience import soon, wait_until

pytestmark = pytest.mark.slow

# Text that is not UTF-8 and comes in one frame is refused when the frame is complete, not before.
NOT_AT_ONCE = {"6.4.3", "6.4.4"}


class KindReader(FrameReader):
    """A reader that also notes which kind each message is, for the echo."""

    def __init__(self, **limits: int) -> None:
        super().__init__(**limits)
        self.kinds: list[int] = []

    def _take_whole_texts(self, data: bytes, position: int, messages: list[bytes]) -> int:
        before = len(messages)
        position = super()._take_whole_texts(data, position, messages)
        self.kinds += [TEXT] * (len(messages) - before)
        return position

    def _take(self, first: int, payload: bytes, messages: list[bytes]) -> None:
        before = len(messages)
        kind = self._opcode or first & 0x0F
        super()._take(first, payload, messages)
        self.kinds += [kind] * (len(messages) - before)


class EchoTransport(WebSocketClientTransport):
    """Makes links that can echo."""

    def _link(self, stream: Stream, received: bytes) -> StreamLink:
        limit = 16 * 1024 * 1024
        self.reader = KindReader(
            max_frame_bytes=limit, max_message_bytes=limit, max_fragments=131_072
        )
        return StreamLink(stream, reader=self.reader, received=received)


@pytest.fixture
def fuzzing_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of the server that plays the cases, and the folder for its report."""
    beside_python = Path(sys.executable).with_name("kosoku")
    program = shutil.which("kosoku") or (str(beside_python) if beside_python.exists() else None)
    if program is None:
        pytest.skip("kosoku is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    # Cases 12 and 13 are about compression, which is not offered.
    options = ["-m", "fuzzingserver", "-x", "12.*", "-x", "13.*", "-o", str(tmp_path), address]
    with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL) as process:
        try:
            yield f"ws://{address}", tmp_path
        finally:
            process.terminate()


def play(transport: EchoTransport, url: str) -> list[bytes]:
    """Echo what comes until the server ends the link; return the messages."""
    link = transport.dial(url, deadline=soon())
    messages: list[bytes] = []
    try:
        while True:
            for message in link.receive(deadline=Deadline(30.0)):
                messages.append(message)
                link._send([(transport.reader.kinds.pop(0), message)], Deadline(30.0))
    except (ConnectionClosed, ProtocolViolation):
        return messages
    finally:
        link.close(deadline=soon())
        link.abort()


def test_conformance(fuzzing_server: tuple[str, Path]) -> None:
    """No case fails, every close code is right, and the cases that are not strict are known."""
    url, folder = fuzzing_server
    transport = EchoTransport()
    wait_until(lambda: _answers(transport, url))

    (count,) = play(transport, f"{url}/getCaseCount")
    for number in range(1, int(count) + 1):
        play(transport, f"{url}/runCase?case={number}&agent=sixmm")
    play(transport, f"{url}/updateReports?agent=sixmm")
    results: dict[str, dict[str, Any]] = {}
    wait_until(lambda: bool(results.update(_read_report(folder / "index.json")) or results))

    behaviours = {case: result["behavior"] for case, result in results.items()}
    closes = {case: result["behaviorClose"] for case, result in results.items()}
    assert len(results) == int(count) > 300
    assert {
        case for case, b in behaviours.items() if b not in ("OK", "INFORMATIONAL")
    } <= NOT_AT_ONCE
    assert {case for case, b in closes.items() if b not in ("OK", "INFORMATIONAL")} == set()


def _read_report(path: Path) -> dict[str, dict[str, Any]]:
    """Return the results by case, or none while the report is being written."""
    try:
        report: dict[str, dict[str, dict[str, Any]]] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return report["sixmm"]


def _answers(transport: EchoTransport, url: str) -> bool:
    try:
        transport.dial(f"{url}/getCaseCount", deadline=soon()).abort()
    except ConnectFailed:
        return False
    return True
