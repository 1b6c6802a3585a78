"""Secrets stay out of everything that people read, and foreign text cannot forge a line."""

from __future__ import annotations

import base64
import copy
import gc
import io
import json
import logging
import pickle
import threading
import traceback
import urllib.parse

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm import redaction
from sixmm.errors import again, api_error
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

    @pytest.mark.parametrize("name", [*SECRET_NAMES, "X-API-KEY", "X-API-SIGNATURE", "listen_key"])
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("{0}: {1}", "{0}: ***"),
            ("bad {0}:{1} given", "bad {0}:*** given"),
            ("{0} : {1}\r\nHost: h", "{0} : ***\r\nHost: h"),
            ('{{"{0}":"{1}","a":1}}', '{{"{0}":"***","a":1}}'),
            ('{{"{0}" : "{1} it\'s, {1}"}}', '{{"{0}" : "***"}}'),
            ('{{"{0}": "{1}\\"{1}"}}', '{{"{0}": "***"}}'),
            ("{{'{0}': '{1} \"{1}'}}", "{{'{0}': '***'}}"),
            ('{{"{0}": "{1}', '{{"{0}": "***'),
            ('"{{\\"{0}\\":\\"{1} {1}\\"}}"', '"{{\\"{0}\\":\\"***"'),
            ('{0}="{1} {1}"', '{0}="***"'),
        ],
    )
    def test_headers_and_json(self, name: str, text: str, expected: str) -> None:
        """A value that nobody here holds is found by its name, in each form that replies have."""
        assert redact_url(text.format(name, CANARY)) == expected.format(name)

    @pytest.mark.parametrize("scheme", ["Bearer ", "Basic ", ""])
    def test_authorization(self, scheme: str) -> None:
        """An Authorization header shows its scheme at most."""
        assert redact_url(f"Authorization: {scheme}{CANARY}") == f"Authorization: {scheme}***"

    @given(text=st.text())
    def test_redacting_twice_changes_nothing(self, text: str) -> None:
        """What was redacted stays as it is."""
        assert redact_url(redact_url(text)) == redact_url(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "symbol=BTCUSDT",
            "https://api.example/v1/time",
            "design=1",
            "tokens=2",
            "token expired",
            "no signature",
            '{"tokens":[]}',
            "design: 1",
        ],
    )
    def test_other_text_is_kept(self, text: str) -> None:
        """Nothing else is touched."""
        assert redact_url(text) == text


def encodings(value: str) -> list[str]:
    """Return the texts in which a server may repeat a value."""
    data = value.encode("utf-8", "surrogatepass")
    return [
        value,
        urllib.parse.quote(data, safe=""),
        urllib.parse.quote(data),
        urllib.parse.quote_plus(data),
        data.hex(),
        data.hex().upper(),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
    ]


class TestHeldSecrets:
    """Values that the client itself holds, wherever the other side repeats them."""

    @given(value=st.text(min_size=6))
    def test_no_form_shows(self, value: str) -> None:
        """The value is blanked as it is, percent-encoded, in hexadecimal and in Base64 digits."""
        secret = Secret(value)

        for form in encodings(value):
            assert redact_url(form) == "***"
        assert secret

    @pytest.mark.parametrize("value", ["a b/c+d&e=f", "pässwörd", "\udce9surrogate", "?>?>?>~~"])
    def test_characters_that_are_encoded(self, value: str) -> None:
        """The forms are those of the encoders, whatever characters the value has."""
        secret = Secret(value)

        assert {redact_url(f"<{form}>") for form in encodings(value)} == {"<***>"}
        assert secret

    @pytest.mark.parametrize("before", ["", "u", "us", "use", "user"])
    @pytest.mark.parametrize("after", ["", "x", "xy"])
    def test_within_base64(self, before: str, after: str) -> None:
        """A password is not read from the Base64 digits of ``user:password`` either.

        Of its first and its last byte at most some bits are left, in the digits that neighbours
        share.
        """
        secret = Secret(CANARY)
        shown = redact_url(base64.b64encode(f"{before}{CANARY}{after}".encode()).decode())

        assert "***" in shown
        assert len(shown.replace("***", "")) <= len(f"{before}{after}") * 4 / 3 + 4
        assert secret

    def test_text_of_an_error(self) -> None:
        """A reply that repeats the key in its message leaves none in the error (rule 26)."""
        key = Secret(CANARY)
        error = api_error(one_line(f"unknown api key {CANARY}"), code=1001)

        for shown in (str(error), repr(error), repr(vars(again(error)))):
            assert CANARY not in shown
        assert pickle.dumps(error).find(CANARY.encode()) == -1
        assert key

    def test_the_longest_goes_first(self) -> None:
        """Where one secret begins like another, nothing of the longer one is left."""
        held = [Secret("abcdef"), Secret("abcdef-ghijkl"), Secret("cdef-ghijkl")]

        assert redact_url("[abcdef-ghijkl]") == "[***]"
        assert held

    def test_short_values_are_kept(self) -> None:
        """Values under 6 characters are no credentials, and would blank parts of words."""
        held = [Secret("order"), Secret("o"), Secret("")]

        assert redact_url("the order") == "the order"
        assert held

    def test_only_what_lives(self) -> None:
        """A secret that is gone is no longer remembered."""
        before = len(redaction._held)
        secret = Secret(CANARY)
        assert redact_url(CANARY) == "***"
        assert len(redaction._held) == before + 1

        del secret
        gc.collect()
        assert redact_url(CANARY) == CANARY
        assert len(redaction._held) <= before

    def test_equal_secrets(self) -> None:
        """Where one of two equal secrets goes, the other one still is blanked."""
        first, second = Secret(CANARY), Secret(CANARY)
        del first
        gc.collect()

        assert redact_url(CANARY) == "***"
        assert second

    def test_secrets_come_and_go_in_other_threads(self) -> None:
        """Redacting works while other threads make and drop secrets."""
        kept, ended, faults = Secret(CANARY), threading.Event(), []

        def make() -> None:
            while not ended.is_set():
                try:
                    assert len({Secret(f"secret-{number}") for number in range(50)}) == 50
                except Exception as exc:
                    faults.append(exc)
                    return

        threads = [threading.Thread(target=make, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            shown = {redact_url(f"<{CANARY}>") for _ in range(300)}
        finally:
            ended.set()
            for thread in threads:
                thread.join()

        assert shown == {"<***>"}
        assert faults == []
        assert kept

    def test_a_change_meanwhile(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a secret comes or goes within the walk through all of them, it begins again."""

        class Changing(dict[int, object]):
            walks = 0

            def values(self) -> object:  # type: ignore[override]
                self.walks += 1
                if self.walks == 1:
                    raise RuntimeError("dictionary changed size during iteration")
                return super().values()

        held = Changing()
        monkeypatch.setattr(redaction, "_held", held)
        secret = Secret(CANARY)

        assert redact_url(CANARY) == "***"
        assert held.walks == 2
        assert secret


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

    @pytest.mark.parametrize("limit", [1, 10, 50, 200])
    def test_no_part_of_a_held_secret(self, limit: int) -> None:
        """Wherever in a text a secret is, cutting the text leaves no part of it."""
        value = "".join(chr(0x4E00 + number) for number in range(60))
        secret = Secret(value)

        for length in range(6 * limit + 100):
            line = one_line("." * length + value + "." * 300, limit=limit)
            assert set(line) <= {".", "*", "…"}
        assert secret

    def test_no_part_of_a_secret_after_many(self) -> None:
        """Many secrets become few characters; what was cut off after them still does not show."""
        value = "".join(chr(0x4E00 + number) for number in range(60))
        secret = Secret(value)

        for length in range(200):
            line = one_line("." * length + value * 100)
            assert set(line) <= {".", "*", "…"}
        assert secret

    def test_a_long_value_of_a_name(self) -> None:
        """A value that fills the line and is cut is blanked, too."""
        line = one_line('{"signature":"' + "x" * 10_000)

        assert "x" not in line
        assert line.endswith("…")

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
            logger.debug(*call)
        return stream.getvalue().splitlines()

    def test_secrets_in_arguments_are_redacted(self) -> None:
        """The form in which urllib3 logs a request target."""
        line = '%s "%s %s" %s'
        target = f"/v1/private/order?timestamp=1&signature={CANARY}"

        assert self.records((line, "https://h", "GET", target, 200)) == [
            'https://h "GET /v1/private/order?timestamp=1&signature=***" 200'
        ]

    def test_held_secrets_are_redacted(self) -> None:
        """A value that the client holds is blanked in any part of a record."""
        key = Secret(CANARY)

        assert self.records(("header %s", CANARY), (f"key {CANARY}",)) == ["header ***", "key ***"]
        assert key

    def test_other_records_pass_unchanged(self) -> None:
        """Records without a secret keep their text, and every record passes."""
        assert self.records(("plain",), ("n=%d", 3)) == ["plain", "n=3"]
