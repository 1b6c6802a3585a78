"""Which addresses may be used, and what is read from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.transport.urls import Endpoint, is_loopback, require_safe_url

SAFE = {
    "https://api.6mm.com": ("https", "api.6mm.com", 443, "/", "api.6mm.com"),
    "wss://6mm.com/ws?listenKey=a%2Fb": ("wss", "6mm.com", 443, "/ws?listenKey=a%2Fb", "6mm.com"),
    "HTTPS://API.6mm.com:8443/A;b?c#"[:-1]: (
        "https",
        "api.6mm.com",
        8443,
        "/A;b?c",
        "api.6mm.com:8443",
    ),
    "https://h?x=/y": ("https", "h", 443, "/?x=/y", "h"),
    "wss://h:80/": ("wss", "h", 80, "/", "h:80"),
    "http://localhost:8080/": ("http", "localhost", 8080, "/", "localhost:8080"),
    "ws://LocalHost": ("ws", "localhost", 80, "/", "localhost"),
    "ws://127.0.0.1": ("ws", "127.0.0.1", 80, "/", "127.0.0.1"),
    "ws://127.255.0.9:1": ("ws", "127.255.0.9", 1, "/", "127.255.0.9:1"),
    "ws://[::1]:9/x": ("ws", "::1", 9, "/x", "[::1]:9"),
    "https://[2001:DB8::1]/": ("https", "2001:db8::1", 443, "/", "[2001:db8::1]"),
    "https://xn--bcher-kva.example/": (
        "https",
        "xn--bcher-kva.example",
        443,
        "/",
        "xn--bcher-kva.example",
    ),
}

UNSAFE = [
    "http://api.6mm.com/",
    "ws://6mm.com/ws",
    "http://127.0.0.1.evil.test/",
    "http://localhost.evil.test/",
    "http://128.0.0.1/",
    "http://127.1/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::ffff:8.8.8.8]/",
    "https://user@api.6mm.com/",
    "https://user:password@api.6mm.com/",
    "https://api.6mm.com\\@evil.test/",
    "https://api.6mm.com/#fragment",
    "https://api.6mm.com/a b",
    "https://api.6mm.com/\r\nX: y",
    "https://api.6mm.com/\x00",
    "https://bücher.example/",
    "https://api.6mm.com:0/",
    "https://api.6mm.com:65536/",
    "https://api.6mm.com:-1/",
    "https://api.6mm.com:/",
    "https://.6mm.com/",
    "https://a..b/",
    "https://-a.b/",
    "https://" + "a" * 64 + ".test/",
    "https://" + "a." * 127 + "b/",
    "https://[::1/",
    "https://[1.2.3]/",
    "https://[fe80::1%25eth0]/",
    "https:///x",
    "https://",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//api.6mm.com/",
    "api.6mm.com",
    " https://api.6mm.com/",
    "https://api.6mm.com/\n",
    "",
]


@pytest.mark.parametrize("url", SAFE)
def test_safe(url: str) -> None:
    """The parts of a safe address are those that are meant."""
    scheme, host, port, target, authority = SAFE[url]

    endpoint = require_safe_url(url)

    assert endpoint == Endpoint(scheme=scheme, host=host, port=port, target=target)
    assert endpoint.authority == authority
    assert endpoint.secure == (scheme in ("https", "wss"))


@pytest.mark.parametrize("url", UNSAFE)
def test_unsafe(url: str) -> None:
    """Everything else is refused before anything is done with it."""
    with pytest.raises(ConfigurationError):
        require_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.6mm.com/CANARY?signature=CANARY",
        "https://CANARY:CANARY@api.6mm.com/",
        "https://api.6mm.com/CANARY CANARY",
        "https://api.6mm.com:99999/CANARY",
    ],
)
def test_refusal_repeats_no_secret(url: str) -> None:
    """A refusal quotes neither path, query nor user name."""
    with pytest.raises(ConfigurationError) as caught:
        require_safe_url(url)

    assert "CANARY" not in str(caught.value)


def test_target_is_not_shown() -> None:
    """The representation of an endpoint leaves out the query with the signature."""
    assert "CANARY" not in repr(require_safe_url("wss://h/ws?listenKey=CANARY"))


@given(text=st.text(max_size=40))
def test_any_text(text: str) -> None:
    """Any text is an endpoint that TLS or the machine itself protects, or is refused."""
    try:
        endpoint = require_safe_url(text)
    except ConfigurationError:
        return

    assert endpoint.secure or endpoint.loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.9.9.9", True), ("::1", True), ("10.0.0.1", False), ("h", False)],
)
def test_is_loopback(host: str, expected: bool) -> None:
    """Loopback is what the standards say, not what a name server says."""
    assert is_loopback(host) == expected
