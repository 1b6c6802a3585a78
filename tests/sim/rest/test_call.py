"""Calls and replies, without a server."""

from __future__ import annotations

import pytest

from sixmm.sim.codes import Code, ExchangeError
from sixmm.sim.core import Core
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS
from sixmm.sim.rest import Call, Reply, answer


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b"\xff", b"[" * 5000])
def test_a_body_that_is_no_object_is_2002(body: bytes) -> None:
    """Whatever comes, the reply is an envelope."""
    with pytest.raises(ExchangeError) as caught:
        Call(method="POST", path="/", body=body).json()

    assert caught.value.code == 2002


def test_an_absent_body_is_an_empty_object() -> None:
    """What is missing is told by name later."""
    assert Call(method="POST", path="/").json() == {}


def test_query_values_are_decoded() -> None:
    """Escapes, plus signs and empty values; of a repeated name the last one counts."""
    call = Call(method="GET", path="/", raw_query="a=%C3%BC+1&b=&a=2")

    assert call.query() == {"a": "2", "b": ""}


def test_throttling_asks_for_a_pause() -> None:
    """5003 is HTTP 429 with a Retry-After (rule 5)."""
    reply = Reply.error(ExchangeError(Code.THROTTLED, "slow down"))

    assert (reply.status, reply.retry_after) == (429, 1.0)
    assert reply.envelope("r") == {"code": 5003, "message": "slow down", "requestId": "r"}


def test_success_without_a_result_has_empty_data() -> None:
    """Success always has a data member (rule 2)."""
    assert Reply().envelope("r")["data"] == {}


def test_the_whole_rest_works_without_a_socket() -> None:
    """A call in, a reply out, with a clock that the test owns."""
    core = Core(
        DEFAULT_SYMBOLS,
        seed=7,
        listen_key_life_ms=1,
        access_token_life_s=1,
        clock_ms=lambda: 1_800_000_000_123,
    )
    reply = answer(core, Call(method="GET", path="/v1/time"))

    assert reply.data == {
        "timestamp": 1_800_000_000,
        "timestampMs": 1_800_000_000_123,
        "iso": "2027-01-15T08:00:00Z",
        "timezone": "UTC",
    }
