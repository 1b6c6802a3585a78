"""Envelopes and paths (rules 2 to 6)."""

from __future__ import annotations

import pytest

from ..client import Rest


def test_success_and_error_envelopes(rest: Rest) -> None:
    """Success has data, an error has none, both repeat the request id (rules 2, 3, 6)."""
    good = rest.send("GET", "/v1/version", X_Request_ID="mine-1")
    bad = rest.send("GET", "/v1/private/user/info", X_Request_ID="mine-2")

    assert list(good) == ["code", "message", "data", "requestId"]
    assert (good["code"], good["message"], good["requestId"]) == (0, "success", "mine-1")
    assert list(bad) == ["code", "message", "requestId"]
    assert bad["requestId"] == "mine-2"


def test_a_call_without_a_request_id_gets_one(rest: Rest) -> None:
    """Every reply can be traced, and no two have the same id."""
    ids = {rest.send("GET", "/v1/version")["requestId"] for _ in range(3)}

    assert len(ids) == 3
    assert all(ids)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", "/", 404), ("DELETE", "/v1/time", 405)],
)
def test_unknown_paths(rest: Rest, method: str, path: str, status: int) -> None:
    """What does not exist at all is 404, a wrong method 405."""
    assert rest.send(method, path)["code"] == 2002
    assert rest.last.status_code == status
