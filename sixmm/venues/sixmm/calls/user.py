"""The calls about the caller, and about the keys of the private stream."""

from __future__ import annotations

from ....redaction import Secret
from ...base import Auth, Call
from .. import rest_schema as rest
from .arguments import as_, plain_object, result_of

__all__ = ["close_listen_key", "create_listen_key", "renew_listen_key", "user_asset", "user_info"]


def user_info() -> Call:
    """Return the call for the caller's profile."""
    return Call(
        operation="getUserInfo",
        method="GET",
        path="/v1/private/user/info",
        auth=Auth.ACCOUNT,
        result=lambda data: result_of(rest.UserInfoReply, data).user_info,
    )


def user_asset() -> Call:
    """Return the call for the caller's balance."""
    return Call(
        operation="getUserAsset",
        method="GET",
        path="/v1/private/user/asset",
        auth=Auth.ACCOUNT,
        result=lambda data: result_of(rest.UserAssetReply, data).user_asset,
    )


_LISTEN_KEY_PATH = "/v1/private/user/listen-key"


def create_listen_key() -> Call:
    """Return the call that makes a key for the private stream (rule 70)."""
    return Call(
        operation="createListenKey",
        method="POST",
        path=_LISTEN_KEY_PATH,
        auth=Auth.ACCOUNT,
        writes=True,
        result=as_(rest.ListenKey),
    )


def renew_listen_key(key: Secret) -> Call:
    """Return the call that keeps a stream key alive (rules 71, 72); its result is undocumented."""
    return Call(
        operation="renewListenKey",
        method="PUT",
        path=_LISTEN_KEY_PATH,
        body={"listenKey": key.reveal()},
        auth=Auth.ACCOUNT,
        writes=True,
        result=lambda data: result_of(rest.ListenKey, {} if data is None else data),
    )


def close_listen_key(key: Secret) -> Call:
    """Return the call that deletes a stream key (rule 72)."""
    return Call(
        operation="closeListenKey",
        method="DELETE",
        path=_LISTEN_KEY_PATH,
        body={"listenKey": key.reveal()},
        auth=Auth.ACCOUNT,
        writes=True,
        result=plain_object,
    )
