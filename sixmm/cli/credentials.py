"""Credentials for the command line: from the environment or from a private file.

They are never taken from arguments: those are seen by every user of the machine. A file
is used only where nobody but its owner can read or replace it; it is opened first and checked
afterwards on the open descriptor, so that what was checked is what is read. Every error names the
path and the reason, and never the content.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from collections.abc import Mapping

import attrs

from ..errors import ConfigurationError, without_frames
from ..redaction import Secret, one_line
from ..venues.base import Credentials

__all__ = [
    "MAX_FILE_BYTES",
    "Login",
    "credentials_from",
    "find_credentials",
    "find_token_or_login",
    "read_credentials_file",
]

MAX_FILE_BYTES = 64 * 1024
"""A larger credentials file is refused."""

_NAMES = ("api_key", "api_secret", "access_token")
_LOGIN_NAMES = ("access_token", "username", "password")
_PREFIX = "SIXMM_"
_UNREAD = object()
_ODD = re.compile(r"[^\x21-\x7e]")
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe must not wait for its writer
)


@attrs.frozen
class Login:
    """A name and a password, with which an access token can be got."""

    username: str
    password: Secret


def find_credentials(path: str | None, environ: Mapping[str, str]) -> Credentials:
    """Return the credentials of the file at ``path``, or those of the environment without a path.

    Raises:
        ConfigurationError: the file is not acceptable, or there is no complete credential.
    """
    if path is not None:
        return read_credentials_file(path)
    found = {name: Secret(environ.get(_PREFIX + name.upper(), "")) for name in _NAMES}
    return credentials_from(found, where="the environment")


def find_token_or_login(path: str | None, environ: Mapping[str, str]) -> Secret | Login:
    """Return the access token of the file or the environment, or else the name and the password.

    That is for the calls that take no API key (rule 15). The names are ``access_token``,
    ``username`` and ``password``, in the environment with ``SIXMM_`` in front, in capitals.

    Raises:
        ConfigurationError: the file is not acceptable, or there is neither of them.
    """
    if path is not None:
        where = f"credentials file {one_line(path)}"
        found = _pairs_of(path, where)
    else:
        where = "the environment"
        found = {name: Secret(environ.get(_PREFIX + name.upper(), "")) for name in _LOGIN_NAMES}
    values = {_plain_name(name): value for name, value in found.items() if value.reveal()}
    token, username, password = (values.get(name) for name in _LOGIN_NAMES)
    if token:
        _require_header_text(token, f"{where}: access_token")
        return token
    if username and password:
        return Login(username.reveal(), password)
    raise ConfigurationError(
        f"{where}: API keys are managed with an access token or a login, not with an API key; set"
        f" {_PREFIX}ACCESS_TOKEN, or {_PREFIX}USERNAME and {_PREFIX}PASSWORD"
    )


def read_credentials_file(path: str) -> Credentials:
    """Return the credentials of a private file: a JSON object, or lines of ``KEY=VALUE``.

    The names are ``api_key``, ``api_secret`` and ``access_token``, or their upper-case forms with
    ``SIXMM_`` in front. On POSIX systems the file must be a regular file of the caller that nobody
    else can read or write, and not a symbolic link.

    Raises:
        ConfigurationError: the file cannot be opened, is not private, is larger than
            :data:`MAX_FILE_BYTES`, or has no complete credential.
    """
    where = f"credentials file {one_line(path)}"
    return credentials_from(_pairs_of(path, where), where=where)


def _pairs_of(path: str, where: str) -> dict[str, Secret]:
    """Return what a file says; no frame of what refuses it has a line of it."""
    try:
        found = _parse(_read_private(path, where), where)
        return {name: Secret(value) for name, value in found.items()}
    except ConfigurationError as error:
        failure = without_frames(error)
    raise failure


def credentials_from(pairs: Mapping[str, Secret], *, where: str) -> Credentials:
    """Return the credentials that ``pairs`` name; ``where`` names their source in errors.

    Raises:
        ConfigurationError: there is no key with its secret and no access token, or a value cannot
            be part of a request header.
    """
    values = {_plain_name(name): value for name, value in pairs.items() if value.reveal()}
    for name in _NAMES:
        _require_header_text(values.get(name), f"{where}: {name}")
    key, secret, token = (values.get(name) for name in _NAMES)
    if bool(key) != bool(secret):
        missing = "api_secret" if key else "api_key"
        raise ConfigurationError(f"{where}: {missing} is missing")
    if not key and not token:
        raise ConfigurationError(
            f"{where}: no credentials; set {_PREFIX}API_KEY and {_PREFIX}API_SECRET,"
            f" or {_PREFIX}ACCESS_TOKEN"
        )
    return Credentials(api_key=key, api_secret=secret, access_token=token)


def _plain_name(name: str) -> str:
    lower = name.strip().lower()
    return lower[len(_PREFIX) :] if lower.startswith(_PREFIX.lower()) else lower


def _require_header_text(value: Secret | None, what: str) -> None:
    if value is not None and _ODD.search(value.reveal()):
        raise ConfigurationError(f"{what} has a character that no credential has")


def _read_private(path: str, where: str) -> bytes:
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except (OSError, ValueError) as exc:
        raise ConfigurationError(f"{where}: {_why_not_opened(exc, path)}") from exc
    try:
        _require_private(os.fstat(descriptor), where)
        return _read_bounded(descriptor, where)
    except OSError as exc:
        raise ConfigurationError(f"{where}: {exc.strerror}") from exc
    finally:
        os.close(descriptor)


def _why_not_opened(exc: Exception, path: str) -> str:
    if isinstance(exc, ValueError):
        return "the path cannot be that of a file"
    # The system reports a refused symbolic link as "too many levels", which helps nobody.
    if os.path.islink(path):
        return "it is a symbolic link; name the file itself"
    return getattr(exc, "strerror", None) or "it cannot be opened"


def _require_private(info: os.stat_result, where: str) -> None:
    if not stat.S_ISREG(info.st_mode):
        raise ConfigurationError(f"{where}: it is not a regular file")
    if os.name == "posix":
        if info.st_uid != os.geteuid():
            raise ConfigurationError(f"{where}: it belongs to another user")
        if info.st_mode & 0o077:
            mode = stat.S_IMODE(info.st_mode)
            raise ConfigurationError(
                f"{where}: others have access to it (mode {mode:04o}); use chmod 600"
            )
    if info.st_size > MAX_FILE_BYTES:
        raise ConfigurationError(f"{where}: it is larger than {MAX_FILE_BYTES} bytes")


def _read_bounded(descriptor: int, where: str) -> bytes:
    """Read to the end, but not on and on where the file grows after it was checked."""
    parts: list[bytes] = []
    size = 0
    while part := os.read(descriptor, MAX_FILE_BYTES + 1):
        parts.append(part)
        size += len(part)
        if size > MAX_FILE_BYTES:
            raise ConfigurationError(f"{where}: it is larger than {MAX_FILE_BYTES} bytes")
    return b"".join(parts)


def _parse(content: bytes, where: str) -> dict[str, str]:
    text = None
    with contextlib.suppress(UnicodeDecodeError):
        text = content.decode("utf-8-sig")
    if text is None:
        # Not raised in a handler: the error would have the content of the file as its context.
        raise ConfigurationError(f"{where}: it is not UTF-8 text")
    if text.lstrip().startswith("{"):
        return _parse_json(text, where)
    return _parse_lines(text, where)


def _parse_json(text: str, where: str) -> dict[str, str]:
    found = _UNREAD
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
    if found is _UNREAD:
        raise ConfigurationError(f"{where}: it is not valid JSON")
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise ConfigurationError(f"{where}: it must be one JSON object of texts")
    return found


def _parse_lines(text: str, where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        name, equals, value = bare.removeprefix("export ").partition("=")
        if not equals:
            raise ConfigurationError(f"{where}: line {number} is not KEY=VALUE")
        found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value
