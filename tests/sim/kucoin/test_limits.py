"""How often something may happen."""

from __future__ import annotations

from sixmm.sim.kucoin.limits import Pool, Window


def test_a_window_slides() -> None:
    """So many times within any period."""
    window = Window(2, 10.0)

    assert [window.take(now) for now in (0.0, 6.0, 9.0, 10.0, 12.0, 16.0)] == [
        True,
        True,
        False,
        True,
        False,
        True,
    ]


def test_no_limit() -> None:
    """A limit of 0 is none."""
    assert all(Window(0, 10.0).take(0.0) for _ in range(1000))


def test_a_pool_is_full_again() -> None:
    """Its headers tell what is left, and when."""
    pool = Pool(10, 30.0)

    assert pool.take(8, 100.0)
    assert not pool.take(3, 110.0)
    assert pool.headers(110.0) == {
        "gw-ratelimit-limit": "10",
        "gw-ratelimit-remaining": "2",
        "gw-ratelimit-reset": "20000",
    }
    assert pool.take(3, 130.0)
