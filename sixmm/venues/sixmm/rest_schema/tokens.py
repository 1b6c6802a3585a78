"""Replies with a secret in them: these classes keep no text, because it would hold the secret."""

from __future__ import annotations

import attrs
from attrs import field

from ....codec import wire
from ....redaction import Secret
from ...base import Credentials

__all__ = ["AgentLogin", "AgentToken", "ListenKey", "NewApiKey", "Token"]


@attrs.frozen(kw_only=True)
class Token:
    """What a login or a refresh gives."""

    access_token: Secret = field(metadata=wire("accessToken"))
    access_expire_s: int | None = field(default=None, metadata=wire("accessExpire"))
    """When it ends, in Unix seconds (rule 7)."""

    @property
    def expires_at_ms(self) -> int | None:
        """When it ends, in Unix milliseconds."""
        return None if self.access_expire_s is None else self.access_expire_s * 1_000


@attrs.frozen(kw_only=True)
class AgentToken(Token):
    """What the ticket of an agent gives (rule 27)."""

    redirect_path: str | None = field(default=None, metadata=wire("redirectPath"))


@attrs.frozen(kw_only=True)
class AgentLogin(Credentials):
    """The login that the ticket of an agent was changed into."""

    redirect_path: str | None = None
    """Where the exchange advises to go next."""


@attrs.frozen(kw_only=True)
class ListenKey:
    """A key of the private stream; nothing is required, as the renewal is undocumented."""

    listen_key: Secret | None = field(default=None, metadata=wire("listenKey"))
    expire_at_ms: int | None = field(default=None, metadata=wire("expireAt"))
    """When it ends, in Unix milliseconds (rule 73)."""


@attrs.frozen(kw_only=True)
class NewApiKey:
    """An API key that was just made; its secret is told this once only (rule 22)."""

    api_key: str = field(metadata=wire("apiKey"))
    """The public part."""
    api_secret: Secret = field(metadata=wire("apiSecret"))
    """Put it into a store of secrets with ``reveal()``, and nowhere else."""
