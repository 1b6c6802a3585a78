"""The calls that start, renew and end a login."""

from __future__ import annotations

from typing import Any

from ....redaction import Secret
from ...base import Call, Credentials
from .. import rest_schema as rest
from .arguments import hidden, maybe_empty, needed, plain_text, result_of
from .endpoints import make_call

__all__ = ["exchange_embed_token", "exchange_ticket", "login", "logout", "refresh_token"]


def _credentials(data: Any) -> Credentials:
    token = result_of(rest.Token, data)
    return Credentials(access_token=token.access_token, access_expires_at_ms=token.expires_at_ms)


def _agent_login(data: Any) -> rest.AgentLogin:
    token = result_of(rest.AgentToken, data)
    return rest.AgentLogin(
        access_token=token.access_token,
        access_expires_at_ms=token.expires_at_ms,
        redirect_path=token.redirect_path,
    )


def _device(device_id: str | None) -> str | None:
    return plain_text(device_id, "device_id", most=64)


def login(
    *,
    username: str,
    password: Secret | str,
    device_id: str | None = None,
    device_name: str | None = None,
) -> Call:
    """Return the call that trades name and password for an access token and a cookie (rule 25)."""
    body = {
        "username": needed(plain_text(username, "username", most=32), "username"),
        "password": hidden(password, "password"),
        "deviceId": _device(device_id),
        "deviceName": plain_text(device_name, "device_name", most=128),
    }
    return make_call("login", body=body, result=_credentials)


def refresh_token() -> Call:
    """Return the call that makes a new access token from the login cookie (rule 25)."""
    return make_call("refreshToken", result=_credentials)


def logout() -> Call:
    """Return the call that ends the login; it needs token and cookie (rule 26)."""
    return make_call("logout", result=maybe_empty(rest.Accepted))


def exchange_ticket(*, ticket: Secret | str, device_id: str | None = None) -> Call:
    """Return the call that turns an agent's ticket, which works once, into a login (rule 27)."""
    body = {"ticket": hidden(ticket, "ticket"), "deviceId": _device(device_id)}
    return make_call("exchangeTicket", body=body, result=_agent_login)


def exchange_embed_token(
    *, embed_token: Secret | str, channel_id: str, device_id: str | None = None
) -> Call:
    """Return the call that turns an agent's short-lived token into a login.

    ``channel_id`` is that of the iframe that the token was made for (rule 27).
    """
    body = {
        "embedToken": hidden(embed_token, "embed_token"),
        "channelId": needed(plain_text(channel_id, "channel_id", most=128), "channel_id"),
        "deviceId": _device(device_id),
    }
    return make_call("exchangeEmbedToken", body=body, result=_credentials)
