"""What all tests share: Hypothesis settings, the project's folder, and an embedded exchange."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from sixmm.sim import Account, Exchange

# No deadline: how long an example takes says something about the machine, not about the code.
# In CI the examples are the same at every run, so that a change is judged by what it changed.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "default")
)


SECONDS_BETWEEN_TRADES = 0.05


def trade(exchange: Exchange, account: Account, stop: threading.Event) -> None:
    """Buy and sell on an account until told to stop."""
    while not stop.wait(SECONDS_BETWEEN_TRADES):
        for side in ("BUY", "SELL"):
            exchange.place_order(
                account, symbol="BTCUSDT", side=side, type="MARKET", quantity="0.001"
            )


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c() -> None:
    """Ctrl-C works, also where the tests are a job in the background of a shell."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds README.md, docs and examples."""
    return Path(__file__).parent.parent


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """An embedded exchange on loopback that nobody else uses."""
    pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")
    from sixmm.sim import Exchange

    with Exchange(seed=7) as running:
        yield running


@pytest.fixture
def account(exchange: Exchange) -> Account:
    """A funded account on that exchange."""
    return exchange.create_account(username="demo", password="demo-password", balance="10000")


@pytest.fixture
def environment(exchange: Exchange, account: Account) -> dict[str, str]:
    """The variables with which ``Client.from_env()`` reaches that account."""
    key = exchange.create_key(account, permissions=3)
    return {
        "SIXMM_API_KEY": key.api_key,
        "SIXMM_API_SECRET": key.api_secret,
        "SIXMM_REST_URL": exchange.rest_url,
        "SIXMM_WS_URL": exchange.ws_url,
    }


@pytest.fixture
def live_environment(
    exchange: Exchange,
    account: Account,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[dict[str, str]]:
    """The variables of an account on which orders are filled all the time, set for this process."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stop = threading.Event()
    trader = threading.Thread(
        target=trade, args=(exchange, account, stop), name="trader", daemon=True
    )
    trader.start()
    yield environment
    stop.set()
    trader.join(timeout=10)
