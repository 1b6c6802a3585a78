"""The requests of the unified streams; its inbound frames are told apart in :mod:`.protocol`."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...codec import dump_json
from ...errors import ConfigurationError
from ...redaction import Secret
from .protocol import AUTH_ID
from .signing import login_members
from .topics import pro_topic_of

__all__ = ["Login", "auth_id", "login", "ping_text", "subscribe_text", "unsubscribe_text"]


def subscribe_text(request_id: str, topics: Sequence[str]) -> str:
    """Return the message that asks for a topic, such as ``orderAll.UNIFIED``.

    Raises:
        ConfigurationError: there is not exactly one topic, or it is none of this stream.
    """
    return _request(request_id, "SUBSCRIBE", topics)


def unsubscribe_text(request_id: str, topics: Sequence[str]) -> str:
    """Return the message that drops a topic; raises as :func:`subscribe_text` does."""
    return _request(request_id, "UNSUBSCRIBE", topics)


def _request(request_id: str, action: str, topics: Sequence[str]) -> str:
    if len(topics) != 1:
        raise ConfigurationError("a message of the unified stream is about one topic")
    members = pro_topic_of(topics[0]).members
    return dump_json({"id": request_id, "action": action, **members}).decode()


def ping_text(request_id: str) -> str:
    """Return the ping; more than one in a second and the server drops the connection."""
    return dump_json({"id": request_id, "type": "ping"}).decode()


def auth_id(request_id: str) -> str:
    """Return the id under which a login is sent, so that its answer is known for what it is."""
    return f"{AUTH_ID}{request_id}"


@attrs.frozen(kw_only=True)
class Login:
    """A message that authenticates whoever has it, for some seconds."""

    text: Secret
    """The message, which is secret as a whole."""
    proofs: tuple[Secret, ...]
    """The signatures in it. While they are held, whoever repeats one has it blanked, in an error,
    a line of the log or a record."""


def login(
    request_id: str,
    *,
    api_key: Secret,
    api_secret: Secret,
    passphrase: Secret,
    timestamp_ms: int,
) -> Login:
    """Return the login on a connection without a token, once it was welcomed.

    Args:
        request_id: the answer repeats it, as :func:`auth_id` gives it.
        api_key: the public part of the key.
        api_secret: its secret.
        passphrase: what was chosen when the key was made.
        timestamp_ms: exchange time in Unix milliseconds.
    """
    members = login_members(
        api_key=api_key,
        api_secret=api_secret,
        passphrase=passphrase,
        timestamp_ms=timestamp_ms,
    )
    text = dump_json({"id": auth_id(request_id), "op": "auth", **members}).decode()
    proofs = (members["kc-api-sign"], members["kc-api-passphrase"])
    return Login(text=Secret(text), proofs=tuple(map(Secret, proofs)))
