"""What is refused before anything is done; the contract suites show that every transport does."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError, ConnectFailed, DeadlineExceeded
from sixmm.transport import HttpRequest
from sixmm.transport.checks import check_dial, check_request
from tests.transport.patience import past, soon


def test_request() -> None:
    """A good request yields its endpoint and headers."""
    request = HttpRequest(method="PUT", url="https://h/x?y", headers={"A": "b"})

    endpoint, headers = check_request(request, soon())

    assert endpoint.target == "/x?y"
    assert headers == {"A": "b"}


def test_request_to_a_stream() -> None:
    """A WebSocket address is not for requests."""
    with pytest.raises(ConfigurationError, match="wss"):
        check_request(HttpRequest(method="GET", url="wss://h/"), soon())


def test_request_that_is_too_late() -> None:
    """Where the deadline has passed, the error says that nothing was sent."""
    with pytest.raises(ConnectFailed, match="nothing was sent"):
        check_request(HttpRequest(method="GET", url="https://h/"), past())


def test_dial() -> None:
    """A good dial yields its endpoint and headers; no headers are none."""
    assert check_dial("wss://h/ws", {"A": "b"}, soon())[1] == {"A": "b"}
    assert check_dial("wss://h/ws", None, soon())[1] == {}


def test_dial_of_a_page() -> None:
    """An HTTP address is not for streams."""
    with pytest.raises(ConfigurationError, match="https"):
        check_dial("https://h/", None, soon())


def test_dial_that_is_too_late() -> None:
    """Where the deadline has passed, the error says so."""
    with pytest.raises(DeadlineExceeded):
        check_dial("wss://h/", None, past())
