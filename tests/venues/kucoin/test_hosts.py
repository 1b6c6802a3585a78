"""Hosts of the REST API."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError
from sixmm.venues.kucoin.hosts import Host, Hosts


def test_each_market_has_its_host() -> None:
    """Futures calls go elsewhere, and a slash at the end makes no difference."""
    assert Hosts().url_of(Host.SPOT) == "https://api.kucoin.com"
    assert Hosts().url_of(Host.FUTURES) == "https://api-futures.kucoin.com"
    assert Hosts(spot="https://api.kucoin.eu/").url_of(Host.SPOT) == "https://api.kucoin.eu"


@pytest.mark.parametrize("site_type", ["", "a b", "a\r\nb: c", "é"])
def test_site_type_is_a_word(site_type: str) -> None:
    """What goes into a header cannot leave it."""
    with pytest.raises(ConfigurationError, match="a word"):
        Hosts(site_type=site_type)
    assert Hosts(site_type="australia").site_type == "australia"
