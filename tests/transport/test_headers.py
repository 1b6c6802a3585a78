"""Header fields in both directions."""

from __future__ import annotations

import contextlib
import datetime
import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError, ProtocolViolation
from sixmm.transport.headers import (
    MAX_RETRY_AFTER,
    checked_headers,
    cookie_values,
    parse_head,
    retry_after,
)


class TestCheckedHeaders:
    """What may be sent."""

    def test_good(self) -> None:
        """Printable ASCII passes, and the result is a copy."""
        headers = {"X-API-KEY": "a b", "Authorization": "Bearer x.y-z~+/=", "X-Empty": ""}

        checked = checked_headers(headers)

        assert checked == headers
        assert checked is not headers

    @pytest.mark.parametrize(
        "value", ["a\rb", "a\nb", "a\r\nb: c", "\0", "é", "a ", "a\t", "\x7f", "\ud800"]
    )
    def test_bad_value(self, value: str) -> None:
        """A value that could end the header is refused and not repeated."""
        with pytest.raises(ConfigurationError) as caught:
            checked_headers({"X-Key": "CANARY" + value})

        assert "CANARY" not in str(caught.value)
        assert "X-Key" in str(caught.value)

    @pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\n", "é", "a\0"])
    def test_bad_name(self, name: str) -> None:
        """A name that is not a token is refused (RFC 9110, section 5.1)."""
        with pytest.raises(ConfigurationError):
            checked_headers({name: "x"})

    @pytest.mark.parametrize(
        "name", ["Host", "content-length", "Transfer-Encoding", "Sec-WebSocket-Key", "CONNECTION"]
    )
    def test_name_of_the_transport(self, name: str) -> None:
        """What decides where a request goes and ends belongs to the transport."""
        with pytest.raises(ConfigurationError, match=name):
            checked_headers({name: "x"})

    @given(name=st.text(), value=st.text())
    def test_nothing_is_injected(self, name: str, value: str) -> None:
        """Whatever passes is one line."""
        try:
            ((name, value),) = checked_headers({name: value}).items()
        except ConfigurationError:
            return

        assert len(f"{name}: {value}".splitlines()) == 1


class TestParseHead:
    """The head of a reply."""

    def test_good(self) -> None:
        """Names are in lower case; values lose the space around them; order and repeats stay."""
        head = b"HTTP/1.1 101 Switching\r\nA-b:  c d \r\na-B:\r\nC:\t\xff"

        assert parse_head(head) == (101, [("a-b", "c d"), ("a-b", ""), ("c", "ÿ")])

    @pytest.mark.parametrize("first", [b"HTTP/1.1 200", b"HTTP/1.0 200 ", b"HTTP/1.1 200 OK a:b"])
    def test_good_status_lines(self, first: bytes) -> None:
        """A reason is optional."""
        assert parse_head(first) == (200, [])

    @pytest.mark.parametrize(
        "head",
        [
            b"",
            b"HTTP/2 200 OK",
            b"HTTP/1.1 99 OK",
            b"HTTP/1.1 600 OK",
            b"HTTP/1.1 0200 OK",
            b"HTTP/1.1  200 OK",
            b"http/1.1 200 OK",
            b"\r\nHTTP/1.1 200 OK",
            b"HTTP/1.1 200 OK\nA: b",
            b"HTTP/1.1 200 OK\r\nno colon",
            b"HTTP/1.1 200 OK\r\n: no name",
            b"HTTP/1.1 200 OK\r\nA : b",
            b"HTTP/1.1 200 OK\r\nA: b\r\n folded",
            b"HTTP/1.1 200 OK\r\nA: b\nC: d",
            b"HTTP/1.1 200 OK\r\n\xff: d",
        ],
    )
    def test_bad(self, head: bytes) -> None:
        """What is not HTTP/1.1 is refused, and not repeated."""
        with pytest.raises(ProtocolViolation):
            parse_head(head)

    @given(head=st.binary(max_size=60))
    def test_any_bytes(self, head: bytes) -> None:
        """Any bytes are read or refused."""
        with contextlib.suppress(ProtocolViolation):
            status, _ = parse_head(b"HTTP/1.1 200 OK\r\n" + head)
            assert status == 200


class TestRetryAfter:
    """How long a server wants us to wait (rule 108)."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("0", 0.0),
            ("7", 7.0),
            (" 7 ", 7.0),
            ("1000000000", MAX_RETRY_AFTER),
            ("9" * 18, MAX_RETRY_AFTER),
            ("9" * 400, None),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
            ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", MAX_RETRY_AFTER),
            ("-1", None),
            ("1.5", None),
            ("1e9", None),
            ("\u0667", None),
            ("soon", None),
            ("", None),
            (None, None),
        ],
    )
    def test_values(self, value: str | None, expected: float | None) -> None:
        """A wait is never negative and never over the limit; nonsense is no wait."""
        assert retry_after(value) == expected

    def test_date(self) -> None:
        """A date is turned into the time until then."""
        when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=600)

        wait = retry_after(email.utils.format_datetime(when, usegmt=True))

        assert wait is not None
        assert 0 < wait <= 600

    @given(value=st.one_of(st.text(), st.from_regex(r"[A-Z][a-z]{2}, \d+ \w+ \d+ \d+:\d+:\d+ \w+")))
    def test_any_text(self, value: str) -> None:
        """Any text is a wait within bounds, or none."""
        wait = retry_after(value)

        assert wait is None or 0 <= wait <= MAX_RETRY_AFTER


def test_cookie_values() -> None:
    """Cookies lose their attributes; the last of a name wins; what is no cookie is left out."""
    lines = ["a=1; Path=/; HttpOnly", "b=x=y", "c=", "a=2", "nonsense", "=d", "; e=1"]

    assert cookie_values(lines) == {"a": "2", "b": "x=y", "c": ""}
