"""Listening shows what the stream tells, and uses no credential that it was not asked to use."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from sixmm.cli.listen import listen_to
from sixmm.cli.output import JsonOutput
from sixmm.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectFailed,
    SubscriptionRefused,
)
from sixmm.events import Event
from sixmm.sim import Exchange

_LONG_SECONDS = 60.0


class _Until(JsonOutput):
    """Presses Ctrl-C once an event of this kind was shown."""

    def __init__(self, kind: str) -> None:
        self.stream = io.StringIO()
        self._kind = kind
        super().__init__(self.stream)

    def event(self, event: Event, *, background: bool = False) -> None:
        super().event(event, background=background)
        if type(event).__name__ == self._kind:
            raise KeyboardInterrupt

    @property
    def kinds(self) -> list[str]:
        return [json.loads(line)["kind"] for line in self.stream.getvalue().splitlines()]


def _listen(exchange: Exchange, output: JsonOutput, *topics: str, **options: Any) -> int:
    settings: dict[str, Any] = {
        "topics": topics,
        "private": False,
        "credentials_file": None,
        "seconds": _LONG_SECONDS,
        "rest_url": exchange.rest_url,
        "ws_url": exchange.ws_url,
        "output": output,
    }
    return listen_to(**{**settings, **options})


def _credentials_file(exchange: Exchange, folder: Path, *, permissions: int = 3) -> str:
    account = exchange.create_account(username="ann", balance="500")
    key = exchange.create_key(account, permissions)
    path = folder / "credentials"
    path.write_text(f"api_key={key.api_key}\napi_secret={key.api_secret}\n")
    path.chmod(0o600)
    return str(path)


def test_market() -> None:
    """Market topics are subscribed and shown."""
    output = _Until("Ticker")
    with Exchange(seed=7) as exchange, pytest.raises(KeyboardInterrupt):
        _listen(exchange, output, "market.ticker.BTCUSDT", "market.depth.BTCUSDT")

    assert "Ticker" in output.kinds


def test_no_credential_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the private stream the credentials of the environment are not used."""
    monkeypatch.setenv("SIXMM_API_KEY", "canary")
    monkeypatch.setenv("SIXMM_API_SECRET", "canary")
    with Exchange(seed=7) as exchange:
        with pytest.raises(KeyboardInterrupt):
            _listen(exchange, _Until("Connected"), "market.tickers")

        assert not any("private" in r.path or "listenKey" in r.query for r in exchange.requests)


def test_private(tmp_path: Path) -> None:
    """With credentials the account's events are shown, from the comparison on."""
    output = _Until("Resynced")
    with Exchange(seed=7, market_maker=False) as exchange:
        path = _credentials_file(exchange, tmp_path)
        with pytest.raises(KeyboardInterrupt):
            _listen(exchange, output, private=True, credentials_file=path)

    assert output.kinds == ["Connected", "Resynced"]


def test_ends_by_itself() -> None:
    """After the given time it ends with code 0."""
    with Exchange(seed=7) as exchange:
        assert _listen(exchange, _Until("never"), "market.tickers", seconds=0.2) == 0


def test_bad_topic() -> None:
    """A topic that cannot be one is refused before anything is connected."""
    with Exchange(seed=7) as exchange:
        with pytest.raises(ConfigurationError, match="not a market topic"):
            _listen(exchange, _Until("never"), "market.dept.BTCUSDT")

        assert exchange.requests == []


def test_refused_topic() -> None:
    """A topic that the exchange does not have ends it with the refusal."""
    with Exchange(seed=7) as exchange, pytest.raises(SubscriptionRefused):
        _listen(exchange, _Until("never"), "market.trade.NOSUCHUSDT")


def test_refused_key(tmp_path: Path) -> None:
    """A key that the exchange does not accept ends it; nothing is tried again and again."""
    with Exchange(seed=7) as exchange:
        path = _credentials_file(exchange, tmp_path)
        Path(path).write_text("api_key=other\napi_secret=canary-secret\n")

        with pytest.raises(AuthenticationError) as caught:
            _listen(exchange, _Until("never"), private=True, credentials_file=path)

    assert "canary" not in str(caught.value)


def test_nobody_there() -> None:
    """Where no connection can be made it gives up and says what the last attempt ended with."""
    with Exchange(seed=7) as exchange:
        pass  # the port is free again, so that nobody answers on it

    with pytest.raises(ConnectFailed, match=r"no connection within 0\.3 s: "):
        _listen(exchange, _Until("never"), "market.tickers", connect_timeout=0.3)


def test_nobody_there_until_the_end() -> None:
    """The time after which it ends goes on while no connection can be made."""
    with Exchange(seed=7) as exchange:
        pass  # the port is free again, so that nobody answers on it

    with pytest.raises(ConnectFailed, match=r"no connection within 0\.2 s: "):
        _listen(exchange, _Until("never"), "market.tickers", seconds=0.2)
