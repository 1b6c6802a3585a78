"""The figures of a session: finite by default, and refused where they cannot work."""

from __future__ import annotations

import math

import attrs
import pytest

from sixmm.errors import ConfigurationError
from sixmm.stream.options import SessionOptions

FIGURES = [
    name
    for name, value in attrs.asdict(SessionOptions(), recurse=False).items()
    if isinstance(value, int | float) and not isinstance(value, bool)
]


@pytest.mark.parametrize("name", FIGURES)
def test_every_default_is_finite(name: str) -> None:
    """No default waits for ever or holds without bound."""
    assert 0 < getattr(SessionOptions(), name) < math.inf


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("value", [0, -1, -0.5])
def test_a_figure_that_cannot_work_is_refused_by_name(name: str, value: float) -> None:
    """The error says which figure it is."""
    with pytest.raises(ConfigurationError, match=name):
        SessionOptions(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    """A deadline of NaN or infinity would never pass; "off" is None where it is allowed."""
    for name in FIGURES:
        with pytest.raises(ConfigurationError, match=name):
            SessionOptions(**{name: value})  # type: ignore[arg-type]


def test_patience_is_interval_and_timeout() -> None:
    """A link is dead after the interval of the pings and their timeout."""
    assert SessionOptions(ping_interval=3.0, ping_timeout=2.0).patience == 5.0


def test_without_pings_there_is_no_patience_to_lose() -> None:
    """``None`` switches the pings off, and with them the verdict about silence."""
    assert SessionOptions(ping_interval=None).patience is None


def test_what_a_server_tells_holds_for_its_link() -> None:
    """What it does not tell stays as the client has it."""
    options = SessionOptions(ping_interval=15.0, ping_timeout=10.0)
    told = options.told(ping_interval=18.0, ping_timeout=None)
    assert (told.ping_interval, told.ping_timeout, told.patience) == (18.0, 10.0, 28.0)
    told = options.told(ping_interval=None, ping_timeout=2.0)
    assert (told.ping_interval, told.ping_timeout) == (15.0, 2.0)
    assert options.told(ping_interval=None, ping_timeout=None) == options


def test_pings_that_are_off_stay_off() -> None:
    """Whatever a server tells."""
    options = SessionOptions(ping_interval=None)
    assert options.told(ping_interval=18.0, ping_timeout=10.0).patience is None
