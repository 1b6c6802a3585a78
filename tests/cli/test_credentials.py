"""Credentials are used only where nobody else could have read or replaced them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sixmm.cli.credentials import (
    MAX_FILE_BYTES,
    Login,
    find_credentials,
    find_token_or_login,
    read_credentials_file,
)
from sixmm.errors import ConfigurationError
from sixmm.redaction import Secret

_SECRET = "canary-secret"
_GOOD = json.dumps({"api_key": "key", "api_secret": _SECRET})

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are POSIX")


def _write(path: Path, content: str | bytes = _GOOD, mode: int = 0o600) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return path


def _link(folder: Path) -> Path:
    link = folder / "link"
    link.symlink_to(_write(folder / "target"))
    return link


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe", 0o600)
    return folder / "pipe"


def _folder(folder: Path) -> Path:
    made = folder / "folder"
    made.mkdir(0o700)
    return made


_BAD_SET_UPS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "symbolic link": (_link, "symbolic link"),
    "readable by the group": (lambda f: _write(f / "c", mode=0o640), "mode 0640"),
    "readable by all": (lambda f: _write(f / "c", mode=0o604), "mode 0604"),
    "writable by the group": (lambda f: _write(f / "c", mode=0o620), "mode 0620"),
    "a folder": (_folder, "not a regular file"),
    "a pipe": (_pipe, "not a regular file"),
    "missing": (lambda f: f / "nothing", "No such file"),
    "too large": (lambda f: _write(f / "c", "#" * (MAX_FILE_BYTES + 1)), "larger than"),
    "no UTF-8": (lambda f: _write(f / "c", b"api_key=\xff"), "not UTF-8"),
    "half a key": (lambda f: _write(f / "c", f"api_secret={_SECRET}"), "api_key is missing"),
}


@posix_only
@pytest.mark.parametrize("name", _BAD_SET_UPS)
def test_bad_set_up(name: str, tmp_path: Path) -> None:
    """Each of ten bad set-ups is refused with path and reason, and without the content."""
    make, reason = _BAD_SET_UPS[name]
    path = make(tmp_path)

    with pytest.raises(ConfigurationError) as caught:
        read_credentials_file(str(path))

    text = str(caught.value)
    assert str(path) in text.replace("…", str(path))
    assert reason in text
    assert _SECRET not in text


@posix_only
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_other_owner(tmp_path: Path) -> None:
    """A file of another user is refused, even by root."""
    path = _write(tmp_path / "c")
    os.chown(path, 12_345, -1)

    with pytest.raises(ConfigurationError, match="another user"):
        read_credentials_file(str(path))


@posix_only
def test_owner_is_asked_of_the_open_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that does not belong to the effective user is refused."""
    path = _write(tmp_path / "c")
    monkeypatch.setattr(os, "geteuid", lambda: 4_711)

    with pytest.raises(ConfigurationError, match="another user"):
        read_credentials_file(str(path))


@posix_only
def test_file_that_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that grows after its size was checked is read to the bound and refused."""
    path = _write(tmp_path / "c", "#" * 10)
    monkeypatch.setattr(os, "read", lambda _fd, size: b"#" * size)

    with pytest.raises(ConfigurationError, match="larger than"):
        read_credentials_file(str(path))


def test_impossible_path() -> None:
    """A path that no file can have is refused in words."""
    with pytest.raises(ConfigurationError, match="cannot be that of a file"):
        read_credentials_file("a\0b")


@pytest.mark.parametrize(
    "content",
    [
        _GOOD,
        json.dumps({"SIXMM_API_KEY": "key", "SIXMM_API_SECRET": _SECRET}),
        f"api_key=key\napi_secret={_SECRET}\n",
        f"# mine\n\nexport SIXMM_API_KEY='key'\nSIXMM_API_SECRET = \"{_SECRET}\"\n",
        f"\ufeffapi_key=key\r\napi_secret={_SECRET}\r\n",
    ],
)
def test_accepted_forms(tmp_path: Path, content: str) -> None:
    """JSON and KEY=VALUE lines are read, with plain or environment names, and stay hidden."""
    found = read_credentials_file(str(_write(tmp_path / "c", content)))

    assert found.api_key is not None
    assert found.api_secret is not None
    assert (found.api_key.reveal(), found.api_secret.reveal()) == ("key", _SECRET)
    assert found.access_token is None
    assert _SECRET not in repr(found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no credentials"),
        ("{", "not valid JSON"),
        ("{" * 5_000, "not valid JSON"),
        ('{"api_key": 1}', "object of texts"),
        (f"api_key=key\n{_SECRET}\n", "line 2 is not KEY=VALUE"),
        (f"api_key=key\napi_secret={_SECRET} with words", "api_secret has a character"),
        (f"access_token={_SECRET}\u0660", "access_token has a character"),
        ("api_key=key", "api_secret is missing"),
    ],
)
def test_refused_content(tmp_path: Path, content: str, reason: str) -> None:
    """Content that is no credential is refused with a reason that does not repeat it."""
    path = _write(tmp_path / "c", content)

    with pytest.raises(ConfigurationError, match=reason) as caught:
        read_credentials_file(str(path))

    assert _SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_environment() -> None:
    """Without a file the environment is asked."""
    found = find_credentials(None, {"SIXMM_ACCESS_TOKEN": "token", "SIXMM_REST_URL": "other"})

    assert found.access_token is not None
    assert found.access_token.reveal() == "token"
    assert found.api_key is None


def test_empty_environment() -> None:
    """An environment without credentials is refused with the names that are looked for."""
    with pytest.raises(ConfigurationError, match="SIXMM_API_KEY"):
        find_credentials(None, {"SIXMM_API_KEY": ""})


def test_file_before_environment(tmp_path: Path) -> None:
    """A named file is the only source: nothing of the environment is mixed in."""
    path = _write(tmp_path / "c", "access_token=filed")

    found = find_credentials(str(path), {"SIXMM_API_KEY": "k", "SIXMM_API_SECRET": "s"})

    assert found.api_key is None
    assert found.access_token is not None


@pytest.mark.parametrize(
    "content",
    [
        "username=Ann\npassword=pass word\n",
        '{"SIXMM_USERNAME": "Ann", "SIXMM_PASSWORD": "pass word", "api_key": "k"}',
    ],
)
def test_login_of_a_file(tmp_path: Path, content: str) -> None:
    """A name and a password are a login; the password stays hidden."""
    found = find_token_or_login(str(_write(tmp_path / "c", content)), {})

    assert found == Login("Ann", Secret("pass word"))
    assert "pass word" not in repr(found)


def test_token_before_login() -> None:
    """An access token is used where there is one, and the login is not."""
    environ = {"SIXMM_ACCESS_TOKEN": "token", "SIXMM_USERNAME": "a", "SIXMM_PASSWORD": "b"}

    assert find_token_or_login(None, environ) == Secret("token")


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"SIXMM_USERNAME": "Ann"},
        {"SIXMM_PASSWORD": _SECRET},
        {"SIXMM_API_KEY": "key", "SIXMM_API_SECRET": _SECRET},
        {"SIXMM_ACCESS_TOKEN": f"{_SECRET} with words"},
    ],
)
def test_no_token_and_no_login(environ: dict[str, str]) -> None:
    """Half a login, a key, or a token that cannot be sent is refused, without its value."""
    with pytest.raises(ConfigurationError) as caught:
        find_token_or_login(None, environ)

    assert "access_token" in str(caught.value).lower()
    assert _SECRET not in str(caught.value)


@posix_only
def test_login_of_a_public_file(tmp_path: Path) -> None:
    """A file that others can read is refused for a login, too."""
    with pytest.raises(ConfigurationError, match="mode 0644"):
        find_token_or_login(str(_write(tmp_path / "c", mode=0o644)), {})
