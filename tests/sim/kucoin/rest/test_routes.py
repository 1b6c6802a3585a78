"""Which calls there are."""

from __future__ import annotations

from sixmm.sim.kucoin.rest.routes import ROUTES, find


def test_exact_paths_come_first() -> None:
    """A star stands for one segment, and only where nothing else fits."""
    exact = find("spot", "GET", "/api/v1/hf/orders/done")
    starred = find("spot", "GET", "/api/v1/hf/orders/6720")

    assert exact is not None
    assert exact[1] == ""
    assert starred is not None
    assert starred[1] == "6720"
    assert find("spot", "GET", "/api/v1/hf/orders/") is None
    assert find("spot", "DELETE", "/api/v1/hf/orders/done") is None
    assert find("pro", "GET", "/api/v1/timestamp") is None


def test_only_public_calls_need_no_key() -> None:
    """Tokens for nobody, and the time."""
    public = {path for (_, _, path), route in ROUTES.items() if route.permission is None}

    assert public == {"/api/v1/bullet-public", "/api/v1/timestamp"}
