"""Where the REST API is: the futures have a host of their own, and some regions have theirs."""

from __future__ import annotations

import enum

import attrs

from ...errors import ConfigurationError

__all__ = ["Host", "Hosts"]


class Host(enum.Enum):
    """Which host a call goes to."""

    SPOT = "spot"
    """Spot, margin, and the unified account."""
    FUTURES = "futures"


@attrs.frozen(kw_only=True)
class Hosts:
    """The addresses of the REST API.

    For Europe ``spot`` is ``https://api.kucoin.eu``; for Australia the hosts are the usual ones and
    ``site_type`` is ``australia``.
    """

    spot: str = "https://api.kucoin.com"
    futures: str = "https://api-futures.kucoin.com"
    site_type: str | None = attrs.field(default=None)
    """What is sent as ``X-SITE-TYPE``, or None for nothing."""

    @site_type.validator
    def _is_a_word(self, _: object, value: str | None) -> None:
        if value is not None and not (value.isascii() and value.isalpha()):
            raise ConfigurationError("site_type is a word such as australia, or None")

    def url_of(self, host: Host) -> str:
        """Return the address of a host, without a slash at its end."""
        url = self.spot if host is Host.SPOT else self.futures
        return url.rstrip("/")
