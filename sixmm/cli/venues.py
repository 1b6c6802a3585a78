"""What differs between venues on the command line: the client that listens, and the demo.

Another venue is one more function here, one more line in each table, and an entry in :data:`NAMES`.
Everything of a venue is imported only when it is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..blocking import BlockingClient
from ..errors import ConfigurationError
from ..redaction import Secret
from .credentials import find_credentials
from .output import Output

__all__ = ["DEFAULT", "NAMES", "Wanted", "open_listener", "show_demo"]

DEFAULT = "6mm"
NAMES = (DEFAULT, "kucoin", "rocketfi")


@attrs.frozen(kw_only=True)
class Wanted:
    """What a client that listens is to hear, and from where."""

    topics: tuple[str, ...] = ()
    private: bool = False
    """Whether the account is followed."""
    credentials_file: str | None = None
    account: str | None = None
    """The address of the account, at venues where that is enough to follow it."""
    rest_url: str | None = None
    ws_url: str | None = None


def open_listener(venue: str, wanted: Wanted) -> BlockingClient:
    """Return the client of a venue, not started; its topics have been checked, not asked for.

    Addresses that are not given are those of the environment, or of the venue. Without ``private``
    nothing about an account is looked for in the environment.

    Raises:
        ConfigurationError: a topic, an address, or what names the account cannot work.
    """
    return _LISTENERS[venue](wanted)


def show_demo(venue: str, *, seconds: float, seed: int, output: Output) -> int:
    """Run the demo of a venue and return its exit code."""
    return _DEMOS[venue](seconds, seed, output)


def _sixmm_listener(wanted: Wanted) -> BlockingClient:
    from ..client import Client
    from ..venues.sixmm.topics import check_topic

    if wanted.account is not None:
        raise ConfigurationError("6mm knows an account by its credentials, not by an address")
    for topic in wanted.topics:
        check_topic(topic)
    settings: dict[str, Any] = {"private": wanted.private, **_addresses(wanted, "SIXMM")}
    if wanted.private:
        settings.update(_credential_settings(wanted.credentials_file))
    return Client(**settings)


def _credential_settings(path: str | None) -> dict[str, Secret | None]:
    found = find_credentials(path, os.environ)
    return {
        "api_key": found.api_key,
        "api_secret": found.api_secret,
        "access_token": found.access_token,
    }


def _kucoin_listener(wanted: Wanted) -> BlockingClient:
    from ..venues.kucoin.client import KuCoinClient
    from ..venues.kucoin.topics import check_topic

    if wanted.account is not None or wanted.credentials_file is not None:
        raise ConfigurationError(
            "kucoin takes the key of an account from KUCOIN_API_KEY, KUCOIN_API_SECRET and "
            "KUCOIN_PASSPHRASE only"
        )
    if wanted.ws_url is not None:
        raise ConfigurationError("kucoin tells the addresses of its streams: give --rest-url")
    for topic in wanted.topics:
        check_topic(topic)
    variables = {name: os.environ.get(name, "") for name in _KUCOIN_PLACES}
    if wanted.private:
        variables.update((name, os.environ.get(name, "")) for name in _KUCOIN_KEY)
        if not all(variables[name] for name in _KUCOIN_KEY[:3]):
            raise ConfigurationError(f"whose account? Set {', '.join(_KUCOIN_KEY[:3])}")
        is_elsewhere = bool(wanted.rest_url or variables["KUCOIN_REST_URL"])
        if is_elsewhere and not variables["KUCOIN_FUTURES_URL"]:
            # Else the signed calls about futures would go to KuCoin itself.
            raise ConfigurationError("and the futures? Set KUCOIN_FUTURES_URL as well")
    given = {} if wanted.rest_url is None else {"rest_url": wanted.rest_url}
    return KuCoinClient.from_env(variables, **given)


_KUCOIN_KEY = ("KUCOIN_API_KEY", "KUCOIN_API_SECRET", "KUCOIN_PASSPHRASE", "KUCOIN_KEY_VERSION")
_KUCOIN_PLACES = ("KUCOIN_REGION", "KUCOIN_REST_URL", "KUCOIN_FUTURES_URL", "KUCOIN_PRO_URL")


def _rocketfi_listener(wanted: Wanted) -> BlockingClient:
    from ..venues.rocketfi.client import RocketFiClient
    from ..venues.rocketfi.topics import check_topic

    if wanted.credentials_file is not None:
        raise ConfigurationError("rocketfi needs no credentials: name the account with --account")
    for topic in wanted.topics:
        check_topic(topic)
    account = wanted.account
    if wanted.private and account is None:
        account = os.environ.get("ROCKETFI_ACCOUNT") or None
        if account is None:
            raise ConfigurationError("whose? Use --account, or set ROCKETFI_ACCOUNT")
    return RocketFiClient.from_env(None, account=account, **_addresses(wanted, "ROCKETFI"))


def _addresses(wanted: Wanted, prefix: str) -> dict[str, str]:
    """Return the addresses that were given, or that the environment names."""
    given = {"rest_url": wanted.rest_url, "ws_url": wanted.ws_url}
    found = {n: url or os.environ.get(f"{prefix}_{n.upper()}") for n, url in given.items()}
    return {name: url for name, url in found.items() if url}


def _sixmm_demo(seconds: float, seed: int, output: Output) -> int:
    from .demo import run_demo

    return run_demo(seconds=seconds, seed=seed, output=output)


def _kucoin_demo(seconds: float, seed: int, output: Output) -> int:
    from .kucoin_demo import run_demo

    return run_demo(seconds=seconds, seed=seed, output=output)


def _rocketfi_demo(seconds: float, seed: int, output: Output) -> int:
    from .rocketfi_demo import run_demo

    return run_demo(seconds=seconds, seed=seed, output=output)


_LISTENERS: Mapping[str, Callable[[Wanted], BlockingClient]] = {
    "6mm": _sixmm_listener,
    "kucoin": _kucoin_listener,
    "rocketfi": _rocketfi_listener,
}
_DEMOS: Mapping[str, Callable[[float, int, Output], int]] = {
    "6mm": _sixmm_demo,
    "kucoin": _kucoin_demo,
    "rocketfi": _rocketfi_demo,
}
