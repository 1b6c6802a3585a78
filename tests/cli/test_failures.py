"""Every error is one line that says what, where and what to do, with the exit code of its kind."""

from __future__ import annotations

import inspect

import pytest

from sixmm import errors
from sixmm.cli.failures import (
    FAILED,
    OUTCOME_UNKNOWN,
    WRONG_INPUT,
    CommandFailed,
    exit_code,
    explain,
)
from sixmm.errors import (
    ConfigurationError,
    ConnectFailed,
    HttpStatusError,
    InvalidOrder,
    OutcomeUnknown,
    PaceExceeded,
    SixmmError,
    Unsupported,
    api_error,
)
from sixmm.redaction import Secret

_INVALID = InvalidOrder(
    "price 85000.13 is not a multiple of 0.1; nearest: 85000.1",
    rule="tick_size",
    field="price",
    value="85000.13",
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("x"), WRONG_INPUT),
        (_INVALID, WRONG_INPUT),
        (Unsupported("x"), WRONG_INPUT),
        (OutcomeUnknown("x"), OUTCOME_UNKNOWN),
        (CommandFailed("x", code=7), 7),
        (CommandFailed("x"), FAILED),
        (api_error("x", code=3001), FAILED),
        (PaceExceeded("x", retry_after=1.5), FAILED),
        (OSError("x"), FAILED),
    ],
)
def test_codes(error: Exception, code: int) -> None:
    """Bad input is 2, an unknown outcome 3, and everything else that went wrong 1."""
    assert exit_code(error) == code


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (api_error("x", code=1001), "SIXMM_API_KEY"),
        (api_error("x", code=1006), "address of this machine"),
        (api_error("x", code=3001), "add funds"),
        (api_error("x", code=3003), "sixmm orders history"),
        (api_error("x", code=3006), "permission"),
        (api_error("x", code=5003, retry_after=1.2), "wait 2 s"),
        (api_error("x", code=5003), "wait a while"),
        (PaceExceeded("x", retry_after=0.1), "wait 1 s"),
        (ConnectFailed("x"), "network"),
        (HttpStatusError("x", http_status=502), "address"),
        (OutcomeUnknown("x", operation="deleteApiKey"), "sixmm keys list"),
        (OutcomeUnknown("x", operation="placeOrder"), "sixmm orders open"),
    ],
)
def test_advice(error: Exception, advice: str) -> None:
    """What is known to help is said after what happened."""
    text = explain(error)

    assert text.startswith(str(error))
    assert advice in text.removeprefix(str(error))


@pytest.mark.parametrize("code", [0, 3100, 4711])
def test_no_advice(code: int) -> None:
    """Where nothing is known to help, nothing is invented."""
    error = api_error("x", code=code)

    assert explain(error) == str(error)


def test_every_documented_code_has_advice() -> None:
    """The codes that the documentation explains one by one come with what to do (rules 96-107)."""
    for code in (
        *range(1001, 1005),
        1006,
        *range(2001, 2004),
        3001,
        *range(3003, 3007),
        5001,
        5002,
    ):
        assert len(explain(api_error("x", code=code))) > len("code 1001: x; ")


@pytest.mark.parametrize("wrap", [ConfigurationError, ConnectFailed, CommandFailed, OSError])
def test_bounded_and_printable(wrap: type[Exception]) -> None:
    """However long and wild a text is, there is one line of bounded length."""
    text = explain(wrap("a\nb\x1b[2J" + "x" * 10_000))

    assert text.isprintable()
    assert len(text) < 1_000


def test_no_secret() -> None:
    """A text that repeats a secret has it blanked, whatever the class of the error."""
    secret = Secret("canary-secret")
    for wrap in (ConfigurationError, ConnectFailed, OutcomeUnknown, CommandFailed, OSError):
        assert "canary" not in explain(wrap(f"it is {secret.reveal()}"))


def test_advice_survives_a_long_message() -> None:
    """The advice is what helps, so a long message is cut before it."""
    assert explain(api_error("x" * 5_000, code=3001)).endswith("make the order smaller")


def test_every_class_has_a_code() -> None:
    """No class of the tree is forgotten: each has a code, and only the unknown outcome has 3."""
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass)]
    for cls in classes:
        if issubclass(cls, SixmmError):
            code = exit_code(cls.__new__(cls))
            assert code in (FAILED, WRONG_INPUT, OUTCOME_UNKNOWN)
            assert (code == OUTCOME_UNKNOWN) is issubclass(cls, OutcomeUnknown)
