"""One call, and its answer."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import KuCoinError
from sixmm.sim.kucoin.rest import Call, Reply


def call(query: str) -> Call:
    """Return a call with that query."""
    return Call(method="GET", host="spot", target=f"/a?{query}")


def test_query() -> None:
    """Values are decoded; of a repeated name the last one counts."""
    found = call("a=1&b=x%20y&a=2&c=")

    assert found.path == "/a"
    assert found.query() == {"a": "2", "b": "x y", "c": ""}
    assert found.required("b") == "x y"
    assert found.number("a", 5) == 2
    assert found.number("c", 5) == 5


@pytest.mark.parametrize("query", ["n=-1", "n=x", "n=101", "n=%C2%B2", "n=" + "9" * 5000])
def test_numbers_that_are_wrong(query: str) -> None:
    """They are refused with the code of a bad parameter."""
    with pytest.raises(KuCoinError) as refused:
        call(query).number("n", 5, most=100)
    assert refused.value.code == "400100"


def test_what_is_required() -> None:
    """It has to be there, and not to be empty."""
    for query in ("", "symbol="):
        with pytest.raises(KuCoinError, match="symbol cannot be empty"):
            call(query).required("symbol")


def test_envelopes() -> None:
    """Data on success, a message otherwise, never both."""
    assert Reply(data=None).envelope() == {"code": "200000", "data": None}
    refused = Reply.error(KuCoinError("400100", "no"))
    assert refused.envelope() == {"code": "400100", "msg": "no"}
    assert refused.status == 400
