"""The arguments of a client are checked the same for every venue, and no error shows a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.arguments import hidden, require_address, require_visible
from sixmm.errors import ConfigurationError
from sixmm.redaction import Secret


@pytest.mark.parametrize(
    ("url", "verify"),
    [
        ("wss://exchange.test/ws", True),
        ("WSS://exchange.test:8443/ws", True),
        ("ws://127.0.0.1:1/ws", True),
        ("ws://localhost:1/ws", False),
        ("wss://[::1]:1/ws", False),
    ],
)
def test_addresses_that_can_be_used(url: str, verify: bool) -> None:
    """TLS to anywhere; without it, or without its checks, to this machine only."""
    require_address("ws_url", url, schemes=("wss", "ws"), verify=verify)


@pytest.mark.parametrize(
    ("url", "verify", "complaint"),
    [
        ("ws://exchange.test/ws", True, "not encrypted; use wss"),
        ("wss://exchange.test/ws", False, "verify=False is for loopback only, and ws_url is not"),
        ("https://exchange.test/ws", True, "ws_url must begin with wss://"),
        ("wss://exchange.test/ws?token=c4n4ry", True, "ws_url must not have a query"),
        ("ftp://exchange.test", True, "ftp is not one of"),
        ("wss://user:c4n4ry@exchange.test/ws", True, "without a user name"),
        ("exchange.test", True, "must look like"),
        ("", True, "must look like"),
    ],
)
def test_addresses_that_are_refused(url: str, verify: bool, complaint: str) -> None:
    """The text says why, names the argument, and repeats nothing that may be secret."""
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        require_address("ws_url", url, schemes=("wss", "ws"), verify=verify)

    assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_credential(nothing: str | None) -> None:
    """An empty text, such as that of a variable without a value, is none."""
    assert hidden(nothing) is None


@pytest.mark.parametrize("given_as", [str, Secret])
def test_a_credential_is_hidden(given_as: type[str] | type[Secret]) -> None:
    """Given as a text or as a secret it can be sent, and is not shown."""
    secret = hidden(given_as("c4n4ry-of-mine"))

    assert secret is not None
    assert secret.reveal() == "c4n4ry-of-mine"
    assert "c4n4ry" not in f"{secret!r} {secret}"


@pytest.mark.parametrize("wrong", [5, b"c4n4ry-of-mine", ["c4n4ry-of-mine"]])
def test_what_is_no_text_is_refused_without_being_shown(wrong: object) -> None:
    """It becomes a secret that cannot be sent, so that the error cannot repeat it."""
    secret = hidden(wrong)  # type: ignore[arg-type]

    with pytest.raises(ConfigurationError, match=r"^api_key must be text$"):
        require_visible(api_key=secret)


def test_credentials_that_can_be_sent() -> None:
    """Visible ASCII, and one that is not there is not looked at."""
    require_visible(api_key=Secret("!~09azAZ"), api_secret=Secret("x" * 4096), access_token=None)


@pytest.mark.parametrize("bad", [" c4n4ry", "c4n4ry\n", "c4n4r\u00fd", "c4n4ry\0", "c4n4ry" * 700])
def test_a_credential_that_cannot_be_sent(bad: str) -> None:
    """The text names the argument, what is allowed, and the usual cause."""
    with pytest.raises(ConfigurationError, match=r"^api_secret may have visible ASCII") as caught:
        require_visible(api_key=Secret("sound"), api_secret=Secret(bad))

    assert "line end at its end" in str(caught.value)


@given(st.text(min_size=6, max_size=40))
def test_no_error_shows_a_credential(text: str) -> None:
    """Whatever it consists of: it is told about, and never repeated."""
    refused = Secret(f"c4n4ry {text}")
    with pytest.raises(ConfigurationError) as caught:
        require_visible(api_secret=refused)

    assert "c4n4ry" not in f"{caught.value} {caught.value!r}"
