"""Runs the command line in this process, and gathers what it said."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from sixmm.cli import main
from sixmm.sim import Exchange

from .running import Run, Said

_VARIABLES = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "USERNAME", "PASSWORD", "REST_URL", "WS_URL")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, without the credentials and addresses of whoever runs the tests."""
    for name in _VARIABLES:
        monkeypatch.delenv(f"SIXMM_{name}", raising=False)

    def run_it(*argv: str) -> Said:
        code = main(argv)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run_it


@pytest.fixture
def at_home(run: Run, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with the key of a funded account on an embedded exchange."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return run


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


@pytest.fixture
def market(exchange: Exchange) -> Exchange:
    """The embedded exchange, from the moment on at which there is somebody to trade with."""
    probe = exchange.create_account(username="probe")

    def is_filled() -> bool:
        rows = (
            exchange.place_order(
                probe, symbol="BTCUSDT", side=side, type="MARKET", quantity="0.001"
            )
            for side in ("BUY", "SELL")
        )
        return all(row["status"] == "FILLED" for row in rows)

    assert exchange.wait_until(is_filled, timeout=30)
    return exchange
