"""The clients of the REST commands use the credential that the call needs, and no other."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
import requests

from sixmm.cli import rest
from sixmm.errors import AuthenticationError, ConfigurationError
from sixmm.sim import Account, Exchange


@pytest.mark.parametrize(
    ("url", "embedded"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("https://127.0.0.1:8443", False),
        ("https://api.6mm.com", False),
        (None, False),
    ],
)
def test_embedded(url: str | None, embedded: bool) -> None:
    """Only plain text on loopback is an exchange of this machine: TLS there may be a tunnel."""
    assert rest.is_embedded(url) is embedded


def test_yes() -> None:
    """Without --yes nothing is for real, and the refusal says what would do it."""
    rest.require_yes("http://127.0.0.1:1", yes=False, what="place it")
    rest.require_yes(None, yes=True, what="place it")
    with pytest.raises(
        ConfigurationError, match="nothing was sent: to place it, repeat it with --yes"
    ):
        rest.require_yes(None, yes=False, what="place it")


def test_public_client_has_no_credential(
    exchange: Exchange, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public command does not even look for a credential."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = set(threading.enumerate())

    with rest.public_client(exchange.rest_url) as client:
        client.market.symbols()
        with pytest.raises(ConfigurationError, match="needs an API key"):
            client.user.asset()

    # No stream is opened: the client has no thread of its own.
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not any(name.startswith("sixmm-") and "sim" not in name for name in left)


def test_account_client(
    exchange: Exchange, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The credentials of the environment sign the calls."""
    monkeypatch.delenv("SIXMM_ACCESS_TOKEN", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with rest.account_client(exchange.rest_url, None) as client:
        assert client.user.asset().asset_type == "USDT"


def _clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.delenv(f"SIXMM_{name}", raising=False)


def test_token_client_by_login(
    exchange: Exchange, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name and a password become a token for one command, and the login ends with it."""
    _clear(monkeypatch)
    monkeypatch.setenv("SIXMM_USERNAME", account.username)
    monkeypatch.setenv("SIXMM_PASSWORD", account.password)

    with rest.token_client(exchange.rest_url, None) as client:
        assert client.user.info().username == account.username

    assert exchange.requests[-1].path == "/v1/private/user/logout"


def test_token_client_with_a_token(
    exchange: Exchange, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token of a file is used as it is, and stays valid afterwards."""
    _clear(monkeypatch)
    login = {"username": account.username, "password": account.password}
    reply = requests.post(f"{exchange.rest_url}/v1/public/user/login", json=login, timeout=10)
    path = tmp_path / "credentials"
    path.write_text(f"access_token={reply.json()['data']['accessToken']}\n")
    path.chmod(0o600)

    for _ in range(2):
        with rest.token_client(exchange.rest_url, str(path)) as client:
            assert client.user.info().username == account.username


def test_wrong_password(
    exchange: Exchange, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that is refused is the error of the command, without the password."""
    _clear(monkeypatch)
    monkeypatch.setenv("SIXMM_USERNAME", account.username)
    monkeypatch.setenv("SIXMM_PASSWORD", "canary-password")

    with (
        pytest.raises(AuthenticationError) as caught,
        rest.token_client(exchange.rest_url, None),
    ):
        pass
    assert "canary" not in str(caught.value)


def test_token_client_refuses_a_key(
    exchange: Exchange, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An API key cannot manage keys, which is said before anything is sent (rule 15)."""
    _clear(monkeypatch)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with (
        pytest.raises(ConfigurationError, match="not with an API key; set SIXMM_ACCESS_TOKEN"),
        rest.token_client(exchange.rest_url, None),
    ):
        pass
    assert exchange.requests == []


def test_no_bar_beside_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that go to the terminal as they come are not mixed with a bar."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", Terminal())
    drawn = {}
    for form in ("table", "json", "csv"):
        stream = Terminal()
        monkeypatch.setattr("sys.stderr", stream)
        with rest.pulling("orders", limit=10, form=form) as bar:  # type: ignore[arg-type]
            bar(5, 10)
        drawn[form] = bool(stream.getvalue())

    assert drawn == {"table": True, "json": False, "csv": False}
