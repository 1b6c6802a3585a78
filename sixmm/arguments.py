"""What the arguments of a client must be, the same for every venue.

A credential is hidden before anything looks at it, so that no error shows it.
"""

from __future__ import annotations

import re

from .errors import ConfigurationError
from .redaction import Secret
from .transport.urls import require_safe_url

__all__ = ["hidden", "require_address", "require_visible"]

_VISIBLE = re.compile(r"[\x21-\x7e]{1,4096}")


def require_address(name: str, url: str, *, schemes: tuple[str, ...], verify: bool) -> None:
    """Refuse an address that cannot be one of a client.

    Args:
        name: of the argument, for the error.
        url: the address; without TLS it has to be a loopback one.
        schemes: those that it may have, the usual one first.
        verify: whether certificates are checked, which can be switched off for loopback only.

    Raises:
        ConfigurationError: it cannot be used; the text says why.
    """
    endpoint = require_safe_url(url)
    if not (verify or endpoint.loopback):
        raise ConfigurationError(f"verify=False is for loopback only, and {name} is not")
    if endpoint.scheme not in schemes:
        raise ConfigurationError(f"{name} must begin with {schemes[0]}://")
    if "?" in endpoint.target:
        raise ConfigurationError(f"{name} must not have a query")


def hidden(value: str | Secret | None) -> Secret | None:
    """Return a credential as a secret, or None where there is none; nothing else is checked."""
    if value is None or value == "":
        return None
    return Secret(value) if isinstance(value, str | Secret) else Secret("")


def require_visible(**credentials: Secret | None) -> None:
    """Refuse a credential that cannot be sent; all of them are secrets before any is looked at."""
    for name, secret in credentials.items():
        if secret is None:
            continue
        if not secret.reveal():
            raise ConfigurationError(f"{name} must be text")
        if not _VISIBLE.fullmatch(secret.reveal()):
            raise ConfigurationError(
                f"{name} may have visible ASCII characters only, and at most 4096 of them; "
                "a space or a line end at its end is a common cause"
            )
