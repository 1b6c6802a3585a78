"""Secrets stay out of everything that people read, and foreign text cannot forge a line."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import traceback

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.redaction import RedactingFilter, Secret, one_line, redact_url

CANARY = "c4n4ry-5ecret-value"

SECRET_NAMES = [
    "signature",
    "listenKey",
    "token",
    "accessToken",
    "access_token",
    "apiKey",
    "api_key",
    "apiSecret",
    "passphrase",
    "password",
    "ticket",
    "sign",
]

# What can stand in a query value: everything but the characters that end one.
VALUES = st.text(
    st.characters(exclude_characters="&\"'#", exclude_categories=["Z", "C"]), min_size=8
).map(lambda text: f"S{text}")


@attrs.frozen
class Holder:
    """A value object with a secret in it, as users write them."""

    name: str
    secret: Secret


class TestSecret:
    """A text that must not be seen."""

    @pytest.mark.parametrize(
        "shown",
        [
            repr(Secret(CANARY)),
            str(Secret(CANARY)),
            f"{Secret(CANARY)}",
            f"{Secret(CANARY)!r}",
            f"{Secret(CANARY):>40}",
            format(Secret(CANARY), ".3"),
            "%s %r" % (Secret(CANARY), Secret(CANARY)),  # noqa: UP031
            "{}".format(Secret(CANARY)),  # noqa: UP032
            str([Secret(CANARY)]),
            str({"key": Secret(CANARY)}),
            repr(Holder("a", Secret(CANARY))),
            repr(attrs.asdict(Holder("a", Secret(CANARY)))),
            repr(attrs.astuple(Holder("a", Secret(CANARY)))),
        ],
    )
    def test_masked_wherever_it_is_shown(self, shown: str) -> None:
        """No way of formatting shows the text, only that there is one."""
        assert CANARY not in shown
        assert "***" in shown

    def test_masked_in_log_lines(self) -> None:
        """A log call that is handed the secret writes the mask."""
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        logger = logging.Logger("test")
        logger.addHandler(handler)
        logger.warning("key=%s holder=%r", Secret(CANARY), Holder("a", Secret(CANARY)))

        assert CANARY not in stream.getvalue()
        assert stream.getvalue().startswith("key=***")

    def test_masked_in_tracebacks_with_locals(self) -> None:
        """A traceback that shows the variables of each frame shows no secret."""

        def fail(held: Secret) -> None:
            raise RuntimeError(f"failed with {held}")

        with pytest.raises(RuntimeError) as caught:
            fail(Secret(CANARY))
        report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)

        frames = [frame for frame in report.stack if frame.name == "fail"]
        assert all(CANARY not in str(frame.locals) for frame in frames)
        assert CANARY not in str(report)

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_refuses_to_be_pickled(self, protocol: int) -> None:
        """A secret does not get into a cache or another process by accident."""
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(Holder("a", Secret(CANARY)), protocol)

    def test_refuses_json(self) -> None:
        """A secret does not get into a document by accident."""
        with pytest.raises(TypeError):
            json.dumps({"key": Secret(CANARY)})

    def test_has_no_dictionary(self) -> None:
        """``vars`` and tools that walk attributes find nothing."""
        with pytest.raises(TypeError):
            vars(Secret(CANARY))

    def test_copies_are_the_same_object(self) -> None:
        """Copying a settings object copies no secret."""
        secret = Secret(CANARY)

        assert copy.copy(secret) is secret
        assert copy.deepcopy([secret])[0] is secret

    @given(text=st.text())
    def test_reveal_gives_the_text(self, text: str) -> None:
        """The code that puts it on the wire gets it exactly; a secret of a secret is the same."""
        assert Secret(text).reveal() == text
        assert Secret(Secret(text)).reveal() == text

    @given(left=st.text(max_size=3), right=st.text(max_size=3))
    def test_equality_and_hash(self, left: str, right: str) -> None:
        """Secrets compare by their text, and never equal to the bare text."""
        assert (Secret(left) == Secret(right)) is (left == right)
        assert Secret(left) != left
        assert hash(Secret(left)) == hash(Secret(left))

    def test_truth(self) -> None:
        """An empty secret is false, so that "is one there" can be asked without revealing it."""
        assert not Secret("")
        assert Secret("x")


class TestRedactUrl:
    """Query values that authenticate a request."""

    @pytest.mark.parametrize("name", [*SECRET_NAMES, "SIGNATURE", "ListenKey"])
    @given(value=VALUES)
    def test_the_value_never_shows(self, name: str, value: str) -> None:
        """Whatever the value is, it is gone, and the rest of the address is kept."""
        url = f"https://api.example/v1/order?symbol=BTCUSDT&{name}={value}&page=1"

        assert redact_url(url) == (f"https://api.example/v1/order?symbol=BTCUSDT&{name}=***&page=1")

    @given(value=VALUES)
    def test_also_within_other_text(self, value: str) -> None:
        """An address inside of a sentence, as errors and log lines have it, is redacted, too."""
        text = f'GET "/v1/private/order?timestamp=1&signature={value}" failed'

        assert redact_url(text) == 'GET "/v1/private/order?timestamp=1&signature=***" failed'

    @given(text=st.text())
    def test_redacting_twice_changes_nothing(self, text: str) -> None:
        """What was redacted stays as it is."""
        assert redact_url(redact_url(text)) == redact_url(text)

    @pytest.mark.parametrize(
        "text", ["", "symbol=BTCUSDT", "https://api.example/v1/time", "design=1", "tokens=2"]
    )
    def test_other_text_is_kept(self, text: str) -> None:
        """Nothing else is touched."""
        assert redact_url(text) == text


class TestOneLine:
    """Text from the other side, made safe to print."""

    @given(text=st.text(), limit=st.integers(min_value=1, max_value=50))
    def test_one_printable_bounded_line(self, text: str, limit: int) -> None:
        """Whatever comes in, the result is one line of printable text within the limit."""
        line = one_line(text, limit=limit)

        assert len(line) <= limit
        assert line.isprintable()
        assert len(line.splitlines()) <= 1

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("a\r\nb", r"a\r\nb"),
            ("\x1b[2J", r"\x1b[2J"),
            ("\u202eabc", r"\u202eabc"),
            ("\x00", r"\x00"),
            ("plain — text", "plain — text"),
        ],
    )
    def test_controls_are_shown_as_escapes(self, text: str, shown: str) -> None:
        """Line ends, terminal escapes and bidirectional marks are visible and without effect."""
        assert one_line(text) == shown

    def test_a_long_text_is_cut_and_says_so(self) -> None:
        """A megabyte becomes 200 characters that end in an ellipsis."""
        line = one_line("x" * 1_000_000)

        assert len(line) == 200
        assert line.endswith("…")

    def test_secrets_are_redacted(self) -> None:
        """A server that repeats the query in its message does not get it into our logs."""
        assert CANARY not in one_line(f"bad request /v1/x?signature={CANARY}")

    def test_any_object(self) -> None:
        """What is not text is shown by its ``str``."""
        assert one_line(42) == "42"


class TestRedactingFilter:
    """The filter for the loggers of the base libraries."""

    def records(self, *calls: tuple[object, ...]) -> list[str]:
        """Return the messages that a filtered logger writes for some debug calls."""
        stream = io.StringIO()
        logger = logging.Logger("foreign", logging.DEBUG)
        logger.addFilter(RedactingFilter())
        logger.addHandler(logging.StreamHandler(stream))
        for call in calls:
            logger.debug(*call)  # type: ignore[arg-type]
        return stream.getvalue().splitlines()

    def test_secrets_in_arguments_are_redacted(self) -> None:
        """The form in which urllib3 logs a request target."""
        line = '%s "%s %s" %s'
        target = f"/v1/private/order?timestamp=1&signature={CANARY}"

        assert self.records((line, "https://h", "GET", target, 200)) == [
            'https://h "GET /v1/private/order?timestamp=1&signature=***" 200'
        ]

    def test_other_records_pass_unchanged(self) -> None:
        """Records without a secret keep their text, and every record passes."""
        assert self.records(("plain",), ("n=%d", 3)) == ["plain", "n=3"]
